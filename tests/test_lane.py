"""The lane's answers: what a run would draw; hostile questions change nothing for anybody."""

import asyncio
import json
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import hypothesis.strategies as some
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync import client

from ui import catalog, lane, picture, state
from ui import params as ps

LESSON = catalog.lesson("perceptron")
SCENE = LESSON.scene()


def question(**changes):
    asked = {
        "topic": LESSON.topic,
        "search": "",
        "lang": "en",
        "version": 3,
        "acks": {"controls": 7, "edit": 0},
        "values": None,
        "edit": None,
        "has": [],
    }
    return json.dumps({**asked, **changes})


def opened(body):
    """Give an answer's envelope, the header of its figures if there are any, and what travels apart."""
    sizes = struct.unpack("<4I", body[:16])
    blocks, at = [], 16
    for size in sizes:
        blocks.append(body[at : at + size])
        at += size
    assert at == len(body)
    envelope, figures, *apart = blocks
    length = int.from_bytes(figures[:4], "little")
    return json.loads(envelope), json.loads(figures[4 : 4 + length]) if figures else None, apart


def drawn(scene, params, lang="en"):
    return picture.encoded(scene, params, lang).digest


@pytest.fixture(autouse=True)
def _lang(monkeypatch):
    monkeypatch.setattr(state, "lang", lambda: pytest.fail("an answer asks no session"))


def test_an_answer_is_what_a_run_would_draw():
    fields = {name: control for name, control in SCENE.fields.items() if isinstance(control, ps.Slider)}
    name, control = next(iter(fields.items()))
    envelope, header, _ = opened(lane.answer(question(values={name: control.low})))
    assert envelope["acks"] == {"controls": 7, "edit": 0}
    assert envelope["version"] == 3
    assert envelope["of"] == f"{LESSON.topic}.{SCENE.id}"
    assert envelope["values"][name] == control.tidy(control.low)
    assert header["picture"] == drawn(SCENE, SCENE.Params(**{name: control.tidy(control.low)}))
    link = ps.query(SCENE.Params(**{name: control.tidy(control.low)}))
    _, same, _ = opened(lane.answer(question(search="&".join(f"{k}={v}" for k, v in link.items()))))
    assert same["picture"] == header["picture"]


def test_what_the_hand_did_last_counts():
    name = next(name for name, control in SCENE.fields.items() if isinstance(control, ps.Points))
    control = SCENE.fields[name]
    (chosen, own), other = next(iter(control.sets.items())), SCENE.fields[next(iter(control.sets))].ends()[0]
    edit = {"points": [[1, 2, 0], [2, 1, 1]]}
    late, early = {"controls": 1, "edit": 2}, {"controls": 2, "edit": 1}
    assert opened(lane.answer(question(values={chosen: other}, edit=edit, acks=late)))[0]["values"][chosen] == own
    assert opened(lane.answer(question(values={chosen: other}, edit=edit, acks=early)))[0]["values"][chosen] == other


def test_the_board_stays_a_board():
    assert opened(lane.answer(question(search="view=board")))[0]["board"] is True
    assert opened(lane.answer(question()))[0]["board"] is False


def test_what_was_moved_besides_counts_too():
    points = {"points": [[1, 2, 0]]}
    visit = state.State(SCENE.id)
    state.edited(visit, SCENE, {"values": {"rate": 7}, "besides": [points, {"besides": [points]}, 7, None, []]})
    assert visit.params(SCENE).rate == 7
    assert visit.params(SCENE).points == ((1.0, 2.0, 0),)


def test_hidden_controls_and_those_that_do_not_apply_are_not_told():
    first = SCENE.controls[0]
    envelope, _, _ = opened(lane.answer(question(search=f"hide={first}")))
    assert first not in envelope["values"]
    told = opened(lane.answer(question()))[0]["values"]
    params = SCENE.Params()
    assert set(told) == {n for n in (*SCENE.controls, *SCENE.more) if ps.applies(SCENE.fields[n], params)}


def test_what_the_browser_has_does_not_travel_again():
    large = next(
        (lesson, scene)
        for lesson in catalog.lessons()
        for scene in lesson.scenes
        if not scene.tasks(scene.Params()) and any(picture.encoded(scene, scene.Params(), "en").names)
    )
    lesson, scene = large
    ask = {"topic": lesson.topic, "search": f"scene={scene.id}"}
    _, header, apart = opened(lane.answer(question(**ask)))
    has = [header[name] for name in ("frames", "kept") if header.get(name)]
    assert any(apart)
    _, again, nothing = opened(lane.answer(question(**ask, has=has)))
    assert again["picture"] == header["picture"]
    assert not any(nothing)


def test_slow_work_that_nobody_did_is_left_to_the_page():
    slow = [(lesson, scene) for lesson in catalog.lessons() for scene in lesson.scenes if scene.quick]
    for lesson, scene in slow:
        unmade = next(
            (p for p in ps.corners(scene.Params) if any(t.made(t.key) is None for t in scene.tasks(p).values())), None
        )
        if unmade is None:
            continue
        link = {"scene": scene.id, **ps.query(unmade)}
        search = "&".join(f"{name}={value}" for name, value in link.items())
        envelope, header, _ = opened(lane.answer(question(topic=lesson.topic, search=search)))
        assert envelope["rerun"]
        assert header is None
        return
    pytest.fail("no scene has slow work")


ODD = {
    "topic": (None, 7, [], "no such", "../../etc/passwd", "a" * 5000),
    "search": (None, 7, {}, "%", "&" * 400, "x=1&" * 150, "scene=" + "a" * 9000, "data=%00"),
    "values": (7, [1], "x", {"rate": "nan"}, {"rate": 10**400}, {"rate": None}, {7: 7}, {"a": {}}),
    "edit": (7, {"points": 7}, {"points": [[10**400, 0, 0]]}, {"values": 7}, {"field": []}, {"window": "x"}),
    "has": (7, None, "x", [[]], [{}] * 100, ["a" * 5000]),
    "version": ("x", None, [], "1e9", 10**30),
    "acks": (None, 7, {}, {"controls": "x"}, {"controls": None, "edit": []}),
    "lang": ({"x": 1}, 7, None),
}
HOSTILE = [
    *("", "null", "7", "[]", "{}", '"x"', "{", "[" * 5000, '{"topic":' * 500, "\x00", "💥", "9" * 5000, "NaN", "1e999"),
    *(question(**{name: value}) for name, values in ODD.items() for value in values),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_question_gets_an_answer_and_no_error(text):
    envelope, _, _ = opened(lane.answer(text))
    assert envelope.get("rerun") or envelope["of"].startswith(LESSON.topic)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def test_hundreds_of_questions_of_any_kind_are_answered():
    name = next(iter(SCENE.fields))
    ours = some.sampled_from([*json.loads(question()), "of", "rerun"])
    values = JSON | some.dictionaries(some.sampled_from([*SCENE.fields, name]), JSON, max_size=3)
    asked = []

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(some.dictionaries(ours, values, max_size=4), some.booleans())
    def throw(changes, whole):
        changes = {key: value for key, value in changes.items() if key in json.loads(question())}
        envelope, _, _ = opened(lane.answer(question(**changes) if whole else json.dumps(changes)))
        asked.append(bool(envelope.get("rerun")))

    throw()
    assert len(asked) >= 300
    assert {True, False} == set(asked)
    assert picture.PICTURES.held <= picture.PICTURES.most


# ---- a connection


@pytest.fixture
def connect(monkeypatch):
    """Serve the lane alone; gives a function that connects, as a page of ours unless told otherwise."""
    monkeypatch.setattr(lane, "_served", False)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=lane.routes()), lifespan="off", log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield lambda origin=f"http://{host}": client.connect(f"ws://{host}/sawaru/lane", origin=origin)
        server.should_exit = True
        thread.join(30)
        assert not lane._open


def test_a_page_of_ours_is_answered(connect):
    assert lane.url() == "sawaru/lane"
    with connect() as page:
        for _ in range(3):
            page.send(question())
            assert opened(page.recv(30))[1]["picture"]


@pytest.mark.parametrize(
    "origin", [None, "http://evil.test", "null", "http://127.0.0.1", "http://127.0.0.1:1", "http://["]
)
def test_a_page_of_anothers_is_refused(connect, origin):
    with pytest.raises(InvalidStatus, match="403"):
        connect(origin)


@pytest.mark.parametrize("message", ["x" * (lane.LONGEST + 1), b"bytes"], ids=["long", "bytes"])
def test_what_is_no_question_ends_the_connection(connect, message):
    with connect() as page:
        page.send(message)
        with pytest.raises(ConnectionClosed):
            page.recv(30)


def test_there_is_room_for_so_many(connect, monkeypatch):
    monkeypatch.setattr(lane, "MOST", 1)
    with connect(), pytest.raises(InvalidStatus, match="403"):
        connect()


def test_who_says_nothing_is_let_go(connect, monkeypatch):
    monkeypatch.setattr(lane, "IDLE", 0.05)
    with connect() as page, pytest.raises(ConnectionClosed):
        page.recv(30)


def test_a_fault_is_answered(connect, monkeypatch):
    monkeypatch.setattr(lane, "answer", lambda text, last: 1 / 0)
    with connect() as page:
        page.send(question())
        assert opened(page.recv(30))[0]["rerun"]


def test_a_flood_is_slowed(monkeypatch):
    """From question to question of a connection some time passes, however fast they come."""
    rests = []

    class Socket:
        headers = {"origin": "http://school.test", "host": "school.test"}  # noqa: RUF012

        def __init__(self):
            self.left = 5

        async def accept(self):
            pass

        async def close(self, code):
            pass

        async def receive(self):
            self.left -= 1
            return {"type": "websocket.receive", "text": "{}"} if self.left else {"type": "websocket.disconnect"}

        async def send_bytes(self, body):
            pass

    async def rest(seconds):
        rests.append(seconds)

    async def run():
        monkeypatch.setattr(lane.asyncio, "sleep", rest)
        monkeypatch.setattr(lane, "PACE", 100.0)
        await lane._talk(Socket())

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already: a browser's
        thread.submit(lambda: asyncio.run(run())).result()
    assert len(rests) == 4
    assert min(rests) > 0

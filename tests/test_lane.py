"""The lane's answers: what a run would draw; hostile questions change nothing for anybody."""

import asyncio
import gc
import json
import logging
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import hypothesis.strategies as some
import psutil
import pytest
import streamlit
import uvicorn
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync import client

from ui import catalog, lane, picture, state
from ui import params as ps
from ui.cache import RESULTS
from ui.turn import TURNS

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


class Closed:
    """A session that nobody may look into."""

    def __getattr__(self, name):
        raise AssertionError("an answer asks no session")

    __getitem__ = __contains__ = __iter__ = __setitem__ = __getattr__


@pytest.fixture(autouse=True)
def _no_session(monkeypatch):
    monkeypatch.setattr(streamlit, "session_state", Closed())
    monkeypatch.setattr(streamlit, "query_params", Closed())


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


def links(count):
    """Give questions of many visitors: each has a value and points of its own, and every other one is English."""
    name, control = next((n, c) for n, c in SCENE.fields.items() if isinstance(c, ps.Slider))
    values = [control.tidy(control.low + i / count * (control.high - control.low)) for i in range(count)]
    points = [[[1 + i / 7, 2, 0], [2, 1 + i / 9, 1]] for i in range(count)]
    return [
        question(lang=("ja", "en")[i % 2], values={name: value}, edit={"points": points[i]}, version=i)
        for i, value in enumerate(values)
    ]


def test_each_has_an_answer_of_his_own_however_many_ask_at_once():
    asked = links(40)
    alone = []
    for text in asked:
        picture.PICTURES.clear()
        RESULTS.clear()
        alone.append(lane.answer(text))
    assert len(set(alone)) == len(asked)
    for _ in range(3):
        picture.PICTURES.clear()
        RESULTS.clear()
        with ThreadPoolExecutor(20) as threads:
            assert list(threads.map(lane.answer, asked)) == alone


def test_what_forty_ask_for_is_computed_once(monkeypatch):
    computed, drawn, go = [], [], threading.Event()
    compute, draw = SCENE.module.compute, SCENE.module.draw

    def slowly(p):
        computed.append(p)
        go.wait(30)
        return compute(p)

    monkeypatch.setattr(SCENE.module, "compute", slowly)
    monkeypatch.setattr(SCENE.module, "draw", lambda r, p: drawn.append(p) or draw(r, p))
    monkeypatch.setattr(TURNS, "patience", 0.001)  # turns are no help where it takes long
    picture.PICTURES.clear()
    RESULTS.clear()
    with ThreadPoolExecutor(40) as threads:
        answers = [threads.submit(lane.answer, question(version=i)) for i in range(40)]
        while not computed:
            pass
        go.set()
        pictures = {opened(answer.result())[1]["picture"] for answer in answers}
    assert len(pictures) == 1
    assert len(computed) == len(drawn) == 1


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
def host(monkeypatch):
    """Serve the lane alone."""
    monkeypatch.setattr(lane, "_served", False)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        config = uvicorn.Config(Starlette(routes=lane.routes()), lifespan="off", log_config=None, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)
        assert not lane._open


@pytest.fixture
def connect(host):
    """Give a function that connects, as a page of ours unless told otherwise."""
    return lambda origin=f"http://{host}": client.connect(f"ws://{host}/sawaru/lane", origin=origin)


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


# ---- whoever means harm


def frame(payload, opcode=1, mask=0x80, first=0x80):
    """Give a message as a browser frames it; of nothing is shorter the mask."""
    size = len(payload)
    length = bytes([mask | size]) if size < 126 else bytes([mask | 127]) + size.to_bytes(8, "big")
    return bytes([first | opcode]) + length + (bytes(4) if mask else b"") + payload


HELLO = (
    "GET /sawaru/lane HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ASKED = frame(question().encode())
BEFORE = (b"", b"GET /sawaru/la", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 5000)
AFTER = (
    *(b"", ASKED[:-5], ASKED * 5, frame(b"{}") * 100, frame(b"", 9) * 50, frame(b"x" * 125, 9), frame(b"{}", 2)),
    *(frame(b"\xff\xfe"), frame(b"{}", 0), frame(b"{}", 1, mask=0), frame(b"{}", 1, first=0), frame(b"{}", 11)),
    *(b"\x81\xff" + b"\xff" * 8, frame(b"x" * (lane.LONGEST + 1)), frame(b"\x00\x00", 8), frame(b"\x03\xe8bye", 8)),
)


def test_a_thousand_hostile_connections_harm_nobody(host, connect, caplog, monkeypatch):
    """Half open, out of turn, cut off: half of them go at once, the others stay for as long as they are let."""
    address = (host.split(":")[0], int(host.split(":")[1]))
    ours = HELLO.format(host=host, origin=f"http://{host}").encode()
    theirs = HELLO.format(host=host, origin="http://evil.test").encode()
    sent = [*BEFORE, ours[:-2], theirs, *(ours + after for after in AFTER)]
    asked = links(8)
    expected = [lane.answer(text) for text in asked]
    process, used, held = psutil.Process(), [], []

    def throw(i):
        harmful = socket.create_connection(address, 30)
        harmful.sendall(sent[i % len(sent)])
        if i // len(sent) % 2:  # with what is under way still to come
            harmful.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            harmful.close()
        else:
            held.append(harmful)
        if len(held) > 200:
            held.pop(0).close()

    with connect() as page:
        for i in range(1200):
            if i in (200, 1199):
                gc.collect()
                used.append((process.memory_info().rss, process.num_threads()))
            throw(i)
            if i % 10 == 0:  # another visitor, meanwhile
                page.send(asked[i // 10 % len(asked)])
                assert bytes(page.recv(30)) == expected[i // 10 % len(asked)]
        for harmful in held:
            harmful.close()
        page.send(asked[0])
        assert bytes(page.recv(30)) == expected[0]
    (before, few), (after, many) = used
    assert after - before < 30e6
    assert many - few <= lane.THREADS._max_workers
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

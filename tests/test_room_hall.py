"""Rooms over their sockets: who gets in, who is told what, and that a thousand hostile messages harm nobody."""

import json
import socket
import struct
import threading
import time
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync import client

from ui import catalog
from ui.room import hall, logic
from ui.room.limits import Bucket, Limits
from ui.room.store import Here

LESSON = next(lesson for lesson in catalog.lessons() if not lesson.scene().tasks(lesson.scene().Params()))
SCENE = LESSON.scene()
EXPERIMENT = SCENE.experiments[0]
LIMIT = 30  # s


@contextmanager
def running(store):
    """Serve rooms alone; gives where, and the hall."""
    here = hall.Hall(store)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(200)
        app = Starlette(routes=[WebSocketRoute("/sawaru/room", here.talk)])
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield SimpleNamespace(at=f"127.0.0.1:{listening.getsockname()[1]}", hall=here)
        finally:
            server.should_exit = True
            thread.join(LIMIT)


@pytest.fixture
def host():
    with running(Here()) as served:
        yield served


@pytest.fixture(scope="module")
def street():
    """Give one host for all that never get in: a server's end alone takes a fifth of a second."""
    with running(Here()) as served:
        yield served


class Browser:
    """One of a class: keeps what it was told last."""

    def __init__(self, at, **hello):
        self.opened = ExitStack()
        self.socket = self.opened.enter_context(client.connect(f"ws://{at}/sawaru/room", origin=f"http://{at}"))
        self.at, self.view, self.led = at, None, []
        self.says(**hello)

    def says(self, **message):
        self.socket.send(json.dumps(message))

    def hears(self, wanted=lambda browser, message: message.get("is") == "room"):
        """Take messages until one is wanted; a picture comes as the envelope and its header."""
        end = time.monotonic() + LIMIT
        while True:
            raw = self.socket.recv(max(0.0, end - time.monotonic()))
            if isinstance(raw, bytes):
                sizes = struct.unpack("<4I", raw[:16])
                envelope = json.loads(raw[16 : 16 + sizes[0]])
                message = {"is": "picture", **envelope, "bytes": sizes[1], "apart": sum(sizes[2:])}
            else:
                message = json.loads(raw)
            if message["is"] == "room":
                self.view = message
            if message["is"] in ("picture", "place"):
                self.led.append(message)
            if wanted(self, message):
                return message

    def until(self, holds):
        """Wait until what it was told of the room holds."""
        if self.view is None or not holds(self.view):
            self.hears(lambda browser, message: message["is"] == "room" and holds(message))
        return self.view

    def close(self):
        self.opened.close()


@pytest.fixture
def enter(host):
    """Give a function that connects, to be closed in the end."""
    made = []

    def go(**hello):
        made.append(Browser(host.at, **hello))
        return made[-1]

    yield go
    for browser in made:
        browser.close()


def mark(i):
    return f"pupil {i:04} of the class"


@pytest.fixture
def room(enter):
    """Give a teacher, and a function that lets pupils in."""
    teacher = enter(do="open")
    opened = teacher.hears(lambda _, m: m["is"] == "opened")
    teacher.hears()
    return SimpleNamespace(
        teacher=teacher, **opened, pupil=lambda i, **more: enter(do="join", code=opened["code"], mark=mark(i), **more)
    )


def ask(**changes):
    """Give the question to the lane that says where the teacher is."""
    asked = {"topic": LESSON.topic, "search": "", "lang": "ja", "version": 1, "acks": {"controls": 1, "edit": 0}}
    return {**asked, "values": None, "edit": None, "has": [], **changes}


SLIDER = next(name for name, control in SCENE.fields.items() if type(control).__name__ == "Slider")


def leads(room, value):
    room.teacher.says(do="place", ask=ask(values={SLIDER: value}), frame=None)


def test_a_class_is_counted(room):
    one, two = room.pupil(1), room.pupil(2)
    assert room.teacher.until(lambda view: view["here"]["all"] == 2)["here"] == {"all": 2, "follow": 2}
    one.says(do="mode", mode="alone")
    room.teacher.until(lambda view: view["here"]["follow"] == 1)
    two.close()
    room.teacher.until(lambda view: view["here"] == {"all": 1, "follow": 0})
    assert one.until(lambda view: view["here"]["all"] == 1)["teacher"] is False


def test_a_pupil_is_led_to_the_teachers_picture_and_asks_for_the_next(room):
    pupil = room.pupil(1)
    low, high = SCENE.fields[SLIDER].ends()
    leads(room, low)
    pupil.says(do="seen", has=[], lang="en")
    led = pupil.hears(lambda _, m: m["is"] == "picture")
    assert led["of"] == f"{LESSON.topic}.{SCENE.id}"
    assert led["lang"] == "en"
    assert led["values"][SLIDER] == low
    assert led["bytes"] > 100
    room.teacher.says(do="place", ask=ask(values={SLIDER: high}), frame=3)
    room.teacher.says(do="place", ask=ask(values={SLIDER: high}), frame=4)
    pupil.says(do="seen", has=[], lang="en")
    pupil.hears(lambda _, m: m["is"] == "picture" and f"{SLIDER}=" in m["place"]["search"])
    pupil.says(do="seen", has=[], lang="en")
    if pupil.led[-1]["place"]["frame"] != 4:  # the same picture at another frame travels without it
        assert pupil.hears(lambda _, m: m["is"] in ("place", "picture"))["is"] == "place"
        assert pupil.led[-1]["frame"] == 4


def test_who_has_no_stage_is_told_the_place(room):
    leads(room, SCENE.fields[SLIDER].ends()[0])
    pupil = room.pupil(1)
    pupil.says(do="seen", has=None)
    assert pupil.hears(lambda _, m: m["is"] in ("place", "picture"))["topic"] == LESSON.topic


def test_who_is_alone_is_left_alone_until_he_comes_back(room):
    pupil = room.pupil(1)
    pupil.says(do="mode", mode="alone")
    pupil.says(do="seen", has=[])
    room.teacher.until(lambda view: view["here"]["follow"] == 0 < view["here"]["all"])
    leads(room, SCENE.fields[SLIDER].ends()[0])
    room.teacher.until(lambda view: view.get("experiments"))
    assert not pupil.led
    pupil.says(do="mode", mode="follow")
    pupil.hears(lambda _, m: m["is"] == "picture")


def test_a_class_predicts_votes_and_sees_what_is_right_in_the_end(room):
    pupils = [room.pupil(i) for i in range(3)]
    named = {"topic": LESSON.topic, "scene": SCENE.id, "experiment": EXPERIMENT.id}
    room.teacher.says(do="pose", **named)
    for i, pupil in enumerate(pupils):
        poll = pupil.until(lambda view: view["poll"])["poll"]
        assert poll["ask"] == list(EXPERIMENT.words["ask"])
        assert poll["answer"] is None
        assert len(poll["choices"]) == len(EXPERIMENT.choices)
        pupil.says(do="vote", poll=poll["n"], round=1, choice=0 if i else 1)
        pupil.until(lambda view, i=i: view["mine"]["votes"] == [0 if i else 1])  # only now it is stored
        assert pupil.view["poll"]["votes"] is None
    assert room.teacher.until(lambda view: view["poll"] and view["poll"]["voted"] == [3])["poll"]["votes"][0][:2] == [
        2,
        1,
    ]
    room.teacher.says(do="reveal", poll=1)
    for pupil in pupils:
        poll = pupil.until(lambda view: view["poll"]["stage"] == "revealed")["poll"]
        assert poll["answer"] == EXPERIMENT.answer
        assert poll["votes"][0][:2] == [2, 1]


def test_a_teacher_comes_back_with_his_key_and_nobody_else(room, enter):
    room.teacher.close()
    back = enter(do="return", code=room.code, key=room.key)
    assert back.hears()["teacher"] is True
    for hello in ({"key": "another"}, {"key": None}, {}, {"key": room.key[:-1]}, {"mark": mark(1), "key": "x"}):
        thief = enter(do="return", code=room.code, **hello)
        assert thief.hears(lambda _, m: True)["is"] == "wrong"
    with pytest.raises(ConnectionClosed):
        thief.socket.recv(LIMIT)


def test_two_windows_of_the_teacher_lead_each_other(room, enter):
    board = enter(do="return", code=room.code, key=room.key)
    board.hears()
    board.says(do="seen", has=[])
    leads(room, SCENE.fields[SLIDER].ends()[0])
    board.hears(lambda _, m: m["is"] == "picture")
    assert not room.teacher.led


def test_a_room_that_is_ended_says_so(room):
    pupil = room.pupil(1)
    pupil.hears()
    room.teacher.says(do="end")
    assert pupil.hears(lambda _, m: m["is"] != "room")["is"] == "ended"
    gone = room.pupil(2)
    assert gone.hears(lambda _, m: True)["is"] == "wrong"


def test_what_nobody_stirs_ends(host, room, monkeypatch):
    pupil = room.pupil(1)
    pupil.hears()
    room.teacher.close()
    monkeypatch.setattr(hall, "BEAT", 0.05)
    monkeypatch.setattr(logic, "LIFE", -1.0)
    host.hall.tasks[1].cancel()
    room.pupil(1)  # a connection has the clock start again
    assert pupil.hears(lambda _, m: m["is"] != "room")["is"] == "ended"


def test_a_code_for_the_join_is_drawn(room):
    room.teacher.says(do="qr", url="http://school.test/?room=ABC234")
    assert room.teacher.hears(lambda _, m: m["is"] == "qr")["image"].startswith("data:image")


def test_codes_cannot_be_found_by_trying(host, room, enter):
    """After some wrong codes nobody at the address can tell a right one; who was in comes back all the same."""
    known = room.pupil(1)
    known.hears()
    host.hall.tries = Limits(0.0, 5, 25)
    said = [enter(do="join", code="ABC23" + c, mark=mark(9)).hears(lambda _, m: True)["is"] for c in "ABCDEFGHJ"]
    assert said == ["wrong"] * 5 + ["wait"] * 4
    assert enter(do="join", code=room.code, mark=mark(8)).hears(lambda _, m: True)["is"] == "wait"
    assert room.pupil(1).hears()["code"] == room.code
    assert enter(do="return", code=room.code, key=room.key).hears()["teacher"]


def test_rooms_are_not_opened_without_end(host, enter):
    host.hall.opened = Limits(0.0, 3, 25)
    said = [enter(do="open").hears(lambda _, m: m["is"] != "room")["is"] for _ in range(5)]
    assert said == ["opened"] * 3 + ["wait"] * 2


@pytest.mark.parametrize("origin", [None, "http://evil.test", "null", "http://127.0.0.1:1"])
def test_a_page_of_anothers_is_refused(street, origin):
    with pytest.raises(InvalidStatus, match="403"), client.connect(f"ws://{street.at}/sawaru/room", origin=origin):
        pass


def test_there_is_room_for_so_many(host, room, monkeypatch):
    monkeypatch.setattr(hall, "MOST", 1)
    with pytest.raises(InvalidStatus, match="403"):
        Browser(host.at, do="open")


HELLOS = (
    *("", "null", "7", "[]", '"x"', "{", "{}", "[" * 5000, "\x00", "💥", "NaN", '{"do":"join"}', b"bytes"),
    *('{"do":"join","code":7,"mark":7}', '{"do":"join","code":"ABC234","mark":"short"}', "x" * (hall.LONGEST + 1)),
    *('{"do":"return","code":"ABC234","key":{}}', '{"do":{"do":"open"}}', '{"do":"vote","poll":1}'),
)


@pytest.mark.parametrize("hello", HELLOS, ids=range(len(HELLOS)))
def test_who_is_no_page_of_ours_is_let_go(street, hello):
    with client.connect(f"ws://{street.at}/sawaru/room", origin=f"http://{street.at}") as page:
        page.send(hello)
        answers = []
        with pytest.raises(ConnectionClosed):
            answers.extend(iter(lambda: json.loads(page.recv(LIMIT))["is"], None))
        assert set(answers) <= {"wrong"}


def hostile(i, code):
    """Give messages of a pupil who means harm."""
    named = {"topic": LESSON.topic, "scene": SCENE.id, "experiment": EXPERIMENT.id}
    kinds = (
        {"do": ("reveal", "close", "again", "clear", "end", "show", "watch", "call", "put")[i % 9], "poll": 1},
        {"do": "vote", "poll": (1, 2, -1, "1", None)[i % 5], "round": i % 3, "choice": (0, 99, -1, "x", 10**30)[i % 5]},
        {"do": "pose", "ask": "?", "choices": ["1", "2"]},
        {"do": "pose", **named},
        {"do": "place", "ask": ask(values={SLIDER: 10**400 if i % 2 else "x"}), "frame": i},
        {"do": "place", "ask": [[]] * 100, "frame": -1},
        {"do": "offer", "topic": "../etc", "search": "x" * (i % 9000), "frame": 10**9},
        {"do": "stand", "of": "x", "values": {str(k): k for k in range(i % 50)}},
        {"do": "mode", "mode": ["follow", "alone", None, {}][i % 4]},
        {"do": "seen", "has": [[{}]] * 50, "lang": {}},
        {"do": "qr", "url": "http://evil.test"},
        {"do": "join", "code": code, "mark": mark(1)},
        {"do": ["x"] * 20},
    )
    return json.dumps(kinds[i % len(kinds)])


def test_a_thousand_hostile_messages_change_nothing_for_others(host, room, monkeypatch):
    monkeypatch.setattr(hall, "Bucket", lambda rate, burst: Bucket(1e9, 1e9))
    good = [room.pupil(i) for i in range(2)]
    room.teacher.says(do="pose", ask="k?", choices=["1", "2", "3"])
    for pupil in good:
        pupil.until(lambda view: view["poll"])
        pupil.says(do="vote", poll=1, round=1, choice=2)
        pupil.until(lambda view: view["mine"]["votes"] == [2])
    evil = [room.pupil(100 + i) for i in range(10)]
    for i in range(1000):
        evil[i % 10].socket.send(hostile(i, room.code))
    for i, one in enumerate(evil):  # each is still heard: what came before has been taken
        one.says(do="mode", mode="alone")
        one.says(do="offer", topic=LESSON.topic, search=f"{SLIDER}={i}", frame=None)
        one.until(lambda view: view["mine"]["offers"])
    view = room.teacher.until(lambda view: len(view["offers"]) == 10)
    assert view["poll"]["ask"] == ["k?", "k?"]
    assert (view["poll"]["n"], view["poll"]["stage"], view["poll"]["round"]) == (1, "open", 1)
    assert view["poll"]["votes"][0][2] >= 2
    assert sum(view["poll"]["votes"][0]) <= 12
    assert (view["watch"], view["shown"], view["call"][0]) == (False, False, 0)
    assert view["here"]["all"] == 12
    for pupil in good:
        assert pupil.until(lambda view: view["here"]["all"] == 12)["mine"]["votes"] == [2]
    room.teacher.says(do="close", poll=1)
    for pupil in good:
        pupil.until(lambda view: view["poll"]["stage"] == "closed")


def test_who_floods_is_let_go_alone(host, room):
    flood, calm = room.pupil(1), room.pupil(2)

    def floods():
        for _ in range(10_000):
            flood.says(do="mode", mode="alone")
        flood.hears(lambda *_: False)

    with pytest.raises(ConnectionClosed):
        floods()
    calm.says(do="mode", mode="alone")
    room.teacher.until(lambda view: view["here"] == {"all": 1, "follow": 0})


def test_texts_stay_texts(room):
    pupil = room.pupil(1)
    room.teacher.says(do="pose", ask="<img src=x onerror=alert(1)>", choices=["<b>1</b>", "& 2"])
    assert pupil.until(lambda view: view["poll"])["poll"]["choices"] == [["<b>1</b>"] * 2, ["& 2"] * 2]


def test_nothing_is_left_of_those_who_went(host, room):
    pupil = room.pupil(1)
    pupil.hears()
    pupil.close()
    room.teacher.until(lambda view: view["here"]["all"] == 0)
    room.teacher.close()
    end = time.monotonic() + LIMIT
    while host.hall.open or host.hall.connections:
        assert time.monotonic() < end
        time.sleep(0.01)

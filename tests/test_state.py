"""What a session holds of a lesson: values from scene to scene, links, hands, and whatever a stranger sends."""

import types
from dataclasses import dataclass

import pytest

from core.text import T
from ui import catalog
from ui import state as states
from ui.params import Points, Slider, choice, hand_points, slider
from ui.scene import Check, Experiment, Scene
from ui.state import State


@dataclass(frozen=True)
class Shared:
    data: str = choice(T("データ", "Data"), {"iris": T("アヤメ", "Iris"), "own": T("自分の点", "Own")})
    points: tuple = hand_points(sets={"data": "own"})


@dataclass(frozen=True)
class First(Shared):
    k: int = slider(T("近傍", "k"), 1, 99, default=7)


@dataclass(frozen=True)
class Second(Shared):
    k: int = slider(T("近傍", "k"), 1, 20, default=3)
    rate: float = slider(T("率", "Rate"), 0.0, 1.0, default=0.5, when=lambda p: p.data == "iris")


def scene(name, params):
    module = types.ModuleType(name)
    module.Params, module.CONTROLS = params, ("k",)
    return Scene("small", name, module, {})


SCENES = {"first": scene("first", First), "second": scene("second", Second)}
FIRST, SECOND = SCENES.values()


class Lesson:
    topic = "small"
    titles, scenes = SCENES, (FIRST, SECOND)
    asked = catalog.Lesson.asked

    def scene(self, name=None):
        return SCENES.get(name, FIRST)


@pytest.fixture
def state(monkeypatch):
    monkeypatch.setattr(states, "lang", lambda: "ja")
    return State("first")


def test_a_field_keeps_its_value_from_scene_to_scene(state):
    state.set(FIRST, {"k": 15, "data": "own"})
    assert state.params(SECOND) == Second(k=15, data="own")
    state.set(FIRST, {"k": 50})
    assert state.params(SECOND).k == 3  # it cannot use 50
    assert state.params(FIRST).k == 50


def test_a_link_carries_what_the_open_scene_shows(state):
    state.follow(Lesson(), {"scene": "second", "k": "9", "rate": "0.25", "lang": "en", "elsewhere": "1"})
    assert (state.scene, state.params(SECOND), state.wild) == ("second", Second(k=9, rate=0.25), ())
    assert state.query(Lesson()) == {"scene": "second", "k": "9", "rate": "0.25"}
    state.put(FIRST, {})
    assert state.query(Lesson()) == {"k": "9"}


def test_a_link_from_when_another_scene_was_the_first_opens_that_scene(state):
    state.follow(Lesson(), {"k": "9", "rate": "0.25", "utm_source": "x"})
    assert (state.scene, state.params(SECOND).rate) == ("second", 0.25)
    for query in ({}, {"k": "9"}, {"utm_source": "x"}):
        state.follow(Lesson(), query)
        assert state.scene == "first"


def test_what_a_link_gets_wrong_is_named(state):
    state.follow(Lesson(), {"scene": "no such", "k": "999", "rate": "9", "hide": "k,rate,data", "at": "x" * 99})
    assert state.wild == ("k",)  # the rate is not a field of this scene
    assert state.scene == "first"
    assert state.hide == ("k", "data")
    assert state.at is None
    state.follow(Lesson(), {f"x{i}": "1" for i in range(5000)})
    assert len(state.values) <= states.MOST


def test_reset_and_experiments_set_the_scene_and_keep_what_is_ones_own(state):
    state.follow(Lesson(), {"k": "9", "data": "own", "points": "1,1,0"})
    check = Check(({"k": 2}, {"k": 4}), lambda *r: True)
    before = state.version
    state.play(Experiment("e", FIRST, check, {}))
    assert state.params(FIRST) == First(k=4, points=((1.0, 1.0, 0),))
    assert state.version == before + 1
    state.reset(FIRST)
    assert state.params(FIRST) == First()
    assert state.values == {}


@pytest.mark.parametrize(
    "value", [10**400, float("nan"), float("inf"), -1e300, "nan", None, [], {}, "💥", b"", True, ["7"]]
)
@pytest.mark.parametrize("name", ["k", "data", "points", "rate", "no such field"])
def test_a_hostile_value_changes_nothing_that_it_should_not(state, name, value):
    states._take_controls(Lesson(), state, SECOND, {"n": 1, "ver": 1, "values": {name: value}})
    params = state.params(SECOND)
    assert SECOND.fields["k"].low <= params.k <= SECOND.fields["k"].high
    assert params.data in ("iris", "own")
    assert params.points == ()
    assert 0 <= params.rate <= 1


@pytest.mark.parametrize("message", [{"values": 7}, {"values": [1]}, {}, {"share": 10**400}, {"reset": True}])
def test_a_hostile_message_is_no_error(state, message):
    states._take_controls(Lesson(), state, FIRST, {"n": 1, "ver": 1, **message})


@pytest.mark.parametrize(
    "points", [7, None, "x", [[1]], [[10**400, 0, 0]], [[0, 0, 9]], [["a", "b", "c"]], [[0, 0, 0]] * 201]
)
def test_hostile_points_are_not_taken(state, points):
    states.edited(state, FIRST, {"points": points})
    assert state.params(FIRST) == First()


def test_hands(state):
    states.edited(state, FIRST, {"points": [[1.23456, 2, 1]]})
    assert state.params(FIRST) == First(data="own", points=((1.235, 2.0, 1),))
    states._take_controls(Lesson(), state, SECOND, {"n": 1, "ver": 1, "values": {"k": 99, "rate": 0.1}})
    assert state.params(SECOND).k == 20  # clamped
    assert state.params(SECOND).rate == 0.5  # it does not apply to one's own points
    assert isinstance(FIRST.fields["points"], Points)
    assert isinstance(FIRST.fields["k"], Slider)


def test_all_undone_the_data_are_what_they_were():
    """The first edit of a named set makes points of one's own; the link before it brings the set back."""
    state = State("first", {"data": "iris", "k": "9"})
    states.edited(state, FIRST, {"points": [[1, 2, 0]], "ver": 1})
    assert state.params(FIRST).data == "own"
    states.edited(state, FIRST, {"points": [], "back": "?k=9", "ver": 1})
    assert state.params(FIRST) == First(k=9)
    states.edited(state, FIRST, {"points": [], "back": "?data=own&points=1,2,1", "ver": 1})
    assert state.params(FIRST).points == ((1.0, 2.0, 1),)
    for wild in ("?data=💥&points=%00", 7, None, "&&&"):
        states.edited(state, FIRST, {"points": [], "back": wild, "ver": 1})
        assert state.params(FIRST).data in ("iris", "own")

"""What a room is: who may do what, what each is told; messages of any kind change nothing that is not theirs."""

import dataclasses
import json
import math

import numpy as np
import pytest

from ui.room import logic
from ui.room.limits import Bucket, Limits
from ui.room.logic import Refused, Room, act, told

NOW = 1e9
KEY = "a key of the teacher's"


def opened(*pupils, **changes):
    room = Room("ABC234", logic.digest("ABC234", KEY), NOW, **changes)
    for pupil in pupils:
        room = logic.joined(room, pupil, NOW)
    return room


def asked(*pupils, **more):
    return act(opened(*pupils), None, {"do": "pose", "ask": "k?", "choices": ["1", "2", "3"], **more}, NOW)


def vote(room, who, choice, now=NOW):
    poll = room.poll
    return act(room, who, {"do": "vote", "poll": poll.n, "round": len(poll.votes), "choice": choice}, now)


def do(room, name, **more):
    return act(room, None, {"do": name, "poll": room.poll.n if room.poll else 0, **more}, NOW)


def test_only_the_key_opens():
    room = opened()
    assert room.opens(KEY)
    assert not any(room.opens(key) for key in ("", "another", None, 7, [], room.key))
    assert KEY not in room.dump()


def test_what_is_written_is_read():
    room = vote(asked("p", "q"), "p", 1)
    room = act(room, "q", {"do": "offer", "topic": "kalman", "search": "k=2", "frame": 3}, NOW)
    room = do(room, "place", topic="kalman", scene="one", search="", frame=None, by="x")
    assert Room.load(room.dump()) == room
    assert Room.load(opened().dump()) == opened()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("ABC234", "ABC234"), ("abc-234", "ABC234"), (" ＡＢＣ　２３４ ", "ABC234"), ("ABC23", ""), ("ABC23O", "")),
        *((7, ""), (None, ""), ("A" * 100, ""), ("ÀBC234", "")),
    ],
)
def test_a_code_is_read_as_people_type_it(typed, code):
    assert logic.tidy(typed) == code


def test_a_vote_may_change_until_it_closes_and_a_browser_has_one():
    room = asked("p", "q")
    for choice in (0, 1, 2):
        room = vote(room, "p", choice)
    room = vote(room, "q", 2)
    assert room.poll.histograms() == [[0, 0, 2]]
    room = do(room, "close")
    with pytest.raises(Refused):
        vote(room, "p", 0)
    again = do(room, "again")
    again = vote(again, "p", 0)
    assert again.poll.histograms() == [[0, 0, 2], [1, 0, 0]]
    assert logic.mine(again, "p") == {"votes": [2, 0], "offers": False}
    with pytest.raises(Refused):
        do(again, "again")
    late = {"do": "vote", "poll": 1, "round": 1, "choice": 1}  # for the first vote, which is over
    with pytest.raises(Refused):
        act(again, "q", late, NOW)


def test_pupils_see_no_histogram_until_it_is_shown():
    room = vote(asked("p"), "p", 1)
    assert told(room, False, NOW)["poll"]["votes"] is None
    assert told(room, False, NOW)["poll"]["voted"] == [1]
    assert told(room, True, NOW)["poll"]["votes"] == [[0, 1, 0]]
    assert told(do(room, "show", hidden=False), False, NOW)["poll"]["votes"] == [[0, 1, 0]]
    assert told(vote(asked("p", hidden=False), "p", 1), False, NOW)["poll"]["votes"] == [[0, 1, 0]]
    revealed = do(room, "reveal")
    assert told(revealed, False, NOW)["poll"]["votes"] == [[0, 1, 0]]
    with pytest.raises(Refused):
        vote(revealed, "p", 0)


def test_who_is_told_never_learns_of_another():
    room = vote(asked("p", "q"), "p", 1)
    room = act(room, "q", {"do": "offer", "topic": "kalman", "search": "k=2", "frame": None}, NOW)
    for teacher in (True, False):
        said = json.dumps(told(room, teacher, NOW))
        assert not any(f'"{who}"' in said for who in ("p", "q", room.key))


def test_counts_are_of_those_who_are_here():
    room = opened("p", "q", "r")
    room = act(room, "q", {"do": "mode", "mode": "alone"}, NOW)
    assert logic.counts(room, NOW) == {"all": 3, "follow": 2}
    room = logic.left(room, "p", NOW)
    assert logic.counts(room, NOW) == {"all": 2, "follow": 1}
    later = NOW + logic.GONE + 1
    assert logic.counts(room, later)["all"] == 0
    assert logic.counts(logic.beat(room, {"r"}, True, later), later) == {"all": 1, "follow": 1}
    assert logic.counts(logic.joined(room, "p", NOW), NOW)["all"] == 3


def test_a_room_ends_an_hour_after_its_last_sign_of_life():
    room = opened("p")
    assert not room.ended(NOW + logic.LIFE)
    assert room.ended(NOW + logic.LIFE + 1)
    later = NOW + 3000
    assert logic.beat(room, {"p"}, False, later).ended(NOW + logic.LIFE + 1)  # an open tab is no sign of life
    assert not logic.beat(room, set(), True, later).ended(NOW + logic.LIFE + 1)
    assert not act(room, "p", {"do": "mode", "mode": "alone"}, later).ended(NOW + logic.LIFE + 1)
    assert logic.over(room).ended(NOW)


def test_a_full_room_takes_whoever_comes_for_those_who_left():
    room = opened(*map(str, range(logic.MEMBERS)))
    with pytest.raises(Refused):
        logic.joined(room, "late", NOW)
    assert "late" in logic.joined(logic.left(room, "7", NOW), "late", NOW).here


def test_one_is_shown_and_taken_back():
    room = opened("p", "q")
    offer = {"do": "offer", "topic": "kalman", "search": "k=2", "frame": 3}
    room = act(act(room, "p", offer, NOW), "q", offer, NOW)
    room = act(room, "p", {**offer, "search": "k=5"}, NOW)  # in place of the first
    assert [o["n"] for o in told(room, True, NOW)["offers"]] == [2, 3]
    assert "offers" not in told(room, False, NOW)
    shown = do(room, "put", offer=3)
    assert (shown.shown, [o.n for o in shown.offers]) == (True, [2])
    with pytest.raises(Refused):
        do(shown, "put", offer=3)
    assert not do(shown, "put", offer=None).shown
    assert not act(room, "q", {**offer, "search": None}, NOW).offers[1:]


def test_the_map_is_of_those_on_their_own_in_the_teachers_scene():
    room = do(opened("p", "q", "r"), "place", topic="kalman", scene="one", search="", frame=None, by="x")
    stand = {"do": "stand", "of": "kalman.one", "values": {"k": 3}}
    for who in ("p", "q"):
        room = act(room, who, {"do": "mode", "mode": "alone"}, NOW)
    with pytest.raises(Refused):
        act(room, "p", stand, NOW)  # nobody asked
    room = do(room, "watch", on=True)
    room = act(room, "p", stand, NOW)
    room = act(room, "q", {**stand, "of": "kalman.two"}, NOW)
    with pytest.raises(Refused):
        act(room, "r", stand, NOW)  # who follows stands where the teacher does
    assert told(room, True, NOW)["map"] == {"k": [3]}
    assert "map" not in told(room, False, NOW)
    assert told(act(room, "p", {"do": "mode", "mode": "follow"}, NOW), True, NOW)["map"] == {}


def test_the_same_place_again_is_no_news():
    room = do(opened(), "place", topic="kalman", scene="one", search="", frame=None, by="x")
    with pytest.raises(Refused):
        do(room, "place", topic="kalman", scene="one", search="", frame=None, by="y")
    assert do(room, "place", topic="kalman", scene="one", search="", frame=2, by="y").place.n == 2


PUPILS = ("vote", "mode", "offer", "stand")


def test_a_pupil_does_nothing_of_the_teachers_nor_the_teacher_of_a_pupils():
    room = asked("p")
    good = {"poll": 1, "hidden": False, "to": "follow", "on": True, "offer": None, "ask": "x", "choices": ["1", "2"]}
    good |= {"topic": "kalman", "scene": "one", "search": "", "frame": None, "by": ""}
    for name in logic.TEACHER:
        assert act(room, None, {"do": name, **good}, NOW) or True
        with pytest.raises(Refused):
            act(room, "p", {"do": name, **good}, NOW)
    for name in PUPILS:
        with pytest.raises(Refused):
            act(room, None, {"do": name, **good, "mode": "alone", "round": 1, "choice": 0}, NOW)
    with pytest.raises(Refused):
        vote(room, "who never came", 0)


ODD = (None, True, -1, 0, 1, 2, 10**30, 0.5, math.nan, math.inf, "", "alone", "kalman", "\x00\u202e", "x" * 9000, [])
ODD += ({}, {"k": 1}, {"k": math.nan}, {"": {}}, [[]] * 30, ["1", 2], [1, 1])
GOOD = {
    "poll": 1,
    "round": 1,
    "choice": 0,
    "mode": "alone",
    "topic": "kalman",
    "scene": "one",
    "search": "",
    "frame": 2,
}
GOOD |= {"values": {"k": 3}, "of": "kalman.one", "ask": "k?", "choices": ["1", "2"], "to": "follow", "offer": None}


def test_a_thousand_messages_of_any_kind_change_nothing_for_others():
    """Whatever a pupil sends: what others chose, offered and see stays, and all of it can be written and told."""
    room = asked("p", "q", "evil")
    room = act(vote(room, "q", 2), "q", {"do": "offer", "topic": "kalman", "search": "k=2", "frame": None}, NOW)
    room = do(room, "watch", on=True)
    random, taken = np.random.default_rng(0), 0
    names = [*logic.TEACHER, *PUPILS * 3, "", "__class__", None, 7, (), "end"]
    for _ in range(1000):
        odd = {name: ODD[random.integers(len(ODD))] for name in random.choice(list(GOOD), random.integers(4))}
        message = {**(GOOD if random.random() < 0.7 else {}), "do": names[random.integers(len(names))], **odd}
        try:
            after = act(room, "evil", message, NOW)
        except Refused:
            continue
        taken += 1
        changed = {n for n in (f.name for f in dataclasses.fields(room)) if getattr(after, n) != getattr(room, n)}
        assert changed <= {"n", "poll", "offers", "offered", "here"}
        assert after.poll.votes[0]["q"] == 2
        assert after.offers[0] == room.offers[0]
        assert [after.here[who] == room.here[who] for who in ("p", "q")] == [True, True]
        assert dataclasses.replace(after.poll, votes=()) == dataclasses.replace(room.poll, votes=())
        assert Room.load(after.dump()) == after
        json.dumps(told(after, True, NOW), allow_nan=False)
    assert 100 < taken < 900


@pytest.mark.parametrize(
    "fields",
    [
        {"ask": "x" * 201, "choices": ["1", "2"]},
        {"ask": "", "choices": ["1", "2"]},
        {"ask": "x", "choices": ["1"]},
        {"ask": "x", "choices": list("123456")},
        {"ask": "x", "choices": ["1", " \u200b"]},
        {"ask": "x", "choices": ["1", "x" * 81]},
        {"ask": 7, "choices": ["1", "2"]},
        {"ask": "x", "choices": "12"},
        {"experiment": "../x", "topic": "kalman", "scene": "one", "count": 3},
        {"experiment": "x", "topic": "kalman", "scene": "one", "count": 10**9},
    ],
    ids=range(10),
)
def test_a_question_has_a_size(fields):
    with pytest.raises(Refused):
        act(opened(), None, {"do": "pose", **fields}, NOW)


def test_what_cannot_be_printed_becomes_a_space():
    room = act(opened(), None, {"do": "pose", "ask": "a\u202eb\nc", "choices": ["<b>x</b>", "2"]}, NOW)
    assert room.poll.ask == "a b c"
    assert room.poll.choices[0] == "<b>x</b>"  # shown as text


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "3", None])
def test_a_slider_stands_at_a_number(value):
    room = do(act(opened("p"), "p", {"do": "mode", "mode": "alone"}, NOW), "watch", on=True)
    with pytest.raises(Refused):
        act(room, "p", {"do": "stand", "of": "kalman.one", "values": {"k": value}}, NOW)


def test_so_many_at_once_and_then_one_now_and_then():
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(10) for _ in range(5)] == [True] * 3 + [False] * 2
    assert [bucket.take(10.6) for _ in range(2)] == [True, False]
    limits = Limits(rate=1, burst=2, together=2)
    for name in ("a", "a", "b"):
        assert limits.has(name, 10)
        limits.take(name, 10)
    assert not limits.has("a", 10)
    assert limits.has("b", 10)
    limits.take("b", 10)
    assert not limits.has("c", 10)  # all of them together have had their share
    assert limits.has("a", 12)

"""What is special to the lesson of alignment: the numbers of its words, and what is clicked, typed and dragged."""

import numpy as np
import pytest

from core.llm import alignment as a
from pages.llm.alignment import asked, boxes, click, fall, same
from ui import catalog, own_table

LESSON = catalog.lesson("alignment")
CLICK, SAME, FALL, GOODHART = (LESSON.scene(name) for name in ("click", "same", "fall", "goodhart"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    r = SAME.result(SAME.Params())
    assert f"{r.loss[0]:.4f}" == numbers["start"]
    assert f"{a.bound(64):.3f}" == numbers["bound"]
    for m, name in ((5000, "bound"), (4, "four")):
        kl = a.best_of_n(np.arange(m), np.arange(m), np.full(m, 1 / m), 64)[2]
        assert f"{kl:.3f}" == numbers[name]
    for name, fields in (("sixteen", {"n": 16}), ("far", {"n": 256}), ("light", {"n": 256, "tail": "light"})):
        gold = [GOODHART.result(GOODHART.Params(**fields, seed=seed)).gold for seed in range(5)]
        assert [f"{v:.2f}" for v in (min(gold), max(gold))] == [numbers[f"{name}_low"], numbers[f"{name}_high"]]
    tax = [GOODHART.result(GOODHART.Params(n=16, seed=seed)).tax for seed in range(5)]
    assert [f"{v:.2f}" for v in (min(tax), max(tax))] == [numbers["tax_low"], numbers["tax_high"]]


def test_hardly_anything_is_left_of_a_high_cap():
    six = [GOODHART.result(GOODHART.Params(n=256, cap=6.0, seed=seed)).gold for seed in range(5)]
    assert np.mean(six) < 0.45
    light = [[GOODHART.result(GOODHART.Params(n=n, tail="light", seed=s)).gold for s in range(5)] for n in (16, 256)]
    assert all(far > near + 0.5 for near, far in zip(*light, strict=True))


def test_a_path_is_drawn_as_far_as_one_went():
    p = GOODHART.Params(n=16)
    r = GOODHART.result(p)
    for name in ("gold", "proxy"):
        lines = [mark for mark in figure(GOODHART, p, name).under if mark.get("mode") == "lines" and len(mark["x"]) > 2]
        assert lines
        assert all(mark["x"].max() == pytest.approx(r.kl) for mark in lines)


def figure(scene, params, name):
    return next(f for f in scene.module.draw(scene.result(params), params).figures if f.name == name)


def pressed(scene, params, name):
    mark = next(mark for mark in figure(scene, params, name).under if mark["type"] == "press")
    return list(zip(mark["x"].tolist(), mark["y"].tolist(), mark["values"], strict=True))


def test_the_first_click_begins_ones_own_record():
    p = CLICK.Params()
    two = CLICK.result(p).shown
    first, second, back = (sets["clicks"] for _, _, sets in pressed(CLICK, p, "question"))
    assert first == asked.added("", *two)
    assert second == asked.added("", *two[::-1])
    assert back == ""  # of the example nothing stays among one's own
    p = CLICK.Params(clicks=first)
    r = CLICK.result(p)
    assert r.pairs == (two,)
    assert set(r.next) != set(two)
    again = pressed(CLICK, p, "question")[0][2]["clicks"]
    assert again.startswith(first + " ")
    assert CLICK.result(CLICK.Params(clicks=again)).clicks == 2
    back = pressed(CLICK, CLICK.Params(clicks=again), "question")[2][2]["clicks"]
    assert back == first
    row, column = pressed(CLICK, p, "chance")[0][2]["clicks"].split()[-1]
    assert (row, column) == ("a", "b")


def test_between_two_boxes_nothing_is_pressed():
    mark = next(mark for mark in figure(CLICK, CLICK.Params(), "question").under if mark["type"] == "press")
    assert (np.diff(mark["y"]) < -2 * mark["half"][1]).all()
    assert (np.array(boxes.SMALL) < mark["half"]).all()


def test_nothing_clicked_and_a_full_record():
    r = CLICK.result(CLICK.Params(clicks=""))
    assert r.last is r.hits is None
    np.testing.assert_allclose(r.chance, 50)
    full = " ".join(["ab"] * asked.MOST)
    assert asked.added(full, 2, 0).split() == ["ab"] * (asked.MOST - 1) + ["ca"]
    assert len(full) + len("*999 ") <= CLICK.fields["clicks"].limit  # with the mark of things of one's own
    assert asked.pairs("zz aa ah ab", 6) == ((0, 1),)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("昼は？カレー / うどん", ["カレー", "うどん"]),
        ("a/b／ c", ["a", "b", "c"]),
        ("which? " + "/".join("abcdefgh"), list("abcdefgh")),
        ("とても長い名前の食べもの/b", ["とても長い…", "b"]),
    ],
)
def test_things_of_ones_own(typed, names):
    own = asked.asked(typed)
    assert [name.ja for name in own.names] == names
    r = CLICK.result(CLICK.Params(own=typed))
    assert r.n == len(names)
    assert r.clicks == 0  # the example is about the sky
    record = pressed(CLICK, CLICK.Params(own=typed), "question")[0][2]["clicks"]
    p = CLICK.Params(own=typed, clicks=record)
    assert CLICK.result(p).pairs == (r.shown,)
    assert CLICK.result(CLICK.Params(own=typed + "z", clicks=record)).clicks == 0
    assert CLICK.result(CLICK.Params(clicks=record)).clicks == 0
    assert CLICK.result(CLICK.Params(own=typed, clicks=pressed(CLICK, p, "question")[2][2]["clicks"])).clicks == 0
    assert all(asked.width(line.ja) <= asked.WIDE for lines in own.lines for line in lines)


@pytest.mark.parametrize("typed", ["", "one", "what? one", "/".join("abcdefghi"), " / "])
def test_no_list_is_the_sky(typed):
    assert asked.asked(typed) is None
    assert CLICK.result(CLICK.Params(own=typed)).asked is asked.SKY


def test_a_clicked_reward_is_set():
    sets = pressed(SAME, SAME.Params(), "reward")
    assert (5, 2, {"rf": 2.0}) in sets
    assert len(sets) == 6 * len(same.LEVELS)


def test_the_answers_that_rise_lie_beyond_the_line():
    for p in (
        FALL.Params(),
        FALL.Params(place="apart"),
        FALL.Params(likelihood=0.5),
        FALL.Params(place="own", points=((2.0, 1.0, 2), (-1.0, 0.0, 0))),
    ):
        r = FALL.result(p)
        border = next(mark for mark in figure(FALL, p, "plane").under if mark["type"] == "quadric")["c"].array[0]
        side = border[0] + r.features @ border[1:]
        np.testing.assert_allclose(side, r.pull, atol=1e-5)
        grows = np.log(r.walk.policies[1] / r.walk.policies[0])
        far = np.abs(side) > 0.3  # a step is finite
        assert (np.sign(grows) == np.sign(side))[far].all()


def test_answers_are_no_table(monkeypatch):
    """Five places by hand are not what a table of one's own could fill."""
    monkeypatch.setattr(own_table, "st", None)
    own_table.offer(FALL, "ja", lambda fields: None)


def test_a_dragged_answer_is_where_it_was_put():
    f = fall.places(FALL.Params(place="own", points=((0.5, 1.5, 3),)))
    assert f[3].tolist() == [0.5, 1.5]
    np.testing.assert_array_equal(f[0], fall.PLACES["alike"][0])
    assert click.compute is CLICK.module.compute

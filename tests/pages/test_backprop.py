"""What is special to the lesson of backpropagation: the numbers of its words, the film's size, points of one's own."""

import numpy as np
import pytest

from tests.lessons import measured
from ui import catalog, stage

LESSON = catalog.lesson("backprop")
RECEIPT, PLAYGROUND, LUCK = (LESSON.scene(name) for name in ("receipt", "playground", "luck"))


def test_numbers_in_the_words():
    numbers, luck, skip = LESSON.words["numbers"], measured(LUCK, "width"), measured(PLAYGROUND, "skip")
    assert all(round(luck[name]) == numbers[name] for name in ("low2", "high2", "low3", "high3"))
    found = {"plain_low": skip["low"], "plain_high": skip["high"], "skip_low": skip["with"]}
    assert {name: round(value) for name, value in found.items()} == {name: numbers[name] for name in found}


def test_each_ring_chooses_its_weight():
    graph = RECEIPT.module.graph
    chosen = [RECEIPT.result(RECEIPT.Params(**RECEIPT.module.percent(k))).chosen for k in range(9)]
    assert graph.__module__.endswith("graph")
    assert chosen == list(range(9))


LARGEST = {"layers": 4, "n": 200, "w1": 8, "w2": 8, "w3": 8, "w4": 8, "x1x1": True, "x2x2": True, "x1x2": True}
LARGEST |= {"sin1": True, "sin2": True}


@pytest.mark.parametrize("fields", [{}, LARGEST])
def test_a_film_travels_within_100_kb(fields):
    p = PLAYGROUND.Params(**fields, steps=400)
    assert stage.encode(PLAYGROUND.picture(PLAYGROUND.result(p), p), "en").size < 100_000


def test_the_field_is_the_network():
    p = PLAYGROUND.Params(steps=200)
    r = PLAYGROUND.result(p)
    x = (r.grid.points() - r.offset) * r.factor
    np.testing.assert_allclose(r.field[-1], r.run.proba(x)[:, 1], atol=1e-9)
    assert r.accuracy[-1] == pytest.approx(100 * np.mean((r.said[-1] > 0.5) == r.problem.y, where=r.run.held))


@pytest.mark.parametrize("points", [(), ((1.0, 2.0, 0),), ((1e9, 2.0, 0), (1e9, 2.0, 1))])
def test_points_of_one_s_own(points):
    p = PLAYGROUND.Params(data="own", points=points, steps=200)
    note = PLAYGROUND.picture(PLAYGROUND.result(p), p).note
    assert (note is None) == bool(points)


def test_no_inputs_are_said():
    p = PLAYGROUND.Params(x1=False, x2=False)
    assert "入力" in PLAYGROUND.picture(PLAYGROUND.result(p), p).note.ja


def test_a_run_that_leaves_the_finite_numbers_is_said():
    p = PLAYGROUND.Params(rate=10.0, activation="relu", layers=4, l2=0.1, steps=1000, seed=1, init="he")
    r = PLAYGROUND.result(p)
    assert (PLAYGROUND.picture(r, p).note is not None) == r.run.stopped


def test_a_view_s_fields_train_nothing_anew():
    tasks = PLAYGROUND.module.tasks
    assert tasks(PLAYGROUND.Params())["run"].key == tasks(PLAYGROUND.Params(wires="gradients"))["run"].key

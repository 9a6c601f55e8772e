"""What is special to the lesson of trees: the numbers of its words, own points, pictures against the trees."""

import numpy as np
import pytest

from core.classical import trees
from core.data import hold_out, load
from ui import catalog

LESSON = catalog.lesson("trees")
QUESTIONS, FOREST, LEDGER, LEFT = (LESSON.scene(name) for name in ("questions", "forest", "ledger", "left"))


def test_numbers_in_the_words():
    numbers, data = LESSON.words["numbers"], load("breast_cancer")
    found = {"tree": [], "forest": [], "boosted": []}
    for seed in range(numbers["splits"]):
        out = hold_out(len(data.y), 0.3, seed=seed)
        x, y, q, truth = data.x[~out], data.y[~out], data.x[out], data.y[out]
        wood = trees.forest(x, y, trees=numbers["trees"], features=5, seed=seed)
        boost = trees.adaboost(x, y, rounds=numbers["rounds"])
        found["tree"].append(np.mean(trees.grow(x, y, depth=None).predict_proba(q).argmax(axis=1) == truth))
        found["forest"].append(np.mean(wood.predict_proba(q).argmax(axis=1) == truth))
        found["boosted"].append(np.mean((boost.staged(q)[-1] > 0) == truth))
    for name, shares in found.items():
        assert f"{100 * np.mean(shares):.1f}" == numbers[name], name


TWO = ((0.0, 0.0, 0), (1.0, 1.0, 0))


@pytest.mark.parametrize("points", [(), TWO[:1], TWO, tuple((float(i), 1.0, 0) for i in range(12))])
def test_too_few_points_are_said(points):
    for scene, least in ((QUESTIONS, 1), (LEFT, 2)):
        p = scene.Params(data="own", points=points)
        assert (scene.picture(scene.result(p), p).note is not None) == (len(points) < least)
    for scene in (FOREST, LEDGER):
        p = scene.Params(data="own", points=points)
        assert "8 個以上" in scene.picture(scene.result(p), p).note.ja


def test_points_of_ones_own_are_learnt():
    points = tuple((float(i % 4), float(i // 4), i % 2) for i in range(16))
    for scene in (QUESTIONS, FOREST, LEDGER, LEFT):
        p = scene.Params(data="own", points=points)
        stage = scene.picture(scene.result(p), p)
        assert stage.note is None
        assert len(stage.figures) == 3


def test_the_last_frame_is_the_tree():
    p = QUESTIONS.Params(data="moons", noise=0.3, depth=5)
    r = QUESTIONS.result(p)
    tree = trees.grow(r.problem.x, r.problem.y, depth=5)
    said = tree.predict_proba(r.problem.x).argmax(axis=1)
    np.testing.assert_array_equal(r.wrong[-1], said != r.problem.y)
    assert r.leaves[-1] == tree.leaves
    for node in range(len(tree.child)):  # all points of a leaf are in its box
        inside = r.problem.x[r.at[-1] == node]
        x0, x1, y0, y1 = r.boxes[node]
        assert ((inside >= [x0, y0]) & (inside <= [x1, y1])).all()


def test_turning_keeps_distances():
    plain, turned = (QUESTIONS.result(QUESTIONS.Params(turn=turn)).problem.x for turn in (0, 37))
    np.testing.assert_allclose(*(np.linalg.norm(x - x[0], axis=1) for x in (plain, turned)))


def test_the_bound_is_the_mean_of_the_losses_and_above_the_error():
    for fields in ({}, {"data": "circles", "spoilt": 10}, {"data": "xor"}):
        r = LEDGER.result(LEDGER.Params(**fields))
        sign = 2 * r.problem.y - 1
        np.testing.assert_allclose(r.bound, 100 * np.exp(-sign * r.sums).mean(axis=1), rtol=1e-9)
        assert (r.training <= r.bound + 1e-9).all()


def test_more_halves_are_drawn_and_the_whole_is_the_last_part():
    p = FOREST.Params(depth=2)
    task = FOREST.tasks(p)["halves"]
    parts = []
    whole = task.work(task.key, lambda share, partial: parts.append((share, partial)))
    assert [share for share, _ in parts] == pytest.approx(np.arange(1, len(parts) + 1) / len(parts))
    np.testing.assert_array_equal(parts[-1][1].measured, whole.measured)

"""What is special to the lesson of support vector machines: the numbers of its words, and what the pictures rest on."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from core.classical import svm
from core.data import hold_out, load
from ui import catalog

LESSON = catalog.lesson("svm")
STREET, TRICK, ISLANDS = (LESSON.scene(name) for name in ("street", "trick", "islands"))


def test_numbers_in_the_words():
    numbers, r = LESSON.words["numbers"], STREET.result(STREET.Params())
    assert [r.count, len(r.problem.y), r.inside] == [numbers["support"], numbers["points"], numbers["inside"]]
    data = load("wine")
    x, y = data.x[data.y > 0], data.y[data.y > 0] == 2
    for name, model in (("raw", SVC(gamma=1 / 13)), ("scaled", make_pipeline(StandardScaler(), SVC(gamma=1 / 13)))):
        outs = [hold_out(len(y), 0.4, seed=seed) for seed in range(5)]
        scores = [model.fit(x[~out], y[~out]).score(x[out], y[out]) for out in outs]
        assert f"{100 * np.mean(scores):.1f}" == numbers[name]


def test_all_points_lie_on_the_bent_line():
    r = STREET.result(STREET.Params(C=3.0))
    price = r.machine.alpha / 3.0
    assert ((price < 1e-9) | (r.edge < 1 + 1e-6)).all()
    assert ((price > 1 - 1e-9) | (r.edge > 1 - 1e-6)).all()


def test_the_curve_is_the_machine_s_border():
    r = TRICK.result(TRICK.Params())
    x, y = r.problem.x.T
    field = np.stack([np.ones(len(x)), x, y, x**2, x * y, y**2], axis=1) @ r.c
    np.testing.assert_allclose(field, svm.fit(r.problem.x, r.problem.y, kernel="poly").decision(r.problem.x), atol=1e-5)


@pytest.mark.parametrize("points", [(), ((0.0, 0.0, 1),)])
def test_one_class_is_said(points):
    for scene in (STREET, TRICK):
        p = scene.Params(data="own", points=points)
        assert "二つのクラス" in scene.picture(scene.result(p), p).note.ja


def test_a_smaller_price_widens_the_street():
    widths = [STREET.result(STREET.Params(C=C)).width for C in (0.01, 0.1, 1.0, 10.0, 100.0)]
    assert (np.diff(widths) < 0).all()


def test_the_ladder_passes_through_the_ring():
    r = ISLANDS.result(ISLANDS.Params(gamma=1.0, seed=2))
    assert ISLANDS.module.GAMMAS[4] == 1.0
    assert r.over[4].tolist() == [r.training, r.test]

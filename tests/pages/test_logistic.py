"""What is special to the lesson of logistic regression: the numbers of its words, and what both walks arrive at."""

import numpy as np
import pytest

from core.classical import logistic
from ui import catalog

LESSON = catalog.lesson("logistic")
BORDER, RACE, ENDLESS = (LESSON.scene(name) for name in ("border", "race", "endless"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    r = BORDER.result(BORDER.Params())
    assert len(r.loss) - 1 == numbers["steps"]
    assert f"{r.loss[-1]:.4f}" == numbers["loss"]
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 20_000)
    x = rng.standard_normal((40_000, 1)) + 2 * y[:, None]
    whole = logistic.irls(x, y).weights[-1]
    keep = (y == 1) | (np.arange(40_000) % 10 == 0)
    rare = logistic.irls(x[keep], y[keep]).weights[-1]
    assert [f"{whole[1]:.2f}", f"{rare[1]:.2f}"] == [numbers["slope_all"], numbers["slope_rare"]]
    assert f"{rare[0] - whole[0]:.2f}" == numbers["rare"]


@pytest.mark.parametrize("points", [(), ((0.0, 0.0, 1),)])
def test_one_class_is_said(points):
    for scene in (BORDER, ENDLESS):
        p = scene.Params(data="own", points=points)
        assert "二つのクラス" in scene.picture(scene.result(p), p).note.ja


def test_the_three_lines_are_where_they_say():
    r = BORDER.result(BORDER.Params())
    w = r.weights[-1]
    for share in (0.1, 0.5, 0.9):
        c = w - np.array([np.log(share / (1 - share)), 0, 0])
        place = -c[0] * c[1:] / (c[1:] @ c[1:])
        assert logistic.probabilities(w, place[None])[0] == pytest.approx(share)


def test_both_walks_end_at_the_lowest_point():
    r = RACE.result(RACE.Params())
    np.testing.assert_allclose(r.newton.weights[-1], r.best, rtol=1e-6)
    assert np.linalg.norm(r.downhill.weights[-1] - r.best) < 0.01 * np.linalg.norm(r.best)

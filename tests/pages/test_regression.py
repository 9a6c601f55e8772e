"""What is special to the lesson of regression: the numbers of its words, own points, the leak seen by scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from core.classical import regression as reg
from core.data import diabetes
from ui import catalog

LESSON = catalog.lesson("regression")
LINE, POWERS, LEAK = (LESSON.scene(name) for name in ("line", "powers", "leak"))


def test_numbers_in_the_words():
    numbers, data = LESSON.words["numbers"], diabetes()
    slope = LinearRegression().fit(data.x[:150, 2:3], data.t[:150]).coef_[0]
    assert f"{slope:.1f}" == numbers["slope"]
    x = np.repeat([0.0, 1.0, 2.0], numbers["rows"] // 3)
    design = np.column_stack([np.ones(len(x)), reg.polynomial(x, 3)])
    assert design.shape == (numbers["rows"], numbers["columns"])
    assert np.linalg.matrix_rank(design) == numbers["rank"]
    assert float(numbers["share"]) == (10 - 2) / 10


def test_the_hand_s_line_passes_where_it_is_put():
    r = LINE.result(LINE.Params(slope=25.0, lift=40.0))
    x0, x1, y0, y1 = r.problem.window
    assert r.hand[1] == pytest.approx(0.25 * (y1 - y0) / (x1 - x0))
    assert r.hand[0] + r.hand[1] * r.x.mean() == pytest.approx(y0 + 0.4 * (y1 - y0))
    assert r.hand_square == pytest.approx(np.mean((r.t - r.hand[0] - r.hand[1] * r.x) ** 2))


@pytest.mark.parametrize("points", [(), ((1.0, 2.0, 0),), ((1.0, 2.0, 0), (1.0, 3.0, 0))])
def test_too_few_points_are_said(points):
    p = LINE.Params(data="own", points=points)
    r = LINE.result(p)
    assert r.fit is None
    assert "二つ" in LINE.picture(r, p).note.ja


def test_own_points_make_a_line():
    r = LINE.result(LINE.Params(data="own", points=((0.0, 1.0, 0), (1.0, 3.0, 0), (2.0, 5.0, 0))))
    assert (r.level, r.slope) == pytest.approx((1, 2))
    assert r.least == pytest.approx(0, abs=1e-20)


def test_a_ridge_never_frees_more_than_the_degree_has():
    for degree, free in ((3, 16.0), (9, 4.0), (1, 2.0)):
        r = POWERS.result(POWERS.Params(degree=degree, free=free))
        assert r.degrees == pytest.approx(min(free, degree + 1), abs=1e-6)


def test_the_winner_s_mean_is_what_draws_give():
    from pages.classical.regression.leak import TRIES, best_of

    drawn = np.random.default_rng(0).binomial(50, 0.5, (4000, 100)).max(axis=1).mean() * 2
    assert np.interp(100, TRIES, best_of()) == pytest.approx(drawn, abs=0.4)
    assert best_of()[0] == pytest.approx(50)

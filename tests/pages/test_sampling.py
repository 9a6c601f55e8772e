"""What is special to the lesson of sampling: the numbers of its words, and pictures that agree with each other."""

import numpy as np
import pytest
from scipy import special

from ui import catalog

LESSON = catalog.lesson("sampling")
DARTS, WEATHER, WALK, NARROW = (LESSON.scene(name) for name in ("darts", "weather", "walk", "narrow"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    darts = (1.96 * 4 * np.sqrt(np.pi / 4 * (1 - np.pi / 4)) / 0.0005) ** 2
    assert f"{darts / 1e7:.2f}" == numbers["many"]
    assert f"{100 * np.pi**5 / special.gamma(6) / 2**10:.2f}" == numbers["ball"]
    r = WEATHER.result(WEATHER.Params(sunny=0.7, rainy=0.6))
    assert f"{100 * (r.forecasts[0, 10] - r.forecasts[1, 10]):.4f}" == numbers["forgot"]
    runs = [WALK.result(WALK.Params(width=1.7, seed=seed)) for seed in range(40)]
    for name, part in (("whole", "off"), ("thin", "thinned")):
        assert f"{np.sqrt(np.mean([getattr(r, part) ** 2 for r in runs])):.2f}" == numbers[name]
    assert NARROW.result(NARROW.Params(rho=0.9)).q.variances[-1] == pytest.approx([0.19, 0.19])


def test_the_darts_that_are_drawn_are_the_first_runs():
    for method in ("random", "sobol"):
        r = DARTS.result(DARTS.Params(n=777, method=method, seed=3))
        assert r.estimate == pytest.approx(4 * r.hit.mean())
        assert len(r.points) == 777


def test_flip_flop_weather_is_worth_endless_days():
    r = WEATHER.result(WEATHER.Params(sunny=0.0, rainy=0.0))
    assert r.worth == np.inf
    assert set(np.diff(r.record)) <= {-1, 1}


def test_a_step_is_where_the_frame_says():
    r = WALK.result(WALK.Params(start="spread", seed=2))
    moved = (np.diff(r.path, axis=0) != 0).any(axis=2)
    np.testing.assert_array_equal(moved, r.accepted)
    assert r.mean[-1] == pytest.approx(r.across.mean())
    assert r.acceptance[-1] == pytest.approx(100 * moved.mean())
    assert np.isnan(r.mean[0])


@pytest.mark.parametrize("law", ["cholesterol", "body"])
def test_the_guess_finds_the_centre_of_a_posterior(law):
    r = NARROW.result(NARROW.Params(law=law))
    np.testing.assert_allclose(r.q.means[-1], r.mean, atol=0.05 * r.sd.min())

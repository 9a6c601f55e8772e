"""What is special to the lesson of optimizers: the numbers of its words, and what its pictures rest on."""

import numpy as np
import pytest

from core.neural import landscapes as land
from core.neural import optimizers as core
from pages.neural.optimizers import haze, racing, turning
from ui import catalog

LESSON = catalog.lesson("optimizers")
RACE, TURN, CLIFF, NOISE = (LESSON.scene(name) for name in ("race", "turn", "cliff", "noise"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    for name, sign in (("adam", 1), ("amsgrad", -1)):
        slopes = iter(np.tile([3.0, -1.0, -1.0], 2000))

        def gradient(w, slopes=slopes):
            return np.full(1, next(slopes))

        path = core.run(name, gradient, [0.0], steps=6000, rate=1.0, betas=(0.0, 0.1))
        at = 0.0
        for t, step in enumerate(np.diff(path[:, 0]), 1):
            at = float(np.clip(at + step / np.sqrt(t), -1, 1))
        assert f"{sign * at:.2f}" == numbers[f"{name}_end"]
    assert f"{(1 - 0.9) / (1 - 0.999) ** 0.5:.2f}" == numbers["uncorrected"]
    assert f"{0.1 * (0.9 * 1 + 1):.2f}" == numbers["new_rate"]
    assert f"{0.9 * 1 + 0.1 * 1:.2f}" == numbers["old_rate"]
    here = land.bowl(100)
    for key, rate, momentum in (("plain_steps", 2 / 1.01, 0.0), ("heavy_steps", (2 / 1.1) ** 2, (9 / 11) ** 2)):
        path = core.run("sgd", here.gradient, [1.0, 1.0], steps=1000, rate=rate, momentum=momentum)
        away = np.linalg.norm(path, axis=1) / np.linalg.norm(path[0])
        assert np.flatnonzero(away > 1e-6)[-1] + 1 == pytest.approx(numbers[key], abs=1)


def test_the_best_rates_are_inside_of_those_that_were_tried():
    for key in racing.LANDSCAPES:
        for rate, mean in racing.tuned(key).values():
            assert racing.RATES[0] < rate < racing.RATES[-1]
            assert mean < racing.STEPS


def test_an_arrival_is_for_good():
    above = np.array([5.0, 1e-4, 1.0, 1e-4, 1e-5])
    assert racing.arrivals(above) == 3
    assert racing.arrivals(above[:3]) == 3  # never
    assert racing.arrivals(np.full(4, 1e-9)) == 0
    assert racing.arrivals(np.array([1.0, np.nan])) == 2


def test_the_curve_over_the_angles_is_the_walks():
    for angle in (0, 30, 90):
        for name in ("adam", "sgd"):
            _, steps, _ = turning.walked(name, angle, 100.0, 1.0)
            assert abs(steps - turning.over_angles(name, 100.0, 1.0)[angle // 3]) <= 1


def test_the_best_place_on_the_map_is_the_best():
    r = CLIFF.result(CLIFF.Params(condition=25.0))
    assert r.field.min() >= r.least - 1e-9
    at = CLIFF.result(CLIFF.Params(condition=25.0, rate=r.best[0], momentum=r.best[1]))
    assert at.factor == pytest.approx(r.least, abs=1e-6)
    assert at.decades == pytest.approx(at.expected, abs=2.5)


def test_the_law_holds_where_the_scatter_is_small():
    floors = [haze.haze(8.0, 16, False, seed) for seed in range(5)]
    assert np.mean([r.floor for r in floors]) == pytest.approx(floors[0].law, rel=0.15)
    assert np.mean([haze.haze(8.0, 4, True, 0).floor]) < floors[0].floor / 2


@pytest.mark.parametrize("ground", racing.LANDSCAPES)
def test_explosions_are_drawn(ground):
    p = RACE.Params(ground=ground, rates="same", rate=30.0, across=2.0, up=98.0)
    r = RACE.result(p)
    assert RACE.picture(r, p).figures
    assert RACE.readouts[0].text(r, "ja")

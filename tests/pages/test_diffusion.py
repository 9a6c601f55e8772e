"""What is special to the lesson of diffusion: the numbers of its words, and pictures that agree with each other."""

import numpy as np
import pytest

from core.generative import diffusion as d
from ui import catalog

LESSON = catalog.lesson("diffusion")
BACK, NOISE, COPY, GUIDE = (LESSON.scene(name) for name in ("back", "noise", "copy", "guide"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    assert f"{100 * np.sqrt(d.schedule(1000)[-1]):.2f}" == numbers["left"]
    for name, how in (("beta", {}), ("tilde", {"variance": "tilde"}), ("quiet", {"last": False})):
        assert f"{d.ending(0.1, 10, **how)[-1]:.3f}" == numbers[name]
        assert d.ending(0.1, 1000, **how)[-1] == pytest.approx(0.1, abs=0.004)
    runs = [COPY.result(COPY.Params(window="9", seed=seed)) for seed in range(5)]
    assert str(sum(int(r.copies[-1]) for r in runs)) == numbers["nine"]


@pytest.mark.parametrize("data", ["moons", "circles", "blobs3"])
@pytest.mark.parametrize("turn", [4, 12])
def test_points_return_as_often_as_probability_says(data, turn):
    runs = [BACK.result(BACK.Params(data=data, turn=turn, seed=seed)) for seed in range(8)]
    assert np.mean([r.own for r in runs]) == pytest.approx(runs[0].memory[turn], abs=9)


def test_turned_back_early_most_points_return_to_their_ring():
    assert all(BACK.result(BACK.Params(data="circles", turn=3, seed=seed)).own > 75 for seed in range(5))


def test_the_way_back_begins_where_the_way_in_ended():
    r = BACK.result(BACK.Params(turn=5))
    assert len(r.frames) == len(r.level) == 11
    assert r.level[5] == r.level.min()
    assert r.level[-1] == r.level[0] == 1


def test_beta_is_right_for_a_standard_bell_in_however_few_steps():
    for steps in (1, 7, 50):
        r = NOISE.result(NOISE.Params(law="unit", steps=steps))
        assert r.sd[-1] == pytest.approx(1, abs=0.1)
        assert r.truth == pytest.approx(1)


def test_half_as_far_along_the_score():
    """Where steps are fine, DDPM without noise moves twice as far along the score as DDIM does."""
    law, left, x = d.Mixture([1.0], [[0.0]], [0.04]), d.schedule(1000)[:501], np.array([[0.7]])
    drift = [
        d.walk(lambda x, a: d.denoised(law, x, a), x, left[-2:] / 1.0, sampler=sampler, variance="none")[1]
        - x / np.sqrt(left[-1] / left[-2])
        for sampler in d.SAMPLERS
    ]
    assert drift[0] / drift[1] == pytest.approx(2, rel=0.02)


def test_samples_of_the_class_itself_have_its_law():
    r = GUIDE.result(GUIDE.Params(guidance=1.0, sampler="ddpm"))
    assert r.expected == pytest.approx(1.0, abs=1e-6)
    assert r.mean == pytest.approx(1.0, abs=0.15)
    assert r.sd == pytest.approx(1.0, abs=0.1)

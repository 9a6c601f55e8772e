"""What is special to the lesson of GANs: the numbers of its words, and pictures that agree with each other."""

import numpy as np
import pytest

from core.generative import gan
from tests.lessons import measured
from ui import catalog, stage

LESSON = catalog.lesson("gan")
TWO, PERFECT, COLLAPSE = (LESSON.scene(name) for name in ("two", "perfect", "collapse"))


def test_numbers_in_the_words():
    numbers, even, dies = LESSON.words["numbers"], measured(COLLAPSE, "even"), measured(COLLAPSE, "dies")
    assert f"{TWO.result(TWO.Params()).factor:.4f}" == numbers["factor"]
    assert TWO.result(TWO.Params(penalty=1.0)).factor == pytest.approx(0.9)
    assert f"{even['off_high']:.3f}" == numbers["off"]
    sharp = COLLAPSE.module.ranges(*(COLLAPSE.result(COLLAPSE.Params("minimax", seed)) for seed in range(gan.SEEDS)))
    found = {"low": even["late_low"], "high": even["late_high"], "calm": dies["one"], "saturating": dies["two"]}
    found |= {"sharp": sharp["late_low"], "sharper": sharp["late_high"]}
    assert {name: round(value) for name, value in found.items()} == {name: numbers[name] for name in found}


def test_the_perfect_critic_is_the_core_s():
    r = PERFECT.result(PERFECT.Params(place=0.7))
    p, q = np.exp(r.log_p), np.exp(r.log_q)
    seen = (p > 0) & (q > 0)
    np.testing.assert_allclose(r.critic[seen], gan.critic(p, q)[seen], atol=1e-9)
    # E_p[ln D*] + E_q[ln(1 − D*)] = 2 JS − 2 ln 2
    score = r.log_p - r.log_q
    earned = -(p @ np.logaddexp(0, -score) + q @ np.logaddexp(0, score))
    assert earned == pytest.approx(2 * r.js - 2 * np.log(2))
    assert r.right == pytest.approx(50 * (p[r.critic > 0.5].sum() + q[r.critic <= 0.5].sum()))


def test_a_walk_s_first_step_is_down_its_slope():
    for target in ("one", "two"):
        r = PERFECT.result(PERFECT.Params(target=target, place=2.6, width=0.8))
        np.testing.assert_allclose(r.walks[0] - r.walks[1], 0.1 * np.array([r.minimax, r.other]), atol=1e-12)


def test_all_runs_stay_finite():
    for params in ({"rate": 1.0, "penalty": 2.0}, {"rate": 1.0, "penalty": 2.0, "scheme": "extragradient"}):
        r = TWO.result(TWO.Params(steps=1000, theta=-2.0, psi=2.0, **params))
        assert np.isfinite(r.path).all()
        assert len(r.shown) == 101


def test_the_film_travels_in_a_hundred_kilobytes():
    for method in gan.METHODS:
        p = COLLAPSE.Params(method=method)
        assert stage.encode(COLLAPSE.picture(COLLAPSE.result(p), p), "ja").size < 100_000
    assert set(gan.METHODS) == set(COLLAPSE.fields["method"].options)


def test_what_was_forgotten_so_far():
    r = COLLAPSE.result(COLLAPSE.Params())
    gone = sum(int((r.on[9, k] & ~r.on[9, k + 1]).sum()) for k in range(len(r.modes) - 1))
    assert r.forgotten[-1] == gone
    assert r.forgotten[0] == 0

"""Metrics against scikit-learn's and scipy's, and against counting by hand."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, mannwhitneyu
from sklearn import metrics as theirs
from sklearn.calibration import calibration_curve

from core.classical import metrics as m

CASES = st.lists(st.tuples(st.integers(0, 1), st.integers(-5, 5)), min_size=2, max_size=40).filter(
    lambda rows: len({label for label, _ in rows}) == 2
)


def split(rows):
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows], float)


def test_docstrings():
    results = doctest.testmod(m)
    assert results.attempted > 0
    assert results.failed == 0


@given(CASES)
def test_curves_are_scikit_learns(rows):
    y, score = split(rows)
    ours, (x, up, thresholds) = m.roc(y, score), theirs.roc_curve(y, score, drop_intermediate=False)
    np.testing.assert_allclose(ours.x, x)
    np.testing.assert_allclose(ours.y, up)
    np.testing.assert_array_equal(ours.thresholds, thresholds)
    assert ours.area == pytest.approx(theirs.roc_auc_score(y, score))
    curve, (precision, recall, cut) = m.precision_recall(y, score), theirs.precision_recall_curve(y, score)
    np.testing.assert_allclose(curve.x[::-1], recall)
    np.testing.assert_allclose(curve.y[::-1], precision)
    np.testing.assert_array_equal(curve.thresholds[:0:-1], cut)
    assert curve.area == pytest.approx(theirs.average_precision_score(y, score))


def test_another_prevalence_is_copies_of_a_class():
    rng = np.random.default_rng(3)
    y, score = np.repeat([1, 0], [20, 30]), np.r_[rng.normal(1, 1, 20), rng.normal(0, 1, 30)]
    copies = np.where(y == 0, 5, 1)
    curve = m.precision_recall(y, score, prevalence=20 / 170)
    rare = m.precision_recall(np.repeat(y, copies), np.repeat(score, copies))
    np.testing.assert_allclose(curve.y, rare.y)
    assert curve.area == pytest.approx(rare.area)


@given(CASES)
def test_the_area_is_the_share_of_pairs_in_order(rows):
    y, score = split(rows)
    won, share = m.pairs(y, score)
    u = mannwhitneyu(score[y == 1], score[y == 0]).statistic
    assert won.sum() == u
    assert share == pytest.approx(m.roc(y, score).area)


@given(CASES, st.integers(-6, 6))
def test_counts_and_scores(rows, threshold):
    y, score = split(rows)
    tp, fp, fn, tn = m.confusion(y, score, threshold)
    called = score >= threshold
    assert [[tn, fp], [fn, tp]] == theirs.confusion_matrix(y, called, labels=[0, 1]).tolist()
    if tp + fp:
        assert m.precision(tp, fp) == pytest.approx(theirs.precision_score(y, called))
    assert m.recall(tp, fn) == pytest.approx(theirs.recall_score(y, called))
    for beta in (0.5, 1.0, 2.0):
        assert m.f_score(tp, fp, fn, beta=beta) == pytest.approx(theirs.fbeta_score(y, called, beta=beta))


def test_nothing_called_is_no_number():
    assert np.isnan(m.precision(0, 0))
    assert np.isnan(m.recall(0, 0))
    assert np.isnan(m.f_score(0, 0, 0))
    assert m.confusion([0, 1], [0.2, 0.8], np.inf) == (0, 0, 1, 1)


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
def test_intervals_are_scipys(level):
    for n in (1, 2, 16, 569):
        for k in {0, 1, n // 2, n}:
            exact = binomtest(k, n).proportion_ci(level, method="exact")
            assert m.interval(k, n, level=level) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_an_interval_covers_at_least_as_often_as_it_says():
    n, truth = 20, 0.3
    inside = [low <= truth <= high for low, high in (m.interval(k, n) for k in range(n + 1))]
    drawn = np.random.default_rng(0).binomial(n, truth, 20_000)
    assert np.mean(np.array(inside)[drawn]) >= 0.95


@given(CASES)
def test_costs_are_counted(rows):
    y, score = split(rows)
    thresholds, cost = m.costs(y, score, miss=5, alarm=1)
    for threshold, paid in zip(thresholds, cost, strict=True):
        _, fp, fn, _ = m.confusion(y, score, threshold)
        assert paid == pytest.approx((5 * fn + fp) / len(y))


def test_for_true_probabilities_the_cheapest_threshold_is_the_rule():
    p = np.repeat(np.linspace(0.05, 0.95, 19), 1000)
    y = (np.arange(len(p)) % 1000 < 1000 * p).astype(int)  # exactly the share that is promised
    for miss, alarm in ((1, 1), (4, 1), (1, 3)):
        thresholds, cost = m.costs(y, p, miss=miss, alarm=alarm)
        best = thresholds[np.flatnonzero(cost <= cost.min() + 1e-12)]
        rule = m.cheapest(miss=miss, alarm=alarm)
        assert best.min() - 0.05 <= rule <= best.max() + 1e-9
    assert m.cheapest(miss=9, alarm=1) == pytest.approx(0.1)


def test_calibration_and_brier_are_scikit_learns():
    rng = np.random.default_rng(1)
    p = rng.uniform(size=500)
    y = (rng.uniform(size=500) < p**2).astype(int)
    promised, came, count = m.calibration(y, p, bins=8)
    share, mean = calibration_curve(y, p, n_bins=8)
    np.testing.assert_allclose(promised, mean)
    np.testing.assert_allclose(came, share)
    assert count.sum() == 500
    assert m.brier(y, p) == pytest.approx(theirs.brier_score_loss(y, p))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: m.roc([1, 1], [0.1, 0.2]), "both classes"),
        (lambda: m.precision_recall([0, 0], [0.1, 0.2]), "both classes"),
        (lambda: m.roc([0, 1], [0.1, np.nan]), "finite"),
        (lambda: m.confusion([0, 2], [0.1, 0.2], 0), "below 2"),
        (lambda: m.confusion([0, 1], [0.1, 0.2], np.nan), "finite"),
        (lambda: m.confusion([], [], 0), "at least one"),
        (lambda: m.interval(5, 4), "from 0 to 4"),
        (lambda: m.interval(1, 4, level=1), "below 1"),
        (lambda: m.cheapest(miss=0, alarm=1), "above 0"),
        (lambda: m.calibration([0, 1], [0.1, 1.2]), "from 0 to 1"),
        (lambda: m.f_score(1, 1, 1, beta=0), "above 0"),
    ],
)
def test_bad_arguments_are_sentences(call, says):
    with pytest.raises(ValueError, match=says):
        call()

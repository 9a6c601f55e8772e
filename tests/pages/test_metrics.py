"""What is special to the lesson of metrics: the numbers of its words, and counts of patients against counting."""

import numpy as np
import pytest
from sklearn import metrics as theirs

from core.classical import metrics as m
from core.data import load
from ui import catalog

LESSON = catalog.lesson("metrics")
THRESHOLD, CURVES, COST = (LESSON.scene(name) for name in ("threshold", "curves", "cost"))


def test_numbers_in_the_words():
    data = load("breast_cancer")
    radius, numbers = data.x[:, 20], LESSON.words["numbers"]
    assert [round(100 * end) for end in m.interval(14, 16)] == [numbers["few_low"], numbers["few_high"]]
    assert f"{theirs.roc_auc_score(data.y, radius):.3f}" == numbers["auc"]
    called = radius >= 16.8
    assert f"{100 * theirs.recall_score(data.y, called):.1f}" == numbers["usual_recall"]
    assert f"{100 * theirs.recall_score(1 - data.y, ~called):.1f}" == numbers["other_recall"]
    y, same = np.arange(100) == 0, np.ones(100)
    assert f"{theirs.average_precision_score(y, same):.3f}" == numbers["constant"]
    precision, recall, _ = theirs.precision_recall_curve(y, same)
    assert f"{theirs.auc(recall, precision):.3f}" == numbers["trapezoid"]


@pytest.mark.parametrize("share", [1, 10, 36])
def test_as_many_malignant_as_are_asked_for(share):
    for seed in range(3):
        r = CURVES.result(CURVES.Params(share=share, seed=seed))
        assert 100 * r.prevalence == pytest.approx(share, abs=0.3)
        assert r.negatives == 357


@pytest.mark.parametrize("cases", [10, 16, 200])
def test_as_many_patients_as_are_asked_for(cases):
    r = THRESHOLD.result(THRESHOLD.Params(cases=cases))
    assert len(r.y) == r.tp + r.fp + r.fn + r.tn == cases


def test_the_ring_on_the_curve_is_the_threshold():
    for cut in (0.0, 30.0, 61.5, 100.0):
        one, all_of = THRESHOLD.result(THRESHOLD.Params(cut=cut)), CURVES.result(CURVES.Params(cut=cut))
        assert 100 * all_of.found == pytest.approx(one.recall)
        assert all_of.false == pytest.approx(one.fp / (one.fp + one.tn))


def test_the_cost_under_the_hand_lies_on_the_curve():
    for at in (0.0, 0.2, 0.5, 1.0):
        r = COST.result(COST.Params(threshold=at))
        k = np.flatnonzero(r.thresholds >= at)[-1]
        assert r.cost[k] == pytest.approx(r.now)

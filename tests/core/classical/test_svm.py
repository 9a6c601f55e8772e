"""Support vector machines against scikit-learn's, and against the conditions of an optimum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.svm import SVC

from core.classical import perceptron, svm
from core.data import load


def data(name="iris", noise=0.0, n=60):
    got = load(name, n=n, noise=noise)
    keep = got.y > 0 if name == "iris" else got.y >= 0
    return got.x[keep][:, :2] if name != "iris" else got.x[keep][:, 2:], (got.y[keep] == got.y.max()).astype(int)


CASES = [
    ("iris", {"C": 1.0}),
    ("iris", {"C": 100.0, "kernel": "rbf", "gamma": 0.5}),
    ("moons", {"C": 0.1}),
    ("moons", {"C": 10.0, "kernel": "rbf", "gamma": 2.0}),
    ("circles", {"C": 5.0, "kernel": "poly"}),
    ("xor", {"C": 1.0, "kernel": "poly", "degree": 3, "gamma": 0.5}),
    ("blobs", {"C": 1000.0}),
]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_machine_is_scikit_learns(name, options):
    x, y = data(name, noise=0.2 if name != "iris" else 0)
    ours = svm.fit(x, y, **options)
    theirs = SVC(tol=1e-9, **{"kernel": "linear", "gamma": 1.0, "degree": 2, "coef0": 1.0, **options}).fit(x, y)
    query = np.random.default_rng(0).uniform(x.min(axis=0), x.max(axis=0), (200, 2))
    np.testing.assert_allclose(ours.decision(query), theirs.decision_function(query), atol=2e-5)
    held = np.zeros(len(y))
    held[theirs.support_] = theirs.dual_coef_[0]
    # Doubled points may share a price as they like; what each place pays in all is fixed.
    places = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    np.testing.assert_allclose(
        np.bincount(places, ours.alpha * ours.signs), np.bincount(places, held), atol=1e-4 * options["C"]
    )


@settings(max_examples=25)
@given(st.integers(0, 999), st.sampled_from(["linear", "poly", "rbf"]), st.sampled_from([0.05, 1.0, 50.0]))
def test_the_conditions_of_an_optimum(seed, kernel, C):
    rng = np.random.default_rng(seed)
    y = np.arange(24) % 2
    x = rng.normal(size=(24, 2)) + 0.8 * y[:, None]
    m = svm.fit(x, y, kernel=kernel, C=C)
    edge = m.signs * m.decision(x)
    assert (m.alpha >= 0).all()
    assert (m.alpha <= C).all()
    assert abs(m.alpha @ m.signs) < 1e-6 * C
    assert (edge[m.alpha == 0] > 1 - 1e-5).all()
    assert (edge[m.alpha == C] < 1 + 1e-5).all()
    inside = (m.alpha > 1e-6 * C) & (m.alpha < C * (1 - 1e-6))
    np.testing.assert_allclose(edge[inside], 1, atol=1e-5)
    assert abs(m.gap) < 1e-5 * (1 + C * 24)


def test_only_support_vectors_have_a_say():
    x, y = data()
    whole = svm.fit(x, y)
    few = svm.fit(x[whole.support], y[whole.support])
    np.testing.assert_allclose(few.weights, whole.weights, atol=1e-7)
    assert len(whole.support) < len(y) / 2


def test_each_point_twice_is_twice_the_cost():
    x, y = data("moons", noise=0.2)
    double = svm.fit(np.repeat(x, 2, axis=0), np.repeat(y, 2), C=0.5)
    np.testing.assert_allclose(double.weights, svm.fit(x, y, C=1.0).weights, atol=1e-6)


def test_the_kernel_is_six_features():
    x, _ = data("circles", noise=0.1)
    np.testing.assert_allclose(svm.lifted(x) @ svm.lifted(x).T, svm.kernel(x, x, "poly"))


def test_weights_are_the_line():
    x, y = data()
    m = svm.fit(x, y)
    np.testing.assert_allclose(m.weights[0] + x @ m.weights[1:], m.decision(x))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"y": [1, 1, 1]}, "both classes"),
        ({"y": [0, 1, 2]}, "below 2"),
        ({"C": 0}, "above 0"),
        ({"kernel": "sigmoid"}, "one of"),
        ({"gamma": 0.0, "kernel": "rbf"}, "above 0"),
        ({"degree": 9, "kernel": "poly"}, "from 1 to 5"),
        ({"x": [[np.inf], [0.0], [1.0]]}, "finite"),
    ],
)
def test_bad_arguments_are_sentences(arguments, says):
    with pytest.raises(ValueError, match=says):
        svm.fit(**{"x": [[0.0], [1.0], [2.0]], "y": [0, 1, 1], **arguments})


def test_a_query_of_another_width_is_a_sentence():
    with pytest.raises(ValueError, match="2 columns"):
        svm.fit(*data()).decision([[1.0]])


@pytest.mark.parametrize("c", [0.01, 1.0, 1000.0])
def test_the_dual_and_the_primal_find_the_same_line(c):
    """Two solvers, each where it is quick: this one takes kernels, the perceptron's rival takes n·d² and no kernel."""
    d = load("iris")
    x, y = d.x[:, :2] - d.x[:, :2].mean(axis=0), (d.y > 0).astype(int)
    lines = svm.fit(x, y, C=c).weights, perceptron.svm(x, y, c=c)
    np.testing.assert_allclose(lines[0][1:], lines[1][1:], rtol=1e-4, atol=1e-4)
    # The bias may be free within an interval: what it costs is not.
    costs = [w[1:] @ w[1:] / 2 + c * np.maximum(0, 1 - (2 * y - 1) * (w[0] + x @ w[1:])).sum() for w in lines]
    assert costs[0] == pytest.approx(costs[1], rel=1e-8)

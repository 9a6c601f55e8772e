"""Clusters against scikit-learn's, an exact answer in one dimension, and what EM promises."""

import doctest
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

from core.classical import clusters
from core.data import load

X = load("iris").x[:, 2:]


def test_docstrings():
    results = doctest.testmod(clusters)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("method", clusters.METHODS)
def test_k_means_is_scikit_learns_from_the_same_start(method):
    for seed in range(5):
        start = clusters.starts(X, 4, method=method, seed=seed)
        ours = clusters.kmeans(X, start)
        theirs = KMeans(4, init=start, n_init=1, tol=0, algorithm="lloyd").fit(X)
        np.testing.assert_allclose(ours.centers[-1], theirs.cluster_centers_)
        assert ours.inertia[-1] == pytest.approx(theirs.inertia_)
        assert (np.diff(ours.inertia) <= 1e-9).all()


def test_in_one_dimension_some_start_finds_the_best():
    x = np.sort(np.random.default_rng(0).normal(size=9))[:, None]
    # The best clusters of points on a line are runs of neighbours: try every pair of cuts.
    best = min(
        sum(((part - part.mean()) ** 2).sum() for part in np.split(x[:, 0], cuts))
        for cuts in itertools.combinations(range(1, 9), 2)
    )
    found = min(clusters.kmeans(x, clusters.starts(x, 3, seed=seed)).inertia[-1] for seed in range(40))
    assert found == pytest.approx(best)


def test_plusplus_starts_far_apart():
    x = np.repeat([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]], 20, axis=0)
    x += np.random.default_rng(1).normal(size=x.shape)
    corners = [len(np.unique(clusters.starts(x, 3, method="plusplus", seed=s).round(-2), axis=0)) for s in range(20)]
    assert np.mean(np.array(corners) == 3) > 0.9


def test_a_centre_without_points_stays():
    trace = clusters.kmeans([[0.0], [1.0]], [[0.5], [99.0]])
    assert trace.centers[-1].tolist() == [[0.5], [99.0]]


KINDS = {"full": "full", "diagonal": "diag", "spherical": "spherical"}


@pytest.mark.parametrize("kind", KINDS)
def test_em_is_scikit_learns_step_by_step(kind):
    start = clusters.starts(X, 3, method="plusplus", seed=1)
    ours = clusters.em(X, components=3, covariance=kind, start=start, steps=60)
    assert not ours.collapsed
    wide = X.var(axis=0).mean()
    precision = {"full": np.tile(np.eye(2) / wide, (3, 1, 1)), "diag": np.full((3, 2), 1 / wide)}
    theirs = GaussianMixture(
        3, covariance_type=KINDS[kind], reg_covar=0, tol=0, max_iter=len(ours.log_likelihood) - 1, means_init=start,
        weights_init=np.full(3, 1 / 3), precisions_init=precision.get(KINDS[kind], np.full(3, 1 / wide)),
    )  # fmt: skip
    with pytest.warns(match="converge"):
        theirs.fit(X)
    np.testing.assert_allclose(ours.means, theirs.means_, rtol=1e-5)
    np.testing.assert_allclose(ours.weights, theirs.weights_, rtol=1e-5)
    assert ours.log_likelihood[-1] / len(X) == pytest.approx(theirs.score(X), rel=1e-6)
    assert clusters.bic(ours, kind) == pytest.approx(theirs.bic(X), rel=1e-6)


@settings(max_examples=20)
@given(st.integers(0, 500), st.integers(1, 4), st.sampled_from(clusters.COVARIANCES))
def test_the_staircase_never_falls(seed, k, kind):
    x = np.random.default_rng(seed).normal(size=(30, 2))
    m = clusters.em(x, components=k, covariance=kind, seed=seed, steps=25)
    room = 1e-7 * np.abs(m.log_likelihood[0])
    # Each maximisation lifts the bound from where the likelihood was, each expectation the likelihood from the bound.
    assert (m.bound[1:] >= m.log_likelihood[:-1] - room).all()
    assert (m.log_likelihood >= m.bound - room).all()


def test_small_shared_bells_are_k_means():
    start = clusters.starts(X, 3, method="plusplus", seed=2)
    lloyd = clusters.kmeans(X, start).centers[-1]
    joint = -((X[:, None] - lloyd) ** 2).sum(axis=2) / (2 * 0.05**2)
    hard = np.exp(joint - joint.max(axis=1, keepdims=True))
    hard /= hard.sum(axis=1, keepdims=True)
    np.testing.assert_allclose((hard.T @ X) / hard.sum(axis=0)[:, None], lloyd, atol=0.02)


def test_without_a_ridge_a_bell_may_collapse_and_it_is_said():
    x = load("blobs", n=36, noise=0.3).x
    collapsed = [clusters.em(x, components=6, seed=seed, steps=300).collapsed for seed in range(10)]
    assert any(collapsed)
    assert not any(clusters.em(x, components=6, seed=s, steps=50, ridge=0.01).collapsed for s in range(10))


def test_silhouette_is_scikit_learns():
    for k in (2, 3, 7):
        labels = clusters.kmeans(X, clusters.starts(X, k, seed=0)).labels[-1]
        assert clusters.silhouette(X, labels) == pytest.approx(silhouette_score(X, labels))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_adjusted_rand_is_scikit_learns(pairs):
    a, b = np.array(pairs).T
    assert clusters.adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: clusters.starts(X, 0), "from 1"),
        (lambda: clusters.starts(X, 3, method="far"), "one of"),
        (lambda: clusters.kmeans(X, [[1.0]]), "shape"),
        (lambda: clusters.kmeans([[np.nan]], [[1.0]]), "finite"),
        (lambda: clusters.em(X, components=3, ridge=-1), "at least 0"),
        (lambda: clusters.em(X, components=3, covariance="oval"), "one of"),
        (lambda: clusters.silhouette(X, np.zeros(150)), "two clusters"),
    ],
)
def test_bad_arguments_are_sentences(call, says):
    with pytest.raises(ValueError, match=says):
        call()

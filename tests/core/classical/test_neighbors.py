import dataclasses
import doctest
import sys
import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

from core.classical import neighbors as nb
from core.classical.neighbors import METRICS, WEIGHTS, accuracy, centres, nearest, voting
from core.data import add_noise_columns, load, skeleton

THEIRS = {"l1": "manhattan", "l2": "euclidean", "linf": "chebyshev", "lp": "minkowski", "cosine": "cosine"}


def cloud(seed, n=80, d=2, classes=3):
    rng = np.random.default_rng(seed)
    y = np.append(np.arange(classes), rng.integers(0, classes, n - classes))
    return rng.standard_normal((n, d)) + 0.7 * y[:, None], y


def lattice(seed, n=60, d=2):
    """Small whole numbers: many equal distances and equal points."""
    rng = np.random.default_rng(seed)
    return rng.integers(-2, 3, (n, d)).astype(float), rng.integers(0, 3, n)


def wine():
    data = load("wine", noise=0)
    return (data.x - data.x.mean(axis=0)) / data.x.std(axis=0), data.y


def digits():
    data = load_digits()
    return data.data[:300], data.target[:300]


def distance(a, b, metric, p, precision):
    """One distance, as one would write it down first."""
    gap = np.abs(a - b)
    if metric == "mahalanobis":
        return float(np.sqrt((a - b) @ precision @ (a - b)))
    if metric == "cosine":
        size = np.linalg.norm(a) * np.linalg.norm(b)
        return 1 - float(a @ b / size) if size else 1.0
    return {
        "l1": lambda: float(gap.sum()),
        "l2": lambda: float(np.sqrt((gap**2).sum())),
        "linf": lambda: float(gap.max()),
        "lp": lambda: float((gap**p).sum() ** (1 / p)),
    }[metric]()


def naive_vote(x, y, q, k, metric, p, weights):
    """Vote for one query by the stated rules; also the near ones, to be compared where nothing is nearly equal."""
    precision = np.linalg.inv(np.atleast_2d(np.cov(x.T))) if metric == "mahalanobis" else None
    near = sorted((distance(row, q, metric, p, precision), i) for i, row in enumerate(x))
    far = near[k - 1][0]
    inside = [(d, i) for d, i in near if d < far * (1 - 1e-9) - 1e-12]
    edge = [(d, i) for d, i in near if abs(d - far) <= far * 1e-9 + 1e-12]
    voters = [(d, i, 1.0) for d, i in inside] + [(d, i, (k - len(inside)) / len(edge)) for d, i in edge]
    votes, where = {}, {}
    for d, i, share in voters:
        if weights == "uniform":
            w = 1.0
        elif weights == "distance":
            w = 1 / d if near[0][0] > 0 else float(d == 0)
        else:
            w = float(np.exp(-0.5 * (d / far) ** 2)) if far > 0 else 1.0
        votes[y[i]] = votes.get(y[i], 0.0) + w * share
        where.setdefault(y[i], []).append((d, share))
    best = max(votes.values())
    tied = [c for c in votes if votes[c] >= best * (1 - 1e-10)]
    winner = min(
        tied,
        key=lambda c: (round(float(np.average([d for d, _ in where[c]], weights=[s for _, s in where[c]])), 10), c),
    )
    return winner, len(tied) > 1, near[:k], {c: v / sum(votes.values()) for c, v in votes.items()}


@pytest.mark.parametrize("module", [nearest, voting, centres])
def test_docstring_examples(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


# ---- neighbours and votes


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("k", [1, 2, 7, 40])
def test_against_the_naive_reference(metric, weights, k):
    x, y = cloud(k, n=40)
    query = np.random.default_rng(9).standard_normal((25, 2))
    distances, indices = nb.kneighbors(x, query, k=k, metric=metric, p=3.0)
    vote = nb.vote(x, y, query, k=k, metric=metric, p=3.0, weights=weights)
    for i, q in enumerate(query):
        winner, tied, near, proba = naive_vote(x, y, q, k, metric, 3.0, weights)
        np.testing.assert_allclose(distances[i], [d for d, _ in near], atol=1e-12)
        np.testing.assert_array_equal(indices[i], [j for _, j in near])
        assert vote.label[i] == winner
        assert vote.tied[i] == tied
        np.testing.assert_allclose(vote.proba[i], [proba.get(c, 0.0) for c in range(3)], atol=1e-12)
    np.testing.assert_allclose(vote.radius, distances[:, -1])


@pytest.mark.parametrize("metric", ["l1", "l2", "linf"])
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("seed", range(4))
def test_ties_on_a_lattice(metric, weights, seed):
    x, y = lattice(seed)
    query = np.array([(a, b) for a in range(-2, 3) for b in range(-2, 3)], dtype=float)
    for k in (1, 2, 3, 6, 13):
        distances, indices = nb.kneighbors(x, query, k=k, metric=metric)
        full = cdist(query, x, {"l1": "cityblock", "l2": "euclidean", "linf": "chebyshev"}[metric])
        order = np.argsort(full, axis=1, kind="stable")[:, :k]
        np.testing.assert_array_equal(indices, order)
        np.testing.assert_array_equal(distances, np.take_along_axis(full, order, axis=1))
        vote = nb.vote(x, y, query, k=k, metric=metric, weights=weights)
        expected = [naive_vote(x, y, q, k, metric, 2.0, weights) for q in query]
        np.testing.assert_array_equal(vote.label, [each[0] for each in expected])
        shares = [[each[3].get(c, 0.0) for c in range(3)] for each in expected]
        np.testing.assert_allclose(vote.proba, shares, atol=1e-12)
        further = np.partition(full, k, axis=1)[:, k]
        np.testing.assert_array_equal(vote.shared, further == vote.radius)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_order_of_the_rows_decides_nothing(metric, weights):
    """Also where equal distances are computed by different sums, and where a tree finds the neighbours."""
    for x, y in (lattice(5), lattice(6, n=500)):
        x = 0.1 * x
        mixed = np.random.default_rng(1).permutation(len(x))
        query = 0.1 * np.array([(a, b) for a in range(-2, 3) for b in range(-2, 3)] * 2, dtype=float)
        how = {"metric": metric, "p": 3.0, "weights": weights}
        for k in (1, 2, 7):
            one, other = nb.vote(x, y, query, k=k, **how), nb.vote(x[mixed], y[mixed], query, k=k, **how)
            np.testing.assert_allclose(other.proba, one.proba, atol=1e-9)
            np.testing.assert_array_equal(other.label, one.label)
        ks = [1, 2, 3, 10]
        np.testing.assert_allclose(
            nb.loo_accuracy(x[mixed], y[mixed], ks, **how), nb.loo_accuracy(x, y, ks, **how), atol=1e-12
        )
        np.testing.assert_allclose(
            nb.accuracy_over_k(x[mixed], y[mixed], query, y[: len(query)], ks, **how),
            nb.accuracy_over_k(x, y, query, y[: len(query)], ks, **how),
            atol=1e-12,
        )


def test_the_tie_rules_one_by_one():
    # As far as the k-th: what is left of the votes is shared.
    line, kinds = [[0.0], [1.0], [-1.0], [1.0]], [0, 1, 1, 2]
    np.testing.assert_allclose(nb.knn_proba(line, kinds, [[0.0]], k=2), [[1 / 2, 1 / 3, 1 / 6]])
    assert nb.vote(line, kinds, [[0.0], [0.4]], k=2).shared.tolist() == [True, True]
    assert nb.vote(line, kinds, [[0.0], [0.4]], k=4).shared.tolist() == [False, False]
    # Where k have to be named: the smaller index.
    _, indices = nb.kneighbors([[1.0], [-1.0], [1.0]], [[0.0]], k=2)
    assert indices.tolist() == [[0, 1]]
    # Equal votes: the smaller mean distance, though its label is larger.
    assert nb.knn_predict([[2.0], [1.0]], [0, 1], [[0.0]], k=2).tolist() == [1]
    # Equal mean distances too: the smaller label.
    assert nb.knn_predict([[1.0], [-1.0]], [1, 0], [[0.0]], k=2).tolist() == [0]
    vote = nb.vote([[1.0], [-1.0]], [1, 0], [[0.0], [0.4]], k=2, weights="distance")
    assert vote.tied.tolist() == [True, False]
    # Points at distance 0 silence all others under "distance".
    np.testing.assert_array_equal(
        nb.knn_proba([[0.0], [0.0], [1.0]], [0, 1, 1], [[0.0]], k=3, weights="distance"), [[0.5, 0.5]]
    )


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("metric", ["l1", "l2", "linf", "lp", "mahalanobis"])
def test_the_tree_and_all_distances_agree(d, metric, monkeypatch):
    rng = np.random.default_rng(d)
    x = np.vstack([rng.standard_normal((700, d)), rng.integers(-1, 2, (100, d))])
    y = rng.integers(0, 3, 800)
    query = np.vstack([rng.standard_normal((60, d)), rng.integers(-1, 2, (40, d))])
    fast = nb.kneighbors(x, query, k=9, metric=metric, p=3.0), nb.vote(x, y, query, k=9, metric=metric, p=3.0)
    for module in (nearest, voting):
        monkeypatch.setattr(module, "tree_pays", lambda space, k: False)
    slow = nb.kneighbors(x, query, k=9, metric=metric, p=3.0), nb.vote(x, y, query, k=9, metric=metric, p=3.0)
    np.testing.assert_allclose(fast[0][0], slow[0][0], atol=1e-12)
    np.testing.assert_array_equal(fast[0][1], slow[0][1])
    np.testing.assert_array_equal(fast[1].label, slow[1].label)
    np.testing.assert_allclose(fast[1].proba, slow[1].proba)
    np.testing.assert_array_equal(fast[1].shared, slow[1].shared)
    assert 0 < fast[1].shared.sum() < 100


@pytest.mark.parametrize("data", [wine, digits, lambda: cloud(3, n=200, d=4)], ids=["wine", "digits", "random"])
@pytest.mark.parametrize("metric", THEIRS)
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_equals_scikit_learn(data, metric, weights):
    x, y = data()
    train = np.arange(len(x)) % 4 > 0
    for k in (1, 5, 12):
        p = {"p": 3.0} if metric == "lp" else {}
        theirs = KNeighborsClassifier(k, weights=weights, metric=THEIRS[metric], algorithm="brute", **p).fit(
            x[train], y[train]
        )
        how = {"k": k, "metric": metric, "p": 3.0}
        expected, order = theirs.kneighbors(x[~train])
        distances, indices = nb.kneighbors(x[train], x[~train], **how)
        np.testing.assert_allclose(distances, expected, atol=2e-7)  # theirs by way of squares: about 8 digits
        # Whatever is nearly equal may come in another order, or not at all at the edge.
        full, _ = nb.kneighbors(x[train], x[~train], k=k + 1, metric=metric, p=3.0)
        clear = (np.diff(full, axis=1) > 1e-6).all(axis=1)
        assert clear.any() or metric in ("l1", "linf")  # pixels are whole numbers: hardly a row of digits without a tie
        np.testing.assert_array_equal(indices[clear], order[clear])
        edge = full[:, k] - full[:, k - 1] > 1e-6
        proba = nb.knn_proba(x[train], y[train], x[~train], weights=weights, **how)
        np.testing.assert_allclose(proba[edge], theirs.predict_proba(x[~train])[edge], atol=1e-6)
        best = np.sort(proba, axis=1)
        sure = edge & (best[:, -1] - best[:, -2] > 1e-6)
        label = nb.knn_predict(x[train], y[train], x[~train], weights=weights, **how)
        np.testing.assert_array_equal(label[sure], theirs.predict(x[~train])[sure])


def test_the_voters_of_a_query_are_all_that_are_as_near():
    x, y = lattice(3)
    for k in (1, 5, 60):
        found, vote = nb.voters(x, [0.0, 1.0], k=k), nb.vote(x, y, [[0.0, 1.0]], k=k)
        assert found.share.sum() == pytest.approx(k)
        assert (found.distances <= vote.radius[0] * (1 + 1e-9)).all()
        assert len(found.indices) == np.sum(np.linalg.norm(x - [0.0, 1.0], axis=1) <= vote.radius[0] * (1 + 1e-9))
        assert (np.diff(found.distances) >= 0).all()
        np.testing.assert_allclose(np.bincount(y[found.indices], found.share, 3) / k, vote.proba[0])
        assert (len(found.indices) > k) == vote.shared[0]


def test_mahalanobis_equals_scipy_and_needs_volume():
    x, _ = cloud(5, d=3)
    query, _ = cloud(6, n=20, d=3)
    expected = np.sort(cdist(query, x, "mahalanobis", VI=np.linalg.inv(np.cov(x.T))), axis=1)[:, :6]
    np.testing.assert_allclose(nb.kneighbors(x, query, k=6, metric="mahalanobis")[0], expected)
    with pytest.raises(ValueError, match="singular"):
        nb.kneighbors(x[:, [0, 0]], query[:, [0, 0]], k=1, metric="mahalanobis")


def test_cosine_and_the_zero_vector():
    distances, _ = nb.kneighbors([[1.0, 0.0], [0.0, 0.0], [3.0, 0.0]], [[2.0, 0.0], [0.0, 0.0]], k=3, metric="cosine")
    np.testing.assert_array_equal(distances, [[0, 0, 1], [1, 1, 1]])


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 20.0, 25.0, 400.0])
def test_lp_at_all_sizes(p):
    rng = np.random.default_rng(0)
    x, query = 1e-3 * rng.standard_normal((30, 3)), 1e-3 * rng.standard_normal((5, 3))
    distances, _ = nb.kneighbors(x, query, k=30, metric="lp", p=p)
    gap = np.abs(query[:, None] - x)
    top = gap.max(axis=2, keepdims=True)
    np.testing.assert_allclose(distances, np.sort(top[..., 0] * ((gap / top) ** p).sum(axis=2) ** (1 / p), axis=1))
    same = {1.0: "l1", 2.0: "l2", 400.0: "linf"}.get(p)
    if same:
        np.testing.assert_allclose(distances, nb.kneighbors(x, query, k=30, metric=same)[0], rtol=4e-3)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_order_of_rows_scale_and_place_do_not_matter(weights):
    x, y = cloud(1)
    query, _ = cloud(2, n=30)
    proba = nb.knn_proba(x, y, query, k=9, weights=weights)
    shuffle = np.random.default_rng(0).permutation(len(x))
    np.testing.assert_allclose(nb.knn_proba(x[shuffle], y[shuffle], query, k=9, weights=weights), proba)
    np.testing.assert_allclose(nb.knn_proba(8 * x + 1, y, 8 * query + 1, k=9, weights=weights), proba)
    squash = np.array([[3.0, 1.0], [0.0, 0.2]])
    np.testing.assert_allclose(
        nb.knn_proba(x @ squash, y, query @ squash, k=9, metric="mahalanobis", weights=weights),
        nb.knn_proba(x, y, query, k=9, metric="mahalanobis", weights=weights),
    )


def test_everybody_votes_at_k_n():
    x, y = cloud(4)
    proba = nb.knn_proba(x, y, x[:5], k=len(x))
    np.testing.assert_allclose(proba, np.tile(np.bincount(y) / len(y), (5, 1)))


def test_large_fields_stay_small():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((1000, 2)), rng.integers(0, 3, 1000)
    field = np.stack(np.meshgrid(np.linspace(-3, 3, 100), np.linspace(-3, 3, 100)), axis=-1).reshape(-1, 2)
    # All ten million distances are 80 MB. Few neighbours come from a tree, which needs none of them.
    for k, room in ((5, 8e6), (300, 64e6)):
        tracemalloc.start()
        nb.vote(x, y, field, k=k)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < room


@pytest.mark.parametrize("d", [1, 2, 4])
@pytest.mark.parametrize("k", [1, 2, 9, 30])
def test_many_samples_at_once_are_a_vote_in_each(d, k):
    rng = np.random.default_rng(d)
    x, query = 1e6 * rng.standard_normal((7, 30, d)), 1e6 * rng.standard_normal((40, d))
    y = rng.integers(0, 2, (7, 30))
    expected = [nb.knn_proba(a, b, query, k=k)[:, 1] for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(nb.votes_of_samples(x, y, query, k=k), expected)
    assert nb.votes_of_samples(x, y, query[:0], k=k).shape == (7, 0)


# ---- accuracy over k


@pytest.mark.parametrize("metric", ["l1", "l2", "cosine"])
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("data", [cloud, lattice], ids=["cloud", "lattice"])
def test_leave_one_out_is_leaving_one_out(metric, weights, data):
    x, y = data(2, n=40)
    ks = np.array([1, 2, 3, 10, 39])
    expected = []
    for k in ks:
        right = [
            nb.knn_predict(np.delete(x, i, 0), np.delete(y, i), x[i : i + 1], k=k, metric=metric, weights=weights)[0]
            == y[i]
            for i in range(len(x))
        ]
        expected.append(np.mean(right))
    np.testing.assert_allclose(nb.loo_accuracy(x, y, ks, metric=metric, weights=weights), expected)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_accuracy_over_k_is_predicting_k_by_k(weights):
    x, y = cloud(3)
    query, truth = cloud(4, n=50)
    ks = [1, 4, 9, 80]
    expected = [np.mean(nb.knn_predict(x, y, query, k=k, weights=weights) == truth) for k in ks]
    np.testing.assert_allclose(nb.accuracy_over_k(x, y, query, truth, ks, weights=weights), expected)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_leave_one_out_ranks_once_for_all_k(weights, monkeypatch):
    """How much faster that is than a fit for each k, `benchmarks/neighbors.py` measures."""
    x, y = cloud(0, n=500)
    ranked, rank, lines = [], nearest.rank, []

    def counted(d, k, **how):
        ranked.append(d.size)
        return rank(d, k, **how)

    def count(frame, event, argument):
        if frame.f_code.co_filename not in (accuracy.__file__, voting.__file__):
            return None
        lines[-1] += event == "line"
        return count

    monkeypatch.setattr(accuracy, "rank", counted)
    before = sys.gettrace()
    for ks in ([100], np.arange(1, 101)):
        ranked.clear()
        lines.append(0)
        sys.settrace(count)
        nb.loo_accuracy(x, y, ks, weights=weights)
        sys.settrace(before)
        assert sum(ranked) == 500 * 500
    assert lines[1] < 1.5 * lines[0]  # where votes are equal it takes a few lines more, and no k does


# ---- nearest centroid and its relatives


@pytest.mark.parametrize("shrink", [0.0, 0.5, 3.0])
def test_centroids_equal_scikit_learn(shrink):
    for x, y in (wine(), cloud(7, n=150, d=5)):
        ours = nb.centroids(x, y, shrink=shrink)
        theirs = NearestCentroid(shrink_threshold=shrink or None).fit(x, y)
        np.testing.assert_allclose(ours.points, theirs.centroids_, atol=1e-12)
        np.testing.assert_array_equal(ours.labels, theirs.classes_)
        if not shrink:
            np.testing.assert_array_equal(nb.ncc_predict(ours, x), theirs.predict(x))


@pytest.mark.parametrize("metric", [m for m in METRICS if m != "mahalanobis"])
def test_ncc_is_one_neighbour_among_the_centroids(metric):
    x, y = cloud(8)
    query, _ = cloud(9, n=60)
    c = nb.centroids(x, y)
    expected = nb.knn_predict(c.points, c.labels, query, k=1, metric=metric, p=3.0)
    np.testing.assert_array_equal(nb.ncc_predict(c, query, metric=metric, p=3.0), expected)


def test_centroid_scores_choose_the_nearest_centre():
    x, y = cloud(8)
    query, _ = cloud(9, n=60)
    for found in (nb.centroids(x, y), nb.prototypes(x, y, per_class=4), nb.Centroids(x[:2] + 9.0, np.array([0, 2]))):
        scores = nb.centroid_scores(found, query, classes=4)
        assert (scores[:, 3] == -np.inf).all()
        np.testing.assert_array_equal(scores.argmax(axis=1), nb.ncc_predict(found, query))
        np.testing.assert_allclose(-scores.max(axis=1), cdist(query, found.points).min(axis=1) ** 2)
    with pytest.raises(ValueError, match="below 2"):
        nb.centroid_scores(nb.centroids(x, y), query, classes=2)


def test_ncc_ties_and_missing_classes():
    c = nb.centroids([[-1.0], [1.0]], [4, 2])
    assert c.labels.tolist() == [2, 4]
    assert nb.ncc_predict(c, [[0.0], [-0.5]]).tolist() == [2, 4]


def test_the_bridge_is_ncc_lda_qda_knn():
    x, y = cloud(10, n=200)
    x[y == 2] *= [3.0, 0.4]
    query = 3 * np.random.default_rng(1).standard_normal((400, 2))
    equal = np.full(3, 1 / 3)
    lda = LinearDiscriminantAnalysis(priors=equal).fit(x, y)
    qda = QuadraticDiscriminantAnalysis(priors=equal).fit(x, y)
    c = nb.centroids(x, y)

    def bridge(t, **how):
        return nb.bridge_scores(x, y, query, bridge=t, **how).argmax(axis=1)

    np.testing.assert_array_equal(bridge(0.0), nb.ncc_predict(c, query))
    round_ones = nb.gaussian_scores(nb.gaussians(x, y, bridge=0), query)
    np.testing.assert_array_equal(round_ones.argmax(axis=1), nb.ncc_predict(c, query))
    np.testing.assert_array_equal(bridge(1.0), lda.predict(query))
    np.testing.assert_array_equal(nb.ncc_predict(c, query, metric="mahalanobis"), lda.predict(query))
    np.testing.assert_array_equal(bridge(2.0), qda.predict(query))
    np.testing.assert_allclose(
        nb.gaussian_proba(nb.gaussians(x, y, bridge=2), query), qda.predict_proba(query), atol=1e-10
    )
    np.testing.assert_array_equal(nb.bridge_scores(x, y, query, bridge=3, k=5), nb.knn_proba(x, y, query, k=5))
    mixed = 0.75 * nb.gaussian_proba(nb.gaussians(x, y, bridge=2), query) + 0.25 * nb.knn_proba(x, y, query, k=5)
    np.testing.assert_allclose(nb.bridge_scores(x, y, query, bridge=2.25, k=5), mixed)


def test_gaussians_of_flat_and_single_classes():
    model = nb.gaussians([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [5.0, 0.0]], [0, 0, 0, 1], bridge=2)
    assert np.isfinite(nb.gaussian_scores(model, [[0.5, 0.5], [9.0, 9.0]])).all()
    assert np.isfinite(nb.gaussian_scores(nb.gaussians([[1.0, 1.0]], [0], bridge=1.5), [[0.0, 0.0]])).all()


def test_prototypes_run_from_ncc_to_one_neighbour():
    x, y = cloud(11, n=90)
    query, _ = cloud(12, n=200)
    one, all_ = nb.prototypes(x, y, per_class=1), nb.prototypes(x, y, per_class=90)
    np.testing.assert_allclose(one.points, nb.centroids(x, y).points)
    np.testing.assert_array_equal(nb.ncc_predict(all_, query), nb.knn_predict(x, y, query, k=1))
    some = nb.prototypes(x, y, per_class=5, seed=3)
    assert np.bincount(some.labels).tolist() == [5, 5, 5]
    for c in range(3):
        own = x[y == c]
        ours = (cdist(own, some.points[some.labels == c]) ** 2).min(axis=1).sum()
        best = KMeans(5, n_init=20, random_state=0).fit(own).inertia_
        assert best - 1e-9 <= ours < 1.6 * best


def test_prototypes_of_equal_points():
    assert len(nb.prototypes(np.zeros((9, 2)), np.zeros(9, int), per_class=4).points) == 4


@pytest.mark.parametrize("noise", [0.4, 0.8, 1.5])
def test_bayes_of_two_gaussians(noise):
    bones, fresh = skeleton("gaussians"), load("gaussians", n=40_000, noise=noise)
    proba = nb.bayes_proba(bones.x, bones.y, noise, fresh.x)
    # log-odds of two round Gaussians at ±1: 2 x₁ / σ²
    np.testing.assert_allclose(proba[:, 1], 1 / (1 + np.exp(-2 * fresh.x[:, 0] / noise**2)))
    assert 1 - proba.max(axis=1).mean() == pytest.approx(norm.cdf(-1 / noise), abs=0.006)


@pytest.mark.parametrize("name", ["moons", "circles"])
def test_nobody_beats_bayes(name):
    bones, train, test = skeleton(name), load(name, n=3000, noise=0.4), load(name, n=8000, noise=0.4, seed=1)
    proba = nb.bayes_proba(bones.x, bones.y, 0.4, test.x)
    bayes = np.mean(proba.argmax(axis=1) == test.y)
    assert bayes == pytest.approx(proba.max(axis=1).mean(), abs=0.015)
    for k in (1, 15, 75):
        assert np.mean(nb.knn_predict(train.x, train.y, test.x, k=k) == test.y) <= bayes + 0.004
    assert np.mean(nb.knn_predict(train.x, train.y, test.x, k=75) == test.y) >= bayes - 0.02


def test_one_neighbour_is_within_twice_bayes():
    train, test = load("gaussians", n=20_000, noise=0.8), load("gaussians", n=20_000, noise=0.8, seed=1)
    error = np.mean(nb.knn_predict(train.x, train.y, test.x, k=1) != test.y)
    bayes = norm.cdf(-1 / 0.8)
    assert bayes < error < 2 * bayes * (1 - bayes) + 0.01


# ---- the tree


@pytest.mark.parametrize("d", [1, 2, 6])
@pytest.mark.parametrize("leaf", [1, 8, 500])
def test_tree_finds_the_nearest(d, leaf):
    rng = np.random.default_rng(d)
    x = np.vstack([rng.standard_normal((200, d)), rng.integers(-1, 2, (60, d)), np.zeros((20, d))])
    tree = nb.kdtree(x, leaf=leaf)
    assert sorted(tree.order.tolist()) == list(range(280))
    for query in [*rng.standard_normal((10, d)), np.zeros(d), np.full(d, 9.0)]:
        for k in (1, 4, 280):
            found = nb.search(tree, query, k=k)
            distances, indices = nb.kneighbors(x, query[None], k=k)
            np.testing.assert_allclose(found.distances, distances[0], atol=1e-12)
            np.testing.assert_array_equal(found.indices, indices[0])
            leaves = np.flatnonzero(found.visited & (tree.axis < 0))
            assert found.evaluations == sum(tree.stop[n] - tree.start[n] for n in leaves)


def test_tree_saves_work_in_the_plane_and_not_in_twenty_dimensions():
    rng = np.random.default_rng(0)
    work = {}
    for d in (2, 20):
        tree = nb.kdtree(rng.standard_normal((2000, d)))
        work[d] = np.mean([nb.search(tree, q, k=7).evaluations for q in rng.standard_normal((30, d))])
    assert work[2] < 60
    assert work[20] > 1500


def test_tree_cells_fill_the_plane():
    tree = nb.kdtree(np.random.default_rng(0).standard_normal((300, 2)))
    low, high = np.maximum(tree.cell_low, -5), np.minimum(tree.cell_high, 5)
    leaves = tree.axis < 0
    assert np.prod(high - low, axis=1)[leaves].sum() == pytest.approx(100)
    assert (tree.low >= tree.cell_low).all()
    assert (tree.high <= tree.cell_high).all()


# ---- balls, contrast


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("d", [2, 4])
def test_ball_is_the_set_at_that_distance(metric, d):
    """With more than two variables it is a cut: the others stay those of the centre."""
    x, _ = cloud(13, d=d)
    centre = np.array([1.2, 0.7, -0.4, 0.3])[:d]
    path = nb.ball(centre, 0.3, metric=metric, p=3.0, x=x)
    np.testing.assert_allclose(path[0], path[-1], atol=1e-12)
    places = np.column_stack([path, np.tile(centre[2:], (len(path), 1))])
    if metric == "cosine":  # without an end where rays never leave the cone; its tip has no direction
        reach = np.linalg.norm(path - centre[:2], axis=1)
        assert all(distance(place, centre, metric, 3.0, None) <= 0.3 for place in places[reach > 999])
        places = places[(reach < 999) & (np.linalg.norm(places, axis=1) > 1e-6)]
    assert len(places) > 50
    precision = np.linalg.inv(np.cov(x.T))
    np.testing.assert_allclose([distance(place, centre, metric, 3.0, precision) for place in places], 0.3)


def test_ball_of_cosine_has_the_tip_in_the_plane():
    path = nb.ball([1.2, 0.7], 0.2, metric="cosine")
    np.testing.assert_allclose(path[[0, -1]], 0, atol=1e-6)


@pytest.mark.parametrize(("centre", "radius"), [((0, 0), 0.5), ((1.2, 0.7), 2.0)])
def test_ball_of_cosine_may_hold_every_direction(centre, radius):
    path = nb.ball(centre, radius, metric="cosine", reach=7.0)
    np.testing.assert_allclose(np.linalg.norm(path - centre, axis=1), 7)


def test_volume_is_what_mahalanobis_needs():
    x, _ = cloud(5)
    assert nb.has_volume(x)
    for flat in (x[:1], x[:2], x[:, [0, 0]], np.outer(x[:, 0], [1.0, 2.0])):
        assert not nb.has_volume(flat)


def test_contrast_fades_with_noise_columns():
    x, _ = cloud(15)
    query = np.array([[0.1, 0.2], [3.0, 1.0]])
    d = cdist(query, x)
    np.testing.assert_allclose(nb.contrast(x, query), d.max(axis=1) / d.min(axis=1) - 1)
    wide, asked = add_noise_columns(x, 100), add_noise_columns(query, 100, seed=1)
    assert (nb.contrast(wide, asked) < nb.contrast(x, query)).all()


# ---- manners


def test_results_are_locked():
    x, y = cloud(0)
    results = (nb.vote(x, y, x, k=3), nb.centroids(x, y), nb.gaussians(x, y, bridge=1), nb.kdtree(x))
    for result in (*results, nb.search(results[-1], x[0], k=2)):
        for item in dataclasses.fields(result):
            value = getattr(result, item.name)
            if isinstance(value, np.ndarray):
                assert not value.flags.writeable, item.name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, dataclasses.fields(result)[0].name, 0)
    assert x.flags.writeable


def test_no_queries_is_an_answer():
    x, y = cloud(0)
    none = np.zeros((0, 2))
    assert nb.kneighbors(x, none, k=3)[0].shape == (0, 3)
    assert nb.knn_proba(x, y, none, k=3).shape == (0, 3)
    assert nb.ncc_predict(nb.centroids(x, y), none).shape == (0,)


X, Y = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 1]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: nb.kneighbors(X, X, k=0), "k must be from 1 to 3, not 0"),
        (lambda: nb.kneighbors(X, X, k=4), "k must be"),
        (lambda: nb.kneighbors(X, X, k=1.0), "k must be"),
        (lambda: nb.kneighbors([], X, k=1), "x must have 2 dimensions"),
        (lambda: nb.kneighbors([1.0], X, k=1), "x must have 2 dimensions"),
        (lambda: nb.kneighbors([[np.nan, 0]], X, k=1), "finite"),
        (lambda: nb.kneighbors(X, [[np.inf, 0]], k=1), "finite"),
        (lambda: nb.kneighbors([[1e200, 0]], X, k=1), "within"),
        (lambda: nb.kneighbors(X, [[0.0]], k=1), r"query must have shape \(any, 2\)"),
        (lambda: nb.kneighbors(X, [0.0, 0.0], k=1), r"query must have shape \(any, 2\)"),
        (lambda: nb.kneighbors(X, X, k=1, metric="l3"), "metric must be one of"),
        (lambda: nb.kneighbors(X, X, k=1, metric="lp", p=0.5), "p must be"),
        (lambda: nb.kneighbors(X, X, k=1, metric="lp", p=np.inf), "p must be"),
        (lambda: nb.kneighbors(X[:1], X, k=1, metric="mahalanobis"), "at least two examples"),
        (lambda: nb.knn_predict(X, [0, 1], X, k=1), "y must have shape"),
        (lambda: nb.knn_predict(X, [0, 1, -1], X, k=1), "from 0"),
        (lambda: nb.knn_predict(X, [0, 1, 0.5], X, k=1), "whole numbers"),
        (lambda: nb.knn_predict(X, ["a", "b", "c"], X, k=1), "numbers only"),
        (lambda: nb.knn_predict(X, Y, X, k=1, weights="heavy"), "weights must be one of"),
        (lambda: nb.vote(X, Y, X, k=1, classes=1), "y must hold numbers below 1"),
        (lambda: nb.votes_of_samples(X, Y, X, k=1), "x must have 3 dimensions"),
        (lambda: nb.votes_of_samples([X], [Y[:2]], X, k=1), r"y must have shape \(1, 3\)"),
        (lambda: nb.votes_of_samples([X], [[0, 1, 2]], X, k=1), "y must hold numbers below 2"),
        (lambda: nb.votes_of_samples([X], [Y], X, k=4), "k must be"),
        (lambda: nb.votes_of_samples(np.zeros((0, 3, 2)), np.zeros((0, 3), int), X, k=1), "at least 1 row"),
        (lambda: nb.loo_accuracy(X, Y, [3]), "ks must be"),
        (lambda: nb.loo_accuracy(X, Y, []), "ks must be"),
        (lambda: nb.loo_accuracy(X[:1], Y[:1], [1]), "at least two"),
        (lambda: nb.accuracy_over_k(X, Y, X, Y, [0.5]), "ks must be"),
        (lambda: nb.centroids(X, Y, shrink=-1), "shrink must be"),
        (
            lambda: nb.ncc_predict(nb.Centroids(np.eye(2), np.arange(2)), X, metric="mahalanobis"),
            "without a covariance",
        ),
        (lambda: nb.prototypes(X, Y, per_class=0), "per_class must be"),
        (lambda: nb.gaussians(X, Y, bridge=2.1), "bridge must be"),
        (lambda: nb.bridge_scores(X, Y, X, bridge=-1), "bridge must be"),
        (lambda: nb.bayes_proba(X, Y, 0.0, X), "noise must be"),
        (lambda: nb.ball([0], 1), "two coordinates or more"),
        (lambda: nb.ball([0, 0], -1), "radius must be"),
        (lambda: nb.ball([0, 0], 1, metric="mahalanobis"), "needs x"),
        (lambda: nb.ball([0, 0], 1, metric="mahalanobis", x=[[0.0], [1.0]]), r"x must have shape \(any, 2\)"),
        (lambda: nb.kdtree(X, leaf=0), "leaf must be"),
        (lambda: nb.search(nb.kdtree(X), [0.0], k=1), "query must have shape"),
    ],
)
def test_bad_arguments(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

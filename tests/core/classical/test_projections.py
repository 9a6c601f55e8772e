import dataclasses
import doctest
import importlib
import threading
from itertools import permutations

import numpy as np
import pytest
from scipy.spatial import procrustes as scipys_procrustes
from scipy.spatial.distance import cdist, squareform
from scipy.stats import spearmanr
from sklearn import decomposition
from sklearn.manifold import _t_sne as theirs
from sklearn.manifold import smacof, trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier, kneighbors_graph
from threadpoolctl import threadpool_limits

import core.classical.projections as pj
from core.classical.projections.affinity import affinities, conditional
from core.classical.projections.tsne import Divergence, forces, upper
from core.classical.projections.umap import umap_learn
from core.data import dataset


def cloud(seed=0, n=60, d=5):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)) * np.linspace(3, 1, d) + 4 * (np.arange(n) % 3)[:, None]


def digits(n=1797):
    return dataset("digits").x[:n], dataset("digits").label[:n]


# ---- PCA


@pytest.mark.parametrize("x", [cloud(), cloud(1, 5, 8), digits()[0]], ids=["tall", "wide", "digits"])
def test_pca_is_scikit_learns(x):
    k = min(4, *x.shape)
    ours, other = pj.pca(x, components=k), decomposition.PCA(k, svd_solver="full").fit(x)
    sign = np.sign((ours.components * other.components_).sum(axis=1))
    np.testing.assert_allclose(ours.components, sign[:, None] * other.components_, atol=1e-8)
    np.testing.assert_allclose(ours.embedding, sign * other.transform(x), atol=1e-8)
    np.testing.assert_allclose(ours.variance, other.explained_variance_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.variance_ratio, other.explained_variance_ratio_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.mean, other.mean_)
    assert (ours.components[np.arange(k), np.abs(ours.components).argmax(axis=1)] > 0).all()


def test_standardised_pca_is_that_of_the_correlations():
    x = np.column_stack([cloud(), np.full(60, 7.0)])
    ours = pj.pca(x, components=6, standardize=True)
    values = np.linalg.eigvalsh(np.corrcoef(x[:, :5].T))[::-1]
    np.testing.assert_allclose(ours.variance, [*values, 0], atol=1e-9)
    # A loading is the correlation of a column with a score.
    loadings = [[np.corrcoef(x[:, j], ours.embedding[:, i])[0, 1] for j in range(5)] for i in range(5)]
    np.testing.assert_allclose((ours.components * np.sqrt(ours.variance)[:, None])[:5, :5], loadings, atol=1e-9)
    assert ours.scale[5] == 1
    np.testing.assert_allclose(pj.standardized(x)[:, :5].std(axis=0, ddof=1), 1)
    assert (pj.standardized(x)[:, 5] == 0).all()


def test_the_first_two_components_of_digits():
    x, _ = digits()
    assert 0.28 < pj.pca(x).variance_ratio.sum() < 0.29
    assert 0.21 < pj.pca(x, standardize=True).variance_ratio.sum() < 0.22


@pytest.mark.parametrize("standardize", [False, True])
def test_what_pca_leaves_out_is_the_variance_it_leaves_out(standardize):
    x = cloud()
    found = pj.pca(x, components=5, standardize=standardize)
    np.testing.assert_allclose(found.reconstruct(), x)
    np.testing.assert_allclose(found.reconstruct(0), np.tile(x.mean(axis=0), (60, 1)))
    for k in range(6):
        missed = (((found.reconstruct(k) - x) / found.scale) ** 2).sum()
        assert missed == pytest.approx(59 * found.variance[k:].sum(), abs=1e-8)
    np.testing.assert_allclose(found.transform(x), found.embedding)
    np.testing.assert_allclose(found.reconstruct(2, found.transform(x[:3])), found.reconstruct(2)[:3])


def test_pca_turns_with_the_points():
    x = cloud()
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 5)))[0]
    np.testing.assert_allclose(np.abs(pj.pca(x @ turn + 9).embedding), np.abs(pj.pca(x).embedding), atol=1e-9)


# ---- t-SNE


@pytest.mark.parametrize("perplexity", [3, 5, 30])
def test_affinities_are_scikit_learns(perplexity):
    x, _ = digits(300)
    ours = affinities(x, perplexity)
    k = min(299, int(3 * perplexity + 1))
    graph = kneighbors_graph(x, k, mode="distance")
    graph.data **= 2
    other = theirs._joint_probabilities_nn(graph, perplexity, 0).toarray()
    # Where the k-th and the next neighbour are equally far, both are right.
    near = np.sort(cdist(x, x), axis=1)[:, k : k + 2]
    clear = near[:, 0] < near[:, 1] * (1 - 1e-9) if k < 299 else np.ones(300, bool)
    assert clear.sum() > 250
    both = np.ix_(clear, clear)
    np.testing.assert_allclose(ours[both], other[both], atol=2e-7, rtol=2e-4)
    assert ours.sum(dtype=float) == pytest.approx(1)
    assert (ours == ours.T).all()


def test_affinities_that_reach_everybody_are_the_exact_ones():
    x = cloud()
    ours = affinities(x, 25)
    other = squareform(theirs._joint_probabilities(cdist(x, x, "sqeuclidean"), 25, 0))
    np.testing.assert_allclose(ours, other, atol=1e-7, rtol=2e-4)


@pytest.mark.parametrize("perplexity", [1, 1.01, 2, 10, 29])
def test_each_row_has_its_perplexity(perplexity):
    squares = np.random.default_rng(0).uniform(1e-9, 1e6, (40, 29)) ** 2
    p = conditional(squares, perplexity)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)
    np.testing.assert_allclose(np.exp(entropy), perplexity, rtol=1e-6)


def test_equal_points_share_alike():
    x = np.zeros((6, 2))
    x[3:] = 1
    # Three equal points, perplexity 2: each gives half to both others.
    np.testing.assert_allclose(affinities(x, 2)[:3, :3], (1 - np.eye(3)) / 12, rtol=1e-6)


def kl(P, y):
    """The cost as it is defined."""
    w = 1 / (1 + cdist(y, y, "sqeuclidean"))
    np.fill_diagonal(w, 0)
    q = w / w.sum()
    where = P > 0
    return float((P[where] * np.log(P[where] / q[where])).sum())


@pytest.mark.parametrize("n", [3, 64, 65, 150])
@pytest.mark.parametrize("components", [1, 2, 3])
def test_forces_are_the_gradient_of_the_cost(n, components):
    rng = np.random.default_rng(n)
    P = affinities(rng.standard_normal((n, 4)), min(5, n - 2))
    y = rng.standard_normal((n, components))
    f = forces(upper(P), y.astype(np.float32))
    gradient = 4 * (f.attraction - f.repulsion)
    exact, h = P.astype(float), 1e-5
    for i, c in zip(rng.integers(0, n, 5), rng.integers(0, components, 5), strict=True):
        up, down = y.copy(), y.copy()
        up[i, c] += h
        down[i, c] -= h
        assert gradient[i, c] == pytest.approx((kl(exact, up) - kl(exact, down)) / (2 * h), abs=2e-6, rel=2e-3)
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-5)
    assert Divergence(P)(y.astype(np.float32), f.total) == pytest.approx(kl(exact, y), rel=1e-5)


@pytest.mark.parametrize(("rate", "count", "room"), [(50.0, 8, 1e-2), (10.0, 30, 1e-4)])
def test_the_first_steps_are_scikit_learns(rate, count, room):
    x, _ = digits(200)
    ours = pj.tsne(x, iterations=2 * count, perplexity=70, every=count, learning_rate=rate)
    P = 12 * theirs._joint_probabilities(cdist(x, x, "sqeuclidean"), 70, 0)
    options = {"n_iter_without_progress": 300, "learning_rate": rate, "momentum": 0.5, "min_grad_norm": 0}
    args = [P, 1, 200, 2]
    other = theirs._gradient_descent(theirs._kl_divergence, ours.frames[0].ravel(), 0, count, args=args, **options)[0]
    # Rounding grows with each step, so the room does.
    size = np.abs(ours.frames[1]).max()
    np.testing.assert_allclose(ours.frames[1], other.reshape(200, 2), atol=room * size)


def test_the_cost_is_scikit_learns_all_the_way():
    x, _ = digits(200)
    ours = pj.tsne(x, iterations=100, perplexity=70, every=20)
    P = theirs._joint_probabilities(cdist(x, x, "sqeuclidean"), 70, 0)
    expected = [theirs._kl_divergence(places.ravel(), P, 1, 200, 2)[0] for places in ours.frames]
    np.testing.assert_allclose(ours.cost, expected, rtol=1e-5)


def test_descents_end_as_low_as_scikit_learns():
    """Which of many good maps a descent ends in hangs on the last bit; how low several starts end does not."""
    x, _ = digits(300)
    ours = [pj.tsne(x, iterations=500, perplexity=20, every=500, init="random", seed=seed) for seed in range(5)]
    options = {"perplexity": 20, "max_iter": 500, "random_state": 0}
    with threadpool_limits(1):  # with more, scikit-learn's threads wait for each other on a busy machine
        other = [theirs.TSNE(init=run.frames[0].astype(np.float32), **options).fit(x) for run in ours[:3]]
    # Over 24 starts the cost of one descent has a standard deviation of 0.8 % (scikit-learn's: 0.3 %).
    assert np.median([run.cost[-1] for run in ours]) == pytest.approx(
        np.median([each.kl_divergence_ for each in other]), rel=0.03
    )
    P = affinities(x, 20)
    for run in ours:
        exact = kl(P.astype(float), run.points)
        w = 1 / (1 + cdist(run.points, run.points, "sqeuclidean"))
        given = Divergence(P)(run.points.astype(np.float32), w.sum() - len(x))
        assert given == pytest.approx(exact, rel=1e-6)
        # The descent's own Z is of distances in single precision: 4 sums of numbers up to 4 |y|², so 1 + d² is off by
        # 8 ε |y|² at most, and neither w = 1 / (1 + d²) nor ln Z by more.
        room = 8 * np.finfo(np.float32).eps * (1 + (run.points**2).sum(axis=1).max())
        assert run.cost[-1] == pytest.approx(given, abs=room)


def test_digits_stay_apart():
    x, y = digits(900)
    found = pj.tsne(x, iterations=300, every=100)
    accuracy = pj.knn_accuracy(found.points, y)
    assert accuracy >= 0.95
    assert found.cost[-1] < 0.8


def test_frames_and_calls():
    x = cloud()
    calls = []
    found = pj.tsne(x, perplexity=5, iterations=55, every=20, on_frame=lambda i, y: calls.append((i, y)))
    assert found.iterations.tolist() == [0, 20, 40, 55]
    assert found.frames.shape == (4, 60, 2)
    assert found.cost.shape == (4,)
    assert [i for i, _ in calls] == [0, 10, 20, 30, 40, 50]
    np.testing.assert_array_equal(calls[0][1], found.frames[0])
    np.testing.assert_array_equal(calls[4][1], found.frames[2])
    start = pj.pca(x).embedding
    np.testing.assert_allclose(found.frames[0], 1e-4 * start / start[:, 0].std(), rtol=1e-5)
    np.testing.assert_array_equal(found.points, found.frames[-1])
    assert found.seconds > 0
    assert len(pj.tsne(x, perplexity=5, iterations=0).frames) == 1
    assert not found.frames.flags.writeable


@pytest.mark.parametrize("method", [pj.tsne, lambda x, **o: pj.mds(x, method="smacof", **o), pj.umap])
def test_a_call_can_end_the_run(method):
    calls = []

    def stop(i, y):
        assert y.shape == (60, 2)
        calls.append(i)
        if i >= 20:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        method(cloud(), on_frame=stop)
    assert calls[-1] < 40
    if method is pj.umap:  # and leaves umap-learn as it was
        assert umap_learn().umap_.optimize_layout_euclidean.__module__ == "umap.layouts"


def test_only_a_random_start_has_chance_in_it():
    x = cloud()
    same = [pj.tsne(x, perplexity=5, iterations=50, seed=seed).points for seed in (0, 1)]
    np.testing.assert_array_equal(*same)
    a, b, again = (pj.tsne(x, perplexity=5, iterations=50, init="random", seed=s).points for s in (0, 1, 0))
    np.testing.assert_array_equal(a, again)
    assert np.abs(a - b).max() > 1e-3
    given = pj.tsne(x, perplexity=5, iterations=50, init=pj.tsne(x, perplexity=5, iterations=0).points).points
    np.testing.assert_array_equal(given, same[0])


def test_tsne_does_not_see_the_order_or_the_place_or_the_unit():
    x = cloud()

    def run(x):
        return pj.tsne(x, perplexity=5, iterations=24, learning_rate=3).points  # longer runs make much of rounding

    base, order = run(x), np.random.default_rng(0).permutation(60)
    room = 1e-2 * np.abs(base).max()
    np.testing.assert_allclose(run(x[order]), base[order], atol=room)
    np.testing.assert_allclose(run(7 * x + 100), base, atol=room)


@pytest.mark.parametrize(
    "options",
    [
        {"perplexity": 1},
        {"perplexity": 11.99},
        {"exaggeration": 1},
        {"exaggeration": 100},
        {"learning_rate": 0},
        {"learning_rate": 1e5},
        {"components": 1},
        {"components": 3},
        {"init": "random", "seed": 2**40},
        {"init": 1e3 * np.random.default_rng(0).standard_normal((12, 2))},
        {"every": 1000},
        {"every": 1},
    ],
    ids=str,
)
def test_tsne_at_the_ends(options):
    found = pj.tsne(cloud(n=12), **{"perplexity": 3, "iterations": 300, **options})
    assert np.isfinite(found.frames).all()
    assert np.isfinite(found.cost).all()


def test_tsne_of_the_fewest_and_of_equal_points():
    assert np.isfinite(pj.tsne(cloud(n=3), perplexity=1, iterations=100).frames).all()
    twice = np.repeat(cloud(n=6), 4, axis=0)
    assert np.isfinite(pj.tsne(twice, perplexity=3, iterations=100).frames).all()


def test_new_points_land_among_their_like():
    x, y = digits(900)
    old, new = slice(0, 700), slice(700, 900)
    found = pj.tsne(x[old], iterations=300, every=300).points
    places = pj.place(x[old], found, x[new])
    model = KNeighborsClassifier(5).fit(found, y[old])
    assert model.score(places, y[new]) > 0.9
    # An old point, seen as new, goes back near to where it was.
    back = np.linalg.norm(pj.place(x[old], found, x[:50]) - found[:50], axis=1)
    assert np.median(back) < 0.05 * np.ptp(found, axis=0).max()
    # The others new do not matter.
    np.testing.assert_allclose(pj.place(x[old], found, x[new][:3]), places[:3], atol=1e-6)


def test_placing_descends_the_cost():
    x = cloud(n=80)
    found = pj.tsne(x[:70], perplexity=10, iterations=300).points

    def cost(z):
        near = np.argsort(cdist(x[70:], x[:70]), axis=1)[:, :16]
        p = conditional(np.take_along_axis(cdist(x[70:], x[:70], "sqeuclidean"), near, axis=1), 5)
        w = 1 / (1 + cdist(z, found, "sqeuclidean"))
        q = np.take_along_axis(w / w.sum(axis=1, keepdims=True), near, axis=1)
        return (p * np.log(np.where(p > 0, p, 1) / q)).sum()

    costs = [cost(pj.place(x[:70], found, x[70:], iterations=i)) for i in (0, 20, 100)]
    assert costs[0] > costs[1] >= costs[2] - 1e-3


# ---- UMAP


def test_umap_is_umap_learns():
    x = cloud()
    options = {"min_dist": 0.3, "metric": "cosine"}
    ours = pj.umap(x, neighbors=7, seed=3, epochs=60, every=20, **options)
    module = umap_learn()
    other = module.UMAP(n_neighbors=7, init="pca", random_state=3, n_jobs=1, n_epochs=60, **options).fit(x)
    np.testing.assert_array_equal(ours.points, other.embedding_)
    assert ours.iterations.tolist() == [1, 21, 41, 60]
    assert ours.frames.shape == (4, 60, 2)
    assert np.isnan(ours.cost).all()
    calls = []
    seen = pj.umap(x, neighbors=7, seed=3, epochs=60, on_frame=lambda i, y: calls.append((i, y)), **options)
    np.testing.assert_array_equal(seen.points, ours.points)
    assert [i for i, _ in calls] == [1, 11, 21, 31, 41, 51]
    np.testing.assert_array_equal([y for _, y in calls], seen.frames[:-1])
    assert np.abs(pj.umap(x, neighbors=7, seed=4, epochs=60, **options).points - ours.points).max() > 0.01


def test_umap_places_new_points_as_umap_learn_does():
    x = cloud()
    found, places = pj.umap_place(x[:50], x[50:], neighbors=7, epochs=60, seed=1)
    np.testing.assert_array_equal(found.points, pj.umap(x[:50], neighbors=7, epochs=60, seed=1).points)
    other = umap_learn().UMAP(n_neighbors=7, init="pca", random_state=1, n_jobs=1, n_epochs=60).fit(x[:50])
    np.testing.assert_array_equal(places, other.transform(x[50:]))
    watched = pj.umap_place(x[:50], x[50:], neighbors=7, epochs=60, seed=1, on_frame=lambda i, y: None)
    np.testing.assert_array_equal(watched[1], places)


@pytest.mark.parametrize(
    "options",
    [
        {"neighbors": 2},
        {"neighbors": 59},
        {"min_dist": 0},
        {"min_dist": 1},
        *({"metric": metric} for metric in pj.METRICS),
        *({"init": init} for init in pj.UMAP_INITS),
        {"components": 1},
        {"components": 3},
        {"epochs": 2, "every": 1},
        {"epochs": 11, "every": 10},
    ],
    ids=str,
)
def test_umap_at_the_ends(options):
    found = pj.umap(cloud(), **{"neighbors": 10, "epochs": 20, **options})
    assert np.isfinite(found.frames).all()
    assert len(found.frames) == len(found.iterations)
    assert found.iterations[-1] == options.get("epochs", 20)
    assert (np.diff(found.iterations) > 0).all()


def test_umaps_take_turns():
    x = cloud()
    alone = [pj.umap(x, neighbors=5, epochs=50, seed=seed).points for seed in range(3)]
    together = {}

    def run(seed):
        together[seed] = pj.umap(x, neighbors=5, epochs=50, seed=seed, on_frame=lambda i, y: None).points

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(3):
        np.testing.assert_array_equal(together[seed], alone[seed])


# ---- multidimensional scaling


def test_classical_mds_is_the_doubly_centred_one():
    x = cloud()
    found = pj.mds(x, components=3)
    # B = −½ J D² J, its first eigenvectors times the roots of their eigenvalues (Torgerson).
    J = np.eye(60) - 1 / 60
    values, vectors = np.linalg.eigh(-0.5 * J @ cdist(x, x, "sqeuclidean") @ J)
    expected = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1][:, :3]
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-8)
    gaps = cdist(x, x), cdist(found.points, found.points)
    assert found.cost[0] == pytest.approx(np.sqrt(((gaps[0] - gaps[1]) ** 2).sum() / (gaps[0] ** 2).sum()))
    assert found.cost[0] == pytest.approx(pj.stress(x, found.points))
    assert pj.stress(x, x) < 1e-7


def test_smacof_is_scikit_learns():
    x = cloud()
    ours = pj.mds(x, method="smacof", iterations=40, every=40)
    other, raw = smacof(
        cdist(x, x), n_components=2, init=ours.frames[0], n_init=1, max_iter=40, eps=0, normalized_stress=False
    )
    np.testing.assert_allclose(cdist(ours.points, ours.points), cdist(other, other), atol=1e-6)
    assert ours.cost[-1] == pytest.approx(np.sqrt(raw / (cdist(x, x) ** 2).sum() * 2), rel=1e-2)


@pytest.mark.parametrize("init", ["classical", "random"])
def test_smacof_only_gets_better(init):
    x = cloud(n=300)  # more than a block of rows
    found = pj.mds(x, method="smacof", init=init, seed=2, iterations=60, every=1)
    assert (np.diff(found.cost) <= 1e-12).all()
    assert found.cost[-1] < pj.mds(x).cost[0]
    assert found.cost[-1] == pytest.approx(pj.stress(x, found.points))
    assert found.iterations.tolist() == list(range(61))


def test_smacof_keeps_distances_that_can_be_kept():
    x = cloud(d=2)
    found = pj.mds(x, method="smacof", init="random", iterations=300)
    assert found.cost[-1] < 1e-3
    assert pj.align(x, found.points).disparity < 1e-4
    twice = np.repeat(x[:5], 3, axis=0)
    assert np.isfinite(pj.mds(twice, method="smacof", iterations=50).frames).all()


# ---- measures


@pytest.mark.parametrize("n", [12, 61, 300])
def test_quality_is_scikit_learns_trustworthiness(n):
    x, y = cloud(0, n), np.random.default_rng(1).standard_normal((n, 2))
    y[:, 0] += x[:, 0]
    ks = [*range(1, (n + 1) // 2)][:: max(1, n // 20)]
    found = pj.quality(x, y, ks=ks)
    np.testing.assert_allclose(found.trustworthiness, [trustworthiness(x, y, n_neighbors=k) for k in ks], atol=1e-12)
    np.testing.assert_allclose(found.continuity, [trustworthiness(y, x, n_neighbors=k) for k in ks], atol=1e-12)
    near = [np.argsort(cdist(z, z), axis=1)[:, 1:] for z in (x, y)]
    recall = [np.mean([len(set(a[:k]) & set(b[:k])) / k for a, b in zip(*near, strict=True)]) for k in ks]
    np.testing.assert_allclose(found.recall, recall)


def test_quality_of_digits_without_ties_is_scikit_learns():
    x, _ = digits(600)
    x = x + np.random.default_rng(0).uniform(-0.1, 0.1, x.shape)
    y = pj.pca(x).embedding
    for z in (x, y):  # no two distances from a point are equal, nor would rounding make them so
        assert np.diff(np.sort(cdist(z, z), axis=1), axis=1).min() > 1e-9
    found = pj.quality(x, y, ks=[5, 30])
    for got, (a, b) in ((found.trustworthiness, (x, y)), (found.continuity, (y, x))):
        np.testing.assert_allclose(got, [trustworthiness(a, b, n_neighbors=k) for k in (5, 30)], atol=1e-12)


def by_definition(x, y, k):
    """Count one neighbour after the other: recall, and what trustworthiness loses, with ties shared."""
    true, mapped = (cdist(z, z, "sqeuclidean").round(9) for z in (x, y))
    recall, lost = [], []
    for i in range(len(x)):
        others = [j for j in range(len(x)) if j != i]
        edge = sorted(mapped[i, others])[k - 1]
        inside = [j for j in others if mapped[i, j] < edge]
        tied = [j for j in others if mapped[i, j] == edge]
        share = dict.fromkeys(inside, 1.0) | dict.fromkeys(tied, (k - len(inside)) / len(tied))
        rank = {j: 1 + sum(true[i, m] < true[i, j] for m in others) for j in share}
        recall.append(sum(w for j, w in share.items() if rank[j] <= k) / k)
        lost.append(sum(w * max(rank[j] - k, 0) for j, w in share.items()))
    return np.array(recall), np.array(lost)


def survey(n=60, questions=5):
    """Answers of yes and no: few different rows, few different distances."""
    return np.random.default_rng(7).integers(0, 2, (n, questions)).astype(float)


@pytest.mark.parametrize("k", [1, 4, 10])
def test_ties_are_shared_as_defined(k):
    x = survey()
    for y in (pj.pca(x).embedding, x[:, :2], np.random.default_rng(1).standard_normal((60, 2))):
        found = pj.quality(x, y, ks=[k])
        fine = 2 / (k * (2 * 60 - 3 * k - 1))
        recall, lost = by_definition(x, y, k)
        np.testing.assert_allclose(found.point_recall, recall)
        np.testing.assert_allclose(found.point_trust, 1 - fine * lost, atol=1e-12)
        np.testing.assert_allclose(found.point_continuity, 1 - fine * by_definition(y, x, k)[1], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_decides_nothing(seed):
    x = survey()
    y, mixed = pj.pca(x).embedding, np.random.default_rng(seed).permutation(60)
    label = (x.sum(axis=1) > 2).astype(int)
    one, other = pj.quality(x, y, ks=[10, 3]), pj.quality(x[mixed], y[mixed], ks=[10, 3])
    for name in ("trustworthiness", "continuity", "recall"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), atol=1e-12)
    for name in ("point_trust", "point_continuity", "point_recall"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name)[mixed], atol=1e-12)
    assert pj.knn_accuracy(x[mixed], label[mixed]) == pj.knn_accuracy(x, label)
    here, there = pj.links(x, y, int(mixed[0])), pj.links(x[mixed], y[mixed], 0)
    for name in ("kept", "false", "missing"):
        assert set(mixed[getattr(there, name)]) == set(getattr(here, name))


def test_a_map_that_keeps_all_is_perfect_also_where_many_are_equally_near():
    x = survey()
    found = pj.quality(x, x, ks=[1, 10, 25])
    for measure in (found.trustworthiness, found.continuity, found.recall, found.point_recall):
        assert (measure == 1).all()
    assert not len(pj.links(x, x, 0).false)
    assert not len(pj.links(x, x, 0).missing)
    assert pj.ranks(x, x, most=10).tied(10) > 0.7
    assert pj.ranks(cloud(), cloud(), most=10).tied(10) == 0


def test_quality_of_digits_shares_ties():
    x, _ = digits(600)
    y = pj.pca(x).embedding
    # Pixels are whole numbers, and so are the squares of distances: one in nine is equal to the next.
    pixels = x.astype(np.int64)
    sizes = (pixels**2).sum(axis=1)
    squares = sizes[:, None] + sizes - 2 * pixels @ pixels.T
    assert 0.1 < np.mean(np.diff(np.sort(squares, axis=1), axis=1) == 0) < 0.13
    np.fill_diagonal(squares, -1)
    near = np.argsort(squares, axis=1, kind="stable")
    np.testing.assert_array_equal(pj.order(x).near, near[:, 1:])
    rank = np.stack([np.searchsorted(np.sort(row), row) for row in squares])  # how many are nearer, itself among them
    np.testing.assert_array_equal(pj.order(x).rank, rank)
    found = pj.quality(x, y, ks=[5, 30])
    places = np.argsort(cdist(y, y), axis=1)[:, 1:]
    for i, k in enumerate((5, 30)):
        mapped = np.take_along_axis(rank, places[:, :k], axis=1)
        over = np.maximum(mapped - k, 0).sum()
        assert found.trustworthiness[i] == pytest.approx(1 - 2 * over / (600 * k * (2 * 600 - 3 * k - 1)), abs=1e-12)
        assert found.recall[i] == pytest.approx((mapped <= k).mean(), abs=1e-12)


def test_quality_of_each_point():
    x, y = cloud(), cloud(2, 60, 2)
    found = pj.quality(x, y, ks=[7, 3])
    assert found.ks.tolist() == [7, 3]
    for points, whole in (("trust", "trustworthiness"), ("continuity", "continuity"), ("recall", "recall")):
        each = getattr(found, f"point_{points}")
        assert each.shape == (60,)
        assert each.mean() == pytest.approx(getattr(found, whole)[0])
    ranks = np.argsort(np.argsort(cdist(x[:1], x)[0]))
    near = np.argsort(cdist(y[:1], y)[0])[1:8]
    assert found.point_trust[0] == pytest.approx(1 - 2 / (7 * (120 - 21 - 1)) * np.maximum(ranks[near] - 7, 0).sum())
    same = pj.quality(pj.order(x), pj.order(y), ks=[7, 3])
    np.testing.assert_array_equal(same.point_trust, found.point_trust)


def test_the_perfect_map_and_a_blind_one():
    x = cloud(n=200)
    perfect = pj.quality(x, 3 * x - 1, ks=[1, 10])
    for measure in (perfect.trustworthiness, perfect.continuity, perfect.recall, perfect.point_trust):
        assert (measure == 1).all()
    blind = pj.quality(x, np.random.default_rng(0).standard_normal((200, 2)), ks=[10])
    assert blind.recall[0] == pytest.approx(10 / 199, abs=0.03)
    assert pj.triplets(x, 3 * x - 1) == 1
    assert pj.triplets(x, np.random.default_rng(0).standard_normal((200, 2))) == pytest.approx(0.5, abs=0.05)


def test_equal_distances_have_one_rank():
    x = np.array([[0.0], [1.0], [-1.0], [0.0], [2.0]])
    found = pj.order(x)
    assert found.near[0].tolist() == [3, 1, 2, 4]
    assert found.near[3].tolist() == [0, 1, 2, 4]
    assert found.rank[0].tolist() == [0, 2, 2, 1, 4]
    np.testing.assert_array_equal(np.sort(pj.order(np.zeros((9, 2))).near, axis=1)[0], range(1, 9))


@pytest.mark.parametrize("n", [2, 3, 257, 700])
def test_orders_are_those_of_the_distances(n):
    x = cloud(5, n, 3)
    distances = cdist(x, x)
    np.fill_diagonal(distances, -1)
    found = pj.order(x)
    np.testing.assert_array_equal(found.near, np.argsort(distances, axis=1)[:, 1:])
    np.testing.assert_array_equal(np.take_along_axis(found.rank, found.near, axis=1), np.tile(range(1, n), (n, 1)))


def test_links():
    x, y = cloud(), cloud(2, 60, 2)
    near = [set(np.argsort(cdist(z[4:5], z)[0])[1:9].tolist()) for z in (x, y)]
    found = pj.links(x, y, 4, k=8)
    assert set(found.kept.tolist()) == near[0] & near[1]
    assert set(found.missing.tolist()) == near[0] - near[1]
    assert set(found.false.tolist()) == near[1] - near[0]
    assert len(found.false) == len(found.missing) == 8 - len(found.kept)
    assert len(pj.links(x, 2 * x, 0, k=59).kept) == 59


@pytest.mark.parametrize("point", [0, 250, 599])
def test_links_are_those_of_the_orders(point):
    x, _ = digits(600)  # with many equal distances
    y = pj.pca(x).embedding
    found = pj.links(x, y, point, k=12)
    here, there = (set(np.flatnonzero(pj.order(z).rank[point] <= 12)) - {point} for z in (x, y))
    assert (set(found.kept), set(found.false), set(found.missing)) == (here & there, there - here, here - there)


def test_ranks_measure_at_any_k():
    x, y = cloud(), cloud(2, 60, 2)
    ranks = pj.ranks(x, y, most=20)
    np.testing.assert_array_equal(ranks.quality([7, 3]).point_trust, pj.quality(x, y, ks=[7, 3]).point_trust)
    assert ((ranks.true >= 1) & (ranks.true <= 59)).all()
    with pytest.raises(ValueError, match="k must"):
        ranks.quality([21])


def test_shepard():
    x, y = cloud(), cloud(2, 60, 2).round()  # equal distances among them
    found = pj.shepard(x, y, pairs=500, seed=1)
    a, b = found.pairs.T
    assert (a != b).all()
    np.testing.assert_allclose(found.true, cdist(x, x)[a, b])
    np.testing.assert_allclose(found.mapped, cdist(y, y)[a, b])
    assert found.correlation == pytest.approx(spearmanr(found.true, found.mapped).statistic)
    assert pj.shepard(x, 5 * x).correlation == pytest.approx(1)
    np.testing.assert_array_equal(pj.shepard(x, y, pairs=500, seed=1).pairs, found.pairs)
    counts = np.bincount(pj.shepard(x, y, pairs=60_000).pairs.ravel(), minlength=60)
    assert abs(counts / 2000 - 1).max() < 0.15


def test_triplets_are_three_and_evenly_drawn():
    # On a line with one point reversed: count by hand.
    x = np.arange(5.0)[:, None]
    y = x.copy()
    y[4] = -10
    sign = [[np.sign(abs(z[i] - z[j]) - abs(z[i] - z[k]))[0] for i, j, k in permutations(range(5), 3)] for z in (x, y)]
    assert pj.triplets(x, y, count=50_000) == pytest.approx(np.mean(np.equal(*sign)), abs=0.01)


def test_clumps():
    x = np.random.default_rng(0).standard_normal((120, 2)) + 12 * (np.arange(120) % 3)[:, None]
    found = pj.clumps(x)
    assert found.clusters == 3
    assert found.silhouette == pytest.approx(silhouette_score(x, found.labels))
    assert found.silhouette > 0.7
    assert len({*zip(found.labels, np.arange(120) % 3, strict=True)}) == 3
    even = pj.clumps(np.random.default_rng(0).standard_normal((300, 20)))
    assert even.silhouette < 0.1
    alone = np.array([[0.0], [0.1], [5.0]])
    assert pj.clumps(alone, most=2).silhouette == pytest.approx(silhouette_score(alone, [0, 0, 1]))
    assert pj.clumps(np.array([[0.0], [0.0], [1.0], [1.0]]), most=3).silhouette == 1


def test_knn_accuracy_leaves_the_point_itself_out():
    x, y = digits(80)
    hits = 0
    for i in range(80):
        others = np.arange(80) != i
        hits += KNeighborsClassifier(3).fit(x[others], y[others]).predict(x[i : i + 1])[0] == y[i]
    assert pj.knn_accuracy(x, y, k=3) == pytest.approx(hits / 80, abs=0.02)
    assert pj.knn_accuracy(x, np.zeros(80, int)) == 1


def test_alignment_is_scipys_and_undoes_a_move():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 30, 2))
    assert pj.align(a, b).disparity == pytest.approx(scipys_procrustes(a, b)[2])
    moved = pj.procrustes(a, b)
    shrunk = (a - a.mean(axis=0)) / np.linalg.norm(a - a.mean(axis=0))
    assert ((moved - a) ** 2).sum() / ((a - a.mean(axis=0)) ** 2).sum() == pytest.approx(pj.align(a, b).disparity)
    np.testing.assert_allclose(
        (moved - a.mean(axis=0)) / np.linalg.norm(a - a.mean(axis=0)), scipys_procrustes(shrunk, b)[1]
    )
    mirror = np.array([[0.0, 1.0], [1.0, 0.0]])
    np.testing.assert_allclose(pj.procrustes(a, 4 * a @ mirror + 7), a, atol=1e-12)
    # Equal but for rounding, which may go either way: a plain number, never below 0.
    for d in pj.align(a, b).disparity, *(pj.align(z, z @ mirror / 3 + 1).disparity for z in rng.random((20, 9, 2))):
        assert type(d) is float
        assert d >= 0
    turned = pj.align(a, b)
    np.testing.assert_allclose(turned.rotation @ turned.rotation.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(turned.apply(np.stack([b, b]))[1], moved)


# ---- bad arguments


@pytest.mark.parametrize(
    "x",
    [
        [],
        [1.0, 2.0],
        [[np.nan, 1.0]] * 20,
        [[np.inf, 1.0]] * 20,
        np.zeros((20, 0)),
        np.zeros((2, 2, 2)),
        [[1e200]] * 20,
    ],
    ids=["empty", "flat", "nan", "inf", "no columns", "cube", "huge"],
)
@pytest.mark.parametrize("method", [pj.pca, pj.tsne, pj.umap, pj.mds, pj.order, pj.clumps, pj.standardized])
def test_tables_that_will_not_do(method, x):
    with pytest.raises(ValueError, match=r"^[A-Za-z].*\.$"):
        method(x)


@pytest.mark.parametrize("method", [pj.pca, pj.tsne, pj.umap, pj.mds, pj.clumps])
def test_equal_points_have_no_map(method):
    with pytest.raises(ValueError, match="All points are equal"):
        method(np.ones((50, 3)))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda x: pj.pca(x, components=0), "components"),
        (lambda x: pj.pca(x, components=6), "components"),
        (lambda x: pj.pca(x, components=1.0), "components"),
        (lambda x: pj.pca(x).transform(x[:, :2]), "columns"),
        (lambda x: pj.pca(x).reconstruct(3), "components"),
        (lambda x: pj.tsne(x, components=6), "components"),
        (lambda x: pj.tsne(x, perplexity=60), "perplexity"),
        (lambda x: pj.tsne(x, perplexity=0.5), "perplexity"),
        (lambda x: pj.tsne(x, perplexity=np.nan), "perplexity"),
        (lambda x: pj.tsne(x, iterations=-1), "iterations"),
        (lambda x: pj.tsne(x, exaggeration=0.5), "exaggeration"),
        (lambda x: pj.tsne(x, learning_rate="fast"), "learning_rate"),
        (lambda x: pj.tsne(x, learning_rate=-1), "learning_rate"),
        (lambda x: pj.tsne(x, init="spectral"), "init"),
        (lambda x: pj.tsne(x, init=x), "init"),
        (lambda x: pj.tsne(x, init=x[:5, :2]), "init"),
        (lambda x: pj.tsne(x, seed=-1), "seed"),
        (lambda x: pj.tsne(x, every=0), "every"),
        (lambda x: pj.tsne(np.zeros((3001, 1))), "3000"),
        (lambda x: pj.place(x, x[:5], x), "rows"),
        (lambda x: pj.place(x, x[:, :2], x[:, :2]), "columns"),
        (lambda x: pj.umap(x, neighbors=60), "neighbors"),
        (lambda x: pj.umap(x, neighbors=1), "neighbors"),
        (lambda x: pj.umap(x, min_dist=1.1), "min_dist"),
        (lambda x: pj.umap(x, metric="warp"), "metric"),
        (lambda x: pj.umap(x, init="best"), "init"),
        (lambda x: pj.umap(x, components=6), "components"),
        (lambda x: pj.umap(x, epochs=1), "epochs"),
        (lambda x: pj.umap(x, every=0), "every"),
        (lambda x: pj.umap(x, seed=0.5), "seed"),
        (lambda x: pj.mds(x, method="isomap"), "method"),
        (lambda x: pj.mds(x, method="smacof", init="pca"), "init"),
        (lambda x: pj.quality(x, x[:5], ks=[3]), "rows"),
        (lambda x: pj.quality(x, x, ks=[30]), "half"),
        (lambda x: pj.quality(x, x, ks=[0]), "k must"),
        (lambda x: pj.quality(x, x, ks=[]), "ks"),
        (lambda x: pj.links(x, x, 60), "point"),
        (lambda x: pj.triplets(x, x[:5]), "rows"),
        (lambda x: pj.clumps(x, most=1), "most"),
        (lambda x: pj.knn_accuracy(x, np.zeros(5, int)), "labels"),
        (lambda x: pj.align(x, x[:, :2]), "shape"),
        (lambda x: pj.align(x, np.zeros_like(x)), "different"),
    ],
)
def test_arguments_that_will_not_do(call, word):
    with pytest.raises(ValueError, match=rf"(?s)^(?=.*{word}).*\.$"):
        call(cloud())


def test_results_are_read_only():
    x = cloud()
    y = pj.pca(x).embedding
    results = [pj.pca(x), pj.mds(x), pj.order(x), pj.quality(x, y, ks=[3]), pj.links(x, y, 0), pj.shepard(x, y)]
    for result in [*results, pj.clumps(y, most=2), pj.align(y, y + 1)]:
        for field in dataclasses.fields(result):
            value = getattr(result, field.name)
            assert not isinstance(value, np.ndarray) or not value.flags.writeable, (type(result), field.name)


@pytest.mark.parametrize("name", ["pca", "procrustes"])
def test_examples_in_the_docstrings(name):
    found = doctest.testmod(importlib.import_module(f"core.classical.projections.{name}"))
    assert found.attempted >= 2
    assert found.failed == 0

"""Runs of projections: what was made ahead is what the run gives, and the numbers around them mean what they say."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from core.classical import projections as pj
from core.classical.projections import ahead, runs
from core.classical.projections.ahead import made
from core.classical.projections.runs import Chance, Fresh, MdsRun, Source, TsneRun, UmapRun, points, shadow
from core.data import dataset

IRIS = Source("iris")


def test_sources_give_the_points_they_name():
    assert len(points(Source("digits", 120))) == 120
    np.testing.assert_array_equal(points(Source("digits", 120)), dataset("digits").x[:120])
    assert len(points(Source("walk", 137))) == 137
    assert Source("iris", 7) == Source("iris", 400)  # its size is its own
    assert len(points(Source("iris", 7))) == 150
    standard = points(Source("wine", standard=True))
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=0, ddof=1), 1)


def test_a_table_of_ones_own_is_a_source():
    table = tuple((float(i), float(i * i % 7), i % 3) for i in range(20))
    data = runs.sample(Source("own", table=table))
    assert data.x.tolist() == [[a, b] for a, b, _ in table]
    assert data.label.tolist() == [c for *_, c in table]
    assert data.groups == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize("run", [TsneRun(IRIS), TsneRun(Source("digits"))], ids=["iris", "digits"])
def test_what_was_made_ahead_plays_from_the_start_to_a_finished_map(run):
    found = made(run)
    assert found.iterations[0] == 0
    assert found.iterations[-1] == 500
    assert (np.diff(found.iterations) > 0).all()
    assert found.cost[-1] < found.cost[0]
    x = points(run.source)
    again = pj.tsne(x, iterations=0)
    np.testing.assert_allclose(found.frames[0], again.points, rtol=2e-3, atol=1e-7)  # 16 bits on the way
    # A finished map keeps far more neighbours than its start, the PCA.
    assert pj.quality(x, found.points, ks=[10]).recall[0] > pj.quality(x, found.frames[0], ks=[10]).recall[0]


def test_every_run_made_ahead_is_found_and_fits_its_points():
    for run in (*ahead.TSNE, *ahead.UMAP):
        found = made(run)
        assert found.points.shape == (len(points(run.source)), 2), run
        assert np.ptp(found.points, axis=0).min() > 0, run
        assert found.seconds > 0
    assert made(TsneRun(IRIS, perplexity=29.0)) is None
    assert made(UmapRun(IRIS, seed=1)) is None
    assert len(set(ahead.TSNE)) == len(ahead.TSNE)
    assert len(set(ahead.UMAP)) == len(ahead.UMAP)


def test_maps_made_ahead_keep_neighbours_where_there_are_any():
    for run in (TsneRun(Source("digits")), UmapRun(Source("digits"))):
        label = runs.sample(run.source).label
        assert pj.knn_accuracy(made(run).points, label) > 0.9


def test_work_shows_something_before_it_begins():
    for run in (TsneRun(IRIS), UmapRun(IRIS), MdsRun(IRIS)):
        seen = []

        def first(share, places, seen=seen):
            seen.append((share, places))
            raise InterruptedError

        with pytest.raises(InterruptedError):
            run.work(first)
        np.testing.assert_array_equal(seen[0][1], shadow(IRIS).points)
        assert seen[0][0] == 0


def test_work_reports_often_and_can_be_cancelled():
    shares = []

    def report(share, places):
        shares.append(share)
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        TsneRun(IRIS, iterations=250).work(report)
    assert len(shares) > 10
    assert shares == sorted(shares)


def test_smacof_takes_the_first_points():
    assert MdsRun(IRIS, most=40).work().points.shape == (40, 2)


def test_jitter_is_zero_for_equal_maps_and_a_share_of_the_radius():
    square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
    np.testing.assert_allclose(pj.jitter(np.stack([square, square])), 0)
    shift = np.array([0.1, 0.0])
    moved = np.stack([square + shift, square - shift])
    # Each point is 0.1 from its mean place; the radius is √2.
    np.testing.assert_allclose(pj.jitter(moved), 0.1 / np.sqrt(2))
    np.testing.assert_allclose(pj.jitter(7 * moved), 0.1 / np.sqrt(2))


def test_jitter_of_maps_that_have_nothing_in_common_does_not_outgrow_the_radius():
    alone = np.random.default_rng(0).standard_normal((40, 300, 2))
    # Each place is then as far from their mean, the middle, as a map's points are from theirs.
    np.testing.assert_allclose(np.median(pj.jitter(alone)), 1, atol=0.03)


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "swiss_roll", "far", "noise", "scores"])
def test_pca_lengthens_no_distance(name):
    x = points(Source(name, 120))
    assert (pdist(shadow(Source(name, 120)).points) <= pdist(x) * (1 + 1e-9)).all()


def test_crowding_is_one_for_points_strewn_at_random_and_less_in_clumps():
    rng = np.random.default_rng(0)
    strewn = rng.uniform(size=(2000, 2))
    clumps = np.repeat(rng.uniform(size=(200, 2)), 10, axis=0) + 1e-3 * rng.standard_normal((2000, 2))
    lattice = np.stack(np.meshgrid(np.arange(40.0), np.arange(40.0)), axis=-1).reshape(-1, 2)
    assert abs(pj.crowding(strewn) - 1) < 0.05
    assert pj.crowding(clumps) < 0.3
    # On a square lattice every nearest distance is 1 and the density is 1600 / 39².
    np.testing.assert_allclose(pj.crowding(lattice), 2 * np.sqrt(1600 / 39**2))


def test_chances_made_ahead():
    random, pca = (made(Chance(Source("digits"), start)) for start in ("random", "pca"))
    assert random.tsne.shape == random.umap.shape == (runs.SEEDS, 500, 2)
    # Nothing is random in t-SNE but its start.
    assert pj.jitter(pca.tsne).max() < 1e-6 < pj.jitter(random.tsne).min()
    assert made(Chance(IRIS, perplexity=7.0)) is None
    x = points(Source("digits"))
    np.testing.assert_allclose(
        random.tsne_scores[3],
        [pj.quality(x, random.tsne[3], ks=[10]).recall[0], pj.triplets(x, random.tsne[3])],
        atol=2e-3,
    )


def test_new_points_made_ahead_are_what_pca_gives():
    run = Fresh(Source("digits"))
    placed, x = made(run), points(run.source)
    model = pj.pca(x[:-50])
    np.testing.assert_allclose(placed.pca_new, model.transform(x[-50:]), rtol=1e-5, atol=1e-4)
    assert placed.tsne.shape == (450, 2)
    assert placed.tsne_new.shape == placed.umap_new.shape == (50, 2)
    assert placed.again.shape == (500, 2)
    assert made(Fresh(run.source, 49)) is None

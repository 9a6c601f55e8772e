import doctest

import numpy as np
import pytest
from sklearn.cluster import KMeans

from core.classical import kmeans as module
from core.classical.kmeans import group_means, kmeans


def clouds(seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((120, 2)) + 6 * np.repeat([[0, 0], [1, 0], [0, 1]], 40, axis=0)


def test_docstring_examples():
    assert doctest.testmod(module) == (0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_clouds_far_apart_are_found_as_scikit_learn_finds_them(seed):
    x = clouds(seed)
    found = kmeans(x, 3, seed=seed)
    theirs = KMeans(3, n_init=10, random_state=0).fit(x).cluster_centers_
    order = [np.lexsort(np.round(c).T) for c in (found.centres, theirs)]
    np.testing.assert_allclose(found.centres[order[0]], theirs[order[1]], atol=1e-6)


def test_each_point_has_the_nearest_centre_and_each_centre_is_the_mean_of_its_points():
    x = clouds()
    found = kmeans(x, 7, rounds=100)
    apart = np.linalg.norm(x[:, None] - found.centres, axis=2)
    np.testing.assert_array_equal(found.member, apart.argmin(axis=1))
    np.testing.assert_allclose(group_means(x, found.member, 7), found.centres)


def test_more_rounds_are_never_worse():
    x = clouds()
    spread = [((x - (f := kmeans(x, 5, rounds=r)).centres[f.member]) ** 2).sum() for r in range(1, 12)]
    assert (np.diff(spread) <= 1e-9).all()
    assert spread[-1] < spread[0]


def test_all_points_one_centre_and_equal_points():
    x = clouds()
    np.testing.assert_allclose(kmeans(x, 1).centres, x.mean(axis=0)[None])
    assert len(kmeans(np.zeros((9, 2)), 4).centres) == 4
    np.testing.assert_allclose(np.sort(kmeans(x[:6], 6).centres, axis=0), np.sort(x[:6], axis=0))
    assert np.isnan(group_means(x, np.zeros(len(x), int), 2)[1]).all()


@pytest.mark.parametrize("count", [0, 121, 1.5])
def test_bad_counts(count):
    with pytest.raises(ValueError, match="count must be"):
        kmeans(clouds(), count)

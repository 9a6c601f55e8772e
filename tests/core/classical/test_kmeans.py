"""The pieces of k-means; the run itself is held in test_clusters."""

import doctest

import numpy as np
import pytest

from core.classical import kmeans as module
from core.classical.kmeans import group_means, kmeans, starts


def clouds(seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((120, 2)) + 6 * np.repeat([[0, 0], [1, 0], [0, 1]], 40, axis=0)


def test_docstring_examples():
    assert doctest.testmod(module) == (0, 1)


def test_each_point_has_the_nearest_centre_and_each_centre_is_the_mean_of_its_points():
    x = clouds()
    found = kmeans(x, starts(x, 7))
    apart = np.linalg.norm(x[:, None] - found.centers[-1], axis=2)
    np.testing.assert_array_equal(found.labels[-1], apart.argmin(axis=1))
    np.testing.assert_allclose(group_means(x, found.labels[-1], 7), found.centers[-1])


def test_all_points_one_centre_and_equal_points():
    x = clouds()
    np.testing.assert_allclose(kmeans(x, starts(x, 1)).centers[-1], x.mean(axis=0)[None])
    assert starts(np.zeros((9, 2)), 4, method="plusplus").shape == (4, 2)
    np.testing.assert_allclose(kmeans(np.zeros((9, 2)), np.zeros((4, 2))).centers[-1], 0)
    np.testing.assert_allclose(np.sort(kmeans(x[:6], starts(x[:6], 6)).centers[-1], axis=0), np.sort(x[:6], axis=0))
    assert np.isnan(group_means(x, np.zeros(len(x), int), 2)[1]).all()


@pytest.mark.parametrize("count", [0, 121, 1.5])
def test_bad_counts(count):
    with pytest.raises(ValueError, match="k must be"):
        starts(clouds(), count)

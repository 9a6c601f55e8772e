"""Counts in bins, against numpy's."""

import numpy as np

from core.bins import histogram

X = np.random.default_rng(0).normal(0, 2, (3, 500))


def test_counts_are_numpys():
    found = histogram(X, -4.0, 3.0, 20)
    for row, counts in zip(X, found.counts, strict=True):
        expected, edges = np.histogram(row, 20, (-4, 3))
        np.testing.assert_array_equal(counts, expected)
        np.testing.assert_allclose(found.edges, edges)
        np.testing.assert_allclose(
            histogram(row, -10, 10, 30).density, np.histogram(row, 30, (-10, 10), density=True)[0]
        )
    np.testing.assert_allclose(found.middles, -4 + 7 * (np.arange(20) + 0.5) / 20)
    assert found.half == 7 / 40
    assert found.shares.sum() < 3


def test_the_ends():
    values = [-np.inf, -0.1, 0.0, 0.5, 1.0, 1.1, np.inf, np.nan]
    assert histogram(values, 0, 1, 2).counts.tolist() == [1, 2]
    assert histogram(values, 0, 1, 2, beyond=True).counts.tolist() == [3, 5]
    nothing = histogram([], 0, 1, 2)
    assert nothing.counts.tolist() == nothing.shares.tolist() == [0, 0]

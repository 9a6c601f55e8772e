"""What a map kept of near and far: the order of all distances, its global shape.

Shepard, "The analysis of proximities: multidimensional scaling with an unknown distance function" (1962): the diagram.
"""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.projections.points import Floats, Ints, take_both
from core.result import result


@result
class Shepard:
    """Distances of pairs of points, true and on the map."""

    pairs: Ints  # (m, 2) rows
    true: Floats  # (m,)
    mapped: Floats  # (m,)
    correlation: float  # Spearman's: 1 if the map keeps the order of all distances


def shepard(x: ArrayLike, embedding: ArrayLike, *, pairs: int = 2000, seed: int = 0) -> Shepard:
    """Draw pairs of points and give both distances of each.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)
    pairs
        How many, at least 2; a pair may come twice.
    seed
        Of the draw.
    """
    x, y = take_both(x, embedding)
    pairs, n = door.whole("pairs", pairs, least=2), len(x)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    a = rng.integers(0, n, pairs)
    b = (a + rng.integers(1, n, pairs)) % n
    true, mapped = np.linalg.norm(x[a] - x[b], axis=1), np.linalg.norm(y[a] - y[b], axis=1)
    return Shepard(np.column_stack([a, b]), true, mapped, _spearman(true, mapped))


def _spearman(a: Floats, b: Floats) -> float:
    """Correlate the ranks of two lists of numbers; NaN if either is constant."""
    ranks = [_ranks(values) - (len(values) + 1) / 2 for values in (a, b)]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / size if size > 0 else np.nan


def _ranks(values: Floats) -> Floats:
    """Rank numbers from 1; equal ones share the mean of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[which])


def triplets(x: ArrayLike, embedding: ArrayLike, *, count: int = 5000, seed: int = 0) -> float:
    """Give the share of random triplets (i, j, k) for which the map keeps which of j and k is nearer to i.

    1 if all distances keep their order, about ½ for a map drawn at random: a measure of the global shape.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)
    count
        Number of triplets.
    seed
        Of the draw.
    """
    x, y = take_both(x, embedding)
    count, n = door.whole("count", count), len(x)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    i = rng.integers(0, n, count)
    first, second = rng.integers(1, n, count), rng.integers(1, n - 1, count)
    second += second >= first
    j, k = (i + first) % n, (i + second) % n

    def nearer(points: Floats) -> Floats:
        return np.asarray(((points[i] - points[j]) ** 2).sum(axis=1) - ((points[i] - points[k]) ** 2).sum(axis=1))

    return float(np.mean(np.sign(nearer(x)) == np.sign(nearer(y))))

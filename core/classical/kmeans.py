"""k-means: each point goes to the nearest of a few centres, each centre moves to the mean of its points, and again.

References
----------
Lloyd, "Least squares quantization in PCM" (1982).
Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding" (2007).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core import door
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@result
class Clusters:
    """Centres, and the points they stand for."""

    centres: Floats  # (count, d)
    member: Ints  # (n,) the nearest centre of each point


def kmeans(x: ArrayLike, count: int, *, rounds: int = 30, seed: int | np.random.Generator = 0) -> Clusters:
    """Find centres so that points are near to theirs.

    Parameters
    ----------
    x
        (n, d) points.
    count
        Number of centres, from 1 to n.
    rounds
        At most so many; it ends earlier when no centre moves.
    seed
        Of the start.

    Examples
    --------
    >>> kmeans([[0.0], [1.0], [8.0], [9.0]], 2).centres.tolist()
    [[8.5], [0.5]]
    """
    x = door.points("x", x)
    count, rounds = door.whole("count", count, most=len(x)), door.whole("rounds", rounds)
    centres = x[spread_out(x, count, np.random.default_rng(seed))]
    for _ in range(rounds):
        means = group_means(x, nearest(x, centres), count)
        moved = np.where(np.isnan(means), centres, means)  # a centre without points stays
        if np.array_equal(moved, centres):
            break
        centres = moved
    return Clusters(centres, nearest(x, centres))


def spread_out(x: Floats, count: int, rng: np.random.Generator) -> list[int]:
    """Choose rows to start from, far from each other, as k-means++ does."""
    chosen = [int(rng.integers(len(x)))]
    squared = ((x - x[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        # The next is drawn with probability ∝ squared distance to the nearest so far.
        total = squared.sum()
        row = int(np.searchsorted(np.cumsum(squared), rng.uniform() * total)) if total > 0 else len(chosen)
        chosen.append(min(row, len(x) - 1))
        squared = np.minimum(squared, ((x - x[chosen[-1]]) ** 2).sum(axis=1))
    return chosen


def nearest(x: Floats, centres: Floats) -> Ints:
    """Give the nearest centre of each point, (n,)."""
    return np.asarray(cdist(x, centres, "sqeuclidean").argmin(axis=1), dtype=np.int64)


def group_means(x: Floats, member: Ints, count: int) -> Floats:
    """Give the mean of each group of rows, (count, d); NaN for an empty one."""
    sums = np.stack([np.bincount(member, weights=column, minlength=count) for column in x.T], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / np.bincount(member, minlength=count)[:, None])

"""k-means, step by step: centres move to the middle of the points that are nearest to them.

Sources: Lloyd, "Least squares quantization in PCM" (1982); Arthur & Vassilvitskii, "k-means++: the advantages of
careful seeding" (2007), for the start.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core import door
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
METHODS = ("random", "plusplus")


@result
class Trace:
    """A run of k-means: assign, move, assign, move … Row 0 is the start."""

    centers: Floats  # (t, k, d)
    labels: Ints  # (t, n) the nearest centre of each point, where the centres are
    inertia: Floats  # (t,) sum of squared distances to it


def starts(x: ArrayLike, k: int, *, method: str = "random", seed: int = 0) -> Floats:
    """Choose k of the points to start from.

    Parameters
    ----------
    x
        (n, d) points.
    k
        From 1 to n.
    method
        "random": any of them alike. "plusplus": each next one with probability in proportion to its squared distance
        from the nearest so far.

    Returns
    -------
    (k, d) array
    """
    x = door.points("x", x)
    k, rng = door.whole("k", k, most=len(x)), np.random.default_rng(door.whole("seed", seed, least=0))
    door.one_of("method", method, METHODS)
    rows = spread_out(x, k, rng) if method == "plusplus" else rng.choice(len(x), k, replace=False)
    return np.asarray(x[rows], dtype=np.float64)


def kmeans(x: ArrayLike, start: ArrayLike) -> Trace:
    """Assign each point to the nearest centre, move each centre to the mean of its points, until nothing moves.

    A centre without points stays where it is.

    Parameters
    ----------
    x, start
        (n, d) points and (k, d) centres.

    Examples
    --------
    >>> kmeans([[0.0], [1.0], [8.0], [9.0]], [[0.0], [1.0]]).centers[-1].tolist()
    [[0.5], [8.5]]
    """
    x = door.points("x", x)
    centers = [door.numbers("start", start, shape=(None, x.shape[1]))]
    if len(centers[0]) == 0:
        raise ValueError("start must hold at least one centre.")
    labels = [nearest(x, centers[0])]
    while True:  # the inertia falls at each step that changes a label, and there are finitely many ways to label
        means = group_means(x, labels[-1], len(centers[0]))
        moved = np.where(np.isnan(means), centers[-1], means)
        if np.array_equal(moved, centers[-1]):
            break
        centers.append(moved)
        labels.append(nearest(x, moved))
        if np.array_equal(labels[-1], labels[-2]):
            break
    inertia = [float(((x - c[label]) ** 2).sum()) for c, label in zip(centers, labels, strict=True)]
    return Trace(np.array(centers), np.array(labels), np.array(inertia))


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

"""Neighbourhoods: who is near whom in truth and on a map, and what a map kept of that.

Venna & Kaski, "Neighborhood preservation in nonlinear projection methods" (2001): trustworthiness and continuity.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.projections.points import MAX_POINTS, Floats, Ints, squared_distances, take
from core.result import result


@result
class Order:
    """Who is whose how-many-eth neighbour."""

    near: NDArray[np.int32]  # (n, n − 1) all others of each point, nearest first; of equally distant ones in row order
    rank: NDArray[np.int32]  # (n, n) `rank[i, j]` is 1 if j is i's nearest; 0 on the diagonal


def order(x: ArrayLike) -> Order:
    """Rank all others of each of 2 to `MAX_POINTS` points (n, d) by distance; `quality` compares two of these."""
    x = take("x", x, least=2, most=MAX_POINTS)
    n = len(x)
    keys = squared_distances(x, x)
    np.fill_diagonal(keys, -1)
    # Numbers ≥ 0 sort as their bits do. Rounded to 39 bits, so that what was computed as equal is equal, with the row in the
    # 13 that are free then, equal distances come in the order of their rows, and sorting the keys sorts the rows with them.
    bits, last = keys.view(np.int64), (1 << 13) - 1
    bits += (last + 1) // 2
    bits &= ~last
    bits |= np.arange(n)
    bits.sort(axis=1)
    bits &= last
    near = bits.astype(np.int32)
    rank = np.empty((n, n), dtype=np.int32)
    np.put_along_axis(rank, near, np.arange(n, dtype=np.int32)[None], axis=1)
    return Order(near[:, 1:].copy(), rank)


def _both(x: ArrayLike | Order, embedding: ArrayLike | Order) -> tuple[Order, Order]:
    true = x if isinstance(x, Order) else order(x)
    mapped = embedding if isinstance(embedding, Order) else order(embedding)
    if len(true.rank) != len(mapped.rank):
        raise ValueError(f"x and embedding must have equally many rows, not {len(true.rank)} and {len(mapped.rank)}.")
    return true, mapped


@result
class Quality:
    """What a map kept of the neighbourhoods, for each k of `ks`."""

    trustworthiness: Floats  # (len(ks),) 1 if no point has a false neighbour; each costs by how far off it truly is
    continuity: Floats  # (len(ks),) the same for missing neighbours
    recall: Floats  # (len(ks),) share of the k true nearest neighbours that are among the k nearest of the map
    point_trust: Floats  # (n,) of each point alone, at the first of `ks`; the means are the first entries above
    point_continuity: Floats
    point_recall: Floats
    ks: Ints


def quality(x: ArrayLike | Order, embedding: ArrayLike | Order, *, ks: Sequence[int]) -> Quality:
    """Measure what a map keeps of the neighbourhoods, for all k in one pass.

    Parameters
    ----------
    x
        (n, d) the points, or their `order` where it is known already.
    embedding
        (n, components) their places, or the order of those.
    ks
        Numbers of neighbours, each at least 1 and below n / 2.
    """
    true, mapped = _both(x, embedding)
    n = len(true.rank)
    if len(ks) == 0:
        raise ValueError("ks must hold at least one number of neighbours.")
    for k in ks:
        if door.whole("k", k) >= n / 2:
            raise ValueError(f"k must be below half the number of points, {n / 2:g}, not {k}.")
    rows, most = np.arange(n)[:, None], max(ks)
    false = true.rank[rows, mapped.near[:, :most]]
    missing = mapped.rank[rows, true.near[:, :most]]
    trust, continuity, recall = [], [], []
    for k in ks:
        # T(k) = 1 − 2 / (n k (2n − 3k − 1)) Σ_i Σ_j max(0, r_ij − k), over the map's k neighbours j of i, r_ij the true rank.
        fine = 2 / (k * (2 * n - 3 * k - 1))
        trust.append(1 - fine * np.maximum(false[:, :k] - k, 0).sum(axis=1))
        continuity.append(1 - fine * np.maximum(missing[:, :k] - k, 0).sum(axis=1))
        recall.append((false[:, :k] <= k).mean(axis=1))
    over = [np.array([each.mean() for each in points]) for points in (trust, continuity, recall)]
    return Quality(over[0], over[1], over[2], trust[0], continuity[0], recall[0], np.array(ks))


@result
class Links:
    """Rows of one point's k neighbours: true ones, and those the map invents or loses."""

    kept: Ints  # near in both
    false: Ints  # near only in the map
    missing: Ints  # near only in truth


def links(x: ArrayLike | Order, embedding: ArrayLike | Order, point: int, *, k: int = 10) -> Links:
    """Compare the k neighbours, 1 to n − 1, of the point in row `point` in truth and on the map."""
    true, mapped = _both(x, embedding)
    n = len(true.rank)
    point, k = door.whole("point", point, least=0, most=n - 1), door.whole("k", k, most=n - 1)
    here, there = true.near[point, :k].astype(np.int64), mapped.near[point, :k].astype(np.int64)
    return Links(here[np.isin(here, there)], there[~np.isin(there, here)], here[~np.isin(here, there)])


def knn_accuracy(points: ArrayLike, labels: ArrayLike, *, k: int = 10) -> float:
    """Give the share of points whose k nearest others vote for their label: whether a map keeps the classes apart.

    Parameters
    ----------
    points
        (n, d), up to `MAX_POINTS`.
    labels
        (n,) whole numbers from 0.
    k
        1 to n − 1. Equal votes: the smallest label.
    """
    points = take("points", points, least=3)
    y = door.labels("labels", labels, len(points))
    k = door.whole("k", k, most=len(points) - 1)
    near = order(points).near[:, :k]
    votes = np.stack([(y[near] == c).sum(axis=1) for c in range(int(y.max()) + 1)], axis=1)
    return float(np.mean(votes.argmax(axis=1) == y))

"""Neighbourhoods: who is near whom in truth and on a map, and what a map kept of that.

Venna & Kaski, "Neighborhood preservation in nonlinear projection methods" (2001): trustworthiness and continuity.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.projections.points import MAX_POINTS, Floats, Ints, squared_distances, take, take_both
from core.result import result


@result
class Order:
    """Who is whose how-many-eth neighbour."""

    near: NDArray[np.int32]  # (n, n − 1) all others of each point, nearest first; of equally distant ones in row order
    rank: NDArray[np.int32]  # (n, n) `rank[i, j]` is 1 if j is i's nearest; 0 on the diagonal


def order(x: ArrayLike) -> Order:
    """Rank all others of each of 2 to `MAX_POINTS` points (n, d) by distance; `ranks` compares two of these."""
    x = take("x", x, least=2, most=MAX_POINTS)
    n = len(x)
    squares = squared_distances(x, x)
    np.fill_diagonal(squares, -1)
    near = _nearest_first(squares)
    rank = np.empty((n, n), dtype=np.int32)
    np.put_along_axis(rank, near, np.arange(n, dtype=np.int32)[None], axis=1)
    return Order(near[:, 1:].copy(), rank)


def _nearest_first(squares: Floats) -> NDArray[np.int32]:
    """Sort the columns of each row of squared distances (m, n), -1 for the point itself; `squares` is used up."""
    # Numbers ≥ 0 sort as their bits do. Rounded to 39 bits, so that what was computed as equal is equal, with the row
    # in the 13 that are free then, equal distances come in the order of their rows, and the rows are sorted with them.
    bits, last = squares.view(np.int64), (1 << 13) - 1
    bits += (last + 1) // 2
    bits &= ~last
    bits |= np.arange(squares.shape[1])
    bits.sort(axis=1)
    bits &= last
    return bits.astype(np.int32)


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


@result
class Ranks:
    """How far off the nearest neighbours are, which is all that is measured of a map."""

    mapped: NDArray[np.int32]  # (n, most) the true rank of each point's nearest on the map
    true: NDArray[np.int32]  # (n, most) the rank on the map of each point's truly nearest

    def quality(self, ks: Sequence[int]) -> Quality:
        """Measure at some numbers of neighbours, each at least 1, at most `most`, and below n / 2."""
        n, most = self.true.shape
        if len(ks) == 0:
            raise ValueError("ks must hold at least one number of neighbours.")
        trust, continuity, recall = [], [], []
        for k in ks:
            if door.whole("k", k, most=most) >= n / 2:
                raise ValueError(f"k must be below half the number of points, {n / 2:g}, not {k}.")
            # T(k) = 1 − 2 / (n k (2n − 3k − 1)) Σ_i Σ_j max(0, r_ij − k), over the map's k neighbours j of i, r_ij the
            # true rank; continuity with map and truth exchanged.
            fine = 2 / (k * (2 * n - 3 * k - 1))
            trust.append(1 - fine * np.maximum(self.mapped[:, :k] - k, 0).sum(axis=1))
            continuity.append(1 - fine * np.maximum(self.true[:, :k] - k, 0).sum(axis=1))
            recall.append((self.mapped[:, :k] <= k).mean(axis=1))
        over = [np.array([each.mean() for each in points]) for points in (trust, continuity, recall)]
        return Quality(over[0], over[1], over[2], trust[0], continuity[0], recall[0], np.array(ks))


def ranks(x: ArrayLike | Order, embedding: ArrayLike | Order, *, most: int) -> Ranks:
    """Look up, for the `most` nearest of each point in truth and on the map, their rank in the other.

    Parameters
    ----------
    x
        (n, d) the points, or their `order` where it is known already.
    embedding
        (n, components) their places, or the order of those.
    most
        1 to n − 1.
    """
    true = x if isinstance(x, Order) else order(x)
    mapped = embedding if isinstance(embedding, Order) else order(embedding)
    n = len(true.rank)
    if len(mapped.rank) != n:
        raise ValueError(f"x and embedding must have equally many rows, not {n} and {len(mapped.rank)}.")
    rows, most = np.arange(n)[:, None], door.whole("most", most, most=n - 1)
    return Ranks(true.rank[rows, mapped.near[:, :most]], mapped.rank[rows, true.near[:, :most]])


def quality(x: ArrayLike | Order, embedding: ArrayLike | Order, *, ks: Sequence[int]) -> Quality:
    """Measure what a map keeps of the neighbourhoods, for all k in one pass.

    Parameters
    ----------
    x, embedding
        As for `ranks`.
    ks
        Numbers of neighbours, each at least 1 and below n / 2.
    """
    n = len(x.rank if isinstance(x, Order) else np.asarray(x))
    return ranks(x, embedding, most=min(max([1, *ks]), n - 1)).quality(ks)


@result
class Links:
    """Rows of one point's k neighbours: true ones, and those the map invents or loses."""

    kept: Ints  # near in both
    false: Ints  # near only in the map
    missing: Ints  # near only in truth


def links(x: ArrayLike, embedding: ArrayLike, point: int, *, k: int = 10) -> Links:
    """Compare the k neighbours, 1 to n − 1, of the point in row `point` in truth and on the map."""
    both = take_both(x, embedding, least=2)
    n = len(both[0])
    point, k = door.whole("point", point, least=0, most=n - 1), door.whole("k", k, most=n - 1)

    def nearest(z: Floats) -> Ints:
        squares = squared_distances(z[point : point + 1], z)
        squares[0, point] = -1
        return _nearest_first(squares)[0, 1 : k + 1].astype(np.int64)

    here, there = map(nearest, both)
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

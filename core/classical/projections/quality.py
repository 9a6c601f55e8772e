"""Neighbourhoods: who is near whom in truth and on a map, and what a map kept of that.

Venna & Kaski, "Neighborhood preservation in nonlinear projection methods" (2001): trustworthiness and continuity.

Of equally distant points none is nearer: they have one rank, and where the k-th place falls among them they share the
places that are left. So nothing depends on the order of the rows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core import door
from core.classical.projections.points import MAX_POINTS, Floats, Ints, take, take_both
from core.result import result


@result
class Order:
    """Who is whose how-many-eth neighbour."""

    near: NDArray[np.int32]  # (n, n − 1) all others of each point, nearest first; of equally distant ones in row order
    rank: NDArray[np.int32]  # (n, n) `rank[i, j]` is 1 + how many are nearer to i than j is; 0 on the diagonal


def order(x: ArrayLike) -> Order:
    """Rank all others of each of 2 to `MAX_POINTS` points (n, d) by distance; `ranks` compares two of these."""
    x = take("x", x, least=2, most=MAX_POINTS)
    squares = _squares(x, x)
    np.fill_diagonal(squares, -1)
    near, place = _nearest_first(squares)
    rank = np.empty_like(near)
    np.put_along_axis(rank, near, place, axis=1)
    return Order(near[:, 1:].copy(), rank)


def _squares(a: Floats, b: Floats) -> Floats:
    """Give squared distances in which rows that are equal are at 0, and those that are equally far off are so."""
    return np.asarray(cdist(a, b, "sqeuclidean"))  # from the differences: |a|² + |b|² − 2 a·b rounds more


def _nearest_first(squares: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Sort the columns of each row of squared distances (m, n), -1 for the point itself; `squares` is used up.

    Gives the columns, and how many in the row are nearer than each.
    """
    # Numbers ≥ 0 sort as their bits do. Rounded to 39 bits, so that what was computed as equal is equal, with the row
    # in the 13 that are free then, equal distances come in the order of their rows, and the rows are sorted with them.
    bits, last = squares.view(np.int64), (1 << 13) - 1
    bits += (last + 1) // 2
    bits &= ~last
    bits |= np.arange(squares.shape[1])
    bits.sort(axis=1)
    near = (bits & last).astype(np.int32)
    bits >>= 13
    place = np.zeros_like(near)
    place[:, 1:] = np.where(bits[:, 1:] > bits[:, :-1], np.arange(1, bits.shape[1]), 0)
    return near, np.maximum.accumulate(place, axis=1, out=place)


@result
class Quality:
    """What a map kept of the neighbourhoods, for each k of `ks`."""

    trustworthiness: Floats  # (len(ks),) 1 if no point has a false neighbour; each costs by how far off it truly is
    continuity: Floats  # (len(ks),) the same for missing neighbours
    recall: Floats  # (len(ks),) share of the k nearest on the map that are truly as near as the k-th nearest, or nearer
    point_trust: Floats  # (n,) of each point alone, at the first of `ks`; the means are the first entries above
    point_continuity: Floats
    point_recall: Floats
    ks: Ints


@result
class Ranks:
    """How far off the nearest neighbours are, which is all that is measured of a map.

    Of each point the `most` nearest, and those as far as the last of them; what the longest row has beyond is cut off
    by its place.
    """

    mapped: NDArray[np.int32]  # (n, m) the true rank of each point's nearest on the map
    mapped_place: NDArray[np.int32]  # (n, m) and their rank on the map itself
    true: NDArray[np.int32]  # (n, l) the rank on the map of each point's truly nearest
    true_place: NDArray[np.int32]  # (n, l) and their true rank
    most: int

    def quality(self, ks: Sequence[int]) -> Quality:
        """Measure at some numbers of neighbours, each at least 1, at most `most`, and below n / 2."""
        n = len(self.true)
        if len(ks) == 0:
            raise ValueError("ks must hold at least one number of neighbours.")
        trust, continuity, recall = [], [], []
        for k in ks:
            if door.whole("k", k, most=self.most) >= n / 2:
                raise ValueError(f"k must be below half the number of points, {n / 2:g}, not {k}.")
            mapped, truly = shares(self.mapped_place, k), shares(self.true_place, k)
            # T(k) = 1 − 2 / (n k (2n − 3k − 1)) Σ_i Σ_j max(0, r_ij − k), over the map's k neighbours j of i, r_ij the
            # true rank; continuity with map and truth exchanged.
            fine = 2 / (k * (2 * n - 3 * k - 1))
            trust.append(1 - fine * (mapped * np.maximum(self.mapped[:, : mapped.shape[1]] - k, 0)).sum(axis=1))
            continuity.append(1 - fine * (truly * np.maximum(self.true[:, : truly.shape[1]] - k, 0)).sum(axis=1))
            recall.append((mapped * (self.mapped[:, : mapped.shape[1]] <= k)).sum(axis=1) / k)
        over = [np.array([each.mean() for each in points]) for points in (trust, continuity, recall)]
        return Quality(over[0], over[1], over[2], trust[0], continuity[0], recall[0], np.array(ks))

    def tied(self, k: int) -> float:
        """Give the share of points more than k others of which are truly as near as the k-th nearest."""
        return float(np.mean((self.true_place <= k).sum(axis=1) > k))


def shares(place: NDArray[np.int32], k: int) -> Floats:
    """Say how much of a neighbour each of some nearest is: 1, or of those as far as the k-th what is left for each.

    Parameters
    ----------
    place
        (n, m) rising ranks, with all that are as far as the k-th.
    k
        How many neighbours there are, 1 to m.

    Returns
    -------
    (n, most) array
        As wide as it has to be; each row sums to k.
    """
    last = place[:, k - 1 : k]
    counts = (place <= last).sum(axis=1, keepdims=True)
    place = place[:, : int(counts.max())]
    inside = last - 1  # so many are nearer
    return np.where(place < last, 1.0, np.where(place == last, (k - inside) / (counts - inside), 0.0))


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
    most = door.whole("most", most, most=n - 1)

    def nearest(one: Order, other: Order) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        last = np.take_along_axis(one.rank, one.near[:, most - 1 : most], axis=1)
        width = int((one.rank <= last).sum(axis=1).max()) - 1  # without the point itself
        near = one.near[:, :width]
        return np.take_along_axis(other.rank, near, axis=1), np.take_along_axis(one.rank, near, axis=1)

    return Ranks(*nearest(mapped, true), *nearest(true, mapped), most)


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
    """Rows of one point's k neighbours: true ones, and those the map invents or loses; all that are equally near."""

    kept: Ints  # near in both
    false: Ints  # near only in the map
    missing: Ints  # near only in truth


def links(x: ArrayLike, embedding: ArrayLike, point: int, *, k: int = 10) -> Links:
    """Compare the k neighbours, 1 to n − 1, of the point in row `point` in truth and on the map."""
    both = take_both(x, embedding, least=2)
    n = len(both[0])
    point, k = door.whole("point", point, least=0, most=n - 1), door.whole("k", k, most=n - 1)

    def nearest(z: Floats) -> Ints:
        squares = _squares(z[point : point + 1], z)
        squares[0, point] = -1
        near, place = _nearest_first(squares)
        found: Ints = near[0, 1:][place[0, 1:] <= place[0, k]].astype(np.int64)
        return found

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
        1 to n − 1. Equally near ones share what is left of the votes. Equal votes: the smallest label.
    """
    points = take("points", points, least=3)
    y = door.labels("labels", labels, len(points))
    k = door.whole("k", k, most=len(points) - 1)
    found = order(points)
    vote = shares(np.take_along_axis(found.rank, found.near, axis=1), k)
    voters = y[found.near[:, : vote.shape[1]]]
    votes = np.stack([(vote * (voters == c)).sum(axis=1) for c in range(int(y.max()) + 1)], axis=1)
    return float(np.mean(votes.round(9).argmax(axis=1) == y))

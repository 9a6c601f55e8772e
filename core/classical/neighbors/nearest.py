"""The k nearest examples of many queries: by all distances, or by scipy's k-d tree where that is faster."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from core import door
from core.classical.neighbors.distances import BLOCK, Bools, Floats, Ints, Space, pair
from core.result import result

SAME = 1e-10  # numbers this close (relatively) are equal: sums of rounded numbers


def kneighbors(x: ArrayLike, query: ArrayLike, *, k: int, metric: str = "l2", p: float = 2.0) -> tuple[Floats, Ints]:
    """Find the k nearest examples of each query, nearest first; of equally distant ones the smaller index first.

    Parameters
    ----------
    x
        (n, d) examples.
    query
        (m, d) points to ask about.
    k
        How many, from 1 to n.
    metric
        "l1": Σ|aᵢ − bᵢ|. "l2": Euclidean. "linf": the largest |aᵢ − bᵢ|. "lp": (Σ|aᵢ − bᵢ|ᵖ)^(1/p).
        "cosine": 1 − cos of the angle; 1 from the zero vector. "mahalanobis": Euclidean after whitening with the
        covariance of x (ddof 1).
    p
        Exponent of "lp", at least 1.

    Returns
    -------
    distances, indices
        (m, k) each.

    Examples
    --------
    >>> distances, indices = kneighbors([[0, 0], [1, 0], [0, 1]], [[0, 0]], k=2)
    >>> distances.tolist(), indices.tolist()
    ([[0.0, 1.0]], [[0, 1]])
    """
    x, query = pair(x, query)
    return ranked(Space(x, query, metric, p), door.whole("k", k, most=len(x)))


@result
class Voters:
    """All that have a vote about one query, nearest first."""

    indices: Ints  # (m,) k, or more where several are as far as the k-th
    distances: Floats  # (m,)
    share: Floats  # (m,) how much of a vote each has; together k


def voters(x: ArrayLike, query: ArrayLike, *, k: int, metric: str = "l2", p: float = 2.0) -> Voters:
    """Find the examples that vote about one query (d,): arguments are those of `kneighbors`."""
    x, asked = pair(x, door.numbers("query", query, ndim=1)[None])
    space = Space(x, asked, metric, p)
    d = space.between(space.query)
    k = door.whole("k", k, most=len(x))
    share = shares(d, np.sort(d, axis=1)[:, k - 1 : k], k)[0][0]
    order = np.argsort(d[0], kind="stable")[: np.count_nonzero(share)]
    return Voters(order, d[0, order], share[order])


def ranked(space: Space, k: int) -> tuple[Floats, Ints]:
    """Give (m, k) distances and indices, in order."""
    if tree_pays(space, k):
        return _tree(space, k)
    distances, indices = np.empty((len(space.query), k)), np.empty((len(space.query), k), dtype=np.int64)
    for rows, d in space.blocks():
        distances[rows], indices[rows] = rank(d, k)
    return distances, indices


def shares(d: Floats, far: Floats, k: int) -> tuple[Floats, Bools]:
    """Give each example's share of a vote: 1 if it is nearer than the k-th, and what is left for those as far as it.

    Parameters
    ----------
    d
        (m, n) distances, all that are as far as the k-th among them.
    far
        (m, 1) distance of the k-th.
    k
        How many votes there are.

    Returns
    -------
    share, shared
        (m, n) each row sums to k; (m,) whether more than k have any of it.
    """
    near = d <= far * (1 + SAME)
    share = near.astype(np.float64)
    # Where more than k are near, c of them closer than the k-th, each of the t that are as far as it has (k − c) / t.
    shared = np.asarray(np.count_nonzero(near, axis=1) > k)
    crowded = np.flatnonzero(shared)
    if len(crowded):
        inside = d[crowded] < far[crowded] * (1 - SAME)
        edge = near[crowded] & ~inside
        left = k - np.count_nonzero(inside, axis=1, keepdims=True)
        share[crowded] = inside + edge * (left / np.count_nonzero(edge, axis=1, keepdims=True))
    return share, shared


def rank(d: Floats, k: int, *, ties: bool = False) -> tuple[Floats, Ints]:
    """Sort the k nearest in each row of distances, smaller indices first where equal.

    With `ties` also those as far as the k-th, and as many in each row as the row with the most of them has.
    """
    if ties:
        far = np.partition(d, k - 1, axis=1)[:, k - 1 : k]
        k = int(np.count_nonzero(d <= far * (1 + SAME), axis=1).max(initial=k))
    if k < d.shape[1]:
        columns = np.argpartition(d, k - 1, axis=1)[:, :k]
        columns.sort(axis=1)
        far = np.take_along_axis(d, columns, axis=1).max(axis=1, keepdims=True)
        crowded = np.flatnonzero(np.count_nonzero(d <= far, axis=1) > k)
        if len(crowded):
            columns[crowded] = np.sort(np.argsort(d[crowded], axis=1, kind="stable")[:, :k], axis=1)
    else:
        columns = np.broadcast_to(np.arange(d.shape[1]), d.shape)
    values = np.take_along_axis(d, columns, axis=1)
    # The default sort is several times faster than the stable one; only rows with equal distances need that.
    order = np.argsort(values, axis=1)
    in_order = np.take_along_axis(values, order, axis=1)
    equal = np.flatnonzero((in_order[:, 1:] == in_order[:, :-1]).any(axis=1))
    order[equal] = np.argsort(values[equal], axis=1, kind="stable")
    return in_order, np.take_along_axis(columns, order, axis=1).astype(np.int64)


def tree_pays(space: Space, k: int) -> bool:
    """Whether a k-d tree is faster than all distances: few dimensions, many examples, few neighbours."""
    n, d = space.x.shape
    return space.metric != "cosine" and space.p <= 20 and d <= 6 and n > 300 + 8 * k and len(space.query) > 32


def _tree(space: Space, k: int) -> tuple[Floats, Ints]:
    p = {"l1": 1.0, "linf": np.inf, "lp": space.p}.get(space.metric, 2.0)
    d, i = cKDTree(space.x).query(space.query, k=k + 1, p=p)
    distances, indices = d[:, :k].copy(), i[:, :k].astype(np.int64)
    # The tree knows no order among equals: those rows are done again, all distances and the tie rule.
    close = np.flatnonzero((d[:, 1:] <= d[:, :-1] * (1 + SAME)).any(axis=1))
    rows = max(16, BLOCK // len(space.x))
    for start in range(0, len(close), rows):
        part = close[start : start + rows]
        distances[part], indices[part] = rank(space.between(space.query[part]), k)
    return distances, indices

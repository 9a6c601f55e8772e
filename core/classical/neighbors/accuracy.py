"""How often the vote is right, for many k from one ranking."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.distances import Bools, Floats, Ints, Space, pair
from core.classical.neighbors.nearest import rank, ranked
from core.classical.neighbors.voting import WEIGHTS, class_means, counted, weigh, winner


def accuracy_over_k(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    truth: ArrayLike,
    ks: ArrayLike,
    *,
    metric: str = "l2",
    p: float = 2.0,
    weights: str = "uniform",
) -> Floats:
    """Give the share of queries that get their true class, for many k.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    query, truth
        (m, d) points to ask about and their (m,) classes.
    ks
        (j,) numbers of neighbours, each from 1 to n.
    metric, p, weights
        As for `vote`.

    Returns
    -------
    (j,) array
    """
    x, query = pair(x, query)
    (y, count), (truth, more) = counted(y, len(x)), counted(truth, len(query))
    ks = _whole(ks, len(x))
    door.one_of("weights", weights, WEIGHTS)
    distances, indices = ranked(Space(x, query, metric, p), int(ks.max()))
    return _hits(distances, y[indices], truth, ks, max(count, more), weights)


def loo_accuracy(
    x: ArrayLike, y: ArrayLike, ks: ArrayLike, *, metric: str = "l2", p: float = 2.0, weights: str = "uniform"
) -> Floats:
    """Ask each example about itself, itself left out, and give the share that is right, for many k.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes, at least two.
    ks
        (j,) numbers of neighbours, each from 1 to n − 1.
    metric, p, weights
        As for `vote`. The covariance of "mahalanobis" is that of all of x, the example left out among them.

    Returns
    -------
    (j,) array
    """
    x, _ = pair(x, x)
    y, count = counted(y, len(x))
    if len(x) < 2:
        raise ValueError("Leaving one out needs at least two examples.")
    ks = _whole(ks, len(x) - 1)
    door.one_of("weights", weights, WEIGHTS)
    most = int(ks.max())
    distances, indices = np.empty((len(x), most)), np.empty((len(x), most), dtype=np.int64)
    for rows, d in Space(x, x, metric, p).blocks():
        d[np.arange(len(d)), np.arange(rows.start, rows.stop)] = np.inf  # not itself
        distances[rows], indices[rows] = rank(d, most)
    return _hits(distances, y[indices], y, ks, count, weights)


def _whole(ks: ArrayLike, most: int) -> Ints:
    whole = np.asarray(ks)
    if whole.ndim != 1 or not whole.size or whole.dtype.kind not in "iu" or whole.min() < 1 or whole.max() > most:
        raise ValueError(f"ks must be a list of whole numbers from 1 to {most}.")
    return whole.astype(np.int64)


def _hits(distances: Floats, voters: Ints, truth: Ints, ks: Ints, classes: int, weights: str) -> Floats:
    """Give the share of rows whose vote is right, for each k, given the (m, most) neighbours in order."""
    if weights == "gaussian":  # its bandwidth changes with k, so nothing can be summed up along the ranking
        return np.array([_right(distances[:, :k], voters[:, :k], truth, classes, weights) for k in ks])
    w = weigh(distances, distances[:, -1:], weights)
    # votes_c(k) = Σ_{i ≤ k} weight of neighbour i of class c: running sums give every k at once
    votes = np.stack([np.cumsum(w * (voters == c), axis=1)[:, ks - 1] for c in range(classes)], axis=2)

    def means(tie: Bools) -> Floats:
        row, column = np.divmod(np.flatnonzero(tie), len(ks))
        rows, row = np.unique(row, return_inverse=True)  # few rows are tied at any k
        apart, at = distances[rows], ks[column] - 1
        out = np.full((len(row), classes), np.nan)
        for c in range(classes):
            member = voters[rows] == c
            total, many = np.cumsum(apart * member, axis=1), np.cumsum(member, axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                out[:, c] = total[row, at] / many[row, at]
        return out

    label, _ = winner(votes.reshape(-1, classes), means)
    return np.asarray((label.reshape(len(truth), len(ks)) == truth[:, None]).mean(axis=0))


def _right(d: Floats, voters: Ints, truth: Ints, classes: int, weights: str) -> float:
    """Give the share of rows whose vote is right, all neighbours counted."""
    w = weigh(d, d[:, -1:], weights)
    votes = np.stack([(w * (voters == c)).sum(axis=1) for c in range(classes)], axis=1)
    label, _ = winner(votes, lambda rows: class_means(d[rows], voters[rows], classes))
    return float(np.mean(label == truth))

"""How often the vote is right, for many k from one ranking."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.distances import Bools, Floats, Ints, Space, pair
from core.classical.neighbors.nearest import SAME, rank
from core.classical.neighbors.voting import WEIGHTS, counted, tally, weigh, winner


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
    space, most, hits = Space(x, query, metric, p), int(ks.max()), np.zeros(len(ks))
    for rows, d in space.blocks():
        distances, indices = rank(d, most, ties=True)
        hits += _hits(distances, y[indices], truth[rows], ks, max(count, more), weights)
    return np.asarray(hits / len(query))


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
    most, hits = int(ks.max()), np.zeros(len(ks))
    for rows, d in Space(x, x, metric, p).blocks():
        d[np.arange(len(d)), np.arange(rows.start, rows.stop)] = np.inf  # not itself
        distances, indices = rank(d, most, ties=True)
        hits += _hits(distances, y[indices], y[rows], ks, count, weights)
    return np.asarray(hits / len(x))


def _whole(ks: ArrayLike, most: int) -> Ints:
    whole = np.asarray(ks)
    if whole.ndim != 1 or not whole.size or whole.dtype.kind not in "iu" or whole.min() < 1 or whole.max() > most:
        raise ValueError(f"ks must be a list of whole numbers from 1 to {most}.")
    return whole.astype(np.int64)


def _hits(distances: Floats, voters: Ints, truth: Ints, ks: Ints, classes: int, weights: str) -> Floats:
    """Count the rows whose vote is right, for each k, given the (m, n) nearest in order and their classes."""
    if weights == "gaussian":  # its bandwidth changes with k, so nothing can be summed up along the ranking
        kind = np.eye(classes)[voters]
        return np.array([np.sum(tally(distances, kind, k, weights)[1] == truth) for k in ks.tolist()], np.float64)
    first, end = (at[:, ks - 1] for at in _runs(distances))
    left = (ks - first) / (end - first)  # what each of those as far as the k-th has of a vote
    w = weigh(distances, distances, weights)

    def summed(values: Floats) -> Floats:
        """Give Σ share · value at every k, from running sums along the ranking."""
        total = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
        before, after = (np.take_along_axis(total, at, axis=1) for at in (first, end))
        return np.asarray(before + left * (after - before))

    # votes_c(k) = Σ share · weight of the neighbours of class c
    votes = np.stack([summed(w * (voters == c)) for c in range(classes)], axis=2)

    def means(tie: Bools) -> Floats:
        of = [(voters == c).astype(np.float64) for c in range(classes)]
        with np.errstate(invalid="ignore", divide="ignore"):
            each = [summed(distances * own) / summed(own) for own in of]
        return np.stack(each, axis=2).reshape(-1, classes)[tie]

    label, _ = winner(votes.reshape(-1, classes), means)
    return np.asarray((label.reshape(len(truth), len(ks)) == truth[:, None]).sum(axis=0), dtype=np.float64)


def _runs(distances: Floats) -> tuple[Ints, Ints]:
    """Say of each in rows of rising distances (m, n) where those as far as it begin, and where they end."""
    n = distances.shape[1]
    steps = np.pad(distances[:, 1:] > distances[:, :-1] * (1 + SAME), ((0, 0), (1, 0)), constant_values=True)
    first = np.maximum.accumulate(np.where(steps, np.arange(n), 0), axis=1)
    ends = np.pad(steps[:, 1:], ((0, 0), (0, 1)), constant_values=True)
    last = np.minimum.accumulate(np.where(ends, np.arange(1, n + 1), n)[:, ::-1], axis=1)[:, ::-1]
    return first, last

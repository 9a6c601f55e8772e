"""The k nearest examples vote."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.distances import BLOCK, LARGEST, Bools, Floats, Ints, Space, pair
from core.classical.neighbors.nearest import SAME, ranked, tree_pays
from core.result import result

WEIGHTS = ("uniform", "distance", "gaussian")


@result
class Vote:
    """What the neighbours of each query say."""

    proba: Floats  # (m, classes) each class's share of the votes
    label: Ints  # (m,) the class that wins
    tied: Bools  # (m,) whether classes got equally many votes and the tie rule decided
    radius: Floats  # (m,) distance of the k-th neighbour


def vote(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    *,
    k: int,
    metric: str = "l2",
    p: float = 2.0,
    weights: str = "uniform",
    classes: int | None = None,
) -> Vote:
    """Let the k nearest examples of each query vote.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes, whole numbers from 0.
    query
        (m, d) points to ask about.
    k, metric, p
        As for `kneighbors`.
    weights
        What a vote weighs. "uniform": 1. "distance": 1/distance; if a neighbour is at distance 0, only those at
        distance 0 count, 1 each. "gaussian": exp(−½ (distance/h)²) with h the distance of the k-th neighbour.
    classes
        Number of classes; the largest label + 1 if not given.
    """
    x, query = pair(x, query)
    y, count = counted(y, len(x), classes)
    k = door.whole("k", k, most=len(x))
    door.one_of("weights", weights, WEIGHTS)
    space = Space(x, query, metric, p)
    if tree_pays(space, k):
        distances, indices = ranked(space, k)
        return _of_ranked(distances, y[indices], count, weights)
    proba, label = np.empty((len(query), count)), np.empty(len(query), dtype=np.int64)
    tied, radius = np.empty(len(query), dtype=bool), np.empty(len(query))
    one_hot = np.zeros((len(x), count))
    one_hot[np.arange(len(x)), y] = 1.0
    for rows, d in space.blocks():
        near, far = _nearest_mask(d, k)
        # votes_c = Σ weight of the neighbours of class c, for all queries as one product of matrices
        w = near.astype(np.float64) if weights == "uniform" else weigh(d, far, weights, near)
        votes = w @ one_hot

        def means(tie: Bools, d: Floats = d, near: Bools = near) -> Floats:
            inside = near[tie].astype(np.float64)
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.asarray(((inside * d[tie]) @ one_hot) / (inside @ one_hot))

        label[rows], tied[rows] = winner(votes, means)
        proba[rows] = votes / votes.sum(axis=1, keepdims=True)
        radius[rows] = far[:, 0]
    return Vote(proba, label, tied, radius)


def _of_ranked(distances: Floats, voters: Ints, classes: int, weights: str) -> Vote:
    """Count the votes of (m, k) neighbours in order, given their distances and classes."""
    w = weigh(distances, distances[:, -1:], weights)
    # votes_c = Σ weight of the neighbours of class c
    votes = np.stack([(w * (voters == c)).sum(axis=1) for c in range(classes)], axis=1)
    label, tied = winner(votes, lambda rows: class_means(distances[rows], voters[rows], classes))
    return Vote(votes / votes.sum(axis=1, keepdims=True), label, tied, distances[:, -1].copy())


def knn_proba(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    *,
    k: int,
    metric: str = "l2",
    p: float = 2.0,
    weights: str = "uniform",
) -> Floats:
    """Give each class's share of the votes, (m, classes); arguments are those of `vote`.

    There is a column for each class from 0 to the largest label.
    """
    return vote(x, y, query, k=k, metric=metric, p=p, weights=weights).proba


def knn_predict(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    *,
    k: int,
    metric: str = "l2",
    p: float = 2.0,
    weights: str = "uniform",
) -> Ints:
    """Give the class that wins the vote, (m,); arguments are those of `vote`.

    Of classes with equal votes the one whose voters are nearer on average wins, then the one with the smaller label.

    Examples
    --------
    >>> knn_predict([[0.0], [1.0], [5.0], [6.0]], [0, 0, 1, 1], [[0.4], [5.4]], k=3).tolist()
    [0, 1]
    """
    return vote(x, y, query, k=k, metric=metric, p=p, weights=weights).label


def votes_of_samples(x: ArrayLike, y: ArrayLike, query: ArrayLike, *, k: int) -> Floats:
    """Give class 1's share of the votes in many samples of one size at once, uniform weights, Euclidean distances.

    For pictures of how a boundary wanders from sample to sample: several times faster than a `vote` for each. Squared
    distances are kept to 23 bits, so of neighbours that agree to seven digits either may be counted.

    Parameters
    ----------
    x, y
        (s, n, d) examples of s samples and their (s, n) classes, 0 or 1.
    query
        (m, d) points to ask about.
    k
        Neighbours in each sample, from 1 to n.

    Returns
    -------
    (s, m) array
    """
    samples = door.numbers("x", x, ndim=3)
    s, n, d = samples.shape
    table, query = pair(samples.reshape(s * n, d), query)
    labels = door.labels("y", door.numbers("y", y, shape=(s, n)).ravel(), s * n, classes=2)
    k = door.whole("k", k, most=n)
    size = max(float(np.abs(table).max()), float(np.abs(query).max(initial=0.0)), 1 / LARGEST)
    columns = np.ascontiguousarray((table / size).T, dtype=np.float32)
    asked, last = (query / size).astype(np.float32), labels.astype(np.int32)
    share = np.empty((s, len(query)))
    rows = max(1, BLOCK // (s * n))
    for start in range(0, len(query), rows):
        part = asked[start : start + rows]
        squared = np.zeros((len(part), s * n), dtype=np.float32)
        for j in range(d):
            squared += (part[:, j : j + 1] - columns[j]) ** 2
        # Floats from 0 are ordered as their bits are. The label takes the last bit, and comes along at the parting.
        bits = squared.view(np.int32)
        bits &= ~1
        bits |= last
        parted = bits.reshape(len(part), s, n)
        parted.partition(k - 1, axis=2)
        share[:, start : start + rows] = (parted[:, :, :k] & 1).sum(axis=2).T / k
    return share


def counted(y: ArrayLike, n: int, classes: int | None = None) -> tuple[Ints, int]:
    """Take n classes from 0, and how many classes there are: the largest + 1 if not given."""
    labels = door.labels("y", y, n, classes=classes)
    return labels, int(labels.max(initial=-1)) + 1 if classes is None else classes


def weigh(distances: Floats, far: Floats, weights: str, near: Bools | None = None) -> Floats:
    """Turn distances into weights of votes; `far` (m, 1) is the k-th distance, votes outside `near` weigh 0."""
    if weights == "uniform":
        w = np.ones_like(distances)
    elif weights == "distance":
        touching = distances == 0
        if near is not None:
            touching &= near
        # w = 1/d
        w = 1.0 / np.maximum(np.where(touching, 1.0, distances), 1e-300)
        rows = touching.any(axis=1)
        w[rows] = touching[rows]
    else:
        # w = exp(−½ (d/h)²)
        with np.errstate(invalid="ignore", divide="ignore"):
            w = np.exp(-0.5 * np.where(far > 0, distances / far, 0.0) ** 2)
    return w if near is None else w * near


def winner(votes: Floats, means_of: Callable[[Bools], Floats]) -> tuple[Ints, Bools]:
    """Choose the class with the most votes; `means_of(rows)` gives the voters' mean distances where votes are equal."""
    first = votes >= votes.max(axis=1, keepdims=True) * (1 - SAME)
    tied = np.asarray(first.sum(axis=1) > 1)
    if tied.any():
        means = np.where(first[tied], means_of(tied), np.inf)
        first[tied] = means <= means.min(axis=1, keepdims=True) * (1 + SAME)
    return np.asarray(first.argmax(axis=1), dtype=np.int64), tied


def class_means(distances: Floats, voters: Ints, classes: int) -> Floats:
    """Give the mean distance of each class's voters, (m, classes)."""
    of = [voters == c for c in range(classes)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([(distances * own).sum(axis=1) / own.sum(axis=1) for own in of], axis=1)


def _nearest_mask(d: Floats, k: int) -> tuple[Bools, Floats]:
    """Mark the k nearest in each row of distances, smaller indices first where equal; and give the k-th distance."""
    far = np.partition(d, k - 1, axis=1)[:, k - 1 : k]
    near = d <= far
    crowded = np.flatnonzero(np.count_nonzero(near, axis=1) > k)
    if len(crowded):
        inside, edge = d[crowded] < far[crowded], d[crowded] == far[crowded]
        room = k - inside.sum(axis=1, keepdims=True)
        near[crowded] = inside | (edge & (np.cumsum(edge, axis=1) <= room))
    return near, far

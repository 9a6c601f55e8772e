"""The k nearest examples vote; those as far as the k-th share the votes that are left."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.distances import BLOCK, LARGEST, Bools, Floats, Ints, Space, pair
from core.classical.neighbors.nearest import SAME, ranked, shares, tree_pays
from core.result import result

WEIGHTS = ("uniform", "distance", "gaussian")


@result
class Vote:
    """What the neighbours of each query say."""

    proba: Floats  # (m, classes) each class's share of the votes
    label: Ints  # (m,) the class that wins
    tied: Bools  # (m,) whether classes got equally many votes and the tie rule decided
    radius: Floats  # (m,) distance of the k-th neighbour
    shared: Bools  # (m,) whether more than k examples vote, since several are as far as the k-th


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

    Where several are as far as the k-th, each of them has an equal share of the votes that are left, so that the order
    of the examples decides nothing.

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
    kind, m = np.eye(count)[y], len(query)
    out = np.empty((m, count)), np.empty(m, np.int64), np.empty(m, bool), np.empty(m), np.empty(m, bool)

    def count_votes(rows: slice | Ints, d: Floats, kind: Floats) -> None:
        for array, part in zip(out, tally(d, kind, k, weights), strict=True):
            array[rows] = part

    if not tree_pays(space, k):
        for block, d in space.blocks():
            count_votes(block, d, kind)
        return Vote(*out)
    distances, indices = ranked(space, min(k + 1, len(x)))
    edge = distances[:, k - 1] * (1 + SAME) < distances[:, -1] if k < len(x) else np.ones(m, dtype=bool)
    for rows in _parts(np.flatnonzero(edge), k):
        count_votes(rows, distances[rows, :k], kind[indices[rows, :k]])
    for rows in _parts(np.flatnonzero(~edge), len(x)):  # several are as far as the k-th: all have to be known
        count_votes(rows, space.between(space.query[rows]), kind)
    return Vote(*out)


def _parts(rows: Ints, wide: int) -> Iterator[Ints]:
    """Take rows a few at a time, so that no array grows large."""
    few = max(16, BLOCK // wide)
    for start in range(0, len(rows), few):
        yield rows[start : start + few]


def tally(d: Floats, kind: Floats, k: int, weights: str) -> tuple[Floats, Ints, Bools, Floats, Bools]:
    """Count the votes about some queries: the fields of a `Vote`.

    Parameters
    ----------
    d
        (m, n) distances of examples, all that are as far as the k-th among them.
    kind
        (n, classes) or (m, n, classes): 1 where an example is of a class.
    """
    far = np.partition(d, k - 1, axis=1)[:, k - 1 : k]
    share, shared = shares(d, far, k)
    # votes_c = Σ share · weight of the examples of class c, for all queries as one product of matrices
    votes = _of_classes(share if weights == "uniform" else share * weigh(d, far, weights), kind)

    def means(tie: Bools) -> Floats:
        here = kind if kind.ndim == 2 else kind[tie]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(_of_classes(share[tie] * d[tie], here) / _of_classes(share[tie], here))

    label, tied = winner(votes, means)
    return votes / votes.sum(axis=1, keepdims=True), label, tied, far[:, 0], shared


def _of_classes(values: Floats, kind: Floats) -> Floats:
    """Sum (m, n) values by class."""
    return np.asarray(values @ kind if kind.ndim == 2 else np.einsum("mn,mnc->mc", values, kind))


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


def weigh(distances: Floats, far: Floats, weights: str) -> Floats:
    """Turn distances into weights of votes; `far` (m, 1) is the k-th distance."""
    if weights == "uniform":
        w = np.ones_like(distances)
    elif weights == "distance":
        touching = distances == 0
        # w = 1/d
        w = 1.0 / np.maximum(np.where(touching, 1.0, distances), 1e-300)
        rows = touching.any(axis=1)
        w[rows] = touching[rows]
    else:
        # w = exp(−½ (d/h)²)
        with np.errstate(invalid="ignore", divide="ignore"):
            w = np.exp(-0.5 * np.where(far > 0, distances / far, 0.0) ** 2)
    return w


def winner(votes: Floats, means_of: Callable[[Bools], Floats]) -> tuple[Ints, Bools]:
    """Choose the class with the most votes; `means_of(rows)` gives the voters' mean distances where votes are equal."""
    first = votes >= votes.max(axis=1, keepdims=True) * (1 - SAME)
    tied = np.asarray(first.sum(axis=1) > 1)
    if tied.any():
        means = np.where(first[tied], means_of(tied), np.inf)
        first[tied] = means <= means.min(axis=1, keepdims=True) * (1 + SAME)
    return np.asarray(first.argmax(axis=1), dtype=np.int64), tied

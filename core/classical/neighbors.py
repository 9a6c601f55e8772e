"""Classify by what is near: the k nearest examples vote, or the nearest centre of a class decides.

k nearest neighbours keeps all examples and asks the k that lie nearest to a query. The nearest centroid classifier (NCC)
keeps one point a class, its mean. Between the two stand several prototypes a class, and Gaussians with ever freer
covariances: NCC, linear and quadratic discriminant analysis.

Wherever numbers are equal, a rule decides, so that the answer does not depend on the machine: of equally distant
examples the one with the smaller index counts as nearer; of classes with equal votes the one whose voters are nearer on
average wins, then the smaller label.

References
----------
Fix & Hodges, "Discriminatory analysis. Nonparametric discrimination: consistency properties" (1951).
Cover & Hart, "Nearest neighbor pattern classification" (1967).
Hastie, Tibshirani & Friedman, "The elements of statistical learning" (2nd ed. 2009), chapters 2, 4 and 13.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

METRICS = ("l1", "l2", "linf", "lp", "cosine", "mahalanobis")
WEIGHTS = ("uniform", "distance", "gaussian")

_SAME = 1e-10  # votes and mean distances this close (relatively) are equal: sums of rounded numbers
_LARGEST = 1e100  # squares of larger coordinates leave the numbers
_BLOCK = 30_000  # entries of a block of the distance matrix: it stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Vote:
    """What the neighbours of each query say. The arrays are read-only.

    Parameters
    ----------
    proba
        (m, classes) each class's share of the votes.
    label
        (m,) int, the class that wins.
    tied
        (m,) bool, whether classes got equally many votes and the tie rule decided.
    radius
        (m,) distance of the k-th neighbour.
    """

    proba: Floats
    label: Ints
    tied: Bools
    radius: Floats

    def __post_init__(self) -> None:
        _make_read_only(self.proba, self.label, self.tied, self.radius)


@dataclass(frozen=True, eq=False)
class Centroids:
    """One point a class. The arrays are read-only.

    Parameters
    ----------
    points
        (classes, d) the classes' means, shrunken if asked for.
    labels
        (classes,) int, ascending.
    covariance
        (d, d) covariance within the classes, pooled; () where unknown. Metric "mahalanobis" needs it.
    """

    points: Floats
    labels: Ints
    covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        _make_read_only(self.points, self.labels, self.covariance)


@dataclass(frozen=True, eq=False)
class Gaussians:
    """One Gaussian a class, all equally likely beforehand. The arrays are read-only.

    Parameters
    ----------
    means
        (classes, d)
    covariances
        (classes, d, d)
    labels
        (classes,) int, ascending.
    """

    means: Floats
    covariances: Floats
    labels: Ints

    def __post_init__(self) -> None:
        _make_read_only(self.means, self.covariances, self.labels)


@dataclass(frozen=True, eq=False)
class Tree:
    """A k-d tree: boxes cut in two at the median, until few points are left. The arrays are read-only.

    Parameters
    ----------
    x
        (n, d) the points.
    order
        (n,) rows of x; a node holds those from its `start` to its `stop`.
    axis
        (nodes,) the coordinate at which the node is cut, -1 for a leaf.
    left, right
        (nodes,) the two halves, -1 for a leaf. Node 0 is the root.
    start, stop
        (nodes,)
    low, high
        (nodes, d) corners of the smallest box around the node's points.
    cell_low, cell_high
        (nodes, d) corners of the node's share of space, infinite where it is unbounded.
    """

    x: Floats
    order: Ints
    axis: Ints
    left: Ints
    right: Ints
    start: Ints
    stop: Ints
    low: Floats
    high: Floats
    cell_low: Floats
    cell_high: Floats

    def __post_init__(self) -> None:
        _make_read_only(*(getattr(self, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Search:
    """How a k-d tree answered one query. The arrays are read-only.

    Parameters
    ----------
    distances, indices
        (k,) the nearest, nearest first.
    evaluations
        Points whose distance was computed.
    boxes
        Boxes whose distance was computed, to decide whether to look inside.
    visited
        (nodes,) bool, whether the search went into the node.
    """

    distances: Floats
    indices: Ints
    evaluations: int
    boxes: int
    visited: Bools

    def __post_init__(self) -> None:
        _make_read_only(self.distances, self.indices, self.visited)


# ---- k nearest neighbours


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

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite or out of its range, or the covariance is singular.

    Examples
    --------
    >>> distances, indices = kneighbors([[0, 0], [1, 0], [0, 1]], [[0, 0]], k=2)
    >>> distances.tolist(), indices.tolist()
    ([[0.0, 1.0]], [[0, 1]])
    """
    x, query = _pair(x, query)
    _check_k(k, len(x))
    space = _Space(x, query, metric, p)
    return space.nearest(int(k))


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
        What a vote weighs. "uniform": 1. "distance": 1/distance; if a neighbour is at distance 0, only those at distance
        0 count, 1 each. "gaussian": exp(−½ (distance/h)²) with h the distance of the k-th neighbour.
    classes
        Number of classes; the largest label + 1 if not given.

    Returns
    -------
    Vote

    Raises
    ------
    ValueError
        As for `kneighbors`, or if the labels do not fit.
    """
    x, query = _pair(x, query)
    y, count = _labels(y, len(x), classes)
    _check_k(k, len(x))
    _one_of(weights, WEIGHTS, "weights")
    space = _Space(x, query, metric, p)
    k = int(k)
    proba, label = np.empty((len(query), count)), np.empty(len(query), dtype=np.int64)
    tied, radius = np.empty(len(query), dtype=bool), np.empty(len(query))
    if space.tree_pays(k):
        distances, indices = space.nearest(k)
        w = _weigh(distances, distances[:, -1:], weights)
        voters = y[indices]
        # votes_c = Σ weight of the neighbours of class c
        votes = np.stack([(w * (voters == c)).sum(axis=1) for c in range(count)], axis=1)
        label, tied = _winner(votes, lambda rows: _class_means(distances[rows], voters[rows], count))
        return Vote(votes / votes.sum(axis=1, keepdims=True), label, tied, distances[:, -1].copy())
    one_hot = np.zeros((len(x), count))
    one_hot[np.arange(len(x)), y] = 1.0
    for rows, d in space.blocks():
        near, far = _nearest_mask(d, k)
        # votes_c = Σ weight of the neighbours of class c, for all queries as one product of matrices
        w = near.astype(np.float64) if weights == "uniform" else _weigh(d, far, weights, near)
        votes = w @ one_hot

        def means(tie: Bools, d: Floats = d, near: Bools = near, one_hot: Floats = one_hot) -> Floats:
            inside = near[tie].astype(np.float64)
            with np.errstate(invalid="ignore", divide="ignore"):
                return np.asarray(((inside * d[tie]) @ one_hot) / (inside @ one_hot))

        label[rows], tied[rows] = _winner(votes, means)
        proba[rows] = votes / votes.sum(axis=1, keepdims=True)
        radius[rows] = far[:, 0]
    return Vote(proba, label, tied, radius)


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
    """Give each class's share of the votes, (m, classes); arguments and errors are those of `vote`.

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
    """Give the class that wins the vote, (m,); arguments and errors are those of `vote`.

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

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    samples = np.asarray(x, dtype=np.float64)
    _check(samples.ndim == 3, f"x must hold samples of tables, not be of shape {samples.shape}.")
    s, n, d = samples.shape
    table, query = _pair(samples.reshape(s * n, d), query)
    y = np.asarray(y)
    _check(
        y.shape == (s, n), f"y must hold one class for each of the {n} rows of {s} samples, not be of shape {y.shape}."
    )
    labels, _ = _labels(y.ravel(), s * n, None)
    _check(int(labels.max()) <= 1, "y must hold the classes 0 and 1.")
    _check_k(k, n)
    k = int(k)
    size = max(float(np.abs(table).max()), float(np.abs(query).max(initial=0.0)), 1e-300)
    columns = np.ascontiguousarray((table / size).T, dtype=np.float32)
    asked, last = (query / size).astype(np.float32), labels.astype(np.int32)
    share = np.empty((s, len(query)))
    rows = max(1, _BLOCK // (s * n))
    for start in range(0, len(query), rows):
        part = asked[start : start + rows]
        squared = np.zeros((len(part), s * n), dtype=np.float32)
        for j in range(d):
            squared += (part[:, j : j + 1] - columns[j]) ** 2
        # Floats from 0 are ordered as their bits are. The label takes the last bit, and comes along when they are parted.
        bits = squared.view(np.int32)
        bits &= ~1
        bits |= last
        parted = bits.reshape(len(part), s, n)
        parted.partition(k - 1, axis=2)
        share[:, start : start + rows] = (parted[:, :, :k] & 1).sum(axis=2).T / k
    return share


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
    """Give the share of queries that get their true class, for many k from one ranking.

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

    Raises
    ------
    ValueError
        As for `vote`.
    """
    x, query = _pair(x, query)
    y, count = _labels(y, len(x), None)
    truth, more = _labels(truth, len(query), None)
    ks = _check_ks(ks, len(x))
    _one_of(weights, WEIGHTS, "weights")
    distances, indices = _Space(x, query, metric, p).nearest(int(ks.max()))
    return _hits(distances, y[indices], truth, ks, max(count, more), weights)


def loo_accuracy(
    x: ArrayLike,
    y: ArrayLike,
    ks: ArrayLike,
    *,
    metric: str = "l2",
    p: float = 2.0,
    weights: str = "uniform",
) -> Floats:
    """Ask each example about itself, itself left out, and give the share that is right, for many k from one ranking.

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

    Raises
    ------
    ValueError
        As for `vote`.
    """
    x, _ = _pair(x, x)
    y, count = _labels(y, len(x), None)
    _check(len(x) >= 2, "Leaving one out needs at least two examples.")
    ks = _check_ks(ks, len(x) - 1)
    _one_of(weights, WEIGHTS, "weights")
    most = int(ks.max())
    space = _Space(x, x, metric, p)
    distances, indices = np.empty((len(x), most)), np.empty((len(x), most), dtype=np.int64)
    for rows, d in space.blocks():
        itself = np.arange(rows.start, rows.start + len(d))
        d[np.arange(len(d)), itself] = np.inf
        distances[rows], indices[rows] = _rank(d, most)
    return _hits(distances, y[indices], y, ks, count, weights)


def _hits(distances: Floats, voters: Ints, truth: Ints, ks: Ints, classes: int, weights: str) -> Floats:
    """Share of rows whose vote is right, for each k, given the (m, most) neighbours in order."""
    if weights == "gaussian":  # its bandwidth changes with k, so nothing can be summed up along the ranking
        share = []
        for k in ks:
            d, v = distances[:, :k], voters[:, :k]
            w = _weigh(d, d[:, -1:], weights)
            votes = np.stack([(w * (v == c)).sum(axis=1) for c in range(classes)], axis=1)
            label, _ = _winner(votes, lambda rows, d=d, v=v: _class_means(d[rows], v[rows], classes))  # type: ignore[misc]
            share.append(np.mean(label == truth))
        return np.array(share)
    w = _weigh(distances, distances[:, -1:], weights)
    # votes_c(k) = Σ_{i ≤ k} weight of neighbour i of class c: running sums give every k at once
    votes = np.stack([np.cumsum(w * (voters == c), axis=1)[:, ks - 1] for c in range(classes)], axis=2)
    flat = votes.reshape(-1, classes)

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

    label, _ = _winner(flat, means)
    return np.asarray((label.reshape(len(truth), len(ks)) == truth[:, None]).mean(axis=0))


def _weigh(distances: Floats, far: Floats, weights: str, near: Bools | None = None) -> Floats:
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


def _winner(votes: Floats, class_means: Callable[[Bools], Floats]) -> tuple[Ints, Bools]:
    """Choose the class with the most votes; `class_means(rows)` gives the voters' mean distances where votes are equal."""
    first = votes >= votes.max(axis=1, keepdims=True) * (1 - _SAME)
    tied = np.asarray(first.sum(axis=1) > 1)
    if tied.any():
        means = np.where(first[tied], class_means(tied), np.inf)
        first[tied] = means <= means.min(axis=1, keepdims=True) * (1 + _SAME)
    return np.asarray(first.argmax(axis=1), dtype=np.int64), tied


def _class_means(distances: Floats, voters: Ints, classes: int) -> Floats:
    """Mean distance of each class's voters, (m, classes)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack(
            [(distances * (voters == c)).sum(axis=1) / (voters == c).sum(axis=1) for c in range(classes)], axis=1
        )


def _nearest_mask(d: Floats, k: int) -> tuple[Bools, Floats]:
    """Mark the k nearest in each row of distances, smaller indices first where equal; give the k-th distance, (m, 1)."""
    far = np.partition(d, k - 1, axis=1)[:, k - 1 : k]
    near = d <= far
    crowded = np.flatnonzero(np.count_nonzero(near, axis=1) > k)
    if len(crowded):
        inside, edge = d[crowded] < far[crowded], d[crowded] == far[crowded]
        room = k - inside.sum(axis=1, keepdims=True)
        near[crowded] = inside | (edge & (np.cumsum(edge, axis=1) <= room))
    return near, far


def _rank(d: Floats, k: int) -> tuple[Floats, Ints]:
    """Sort the k nearest in each row of distances, smaller indices first where equal."""
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
    ranked = np.take_along_axis(values, order, axis=1)
    equal = np.flatnonzero((ranked[:, 1:] == ranked[:, :-1]).any(axis=1))
    order[equal] = np.argsort(values[equal], axis=1, kind="stable")
    return ranked, np.take_along_axis(columns, order, axis=1).astype(np.int64)


class _Space:
    """Examples and queries in coordinates where the metric is easy, and the distances between them."""

    def __init__(self, x: Floats, query: Floats, metric: str, p: float) -> None:
        _one_of(metric, METRICS, "metric")
        _check_exponent(p)
        self.metric, self.p = metric, float(p)
        if metric == "mahalanobis":
            root = _whitening(_covariance(x))
            x, query = x @ root, query @ root
        elif metric == "cosine":
            x, query = _unit(x), _unit(query)
        self.x, self.query = np.ascontiguousarray(x), np.ascontiguousarray(query)

    def between(self, query: Floats) -> Floats:
        """Give the (m, n) distances from some of the queries."""
        x = self.x
        if self.metric == "l1":
            return np.asarray(cdist(query, x, "cityblock"))
        if self.metric == "linf":
            return np.asarray(cdist(query, x, "chebyshev"))
        if self.metric == "lp":
            # (Σ|aᵢ − bᵢ|ᵖ)^(1/p), on numbers of size 1 so that high powers stay in range
            size = max(float(np.abs(x).max(initial=0.0)), float(np.abs(query).max(initial=0.0)), 1e-300)
            if self.p <= 20:
                # Coordinate by coordinate: numpy takes powers faster than scipy does.
                total = np.zeros((len(query), len(x)))
                for a, b in zip((query / size).T, (x / size).T, strict=True):
                    total += np.abs(a[:, None] - b) ** self.p
                return np.asarray(size * total ** (1 / self.p))
            apart = np.abs(query[:, None, :] - x[None, :, :])
            most = apart.max(axis=2)
            share = np.divide(apart, most[..., None], out=np.zeros_like(apart), where=most[..., None] > 0)
            return np.asarray(most * (share**self.p).sum(axis=2) ** (1 / self.p))
        if self.metric == "cosine":
            # For unit vectors 1 − u·v = ½ ‖u − v‖², which is exact where they are equal.
            d = 0.5 * np.asarray(cdist(query, x, "sqeuclidean"))
            d[~query.any(axis=1)] = 1.0
            d[:, ~x.any(axis=1)] = 1.0
            return d
        return np.asarray(cdist(query, x, "euclidean"))

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Yield the distance matrix a few rows at a time, so that no array grows large."""
        wide = self.x.shape[1] if self.metric == "lp" and self.p > 20 else 1
        rows = max(16, _BLOCK // (len(self.x) * wide))
        for start in range(0, len(self.query), rows):
            part = slice(start, min(start + rows, len(self.query)))
            yield part, self.between(self.query[part])

    def tree_pays(self, k: int) -> bool:
        """Whether scipy's k-d tree is faster than all distances: few dimensions, many examples, few neighbours."""
        n, d = self.x.shape
        return self.metric != "cosine" and self.p <= 20 and d <= 6 and n > 300 + 8 * k and len(self.query) > 32

    def nearest(self, k: int) -> tuple[Floats, Ints]:
        """Give (m, k) distances and indices, in order."""
        if self.tree_pays(k):
            return self._tree(k)
        distances = np.empty((len(self.query), k))
        indices = np.empty((len(self.query), k), dtype=np.int64)
        for rows, d in self.blocks():
            distances[rows], indices[rows] = _rank(d, k)
        return distances, indices

    def _tree(self, k: int) -> tuple[Floats, Ints]:
        p = {"l1": 1.0, "linf": np.inf, "lp": self.p}.get(self.metric, 2.0)
        d, i = cKDTree(self.x).query(self.query, k=k + 1, p=p)
        distances, indices = d[:, :k].copy(), i[:, :k].astype(np.int64)
        # The tree knows no order among equals: those rows are done again, all distances and the tie rule.
        close = np.flatnonzero((d[:, 1:] <= d[:, :-1] * (1 + _SAME)).any(axis=1))
        rows = max(16, _BLOCK // len(self.x))
        for start in range(0, len(close), rows):
            part = close[start : start + rows]
            distances[part], indices[part] = _rank(self.between(self.query[part]), k)
        return distances, indices


def ball(
    centre: ArrayLike,
    radius: float,
    *,
    metric: str = "l2",
    p: float = 2.0,
    x: ArrayLike | None = None,
    sides: int = 96,
    reach: float = 1e3,
) -> Floats:
    """Give the outline of all points of the plane at a distance from a centre, in the metric's own shape.

    Parameters
    ----------
    centre
        (2,)
    radius
        The distance, at least 0.
    metric, p
        As for `kneighbors`.
    x
        (n, d) examples, whose covariance gives "mahalanobis" its shape. With more than two columns the outline is that
        of a cut: the other coordinates stay those of the centre, and the plane is that of the first two.
    sides
        Number of corners.
    reach
        For "cosine", whose ball is a wedge from the origin without an end: how far it is drawn.

    Returns
    -------
    (sides + 1, 2) array, closed
        For "cosine" the wedge's two rays, or a whole circle where it holds every direction.

    Raises
    ------
    ValueError
        If an argument is of the wrong shape, not finite or out of its range.
    """
    centre = np.asarray(centre, dtype=np.float64)
    _check_point(centre, 2, "centre must be two finite numbers.")
    _check_size(radius, "radius")
    _one_of(metric, METRICS, "metric")
    _check_exponent(p)
    turn = np.linspace(0.0, 2 * np.pi, sides + 1)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    if metric == "cosine":
        if radius >= 2 or not centre.any():
            return reach * circle
        # 1 − cos θ = r: the wedge opens by θ to either side
        half, middle = np.arccos(max(1 - radius, -1.0)), np.arctan2(centre[1], centre[0])
        arc = middle + np.linspace(-half, half, sides - 1)
        wedge = reach * np.column_stack([np.cos(arc), np.sin(arc)])
        return np.vstack([np.zeros((1, 2)), wedge, np.zeros((1, 2))])
    if metric == "mahalanobis":
        _check(x is not None, "The ball of mahalanobis needs x.")
        table = _points(x, "x")
        _check(table.shape[1] >= 2, "x must have at least two columns.")
        # z = xW is white, so that a step v in the plane has the length r where v (W Wᵀ)₂ₓ₂ vᵀ = r²; with L Lᵀ = (W Wᵀ)₂ₓ₂
        # those are the v = r (cos, sin) L⁻¹
        steps = _whitening(_covariance(table))[:2]
        return np.asarray(centre + radius * circle @ np.linalg.inv(np.linalg.cholesky(steps @ steps.T)))
    # Every direction, scaled to length 1 in the metric: the corners of squares are among them (sides a multiple of 8).
    length = {
        "l1": np.abs(circle).sum(axis=1),
        "linf": np.abs(circle).max(axis=1),
        "lp": (np.abs(circle) ** p).sum(axis=1) ** (1 / p),
    }.get(metric, np.ones(sides + 1))
    return np.asarray(centre + radius * circle / length[:, None])


# ---- nearest centroid, and what lies between it and k nearest neighbours


def centroids(x: ArrayLike, y: ArrayLike, *, shrink: float = 0.0) -> Centroids:
    """Give the mean of each class.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes, whole numbers from 0.
    shrink
        How far each mean moves towards the mean of all, coordinate by coordinate, in units of its standard error; what
        comes within is set equal (Tibshirani, Hastie, Narasimhan & Chu, "Diagnosis of multiple cancer types by shrunken
        centroids of gene expression", 2002). 0 moves nothing.

    Returns
    -------
    Centroids

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.

    Examples
    --------
    >>> centroids([[0.0, 0.0], [2.0, 0.0], [5.0, 1.0]], [0, 0, 1]).points.tolist()
    [[1.0, 0.0], [5.0, 1.0]]
    """
    x = _points(x, "x")
    y, _ = _labels(y, len(x), None)
    _check_size(shrink, "shrink")
    labels, member, counts = np.unique(y, return_inverse=True, return_counts=True)
    points = _class_sums(x, member, len(labels)) / counts[:, None]
    apart = x - points[member]
    free = len(x) - len(labels)
    covariance = apart.T @ apart / free if free else np.zeros((x.shape[1], x.shape[1]))
    if shrink:
        middle = x.mean(axis=0)
        s = np.sqrt(np.diag(covariance))
        s = s + np.median(s)
        # d_ck = (mean_ck − mean_k) / (m_c (s_k + s₀)),  m_c = √(1/n_c − 1/n);  then soft-threshold d by `shrink`
        scale = np.sqrt(1.0 / counts - 1.0 / len(x))[:, None] * s
        d = np.divide(points - middle, scale, out=np.zeros_like(points), where=scale > 0)
        shrunken = middle + scale * np.sign(d) * np.maximum(np.abs(d) - shrink, 0.0)
        points = np.where(scale > 0, shrunken, points)
    return Centroids(points, labels.astype(np.int64), covariance)


def ncc_predict(centroids: Centroids, query: ArrayLike, *, metric: str = "l2", p: float = 2.0) -> Ints:
    """Give the class of the nearest centroid, (m,); of equally near ones the smaller label.

    Parameters
    ----------
    centroids
        From `centroids`.
    query
        (m, d) points to ask about.
    metric, p
        As for `kneighbors`, but "mahalanobis" takes the covariance within the classes, pooled: then the answer is that
        of linear discriminant analysis with equal priors.

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite, or the covariance is singular or missing.
    """
    points, query = _pair(centroids.points, query)
    _one_of(metric, METRICS, "metric")
    if metric == "mahalanobis":
        _check(centroids.covariance.shape == (points.shape[1],) * 2, "These centroids come without a covariance.")
        root = _whitening(centroids.covariance)
        points, query, metric = points @ root, query @ root, "l2"
    _, nearest = _Space(points, query, metric, p).nearest(1)
    return np.asarray(centroids.labels[nearest[:, 0]])


def centroid_scores(centroids: Centroids, query: ArrayLike, *, classes: int) -> Floats:
    """Score each class by minus the squared distance to the nearest of its centres; the largest score wins.

    Parameters
    ----------
    centroids
        From `centroids` or `prototypes`, or placed by hand.
    query
        (m, d) points to ask about.
    classes
        Number of classes, above the largest label.

    Returns
    -------
    (m, classes) array
        Minus infinity for a class without centres.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite.
    """
    points, query = _pair(centroids.points, query)
    labels, count = _labels(centroids.labels, len(points), classes)
    scores = np.full((len(query), count), -np.inf)
    squared = np.asarray(cdist(query, points, "sqeuclidean"))
    for label in np.unique(labels):
        scores[:, label] = -squared[:, labels == label].min(axis=1)
    return scores


def prototypes(x: ArrayLike, y: ArrayLike, *, per_class: int, seed: int = 0, rounds: int = 30) -> Centroids:
    """Give several centres a class, by k-means within the class.

    One per class is the nearest centroid classifier; as many as there are examples is 1-nearest-neighbour.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    per_class
        Centres per class; a class with no more examples than that keeps them all.
    seed
        Of the starts: spread out by k-means++ (Arthur & Vassilvitskii 2007).
    rounds
        The most rounds of k-means.

    Returns
    -------
    Centroids
        With one row a centre, labels ascending.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x = _points(x, "x")
    y, _ = _labels(y, len(x), None)
    _check_whole(per_class, "per_class", 1, "from")
    _check_whole(rounds, "rounds", 1, "from")
    _check_whole(seed, "seed", 0)
    rng = np.random.default_rng(int(seed))
    points, labels = [], []
    for label in np.unique(y):
        own = x[y == label]
        centres = own if len(own) <= per_class else _kmeans(own, int(per_class), rng, int(rounds))
        points.append(centres)
        labels += [int(label)] * len(centres)
    return Centroids(np.vstack(points), np.array(labels, dtype=np.int64))


def _kmeans(x: Floats, count: int, rng: np.random.Generator, rounds: int) -> Floats:
    """Lloyd's algorithm from a k-means++ start."""
    if count == 1:
        return np.asarray(x.mean(axis=0, keepdims=True))
    chosen = [int(rng.integers(len(x)))]
    least = ((x - x[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count:
        # The next start is drawn with probability ∝ squared distance to the nearest start so far.
        total = least.sum()
        draw = rng.uniform() * total
        chosen.append(int(np.searchsorted(np.cumsum(least), draw)) if total > 0 else len(chosen))
        chosen[-1] = min(chosen[-1], len(x) - 1)
        least = np.minimum(least, ((x - x[chosen[-1]]) ** 2).sum(axis=1))
    centres = x[chosen].copy()
    for _ in range(rounds):
        member = cdist(x, centres, "sqeuclidean").argmin(axis=1)
        counts = np.bincount(member, minlength=count)
        moved = np.where(counts[:, None] > 0, _class_sums(x, member, count) / np.maximum(counts, 1)[:, None], centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres


def gaussians(x: ArrayLike, y: ArrayLike, *, bridge: float) -> Gaussians:
    """Fit one Gaussian a class, with covariances that free themselves step by step.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    bridge
        0: the same round Gaussian for all, which is the nearest centroid classifier. 1: one covariance for all, which is
        linear discriminant analysis (LDA). 2: each class its own, which is quadratic discriminant analysis (QDA). In
        between the covariances, of maximum likelihood, are mixed in proportion (Friedman, "Regularized discriminant
        analysis", 1989).

    Returns
    -------
    Gaussians

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x = _points(x, "x")
    y, _ = _labels(y, len(x), None)
    _check_within(bridge, "bridge", 2)
    d = x.shape[1]
    centre = centroids(x, y)
    # Maximum likelihood divides by the number of examples.
    pooled = centre.covariance * (len(x) - len(centre.labels)) / len(x)
    # σ² I with the mean variance; any σ gives the same regions.
    variance = float(np.trace(pooled)) / d or 1.0
    first, second = min(float(bridge), 1.0), max(float(bridge) - 1.0, 0.0)
    groups = [x[y == label] for label in centre.labels]
    own = np.stack([_covariance(g) * (1 - 1 / len(g)) if len(g) > 1 else pooled for g in groups])
    # Σ_c = (1 − s) [(1 − t) σ² I + t S] + s S_c
    covariances = (1 - second) * ((1 - first) * variance * np.eye(d) + first * pooled) + second * own
    # A class whose points lie on a line has no volume: give it a little.
    values, axes = np.linalg.eigh(covariances)
    values = np.maximum(values, 1e-6 * variance)
    covariances = (axes * values[:, None, :]) @ axes.transpose(0, 2, 1)
    return Gaussians(centre.points.copy(), covariances, centre.labels)


def gaussian_proba(model: Gaussians, query: ArrayLike) -> Floats:
    """Give each class's posterior probability, equal priors, (m, classes in `model.labels`).

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite.
    """
    score = gaussian_scores(model, query)
    score = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(score / score.sum(axis=1, keepdims=True))


def gaussian_scores(model: Gaussians, query: ArrayLike) -> Floats:
    """Give the log-density of each class up to a constant, (m, classes): the largest wins.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite.
    """
    _, query = _pair(model.means, query)
    inverse = np.linalg.inv(model.covariances)
    _, log_det = np.linalg.slogdet(model.covariances)
    out = np.empty((len(query), len(model.means)))
    for c in range(len(model.means)):
        apart = query - model.means[c]
        # δ_c(x) = −½ (x − μ_c)ᵀ Σ_c⁻¹ (x − μ_c) − ½ log |Σ_c|
        out[:, c] = -0.5 * ((apart @ inverse[c]) * apart).sum(axis=1) - 0.5 * log_det[c]
    return out


def gaussian_predict(model: Gaussians, query: ArrayLike) -> Ints:
    """Give the most likely class, (m,); of equally likely ones the smaller label. Errors as for `gaussian_scores`."""
    return np.asarray(model.labels[gaussian_scores(model, query).argmax(axis=1)])


def bridge_scores(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    *,
    bridge: float,
    k: int = 1,
    per_class: int = 1,
    seed: int = 0,
) -> Floats:
    """Score each class on the way from the nearest centroid to the k nearest neighbours; the largest score wins.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    query
        (m, d) points to ask about.
    bridge
        0: minus the squared distance to the nearest of the class's `prototypes`. Above 0 to 2: `gaussian_proba`, by way
        of LDA (1) to QDA (2). From 2 to 3: a mixture of QDA's probabilities and those of the k nearest neighbours (3).
    k
        Neighbours, where the bridge is above 2.
    per_class, seed
        Prototypes per class where the bridge is 0, and the seed of their start.

    Returns
    -------
    (m, largest label + 1) array
        Minus infinity for a class without examples.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x, query = _pair(x, query)
    y, count = _labels(y, len(x), None)
    _check_within(bridge, "bridge", 3)
    if bridge == 0:
        return centroid_scores(prototypes(x, y, per_class=per_class, seed=seed), query, classes=count)
    scores = np.full((len(query), count), -np.inf)
    if bridge == 3:
        return vote(x, y, query, k=k).proba
    model = gaussians(x, y, bridge=min(float(bridge), 2.0))
    if bridge <= 2:
        scores[:, model.labels] = gaussian_scores(model, query)
        return scores
    scores[:, model.labels] = 0.0
    share = float(bridge) - 2.0
    # p = (1 − t) p_QDA + t p_kNN
    scores[:, model.labels] = (1 - share) * gaussian_proba(model, query)
    return np.asarray(scores + share * vote(x, y, query, k=k).proba)


def bayes_proba(nodes: ArrayLike, labels: ArrayLike, noise: float, query: ArrayLike) -> Floats:
    """Give the true probability of each class where the data are known: points evenly on a shape, plus Gaussian noise.

    Parameters
    ----------
    nodes, labels
        (j, d) points spread evenly over each class's shape without noise, and their (j,) classes; classes with equally
        many nodes are equally likely.
    noise
        Standard deviation of the noise, above 0.
    query
        (m, d)

    Returns
    -------
    (m, classes) array

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    nodes, query = _pair(nodes, query)
    labels, count = _labels(labels, len(nodes), None)
    _check(isinstance(noise, Real) and 0 < noise < np.inf, f"noise must be a finite number above 0, not {noise!r}.")
    out = np.empty((len(query), count))
    one_hot = np.zeros((len(nodes), count))
    one_hot[np.arange(len(nodes)), labels] = 1.0
    rows = max(16, _BLOCK // len(nodes))
    for start in range(0, len(query), rows):
        part = slice(start, start + rows)
        # p(c | x) ∝ Σ_{nodes of c} exp(−‖x − node‖² / 2σ²), the nearest node's term taken out against underflow
        power = np.asarray(cdist(query[part], nodes, "sqeuclidean")) / (-2 * noise**2)
        density = np.exp(power - power.max(axis=1, keepdims=True)) @ one_hot
        out[part] = density / density.sum(axis=1, keepdims=True)
    return out


# ---- a k-d tree that tells what it did


def kdtree(x: ArrayLike, *, leaf: int = 8) -> Tree:
    """Build a k-d tree (Bentley 1975): cut at the median of the widest coordinate until at most `leaf` points are left.

    Parameters
    ----------
    x
        (n, d) points.
    leaf
        Points in a leaf at most, at least 1.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        If x is not a table of finite numbers, or `leaf` is below 1.
    """
    x = _points(x, "x")
    _check_whole(leaf, "leaf", 1)
    n, d = x.shape
    order = np.arange(n)
    rows: list[list[int]] = []  # axis, left, right, start, stop
    corners: list[tuple[Floats, Floats, Floats, Floats]] = []

    def grow(start: int, stop: int, cell_low: Floats, cell_high: Floats) -> int:
        own = x[order[start:stop]]
        low, high = own.min(axis=0), own.max(axis=0)
        node = len(rows)
        rows.append([-1, -1, -1, start, stop])
        corners.append((low, high, cell_low, cell_high))
        if stop - start > leaf and (high > low).any():
            axis = int((high - low).argmax())
            middle = (stop - start) // 2
            order[start:stop] = order[start:stop][np.argpartition(own[:, axis], middle)]
            cut = float(x[order[start + middle], axis])
            below, above = cell_high.copy(), cell_low.copy()
            below[axis] = above[axis] = cut
            rows[node][:3] = [
                axis,
                grow(start, start + middle, cell_low, below),
                grow(start + middle, stop, above, cell_high),
            ]
        return node

    grow(0, n, np.full(d, -np.inf), np.full(d, np.inf))
    axis, left, right, begin, end = np.array(rows, dtype=np.int64).T.copy()
    low, high, cell_low, cell_high = (np.array(part) for part in zip(*corners, strict=True))
    return Tree(x.copy(), order, axis, left, right, begin, end, low, high, cell_low, cell_high)


def search(tree: Tree, query: ArrayLike, *, k: int) -> Search:
    """Find the k nearest points of one query in a k-d tree, Euclidean, and count the work.

    A node is left out if its box is farther away than the k-th nearest point found so far.

    Parameters
    ----------
    tree
        From `kdtree`.
    query
        (d,) one point.
    k
        How many, from 1 to n.

    Returns
    -------
    Search

    Raises
    ------
    ValueError
        If the query is not one point of the tree's space, or k is out of its range.
    """
    q = np.asarray(query, dtype=np.float64)
    _check_point(q, tree.x.shape[1], "query must be one point of finite numbers.")
    _check_k(k, len(tree.x))
    # Squared distance from q to the nearest place of every box; only those of the boxes met are counted below.
    gap = (np.maximum(np.maximum(tree.low - q, q - tree.high), 0.0) ** 2).sum(axis=1)
    visited = np.zeros(len(tree.axis), dtype=bool)
    best: list[tuple[float, int]] = []  # (squared distance, index), ascending
    evaluations = 0
    boxes = 1
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if len(best) == k and gap[node] > best[-1][0]:
            continue
        visited[node] = True
        if tree.axis[node] < 0:
            rows = tree.order[tree.start[node] : tree.stop[node]]
            squared = ((tree.x[rows] - q) ** 2).sum(axis=1)
            evaluations += len(rows)
            best = sorted([*best, *zip(squared.tolist(), rows.tolist(), strict=True)])[: int(k)]
            continue
        near, far = int(tree.left[node]), int(tree.right[node])
        boxes += 2
        if gap[far] < gap[near]:
            near, far = far, near
        waiting += [far, near]  # the nearer half first
    distances = np.sqrt([squared for squared, _ in best])
    return Search(distances, np.array([i for _, i in best], dtype=np.int64), evaluations, boxes, visited)


# ---- what a lesson does to data


def scaling(x: ArrayLike, kind: str) -> tuple[Floats, Floats]:
    """Give offset and factor of each column, so that (x − offset) · factor is the scaled table.

    Parameters
    ----------
    x
        (n, d) table.
    kind
        "none": as it is. "minmax": each column from 0 to 1. "standard": mean 0 and standard deviation 1 (ddof 0).
        A column without spread keeps its factor 1.

    Returns
    -------
    offset, factor
        (d,) each.

    Raises
    ------
    ValueError
        If the kind is unknown, or x is not a table of finite numbers.
    """
    x = _points(x, "x")
    _one_of(kind, ("none", "minmax", "standard"), "scaling")
    if kind == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    # minmax: (x − min) / (max − min);  standard: (x − mean) / σ
    offset = x.min(axis=0) if kind == "minmax" else x.mean(axis=0)
    spread = np.ptp(x, axis=0) if kind == "minmax" else x.std(axis=0)
    flat = spread <= 1e-12 * np.abs(x).max(axis=0)
    return offset, np.where(flat, 1.0, 1.0 / np.where(flat, 1.0, spread))


def flip_labels(y: ArrayLike, share: float, *, seed: int = 0) -> Ints:
    """Give a share of the examples another class, drawn evenly; a larger share flips the same ones and more.

    Parameters
    ----------
    y
        (n,) classes from 0.
    share
        From 0 to 1, rounded to whole examples.
    """
    y = np.asarray(y)
    y, count = _labels(y, len(y), None)
    _check_within(share, "share", 1)
    rng = np.random.default_rng([int(seed), 1])
    chosen = rng.permutation(len(y))[: round(share * len(y))]
    step = rng.integers(1, max(count, 2), size=len(y))
    out = y.copy()
    out[chosen] = (y[chosen] + step[chosen]) % count
    return out


def thin_out(y: ArrayLike, share: float, *, seed: int = 0) -> Bools:
    """Mark what stays when a share of every class but class 0 is taken away; each class keeps at least one example.

    Parameters
    ----------
    y
        (n,) classes from 0.
    share
        From 0 to 1.
    """
    y = np.asarray(y)
    y, _ = _labels(y, len(y), None)
    _check_within(share, "share", 1)
    rng = np.random.default_rng([int(seed), 2])
    keep = np.ones(len(y), dtype=bool)
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        if label:
            keep[rows[: min(round(share * len(rows)), len(rows) - 1)]] = False
    return keep


def hold_out(n: int, share: float, *, seed: int = 0) -> Bools:
    """Mark a share of n examples to be kept for testing; at least one stays for training.

    Parameters
    ----------
    n
        Number of examples.
    share
        From 0 to 1.
    """
    _check_whole(n, "n", 0)
    _check_within(share, "share", 1)
    test = np.zeros(int(n), dtype=bool)
    count = min(round(share * n), max(int(n) - 1, 0))
    test[np.random.default_rng([int(seed), 3]).permutation(int(n))[:count]] = True
    return test


def folds(n: int, count: int = 5, *, seed: int = 0) -> Ints:
    """Deal n examples into folds for cross-validation: (n,) the fold of each, sizes as equal as can be.

    Parameters
    ----------
    n, count
        Numbers of examples, and of folds (at most n of them are used).
    """
    _check_whole(n, "n", 1)
    _check_whole(count, "count", 2)
    fold = np.empty(int(n), dtype=np.int64)
    fold[np.random.default_rng([int(seed), 4]).permutation(int(n))] = np.arange(n) % count
    return fold


def add_noise_columns(x: ArrayLike, count: int, *, seed: int = 0) -> Floats:
    """Append columns of standard normal numbers that say nothing about the class; fewer are the first of more.

    Parameters
    ----------
    x
        (n, d) table.
    count
        How many, from 0.
    """
    x = _points(x, "x")
    _check_whole(count, "count", 0)
    return np.hstack([x, np.random.default_rng([int(seed), 5]).standard_normal((int(count), len(x))).T])


def contrast(x: ArrayLike, query: ArrayLike) -> Floats:
    """Give (farthest − nearest) / nearest of each query's Euclidean distances, (m,): how much "nearest" means.

    Source: Beyer, Goldstein, Ramakrishnan & Shaft, "When is 'nearest neighbor' meaningful?" (1999).
    """
    x, query = _pair(x, query)
    d = np.asarray(cdist(query, x))
    least = d.min(axis=1)
    # (d_max − d_min) / d_min
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((d.max(axis=1) - least) / least)


# ---- checks


def _class_sums(x: Floats, member: NDArray[Any], count: int) -> Floats:
    return np.stack([np.bincount(member, weights=column, minlength=count) for column in x.T], axis=1)


def _covariance(x: Floats) -> Floats:
    """Give the (d, d) covariance of the columns, ddof 1."""
    _check(len(x) > 1, "A covariance needs at least two examples.")
    apart = x - x.mean(axis=0)
    return np.asarray(apart.T @ apart / (len(x) - 1))


def _whitening(covariance: Floats) -> Floats:
    """Give W with (x W) of covariance I."""
    values, axes = np.linalg.eigh(covariance)
    _check(
        bool(values[0] > 1e-12 * max(values[-1], 1e-300)),
        "The covariance is singular: some column is a mixture of the others. Mahalanobis distances need one that is not.",
    )
    # Σ = V diag(λ) Vᵀ  ⇒  W = V diag(λ^−½)
    return np.asarray(axes / np.sqrt(values))


def _unit(x: Floats) -> Floats:
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return np.asarray(np.divide(x, length, out=np.zeros_like(x), where=length > 0))


def _points(x: Any, name: str) -> Floats:
    table = np.asarray(x, dtype=np.float64)
    _check(
        table.ndim == 2 and min(table.shape) > 0,
        f"{name} must be a table with at least one row and one column, not of shape {table.shape}.",
    )
    _check(bool(np.isfinite(table).all()), f"{name} must hold finite numbers only.")
    _check(bool(np.abs(table).max() <= _LARGEST), f"{name} holds numbers too large to square.")
    return table


def _pair(x: Any, query: Any) -> tuple[Floats, Floats]:
    table, asked = _points(x, "x"), np.asarray(query, dtype=np.float64)
    _check(
        asked.ndim == 2 and asked.shape[1] == table.shape[1],
        f"query must be a table with the {table.shape[1]} columns of x, not of shape {asked.shape}.",
    )
    return table, _points(asked, "query") if len(asked) else asked


def _labels(y: Any, n: int, classes: int | None) -> tuple[Ints, int]:
    labels = np.asarray(y)
    _check(labels.shape == (n,), f"y must hold one class for each of the {n} rows, not be of shape {labels.shape}.")
    whole = labels.astype(np.int64) if labels.dtype.kind in "iub" else None
    if whole is None:
        _check(
            labels.dtype.kind == "f" and bool(np.isfinite(labels).all()) and bool((labels == np.floor(labels)).all()),
            "y must hold whole numbers.",
        )
        whole = labels.astype(np.int64)
    _check(bool((whole >= 0).all()), "y must hold whole numbers from 0.")
    least = int(whole.max(initial=-1)) + 1
    _check(
        classes is None or (isinstance(classes, Integral) and classes >= least), f"classes must be at least {least}."
    )
    return whole, int(classes) if classes is not None else least


def _check_k(k: Any, n: int) -> None:
    good = isinstance(k, Integral) and 1 <= int(k) <= n
    _check(good, f"k must be a whole number from 1 to the number of examples, {n}, not {k!r}.")


def _check_ks(ks: Any, n: int) -> Ints:
    values = np.asarray(ks)
    _check(
        values.ndim == 1 and values.size > 0 and values.dtype.kind in "iu" and values.min() >= 1 and values.max() <= n,
        f"ks must be a list of whole numbers from 1 to {n}.",
    )
    return values.astype(np.int64)


def _check_whole(value: Any, name: str, least: int, range_: str = "a whole number from") -> None:
    _check(isinstance(value, Integral) and int(value) >= least, f"{name} must be {range_} {least}, not {value!r}.")


def _check_within(value: Any, name: str, most: int) -> None:
    _check(
        isinstance(value, Real) and 0 <= float(value) <= most,
        f"{name} must be a number from 0 to {most}, not {value!r}.",
    )


def _check_size(value: Any, name: str) -> None:
    _check(
        isinstance(value, Real) and 0 <= float(value) < np.inf, f"{name} must be a finite number from 0, not {value!r}."
    )


def _check_exponent(p: Any) -> None:
    _check(isinstance(p, Real) and 1 <= float(p) < np.inf, f"p must be a finite number, at least 1, not {p!r}.")


def _check_point(point: Floats, d: int, sentence: str) -> None:
    _check(point.shape == (d,) and bool(np.isfinite(point).all()), sentence)


def _one_of(value: Any, known: tuple[str, ...], what: str) -> None:
    _check(value in known, f"There is no {what} {value!r}; there are {', '.join(known)}.")


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def _make_read_only(*arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.setflags(write=False)

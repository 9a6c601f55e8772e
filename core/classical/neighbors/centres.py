"""The nearest centre of a class decides: one centre a class, its mean (NCC), or several."""

from dataclasses import field

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from core import door
from core.classical.kmeans import group_means, kmeans, spread_out
from core.classical.neighbors.distances import LARGEST, Floats, Ints, Space, pair, whitening
from core.classical.neighbors.nearest import ranked
from core.classical.neighbors.voting import counted
from core.result import result


@result
class Centroids:
    """One point a class, or several."""

    points: Floats  # (centres, d) the classes' means, shrunken if asked for
    labels: Ints  # (centres,) ascending
    covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # (d, d) within classes, pooled; () if unknown


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

    Examples
    --------
    >>> centroids([[0.0, 0.0], [2.0, 0.0], [5.0, 1.0]], [0, 0, 1]).points.tolist()
    [[1.0, 0.0], [5.0, 1.0]]
    """
    x = door.points("x", x, most=LARGEST)
    y, _ = counted(y, len(x))
    shrink = door.number("shrink", shrink, least=0)
    labels, member, counts = np.unique(y, return_inverse=True, return_counts=True)
    points = group_means(x, member, len(labels))
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
    return Centroids(points, labels, covariance)


def ncc_predict(centroids: Centroids, query: ArrayLike, *, metric: str = "l2", p: float = 2.0) -> Ints:
    """Give the class of the nearest centroid, (m,); of equally near ones the smaller label.

    Parameters
    ----------
    centroids
        From `centroids` or `prototypes`, or placed by hand.
    query
        (m, d) points to ask about.
    metric, p
        As for `kneighbors`, but "mahalanobis" takes the covariance within the classes, pooled: then the answer is that
        of linear discriminant analysis with equal priors.
    """
    points, query = pair(centroids.points, query)
    if metric == "mahalanobis":
        if centroids.covariance.shape != (points.shape[1],) * 2:
            raise ValueError("These centroids come without a covariance.")
        root = whitening(centroids.covariance)
        points, query, metric = points @ root, query @ root, "l2"
    _, nearest = ranked(Space(points, query, metric, p), 1)
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
    """
    points, query = pair(centroids.points, query)
    labels, count = counted(centroids.labels, len(points), classes)
    scores = np.full((len(query), count), -np.inf)
    squared = np.asarray(cdist(query, points, "sqeuclidean"))
    for label in np.unique(labels):
        scores[:, label] = -squared[:, labels == label].min(axis=1)
    return scores


def prototypes(x: ArrayLike, y: ArrayLike, *, per_class: int, seed: int = 0) -> Centroids:
    """Give several centres a class, by `kmeans` within the class.

    One per class is the nearest centroid classifier; as many as there are examples is 1-nearest-neighbour.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    per_class
        Centres per class; a class with no more examples than that keeps them all.
    seed
        Of the starts.
    """
    x = door.points("x", x, most=LARGEST)
    y, _ = counted(y, len(x))
    per_class = door.whole("per_class", per_class)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    groups = {int(label): x[y == label] for label in np.unique(y)}
    points = {
        label: own if len(own) <= per_class else kmeans(own, own[spread_out(own, per_class, rng)]).centers[-1]
        for label, own in groups.items()
    }
    labels = np.repeat(list(points), [len(own) for own in points.values()])
    return Centroids(np.vstack(list(points.values())), labels)

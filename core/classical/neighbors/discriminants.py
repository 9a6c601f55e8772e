"""One Gaussian a class: from NCC by way of linear (LDA) to quadratic discriminant analysis (QDA), and on to kNN."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.centres import centroid_scores, centroids, prototypes
from core.classical.neighbors.distances import LARGEST, Floats, Ints, covariance, pair
from core.classical.neighbors.voting import counted, vote
from core.result import result


@result
class Gaussians:
    """One Gaussian a class, all equally likely beforehand."""

    means: Floats  # (classes, d)
    covariances: Floats  # (classes, d, d)
    labels: Ints  # (classes,) ascending


def gaussians(x: ArrayLike, y: ArrayLike, *, bridge: float) -> Gaussians:
    """Fit one Gaussian a class, with covariances that free themselves step by step.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    bridge
        0: the same round Gaussian for all, which is the nearest centroid classifier. 1: one covariance for all, which
        is LDA. 2: each class its own, which is QDA. In between the covariances, of maximum likelihood, are mixed in
        proportion (Friedman, "Regularized discriminant analysis", 1989).
    """
    x = door.points("x", x, most=LARGEST)
    y, _ = counted(y, len(x))
    bridge = door.number("bridge", bridge, least=0, most=2)
    d, centre = x.shape[1], centroids(x, y)
    # Maximum likelihood divides by the number of examples.
    pooled = centre.covariance * (len(x) - len(centre.labels)) / len(x)
    # σ² I with the mean variance; any σ gives the same regions.
    variance = float(np.trace(pooled)) / d or 1.0
    first, second = min(bridge, 1.0), max(bridge - 1.0, 0.0)
    groups = [x[y == label] for label in centre.labels]
    own = np.stack([covariance(g) * (1 - 1 / len(g)) if len(g) > 1 else pooled for g in groups])
    # Σ_c = (1 − s) [(1 − t) σ² I + t S] + s S_c
    covariances = (1 - second) * ((1 - first) * variance * np.eye(d) + first * pooled) + second * own
    # A class whose points lie on a line has no volume: give it a little.
    values, axes = np.linalg.eigh(covariances)
    values = np.maximum(values, 1e-6 * variance)
    covariances = (axes * values[:, None, :]) @ axes.transpose(0, 2, 1)
    return Gaussians(centre.points, covariances, centre.labels)


def gaussian_scores(model: Gaussians, query: ArrayLike) -> Floats:
    """Give the log-density of each class up to a constant, (m, classes in `model.labels`): the largest wins."""
    _, query = pair(model.means, query)
    inverse = np.linalg.inv(model.covariances)
    _, log_det = np.linalg.slogdet(model.covariances)
    out = np.empty((len(query), len(model.means)))
    for c in range(len(model.means)):
        apart = query - model.means[c]
        # δ_c(x) = −½ (x − μ_c)ᵀ Σ_c⁻¹ (x − μ_c) − ½ log |Σ_c|
        out[:, c] = -0.5 * ((apart @ inverse[c]) * apart).sum(axis=1) - 0.5 * log_det[c]
    return out


def gaussian_proba(model: Gaussians, query: ArrayLike) -> Floats:
    """Give each class's posterior probability, equal priors, (m, classes in `model.labels`)."""
    score = gaussian_scores(model, query)
    score = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(score / score.sum(axis=1, keepdims=True))


def bridge_scores(
    x: ArrayLike,
    y: ArrayLike,
    query: ArrayLike,
    *,
    bridge: float,
    k: int = 1,
    per_class: int = 1,
    seed: int = 0,
    classes: int | None = None,
) -> Floats:
    """Score each class on the way from the nearest centroid to the k nearest neighbours; the largest score wins.

    Parameters
    ----------
    x, y
        (n, d) examples and their (n,) classes.
    query
        (m, d) points to ask about.
    bridge
        0: minus the squared distance to the nearest of the class's `prototypes`. Above 0 to 2: `gaussian_scores`, by
        way of LDA (1) to QDA (2). From 2 to 3: a mixture of QDA's probabilities and those of the k nearest neighbours
        (3).
    k
        Neighbours, where the bridge is above 2.
    per_class, seed
        Prototypes per class where the bridge is 0, and the seed of their start.
    classes
        Number of classes; the largest label + 1 if not given.

    Returns
    -------
    (m, classes) array
        Minus infinity, above 2 zero, for a class without examples.
    """
    x, query = pair(x, query)
    y, count = counted(y, len(x), classes)
    bridge = door.number("bridge", bridge, least=0, most=3)
    if bridge == 0:
        return centroid_scores(prototypes(x, y, per_class=per_class, seed=seed), query, classes=count)
    model = gaussians(x, y, bridge=min(bridge, 2.0))
    if bridge <= 2:
        scores = np.full((len(query), count), -np.inf)
        scores[:, model.labels] = gaussian_scores(model, query)
        return scores
    # p = (1 − t) p_QDA + t p_kNN
    t = bridge - 2.0
    mixed = t * vote(x, y, query, k=k, classes=count).proba
    mixed[:, model.labels] += (1 - t) * gaussian_proba(model, query)
    return mixed

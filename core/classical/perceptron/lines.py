"""Lines with a side for each class: a score w·[1, x], and class 1 where it is at least 0.

The bias is the first number of w. With squared features the line is a curve.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEATURES = ("linear", "quadratic")
# Larger coordinates (and ranges smaller than its inverse) are beyond what geometry with these numbers can resolve.
LARGEST = 1e20


def step(z: ArrayLike) -> Ints:
    """Say 1 where z ≥ 0, else 0.

    Scores may be of any shape; the classes are of the same.
    """
    return np.asarray(np.asarray(z) >= 0, dtype=np.int64)


def score(weights: ArrayLike, x: ArrayLike) -> Floats:
    """Give w·[1, x] for each point: 0 on the line, growing with the distance from it.

    Parameters
    ----------
    weights
        (d + 1,) bias first, or (…, d + 1) for many lines at once, such as `Trace.weights`.
    x
        (n, d) points.

    Returns
    -------
    (n,) or (…, n) array
    """
    x, weights = points(x), door.numbers("weights", weights)
    if weights.shape[-1:] != (x.shape[1] + 1,):
        raise ValueError(f"weights must have a bias and one number for each of the {x.shape[1]} columns of x.")
    return dot(weights, augmented(x))


def predict(weights: ArrayLike, x: ArrayLike) -> Ints:
    """Give the class, 0 or 1, that each point gets: `step` of its `score`, with the same arguments and shapes."""
    return step(score(weights, x))


def features(x: ArrayLike, kind: str) -> Floats:
    """Map points to the features a perceptron sees, so that its line may be a curve in the plane.

    Parameters
    ----------
    x
        (n, d) points.
    kind
        "linear": x as it is. "quadratic": x and all products of two coordinates, in the plane
        [x₁, x₂, x₁², x₁x₂, x₂²]; the line becomes an ellipse, a parabola or a hyperbola.

    Returns
    -------
    (n, d) or (n, d + d(d + 1)/2) array
    """
    x = points(x)
    door.one_of("kind", kind, FEATURES)
    if kind == "linear":
        return x
    i, j = np.triu_indices(x.shape[1])
    return np.hstack([x, x[:, i] * x[:, j]])


def angle(one: ArrayLike, other: ArrayLike) -> float:
    """Give how far one line is turned against another, in degrees from 0 to 180; the class sides count.

    Parameters
    ----------
    one, other
        (d + 1,) weights, bias first; the bias only shifts a line.

    Returns
    -------
    float
        Not a number where a line has no direction, all its slopes being 0.
    """
    a = door.numbers("one", one, ndim=1)[1:]
    b = door.numbers("other", other, shape=(len(a) + 1,))[1:]
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    return float("nan") if 0.0 in lengths else float(_turn(a / lengths[0], b / lengths[1]))


def spread(weights: ArrayLike) -> float:
    """Give how much lines differ in direction: the mean of their angles to their mean direction, in degrees.

    Parameters
    ----------
    weights
        (lines, d + 1), bias first. Lines without a direction, all their slopes being 0, are left out.

    Returns
    -------
    float
        Not a number where no line has a direction, or the directions cancel.
    """
    slopes = door.numbers("weights", weights, ndim=2)[:, 1:]
    lengths: Floats = np.sqrt((slopes**2).sum(axis=1, keepdims=True))
    slopes = slopes[lengths[:, 0] > 0] / lengths[lengths[:, 0] > 0]
    mean = slopes.sum(axis=0)
    length = float(np.linalg.norm(mean))
    return float("nan") if length <= 1e-12 * len(slopes) else float(_turn(slopes, mean / length).mean())


def _turn(a: Floats, b: Floats) -> Floats:
    """Give the angles between unit vectors (…, d), in degrees.

    Kahan's formula keeps its digits for the smallest angles, where the arc cosine loses half of them.
    """
    return np.asarray(np.degrees(2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))))


def augmented(x: Floats) -> Floats:
    """Put a 1 before each point, for the bias."""
    return np.column_stack([np.ones(len(x)), x])


def signed_rows(x: Floats, y: Ints) -> Floats:
    """Give (2y − 1) [1, x]: all classes alike, an example is right where its w·(2y − 1)[1, x] is above 0."""
    return np.where(y == 1, 1.0, -1.0)[:, None] * augmented(x)


def dot(weights: Floats, rows: Floats) -> Floats:
    """Give w·r for (…, k) weights and (n, k) rows, (…, n).

    Term by term as in `_learn`, and not with @, which may round otherwise: a point that was exactly on the line while
    learning stays on it.
    """
    z = weights[..., :1] * rows[:, 0]
    for j in range(1, rows.shape[1]):
        z += weights[..., j : j + 1] * rows[:, j]
    return z


def points(x: ArrayLike) -> Floats:
    """Take x as points (n, d) of a size that can be computed with."""
    return door.points("x", x, most=LARGEST)


def examples(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Ints]:
    """Take points (n, d) and their classes, 0 or 1."""
    table = points(x)
    return table, door.labels("y", y, len(table), classes=2)

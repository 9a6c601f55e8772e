"""Maps laid on one another: the best rotation, stretch and shift, and how far points then wander from map to map.

Schönemann, "A generalized solution of the orthogonal Procrustes problem" (1966).
"""

import numpy as np
from numpy.typing import ArrayLike

from core.classical.projections.points import Floats, take
from core.result import result


@result
class Alignment:
    """A rotation (perhaps with a reflection), a stretch of all axes alike, and a shift."""

    centre: Floats  # points p go to (p − centre) · rotation × scale + target
    rotation: Floats
    scale: float
    target: Floats
    disparity: float  # share of the target's spread that is left between the two: 0 if they fall together

    def apply(self, points: ArrayLike) -> Floats:
        """Move (…, n, d) points: one map, or all its frames."""
        return np.asarray((np.asarray(points) - self.centre) @ self.rotation * self.scale + self.target)


def align(a: ArrayLike, b: ArrayLike) -> Alignment:
    """Find how to rotate, reflect, stretch and shift b so that it lies on a best, in squared distances (Procrustes).

    Parameters
    ----------
    a, b
        (n, d) each, at least two different points each.

    Examples
    --------
    >>> found = align([[0, 0], [2, 0], [2, 1]], [[5, 5], [5, 9], [7, 9]])
    >>> round(found.scale, 6), round(found.disparity, 6)
    (0.5, 0.0)
    """
    a, b = take("a", a, least=2), take("b", b, least=2)
    if a.shape != b.shape:
        raise ValueError(f"a and b must have the same shape, not {a.shape} and {b.shape}.")
    target, centre = a.mean(axis=0), b.mean(axis=0)
    a0, b0 = a - target, b - centre
    spread_a, spread_b = float((a0**2).sum()), float((b0**2).sum())
    if not spread_a > 0 or not spread_b > 0:
        raise ValueError("a and b must each hold at least two different points.")
    # bᵀa = U S Vᵀ: the best rotation is U Vᵀ, the best stretch Σ S / Σ b².
    left, sizes, right = np.linalg.svd(b0.T @ a0)
    size = float(sizes.sum())
    disparity = float(max(0.0, 1 - size**2 / (spread_a * spread_b)))
    return Alignment(centre, left @ right, size / spread_b, target, disparity)


def procrustes(a: ArrayLike, b: ArrayLike) -> Floats:
    """Give b rotated, reflected, stretched and shifted so that it lies on a best; arguments as for `align`."""
    return align(a, b).apply(take("b", b))


def jitter(maps: Floats) -> Floats:
    """Say how far each point wanders over maps (runs, n, 2) that lie on one another.

    Returns
    -------
    (n,) root mean square distance from its mean place, as a share of the root mean square radius of a map.
    """
    away = ((maps - maps.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0)
    return np.asarray(np.sqrt(away) / max(radius(maps), 1e-12))


def moved(before: Floats, after: Floats) -> float:
    """Give the median way of the points of a map (n, 2), as a share of the root mean square radius it had."""
    return float(np.median(np.hypot(*(after - before).T)) / radius(before))


def radius(maps: Floats) -> float:
    """Give the root mean square distance of points (…, n, 2) from the middle of their map."""
    return float(np.sqrt(((maps - maps.mean(axis=-2, keepdims=True)) ** 2).sum(axis=-1).mean()))

"""Distances in six metrics, the shape of a ball in each, and how much "nearest" means."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core import door

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

METRICS = ("l1", "l2", "linf", "lp", "cosine", "mahalanobis")
BLOCK = 30_000  # entries of a block of the distance matrix: it stays in the processor's cache
LARGEST = 1e100  # squares of larger coordinates leave the numbers


def pair(x: Any, query: Any) -> tuple[Floats, Floats]:
    """Take examples (n, d) and queries (m, d), m from 0."""
    examples = door.points("x", x, most=LARGEST)
    asked = door.numbers("query", query, shape=(None, examples.shape[1]))
    return examples, door.points("query", asked, most=LARGEST) if len(asked) else asked


class Space:
    """Examples and queries in coordinates where the metric is easy, and the distances between them."""

    def __init__(self, x: Floats, query: Floats, metric: str, p: float) -> None:
        self.metric = door.one_of("metric", metric, METRICS)
        self.p = door.number("p", p, least=1)
        if metric == "mahalanobis":
            root = whitening(covariance(x))
            x, query = x @ root, query @ root
        elif metric == "cosine":
            x, query = _unit(x), _unit(query)
        self.x, self.query = np.ascontiguousarray(x), np.ascontiguousarray(query)

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Yield the distance matrix a few rows at a time, so that no array grows large."""
        wide = self.x.shape[1] if self.metric == "lp" and self.p > 20 else 1
        rows = max(16, BLOCK // (len(self.x) * wide))
        for start in range(0, len(self.query), rows):
            part = slice(start, min(start + rows, len(self.query)))
            yield part, self.between(self.query[part])

    def between(self, query: Floats) -> Floats:
        """Give the (m, n) distances from some of the queries."""
        if self.metric == "lp":
            return self._minkowski(query)
        if self.metric == "cosine":
            # For unit vectors 1 − u·v = ½ ‖u − v‖², which is exact where they are equal.
            d = 0.5 * np.asarray(cdist(query, self.x, "sqeuclidean"))
            d[~query.any(axis=1)] = 1.0
            d[:, ~self.x.any(axis=1)] = 1.0
            return d
        theirs = {"l1": "cityblock", "linf": "chebyshev"}.get(self.metric, "euclidean")
        return np.asarray(cdist(query, self.x, theirs))

    def _minkowski(self, query: Floats) -> Floats:
        """(Σ|aᵢ − bᵢ|^p)^(1/p), on numbers of size 1 so that high powers stay in range."""
        x, p = self.x, self.p
        size = max(float(np.abs(x).max(initial=0.0)), float(np.abs(query).max(initial=0.0)), 1e-300)
        if p <= 20:
            # Coordinate by coordinate: numpy takes powers faster than scipy does.
            total = np.zeros((len(query), len(x)))
            for a, b in zip((query / size).T, (x / size).T, strict=True):
                total += np.abs(a[:, None] - b) ** p
            return np.asarray(size * total ** (1 / p))
        apart = np.abs(query[:, None, :] - x[None, :, :])
        most = apart.max(axis=2)
        share = np.divide(apart, most[..., None], out=np.zeros_like(apart), where=most[..., None] > 0)
        return np.asarray(most * (share**p).sum(axis=2) ** (1 / p))


def _unit(x: Floats) -> Floats:
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return np.asarray(np.divide(x, length, out=np.zeros_like(x), where=length > 0))


def covariance(x: Floats) -> Floats:
    """Give the (d, d) covariance of the columns, ddof 1."""
    if len(x) < 2:
        raise ValueError("A covariance needs at least two examples.")
    apart = x - x.mean(axis=0)
    return np.asarray(apart.T @ apart / (len(x) - 1))


def whitening(cov: Floats) -> Floats:
    """Give W so that x W has the covariance I."""
    values, axes = np.linalg.eigh(cov)
    if values[0] <= 1e-12 * max(values[-1], 1e-300):
        raise ValueError(
            "The covariance is singular: some column is a mixture of the others. There are no Mahalanobis distances."
        )
    # Σ = V diag(λ) Vᵀ  ⇒  W = V diag(λ^−½)
    return np.asarray(axes / np.sqrt(values))


def has_volume(x: ArrayLike) -> bool:
    """Whether examples (n, d) spread into every direction, so that there are Mahalanobis distances."""
    x = door.points("x", x, most=LARGEST)
    try:
        whitening(covariance(x))
    except ValueError:
        return False
    return True


def contrast(x: ArrayLike, query: ArrayLike) -> Floats:
    """Give (farthest − nearest) / nearest of each query's Euclidean distances, (m,): how much "nearest" means.

    Source: Beyer, Goldstein, Ramakrishnan & Shaft, "When is 'nearest neighbor' meaningful?" (1999).
    """
    x, query = pair(x, query)
    d = np.asarray(cdist(query, x))
    least = d.min(axis=1)
    # (d_max − d_min) / d_min
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((d.max(axis=1) - least) / least)


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
        (d,) with d from 2. The plane is that of the first two coordinates; the others stay those of the centre.
    radius
        The distance, at least 0.
    metric, p
        As for `kneighbors`.
    x
        (n, d) examples, whose covariance gives "mahalanobis" its shape.
    sides
        Number of corners; with a multiple of 8 the corners of squares are among them.
    reach
        How far the outline is drawn where it has no end, as a wedge from the origin, the ball of "cosine", has none.

    Returns
    -------
    (sides + 1, 2) array, closed
    """
    middle = door.numbers("centre", centre, ndim=1)
    if len(middle) < 2:
        raise ValueError("centre must have two coordinates or more.")
    radius, p = door.number("radius", radius, least=0), door.number("p", p, least=1)
    door.one_of("metric", metric, METRICS)
    turn = np.linspace(0.0, 2 * np.pi, sides + 1)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    if metric == "cosine":
        return _wedge(middle, radius, turn, reach)
    if metric == "mahalanobis":
        if x is None:
            raise ValueError("The ball of mahalanobis needs x.")
        # z = xW is white, so that a step v in the plane has the length r where v (W Wᵀ)₂ₓ₂ vᵀ = r²;
        # with L Lᵀ = (W Wᵀ)₂ₓ₂ those are the v = r (cos, sin) L⁻¹
        steps = whitening(covariance(door.numbers("x", x, shape=(None, len(middle)))))[:2]
        return np.asarray(middle[:2] + radius * circle @ np.linalg.inv(np.linalg.cholesky(steps @ steps.T)))
    # Every direction, scaled to length 1 in the metric
    length = {
        "l1": np.abs(circle).sum(axis=1),
        "linf": np.abs(circle).max(axis=1),
        "lp": (np.abs(circle) ** p).sum(axis=1) ** (1 / p),
    }.get(metric, np.ones(sides + 1))
    return np.asarray(middle[:2] + radius * circle / length[:, None])


def _wedge(centre: Floats, radius: float, turn: Floats, reach: float) -> Floats:
    """Cut the cone of all directions within a cosine distance of the centre's: how far each ray stays inside."""
    size = float(np.linalg.norm(centre))
    turn = turn + np.arctan2(-centre[1], -centre[0])  # the first ray points to the cone's tip
    rays = np.column_stack([np.cos(turn), np.sin(turn)])
    far = np.full(len(rays), reach)
    if size > 0 and radius < 2:
        # w = c + t e lies on the cone where (u·w)² = s² ‖w‖², with u = c / ‖c‖ and s = 1 − r:
        # (β² − s²) t² + 2 β (1 − s²) ‖c‖ t + (1 − s²) ‖c‖² = 0,  β = u·e
        s, along = 1 - radius, rays @ centre[:2] / size
        a, b, c = along**2 - s**2, along * (1 - s**2) * size, (1 - s**2) * size**2
        with np.errstate(invalid="ignore", divide="ignore"):
            root = np.sqrt(b**2 - a * c)
            root = np.where(np.isclose(b**2, a * c, rtol=1e-12), 0.0, root)
            t = np.stack([(-b - root) / a, (-b + root) / a])
            # Only one side of the double cone is meant: u·w has the sign of s.
            t[~((t > 0) & ((size + t * along) * s >= -1e-9 * size))] = np.inf
        far = np.minimum(t.min(axis=0), reach)
    return np.asarray(centre[:2] + far[:, None] * rays)

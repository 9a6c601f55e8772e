"""Points as all methods take them, and the distances between them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_POINTS = 3000  # where n × n matrices are needed: 72 MB each
LARGEST = 1e100  # squares of larger coordinates leave the numbers


def take(name: str, x: ArrayLike, *, least: int = 1, most: int | None = None, columns: int | None = None) -> Floats:
    """Take points (n, d), finite and not so large that their distances are not."""
    points = door.points(name, x, least=least)
    if most is not None and len(points) > most:
        raise ValueError(f"{name} must hold at most {most} points, not {len(points)}.")
    if columns is not None and points.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, not {points.shape[1]}.")
    if np.abs(points).max() > LARGEST:
        raise ValueError(f"{name} must hold numbers up to {LARGEST:g}.")
    return points


def take_both(x: ArrayLike, embedding: ArrayLike, *, least: int = 3) -> tuple[Floats, Floats]:
    """Take points (n, d) and their places (n, c) on a map."""
    points, places = take("x", x, least=least), take("embedding", embedding)
    if len(points) != len(places):
        raise ValueError(f"x and embedding must have equally many rows, not {len(points)} and {len(places)}.")
    return points, places


def must_differ(x: Floats) -> None:
    """Raise ValueError where all points are equal."""
    if not np.ptp(x, axis=0).any():
        raise ValueError("All points are equal: there is no direction in which they vary.")


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Give the (n, m) squared Euclidean distances between the rows of a (n, d) and b (m, d)."""
    # |a − b|² = |a|² + |b|² − 2 a·b, with the origin moved among the points, where rounding is smallest.
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle
    squares: Floats = -2 * a @ b.T
    squares += np.einsum("ij,ij->i", a, a)[:, None]
    squares += np.einsum("ij,ij->i", b, b)
    return np.maximum(squares, 0, out=squares)

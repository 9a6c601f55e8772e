"""Sets that are drawn, as points without noise.

Each takes all its random numbers row by row from one call, so that fewer points are the first of more points.
"""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core import door
from core.dataset import Dataset


def _plane(name: str, x: NDArray[np.float64], y: NDArray[np.int64]) -> Dataset:
    return Dataset(name, x, y, ("x1", "x2"), ("0", "1"))


def _turns(n: int) -> NDArray[np.int64]:
    """Give 0, 1, 0, 1, …: balanced, and an online learner sees both classes from the start."""
    return np.arange(n) % 2


def _disc(n: int, rng: Generator) -> NDArray[np.float64]:
    """Draw (n, 2) points evenly from the unit disc."""
    u = rng.uniform(size=(n, 2))
    # Area grows with the radius squared: the root spreads the points evenly.
    return np.sqrt(u[:, :1]) * _on_circle(u[:, 1])


def _on_circle(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (n, 2) points of the unit circle at (n,) shares of a full turn."""
    return np.column_stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)])


def _blobs(n: int, rng: Generator) -> Dataset:
    """Two round clusters, far enough apart that a line separates them while the noise is small."""
    y = _turns(n)
    centres = np.array([[-0.9, -0.6], [0.9, 0.6]])
    return _plane("blobs", centres[y] + 0.7 * _disc(n, rng), y)


def _xor(n: int, rng: Generator) -> Dataset:
    """Four clusters at (±1, ±1), of class 1 where the signs differ: no line separates them.

    Source: Minsky & Papert, "Perceptrons" (1969).
    """
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    return _plane("xor", corners[np.arange(n) % 4], _turns(n))


def _moons(n: int, rng: Generator) -> Dataset:
    """Two half circles that reach into each other: no line separates them, a curve does."""
    y = _turns(n)
    arch = _on_circle(rng.uniform(size=n) / 2)
    # The second moon is the first turned by half a turn, its tip at the centre of the first.
    x = np.where(y[:, None] == 0, arch, [1.0, 0.5] - arch)
    return _plane("moons", 1.3 * (x - [0.5, 0.25]), y)


def _circles(n: int, rng: Generator) -> Dataset:
    """Two rings, class 0 around class 1: no line separates them, a quadratic curve does."""
    y = _turns(n)
    radii = np.array([1.6, 0.8])
    return _plane("circles", radii[y, None] * _on_circle(rng.uniform(size=n)), y)


def _thin_margin(n: int, rng: Generator) -> Dataset:
    """Two classes on the two sides of a slanted line that misses the origin, each keeping only 0.03 away from it.

    A line separates them while the noise stays within that distance.
    """
    y = _turns(n)
    along, away = rng.uniform([-1.4, 0.03], [1.4, 1.1], size=(n, 2)).T
    normal, tangent = np.array([0.6, 0.8]), np.array([0.8, -0.6])
    height = 0.3 + np.where(y == 1, away, -away)
    return _plane("thin_margin", np.outer(along, tangent) + np.outer(height, normal), y)


def _outlier(n: int, rng: Generator) -> Dataset:
    """Two tight clusters and, in row 1, one point of class 1 far away on its own side.

    It is not among the points nearest to the border, so the widest margin ignores it; but as a vector it is long, and
    one mistake on it turns a perceptron's line by a lot.
    """
    y = _turns(n)
    centres = np.array([[-0.6, 0.0], [0.6, 0.0]])
    x = centres[y] + 0.35 * _disc(n, rng)
    x[1] = [0.9, 2.0]
    return _plane("outlier", x, y)


def _ring_of_blobs(classes: int) -> Callable[[int, Generator], Dataset]:
    """Make a maker of round clusters, evenly around the origin, one a class."""

    def make(n: int, rng: Generator) -> Dataset:
        y = np.arange(n) % classes
        centres = 1.25 * _on_circle(0.25 + np.arange(classes) / classes)
        names = tuple(str(c) for c in range(classes))
        return Dataset(f"blobs{classes}", centres[y] + 0.6 * _disc(n, rng), y, ("x1", "x2"), names)

    return make


def _spiral(n: int, rng: Generator) -> Dataset:
    """Two arms wound around each other for one and a quarter turns: close to a class's border wherever one stands."""
    y = _turns(n)
    along = rng.uniform(size=n)
    # The radius grows evenly from 0.2 to 1.9; the second arm is the first turned by half a turn.
    return _plane("spiral", (0.2 + 1.7 * along)[:, None] * _on_circle(1.25 * along + y / 2), y)


def _gaussians(n: int, rng: Generator) -> Dataset:
    """Two points, (±1, 0), so that with noise σ the classes are two round Gaussians.

    The best possible error is known: Φ(−1/σ).
    """
    y = _turns(n)
    return _plane("gaussians", np.column_stack([2.0 * y - 1.0, np.zeros(n)]), y)


def _weather(n: int, rng: Generator) -> Dataset:
    """Days of three kinds of weather: generated numbers of a plausible size, not measurements."""
    y = np.arange(n) % 3
    mean = np.array([[24.0, 48.0, 3.0], [20.0, 65.0, 4.0], [17.0, 84.0, 6.5]])
    spread = np.array([[4.5, 9.0, 1.2], [4.5, 8.0, 1.6], [4.0, 6.0, 2.2]])
    x = mean[y] + spread[y] * rng.standard_normal((n, 3))
    x = np.clip(x, [-5.0, 15.0, 0.2], [40.0, 99.0, 18.0])
    features = ("temperature (°C)", "humidity (%)", "wind speed (m/s)")
    return Dataset("weather", x, y, features, ("sunny", "cloudy", "rain"))


def skeleton(name: str, *, n: int = 200) -> Dataset:
    """Give points spread evenly over a set's shape without noise: with the noise's density around each, the truth.

    Parameters
    ----------
    name
        One of `KNOWN`, the sets whose shape is a curve or a point for each class.
    n
        Points per class, at least 1.
    """
    door.one_of("name", name, KNOWN)
    n = door.whole("n", n)
    turn = (np.arange(n) + 0.5) / n
    if name == "gaussians":
        shapes = [np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]])]
    elif name == "moons":
        arch = _on_circle(turn / 2)
        shapes = [1.3 * (arch - [0.5, 0.25]), 1.3 * ([0.5, 0.25] - arch)]
    else:
        shapes = [1.6 * _on_circle(turn), 0.8 * _on_circle(turn)]
    return _plane(name, np.vstack(shapes), np.repeat([0, 1], [len(shape) for shape in shapes]))


SETS: dict[str, Callable[[int, Generator], Dataset]] = {
    "blobs": _blobs,
    "xor": _xor,
    "moons": _moons,
    "circles": _circles,
    "thin_margin": _thin_margin,
    "outlier": _outlier,
    "blobs3": _ring_of_blobs(3),
    "blobs4": _ring_of_blobs(4),
    "blobs5": _ring_of_blobs(5),
    "spiral": _spiral,
    "gaussians": _gaussians,
    "weather": _weather,
}
KNOWN = ("gaussians", "moons", "circles")

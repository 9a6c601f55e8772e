"""The data sets of the lessons: small, seeded, and shaped so that a method's strength or weakness shows.

Each is made in two steps: points without noise, then Gaussian noise on the coordinates. The same seed draws the same
points and the same noise, only stretched by `noise` and cut at `n`: a moved slider moves the points, it does not
reshuffle them.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.tables import TableError as TableError
from core.tables import read_columns as read_columns
from core.tables import read_csv as read_csv


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled points. The arrays are read-only copies, since one data set is shared by all who look at it.

    Parameters
    ----------
    name
        What the set is called: "iris".
    x
        (n, d) float64, one example a row.
    y
        (n,) int, each example's class as an index into `class_names`.
    feature_names
        The d columns, with their unit where they have one: "petal width (cm)".
    class_names
        The classes, in the order of their indices.

    Raises
    ------
    ValueError
        If the parts do not fit together, or a coordinate is not finite.
    """

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        x, y = np.array(self.x, dtype=np.float64), np.array(self.y)
        if x.ndim != 2 or x.shape[1] != len(self.feature_names):
            raise ValueError(f"x must be a table with one column for each feature name, not of shape {x.shape}.")
        if not np.isfinite(x).all():
            raise ValueError("x must hold finite numbers only.")
        if y.shape != x.shape[:1]:
            raise ValueError(f"y must hold one class for each of the {len(x)} rows of x, not be of shape {y.shape}.")
        if not np.isin(y, range(len(self.class_names))).all():
            raise ValueError("y must hold indices into the class names.")
        y = y.astype(np.int64)
        for array in (x, y):
            array.setflags(write=False)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)


def load(name: str, *, n: int = 200, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Make a data set.

    Parameters
    ----------
    name
        One of `NAMES`. Most are two classes of points in the plane, roughly within [-2, 2]². "blobs3", "blobs4" and
        "blobs5" have as many classes as they say. "iris": three species, 150 flowers, four measurements in cm. "wine":
        three cultivars, 178 wines, thirteen measurements. "weather": three kinds of weather by temperature, humidity and
        wind; generated, not measured.
    n
        Number of points, at least 2; the classes take turns, so all have equally many. Iris has its 150 and wine its 178
        whatever `n`.
    noise
        Standard deviation of the Gaussian noise added to each coordinate, in the coordinate's unit (cm for iris).
    seed
        Of the points and the noise, a whole number from 0.

    Returns
    -------
    Dataset
        With read-only arrays.

    Raises
    ------
    ValueError
        If the name is unknown or a number is out of its range.

    Examples
    --------
    >>> load("xor", n=4, noise=0).x.tolist()
    [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
    """
    if name not in _SETS:
        raise ValueError(f"There is no data set {name!r}; there are {', '.join(_SETS)}.")
    if not isinstance(n, Integral) or n < 2:
        raise ValueError(f"n must be a whole number of points, at least 2, not {n!r}.")
    if not isinstance(noise, Real) or not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a finite standard deviation, at least 0, not {noise!r}.")
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed must be a whole number, at least 0, not {seed!r}.")
    points_rng, noise_rng = np.random.default_rng(int(seed)).spawn(2)
    data = _SETS[name](int(n), points_rng)
    return replace(data, x=data.x + noise * noise_rng.standard_normal(data.x.shape))


# Points without noise. Each takes all its random numbers row by row from one call, so that fewer points are the first
# of more points.


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


def _iris(n: int, rng: Generator) -> Dataset:
    """Read the flowers; they are what they are, so `n` and `rng` are not used."""
    return _flowers()


@cache
def _flowers() -> Dataset:
    """Read Fisher's iris from scikit-learn's own csv, without the 0.7 s that importing scikit-learn takes.

    Source: Fisher, "The use of multiple measurements in taxonomic problems" (1936); Anderson (1935).
    """
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise RuntimeError("The iris data come with scikit-learn, which is not installed.")
    with (Path(package.origin).parent / "datasets" / "data" / "iris.csv").open(encoding="utf-8") as file:
        (_, _, *species), *flowers = csv.reader(file)
    table = np.array(flowers, dtype=np.float64)
    features = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    return Dataset("iris", table[:, :4], table[:, 4].astype(np.int64), features, tuple(species))


def _wine(n: int, rng: Generator) -> Dataset:
    """Read the wines; they are what they are, so `n` and `rng` are not used."""
    return _bottles()


@cache
def _bottles() -> Dataset:
    """Read the wine data from scikit-learn's own csv, as the iris are.

    Source: Forina et al., PARVUS (1988); UCI machine learning repository, "Wine". Feature names are scikit-learn's.
    """
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise RuntimeError("The wine data come with scikit-learn, which is not installed.")
    with (Path(package.origin).parent / "datasets" / "data" / "wine_data.csv").open(encoding="utf-8") as file:
        (_, _, *cultivars), *wines = csv.reader(file)
    table = np.array(wines, dtype=np.float64)
    features = (
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
    )  # fmt: skip
    return Dataset("wine", table[:, :13], table[:, 13].astype(np.int64), features, tuple(cultivars))


def skeleton(name: str, *, n: int = 200) -> Dataset:
    """Give points spread evenly over a set's shape without noise: with the noise's density around each, the truth.

    Parameters
    ----------
    name
        One of `KNOWN`, the sets whose shape is a curve or a point for each class.
    n
        Points per class, at least 1.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the name is unknown or n is out of its range.
    """
    if name not in KNOWN:
        raise ValueError(f"The shape of {name!r} is not known; there are {', '.join(KNOWN)}.")
    if not isinstance(n, Integral) or n < 1:
        raise ValueError(f"n must be a whole number of points, at least 1, not {n!r}.")
    turn = (np.arange(n) + 0.5) / n
    if name == "gaussians":
        shapes = [np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]])]
    elif name == "moons":
        arch = _on_circle(turn / 2)
        shapes = [1.3 * (arch - [0.5, 0.25]), 1.3 * ([0.5, 0.25] - arch)]
    else:
        shapes = [1.6 * _on_circle(turn), 0.8 * _on_circle(turn)]
    return _plane(name, np.vstack(shapes), np.repeat([0, 1], [len(shape) for shape in shapes]))


_SETS: dict[str, Callable[[int, Generator], Dataset]] = {
    "blobs": _blobs,
    "xor": _xor,
    "moons": _moons,
    "circles": _circles,
    "thin_margin": _thin_margin,
    "outlier": _outlier,
    "iris": _iris,
    "blobs3": _ring_of_blobs(3),
    "blobs4": _ring_of_blobs(4),
    "blobs5": _ring_of_blobs(5),
    "spiral": _spiral,
    "gaussians": _gaussians,
    "wine": _wine,
    "weather": _weather,
}

NAMES = tuple(_SETS)
KNOWN = ("gaussians", "moons", "circles")

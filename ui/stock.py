"""The classifier's plane, ready to use: data to choose from, two features, noise, a seed, and points of one's own.

A lesson's Params inherit `Plane` (or `Sized`, with a slider for the number of points) and ask for the `problem`; `code`
is the same as a snippet. A lesson with other data names them::

    @dataclass(frozen=True)
    class Params(stock.Plane):
        sources: ClassVar = {**stock.TWO, "spiral": stock.Source(T("うずまき", "Spiral"), "spiral", 200, 0.05)}
        data: str = stock.menu(sources)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.data import load, words
from core.data.window import span
from core.result import result
from core.text import T
from ui.params import Points, choice, control_of, hand_points, hand_window, own_names, slider


@result
class Problem:
    """Points in classes, in a plane of two features."""

    x: NDArray[np.float64]  # (n, 2)
    y: NDArray[np.int64]  # (n,) from 0
    names: tuple[T, ...]  # of the classes
    axes: tuple[T, ...]  # names of the features
    limits: tuple[float, ...] = ()  # (x0, x1, y0, y1) to show; () for all points

    @property
    def window(self) -> tuple[float, ...]:
        """(x0, x1, y0, y1) that is shown."""
        return self.limits or (*span(self.x[:, 0]), *span(self.x[:, 1]))

    @property
    def equal(self) -> bool:
        """Whether a unit can be as long across as it is up."""
        x0, x1, y0, y1 = self.window
        return 0.25 < (y1 - y0) / (x1 - x0) < 4


@dataclass(frozen=True)
class Source:
    """A set of `core.data` as a lesson offers it."""

    words: T  # in the menu
    name: str  # in core.data
    n: int = 100
    noise: float = 0.0  # that belongs to the data; the slider's is added
    classes: tuple[int, ...] = ()  # the two that are taken; () for all


TWO = {
    "iris": Source(T("アヤメ: setosa と versicolor", "Iris: setosa, versicolor"), "iris", classes=(0, 1)),
    "iris_hard": Source(T("アヤメ: versicolor と virginica", "Iris: versicolor, virginica"), "iris", classes=(1, 2)),
    "xor4": Source(T("XOR の 4 点", "XOR, four points"), "xor", 4),
    "blobs": Source(T("二つのかたまり", "Two blobs"), "blobs", 100, 0.3),
    "thin_margin": Source(T("すきまの細い二群", "A thin gap"), "thin_margin", 100),
    "outlier": Source(T("外れ値ひとつ", "One outlier"), "outlier", 60, 0.05),
    "xor": Source(T("XOR の雲", "XOR clouds"), "xor", 100, 0.25),
    "moons": Source(T("三日月", "Moons"), "moons", 100, 0.08),
    "circles": Source(T("二重の円", "Circles"), "circles", 100, 0.08),
}


def menu(sources: Mapping[str, Source]) -> Any:
    """Declare the choice of data; the last of it is "own", the points made by hand."""
    options = {key: source.words for key, source in sources.items()} | {"own": T("自分の点", "My own points")}
    return choice(T("データ", "Data"), options)


def pair(name: str, *, default: str | None = None, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the choice of two features of a set of `core.data`: a key of its `words.PAIRS`."""
    options = {key: pair.words for key, pair in words.PAIRS[name].items()}
    return choice(T("二つの特徴", "Two features"), options, default=default, when=when)


@dataclass(frozen=True)
class Plane:
    """Data in a plane of two features; `sources` says which there are.

    Noise is in the unit of the features; for points of one's own, of which nothing is known, in their own standard
    deviations.
    """

    sources: ClassVar[Mapping[str, Source]] = TWO

    data: str = menu(TWO)
    features: str = pair("iris", default="lengths", when=lambda p: p.measured)
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.0, step=0.02)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    points: tuple[tuple[float, float, int], ...] = hand_points(
        sets={"data": "own", "noise": 0.0}
    )  # with the noise that they had
    window: tuple[float, ...] = hand_window(when=lambda p: p.data == "own")
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own")

    @property
    def source(self) -> Source | None:
        """The set that is chosen, None for points of one's own."""
        return self.sources.get(self.data)

    @property
    def measured(self) -> bool:
        """Whether there are more than two features to choose from."""
        return self.source is not None and self.source.name in words.PAIRS

    @property
    def columns(self) -> tuple[int, int]:
        """The two features, across and up."""
        return words.PAIRS[self.source.name][self.features].columns if self.source and self.measured else (0, 1)


@dataclass(frozen=True)
class Sized(Plane):
    """The same with as many points as are asked for."""

    sources: ClassVar[Mapping[str, Source]] = {key: source for key, source in TWO.items() if key != "xor4"}

    data: str = menu(sources)
    n: int = slider(T("点の数", "Points"), 20, 200, default=100, when=lambda p: p.data != "own" and not p.measured)


def problem(p: Plane) -> Problem:
    """Give the data that the parameters ask for."""
    source = p.source
    if source is None:
        rows = np.array(p.points, dtype=float).reshape(-1, 3)
        control = control_of(p, "points")
        count = control.classes if isinstance(control, Points) else 2
        axes, classes = called(p.names, count)
        return Problem(scattered(rows[:, :2], p.noise, p.seed), rows[:, 2].astype(int), classes, axes, p.window)
    data = load(source.name, n=_n(p, source), noise=source.noise + p.noise, seed=p.seed)
    kept = source.classes or tuple(range(len(data.class_names)))
    rows, names = np.isin(data.y, kept), words.classes(source.name, len(data.class_names))
    return Problem(
        x=data.x[rows][:, p.columns],
        y=np.searchsorted(kept, data.y[rows]),
        names=tuple(names[c] for c in kept),
        axes=words.axes(source.name, p.columns),
    )


def scattered(x: NDArray[np.float64], noise: float, seed: int) -> NDArray[np.float64]:
    """Scatter points of one's own (n, 2)."""
    if not noise or not len(x):
        return x
    return np.asarray(x + noise * x.std(axis=0) * np.random.default_rng(seed).standard_normal(x.shape))


def scattering(noise: float, seed: int) -> str:
    """Give Python that does so, nothing where there is no noise."""
    if not noise:
        return ""
    return f"x = x + {noise!r} * x.std(axis=0) * np.random.default_rng({seed}).standard_normal(x.shape)\n"


def called(
    names: tuple[str, ...], count: int, axes: tuple[T, ...] = words.PLANE
) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Give the names of the features and of `count` classes, from a table of one's own as far as it has them.

    Parameters
    ----------
    names
        Of the features, then of the classes.
    count
        How many classes there are.
    axes
        Names of the features for a table without names.
    """
    own, d = tuple(T(name, name) for name in names), len(axes)
    classes = (*own[d : d + count], *words.classes("own", count)[len(own[d:]) :])
    return own[:d] if len(own) >= d else axes, classes


def code(p: Plane) -> str:
    """Give Python that makes x and y."""
    source = p.source
    if source is None:
        return f"""\
points = np.array({[list(point) for point in p.points]}).reshape(-1, 3)
x, y = points[:, :2], points[:, 2].astype(int)
""" + scattering(p.noise if p.points else 0.0, p.seed)
    sized = "" if p.measured else f"n={_n(p, source)}, "
    lines = [f'data = load("{source.name}", {sized}noise={source.noise + p.noise!r}, seed={p.seed})']
    columns = f"[:, {list(p.columns)}]" if p.measured else ""
    if source.classes:
        a, b = source.classes
        lines.append(f"keep = (data.y == {a}) | (data.y == {b})")
        lines.append(f"x, y = data.x[keep]{columns}, (data.y[keep] == {b}).astype(int)")
    else:
        lines.append(f"x, y = data.x{columns}, data.y")
    return "\n".join(lines) + "\n"


def _n(p: Plane, source: Source) -> int:
    return p.n if isinstance(p, Sized) else source.n

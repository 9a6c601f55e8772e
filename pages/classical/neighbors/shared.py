"""What several scenes share: k, the query, and examples in a plane that may be scaled before distances are taken."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import flip_labels, hold_out, load, scaling, thin_out, words
from core.data.window import span
from core.result import result
from core.text import PERCENT, T
from ui import stock
from ui.params import choice, hand_points, hand_window, own_names, slider
from ui.stock import Source

percent: Any = functools.partial(slider, low=0.0, high=100.0, step=0.5, unit=PERCENT)
SOURCES = {
    "blobs": Source(T("かたまり", "Blobs"), "blobs"),
    "moons": Source(T("三日月", "Moons"), "moons"),
    "circles": Source(T("二重の円", "Circles"), "circles"),
    "spiral": Source(T("うずまき", "Spiral"), "spiral"),
    "iris": Source(T("アヤメ", "Iris"), "iris"),
    "wine": Source(T("ワイン", "Wine"), "wine"),
    "weather": Source(T("天気（作りもの）", "Weather (made up)"), "weather"),
}
CELLS = (80, 62)  # of the plane


@dataclass(frozen=True)
class Voters:
    k: int = slider(T("近傍の数 k", "Neighbours k"), 1, 200, default=7, log=True)

    def note(self, k: int) -> tuple[str, ...]:
        """Name the sentence that says why fewer neighbours are asked."""
        return ("empty",) if k == 0 else ("fewer",) if k < self.k else ()


@dataclass(frozen=True)
class Query:
    qx: float = percent(T("調べる点: 横", "Query: across"), default=54.0)
    qy: float = percent(T("調べる点: 縦", "Query: up"), default=54.0)


@dataclass(frozen=True)
class InPlane(Voters):
    data: str = stock.menu(SOURCES)
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.5, step=0.02, when=lambda p: p.drawn)
    scatter: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.0, step=0.02, when=lambda p: p.placed)
    classes: int = slider(T("クラスの数", "Classes"), 2, 5, default=3, when=lambda p: p.data in ("blobs", "own"))
    n: int = slider(T("点の数", "Points"), 20, 200, default=120, when=lambda p: p.drawn)
    iris: str = stock.pair("iris", when=lambda p: p.data == "iris")
    wine: str = stock.pair("wine", when=lambda p: p.data == "wine")
    weather: str = stock.pair("weather", when=lambda p: p.data == "weather")
    scale: str = choice(
        T("スケーリング", "Scaling"),
        {
            "none": T("そのまま", "None"),
            "minmax": T("MinMax（0 から 1 に）", "MinMax (0 to 1)"),
            "standard": T("標準化（平均 0、分散 1）", "Standardise (mean 0, variance 1)"),
        },
    )
    flips: float = slider(
        T("ラベルの誤り", "Wrong labels"), 0.0, 0.5, default=0.0, step=0.02, when=lambda p: p.data != "own"
    )
    thin: float = slider(
        T("クラスの偏り", "Imbalance"), 0.0, 0.95, default=0.0, step=0.05, when=lambda p: p.data != "own"
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    points: tuple[tuple[float, float, int], ...] = hand_points(classes=5, sets={"data": "own", "scatter": 0.0})
    window: tuple[float, ...] = hand_window(when=lambda p: p.data == "own")
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own")

    @property
    def drawn(self) -> bool:
        """Whether the data are random points of the plane."""
        return self.data in ("blobs", "moons", "circles", "spiral")

    @property
    def placed(self) -> bool:
        """Whether there are points of one's own."""
        return self.data == "own" and bool(self.points)

    @property
    def name(self) -> str:
        return f"blobs{self.classes}" if self.data == "blobs" and self.classes > 2 else self.data

    @property
    def columns(self) -> tuple[int, int]:
        """The two features in the plane."""
        pairs = words.PAIRS.get(self.data)
        return pairs[getattr(self, self.data)].columns if pairs else (0, 1)


@result
class Examples:
    """Points in classes, as the plane shows them and as distances see them."""

    x: NDArray[np.float64]  # (n, d); d is 2, or 3 where the weather is whole, of which the plane shows the first two
    y: NDArray[np.int64]
    names: tuple[T, ...]  # of the classes
    axes: tuple[T, ...]  # of the d variables
    limits: NDArray[np.float64]  # (d, 2) ends of the axes
    test: NDArray[np.bool_]  # (n,) what is held out
    offset: NDArray[np.float64]  # (d,) distances see (x − offset) · factor
    factor: NDArray[np.float64]  # (d,)

    @property
    def window(self) -> tuple[float, ...]:
        return tuple(self.limits[:2].ravel().tolist())

    @property
    def whole(self) -> bool:
        return len(self.axes) > 2

    @property
    def equal(self) -> bool:
        """Whether a unit can be as long across as it is up; not in a small plane beside the space."""
        across, up = np.ptp(self.limits[:2], axis=1)
        return bool(0.25 < up / across < 4) and not self.whole

    @property
    def train(self) -> NDArray[np.float64]:
        """What is known, as distances see it; `labels` are its classes."""
        return self.seen(self.x[~self.test])

    @property
    def labels(self) -> NDArray[np.int64]:
        return self.y[~self.test]

    def seen(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give points as distances see them."""
        return np.asarray((x - self.offset) * self.factor)

    def back(self, path: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give a path in the plane (m, 2), that distances see, as the plane shows it."""
        return np.asarray(path / self.factor[:2] + self.offset[:2])

    def place(self, *shares: float) -> NDArray[np.float64]:
        """Give the place at so many per cent of each axis."""
        low, high = self.limits.T
        return (low + np.array(shares[: len(low)]) / 100 * (high - low)).round(4)


def examples(p: InPlane, *, held: float = 0.0, whole: bool = False) -> Examples:
    """Give the data that are asked for, a share of them held out; with `whole` the weather has all variables."""
    if p.data == "own":
        rows = np.array(p.points, dtype=float).reshape(-1, 3)
        x, y, columns = stock.scattered(rows[:, :2], p.scatter, p.seed), rows[:, 2].astype(np.int64), (0, 1)
        axes, names = stock.called(p.names, max(p.classes, int(y.max(initial=0)) + 1))
    else:
        columns = _columns(p, whole)
        data = load(p.name, n=p.n, noise=p.noise if p.drawn else 0.0, seed=p.seed)
        keep = thin_out(data.y, p.thin, seed=p.seed)
        x, y = data.x[keep][:, columns], flip_labels(data.y[keep], p.flips, seed=p.seed)
        axes, names = words.axes(p.data, columns), words.classes(p.data, len(data.class_names))
    test = hold_out(len(x), held, seed=p.seed)
    offset, factor = scaling(x[~test], p.scale) if len(x) else (np.zeros(2), np.ones(2))
    return Examples(x, y, names, axes, _limits(p, x, columns), test, offset, factor)


def _columns(p: InPlane, whole: bool) -> tuple[int, ...]:
    return (*p.columns, 3 - sum(p.columns)) if whole and p.data == "weather" else p.columns


def _limits(p: InPlane, x: NDArray[np.float64], columns: tuple[int, ...]) -> NDArray[np.float64]:
    """Give the ends of the axes: they change in steps."""
    if p.data == "own" and p.window:
        return np.array(p.window).reshape(2, 2)
    if p.drawn:  # a square around the origin, its half side a multiple of ½
        half = np.ceil(2 * np.abs(x).max() + 0.3) / 2
        return np.array([[-half, half]] * 2)
    if len(columns) > 2:
        step = np.array([5.0, 10.0, 2.0])[list(columns)]
        return np.column_stack([np.floor(x.min(axis=0) / step) * step, np.ceil(x.max(axis=0) / step) * step])
    return np.array([span(column) for column in x.T])


def code(p: InPlane, *, whole: bool = False) -> str:
    """Give Python that makes x and y."""
    if p.data == "own":
        return f"""\
points = np.array({[list(point) for point in p.points]}, dtype=float).reshape(-1, 3)
x, y = points[:, :2], points[:, 2].astype(int)
""" + stock.scattering(p.scatter if p.points else 0.0, p.seed)
    lines = f"""\
data = load("{p.name}", n={p.n}, noise={p.noise if p.drawn else 0.0!r}, seed={p.seed})
x, y = data.x[:, {list(_columns(p, whole))}], data.y
"""
    if p.thin:
        lines += f"keep = thin_out(y, {p.thin!r}, seed={p.seed})\nx, y = x[keep], y[keep]\n"
    if p.flips:
        lines += f"y = flip_labels(y, {p.flips!r}, seed={p.seed})\n"
    return lines

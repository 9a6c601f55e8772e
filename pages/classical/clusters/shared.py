"""Points without labels, for all scenes of clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import load, words
from core.data.window import span
from core.text import T
from ui.params import choice, hand_points, hand_window, own_names, slider
from ui.stock import Problem, called

DATA = {
    "iris": T("アヤメの花弁", "Iris petals"),
    "blobs4": T("四つのかたまり", "Four blobs"),
    "moons": T("三日月", "Moons"),
    "noise": T("一様な乱数", "Uniform noise"),
    "own": T("自分の点", "My own points"),
}
NAMES = (T("点", "Point"),)
N = 120


@dataclass(frozen=True)
class Unlabelled:
    data: str = choice(T("データ", "Data"), DATA)
    k: int = slider(T("かたまりの数 k", "Clusters k"), 1, 5, default=3)
    spread: float = slider(
        T("ノイズ", "Noise"), 0.0, 1.0, default=0.3, step=0.02, when=lambda p: p.data in ("blobs4", "moons")
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    points: tuple[tuple[float, float, int], ...] = hand_points(classes=1, sets={"data": "own"})
    window: tuple[float, ...] = hand_window(when=lambda p: p.data == "own")
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own")


def problem(p: Unlabelled, draw: int = 0) -> Problem:
    """Give the points that the parameters ask for, all of one class; `draw` is the seed of what is drawn."""
    if p.data == "own":
        rows = np.array(p.points, dtype=float).reshape(-1, 3)
        return Problem(rows[:, :2], rows[:, 2].astype(int), NAMES, called(p.names, 1)[0], p.window)
    x = points(p.data, p.spread, draw)
    axes = words.axes("iris", (2, 3)) if p.data == "iris" else words.PLANE
    return Problem(x, np.zeros(len(x), int), NAMES, axes, (*span(x[:, 0]), *span(x[:, 1])))


def points(data: str, spread: float, draw: int = 0) -> NDArray[np.float64]:
    """Give what is not made by hand."""
    if data == "iris":
        return load("iris").x[:, 2:]
    if data == "noise":
        return np.random.default_rng(draw).uniform(-2, 2, (N, 2))
    return load(data, n=N, noise=spread, seed=draw).x


def code(p: Unlabelled, draw: int = 0) -> str:
    """Give Python that makes x."""
    if p.data == "own":
        return f"x = np.array({[list(point[:2]) for point in p.points]}).reshape(-1, 2)\n"
    if p.data == "noise":
        return f"x = np.random.default_rng({draw}).uniform(-2, 2, ({N}, 2))\n"
    if p.data == "iris":
        return 'x = load("iris").x[:, 2:]\n'
    return f'x = load("{p.data}", n={N}, noise={p.spread!r}, seed={draw}).x\n'

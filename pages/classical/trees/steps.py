"""Gradient boosting on a curve, round by round: the sum so far, what is left, the tree for what is left."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import trees
from core.data import diabetes
from core.data.window import span
from core.result import result
from core.text import T
from ui import stock
from ui.params import choice, hand_points, hand_window, own_names, slider

Floats = NDArray[np.float64]
ROUNDS, N, TESTED = 40, 60, 200
LEARNT = 150  # patients learnt from; the other 292 are the test
SHAPES = {"wave": T("波", "A wave"), "slope": T("坂", "A slope")}
DATA = {**SHAPES, "bmi": T("BMI と糖尿病の進み方", "BMI and diabetes"), "own": T("自分の点", "My own points")}
AXES = {"bmi": (T("BMI (kg/m²)", "BMI (kg/m²)"), T("1 年後の進み方", "Progression after a year"))}
CURVE = (T("x", "x"), T("t", "t"))
NAMES = (T("点", "Point"),)
WINDOW = (-1.5, 1.5, -2.0, 2.0)


@dataclass(frozen=True)
class Curve:
    data: str = choice(T("データ", "Data"), DATA)
    rate: float = slider(T("学習率 η", "Learning rate η"), 0.02, 1.0, default=0.3, log=True)
    depth: int = slider(T("木の深さ", "Depth of the trees"), 1, 4, default=3)
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 0.8, default=0.3, step=0.02, when=lambda p: p.data in SHAPES)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.data in SHAPES)
    points: tuple[tuple[float, float, int], ...] = hand_points(classes=1, sets={"data": "own"})
    window: tuple[float, ...] = hand_window(when=lambda p: p.data == "own")
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own")


@result
class Steps:
    problem: stock.Problem
    boost: trees.Ensemble | None  # None for fewer than two points
    steps: Floats  # (u,) where the points are: between two of them every tree has its step, if any, half-way
    sums: Floats  # (f, u) F there
    tree: Floats  # (f, u) the tree that was added last, as it was grown; NaN before any
    at: Floats  # (m,) places over the whole picture
    final: Floats  # (m,) F there in the end
    training: Floats | None  # (f,) root mean squares of what is left
    test: Floats | None

    @property
    def best(self) -> int | None:
        """The round with the smallest test error."""
        return int(np.argmin(self.test)) if self.test is not None else None

    @property
    def least(self) -> float | None:
        return float(self.test.min()) if self.test is not None else None


def truth(data: str, x: Floats) -> Floats:
    return np.sin(3 * x) if data == "wave" else 1.2 * x


def drawn(p: Curve, size: int, stream: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng([p.seed, stream])
    x, e = rng.uniform(-1, 1, size), rng.standard_normal(size)
    return x, truth(p.data, x) + p.noise * e


def problem(p: Curve) -> stock.Problem:
    if p.data == "own":
        rows = np.array(p.points, dtype=float).reshape(-1, 3)
        return stock.Problem(rows[:, :2], rows[:, 2].astype(int), NAMES, stock.called(p.names, 1)[0], p.window)
    if p.data == "bmi":
        d = diabetes()
        x, limits = np.column_stack([d.x[:LEARNT, 2], d.t[:LEARNT]]), ()
        limits = (*span(x[:, 0]), *span(x[:, 1]))
    else:
        x, limits = np.column_stack(drawn(p, N, 0)), WINDOW
    return stock.Problem(x, np.zeros(len(x), int), NAMES, AXES.get(p.data, CURVE), limits)


def held_out(p: Curve) -> tuple[Floats, Floats] | None:
    if p.data == "own":
        return None
    return (diabetes().x[LEARNT:, 2], diabetes().t[LEARNT:]) if p.data == "bmi" else drawn(p, TESTED, 1)


def steps(p: Curve) -> Steps:
    data = problem(p)
    at = np.linspace(*data.window[:2], 121)
    if len(data.x) < 2:
        return Steps(data, None, at[:0], np.zeros((1, 0)), np.zeros((1, 0)), at, np.zeros(121), None, None)
    x, t = data.x.T
    boost, u = trees.gradient_boost(x[:, None], t, rounds=ROUNDS, rate=p.rate, depth=p.depth), np.unique(x)
    tree = np.array([np.full(len(u), np.nan), *(t.predict_proba(u[:, None])[:, 0] for t in boost.trees)])
    more = held_out(p)
    test = np.sqrt(((summed(boost, more[0]) - more[1]) ** 2).mean(axis=1)) if more else None
    left, final = np.sqrt((boost.ledger**2).mean(axis=1)), summed(boost, at)[-1]
    return Steps(data, boost, u, summed(boost, u), tree, at, final, left, test)


def summed(boost: trees.Ensemble, x: Floats) -> Floats:
    """Give F before the first tree and after each: (f, m)."""
    return np.concatenate([np.full((1, len(x)), boost.start), boost.staged(x[:, None])])

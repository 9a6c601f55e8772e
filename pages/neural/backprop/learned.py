"""What the playground trains: its many fields, the work, which a job does, and what one reads off a run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.data import scaling
from core.grid import Grid
from core.neural import backprop
from core.neural.backprop.training import views
from core.result import result
from core.text import T
from pages.neural.backprop.starts import INITS
from ui import stock
from ui.params import choice, slider, toggle
from ui.scene import Part, Task

FRAMES, FILM = 36, 92_000  # of the film, at most; bytes that it may travel in
KEPT = 200  # moments that are kept of a run
WIDE, HIGH = 42, 32  # cells of the plane's field
PHI = {
    "tanh": T("tanh", "tanh"),
    "relu": T("ReLU", "ReLU"),
    "sigmoid": T("シグモイド", "sigmoid"),
    "gelu": T("GELU", "GELU"),
    "linear": T("なし（線形）", "none (linear)"),
}
SAME = {"same": T("上と同じ", "as above"), **PHI}


def units(layer: int, default: int) -> Any:
    label = T(f"{layer} 層目のユニット", f"Units in layer {layer}")
    return slider(label, 1, 8, default=default, when=lambda p: p.layers >= layer)


def phi(layer: int) -> Any:
    label = T(f"{layer} 層目の活性化関数", f"Activation of layer {layer}")
    return choice(label, SAME, when=lambda p: p.layers >= layer)


@dataclass(frozen=True)
class Learner(stock.Sized):
    sources: ClassVar = {
        **{key: stock.TWO[key] for key in ("circles", "xor")},
        "spiral": stock.Source(T("うずまき", "Spiral"), "spiral", 200, 0.03),
        **{key: stock.TWO[key] for key in ("moons", "blobs", "iris_hard")},
    }
    data: str = stock.menu(sources)
    n: int = slider(T("点の数", "Points"), 20, 200, default=160, when=lambda p: p.data != "own" and not p.measured)
    layers: int = slider(T("隠れ層の数", "Hidden layers"), 0, 4, default=2)
    activation: str = choice(T("活性化関数", "Activation"), PHI)
    rate: float = slider(T("学習率", "Learning rate"), 0.001, 10.0, default=0.1, log=True)
    w1: int = units(1, 4)
    w2: int = units(2, 2)
    w3: int = units(3, 4)
    w4: int = units(4, 4)
    a1: str = phi(1)
    a2: str = phi(2)
    a3: str = phi(3)
    a4: str = phi(4)
    residual: bool = toggle(T("残差接続", "Residual connections"))
    x1: bool = toggle(T("入力 x₁", "Input x₁"), default=True)
    x2: bool = toggle(T("入力 x₂", "Input x₂"), default=True)
    x1x1: bool = toggle(T("入力 x₁²", "Input x₁²"))
    x2x2: bool = toggle(T("入力 x₂²", "Input x₂²"))
    x1x2: bool = toggle(T("入力 x₁x₂", "Input x₁x₂"))
    sin1: bool = toggle(T("入力 sin 3x₁", "Input sin 3x₁"))
    sin2: bool = toggle(T("入力 sin 3x₂", "Input sin 3x₂"))
    optimizer: str = choice(
        T("最適化手法", "Optimiser"),
        {"sgd": T("SGD", "SGD"), "momentum": T("モーメンタム", "Momentum"), "adam": T("Adam", "Adam")},
    )
    batch: int = slider(T("ミニバッチ", "Mini-batch"), 1, 50, default=10)
    l2: float = slider(T("L2 正則化 λ", "L2 penalty λ"), 0.0, 0.1, default=0.0, step=0.002)
    loss: str = choice(
        T("損失", "Loss"), {"cross_entropy": T("交差エントロピー", "cross-entropy"), "brier": T("二乗誤差", "squared")}
    )
    init: str = choice(T("重みの初期化", "Initial weights"), INITS)
    held: float = slider(T("テストに残す割合", "Held out for the test"), 0.0, 0.8, default=0.5, step=0.05)
    steps: int = slider(T("ステップ数", "Steps"), 200, 6000, default=2000, step=200)

    @property
    def hidden(self) -> tuple[int, ...]:
        return (self.w1, self.w2, self.w3, self.w4)[: self.layers]

    @property
    def phis(self) -> tuple[str, ...]:
        own = (self.a1, self.a2, self.a3, self.a4)[: self.layers]
        return tuple(self.activation if name == "same" else name for name in own)

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(name for name in backprop.INPUTS if getattr(self, name))


def options(p: Learner) -> dict[str, Any]:
    """Give what `backprop.train` is told."""
    told = {name: getattr(p, name) for name in ("rate", "steps", "optimizer", "batch", "l2", "residual", "seed")}
    told |= {name: getattr(p, name) for name in ("loss", "init", "held")}
    return {"hidden": p.hidden, "activation": p.phis, **told, "every": max(1, p.steps // KEPT)}


def scaled(problem: stock.Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give offset and factor that bring both features to mean 0 and standard deviation 1."""
    return scaling(problem.x, "standard")


def task(p: Learner) -> Task:
    told = replace(p, window=(), names=())
    return Task(T("学習", "Training"), told if not hasattr(p, "wires") else replace(told, wires="weights"), work)


def work(p: Learner, report: Any) -> backprop.Training:
    """Train, and say how it goes."""
    problem = stock.problem(p)
    offset, factor = scaled(problem)
    x = backprop.lifted((problem.x - offset) * factor, p.inputs)
    return backprop.train(x, problem.y, **options(p), report=report)


@result
class Learned:
    problem: stock.Problem
    inputs: tuple[str, ...]
    offset: NDArray[np.float64]  # (2,) and the factor: what brings the features to one size
    factor: NDArray[np.float64]
    run: backprop.Training | None  # None where nothing came yet, or nothing can be learnt
    shown: NDArray[np.int64]  # (f,) moments of the run that the playhead shows
    grid: Grid
    field: NDArray[np.float64]  # (f, cells) probability of class 1
    said: NDArray[np.float64]  # (f, n) and of each point

    @property
    def steps(self) -> NDArray[np.int64]:
        return self.run.steps[self.shown] if self.run else np.zeros(1, np.int64)

    @property
    def fitted(self) -> NDArray[np.float64]:
        return self.run.train_loss[self.shown] if self.run else np.full(1, np.nan)

    @property
    def tested(self) -> NDArray[np.float64]:
        return self.run.test_loss[self.shown] if self.run else np.full(1, np.nan)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """(f, n) points on the wrong side."""
        return (self.said > 0.5) != self.problem.y

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """(f,) of the points held out, %; of all where none are."""
        if self.run is None:
            return np.full(1, np.nan)
        rows = self.run.held if self.run.held.any() else np.ones(len(self.problem.y), bool)
        return np.asarray(100 * (1 - self.wrong[:, rows].mean(axis=1)))

    def given(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the inputs (m, inputs) that places (m, 2) of the plane are to the network."""
        return backprop.lifted((places - self.offset) * self.factor, self.inputs)

    def bent(self, frame: int = -1) -> NDArray[np.float64]:
        """Give where the last hidden layer puts the points, (n, units)."""
        return self.run.layers(self.given(self.problem.x), frame=frame)[-2]


def learned(p: Learner, parts: Mapping[str, Part] | None) -> Learned:
    problem = stock.problem(p)
    offset, factor = scaled(problem) if len(problem.y) else (np.zeros(2), np.ones(2))
    grid = Grid.over(problem.window, WIDE, HIGH)
    part = parts["run"] if parts else Part(None, done=True)
    run: backprop.Training | None = part.value
    if run is None:
        empty = np.full((1, WIDE * HIGH), 0.5), problem.y[None].astype(float)
        return Learned(problem, p.inputs, offset, factor, None, np.zeros(1, np.int64), grid, *empty)
    last = len(run.steps) - 1
    # A frame carries the field, who is wrong, and each weight with its gradient; a large network has fewer frames.
    frames = min(FRAMES, FILM // (WIDE * HIGH + len(problem.y) + 8 * run.vector.shape[1]))
    # More of the beginning, where most happens.
    places = np.r_[0, np.geomspace(1, max(last, 1), frames - 1)] if part.done else [last]
    shown = np.unique(np.minimum(np.round(places), last)).astype(np.int64)
    weights = views(run.vector[shown], run.sizes)
    said = []
    for q in (grid.points(), problem.x):
        x = backprop.lifted((q - offset) * factor, p.inputs)
        z = backprop.outputs(weights, x, run.activation, residual=run.residual)[..., 0]
        said.append(1 / (1 + np.exp(-np.clip(z, -30, 30))))
    return Learned(problem, p.inputs, offset, factor, run, shown, grid, *said)

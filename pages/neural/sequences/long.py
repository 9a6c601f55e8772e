"""How long is long: what a step of long ago still counts, in a plain network and along an LSTM's cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.neural import sequences as s
from core.result import result
from core.text import T
from figures.marks import hline, line, text
from figures.plot import plot, powers
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, Figure, Stage
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("forget", "lag", "radius", "seed")
SIZE, EVERY = 16, 10  # units; steps of training from point to point
BIASES = (0, 1, 3)  # of the networks trained ahead, five each
COLORS = (OTHER, ORANGE, BLUE)
NAMED = (255, 160, 190), (60, 74, 86)  # where their curves are named: step and %
LOW, HIGH = -12, 3  # powers of ten that are drawn


@dataclass(frozen=True)
class Params:
    forget: float = slider(T("忘却ゲートのバイアス", "Bias of the forget gate"), -2.0, 6.0, default=0.0, step=0.1)
    lag: int = slider(T("何ステップ前か", "Steps back"), 5, 60, default=30)
    radius: float = slider(T("状態の重みの大きさ", "Size of the state's weights"), 0.5, 1.5, default=1.0, step=0.05)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Reach:
    kept: NDArray[np.float64]  # (lag + 1,) of the first cell, along the cells alone: Π f
    whole: NDArray[np.float64]  # (lag + 1,) with the ways through the gates
    plain: NDArray[np.float64]  # (lag + 1,) of the plain network
    theory: NDArray[np.float64]  # (lag + 1,) σ(b)^t
    right: NDArray[np.float64]  # (3, 5, steps) % told right while training, by bias

    @property
    def cells(self) -> float:
        return float(self.kept[-1])

    @property
    def states(self) -> float:
        return float(self.plain[-1])

    @property
    def law(self) -> float:
        return float(self.theory[-1])

    @property
    def words(self) -> dict[str, T]:
        """What is left, with two digits and a power of ten."""
        left = {"cells": self.cells, "law": self.law, "states": self.states}
        return {name: T(*[f"{value:.1e}".replace("-", "−")] * 2) for name, value in left.items()}

    @property
    def told(self) -> T:
        return self.words["cells"]

    @property
    def foretold(self) -> T:
        return self.words["law"]

    @property
    def simple(self) -> T:
        return self.words["states"]

    @property
    def gate(self) -> float:
        """What a forget gate lets through a step, on average."""
        return float(self.kept[-1] ** (1 / (len(self.kept) - 1)))

    @property
    def end(self) -> list[int]:
        """How many of five told 95% or more right at the end of the training, by bias."""
        return [int(n) for n in (self.right[:, :, -1] >= 95).sum(axis=1)]


def compute(p: Params) -> Reach:
    x = np.random.default_rng(p.seed).normal(size=(p.lag + 1, 2))
    gated = s.drawn(2, SIZE, gates=4, radius=p.radius, forget=p.forget, seed=p.seed)
    plain = s.drawn(2, SIZE, radius=p.radius, seed=p.seed)
    kept, whole = s.lstm_reach(gated, s.lstm(gated, x))
    theory = (1 / (1 + np.exp(-p.forget))) ** np.arange(p.lag + 1)
    right = 100 * ahead.load("sequences/lags")["right"].reshape(len(BIASES), 5, -1)
    return Reach(kept, whole, s.rnn_reach(plain, s.rnn(plain, x)), theory, right)


READOUTS = (
    Readout("gate", T("1 ステップで残る割合", "Kept a step"), "gate", 3),
    Readout("cells", T("セルに残る影響", "Left along the cells"), "told"),
    Readout("law", T("σ(b) のべき", "σ(b) to that power"), "foretold"),
    Readout("states", T("ふつうの RNN では", "In a plain RNN"), "simple"),
)


def draw(r: Reach, p: Params) -> Stage:
    return Stage((reach(r), learnt(r)), ("reach learnt",), height=400)


def reach(r: Reach) -> Figure:
    """Draw what is left of the first step, on a log scale; the dashed line is σ(b)^t."""
    at = np.arange(len(r.kept))

    def log(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log10(np.maximum(values, 1e-40))

    return plot(
        "reach",
        line(at, log(r.theory), INK, dash="dash", width=1.4),
        line(at, log(r.plain), ORANGE, width=2.5, label=T("RNN の状態", "RNN's state"), at=0.6, where="top right"),
        line(at, log(r.whole), OTHER, width=2, label=T("セル（全経路）", "cell, all ways"), where="top left"),
        line(at, log(r.kept), BLUE, width=2.5, label=T("セル Π f", "cell, Π f"), where="bottom left"),
        x=T("何ステップ前か", "Steps back"),
        y=T("残る影響（対数目盛）", "What is left (log scale)"),
        xlim=(0, len(r.kept) - 1),
        ylim=(LOW, HIGH),
        yticks=powers((LOW, HIGH)),
        margin={"l": 62},
    )


def learnt(r: Reach) -> Figure:
    """Draw how trained LSTMs learn to keep one bit for 30 steps of noise."""
    steps = EVERY * np.arange(r.right.shape[-1])
    lines = [line(steps, run, color, width=1.4) for runs, color in zip(r.right, COLORS, strict=True) for run in runs]
    names = [text(x, y, f"b = {bias}", color) for x, y, bias, color in zip(*NAMED, BIASES, COLORS, strict=True)]
    return plot(
        "learnt",
        hline(50, (0, steps[-1]), MUTED, dash="dash", width=1.2),
        *lines,
        *names,
        x=T("訓練のステップ", "Step of training"),
        y=T("当てた割合 (%)", "Told right (%)"),
        xlim=(0, steps[-1]),
        ylim=(40, 103),
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.neural import sequences as s

x = np.random.default_rng({p.seed}).normal(size=({p.lag} + 1, 2))
gated = s.drawn(2, {SIZE}, gates=4, radius={p.radius!r}, forget={p.forget!r}, seed={p.seed})
plain = s.drawn(2, {SIZE}, radius={p.radius!r}, seed={p.seed})
run, states = s.lstm(gated, x), s.rnn(plain, x)

cells = np.exp(np.log(run.forget[1:]).sum(axis=0).mean())  # Π f, over the units
product = np.eye({SIZE})
for h in states[1:]:
    product = np.diag(1 - h**2) @ plain[1] @ product
print("gate =", cells ** (1 / {p.lag}))
print("cells =", cells)
print("law =", (1 / (1 + np.exp({-p.forget!r}))) ** {p.lag})
print("states =", np.linalg.norm(product, 2))
"""


SEEDS = range(5)


def each(**sets: float) -> tuple[dict[str, float], ...]:
    return tuple({**sets, "seed": seed} for seed in SEEDS)


def left(*runs: Reach) -> dict[str, float]:
    """Give the range of five draws along the cells, and of five that look farther back, with all ways as well."""
    near, far = runs[:5], runs[5:]
    of = {"": [r.cells for r in near], "far_": [r.cells for r in far], "all_": [float(r.whole[-1]) for r in far]}
    return {name + end: f(of[name]) for name in of if of[name] for end, f in (("low", min), ("high", max))}


CHECKS = {
    "half": Check(
        each(forget=0.0),
        lambda *runs: all(1e-12 < r.cells < 1e-8 for r in runs),
        control=each(forget=3.0),
        measure=left,
    ),
    "task": Check(
        ({},),
        lambda r: r.right[0, :, -1].max() < 60 and r.right[2, :, -1].min() > 95,
        control=lambda r: (Reach(r.kept, r.whole, r.plain, r.theory, r.right[::-1]),),
    ),
    "far": Check(
        each(forget=3.0) + each(forget=3.0, lag=60),
        lambda *runs: (
            all(r.cells > 0.05 for r in runs[:5]) and all(r.cells < 0.03 and r.whole[-1] > 0.5 for r in runs[5:])
        ),
        control=each(forget=6.0) + each(forget=6.0, lag=60),
        measure=left,
    ),
}

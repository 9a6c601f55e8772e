"""Pull out a block: a residual network hardly misses one of its layers, a plain one is lost without any."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural.backprop.pulled import LOOKS, WIDTH, Pulled, made, pull
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, marks, ring
from figures.plot import plot
from figures.spec import BLUE, MUTED, OTHER, Figure, Stage
from ui.params import choice, slider
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("gone", "blocks", "activation", "seed")
QUICK = {"steps": 100, "blocks": 3}
KINDS = {"plain": False, "residual": True}


@dataclass(frozen=True)
class Params:
    gone: int = slider(T("抜く層", "Layer pulled out"), 1, 12, default=4)
    blocks: int = slider(T("重ねた層の数", "Layers"), 2, 12, default=8)
    activation: str = choice(
        T("活性化関数", "Activation"), {"tanh": T("tanh", "tanh"), "gelu": T("GELU", "GELU"), "relu": T("ReLU", "ReLU")}
    )
    rate: float = slider(T("学習率", "Learning rate"), 0.01, 1.0, default=0.1, log=True)
    steps: int = slider(T("ステップ数", "Steps"), 100, 1200, default=800, step=100)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Both:
    plain: Pulled
    residual: Pulled
    gone: int  # which is pulled out, from 1

    @property
    def without(self) -> float:
        return float(self.residual.one[self.gone - 1])

    @property
    def plain_without(self) -> float:
        return float(self.plain.one[self.gone - 1])


def tasks(p: Params) -> dict[str, Task]:
    titles = {
        "plain": T("そのままの学習", "Training without skips"),
        "residual": T("残差接続の学習", "Training with skips"),
    }
    told = (p.blocks, p.activation, p.rate, p.steps, p.seed)
    return {name: Task(titles[name], (*told, on), pull, made) for name, on in KINDS.items()}


def compute(p: Params, parts: Mapping[str, Part]) -> Both:
    nothing = Pulled(float("nan"), np.full(p.blocks, np.nan), np.full(p.blocks + 1, np.nan))
    return Both(parts["plain"].value or nothing, parts["residual"].value or nothing, min(p.gone, p.blocks))


READOUTS = (
    Readout("whole", T("残差接続", "With skips"), "residual.whole", 1, PERCENT),
    Readout("without", T("残差接続、一層抜く", "With skips, a layer less"), "without", 1, PERCENT),
    Readout("plain", T("そのまま", "Without skips"), "plain.whole", 1, PERCENT),
    Readout("plain_without", T("そのまま、一層抜く", "Without skips, a layer less"), "plain_without", 1, PERCENT),
)


def draw(r: Both, p: Params) -> Stage:
    return Stage((one(r, p), many(r, p)), ("one many",), height=430)


def one(r: Both, p: Params) -> Figure:
    at = np.arange(1, p.blocks + 1)
    drawn = curves(at, r.residual.one, r.plain.one, "bottom right", 0.15)
    now = ring([r.gone] * 2, [r.without, r.plain_without], 15) if len(drawn) == 2 else None
    return axes("one", p.blocks, *drawn, now, x=T("抜いた層", "Layer pulled out"), low=0.5)


def many(r: Both, p: Params) -> Figure:
    drawn = curves(np.arange(p.blocks + 1), r.residual.top, r.plain.top, "top right", 0.75)
    return axes("many", p.blocks, *drawn, x=T("最後から抜いた層の数", "Layers taken off the end"), low=-0.3)


def curves(
    at: NDArray[np.int64], residual: NDArray[np.float64], plain: NDArray[np.float64], where: str, share: float
) -> list[Any]:
    """Draw both networks' accuracies, as far as there are any."""
    both = (
        (residual, BLUE, T("残差接続", "with skips"), 0.4, where),
        (plain, OTHER, T("そのまま", "without"), share, "top center"),
    )
    return [
        [line(at, y, color, width=2.2, label=name, at=place, where=side), marks(at, y, color, size=8)]
        for y, color, name, place, side in both
        if np.isfinite(y).all()
    ]


def axes(name: str, blocks: int, *under: Any, x: T, low: float) -> Figure:
    chance = line((low, blocks + 0.5), (10, 10), MUTED, dash="dash", width=1.2, label=T("当てずっぽう", "guessing"))
    y = T("テスト正解率 (%)", "Test accuracy (%)")
    return plot(name, chance, *under, x=x, y=y, xlim=(low, blocks + 0.5), ylim=(-3, 105), whole_x=True, drag=False)


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.data import load
from core.neural import backprop

data = load("digits")
x = data.x / 16 - 0.3
for name, residual in (("plain", False), ("residual", True)):
    run = backprop.train(
        x, data.y, hidden=({WIDTH},) * {p.blocks + 1}, activation="{p.activation}", residual=residual, held=0.2,
        rate={p.rate!r}, steps={p.steps}, batch=32, seed={p.seed}, every={max(1, p.steps // LOOKS)},
    )
    layers = run.frames[-1]
    less = layers[:{min(p.gone, p.blocks)}] + layers[{min(p.gone, p.blocks) + 1}:]
    whole, without = (
        100 * np.mean(
            backprop.outputs(w, x[run.held], run.activation, residual=residual).argmax(axis=1) == data.y[run.held]
        )
        for w in (layers, less)
    )
    print("plain =" if name == "plain" else "whole =", whole)
    print("plain_without =" if name == "plain" else "without =", without)
"""


FIVE = tuple({"blocks": 6, "steps": 300, "seed": seed} for seed in range(5))


def ends(*runs: Both) -> dict[str, float]:
    """Give the least and the most over networks and layers."""
    return {
        "whole": min(min(r.plain.whole, r.residual.whole) for r in runs),
        "least": min(float(r.residual.one.min()) for r in runs),
        "most": max(float(r.plain.one.max()) for r in runs),
    }


CHECKS = {
    "pull": Check(
        FIVE,
        lambda *runs: (m := ends(*runs))["whole"] > 85 and m["least"] > 60 > 40 > m["most"],
        control=lambda *runs: tuple(Both(r.residual, r.plain, r.gone) for r in runs),
        measure=ends,
    )
}

"""A gradient with its receipt: what came back times what went up, and the finite difference beside it."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import T
from figures.marks import line, ring, text, vline
from figures.plot import plot, powers
from figures.spec import BLUE, INK, MUTED, Figure, Stage
from pages.neural.backprop.graph import SIZES, WIRES, graph, percent
from pages.neural.backprop.nudged import STEPS, Receipt, compute
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("h", "activation", "loss", "gain")


@dataclass(frozen=True)
class Params:
    h: float = slider(T("差分の幅 h", "Step h of the difference"), 1e-14, 1.0, default=1e-5, log=True)
    activation: str = choice(
        T("活性化関数", "Activation"),
        {"tanh": T("tanh", "tanh"), "sigmoid": T("シグモイド", "sigmoid"), "gelu": T("GELU", "GELU")},
    )
    loss: str = choice(
        T("損失", "Loss"), {"cross_entropy": T("交差エントロピー", "cross-entropy"), "brier": T("二乗誤差", "squared")}
    )
    gain: float = slider(T("重みの倍率", "Weights ×"), 0.2, 8.0, default=1.0, log=True)
    truth: str = choice(T("正解", "Target"), {"1": T("1", "1"), "0": T("0", "0")})
    x1: float = slider(T("入力 x₁", "Input x₁"), -2.0, 2.0, default=1.0, step=0.05)
    x2: float = slider(T("入力 x₂", "Input x₂"), -2.0, 2.0, default=-0.5, step=0.05)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=3)
    px: int = slider(T("輪: 横", "Ring: across"), 0, 100, default=percent(0)["px"])
    py: int = slider(T("輪: 縦", "Ring: up"), 0, 100, default=percent(0)["py"])


READOUTS = (
    Readout("message", T("戻ってきた誤差 δ", "Error δ"), "message", 4),
    Readout("activation", T("上っていった値", "Activation"), "activation", 4),
    Readout("gradient", T("勾配 = 積", "Gradient: product"), "gradient", 4),
    Readout("difference", T("差分では", "By difference"), "difference", 4),
    Readout("error", T("差分の誤差", "Off, relatively"), "error"),
)


def draw(r: Receipt, p: Params) -> Stage:
    figures = (graph(r.trip, r.weights, r.product, r.chosen), errors(r, p))
    return Stage(figures, ("graph errors",), height=440, columns="minmax(0, 1.6fr) minmax(0, 1fr)")


def errors(r: Receipt, p: Params) -> Figure:
    """Draw how wrong the finite difference is, over its step."""
    y = np.log10(np.maximum(r.curve, 1e-14))
    at = float(np.interp(np.log10(p.h), np.log10(STEPS), y))
    return plot(
        "errors",
        line((-14, 0), (-2, -16), MUTED, dash="dash", width=1.2),
        line((-14, 0), (-28, 0), MUTED, dash="dash", width=1.2),
        text(-12.4, -1.7, T("丸め ∝ 1/h", "rounding ∝ 1/h"), MUTED),
        text(-0.8, 0.5, T("曲がり ∝ h²", "bend ∝ h²"), MUTED, "middle left"),
        line(np.log10(STEPS), y, BLUE, width=2.5),
        vline(np.log10(p.h), (-13, at), INK, width=1, dash="dot"),
        ring(np.log10(p.h), at),
        x=T("差分の幅 h（対数目盛）", "Step h (log scale)"),
        y=T("相対誤差（対数目盛）", "Relative error (log scale)"),
        xlim=(-14.3, 0.3),
        ylim=(-13, 1.5),
        xticks=powers((-14, 0), 4),
        yticks=powers((-13, 1.5)),
        drag=False,
        margin={"l": 64},
    )


def code(p: Params) -> str:
    r = compute(p)
    layer, source, target = WIRES[r.chosen]
    above = f"trip.h[{layer}][0, {source}]" if source < SIZES[layer] else "1.0"
    return f"""\
import numpy as np

from core.neural import backprop
from core.neural.backprop.training import views

w = {p.gain!r} * np.random.default_rng({p.seed}).normal(size=9)
x, y = np.array([[{p.x1!r}, {p.x2!r}]]), np.array([{p.truth}])
trip = backprop.run(views(w, {SIZES}), x, y, ["{p.activation}"], "{p.loss}")
message, activation = trip.delta[{layer}][0, {target}], {above}
print("message =", message)
print("activation =", activation)
print("gradient =", message * activation)
ends = [w + {p.h!r} * sign * np.eye(9)[{r.chosen}] for sign in (1, -1)]
up, down = (backprop.run(views(v, {SIZES}), x, y, ["{p.activation}"], "{p.loss}").loss for v in ends)
print("difference =", (up - down) / (2 * {p.h!r}))
"""


FIVE = tuple(
    {"seed": seed, "activation": name} for seed, name in zip(range(5), ("tanh", "sigmoid", "gelu") * 2, strict=False)
)
WRONG = {0: "1", 3: "1", 4: "1", 5: "0", 6: "0"}  # seeds, and the class that they hold for unlikely
SURE = tuple({"seed": seed, "gain": 5.0, "truth": truth, "loss": "brier"} for seed, truth in WRONG.items())
CHECKS = {
    "receipt": Check(
        FIVE,
        lambda *runs: all(r.off.max() < 1e-8 for r in runs),
        control=lambda *runs: tuple(replace(r, product=r.blind) for r in runs),
        measure=lambda *runs: {
            "most": max(r.off.max() for r in runs),
            "blind": min(np.abs(r.blind - r.product).max() for r in runs),
        },
    ),
    "smaller": Check(
        tuple({"seed": seed, "h": h} for seed in range(5) for h in (1e-12, 1e-5)),
        lambda *runs: all(a.off.max() > 1000 * b.off.max() for a, b in zip(runs[::2], runs[1::2], strict=True)),
        control=tuple({"seed": seed, "h": h} for seed in range(5) for h in (1e-6, 1e-5)),
        measure=lambda *runs: {
            "small": min(r.off.max() for r in runs[::2]),
            "large": max(r.off.max() for r in runs[1::2]),
        },
    ),
    "silent": Check(
        SURE,
        lambda *runs: all(abs(r.rival / (2 * r.p * (1 - r.p)) - 1) < 1e-9 and r.rival < 0.1 for r in runs),
        control=tuple(run | {"gain": 0.5} for run in SURE),
        measure=lambda *runs: {"most": max(r.rival for r in runs), "p": [r.p for r in runs]},
    ),
}

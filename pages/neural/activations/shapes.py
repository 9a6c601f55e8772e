"""Shapes: what a function passes on of its inputs, and what its slope lets back of the gradient."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, handle_values, hline, line, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, OTHER, Figure, Stage
from pages.neural.activations.passed import FLAT, N, Shape, X, dips, ends, passed
from ui.params import choice, slider
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("activation", "form", "centre", "spread")
ZOOM = ("activation",)


@dataclass(frozen=True)
class Params:
    activation: str = choice(
        T("活性化関数 φ", "Activation φ"),
        {
            "sigmoid": T("シグモイド", "Sigmoid"),
            **{key: T(name, name) for key, name in {"tanh": "tanh", "relu": "ReLU", "gelu": "GELU"}.items()},
        },
    )
    form: str = choice(
        T("GELU の計算", "GELU computed by"),
        {"exact": T("正確 x Φ(x)", "exact, x Φ(x)"), "tanh": T("tanh で近似", "tanh"), "sigmoid": T("σ で近似", "σ")},
        when=lambda p: p.activation == "gelu",
    )
    centre: float = slider(T("入力の中心", "Centre of the inputs"), -5.0, 5.0, default=0.0, step=0.05)
    spread: float = slider(T("入力の標準偏差", "Spread of the inputs"), 0.1, 4.0, default=1.0, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Shape:
    return passed(p.activation, p.form, p.centre, p.spread, p.seed)


READOUTS = (
    Readout("mean_slope", T("平均の傾き", "Mean slope"), "mean_slope", 3),
    Readout("flat", T("傾きがほぼ 0", "Slope about 0"), "flat", 1, PERCENT),
    Readout("backwards", T("傾きが負", "Slope below 0"), "backwards", 1, PERCENT),
    Readout("mean_output", T("出力の平均", "Mean output"), "mean_output", 3),
    Readout("apart", T("正確な GELU との差", "Off the exact GELU"), "apart", 5),
)


def draw(r: Shape, p: Params) -> Stage:
    if r.gap is None:
        return Stage((passes(r, p), lets_back(r)), ("curve slope",), height=430)
    return Stage((passes(r, p), lets_back(r), apart(r)), ("curve slope", "curve gap"), height=450)


def passes(r: Shape, p: Params) -> Figure:
    """Draw φ, the inputs as they stand below it, and the outputs lying at the side."""
    ins, outs, low, high = r.ins, r.outs, r.outs.low, r.outs.high
    tall, wide = 0.2 * (high - low) / max(ins.counts.max(), 1), 2.2 / max(outs.counts.max(), 1)
    return plot(
        "curve",
        bars(low, low + tall * ins.counts, ins.middles, 0.95 * ins.half, MUTED, 0.55, upright=True),
        bars(-6, -6 + wide * outs.counts, outs.middles, 0.8 * outs.half, GREEN, 0.55),
        hline(0, (-6, 6), MUTED, width=1),
        line(X, r.curve, BLUE, width=2.8),
        vline(p.centre, (low, high), MUTED, width=1, dash="dot"),
        handle_values(p.centre, float(np.interp(p.centre, X, r.curve)), across=("centre", 0.0, 1.0)),
        x=T("入力 z（灰色は分布）", "Input z (grey: how many)"),
        y=T("出力 φ(z)（緑は分布）", "Output φ(z) (green: how many)"),
        xlim=(-6, 6),
        ylim=(low, high),
        drag=False,
    )


def lets_back(r: Shape) -> Figure:
    """Draw φ′ over the same inputs, and the mean of what it lets back."""
    tall = -0.25 + 0.4 * r.ins.counts / max(r.ins.counts.max(), 1)
    return plot(
        "slope",
        bars(-0.25, tall, r.ins.middles, 0.95 * r.ins.half, MUTED, 0.55, upright=True),
        hline(0, (-6, 6), MUTED, width=1),
        line(X, r.steep, ORANGE, width=2.8),
        hline(r.mean_slope, (-6, 6), INK, width=1.5, dash="dash", label=T("平均", "mean"), where="top left"),
        x=T("入力 z", "Input z"),
        y=T("傾き φ′(z)", "Slope φ′(z)"),
        xlim=(-6, 6),
        ylim=(-0.25, 1.25),
        small=r.gap is not None,
    )


def apart(r: Shape) -> Figure:
    return plot(
        "gap",
        hline(0, (-6, 6), MUTED, width=1),
        line(X, 1000 * r.gap, OTHER, width=2),
        x=T("入力 z", "Input z"),
        y=T("差 × 1000", "Difference × 1000"),
        xlim=(-6, 6),
        ylim=(-1.3 * 1000 * r.apart, 1.3 * 1000 * r.apart),
        small=True,
    )


def code(p: Params) -> str:
    form = f", form={p.form!r}" if p.activation == "gelu" else ""
    gap = f'x = np.linspace(-6, 6, 481)\nprint("apart =", np.abs(a.gelu(x{form}) - a.gelu(x)).max())\n'
    return f"""\
import numpy as np

from core.neural import activations as a

z = {p.centre!r} + {p.spread!r} * np.random.default_rng({p.seed}).standard_normal({N})
slopes = a.slope("{p.activation}", z{form})
print("mean_slope =", slopes.mean())
print("flat =", 100 * np.mean(np.abs(slopes) < {FLAT}))
print("backwards =", 100 * np.mean(slopes < 0))
print("mean_output =", a.activate("{p.activation}", z{form}).mean())
{gap if p.activation == "gelu" and p.form != "exact" else ""}"""


LEFT = {"centre": -4.0}
FORMS = tuple({"activation": "gelu", "form": form} for form in ("tanh", "sigmoid", "exact"))
CHECKS = {
    "quarter": Check(
        (*over_seeds(activation="relu"), *over_seeds()),
        lambda *runs: all(0.4 < r.mean_slope < 0.6 for r in runs[:5]) and all(r.mean_slope < 0.22 for r in runs[5:]),
        control=(*over_seeds(activation="relu"), *over_seeds(activation="tanh")),
        measure=ends,
    ),
    "left": Check(
        (*over_seeds(activation="relu", **LEFT), *over_seeds(activation="gelu", **LEFT), *over_seeds(**LEFT)),
        lambda *runs: ends(*runs)[2][0] > 2 * max(abs(v) for pair in ends(*runs)[:2] for v in pair),
        control=(*over_seeds(activation="relu"), *over_seeds(activation="gelu"), *over_seeds()),
        measure=ends,
    ),
    "dip": Check(FORMS, dips, control=(*FORMS[:2], {"activation": "relu"})),
}

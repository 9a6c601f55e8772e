"""Does it learn? Two networks learn to read digits; the map says where such networks learn at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.neural import gradients as core
from core.neural.gradients import Training
from core.result import result
from core.text import PERCENT, T
from figures.marks import handle_values, heat, hline, line, marks, moving, ring, shade, text, until
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, OTHER, PAPER, Figure, Playhead, Stage
from pages.neural.gradients import shared, training
from pages.neural.gradients.shared import Array, decades, exponent, log10, log_plot
from pages.neural.gradients.words import times
from ui.scene import Check, Part, Readout

CONTROLS = ("versus", "optimizer", "rate", "clip")
ZOOM = ("steps", "depth", "activation")
QUICK = {"depth": 4, "steps": 40, "units": 16}
FRAMES = 40  # of a run
TOP = 3.2  # of the losses' axis, nat


@dataclass(frozen=True)
class Params(training.Trained):
    pass


tasks = training.tasks


@result
class Learning:
    a: Training
    b: Training | None
    done: bool
    map: core.TrainabilityMap | None  # there is none for the other activations

    @property
    def runs(self) -> list[tuple[str, str, Training]]:
        """Colour, name and run, of those that took a step."""
        both = ((BLUE, "A", self.a), (OTHER, "B", self.b))
        return [(color, name, run) for color, name, run in both if run and len(run.loss)]

    @property
    def score_b(self) -> float | None:
        """Share of test digits that B reads right, in %."""
        return self.b.score if self.b else None

    @property
    def first(self) -> T:
        """The gradient's norm in A's first layer, at the first step."""
        return times(exponent(self.a.gradient_norm[0, 0]) if len(self.a.loss) else np.nan)


def compute(p: Params, parts: Mapping[str, Part]) -> Learning:
    a, b = (part and (part.value or core.no_training()) for part in (parts["a"], parts.get("b")))
    return Learning(a, b, all(part.done for part in parts.values()), training.trainability(p.activation))


READOUTS = (
    Readout("a", T("テスト正解率 A", "Accuracy A"), "a.score", 1, PERCENT),
    Readout("b", T("B", "B"), "score_b", 1, PERCENT),
    Readout("loss", T("損失 A", "Loss A"), "a.final_loss", 3),
    Readout("first", T("はじめの 1 層目の勾配", "First gradient, layer 1"), "first", still=True),
)


def draw(r: Learning, p: Params) -> Stage:
    last = max((len(run.loss) for *_, run in r.runs), default=0) - 1
    shown = np.unique(np.linspace(0, last, FRAMES).round().astype(int)) if r.done and last > 0 else np.array([last])
    stopped = [f"{name}_{run.cause}" for name, run in (("a", r.a), ("b", r.b)) if run and run.cause]
    norm, ratio = T("勾配のノルム（対数）", "Gradient norm (log)"), T("‖ΔW‖ ÷ ‖W‖（対数）", "‖ΔW‖ ÷ ‖W‖ (log)")
    norms = by_weights("norms", r, "gradient_norm", p.depth, shown, norm, 2.0)
    ratios = by_weights("ratios", r, "update_ratio", p.depth, shown, ratio, 0.0)
    figures = (losses(r, p.steps, shown), where(r, p), norms, ratios)
    head = Playhead(shown + 1, T("ステップ", "step"))
    return Stage(
        figures, ("loss map", "norms ratios"), playhead=head, height=560, note=stopped or "map", finale=bool(stopped)
    )


def losses(r: Learning, steps: int, shown: Array) -> Figure:
    """Draw the loss of each step's batch, ringed at the playhead's."""
    under: list[Any] = [
        hline(core.CHANCE, (0, steps), INK, width=1.2, dash="dash"),
        text(0.3 * steps, core.CHANCE, T("当てずっぽう", "guessing"), INK, "top right"),
    ]
    for color, name, run in r.runs:
        x, y = np.arange(len(run.loss)), np.minimum(run.loss, TOP - 0.05)
        curve = line(x, y, color, width=2.2, label=name, at=0.98 if name == "A" else 0.72)
        under.append(until(curve, np.minimum(shown, len(x) - 1) + 1) if len(shown) > 1 else curve)
    if len(shown) > 1:
        x = np.stack([np.minimum(shown, len(run.loss) - 1) for *_, run in r.runs], axis=1)
        y = np.stack([run.loss[x[:, i]] for i, (*_, run) in enumerate(r.runs)], axis=1)
        under.append(ring(moving(x), moving(np.minimum(y, TOP - 0.05)), 13.0))
    axes = {"x": T("ステップ", "Step"), "y": T("損失 (nat)", "Loss (nat)"), "says": "" if r.b else "alone"}
    return plot("loss", *under, xlim=(0, 1.03 * steps), ylim=(-0.08, TOP), small=True, **axes)


def by_weights(name: str, r: Learning, kind: str, depth: int, shown: Array, y: T, high: float) -> Figure:
    """Draw a size in each layer of weights at the playhead's step; dotted the gradient after clipping."""
    layers, xlim = np.arange(1, depth + 2), (0.5, depth + 1.5)
    under: list[Any] = []
    if kind == "update_ratio":
        words = T("目安 1/1000", "rule of thumb 1/1000")
        under = [hline(-3, xlim, INK, width=1.2, dash="dash"), text(0.5, -3.8, words, INK, "bottom right")]
    for color, label, run in r.runs:
        now, share = at(getattr(run, kind), shown), 0.25 if label == "A" else 0.75
        under.append(line(layers, now, color, width=2.2, label=label, at=share, where="top center"))
        under.append(marks(layers, now, color, size=5.0))
        if kind == "gradient_norm" and run.clipped:
            under.append(line(layers, at(run.clipped_norm, shown), color, width=1.6, dash="dot"))
    ylim = decades(*(log10(getattr(run, kind)) for *_, run in r.runs), high=high)
    return log_plot(name, *under, x=T("重みの層", "Layer of weights"), y=y, xlim=xlim, ylim=ylim, small=True)


def at(values: Array, shown: Array) -> Any:
    """Give log₁₀ of the rows of the steps that are shown; a run that ended before keeps its last."""
    rows = log10(values[np.minimum(shown, len(values) - 1)])
    return moving(rows) if len(shown) > 1 else rows[0]


def where(r: Learning, p: Params) -> Figure:
    """Draw the accuracy after the map's steps over σ_w and depth, the theory's lines, and A to take hold of."""
    sigma, depth = T("重みの広がり σ_w", "Spread of weights σ_w"), T("深さ", "Depth")
    axes = {"x": sigma, "y": depth, "small": True, "whole_x": True}
    if r.map is None:
        words = T("地図があるのは tanh、ReLU、シグモイドです", "Maps exist for tanh, ReLU and sigmoid")
        missing = text(2.0, 27.0, words, MUTED, "middle center")
        return plot("map", missing, xlim=(0, 4), ylim=(2.5, 52.5), says="no_map", **axes)
    m, base = r.map, core.base_sigma(p.init)
    xlim, ylim = ((v[0] - (v[1] - v[0]) / 2, v[-1] + (v[1] - v[0]) / 2) for v in (m.sigmas, m.depths))
    x, y = np.clip(p.gain * base, *xlim), np.clip(p.depth, *ylim)
    style = {"width": 1.8, "dash": "dash", "at": 0.9, "where": "bottom right"}
    return plot(
        "map",
        heat(shade(m.accuracy, 0.08, 1), m.sigmas[[0, -1]], m.depths[[0, -1]], ((0, PAPER), (1, GREEN)), smooth=False),
        line([m.edge] * 2, ylim, INK, label="χ = 1", **style),
        line(m.fine, m.vanished, INK, label="1/1000", **style),
        line(m.fine, m.exploded, INK, label=T("1000 倍", "1000 ×"), **style | {"at": 1.0, "where": "bottom left"}),
        handle_values(x, y, across=("gain", 0.0, 1 / base), up=("depth", 0.0, 1.0)) if base else ring(x, y, 15.0),
        xlim=xlim,
        ylim=ylim,
        **axes,
    )


def code(p: Params) -> str:
    runs = "\n".join(training.code(name, trial) for name, trial in training.trials(p).items())
    return f"""\
{shared.IMPORTS}
{runs}
print("loss =", a.final_loss)
print("first =", a.gradient_norm[0, 0] if len(a.gradient_norm) else np.nan)
"""


SEEDS = (4, 3, 2, 1, 0)
SHRINKING = {"activation": "tanh", "init": "normal", "gain": 0.7, "versus": "adam"}
SATURATED = {"activation": "tanh", "init": "normal", "gain": 2.0}
SMALL = [{"activation": a, "init": "zero", "depth": 3, "versus": "none"} for a in ("tanh", "relu", "sigmoid")]
ZERO = tuple({**fields, "seed": seed} for seed in SEEDS for fields in SMALL)
CLIPPED = tuple({**SATURATED, "clip": "global", "versus": "layer", "seed": seed} for seed in SEEDS)


CHECKS = {
    "learns": Check(
        tuple({"seed": seed} for seed in SEEDS),
        lambda *runs: all(r.a.final_loss > core.CHANCE - 0.01 and r.b.score > 90 for r in runs),
        control=({"versus": "adam"},),
    ),
    "zero": Check(
        ZERO,
        lambda *runs: (m := training.hidden(*runs))["tanh"] == m["relu"] == m["apart"] == 0 < m["least"],
        control=tuple({**fields, "init": "xavier", "steps": 20} for fields in SMALL),
        measure=training.hidden,
    ),
    "clipping": Check(
        CLIPPED,
        lambda *runs: (m := training.factors(*runs))["whole"] < 1e-6 and m["layer"] > 0.5,
        control=({**SATURATED, "clip": "layer", "versus": "global"},),
        measure=training.factors,
    ),
    "adam": Check(
        (*({**SHRINKING, "seed": seed} for seed in SEEDS), *({"versus": "adam", "seed": seed} for seed in SEEDS)),
        lambda *runs: (
            all(0.3 < r.b.first_over_last < 3 and r.b.score > 40 > r.a.score for r in runs[:5])
            and all(r.b.first_over_last < 1e-3 for r in runs[5:])
        ),
        control=({"versus": "adam"}, *[SHRINKING] * 9),
    ),
}

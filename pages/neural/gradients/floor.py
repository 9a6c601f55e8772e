"""The floor of numbers: what is left of a gradient when all that is stored is rounded to a format of 16 or 32 bits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.neural import gradients as core
from core.result import result
from core.text import T
from figures.marks import box, hline, line, marks, text
from figures.spec import INK, ORANGE, PURPLE, SKY, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.shared import Array, by_layer, decades, exponent, log10, log_plot, share_by_layer
from ui.params import slider
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("scale", "depth", "activation", "gain")
ZOOM = ("depth",)
BATCH = 16  # four passes a move


@dataclass(frozen=True)
class Params(shared.Seed, shared.Width, shared.Mended):
    scale: int = slider(T("損失スケール 2^k の k", "Loss scale 2^k, k"), 0, 40, default=0)
    top: float = slider(T("最終層の勾配の大きさ", "Gradient at the last layer"), 1e-8, 1.0, default=1.0, log=True)


@result
class Numbers:
    exact: Array  # size of the gradient in each layer (L + 1,), in float64
    fp16: core.Floor
    bf16: core.Floor
    fp32: core.Floor

    @property
    def styles(self) -> Mapping[str, tuple[core.Floor, str, float, str]]:
        """Each format's results, and the colour, width and symbol that it has in all pictures: wide ones lie below."""
        return {
            "fp32": (self.fp32, SKY, 5.0, "square"),
            "bf16": (self.bf16, PURPLE, 3.2, "diamond"),
            "fp16": (self.fp16, ORANGE, 2.4, "triangle-up"),
        }


def compute(p: Params) -> Numbers:
    exact, found = core.floors(shared.network(p), scale=2.0**p.scale, size=p.top, batch=BATCH, seed=p.seed)
    return Numbers(exact, **found)


READOUTS = (
    Readout("fp16", T("0 になった層 fp16", "Flushed: fp16"), "fp16.flushed"),
    Readout("bf16", T("bf16", "bf16"), "bf16.flushed"),
    Readout("fp32", T("fp32", "fp32"), "fp32.flushed"),
    Readout("overflow", T("fp16 の ∞", "fp16 ∞"), "fp16.overflowed"),
)


def draw(r: Numbers, p: Params) -> Stage:
    note = "outputs" if r.fp16.output_end >= 0 else "gradient" if r.fp16.gradient_end >= 0 else "formats"
    figures, grid = (stored(r, p.scale), lost(r), errors(r)), ("floor lost", "floor errors")
    return Stage(figures, grid, columns="minmax(0, 1.8fr) minmax(0, 1fr)", note=note)


def stored(r: Numbers, scale: int) -> Figure:
    """Draw the gradient as it is stored in each format, loss scale included, and where the formats end."""
    depth = len(r.exact) - 1
    layers, true = np.arange(depth + 1), log10(r.exact) + scale * np.log10(2)
    low, high = ylim = decades(true, low=-15.0, high=8.0)
    ends = -0.02 * depth - 0.1, 1.02 * depth + 0.1
    fp16, fp32 = core.LIMITS["fp16"], core.LIMITS["fp32"]
    least, normal, largest, wide = (exponent(v) for v in (fp16.least, fp16.normal, fp16.largest, fp32.least))
    # Words stand at the side where the line is far.
    left, right = (ends[0], "right"), (ends[1], "left")
    uphill = np.nan_to_num(true[-1], nan=low) >= np.nan_to_num(true[0], nan=low)
    (near, inwards), (far, outwards) = (left, right) if uphill else (right, left)
    under = [
        box(*ends, low, least, ORANGE, 0.16),
        box(*ends, least, normal, ORANGE, 0.07),
        box(*ends, largest, max(high, largest), ORANGE, 0.16),
        text(near, largest, T("fp16 はオーバーフローして ∞", "fp16 overflows to ∞"), INK, f"top {inwards}"),
        text(near, normal, T("fp16 は桁を失う", "fp16 loses digits"), INK, f"bottom {inwards}"),
        text(far, least, T("fp16 は 0 になる", "fp16 underflows to 0"), INK, f"bottom {outwards}"),
    ]
    if low < wide:
        words = T("bf16 も fp32 も 0", "bf16 and fp32 underflow to 0")
        under += [box(*ends, low, wide, PURPLE, 0.16), text(far, wide, words, INK, f"bottom {outwards}")]
    under.append(line(layers, true, INK, width=1.8, dash="dash"))
    places = {"fp32": (0.12, "bottom right"), "bf16": (0.34, "bottom right"), "fp16": (0.7, "top left")}
    for form, (floor, color, width, symbol) in r.styles.items():
        y = log10(floor.stored_rms)
        seen = np.flatnonzero(np.isfinite(y))
        share, where = places[form]
        at = float(seen[0] + share * (seen[-1] - seen[0])) / depth if len(seen) else 0.0
        under.append(line(layers, y, color, width=width, label=form, at=at, where=where))
        under.append(marks(layers, y, color, size=7.0 if depth < 60 else 4.0, symbol=symbol))
    y = T("保存した勾配の大きさ（対数）", "Stored gradient, size (log)")
    return by_layer("floor", depth, *under, ylim=ylim, y=y)


def lost(r: Numbers) -> Figure:
    """Draw the share of the gradient's entries that became zero, and of those that are no finite number."""
    layers, under = np.arange(len(r.exact)), []
    for form, (floor, color, width, _) in r.styles.items():
        for shares, dash, name in (
            (floor.zeros, "solid", T(f"{form}: 0 になった", f"{form}: zero")),
            (floor.broken, "dot", T(f"{form}: ∞ か NaN", f"{form}: ∞ or NaN")),
        ):
            top = int(shares.argmax())
            where = "top right" if 2 * top < layers[-1] else "top left"
            label = name if shares[top] > 0.02 else None
            place = {"label": label, "at": top / layers[-1], "where": where}
            under.append(line(layers, 100 * shares, color, width=width, dash=dash, **place))
    return share_by_layer("lost", layers, *under)


def errors(r: Numbers) -> Figure:
    """Draw the relative error of the gradient in each layer."""
    layers, (low, high) = np.arange(len(r.exact)), (-9.0, 1.5)
    under = [hline(0, (0, layers[-1]), INK, width=1, dash="dash"), text(layers[-1], 0.0, "100%", INK, "top left")]
    for form, (floor, color, *_) in r.styles.items():
        y = np.clip(log10(floor.error), low, high)
        where = "bottom left" if form == "fp16" else "top left"
        under.append(line(layers, y, color, width=2.4, label=form, at=0.85, where=where))
    x, y = T("層", "Layer"), T("相対誤差（対数）", "Relative error (log)")
    return log_plot("errors", *under, x=x, y=y, xlim=(0, layers[-1]), ylim=(low, high), small=True)


def code(p: Params) -> str:
    return f"""\
{shared.setup(shared.network(p))}
exact, found = core.floors(config, scale=2.0**{p.scale}, size={p.top!r}, batch={BATCH}, seed={p.seed})
for form in ("fp16", "bf16", "fp32"):
    print(form, "=", np.sum(found[form].zeros[:-1] > 0.5))
print("overflow =", np.sum(found["fp16"].broken > 0))
"""


FAINT = {"activation": "tanh", "init": "normal", "gain": 0.8, "top": 1e-6}
PAIRS = (*over_seeds(**FAINT), *over_seeds(top=1e-6, scale=15))
SCALED = over_seeds(**FAINT, scale=15)


def layers(*runs: Numbers) -> list[tuple[int, int]]:
    """Give the least and the most layers flushed in fp16 of each five runs."""
    flushed = [r.fp16.flushed for r in runs]
    return [(min(each), max(each)) for each in (flushed[i : i + 5] for i in range(0, len(runs), 5))]


def comes_back(*runs: Numbers) -> bool:
    (plain, _), (wide, _), (_, scaled) = layers(*runs)
    whole = all(r.fp16.overflowed == 0 and r.fp16.error.max() < 0.01 for r in runs[10:])
    return min(plain, wide) > 0 == scaled and whole


CHECKS = {
    "fp16": Check(
        over_seeds(),
        lambda *runs: all(r.fp16.flushed >= 5 and r.fp32.flushed == r.fp16.gradient_rms[0] == 0 for r in runs),
        control=({"activation": "relu", "init": "he"},),
        measure=layers,
    ),
    "scaling": Check(
        (*PAIRS, *SCALED), comes_back, control=(*PAIRS, *({**each, "scale": 3} for each in SCALED)), measure=layers
    ),
}

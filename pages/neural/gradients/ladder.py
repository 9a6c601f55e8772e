"""The fix ladder: remedies one after another, and each alone; some do nothing by themselves and mend it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.result import result
from core.text import T
from figures.marks import box, hline, line, text
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.shared import Array, by_layer, decades, exponent, gradient, log10, log_plot
from pages.neural.gradients.words import spot, times
from ui.params import choice
from ui.scene import Check, Readout

CONTROLS = ("order", "activation", "depth", "gain")
ZOOM = ("depth",)


@dataclass(frozen=True)
class Params(shared.Seed, shared.Width, shared.Biased):
    order: str = choice(
        T("直す順番", "Order of fixes"),
        {
            "init": T("初期化から", "Initialisation first"),
            "activation": T("活性化関数から", "Activation first"),
            "residual": T("残差接続から", "Residual first"),
            "norm": T("正規化から", "Normalisation first"),
        },
    )


FIXES: Mapping[str, tuple[T, Mapping[str, Any]]] = {
    "init": (T("He", "He"), {"init": "he", "gain": 1.0}),
    "activation": (T("ReLU", "ReLU"), {"activation": "relu"}),
    "residual": (T("残差", "resid."), {"residual": True}),
    "layer": (T("LayerNorm", "LayerNorm"), {"norm": "layer"}),
    "batch": (T("BatchNorm", "BatchNorm"), {"norm": "batch"}),
}
ORDERS = {
    "init": ("init", "activation", "residual", "layer", "batch"),
    "activation": ("activation", "init", "residual", "layer", "batch"),
    "residual": ("residual", "layer", "batch", "init", "activation"),
    "norm": ("layer", "batch", "residual", "activation", "init"),
}


def ratios(sizes: Sequence[Array]) -> Array:
    """Give log₁₀ of the first hidden layer's gradient over the last's, a network each."""
    return np.array([exponent(s[1] / s[-1]) if s[-1] > 0 else np.nan for s in sizes])


@result
class Ladder:
    names: tuple[T, ...]  # of the rungs: the broken network, and each fix
    sizes: tuple[Array, ...]  # of the gradient in each layer (L + 1,), as one fix is added to another
    climbed: Array  # log₁₀ of the first layer's gradient over the last's, likewise
    alone: Array  # of the broken network, and of each fix on that one

    @property
    def start(self) -> T:
        """What it is before anything is mended."""
        return times(self.climbed[0])

    @property
    def end(self) -> T:
        """And when all is."""
        return times(self.climbed[-1])

    @property
    def best(self) -> int:
        """The rung of the fix that does most alone."""
        return 1 + int(np.argmin(np.nan_to_num(np.abs(self.alone[1:]), nan=np.inf)))

    @property
    def best_name(self) -> T:
        """What it is called."""
        return self.names[self.best]

    @property
    def best_alone(self) -> T:
        """What it leaves."""
        return times(self.alone[self.best])


def compute(p: Params) -> Ladder:
    broken = shared.network(p)
    names, changes = zip(*(FIXES[fix] for fix in ORDERS[p.order]), strict=True)
    rungs = [broken]
    for change in changes:
        rungs.append(replace(rungs[-1], **change))
    alone = [broken, *(replace(broken, **change) for change in changes)]
    climbed, single = ([gradient(config, p.seed) for config in configs] for configs in (rungs, alone))
    return Ladder((T("はじめ", "start"), *names), tuple(climbed), ratios(climbed), ratios(single))


READOUTS = (
    Readout("start", T("1 層目 ÷ 最終層: はじめ", "First ÷ last: start"), "start"),
    Readout("end", T("すべて直すと", "all fixed"), "end"),
    Readout("best", T("最もよい一つ", "best alone"), "best_name"),
    Readout("alone", T("それだけで", "with it"), "best_alone"),
)


def draw(r: Ladder, p: Params) -> Stage:
    ylim = decades(r.climbed, r.alone, low=-5.0, high=3.0)
    above = rungs("ladder", r.names, r.climbed, [0.0, *r.climbed[:-1]], ylim, sign="+")
    below = rungs("alone", r.names, r.alone, [0.0, *[r.climbed[0]] * 5], ylim)
    grid = ("ladder lines", "alone lines")
    return Stage((above, lines(r), below), grid, height=560, columns="minmax(0, 1.25fr) minmax(0, 1fr)")


def rungs(
    name: str, names: Sequence[T], ratios: Array, before: Sequence[float], ylim: tuple[float, float], sign: str = ""
) -> Figure:
    """Draw ratios as bars, each from what was there before: blue where that is better, orange where it is worse."""
    low, high = ylim
    ends = (-0.6, len(names) - 0.4)
    under: list[Any] = [box(*ends, -1, 1, GREEN, 0.14), hline(0, ends, INK, width=1)]
    for i, (ratio, start) in enumerate(zip(ratios, np.nan_to_num(before, neginf=0.0), strict=True)):
        if not np.isfinite(ratio):
            under.append(text(i, 0.0, T("測れない", "none"), MUTED, "top center"))
            continue
        color, opacity = (MUTED, 0.45) if i == 0 else (BLUE if abs(ratio) < abs(start) else ORANGE, 0.75)
        bottom, top = sorted((start, ratio))
        thin = 0.007 * (high - low)  # so that a fix that does nothing is seen
        inside = low + 0.09 * (high - low) < ratio < start
        change = f"{ratio - start:{'+' if i else ''}.1f}".replace("-", "−")
        under += [
            box(i - 0.36, i + 0.36, bottom - thin, top + thin, color, opacity),
            hline(ratio, (i - 0.36, i + 0.36), INK),
            text(i, ratio, change, INK, "bottom center" if inside else "top center"),
            hline(ratio, (i + 0.36, i + 1.36), MUTED, width=1, dash="dot") if sign and i + 1 < len(names) else None,
        ]
    signs = ["", *[sign] * 5]
    words = [
        T(*(f"{s}{w}".replace("Norm", "<br>Norm") for w in (n.ja, n.en))) for s, n in zip(signs, names, strict=True)
    ]
    y = T("1 層目 ÷ 最終層（対数）", "First ÷ last layer (log)")
    figure = log_plot(name, *under, x="", y=y, xlim=ends, ylim=ylim, xticks=dict(enumerate(words)), small=True)
    upright = {**figure.layout["xaxis"], "tickangle": 0}
    return replace(figure, layout={**figure.layout, "xaxis": upright})


def lines(r: Ladder) -> Figure:
    """Draw the gradient in each layer, a line a rung of the ladder."""
    logs = [log10(sizes) for sizes in r.sizes]
    low, high = ylim = decades(*logs)
    under, taken = [], list[tuple[float, float]]()
    for i, (y, name, color) in enumerate(zip(logs, r.names, (MUTED, ORANGE, SKY, PURPLE, GREEN, BLUE), strict=True)):
        # A name stands where its line is apart from those before: at its left end, else further on, or below.
        at, where = spot(np.nan_to_num(y, nan=low), taken, high - low)
        label = T(f"{i} {name.ja}", f"{i} {name.en}")
        under.append(line(np.arange(len(y)), y, color, width=3 if i == 5 else 2, label=label, at=at, where=where))
    return by_layer("lines", len(logs[0]) - 1, under, ylim=ylim, y=T("勾配の大きさ（対数）", "Size of gradient (log)"))


def code(p: Params) -> str:
    return f"""\
from dataclasses import replace

{shared.setup(shared.network(p))}
fixes = {[dict(FIXES[fix][1]) for fix in ORDERS[p.order]]}


def decades(config):
    sizes = core.gradient_sizes(config, batch={shared.BATCH}, seed={p.seed})
    return np.log10(sizes[1] / sizes[-1]) if sizes[-1] > 0 else np.nan


print("start =", 10 ** decades(config))
alone = [decades(replace(config, **fix)) for fix in fixes]
for fix in fixes:
    config = replace(config, **fix)
print("end =", 10 ** decades(config))
print("alone =", 10 ** alone[np.nanargmin(np.abs(alone))])
"""


def ends(*runs: Ladder) -> dict[str, tuple[T, T]]:
    """Give the least and the most of the ratios with one remedy, the other, and both."""
    found = {"he": [r.alone[1] for r in runs], "relu": [r.alone[2] for r in runs], "both": [r.climbed[2] for r in runs]}
    return {name: (times(min(each)), times(max(each))) for name, each in found.items()}


CHECKS = {
    "together": Check(
        tuple({"seed": seed} for seed in (4, 3, 2, 1, 0)),
        lambda *runs: all((r.alone[1:3] < -2).all() and abs(r.climbed[2]) < 1 for r in runs),
        control=({"activation": "relu"},),
        measure=ends,
    )
}

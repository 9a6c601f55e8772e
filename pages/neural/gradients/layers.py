"""Down the layers: what each layer does to the signal on its way up, and to the gradient on its way down."""

from dataclasses import dataclass

import numpy as np

from core.neural import gradients as core
from core.result import result
from core.text import T
from figures.marks import bars, line, marks, text
from figures.plot import histograms, plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.shared import by_layer, decades, dotted, log10, share_by_layer
from ui.scene import Check, Readout

CONTROLS = ("depth", "activation", "init", "gain")
ZOOM = ("depth",)
Z, LOG_GRADIENT = T("入る値 z", "Input z"), T("|勾配|（対数）", "|gradient| (log)")


@dataclass(frozen=True)
class Params(shared.Seed, shared.Width, shared.Mended):
    pass


@result
class Layers:
    found: core.Profile
    theory: core.Theory | None  # of plain networks only

    @property
    def verdict(self) -> T:
        """Within a factor of ten from the last layer to the first is healthy."""
        if np.isnan(self.found.decades):
            return T("測れない", "no number")
        low, high = self.found.decades < -1, self.found.decades > 1
        return T("消失", "vanishing") if low else T("爆発", "exploding") if high else T("健全", "healthy")

    @property
    def expected(self) -> float:
        """What a layer multiplies the gradient's size by, in theory."""
        return self.theory.factor if self.theory else float("nan")

    @property
    def gap(self) -> float:
        """Measured less predicted change of the log gradient size a layer."""
        return float(np.log(self.found.factor / self.expected))


def compute(p: Params) -> Layers:
    config = shared.network(p)
    return Layers(core.profile(config, batch=shared.BATCH, seed=p.seed), core.theory(config) if config.plain else None)


READOUTS = (
    Readout("verdict", T("勾配", "Gradient"), "verdict"),
    Readout("decades", T("1層目÷最終層 (log₁₀)", "1st÷last (log₁₀)"), "found.decades", 1),
    Readout("factor", T("1層で", "layer"), "found.factor", 3, T("倍", "×")),
    Readout("theory", T("理論 √χ", "√χ"), "expected", 3),
)


def draw(r: Layers, p: Params) -> Stage:
    f, style = r.found, {"x": T("層", "Layer"), "small": True}
    spread = histograms("spread", f.gradient_histogram, core.GRADIENT_SPAN, log=True, y=LOG_GRADIENT, **style)
    inputs = histograms("inputs", f.pre_histogram, (-core.PRE_SPAN, core.PRE_SPAN), first=1, color=GREEN, y=Z, **style)
    note = "broken" if f.broken >= 0 else "zero" if f.gradient_rms[0] == 0 else "theory" if r.theory else "measured"
    figures = (sizes(r), phi(f, p.activation), spread, inputs, flat(f))
    return Stage(figures, ("sizes sizes phi", "spread inputs flat"), height=560, note=note)


def sizes(r: Layers) -> Figure:
    up, down = log10(r.found.activation_rms), log10(r.found.gradient_rms)
    layers, ylim = np.arange(len(up)), decades(up, down)
    # The gradient is named at the left, the outputs at the right, on the side where the other line is not.
    left = "top right" if down[0] > down[-1] else "bottom right"
    right = "bottom left" if (down > up)[9 * len(up) // 10] else "top left"
    expected = (r.theory.activation_rms, r.theory.gradient_rms) if r.theory else ()
    return by_layer(
        "sizes",
        len(up) - 1,
        dotted(layers, up, GREEN, label=T("出力 h", "outputs h"), at=0.9, where=right),
        dotted(layers, down, BLUE, label=T("勾配 ∂L/∂h", "gradient ∂L/∂h"), at=0.1, where=left),
        [line(layers, log10(y), INK, width=1.4, dash="dash") for y in expected],
        marks(r.found.broken, ylim[1] - 0.5, INK, size=12, symbol="x") if r.found.broken >= 0 else None,
        ylim=ylim,
    )


def phi(f: core.Profile, activation: str) -> Figure:
    """Draw φ and φ′, and below them how often which input came."""
    z, low, came = np.linspace(-6, 6, 121), -1.9, f.pre_histogram.mean(axis=0)
    at, half = np.linspace(-core.PRE_SPAN, core.PRE_SPAN, 2 * len(came) + 1)[1::2], core.PRE_SPAN / len(came)
    return plot(
        "phi",
        bars(low, low + 1.35 * came / came.max(), at, half, MUTED, 0.35, upright=True),
        line(z, core.activate(activation, z), GREEN, width=2.5, label="φ", at=0.78, where="top left"),
        line(z, core.slope(activation, z), BLUE, width=2.5, label="φ′", at=0.9, where="top left"),
        text(-5.9, low, T("実際に入った値", "inputs that came"), INK, "top right"),
        x=Z,
        y="φ, φ′",
        xlim=(-6, 6),
        ylim=(low, 3.2),
        small=True,
    )


def flat(f: core.Profile) -> Figure:
    """Draw the share of slopes near zero, and of units for which they all are."""
    layers, dead = np.arange(1, len(f.dead) + 1), T("どの例でも 0", "for all examples")
    return share_by_layer(
        "flat",
        layers,
        dotted(layers, 100 * f.saturated, ORANGE, label=T("傾きがほぼ 0", "slope near 0"), at=0.3, where="top center"),
        line(layers, 100 * f.dead, INK, width=1.5, dash="dot", label=dead, at=0.75, where="top center"),
    )


def code(p: Params) -> str:
    config = shared.network(p)
    theory = "core.theory(config).factor" if config.plain else "np.nan"
    return f"""\
{shared.setup(config)}
found = core.profile(config, batch={shared.BATCH}, seed={p.seed})
print("decades =", np.log10(found.gradient_rms[1] / found.gradient_rms[-1]))
print("factor =", (found.gradient_rms[0] / found.gradient_rms[-1]) ** (1 / config.depth))
print("theory =", {theory})
"""


HE = {"depth": 50, "activation": "relu", "init": "he"}
FIVE = tuple({**HE, "width": width, "seed": seed} for width, seed in ((64, 0), (64, 1), (64, 2), (128, 1), (128, 0)))
WIDE = tuple({"activation": phi, "init": "normal", "width": 512} for phi in ("selu", "relu", "tanh", "sigmoid"))
CHECKS = {
    "sigmoid": Check(({},), lambda r: r.found.ratio < 1e-6, control=(HE,)),
    "he": Check(
        FIVE,
        lambda *runs: all(abs(r.found.decades) < 1 for r in runs),
        control=tuple({**f, "init": "xavier"} for f in FIVE),
    ),
    "theory": Check(
        WIDE, lambda *runs: all(abs(r.gap) < 0.01 for r in runs), control=tuple({**f, "width": 8} for f in WIDE)
    ),
    "batchnorm": Check(
        (*FIVE, *({**f, "norm": "batch"} for f in FIVE)),
        lambda *runs: all(abs(r.found.decades) < 1 for r in runs[:5]) and all(r.found.decades > 3 for r in runs[5:]),
        control=(*FIVE, *({**f, "norm": "layer"} for f in FIVE)),
    ),
}

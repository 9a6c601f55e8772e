"""Down the layers: what each layer does to the signal on its way up, and to the gradient on its way down."""

from dataclasses import dataclass

import numpy as np

from core.neural import gradients as core
from core.result import result
from core.text import T
from figures.marks import line, marks
from figures.spec import BLUE, GREEN, INK, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.distributions import NAMES, distributions, phi
from pages.neural.gradients.shared import by_layer, decades, dotted, log10
from pages.neural.gradients.words import times
from ui.params import toggle
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("depth", "activation", "init", "gain")
ZOOM = ("depth",)


@dataclass(frozen=True)
class Params(shared.Seed, shared.Width, shared.Mended):
    distributions: bool = toggle(T("層ごとの分布も描く", "Draw the layers' distributions, too"))


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
    def times(self) -> T:
        """The first layer's gradient over the last's."""
        return times(self.found.decades)

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
    Readout("ratio", T("1 層目 ÷ 最終層", "First ÷ last"), "times"),
    Readout("factor", T("1 層ごとに", "Each layer"), "found.factor", 3, T("倍", "×")),
    Readout("theory", T("理論", "In theory"), "expected", 3, T("倍", "×")),
)


def draw(r: Layers, p: Params) -> Stage:
    f = r.found
    note = "broken" if f.broken >= 0 else "zero" if f.gradient_rms[0] == 0 else "theory" if r.theory else "measured"
    figures, grid, height = (sizes(r), phi(f, p.activation)), ["sizes sizes phi"], 380
    if p.distributions:
        figures, grid, height = (*figures, *distributions(f)), [*grid, " ".join(NAMES)], 560
    return Stage(figures, tuple(grid), height=height, note=note)


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


def code(p: Params) -> str:
    config = shared.network(p)
    theory = "core.theory(config).factor" if config.plain else "np.nan"
    return f"""\
{shared.setup(config)}
found = core.profile(config, batch={shared.BATCH}, seed={p.seed})
print("ratio =", found.gradient_rms[1] / found.gradient_rms[-1])
print("factor =", (found.gradient_rms[0] / found.gradient_rms[-1]) ** (1 / config.depth))
print("theory =", {theory})
"""


HE = {"depth": 50, "activation": "relu", "init": "he"}
FIVE = tuple({**HE, "width": width, "seed": seed} for width, seed in ((64, 0), (64, 1), (64, 2), (128, 1), (128, 0)))
PHIS = ("selu", "relu", "tanh", "sigmoid")
WIDE = tuple(run for phi in PHIS for run in over_seeds(activation=phi, init="normal", width=256))


def gaps(*runs: Layers) -> dict[str, float]:
    """Give each activation's gap, the mean of five networks."""
    return dict(zip(PHIS, np.reshape([r.gap for r in runs], (4, 5)).mean(axis=1), strict=True))


def ends(*runs: Layers) -> tuple[T, T]:
    """Give the least and the most of the ratios, as people write them."""
    found = [r.found.decades for r in runs]
    return times(min(found)), times(max(found))


CHECKS = {
    "sigmoid": Check(over_seeds(), lambda *runs: all(r.found.ratio < 1e-6 for r in runs), control=(HE,), measure=ends),
    "he": Check(
        FIVE,
        lambda *runs: all(abs(r.found.decades) < 1 for r in runs),
        control=tuple({**f, "init": "xavier"} for f in FIVE),
        measure=ends,
    ),
    "theory": Check(
        WIDE,
        lambda *runs: all(abs(gap) < 0.01 for gap in gaps(*runs).values()),
        control=tuple({**f, "width": 8} for f in WIDE),
        measure=gaps,
    ),
    "batchnorm": Check(
        (*FIVE, *({**f, "norm": "batch"} for f in FIVE)),
        lambda *runs: all(abs(r.found.decades) < 1 for r in runs[:5]) and all(r.found.decades > 3 for r in runs[5:]),
        control=(*FIVE, *({**f, "norm": "layer"} for f in FIVE)),
        measure=lambda *runs: ends(*runs[:5]) + ends(*runs[5:]),
    ),
}

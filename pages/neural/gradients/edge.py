"""The edge of chaos: where among initialisations gradients vanish, where they explode, and what that leaves open."""

from dataclasses import dataclass, replace

import numpy as np

from core.neural import gradients as core
from core.result import result
from core.text import T
from figures.marks import box, handle_values, heat, hline, line, ring, shade, text
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, OTHER, SIGNED, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.shared import Array, decades, exponent, log10, log_plot
from pages.neural.gradients.words import times
from ui.scene import Check, Readout

CONTROLS = ("activation", "gain", "bias", "depth")
ZOOM = ("activation",)
WIDEST = 128  # Jacobian that is decomposed
DIGITS = 15.5  # of float64: singular values that much smaller than the largest are rounding errors


@dataclass(frozen=True)
class Params(shared.Seed, shared.Width, shared.Biased):
    pass


def spread(values: Array) -> float:
    """Give the decades between the largest and the middle one of singular values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log10(values[0] / np.median(values)))


@result
class Edge:
    phases: core.Phases
    sigma: float  # σ_w of the network
    chi: float  # at its last layer
    typical: float  # log₁₀ of the root mean square singular value of its Jacobian, in theory
    gaussian: Array  # singular values, largest first, with Gaussian weights of that σ_w
    orthogonal: Array  # and with orthogonal ones
    cut: bool  # whether the Jacobian's width was

    @property
    def gaussian_spread(self) -> float:
        """Decades from the middle singular value to the largest, with Gaussian weights."""
        return spread(self.gaussian)

    @property
    def orthogonal_spread(self) -> float:
        """The same with orthogonal weights."""
        return spread(self.orthogonal)

    @property
    def gaussian_times(self) -> T:
        return times(self.gaussian_spread)

    @property
    def orthogonal_times(self) -> T:
        return times(self.orthogonal_spread)

    @property
    def vanishing(self) -> bool:
        """Whether gradients shrink on their way down."""
        return self.chi < 1


def compute(p: Params) -> Edge:
    config = shared.network(p, width=min(p.width, WIDEST))
    phases = core.phases(p.activation, top_w=16.0 if p.activation == "sigmoid" else 3.0)
    gaussian, orthogonal = (
        core.singular_values(replace(config, init=init, gain=config.sigma_w), seed=p.seed)
        for init in ("normal", "orthogonal")
    )
    theory = core.theory(config)
    typical = exponent(theory.gradient_rms[0])
    return Edge(phases, config.sigma_w, float(theory.chi[-1]), typical, gaussian, orthogonal, cut=p.width > WIDEST)


READOUTS = (
    Readout("sigma", T("σ_w", "σ_w"), "sigma", 2),
    Readout("chi", T("χ", "χ"), "chi", 3),
    Readout("gaussian", T("特異値の最大 ÷ 中央値: ガウス", "Largest ÷ median: Gaussian"), "gaussian_times"),
    Readout("orthogonal", T("直交", "orthogonal"), "orthogonal_times"),
)


def draw(r: Edge, p: Params) -> Stage:
    return Stage((phase(r, p), spectrum(r)), ("phase spectrum",), height=460, note="cut" if r.cut else None)


def phase(r: Edge, p: Params) -> Figure:
    """Draw where gradients vanish and where they explode, with the network to take hold of."""
    ph, base = r.phases, core.base_sigma(p.init)
    rate = ph.rate / np.log(10)  # decades a layer
    right, top = ph.sigma_w[0] + ph.sigma_w[-1], ph.sigma_b[0] + ph.sigma_b[-1]
    x, y = min(r.sigma, 0.995 * right), min(p.bias, 0.99 * top)
    words = []
    for there, word in ((rate < -0.05, T("消える", "vanishes")), (rate > 0.05, T("爆発する", "explodes"))):
        rows, columns = np.nonzero(there)
        if there.mean() > 0.06:  # its region is large enough to hold the word
            place = ph.sigma_w[int(np.median(columns))], ph.sigma_b[int(np.median(rows))]
            words.append(text(*place, word, INK, "middle center"))
    return plot(
        "phase",
        heat(shade(rate, -0.25, 0.25), (ph.sigma_w[0], ph.sigma_w[-1]), (ph.sigma_b[0], ph.sigma_b[-1]), SIGNED, 0.6),
        line(ph.edge_w, ph.edge_b, INK, dash="dash", label="χ = 1", at=0.99, where="bottom right"),
        words,
        handle_values(x, y, across=("gain", 0.0, 1 / base), up=("bias", 0.0, 1.0)) if base else ring(x, y, 15.0),
        x=T("重みの広がり σ_w", "Spread of weights σ_w"),
        y=T("バイアスの広がり σ_b", "Spread of biases σ_b"),
        xlim=(0, right),
        ylim=(-0.02 * top, top),
        whole_x=True,
    )


def spectrum(r: Edge) -> Figure:
    """Draw the singular values of the Jacobian from largest to smallest."""
    gaussian, orthogonal = log10(r.gaussian), log10(r.orthogonal)
    low, high = ylim = decades(gaussian, orthogonal, [r.typical], low=-10.0, high=3.0)
    largest = gaussian[0]
    noise = largest - DIGITS if np.isfinite(largest) else low
    share = 100 * (np.arange(len(gaussian)) + 0.5) / len(gaussian)
    mean = T("理論の平均", "theory's mean")
    return log_plot(
        "spectrum",
        box(0, 100, low, noise, MUTED, 0.18) if noise > low else None,
        text(1.0, (low + noise) / 2, T("丸め誤差", "rounding errors"), MUTED) if noise > low else None,
        hline(0, (0, 100), MUTED, width=1, dash="dot"),
        hline(r.typical, (0, 100), INK, width=1.5, dash="dash") if low < r.typical < high else None,
        text(60.0, r.typical, mean, INK, "bottom left") if low < r.typical < high else None,
        line(share, gaussian, OTHER, width=2.2, label=T("ガウス", "Gaussian"), at=0.35, where="bottom left"),
        line(share, orthogonal, BLUE, width=2.8, label=T("直交", "orthogonal"), at=0.5, where="top right"),
        x=T("大きい順 (%)", "From the largest (%)"),
        y=T("∂h_L/∂h₀ の特異値（対数）", "Singular value of ∂h_L/∂h₀ (log)"),
        xlim=(0, 100),
        ylim=ylim,
    )


def code(p: Params) -> str:
    return f"""\
from dataclasses import replace

{shared.setup(shared.network(p, width=min(p.width, WIDEST)))}
print("sigma =", config.sigma_w)
print("chi =", core.theory(config).chi[-1])
for name, init in (("gaussian", "normal"), ("orthogonal", "orthogonal")):
    same = replace(config, init=init, gain=config.sigma_w)
    values = core.singular_values(same, seed={p.seed})
    print(name, "=", values[0] / np.median(values))
"""


@dataclass(frozen=True)
class Isometry:
    """Of several networks: how far a singular value is from 1, and how far the largest from the middle one."""

    off: float  # most, with orthogonal weights
    times: float  # least, with Gaussian weights


def isometry(*runs: Edge) -> Isometry:
    """Measure them."""
    off = max(float(np.abs(r.orthogonal - 1).max()) for r in runs)
    return Isometry(off, 10 ** min(r.gaussian_spread for r in runs))


CHECKS = {
    "isometry": Check(
        tuple({"activation": "linear", "depth": 50, "init": "orthogonal", "seed": seed} for seed in (4, 3, 2, 1, 0)),
        lambda *runs: isometry(*runs).off < 1e-9 and isometry(*runs).times > 100,
        control=tuple({"activation": "tanh", "depth": 50, "init": "orthogonal", "seed": seed} for seed in range(5)),
        measure=isometry,
    )
}

"""What K depends on: the uncertainties and their ratio; of the measurements nothing."""

import functools
from dataclasses import dataclass

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import band, hline, line, marks, ring, text
from figures.plot import plot, span
from figures.spec import BLUE, INK, MUTED, OTHER, Figure, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.shared import Array
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("scale", "q", "r", "p0")
ZOOM = ("steps", "seed")

REDRAWS = 20
RATIO = np.linspace(-4.0, 3.0, 71)  # log₁₀(q/r)


@dataclass(frozen=True)
class Params(shared.Wandering, shared.Started):
    scale: float = slider(T("Q, R, P₀ をまとめて ×", "Q, R and P₀ together ×"), 0.01, 100.0, default=1.0, log=True)


@result
class Depends:
    """A filter on redrawn series."""

    z: Array  # (redraws, t)
    means: Array  # (redraws, t)
    variance: Array  # (t,) after the update
    gains: Array  # (redraws, t)
    alone: Array  # (t,) the gains of the last series, filtered by itself
    ratio: float  # log₁₀(q/r)
    steady_gain: float
    steady_variance: float  # before the update
    smoothing: Array  # (t,) exponential smoothing of the first series by the steady gain

    @property
    def spread(self) -> float:
        """The standard deviation of the measurements."""
        return float(self.z.std())

    @property
    def memory(self) -> float:
        return 1 / self.steady_gain

    @property
    def difference(self) -> float:
        """The greatest between the gains of two series."""
        return float(np.abs(self.gains - self.alone).max())


def compute(p: Params) -> Depends:
    world = k.local_level(p.q_true, p.r_true, p0=shared.WORLD_P0)
    _, z = k.simulate(world, p.steps, seed=p.seed, runs=REDRAWS)
    model = k.local_level(p.q, p.r, p0=p.p0).scaled(q=p.scale, r=p.scale, p0=p.scale)
    run, alone, K = k.filter(model, z), k.filter(model, z[-1]), k.steady_gain(model)[0, 0]
    return Depends(
        z[..., 0],
        run.mean[..., 0],
        alone.cov[:, 0, 0],
        run.gain[..., 0, 0],
        alone.gain[:, 0, 0],
        ratio=np.log10(p.q / p.r),
        steady_gain=K,
        steady_variance=k.steady_covariance(model)[0, 0],
        smoothing=k.fixed_gain(model, z[0], K)[:, 0],
    )


READOUTS = (
    Readout("steady_gain", T("K∞", "K∞"), "steady_gain", 3),
    Readout("steady_variance", T("P∞", "P∞"), "steady_variance", 3),
    Readout("memory", T("記憶 1/K∞", "Memory 1/K∞"), "memory", 1, T("回", "")),
    Readout("difference", T("K の違い", "Spread of K"), "difference", 3),
)


def draw(r: Depends, p: Params) -> Stage:
    return Stage(
        (tracks(r), gains(r), steady(r)),
        ("tracks gain", "tracks steady"),
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        height=480,
    )


def bundle(rows: Array) -> tuple[Array, Array]:
    """Join curves (n, t) over the steps to one path with gaps."""
    steps = np.arange(1.0, rows.shape[1] + 1)
    return np.tile(np.append(steps, np.nan), len(rows)), np.pad(rows, ((0, 0), (0, 1)), constant_values=np.nan).ravel()


def tracks(r: Depends) -> Figure:
    """Draw all estimates, one of them in full: its measurements, its band, its exponential smoothing."""
    z, first, sd = r.z[0], r.means[0], np.sqrt(r.variance)
    t, smoothing = np.arange(1, len(z) + 1), T("指数平滑 α = K∞", "smoothing α = K∞")
    return plot(
        "tracks",
        {**line(*bundle(r.means[1:]), BLUE, width=1), "opacity": 0.35},
        band(t, first - 2 * sd, first + 2 * sd),
        marks(t, z, INK, size=5, opacity=0.6),
        line(t, first, BLUE, width=3, label=T("推定 ± 2σ", "estimate ± 2σ"), at=0.6),
        line(t, r.smoothing, OTHER, width=1.5, label=smoothing, at=0.25, where="bottom right"),
        x=T("ステップ", "Step"),
        y=T("水準", "Level"),
        xlim=(0, t[-1] * 1.02),
        ylim=span([*r.means.ravel(), *z], share=0.04, least=0.25),
    )


def gains(r: Depends) -> Figure:
    """Draw the gains of all series, one upon another, and what they settle to."""
    last = r.gains.shape[1]
    return plot(
        "gain",
        line(*bundle(r.gains), BLUE, width=2.5),
        hline(r.steady_gain, (0, last), INK, dash="dash", width=1.5, label="K∞"),
        text(
            1 + last // 2, 0.86, T(f"{REDRAWS} 本が 1 本に重なる", f"{REDRAWS} curves, one line"), BLUE, "middle center"
        ),
        x=T("ステップ", "Step"),
        y=T("ゲイン K", "Gain K"),
        xlim=(0, last * 1.02),
        ylim=(0, 1.02),
        small=True,
    )


@functools.cache
def curve() -> Array:
    return k.steady_gain(k.local_level(1.0, 1.0).scaled(q=10**RATIO))[:, 0, 0]


def steady(r: Depends) -> Figure:
    """Draw K∞ over log₁₀(q/r), with the present setting ringed."""
    now, K = min(max(r.ratio, RATIO[0]), RATIO[-1]), r.steady_gain
    return plot(
        "steady",
        line(RATIO, curve(), INK, dash="dash", label="K∞(q/r)", at=0.62, where="bottom right"),
        line([now, now, RATIO[0]], [0, K, K], MUTED, width=1, dash="dot"),
        marks(now, K, BLUE, size=9),
        ring(now, K, 16),
        x="log₁₀(q/r)",
        y="K∞",
        xlim=(RATIO[0], RATIO[-1]),
        ylim=(0, 1.02),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}world = k.local_level({p.q_true!r}, {p.r_true!r}, p0={shared.WORLD_P0!r})
states, z = k.simulate(world, {p.steps}, seed={p.seed}, runs={REDRAWS})
scale = {p.scale!r}
model = k.local_level(scale * {p.q!r}, scale * {p.r!r}, p0=scale * {p.p0!r})
gains = np.array([k.filter(model, series).gain for series in z])
K = k.steady_gain(model)[0, 0]
print("steady_gain =", K)
print("steady_variance =", k.steady_covariance(model)[0, 0])
print("memory =", 1 / K)
print("difference =", np.abs(gains - gains[0]).max())
"""


CHECKS = {
    "data": Check(
        ({"seed": 1}, {"r_true": 50.0}, {}),
        lambda *runs: (
            all(r.difference == 0 and np.array_equal(r.gains, runs[-1].gains) for r in runs)
            and runs[1].spread > 1.5 * runs[-1].spread
        ),
        control=({"seed": 1}, {"r_true": 50.0, "r": 50.0}, {}),  # a filter that is told of the noise
    ),
    "ratio": Check(
        ({}, {"scale": 10.0}, {"q": 0.5, "r": 40.0}),
        lambda plain, all_three, two: (
            abs(two.steady_gain / plain.steady_gain - 1) < 1e-9
            and np.allclose(all_three.gains, plain.gains, rtol=1e-9)
            and abs(all_three.steady_variance / plain.steady_variance - 10) < 1e-6
            and np.abs(two.alone[:5] - plain.alone[:5]).min() > 0.01
        ),
        control=({}, {"scale": 10.0}, {"q": 0.5}),
    ),
    "fading": Check(
        ({"q": 1e-6},),
        # K = 1/(t + R/P₀), and R = P₀
        lambda r: np.allclose(r.alone * (np.arange(1, len(r.alone) + 1) + 1), 1, atol=0.01),
        control=({},),
    ),
}

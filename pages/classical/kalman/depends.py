"""What K depends on: the uncertainties and their ratio, and nothing in the measurements."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

REDRAWS, MANY = 20, 1000  # of the series: to draw, and to find the best share by trying
RATIO = np.linspace(-4.0, 3.0, 71)  # log₁₀(q/R)


@dataclass(frozen=True)
class Params(shared.Wandering, shared.Started):
    scale: float = slider(T("q, R, P₀ をまとめて ×", "q, R and P₀ together ×"), 0.01, 100.0, default=1.0, log=True)


@result
class Depends:
    """A filter on redrawn series."""

    world: k.Model
    model: k.Model
    seed: int
    z: Array  # (redraws, t)
    means: Array  # (redraws, t)
    variance: Array  # (t,) after the update
    gain: Array  # (t,) as computed before there are measurements
    ratio: float  # log₁₀(q/R)
    steady_gain: float
    steady_variance: float  # before the update
    smoothing: Array  # (t,) exponential smoothing of the first series by the steady gain

    @property
    def memory(self) -> float:
        return 1 / self.steady_gain

    @functools.cached_property
    def shares(self) -> tuple[float, float]:
        """How many times K of an innovation had best been believed: of those within 1σ, of those beyond 2σ."""
        x, z = k.simulate(self.world, self.z.shape[1], seed=self.seed, runs=MANY)
        run = k.filter(self.model, z)
        y, error = run.innovation[..., 0], (x - run.prior_mean)[..., 0]
        moved, sizes = run.gain[..., 0, 0] * y, np.abs(y) / y.std(axis=0)

        def share(which: NDArray[np.bool_]) -> float:
            # the a that makes Σ (x − m⁻ − a K y)² least
            return float((error * moved)[which].sum() / (moved**2)[which].sum())

        return share(sizes < 1), share(sizes > 2)


def compute(p: Params) -> Depends:
    world = k.local_level(p.q_true, p.r_true, p0=shared.WORLD_P0)
    _, z = k.simulate(world, p.steps, seed=p.seed, runs=REDRAWS)
    model = k.local_level(p.q, p.r, p0=p.p0).scaled(q=p.scale, r=p.scale, p0=p.scale)
    known, K = k.gains(model, np.ones(p.steps, bool)), k.steady_gain(model)[0, 0]
    return Depends(
        world,
        model,
        p.seed,
        z[..., 0],
        k.filter(model, z).mean[..., 0],
        known.cov[:, 0, 0],
        known.gain[:, 0, 0],
        ratio=np.log10(p.q / p.r),
        steady_gain=K,
        steady_variance=k.steady_covariance(model)[0, 0],
        smoothing=k.fixed_gain(model, z[0], K)[:, 0],
    )


READOUTS = (
    Readout("steady_gain", T("K∞", "K∞"), "steady_gain", 3),
    Readout("steady_variance", T("P∞", "P∞"), "steady_variance", 3),
    Readout("memory", T("記憶 1/K∞", "Memory 1/K∞"), "memory", 1, T("回", "")),
)


def draw(r: Depends, p: Params) -> Stage:
    return Stage(
        (tracks(r), gain(r), steady(r)),
        ("tracks gain", "tracks steady"),
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        height=480,
    )


def tracks(r: Depends) -> Figure:
    """Draw all estimates, one of them in full: its measurements, its band, its exponential smoothing."""
    z, first, sd = r.z[0], r.means[0], np.sqrt(r.variance)
    t, (low, high) = np.arange(1, len(z) + 1), span([*r.means.ravel(), *z], share=0.04, least=0.25)
    row = (high - low) / 9
    others = np.pad(r.means[1:], ((0, 0), (0, 1)), constant_values=np.nan)  # a gap between two series
    return plot(
        "tracks",
        {**line(np.tile(np.append(t, np.nan), len(others)), others.ravel(), BLUE, width=1), "opacity": 0.35},
        band(t, first - 2 * sd, first + 2 * sd),
        marks(t, z, INK, size=5, opacity=0.6),
        line(t, first, BLUE, width=3),
        line(t, r.smoothing, OTHER, width=1.5),
        text(0.4, high + 1.2 * row, T("一本目の推定 ± 2σ", "first estimate ± 2σ"), BLUE),
        text(0.4, high + 0.2 * row, T("その指数平滑 α = K∞", "its exponential smoothing, α = K∞"), OTHER),
        x=T("ステップ", "Step"),
        y=T("水準", "Level"),
        xlim=(0, t[-1] * 1.02),
        ylim=(low, high + 2.3 * row),
    )


def gain(r: Depends) -> Figure:
    """Draw the gain that all series share, and what it settles to."""
    last = len(r.gain)
    return plot(
        "gain",
        line(np.arange(1, last + 1), r.gain, BLUE, width=2.5),
        hline(r.steady_gain, (0, last), INK, dash="dash", width=1.5, label="K∞"),
        text(1 + last // 2, 0.86, T("測定がなくても計算できる", "needs no measurement"), BLUE, "middle center"),
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
        line(RATIO, curve(), INK, dash="dash", label="K∞(q/R)", at=0.62, where="bottom right"),
        line([now, now, RATIO[0]], [0, K, K], MUTED, width=1, dash="dot"),
        marks(now, K, BLUE, size=9),
        ring(now, K, 16),
        x="log₁₀(q/R)",
        y="K∞",
        xlim=(RATIO[0], RATIO[-1]),
        ylim=(0, 1.02),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}scale = {p.scale!r}
model = k.local_level(scale * {p.q!r}, scale * {p.r!r}, p0=scale * {p.p0!r})
K = k.steady_gain(model)[0, 0]
print("first_gain =", k.gains(model, np.ones({p.steps}, bool)).gain[0, 0, 0])  # no measurement is asked for
print("steady_gain =", K)
print("steady_variance =", k.steady_covariance(model)[0, 0])
print("memory =", 1 / K)
"""


CHECKS = {
    "data": Check(
        ({"r_true": 50.0}, *({"seed": seed} for seed in range(5))),
        lambda noisy, *runs: all(0.85 < share < 1.15 for r in runs for share in r.shares) and max(noisy.shares) < 0.7,
        control=({}, *[{"r_true": 50.0}] * 5),  # a filter that is not told how noisy its sensor is
        measure=lambda noisy, *runs: np.sort([share for r in runs for share in r.shares]),
    ),
    "ratio": Check(
        ({}, {"scale": 10.0}, {"q": 0.5, "r": 40.0}),
        lambda plain, all_three, two: (
            abs(two.steady_gain / plain.steady_gain - 1) < 1e-9
            and np.allclose(all_three.gain, plain.gain, rtol=1e-9)
            and abs(all_three.steady_variance / plain.steady_variance - 10) < 1e-6
            and np.abs(two.gain[:5] - plain.gain[:5]).min() > 0.01
        ),
        control=({}, {"scale": 10.0}, {"q": 0.5}),
    ),
    "fading": Check(
        ({"q": 1e-6},),
        # K = 1/(t + R/P₀), and R = P₀
        lambda r: np.allclose(r.gain * (np.arange(1, len(r.gain) + 1) + 1), 1, atol=0.01),
        control=({},),
    ),
}

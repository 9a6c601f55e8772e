"""Is it well tuned? What a filter's innovations say about its q and R."""

import functools
from dataclasses import dataclass, replace

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import PERCENT, T
from figures.marks import heat, hline, marks, ring, shade, text, vline
from figures.plot import plot
from figures.spec import BLUE, INK, NOW, PAPER, Figure, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.bands import NORMAL, innovations, true_errors, whiteness
from pages.classical.kalman.own import Own
from pages.classical.kalman.shared import Array
from ui.params import choice, toggle
from ui.scene import Check, Readout

CONTROLS = ("q", "r", "tune", "seed")

LOG_Q, LOG_R = np.linspace(-5.0, 2.0, 36), np.linspace(-2.0, 2.0, 21)
VAGUE = 10.0  # P0 ÷ R: a start that says little
LAGS = 12


@dataclass(frozen=True)
class Params(shared.Redrawn, shared.Filter, Own):
    model: str = choice(shared.MODEL, shared.MODELS, default="velocity", when=lambda p: p.own)
    tune: bool = toggle(T("尤度で自動調整", "Tune by likelihood"))


@result
class Setting:
    now: float
    best: float  # the likeliest

    @property
    def factor(self) -> float:
        return max(self.now / self.best, self.best / self.now)

    @property
    def times(self) -> str:
        return f"{self.factor:,.1f}" if self.factor < 10 else f"{self.factor:,.0f}"

    @property
    def small(self) -> bool:
        return self.now < self.best


@result
class Tuned:
    q: Setting
    r: Setting
    surface: Array  # log-likelihood over LOG_Q and LOG_R
    innovations: Array  # (t,) of the first series, ÷ √S
    correlation: Array  # (lags,) of them
    seen: int  # its measurements
    nis: float  # its mean
    band: tuple[float, float]  # holds that mean with 95%
    share: float  # % of the redraws whose mean is in the band
    nees: Array  # (t,) NEES ÷ 2, mean over redraws; NaN where nobody knows the truth
    nees_band: tuple[float, float]

    @property
    def honesty(self) -> float:
        return k.average(self.nees)

    @property
    def white(self) -> float:
        """How far from 0 the correlations of white noise lie at most, 95% of them."""
        return NORMAL / self.seen**0.5

    @property
    def well(self) -> bool:
        return self.band[0] <= self.nis <= self.band[1] and abs(self.correlation[0]) <= self.white


def model(p: Params, q: float, r: float) -> k.Model:
    return p.filter(q, r) if p.own else shared.model("velocity", 1.0, q, r, p0=VAGUE * r)


@functools.lru_cache(64)
def data(p: Params) -> tuple[Array | None, Array, k.Likelihood]:
    """Give states, measurements and their likelihood: the same for all q and r, tuned or not."""
    if p.own:
        states, z = None, p.column[None]
    else:
        states, z = k.simulate(model(p, p.q_true, p.r_true), p.steps, seed=p.seed, runs=p.redraws)
    return states, z, k.likelihood(model(p, 1.0, 1.0), z[0], q=10**LOG_Q, r=10**LOG_R)


def compute(p: Params) -> Tuned:
    states, z, likelihood = data(replace(p, q=1.0, r=1.0, tune=False))
    q, r = (likelihood.best_q, likelihood.best_r) if p.tune else (p.q, p.r)
    run = k.filter(model(p, q, r), z)
    innovations = run.innovation[0, :, 0] / np.sqrt(run.innovation_cov[0, :, 0, 0])
    seen, means = int((~np.isnan(z[0])).sum()), k.average(run.nis)
    low, high = (end / seen for end in k.chi2_band(seen))
    return Tuned(
        q=Setting(q, likelihood.best_q),
        r=Setting(r, likelihood.best_r),
        surface=likelihood.surface,
        innovations=innovations,
        correlation=k.autocorrelation(innovations, min(LAGS, len(innovations) - 1)),
        seen=seen,
        nis=float(means[0]),
        band=(low, high),
        share=np.nan if p.own else 100 * float(((means >= low) & (means <= high)).mean()),
        nees=np.full(len(innovations), np.nan) if p.own else k.nees(states, run.mean, run.cov).mean(axis=0) / 2,
        nees_band=tuple(end / (2 * p.redraws) for end in k.chi2_band(2 * p.redraws)),
    )


READOUTS = (
    Readout("nis", T("NIS の平均", "Mean NIS"), "nis", 2),
    Readout("share", T("帯に入った割合", "Redraws in band"), "share", 0, PERCENT),
    Readout("nees", T("NEES ÷ 2", "NEES ÷ 2"), "honesty", 2),
    Readout("best_r", T("尤度の R", "Likeliest R"), "r.best", 2),
)


def draw(r: Tuned, p: Params) -> Stage:
    errors = () if p.own else (true_errors(r.nees, r.nees_band, p.redraws),)
    return Stage(
        (surface(r, p), innovations(r.innovations), whiteness(r.correlation, r.white), *errors),
        ("surface innovation", *(["surface nees"] if errors else []), "surface white"),
        columns="minmax(0, 1fr) minmax(0, 1.1fr)",
        height=450,
        note=p.asked or (*(p.notes if p.own else []), "nis", *verdict(r)),
    )


def verdict(r: Tuned) -> list[str]:
    """Name the sentences on what the tests show, measured against the likeliest q and R."""
    far = [name for name, setting, much in (("R", r.r, 1.6), ("q", r.q, 3.0)) if setting.factor > much]
    return ["well"] if r.well else far or ["near"]


def surface(r: Tuned, p: Params) -> Figure:
    x, y, top = (LOG_R[0], LOG_R[-1]), (LOG_Q[0], LOG_Q[-1]), r.surface.max()
    places = np.log10([(r.r.now, r.q.now), (r.r.best, r.q.best), (p.r_true, p.q_true)])
    now, best, world = np.clip(places, *np.transpose([x, y]))
    dashed = {"dash": "dash", "width": 1.2, "at": 0, "where": "top right"}
    return plot(
        "surface",
        heat(shade(r.surface, top - 25, top), x, y, opacity=0.5),  # 25 nats below the top still show
        None if p.own else vline(world[0], y, INK, label=T("世界の R", "world's R"), **dashed),
        None if p.own else hline(world[1], x, INK, label=T("世界の q", "world's q"), **dashed),
        marks(*best, BLUE, size=12, symbol="diamond", line={"width": 1.5, "color": PAPER}),
        text(*best, T("尤度の頂上", "likeliest"), BLUE, "top right"),
        marks(*now, NOW, size=4),
        ring(*now, 15),
        text(*now, T("いまの q, R", "q, R now"), NOW, "bottom left"),
        x="log₁₀ R",
        y="log₁₀ q",
        xlim=x,
        ylim=y,
    )


def code(p: Params) -> str:
    q, r = (f"10 ** np.linspace({grid[0]}, {grid[-1]}, {len(grid)})" for grid in (LOG_Q, LOG_R))
    setting = "likelihood.best_q, likelihood.best_r" if p.tune else f"{p.q!r}, {p.r!r}"
    judged = f"likelihood = k.likelihood(model(1.0, 1.0), z[0], q={q}, r={r})\nrun = k.filter(model({setting}), z)"
    if p.own:
        return f"""\
{p.code()}z = z[None, :, None]  # one series
{judged}
print("nis =", np.nanmean(run.nis))
print("share =", nan)  # needs redraws
print("nees =", nan)  # needs the truth, which nobody knows
print("best_r =", likelihood.best_r)
"""
    return f"""\
{shared.IMPORTS}
def model(q, r):
    return {shared.model_code("velocity", 1.0, "q", "r", p0=f"{VAGUE} * r")}


states, z = k.simulate(model({p.q_true!r}, {p.r_true!r}), {p.steps}, seed={p.seed}, runs={p.redraws})
{judged}
means = run.nis.mean(axis=1)
low, high = k.chi2_band({p.steps})
print("nis =", means[0])
print("share =", 100 * np.mean((means >= low / {p.steps}) & (means <= high / {p.steps})))
print("nees =", k.nees(states, run.mean, run.cov).mean() / 2)
print("best_r =", likelihood.best_r)
"""


CHECKS = {
    "tuning": Check(
        ({"redraws": 200}, {"redraws": 200, "r": 1.0}),
        lambda right, small: 90 <= right.share <= 99 and small.share < 50 and small.nis > small.band[1],
        control=({"redraws": 200}, {"redraws": 200, "r": 1.0, "r_true": 1.0}),  # R as small as the world's
    )
}

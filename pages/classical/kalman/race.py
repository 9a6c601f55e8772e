"""The race: five estimators of the same measurements, by how much they err and how late they are."""

from dataclasses import dataclass, replace

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import line, marks, text, vline
from figures.plot import padded, plot, round_up, span
from figures.spec import BLUE, GREEN, INK, MUTED, OTHER, Figure, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.shared import Array
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("window", "alpha", "r_true", "q_true")
ZOOM = ("steps", "dt", "seed")


@dataclass(frozen=True)
class Params(shared.Redrawn, shared.Pushed):
    window: int = slider(T("移動平均の幅", "Moving average over"), 1, 15, default=5, unit=T("回", ""))
    alpha: float = slider(T("固定ゲイン K", "Fixed gain K"), 0.05, 1.0, default=0.4, step=0.01)


@result
class Runner:
    """An estimator on all redraws."""

    first: Array  # (t,) its estimate of the first
    errors: Array  # (redraws,) RMSE
    delay: float  # steps

    @property
    def rmse(self) -> float:
        return float(self.errors.mean())


@result
class Race:
    time: Array  # (t,)
    truth: Array  # (t,) of the first redraw
    raw: Runner
    average: Runner
    fixed: Runner
    kalman: Runner
    smooth: Runner

    @property
    def wins(self) -> float:
        """% of the redraws in which the smoother errs less than the filter."""
        return 100 * float((self.smooth.errors < self.kalman.errors).mean())


def compute(p: Params) -> Race:
    states, z = p.simulate(p.redraws)
    truth, measured, run = states[..., 0], z[..., 0], k.filter(p.world, z)
    estimates = {
        "raw": measured,
        "average": k.moving_average(measured, p.window),
        "fixed": k.fixed_gain(k.local_level(1.0, 1.0), z, p.alpha)[..., 0],
        "kalman": run.mean[..., 0],
        "smooth": k.smooth(p.world, run).mean[..., 0],
    }
    runners = {name: Runner(x[0], k.rmse(x, truth), k.lag(x, truth, most=8)) for name, x in estimates.items()}
    return Race(p.dt * np.arange(1.0, p.steps + 1), truth[0], **runners)


NAMES = {
    "raw": T("測定のまま", "raw"),
    "average": T("移動平均", "moving average"),
    "fixed": T("固定ゲイン", "fixed gain"),
    "kalman": T("カルマン", "Kalman"),
    "smooth": T("RTS 平滑化", "RTS smoother"),
}
READOUTS = tuple(Readout(key, name, f"{key}.rmse", 2) for key, name in NAMES.items() if key != "raw")


def draw(r: Race, p: Params) -> Stage:
    return Stage((run(r), scores(r)), ("race scores",), columns="minmax(0, 1.4fr) minmax(0, 1fr)", height=460)


def run(r: Race) -> Figure:
    """Draw the first redraw with every estimate."""
    t, thin = r.time, {"width": 1.5}
    return plot(
        "race",
        line(t, r.truth, INK, dash="dash", width=1.8, label=shared.TRUTH, at=0.95),
        marks(t, r.raw.first, INK, size=5, opacity=0.6),
        line(t, r.average.first, OTHER, **thin, label=NAMES["average"], at=0.46, where="middle right"),
        line(t, r.fixed.first, OTHER, **thin, dash="dot", label=NAMES["fixed"], at=0.28, where="bottom right"),
        line(t, r.kalman.first, BLUE, width=2.5, label=NAMES["kalman"], at=0.62),
        line(t, r.smooth.first, GREEN, width=2.5, label=NAMES["smooth"], at=0.85, where="bottom right"),
        x=T("時刻 (s)", "Time (s)"),
        y=T("位置 (m)", "Position (m)"),
        xlim=(0, t[-1] * 1.02),
        ylim=span([*r.truth, *r.raw.first], share=0.04, least=0.25),
    )


def scores(r: Race) -> Figure:
    """Draw delay (across) and RMSE (up), with the middle 90 % of the redraws: lower left is better."""

    def entry(key: str, color: str, symbol: str, side: str = "middle right") -> list:
        runner: Runner = getattr(r, key)
        at = runner.delay, runner.rmse
        low, high = np.percentile(runner.errors, [5, 95])
        return [
            vline(at[0], (low, high), color),
            marks(*at, color, size=11, symbol=symbol),
            text(*at, NAMES[key], color, side),
        ]

    runners = [getattr(r, key) for key in NAMES]
    top = round_up(1.05 * max(np.percentile(runner.errors, 95) for runner in runners))
    return plot(
        "scores",
        vline(0, (0, top), MUTED, width=1),
        entry("raw", INK, "circle", "middle left"),
        entry("average", OTHER, "triangle-up", "bottom right"),
        entry("fixed", OTHER, "square", "bottom right"),
        entry("kalman", BLUE, "circle"),
        entry("smooth", GREEN, "diamond"),
        x=T("遅れ（歩）", "Delay (steps)"),
        y="RMSE (m)",
        xlim=(-2.5, max(4.0, np.ceil(padded([runner.delay for runner in runners], share=0.6)[1]))),
        ylim=(0, top),
    )


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}{p.world_code(runs=f", runs={p.redraws}")}truth, run = states[..., 0], k.filter(world, z)
estimates = {{
    "raw": z[..., 0],
    "average": k.moving_average(z[..., 0], {p.window}),
    "fixed": k.fixed_gain(k.local_level(1.0, 1.0), z, {p.alpha!r})[..., 0],
    "kalman": run.mean[..., 0],
    "smooth": k.smooth(world, run).mean[..., 0],
}}
for name, estimate in estimates.items():
    print(name, "=", k.rmse(estimate, truth).mean(), "delay", k.lag(estimate, truth, most=8))
"""


CHECKS = {
    "smoother": Check(
        ({"redraws": 200},),
        lambda r: r.smooth.rmse < r.kalman.rmse < r.raw.rmse,
        control=lambda r: (replace(r, smooth=r.fixed),),  # an estimator that does not know what comes later
    )
}

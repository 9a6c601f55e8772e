"""The race: six estimators of the same measurements, by how much they err and how late they are."""

from dataclasses import dataclass, replace

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import line, marks, text, vline
from figures.plot import padded, plot, round_up, span
from figures.spec import BLUE, GREEN, INK, OTHER, Figure, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.shared import Array
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("window", "alpha", "r_true", "q_true")
ZOOM = ("steps", "dt", "seed")


@dataclass(frozen=True)
class Params(shared.Redrawn, shared.Pushed):
    window: int = slider(T("移動平均の幅", "Moving average over"), 1, 15, default=5, unit=T("回", ""))
    alpha: float = slider(T("指数平滑の α", "α of the smoothing"), 0.05, 1.0, default=0.4, step=0.01)


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
    smoothing: Runner  # exponential: one number, no velocity
    steady: Runner  # the α-β filter: Kalman's model with its K∞ from the start
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
        "smoothing": k.fixed_gain(k.local_level(1.0, 1.0), z, p.alpha)[..., 0],
        "steady": k.fixed_gain(p.world, z, k.steady_gain(p.world))[..., 0],
        "kalman": run.mean[..., 0],
        "smooth": k.smooth(p.world, run).mean[..., 0],
    }
    runners = {name: Runner(x[0], k.rmse(x, truth), k.lag(x, truth, most=8)) for name, x in estimates.items()}
    return Race(p.dt * np.arange(1.0, p.steps + 1), truth[0], **runners)


NAMES = {
    "raw": T("測定のまま", "raw"),
    "average": T("移動平均", "moving average"),
    "smoothing": T("指数平滑", "exp. smoothing"),
    "steady": T("α-β", "α-β"),
    "kalman": T("カルマン", "Kalman"),
    "smooth": T("RTS 平滑化", "RTS smoother"),
}
LOOKS = {  # colour, symbol among the scores, line of the one run
    "raw": (INK, "circle", {}),
    "average": (OTHER, "triangle-up", {"width": 1.5}),
    "smoothing": (OTHER, "square", {"width": 1.5, "dash": "dot"}),
    "kalman": (BLUE, "circle", {"width": 3}),
    "steady": (INK, "circle-open", {"width": 1.5, "dash": "dot"}),
    "smooth": (GREEN, "diamond", {"width": 2.5}),
}
READOUTS = tuple(Readout(key, name, f"{key}.rmse", 2) for key, name in NAMES.items() if key != "raw")


def draw(r: Race, p: Params) -> Stage:
    return Stage((run(r), scores(r)), ("race scores",), columns="minmax(0, 1.4fr) minmax(0, 1fr)", height=460)


def run(r: Race) -> Figure:
    """Draw the first redraw with every estimate; their names stand above, in two columns."""
    t, (low, high) = r.time, span([*r.truth, *r.raw.first], share=0.04, least=0.25)
    row, width = (high - low) / 9, t[-1]  # high enough for a phone
    curves = {shared.TRUTH: (r.truth, INK, {"width": 1.8, "dash": "dash"})}
    curves |= {NAMES[key]: (getattr(r, key).first, color, style) for key, (color, _, style) in LOOKS.items() if style}
    drawn = [marks(t, r.raw.first, INK, size=5, opacity=0.6)]
    for i, (name, (values, color, style)) in enumerate(curves.items()):
        x, y = (0.02 + 0.52 * (i // 3)) * width, high + (3.3 - i % 3) * row
        drawn += [line(t, values, color, **style), line((x, x + 0.08 * width), (y, y), color, **style)]
        drawn.append(text(x + 0.09 * width, y, name, color))
    return plot(
        "race",
        drawn,
        x=T("時刻 (s)", "Time (s)"),
        y=T("位置 (m)", "Position (m)"),
        xlim=(0, width * 1.02),
        ylim=(low, high + 4 * row),
    )


def scores(r: Race) -> Figure:
    """Draw delay (across) and RMSE (up), with the middle 90% of the redraws: lower left is better."""
    runners = {key: getattr(r, key) for key in LOOKS}
    drawn = []
    for key, (color, symbol, _) in LOOKS.items():
        low, high = np.percentile(runners[key].errors, [5, 95])
        x, y, better = runners[key].delay, runners[key].rmse, key in ("kalman", "steady", "smooth")
        side = "middle left" if key == "steady" else "bottom right" if better else "top left"
        drawn += [vline(x, (low, high), color), marks(x, y, color, size=11, symbol=symbol)]
        end = y if key == "steady" else low if better else high  # of its bar
        drawn.append(text(x, end, NAMES[key], color, side))
    return plot(
        "scores",
        drawn,
        x=T("遅れ（ステップ）", "Delay (steps)"),
        y="RMSE (m)",
        xlim=(-2.5, max(4.0, np.ceil(padded([runner.delay for runner in runners.values()], share=0.6)[1]))),
        ylim=(0, round_up(1.1 * max(np.percentile(runner.errors, 95) for runner in runners.values()))),
    )


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}{p.world_code(runs=f", runs={p.redraws}")}truth, run = states[..., 0], k.filter(world, z)
estimates = {{
    "raw": z[..., 0],
    "average": k.moving_average(z[..., 0], {p.window}),
    "smoothing": k.fixed_gain(k.local_level(1.0, 1.0), z, {p.alpha!r})[..., 0],
    "steady": k.fixed_gain(world, z, k.steady_gain(world))[..., 0],
    "kalman": run.mean[..., 0],
    "smooth": k.smooth(world, run).mean[..., 0],
}}
for name, estimate in estimates.items():
    print(name, "=", k.rmse(estimate, truth).mean(), "delay", k.lag(estimate, truth, most=8))
"""


SEEDS = tuple(range(5))
# (width of the average, tenths of α): each takes all ten values, and the best of both come last, on the stage
TRIED = ((1, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 7), (8, 8), (9, 9), (10, 10), (2, 6))


def margins(*runs: Race) -> tuple[float, float]:
    """Give errors ÷ Kalman's: the α-β filter's at worst, and the least of average and smoothing, the best chosen."""
    trials = [runs[i : i + len(TRIED)] for i in range(0, len(runs), len(TRIED))]
    rivals = [min(min(r.average.rmse, r.smoothing.rmse) for r in trial) / trial[0].kalman.rmse for trial in trials]
    return max(r.steady.rmse / r.kalman.rmse for r in runs), min(rivals)


CHECKS = {
    "smoother": Check(
        ({"redraws": 200},),
        lambda r: r.smooth.rmse < r.kalman.rmse < r.raw.rmse,
        control=lambda r: (replace(r, smooth=r.smoothing),),  # an estimator that does not know what comes later
    ),
    "model": Check(
        tuple({"seed": seed, "window": width, "alpha": tenths / 10} for seed in SEEDS for width, tenths in TRIED),
        lambda *runs: (margin := margins(*runs))[0] < 1.02 and margin[1] > 1.15,
        control=lambda *runs: tuple(replace(r, steady=r.smoothing) for r in runs),  # a fixed gain without a velocity
        measure=lambda *runs: margins(*runs),
    ),
}

"""A series: each step predicts, measures and updates; what nobody measures grows uncertain."""

from dataclasses import dataclass

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import band, hline, line, marks, moving, ring, until
from figures.plot import plot, round_up, span
from figures.spec import BLUE, INK, MUTED, SKY, Figure, Playhead, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.beats import beats, beliefs, equations, since, upto
from pages.classical.kalman.own import Own
from pages.classical.kalman.shared import Array, simulated
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("q", "r", "model", "gap")
ESTIMATE = T("推定 ± 2σ", "estimate ± 2σ")
ZOOM = ("data", "series", "times", "model", "steps", "dt", "seed")


@dataclass(frozen=True)
class Params(shared.Pushed, shared.Started, Own):
    gap: int = slider(T("欠測", "Dropout"), 0, 20, default=0, unit=T("ステップ", "steps"))
    outliers: float = slider(T("外れ値の割合", "Share of outliers"), 0.0, 0.3, default=0.0, step=0.01, when=simulated)
    bias: float = slider(
        T("センサーの偏り", "Sensor bias"), -6.0, 6.0, default=0.0, step=0.1, unit=T("m", "m"), when=simulated
    )


@result
class Series:
    """A position in time, (t,) each."""

    time: Array
    truth: Array  # NaN where nobody knows it
    clean: Array  # what the sensor would have said in the dropout
    z: Array  # NaN where missing
    prior: Array  # mean, and variance, before the update
    before: Array
    mean: Array  # and after it
    after: Array
    gain: Array
    innovation: Array
    expected: Array  # the innovation's variance
    steady_gain: float
    raw_rmse: Array  # (3t,) of the measurements so far
    rmse: Array  # (3t,) of the estimate
    nis: Array  # (3t,)

    @property
    def seen(self) -> int:
        return int((~np.isnan(self.z)).sum())

    @property
    def growth(self) -> tuple[float, float]:
        """The variance before the dropout, and at its end."""
        missing = np.flatnonzero(np.isnan(self.z))
        return self.after[missing[0] - 1], self.after[missing[-1]]


def compute(p: Params) -> Series:
    if p.own:
        clean, model = p.column, p.filter(p.q, p.r)
        truth, time = np.full(len(clean), np.nan), p.clock
    else:
        states, measured = p.simulate()
        truth, time, size = states[:, 0], p.dt * np.arange(1, p.steps + 1), 8 * p.r_true**0.5
        clean = k.disturb(measured, bias=p.bias, outliers=p.outliers, size=size, seed=p.seed)
        model = shared.model(p.model, p.dt, p.q, p.r, p0=p.p0)
    z = k.disturb(clean, gap=p.gap)
    run = k.filter(model, z)
    steps = run.prior_mean, run.prior_cov, run.mean, run.cov, run.gain, run.innovation, run.innovation_cov
    return Series(
        *(time, truth, clean[:, 0], z[:, 0]),
        *(array.reshape(len(z), -1)[:, 0] for array in steps),  # of the position
        steady_gain=k.steady_gain(model)[0, 0],
        raw_rmse=since(np.sqrt(k.so_far((z[:, 0] - truth) ** 2))),
        rmse=since(np.sqrt(k.so_far((run.mean[:, 0] - truth) ** 2))),
        nis=since(k.so_far(run.nis)),
    )


READOUTS = (
    Readout("steady_gain", T("K∞", "K∞"), "steady_gain", 3, still=True),
    Readout("raw_rmse", T("測定の RMSE", "RMSE measured"), "raw_rmse", 2),
    Readout("rmse", T("推定の RMSE", "RMSE estimated"), "rmse", 2),
    Readout("nis", T("NIS の平均", "Mean NIS"), "nis", 2),
)


def draw(r: Series, p: Params) -> Stage:
    return Stage(
        (way(r, p), beliefs(r, p.r, p.axis(T("予測からのずれ", "From prediction"))), history(r, p), innovations(r, p)),
        (*["series series card"] * 2, "series series step", *["gain innovation step"] * 2),
        (equations(r),),
        Playhead(np.repeat(np.arange(1, len(r.z) + 1), 3), T("ステップ", "Step"), 20.0),
        height=478,
        columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 0.9fr)",
        note=(*p.notes, *(["scaled"] if p.scaled else []), "start") if p.own else p.asked,
    )


def way(r: Series, p: Params) -> Figure:
    """Draw the estimate on its way; at the playhead's step the prediction's bar, the pull, the estimate."""
    t, sd, prior_sd, missing = r.time, np.sqrt(r.after), np.sqrt(r.before), np.isnan(r.z)
    last, none = np.append(np.nan, r.mean[:-1]), np.full(len(t), np.nan)
    bar_x = np.stack([np.append(shared.ends(t)[0], t[:-1]), t, none, t, t], axis=1)
    bar_y = np.stack([last, r.prior, none, r.prior - 2 * prior_sd, r.prior + 2 * prior_sd], axis=1)
    pull_x, pull_y = np.stack([t, t], axis=1), np.stack([r.prior, r.z], axis=1)
    unseen, seen = np.where(missing, r.clean, np.nan), upto(len(t))
    hover = {"hovertemplate": "%{x}: %{y}" if p.own else "%{x} s: %{y} m"}
    return plot(
        "series",
        until(band(t, r.mean - 2 * sd, r.mean + 2 * sd), seen),
        None if p.own else line(t, r.truth, INK, dash="dash", width=1.8, label=shared.TRUTH, at=0.45),
        {**marks(t, r.z, INK, size=5.5, opacity=0.75), **hover},
        marks(t, unseen, MUTED, size=5.5, symbol="circle-open", opacity=0.45, line={"width": 1.2}),
        until(line(t, r.mean, BLUE, width=2.5, label=ESTIMATE, at=0.8, where="bottom right"), seen),
        line(moving(bar_x, 3), moving(bar_y, 3), SKY, width=4),
        line(moving(pull_x, 3, 1), moving(pull_y, 3, 1), INK, width=1.5, dash="dot"),
        ring(moving(t, 3), moving(beats(r.prior, np.where(missing, r.prior, r.z), r.mean))),
        x=p.time,
        y=p.axis(p.value if p.own else T("位置", "Position")),
        xlim=shared.ends(t),
        ylim=span([*r.truth, *r.z, *unseen, *r.mean], share=0.04, least=0.25),
        says="own" if p.own else "",
    )


def history(r: Series, p: Params) -> Figure:
    """Draw the gain, and the sawtooth of the variance: up when predicting, down to K R when updating."""
    t, before, after, seen = r.time, r.before / p.r, r.after / p.r, upto(len(r.time))
    saw = np.ravel([before, after], "F")
    top = 1.03 if np.percentile(before, 90) < 1 else 2.06
    return plot(
        "gain",
        until(line(np.repeat(t, 2), saw, SKY, width=1.3, label="P/R", at=0.3, where="top center"), upto(len(t), 2)),
        until(line(t, r.gain, BLUE, width=2.2, label="K", at=0.5, where="bottom center"), seen),
        hline(r.steady_gain, (shared.ends(t)[0], t[-1]), INK, dash="dash", width=1.5, label="K∞", where="bottom left"),
        ring(moving(t, 3), moving(beats(before, before, after)), 12),
        x=p.time,
        y="K, P/R",
        xlim=shared.ends(t),
        ylim=(0, top),
        view=str(top),
        small=True,
    )


def innovations(r: Series, p: Params) -> Figure:
    """Draw how far measurements were from their predictions, and ± 2σ of what the filter expects."""
    t, y, sd = r.time, r.innovation, np.sqrt(r.expected)
    half = round_up(max(3 * np.median(sd), np.nanpercentile(np.abs([*y, 0.0]), 98)))
    return plot(
        "innovation",
        hline(0, (shared.ends(t)[0], t[-1]), MUTED, width=1),
        line(t, 2 * sd, INK, dash="dash", width=1.5, label="± 2√S"),
        line(t, -2 * sd, INK, dash="dash", width=1.5),
        until(marks(t, y, INK, size=5, opacity=0.75), upto(len(t))),
        ring(moving(t, 3), moving(beats(np.full(len(t), np.nan), y, y)), 12),
        x=p.time,
        y=p.axis(T("測定 − 予測", "Innovation")),
        xlim=shared.ends(t),
        ylim=(-half, half),
        small=True,
    )


def code(p: Params) -> str:
    if p.own:
        start = f"{p.code()}model, truth = model({p.q!r}, {p.r!r}), np.full(len(z), nan)  # nobody knows the truth\n"
        spoil = f"z[:, None], gap={p.gap}"
    else:
        model = shared.model_code(p.model, p.dt, p.q, p.r, p0=p.p0)
        start = f"{shared.IMPORTS}{p.world_code()}model, truth = {model}, states[:, 0]\n"
        off = f"bias={p.bias!r}, outliers={p.outliers!r}, size={8 * p.r_true**0.5!r}"
        spoil = f"z, {off}, gap={p.gap}, seed={p.seed}"
    return f"""\
{start}z = k.disturb({spoil})
run = k.filter(model, z)
print("steady_gain =", k.steady_gain(model)[0, 0])
print("raw_rmse =", k.rmse(z[:, 0], truth))
print("rmse =", k.rmse(run.mean[:, 0], truth))
print("nis =", np.nanmean(run.nis))
"""


CHECKS = {
    "gap": Check(
        ({"model": "level", "gap": 10},),
        lambda r: abs(r.growth[1] - r.growth[0] - 10 * 0.05) < 1e-9 and (r.gain[np.isnan(r.z)] == 0).all(),
        control=({"model": "velocity", "gap": 10},),
    )
}

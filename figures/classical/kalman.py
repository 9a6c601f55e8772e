"""Pictures of the Kalman filter: three beliefs, the parabola of the gain, a series step by step, ellipses, tuning, a race.

In all of them the prediction is SKY, the estimate BLUE, measurements are dots, truth and theory dashed INK.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figures.spec import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    NOW,
    OTHER,
    PAPER,
    SKY,
    Figure,
    Frames,
    Scaled,
    T,
    Trace,
    axes,
    line,
    marks,
    padded,
    rounded_up,
)

Array = NDArray[np.float64]

TRUTH, ESTIMATE = T("真の値", "truth"), T("推定", "estimate")
PREDICTION, MEASUREMENT = T("予測", "predicted"), T("測定", "measured")
BELL = np.linspace(-3.2, 3.2, 97)
CIRCLE = np.linspace(0, 2 * np.pi, 25)


@dataclass(frozen=True)
class Quantity:
    """What a series is of, for the names of its axes; no `unit` leaves the brackets away."""

    time: T = T("時刻 (s)", "Time (s)")
    value: T = T("位置", "Position")
    unit: str = "m"
    hover: str = "%{x} s: %{y} m"

    def axis(self, name: T) -> T:
        """Name an axis of the same unit."""
        return T(f"{name.ja} ({self.unit})", f"{name.en} ({self.unit})") if self.unit else name


POSITION = Quantity()


def _f4(array: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(array, dtype=np.float32)


def _moving(array: ArrayLike) -> Frames:
    return Frames(_f4(array))


def _each(array: ArrayLike, since: int = 0) -> Frames:
    """Let rows (t, …) show for the three frames of a step each: predict, measure, update; from frame `since` on."""
    return Frames(_f4(array), every=3, since=since)


def _up(value: float, least: float = 1e-3) -> float:
    """Round up to a number with one digit or so, so that an axis end rarely changes."""
    value = max(float(value), least)
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        next(m for m in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if m * power >= value * (1 - 1e-9)) * power
    )


def _span(values: ArrayLike) -> tuple[float, float]:
    """Give a range around the finite values whose ends are round, with little room to spare."""
    low, high = padded(values, share=0.04, least=0.25)
    grain = _up((high - low) / 8)
    return float(np.floor(low / grain) * grain), float(np.ceil(high / grain) * grain)


def _ring(x: ArrayLike | Frames, y: ArrayLike | Frames, size: float = 14.0) -> Trace:
    return marks(x, y, NOW, size=size, symbol="circle-open")


def _text(x: float, y: float, words: T, color: str, where: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "text",
        "x": _f4([x]),
        "y": _f4([y]),
        "text": [words],
        "textposition": where,
        "textfont": {"color": color},
    }


def _fill(x: ArrayLike | Frames, y: ArrayLike | Frames, color: str, opacity: float = 0.15) -> Trace:
    return {
        "type": "scatter",
        "mode": "none",
        "x": x if isinstance(x, Frames) else _f4(x),
        "y": y if isinstance(y, Frames) else _f4(y),
        "fill": "toself",
        "fillcolor": color,
        "opacity": opacity,
    }


def _band(x: Array, low: Array, high: Array, color: str = BLUE) -> Trace:
    return _fill(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]), color)


def _small(layout: dict[str, Any]) -> dict[str, Any]:
    """Fit a layout to a small figure."""
    layout["margin"] = {"l": 50, "r": 10, "t": 6, "b": 42}
    layout["xaxis"]["nticks"] = layout["yaxis"]["nticks"] = 5
    return layout


# ---- one measurement


def _gaussian(mean: float, sd: float, x: Array) -> Array:
    # N(x; m, σ²) = exp(−(x − m)²/2σ²) / √(2π) σ
    return np.asarray(np.exp(-0.5 * ((x - mean) / sd) ** 2) / (np.sqrt(2 * np.pi) * sd))


def beliefs(
    prior: tuple[float, float],
    measured: tuple[float, float],
    estimate: tuple[float, float],
    recipe: tuple[float, float],
    hand: float,
    *,
    alt: T,
) -> Figure:
    """Draw three Gaussians: what was believed, what was measured, what to believe now.

    Parameters
    ----------
    prior, measured, estimate, recipe
        Mean and standard deviation; `recipe` is the reading of the notes.
    hand
        The learner's own estimate.
    """
    reach = min(max(prior[1], measured[1]), 12.0)
    a, b = _span([min(prior[0], measured[0]) - 3.4 * reach, max(prior[0], measured[0]) + 3.4 * reach])
    top = _up(max(1 / (np.sqrt(2 * np.pi) * sd) for _, sd in (prior, measured, estimate, recipe)) * 1.04)

    def bell(
        belief: tuple[float, float], color: str, name: T, at: float, where: str, width: float, **style: Any
    ) -> Trace:
        mean, sd = belief
        x = mean + sd * BELL
        text = T(f"{name.ja} {mean:.4g} ± {sd:.3g}", f"{name.en} {mean:.4g} ± {sd:.3g}")
        share = (at - BELL[0]) / (BELL[-1] - BELL[0])
        return line(x, _gaussian(mean, sd, x), color, width=width, label=text, at=share, where=where, **style)

    x = estimate[0] + estimate[1] * BELL
    density = _gaussian(*estimate, x)
    return Figure(
        name="beliefs",
        title=T("三つの山", "Three bells"),
        alt=alt,
        layout=axes(T("温度 (℃)", "Temperature (°C)"), T("確率密度", "Density"), (a, b), (0, top), view="beliefs"),
        under=[
            _fill(x, density, BLUE),
            bell(recipe, OTHER, T("ノート", "notes"), -0.35, "middle left", 1.5),
            bell(measured, MUTED, MEASUREMENT, 1.2, "middle right", 2),
            bell(prior, SKY, PREDICTION, -0.4, "top left", 2.5),
            bell(estimate, BLUE, ESTIMATE, -1.0, "middle left", 3),
            marks([measured[0]], [0.012 * top], INK, size=9),
            _ring([hand], [0.012 * top]),
        ],
    )


def parabola(
    k: Array,
    total: Array,
    prior_part: Array,
    measured_part: Array,
    *,
    best: tuple[float, float],
    hand: tuple[float, float],
    recipe: tuple[float, float],
    ends: tuple[float, float],
    estimates: tuple[float, float, float],
    alt: T,
) -> Figure:
    """Draw the error of every gain, and below it the ruler from the prediction (K = 0) to the measurement (K = 1).

    Parameters
    ----------
    k, total, prior_part, measured_part
        (n,) gains, their mean squared error, and its two parts (1 − K)² P and K² R.
    best, hand, recipe
        Gain and error of the minimum, of the learner's gain, and of the notes' reading.
    ends
        The prediction and the measurement, what the ruler's ends read.
    estimates
        What best, hand and recipe give.
    """
    top = rounded_up(float(max(total[0], total[-1])) * 1.02 * 100) / 100
    rule = -0.13 * top
    layout = axes(
        T("ゲイン K", "Gain K"),
        T("誤差の 2 乗の平均", "Mean squared error"),
        (-0.07, 1.07),
        (-0.35 * top, top),
        view="parabola",
    )
    layout["yaxis"] |= {"tickvals": [0, top / 4, top / 2, 3 * top / 4, top]}
    layout["xaxis"] |= {"tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]}
    ticks = np.repeat(np.arange(0, 1.01, 0.1), 3)
    height = np.tile([rule, rule + 0.035 * top, np.nan], 11)
    drops = [
        line([place, place], [error, rule], color, width=1.2, dash="dot")
        for (place, error), color in ((recipe, OTHER), (best, BLUE), (hand, NOW))
    ]
    clear = abs(recipe[0] - best[0]) > 0.03  # else the two marks are one
    free = recipe[1] + 0.1 * top  # above the parabola's bottom there is room
    notes = [
        line([recipe[0]] * 2, [recipe[1], free], OTHER, width=1),
        _text(recipe[0], free, T("ノート", "notes"), OTHER, "top center"),
    ]
    # Under the ruler nothing is dotted, but its ends have names.
    low = rule if 0.37 < hand[0] < 0.63 else rule - 0.09 * top
    return Figure(
        name="parabola",
        title=T("ゲインと誤差", "Gain and error"),
        alt=alt,
        layout=layout,
        under=[
            line([-0.07, 1.07], [0, 0], MUTED, width=1),
            line(k, prior_part, MUTED, width=1.2, label=T("(1−K)² P", "(1−K)² P"), at=0.2, where="bottom left"),
            line(k, measured_part, MUTED, width=1.2, label=T("K² R", "K² R"), at=0.36, where="top center"),
            line(k, total, INK, dash="dash", label=T("(1−K)² P + K² R", "(1−K)² P + K² R"), at=0.3, where="top right"),
            *drops,
            line([0, 1], [rule, rule], INK, width=2.5),
            line(ticks, height, INK, width=1),
            _text(0.0, rule, T(f"予測 {ends[0]:.1f}", f"predicted {ends[0]:.1f}"), INK, "bottom center"),
            _text(1.0, rule, T(f"測定 {ends[1]:.1f}", f"measured {ends[1]:.1f}"), INK, "bottom center"),
            _text(hand[0], low, T(f"{estimates[1]:.2f}", f"{estimates[1]:.2f}"), NOW, "bottom center"),
            marks([recipe[0]] * 2, [recipe[1], rule], OTHER, size=9, symbol="diamond"),
            *(notes if clear else []),
            marks([best[0]] * 2, [best[1], rule], BLUE, size=10),
            _text(*best, T("最小", "lowest"), BLUE, "top center" if clear or best[0] < 0.8 else "top left"),
            _ring([hand[0]] * 2, [hand[1], rule], 15.0),
        ],
    )


# ---- a series


def series(
    time: Array,
    truth: Array | None,
    measured: Array,
    unseen: Array,
    mean: Array,
    sd: Array,
    prior: Array,
    prior_sd: Array,
    *,
    of: Quantity = POSITION,
    view: str,
    alt: T,
) -> Figure:
    """Draw a filtered series, and the step the playhead is at: predict, measure, update, three frames a step.

    Parameters
    ----------
    time, truth, measured
        (t,); `measured` is NaN where missing. Without a `truth`, None, nothing is dashed.
    unseen
        (t,) what the sensor would have said where the measurement is missing, NaN elsewhere.
    mean, sd, prior, prior_sd
        (t,) after and before the update.
    """
    t = len(time)
    before = np.concatenate([[np.nan], mean[:-1]])
    gap = time[1] - time[0]
    # First the prediction's bar, then the way to the measurement, then the estimate.
    bar_x = np.stack([time - gap, time, np.full(t, np.nan), time, time], axis=1)
    bar_y = np.stack([before, prior, np.full(t, np.nan), prior - 2 * prior_sd, prior + 2 * prior_sd], axis=1)
    pull_x, pull_y = np.stack([time, time], axis=1), np.stack([prior, measured], axis=1)
    ring = np.stack([prior, np.where(np.isnan(measured), prior, measured), mean], axis=1).reshape(-1, 1)
    known = [] if truth is None else [truth]
    return Figure(
        name="series",
        title=T("時系列", "Series"),
        alt=alt,
        layout=axes(
            of.time,
            of.axis(of.value),
            (0.0, time[-1] * 1.02),
            _span(np.concatenate([*known, measured, unseen, mean])),
            view=view,
        ),
        under=[
            _band(time, mean - 2 * sd, mean + 2 * sd),
            *(line(time, y, INK, dash="dash", width=1.8, label=TRUTH, at=0.45, where="top left") for y in known),
            {**marks(time, measured, INK, size=5.5, opacity=0.75), "hovertemplate": of.hover},
            marks(time, unseen, MUTED, size=5.5, symbol="circle-open", opacity=0.45, line={"width": 1.2}),
            line(time, mean, BLUE, width=2.5, label=T("推定 ± 2σ", "estimate ± 2σ"), at=0.8, where="bottom right"),
            line(_each(bar_x), _each(bar_y), SKY, width=4),
            line(_each(pull_x, 1), _each(pull_y, 1), INK, width=1.5, dash="dot"),
            _ring(_each(time[:, None]), _moving(ring)),
        ],
    )


def step(
    prior_sd: Array,
    innovation: Array,
    r_sd: Array,
    shift: Array,
    sd: Array,
    *,
    of: Quantity = POSITION,
    view: str,
    alt: T,
) -> Figure:
    """Draw the three beliefs of the playhead's step, measured from the prediction; three frames a step.

    Parameters
    ----------
    prior_sd, innovation, r_sd
        (t,) of the prediction, of the measurement (NaN where missing) and its noise.
    shift, sd
        (t,) estimate − prediction, and its standard deviation.
    """
    small = np.linspace(-3.0, 3.0, 41)
    density = np.exp(-0.5 * small**2) / np.sqrt(2 * np.pi)

    def bell(centre: Array, spread: Array, since: int) -> tuple[Frames, Frames]:
        x, y = Scaled(small, spread, centre), Scaled(density, 1 / spread, np.zeros_like(spread))
        return Frames(x, every=3, since=since), Frames(y, every=3, since=since)

    inside = np.concatenate([prior_sd[1:], r_sd])
    half = _up(3.4 * float(np.median(inside)))
    top = _up(1.05 / (np.sqrt(2 * np.pi) * float(min(sd.min(), r_sd.min()))))
    post = np.where(np.isnan(innovation), 0.0, shift)
    return Figure(
        name="step",
        title=T("この一歩", "This step"),
        alt=alt,
        layout=_small(
            axes(
                of.axis(T("予測からのずれ", "From prediction")),
                T("確率密度", "Density"),
                (-half, half),
                (0, top),
                view=view,
            )
        ),
        under=[
            line(*bell(np.zeros(len(sd)), prior_sd, 0), SKY, width=2.5, label=PREDICTION, at=0.3, where="middle left"),
            line(*bell(innovation, r_sd, 1), MUTED, width=2, label=MEASUREMENT, at=0.75, where="top right"),
            line(*bell(post, sd, 2), BLUE, width=3, label=ESTIMATE, at=0.5, where="top center"),
        ],
    )


def history(
    time: Array,
    gain: Array,
    before: Array,
    after: Array,
    steady_value: float,
    *,
    ring: Array,
    of: Quantity = POSITION,
    view: str,
    alt: T,
) -> Figure:
    """Draw the gain over time, and the sawtooth of the variance: up when predicting, down to K·R when updating.

    Parameters
    ----------
    gain
        (t,) of the position; 0 where nothing was measured.
    before, after
        (t,) variance ÷ R before and after the update.
    steady_value
        What the gain settles to.
    ring
        (frames, 2) time and value of the playhead's place.
    """
    top = 1.03 if np.percentile(before, 90) < 1 else 2.06
    return Figure(
        name="gain",
        title=T("ゲインと分散", "Gain and variance"),
        alt=alt,
        layout=_small(
            axes(of.time, T("K, P/R", "K, P/R"), (0, time[-1] * 1.02), (0, top), view=f"{view} {top}")
        ),
        under=[
            line(
                np.repeat(time, 2),
                np.stack([before, after], axis=1).ravel(),
                SKY,
                width=1.3,
                label=T("P/R", "P/R"),
                at=0.3,
                where="top center",
            ),
            line(time, gain, BLUE, width=2.2, label=T("K", "K"), at=0.5, where="bottom center"),
            line([0, time[-1]], [steady_value] * 2, INK, dash="dash", width=1.5, label=T("K∞", "K∞"), where="bottom left"),
            _ring(_moving(ring[:, :1]), _moving(ring[:, 1:]), 12.0),
        ],
    )  # fmt: skip


def innovations(
    time: Array, innovation: Array, sd: Array, *, ring: Array, of: Quantity = POSITION, view: str, alt: T
) -> Figure:
    """Draw innovations with the ± 2σ that the filter expects of them; `ring` is (frames, 2)."""
    half = _up(float(max(3 * np.median(sd), np.nanpercentile(np.abs(np.append(innovation, 0.0)), 98))))
    return Figure(
        name="innovation",
        title=T("イノベーション", "Innovations"),
        alt=alt,
        layout=_small(
            axes(
                of.time,
                of.axis(T("測定 − 予測", "Innovation")),
                (0, time[-1] * 1.02),
                (-half, half),
                view=view,
            )
        ),
        under=[
            line([0, time[-1]], [0, 0], MUTED, width=1),
            line(time, 2 * sd, INK, dash="dash", width=1.5, label=T("± 2√S", "± 2√S"), where="top left"),
            line(time, -2 * sd, INK, dash="dash", width=1.5),
            marks(time, innovation, INK, size=5, opacity=0.75),
            _ring(_moving(ring[:, :1]), _moving(ring[:, 1:]), 12.0),
        ],
    )


# ---- in the plane


def _ellipse(mean: Array, cov: Array) -> tuple[Frames, Frames]:
    """Give the 2σ ellipses of (frames, 2) means and (frames, 2, 2) covariances as closed curves."""
    L = np.linalg.cholesky(cov + 1e-12 * np.trace(cov, axis1=-2, axis2=-1)[:, None, None] * np.eye(2))
    curve = mean[:, None, :] + 2 * np.stack([np.cos(CIRCLE), np.sin(CIRCLE)], axis=1) @ L.mT
    return _moving(curve[..., 0]), _moving(curve[..., 1])


def room(
    truth: Array,
    measured: Array,
    mean: Array,
    prior: Array,
    prior_cov: Array,
    cov: Array,
    R: Array,
    *,
    view: str,
    alt: T,
) -> Figure:
    """Draw a robot's way, and the 2σ ellipses of prediction, measurement and estimate at the playhead's step.

    Parameters
    ----------
    truth, measured, mean, prior
        (t, 2) positions.
    prior_cov, cov, R
        (t, 2, 2) and, of the sensor, (2, 2).
    """
    t = len(truth)
    everything = np.concatenate([truth, measured, mean])
    sensor = np.broadcast_to(R, (t, 2, 2))
    return Figure(
        name="room",
        title=T("部屋", "Room"),
        alt=alt,
        layout=axes(
            T("x (m)", "x (m)"), T("y (m)", "y (m)"), _span(everything[:, 0]), _span(everything[:, 1]),
            view=view, equal=True,
        ),
        under=[
            line(truth[:, 0], truth[:, 1], INK, dash="dash", width=1.8, label=TRUTH, at=0.4, where="top left"),
            marks(measured[:, 0], measured[:, 1], INK, size=5, opacity=0.5),
            line(mean[:, 0], mean[:, 1], BLUE, width=2.5, label=ESTIMATE, at=0.75, where="bottom right"),
            line(*_ellipse(measured, sensor), MUTED, width=1.8, label=MEASUREMENT, at=0.75, where="bottom center"),
            line(*_ellipse(prior, prior_cov), SKY, width=2.5, label=PREDICTION, at=0.25, where="top center"),
            _fill(*_ellipse(mean, cov), BLUE, 0.18),
            line(*_ellipse(mean, cov), BLUE, width=2.5),
            marks(_moving(measured[:, None, 0]), _moving(measured[:, None, 1]), INK, size=8),
            _ring(_moving(mean[:, None, 0]), _moving(mean[:, None, 1])),
        ],
    )  # fmt: skip


def tilt(prior_cov: Array, cov: Array, shift: Array, innovation: Array, r_sd: float, *, view: str, alt: T) -> Figure:
    """Draw how a measured position moves the velocity: along the tilt of P. Measured from the prediction.

    Parameters
    ----------
    prior_cov, cov
        (t, 2, 2) of position and velocity along x.
    shift
        (t, 2) estimate − prediction.
    innovation
        (t,) measured − predicted position.
    r_sd
        Of the sensor.
    """
    t = len(shift)
    settled = prior_cov[t // 3 :]
    half = _up(2.6 * float(np.sqrt(settled[:, 0, 0].max() + r_sd**2)))
    tall = _up(2.6 * float(np.sqrt(settled[:, 1, 1].max())))
    slope = prior_cov[:, 1, 0] / prior_cov[:, 0, 0]
    ends = np.array([-half, half])
    wall = innovation[:, None] + np.array([-2.0, 2.0, 2.0, -2.0]) * r_sd
    origin = np.zeros((t, 2))
    arrow = np.stack([origin, shift], axis=1)
    layout = axes(
        T("位置 − 予測 (m)", "Position − prediction (m)"),
        T("速度 − 予測 (m/s)", "Velocity − prediction (m/s)"),
        (-half, half),
        (-tall, tall),
        view=view,
    )
    layout["margin"] = {**layout["margin"], "l": 58}
    return Figure(
        name="tilt",
        title=T("傾き", "Tilt"),
        alt=alt,
        layout=layout,
        under=[
            _fill(_moving(wall), np.array([-tall, -tall, tall, tall]), MUTED, 0.14),
            line(
                _moving(np.stack([innovation, innovation], axis=1)),
                np.array([-tall, tall]) * 0.97,
                MUTED,
                width=1.8,
                label=MEASUREMENT,
                at=0.0,
                where="top right",
            ),
            line(
                ends,
                _moving(slope[:, None] * ends),
                INK,
                dash="dash",
                width=1.3,
                label=T("傾き P₂₁/P₁₁", "slope P₂₁/P₁₁"),
                where="top left",
            ),
            line(*_ellipse(origin, prior_cov), SKY, width=2.5, label=PREDICTION, at=0.6, where="bottom left"),
            _fill(*_ellipse(shift, cov), BLUE, 0.18),
            line(*_ellipse(shift, cov), BLUE, width=2.5, label=ESTIMATE, at=0.2, where="top right"),
            {
                **line(_moving(arrow[..., 0]), _moving(arrow[..., 1]), INK, width=2),
                "mode": "lines+markers",
                "marker": {"symbol": "arrow", "size": 13, "color": INK},
            },
            _ring(_moving(shift[:, :1]), _moving(shift[:, 1:])),
        ],
    )


# ---- what K depends on


def tracks(time: Array, measured: Array, means: Array, smoothing: Array, sd: Array, *, view: str, alt: T) -> Figure:
    """Draw the estimates of many redraws, one of them in full with its band and its exponential smoothing.

    Parameters
    ----------
    time
        (t,).
    measured
        (t,) of the first redraw.
    means
        (redraws, t).
    smoothing
        (t,) exponential smoothing of the first redraw with the steady gain.
    sd
        (t,) of every redraw.
    """
    many = np.concatenate([means[1:], np.full((len(means) - 1, 1), np.nan)], axis=1)
    times = np.tile(np.append(time, np.nan), len(means) - 1)
    one = means[0]
    return Figure(
        name="tracks",
        title=T("描き直した推定", "Redrawn estimates"),
        alt=alt,
        layout=axes(
            T("ステップ", "Step"), T("水準", "Level"), (0, time[-1] * 1.02),
            _span(np.concatenate([means.ravel(), measured])), view=view,
        ),
        under=[
            {**line(times, many.ravel(), BLUE, width=1), "opacity": 0.35},
            _band(time, one - 2 * sd, one + 2 * sd),
            marks(time, measured, INK, size=5, opacity=0.6),
            line(time, one, BLUE, width=3, label=T("推定 ± 2σ", "estimate ± 2σ"), at=0.6, where="top left"),
            line(
                time,
                smoothing,
                OTHER,
                width=1.5,
                label=T("指数平滑 α = K∞", "smoothing α = K∞"),
                at=0.25,
                where="bottom right",
            ),
        ],
    )  # fmt: skip


def gain_curves(time: Array, gains: Array, steady_value: float, *, redraws: int, view: str, alt: T) -> Figure:
    """Draw the gains (redraws, t) of all redraws, one upon another, and what they settle to."""
    many = np.concatenate([gains, np.full((len(gains), 1), np.nan)], axis=1)
    times = np.tile(np.append(time, np.nan), len(gains))
    return Figure(
        name="gain",
        title=T("ゲイン", "Gain"),
        alt=alt,
        layout=_small(axes(T("ステップ", "Step"), T("ゲイン K", "Gain K"), (0, time[-1] * 1.02), (0, 1.02), view=view)),
        under=[
            line(times, many.ravel(), BLUE, width=2.5),
            line([0, time[-1]], [steady_value] * 2, INK, dash="dash", width=1.5, label=T("K∞", "K∞"), where="top left"),
            _text(
                float(time[len(time) // 2]),
                0.86,
                T(f"{redraws} 本が 1 本に重なる", f"{redraws} curves, one line"),
                BLUE,
                "middle center",
            ),
        ],
    )


def steady_curve(ratio: Array, gains: Array, now: tuple[float, float], *, alt: T) -> Figure:
    """Draw K∞ over log₁₀(q/r), with the present setting ringed."""
    return Figure(
        name="steady",
        title=T("定常ゲイン", "Steady gain"),
        alt=alt,
        layout=_small(
            axes(
                T("log₁₀(q/r)", "log₁₀(q/r)"),
                T("K∞", "K∞"),
                (float(ratio[0]), float(ratio[-1])),
                (0, 1.02),
                view="steady",
            )
        ),
        under=[
            line(ratio, gains, INK, dash="dash", label=T("K∞(q/r)", "K∞(q/r)"), at=0.62, where="bottom right"),
            line([now[0], now[0], ratio[0]], [0, now[1], now[1]], MUTED, width=1, dash="dot"),
            marks([now[0]], [now[1]], BLUE, size=9),
            _ring([now[0]], [now[1]], 16.0),
        ],
    )


# ---- is it well tuned?


def surface(
    log_q: Array,
    log_r: Array,
    values: Array,
    *,
    now: tuple[float, float],
    best: tuple[float, float],
    truth: tuple[float, float] | None,
    alt: T,
) -> Figure:
    """Draw the log-likelihood over log₁₀ Q (up) and log₁₀ R (across): darker is likelier."""
    dx, dy = float(log_r[1] - log_r[0]), float(log_q[1] - log_q[0])
    depth = 25.0  # nats below the top that still show
    z = np.clip((values - values.max() + depth) / depth * 255, 0, 255).astype(np.uint8)
    a, b = (float(log_r[0]), float(log_r[-1])), (float(log_q[0]), float(log_q[-1]))
    style: dict[str, Any] = {"dash": "dash", "width": 1.2, "at": 0, "where": "top right"}
    world = (
        []
        if truth is None
        else [
            line([truth[0]] * 2, b, INK, label=T("世界の R", "world's R"), **style),
            line(a, [truth[1]] * 2, INK, label=T("世界の Q", "world's Q"), **style),
        ]
    )
    return Figure(
        name="surface",
        title=T("尤度", "Likelihood"),
        alt=alt,
        layout=axes(T("log₁₀ R", "log₁₀ R"), T("log₁₀ Q", "log₁₀ Q"), a, b, view="surface"),
        under=[
            {
                "type": "heatmap",
                "z": z,
                "x0": a[0],
                "dx": dx,
                "y0": b[0],
                "dy": dy,
                "zmin": 0,
                "zmax": 255,
                "colorscale": [[0, PAPER], [1, BLUE]],
                "opacity": 0.5,
            },
            *world,
            marks([best[0]], [best[1]], BLUE, size=12, symbol="diamond", line={"width": 1.5, "color": PAPER}),
            _text(*best, T("尤度の頂上", "likeliest"), BLUE, "top center"),
            marks([now[0]], [now[1]], NOW, size=4),
            _ring([now[0]], [now[1]], 18.0),
            _text(*now, T("いまの Q, R", "Q, R now"), NOW, "bottom center"),
        ],
    )  # fmt: skip


def surprises(values: Array, bound: float, *, alt: T) -> Figure:
    """Draw innovation ÷ √S, (t,), of which 95 % should lie within ± `bound`; what is off the scale stands on its edge."""
    k = np.arange(1, len(values) + 1)
    edge = 6.0
    shown = np.clip(values, -edge + 0.15, edge - 0.15)
    out = np.abs(values) > bound
    return Figure(
        name="surprise",
        title=T("驚き", "Surprise"),
        alt=alt,
        layout=_small(
            axes(
                T("ステップ", "Step"), T("測定のずれ ÷ √S", "Innovation ÷ √S"), (0, len(values) + 1), (-edge, edge),
                view="surprise",
            )
        ),
        under=[
            _fill([0, len(values) + 1, len(values) + 1, 0], [-bound, -bound, bound, bound], BLUE),
            line([0, len(values) + 1], [bound] * 2, INK, dash="dash", width=1.3, label=T("95 %", "95%"), where="top left"),
            line([0, len(values) + 1], [-bound] * 2, INK, dash="dash", width=1.3),
            marks(k[~out], shown[~out], INK, size=5.5, opacity=0.75),
            marks(k[out], shown[out], INK, size=7, symbol="diamond"),
        ],
    )  # fmt: skip


def whiteness(correlation: Array, bound: float, *, alt: T) -> Figure:
    """Draw the autocorrelation (lags,) of innovations; white noise stays within ± `bound`."""
    lags = np.arange(1, len(correlation) + 1)
    stems_x = np.repeat(lags, 3)
    stems_y = np.stack([np.zeros(len(lags)), correlation, np.full(len(lags), np.nan)], axis=1).ravel()
    x = (0.3, len(lags) + 0.7)
    layout = _small(axes(T("ずらす歩数", "Lag (steps)"), T("自己相関", "Autocorrelation"), x, (-1, 1), view="white"))
    layout["yaxis"]["tickvals"] = [-1, 0, 1]
    return Figure(
        name="white",
        title=T("白さ", "Whiteness"),
        alt=alt,
        layout=layout,
        under=[
            _fill([x[0], x[1], x[1], x[0]], [-bound, -bound, bound, bound], BLUE),
            line(x, [bound] * 2, INK, dash="dash", width=1.3, label=T("95 %", "95%"), where="top left"),
            line(x, [-bound] * 2, INK, dash="dash", width=1.3),
            line(x, [0, 0], MUTED, width=1),
            line(stems_x, stems_y, INK, width=2),
            marks(lags, correlation, INK, size=6),
        ],
    )


def errors(mean_nees: Array, band: tuple[float, float], freedom: int, *, redraws: int, alt: T) -> Figure:
    """Draw NEES ÷ n, averaged over redraws, (t,), in its χ² band, on a log scale."""
    k = np.arange(1, len(mean_nees) + 1)
    end = len(k) + 1
    layout = axes(
        T("ステップ", "Step"),
        T("NEES ÷ n（対数）", "NEES ÷ n (log)"),
        (0, end),
        (-1, 1.5),
        view="nees",
        log_y=True,
    )
    layout = _small(layout)
    layout["yaxis"] |= {"tickvals": [0.1, 1, 10], "ticktext": ["0.1", "1", "10"]}
    del layout["yaxis"]["dtick"], layout["yaxis"]["nticks"]
    low, high = band[0] / freedom, band[1] / freedom
    name = T(f"{redraws} 回の平均", f"mean of {redraws}")
    return Figure(
        name="nees",
        title=T("本当の誤差", "True errors"),
        alt=alt,
        layout=layout,
        under=[
            _fill([0, end, end, 0], [low, low, high, high], BLUE),
            line([0, end], [high] * 2, INK, dash="dash", width=1.3, label=T("95 %", "95%"), at=0, where="top right"),
            line([0, end], [low] * 2, INK, dash="dash", width=1.3),
            line(k, np.clip(mean_nees / freedom, 0.05, 60.0), BLUE, width=2.2, label=name, where="top left"),
        ],
    )


# ---- the race


def race(
    time: Array, truth: Array, measured: Array, lines: Sequence[tuple[T, Array, str]], *, view: str, alt: T
) -> Figure:
    """Draw one redraw with every estimator; `lines` are (name, (t,) estimate, key)."""
    where = {
        "average": (0.46, "middle right"),
        "fixed": (0.28, "bottom right"),
        "kalman": (0.62, "top left"),
        "smooth": (0.85, "bottom right"),
    }
    under: list[Trace] = [
        line(time, truth, INK, dash="dash", width=1.8, label=TRUTH, at=0.95, where="top left"),
        marks(time, measured, INK, size=5, opacity=0.6),
    ]
    for name, values, key in lines:
        at, side = where[key]
        under.append(line(time, values, *RACERS[key][:1], **RACERS[key][1], label=name, at=at, where=side))
    return Figure(
        name="race",
        title=T("一回の走り", "One run"),
        alt=alt,
        layout=axes(
            T("時刻 (s)", "Time (s)"), T("位置 (m)", "Position (m)"), (0, time[-1] * 1.02),
            _span(np.concatenate([truth, measured])), view=view,
        ),
        under=under,
    )  # fmt: skip


RACERS: dict[str, tuple[str, dict[str, Any]]] = {
    "raw": (INK, {}),
    "average": (OTHER, {"width": 1.5}),
    "fixed": (OTHER, {"width": 1.5, "dash": "dot"}),
    "kalman": (BLUE, {"width": 2.5}),
    "smooth": (GREEN, {"width": 2.5}),
}
SYMBOLS = {"raw": "circle", "average": "triangle-up", "fixed": "square", "kalman": "circle", "smooth": "diamond"}


def scores(entries: Sequence[tuple[str, T, float, Array]], *, view: str, alt: T) -> Figure:
    """Draw delay (across) and RMSE (up) of each estimator: lower left is better.

    Parameters
    ----------
    entries
        (key, name, delay in steps, (redraws,) RMSE) each; the upright line spans the middle 90 % of the redraws.
    """
    lags = np.array([entry[2] for entry in entries])
    top = _up(max(float(np.percentile(entry[3], 95)) for entry in entries) * 1.05)
    under: list[Trace] = [line([0, 0], [0, top], MUTED, width=1)]
    for key, name, delay, values in entries:
        color, mean = RACERS[key][0], float(values.mean())
        low, high = np.percentile(values, [5, 95])
        side = {"raw": "middle left", "average": "bottom right", "fixed": "bottom right"}.get(key, "middle right")
        under += [
            line([delay, delay], [low, high], color, width=2),
            marks([delay], [mean], color, size=11, symbol=SYMBOLS[key]),
            _text(delay, mean, name, color, side),
        ]
    right = max(4.0, float(np.ceil(padded(lags, share=0.6)[1])))
    return Figure(
        name="scores",
        title=T("成績", "Scores"),
        alt=alt,
        layout=axes(T("遅れ（歩）", "Delay (steps)"), T("RMSE (m)", "RMSE (m)"), (-2.5, right), (0, top), view=view),
        under=under,
    )

"""One step of a series in three beats, predict, measure, update: three frames of the playhead each."""

from typing import Any

import numpy as np

from core.text import T
from figures.marks import line
from figures.plot import plot, round_up, table
from figures.spec import BLUE, MUTED, SKY, Card, Figure, Frames, Row, Scaled
from pages.classical.kalman import shared
from pages.classical.kalman.shared import Array

BEATS = T("予測", "predict"), T("測定", "measure"), T("更新", "update")


def beats(predicted: Array, measured: Array, updated: Array) -> Array:
    """Interleave what a step's beats show, (t,) each, to (3t,)."""
    return np.stack([predicted, measured, updated], axis=1).ravel()


def since(values: Array) -> Array:
    """Let each of t values show from its step's update on, (3t,)."""
    return np.append([np.nan, np.nan], np.repeat(values, 3))[: 3 * len(values)]


def upto(t: int, each: int = 1) -> Array:
    """Count what is known at each of 3t frames where a step brings one thing at its update, or two, one before it."""
    step = np.arange(t)
    return beats(*([step, step, step + 1] if each == 1 else [2 * step + 1, 2 * step + 1, 2 * step + 2]))


def beliefs(r: Any, noise: float, x: T) -> Figure:
    """Draw the three beliefs of the playhead's step, measured from the prediction; `noise` is the filter's R."""
    before, after, sensor = np.sqrt(r.before), np.sqrt(r.after), np.full(len(r.z), np.sqrt(noise))
    sd = np.linspace(-3, 3, 41)
    density = np.exp(-0.5 * sd**2) / np.sqrt(2 * np.pi)

    def bell(centre: Array, width: Array, since: int) -> tuple[Frames, Frames]:
        across, up = Scaled(sd, width, centre), Scaled(density, 1 / width, 0 * width)
        return Frames(across, 3, since), Frames(up, 3, since)

    half = round_up(3.4 * float(np.median([*before[1:], *sensor])))
    return plot(
        "step",
        line(*bell(0 * before, before, 0), SKY, width=2.5, label=shared.PREDICTED, at=0.3, where="middle left"),
        line(*bell(r.innovation, sensor, 1), MUTED, label=shared.MEASURED, at=0.75, where="top right"),
        line(*bell(r.mean - r.prior, after, 2), BLUE, width=3, label=shared.ESTIMATE, at=0.5, where="top center"),
        x=x,
        y=T("確率密度", "Density"),
        xlim=(-half, half),
        ylim=(0, round_up(1.05 / (np.sqrt(2 * np.pi) * min(*after, *sensor)))),
        small=True,
    )


def equations(r: Any) -> Card:
    """List what each beat computes, as far as the playhead is."""
    none = np.full(len(r.z), np.nan)
    return table(
        T("このステップの式", "This step in equations"),
        Row(T("いま", "Now"), np.tile([0, 1, 2], len(r.z)), words=BEATS),
        (T("m⁻ = F m", "m⁻ = F m"), np.repeat(r.prior, 3), 2),
        (T("P⁻ = F P Fᵀ + Q", "P⁻ = F P Fᵀ + Q"), np.repeat(r.before, 3), 3),
        (T("y = z − H m⁻", "y = z − H m⁻"), beats(none, r.innovation, r.innovation), 2),
        (T("K = P⁻Hᵀ S⁻¹", "K = P⁻Hᵀ S⁻¹"), beats(none, none, r.gain), 3),
        (T("m = m⁻ + K y", "m = m⁻ + K y"), beats(none, none, r.mean), 2),
        (T("P = (I − K H) P⁻", "P = (I − K H) P⁻"), beats(none, none, r.after), 3),
    )

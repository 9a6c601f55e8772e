"""Simpler estimators to compare with the filter, and by what to compare them: error and delay."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.kalman.filtering import measurements
from core.classical.kalman.models import Floats, Model
from core.classical.kalman.scalar import plain


def fixed_gain(model: Model, z: ArrayLike, gain: ArrayLike) -> Floats:
    """Filter with one gain for all steps; for `local_level` this is exponential smoothing with α = the gain.

    Parameters
    ----------
    model
        One setting, of which F, H and m0 are used.
    z
        As for `filter`.
    gain
        (n, m), or a number for a state of one number.

    Returns
    -------
    (…, t, n) means
    """
    if model.settings:
        raise ValueError("Give one setting.")
    series = measurements(model, z)
    n, m = model.F.shape[-1], model.H.shape[-2]
    K = door.numbers("gain", np.reshape(gain, (1, 1)) if n * m == np.size(gain) == 1 else gain, shape=(n, m))
    out = np.empty((*series.shape[:-1], n))
    x = np.broadcast_to(model.m0, out[..., 0, :].shape)
    for k in range(series.shape[-2]):
        # m ← F m, then m ← m + K (z − H m)
        x = np.matvec(model.step(k)[0], x)
        y = series[..., k, :] - np.matvec(model.H, x)
        x = x + np.matvec(K, np.where(np.isnan(y), 0.0, y))
        out[..., k, :] = x
    return out


def moving_average(z: ArrayLike, window: int) -> Floats:
    """Average the last `window` measurements (fewer at the start); missing ones are left out.

    Parameters
    ----------
    z
        (…, t) numbers.

    Returns
    -------
    (…, t) array
        NaN where all of the window is missing.
    """
    a, window = door.numbers("z", z, missing=True), door.whole("window", window)
    if a.ndim < 1 or a.shape[-1] < 1:
        raise ValueError("The series is empty.")
    known = ~np.isnan(a)

    def summed(values: Floats) -> Floats:
        total = np.concatenate([np.zeros((*a.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
        k = np.arange(a.shape[-1])
        return np.asarray(total[..., k + 1] - total[..., np.maximum(0, k + 1 - window)])

    count = summed(known.astype(float))
    return np.where(count > 0, summed(np.where(known, a, 0.0)) / np.maximum(count, 1), np.nan)


def average(values: ArrayLike) -> Any:
    """Give the mean along the last axis of what is there: NaN is left out, and what is left where nothing is there."""
    a = door.numbers("values", values, missing=True)
    known = ~np.isnan(a)
    with np.errstate(invalid="ignore"):
        return plain(np.where(known, a, 0.0).sum(axis=-1) / known.sum(axis=-1))


def so_far(values: ArrayLike) -> Floats:
    """Give, (…, t), the `average` up to each place of the last axis; NaN while nothing is there yet."""
    a = door.numbers("values", values, missing=True)
    known = ~np.isnan(a)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, a, 0.0).cumsum(axis=-1) / known.cumsum(axis=-1))


def rmse(estimate: ArrayLike, truth: ArrayLike) -> Any:
    """Give the root mean squared error along the last axis, `average` as to NaN."""
    return plain(np.sqrt(average((_known("estimate", estimate) - _known("truth", truth)) ** 2)))


def lag(estimate: ArrayLike, truth: ArrayLike, *, most: int = 10) -> float:
    """Give by how many steps an estimate trails the truth: the delay of the truth that fits it best.

    Parameters
    ----------
    estimate, truth
        (…, t), all series together.
    most
        The greatest delay, or lead, that is tried.

    Returns
    -------
    float
        In steps, refined by a parabola; negative for an estimate that leads.
    """
    a, b = np.broadcast_arrays(_known("estimate", estimate), _known("truth", truth))
    most = door.whole("most", most)
    if a.shape[-1] <= 2 * most + 1:
        raise ValueError(f"The series is too short for a delay of {most} steps.")
    shifts = np.arange(-most - 1, most + 2)
    core = slice(most + 1, a.shape[-1] - most - 1)
    places = np.arange(a.shape[-1])[core]
    # the mean of (estimate_k − truth_{k−d})², over the same steps k for each delay d
    cost = np.array([np.nanmean((a[..., core] - b[..., places - d]) ** 2) for d in shifts])
    i = 1 + int(cost[1:-1].argmin())
    curve = cost[i - 1] - 2 * cost[i] + cost[i + 1]
    return float(shifts[i] + (0.5 * (cost[i - 1] - cost[i + 1]) / curve if curve > 0 else 0.0))


def _known(name: str, x: ArrayLike) -> Floats:
    return door.numbers(name, x, missing=True)

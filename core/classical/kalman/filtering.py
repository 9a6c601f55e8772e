"""The filter: predict, then update; and the covariances and gains, which need no measurement."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.kalman.models import Floats, Model
from core.result import result

Flags = NDArray[np.bool_]


@result
class Gains:
    """What a filter knows before it has seen a single number."""

    prior_cov: Floats  # (…, t, n, n) covariance after the prediction of each step
    cov: Floats  # (…, t, n, n) and after the update
    gain: Floats  # (…, t, n, m), all 0 where nothing was measured
    innovation_cov: Floats  # (…, t, m, m) H P Hᵀ + R: how far a measurement may lie from its prediction


@result
class Run:
    """A filtered series; many series or settings at once add a leading axis to all of it."""

    prior_mean: Floats  # (t, n) after the prediction of each step
    prior_cov: Floats  # (t, n, n)
    mean: Floats  # (t, n) after the update
    cov: Floats  # (t, n, n)
    gain: Floats  # (t, n, m), all 0 where the measurement is missing
    innovation: Floats  # (t, m) z − H m, NaN where the measurement is missing
    innovation_cov: Floats  # (t, m, m) H P Hᵀ + R, also where it is missing
    nis: Floats  # (t,) normalised innovation squared, NaN where it is missing
    log_likelihood: float | Floats  # logarithm of the density of all that was measured


def gains(model: Model, observed: ArrayLike) -> Gains:
    """Compute covariances and gains. The measurements themselves are not asked for: they have no say.

    Parameters
    ----------
    model
        One setting, or many along a leading axis.
    observed
        (t,) bool, whether each step has a measurement; or (s, t), one row a setting or series.

    Returns
    -------
    Gains
        With a leading axis if the model or `observed` has one.
    """
    seen = np.asarray(observed, dtype=bool)
    if seen.ndim not in (1, 2) or seen.shape[-1] < 1:
        raise ValueError("`observed` must be one row of flags, one or more a step, or one row a series.")
    batch = _batch(model, seen.shape[:-1])
    H, R = model.H, model.R
    t, n, m = seen.shape[-1], H.shape[-1], H.shape[-2]
    prior_cov, cov = np.empty((*batch, t, n, n)), np.empty((*batch, t, n, n))
    gain, innovation_cov = np.empty((*batch, t, n, m)), np.empty((*batch, t, m, m))
    every: Flags = np.logical_and.reduce(seen.reshape(-1, t))
    P, one = model.P0, np.eye(n)
    for k in range(t):
        # Predict: P ← F P Fᵀ + Q
        F, Q = model.step(k)
        P = F @ P @ F.mT + Q
        P = 0.5 * (P + P.mT)
        prior_cov[..., k, :, :] = P
        # S = H P Hᵀ + R
        PH = P @ H.mT
        S = H @ PH + R
        innovation_cov[..., k, :, :] = S
        # K = P Hᵀ S⁻¹
        K = divide(PH, S)
        if not every[k]:
            K = np.where(seen[..., k, None, None], K, 0.0)
        gain[..., k, :, :] = K
        # Update, in Joseph's form, a sum of squares that rounding cannot make negative:
        # P ← (I − K H) P (I − K H)ᵀ + K R Kᵀ
        A = one - K @ H
        P = A @ P @ A.mT + K @ R @ K.mT
        P = 0.5 * (P + P.mT)
        cov[..., k, :, :] = P
    return Gains(prior_cov, cov, gain, innovation_cov)


def divide(PH: Floats, S: Floats) -> Floats:
    """Give P Hᵀ S⁻¹."""
    if S.shape[-1] == 1:
        if not (S > 0).all():
            raise ValueError("A measurement without noise (R = 0) of what is already known for certain has no gain.")
        return np.asarray(PH / S)
    try:
        return np.asarray(np.linalg.solve(S, PH.mT).mT)
    except np.linalg.LinAlgError:
        raise ValueError("H P Hᵀ + R is singular: some measurement would be both certain and free of noise.") from None


def filter(model: Model, z: ArrayLike) -> Run:
    """Run the Kalman filter over a series: each step predicts, then updates.

    Parameters
    ----------
    model
        One setting; m0 and P0 stand before the first prediction. Or many settings along a leading axis.
    z
        (t,) or (t, m) measurements; a row of NaN is missing. Or (s, t, m): many series at once.

    Returns
    -------
    Run
        With a leading axis if the model or `z` has one.
    """
    series = measurements(model, z)
    seen = ~np.isnan(series[..., 0])
    batch = _batch(model, seen.shape[:-1])
    # Series with measurements at the same steps have the same gains; compute each kind once.
    which: Any = ...
    kinds = seen
    if seen.ndim == 2 and not model.settings:
        kinds, which = np.unique(seen, axis=0, return_inverse=True)
        if len(kinds) == 1:
            kinds, which = kinds[0], ...
    g = gains(model, kinds)
    t, n, m = series.shape[-2], model.F.shape[-1], model.H.shape[-2]
    prior_mean, mean = np.empty((*batch, t, n)), np.empty((*batch, t, n))
    innovation = np.empty((*batch, t, m))
    K = g.gain[which]
    filled = np.where(np.isnan(series), 0.0, series)
    H, x = model.H, model.m0
    for k in range(t):
        # Predict: m ← F m
        x = np.matvec(model.step(k)[0], x)
        prior_mean[..., k, :] = x
        # y = z − H m
        y = filled[..., k, :] - np.matvec(H, x)
        innovation[..., k, :] = y
        # Update: m ← m + K y, with K = 0 where nothing was measured
        x = x + np.matvec(K[..., k, :, :], y)
        mean[..., k, :] = x
    innovation[np.broadcast_to(~seen, (*batch, t))] = np.nan

    def spread(a: Floats) -> Floats:
        return np.broadcast_to(a[which], (*batch, *a.shape[-3:]))

    S = spread(g.innovation_cov)
    nis, log_det = normalised(innovation, S)
    # ln p(z) = −½ Σ (yᵀ S⁻¹ y + ln det S + m ln 2π) over the observed steps
    terms = np.where(np.isnan(nis), 0.0, nis + log_det + m * np.log(2 * np.pi))
    log_likelihood = -0.5 * terms.sum(axis=-1)
    return Run(
        prior_mean=prior_mean,
        prior_cov=spread(g.prior_cov),
        mean=mean,
        cov=spread(g.cov),
        gain=spread(g.gain),
        innovation=innovation,
        innovation_cov=S,
        nis=nis,
        log_likelihood=log_likelihood if batch else float(log_likelihood),
    )


def normalised(error: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Give eᵀ C⁻¹ e and ln det C along the last axes."""
    if error.shape[-1] == 1:
        c = covariance[..., 0, 0]
        return error[..., 0] ** 2 / c, np.log(c)
    solved = np.linalg.solve(covariance, error[..., None])[..., 0]
    return (error * solved).sum(axis=-1), np.linalg.slogdet(covariance)[1]


def measurements(model: Model, z: ArrayLike) -> Floats:
    """Take measurements as (t, m) or (s, t, m); a row of NaN is missing."""
    m = model.H.shape[-2]
    series = door.numbers("z", z, missing=True)
    if series.ndim == 1 and m == 1:
        series = series[:, None]
    if series.ndim not in (2, 3) or series.shape[-1] != m or 0 in series.shape:
        raise ValueError(f"z has shape {np.shape(z)}; it must be steps × {m}, or series × steps × {m}, and not empty.")
    missing = np.isnan(series)
    if (missing.any(axis=-1) != missing.all(axis=-1)).any():
        raise ValueError("A row of z is partly NaN; a measurement is missing as a whole or not at all.")
    return series


def _batch(model: Model, rows: tuple[int, ...]) -> tuple[int, ...]:
    if model.settings and rows and model.settings != rows:
        raise ValueError(
            f"There are {model.settings[0]} settings and {rows[0]} series; give as many, or one of either."
        )
    return model.settings or rows

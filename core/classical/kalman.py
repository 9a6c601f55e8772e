"""The Kalman filter: what to believe after each noisy measurement, and how far to trust the next one.

A state x moves, x ← F x + w with w ~ N(0, Q), and is seen through noise, z = H x + v with v ~ N(0, R). The filter holds a
mean and a covariance. It predicts both one step ahead, then moves the mean towards the measurement by a share of the
surprise z − H m. That share is the gain K. `gain` and `update` are the filter of one number; `filter` is all of it.

The gain never looks at the measurements: `gains` computes it from the model and from *when* something was measured.
Settings (a leading axis on the model's matrices) and series (a leading axis on z) are filtered many at once.

References
----------
Kalman, "A new approach to linear filtering and prediction problems" (1960).
Rauch, Tung & Striebel, "Maximum likelihood estimates of linear dynamic systems" (1965): `smooth`.
Bar-Shalom, Li & Kirubarajan, "Estimation with applications to tracking and navigation" (2001): NIS, NEES, Joseph's form.
Chu, Fan, Lin & Wang, "Structure-preserving algorithms for periodic discrete-time algebraic Riccati equations" (2004):
`steady_covariance`.
"""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from core.result import result

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DOUBLINGS = 64  # of the Riccati recursion: 2⁶⁴ steps


@dataclass(frozen=True, eq=False)
class Model:
    """A linear Gaussian world, or what a filter takes it for. The arrays are copied and read-only.

    Parameters
    ----------
    F
        (n, n) how the state moves in a step: x ← F x + w.
    H
        (m, n) what is measured of it: z = H x + v.
    Q, R
        (n, n) and (m, m) covariances of w and v.
    m0, P0
        (n,) and (n, n) mean and covariance of the state before the first step.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or a covariance is not symmetric with eigenvalues ≥ 0.

    Notes
    -----
    Any of them may have one leading axis of settings; all that have one agree on its length.
    """

    F: Floats
    H: Floats
    Q: Floats
    R: Floats
    m0: Floats
    P0: Floats

    def __post_init__(self) -> None:
        for name in ("F", "H", "Q", "R", "m0", "P0"):
            try:
                array = np.array(getattr(self, name), dtype=float)
            except (TypeError, ValueError):
                raise ValueError(f"{name} is not an array of numbers.") from None
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds a number that is not finite.")
            if array.ndim - (name != "m0") not in (1, 2):
                raise ValueError(
                    f"{name} has {array.ndim} axes; it is a {'vector' if name == 'm0' else 'matrix'}, "
                    "or a stack of them along one leading axis."
                )
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        n, m = self.F.shape[-1], self.H.shape[-2]
        shapes = {"F": (n, n), "H": (m, n), "Q": (n, n), "R": (m, m), "m0": (n,), "P0": (n, n)}
        for name, shape in shapes.items():
            found = getattr(self, name).shape[-len(shape) :]
            if found != shape or 0 in shape:
                raise ValueError(f"{name} has shape {found}; with this F and H it must be {shape}.")
        for name in ("Q", "R", "P0"):
            _covariance(name, getattr(self, name))
        _ = self.settings

    @property
    def settings(self) -> tuple[int, ...]:
        """The shape of the leading axis: () for one setting, (s,) for many."""
        leading = [a.shape[:-2] for a in (self.F, self.H, self.Q, self.R, self.P0)] + [self.m0.shape[:-1]]
        if len({shape for shape in leading if shape}) > 1:
            raise ValueError(f"The leading axes of the settings differ: {sorted({s for s in leading if s})}.")
        return max(leading)

    def scaled(self, *, q: ArrayLike = 1.0, r: ArrayLike = 1.0, p0: ArrayLike = 1.0) -> "Model":
        """Multiply Q, R and P0, each by a number or by (s,) numbers, one a setting."""
        a, b, c = (np.asarray(v, dtype=float)[..., None, None] for v in (q, r, p0))
        return Model(self.F, self.H, a * self.Q, b * self.R, self.m0, c * self.P0)


@dataclass(frozen=True, eq=False)
class Gains:
    """What a filter knows before it has seen a single number. The arrays are read-only.

    Parameters
    ----------
    prior_cov, cov
        (…, t, n, n) covariance after the prediction and after the update of each step.
    gain
        (…, t, n, m), all 0 where nothing was measured.
    innovation_cov
        (…, t, m, m) H P Hᵀ + R: how far a measurement may lie from its prediction.
    """

    prior_cov: Floats
    cov: Floats
    gain: Floats
    innovation_cov: Floats

    def __post_init__(self) -> None:
        _make_read_only(self.prior_cov, self.cov, self.gain, self.innovation_cov)


@dataclass(frozen=True, eq=False)
class Run:
    """A filtered series. The arrays are read-only; many series or settings at once add a leading axis to all of them.

    Parameters
    ----------
    prior_mean, prior_cov
        (t, n) and (t, n, n) after the prediction of each step.
    mean, cov
        (t, n) and (t, n, n) after the update.
    gain
        (t, n, m), all 0 where the measurement is missing.
    innovation
        (t, m) z − H m, NaN where the measurement is missing.
    innovation_cov
        (t, m, m) H P Hᵀ + R, also where the measurement is missing.
    nis
        (t,) normalised innovation squared, NaN where the measurement is missing.
    log_likelihood
        Natural logarithm of the density of all observed measurements.
    """

    prior_mean: Floats
    prior_cov: Floats
    mean: Floats
    cov: Floats
    gain: Floats
    innovation: Floats
    innovation_cov: Floats
    nis: Floats
    log_likelihood: float | Floats

    def __post_init__(self) -> None:
        _make_read_only(*(getattr(self, name) for name in self.__dataclass_fields__ if name != "log_likelihood"))
        if isinstance(self.log_likelihood, np.ndarray):
            _make_read_only(self.log_likelihood)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """The state given *all* measurements, later ones included. The arrays are read-only.

    Parameters
    ----------
    mean, cov
        (…, t, n) and (…, t, n, n).
    """

    mean: Floats
    cov: Floats

    def __post_init__(self) -> None:
        _make_read_only(self.mean, self.cov)


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The log-likelihood of a series over the sizes of Q and R. The arrays are read-only.

    Parameters
    ----------
    q, r
        (a,) and (b,) what the model's Q, and its R and P0 alike, were multiplied by.
    surface
        (a, b) log-likelihood.
    best_q, best_r
        The pair of the greatest likelihood, between the grid's values too.
    best
        Its log-likelihood.
    """

    q: Floats
    r: Floats
    surface: Floats
    best_q: float
    best_r: float
    best: float

    def __post_init__(self) -> None:
        _make_read_only(self.q, self.r, self.surface)


# ---- one number


def gain(prior_variance: ArrayLike, measurement_variance: ArrayLike) -> Any:
    """Give the Kalman gain of one number: the share of the surprise to believe.

    Parameters
    ----------
    prior_variance, measurement_variance
        P and R, both ≥ 0 and not both 0; numbers or arrays. One of them may be infinite.

    Returns
    -------
    float or array
        Between 0 (keep the estimate) and 1 (take the measurement).

    Raises
    ------
    ValueError
        If a variance is negative or not a number, or both are 0 or infinite.

    Examples
    --------
    >>> gain(16, 1)  # a thermometer with ±1, an estimate with ±4
    0.9411764705882353
    """
    P, R = _numbers("prior_variance", prior_variance), _numbers("measurement_variance", measurement_variance)
    if (P < 0).any() or (R < 0).any():
        raise ValueError("A variance is negative.")
    P, R = np.broadcast_arrays(P, R)
    if (P == R)[(P == 0) | np.isinf(P)].any():
        raise ValueError("With both variances 0, or both infinite, no gain is better than another.")
    with np.errstate(invalid="ignore"):
        # K = P / (P + R)
        K = np.where(np.isinf(P), 1.0, P / (P + R))
    return _plain(K)


def update(mean: ArrayLike, variance: ArrayLike, z: ArrayLike, r: ArrayLike) -> tuple[Any, Any, Any]:
    """Correct an estimate of one number by one measurement.

    Parameters
    ----------
    mean, variance
        The estimate and its variance P; numbers or arrays.
    z, r
        The measurement and its variance R.

    Returns
    -------
    mean, variance, gain
        Afterwards; floats, or arrays if one of the arguments is.

    Raises
    ------
    ValueError
        As `gain`; also if `mean` or `z` is not finite.

    Examples
    --------
    >>> [round(v, 3) for v in update(22, 4**2, 24, 1**2)]
    [23.882, 0.941, 0.941]
    """
    m, measured = _numbers("mean", mean), _numbers("z", z)
    if not (np.isfinite(m).all() and np.isfinite(measured).all()):
        raise ValueError("The estimate or the measurement is not finite.")
    K = np.asarray(gain(variance, r))
    P, R = np.broadcast_arrays(_numbers("variance", variance), _numbers("r", r))
    # m ← m + K (z − m)
    m = m + K * (measured - m)
    with np.errstate(invalid="ignore"):
        # P ← (1 − K) P = K R, of which the second loses no digits as K nears 1
        P = np.where(np.isinf(R), P, K * R)
    return _plain(m), _plain(P), _plain(K)


def expected_error(k: ArrayLike, prior_variance: ArrayLike, measurement_variance: ArrayLike) -> Any:
    """Give the mean squared error of prior + k · innovation for *any* k: a parabola whose lowest point is `gain`.

    Parameters
    ----------
    k
        A gain, not necessarily the best; any shape.
    prior_variance, measurement_variance
        P and R, ≥ 0 and finite.

    Returns
    -------
    float or array
    """
    K = _numbers("k", k)
    P, R = _numbers("prior_variance", prior_variance), _numbers("measurement_variance", measurement_variance)
    if (P < 0).any() or (R < 0).any():
        raise ValueError("A variance is negative.")
    # MSE(K) = (1 − K)² P + K² R
    return _plain((1 - K) ** 2 * P + K**2 * R)


@result
class Blend:
    """A prediction and a measurement, mixed with some gain."""

    gain: float
    mean: float
    variance: float  # mean squared error, in truth

    @property
    def sd(self) -> float:
        """Root mean squared error."""
        return float(np.sqrt(self.variance))


def blend(mean: float, variance: float, z: float, r: float, gain: float) -> Blend:
    """Correct an estimate with *any* gain, as `update` does with the best.

    Examples
    --------
    >>> round(blend(22, 4**2, 24, 1**2, gain=0.8).sd, 3)  # 4/(4 + 1): the ± weighed themselves, not their squares
    1.131
    """
    return Blend(gain, mean + gain * (z - mean), expected_error(gain, variance, r))


# ---- models


def local_level(q: float, r: float, *, m0: float = 0.0, p0: float = 1.0) -> Model:
    """Make a level that wanders: each step adds noise of variance q; it is measured with variance r."""
    return Model(_floats([[1]]), _floats([[1]]), _floats([[q]]), _floats([[r]]), _floats([m0]), _floats([[p0]]))


def constant_velocity(dt: float, q: float, r: float, *, m0: ArrayLike = 0.0, p0: ArrayLike = 1.0) -> Model:
    """Make a position and a velocity, pushed by white acceleration; the position is measured.

    Parameters
    ----------
    dt
        Seconds between steps, > 0.
    q
        Power spectral density of the acceleration: the velocity's variance grows by q a second.
    r
        Variance of a measurement.
    m0
        Mean of the start: (2,), or one number for both.
    p0
        Covariance of the start: (2, 2), or (2,) variances, or one for both.
    """
    _positive("dt", dt)
    F = _floats([[1, dt], [0, 1]])
    # Q = q ∫₀ᵈᵗ g gᵀ ds with g = (s, 1): the push of an instant, grown for the time s that is left
    Q = q * _floats([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    return _position_measured(F, Q, r, m0, p0)


def constant_acceleration(dt: float, q: float, r: float, *, m0: ArrayLike = 0.0, p0: ArrayLike = 1.0) -> Model:
    """Make a position, velocity and acceleration, pushed by white jerk of density q; the position is measured.

    The arguments are those of `constant_velocity`, with three numbers to the state.
    """
    _positive("dt", dt)
    F = _floats([[1, dt, dt**2 / 2], [0, 1, dt], [0, 0, 1]])
    # Q = q ∫₀ᵈᵗ g gᵀ ds with g = (s²/2, s, 1)
    Q = q * _floats([[dt**5 / 20, dt**4 / 8, dt**3 / 6], [dt**4 / 8, dt**3 / 3, dt**2 / 2], [dt**3 / 6, dt**2 / 2, dt]])
    return _position_measured(F, Q, r, m0, p0)


def planar(model: Model, *, m0: ArrayLike = 0.0) -> Model:
    """Put two independent copies of a model side by side, for x and y: states (x…, y…), measurements (x, y).

    `m0` is the (2n,) mean of the start, or one number for all.
    """
    two = np.eye(2)
    F, H, Q, R, P0 = (_floats(np.kron(two, a)) for a in (model.F, model.H, model.Q, model.R, model.P0))
    return Model(F, H, Q, R, _start(m0, len(F)), P0)


def _position_measured(F: Floats, Q: Floats, r: float, m0: ArrayLike, p0: ArrayLike) -> Model:
    n = len(F)
    spread = _floats(p0)
    P0 = spread if spread.ndim == 2 else np.diag(_start(spread, n))
    return Model(F, np.eye(1, n), Q, _floats([[r]]), _start(m0, n), P0)


def _start(value: ArrayLike, n: int) -> Floats:
    array = _floats(value)
    if array.shape not in ((), (n,)):
        raise ValueError(f"The start has shape {array.shape}; give one number or {n}.")
    return np.array(np.broadcast_to(array, (n,)))


def simulate(
    model: Model, steps: int, *, seed: int, runs: int | None = None, push: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Let the world run: draw a start from N(m0, P0), then move and measure.

    Parameters
    ----------
    model
        One setting.
    steps
        How many, ≥ 1.
    seed
        Of the random numbers.
    runs
        How many independent worlds, or None for one without the leading axis.
    push
        (t, n) added to the state in each step, besides the noise: a manoeuvre.

    Returns
    -------
    states, measurements
        (t, n) and (t, m), or (runs, t, n) and (runs, t, m).
    """
    if model.settings:
        raise ValueError("Only one setting can be simulated at a time.")
    _count("steps", steps)
    if runs is not None:
        _count("runs", runs)
    n, m = model.F.shape[-1], model.H.shape[-2]
    pushed = np.zeros((steps, n)) if push is None else _floats(push)
    if pushed.shape != (steps, n) or not np.isfinite(pushed).all():
        raise ValueError(f"The push must be {steps} rows of {n} finite numbers.")
    rng = np.random.default_rng(seed)
    worlds = 1 if runs is None else runs
    x = model.m0 + rng.standard_normal((worlds, n)) @ _root(model.P0).T
    w = rng.standard_normal((worlds, steps, n)) @ _root(model.Q).T + pushed
    v = rng.standard_normal((worlds, steps, m)) @ _root(model.R).T
    states = np.empty((worlds, steps, n))
    for k in range(steps):
        # x ← F x + w
        x = x @ model.F.T + w[:, k]
        states[:, k] = x
    # z = H x + v
    measurements = states @ model.H.T + v
    return (states[0], measurements[0]) if runs is None else (states, measurements)


def disturb(
    z: ArrayLike, *, bias: float = 0.0, outliers: float = 0.0, size: float = 1.0, gap: int = 0, seed: int = 0
) -> Floats:
    """Spoil measurements the way sensors do.

    Parameters
    ----------
    z
        (t, m).
    bias
        Added to all.
    outliers, size
        The share of steps that are thrown off, and by how much, up or down.
    gap
        Steps without a measurement, from a third of the series on.
    seed
        Of the outliers.

    Returns
    -------
    (t, m) array
        NaN in the gap.
    """
    out = np.array(_floats(z))
    if out.ndim != 2 or not len(out):
        raise ValueError("z must be steps × numbers.")
    if not 0 <= outliers <= 1:
        raise ValueError("The share of outliers lies between 0 and 1.")
    if not isinstance(gap, Integral) or gap < 0:
        raise ValueError("The gap must be a whole number ≥ 0.")
    rng = np.random.default_rng(seed)
    thrown, up = rng.uniform(size=(2, len(out)))
    out += bias + size * np.where(thrown < outliers, np.where(up < 0.5, -1.0, 1.0), 0.0)[:, None]
    start = len(out) // 3
    out[start : start + gap] = np.nan
    return out


def _root(covariance: Floats) -> Floats:
    """Give some L with L Lᵀ = covariance; eigenvalues may be 0."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


# ---- the filter


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

    Raises
    ------
    ValueError
        If shapes do not fit, or a measurement is predicted with certainty and measured without noise.
    """
    seen = np.asarray(observed, dtype=bool)
    if seen.ndim not in (1, 2) or seen.shape[-1] < 1:
        raise ValueError("`observed` must be one row of flags, one or more a step, or one row a series.")
    batch = _batch(model, seen.shape[:-1])
    F, H, Q, R = model.F, model.H, model.Q, model.R
    t, n, m = seen.shape[-1], F.shape[-1], H.shape[-2]
    prior_cov, cov = np.empty((*batch, t, n, n)), np.empty((*batch, t, n, n))
    gain, innovation_cov = np.empty((*batch, t, n, m)), np.empty((*batch, t, m, m))
    every: Flags = np.logical_and.reduce(seen.reshape(-1, t))
    P, one = model.P0, np.eye(n)
    for k in range(t):
        # Predict: P ← F P Fᵀ + Q
        P = F @ P @ F.mT + Q
        P = 0.5 * (P + P.mT)
        prior_cov[..., k, :, :] = P
        # S = H P Hᵀ + R
        PH = P @ H.mT
        S = H @ PH + R
        innovation_cov[..., k, :, :] = S
        # K = P Hᵀ S⁻¹
        K = _divide(PH, S)
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


def _divide(PH: Floats, S: Floats) -> Floats:
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

    Raises
    ------
    ValueError
        If shapes do not fit, a row is only partly NaN, or a number is infinite.
    """
    series = _series(model, z)
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
    F, H, x = model.F, model.H, model.m0
    for k in range(t):
        # Predict: m ← F m
        x = np.matvec(F, x)
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
    nis, log_det = _normalised(innovation, S)
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


def _normalised(error: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Give eᵀ C⁻¹ e and ln det C along the last axes."""
    if error.shape[-1] == 1:
        c = covariance[..., 0, 0]
        return error[..., 0] ** 2 / c, np.log(c)
    solved = np.linalg.solve(covariance, error[..., None])[..., 0]
    return (error * solved).sum(axis=-1), np.linalg.slogdet(covariance)[1]


def smooth(model: Model, run: Run) -> Smoothed:
    """Go back over a filtered series and let each state profit from the later measurements (Rauch–Tung–Striebel).

    Parameters
    ----------
    model, run
        The model, and what `filter` gave with it.

    Returns
    -------
    Smoothed
        At the last step it equals the filter.
    """
    F, Q = model.F, model.Q
    n, t = F.shape[-1], run.mean.shape[-2]
    if run.mean.shape[-1] != n:
        raise ValueError(f"The run has states of {run.mean.shape[-1]} numbers, the model of {n}.")
    # Series that share their covariances (stored once) share the smoother's gains too.
    shared = run.cov.ndim == 4 and run.cov.strides[0] == 0 and not model.settings
    filtered, prior = (run.cov[0], run.prior_cov[0]) if shared else (run.cov, run.prior_cov)
    mean, cov = np.array(run.mean), np.array(filtered)
    one = np.eye(n)
    for k in range(t - 2, -1, -1):
        P, ahead = filtered[..., k, :, :], prior[..., k + 1, :, :]
        # C = P Fᵀ (F P Fᵀ + Q)⁻¹
        try:
            C = np.linalg.solve(ahead, F @ P).mT
        except np.linalg.LinAlgError:  # something is known for certain
            C = P @ F.mT @ np.linalg.pinv(ahead, hermitian=True)
        # m ← m + C (m₊ − F m)
        mean[..., k, :] += np.matvec(C, mean[..., k + 1, :] - run.prior_mean[..., k + 1, :])
        # P ← (I − C F) P (I − C F)ᵀ + C (P₊ + Q) Cᵀ, which equals P + C (P₊ − F P Fᵀ − Q) Cᵀ and cannot turn negative
        A = one - C @ F
        P = A @ P @ A.mT + C @ (cov[..., k + 1, :, :] + Q) @ C.mT
        cov[..., k, :, :] = 0.5 * (P + P.mT)
    return Smoothed(mean, np.broadcast_to(cov, run.cov.shape) if shared else cov)


# ---- the steady state


def steady_covariance(model: Model) -> Floats:
    """Give the covariance *before* the update that the filter settles to: the solution of the Riccati equation.

    Parameters
    ----------
    model
        One setting or many; R must be invertible. P0 has no say.

    Returns
    -------
    (…, n, n) array

    Raises
    ------
    ValueError
        If R is singular, or the covariance grows without end.

    Notes
    -----
    The Riccati recursion from P = 0, doubled: each round goes as many steps as all before. 40 rounds are 10¹² steps.
    """
    R = model.R
    try:
        # A = Fᵀ, G = Hᵀ R⁻¹ H, P = Q: one step
        G = model.H.mT @ np.linalg.solve(R, np.broadcast_to(model.H, (*model.settings, *model.H.shape[-2:])))
    except np.linalg.LinAlgError:
        raise ValueError("R is singular; the steady gain needs noise in every measurement.") from None
    A, P, one = model.F.mT, model.Q, np.eye(model.F.shape[-1])
    for _ in range(DOUBLINGS):
        with np.errstate(over="ignore", invalid="ignore"):
            W = one + G @ P
            if not np.isfinite(W).all():
                raise ValueError("No steady state: part of the state grows and is never measured or never disturbed.")
            WA = np.linalg.solve(W, np.broadcast_to(A, W.shape))
            # P ← P + Aᵀ P (I + G P)⁻¹ A
            step = A.mT @ P @ WA
            # G ← G + A (I + G P)⁻¹ G Aᵀ
            G = G + A @ np.linalg.solve(W, np.broadcast_to(G, W.shape)) @ A.mT
            # A ← A (I + G P)⁻¹ A
            A = A @ WA
            P = P + 0.5 * (step + step.mT)
            G = 0.5 * (G + G.mT)
        scale = np.abs(P).max(axis=(-2, -1))
        if (np.abs(step).max(axis=(-2, -1)) <= 1e-16 * scale).all():
            return np.asarray(np.broadcast_to(P, (*model.settings, *P.shape[-2:])))
    raise ValueError("No steady state: the uncertainty grows without end.")


def steady_gain(model: Model) -> Floats:
    """Give the gain the filter settles to, (…, n, m): what the update multiplies the innovation by.

    Parameters and errors are those of `steady_covariance`.

    Examples
    --------
    >>> round(steady_gain(local_level(1.0, 1.0)).item(), 12)  # the golden ratio less one
    0.61803398875
    """
    P = steady_covariance(model)
    PH = P @ model.H.mT
    # K = P Hᵀ (H P Hᵀ + R)⁻¹
    return _divide(PH, model.H @ PH + model.R)


# ---- is it well tuned?


def nees(states: ArrayLike, mean: ArrayLike, cov: ArrayLike) -> Floats:
    """Give the normalised estimation error squared, (x − m)ᵀ P⁻¹ (x − m); n on average where P tells the truth.

    Parameters
    ----------
    states, mean
        (…, n) true and estimated.
    cov
        (…, n, n), positive definite.
    """
    error = _floats(states) - _floats(mean)
    return _normalised(error, np.broadcast_to(_floats(cov), (*error.shape, error.shape[-1])))[0]


def chi2_band(freedom: float, share: float = 0.95) -> tuple[float, float]:
    """Give the band that holds a χ² number of `freedom` degrees with probability `share`, the rest half on each side."""
    if not freedom > 0 or not 0 < share < 1:
        raise ValueError("A χ² band needs degrees of freedom > 0 and a share between 0 and 1.")
    low, high = 2 * gammaincinv(freedom / 2, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def autocorrelation(x: ArrayLike, lags: int) -> Floats:
    """Give the correlation of a series with itself 1, 2, …, `lags` steps later; NaN is left out.

    Parameters
    ----------
    x
        (t,), taken to have mean 0.

    Returns
    -------
    (lags,) array
        Of white noise within ±1.96/√t about 95 % of the time.
    """
    a = _floats(x)
    _count("lags", lags)
    if a.ndim != 1 or len(a) <= lags:
        raise ValueError(f"The series needs more than {lags} numbers in one row.")
    known = ~np.isnan(a)
    filled = np.where(known, a, 0.0)
    power = float((filled**2).sum()) / max(1, int(known.sum()))
    if power == 0:
        return np.zeros(lags)
    out = np.empty(lags)
    for lag in range(1, lags + 1):
        pairs = int((known[lag:] & known[:-lag]).sum())
        # ρ(l) = mean of x_k x_{k−l} ÷ mean of x²
        out[lag - 1] = (filled[lag:] * filled[:-lag]).sum() / pairs / power if pairs else 0.0
    return out


def likelihood(model: Model, z: ArrayLike, *, q: ArrayLike, r: ArrayLike) -> Likelihood:
    """Give the likelihood of a series over the sizes of Q and R, and the best pair.

    Parameters
    ----------
    model
        One setting.
    z
        (t,) or (t, m) measurements, at least one of them not missing.
    q, r
        (a,) and (b,) positive factors: Q is multiplied by q; R, and P0 with it, by r.

    Notes
    -----
    Multiplying Q, R and P0 by r leaves every gain, hence every innovation, as it is, and only multiplies S by r. So one
    filter for each ratio q/r gives the whole surface, and for each ratio the best r is the mean NIS: a formula.
    """
    if model.settings:
        raise ValueError("The likelihood is of one setting; q and r make the others.")
    q_factors, r_factors = np.atleast_1d(_floats(q)), np.atleast_1d(_floats(r))
    for name, factors in (("q", q_factors), ("r", r_factors)):
        if factors.ndim != 1 or not (np.isfinite(factors).all() and (factors > 0).all()):
            raise ValueError(f"{name} must be positive numbers in one row.")
    series = _series(model, z)
    if series.ndim != 2:
        raise ValueError("The likelihood is of one series.")
    count = int((~np.isnan(series)).sum())
    if count == 0:
        raise ValueError("Every measurement is missing.")
    exponents = np.round(np.log(q_factors)[:, None] - np.log(r_factors)[None, :], 9)
    ratios, index = np.unique(exponents, return_inverse=True)

    def sums(ratio: Floats) -> tuple[Floats, Floats]:
        run = filter(model.scaled(q=np.exp(ratio)), series)
        a = np.nansum(run.nis, axis=-1)
        return a, -2 * np.asarray(run.log_likelihood) - a  # Σ yᵀ S⁻¹ y and Σ (ln det S + m ln 2π)

    a, b = sums(ratios)
    # ln p = −½ (Σ NIS / r + Σ ln det S + N ln r + N ln 2π)
    i = index.reshape(exponents.shape)
    surface = -0.5 * (a[i] / r_factors + b[i] + count * np.log(r_factors))
    # At the best r = Σ NIS / N of each ratio, ln p = −½ (N + Σ ln det S + N ln r + N ln 2π)
    profile = -0.5 * (count + b + count * np.log(np.maximum(a, 1e-300) / count))
    top = int(profile.argmax())
    ratio = ratios[top]
    if 0 < top < len(ratios) - 1:  # the top of the parabola through three neighbours
        x, y = ratios[top - 1 : top + 2], profile[top - 1 : top + 2]
        left, right = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
        if left > right:
            ratio = (x[0] + x[1]) / 2 + left / (left - right) * (x[2] - x[0]) / 2
    a, b = sums(np.array([ratio]))
    best_r = float(a[0] / count)
    best = -0.5 * float(count + b[0] + count * np.log(best_r))
    return Likelihood(q_factors, r_factors, surface, float(np.exp(ratio)) * best_r, best_r, best)


# ---- simpler estimators, for the race


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
    series = _series(model, z)
    n, m = model.F.shape[-1], model.H.shape[-2]
    K = _floats(gain)
    K = K.reshape(1, 1) if K.size == n * m == 1 else K
    if K.shape != (n, m) or not np.isfinite(K).all():
        raise ValueError(f"The gain must be {n} × {m} finite numbers.")
    out = np.empty((*series.shape[:-1], n))
    x = np.broadcast_to(model.m0, out[..., 0, :].shape)
    for k in range(series.shape[-2]):
        # m ← F m, then m ← m + K (z − H m)
        x = np.matvec(model.F, x)
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
    a = _floats(z)
    _count("window", window)
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
    a = _floats(values)
    known = ~np.isnan(a)
    with np.errstate(invalid="ignore"):
        return _plain(np.where(known, a, 0.0).sum(axis=-1) / known.sum(axis=-1))


def rmse(estimate: ArrayLike, truth: ArrayLike) -> Any:
    """Give the root mean squared error along the last axis, `average` as to NaN."""
    return _plain(np.sqrt(average((_floats(estimate) - _floats(truth)) ** 2)))


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
    a, b = np.broadcast_arrays(_floats(estimate), _floats(truth))
    _count("most", most)
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


# ---- at the door


def _series(model: Model, z: ArrayLike) -> Floats:
    """Check measurements and give them as (t, m) or (s, t, m)."""
    m = model.H.shape[-2]
    series = _floats(z)
    if series.ndim == 1 and m == 1:
        series = series[:, None]
    if series.ndim not in (2, 3) or series.shape[-1] != m or 0 in series.shape:
        raise ValueError(f"z has shape {np.shape(z)}; it must be steps × {m}, or series × steps × {m}, and not empty.")
    missing = np.isnan(series)
    if (missing.any(axis=-1) != missing.all(axis=-1)).any():
        raise ValueError("A row of z is partly NaN; a measurement is missing as a whole or not at all.")
    if np.isinf(series).any():
        raise ValueError("z holds an infinite number.")
    return series


def _batch(model: Model, rows: tuple[int, ...]) -> tuple[int, ...]:
    if model.settings and rows and model.settings != rows:
        raise ValueError(
            f"There are {model.settings[0]} settings and {rows[0]} series; give as many, or one of either."
        )
    return model.settings or rows


def _covariance(name: str, array: Floats) -> None:
    scale = np.abs(array).max(axis=(-2, -1), keepdims=True)
    if (np.abs(array - array.mT) > 1e-9 * scale).any():
        raise ValueError(f"{name} is not symmetric.")
    if array.shape[-1] == 1:
        if (array < 0).any():
            raise ValueError(f"{name} is negative; it is a variance.")
        return
    if (np.linalg.eigvalsh(array) < -1e-9 * scale[..., 0]).any():
        raise ValueError(f"{name} is no covariance: it has a negative eigenvalue.")


def _floats(value: Any) -> Floats:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("Expected numbers in an array.") from None


def _numbers(name: str, value: ArrayLike) -> Floats:
    array = _floats(value)
    if np.isnan(array).any():
        raise ValueError(f"{name} is not a number.")
    return array


def _plain(array: Floats) -> Any:
    return float(array) if np.ndim(array) == 0 else array


def _positive(name: str, value: float) -> None:
    if not isinstance(value, Real) or not np.isfinite(value) or not value > 0:
        raise ValueError(f"{name} must be a finite number above 0.")


def _count(name: str, value: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number ≥ 1.")


def _make_read_only(*arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.flags.writeable = False

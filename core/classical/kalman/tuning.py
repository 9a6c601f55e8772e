"""Is a filter well tuned? Tests of its innovations and errors, and the likelihood of its Q and R."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from core import door
from core.classical.kalman.filtering import filter, measurements, normalised
from core.classical.kalman.models import Floats, Model
from core.result import result


def nees(states: ArrayLike, mean: ArrayLike, cov: ArrayLike) -> Floats:
    """Give the normalised estimation error squared, (x − m)ᵀ P⁻¹ (x − m); n on average where P tells the truth.

    Parameters
    ----------
    states, mean
        (…, n) true and estimated.
    cov
        (…, n, n), positive definite.
    """
    error = door.numbers("states", states) - door.numbers("mean", mean)
    return normalised(error, np.broadcast_to(door.numbers("cov", cov), (*error.shape, error.shape[-1])))[0]


def chi2_band(freedom: float, share: float = 0.95) -> tuple[float, float]:
    """Give the band that holds a χ² number of `freedom` degrees with probability `share`, as much below as above."""
    freedom, share = door.number("freedom", freedom, above=0), door.number("share", share, above=0, most=1)
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
    a, lags = door.numbers("x", x, ndim=1, missing=True), door.whole("lags", lags)
    if len(a) <= lags:
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


@result
class Likelihood:
    """The log-likelihood of a series over the sizes of Q and R."""

    q: Floats  # (a,) what the model's Q was multiplied by
    r: Floats  # (b,) and its R and P0
    surface: Floats  # (a, b) log-likelihood
    best_q: float  # the pair of the greatest likelihood, between the grid's values too
    best_r: float
    best: float  # its log-likelihood


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
    q_factors, r_factors = (door.numbers(name, np.atleast_1d(v), ndim=1) for name, v in (("q", q), ("r", r)))
    if (q_factors <= 0).any() or (r_factors <= 0).any():
        raise ValueError("q and r must be positive.")
    series = measurements(model, z)
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

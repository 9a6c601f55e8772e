"""The filter of one number: blend an estimate and a measurement, each weighed by how uncertain it is."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result


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

    Examples
    --------
    >>> gain(16, 1)  # a thermometer with ±1, an estimate with ±4
    0.9411764705882353
    """
    P, R = _variances(prior_variance, measurement_variance)
    if (P == R)[(P == 0) | np.isinf(P)].any():
        raise ValueError("With both variances 0, or both infinite, no gain is better than another.")
    with np.errstate(invalid="ignore"):
        # K = P / (P + R)
        K = np.where(np.isinf(P), 1.0, P / (P + R))
    return plain(K)


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

    Examples
    --------
    >>> [round(v, 3) for v in update(22, 4**2, 24, 1**2)]
    [23.882, 0.941, 0.941]
    """
    m, measured = door.numbers("mean", mean), door.numbers("z", z)
    K = np.asarray(gain(variance, r))
    P, R = _variances(variance, r)
    # m ← m + K (z − m)
    m = m + K * (measured - m)
    with np.errstate(invalid="ignore"):
        # P ← (1 − K) P = K R, of which the second loses no digits as K nears 1
        P = np.where(np.isinf(R), P, K * R)
    return plain(m), plain(P), plain(K)


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
    K = door.numbers("k", k)
    P, R = _variances(prior_variance, measurement_variance, endless=False)
    # MSE(K) = (1 − K)² P + K² R
    return plain((1 - K) ** 2 * P + K**2 * R)


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


def plain(array: NDArray[np.float64]) -> Any:
    """Give an array, or a float where it has no axis."""
    return float(array) if np.ndim(array) == 0 else array


def _variances(P: ArrayLike, R: ArrayLike, endless: bool = True) -> Any:
    pair = (door.numbers(name, v, endless=endless) for name, v in (("prior_variance", P), ("measurement_variance", R)))
    P, R = np.broadcast_arrays(*pair)
    if (P < 0).any() or (R < 0).any():
        raise ValueError("A variance is negative.")
    return P, R

"""The smallest GAN: all data are the number 0, the generator makes the number θ, the critic says D(x) = σ(−ψx).

References
----------
L. Mescheder, A. Geiger, S. Nowozin (2018), Which training methods for GANs do actually converge? ICML, 3481–3490.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door

Array = NDArray[np.float64]

SCHEMES = ("simultaneous", "alternating", "extragradient")
MOST = 100_000  # steps


def pull(place: ArrayLike, penalty: float = 0.0) -> Array:
    """Give where both players want to go from (θ, ψ).

    Parameters
    ----------
    place
        (…, 2) generator θ and critic ψ.
    penalty
        γ of the critic's R1 penalty γ/2 |D′(0)|², which here is γ/2 ψ².

    Returns
    -------
    (…, 2)
        −∂L/∂θ and +∂L/∂ψ of L = ln D(0) + ln(1 − D(θ)) − γ/2 ψ² = f(0) + f(ψθ) − γ/2 ψ², f(t) = −ln(1 + e⁻ᵗ): the
        generator lowers L, the critic raises it.
    """
    place = door.numbers("place", place)
    if place.ndim < 1 or place.shape[-1] != 2:
        raise ValueError(f"place must hold pairs (θ, ψ), not {place.shape}.")
    return np.stack(_pull(place[..., 0], place[..., 1], door.number("penalty", penalty, least=0)), axis=-1)


def _pull(theta: Any, psi: Any, penalty: float) -> tuple[Any, Any]:
    # f′(t) = 1 / (1 + eᵗ)
    slope = expit(-theta * psi)
    # (−f′(ψθ) ψ,  f′(ψθ) θ − γ ψ)
    return -slope * psi, slope * theta - penalty * psi


def dirac(*, rate: float, steps: int, scheme: str = "simultaneous", penalty: float = 0.0, start: ArrayLike) -> Array:
    """Let generator and critic learn from each other.

    Parameters
    ----------
    rate
        Learning rate η of both.
    steps
        How many, at least 1.
    scheme
        "simultaneous": both step from where both are. "alternating": the critic steps, then the generator, which sees
        the new critic. "extragradient": both look a step ahead, and step from where they are by what pulls there.
    penalty
        γ of the critic's R1 penalty.
    start
        (θ, ψ).

    Returns
    -------
    (steps + 1, 2)
        (θ, ψ), the start first; not-a-number from where a run leaves the finite numbers.

    Examples
    --------
    >>> dirac(rate=1.0, steps=1, start=(1.0, 0.0))  # ψ ← 0 + f′(0) · 1
    array([[1. , 0. ],
           [1. , 0.5]])
    """
    rate, penalty = door.number("rate", rate, above=0), door.number("penalty", penalty, least=0)
    steps = door.whole("steps", steps, most=MOST)
    door.one_of("scheme", scheme, SCHEMES)
    path = np.full((steps + 1, 2), np.nan)
    path[0] = door.numbers("start", start, shape=(2,))
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(steps):
            path[k + 1] = _step(path[k, 0], path[k, 1], rate, scheme, penalty)
            if not np.isfinite(path[k + 1]).all():
                path[k + 1] = np.nan
                break
    return path


def _step(theta: float, psi: float, rate: float, scheme: str, penalty: float) -> tuple[float, float]:
    a, b = _pull(theta, psi, penalty)
    if scheme == "alternating":
        # ψ′ = ψ + η ∂L/∂ψ(θ, ψ),  θ′ = θ − η ∂L/∂θ(θ, ψ′)
        met = psi + rate * b
        return theta + rate * _pull(theta, met, penalty)[0], met
    if scheme == "extragradient":
        # z′ = z + η v(z + η v(z)); without the look ahead it is z + η v(z)
        a, b = _pull(theta + rate * a, psi + rate * b, penalty)
    return theta + rate * a, psi + rate * b


def linear(*, rate: float, scheme: str = "simultaneous", penalty: float = 0.0) -> Array:
    """Give the matrix (2, 2) by which a step multiplies (θ, ψ) near the equilibrium (0, 0), where f′ is ½.

    The modulus of its eigenvalues says how fast the two leave (above 1) or come home (below 1).
    """
    rate, penalty = door.number("rate", rate, above=0), door.number("penalty", penalty, least=0)
    door.one_of("scheme", scheme, SCHEMES)
    # v(z) ≈ A z
    A = np.array([[0.0, -0.5], [0.5, -penalty]])
    if scheme == "alternating":
        critic, generator = np.array([[0, 0], A[1]]), np.array([A[0], [0, 0]])
        return np.asarray((np.eye(2) + rate * generator) @ (np.eye(2) + rate * critic))
    return np.asarray(np.eye(2) + rate * A @ (np.eye(2) + rate * A if scheme == "extragradient" else np.eye(2)))

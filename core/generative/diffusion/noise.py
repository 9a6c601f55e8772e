"""How much of the data is left at each step, and the way into noise."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
SCHEDULES = ("linear", "cosine")
WHOLE = 1000  # steps of the linear schedule as it was published
MOST = 10_000


def schedule(steps: int, kind: str = "linear") -> Floats:
    """Give ᾱ: which share of the variance at each step is still the data's.

    Parameters
    ----------
    steps
        From 1 to 10,000. Whatever they are, the way leads from the data to (nearly) pure noise; with fewer steps each
        is larger.
    kind
        "linear": β grows from 0.0001 to 0.02 over 1,000 steps (Ho et al., 2020); of them, or of what lies between two,
        as many are taken as asked for, evenly. "cosine": ᾱ = f(t)/f(0), f = cos²(π/2 · (t + 0.008)/1.008), and no β
        above 0.999 (Nichol & Dhariwal, 2021).

    Returns
    -------
    (steps + 1,) array
        It falls from 1, the data itself.

    Examples
    --------
    >>> float(schedule(1000)[-1].round(8))
    4.036e-05
    """
    steps = door.whole("steps", steps, most=MOST)
    share = np.arange(steps + 1) / steps
    if door.one_of("kind", kind, SCHEDULES) == "cosine":
        f = np.cos((share + 0.008) / 1.008 * np.pi / 2) ** 2
        # ᾱ_t = Π (1 − β_s)
        return np.asarray(np.r_[1.0, np.cumprod(np.maximum(f[1:] / f[:-1], 0.001))])
    betas = np.linspace(1e-4, 0.02, WHOLE)
    logs = np.r_[0.0, np.cumsum(np.log1p(-betas))]
    return np.asarray(np.exp(np.interp(share * WHOLE, np.arange(WHOLE + 1), logs)))


def dissolve(x: ArrayLike, alpha_bar: ArrayLike, *, seed: int = 0) -> Floats:
    """Take points (n, d) into noise, step by step: frames (steps + 1, n, d), the points first."""
    x, left = door.points("x", x), levels(alpha_bar)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    frames = [x]
    for kept in left[1:] / left[:-1]:
        # x_t = √α_t x_{t−1} + √(1 − α_t) ε
        frames.append(np.sqrt(kept) * frames[-1] + np.sqrt(1 - kept) * rng.standard_normal(x.shape))
    return np.array(frames)


def levels(alpha_bar: ArrayLike) -> Floats:
    """Take a schedule: at least two shares, each above 0 and below the one before, the first at most 1."""
    left = door.numbers("alpha_bar", alpha_bar, ndim=1)
    if len(left) < 2 or left[0] > 1 or left[-1] <= 0 or (np.diff(left) >= 0).any():
        raise ValueError("alpha_bar must fall at every step, from at most 1, and stay above 0.")
    return left


def level(alpha_bar: float) -> float:
    """Take one share of the data's variance, above 0 and at most 1."""
    return door.number("alpha_bar", alpha_bar, above=0, most=1)

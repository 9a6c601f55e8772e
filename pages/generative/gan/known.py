"""Data and generator of which everything is known: the perfect critic, the divergence, and where each loss leads."""

import functools

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from core.generative import gan
from core.result import result

Array = NDArray[np.float64]

X = np.linspace(-16, 16, 401)
SD, MODES = 0.5, {"one": (0.0,), "two": (-2.0, 2.0)}  # of the data's bumps, and where they are
PLACES = np.linspace(-6, 6, 61)
STEPS, RATE = 40, 0.1


def bell(mean: Array | float, sd: float) -> Array:
    """Give ln of the probability of each place of X under N(mean, sd²); means (…, 1) give rows."""
    # ln N(x; m, s²) dx
    found = -((X - mean) ** 2) / (2 * sd**2) - np.log(sd * np.sqrt(2 * np.pi)) + np.log(X[1] - X[0])
    return np.asarray(found)


def data(target: str) -> Array:
    """Give ln p."""
    return np.asarray(np.logaddexp.reduce([bell(m, SD) for m in MODES[target]]) - np.log(len(MODES[target])))


def slopes(target: str, means: Array, sd: float) -> tuple[Array, Array]:
    """Give both losses' slopes by the generator's place, at each of the places (k,)."""
    log_q = bell(means[:, None], sd)
    # dq/dm = q (x − m) / s²
    return gan.slopes(data(target), log_q, np.exp(log_q) * (X - means[:, None]) / sd**2)


@functools.lru_cache(maxsize=64)
def landscape(target: str, sd: float) -> Array:
    """Give JS at each of PLACES."""
    return gan.jensen_shannon(np.exp(data(target)), np.exp(bell(PLACES[:, None], sd)))


@result
class Known:
    log_p: Array  # (n,) over X
    log_q: Array
    js: float
    curve: Array  # (places,) JS over where the generator might be
    minimax: float  # slope of E[ln(1 − D*)] by the generator's place
    other: float  # slope of E[−ln D*]
    walks: Array  # (STEPS + 1, 2) where each of the two leads, the critic being perfect at each step
    ends: Array  # (2,) JS there

    @property
    def critic(self) -> Array:
        """D* = p / (p + q), from the logarithms: where both are 0 in float64 it still says which is less so."""
        return np.asarray(expit(self.log_p - self.log_q))

    @property
    def right(self) -> float:
        """Share that the critic tells right if half of what it sees is real, %."""
        return float(50 * np.exp(np.maximum(self.log_p, self.log_q)).sum())


def known(target: str, place: float, sd: float) -> Known:
    log_p, log_q, m = data(target), bell(place, sd), np.full(2, place)
    here = slopes(target, m[:1], sd)
    walks = [m]
    for _ in range(STEPS):
        # m ← m − rate · slope, each by its own loss
        minimax, other = slopes(target, m, sd)
        m = m - RATE * np.array([minimax[0], other[1]])
        walks.append(m)
    p = np.exp(log_p)
    js, *ends = gan.jensen_shannon(p, np.exp(bell(np.array([place, *m])[:, None], sd)))
    both = (float(slope[0]) for slope in here)
    return Known(log_p, log_q, float(js), landscape(target, sd), *both, np.array(walks), np.array(ends))

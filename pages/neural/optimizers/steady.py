"""A walk on a valley's two curvatures, and by what its steps shrink the distance."""

import numpy as np
from numpy.typing import NDArray

from core.neural import landscapes as land
from core.neural import optimizers as core
from core.result import result

STEPS = 150
START = np.array([2.5, 1.0])  # along the valley and across it
RATES, MOMENTA = np.linspace(0.05, 4.2, 64), np.linspace(0.0, 0.99, 48)


@result
class Steady:
    path: NDArray[np.float64]  # (STEPS + 1, 2)
    away: NDArray[np.float64]  # (STEPS + 1,) distance over that of the start
    factor: float  # by which each step multiplies the distance in the end
    field: NDArray[np.float64]  # (48, 64) the same over MOMENTA and RATES
    edge: float  # the rate beyond which it explodes
    best: tuple[float, float]  # rate and momentum with the least factor
    least: float  # which is

    @property
    def decades(self) -> float:
        """Powers of ten by which the distance has shrunk; negative where it grew."""
        last = self.away[-1]
        return float(-np.log10(last)) if 0 < last < np.inf else float("-inf" if last else "inf")

    @property
    def expected(self) -> float:
        """The same if each step had multiplied by the factor."""
        return float(-STEPS * np.log10(max(self.factor, 1e-300)))


def factor(
    rate: float | NDArray[np.float64], momentum: float | NDArray[np.float64], condition: float
) -> NDArray[np.float64]:
    """Give the slower of both directions, curvatures 1 and 1/κ."""
    return np.maximum(land.shrink(rate, momentum, 1.0), land.shrink(rate, momentum, 1 / condition))


def steady(rate: float, momentum: float, condition: float) -> Steady:
    path = core.run("sgd", land.bowl(condition).gradient, START, steps=STEPS, rate=rate, momentum=momentum)
    with np.errstate(over="ignore", invalid="ignore"):
        away = np.linalg.norm(path, axis=1) / np.linalg.norm(START)
    # Polyak (1964): η = (2 / (√λ₁ + √λ₂))²,  β = ((√κ − 1) / (√κ + 1))², and the factor is √β
    root = np.sqrt(condition)
    least = (root - 1) / (root + 1)
    return Steady(
        path,
        np.where(np.isfinite(away), away, np.inf),
        float(factor(rate, momentum, condition)),
        factor(RATES, MOMENTA[:, None], condition),
        2 * (1 + momentum),
        ((2 / (1 + 1 / root)) ** 2, least**2),
        float(least),
    )

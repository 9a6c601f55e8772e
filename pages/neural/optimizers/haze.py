"""Forty walks with mini-batches, and how widely theory lets them scatter."""

import numpy as np
from numpy.typing import NDArray

from core.neural import landscapes as land
from core.neural import optimizers as core
from core.result import result

STEPS, WALKS, LAST = 240, 40, 80  # the last steps are the floor
START = (-4.0, 1.0)
EASE = 20.0  # where rates fall, η / (1 + t / EASE)


@result
class Haze:
    paths: NDArray[np.float64]  # (STEPS + 1, WALKS, 2)
    above: NDArray[np.float64]  # (STEPS + 1, WALKS) loss above the least
    full: NDArray[np.float64]  # (STEPS + 1,) the same of the walk with all examples
    spread: NDArray[np.float64]  # (2, 2) covariance in the end, by the law, at the last rate
    best: tuple[float, float]
    law: float  # mean loss above the least, by the law

    @property
    def floor(self) -> float:
        """Mean loss above the least of the last steps."""
        return float(self.above[-LAST:].mean())

    @property
    def uphill(self) -> float:
        """Of the last steps, how many raise the loss, %."""
        return 100 * float(np.mean(np.diff(self.above[-LAST:], axis=0) > 0))

    @property
    def early(self) -> float:
        """Of the first five steps, how many raise the loss, %."""
        return 100 * float(np.mean(np.diff(self.above[:6], axis=0) > 0))


def haze(rate: float, batch: int, falls: bool, seed: int) -> Haze:
    x, y = land.petals()
    here = land.iris()
    ease = 1 / (1 + np.arange(STEPS) / EASE) if falls else np.ones(STEPS)
    drawn, factors = land.drawn_gradients(x, y, batch=batch, seed=seed), iter(ease)
    # A falling rate is a falling factor of the gradient.
    paths = core.walks("sgd", lambda w: next(factors) * drawn(w), np.tile(START, (WALKS, 1)), steps=STEPS, rate=rate)
    factors = iter(ease)
    full = core.run("sgd", lambda w: next(factors) * here.gradient(w), START, steps=STEPS, rate=rate)
    each, hessian = land.logistic_gradients(here.best, x, y), land.logistic_hessian(here.best, x)
    spread = land.steady_covariance(hessian, each.T @ each / len(x) / batch, rate * float(ease[-1]))
    # Near the bottom L − L* ≈ ½ (w − w*)ᵀ H (w − w*), whose mean is ½ tr(H S)
    law = float(np.trace(hessian @ spread) / 2)
    return Haze(paths, here.loss(paths) - here.least, here.loss(full) - here.least, spread, here.best, law)

"""A fit of logistic regression in the plane, step by step."""

import numpy as np
from numpy.typing import NDArray

from core.classical import logistic
from core.result import result
from ui import stock

STEPS = 25  # at most


@result
class Fitted:
    problem: stock.Problem
    weights: NDArray[np.float64]  # (f, 3) the walk, bias first
    loss: NDArray[np.float64]  # (f,) nats
    converged: bool
    lda: NDArray[np.float64] | None  # (3,)

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """(f,) in %."""
        right = (self.odds > 0) == self.problem.y
        return np.full(len(right), np.nan) if np.isnan(self.loss[0]) else 100 * right.mean(axis=1)

    @property
    def odds(self) -> NDArray[np.float64]:
        """(f, n) log-odds of class 1."""
        return self.weights[:, :1] + self.weights[:, 1:] @ self.problem.x.T

    @property
    def promised(self) -> float | None:
        """The mean probability of class 1, %; None without both classes."""
        if np.isnan(self.loss[0]):
            return None
        return 100 * float(logistic.probabilities(self.weights[-1], self.problem.x).mean())

    @property
    def base(self) -> float | None:
        """The share of class 1, %; None without both classes."""
        if np.isnan(self.loss[0]):
            return None
        return 100 * float(self.problem.y.mean())


def fitted(p: stock.Plane, penalty: float, lda: bool) -> Fitted:
    data = stock.problem(p)
    if len(np.unique(data.y)) < 2:
        return Fitted(data, np.zeros((1, 3)), np.full(1, np.nan), False, None)
    path = logistic.irls(data.x, data.y, penalty=penalty, steps=STEPS)
    spread = np.linalg.matrix_rank(data.x - data.x.mean(axis=0)) == 2
    both = logistic.discriminant(data.x, data.y) if lda and spread and len(data.y) > 4 else None
    return Fitted(data, path.weights, path.loss, path.converged, both)

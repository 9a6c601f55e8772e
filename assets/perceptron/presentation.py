"""Versicolor and virginica on petal length and width, 100 epochs: the examples in fixed order, and shuffled 100 times.

Makes `fixed` (1 a row, all equal) and `shuffled`: the plain perceptron's accuracy in the end, one row a seed.
"""

import numpy as np
from numpy.typing import NDArray

from core.classical.perceptron import fit, predict
from core.data import load

SEEDS = 100


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Give the accuracies of all seeds, or of the `first` few."""
    data = load("iris", noise=0.0)
    keep = data.y > 0
    x, y = data.x[keep][:, [2, 3]], data.y[keep] - 1

    def accuracy(order: str, seed: int) -> float:
        trace = fit(x, y, epochs=100, order=order, seed=seed)
        return float(np.mean(predict(trace.weights[-1], x) == y))

    seeds = range(SEEDS if first is None else first)
    return {
        "fixed": np.array([accuracy("fixed", seed) for seed in seeds]),
        "shuffled": np.array([accuracy("shuffled", seed) for seed in seeds]),
    }

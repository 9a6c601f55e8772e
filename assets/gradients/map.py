"""The trainability map: 200 steps on the digits at each depth and σ_w, for tanh, ReLU and sigmoid.

Makes `loss`, the cross-entropy over the training digits in the end (not-a-number where the run left the finite
numbers), and `accuracy` on the test digits, one row a cell in the order of `map_trials`.
"""

import numpy as np
from numpy.typing import NDArray

from core.neural.gradients import map_trials


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Give the losses and accuracies of all cells, or of the `first` few."""
    runs = [trial.run() for trial in map_trials()[:first]]
    return {
        "loss": np.array([run.final_loss for run in runs]),
        "accuracy": np.array([run.accuracy[-1] for run in runs]),
    }

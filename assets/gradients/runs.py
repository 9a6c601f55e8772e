"""The training runs that the lesson opens with, and those of its experiments: `MADE_AHEAD` of the core, a row each."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural.gradients import MADE_AHEAD, pack

STEPS, LAYERS = 200, 21  # of the longest and the deepest


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give the runs as padded arrays, all of them or the `first` few."""
    rows = [pack(trial.run(), STEPS, LAYERS) for trial in MADE_AHEAD[:first]]
    return {key: np.stack([row[key] for row in rows]) for key in rows[0]}

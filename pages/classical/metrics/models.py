"""Two models of the same patients: what balanced weights change, and what they do not."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.classical import metrics as m


class Models(Protocol):
    """Labels, and what both models say of them."""

    y: NDArray[np.int64]
    plain: NDArray[np.float64]
    even: NDArray[np.float64]
    prior: float


def moved(*runs: Models) -> dict[str, float]:
    """Compare both models, means over the runs: areas, recalls at ½ and at the prior, Brier scores."""

    def recall(r: Models, says: NDArray[np.float64], at: float) -> float:
        tp, _, fn, _ = m.confusion(r.y, says, at)
        return m.recall(tp, fn)

    table = {
        "auc": [m.roc(r.y, r.plain).area for r in runs],
        "auc_even": [m.roc(r.y, r.even).area for r in runs],
        "recall_even": [recall(r, r.even, 0.5) for r in runs],
        "recall": [recall(r, r.plain, r.prior) for r in runs],
        "brier": [m.brier(r.y, r.plain) for r in runs],
        "brier_even": [m.brier(r.y, r.even) for r in runs],
    }
    return {name: float(np.mean(values)) for name, values in table.items()}


def only_moved(*runs: Models) -> bool:
    mean = moved(*runs)
    same = abs(mean["auc"] - mean["auc_even"]) < 0.02 and abs(mean["recall"] - mean["recall_even"]) < 0.06
    return same and mean["brier_even"] > 1.5 * mean["brier"]

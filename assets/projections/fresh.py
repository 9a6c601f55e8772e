"""The cases of `core.classical.layouts.FRESH`, one a row: the arrays of `Placed`, unused points 0."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from core.classical.layouts import FRESH, Placed, work_fresh

N = 500


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all cases, or the `first` few."""
    cases = FRESH[:first]
    made = {field.name: np.zeros((len(cases), N, 2), np.float32) for field in fields(Placed)}
    for i, case in enumerate(cases):
        placed = work_fresh(case)
        for name, rows in made.items():
            places = getattr(placed, name)
            rows[i, : len(places)] = places
    return made

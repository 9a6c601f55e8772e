"""The runs of UMAP of `core.classical.layouts.UMAP_AHEAD`, one a row: `last`, the result, unused points 0.

`seconds` is what the run took of one processor when all was made; making the first rows again takes no time anew.
"""

import time

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.classical.layouts import UMAP_AHEAD, work
from core.classical.projections import warm

N = 500


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all runs, or the `first` few."""
    warm()
    runs = UMAP_AHEAD[:first]
    made = {"last": np.zeros((len(runs), N, 2), np.float32), "seconds": np.zeros(len(runs))}
    for i, run in enumerate(runs):
        began = time.thread_time()  # of this thread alone, however busy the machine is
        layout = work(run)
        made["seconds"][i] = time.thread_time() - began
        made["last"][i, : len(layout.last)] = layout.last
    if first is not None:
        made["seconds"] = ahead.load("projections/umap")["seconds"][:first]
    return made

"""The runs of UMAP of `core.classical.projections.ahead.UMAP`, one a row: `last`, the result, unused points 0.

`seconds` is what the run took of one processor when all was made; making the first rows again takes no time anew.
"""

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.classical import projections as pj
from core.classical.projections.ahead import UMAP
from core.classical.projections.runs import points

N = 500


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all runs, or the `first` few."""
    pj.warm()
    runs = UMAP[:first]
    made = {"last": np.zeros((len(runs), N, 2), np.float32), "seconds": np.zeros(len(runs))}
    for i, run in enumerate(runs):
        began = time.thread_time()  # of this thread alone, however busy the machine is
        found = run.work()
        made["seconds"][i] = time.thread_time() - began
        made["last"][i, : len(found.points)] = found.points
    if first is not None:
        made["seconds"] = ahead.load("projections/umap")["seconds"][:first]
    return made


def alike(stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Hold rows to the neighbours kept; which of several good places a cluster takes is open."""
    if (stored["seconds"] != again["seconds"]).any():
        return False
    for i, run in enumerate(UMAP[: len(stored["last"])]):
        x = points(run.source)
        if stored["last"][i, len(x) :].any() or again["last"][i, len(x) :].any():
            return False
        kept = [pj.quality(x, rows["last"][i, : len(x)], ks=[10]).recall[0] for rows in (stored, again)]
        if abs(kept[1] - kept[0]) > 0.03:
            return False
    return True

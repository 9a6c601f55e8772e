"""The runs of t-SNE of `core.classical.layouts.TSNE_AHEAD`, one a row; unused frames and points are 0.

`last` is the result, `frames` the way there in 16 bits, `count` how many frames there are, `steps` and `cost` belong to them.
`seconds` is what the run took of one processor when all was made; making the first rows again takes no time anew.
"""

import time

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.classical.layouts import FRAMES, TSNE_AHEAD, work

N, T = 500, 2 * FRAMES


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all runs, or the `first` few."""
    runs = TSNE_AHEAD[:first]
    made = {
        "last": np.zeros((len(runs), N, 2), np.float32),
        "frames": np.zeros((len(runs), T, N, 2), np.float16),
        "count": np.zeros(len(runs)),
        "steps": np.zeros((len(runs), T)),
        "cost": np.zeros((len(runs), T), np.float32),
        "seconds": np.zeros(len(runs)),
    }
    for i, run in enumerate(runs):
        began = time.thread_time()  # of this thread alone, however busy the machine is
        layout = work(run)
        made["seconds"][i] = time.thread_time() - began
        t, n, _ = layout.frames.shape
        made["last"][i, :n], made["frames"][i, :t, :n] = layout.last, layout.frames
        made["count"][i], made["steps"][i, :t], made["cost"][i, :t] = t, layout.steps, layout.cost
    if first is not None:
        made["seconds"] = ahead.load("projections/tsne")["seconds"][:first]
    return made

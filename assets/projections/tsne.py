"""The runs of t-SNE of `core.classical.projections.ahead.TSNE`, one a row; unused frames and points are 0.

`last` is the result, `frames` the way there in 16 bits, `count` how many frames, `steps` and `cost` belong to them.
`seconds` is what the run took of one processor when all was made; making the first rows again takes no time anew.
"""

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from core import ahead
from core.classical import projections as pj
from core.classical.projections.affinity import affinities
from core.classical.projections.ahead import TSNE
from core.classical.projections.runs import FRAMES, points
from core.classical.projections.tsne import Divergence

N, T = 500, 2 * FRAMES


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all runs, or the `first` few."""
    runs = TSNE[:first]
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
        found = run.work()
        made["seconds"][i] = time.thread_time() - began
        t, n, _ = found.frames.shape
        made["last"][i, :n], made["frames"][i, :t, :n] = found.points, found.frames
        made["count"][i], made["steps"][i, :t], made["cost"][i, :t] = t, found.iterations, found.cost
    if first is not None:
        made["seconds"] = ahead.load("projections/tsne")["seconds"][:first]
    return made


def alike(stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Hold rows to the cost of their places and the neighbours kept; which of several good maps it ends in is open."""
    if any((stored[key] != again[key]).any() for key in ("count", "steps", "seconds")):
        return False
    for i, run in enumerate(TSNE[: len(stored["count"])]):
        x, end = points(run.source), int(stored["count"][i]) - 1
        P = affinities(x, min(run.perplexity, (len(x) - 1) / 3))
        kept = []
        for rows in (stored, again):
            places = rows["last"][i]
            # The last frame is the result in 16 bits, and what is not used is 0.
            if places[len(x) :].any() or not np.allclose(rows["frames"][i, end], places, rtol=1e-3, atol=1e-2):
                return False
            kept.append(pj.quality(x, places[: len(x)], ks=[10]).recall[0])
            near = 1 / (1 + cdist(places[: len(x)], places[: len(x)], "sqeuclidean"))
            cost = Divergence(P)(places[: len(x)], near.sum() - len(x))
            if not np.isclose(rows["cost"][i, end], cost, rtol=1e-3):
                return False
        if abs(kept[1] - kept[0]) > 0.03:
            return False
    return True

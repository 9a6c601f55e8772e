"""The chances of `core.classical.projections.ahead.CHANCES`, one a row; unused points are 0.

`tsne` and `umap`, (seeds, n, 2): places. `tsne_scores` and `umap_scores`, (seeds, 2): recall of the 10 nearest
neighbours, accuracy of triplets.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.ahead import CHANCES
from core.classical.projections.runs import SEEDS, points

N = 500


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all chances, or the `first` few."""
    runs = CHANCES[:first]
    made: dict[str, NDArray[Any]] = {name: np.zeros((len(runs), SEEDS, N, 2), np.float32) for name in ("tsne", "umap")}
    made |= {f"{name}_scores": np.zeros((len(runs), SEEDS, 2)) for name in ("tsne", "umap")}
    for i, run in enumerate(runs):
        found = run.work()
        made["tsne"][i, :, : found.tsne.shape[1]], made["umap"][i, :, : found.umap.shape[1]] = found.tsne, found.umap
        made["tsne_scores"][i], made["umap_scores"][i] = found.tsne_scores, found.umap_scores
    return made


def alike(stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Hold rows to the means of the scores over the seeds, and the scores to the places; the places are open."""
    for i, run in enumerate(CHANCES[: len(stored["tsne"])]):
        x = points(run.source)
        for method in ("tsne", "umap"):
            for rows in (stored, again):
                places = rows[method][i]
                kept = pj.quality(x, places[-1, : len(x)], ks=[10]).recall[0]
                if places[:, len(x) :].any() or abs(kept - rows[f"{method}_scores"][i, -1, 0]) > 0.002:
                    return False
            means = [rows[f"{method}_scores"][i].mean(axis=0) for rows in (stored, again)]
            if (np.abs(means[1] - means[0]) > (0.03, 0.05)).any():
                return False
    return True

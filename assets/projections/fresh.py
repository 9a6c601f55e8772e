"""The cases of `core.classical.projections.ahead.FRESH`, one a row: the arrays of `Placed`, unused points 0."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.ahead import FRESH
from core.classical.projections.runs import Placed, points

N = 500


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all cases, or the `first` few."""
    cases = FRESH[:first]
    made = {field.name: np.zeros((len(cases), N, 2), np.float32) for field in fields(Placed)}
    for i, case in enumerate(cases):
        placed = case.work()
        for name, rows in made.items():
            places = getattr(placed, name)
            rows[i, : len(places)] = places
    return made


def alike(stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Hold PCA to its numbers, the other maps to the neighbours that old and new points keep; the places are open."""
    if any(not np.allclose(stored[key], again[key], rtol=1e-5, atol=1e-5) for key in ("pca", "pca_new")):
        return False
    for i, case in enumerate(FRESH[: len(stored["pca"])]):
        x = points(case.source)
        old = len(x) - case.new
        for method in ("tsne", "umap", "again"):
            kept = []
            for rows in (stored, again):
                places = rows[method][i]
                if method != "again":  # there old and new points are in one array
                    places = np.concatenate([places[:old], rows[f"{method}_new"][i, : case.new]])
                kept.append(pj.quality(x, places[: len(x)], ks=[10]).recall[0])
            if abs(kept[1] - kept[0]) > 0.03:
                return False
    return True

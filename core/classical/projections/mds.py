"""Multidimensional scaling: a map that keeps distances, as well as a shadow can (classical) or as any map can (SMACOF).

Torgerson, "Multidimensional scaling: I. Theory and method" (1952).
de Leeuw, "Applications of convex analysis to multidimensional scaling" (1977): SMACOF.
"""

import time

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from core import door
from core.classical.projections.embedding import REPORT, Embedding, OnFrame, start
from core.classical.projections.pca import pca
from core.classical.projections.points import MAX_POINTS, Floats, squared_distances, take, take_both

METHODS = ("classical", "smacof")
INITS = ("classical", "random")
_ROWS = 256  # of a block of a distance matrix


def mds(
    x: ArrayLike,
    *,
    components: int = 2,
    method: str = "classical",
    seed: int = 0,
    init: str | ArrayLike = "classical",
    iterations: int = 200,
    every: int = 5,
    on_frame: OnFrame | None = None,
) -> Embedding:
    """Map points so that their distances are kept: multidimensional scaling.

    Parameters
    ----------
    x
        (n, d) finite numbers, at least two different points; at most `MAX_POINTS` for SMACOF.
    components
        Coordinates of the map, 1 to min(n, d).
    method
        "classical": inner products are kept as well as possible; for Euclidean distances that is PCA. "smacof": the
        distances themselves, by majorisation, step by step.
    seed
        Of a random start.
    init
        SMACOF's start: "classical", "random", or (n, components) places.
    iterations, every
        SMACOF's steps, and steps between two frames.
    on_frame
        As for `tsne`.

    Returns
    -------
    Embedding
        One frame for the classical method; SMACOF's from the start on.
    """
    began = time.perf_counter()
    x = take("x", x, least=2, most=None if method == "classical" else MAX_POINTS)
    door.one_of("method", method, METHODS)
    classical = pca(x, components=components).embedding
    if method == "classical":
        cost = np.array([stress(x, classical)])
        return Embedding(classical[None], cost, time.perf_counter() - began, np.zeros(1, int))
    iterations, every = door.whole("iterations", iterations, least=0), door.whole("every", every)
    y = _start(x, classical, init, seed)
    delta = cdist(x, x)
    whole = float((delta**2).sum())
    frames, costs, taken = [], [], []
    for i in range(iterations + 1):
        d = cdist(y, y)
        if i % every == 0 or i == iterations:
            frames.append(y)
            # √(Σ (δ_ij − d_ij)² / Σ δ_ij²)
            costs.append(float(np.sqrt(((delta - d) ** 2).sum() / whole)))
            taken.append(i)
        if on_frame is not None and (i % every == 0 or i % REPORT == 0):
            on_frame(i, y.copy())
        if i < iterations:
            # Guttman's transform: y_i ← 1/n Σ_j δ_ij / d_ij (y_i − y_j). The stress can't grow.
            ratio = np.divide(delta, d, out=np.zeros_like(d), where=d > 0)
            y = (y * ratio.sum(axis=1, keepdims=True) - ratio @ y) / len(x)
    return Embedding(np.array(frames), np.array(costs), time.perf_counter() - began, np.array(taken))


def _start(x: Floats, classical: Floats, init: str | ArrayLike, seed: int) -> Floats:
    """Give SMACOF's first places: the classical map, numbers as large as its, or those given."""
    if not isinstance(init, str):
        return start(x, classical.shape[1], init, seed)
    if door.one_of("init", init, INITS) == "classical":
        return classical.copy()
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    return float(np.sqrt((classical**2).mean())) * rng.standard_normal(classical.shape)


def stress(x: ArrayLike, embedding: ArrayLike) -> float:
    """Give √(Σ (δ − d)² / Σ δ²) over all pairs: 0 if the map keeps all distances.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)
    """
    x, y = take_both(x, embedding, least=2)
    missed, whole = 0.0, 0.0
    for row in range(0, len(x), _ROWS):
        delta, d = (np.sqrt(squared_distances(z[row : row + _ROWS], z)) for z in (x, y))
        missed, whole = missed + float(((delta - d) ** 2).sum()), whole + float((delta**2).sum())
    if not whole > 0:
        raise ValueError("All points are equal: there are no distances to keep.")
    return float(np.sqrt(missed / whole))

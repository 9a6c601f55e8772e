"""Silhouette and BIC over the number of clusters, of data and of noise."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import clusters
from pages.classical.clusters import shared

KS = np.arange(2, 7)
DRAWS, TRIES = 8, 4  # of noise; of k-means, of which the best is taken


def grouped(x: NDArray[np.float64], k: int, seed: int) -> NDArray[np.int64]:
    """Give the labels of the best of a few runs of k-means."""
    runs = [clusters.kmeans(x, clusters.starts(x, k, method="plusplus", seed=TRIES * seed + i)) for i in range(TRIES)]
    return min(runs, key=lambda run: float(run.inertia[-1])).labels[-1]


@functools.lru_cache(maxsize=64)
def judged(
    data: str, spread: float, points: tuple[tuple[float, float, int], ...], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the silhouettes for KS, and BIC for 1 bell and KS."""
    x = np.array(points)[:, :2] if points else shared.points(data, spread, seed)
    scores = np.array([measured(x, grouped(x, int(k), seed)) for k in KS])
    ridge = 1e-3 * float(x.var(axis=0).mean())
    fits = [clusters.em(x, components=k, ridge=ridge, steps=40, seed=seed) for k in (1, *KS.tolist())]
    return scores, np.array([clusters.bic(fit, "full") for fit in fits])


def measured(x: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    return clusters.silhouette(x, labels) if len(np.unique(labels)) > 1 else 0.0


@functools.lru_cache(maxsize=64)
def chance(n: int, wide: float, high: float) -> NDArray[np.float64]:
    """Give the silhouettes (DRAWS, len(KS)) of uniform noise in a box."""
    boxes = [np.random.default_rng([d, n]).uniform(size=(n, 2)) * [wide, high] for d in range(DRAWS)]
    return np.array([[measured(x, grouped(x, int(k), 0)) for k in KS] for x in boxes])

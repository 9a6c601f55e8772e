"""A run of k-means from one start, and how other starts end."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import clusters
from core.classical.kmeans import nearest
from core.grid import Grid
from core.result import result
from pages.classical.clusters import shared
from ui import stock

TRIES = 40  # other starts


@result
class Run:
    problem: stock.Problem
    trace: clusters.Trace | None  # None where there are fewer points than centres
    grid: Grid
    regions: NDArray[np.uint8]  # (t, cells) the nearest centre
    endings: NDArray[np.float64]  # (TRIES,) inertia at the end of other starts

    @property
    def inertia(self) -> NDArray[np.float64]:
        return self.trace.inertia if self.trace else np.full(1, np.nan)

    @property
    def lucky(self) -> float:
        """How many of the other starts end as well as the best of them, %."""
        return 100 * float(np.mean(self.endings <= self.endings.min() * (1 + 1e-9) + 1e-12))

    @property
    def worst(self) -> float:
        """The worst ending over the best one."""
        return float(self.endings.max() / max(self.endings.min(), 1e-12))

    @property
    def settled(self) -> bool:
        """Whether the last labels are those of the nearest centroid classifier that learnt them."""
        t = self.trace
        x = self.problem.x
        means = [
            x[t.labels[-1] == c].mean(axis=0) if (t.labels[-1] == c).any() else t.centers[-1][c]
            for c in range(len(t.centers[-1]))
        ]
        return np.array_equal(nearest(x, np.array(means)), t.labels[-1])


@functools.lru_cache(maxsize=128)
def endings(
    data: str, spread: float, points: tuple[tuple[float, float, int], ...], k: int, method: str
) -> NDArray[np.float64]:
    x = np.array(points)[:, :2] if points else shared.points(data, spread)
    starts = (clusters.starts(x, k, method=method, seed=seed) for seed in range(TRIES))
    return np.array([clusters.kmeans(x, start).inertia[-1] for start in starts])

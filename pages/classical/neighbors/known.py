"""Distributions whose truth is known, for the scenes that draw samples from them."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.data import Dataset, load, skeleton, words
from core.grid import Grid
from core.text import T
from pages.classical.neighbors.shared import Voters
from ui.params import choice, slider
from ui.stock import Problem


@dataclass(frozen=True)
class Known(Voters):
    truth: str = choice(
        T("分布", "Distribution"),
        {
            "moons": T("三日月", "Moons"),
            "gaussians": T("二つのガウス分布", "Two Gaussians"),
            "circles": T("二重の円", "Circles"),
        },
    )
    spread: float = slider(T("分布の広がり σ", "Spread σ"), 0.1, 1.2, default=0.4, step=0.02)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)

    @property
    def window(self) -> tuple[float, float, float, float]:
        """A square that holds nearly all of the distribution and changes in steps."""
        reach = {"gaussians": 1.0, "moons": 1.9, "circles": 1.6}[self.truth]
        half = float(np.ceil((reach + 1.8 * self.spread) * 2) / 2)
        return -half, half, -half, half

    def sample(self, n: int) -> Dataset:
        """Draw n points to learn from."""
        return load(self.truth, n=n, noise=self.spread, seed=self.seed)

    def fresh(self, n: int) -> Dataset:
        """Draw n other points to test on."""
        return load(self.truth, n=n, noise=self.spread, seed=self.seed + 100_000)

    def true_proba(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the true probabilities of the classes at points (m, 2)."""
        shape = _shape(self.truth)
        return nb.bayes_proba(shape.x, shape.y, self.spread, x)

    def problem(self, x: NDArray[np.float64], y: NDArray[np.int64]) -> Problem:
        """Give points of it as the plane shows them."""
        return Problem(x, y, words.classes(self.truth, 2), words.PLANE, self.window)


@dataclass(frozen=True)
class Sampled(Known):
    many: int = slider(T("訓練データの数", "Training points"), 20, 500, default=100, log=True)


@functools.lru_cache(maxsize=16)
def true_field(truth: str, spread: float) -> tuple[Grid, NDArray[np.float64]]:
    """Give cells of the plane, and the true probabilities there."""
    known = Known(truth=truth, spread=spread)
    grid = Grid.over(known.window, 49, 43, equal=True)
    return grid, known.true_proba(grid.points())


@functools.lru_cache(maxsize=4)
def redraws(truth: str, spread: float, seed: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw samples (s, n, 2) and their classes (s, n), other ones for each seed: one long sample, cut."""
    count = max(10, min(50, 6000 // n))
    data = load(truth, n=count * n, noise=spread, seed=1000 * (seed + 1))
    return data.x.reshape(count, n, 2), data.y.reshape(count, n)


@functools.lru_cache(maxsize=8)
def _shape(truth: str) -> Dataset:
    return skeleton(truth, n=160)

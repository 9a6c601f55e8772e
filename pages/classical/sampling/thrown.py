"""Forty runs of darts, and what they say of π."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import sampling as s
from core.result import result

RUNS, MOST = 40, 4096
NS = 2 ** np.arange(4, 13)  # at which the errors are drawn


@result
class Thrown:
    points: NDArray[np.float64]  # (n, 2) of the first run
    hit: NDArray[np.bool_]  # (n,)
    values: NDArray[np.float64]  # (RUNS,) estimates of π
    errors: NDArray[np.float64]  # (RUNS,) their standard errors, if darts were independent
    random: NDArray[np.float64]  # (len(NS),) root mean square of the true errors
    sobol: NDArray[np.float64]

    @property
    def estimate(self) -> float:
        return float(self.values[0])

    @property
    def bar(self) -> float:
        """What the first run says of its error: half of a 95% interval."""
        return 1.96 * float(self.errors[0])

    @property
    def off(self) -> float:
        """The same, measured: 1.96 times the root mean square of all runs' errors."""
        return 1.96 * float(np.sqrt(np.mean((self.values - np.pi) ** 2)))

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Whose 95% interval holds π."""
        return np.abs(self.values - np.pi) <= 1.96 * self.errors

    @property
    def covered(self) -> int:
        return int(self.holds.sum())


@functools.lru_cache(maxsize=24)
def hits(method: str, seed: int) -> NDArray[np.int16]:
    """Give how many of the first 1, 2, … darts hit, (RUNS, MOST); another seed takes 5 ms, or 12 with Sobol."""
    runs = [s.inside(s.scatter(MOST, method=method, seed=RUNS * seed + i)) for i in range(RUNS)]
    return np.cumsum(runs, axis=1, dtype=np.int16)


def thrown(n: int, method: str, seed: int) -> Thrown:
    points = s.scatter(n, method=method, seed=RUNS * seed)
    guess = s.pi(hits(method, seed)[:, n - 1], np.full(RUNS, n))
    shown = {m: hits(m, seed if m == method else 0)[:, NS - 1] for m in ("random", "sobol")}
    off = [np.sqrt(np.mean((4 * hit / NS - np.pi) ** 2, axis=0)) for hit in shown.values()]
    return Thrown(points, s.inside(points), np.asarray(guess.value), np.asarray(guess.error), *off)


def shares(*runs: Thrown) -> dict[str, float]:
    """Say how many of all intervals hold π, and how much longer they are than the errors made."""
    claimed = np.mean([1.96 * r.errors.mean() for r in runs])
    real = np.sqrt(np.mean([r.off**2 for r in runs]))
    return {"covered": sum(r.covered for r in runs), "runs": RUNS * len(runs), "times": float(claimed / real)}


def gain(*runs: Thrown) -> dict[str, float]:
    """Give the errors with few and with a hundred times as many darts."""
    few, many = (np.sqrt(np.mean([r.off**2 for r in half])) / 1.96 for half in (runs[:5], runs[5:]))
    return {"few": float(few), "many": float(many), "times": float(few / many)}

"""Scores at a temperature, and what becomes of them at all temperatures."""

import numpy as np
from numpy.typing import NDArray

from core.neural import activations as core
from core.result import result

TEMPERATURES = np.geomspace(0.05, 100, 61)


@result
class Heated:
    z: NDArray[np.float64]  # (k,) scores
    p: NDArray[np.float64]  # (k,)
    entropies: NDArray[np.float64]  # over TEMPERATURES, nats
    winners: NDArray[np.int64]  # over TEMPERATURES
    entropy: float

    @property
    def winner(self) -> int:
        return int(self.p.argmax())

    @property
    def top(self) -> float:
        return 100 * float(self.p.max())

    @property
    def odds(self) -> float:
        """The first's probability over the second's, as the scores rank them."""
        second, first = np.argsort(self.z, kind="stable")[-2:]
        return float(self.p[first] / self.p[second]) if self.p[second] > 0 else float("inf")

    @property
    def first(self) -> float:
        """What the first score gets, %."""
        return 100 * float(self.p[0])


def heated(z: NDArray[np.float64], how: str, temperature: float) -> Heated:
    p = core.shares(z, how, temperature=temperature)
    over = np.array([core.shares(z, how, temperature=t) for t in TEMPERATURES])
    return Heated(z, p, core.entropy(over), over.argmax(axis=1), float(core.entropy(p)))


def melts(*runs: Heated) -> bool:
    """Whether the winner stays at every temperature, and entropy only rises, from near 0 to near ln k."""
    return all(
        len(set(r.winners.tolist())) == 1
        and np.all(np.diff(r.entropies) > -1e-12)
        and r.entropies[0] < 0.1 * np.log(len(r.z)) < 0.99 * np.log(len(r.z)) < r.entropies[-1]
        for r in runs
    )


def gaps(*runs: Heated) -> float:
    """Give the largest difference between the two halves of the runs."""
    half = len(runs) // 2
    return max(float(np.abs(a.p - b.p).max()) for a, b in zip(runs[:half], runs[half:], strict=True))

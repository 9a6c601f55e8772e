"""A run of the two numbers, and what one reads off it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.generative import gan
from core.result import result

FRAMES = 100


@result
class Orbit:
    path: NDArray[np.float64]  # (steps + 1, 2) θ and ψ
    factor: float  # by which a step near the equilibrium multiplies the distance from it, in the long run

    @property
    def shown(self) -> NDArray[np.int64]:
        """(f,) steps that the playhead shows."""
        last = len(self.path) - 1
        return np.unique(np.linspace(0, last, min(last, FRAMES) + 1).round()).astype(np.int64)

    @property
    def theta(self) -> NDArray[np.float64]:
        return self.path[self.shown, 0]

    @property
    def psi(self) -> NDArray[np.float64]:
        return self.path[self.shown, 1]

    @property
    def far(self) -> NDArray[np.float64]:
        """(steps + 1,) distance from the equilibrium."""
        return np.hypot(*self.path.T)

    @property
    def distance(self) -> NDArray[np.float64]:
        return self.far[self.shown]

    @property
    def outward(self) -> bool:
        """Whether each step leads farther away."""
        return bool((np.diff(self.far) > 0).all())

    @property
    def grown(self) -> float:
        return float(self.far[-1] / self.far[0])


def orbit(p: Any) -> Orbit:
    penalty = 0.0 if p.scheme == "extragradient" else p.penalty
    options = {"rate": p.rate, "scheme": p.scheme, "penalty": penalty}
    path = gan.dirac(steps=p.steps, start=(p.theta, p.psi), **options)
    return Orbit(path, float(abs(np.linalg.eigvals(gan.linear(**options))).max()))


def spans(*runs: Orbit) -> dict[str, float]:
    """Give how near and how far runs come, in multiples of where they began."""
    shares = [run.far / run.far[0] for run in runs]
    return {"low": float(min(s.min() for s in shares)), "high": float(max(s.max() for s in shares))}


def thirds(*runs: Orbit) -> dict[str, float]:
    """Give the largest and the smallest distance in the end of each third of the runs."""
    ends = np.reshape([run.far[-1] for run in runs], (3, -1))
    names = ("few", "mid", "much")
    found = {f"{n}_{e}": float(getattr(row, e)()) for n, row in zip(names, ends, strict=True) for e in ("min", "max")}
    return found | {"times": nearest(*runs)}


def nearest(*runs: Orbit) -> float:
    """Say, start by start, how many times nearer the middle third comes than both others do, at least."""
    few, mid, much = np.reshape([run.far[-1] for run in runs], (3, -1))
    return float((np.minimum(few, much) / mid).min())

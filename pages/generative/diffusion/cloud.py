"""A cloud as a mixture: where its points began and ended, what they remember, and the density under noise."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.data import load
from core.generative import diffusion as d
from core.grid import Grid
from core.result import result
from figures.marks import shade

N, SD, STEPS = 100, 0.1, 32
WINDOW = (-3.0, 3.0, -2.6, 2.6)
GRID = Grid.over(WINDOW, 24, 20, equal=True)


@result
class There:
    frames: NDArray[np.float64]  # (2 turn + 1, N, 2) into noise, and back
    level: NDArray[np.float64]  # (2 turn + 1,) ᾱ
    label: NDArray[np.int64]  # (N,) the part of the cloud where a point began
    ended: NDArray[np.int64]  # (N,) and where it ended
    memory: NDArray[np.float64]  # (STEPS + 1,) chance to end where it began, by where one turns, %
    off: float  # mean distance of the ends from the nearest point of the cloud

    @property
    def signal(self) -> NDArray[np.float64]:
        """How much of each place is left (2 turn + 1,), %."""
        return np.asarray(100 * np.sqrt(self.level))

    @property
    def own(self) -> float:
        """Points that end in the part where they began, %."""
        return float(100 * (self.ended == self.label).mean())

    @property
    def chance(self) -> float:
        return 100 / (int(self.label.max()) + 1)


@functools.cache
def cloud(name: str) -> tuple[d.Mixture, d.Mixture, NDArray[np.int64]]:
    """Give the law of a cloud, bells in a row along its shape; one bell as wide; and the part that each belongs to."""
    data = load(name, n=N, noise=0.0)
    return d.kernels(data.x, SD), d.bell(data.x), data.y


def parts(name: str, x: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Give the chance (n, parts) that points seen at a level came from each part of the cloud."""
    law, _, label = cloud(name)
    return d.responsibilities(law, x, level) @ np.eye(int(label.max()) + 1)[label]


@functools.cache
def memory(name: str) -> NDArray[np.float64]:
    """Give the chance to end in one's own part: who goes back by the exact score draws from p(x₀ | x_t)."""
    law, _, label = cloud(name)
    rng, label = np.random.default_rng(0), np.tile(label, 4)
    x = np.tile(law.means, (4, 1)) + SD * rng.standard_normal((4 * N, 2))
    noise = rng.standard_normal(x.shape)
    each = (parts(name, np.sqrt(a) * x + np.sqrt(1 - a) * noise, a) for a in d.schedule(STEPS))
    return np.array([100 * chance[np.arange(len(x)), label].mean() for chance in each])


@functools.cache
def tints(name: str, guide: str) -> NDArray[np.uint8]:
    """Give the density that the way back believes in, at each level, over the grid."""
    law = cloud(name)[guide == "bell"]
    # Near the data a bell is narrower than a cell: there it is drawn as wide as a cell's half.
    logs = (d.log_density(law, GRID.points(), min(a, 0.96)) for a in d.schedule(STEPS))
    return np.array([shade(np.exp(z - z.max()), 0, 1).reshape(GRID.h, GRID.w) for z in logs])


def span(*runs: There) -> dict[str, float]:
    """Give the range of the shares that come home."""
    own, off = [r.own for r in runs], [r.off for r in runs]
    return {"low": min(own), "high": max(own), "near": min(off), "off": max(off), "signal": float(runs[0].signal.min())}

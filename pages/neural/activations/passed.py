"""What a function makes of inputs, and of the gradient that comes back through it."""

import numpy as np
from numpy.typing import NDArray

from core.bins import Bins, histogram
from core.neural import activations as core
from core.result import result

X = np.linspace(-6, 6, 481)
N = 1000
TALL = {"sigmoid": (-0.3, 1.15), "tanh": (-1.7, 1.3), "relu": (-1.2, 4.5), "gelu": (-1.2, 4.5)}  # what is seen of φ
FLAT = 0.01  # a slope that lets hardly anything through


@result
class Shape:
    inputs: NDArray[np.float64]  # (N,)
    outputs: NDArray[np.float64]  # (N,)
    ins: Bins  # of the inputs
    outs: Bins  # of the outputs
    slopes: NDArray[np.float64]  # (N,)
    curve: NDArray[np.float64]  # φ over X
    steep: NDArray[np.float64]  # φ′ over X
    gap: NDArray[np.float64] | None  # over X, of an approximated GELU from the exact one

    @property
    def mean_slope(self) -> float:
        return float(self.slopes.mean())

    @property
    def flat(self) -> float:
        """Inputs, in %, whose slope lets hardly anything through."""
        return 100 * float(np.mean(np.abs(self.slopes) < FLAT))

    @property
    def backwards(self) -> float:
        """Inputs, in %, with a slope below zero."""
        return 100 * float(np.mean(self.slopes < 0))

    @property
    def mean_output(self) -> float:
        return float(self.outputs.mean())

    @property
    def lowest(self) -> float | None:
        """Where φ stops falling and starts to rise, or None if it never falls."""
        return float(X[np.argmin(self.curve)]) if (np.diff(self.curve) < -1e-6).any() else None

    @property
    def apart(self) -> float | None:
        """The largest difference from the exact GELU."""
        return None if self.gap is None else float(np.abs(self.gap).max())


def passed(name: str, form: str, centre: float, spread: float, seed: int) -> Shape:
    z = centre + spread * np.random.default_rng(seed).standard_normal(N)
    curve = core.activate(name, X, form=form)
    gap = curve - core.gelu(X) if name == "gelu" and form != "exact" else None
    slopes = core.slope(name, z, form=form)
    out = core.activate(name, z, form=form)
    bins = histogram(z, -6, 6, 60), histogram(out, *TALL[name], 60)
    return Shape(z, out, *bins, slopes, curve, core.slope(name, X, form=form), gap)


def ends(*runs: Shape) -> list[tuple[float, float]]:
    """Give the least and the most of the mean slopes of each five runs."""
    groups = [[r.mean_slope for r in runs[i : i + 5]] for i in range(0, len(runs), 5)]
    return [(min(group), max(group)) for group in groups]


def dips(*runs: Shape) -> bool:
    return all(r.lowest is not None and -0.8 < r.lowest < -0.7 and -0.18 < r.curve.min() < -0.16 for r in runs)

"""A curve with noise, drawn three times over: to learn from, to choose by, to report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import regression as reg
from core.text import T
from ui.params import slider

CHECKED, TESTED = 30, 200  # points of the validation and of the test data
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    n: int = slider(T("訓練の点の数", "Training points"), 10, 60, default=20)
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 0.8, default=0.25, step=0.01)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def truth(x: Floats) -> Floats:
    # t = sin 3x
    return np.sin(3 * x)


def drawn(p: Curve) -> tuple[tuple[Floats, Floats], ...]:
    """Give x and t of the training, validation and test data; more training points keep the first."""
    sets = []
    for size, stream in ((p.n, 0), (CHECKED, 1), (TESTED, 2)):
        rng = np.random.default_rng([p.seed, stream])
        x, e = rng.uniform(-1, 1, TESTED)[:size], rng.standard_normal(TESTED)[:size]
        sets.append((x, truth(x) + p.noise * e))
    return tuple(sets)


def digits(degree: int) -> tuple[float, float]:
    """Recover coefficients that are all 1 from 30 points in [0, 1] without noise, in two ways; give their errors."""
    columns = reg.polynomial(np.linspace(0, 1, 30), degree)
    t = 1 + columns.sum(axis=1)
    try:
        textbook = float(np.abs(reg.normal_equations(columns, t) - 1).max())
    except ValueError:  # not to be solved at all
        textbook = float("inf")
    return textbook, float(np.abs(reg.fit(columns, t).weights - 1).max())


def code(p: Curve) -> str:
    """Give Python that makes the three `sets`."""
    return f"""\
import numpy as np

from core.classical import regression as reg

sets = []
for size, stream in (({p.n}, 0), ({CHECKED}, 1), ({TESTED}, 2)):
    rng = np.random.default_rng([{p.seed}, stream])
    x, e = rng.uniform(-1, 1, {TESTED})[:size], rng.standard_normal({TESTED})[:size]
    sets.append((x, np.sin(3 * x) + {p.noise!r} * e))
"""

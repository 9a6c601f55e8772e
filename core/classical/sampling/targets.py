"""Laws in the plane to walk on, not normalised; all have the mean (0, 0)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
RHO = 0.95  # correlation along the ridge
BEND, LONG, THIN = 0.6, 1.2, 0.4  # of the banana
APART, SMALL = 3.0, 0.6  # half the way between the islands; their standard deviation


def _round(x: Floats, y: Floats) -> Floats:
    # ln N(x, y; 0, I)
    return -0.5 * (x * x + y * y)


def _ridge(x: Floats, y: Floats) -> Floats:
    # −(x² − 2ρxy + y²) / 2(1 − ρ²)
    return (-0.5 / (1 - RHO**2)) * (x * x - (2 * RHO) * x * y + y * y)


def _banana(x: Floats, y: Floats) -> Floats:
    # x ~ N(0, s²), and y ~ N(b(x² − s²), t²) given x
    return -0.5 * ((x / LONG) ** 2 + ((y - BEND * (x * x - LONG**2)) / THIN) ** 2)


def _islands(x: Floats, y: Floats) -> Floats:
    # ln [e^{−|p − a|²/2s²} + e^{−|p + a|²/2s²}], a = (a, 0); the common factor e^{−(|p|² + a²)/2s²} is taken out
    pull = (APART / SMALL**2) * x
    together: Floats = np.logaddexp(pull, -pull) - (0.5 / SMALL**2) * (x * x + y * y + APART**2)
    return together


TARGETS = {"round": _round, "ridge": _ridge, "banana": _banana, "islands": _islands}


def target(name: str) -> Callable[[ArrayLike], Floats]:
    """Give a log density that takes places (…, 2) and gives (…,).

    Examples
    --------
    >>> float(target("round")([3.0, 4.0]))
    -12.5
    """
    law = TARGETS[door.one_of("name", name, TARGETS)]

    def log_density(place: ArrayLike) -> Floats:
        place = np.asarray(place, dtype=float)
        return law(place[..., 0], place[..., 1])

    return log_density

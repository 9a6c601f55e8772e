"""How a factor of many decades is written, and where the name of a line stands."""

import numpy as np
from numpy.typing import NDArray

from core.text import T

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def times(decades: float) -> T:
    """Write a factor, given its log₁₀, as people do: 0.24, 350, 1.3×10⁻¹²."""
    if not np.isfinite(decades):
        words = "–" if np.isnan(decades) else "∞" if decades > 0 else "0"
    elif -3 < decades < 4:
        words = f"{10**decades:,.{max(0, min(4, 2 - int(np.floor(decades))))}f}"
    else:
        exponent = int(np.floor(decades))
        words = f"{10 ** (decades - exponent):.1f}×10{str(exponent).translate(RAISED)}"
    return T(words, words)


def spot(y: NDArray[np.float64], taken: list[tuple[float, float]], span: float) -> tuple[float, str]:
    """Find where along a line (n,) its name stands clear of those in `taken`: share of the way, and side.

    A line that climbs from far below has its name below.
    """
    sides = ("bottom right", "top right") if y[0] < -0.15 * span else ("top right", "bottom right")

    def height(at: float, side: str) -> float:
        return float(y[round(at * (len(y) - 1))]) + (0.05 if side == "top right" else -0.05) * span

    def clear(place: tuple[float, str]) -> bool:
        return all(abs(place[0] - at) > 0.4 or abs(height(*place) - other) > 0.085 * span for at, other in taken)

    places = [(at, side) for side in sides for at in (0.06, 0.5)]
    found = next(filter(clear, places), places[0])
    taken.append((found[0], height(*found)))
    return found

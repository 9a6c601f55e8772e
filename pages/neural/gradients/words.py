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


def spot(y: NDArray[np.float64], taken: list[tuple[float, float]], span: float) -> tuple[float, float]:
    """Find where along a line (n,) its name stands clear of those in `taken`, and add it: share of the way, height."""
    spots = [(at, float(y[round(at * (len(y) - 1))])) for at in (0.06, 0.36, 0.66)]

    def clear(place: tuple[float, float]) -> float:
        gaps = [max(abs(place[0] - at) / 0.3, abs(place[1] - height) / (0.09 * span)) for at, height in taken]
        return round(min([1.0, *gaps]), 3)  # of those that are clear, the first

    taken.append(max(spots, key=clear))
    return taken[-1]

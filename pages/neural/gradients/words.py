"""How a factor of many decades is written."""

import numpy as np

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

"""What part of an axis shows the data: ends that are round, so that they rarely change as points move."""

import numpy as np
from numpy.typing import ArrayLike


def span(values: ArrayLike, *, share: float = 0.12, least: float = 0.5) -> tuple[float, float]:
    """Give a range with room around the finite `values` whose ends are round, so that it rarely changes as they move.

    Parameters
    ----------
    values
        Any shape; nothing finite gives (-2, 2).
    share, least
        The room as a share of the width, and the least room.
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return -2.0, 2.0
    low, high = padded(finite, share=share, least=least)
    power = 10.0 ** np.floor(np.log10(high - low))
    step = power * (1.0 if (high - low) / power > 4 else 0.5)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def padded(values: ArrayLike, *, share: float = 0.08, least: float = 1e-6) -> tuple[float, float]:
    """Give the range of the finite `values` with `share` of its width to spare on both sides; (-1, 1) for none."""
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    room = max((high - low) * share, least)
    return low - room, high + room


def round_up(value: float, *, least: float = 1e-3) -> float:
    """Give a number of one digit or so, at least `value`: an axis end that rarely changes while a slider moves."""
    value = max(float(value), least)
    power = 10.0 ** np.floor(np.log10(value))
    ends = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return float(next(end for end in ends if end * power >= value * (1 - 1e-9)) * power)

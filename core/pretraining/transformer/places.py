"""Codes of places: a clock for each pair of features, and what a shift does to it.

Source: Vaswani et al., "Attention is all you need" (2017), section 3.5.
"""

import numpy as np
from numpy.typing import NDArray

from core import door
from core.neural import sequences

Floats = NDArray[np.float64]


def positions(n: int, d: int) -> Floats:
    """Give the codes (n, d) of places 0, …, n − 1: sines and cosines, the two of a wave side by side.

    Code 2i of place p is sin(p ω_i), code 2i + 1 is cos(p ω_i), with ω_i = 10,000^(−2i/d); an odd d ends with a sine.
    """
    return sequences.positions(door.whole("n", n), door.whole("d", d))


def speeds(d: int) -> Floats:
    """Give by what angle ω_i each of the d/2 clocks turns from one place to the next (d even)."""
    if door.whole("d", d) % 2:
        raise ValueError(f"d must be even, not {d}.")
    # ω_i = 10,000^(−2i/d)
    return np.asarray(10_000.0 ** (-np.arange(0, d, 2) / d))


def shift(k: int, d: int) -> Floats:
    """Give the matrix (d, d) that takes the code of any place p to that of p + k: each clock turns by k ω_i."""
    move = door.number("k", k) * speeds(d)
    turn = np.zeros((d, d))
    even, odd = np.arange(0, d, 2), np.arange(1, d, 2)
    # sin(a + b) = sin a cos b + cos a sin b, cos(a + b) = cos a cos b − sin a sin b
    turn[even, even] = turn[odd, odd] = np.cos(move)
    turn[even, odd], turn[odd, even] = np.sin(move), -np.sin(move)
    return turn

"""A sum by a network, and many more for what its state is like."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural import sequences as s
from core.result import result

DIGITS, SHOWN = 8, 60  # places of a and b; sums whose states are drawn
UNITS = {"four": 4, "three": 3, "two": 2}


@result
class Added:
    bits: NDArray[np.int64]  # (2, places) of a and b, the lowest first
    run: s.Addition
    total: float  # what the network's digits say
    ripple: int  # digits of the true sum that change with the lowest digit of a
    right: float  # % of digits right in 200 random sums
    best: float  # % that the best possible reader of this order gets right
    guess: float  # % that the guess "no carry" gets right in 1000 random sums
    read: float  # % of the carries that a line reads off the states
    cloud: NDArray[np.float64]  # (n, 2) states of random sums along their two main directions
    carry: NDArray[np.int64]  # (n,) carry out of each
    now: NDArray[np.float64]  # (places, 2) states of this sum


def compute(p: Any) -> Added:
    net = s.by_hand() if p.net == "hand" else s.learned(UNITS[p.net], p.seed)
    how = {"activation": "step" if p.net == "hand" else "tanh", "first": p.first}
    a, b = s.bits(p.a, DIGITS), s.bits(p.b, DIGITS)
    run = s.adding(net, a, b, **how)
    states, carry, right = s.tried(net, **how)
    mean = states.mean(axis=0)
    main = np.linalg.svd(states - mean, full_matrices=False)[2][:2].T
    few = slice(0, len(states), len(states) // (SHOWN * (DIGITS + 1)))
    best = 100 * float(s.wrong_end(DIGITS + 1).mean()) if p.first == "high" else 100.0
    return Added(
        np.pad([a, b], ((0, 0), (0, 1))),
        run,
        float(s.number(run.sum)),
        int(((p.a + p.b) ^ ((p.a ^ 1) + p.b)).bit_count()),
        100 * right,
        best,
        100 * s.no_carry(DIGITS, seed=p.seed),
        100 * s.carry_read(states, carry),
        (states[few] - mean) @ main,
        carry[few],
        (run.states - mean) @ main,
    )


def adders(*runs: Added) -> dict[str, float]:
    """Count those of five that make no mistake, by the number of units."""
    return {net: sum(r.right == 100 for r in runs[5 * i : 5 * i + 5]) for i, net in enumerate(UNITS)}

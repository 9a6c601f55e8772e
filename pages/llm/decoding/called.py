"""Sums by an adder that drops carries, and by a calculator where it is called: kinds of sums, their worth, examples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import decoding as d
from core.result import result

SHOWN = 6
LEVELS = np.linspace(0, 1.01, 203)  # thresholds: above 1 the tool is called always


@result
class Called:
    law: NDArray[np.float64]  # (m,) % of the sums that have 0, 1, … carries
    sure: NDArray[np.float64]  # (m,) % that the adder gets right
    stated: NDArray[np.float64]  # (m,) % that it believes to get right
    calls: NDArray[np.bool_]  # (m,) whether the tool is called
    curve: NDArray[np.float64]  # (levels,) value a question at each threshold, %
    own: float  # % right without the tool
    right: float  # % right, calls and value a question, %, at this threshold
    share: float
    value: float
    always: float  # value of calling always
    best: float  # the largest value that any threshold gets
    written: tuple[tuple[str, str, bool], ...]  # what the model writes, what it gets, whether that is right


def compute(p: Any) -> Called:
    law, m = d.carries_law(p.digits), np.arange(p.digits + 1)
    sure, stated = (1 - p.slip / 100) ** m, (1 - p.belief / 100) ** m
    how = {"cost": p.cost / 100, "works": p.works / 100}
    curve = d.worth(law, sure, stated, LEVELS, **how)
    now = d.worth(law, sure, stated, [0.0, p.threshold, 1.01], **how)
    return Called(
        100 * law,
        100 * sure,
        100 * stated,
        stated < p.threshold,
        100 * curve.value,
        *(100 * float(v) for v in (now.right[0], now.right[1], now.calls[1], now.value[1], now.value[2])),
        100 * float(curve.value.max()),
        examples(p),
    )


def examples(p: Any) -> tuple[tuple[str, str, bool], ...]:
    """Draw sums and let them be done: by the adder, or by the host that runs what the model writes."""
    rng = np.random.default_rng(p.seed)
    said = []
    for _ in range(SHOWN):
        a, b = (int(v) for v in rng.integers(10**p.digits, size=2))
        sum_, works = d.added(a, b, slip=p.slip / 100, rng=rng), rng.random() < p.works / 100
        if (1 - p.belief / 100) ** d.carries(a, b) < p.threshold:
            said.append((f"add({a}, {b})", str(a + b) if works else "?", bool(works)))
        else:
            said.append((f"{a} + {b}", str(sum_), sum_ == a + b))
    return tuple(said)


def ends(*runs: Called) -> dict[str, list[float]]:
    """Give the values of each run."""
    return {name: [getattr(r, name) for r in runs] for name in ("value", "always", "own", "best", "share", "right")}

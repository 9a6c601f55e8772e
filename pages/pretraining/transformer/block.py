"""A stack of blocks: what comes back to each, and what one of them costs."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import transformer as t
from core.result import result
from core.text import T
from figures.marks import line, marks, ring, text, vline
from figures.plot import plot, powers
from figures.spec import BLUE, INK, MUTED, Figure

Floats = NDArray[np.float64]
PLACES, WIDTH = 12, 32  # of the stack whose gradients are drawn
DEEPEST = 32
# H100 SXM, dense 16-bit operations a second and bytes a second, by its data sheet.
PEAK, BANDWIDTH = 989e12, 3.35e12
INTENSITIES = np.logspace(-1, 4.5, 111)


@result
class Stood:
    gradients: dict[str, Floats]  # (depth + 1,) root of the mean square of the gradient by each state, by norm
    states: Floats  # (depth + 1,) of the states themselves
    cost: t.Cost
    roof: Floats  # operations a second at INTENSITIES
    reached: float  # % of the peak
    most: float  # operations a byte, were there endlessly many sequences at once
    ridge: float  # operations a byte at the roof's corner
    depth: int
    back: float  # gradient by the first state, by that by the last
    last: float  # of the gradient by the last weights, the root of the mean square

    @property
    def share(self) -> float:
        return 100 * self.cost.share

    @property
    def grown(self) -> float:
        return float(self.states[-1] / self.states[0])

    @property
    def millions(self) -> float:
        return self.cost.parameters / 1e6


def size(x: Floats) -> Floats:
    return np.asarray(np.sqrt((x**2).mean(axis=(1, 2))))


@functools.lru_cache(512)
def sent(norm: str, depth: int, seed: int) -> t.Signals:
    """Send random states through random blocks, and a random gradient back."""
    x, goal = np.random.default_rng(seed).standard_normal((2, PLACES, WIDTH))
    return t.stack(t.drawn(depth, WIDTH, seed=seed), x, goal, norm=norm)


def compute(p: Any) -> Stood:
    runs = {norm: sent(norm, p.depth, p.seed) for norm in ("after", "before", "none")}
    gradients = {norm: size(run.gradients) for norm, run in runs.items()}
    own, new = gradients[p.norm], 1 if p.one else p.length
    cost = t.cost(int(p.width), p.length, new=new, batch=p.batch)
    machine = {"peak": PEAK, "bandwidth": BANDWIDTH}
    reached = float(t.roof(cost.intensity, **machine)) / PEAK
    # weights are shared by all sequences; keys and values are not
    most = cost.operations / cost.cache_bytes
    return Stood(
        gradients,
        size(runs[p.norm].states),
        cost,
        t.roof(INTENSITIES, **machine),
        100 * reached,
        most,
        PEAK / BANDWIDTH,
        p.depth,
        float(own[0] / own[-1]),
        float(runs[p.norm].steepness[-1]),
    )


def roof(r: Stood) -> Figure:
    """Draw the roofline on log axes, and where the block is on it."""
    x, y = np.log10(INTENSITIES), np.log10(r.roof)
    at = min(max(r.cost.intensity, INTENSITIES[0]), INTENSITIES[-1])
    ridge, ylim = float(np.log10(r.ridge)), (11.4, 15.4)
    here = float(np.log10(PEAK * r.reached / 100))
    return plot(
        "roof",
        line(x, y, INK, dash="dash", width=1.8),
        vline(ridge, ylim, MUTED, width=1, dash="dot"),
        text([ridge - 0.15], [15.2], T("メモリ待ち", "waits for memory"), MUTED, "middle left"),
        text([ridge + 0.15], [14.6], T("演算が限界", "computes"), MUTED, "middle right"),
        marks([np.log10(at)], [here], BLUE, size=11),
        ring([np.log10(at)], [here], 18),
        x=T("演算強度（1 バイトあたりの演算）", "Operations for each byte"),
        y=T("毎秒の演算", "Operations a second"),
        xlim=(x[0], x[-1]),
        ylim=ylim,
        xticks=powers((-1, 4.5)),
        yticks=powers(ylim),
        small=True,
        margin={"l": 58},
    )

"""A training on one comparison, and how the answers fare."""

import numpy as np
from numpy.typing import NDArray

from core.llm import alignment as a
from core.result import result
from core.text import T
from figures.marks import bars, line, moving, ring, until
from figures.plot import plot, round_up
from figures.spec import BLUE, CLASS_COLORS, INK, ORANGE, Figure

NAMES = (T("いいえ", "No"), T("絶対にだめ", "Never"), T("はい", "Yes"), T("たぶん", "Maybe"), T("わからない", "Unsure"))
CHOSEN, REJECTED, YES = 0, 1, 2
REFERENCE = np.array([0.35, 0.25, 0.10, 0.20, 0.10])
STEPS, EVERY = 240, 4


@result
class Walked:
    features: NDArray[np.float64]  # (5, 2)
    walk: a.Walk  # a row a frame
    middle: NDArray[np.float64]  # (frames, 2) E_π f
    pull: NDArray[np.float64]  # (5,) how fast each ln π grows at the first step

    @property
    def share(self) -> NDArray[np.float64]:
        """(frames, 5) probabilities, %."""
        return 100 * self.walk.policies

    @property
    def chosen(self) -> NDArray[np.float64]:
        return self.share[:, CHOSEN]

    @property
    def yes(self) -> NDArray[np.float64]:
        return self.share[:, YES]

    @property
    def start(self) -> float:
        return float(self.chosen[0])

    @property
    def top(self) -> T:
        """The answer that has become the likeliest."""
        return NAMES[int(self.share[-1].argmax())]


def law(r: Walked) -> Figure:
    """Draw the probability of each answer; a line marks where it began."""
    up = np.arange(5)[::-1]
    each = [
        bars(np.zeros((len(r.share), 1)), r.share[:, k : k + 1], up[k : k + 1], 0.36, CLASS_COLORS[k]) for k in range(5)
    ]
    began = np.stack([r.share[0], up], -1)
    ends = (began + np.array([0, side * 0.42]) for side in (-1, 1))
    return plot(
        "law",
        each,
        [line([x, x], [low, high], INK, dash="dash", width=2) for (x, low), (_, high) in zip(*ends, strict=True)],
        x=T("確率 (%)", "Probability (%)"),
        y="",
        xlim=(0, 103),
        ylim=(-0.6, 4.6),
        yticks=dict(zip(up.tolist(), NAMES, strict=True)),
        small=True,
        drag=False,
        margin={"l": 88},
    )


def logs(r: Walked) -> Figure:
    """Draw what a training's log shows: ln π over ln π_ref of the chosen and of the rejected."""
    steps, shown = np.arange(0, STEPS + 1, EVERY).astype(np.uint16), 1 + np.arange(len(r.share))
    ratio = np.log(r.walk.policies / REFERENCE)[:, [CHOSEN, REJECTED]]
    reach = round_up(max(1.0, float(np.abs(ratio).max())) * 1.05)
    low, high = (-reach if ratio.min() < -0.01 else -0.1 * reach), (reach if ratio.max() > 0.5 else 0.25 * reach)
    return plot(
        "logs",
        line((0, STEPS), (0, 0), INK, dash="dash", width=1.2),
        [until(line(steps, y, color, width=2.5), shown) for y, color in zip(ratio.T, (BLUE, ORANGE), strict=True)],
        [ring(moving(steps), moving(y), 11) for y in ratio.T],
        x=T("ステップ", "Step"),
        y="ln π/π_ref",
        xlim=(0, 1.03 * STEPS),
        ylim=(low, high),
        small=True,
        drag=False,
    )

"""A training by DPO beside RLHF's policy, and how they are drawn."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from core.result import result
from core.text import T
from figures.marks import bars, line, moving, ring, segments, until
from figures.plot import plot, powers, round_up
from figures.spec import BLUE, INK, MUTED, OTHER, Figure
from pages.llm.alignment.asked import LETTERS

REFERENCE = (0.30, 0.25, 0.20, 0.13, 0.08, 0.04)
STEPS, EVERY, FLOOR = 200, 4, 1e-16


@result
class Trained:
    reward: NDArray[np.float64]  # (6,)
    rlhf: NDArray[np.float64]  # (6,) by the reward
    learned: NDArray[np.float64] | None  # (6,) by a reward that is fitted to the pairs
    dpo: NDArray[np.float64] | None  # (6,) the optimum, where there is one
    path: NDArray[np.float64]  # (frames, 6) DPO on its way
    loss: NDArray[np.float64]  # (frames,) nats

    @property
    def kl(self) -> NDArray[np.float64]:
        """From the reference (frames,), nats."""
        return np.asarray(rel_entr(self.path, REFERENCE).sum(axis=1))

    @property
    def gap(self) -> NDArray[np.float64]:
        """The largest difference to RLHF's policy (frames,)."""
        return np.asarray(np.abs(self.path - self.rlhf).max(axis=1))

    @property
    def far(self) -> NDArray[np.float64]:
        """The same in points of a per cent."""
        return np.asarray(100 * self.gap)

    @property
    def apart(self) -> float:
        """Of DPO's optimum, points of a per cent."""
        return float("nan") if self.dpo is None else 100 * float(np.abs(self.dpo - self.rlhf).max())

    @property
    def digits(self) -> float | None:
        """Decimal places to which DPO's optimum is RLHF's, by the reward; nine are enough."""
        return None if self.dpo is None else agree(self.dpo, self.rlhf)

    @property
    def learned_digits(self) -> float | None:
        """The same, of RLHF by a reward that is fitted to the very pairs."""
        return None if self.dpo is None or self.learned is None else agree(self.dpo, self.learned)


def agree(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(min(9, np.floor(-np.log10(max(np.abs(a - b).max(), FLOOR)))))


def policies(r: Trained) -> Figure:
    """Draw the reference, DPO on its way, and RLHF's policy as a dashed line over each."""
    at, top = np.arange(6), 100 * max(float(v.max()) for v in (r.path, r.rlhf, np.array(REFERENCE)))
    level, half = np.stack([at, 100 * r.rlhf], -1), np.array([0.42, 0])
    return plot(
        "policy",
        bars(0, 100 * np.array(REFERENCE), at - 0.2, 0.18, MUTED, 0.45, upright=True),
        bars(np.zeros_like(r.path), 100 * r.path, at + 0.2, 0.18, BLUE, 0.8, upright=True),
        segments(level - half, level + half, INK, dash="dash", width=2),
        x="",
        y=T("確率 (%)", "Probability (%)"),
        xlim=(-0.6, 5.6),
        ylim=(0, round_up(1.1 * top)),
        xticks={k: LETTERS[k].upper() for k in range(6)},
        drag=False,
    )


def gap(r: Trained) -> Figure:
    """Draw the difference to RLHF's policy on a log axis: that of the reward, and that of a reward from the pairs."""
    steps, shown = np.arange(0, STEPS + 1, EVERY).astype(np.uint16), 1 + np.arange(len(r.path))
    far = np.log10(np.maximum(r.gap, FLOOR))
    other = None
    if r.learned is not None:
        near = np.log10(np.maximum(np.abs(r.path - r.learned).max(axis=1), FLOOR))
        other = until(line(steps, near, OTHER, width=1.5), shown)
    return plot(
        "gap",
        line((0, STEPS), (-9, -9), INK, dash="dash", width=1.2),
        other,
        until(line(steps, far, BLUE, width=2.5), shown),
        ring(moving(steps), moving(far)),
        x=T("ステップ", "Step"),
        y=T("RLHF との差", "Gap to RLHF"),
        xlim=(0, 1.03 * STEPS),
        ylim=(-16.5, 0.5),
        yticks=powers((-15, 0), 5),
        small=True,
        drag=False,
        margin={"l": 66},
    )

"""Pictures of masked words: a sentence to press, what each word costs from two sides, and the floor by masking rate."""

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.text import T
from figures.marks import bars, handle_values, hline, line, press, text
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, NOW, OTHER, Figure
from pages.llm.language.shared import HALF, boxes, frames

Array = NDArray[np.float64]
LIKELY = 6  # words shown of those that may stand behind a mask


def row(words: tuple[int, ...], mask: NDArray[np.bool_], told: Array) -> Figure:
    """Draw the sentence; a press masks a word or uncovers it. Below a mask stand the likeliest words."""
    n = len(words)
    top = np.zeros(n)
    names = [T("？", "?") if hidden else g.WORDS[word] for word, hidden in zip(words, mask, strict=True)]
    below = [
        (t, -1.0 - place, word)
        for t in np.flatnonzero(mask)
        for place, word in enumerate(np.argsort(-told[t], kind="stable")[:LIKELY])
        if told[t, word] >= 0.005
    ]
    x, y, found = (np.array(column) for column in zip(*below, strict=True)) if below else ([], [], np.zeros(0, int))
    right = [(t, y) for t, y, word in below if word == words[t]]
    return sheet(
        "row",
        boxes(np.arange(n), top, names, np.zeros(n), MUTED),
        frames(np.c_[np.arange(n), top], MUTED, 1),
        frames(np.c_[np.flatnonzero(mask), top[mask]], NOW, 3) if mask.any() else None,
        boxes(x, y, [g.WORDS[word] for word in found], told[np.array(x, int), found]) if below else None,
        frames(right, INK) if right else None,
        press(np.arange(n), top, HALF, [{f"h{t + 1}": not hidden} for t, hidden in enumerate(mask.tolist())]),
        xlim=(-0.5, max(n, 4) - 0.5),
        ylim=(-LIKELY - 0.5, 0.6),
    )


def worth(words: tuple[int, ...], cost: Array, ahead: Array) -> Figure:
    """Draw the loss of each word from those before it, and of a masked one from the visible ones on both sides."""
    up = len(words) - 1.0 - np.arange(len(words))
    masked = np.isfinite(cost)
    right = max(3.6, 1.3 * float(ahead.max()))
    shown = [f"{abs(value):.2f}" for value in cost[masked]]
    return plot(
        "worth",
        bars(np.zeros(len(up)), ahead, up + 0.2, 0.17, OTHER),
        bars(np.zeros(len(shown)), cost[masked], up[masked] - 0.2, 0.17, BLUE) if shown else None,
        text(cost[masked], up[masked] - 0.2, shown, BLUE, "middle right") if shown else None,
        text(0.98 * right, len(up) + 0.05, T("■ 左だけから", "■ from the left"), OTHER, "middle left"),
        text(0.98 * right, len(up) - 0.85, T("■ 両側から", "■ from both sides"), BLUE, "middle left"),
        x=T("損失 −ln p（ナット）", "Loss −ln p (nats)"),
        y="",
        xlim=(0, right),
        ylim=(-0.6, len(up) + 0.5),
        yticks={float(at): g.WORDS[word] for at, word in zip(up, words, strict=True)},
        drag=False,
        small=True,
        margin={"l": 78},
    )


def rates(over: Array, curve: Array, entropy: float, floor: float, rate: int) -> Figure:
    """Draw the masked floor by masking rate, with the rate to drag, and the floor of the next word."""
    return plot(
        "rates",
        hline(
            entropy,
            (0, 100),
            INK,
            dash="dash",
            width=1.6,
            label=T("次の語の床", "next-word floor"),
            at=0.0,
            where="top right",
        ),
        line(100 * over, curve, BLUE, width=2.4, label=T("マスクの床", "masked floor"), at=0.55, where="bottom right"),
        handle_values(rate, floor, across=("rate", 0.0, 1.0)),
        x=T("マスク率 (%)", "Masking rate (%)"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=(-2, 102),
        ylim=(0.4, 1.4),
        drag=False,
        small=True,
        margin={"r": 18},
    )

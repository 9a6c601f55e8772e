"""Pictures of the first scene: a board on which one writes, what each word costs, and the ladder of floors."""

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.text import T
from figures.marks import bars, hline, line, marks, press, ring, text, vline
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, NOW, Figure
from pages.llm.language.shared import HALF, boxes, frames, sentence

Array = NDArray[np.float64]
SIZES = (4, 8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)  # sentences
KINDS = (
    *(T("いつ", "when"), T("形容詞", "adjective"), T("名詞", "noun")),
    *(T("副詞", "adverb"), T("動詞", "verb"), T("文末", "end")),
)
PLACES = np.array([(c, (len(kind) - 1) / 2 - k) for c, kind in enumerate(g.KINDS) for k in range(len(kind))], float)
MOST = 5.0  # nats that a bar is high at most


def board(words: tuple[int, ...], expected: Array) -> Figure:
    """Draw all words, tinted by what the model expects next, and the sentence so far as a path; a press adds a word."""
    ends = [i for i, word in enumerate(words) if word == g.END]
    done = bool(ends) and ends[-1] == len(words) - 1
    begin = ends[-2] + 1 if done and len(ends) > 1 else 0 if done or not ends else ends[-1] + 1
    path = words[begin:]
    kept = () if done else path
    sets = [{"said": sentence((*kept, word))} for word in range(len(g.WORDS))]
    at = PLACES[list(path)] if path else np.empty((0, 2))
    heads = np.arange(len(KINDS), dtype=float)
    return sheet(
        "board",
        line(*at.T, INK, width=1.4, dash="dot") if len(at) > 1 else None,
        boxes(*PLACES.T, g.WORDS, expected),
        frames(at, INK) if len(at) else None,
        frames(at[-1:], NOW, 3) if len(at) else None,
        text(heads, np.full(len(heads), 4.35), KINDS, MUTED, "middle center"),
        press(*PLACES.T, HALF, sets),
        xlim=(-0.5, 5.5),
        ylim=(-4.1, 4.7),
    )


def costs(words: tuple[int, ...], cost: Array, entropy: float) -> Figure:
    """Draw −ln p of each word, from the first on top to the last, and the floor of their mean."""
    n = max(len(words), 6)
    up = n - 1.0 - np.arange(len(words))
    long = np.minimum(cost, MOST)
    endless = ~np.isfinite(cost)
    limits = (-0.6, n - 0.4)
    drawn = [
        bars(np.zeros(len(up)), long, up, 0.36, BLUE),
        text(long, up, [f"{abs(c):.2f}" if np.isfinite(c) else "∞" for c in cost], INK, "middle right"),
        marks(long[endless] / 2, up[endless], INK, symbol="x", size=10) if endless.any() else None,
    ]
    return plot(
        "costs",
        vline(
            entropy,
            limits,
            INK,
            dash="dash",
            width=1.4,
            label=T("平均の床", "floor of the mean"),
            at=0,
            where="top right",
        ),
        *(mark for mark in drawn if len(words)),
        x=T("損失 −ln p（ナット）", "Loss −ln p (nats)"),
        y="",
        xlim=(0, MOST + 0.8),
        ylim=limits,
        yticks={float(at): g.WORDS[word] for at, word in zip(up, words, strict=True)},
        drag=False,
        small=True,
        margin={"l": 78},
    )


def ladder(curves: Array, floors: Array, sees: int, n: int | None, loss: float) -> Figure:
    """Draw how counting models come down to their floors as they read; a press reads so many sentences."""
    x, low, high = np.log2(SIZES), 0.65, 3.55
    limits = (1.6, 15.2)
    even = float(np.log(len(g.WORDS)))
    dashed = [
        hline(float(v), limits, MUTED, dash="dot", width=1) for k, v in enumerate(floors) if 0 < k < 4 and k != sees
    ]
    return plot(
        "ladder",
        dashed,
        hline(even, limits, INK, dash="dash", width=1.2, label=T("どの語も同じ", "all words alike"), where="top left"),
        hline(
            float(floors[0]),
            limits,
            INK,
            dash="dash",
            width=1.2,
            label=T("語の頻度だけ", "frequencies alone"),
            where="bottom left",
        ),
        hline(float(floors[4]), limits, INK, dash="dash", width=1.6, label=T("言葉の床", "floor"), where="bottom left"),
        hline(float(floors[sees]), limits, BLUE, dash="dash", width=1.4),
        [line(x, row, MUTED, width=1) for k, row in enumerate(curves) if k != sees],
        line(x, curves[sees], BLUE, width=2.4),
        ring(np.log2(n) if n else limits[1] - 0.5, min(loss, high)),
        press(
            x, np.full(len(x), (low + high) / 2), (0.5, (high - low) / 2), [{"n": s, "knows": "read"} for s in SIZES]
        ),
        x=T("読んだ文の数", "Sentences read"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=limits,
        ylim=(low, high),
        xticks={float(np.log2(n)): f"{n:,}" for n in (4, 64, 1000, 16000)},
        drag=False,
        small=True,
        margin={"r": 22},
    )

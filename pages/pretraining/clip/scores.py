"""Captions by chance, and the cosines of others as bars over the hill that they make."""

import functools
from collections.abc import Sequence

import numpy as np

from core.pretraining import clip
from core.result import lock
from core.text import T
from figures.marks import area, bars, box, ring, text
from figures.plot import plot, table
from figures.spec import BLUE, GREEN, INK, MUTED, Card, Figure
from pages.pretraining.clip.pictures import posts
from pages.pretraining.clip.shared import TONGUES, Floats, read

LOW, NUMBERS, SHARES, RIGHT = -0.6, 0.99, 1.76, 2.34  # across: the axis' end, the numbers, the shares' zero, the frame
UNIT = 0.2  # a share of 1 is that long


NULL = 200  # captions by chance of each language


@functools.cache
def by_chance(model: str) -> Floats:
    """Encode captions of nothing in particular: (2, NULL, d), Japanese and English."""
    rows = np.stack([read(model, clip.random_captions(NULL, language=tongue)) for tongue in TONGUES])
    lock(rows)
    return rows


def scores(labels: Sequence[T], cosine: Floats, share: Floats, beaten: Floats, null: Floats, *, typed: bool) -> Figure:
    """Draw each caption's cosine, in Japanese above and English below, over what captions by chance get.

    Parameters
    ----------
    labels
        (n,) the captions.
    cosine, share, beaten
        (2, n) of the two languages: cosine, softmax over the captions, how many captions by chance score lower, in %.
    null
        (2, m) cosines of captions by chance.
    typed
        Whether row 0 was typed: it has one bar, with the mark of the query.
    """
    n, k = len(labels), int(typed)
    at = np.arange(n, 0, -1.0)
    low, high = np.quantile(null, [0.05, 0.95])
    edges = np.linspace(LOW, 1.0, 41)
    density = np.histogram(null, edges)[0]
    hill = np.concatenate([[0], np.repeat(0.62 * density / density.max(), 2), [0]])

    def rows(start: float, values: Floats, unit: float, color: str) -> list[object]:
        end = start + unit * values
        return [
            bars(start, end[0, k:], at[k:] - 0.14, 0.1, color, 0.85),
            bars(start, end[1, k:], at[k:] - 0.36, 0.1, color, 0.4),
            bars(start, end[0, :k], at[:k] - 0.25, 0.17, color, 0.85) if typed else None,
        ]

    def told(i: int, row: int, than: str) -> str:
        return f"{cosine[row, i]:.2f}  {than}{np.floor(beaten[row, i]):.0f}%".replace("-", "−")

    return plot(
        "scores",
        box(low, high, 0, n + 0.62, MUTED, 0.13),
        posts(high, at, -0.5, 0.04, INK, width=1.2, dash="dash"),
        area(np.repeat(edges, 2), hill, MUTED, 0.5),
        posts(0.0, at, -0.5, 0.04, MUTED, width=1.0),
        [mark for mark in rows(0.0, cosine, 1.0, BLUE) + rows(SHARES, share, UNIT, GREEN) if mark],
        ring(cosine[0, 0], at[0] - 0.25, 12.0) if typed else None,
        text(np.full(n, LOW), at + 0.22, labels),
        text(np.full(n, NUMBERS), at - 0.25, [T(told(i, 0, "＞"), told(i, 1, ">")) for i in range(n)], BLUE),
        text(
            SHARES + UNIT * share.max(axis=0),
            at - 0.25,
            [T(f"{100 * ja:.0f}%", f"{100 * en:.0f}%") for ja, en in share.T],
            GREEN,
        ),
        text(high, 0.22, T("← ランダムな文（＞は勝った割合）", "← random captions (>: share beaten)"), MUTED),
        text(RIGHT, n + 0.45, T("確率", "probability"), GREEN, "middle left"),
        x=T("コサイン類似度（濃: 日本語、淡: 英語）", "Cosine similarity (strong: Japanese, faint: English)"),
        y="",
        xlim=(LOW, RIGHT),
        ylim=(-0.08, n + 0.62),
        view=str(n),
        xticks=[-0.5, 0, 0.5, 1],
        margin={"l": 6, "r": 6, "t": 4, "b": 42},
    )


def card(cosine: Floats, share: Floats, beaten: Floats, temperature: float, *, typed: bool) -> Card:
    """Show the numbers of the caption on top; arguments as of `scores`."""
    names = [T("自分の文", "Your caption")] if typed else [T("日本語", "Japanese"), T("英語", "English")]
    rows = [
        row
        for i, name in enumerate(names)
        for row in (
            (T(f"{name.ja}: コサイン", f"{name.en}: cosine"), cosine[i, 0], 3),
            (T("　ロジット", "— logit"), cosine[i, 0] / temperature, 1),
            (T("　確率 (%)", "— probability (%)"), 100 * share[i, 0], 1),
            (T("　ランダムな文より上 (%)", "— above random (%)"), beaten[i, 0], 1),
        )
    ]
    scale = (T("logit ÷ コサイン", "logit ÷ cosine"), 1 / temperature, 1) if typed else None
    return table(T("いちばん上の文", "The caption on top"), *rows, scale)

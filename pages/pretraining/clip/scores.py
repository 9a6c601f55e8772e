"""Captions by chance, and the cosines of others as bars over the hill that they make."""

import functools
from collections.abc import Sequence

import numpy as np

from core.bins import Bins
from core.pretraining import clip
from core.result import lock
from core.text import T
from figures.marks import area, bars, box, ring, text
from figures.plot import plot, table
from figures.spec import BLUE, GREEN, INK, MUTED, Card, Figure
from pages.pretraining.clip.pictures import posts
from pages.pretraining.clip.shared import NULL, TONGUES, Floats, read

# Across: the axis' end, the cosines in words, how many are beaten, the shares' zero, the frame.
LOW, NUMBERS, BEATEN, SHARES, RIGHT = -0.6, 1.03, 1.36, 1.8, 2.36
UNIT = 0.2  # a share of 1 is that long
# Bars of the page's own language stand out: Japanese ones above, English ones below.
TONGUES_COLOURS = (T(BLUE, MUTED), T(MUTED, BLUE)), (T(GREEN, MUTED), T(MUTED, GREEN))


@functools.cache
def by_chance(model: str) -> Floats:
    """Encode captions of nothing in particular: (2, NULL, d), Japanese and English."""
    rows = np.stack([read(model, clip.random_captions(NULL, language=tongue)) for tongue in TONGUES])
    lock(rows)
    return rows


def scores(
    labels: Sequence[T], cosine: Floats, share: Floats, beaten: Floats, null: Floats, hill: Bins, *, typed: bool
) -> Figure:
    """Draw each caption's cosine, in Japanese above and English below, over what captions by chance get.

    The page's own language is coloured, and its numbers are written.

    Parameters
    ----------
    labels
        (n,) the captions.
    cosine, share, beaten
        (2, n) of the two languages: cosine, softmax over the captions, how many captions by chance score lower, in %.
    null, hill
        Cosines of captions by chance, and how many of them are where.
    typed
        Whether row 0 was typed: it has one bar, with the mark of the query.
    """
    n, k = len(labels), int(typed)
    at = np.arange(n, 0, -1.0)
    low, high = np.quantile(null, [0.05, 0.95])
    steps = np.concatenate([[0], np.repeat(0.5 * hill.counts / hill.counts.max(), 2), [0]])

    def rows(start: float, values: Floats, unit: float, colors: tuple[T, T], own: str) -> list[object]:
        end = start + unit * values
        return [
            bars(start, end[0, k:], at[k:] - 0.14, 0.1, colors[0], 0.75),
            bars(start, end[1, k:], at[k:] - 0.36, 0.1, colors[1], 0.75),
            bars(start, end[0, :k], at[:k] - 0.25, 0.17, own, 0.85) if typed else None,
        ]

    def told(values: Floats, form: str) -> list[T]:
        return [T(*(form.format(v).replace("-", "−") for v in pair)) for pair in values.T]

    return plot(
        "scores",
        box(low, high, 0, n + 1.05, MUTED, 0.13),
        posts(high, at, -0.5, 0.04, INK, width=1.2, dash="dash"),
        area(np.repeat(hill.edges, 2), steps, MUTED, 0.5),
        posts(0.0, at, -0.5, 0.04, MUTED, width=1.0),
        *rows(0.0, cosine, 1.0, TONGUES_COLOURS[0], BLUE),
        *rows(SHARES, share, UNIT, TONGUES_COLOURS[1], GREEN),
        ring(cosine[0, 0], at[0] - 0.25, 12.0) if typed else None,
        text(np.full(n, LOW), at + 0.22, labels),
        text(np.full(n, NUMBERS), at - 0.25, told(cosine, "{:.2f}"), BLUE),
        text(np.full(n, BEATEN), at - 0.25, told(np.floor(beaten), "{:.0f}%"), INK),
        text(SHARES + UNIT * share.max(axis=0), at - 0.25, told(100 * share, "{:.0f}%"), GREEN),
        text(high, 0.22, T("← ランダムな文の 95%", "← 95% of random captions"), MUTED),
        text(NUMBERS, n + 0.4, T("コサイン", "cosine"), BLUE),
        text(BEATEN, n + 0.83, T("ランダムに勝つ", "beats random"), INK),
        text(RIGHT, n + 0.4, T("確率", "probability"), GREEN, "middle left"),
        x=T(
            "コサイン類似度（青: 日本語の文、灰色: 英語の文）",
            "Cosine similarity (blue: English captions, grey: Japanese ones)",
        ),
        y="",
        xlim=(LOW, RIGHT),
        ylim=(-0.08, n + 1.05),
        view=str(n),
        xticks=[-0.5, 0, 0.5, 1],
        margin={"l": 6, "r": 6, "t": 4, "b": 42},
    )


def card(cosine: Floats, share: Floats, beaten: Floats, temperature: float, *, typed: bool) -> Card:
    """Show the numbers of the answer, the caption with the largest cosine, or of the typed one; as for `scores`."""
    best = [0, 0] if typed else cosine.argmax(axis=1)
    names = [T("自分の文", "Your caption")] if typed else [T("日本語", "Japanese"), T("英語", "English")]
    rows = [
        row
        for i, name in enumerate(names)
        for row in (
            (T(f"{name.ja}: コサイン", f"{name.en}: cosine"), cosine[i, best[i]], 3),
            (T("　ロジット", "— logit"), cosine[i, best[i]] / temperature, 1),
            (T("　確率 (%)", "— probability (%)"), 100 * share[i, best[i]], 1),
            (T("　ランダムに勝つ (%)", "— beats random (%)"), beaten[i, best[i]], 1),
        )
    ]
    scale = (T("logit ÷ コサイン", "logit ÷ cosine"), 1 / temperature, 1) if typed else None
    return table(T("答えの文", "The answer"), *rows, scale)

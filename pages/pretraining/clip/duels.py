"""How swaps are drawn: how often each model prefers the true caption, and its two cosines in one example."""

from typing import Any

import numpy as np

from core.pretraining import clip
from core.text import T
from figures.marks import bars, text
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, NOW, OTHER, Figure
from pages.pretraining.clip.pictures import posts
from pages.pretraining.clip.shared import MODELS

KINDS = {
    "object": T("形を、絵にないものに", "A shape that is not there"),
    "colour": T("色を、絵にないものに", "A colour that is not there"),
    "size": T("大きさを逆に", "The other size"),
    "relation": T("位置関係を逆に", "The converse relation"),
    "binding": T("二つの色を入れ替え", "The two colours change places"),
    "order": T("二つの物を入れ替え（語順）", "The two things change places (order)"),
}


def names(p: Any) -> list[tuple[T, str]]:
    """Name what each bar is of, with its colour."""
    model = MODELS[p.judge]
    return [
        (T(f"■ {model.ja}", f"■ {model.en}"), BLUE),
        (T("■ 鏡の組も見た CLIP", "■ CLIP with mirrored pairs"), GREEN),
        (T("■ Bag-of-Words（語順を見ない）", "■ bag of words (no order)"), OTHER),
    ]


def wins(r: Any, p: Any) -> Figure:
    """Draw win rates by kind: a bar of each model, half of all dashed."""
    n = len(KINDS)
    at = np.arange(n, 0, -1.0)
    rows = [np.array([getattr(kind, name) for kind in r.kinds.values()]) for name in ("wins", "mirrored", "bag")]
    most = np.max(rows, axis=0)
    after = np.where(most > 34, np.maximum(most, 51.0), most)  # numbers keep off the line of one half
    words: list[object] = [text(0, n + 1.8 - 0.47 * i, name, color) for i, (name, color) in enumerate(names(p))]
    for i, (share, (_, color)) in enumerate(zip(rows, names(p), strict=True)):
        words += [
            bars(0, share, at + 0.02 - 0.21 * i, 0.09, color, 0.8),
            text(after + 11.5 * i, at - 0.19, [f"{v:.0f}" for v in share], color),
        ]
    tied = [T(f"（同点 {k.ties:.0f}%）", f"({k.ties:.0f}% ties)") if k.ties else T("", "") for k in r.kinds.values()]
    room = most < 60  # beside the numbers; else beside the third bar
    words.append(text(np.where(room, after + 33, 51.0), at - np.where(room, 0.19, 0.45), tied, OTHER))
    return plot(
        "wins",
        words,
        posts(50.0, at, -0.5, 0.12, width=1.4, dash="dash"),
        [text(0, y + 0.28, KINDS[k], NOW if k == p.swap else INK) for y, k in zip(at, clip.KINDS, strict=True)],
        x=T("正しい文が勝つ割合 (%)", "The true caption wins (%)"),
        y="",
        xlim=(0, 132),
        ylim=(0.4, n + 2.05),
        xticks=[0, 25, 50, 75, 100],
        margin={"l": 8, "r": 8, "t": 6, "b": 42},
    )


def duel(r: Any, p: Any) -> Figure:
    """Draw the true caption (✓) over the exchanged one (✕), with each model's cosine."""
    at = np.array([2.0, 1.0])
    labels = [T(f"{mark} {c.ja}", f"{mark} {c.en}") for mark, c in zip("✓✕", r.captions, strict=True)]
    rows: list[object] = []
    for i, (cosine, (_, color)) in enumerate(zip((r.cosine, r.mirrored_cosine, r.bag_cosine), names(p), strict=True)):
        y = at + 0.08 - 0.2 * i
        rows += [
            bars(0, cosine, y, 0.08, color, 0.8),
            text(np.maximum(cosine, 0), y, [f"{v:.3f}" for v in cosine], color),
        ]
    return plot(
        "duel",
        posts(0.0, at, -0.45, 0.18, MUTED, width=1.0),
        rows,
        text([-0.4, -0.4], at + 0.34, labels),
        x=T("コサイン類似度", "Cosine similarity"),
        y="",
        xlim=(-0.4, 1.25),
        ylim=(0.45, 2.6),
        xticks=[0, 0.5, 1],
        margin={"l": 6, "r": 6, "t": 4, "b": 42},
    )

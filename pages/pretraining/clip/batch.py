"""Pictures of a batch: images against captions, each pair's loss, the loss over the temperature."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import heat, hline, line, marks, moving, picture, ring, text, vline
from figures.plot import plot, sheet, table
from figures.spec import BLUE, MUTED, NOW, ORANGE, PAPER, PURPLE, Card, Figure, Frames, Kept
from pages.pretraining.clip.pictures import frame
from pages.pretraining.clip.shared import Floats, Images

HEAT = ((0, PAPER), (1, BLUE))  # from nothing to much
SIGNED = ((0, ORANGE), (0.5, PAPER), (1, BLUE))
VIEWS = {  # what is shown, and what its colours mean
    "cosine": (T("コサイン", "Cosine"), T("橙 −1 … 青 +1", "orange −1 … blue +1")),
    "logits": (T("ロジット (コサイン ÷ τ)", "Logits (cosine ÷ τ)"), T("橙 −20 … 青 +20", "orange −20 … blue +20")),
    "columns": (
        T("画像ごとの確率 (画像→文)", "Softmax of each image (image→text)"),
        T("列の和が 1", "a column adds up to 1"),
    ),
    "rows": (
        T("文ごとの確率 (文→画像)", "Softmax of each caption (text→image)"),
        T("行の和が 1", "a row adds up to 1"),
    ),
}
SMALL = {"l": 46, "r": 10, "t": 6, "b": 40}
ROOM = 27  # characters of a caption beside the matrix


def matrix(z: NDArray[np.uint8], images: Images, captions: Sequence[T], f: int, *, signed: bool, unit: T) -> Figure:
    """Draw images (across) against captions (downwards), frame by frame.

    Parameters
    ----------
    z
        (t, n, n), z[:, i, j] image i with caption j.
    images
        (n, h, w, 3) thumbnails.
    captions
        (n,) shown where there is room, the English ones without articles.
    f
        The pair that is framed.
    signed
        Whether 128 is nothing and less is below it.
    unit
        What the colours mean.
    """
    n = len(images)
    thumb = max(1.0, n / 9)
    left = (1.2 if n <= 12 else 0.2) * n
    rows, others = np.arange(n - 1, -1, -1.0), np.arange(n) != f  # the first caption on top
    names = [T(short(c.ja), short(re.sub(r"\b(a|the) ", "", c.en))) for c in captions]
    listed = [
        text(
            np.full(n - 1, -0.55),
            rows[others],
            [t for t, other in zip(names, others, strict=True) if other],
            at="middle left",
        ),
        text(-0.55, rows[f], names[f], NOW, "middle left"),
    ]
    return sheet(
        "matrix",
        heat(
            Frames(np.ascontiguousarray(z.transpose(0, 2, 1)[:, ::-1])),
            (0, n - 1),
            (0, n - 1),
            SIGNED if signed else HEAT,
            smooth=False,
        ),
        picture(Kept(np.concatenate(list(images), axis=1)), -0.5, -0.58 - (1.0 if thumb > 1 else 0.92), n - 0.5, -0.58),
        frame(-0.5, n - 0.5, -0.5, n - 0.5, width=1),
        frame(f - 0.5, f + 0.5, n - f - 1.5, n - f - 0.5, NOW, width=2.5),
        listed if n <= 12 else None,
        text(-0.5 - left, -0.6 - thumb / 2, unit, MUTED),
        xlim=(-0.5 - left, n - 0.4),
        ylim=(-0.65 - thumb, n - 0.4),
        view=str(n),
        margin={"l": 2, "r": 4, "t": 4, "b": 4},
        drag=True,
    )


def short(caption: str) -> str:
    """Cut a caption to `ROOM` characters' width; Japanese ones count nearly double."""
    ends = np.cumsum([1 if c.isascii() else 1.9 for c in caption])
    return caption if ends[-1] <= ROOM else caption[: np.searchsorted(ends, ROOM, side="right")] + "…"


def pair_losses(to_text: Floats, to_image: Floats, f: int, *, chance: float, floor: float) -> Figure:
    """Draw each pair's loss in both directions, (t, n) in nats; log N and the floor log m of repeated pairs dashed."""
    t, n = to_text.shape
    worst = min(max(to_text.max(), to_image.max()), 3 * chance)
    top = float(np.ceil(2 * max(1.45 * chance, 1.1 * worst)) / 2)
    high, ends = 1.4 * top, (0.3, n + 0.7)  # two rows of words above
    x, size = moving(np.tile(np.arange(1.0, n + 1), (t, 1))), 9.0 if n <= 16 else 6.0
    # Two lines too near each other share one name.
    near = floor > 0 and chance - floor < 0.17 * high
    name = T("log N（下は log m）", "log N (below: log m)") if near else T("log N", "log N")
    of_floor = {} if near else {"label": T("log m", "log m")}
    return plot(
        "losses",
        hline(chance, ends, width=1.4, dash="dash", label=name),
        hline(floor, ends, PURPLE, width=1.4, dash="dash", **of_floor) if floor > 0 else None,
        marks(x, moving(np.minimum(to_text, top)), BLUE, size=size),
        marks(x, moving(np.minimum(to_image, top)), ORANGE, size=size, symbol="triangle-up"),
        ring(moving(np.full(t, f + 1.0)), moving(np.minimum(to_text[:, f], top)), 13.0),
        text(0.35, 0.91 * high, T("● 画像→文", "● image→text"), BLUE),
        text(0.35, 0.73 * high, T("▲ 文→画像", "▲ text→image"), ORANGE),
        x=T("組", "Pair"),
        y=T("損失 (ナット)", "Loss (nats)"),
        xlim=ends,
        ylim=(-0.03 * top, high),
        view=str(n),
        xticks=6,
        yticks=5,
        margin=SMALL,
    )


def over_temperature(taus: Floats, losses: Floats, chance: float, tau: float, now: Floats, learned: float) -> Figure:
    """Draw the loss over the temperature, (t, taus), with CLIP's own marks and where the dial stands.

    Parameters
    ----------
    chance
        log N, which the loss tends to on the right.
    tau, now
        Where the dial stands, and the (t,) losses there.
    learned
        The temperature that the model learned.
    """
    x, t = np.log10(taus), len(losses)
    top = float(np.ceil(2 * 2.5 * chance) / 2)
    # Each mark ends at its word, and the words stand on three rows.
    told = (
        (0.01, T("0.01 (上限)", "0.01 (limit)"), 0.9),
        (learned, T(f"学んだ τ {learned:.3f}", f"learned τ {learned:.3f}"), 0.72),
        (0.07, T("0.07 (はじめ)", "0.07 (start)"), 0.54),
    )
    return plot(
        "taus",
        hline(chance, x[[0, -1]], width=1.4, dash="dash", label=T("log N", "log N")),
        [vline(np.log10(at), (0, height * top), MUTED, width=1.2, dash="dot") for at, _, height in told],
        [text(np.log10(at), height * top, name, MUTED) for at, name, height in told],
        line(moving(np.tile(x, (t, 1))), moving(np.minimum(losses, 2 * top)), BLUE, width=2.4),
        ring(moving(np.full(t, np.log10(tau))), moving(np.minimum(now, top)), 12.0),
        x=T("温度 τ", "Temperature τ"),
        y=T("損失 (ナット)", "Loss (nats)"),
        xlim=x[[0, -1]],
        ylim=(0, top),
        view=str(top),
        xticks={-2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100"},
        yticks=5,
        margin=SMALL,
    )


def card(r: Any, p: Any, f: int) -> Card:
    """Show what becomes of one pair: cosine, logit, probabilities."""
    return table(
        T(f"画像 {f + 1} と文 {f + 1}", f"Image {f + 1} and caption {f + 1}"),
        (T("コサイン", "cosine"), r.similarity[:, f, f], 3),
        (T("ロジット", "logit"), r.similarity[:, f, f] / p.tau, 2),
        (T("確率: 画像→文 (%)", "p image→text (%)"), 100 * r.rows[:, f, f], 1),
        (T("確率: 文→画像 (%)", "p text→image (%)"), 100 * r.columns[:, f, f], 1),
        (T("倍率 1/τ", "scale 1/τ"), 1 / p.tau, 2),
        (T("log (1/τ)", "log (1/τ)"), -np.log(p.tau), 2),
    )

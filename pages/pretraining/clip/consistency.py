"""What CyCLIP's terms gave and what they cost: over λ, and in two ways to classify."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.text import T
from figures.marks import bars, line, text, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, NOW, ORANGE, PURPLE, Figure


def trade(models: Mapping[str, Any], weight: str) -> Figure:
    """Draw what each λ gave: disagreements beside the spread, how alike two pictures are, the loss."""
    at = np.arange(3.0)
    cross, inner = np.array([m.relative for m in models.values()]).T
    curves = (
        (T("モーダル内 ÷ 分散", "in-modal ÷ variance"), inner, PURPLE),
        (T("モーダル間 ÷ 分散", "cross-modal ÷ variance"), cross, ORANGE),
        (T("別の絵とのコサイン", "cosine of two pictures"), np.array([m.likeness for m in models.values()]), BLUE),
        (T("対比損失（512 組）", "InfoNCE (512 pairs)"), np.array([m.loss for m in models.values()]), GREEN),
    )
    top = 2.0 * max(float(v.max()) for _, v, _ in curves)
    now = list(models).index(weight)
    return plot(
        "trade",
        vline(now, (0, 0.5 * top), NOW, width=1.5, dash="dot"),
        [line(at, v, color, width=2.2) for _, v, color in curves],
        [text(-0.15, (0.93 - 0.115 * i) * top, name, color) for i, (name, _, color) in enumerate(curves)],
        x=T("学習に使った λ", "λ of the training"),
        y="",
        xlim=(-0.15, 2.15),
        ylim=(0, top),
        xticks={i: m.name.en.removeprefix("λ = ") for i, m in enumerate(models.values())},
        small=True,
    )


def answers(one: Any, other: Any, near: int) -> Figure:
    """Draw for each share a bar of λ = 0 and one of the chosen λ below it."""
    names = [
        T("ゼロショットの正解", "Zero-shot right"),
        T(f"{near} 近傍法の正解", f"{near}-NN right"),
        T("二つの答えが同じ", "Both answers agree"),
    ]
    n, at = 3, np.arange(3, 0, -1.0)

    def row(m: Any, color: str, below: float, x: float) -> list[Any]:
        shares = np.array([m.zero_shot, m.knn, m.agree])
        return [
            text(x, n + 0.78, T(f"■ {m.name.ja}", f"■ {m.name.en}"), color),
            bars(0, shares, at - below, 0.13, color, 0.75),
            text(shares, at - below, [f"{v:.1f}" for v in shares], color),
        ]

    return plot(
        "answers",
        row(one, BLUE, 0.0, 0),
        row(other, PURPLE, 0.32, 44),
        text(np.zeros(n), at + 0.32, names, INK),
        x=T("割合 (%)", "Share (%)"),
        y="",
        xlim=(0, 128),
        ylim=(0.48, n + 1.0),
        xticks=[0, 50, 100],
        margin={"l": 8, "r": 8, "t": 4, "b": 40},
    )

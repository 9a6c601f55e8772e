"""What the scenes share: words in boxes, tinted by their probability, and sentences in both languages."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from core.llm import language as g
from core.text import T
from figures.marks import Trace, box, line, text
from figures.spec import BLUE, INK, MUTED

HALF = (0.47, 0.42)  # half a box


def sentence(words: Sequence[int]) -> T:
    """Write words in both languages."""
    return T(*(" ".join(g.WORDS[k](lang) for k in words) for lang in ("ja", "en")))


def boxes(x: ArrayLike, y: ArrayLike, names: Sequence[T | str], p: ArrayLike, color: str = BLUE) -> list[Trace]:
    """Draw names in boxes around (x, y), each tinted by its probability, which stands below the name."""
    x, y, p = np.asarray(x, float), np.asarray(y, float), np.asarray(p, float)
    tints = [
        box(a - HALF[0], a + HALF[0], b - HALF[1], b + HALF[1], color, 0.05 + 0.55 * float(share))
        for a, b, share in zip(x, y, p, strict=True)
    ]
    told = p >= 0.005
    shares = [f"{100 * share:.0f}%" for share in p[told]]
    return [
        *tints,
        text(x, y + np.where(told, 0.2, 0), names, INK, "middle center"),
        *([text(x[told], y[told] - 0.21, shares, MUTED, "middle center")] if told.any() else []),
    ]


def frames(at: ArrayLike, color: str, width: float = 2.0) -> Trace:
    """Draw the edges of the boxes around places (n, 2)."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1), (np.nan, np.nan)]) * HALF
    path = (np.reshape(at, (-1, 1, 2)) + corners).reshape(-1, 2)
    return line(*path.T, color, width=width)

"""A head whose vectors were chosen by hand, word by word: their first two numbers, and chance for the others."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import transformer as t
from core.result import result
from core.text import T
from figures.marks import area, line, marks, text
from figures.plot import plot
from figures.spec import BLUE, INK, ORANGE, Figure

Floats = NDArray[np.float64]
MOST = 8  # words
SENTENCE = (
    T("猫", "cat"),
    T("が", "-ga"),
    T("机", "desk"),
    T("の", "-no"),
    T("上", "top"),
    T("で", "-de"),
    T("眠る", "sleeps"),
)
# A row a word: a verb asks who does it, a particle asks for the word before it.
KEYS = np.array([[2.2, 0.4], [0.6, 0.0], [0.6, 2.0], [0.0, 0.9], [-1.5, 1.6], [-0.7, 0.1], [-1.6, -1.3], [1.5, -1.6]])
QUERIES = np.array([[-1.0, -2.0], [2, 0.2], [-1.4, 1.6], [0.6, 2], [0.7, 1.8], [-1.5, 1.5], [2.2, 0.3], [1, -2]])
VALUES = np.array([[1.8, -1.2], [0.7, -0.2], [1.2, 1.5], [-0.2, 0], [-0.6, 1.8], [-0.6, 0.8], [-2, -0.6], [0.5, -1.8]])


@result
class Head:
    names: tuple[T, ...]
    word: int  # who asks
    query: Floats  # (2,) the first two numbers of it
    keys: Floats  # (n, 2) and of the keys
    values: Floats  # (n, 2)
    scores: Floats  # (n,) NaN where it may not look
    weights: Floats  # (n,)
    out: Floats  # (2,)
    frame: Floats  # (m, 2) corners of the values, in turn
    spread: float  # words looked at
    never: int  # words in sight that no query prefers

    @property
    def best(self) -> T:
        return self.names[int(self.weights.argmax())]

    @property
    def share(self) -> float:
        return 100 * float(self.weights.max())

    @property
    def asks(self) -> T:
        return self.names[self.word]


def words(typed: str) -> tuple[T, ...]:
    """Take words that spaces divide, or, if there are none, characters."""
    parts = typed.split()
    parts = list(parts[0]) if len(parts) == 1 else parts
    return tuple(T(part, part) for part in parts[:MOST]) or SENTENCE


def vectors(names: tuple[T, ...], dims: int, seed: int) -> tuple[list[int], Floats, Floats]:
    """Give which row each word has, the same for the same word, and all queries and keys (MOST, dims)."""
    kinds = list(dict.fromkeys(name.ja for name in names))
    rest = np.random.default_rng(seed).standard_normal((2, MOST, dims - 2))
    rows = [kinds.index(name.ja) for name in names]
    return rows, np.hstack([QUERIES, rest[0]]), np.hstack([KEYS, rest[1]])


def compute(p: Any) -> Head:
    names, dims = words(p.typed), int(p.dims)
    word = min(p.word, len(names)) - 1
    rows, queries, keys = vectors(names, dims, p.seed)
    q, k, v = queries[rows[word]], keys[rows], VALUES[rows]
    q[:2] += p.dx, p.dy
    seen = np.arange(len(names)) <= (word if p.masked else len(names))
    out, weights = t.attention(q[None], k, v, mask=seen[None], scale=None if p.root else 1.0)
    scores = np.where(seen, k @ q / (np.sqrt(dims) if p.root else 1), np.nan)
    corners = np.unique(v, axis=0)
    corners = corners[t.winnable(corners)]
    turn = np.arctan2(*(corners - corners.mean(axis=0)).T)
    return Head(
        names,
        word,
        q[:2],
        k[:, :2],
        v,
        scores,
        weights[0],
        out[0],
        corners[turn.argsort()],
        float(t.spread(weights)[0]),
        int((~t.winnable(k[seen])).sum()),
    )


def values(r: Head) -> Figure:
    """Draw values and their mixture, which never leaves them."""
    return plot(
        "values",
        area(*r.frame.T, ORANGE, 0.12) if len(r.frame) > 2 else line(*r.frame.T, ORANGE, width=1.5),
        [
            line(*np.stack([r.out, v], axis=1), ORANGE, width=0.3 + 6 * w)
            for v, w in zip(r.values, r.weights, strict=True)
        ],
        marks(*r.values.T, ORANGE, size=9, symbol="triangle-up"),
        marks([r.out[0]], [r.out[1]], BLUE, size=13, symbol="diamond"),
        text(*r.values.T, r.names, INK, "top center"),
        x=T("値（三角）と、混ぜた出力（ひし形）", "Values, and their mixture (diamond)"),
        y="",
        xlim=(-2.8, 2.8),
        ylim=(-2.3, 2.5),
        xticks=(),
        equal=True,
        small=True,
        drag=False,
        margin={"l": 4},
    )

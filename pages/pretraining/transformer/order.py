"""A text and the same characters in another order, through a Transformer whose weights are random."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import transformer as t
from core.result import result

Floats = NDArray[np.float64]
DIMS, FAR = 16, 24  # of a vector; the largest shift that is drawn
LINE, OTHER = "犬が人をかむ", "人が犬をかむ"
SAME = 1e-9  # less than this, relative, is rounding


@result
class Orders:
    line: str
    other: str
    where: NDArray[np.int64]  # (n,) where each character of the line stands in the other
    outputs: Floats  # (n, DIMS) of the line
    others: Floats  # (n, DIMS) of the other
    change: Floats  # (n,) % between the outputs of a character
    hands: Floats  # (2, DIMS / 2) angles of the clocks at a place, and after the shift
    alike: Floats  # (FAR + 1,) code of the place · code of the place k further
    product: float  # at the shift

    @property
    def changed(self) -> int:
        return int((self.change > 100 * SAME).sum())

    @property
    def most(self) -> float:
        return float(self.change.max())

    @property
    def end(self) -> float:
        return float(self.change[-1])

    @property
    def n(self) -> int:
        return len(self.line)


def pair(line: str, other: str) -> tuple[str, str]:
    """Take the line without spaces, and the other if it is made of the same characters, else the line backwards."""
    line, other = ("".join(text.split()) for text in (line, other))
    line = line or LINE
    return line, other if sorted(line) == sorted(other) else line[::-1]


def swapped(text: str, i: int) -> str:
    """Change places i and i + 1."""
    return text[:i] + text[i + 1 : i + 2] + text[i] + text[i + 2 :]


def matched(line: str, other: str) -> NDArray[np.int64]:
    """Give where in the other the first, second … of each character stands."""
    places = {c: [j for j, own in enumerate(other) if own == c] for c in line}
    return np.array([places[c].pop(0) for c in line])


def vectors(text: str, seed: int) -> Floats:
    """Give each character its random vector."""
    return np.array([np.random.default_rng([seed, ord(c)]).standard_normal(DIMS) for c in text])


def compute(p: Any) -> Orders:
    line, other = pair(p.line, p.other)
    n = len(line)
    blocks, mask = t.drawn(p.layers, DIMS, seed=p.seed), t.causal(n) if p.masked else None
    code = t.positions(n, DIMS) if p.places else 0.0
    a, b = (t.stack(blocks, vectors(s, p.seed) + code, norm="before", mask=mask).output for s in (line, other))
    where = matched(line, other)
    change = 100 * np.linalg.norm(a - b[where], axis=1) / np.linalg.norm(a, axis=1)
    codes = t.positions(p.place + FAR + 1, DIMS)
    hands = np.outer([p.place, p.place + p.shift], t.speeds(DIMS))
    near = float(codes[p.place] @ codes[p.place + p.shift])
    return Orders(line, other, where, a, b, change, hands, codes[p.place :] @ codes[p.place], near)

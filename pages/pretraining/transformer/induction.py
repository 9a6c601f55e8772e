"""Networks of one or two layers on a sequence of its own chain, step by step of their training."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import transformer as t
from core.pretraining.transformer.chains import HELD
from core.result import result

Floats = NDArray[np.float64]
SHOWN = 24  # symbols
LETTERS = "あいう"
TRAINED = {"1": (1, 1), "2": (2, 1), "long": (1, 10)}  # layers, and how many times as long


@result
class Learning:
    steps: NDArray[np.int64]  # (s,) of training
    x: NDArray[np.int64]  # (t,) symbols
    letters: tuple[str, ...]  # (t,)
    at: int  # the place one looks from
    loss: Floats  # (s,)
    line: float  # loss of counting, and of Bayes' rule
    floor: float
    previous: Floats | None  # (s,) % of the first head's attention that goes to the place before; None if it is cut
    followers: Floats | None  # (s,) % of the last head's attention after earlier showings of the present symbol
    looks: Floats  # (s, layers, t, t)
    next: Floats  # (s, 3) what comes after `at`
    bayes: Floats  # (3,)
    counted: Floats  # (3,)
    after: NDArray[np.int64]  # places after earlier showings of the symbol at `at`

    @property
    def under(self) -> Floats:
        """How far below the line of counting."""
        return self.line - self.loss

    @property
    def known(self) -> str:
        return self.letters[self.at]


@functools.cache
def lines() -> tuple[float, float]:
    """Give the losses of counting symbols and of Bayes' rule on the sequences that are kept."""
    x = t.sample(*HELD[:2], seed=HELD[2])
    return t.loss(t.unigram(x), x), t.loss(t.bigram(x), x)


def sequence(typed: str, draw: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Take what was typed, its first three kinds of characters being the symbols, or draw a sequence."""
    kinds = list(dict.fromkeys("".join(typed.split())))[:3]
    letters = tuple(c for c in typed if c in kinds)[:SHOWN]
    if letters:
        return np.array([kinds.index(c) for c in letters]), letters
    x = t.sample(1, SHOWN, seed=draw)[0]
    return x, tuple(LETTERS[i] for i in x)


def compute(p: Any) -> Learning:
    layers, times = TRAINED[p.layers]
    made = t.learned(layers, p.seed, times=times)
    x, letters = sequence(p.typed, p.draw)
    at = min(p.place, len(x)) - 1
    looked, looks = t.run(made.film, x, without=(0,) if p.cut else ())
    before = np.flatnonzero(x[:at] == x[at]) + 1
    return Learning(
        made.steps,
        x,
        letters,
        at,
        made.cut if p.cut else made.loss,
        *lines(),
        None if p.cut else 100 * made.previous[:, 0],
        None if p.cut else 100 * made.followers[:, -1],
        looks,
        looked[:, at],
        t.bigram(x)[at],
        t.unigram(x)[at],
        before,
    )

"""The same sentences in two languages, and what they cost with a tokenizer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.llm import tokens as t
from core.result import result
from pages.llm.tokens.shared import Span, colors

MOST, ADDED = 600, 300  # merges, and tokens that may be added


@result
class Priced:
    """A tokenizer's prices."""

    texts: tuple[str, ...]  # the sentence in Japanese and in English, or one's own
    spans: tuple[tuple[Span, ...], ...]  # of their tokens
    ja: NDArray[np.int64]  # tokens of the held-out Japanese, before the first merge and after each
    en: NDArray[np.int64]
    sizes: tuple[int, int]  # characters of them
    base: int  # merges before tokens were added
    bits: NDArray[np.float64]  # (5, 4, points) a character, by seed, start and step

    @property
    def here(self) -> int:
        return len(self.spans[0])

    @property
    def per_ja(self) -> float:
        return float(self.ja[-1] / self.sizes[0])

    @property
    def per_en(self) -> float:
        return float(self.en[-1] / self.sizes[1])

    @property
    def tax(self) -> float:
        """Give the tokens of the Japanese text by those of the English one that says the same."""
        return float(self.ja[-1] / self.en[-1])


def tokenizer(share: int) -> t.Merges:
    """Give the tokenizer with the most merges: smaller ones are its beginnings."""
    return t.train(t.corpus(share), MOST + ADDED)


def compute(p: Any) -> Priced:
    m = tokenizer(int(p.share)).first(p.merges).extended(tokenizer(100), p.added)
    texts = (p.own,) if p.own else t.sentences(held_out=True)[p.row]
    ja, en = t.counts(m)
    return Priced(
        texts,
        tuple(tuple(colors(m.encode(said), m.tokens)) for said in texts),
        np.array(ja),
        np.array(en),
        (len(t.measured()[0]), len(t.measured()[1])),
        p.merges,
        ahead.load("tokens/grown")[p.watch],
    )


def begun(r: Priced) -> dict[str, NDArray[np.float64]]:
    """Give by start the mean of five runs: at once, and after training."""
    return {"first": r.bits[:, :, 0].mean(axis=0), "last": r.bits[:, :, -1].mean(axis=0)}

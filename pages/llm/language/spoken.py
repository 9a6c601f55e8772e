"""What is computed for the first scene: a model's losses, and what a sentence costs it."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.result import result
from core.text import T
from pages.llm.language.ladder import SIZES
from pages.llm.language.shared import sentence

FEW = 14  # words of a sentence that are shown


@result
class Spoken:
    words: tuple[int, ...]
    known: bool  # all that was typed
    cost: NDArray[np.float64]  # (words,) −ln p of each by the model, nats
    next: NDArray[np.float64]  # (vocabulary,) what it expects now
    curves: NDArray[np.float64]  # (5, sizes) loss by words looked back and sentences read
    floors: NDArray[np.float64]  # (5,)
    loss: float
    floor: float
    entropy: float

    @property
    def mine(self) -> float | None:
        return float(self.cost.mean()) if len(self.cost) else None

    @property
    def written(self) -> T:
        return sentence(self.words) if self.words else T("まだありません", "nothing yet")

    @property
    def perplexity(self) -> float:
        return float(np.exp(self.loss))


def read(n: int, seed: int) -> NDArray[np.float64]:
    """Draw sentences; give how often each was drawn."""
    return np.bincount(g.draw(n, seed=seed), minlength=len(g.SENTENCES)).astype(float)


@functools.lru_cache(64)
def learning(alpha: float, seed: int) -> NDArray[np.float64]:
    """Give the loss of counting models (words looked back, sentences read)."""
    weights = [read(n, seed) for n in SIZES]
    return np.array([[g.loss(k, g.counted(k, w, alpha=alpha)) for w in weights] for k in range(5)])


@functools.cache
def floors() -> NDArray[np.float64]:
    return np.array([g.floor(k) for k in range(5)])


def compute(p: Any) -> Spoken:
    words, known = g.read(p.sentence)
    words = words[-FEW:]
    q = g.counted(p.sees, p.weights, alpha=p.smooth)
    with np.errstate(divide="ignore"):
        cost = np.array([-np.log(g.next_word(p.sees, q, words[:i])[word]) for i, word in enumerate(words)])
    return Spoken(
        words,
        known,
        cost,
        g.next_word(p.sees, q, words).copy(),
        learning(p.alpha, p.seed),
        floors(),
        loss=g.loss(p.sees, q),
        floor=float(floors()[p.sees]),
        entropy=g.entropy(),
    )

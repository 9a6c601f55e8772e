"""Models of the language that count: the probability of a word after the last few, as often as it was seen."""

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.llm.language.grammar import END, LENGTHS, PROBABILITIES, SENTENCES, WORDS
from core.result import result

Array = NDArray[np.float64]


@result
class Contexts:
    """All that a model sees that looks so many words back, and what comes next."""

    names: dict[tuple[int, ...], int]  # the words seen -> row of the tables; nothing is seen beyond a full stop
    sentence: NDArray[np.int64]  # (t,) place in SENTENCES, of every word of every sentence
    row: NDArray[np.int64]  # (t,) what is seen before it
    word: NDArray[np.int64]  # (t,) which it is


@functools.cache
def contexts(order: int) -> Contexts:
    """List what a model sees that looks `order` words back.

    Raises
    ------
    ValueError
        order is below 0.
    """
    if order < 0:
        raise ValueError("A model looks no word back, or one or more.")
    names: dict[tuple[int, ...], int] = {}
    told = []
    for k, sentence in enumerate(SENTENCES):
        for i, word in enumerate(sentence):
            told.append((k, names.setdefault(seen(sentence[:i], order), len(names)), word))
    return Contexts(names, *np.array(told, np.int64).T.copy())


def seen(before: tuple[int, ...], order: int) -> tuple[int, ...]:
    """Give what a model sees of the words before: the last `order`, and of them nothing before a full stop."""
    if not order:
        return ()
    whole = (END, *before)
    start = max(i for i, word in enumerate(whole) if word == END)
    return whole[start:][-order:]


def counted(order: int, weights: ArrayLike | None = None, *, alpha: float = 0.0) -> Array:
    """Give each next word's probability (contexts, words) by how often it was seen.

    Parameters
    ----------
    order
        How many words back the model looks.
    weights
        (sentences,) how often each of `SENTENCES` was read; by default its probability, which gives the best model
        that looks so far.
    alpha
        Added to each count, so that nothing is impossible (Lidstone); a context never seen gives all words alike.

    Raises
    ------
    ValueError
        There are not as many weights as sentences, or one of them or alpha is negative.
    """
    w, c = _weights(weights), contexts(order)
    if not alpha >= 0:
        raise ValueError("alpha must not be negative.")
    table = np.bincount(c.row * len(WORDS) + c.word, w[c.sentence], len(c.names) * len(WORDS)).reshape(-1, len(WORDS))
    # q(x | context) = (n(context, x) + α) / (n(context) + αV)
    total = table.sum(axis=1, keepdims=True) + alpha * len(WORDS)
    even = np.full_like(table, 1 / len(WORDS))
    return np.asarray(np.divide(table + alpha, total, out=even, where=total > 0))


def loss(order: int, q: Array, weights: ArrayLike | None = None) -> float:
    """Give a model's mean loss in nats a word: over the whole language, exactly, or over sentences read.

    Parameters
    ----------
    order, q
        As of `counted`.
    weights
        (sentences,) how often each sentence is read; by default its probability.

    Raises
    ------
    ValueError
        There are not as many weights as sentences, one of them is negative, or all are 0.
    """
    c, w = contexts(order), _weights(weights)
    if not w.any():
        raise ValueError("At least one sentence needs a weight above 0.")
    each = w[c.sentence]
    with np.errstate(divide="ignore"):
        told = -np.log(q[c.row, c.word])
    return float(each[each > 0] @ told[each > 0] / (w @ LENGTHS))


def floor(order: int) -> float:
    """Give the least mean loss, in nats a word, of any model that looks `order` words back."""
    # H(X_t | the last words) of the language itself
    return loss(order, counted(order))


def next_word(order: int, q: Array, before: tuple[int, ...]) -> Array:
    """Give the probability (words,) of each word after those before; all alike where this was never to be seen."""
    row = contexts(order).names.get(seen(before, order))
    return np.full(len(WORDS), 1 / len(WORDS)) if row is None else q[row]


def _weights(weights: ArrayLike | None) -> Array:
    w = PROBABILITIES if weights is None else np.asarray(weights, float)
    if w.shape != PROBABILITIES.shape or not (w >= 0).all():
        raise ValueError("Each sentence needs a weight, which may not be negative.")
    return w

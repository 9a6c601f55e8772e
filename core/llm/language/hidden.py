"""Masked words of the language: what its visible words say of them, exactly, by counting all sentences."""

import functools
import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.llm.language.grammar import LENGTHS, PROBABILITIES, SENTENCES, WORDS

Array = NDArray[np.float64]


def fill(sentence: tuple[int, ...], masked: ArrayLike) -> Array | None:
    """Give the probability (length, words) of each word at each place, the masked words being unknown.

    How many words there are is known. A visible word has probability 1.

    Parameters
    ----------
    sentence
        Indices of words.
    masked
        (length,) which are masked.

    Returns
    -------
    probabilities
        None if no sentence of the language has these visible words at these places.

    Raises
    ------
    ValueError
        There is not one flag a word.
    """
    mask = np.asarray(masked, bool)
    if mask.shape != (len(sentence),):
        raise ValueError("Each word is masked or visible: there must be one flag a word.")
    words, p = _of_length(len(sentence))
    # P(x_t | visible) = Σ of the sentences that agree with what is visible and have x at t
    agree = (words[:, ~mask] == np.array(sentence, np.int64)[~mask]).all(axis=1) if len(words) else np.zeros(0, bool)
    if not agree.any():
        return None
    out = np.zeros((len(sentence), len(WORDS)))
    for t in range(len(sentence)):
        np.add.at(out[t], words[agree, t], p[agree])
    return np.asarray(out / p[agree].sum())


def masked_loss(rate: float) -> float:
    """Give the least mean loss, in nats a masked word, each word of a sentence being masked with a probability.

    All masked words of a sentence are told at once, each from the visible ones. Exact.

    Parameters
    ----------
    rate
        Probability of a mask, 0 to 1; 0 is the limit, a single mask.

    Raises
    ------
    ValueError
        The rate is out of range.
    """
    if not 0 <= rate <= 1:
        raise ValueError("rate must be from 0 to 1.")
    # Σ_L Σ_k m^k (1−m)^{L−k} loss(L, k) / (m E[L]), with m divided out
    total = sum(rate ** (k - 1) * (1 - rate) ** (length - k) * value for (length, k), value in _losses().items())
    return float(total / (PROBABILITIES @ LENGTHS))


@functools.cache
def _losses() -> dict[tuple[int, int], float]:
    """Sum the losses of all masks of so many words in sentences of so many words, weighed by the sentences."""
    out: dict[tuple[int, int], float] = {}
    for length in sorted(set(LENGTHS.tolist())):
        words, p = _of_length(length)
        for mask in itertools.product((False, True), repeat=length):
            seen = _code(words * ~np.array(mask))
            whole = np.bincount(seen, p)[seen]
            for t in np.flatnonzero(mask):
                # −ln P(x_t | visible), the sentences with the same visible words and the same x_t over those alike
                same = _code(np.c_[seen, words[:, t]])
                told = -np.log(np.bincount(same, p)[same] / whole)
                key = (length, sum(mask))
                out[key] = out.get(key, 0.0) + float(p @ told)
    return out


def _code(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give equal rows equal numbers."""
    code = np.zeros(len(rows), np.int64)
    for column in rows.T:
        _, code = np.unique(code * (int(rows.max()) + 1) + column, return_inverse=True)
    return code


@functools.cache
def _of_length(length: int) -> tuple[NDArray[np.int64], Array]:
    """Give the sentences (n, length) of so many words, and their probabilities (n,)."""
    rows = np.flatnonzero(length == LENGTHS)
    return np.array([SENTENCES[k] for k in rows], np.int64).reshape(len(rows), length), PROBABILITIES[rows]

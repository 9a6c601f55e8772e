"""A small network that learns the language from a heap of sentences, read once or again and again."""

import numpy as np
from numpy.typing import NDArray

from core.llm.language.counting import contexts
from core.llm.language.grammar import LENGTHS, PROBABILITIES, SENTENCES, WORDS, draw
from core.neural.gradients.training import Descent
from core.result import result

Array = NDArray[np.float64]
ORDER = 4  # words it looks back: enough to know all that can be known
HIDDEN, BATCH, RATE = 48, 32, 0.01


@result
class Learned:
    """What a network was like while it learned."""

    words: NDArray[np.int64]  # (f,) words read so far
    train: Array  # (f,) loss on the sentences kept, nats a word; where none are kept, on new ones before it read them
    test: Array  # (f,) loss over the whole language, exactly
    ratio: Array  # (f, sentences) log₂ of the probability that it gives each sentence, over the true one


def heap(kept: int, *, seed: int) -> NDArray[np.int64]:
    """Draw the sentences that a network reads again and again; give how often each of `SENTENCES` is among them."""
    return np.bincount(draw(kept, seed=seed), minlength=len(SENTENCES)).astype(np.int64)


def log_probabilities(weights: list[Array], seen: NDArray[np.int64]) -> tuple[Array, Array]:
    """Give hidden units (b, h) and ln q (b, words) of what comes after the words seen.

    Parameters
    ----------
    weights
        Table (rows, h) of the words at each place back, bias (h,), output weights (h, words), bias (words,).
    seen
        (b, places) rows of the table.
    """
    hidden = np.tanh(weights[0][seen].sum(axis=1) + weights[1])
    z = hidden @ weights[2] + weights[3]
    z = z - z.max(axis=1, keepdims=True)
    return hidden, z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def descent(weights: list[Array], seen: NDArray[np.int64], words: NDArray[np.int64]) -> tuple[float, tuple[Array, ...]]:
    """Give the mean loss of a batch in nats a word, and its gradient by each of the weights.

    Parameters
    ----------
    weights, seen
        As of `log_probabilities`.
    words
        (b,) the words that came.
    """
    hidden, logp = log_probabilities(weights, seen)
    each = np.arange(len(words))
    # ∂L/∂z = softmax(z) − onehot, a mean over the batch
    error = np.exp(logp)
    error[each, words] -= 1
    error /= len(words)
    below = error @ weights[2].T * (1 - hidden**2)
    table = np.zeros_like(weights[0])
    np.add.at(table, seen, below[:, None])
    return -float(logp[each, words].mean()), (table, below.sum(axis=0), hidden.T @ error, error.sum(axis=0))


def learn(kept: int, *, steps: int, frames: NDArray[np.int64], seed: int = 0) -> Learned:
    """Train a network: a table for each of the last four words, tanh units, softmax (Bengio et al., 2003); Adam.

    Parameters
    ----------
    kept
        How many sentences there are; 0 for new ones in every batch.
    steps
        Batches of 32 words.
    frames
        (f,) rising numbers of batches, from 0 to steps, after which to look.
    seed
        Draws the sentences and the first weights.
    """
    rng = np.random.default_rng([seed, kept])
    c = contexts(ORDER)
    offsets = np.arange(ORDER) * (len(WORDS) + 1)
    # Nothing is one word more.
    slots = np.array([(*[len(WORDS)] * (ORDER - len(name)), *name) for name in c.names], np.int64) + offsets
    mass = PROBABILITIES if not kept else heap(kept, seed=seed).astype(float)
    pool = np.repeat(np.arange(len(c.word)), mass[c.sentence].astype(int)) if kept else None
    share = (PROBABILITIES[c.sentence] / (PROBABILITIES @ LENGTHS)).cumsum()
    weights = [
        rng.normal(0, 0.3, (ORDER * (len(WORDS) + 1), HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, 0.3 / np.sqrt(HIDDEN), (HIDDEN, len(WORDS))),
        np.zeros(len(WORDS)),
    ]
    moves = [Descent("adam", RATE, w.size) for w in weights]
    looks, recent, order, at = [], [np.log(len(WORDS))], np.zeros(0, np.int64), 0
    for step in range(steps + 1):
        if step in frames:
            each = log_probabilities(weights, slots)[1][c.row, c.word]
            train = -float(mass[c.sentence] @ each / (mass @ LENGTHS)) if kept else float(np.mean(recent))
            sentences = np.bincount(c.sentence, each, len(SENTENCES))
            looks.append((train, -float(PROBABILITIES @ sentences / (PROBABILITIES @ LENGTHS)), sentences))
            recent = recent[-1:]
        if step == steps:
            break
        if pool is None:
            batch = np.minimum(np.searchsorted(share, rng.random(BATCH)), len(c.word) - 1)
        else:
            if at + BATCH > len(order):  # a new epoch; what is left of the last one comes first
                order, at = np.r_[order[at:], rng.permutation(pool)], 0
            batch, at = order[at : at + BATCH], at + BATCH
        told, gradient = descent(weights, slots[c.row[batch]], c.word[batch])
        recent.append(told)
        for w, move, g in zip(weights, moves, gradient, strict=True):
            w += move.change(g.ravel()).reshape(w.shape)
    trains, tests, sentences = (np.array(column) for column in zip(*looks, strict=True))
    return Learned(frames * BATCH, trains, tests, (sentences - np.log(PROBABILITIES)) / np.log(2))

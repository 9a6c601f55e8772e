"""What networks were like that read the same sentences for many epochs; made ahead."""

import functools

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.llm.language.grammar import LENGTHS, SENTENCES
from core.llm.language.network import BATCH, Learned, heap

KEPT = (8, 16, 32, 64, 128, 256, 1024, 0)  # sentences that are read again and again; 0: always new ones
SEEDS, STEPS = 5, 2000
FRAMES = np.unique(np.r_[0, np.geomspace(1, STEPS, 33).round()]).astype(np.int64)
STEP = 16  # of a power of two, in which the ratios are stored


def run(kept: int, seed: int) -> Learned:
    """Give a run made ahead.

    Raises
    ------
    ValueError
        There is no such run.
    """
    if kept not in KEPT or not 0 <= seed < SEEDS:
        raise ValueError(f"There are runs with {KEPT} sentences and seeds below {SEEDS}.")
    stored, row = _stored(), KEPT.index(kept) * SEEDS + seed
    return Learned(FRAMES * BATCH, stored["train"][row], stored["test"][row], stored["ratio"][row] / STEP)


def memory_floor(kept: int, seed: int) -> float:
    """Give the least mean loss, in nats a word, on the kept sentences themselves: which of them comes is unknown.

    Whoever knows all of them by heart loses the entropy of the draw, ln n at most, once a sentence.
    """
    counts = heap(kept, seed=seed)
    q = counts[counts > 0] / kept
    # H(which sentence) / mean length
    return float(-(q @ np.log(q)) * kept / (counts @ LENGTHS))


def kept_sentences(kept: int, seed: int) -> NDArray[np.bool_]:
    """Say which of the language's sentences are in the heap; none where none are kept."""
    return heap(kept, seed=seed) > 0 if kept else np.zeros(len(SENTENCES), bool)


@functools.cache
def _stored() -> dict[str, NDArray[np.float64]]:
    return ahead.load("language/epochs")

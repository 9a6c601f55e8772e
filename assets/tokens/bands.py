"""Pairs of sets of known likeness, and where their signatures agree: for counting how many pairs bands find."""

import numpy as np
from numpy.typing import NDArray

from core.llm.tokens import copies

SEEDS, PAIRS, SIZE, HASHES = 5, 80, 90, 128
LIKENESS = np.arange(1, 10) / 10


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Give by seed (rows): whether the signatures of each pair agree, (likeness, pairs, hashes)."""
    rows = [one(seed) for seed in range(SEEDS if first is None else first)]
    return {"same": np.array(rows)}


def one(seed: int) -> NDArray[np.bool_]:
    """Draw all pairs of a seed; each has hash functions of its own."""
    return np.array([[agree(s, 10_000 * seed + 100 * i + k) for k in range(PAIRS)] for i, s in enumerate(LIKENESS)])


def agree(likeness: float, seed: int) -> NDArray[np.bool_]:
    """Compare one pair."""
    a, b = (copies.minhash(items, hashes=HASHES, seed=seed) for items in copies.alike(likeness, SIZE, seed=seed))
    return a == b

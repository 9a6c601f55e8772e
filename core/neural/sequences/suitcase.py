"""What fits into a state of fixed size, and attention, which looks back instead of carrying.

Sources: Sutskever, Vinyals & Le, "Sequence to sequence learning with neural networks" (2014); Bahdanau, Cho & Bengio,
"Neural machine translation by jointly learning to align and translate" (2015); Vaswani et al., "Attention is all you
need" (2017), for the codes of positions.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from core import door

Floats = NDArray[np.float64]
MOST = 62  # bits of a sequence: whole numbers of 64 bits hold it


def recall_ceiling(length: int, *, symbols: int, state_bits: int) -> float:
    """Give the largest share of sequences that any encoder and decoder can bring back without a mistake.

    There are V^T sequences and 2^B states, and a state can bring back one sequence: min(1, 2^B / V^T).
    """
    length, symbols = door.whole("length", length), door.whole("symbols", symbols, least=2)
    # 2^(B − T log₂ V)
    return float(min(1.0, 2.0 ** (door.whole("state_bits", state_bits) - length * np.log2(symbols))))


def recall(length: int, *, symbols: int, state_bits: int, count: int = 2000, seed: int = 0) -> float:
    """Measure the best encoder: the first 2^B sequences have a state each, all others share the last one.

    Parameters
    ----------
    length, symbols
        T and V, with T log₂ V of at most 62.
    state_bits
        B: units times bits a unit.
    count
        How many random sequences are packed, unpacked and compared.

    Returns
    -------
    float
        The share that came back whole.
    """
    length, symbols = door.whole("length", length), door.whole("symbols", symbols, least=2)
    state_bits, count = door.whole("state_bits", state_bits), door.whole("count", count)
    if length * np.log2(symbols) > MOST:
        raise ValueError(f"{length} of {symbols} symbols are more than {MOST} bits.")
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    sequences = rng.integers(symbols, size=(count, length))
    place = np.int64(symbols) ** np.arange(length, dtype=np.int64)
    index = sequences @ place
    state = np.minimum(index, np.int64(2) ** min(state_bits, MOST) - 1)  # what is carried over
    back = state[:, None] // place % symbols
    return float((back == sequences).all(axis=1).mean())


def positions(length: int, dims: int) -> Floats:
    """Give sines and cosines that tell positions apart, (length, dims): wave lengths 2π, …, 2π · 10,000."""
    length, dims = door.whole("length", length), door.whole("dims", dims)
    pair = np.arange(dims) // 2
    angle = np.arange(length)[:, None] / 10_000.0 ** (2 * pair / dims)
    return np.where(np.arange(dims) % 2, np.cos(angle), np.sin(angle))


def attention(queries: ArrayLike, keys: ArrayLike, *, sharpness: float = 1.0) -> Floats:
    """Give the weights with which each query (m, d) looks at each key (n, d): (m, n), each row a distribution."""
    queries, keys = door.points("queries", queries), door.points("keys", keys)
    if queries.shape[1] != keys.shape[1]:
        raise ValueError(f"queries and keys must have as many columns, not {queries.shape[1]} and {keys.shape[1]}.")
    # softmax over s of β q·k_s / √d
    scores = door.number("sharpness", sharpness, least=0) * (queries @ keys.T) / np.sqrt(keys.shape[1])
    return np.asarray(softmax(scores, axis=1))

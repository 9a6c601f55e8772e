"""A masked model that counts, on a Markov chain, and the bug that masks nothing: its loss falls to 0 by copying."""

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.llm.language.chain import entropy_rate, masked_floor, stationary, walk
from core.result import result

Array = NDArray[np.float64]


@result
class Copying:
    """What three models learn from more and more of one path, each loss exact over the chain."""

    sizes: NDArray[np.int64]  # (k,) states read
    causal: Array  # (k,) loss of predicting the next state from the last, nats
    told: Array  # (k,) loss that the masked model's training reports: of all chosen states, visible or not
    filled: Array  # (k,) its loss where the chosen state is really masked
    accuracy: Array  # (k,) share of masked states that it fills in rightly
    fills: Array  # (s, s, s) at the end: probability of the masked state (last axis) between two neighbours
    causal_floor: float  # least loss of the next state
    filled_floor: float  # least loss of a masked state
    best: float  # most of the masked states that anybody can fill in rightly


def copying(P: ArrayLike, sizes: ArrayLike, *, visible: float = 0.0, alpha: float = 0.1, seed: int = 0) -> Copying:
    """Let models count along a path.

    The masked model sees both neighbours and, in the middle, a mask or the state itself. Each state is chosen once, to
    be predicted.

    Parameters
    ----------
    P
        (s, s) probability of the next state (column) after each state (row).
    sizes
        (k,) how many states are read, in rising order.
    visible
        Probability that a chosen state is not masked though it should be: 1 is the bug, 0 masks all. (BERT leaves one
        in ten visible on purpose: Devlin et al., 2018.)
    alpha
        Added to each count.

    Raises
    ------
    ValueError
        As of `stationary`; or a size, the probability or alpha is out of range.
    """
    at = np.asarray(sizes, np.int64)
    if at.ndim != 1 or not at.size or at[0] < 3 or (np.diff(at) <= 0).any():
        raise ValueError("sizes must rise, and begin with at least 3.")
    if not 0 <= visible <= 1 or not alpha > 0:
        raise ValueError("visible must be from 0 to 1, and alpha above 0.")
    P, pi = np.asarray(P, float), stationary(P)
    s = len(P)
    path = _walked(P.tobytes(), int(at[-1]), seed)
    shown = np.random.default_rng(seed + 1).random(len(path)) < visible
    left, middle, right = path[:-2], path[1:-1], path[2:]
    center = np.where(shown[1:-1], middle, s)  # the state itself, or s: a mask
    joint = pi[:, None, None] * P[:, :, None] * P[None]  # (left, middle, right)
    rows = []
    for n in at:
        pairs = _shares(np.stack([path[: n - 1], path[1:n]]), (s, s), alpha)
        triples = _shares(np.stack([left, right, center, middle])[:, : n - 2], (s, s, s + 1, s), alpha)
        # (left, right, middle) -> (left, middle, right)
        masked = triples[:, :, s].transpose(0, 2, 1)
        copied = np.einsum("lrmm->lmr", triples[:, :, :s])
        filled = -float((joint * np.log(masked)).sum())
        told = visible * -float((joint * np.log(copied)).sum()) + (1 - visible) * filled
        rows.append((-float((pi[:, None] * P * np.log(pairs)).sum()), told, filled, _right(joint, masked)))
    causal, told, filled, accuracy = np.array(rows).T
    best = float(joint.max(axis=1).sum())
    floors = entropy_rate(P), masked_floor(P)
    return Copying(at, causal, told, filled, accuracy, masked.transpose(0, 2, 1).copy(), *floors, best)


def _right(joint: Array, masked: Array) -> float:
    """Share of masked states filled in rightly by the likeliest state; of equals each is taken equally often."""
    top = np.isclose(masked, masked.max(axis=1, keepdims=True), rtol=1e-9)
    return float((joint * top / top.sum(axis=1, keepdims=True)).sum())


def _shares(events: NDArray[np.int64], shape: tuple[int, ...], alpha: float) -> Array:
    """Count events (axes, n), add alpha, and let the last axis sum to 1."""
    table = (
        np.bincount(np.ravel_multi_index(tuple(events), shape), minlength=int(np.prod(shape))).reshape(shape) + alpha
    )
    return np.asarray(table / table.sum(axis=-1, keepdims=True))


@functools.lru_cache(16)  # one path is read with many shares left visible
def _walked(P: bytes, length: int, seed: int) -> NDArray[np.int64]:
    flat = np.frombuffer(P)
    path = walk(flat.reshape(int(np.sqrt(len(flat))), -1), length, seed=seed)
    path.flags.writeable = False
    return path

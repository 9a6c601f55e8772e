"""What is done to data before a method sees it: scaled, spoiled, held out, dealt into folds.

Each function has its own stream of random numbers for a seed: to change one does not reshuffle another.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def scaling(x: ArrayLike, kind: str) -> tuple[Floats, Floats]:
    """Give offset and factor of each column, so that (x − offset) · factor is the scaled table.

    Parameters
    ----------
    x
        (n, d) table.
    kind
        "none": as it is. "minmax": each column from 0 to 1. "standard": mean 0 and standard deviation 1 (ddof 0).
        A column without spread keeps its factor 1.

    Returns
    -------
    offset, factor
        (d,) each.
    """
    x = door.points("x", x)
    door.one_of("kind", kind, ("none", "minmax", "standard"))
    if kind == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    # minmax: (x − min) / (max − min);  standard: (x − mean) / σ
    offset = x.min(axis=0) if kind == "minmax" else x.mean(axis=0)
    spread = np.ptp(x, axis=0) if kind == "minmax" else x.std(axis=0)
    flat = spread <= 1e-12 * np.abs(x).max(axis=0)
    return offset, np.where(flat, 1.0, 1.0 / np.where(flat, 1.0, spread))


def flip_labels(y: ArrayLike, share: float, *, seed: int = 0) -> Ints:
    """Give a share of the examples another class, drawn evenly; a larger share flips the same ones and more.

    Parameters
    ----------
    y
        (n,) classes from 0.
    share
        From 0 to 1, rounded to whole examples.
    """
    y = door.labels("y", y, np.size(y))
    share, count = door.number("share", share, least=0, most=1), int(y.max(initial=-1)) + 1
    rng = _rng(seed, 1)
    chosen = rng.permutation(len(y))[: round(share * len(y))]
    step = rng.integers(1, max(count, 2), size=len(y))
    out = y.copy()
    out[chosen] = (y[chosen] + step[chosen]) % count
    return out


def thin_out(y: ArrayLike, share: float, *, seed: int = 0) -> Bools:
    """Mark what stays when a share of every class but class 0 is taken away; each class keeps at least one example.

    Parameters
    ----------
    y
        (n,) classes from 0.
    share
        From 0 to 1.
    """
    y = door.labels("y", y, np.size(y))
    share = door.number("share", share, least=0, most=1)
    rng = _rng(seed, 2)
    keep = np.ones(len(y), dtype=bool)
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        if label:
            keep[rows[: min(round(share * len(rows)), len(rows) - 1)]] = False
    return keep


def hold_out(n: int, share: float, *, seed: int = 0) -> Bools:
    """Mark a share of n examples to be kept for testing; at least one stays for training.

    Parameters
    ----------
    n
        Number of examples.
    share
        From 0 to 1.
    """
    n, share = door.whole("n", n, least=0), door.number("share", share, least=0, most=1)
    test = np.zeros(n, dtype=bool)
    test[_rng(seed, 3).permutation(n)[: min(round(share * n), max(n - 1, 0))]] = True
    return test


def folds(n: int, count: int = 5, *, seed: int = 0) -> Ints:
    """Deal n examples into folds for cross-validation: (n,) the fold of each, sizes as equal as can be.

    Parameters
    ----------
    n, count
        Numbers of examples, and of folds (at most n of them are used).
    """
    n, count = door.whole("n", n), door.whole("count", count, least=2)
    fold = np.empty(n, dtype=np.int64)
    fold[_rng(seed, 4).permutation(n)] = np.arange(n) % count
    return fold


def add_noise_columns(x: ArrayLike, count: int, *, seed: int = 0) -> Floats:
    """Append columns of standard normal numbers that say nothing about the class; fewer are the first of more.

    Parameters
    ----------
    x
        (n, d) table.
    count
        How many, from 0.
    """
    x = door.points("x", x)
    count = door.whole("count", count, least=0)
    return np.hstack([x, _rng(seed, 5).standard_normal((count, len(x))).T])


def _rng(seed: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([door.whole("seed", seed, least=0), stream])

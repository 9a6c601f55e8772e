"""A page and a copy of it: their pieces, their signatures, and the chance that bands find them."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.llm import tokens as t
from core.result import result

PAGE = (
    "朝の市場には、とれたての野菜と焼きたてのパンが並びます。店の人は名前を覚えていて、おいしい食べ方を教えてくれます。"
)
HASHES = 128
LIKENESS = np.arange(1, 10) / 10  # of the pairs made ahead
GRID = np.linspace(0, 1, 101)


@result
class Pair:
    """A page and its copy."""

    copy: str
    shared: tuple[NDArray[np.int64], NDArray[np.int64]]  # whether both have the piece that starts at each character
    same: NDArray[np.bool_]  # (bands, rows) where the signatures agree
    agreed: int  # of all hashes
    likeness: float  # Jaccard
    chance: float  # that bands find such a pair
    curve: NDArray[np.float64]  # the same over GRID
    recall: NDArray[np.float64]  # (5, 9) measured, % by seed and LIKENESS

    @property
    def estimate(self) -> float:
        return self.agreed / HASHES

    @property
    def bands(self) -> int:
        return len(self.same)

    @property
    def full(self) -> int:
        """Count the bands that agree in all rows."""
        return int(self.same.all(axis=1).sum())

    @property
    def percent(self) -> float:
        return 100 * self.chance

    @property
    def at_eight(self) -> NDArray[np.float64]:
        """Give what was found of the pairs at 0.8, % by seed."""
        return self.recall[:, 7]


@functools.cache
def made() -> NDArray[np.bool_]:
    return ahead.load("tokens/bands")["same"].astype(bool)


def starting(said: str, both: frozenset[str], length: int) -> NDArray[np.int64]:
    """Say of the piece that starts at each character whether both have it: 1, 0, and -1 where none starts."""
    pieces = max(1, len(said) - length + 1)
    return np.array([int(said[i : i + length] in both) if i < pieces else -1 for i in range(len(said))])


def compute(p: Any) -> Pair:
    copy = p.own or t.edited(PAGE, p.edits, seed=p.seed)
    a, b = t.shingles(PAGE, p.length), t.shingles(copy, p.length)
    first, second = (t.minhash(items, hashes=HASHES, seed=p.seed) for items in (a, b))
    bands = HASHES // p.rows
    same = made()[..., : bands * p.rows].reshape(*made().shape[:-1], bands, p.rows)
    likeness = t.jaccard(a, b)
    return Pair(
        copy,
        (starting(PAGE, a & b, p.length), starting(copy, a & b, p.length)),
        t.agreeing(first, second, bands, p.rows),
        int((first == second).sum()),
        likeness,
        float(t.found(likeness, bands, p.rows)),
        t.found(GRID, bands, p.rows),
        100 * same.all(axis=-1).any(axis=-1).mean(axis=-1),
    )


def spread(*pairs: Pair) -> dict[str, float]:
    """Give the range of the likeness over runs."""
    return {"low": min(r.likeness for r in pairs), "high": max(r.likeness for r in pairs)}


def shares(*pairs: Pair) -> dict[str, float]:
    """Give what was found at 0.8 by the last run and the first: the range over seeds."""
    last, first = pairs[-1].at_eight, pairs[0].at_eight
    return {"low": last.min(), "high": last.max(), "before_low": first.min(), "before_high": first.max()}

"""Near-duplicates: sets of shingles, their likeness, MinHash signatures, and bands that find the like ones."""

import hashlib
from collections.abc import Collection

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Signature = NDArray[np.uint64]
EMPTY = "A set must hold at least one item: nothing has no smallest hash."


def shingles(text: str, length: int) -> frozenset[str]:
    """Give all pieces of so many characters; of a shorter text the text itself."""
    length = door.whole("length", length)
    return frozenset(text[i : i + length] for i in range(max(1, len(text) - length + 1)))


def jaccard(a: Collection[str], b: Collection[str]) -> float:
    """Give |a ∩ b| / |a ∪ b|; of two empty sets 1."""
    a, b = frozenset(a), frozenset(b)
    return len(a & b) / len(a | b) if a or b else 1.0


def minhash(items: Collection[str], *, hashes: int = 128, seed: int = 0) -> Signature:
    """Give the smallest value of each of many hash functions over a set: (hashes,) uint64.

    Two sets agree in a place of their signatures with probability |a ∩ b| / |a ∪ b|: that is when the smallest item of
    their union is in both.

    Parameters
    ----------
    items
        What is in the set; each item is hashed as `str(item)`.
    hashes, seed
        How many hash functions, and which ones.

    Source: A. Broder (1997), "On the resemblance and containment of documents".
    """
    if not len(items):
        raise ValueError(EMPTY)
    digests = [hashlib.blake2b(str(item).encode("utf-8", "surrogatepass"), digest_size=8).digest() for item in items]
    x = np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
    keys = np.random.default_rng(seed).integers(0, 2**63, door.whole("hashes", hashes), dtype=np.uint64)
    signature: Signature = _mixed(x[:, None] ^ keys).min(axis=0)
    return signature


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits, so that each key makes another order (the finaliser of SplitMix64, modulo 2⁶⁴)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def agreeing(a: Signature, b: Signature, bands: int, rows: int) -> NDArray[np.bool_]:
    """Say where two signatures agree: (bands, rows), of their first bands · rows places.

    Raises
    ------
    ValueError
        The signatures are too short.
    """
    bands, rows = door.whole("bands", bands), door.whole("rows", rows)
    if min(len(a), len(b)) < bands * rows:
        raise ValueError(f"{bands} bands of {rows} rows need {bands * rows} hashes, not {min(len(a), len(b))}.")
    same: NDArray[np.bool_] = (a == b)[: bands * rows].reshape(bands, rows)
    return same


def found(similarity: ArrayLike, bands: int, rows: int) -> NDArray[np.float64]:
    """Give the probability that a pair is found: that one band of its signatures, or more, agrees in all its rows.

    Parameters
    ----------
    similarity
        The Jaccard similarity of the pair, 0 to 1; a number or an array.
    bands, rows
        How the signature is cut.

    Source: J. Leskovec, A. Rajaraman, J. Ullman, "Mining of massive datasets", chapter 3.
    """
    s = door.numbers("similarity", similarity)
    if ((s < 0) | (s > 1)).any():
        raise ValueError("similarity must be from 0 to 1.")
    with np.errstate(divide="ignore"):
        # 1 − (1 − s^r)^b, without loss where it is small
        chance: NDArray[np.float64] = -np.expm1(door.whole("bands", bands) * np.log1p(-(s ** door.whole("rows", rows))))
    return chance


def edited(text: str, edits: int, *, seed: int = 0) -> str:
    """Give a copy in which so many characters, drawn at random, are others: one that the text holds elsewhere."""
    rng, letters = np.random.default_rng(seed), list(text)
    alphabet = sorted(set(letters))
    for at in rng.permutation(len(letters))[: door.whole("edits", edits, least=0)]:
        others = [c for c in alphabet if c != letters[at]] or ["□"]
        letters[at] = others[int(rng.integers(len(others)))]
    return "".join(letters)


def alike(similarity: float, size: int, *, seed: int = 0) -> tuple[frozenset[str], frozenset[str]]:
    """Draw two sets of so many random items each, whose Jaccard similarity is as near to the one asked for as can be.

    |a ∩ b| = 2 · size · s / (1 + s)
    """
    s = door.number("similarity", similarity, least=0, most=1)
    shared = round(2 * size * s / (1 + s))
    items = np.random.default_rng(seed).integers(0, 2**62, 2 * size - shared).astype(str).tolist()
    return frozenset(items[:size]), frozenset(items[size - shared :])

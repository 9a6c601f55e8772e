"""What cosines decide: who comes first, with which probability, and what is nearest in a gallery."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.pretraining.clip.losses import log_softmax
from core.pretraining.clip.spaces import unit

F64 = NDArray[np.float64]


def ranks(similarity: ArrayLike) -> NDArray[np.int64]:
    """Give where the right answer, on the diagonal, stands in each row: 0 is first. Ties count against it."""
    s = door.numbers("similarity", similarity, ndim=2)
    if s.shape[0] > s.shape[1]:
        raise ValueError(f"similarity must have a right answer in each row, not be of shape {s.shape}.")
    above: NDArray[np.int64] = (s >= np.diag(s)[:, None]).sum(axis=1) - 1
    return above


def top1(similarity: ArrayLike) -> float:
    """Give the share of rows whose right answer, on the diagonal, stands first alone."""
    return float(np.mean(ranks(similarity) == 0))


def probabilities(cosines: ArrayLike, temperature: float) -> F64:
    """Give the softmax of cosines / temperature along the last axis."""
    logits = door.numbers("cosines", cosines) / door.number("temperature", temperature, above=0)
    return np.exp(log_softmax(logits, -1))


def percentile(score: float, null: ArrayLike) -> float:
    """Give the share of random captions that score lower, ties counted half, in percent."""
    others = door.numbers("null", null, ndim=1)
    return float(100 * (np.mean(others < score) + np.mean(others == score) / 2))


def retrieve(query: ArrayLike, gallery: ArrayLike, k: int = 5) -> tuple[NDArray[np.int64], F64]:
    """Give the k best rows of a gallery and their cosines, best first.

    Parameters
    ----------
    query
        (d,) of an image, a text or a sum of them (`combine`).
    gallery
        (m, d) unit rows.
    k
        From 1 to m.
    """
    rows = door.points("gallery", gallery)
    k = door.whole("k", k, most=len(rows))
    cosines = rows @ unit(door.numbers("query", query, shape=(rows.shape[1],)))
    best = np.argsort(-cosines, kind="stable")[:k]
    return best, cosines[best]


def combine(
    image: ArrayLike, plus: ArrayLike | None = None, minus: ArrayLike | None = None, weight: float = 1.0
) -> F64:
    """Give unit(image + weight (plus - minus)) of unit vectors (d,): "like this picture, but red instead of blue"."""
    query = door.numbers("image", image, ndim=1).copy()
    for name, sign, words in (("plus", 1, plus), ("minus", -1, minus)):
        if words is not None:
            query += sign * weight * door.numbers(name, words, shape=query.shape)
    return unit(query)

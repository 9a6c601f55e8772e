"""The networks of `core.generative.autoencoder.training.CASES`, one a row: all weights, the rest of a row 0, and σ²."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.generative.autoencoder.networks import Network, count
from core.generative.autoencoder.training import CASES, held_out, train

LONGEST = max(count(kind, width) for kind, width, _ in CASES)


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Train all, or the `first` few."""
    cases = CASES[:first]
    vectors, variance = np.zeros((len(cases), LONGEST), np.float16), np.zeros(len(cases), np.float32)
    for i, (kind, width, seed) in enumerate(cases):
        made = train(kind, width, seed=seed)
        vectors[i, : len(made.vector)], variance[i] = made.vector, made.variance
    return {"vector": vectors, "variance": variance}


def alike(stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Hold what the networks leave over of the digits held out; a long descent ends in slightly other weights."""
    x, _ = held_out()
    for i, (kind, width, _) in enumerate(CASES[: len(stored["vector"])]):
        left = []
        for rows in (stored, again):
            made = Network(
                kind, width, rows["vector"][i, : count(kind, width)].astype(float), float(rows["variance"][i])
            )
            left.append(((made.through(x) - x) ** 2).mean())
        if not abs(left[1] / left[0] - 1) < 0.02:
            return False
    return bool(np.allclose(stored["variance"], again["variance"], rtol=0.02))

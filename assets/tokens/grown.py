"""Train small models mostly on English, give them Japanese tokens, and train on; the bits a character of Japanese."""

import functools

import numpy as np
import torch
from numpy.typing import NDArray

from core.llm.tokens import expansion as x
from core.llm.tokens.pairs import Merges, train
from core.llm.tokens.sentences import corpus, measured

SEEDS, SHARE, MERGES, ADDED, MEASURED = 5, 10, 400, 200, 1000
BEFORE, AFTER, EVERY = 160, 80, 10  # steps of training, and from point to point


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Give by seed (rows): Japanese (4, points), by start and last with the old tokens; and English (4, points)."""
    torch.set_num_threads(1)  # matrices as small as these only wait for each other on more
    old = train(corpus(SHARE), MERGES)
    new = old.extended(train(corpus(100), MERGES), ADDED)
    both = [one(old, new, seed) for seed in range(SEEDS if first is None else first)]
    return {"ja": np.array([ja for ja, _ in both]), "en": np.array([en for _, en in both])}


def alike(stored: dict[str, NDArray[np.float64]], again: dict[str, NDArray[np.float64]]) -> bool:
    """Say whether the curves agree to a tenth of a bit: a descent in float32 comes out a little otherwise elsewhere."""
    return all(np.allclose(stored[key], again[key], rtol=0, atol=0.1) for key in stored)


def one(old: Merges, new: Merges, seed: int) -> tuple[list[list[float]], list[list[float]]]:
    """Train one model, let it grow in each way, and measure."""
    base = x.training(x.fresh(len(old.tokens), seed=seed), ids(old, corpus(SHARE)), BEFORE, seed=seed)[-1]
    ways = [(new, x.grown(base, old, new, start, seed=seed)) for start in x.STARTS] + [(old, base)]
    found: tuple[list[list[float]], list[list[float]]] = ([], [])
    texts = [text[:MEASURED] for text in measured()]
    for merges, model in ways:
        film = x.training(model, ids(merges, corpus(100)), AFTER, seed=seed)[::EVERY]
        for into, text in zip(found, texts, strict=True):
            held_out = ids(merges, text)
            into.append([float(x.bits(m, held_out).sum()) / len(text) for m in film])
    return found


@functools.cache
def ids(merges: Merges, text: str) -> NDArray[np.int64]:
    """Give a text's ids as an array."""
    return np.array(merges.encode(text))

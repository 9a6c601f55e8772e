"""The networks that were trained ahead, five of each kind, and what was measured on them (`assets/convolution`)."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import ahead, door
from core.neural.convolution.explain import MAPS, deletion, rank_correlation, saliency
from core.neural.convolution.network import KINDS, Network, digits, initial, train, views
from core.neural.convolution.shifts import moved, turned
from core.neural.convolution.windows import Array
from core.result import result

# A kind, and how it is trained: "augmented" sees each digit moved by up to two pixels.
WAYS: Mapping[str, tuple[str, dict[str, float]]] = {
    "dense": ("dense", {"epochs": 25, "rate": 0.003}),
    "augmented": ("dense", {"epochs": 120, "rate": 0.003, "shift": 2}),
    "pool": ("pool", {"epochs": 25, "rate": 0.003}),
    "global": ("global", {"epochs": 15, "rate": 0.005}),
}
SEEDS = 5
FAR, BLANKED, READ = 4, 20, 40  # pixels of shift; pixels that are deleted; test digits that maps are made of
TESTED = ("gradient", "times_input", "integrated")  # maps that are asked whether they are about the network


@result
class Made:
    """One network and what was measured on it."""

    network: Network
    shifted: Array  # (FAR,) share of the test digits that it reads right, moved by 0, 1, … pixels: mean of four ways
    turned: float  # and turned by a quarter
    read: Array  # (10,) share of the turned digits that it reads as each digit
    deleted: Array  # (len(MAPS), BLANKED + 1) mean probability as the pixels that a map puts first are blanked
    about: Array  # (2, len(TESTED)) mean rank correlation with the map, in size, after the last layer was drawn anew:
    # over ink, and over all pixels


def cases() -> list[tuple[str, int]]:
    """Name each network: its way and its seed."""
    return [(way, seed) for way in WAYS for seed in range(SEEDS)]


def row(way: str, seed: int) -> dict[str, NDArray[np.float32]]:
    """Train a network and measure it; its weights are padded to one length."""
    kind, options = WAYS[way]
    trained = train(kind, seed=seed, **options)  # type: ignore[arg-type]
    network = Network(kind, trained.vector.astype(np.float32).astype(float))
    vector = np.zeros(max(len(initial(k).vector) for k in KINDS), np.float32)
    vector[: len(network.vector)] = network.vector
    return {"vector": vector, **measured(network)}


def measured(network: Network) -> dict[str, NDArray[np.float32]]:
    """Read the test digits, moved and turned; make maps of some, delete by them, and ask what they are about."""
    x, y = digits()[2:]
    ways = ((0, 1), (1, 0), (-1, 0), (0, -1))
    shifted = [np.mean([network.predict(moved(x, a * k, b * k)) == y for a, b in ways]) for k in range(FAR)]
    other = randomised(network)
    deleted, about = [], []
    for k in range(READ):
        image, target = x[k], int(y[k])
        maps = {kind: saliency(network, image, target, kind, seed=k) for kind in MAPS}
        order = [np.argsort(-maps[kind], axis=None, kind="stable") for kind in MAPS]
        deleted.append([deletion(network, image, target, o, most=BLANKED) for o in order])
        again = {kind: np.abs(saliency(other, image, target, kind)) for kind in TESTED}
        own = {kind: np.abs(maps[kind]) for kind in TESTED}
        about.append([[rank_correlation(own[m], again[m], mask) for m in TESTED] for mask in (image > 0, None)])
    read = network.predict(turned(x, 1))
    values = {
        "shifted": shifted,
        "turned": [np.mean(read == y)],
        "read": np.bincount(read, minlength=10) / len(y),
        "deleted": np.mean(deleted, axis=0),
        "about": np.mean(about, axis=0),
    }
    return {name: np.asarray(value, dtype=np.float32) for name, value in values.items()}


def randomised(network: Network, *, seed: int = 99) -> Network:
    """Draw the weights of the last layer anew: what it has learnt is gone."""
    fresh, vector = initial(network.kind, seed=seed), network.vector.copy()
    views(vector, network.kind)[-1][0][...] = fresh.parts[-1][0]
    return Network(network.kind, vector)


@lru_cache(maxsize=1)
def _stored() -> dict[str, Array]:
    return ahead.load("convolution/networks")


@lru_cache(maxsize=len(WAYS) * SEEDS)
def made(way: str, seed: int = 0) -> Made:
    """Give a network that was trained ahead.

    Parameters
    ----------
    way
        One of `WAYS`.
    seed
        From 0 to 4.
    """
    door.one_of("way", way, WAYS)
    at, kind = cases().index((way, door.whole("seed", seed, least=0, most=SEEDS - 1))), WAYS[way][0]
    stored = _stored()
    network = Network(kind, stored["vector"][at, : len(initial(kind).vector)].astype(float))
    parts = {name: stored[name][at].astype(float) for name in ("shifted", "read", "deleted", "about")}
    return Made(network, turned=float(stored["turned"][at, 0]), **parts)

"""A linear VAE: what is known of it before it is trained, and its training."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.generative import autoencoder as ae
from core.result import result

STAIRS = (4.0, 2.0, 1.0, 0.5, 0.25)
LIVES = 0.02  # nats: what a dimension that was trained must cost to count as alive


@result
class Stairs:
    eigenvalues: NDArray[np.float64]  # (d,)
    line: float  # β σ²
    known: ae.Latents  # before any training
    run: ae.Climb

    @property
    def alive(self) -> NDArray[np.int64]:
        """(frames,) dimensions that cost something in the training so far."""
        return np.asarray((self.run.kl > LIVES).sum(axis=1))

    @property
    def count(self) -> int:
        return int(self.known.active.sum())

    @property
    def rate(self) -> float:
        """The price of all, nats."""
        return float(self.known.kl.sum())

    @property
    def trained(self) -> NDArray[np.float64]:
        """(frames,) the same in the training so far."""
        return np.asarray(self.run.kl.sum(axis=1))


def climbed(data: str, beta: float, noise: float, seed: int) -> Stairs:
    values = np.array(STAIRS) if data == "stairs" else ae.principal().eigenvalues[:8]
    return Stairs(values, beta * noise, ae.linear_vae(values, beta=beta, noise=noise), run(data, beta, noise, seed))


@lru_cache(maxsize=64)
def run(data: str, beta: float, noise: float, seed: int) -> ae.Climb:
    values = STAIRS if data == "stairs" else tuple(ae.principal().eigenvalues[:8])
    return ae.climb(values, beta=beta, noise=noise, seed=seed)


def both(runs: Sequence[Stairs], count: int) -> bool:
    """Say whether so many live, in theory and in each training, and whether they cost the same."""
    return all(r.count == r.alive[-1] == count and abs(r.trained[-1] - r.rate) < 0.01 for r in runs)


def gains(*runs: Stairs) -> dict[str, float]:
    """Give what the dimensions that live in the first five runs gain in the others: the least and the most."""
    pairs = zip(runs[:5], runs[5:], strict=True)
    gained = [(b.run.kl[-1] - a.run.kl[-1])[a.known.active] for a, b in pairs]
    return {"low": float(np.min(gained)), "high": float(np.max(gained))}

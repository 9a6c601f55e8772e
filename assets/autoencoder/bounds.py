"""What the VAEs of width 2 say of the 297 digits held out: ln p(x) and the encoder's bound, a row a seed, in nats."""

import numpy as np
from numpy.typing import NDArray

from core.generative.autoencoder import SEEDS, held_out, lattice


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Do all seeds, or the `first` few."""
    x, _ = held_out()
    evidence, bound = [], []
    for seed in list(SEEDS)[:first]:
        plane = lattice(seed)
        joint = plane.joint(x)
        evidence.append(plane.evidence(joint))
        codes = zip(joint, plane.made.encode(x), plane.made.spread(x), strict=True)
        bound.append([plane.bound(row, plane.gaussian(mean, sd)) for row, mean, sd in codes])
    return {"evidence": np.array(evidence), "bound": np.array(bound)}

"""The variance of REINFORCE's gradient, from the same 64 episodes with each baseline, as training goes on.

One row a seed; columns are `STEPS` of training. `plain`, `constant` (the mean return subtracted), `critic` (its
value subtracted).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import gradient_variance, train

SEEDS, STEPS = 8, (5_000, 10_000, 15_000)


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all seeds, or the `first` few."""
    rows = []
    for seed in range(SEEDS if first is None else first):
        found = [gradient_variance(train("reinforce", steps=n, seed=seed).policy, seed=seed) for n in STEPS]
        rows.append([(g.plain, g.constant, g.critic) for g in found])
    plain, constant, critic = np.moveaxis(np.array(rows), 2, 0)
    return {"plain": plain, "constant": constant, "critic": critic}


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether no variance is twice another: a training comes out otherwise on another processor."""
    return all((np.abs(np.log2(stored[key] / again[key])) < 1).all() for key in stored)

"""PPO with and without a bootstrap at the step limit, γ = 0.98: what it expects beyond what really comes.

One row a seed: `bootstrap` and `cut` are means of value − truth over states of its own
episodes (`core.reinforcement.worth.judge`); `each` (2, states) holds them all.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import train
from core.reinforcement.worth import judge

SEEDS, GAMMA = 5, 0.98


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all seeds, or the `first` few."""

    def excess(seed: int, bootstrap: bool) -> NDArray[Any]:
        judged = judge(train("ppo", seed=seed, gamma=GAMMA, bootstrap=bootstrap).policy, gamma=GAMMA)
        return judged.value - judged.truth

    each = np.array([[excess(s, b) for b in (True, False)] for s in range(SEEDS if first is None else first)])
    return {"bootstrap": each[:, 0].mean(axis=1), "cut": each[:, 1].mean(axis=1), "each": each}


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether both are such means, and cutting lowers them: a training comes out otherwise on another processor."""
    return all(
        np.allclose(made["each"][:, 0].mean(axis=1), made["bootstrap"])
        and np.allclose(made["each"][:, 1].mean(axis=1), made["cut"])
        and (made["cut"] < made["bootstrap"] - 0.5).all()
        for made in (stored, again)
    )

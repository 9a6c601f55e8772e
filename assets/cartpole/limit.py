"""PPO with and without a bootstrap at the step limit, γ = 0.98: what it expects beyond what really comes.

One row a seed: `bootstrap` and `cut` are means of value − truth over states of its own episodes (`core.reinforcement.film.judge`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import train
from core.reinforcement.film import judge

SEEDS, GAMMA = 5, 0.98


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all seeds, or the `first` few."""

    def bias(seed: int, bootstrap: bool) -> float:
        judged = judge(train("ppo", seed=seed, gamma=GAMMA, bootstrap=bootstrap).policy, gamma=GAMMA)
        return float((judged.value - judged.truth).mean())

    seeds = range(SEEDS if first is None else first)
    return {name: np.array([bias(s, name == "bootstrap") for s in seeds]) for name in ("bootstrap", "cut")}

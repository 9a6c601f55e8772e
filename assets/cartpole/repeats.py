"""PPO with its own settings, trained on five seeds: what the experiments say of one training, said of more.

One row a seed: `apart`, degrees between its border and LQR's; `steps` in other worlds (half lengths, forces).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import FORCES, HALF_LENGTHS, STEP_LIMIT, robustness, switching_line, train

SEEDS = 5


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all seeds, or the `first` few."""
    lqr = switching_line(train("lqr", steps=1).policy).angle
    agents = [train("ppo", seed=seed).policy for seed in range(SEEDS if first is None else first)]
    return {
        "apart": np.array([abs(switching_line(agent).angle - lqr) for agent in agents]),
        "steps": np.array([robustness(agent, HALF_LENGTHS, FORCES, episodes=20) for agent in agents]),
    }


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether both are near LQR and last about as long: a training comes out otherwise on another processor."""
    near = (np.abs(stored["apart"] - again["apart"]) <= 12).all()
    long = (np.abs(stored["steps"] - again["steps"]).mean(axis=(1, 2)) <= 25).all()
    return bool(near and long and (again["steps"] <= STEP_LIMIT).all())

"""One training of each agent, own settings, seed 0, as the lesson shows it: `core.reinforcement.film`.

One row an agent, in the order of `AGENTS`; those that are the same on any machine come first. The last is Q-learning that
does not look ahead (γ = 0).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.film import film, pack

AGENTS = ("lqr", "pd", "rule", "random", "q_learning", "sarsa", "reinforce", "actor_critic", "ppo", "blind")


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all films, or the `first` few."""
    return pack([film("q_learning", options={"gamma": 0.0}) if a == "blind" else film(a) for a in AGENTS[:first]])


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether the first film, of an agent that learns nothing, is the same."""
    return all(np.allclose(stored[key][:1], again[key][:1], rtol=1e-4, atol=1e-6, equal_nan=True) for key in stored)

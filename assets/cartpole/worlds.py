"""Each agent of `films` in worlds with other poles and other pushes: mean steps of 20 greedy episodes.

`steps` has one row an agent: (half lengths, forces).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.reinforcement.cartpole import robustness
from core.reinforcement.film import FORCES, HALF_LENGTHS, unpack

AGENTS = ("lqr", "pd", "rule", "random", "q_learning", "sarsa", "reinforce", "actor_critic", "ppo")


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all agents, or the `first` few."""
    films = ahead.load("cartpole/films")
    agents = [unpack(films, row, agent).policy for row, agent in enumerate(AGENTS[:first])]
    return {"steps": np.array([robustness(agent, HALF_LENGTHS, FORCES, episodes=20) for agent in agents])}

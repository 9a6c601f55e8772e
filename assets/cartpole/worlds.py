"""The agents made ahead, in worlds with other poles and other pushes: mean steps of 20 greedy episodes.

`steps` has one row an agent of `core.reinforcement.made.MADE`: (half lengths, forces).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import FORCES, HALF_LENGTHS, robustness
from core.reinforcement.made import MADE, made


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all agents, or the `first` few."""
    agents = [made(agent, options).policy for agent, options in MADE[:first]]
    return {"steps": np.array([robustness(agent, HALF_LENGTHS, FORCES, episodes=20) for agent in agents])}

"""Each agent with its own settings in worlds with other poles and other pushes: mean steps of 20 greedy episodes.

`steps` has one row an agent of `core.reinforcement.made.OWN`: (half lengths, forces).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import FORCES, HALF_LENGTHS, robustness
from core.reinforcement.made import OWN, own


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all agents, or the `first` few."""
    return {"steps": np.array([robustness(own(a).policy, HALF_LENGTHS, FORCES, episodes=20) for a in OWN[:first]])}

"""One training of each agent, own settings, seed 0, as the lesson shows it: `core.reinforcement.film`.

One row an agent, in the order of `AGENTS`; those that are the same on any machine come first. The last is Q-learning that
does not look ahead (γ = 0).
"""

from typing import Any

from numpy.typing import NDArray

from core.reinforcement.film import film, pack

AGENTS = ("lqr", "pd", "rule", "random", "q_learning", "sarsa", "reinforce", "actor_critic", "ppo", "blind")


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all films, or the `first` few."""
    return pack([film("q_learning", options={"gamma": 0.0}) if a == "blind" else film(a) for a in AGENTS[:first]])

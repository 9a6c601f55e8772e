"""Learning curves of 20 seeds an agent, own settings: the luck of the draw.

One row a training, 20 seeds of each of `AGENTS` in turn. `curve`: at each of 40 equal shares of the budget, the mean
length of the last 20 training episodes. `score`: the mean of 100 greedy test episodes at the end.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import SETTINGS, evaluate, train

AGENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ppo", {}),
    ("actor_critic", {}),
    ("reinforce", {}),
    ("reinforce", {"baseline": False}),
    ("q_learning", {}),
)
SEEDS, SHARES, WINDOW = 20, 40, 20


def one(row: int) -> tuple[NDArray[np.float32], float]:
    """Give the curve and the score of a row."""
    agent, options = AGENTS[row // SEEDS]
    run = train(agent, seed=row % SEEDS, **options)
    at = np.arange(1, SHARES + 1) / SHARES * SETTINGS[agent].budget
    ended = np.searchsorted(run.ends, at, side="right")
    curve = [run.lengths[max(0, n - WINDOW) : n].mean() if n else 0.0 for n in ended]
    return np.array(curve, dtype=np.float32), float(evaluate(run.policy).mean())


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all trainings, or the `first` few."""
    curves, scores = zip(*map(one, range(len(AGENTS) * SEEDS if first is None else first)), strict=True)
    return {"curve": np.array(curves), "score": np.array(scores)}


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Training differs from processor to processor; that it learns, and about how fast, does not."""
    same = [np.corrcoef(a, b)[0, 1] > 0.8 for a, b in zip(stored["curve"], again["curve"], strict=True)]
    return all(same) and bool((np.abs(stored["score"] - again["score"]) <= 25).all())

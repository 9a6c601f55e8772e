"""Each learner with its own settings on five seeds: what the experiments say of one training, said of more.

One row a training, `SEEDS` of each of `CASES` in turn: `score`, mean steps of 100 greedy episodes; `short`, the same
after `SHORT` steps of training, as many for all; `lead`, of its border (s); `alike`, the share of the states on LQR's
way in which it pushes as LQR does; `steps` in other worlds (half lengths, forces). Of its own greedy steps: `right`,
the share of pushes to the right; `tied`, the share in boxes whose two values are equal (NaN without a table).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import (
    FORCES,
    HALF_LENGTHS,
    SETTINGS,
    STEP_LIMIT,
    Policy,
    evaluate,
    robustness,
    rollout,
    switching_line,
    train,
)

CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ppo", {}),
    ("actor_critic", {}),
    ("reinforce", {}),
    ("q_learning", {}),
    ("sarsa", {}),
    ("q_learning", {"gamma": 0.0}),  # looks at the next reward and no further
)
SEEDS, EPISODES, SHORT = 5, 20, 60_000


def way(policy: Policy) -> NDArray[np.float32]:
    """Give the states (n, 4) that a policy meets in greedy episodes."""
    return np.concatenate([rollout(policy, seed=s).states[:-1] for s in range(EPISODES)]).astype(np.float32)


def one(row: int, lqr: Policy, on_its_way: NDArray[np.float32]) -> dict[str, Any]:
    """Give a row."""
    agent, options = CASES[row // SEEDS]
    policy = train(agent, seed=row % SEEDS, **options).policy
    usual = SETTINGS[agent].budget == SHORT
    short = policy if usual else train(agent, steps=SHORT, seed=row % SEEDS, **options).policy
    own = way(policy)
    q = policy.action_values(own)
    return {
        "score": evaluate(policy).mean(),
        "short": evaluate(short).mean(),
        "lead": switching_line(policy).lead,
        "alike": (policy.act(on_its_way) == lqr.act(on_its_way)).mean(),
        "steps": robustness(policy, HALF_LENGTHS, FORCES, episodes=20),
        "right": policy.act(own).mean(),
        "tied": np.nan if q is None else (q[:, 0] == q[:, 1]).mean(),
    }


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all trainings, or the `first` few."""
    lqr = train("lqr", steps=1).policy
    on_its_way = way(lqr)
    rows = [one(row, lqr, on_its_way) for row in range(len(CASES) * SEEDS if first is None else first)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether both lead and last about as much: a training comes out otherwise on another processor."""
    near = (np.abs(np.nan_to_num(stored["lead"] - again["lead"])) <= 0.06).all()
    long = (np.abs(stored["steps"] - again["steps"]).mean(axis=(1, 2)) <= 25).all()
    return bool(near and long and (again["steps"] <= STEP_LIMIT).all())

"""PPO with two rewards, four discounts, with and without a bootstrap at the step limit: what it expects, what comes.

One row a case, in the order of `CASES`; see `core.reinforcement.worth.Judged`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import train
from core.reinforcement.worth import JUDGED, judge

CASES = [
    (reward, gamma, bootstrap)
    for reward in ("plus", "sutton")
    for gamma in (0.0, 0.9, 0.98, 0.99)
    for bootstrap in (True, False)
]

UNLEARNED = 195  # steps, below which nobody calls it learned


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all cases, or the `first` few."""
    rows = []
    for reward, gamma, bootstrap in CASES[:first]:
        run = train("ppo", reward=reward, gamma=gamma, bootstrap=bootstrap)
        rows.append(judge(run.policy, gamma=gamma, reward=reward))
    count = [len(r.value) for r in rows]

    def padded(name: str) -> NDArray[Any]:
        out = np.full((len(rows), JUDGED, *getattr(rows[0], name).shape[1:]), np.nan)
        for line, r in zip(out, rows, strict=True):
            line[: len(r.value)] = getattr(r, name)
        return out

    return {
        "count": np.array(count),
        "score": np.array([r.score for r in rows]),
        **{name: padded(name) for name in ("states", "time", "value", "truth")},
    }


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Training differs from processor to processor; what the value comes to, and when it was asked, hardly does.

    Without foresight nothing is learned but the value, one reward: how long such an agent stands is luck, on one
    processor 9 to 54 steps over 24 seeds.
    """
    for i, (_, gamma, _) in enumerate(CASES[: len(stored["score"])]):
        off = {name: np.nanmean(np.abs(stored[name][i] - again[name][i])) for name in stored}
        if max(off["value"], off["truth"]) > 0.2:
            return False
        if gamma == 0 and max(stored["score"][i], again["score"][i]) >= UNLEARNED:
            return False
        if gamma > 0 and (off["count"] > 20 or off["score"] > 2 or off["time"] > 1):
            return False
    return True

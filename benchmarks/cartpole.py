"""Our PPO beside Stable-Baselines3's on CartPole-v1: `python -m benchmarks.cartpole`.

Seconds until the policy of a checkpoint lasts 475 steps in the mean of 100 greedy episodes, on five seeds, one thread
each, in turn in the same process. Both are looked at 24 times in their budget; looking is not timed. Stable-Baselines3
has the hyper-parameters that RL Baselines3 Zoo gives for CartPole-v1. It is no requirement of the lessons: where it
cannot be imported (`pip install stable-baselines3`, best in an environment of its own), only ours is measured.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.reinforcement.cartpole import SETTINGS, Policy, Run, evaluate, train

MARK, LOOKS, SEEDS = 475.0, 24, 5
ZOO: dict[str, Any] = {
    "n_steps": 32, "batch_size": 256, "gae_lambda": 0.8, "gamma": 0.98, "n_epochs": 20, "ent_coef": 0.0,
}  # fmt: skip
ZOO_LANES, ZOO_BUDGET, ZOO_RATE, ZOO_CLIP = 8, 100_000, 0.001, 0.2  # the last two fall to 0 along a straight line


@dataclass(frozen=True)
class Trial:
    """One training: seconds and steps to the mark (NaN: not reached), seconds in all, and the mean score at the end."""

    to_mark: float
    steps: float
    whole: float
    score: float


def score(policy: Policy) -> float:
    """Give the mean of 100 greedy episodes, the same for both."""
    return float(evaluate(policy, episodes=100, seed=1000).mean())


def ours(seed: int) -> Trial:
    """Train ours; the clock at each checkpoint is read off from what `on_progress` was told."""
    told: list[tuple[int, float]] = [(0, 0.0)]

    def note(_: float, run: Run) -> None:
        told.append((run.steps, run.seconds))

    run = train("ppo", seed=seed, on_progress=note)
    first = next((c.steps for c in run.checkpoints if score(c.policy) >= MARK), np.nan)
    at = float(np.interp(first, *np.array(told, dtype=float).T))
    return Trial(at, first, run.seconds, score(run.policy))


def theirs() -> Callable[[int], Trial] | None:
    """Give what trains Stable-Baselines3's PPO, or None where it is not installed."""
    try:
        import torch
        from stable_baselines3 import PPO
        from stable_baselines3.common.callbacks import BaseCallback
        from stable_baselines3.common.env_util import make_vec_env
    except ImportError:
        return None
    torch.set_num_threads(1)

    class Theirs(Policy):
        def __init__(self, model: Any) -> None:
            self.model = model

        def logit(self, obs: Any) -> Any:
            with torch.no_grad():
                z = self.model.policy.get_distribution(torch.as_tensor(obs, dtype=torch.float32)).distribution.logits
            return (z[:, 1] - z[:, 0]).numpy().astype(float)

    class Look(BaseCallback):
        def __init__(self) -> None:
            super().__init__()
            self.paused, self.first, self.steps, self.looks = 0.0, np.nan, np.nan, 0

        def _on_rollout_start(self) -> None:
            if self.num_timesteps < self.looks * ZOO_BUDGET / LOOKS:
                return
            self.looks += 1
            began = time.perf_counter()
            if np.isnan(self.first) and score(Theirs(self.model)) >= MARK:
                self.first, self.steps = began - self.started - self.paused, self.num_timesteps
            self.paused += time.perf_counter() - began

        def _on_step(self) -> bool:
            return True

    def one(seed: int) -> Trial:
        look, started = Look(), time.perf_counter()
        look.started = started
        envs = make_vec_env("CartPole-v1", n_envs=ZOO_LANES, seed=seed)
        model = PPO(
            "MlpPolicy", envs, seed=seed, device="cpu", verbose=0,
            learning_rate=lambda left: left * ZOO_RATE, clip_range=lambda left: left * ZOO_CLIP, **ZOO,
        )  # fmt: skip
        model.learn(ZOO_BUDGET, callback=look)
        whole = time.perf_counter() - started - look.paused
        last = score(Theirs(model))
        reached = not np.isnan(look.first)
        return Trial(
            look.first if reached else (whole if last >= MARK else np.nan),
            look.steps if reached else (ZOO_BUDGET if last >= MARK else np.nan),
            whole,
            last,
        )

    return one


def table(seeds: int = SEEDS) -> str:
    """Measure; give the table and what it comes to."""
    ours(seeds)  # a seed of its own, to load what is loaded once
    other = theirs()
    if other is not None:
        other(seeds)
    rows = [
        "| seed | ours: s to 475 | steps | s in all | score | SB3: s to 475 | steps | s in all | score |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    pairs: list[tuple[Trial, Trial | None]] = []
    for seed in range(seeds):
        pairs.append((ours(seed), other(seed) if other is not None else None))
        cells = [
            f"{t.to_mark:.2f} | {t.steps:,.0f} | {t.whole:.2f} | {t.score:.1f}" if t else " | | | " for t in pairs[-1]
        ]
        rows.append(f"| {seed} | {cells[0]} | {cells[1]} |")
        print(rows[-1], flush=True)
    own = np.array([(p[0].to_mark, p[0].whole) for p in pairs])
    to_mark, whole = np.median(own, axis=0)
    text = f"Ours: {SETTINGS['ppo'].budget:,} steps; median {to_mark:.2f} s to 475, {whole:.2f} s in all."
    if other is None:
        text += " Stable-Baselines3 is not installed here, so it was not measured."
    else:
        sb3 = np.array([(t.to_mark, t.whole) for _, t in pairs if t is not None])
        sb3_mark, sb3_whole = np.median(np.nan_to_num(sb3[:, 0], nan=np.inf)), np.median(sb3[:, 1])
        text += (
            f" Stable-Baselines3: {ZOO_BUDGET:,} steps; median {sb3_mark:.2f} s to 475, {sb3_whole:.2f} s in all."
            f" Ours takes 1/{sb3_mark / np.median(own[:, 0]):.0f} of its time to the mark;"
            f" our whole training takes 1/{sb3_mark / np.median(own[:, 1]):.1f} of its time to the mark."
        )
    return "\n".join(rows) + "\n\n" + text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print(table(options.seeds))

"""A training: its hyper-parameters, what it is asked for, and its record.

An algorithm's `train(plan, settings) -> Run` plays in `plan.lanes(n)` and tells each step to a `Recorder`.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np

from core.door import flag, number, one_of, whole
from core.reinforcement.environment import Lanes, Step
from core.reinforcement.physics import STANDARD, STEP_LIMIT, Floats, Physics
from core.reinforcement.policy import Policy
from core.result import result

PROGRESS_EVERY = 0.02  # seconds between two calls of on_progress
CHECKPOINTS = 24  # policies kept of a training, beside the first


def setting(default: Any, low: float, high: float) -> Any:
    """Declare a hyper-parameter with its default and its range."""
    return field(default=default, metadata={"ends": (low, high)})


def option(default: str, options: Collection[str]) -> Any:
    """Declare a hyper-parameter that is one of a few."""
    return field(default=default, metadata={"ends": tuple(options)})


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of an algorithm; each is explained where it is declared."""

    budget: ClassVar[int] = 20_000  # environment steps, if the caller does not say

    def __post_init__(self) -> None:
        for f in fields(self):
            value, ends = getattr(self, f.name), f.metadata.get("ends", ())
            match f.default:
                case bool():
                    taken: Any = flag(f.name, value)
                case str():
                    taken = one_of(f.name, value, ends)
                case int():
                    taken = whole(f.name, value, least=ends[0], most=ends[1])
                case _:
                    taken = number(f.name, value, least=ends[0], most=ends[1])
            object.__setattr__(self, f.name, taken)

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """Make it from keyword arguments, with a sentence for an unknown one."""
        names = [f.name for f in fields(cls)]
        if unknown := sorted(set(options) - set(names)):
            known = ", ".join(names) or "none"
            raise ValueError(f"{', '.join(unknown)}: no such hyper-parameter here; there are {known}.")
        return cls(**options)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A policy during training."""

    steps: int  # environment steps learned from so far
    policy: Policy


@result
class Run:
    """A training, whole or so far."""

    returns: Floats  # (episodes,) sum of the rewards of each training episode, in the order in which they ended
    policy: Policy  # the agent now
    checkpoints: tuple[Checkpoint, ...]  # the agent at the start and at regular times since
    seconds: float  # wall time so far
    lengths: Floats  # (episodes,) steps each lasted; with a reward of +1 the same as `returns`
    ends: Floats  # (episodes,) environment steps taken in all when each ended
    steps: int  # environment steps taken in all
    algorithm: str


@dataclass(frozen=True)
class Plan:
    """What any training is asked for, beside its hyper-parameters; see `core.reinforcement.cartpole.train`."""

    algorithm: str
    steps: int
    seed: int = 0
    physics: Physics = STANDARD
    reward: str = "plus"
    limit: int = STEP_LIMIT
    on_progress: Callable[[float, Run], None] | None = None
    should_stop: Callable[[], bool] | None = None

    def lanes(self, n: int) -> Lanes:
        """Give n episodes side by side, in the world of the plan."""
        return Lanes(n, seed=self.seed, physics=self.physics, reward=self.reward, limit=self.limit)

    def rng(self) -> np.random.Generator:
        """Give the generator of all that the agent draws."""
        return np.random.default_rng([self.seed, 1])

    def unit(self, gamma: float) -> float:
        """Give what a critic had best count in: about the largest return there is, so that it says about 1 at most.

        A network begins near 0 and moves in small steps; a return of 100 is a long way to go.
        """
        return min(1.0 / max(1.0 - gamma, 1e-12), float(self.limit)) if self.reward == "plus" else 1.0


class Recorder:
    """Counts a training's steps and episodes, keeps checkpoints, says how far it is, and when it is over.

    Parameters
    ----------
    plan
        What is asked for. `on_progress` is called some 50 times a second, and may raise to cancel; `should_stop` is
        asked as often.
    lanes
        How many run side by side.
    snapshot
        Gives the agent as it is now, as something that no longer changes.
    """

    def __init__(self, plan: Plan, lanes: int, snapshot: Callable[[], Policy]) -> None:
        self.plan, self.snapshot, self._stopped = plan, snapshot, False
        self.steps, self._episodes = 0, 0
        self._return, self._length = np.zeros(lanes), np.zeros(lanes)
        self._log = np.zeros((3, 256))  # returns, lengths, ends; grows, and what is written stays
        self._checkpoints = [Checkpoint(0, snapshot())]
        self._began = self._told = time.perf_counter()

    @property
    def share(self) -> float:
        """How much of the budget is spent, in [0, 1]."""
        return min(self.steps / self.plan.steps, 1.0)

    @property
    def going(self) -> bool:
        """Whether there is budget left and nobody said stop."""
        return self.steps < self.plan.steps and not self._stopped

    def add(self, step: Step) -> None:
        """Count what all lanes did."""
        live = step.live
        self.steps += int(np.count_nonzero(live))
        self._return += step.reward * live
        self._length += live
        for lane in np.flatnonzero(step.ended & live):
            if self._episodes == self._log.shape[1]:
                self._log = np.concatenate([self._log, np.zeros_like(self._log)], axis=1)
            self._log[:, self._episodes] = self._return[lane], self._length[lane], self.steps
            self._episodes += 1
            self._return[lane] = self._length[lane] = 0.0
        self.breathe()

    def forget(self) -> None:
        """Drop the episodes that have not ended."""
        self._return[:] = self._length[:] = 0.0

    def keep(self) -> None:
        """Keep a checkpoint if one is due; called where the agent has just learned."""
        due = len(self._checkpoints) * self.plan.steps / CHECKPOINTS
        if self.steps >= due:
            self._checkpoints.append(Checkpoint(self.steps, self.snapshot()))

    def breathe(self) -> None:
        """Say how far it is, if it is time to."""
        now = time.perf_counter()
        if now - self._told < PROGRESS_EVERY:
            return
        self._told = now
        if self.plan.should_stop is not None and self.plan.should_stop():
            self._stopped = True
        if self.plan.on_progress is not None:
            self.plan.on_progress(self.share, self.run())

    def run(self) -> Run:
        """Give the run so far; costs microseconds."""
        returns, lengths, ends = self._log[:, : self._episodes]
        return Run(
            returns, self.snapshot(), tuple(self._checkpoints), time.perf_counter() - self._began,
            lengths, ends, self.steps, self.plan.algorithm,
        )  # fmt: skip

    def done(self) -> Run:
        """Give the whole run, its last policy among the checkpoints."""
        if self._checkpoints[-1].steps < self.steps:
            self._checkpoints.append(Checkpoint(self.steps, self.snapshot()))
        run = self.run()
        if self.plan.on_progress is not None:
            self.plan.on_progress(1.0 if not self._stopped else self.share, run)
        return run

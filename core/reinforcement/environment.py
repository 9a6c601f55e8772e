"""Gymnasium's CartPole-v1, alone and many side by side, and what every agent of the lesson shares.

A state is (x, ẋ, θ, θ̇): the cart's place in m and its speed in m/s, the pole's angle from upright in rad (positive: leaning
right) and its speed in rad/s. Action 0 pushes left, 1 pushes right. An episode *terminates* when |x| > 2.4 or |θ| > 12° and is
*truncated* after 500 steps. The first is the end of the world. The second is only the end of our patience: the
pole still stands, and what would have followed is worth something.

References
----------
Barto, Sutton & Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems" (1983).
Florian, "Correct equations for the dynamics of the cart-pole system" (2007).
Towers et al., "Gymnasium: a standard interface for reinforcement learning environments" (2024).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.late import IMPORTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Real = TypeVar("Real", NDArray[np.float32], NDArray[np.float64])

ANGLE_LIMIT = 12 * 2 * np.pi / 360  # rad
POSITION_LIMIT = 2.4  # m
STEP_LIMIT = 500
SOLVED = 475  # mean steps of 100 episodes from which CartPole-v1 counts as solved
START = 0.05  # each number of the first state is uniform in ±START
REWARDS = ("plus", "sutton")  # +1 for every step, the last included; or 0, and −1 for the step that ends it

PROGRESS_EVERY = 0.02  # seconds between two calls of on_progress
CHECKPOINTS = 24  # policies kept of a training, beside the first


# ---- hyper-parameters


def setting(default: Any, low: float = 0.0, high: float = np.inf) -> Any:
    """Declare a hyper-parameter with its default and its range."""
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class Settings:
    """The hyper-parameters of an algorithm; each is explained where it is declared.

    Raises
    ------
    ValueError
        If one is of another kind than its default, or outside its range.
    """

    budget: ClassVar[int] = 20_000  # environment steps, if the caller does not say

    def __post_init__(self) -> None:
        for f in fields(self):
            value, default = getattr(self, f.name), f.default
            if isinstance(default, bool):
                if not isinstance(value, bool | np.bool_):
                    raise ValueError(f"{f.name} is either True or False.")
            elif isinstance(default, int | float):
                number = isinstance(value, int | np.integer) or (
                    isinstance(default, float) and isinstance(value, float | np.floating)
                )
                low, high = f.metadata.get("low", 0.0), f.metadata.get("high", np.inf)
                if isinstance(value, bool) or not number or not low <= value <= high:
                    kind = "a number" if isinstance(default, float) else "a whole number"
                    raise ValueError(f"{f.name} is {value!r}; it must be {kind} from {low} to {high}.")
            elif isinstance(default, str):
                choices = f.metadata["low"]
                if value not in choices:
                    raise ValueError(f"{f.name} is {value!r}; it must be one of {', '.join(choices)}.")

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """Make it from keyword arguments, with a sentence for an unknown one."""
        names = [f.name for f in fields(cls)]
        if unknown := sorted(set(options) - set(names)):
            known = ", ".join(names) or "none"
            raise ValueError(f"{', '.join(unknown)}: no such hyper-parameter here; there are {known}.")
        return cls(**options)


# ---- physics


@dataclass(frozen=True)
class Physics:
    """What the world is made of, in Gymnasium's names; the defaults are CartPole-v1's.

    Parameters
    ----------
    gravity
        m/s².
    masscart, masspole
        kg.
    length
        Half the pole's length, in m: from the joint to its centre of mass.
    force
        N, of each push.
    tau
        Seconds a step.

    Raises
    ------
    ValueError
        If one is not finite, not positive (gravity and masspole may be 0).
    """

    gravity: float = 9.8
    masscart: float = 1.0
    masspole: float = 0.1
    length: float = 0.5
    force: float = 10.0
    tau: float = 0.02

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            zero = f.name in ("gravity", "masspole")
            if not np.isfinite(value) or value < 0 or (value == 0 and not zero):
                raise ValueError(
                    f"{f.name} is {value}; it must be finite and {'not negative' if zero else 'positive'}."
                )


STANDARD = Physics()


def accelerations(
    state: ArrayLike, force: ArrayLike, physics: Physics = STANDARD, *, length: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Give ẍ in m/s² and θ̈ in rad/s².

    Parameters
    ----------
    state
        (…, 4).
    force
        (…) N, to the right.
    physics
        The world; its `force` is not used.
    length
        (…) instead of the world's, to compare many poles at once.
    """
    s, u = np.asarray(state, dtype=float), np.asarray(force, dtype=float)
    half = physics.length if length is None else np.asarray(length, dtype=float)
    theta, theta_dot = s[..., 2], s[..., 3]
    sin, cos = np.sin(theta), np.cos(theta)
    mass = physics.masscart + physics.masspole
    pole = physics.masspole * half
    # push = (F + m l θ̇² sin θ) / (M + m)
    push = (u + pole * np.square(theta_dot) * sin) / mass
    # θ̈ = (g sin θ − cos θ · push) / (l (4/3 − m cos² θ / (M + m)))
    angular = (physics.gravity * sin - cos * push) / (half * (4.0 / 3.0 - physics.masspole * np.square(cos) / mass))
    # ẍ = push − m l θ̈ cos θ / (M + m)
    return push - pole * angular * cos / mass, angular


def step_physics(
    state: ArrayLike,
    action: ArrayLike,
    physics: Physics = STANDARD,
    *,
    length: ArrayLike | None = None,
    force: ArrayLike | None = None,
) -> Floats:
    """Give the next state: Gymnasium's own step, as one pure function.

    Parameters
    ----------
    state
        (…, 4).
    action
        (…) 0 (left) or 1 (right).
    physics
        The world.
    length, force
        (…) instead of the world's, to compare many worlds at once.

    Returns
    -------
    (…, 4) the state `physics.tau` seconds later, by explicit Euler steps: speeds move places, accelerations move speeds,
    all taken at the beginning of the step.

    Raises
    ------
    ValueError
        If the last axis of `state` is not of length 4, or an action is neither 0 nor 1.

    Examples
    --------
    >>> step_physics([0.0, 0.0, 0.0, 0.0], 1).round(4).tolist()
    [0.0, 0.1951, 0.0, -0.2927]
    """
    s, a = np.asarray(state, dtype=float), np.asarray(action)
    if s.ndim == 0 or s.shape[-1] != 4:
        raise ValueError(f"A state has 4 numbers (x, its speed, angle, its speed); this has shape {s.shape}.")
    if not ((a == 0) | (a == 1)).all():
        raise ValueError("An action is 0 (push left) or 1 (push right).")
    size = physics.force if force is None else np.asarray(force, dtype=float)
    x_acc, theta_acc = accelerations(s, np.where(a == 1, size, -size), physics, length=length)
    # s ← s + τ · ds/dt
    rate = np.stack(np.broadcast_arrays(s[..., 1], x_acc, s[..., 3], theta_acc), axis=-1)
    return np.asarray(s + physics.tau * rate)


def fallen(state: ArrayLike) -> Flags:
    """Say for (…, 4) states whether the episode terminates there."""
    s = np.asarray(state, dtype=float)
    return np.asarray((np.abs(s[..., 0]) > POSITION_LIMIT) | (np.abs(s[..., 2]) > ANGLE_LIMIT))


# ---- policies


def observations(obs: ArrayLike) -> Floats:
    """Check (n, 4) observations.

    Raises
    ------
    ValueError
        If the shape is another, or a number is not finite.
    """
    o = np.asarray(obs)
    if o.ndim != 2 or o.shape[1] != 4:
        raise ValueError(f"Observations are (n, 4); this has shape {o.shape}.")
    if not np.isfinite(o).all():
        raise ValueError("An observation holds a number that is not finite.")
    return o


class Policy:
    """Something that acts. It never changes: training makes new ones."""

    def logit(self, obs: Floats) -> Floats:
        """Give log(P(right) / P(left)), ±inf where there is no doubt, for (n, 4) observations that were checked."""
        raise NotImplementedError

    def act(self, obs: ArrayLike) -> Ints:
        """Give the likelier action for each of (n, 4) observations: (n,) of 0 and 1; right if both are equally likely."""
        return np.asarray(self.logit(observations(obs)) >= 0, dtype=np.int64)

    def probabilities(self, obs: ArrayLike) -> Floats:
        """Give (n, 2): how likely the agent pushes left and right while it learns (or plays, if it does not learn)."""
        right = sigmoid(self.logit(observations(obs)))
        return np.stack([1.0 - right, right], axis=1)

    def value(self, obs: ArrayLike) -> Floats | None:
        """Give (n,): what the agent expects to gain from each observation; None if it has no opinion."""
        observations(obs)
        return None

    def action_values(self, obs: ArrayLike) -> Floats | None:
        """Give (n, 2): what it expects of each action; None if it does not tell actions apart by value."""
        observations(obs)
        return None

    def sample(self, obs: ArrayLike, rng: np.random.Generator) -> Ints:
        """Draw (n,) actions with the policy's probabilities."""
        p = sigmoid(self.logit(observations(obs)))
        return np.asarray(rng.random(len(p)) < p, dtype=np.int64)


def sigmoid(z: Real) -> Real:
    """Give 1 / (1 + e⁻ᶻ), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))  # type: ignore[no-any-return]


# ---- many environments side by side


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """What one step of all lanes brought.

    Parameters
    ----------
    obs, next_obs
        (n, 4) float32, before and after. After the last step of an episode, `next_obs` is where it ended.
    action, reward
        (n,).
    terminated, truncated
        (n,) whether the episode fell, or was stopped by the step limit.
    live
        (n,) whether this was a step at all. The lane of an episode that has ended needs one call to begin anew: there
        obs is the end of the old episode, next_obs the start of the new one, the action went nowhere, and nothing
        may be learned from it.
    """

    obs: NDArray[np.float32]
    action: Ints
    reward: Floats
    next_obs: NDArray[np.float32]
    terminated: Flags
    truncated: Flags
    live: Flags


class Lanes:
    """CartPole-v1 in Gymnasium's vectorised form: n episodes side by side, each begun anew when it ends.

    Parameters
    ----------
    n
        How many.
    seed
        Of all start states.
    physics
        The world.
    reward
        "plus": +1 for every step. "sutton": 0, and −1 when it falls.
    limit
        Steps after which an episode is truncated.
    """

    def __init__(
        self, n: int, *, seed: int, physics: Physics = STANDARD, reward: str = "plus", limit: int = STEP_LIMIT
    ) -> None:
        with IMPORTS:
            import gymnasium

        if reward not in REWARDS:
            raise ValueError(f"The reward is {reward!r}; it must be one of {', '.join(REWARDS)}.")
        self.envs: Any = gymnasium.make_vec(
            "CartPole-v1",
            num_envs=n,
            vectorization_mode="vector_entry_point",
            max_episode_steps=limit,
            sutton_barto_reward=reward == "sutton",
        )
        give_physics(self.envs, physics)
        self.n, self._started = n, False
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Begin all episodes anew."""
        self.obs, _ = self.envs.reset(seed=None if self._started else self._seed)
        self._started = True
        self._ended = np.zeros(self.n, dtype=bool)

    def step(self, action: Ints) -> Step:
        """Push (n,) carts."""
        obs, live = self.obs, ~self._ended
        self.obs, reward, terminated, truncated, _ = self.envs.step(action)
        self._ended = terminated | truncated
        # An episode that falls at the very step of the limit has fallen.
        return Step(obs, action, reward.astype(float), self.obs, terminated, truncated & ~terminated, live)

    @property
    def states(self) -> Floats:
        """The states in full precision, (n, 4)."""
        return np.array(self.envs.state.T, dtype=float)


def give_physics(env: Any, physics: Physics) -> None:
    """Set a Gymnasium CartPole's constants."""
    env.gravity, env.tau, env.force_mag = physics.gravity, physics.tau, physics.force
    env.masscart, env.masspole, env.length = physics.masscart, physics.masspole, physics.length
    env.total_mass = physics.masscart + physics.masspole
    env.polemass_length = physics.masspole * physics.length


# ---- one episode, many episodes


@dataclass(frozen=True, eq=False)
class Episode:
    """One episode. The arrays are read-only.

    Parameters
    ----------
    states
        (t + 1, 4), the first state and the one after each step, in full precision.
    actions
        (t,) 0 or 1.
    rewards
        (t,).
    terminated, truncated
        Why it ended: it fell, or the step limit came.
    """

    states: Floats
    actions: Ints
    rewards: Floats
    terminated: bool
    truncated: bool

    def __post_init__(self) -> None:
        for a in (self.states, self.actions, self.rewards):
            a.flags.writeable = False

    @property
    def reason(self) -> str:
        """Why it ended: "angle", "position" or "limit"."""
        if not self.terminated:
            return "limit"
        return "angle" if abs(self.states[-1, 2]) > ANGLE_LIMIT else "position"


def whole(name: str, value: Any, low: int) -> int:
    """Check a whole number.

    Raises
    ------
    ValueError
        If it is none, or smaller than `low`.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {low}.")
    return int(value)


def start_states(seeds: ArrayLike) -> Floats:
    """Give the (n, 4) states in which CartPole-v1 begins for (n,) seeds."""
    with IMPORTS:
        import gymnasium

    env = gymnasium.make("CartPole-v1", disable_env_checker=True).unwrapped
    out = []
    for seed in np.atleast_1d(np.asarray(seeds)):
        env.reset(seed=whole("A seed", seed.item(), 0))
        out.append(env.state)  # type: ignore[attr-defined]
    return np.array(out, dtype=float).reshape(-1, 4)


def rollout(
    policy: Policy,
    *,
    seed: int,
    greedy: bool = True,
    physics: Physics = STANDARD,
    reward: str = "plus",
    limit: int = STEP_LIMIT,
    start: ArrayLike | None = None,
) -> Episode:
    """Play one episode of CartPole-v1.

    Parameters
    ----------
    policy
        Who plays.
    seed
        Of the start state (as Gymnasium's `reset(seed=seed)`) and, if not greedy, of the actions.
    greedy
        Take the likelier action; else draw from the probabilities.
    physics, reward, limit
        See `Lanes`.
    start
        (4,) begin here instead.

    Raises
    ------
    ValueError
        If the seed is negative, or `start` is no state in which an episode can go on.
    """
    with IMPORTS:
        import gymnasium

    whole("The seed", seed, 0)
    whole("The limit", limit, 1)
    if reward not in REWARDS:
        raise ValueError(f"The reward is {reward!r}; it must be one of {', '.join(REWARDS)}.")
    env: Any = gymnasium.make("CartPole-v1", disable_env_checker=True, sutton_barto_reward=reward == "sutton").unwrapped
    give_physics(env, physics)
    obs, _ = env.reset(seed=seed)
    if start is not None:
        first = np.array(start, dtype=float)
        if first.shape != (4,) or not np.isfinite(first).all() or fallen(first):
            raise ValueError("A start is (4,) finite numbers with |x| ≤ 2.4 and |angle| ≤ 12°.")
        env.state, obs = first, first.astype(np.float32)
    rng = np.random.default_rng([seed, 1])
    states: list[Floats] = [np.array(env.state, dtype=float)]
    actions: list[int] = []
    rewards: list[float] = []
    terminated = False
    while not terminated and len(actions) < limit:
        action = int((policy.act(obs[None]) if greedy else policy.sample(obs[None], rng))[0])
        obs, gained, terminated, _, _ = env.step(action)
        states.append(env.state)
        actions.append(action)
        rewards.append(gained)
    return Episode(
        np.array(states, dtype=float), np.array(actions, dtype=np.int64), np.array(rewards, dtype=float),
        bool(terminated), not terminated,
    )  # fmt: skip


def evaluate(
    policy: Policy,
    *,
    episodes: int = 100,
    seed: int = 0,
    greedy: bool = True,
    physics: Physics = STANDARD,
    limit: int = STEP_LIMIT,
) -> Floats:
    """Play many episodes and give how many steps each lasted: the return with a reward of +1 a step.

    Parameters
    ----------
    policy
        Who plays.
    episodes
        How many, side by side.
    seed
        Of the start states.
    greedy
        Take the likelier action; else draw from the probabilities.
    physics, limit
        See `Lanes`.

    Returns
    -------
    (episodes,)
    """
    lanes = Lanes(whole("episodes", episodes, 1), seed=whole("The seed", seed, 0), physics=physics, limit=limit)
    rng = np.random.default_rng([seed, 1])
    steps, playing = np.zeros(episodes), np.ones(episodes, dtype=bool)
    while playing.any():
        step = lanes.step(policy.act(lanes.obs) if greedy else policy.sample(lanes.obs, rng))
        steps += playing
        playing &= ~(step.terminated | step.truncated)
    return steps


# ---- a training, recorded


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A policy during training.

    Parameters
    ----------
    steps
        Environment steps learned from so far.
    policy
        As it was then.
    """

    steps: int
    policy: Policy


@dataclass(frozen=True, eq=False)
class Run:
    """A training, whole or so far. The arrays are read-only.

    Parameters
    ----------
    returns
        (episodes,) sum of the rewards of each training episode, in the order in which they ended.
    policy
        The agent now.
    checkpoints
        The agent at the start and at regular times since.
    seconds
        Wall time so far.
    lengths
        (episodes,) steps each lasted; with a reward of +1 the same as `returns`.
    ends
        (episodes,) environment steps taken in all when each ended.
    steps
        Environment steps taken in all.
    algorithm
        Its name.
    """

    returns: Floats
    policy: Policy
    checkpoints: tuple[Checkpoint, ...]
    seconds: float
    lengths: Floats
    ends: Floats
    steps: int
    algorithm: str

    def __post_init__(self) -> None:
        for a in (self.returns, self.lengths, self.ends):
            a.flags.writeable = False


OnProgress = Callable[[float, Run], None]
ShouldStop = Callable[[], bool]


class Recorder:
    """Counts a training's steps and episodes, keeps checkpoints, says how far it is, and when it is over.

    Parameters
    ----------
    algorithm
        Its name.
    budget
        Environment steps.
    lanes
        How many run side by side.
    snapshot
        Gives the agent as it is now, as something that no longer changes.
    on_progress
        Called with the share done and the run so far, some 50 times a second; may raise to cancel.
    should_stop
        Asked as often; True ends the training early.
    """

    def __init__(
        self,
        algorithm: str,
        budget: int,
        lanes: int,
        snapshot: Callable[[], Policy],
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> None:
        self.algorithm, self.budget, self.snapshot = algorithm, budget, snapshot
        self._on_progress, self._should_stop, self._stopped = on_progress, should_stop, False
        self.steps, self._episodes = 0, 0
        self._return, self._length = np.zeros(lanes), np.zeros(lanes)
        self._log = np.zeros((3, 256))  # returns, lengths, ends; grows, and what is written stays
        self._checkpoints = [Checkpoint(0, snapshot())]
        self._began = self._told = time.perf_counter()

    @property
    def share(self) -> float:
        """How much of the budget is spent, in [0, 1]."""
        return min(self.steps / self.budget, 1.0)

    @property
    def going(self) -> bool:
        """Whether there is budget left and nobody said stop."""
        return self.steps < self.budget and not self._stopped

    def add(self, step: Step) -> None:
        """Count what all lanes did."""
        live = step.live
        self.steps += int(np.count_nonzero(live))
        self._return += step.reward * live
        self._length += live
        for lane in np.flatnonzero((step.terminated | step.truncated) & live):
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
        due = len(self._checkpoints) * self.budget / CHECKPOINTS
        if self.steps >= due:
            self._checkpoints.append(Checkpoint(self.steps, self.snapshot()))

    def breathe(self) -> None:
        """Say how far it is, if it is time to."""
        now = time.perf_counter()
        if now - self._told < PROGRESS_EVERY:
            return
        self._told = now
        if self._should_stop is not None and self._should_stop():
            self._stopped = True
        if self._on_progress is not None:
            self._on_progress(self.share, self.run())

    def run(self) -> Run:
        """Give the run so far; costs microseconds."""
        returns, lengths, ends = self._log[:, : self._episodes]
        return Run(
            returns, self.snapshot(), tuple(self._checkpoints), time.perf_counter() - self._began,
            lengths, ends, self.steps, self.algorithm,
        )  # fmt: skip

    def done(self) -> Run:
        """Give the whole run, its last policy among the checkpoints."""
        if self._checkpoints[-1].steps < self.steps:
            self._checkpoints.append(Checkpoint(self.steps, self.snapshot()))
        run = self.run()
        if self._on_progress is not None:
            self._on_progress(1.0 if not self._stopped else self.share, run)
        return run

"""Gymnasium's CartPole-v1: many episodes side by side to learn from, one to look at, many to be judged by.

References
----------
Towers et al., "Gymnasium: a standard interface for reinforcement learning environments" (2024).
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.door import numbers, one_of, whole
from core.late import IMPORTS
from core.reinforcement.physics import ANGLE_LIMIT, REWARDS, STANDARD, STEP_LIMIT, Flags, Floats, Ints, Physics, fallen
from core.reinforcement.policy import Policy
from core.result import result


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """What one step of all lanes brought.

    The lane of an episode that has ended needs one call to begin anew. It is not `live` there: obs is the end of the
    old episode, next_obs the start of the new one, the action went nowhere, and nothing may be learned from it.
    """

    obs: NDArray[np.float32]  # (n, 4) before
    action: Ints  # (n,)
    reward: Floats  # (n,)
    next_obs: NDArray[np.float32]  # (n, 4) after; after the last step of an episode, where it ended
    terminated: Flags  # (n,) whether the episode fell
    truncated: Flags  # (n,) whether it was stopped by the step limit
    live: Flags  # (n,) whether this was a step at all

    @property
    def ended(self) -> Flags:
        """(n,) whether the episode is over."""
        return self.terminated | self.truncated


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

        one_of("reward", reward, REWARDS)
        self.envs: Any = gymnasium.make_vec(
            "CartPole-v1",
            num_envs=n,
            vectorization_mode="vector_entry_point",
            max_episode_steps=limit,
            sutton_barto_reward=reward == "sutton",
        )
        # All our actions are 0 or 1; to ask so at each step would take a third of it.
        self.envs.action_space = SimpleNamespace(contains=lambda action: True)  # type: ignore[assignment]
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


@result
class Episode:
    """One episode of t steps."""

    states: Floats  # (t + 1, 4) the first state and the one after each step, in full precision
    actions: Ints  # (t,) 0 or 1
    rewards: Floats  # (t,)
    terminated: bool  # it fell
    truncated: bool  # the step limit came

    @property
    def reason(self) -> str:
        """Why it ended: "angle", "position" or "limit"."""
        if not self.terminated:
            return "limit"
        return "angle" if abs(self.states[-1, 2]) > ANGLE_LIMIT else "position"


def start_states(seeds: ArrayLike) -> Floats:
    """Give the (n, 4) states in which CartPole-v1 begins for (n,) seeds."""
    with IMPORTS:
        import gymnasium

    env = gymnasium.make("CartPole-v1", disable_env_checker=True).unwrapped
    out = []
    for seed in np.atleast_1d(np.asarray(seeds)):
        env.reset(seed=whole("seed", seed.item(), least=0))
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
        (4,) begin here instead: a state in which an episode can go on.
    """
    with IMPORTS:
        import gymnasium

    whole("seed", seed, least=0)
    whole("limit", limit)
    one_of("reward", reward, REWARDS)
    env: Any = gymnasium.make("CartPole-v1", disable_env_checker=True, sutton_barto_reward=reward == "sutton").unwrapped
    give_physics(env, physics)
    obs, _ = env.reset(seed=seed)
    if start is not None:
        first = numbers("start", start, shape=(4,))
        if fallen(first):
            raise ValueError("start must have |x| ≤ 2.4 and |angle| ≤ 12°.")
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
    lanes = Lanes(whole("episodes", episodes), seed=whole("seed", seed, least=0), physics=physics, limit=limit)
    rng = np.random.default_rng([seed, 1])
    steps, playing = np.zeros(episodes), np.ones(episodes, dtype=bool)
    while playing.any():
        step = lanes.step(policy.act(lanes.obs) if greedy else policy.sample(lanes.obs, rng))
        steps += playing
        playing &= ~step.ended
    return steps

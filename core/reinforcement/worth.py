"""What a state is worth: returns, the targets that agents learn from, and what really comes."""

import numpy as np
from numpy.typing import ArrayLike

from core.door import number, one_of, whole
from core.reinforcement.environment import Episode, Lanes, evaluate
from core.reinforcement.physics import REWARDS, STANDARD, Floats, Ints, Physics, fallen, step_physics
from core.reinforcement.policy import Policy, observations
from core.result import result


def returns_to_go(rewards: Floats, gamma: float) -> Floats:
    """Give G_t = r_t + γ r_{t+1} + γ² r_{t+2} + … along the first axis."""
    out = np.array(rewards, dtype=float)
    for t in range(len(out) - 2, -1, -1):
        # G_t = r_t + γ G_{t+1}
        out[t] += gamma * out[t + 1]
    return out


METHODS = ("q_learning", "sarsa", "value", "return")


@result
class OneStep:
    """What one step of learning would do at each of the t steps of an episode."""

    old: Floats  # (t,) expected of the state (and the action, if it tells actions apart); NaN without an opinion
    target: Floats  # (t,) what the step says it should have expected
    error: Floats  # (t,) target − old
    new: Floats  # (t,) old + rate · error


def one_step(
    policy: Policy, episode: Episode, *, method: str, gamma: float = 0.99, rate: float = 0.1, bootstrap: bool = True
) -> OneStep:
    """Say what each step of an episode teaches.

    Parameters
    ----------
    policy
        The agent, which need not be the one that played.
    episode
        What was played.
    method
        What the target is: "q_learning" r + γ max Q(s′, ·), "sarsa" r + γ Q(s′, a′), "value" r + γ V(s′), "return" G_t.
    gamma
        Discount.
    rate
        How far the old value moves. For a network this is as if the state had its value for itself.
    bootstrap
        Whether the last target counts the next state's value when the step limit ended the episode. (After a fall
        there is none.)
    """
    one_of("method", method, METHODS)
    number("gamma", gamma, least=0, most=1)
    number("rate", rate, least=0, most=1)
    obs = episode.states.astype(np.float32)
    steps, actions = np.arange(len(episode.actions)), episode.actions
    q, v = policy.action_values(obs), policy.value(obs)
    if (method in ("q_learning", "sarsa") and q is None) or (method == "value" and v is None):
        raise ValueError(f"This agent has no values for {method}.")
    if method in ("q_learning", "sarsa"):
        assert q is not None
        old = q[steps, actions]
        following = np.append(actions[1:], policy.act(obs[-1:]))
        ahead = q[1:].max(axis=1) if method == "q_learning" else q[1:][steps, following]
    else:
        old = np.full(len(steps), np.nan) if v is None else v[:-1]
        ahead = np.zeros(len(steps)) if v is None else v[1:]
    if method == "return":
        target = returns_to_go(episode.rewards, gamma)
    else:
        goes = np.ones(len(steps))
        goes[-1:] = not episode.terminated and bootstrap
        target = episode.rewards + gamma * ahead * goes
    error = target - old
    return OneStep(old.copy(), target, error, old + rate * error)


def true_values(
    policy: Policy,
    states: ArrayLike,
    *,
    gamma: float,
    horizon: int = 500,
    reward: str = "plus",
    physics: Physics = STANDARD,
    greedy: bool = False,
    seed: int = 0,
) -> Floats:
    """Play on from each state and add up what comes: the discounted return, without a step limit but the horizon.

    Parameters
    ----------
    policy
        Who plays.
    states
        (n, 4).
    gamma
        Discount.
    horizon
        Steps after which the sum is cut; what is left out is at most γ^horizon / (1 − γ).
    reward, physics, greedy
        See `rollout`.
    seed
        Of the actions, if not greedy.

    Returns
    -------
    (n,)
    """
    number("gamma", gamma, least=0, most=1)
    one_of("reward", reward, REWARDS)
    s = np.array(observations(states), dtype=float)
    out, left = np.zeros(len(s)), np.flatnonzero(~fallen(s))
    s, weight, rng = s[left], 1.0, np.random.default_rng([seed, 2])
    for _ in range(whole("horizon", horizon)):
        if not len(left):
            break
        obs = s.astype(np.float32)
        s = step_physics(s, policy.act(obs) if greedy else policy.sample(obs, rng), physics)
        fell = fallen(s)
        # G = Σ γᵗ r_t
        out[left] += weight * (np.ones(len(left)) if reward == "plus" else -fell.astype(float))
        weight *= gamma
        left, s = left[~fell], s[~fell]
    return out


JUDGED = 200  # states
LANES = 8  # episodes they come from


@result
class Judged:
    """What an agent expects, beside what really comes, at n states of episodes that it played itself."""

    states: Floats  # (n, 4)
    time: Ints  # (n,) at which step of its episode each was met
    value: Floats  # (n,) expected
    truth: Floats  # (n,) the discounted return of playing on without a step limit
    score: float  # mean steps of 100 greedy episodes


def judge(policy: Policy, *, gamma: float, reward: str = "plus", seed: int = 0) -> Judged:
    """Compare an agent's values with what really comes, at states spread evenly over its own episodes.

    Parameters
    ----------
    policy
        The agent; it draws its actions from its probabilities, as when it learned.
    gamma, reward
        What its values are about.
    seed
        Of start states and actions.
    """
    lanes, rng = Lanes(LANES, seed=seed), np.random.default_rng([seed, 4])
    playing, states, times = np.ones(LANES, dtype=bool), [], []
    t = 0
    while playing.any():
        states.append(lanes.states[playing])
        times.append(np.full(int(playing.sum()), t, dtype=np.int64))
        step = lanes.step(policy.sample(lanes.obs, rng))
        playing = playing & ~step.ended
        t += 1
    every, at = np.concatenate(states), np.concatenate(times)
    pick = np.linspace(0, len(every) - 1, min(JUDGED, len(every))).astype(int)
    chosen = every[pick]
    value = policy.value(chosen.astype(np.float32))
    if value is None:
        raise ValueError("This agent has no values.")
    truth = true_values(policy, chosen, gamma=gamma, reward=reward, seed=seed)
    return Judged(chosen, at[pick], value, truth, float(evaluate(policy).mean()))

"""Actor-critic: learn after a few steps instead of whole episodes, judged by a second network, the critic.

References
----------
Barto, Sutton & Anderson (1983): the first actor-critic, on this very cart.
Mnih et al., "Asynchronous methods for deep reinforcement learning" (2016): n-step advantages (A2C when synchronous).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.reinforcement.environment import Lanes, Step
from core.reinforcement.network import Adam, Array, Network, NetworkPolicy, inputs
from core.reinforcement.physics import Flags, Floats
from core.reinforcement.policy import sigmoid
from core.reinforcement.tabular import goes_on
from core.reinforcement.training import Plan, Recorder, Run, Settings, setting


@dataclass(frozen=True)
class ActorCriticSettings(Settings):
    """Hyper-parameters of the actor-critic."""

    budget: ClassVar[int] = 100_000

    gamma: float = setting(0.99, 0.0, 1.0)  # how much a reward one step later counts
    lam: float = setting(0.9, 0.0, 1.0)  # λ: 0 trusts the critic after one step, 1 waits for all rewards at hand
    rate: float = setting(0.005, 0.0, 1.0)  # Adam's learning rate of the policy; falls to 0 along a straight line
    critic_rate: float = setting(0.02, 0.0, 1.0)  # … and of the critic; falls to 0 too
    entropy: float = setting(0.0, 0.0, 1.0)  # reward for being undecided, against deciding too early
    hidden: int = setting(32, 1, 256)  # tanh units of each network
    lanes: int = setting(8, 1, 256)  # episodes played side by side
    horizon: int = setting(8, 1, 512)  # steps of each lane between two steps of learning
    bootstrap: bool = True  # at the step limit the target still counts the next state's value


def advantages(
    value: Floats, next_value: Floats, reward: Floats, goes: Flags, ended: Flags, gamma: float, lam: float
) -> Floats:
    """Give how much better than expected each step went: generalised advantages, (t, n).

    Parameters
    ----------
    value, next_value
        (t, n) what the critic expects of s and of s′.
    reward
        (t, n).
    goes
        (t, n) whether the value of s′ counts.
    ended
        (t, n) whether the episode ended with this step: nothing after it belongs to it.
    gamma, lam
        Discount, and how slowly trust in the rewards at hand fades (Schulman et al. 2016).
    """
    # δ = r + γ V(s′) − V(s)
    delta = reward + gamma * next_value * goes - value
    out, running = np.empty_like(delta), np.zeros_like(delta[0])
    for t in range(len(delta) - 1, -1, -1):
        # A_t = δ_t + γ λ A_{t+1}
        running = delta[t] + gamma * lam * running * ~ended[t]
        out[t] = running
    return out


@dataclass(frozen=True, eq=False)
class Batch:
    """What some steps of all lanes give to learn from, dead steps left out: (m, 4) inputs and (m,) of the others."""

    x: Array
    action: Array
    logit: Array
    advantage: Array
    target: Array


def gather(
    history: list[Step], actor: Network, critic: Network, gamma: float, lam: float, bootstrap: bool, unit: float
) -> Batch:
    """Judge what was played; rewards and values count in `unit`."""
    t, n = len(history), len(history[0].live)
    # The step after an end is a reset, not data. So s′ of a live step always is the next row's s.
    x = inputs(np.array([s.obs for s in history] + [history[-1].next_obs]).reshape(-1, 4))
    value = critic(x).astype(float).reshape(t + 1, n)
    terminated = np.array([s.terminated for s in history])
    truncated = np.array([s.truncated for s in history])
    live = np.array([s.live for s in history]).ravel()
    a = advantages(
        value[:-1], value[1:], np.array([s.reward for s in history]) / unit,
        goes_on(terminated, truncated, bootstrap), terminated | truncated, gamma, lam,
    )  # fmt: skip
    x = x[: t * n][live]
    return Batch(
        x,
        np.array([s.action for s in history], dtype=np.float32).ravel()[live],
        actor(x),
        a.ravel()[live].astype(np.float32),
        (a + value[:-1]).ravel()[live].astype(np.float32),
    )


def play(lanes: Lanes, actor: Network, rng: np.random.Generator, record: Recorder, horizon: int) -> list[Step]:
    """Let the policy take `horizon` steps in every lane, fewer where the budget is spent."""
    history: list[Step] = []
    while len(history) < horizon and record.going:
        p = sigmoid(actor(inputs(lanes.obs)))
        history.append(lanes.step((rng.random(lanes.n) < p).astype(np.int64)))
        record.add(history[-1])
    return history


def train(plan: Plan, settings: ActorCriticSettings) -> Run:
    """Learn policy and value together."""
    rng = plan.rng()
    lanes = plan.lanes(settings.lanes)
    unit = plan.unit(settings.gamma)
    actor = Network((4, settings.hidden, 1), rng, last=0.01)
    critic = Network((4, settings.hidden, 1), rng, last=1.0)
    actor_step, critic_step = Adam(actor.flat.size), Adam(critic.flat.size)
    record = Recorder(plan, lanes.n, lambda: NetworkPolicy(actor, critic, unit))
    while record.going:
        history = play(lanes, actor, rng, record, settings.horizon)
        b = gather(history, actor, critic, settings.gamma, settings.lam, settings.bootstrap, unit)
        m, left = len(b.x), 1.0 - record.share
        # the critic's loss: ½ (V(s) − target)²
        h = critic.forward(b.x)
        critic_step.step(
            critic.flat, critic.backward(h, (h[-1][:, 0] - b.target) / np.float32(m)), settings.critic_rate * left
        )
        # ∇J ≈ mean of ∇ log π(a|s) A; ∂ log π / ∂ logit = a − p; ∂ entropy / ∂ logit = −logit p (1 − p)
        h = actor.forward(b.x)
        z = h[-1][:, 0]
        p = sigmoid(z)
        slope = (b.action - p) * b.advantage - settings.entropy * z * p * (1 - p)
        actor_step.step(actor.flat, actor.backward(h, (-slope / m).astype(np.float32)), settings.rate * left)
        record.keep()
    return record.done()

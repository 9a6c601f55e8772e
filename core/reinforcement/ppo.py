"""PPO: go over the same steps many times, but never move the policy far from the one that played them.

References
----------
Schulman et al., "Proximal policy optimization algorithms" (2017).
Schulman et al., "High-dimensional continuous control using generalized advantage estimation" (2016).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.reinforcement.actor_critic import gather, play
from core.reinforcement.network import Adam, Array, Network, NetworkPolicy
from core.reinforcement.policy import sigmoid
from core.reinforcement.training import Plan, Recorder, Run, Settings, setting


@dataclass(frozen=True)
class PPOSettings(Settings):
    """Hyper-parameters of PPO."""

    budget: ClassVar[int] = 60_000

    gamma: float = setting(0.99, 0.0, 1.0)  # how much a reward one step later counts
    lam: float = setting(0.95, 0.0, 1.0)  # λ: 0 trusts the critic after one step, 1 waits for all rewards at hand
    rate: float = setting(0.01, 0.0, 1.0)  # Adam's learning rate of both networks; falls to 0 along a straight line
    clip: float = setting(0.2, 0.0, 10.0)  # how far the probability of an action may move, as a ratio; falls to 0 too
    epochs: int = setting(10, 1, 100)  # times each step is learned from
    batch: int = setting(512, 1, 65536)  # steps of play for one step of Adam
    entropy: float = setting(0.0, 0.0, 1.0)  # reward for being undecided, against deciding too early
    hidden: int = setting(32, 1, 256)  # tanh units of each network
    lanes: int = setting(32, 1, 256)  # episodes played side by side
    horizon: int = setting(64, 1, 512)  # steps of each lane between two times of learning
    bootstrap: bool = True  # at the step limit the target still counts the next state's value


def log_probability(logit: Array, action: Array) -> Array:
    """Give log π(a|s) for (n,) logits and actions."""
    # −log(1 + e^(∓ logit)): − for right, + for left
    return np.asarray(-np.logaddexp(0.0, (1.0 - 2.0 * action) * logit))


def ascent(logit: Array, action: Array, log_old: Array, advantage: Array, clip: float, entropy: float) -> Array:
    """Give the gradient of PPO's gain, and of the entropy's reward, by the logits.

    Parameters
    ----------
    logit, action
        (n,) of the policy now, and what was done.
    log_old
        (n,) log π_old(a|s) of the policy that did it.
    advantage
        (n,).
    clip
        How far ρ = π(a|s) / π_old(a|s) may move from 1 before nothing more is to gain: min(ρ A, clip(ρ, 1 ± c) A).
    entropy
        What a unit of entropy is worth.
    """
    p = sigmoid(logit)
    ratio = np.exp(log_probability(logit, action) - log_old)
    inside = np.where(advantage > 0, ratio < 1 + clip, ratio > 1 - clip)  # elsewhere the gain is flat
    # ∂ρ / ∂ logit = ρ (a − p); ∂ entropy / ∂ logit = −logit p (1 − p)
    return np.asarray(inside * ratio * advantage * (action - p) - entropy * logit * p * (1 - p))


def train(plan: Plan, settings: PPOSettings) -> Run:
    """Learn policy and value together, each step of play used several times."""
    rng = plan.rng()
    lanes = plan.lanes(settings.lanes)
    unit = plan.unit(settings.gamma)
    actor = Network((4, settings.hidden, 1), rng, last=0.01)
    critic = Network((4, settings.hidden, 1), rng, last=1.0)
    actor_step, critic_step = Adam(actor.flat.size), Adam(critic.flat.size)
    record = Recorder(plan, lanes.n, lambda: NetworkPolicy(actor, critic, unit))
    while record.going:
        left = 1.0 - record.share
        rate, clip = settings.rate * left, settings.clip * left
        history = play(lanes, actor, rng, record, settings.horizon)
        b = gather(history, actor, critic, settings.gamma, settings.lam, settings.bootstrap, unit)
        log_old = log_probability(b.logit, b.action)
        for _ in range(settings.epochs):
            order = rng.permutation(len(b.x))
            for at in range(0, len(order), settings.batch):
                i = order[at : at + settings.batch]
                m, x, a = len(i), b.x[i], b.advantage[i]
                a = (a - a.mean()) / (a.std() + 1e-8)
                # the critic's loss: ½ (V(s) − target)²
                h = critic.forward(x)
                critic_step.step(critic.flat, critic.backward(h, (h[-1][:, 0] - b.target[i]) / np.float32(m)), rate)
                # the actor's gain
                h = actor.forward(x)
                slope = ascent(h[-1][:, 0], b.action[i], log_old[i], a, clip, settings.entropy)
                actor_step.step(actor.flat, actor.backward(h, (-slope / m).astype(np.float32)), rate)
                record.breathe()
        record.keep()
    return record.done()

"""REINFORCE: play whole episodes, then make the actions that were followed by much reward more likely.

References
----------
Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement learning" (1992).
Sutton & Barto, "Reinforcement learning: an introduction" (2nd ed., 2018), 13.3 and 13.4.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.reinforcement.network import Adam, Network, NetworkPolicy, inputs
from core.reinforcement.policy import sigmoid
from core.reinforcement.training import Plan, Recorder, Run, Settings, setting
from core.reinforcement.worth import returns_to_go


@dataclass(frozen=True)
class ReinforceSettings(Settings):
    """Hyper-parameters of REINFORCE."""

    budget: ClassVar[int] = 100_000

    gamma: float = setting(0.99, 0.0, 1.0)  # how much a reward one step later counts
    rate: float = setting(0.01, 0.0, 1.0)  # Adam's learning rate of the policy
    baseline: bool = True  # subtract what a second network expects of the state
    baseline_rate: float = setting(0.01, 0.0, 1.0)  # … and its learning rate
    hidden: int = setting(32, 1, 256)  # tanh units of each network
    episodes: int = setting(8, 1, 256)  # whole episodes for one step of the policy


def train(plan: Plan, settings: ReinforceSettings) -> Run:
    """Learn a policy from whole episodes."""
    rng = plan.rng()
    lanes = plan.lanes(settings.episodes)
    actor = Network((4, settings.hidden, 1), rng, last=0.01)
    critic = Network((4, settings.hidden, 1), rng, last=1.0) if settings.baseline else None
    unit = plan.unit(settings.gamma)
    actor_step, critic_step = Adam(actor.flat.size), Adam(critic.flat.size if critic else 0)
    record = Recorder(plan, lanes.n, lambda: NetworkPolicy(actor, critic, unit))
    while record.going:
        # One episode in each lane, to its end. Taking the first few that end instead would favour the short ones.
        lanes.reset()
        record.forget()
        playing, history = np.ones(lanes.n, dtype=bool), []
        while playing.any() and record.going:
            p = sigmoid(actor(inputs(lanes.obs)))
            step = lanes.step((rng.random(lanes.n) < p).astype(np.int64))
            step = replace(step, live=step.live & playing)
            history.append(step)
            record.add(step)
            playing = playing & ~step.ended
        live = np.array([s.live for s in history])
        x = inputs(np.array([s.obs for s in history])[live])
        action = np.array([s.action for s in history])[live]
        g = returns_to_go(np.array([s.reward * s.live for s in history]), settings.gamma)[live]

        advantage = (g / unit).astype(np.float32)
        if critic is not None:
            # b(s) is taken before it learns from these episodes, else it would know their ends.
            h = critic.forward(x)
            # the critic's loss: ½ (b(s) − G)²
            error = h[-1][:, 0] - advantage
            advantage = -error
            critic_step.step(critic.flat, critic.backward(h, error / len(g)), settings.baseline_rate)
        # ∇J ≈ mean of ∇ log π(a|s) (G − b(s)), and ∂ log π / ∂ logit = a − P(right)
        h = actor.forward(x)
        slope = (action - sigmoid(h[-1][:, 0])) * advantage
        actor_step.step(actor.flat, actor.backward(h, (-slope / len(g)).astype(np.float32)), settings.rate)
        record.keep()
    return record.done()

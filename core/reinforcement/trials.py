"""Tests of an agent: in other worlds, at the border between its pushes, by the variance of its gradient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.door import number, numbers, whole
from core.reinforcement.environment import Lanes
from core.reinforcement.network import SCALE, NetworkPolicy, inputs
from core.reinforcement.physics import ANGLE_LIMIT, STANDARD, START, STEP_LIMIT, Floats, Physics, fallen, step_physics
from core.reinforcement.policy import Policy, sigmoid
from core.reinforcement.worth import returns_to_go

HALF_LENGTHS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)  # m, of the worlds agents are tested in
FORCES = (1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 20.0, 30.0)  # N


def robustness(
    policy: Policy,
    lengths: ArrayLike,
    forces: ArrayLike,
    *,
    episodes: int = 10,
    seed: int = 0,
    physics: Physics = STANDARD,
    limit: int = STEP_LIMIT,
) -> Floats:
    """Test an agent in worlds with other poles and other pushes, all at once.

    Parameters
    ----------
    policy
        Who plays, greedily.
    lengths
        (a,) m, half the pole's, as in `Physics`.
    forces
        (b,) N.
    episodes
        In each world; the same start states in all.
    seed
        Of the start states.
    physics
        Everything else.
    limit
        Steps after which an episode is truncated.

    Returns
    -------
    (a, b) mean steps.
    """
    halves, pushes = numbers("lengths", lengths, ndim=1), numbers("forces", forces, ndim=1)
    for name, values in (("lengths", halves), ("forces", pushes)):
        number(f"the least of {name}", values.min(initial=np.inf), above=0.0)
    whole("episodes", episodes)
    start = np.random.default_rng(whole("seed", seed, least=0)).uniform(-START, START, (episodes, 4))
    shape = (len(halves), len(pushes), episodes)
    length = np.broadcast_to(halves[:, None, None], shape).ravel()
    push = np.broadcast_to(pushes[:, None], shape).ravel()
    s = np.broadcast_to(start, (*shape, 4)).reshape(-1, 4)
    steps, left = np.zeros(len(s)), np.arange(len(s))
    for _ in range(whole("limit", limit)):
        s = step_physics(s, policy.act(s.astype(np.float32)), physics, length=length, force=push)
        steps[left] += 1
        stands = ~fallen(s)
        if not stands.all():
            left, s, length, push = left[stands], s[stands], length[stands], push[stands]
            if not len(left):
                break
    return np.asarray(steps.reshape(shape).mean(axis=2))


@dataclass(frozen=True)
class Line:
    """Where an agent in the middle of the track, the cart at rest, changes from pushing left to pushing right."""

    lead: float  # s; θ + lead · θ̇ = offset. The agent pushes towards where the pole would be that much later
    offset: float  # rad
    angle: float  # degrees between the line and the axis of θ̇, where 12° and 2 rad/s are drawn equally long


def switching_line(policy: Policy, *, within: float = 1.0) -> Line:
    """Fit a straight line to where the agent has no preference, for |θ̇| ≤ `within` rad/s.

    NaN if there is no such place: fewer than three of the 41 speeds show a change from left to right.
    """
    number("within", within, above=0)
    theta, speed = np.linspace(-ANGLE_LIMIT, ANGLE_LIMIT, 420), np.linspace(-within, within, 41)
    obs = np.zeros((len(speed), len(theta), 4), dtype=np.float32)
    obs[..., 2], obs[..., 3] = theta, speed[:, None]
    right = policy.act(obs.reshape(-1, 4)).reshape(obs.shape[:2])
    changes = np.diff(right, axis=1)
    clear = (np.abs(changes).sum(axis=1) == 1) & (changes.sum(axis=1) == 1)
    if clear.sum() < 3:
        return Line(np.nan, np.nan, np.nan)
    at = changes[clear].argmax(axis=1)
    turn = 0.5 * (theta[at] + theta[at + 1])
    # θ = offset − lead · θ̇, by least squares
    slope, offset = np.polyfit(speed[clear], turn, 1)
    drawn = np.arctan2(slope / SCALE[2], 1.0 / SCALE[3])
    return Line(float(-slope), float(offset), float(np.degrees(-drawn)))


@dataclass(frozen=True)
class GradientVariance:
    """How much the policy gradient of one episode differs from that of another: the trace of its covariance."""

    plain: float  # with the returns as they are
    constant: float  # with their mean subtracted
    critic: float  # with what the agent's critic expects of each state subtracted; NaN if it has none
    mean: float  # squared length of the mean gradient (with the critic, if there is one)


def gradient_variance(
    policy: NetworkPolicy, *, episodes: int = 64, gamma: float = 0.99, seed: int = 0, limit: int = STEP_LIMIT
) -> GradientVariance:
    """Measure the variance of REINFORCE's gradient, from the same episodes with each baseline.

    Parameters
    ----------
    policy
        The agent; it stays as it is.
    episodes
        How many to play.
    gamma
        Discount.
    seed
        Of start states and actions.
    limit
        Steps after which an episode is truncated.
    """
    number("gamma", gamma, least=0, most=1)
    lanes = Lanes(whole("episodes", episodes, least=2), seed=whole("seed", seed, least=0), limit=limit)
    rng, playing = np.random.default_rng([seed, 3]), np.ones(episodes, dtype=bool)
    obs, actions, live = [], [], []
    while playing.any():
        obs.append(lanes.obs)
        actions.append(policy.sample(lanes.obs, rng))
        live.append(playing)
        step = lanes.step(actions[-1])
        playing = playing & ~step.ended
    seen, did, on = np.array(obs), np.array(actions), np.array(live)
    g = returns_to_go(on.astype(float), gamma)  # the reward is 1 while the episode lasts
    baselines = {"plain": np.zeros_like(g), "constant": np.full_like(g, g[on].mean())}
    if policy.critic is not None:
        value = policy.value(seen.reshape(-1, 4))
        assert value is not None
        baselines["critic"] = value.reshape(g.shape)
    actor = policy.actor.learnable()
    found: dict[str, Floats] = {}
    for name, b in baselines.items():
        rows = []
        for e in range(episodes):
            keep = on[:, e]
            h = actor.forward(inputs(seen[keep, e]))
            # Σ_t ∇ log π(a_t|s_t) (G_t − b(s_t))
            slope = (did[keep, e] - sigmoid(h[-1][:, 0])) * (g - b)[keep, e]
            rows.append(actor.backward(h, slope.astype(np.float32)).astype(float))
        found[name] = np.array(rows)
    spread = {name: float(rows.var(axis=0, ddof=1).sum()) for name, rows in found.items()}
    last = list(found.values())[-1].mean(axis=0)
    return GradientVariance(spread["plain"], spread["constant"], spread.get("critic", np.nan), float(last @ last))

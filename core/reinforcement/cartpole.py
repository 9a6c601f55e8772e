"""Reinforcement learning on CartPole-v1: agents that chance upon, are told, compute or learn how to keep a pole upright.

`train` makes any of them, `evaluate` says how long it lasts, `rollout` plays one episode to look at. Each algorithm has
a file of its own beside this one, readable from top to bottom: `control` (chance, rules, PD, LQR), `tabular` (Q-learning,
SARSA), `policy_gradient` (REINFORCE), `actor_critic`, `ppo`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.reinforcement import actor_critic, control, policy_gradient, ppo, tabular
from core.reinforcement.control import RULES, Linear, LQRSettings, PDSettings, Random, Regulator, linearize, regulator
from core.reinforcement.environment import (
    ANGLE_LIMIT,
    POSITION_LIMIT,
    REWARDS,
    SOLVED,
    STANDARD,
    START,
    STEP_LIMIT,
    Checkpoint,
    Episode,
    Floats,
    Ints,
    Lanes,
    OnProgress,
    Physics,
    Policy,
    Run,
    Settings,
    ShouldStop,
    evaluate,
    fallen,
    observations,
    rollout,
    sigmoid,
    start_states,
    step_physics,
    whole,
)
from core.reinforcement.network import SCALE, NetworkPolicy, inputs
from core.reinforcement.policy_gradient import returns_to_go
from core.reinforcement.tabular import EDGE, Boxes, TablePolicy

SETTINGS: dict[str, type[Settings]] = {
    "random": control.RandomSettings,
    "rule": control.RuleSettings,
    "pd": control.PDSettings,
    "lqr": control.LQRSettings,
    "q_learning": tabular.TabularSettings,
    "sarsa": tabular.TabularSettings,
    "reinforce": policy_gradient.ReinforceSettings,
    "actor_critic": actor_critic.ActorCriticSettings,
    "ppo": ppo.PPOSettings,
}
ALGORITHMS = tuple(SETTINGS)
__all__ = [
    "ALGORITHMS", "ANGLE_LIMIT", "FORCES", "HALF_LENGTHS", "LEARNERS", "METHODS", "POSITION_LIMIT", "REWARDS",
    "RULES", "SCALE", "SETTINGS", "SOLVED", "EDGE", "STEP_LIMIT", "Boxes", "Checkpoint", "Episode", "Floats",
    "GradientVariance", "Ints", "LQRSettings", "Line", "Linear", "NetworkPolicy", "OneStep", "PDSettings", "Physics",
    "Policy", "Random", "Regulator", "Run", "TablePolicy", "evaluate", "fallen", "gradient_variance", "linearize",
    "one_step", "regulator", "returns_to_go", "robustness", "rollout", "start_states", "step_physics",
    "switching_line", "train", "true_values",
]  # fmt: skip
HALF_LENGTHS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)  # m, of the worlds agents are tested in
FORCES = (1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 20.0, 30.0)  # N
LEARNERS = ("q_learning", "sarsa", "reinforce", "actor_critic", "ppo")


def train(
    algorithm: str,
    *,
    steps: int | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    physics: Physics = STANDARD,
    reward: str = "plus",
    limit: int = STEP_LIMIT,
    **options: Any,
) -> Run:
    """Make an agent.

    Parameters
    ----------
    algorithm
        One of `ALGORITHMS`. Those that do not learn only play.
    steps
        Environment steps; None is the algorithm's own budget.
    seed
        Of everything random.
    on_progress
        Called some 50 times a second with the share done and the run so far; what it raises ends the training.
    should_stop
        Asked as often; True ends the training early, and the run so far is returned.
    physics
        The world to learn in.
    reward
        "plus": +1 for every step. "sutton": 0, and −1 when it falls.
    limit
        Steps after which an episode is truncated.
    options
        The algorithm's hyper-parameters: the fields of `SETTINGS[algorithm]`, explained there.

    Raises
    ------
    ValueError
        If the algorithm or an option is unknown, or a number is out of range.

    Examples
    --------
    >>> run = train("lqr", steps=2000)
    >>> evaluate(run.policy, episodes=10).mean().item()
    500.0
    """
    if algorithm not in SETTINGS:
        raise ValueError(f"{algorithm!r} is none of {', '.join(ALGORITHMS)}.")
    settings = SETTINGS[algorithm].of(options)
    how: dict[str, Any] = {
        "steps": settings.budget if steps is None else whole("steps", steps, 1),
        "seed": whole("The seed", seed, 0),
        "physics": physics,
        "reward": reward,
        "limit": whole("The limit", limit, 1),
        "on_progress": on_progress,
        "should_stop": should_stop,
    }
    match settings:
        case tabular.TabularSettings():
            return tabular.train(algorithm, settings, **how)
        case policy_gradient.ReinforceSettings():
            return policy_gradient.train(algorithm, settings, **how)
        case actor_critic.ActorCriticSettings():
            return actor_critic.train(algorithm, settings, **how)
        case ppo.PPOSettings():
            return ppo.train(algorithm, settings, **how)
        case control.RuleSettings():
            policy: Policy = Linear(RULES[settings.rule])
        case PDSettings():
            policy = Linear((settings.kx, settings.kv, settings.kp, settings.kd))
        case LQRSettings():
            found = regulator(physics, settings)
            policy = Linear(-found.K, found.P)
        case _:
            policy = Random()
    return control.play(algorithm, policy, **how)


# ---- what can be measured of an agent


@dataclass(frozen=True, eq=False)
class OneStep:
    """What one step of learning would do at each step of an episode. The arrays are (t,) and read-only.

    Parameters
    ----------
    old
        What the agent expects of the state (and the action, if it tells actions apart); NaN if it has no opinion.
    target
        What the step says it should have expected.
    error
        target − old.
    new
        old + rate · error.
    """

    old: Floats
    target: Floats
    error: Floats
    new: Floats

    def __post_init__(self) -> None:
        for a in (self.old, self.target, self.error, self.new):
            a.flags.writeable = False


METHODS = ("q_learning", "sarsa", "value", "return")


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

    Raises
    ------
    ValueError
        If the method is unknown, or asks for values that the agent does not have.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}.")
    share("gamma", gamma)
    share("rate", rate)
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


def share(name: str, value: float) -> None:
    """Check a number in [0, 1].

    Raises
    ------
    ValueError
        If it is none.
    """
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} is {value}; it must be from 0 to 1.")


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
    share("gamma", gamma)
    if reward not in REWARDS:
        raise ValueError(f"The reward is {reward!r}; it must be one of {', '.join(REWARDS)}.")
    s = np.array(observations(states), dtype=float)
    out, left = np.zeros(len(s)), np.flatnonzero(~fallen(s))
    s, weight, rng = s[left], 1.0, np.random.default_rng([seed, 2])
    for _ in range(whole("horizon", horizon, 1)):
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

    Raises
    ------
    ValueError
        If a length or a force is not positive and finite.
    """
    halves, pushes = np.array(lengths, dtype=float), np.array(forces, dtype=float)
    for name, values in (("A length", halves), ("A force", pushes)):
        if values.ndim != 1 or not len(values) or not np.isfinite(values).all() or not (values > 0).all():
            raise ValueError(f"{name} must be positive and finite; they come as a list of at least one.")
    whole("episodes", episodes, 1)
    start = np.random.default_rng(whole("The seed", seed, 0)).uniform(-START, START, (episodes, 4))
    shape = (len(halves), len(pushes), episodes)
    length = np.broadcast_to(halves[:, None, None], shape).ravel()
    push = np.broadcast_to(pushes[:, None], shape).ravel()
    s = np.broadcast_to(start, (*shape, 4)).reshape(-1, 4)
    steps, left = np.zeros(len(s)), np.arange(len(s))
    for _ in range(whole("The limit", limit, 1)):
        s = step_physics(s, policy.act(s.astype(np.float32)), physics, length=length, force=push)
        steps[left] += 1
        stands = ~fallen(s)
        if not stands.all():
            left, s, length, push = left[stands], s[stands], length[stands], push[stands]
            if not len(left):
                break
    return np.asarray(steps.reshape(shape).mean(axis=2))


@dataclass(frozen=True)
class GradientVariance:
    """How much the policy gradient of one episode differs from that of another: the trace of its covariance.

    Parameters
    ----------
    plain
        With the returns as they are.
    constant
        With their mean subtracted.
    critic
        With what the agent's critic expects of each state subtracted; NaN if it has none.
    mean
        Squared length of the mean gradient (with the critic, if there is one).
    """

    plain: float
    constant: float
    critic: float
    mean: float


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
    share("gamma", gamma)
    lanes = Lanes(whole("episodes", episodes, 2), seed=whole("The seed", seed, 0), limit=limit)
    rng, playing = np.random.default_rng([seed, 3]), np.ones(episodes, dtype=bool)
    obs, actions, live = [], [], []
    while playing.any():
        obs.append(lanes.obs)
        actions.append(policy.sample(lanes.obs, rng))
        live.append(playing)
        step = lanes.step(actions[-1])
        playing = playing & ~(step.terminated | step.truncated)
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


@dataclass(frozen=True)
class Line:
    """Where an agent in the middle of the track, the cart at rest, changes from pushing left to pushing right.

    Parameters
    ----------
    lead
        s; the line is θ + lead · θ̇ = offset. The agent pushes towards where the pole would be that much later.
    offset
        rad.
    angle
        Degrees between the line and the axis of θ̇, in the picture where 12° and 2 rad/s are equally long.
    """

    lead: float
    offset: float
    angle: float


def switching_line(policy: Policy, *, within: float = 1.0) -> Line:
    """Fit a straight line to where the agent has no preference, for |θ̇| ≤ `within` rad/s.

    NaN if there is no such place: fewer than three of the 41 speeds show a change from left to right.
    """
    if not np.isfinite(within) or within <= 0:
        raise ValueError("`within` must be positive and finite.")
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

"""Reinforcement learning on CartPole-v1: agents that chance upon, are told, compute or learn how to keep a pole up.

`train` makes any of them, `evaluate` says how long it lasts, `rollout` plays one episode to look at. Each idea has a
file of its own beside this one, readable from top to bottom: the world (`physics`, `environment`), what acts (`policy`,
`network`), the algorithms (`control`, `tabular`, `policy_gradient`, `actor_critic`, `ppo`, in the frame of `training`),
and what is asked of an agent (`worth`, `trials`, `film`).
"""

from collections.abc import Callable
from typing import Any

from core.door import one_of, whole
from core.reinforcement import actor_critic, control, policy_gradient, ppo, tabular
from core.reinforcement.control import RULES, Linear, LQRSettings, PDSettings, Random, Regulator, linearize, regulator
from core.reinforcement.environment import Episode, evaluate, rollout, start_states
from core.reinforcement.network import SCALE, NetworkPolicy
from core.reinforcement.physics import (
    ANGLE_LIMIT,
    POSITION_LIMIT,
    REWARDS,
    SOLVED,
    STANDARD,
    STEP_LIMIT,
    Floats,
    Ints,
    Physics,
    fallen,
    step_physics,
)
from core.reinforcement.policy import Policy
from core.reinforcement.tabular import EDGE, Boxes, TablePolicy
from core.reinforcement.training import Checkpoint, Plan, Run, Settings
from core.reinforcement.trials import (
    FORCES,
    HALF_LENGTHS,
    GradientVariance,
    Line,
    gradient_variance,
    robustness,
    switching_line,
)
from core.reinforcement.worth import METHODS, OneStep, one_step, returns_to_go, true_values

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
LEARNERS = ("q_learning", "sarsa", "reinforce", "actor_critic", "ppo")
__all__ = [
    "ALGORITHMS", "ANGLE_LIMIT", "EDGE", "FORCES", "HALF_LENGTHS", "LEARNERS", "METHODS", "POSITION_LIMIT", "REWARDS",
    "RULES", "SCALE", "SETTINGS", "SOLVED", "STEP_LIMIT", "Boxes", "Checkpoint", "Episode", "Floats",
    "GradientVariance", "Ints", "LQRSettings", "Line", "Linear", "NetworkPolicy", "OneStep", "PDSettings", "Physics",
    "Policy", "Random", "Regulator", "Run", "TablePolicy", "evaluate", "fallen", "gradient_variance", "linearize",
    "one_step", "regulator", "returns_to_go", "robustness", "rollout", "start_states", "step_physics",
    "switching_line", "train", "true_values",
]  # fmt: skip


def train(
    algorithm: str,
    *,
    steps: int | None = None,
    seed: int = 0,
    on_progress: Callable[[float, Run], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
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

    Examples
    --------
    >>> run = train("lqr", steps=2000)
    >>> evaluate(run.policy, episodes=10).mean().item()
    500.0
    """
    one_of("algorithm", algorithm, ALGORITHMS)
    settings = SETTINGS[algorithm].of(options)
    plan = Plan(
        algorithm,
        settings.budget if steps is None else whole("steps", steps),
        whole("seed", seed, least=0),
        physics,
        one_of("reward", reward, REWARDS),
        whole("limit", limit),
        on_progress,
        should_stop,
    )
    match settings:
        case tabular.TabularSettings():
            return tabular.train(plan, settings)
        case policy_gradient.ReinforceSettings():
            return policy_gradient.train(plan, settings)
        case actor_critic.ActorCriticSettings():
            return actor_critic.train(plan, settings)
        case ppo.PPOSettings():
            return ppo.train(plan, settings)
        case _:
            return control.train(plan, settings)

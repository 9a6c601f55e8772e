"""Agents that do not learn: chance, rules of thumb, PD control and LQR."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.reinforcement.physics import STANDARD, Floats, Ints, Physics
from core.reinforcement.policy import Policy, observations
from core.reinforcement.training import Plan, Recorder, Run, Settings, option, setting
from core.result import result

RULES = {"angle": (0.0, 0.0, 1.0, 0.0), "speed": (0.0, 0.0, 0.0, 1.0), "both": (0.0, 0.0, 1.0, 0.2)}


class Random(Policy):
    """Pushes either way with the same chance.

    `act` has to give the same answer to the same question, so it tosses a coin made of the observation's own last bits.
    """

    def logit(self, obs: Floats) -> Floats:
        """Give 0: no preference."""
        return np.zeros(len(obs))

    def act(self, obs: ArrayLike) -> Ints:
        """Toss a coin for each of (n, 4) observations."""
        bits = np.ascontiguousarray(observations(obs), dtype=np.float32).view(np.uint32).astype(np.uint64)
        mixed = (bits * np.array([2654435761, 2246822519, 3266489917, 668265263], dtype=np.uint64)).sum(axis=1)
        mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519)
        return np.asarray((mixed >> np.uint64(29)) & np.uint64(1), dtype=np.int64)


class Linear(Policy):
    """Pushes right where w · s ≥ 0: a plane through the origin parts the states.

    Parameters
    ----------
    weights
        (4,) for x, ẋ, θ, θ̇.
    cost
        (4, 4) symmetric, or None: the cost to go sᵀ P s that LQR knows.
    """

    def __init__(self, weights: ArrayLike, cost: Floats | None = None) -> None:
        self.weights = np.array(weights, dtype=float)
        self.weights.flags.writeable = False
        self.cost = cost

    def logit(self, obs: Floats) -> Floats:
        """Give ±inf: the rule has no doubts. 0 counts as right."""
        return np.where(obs @ self.weights >= 0, np.inf, -np.inf)


@dataclass(frozen=True)
class RandomSettings(Settings):
    """Nothing to set."""


@dataclass(frozen=True)
class RuleSettings(Settings):
    """A rule of thumb."""

    rule: str = option("both", RULES)  # push towards θ, θ̇, or θ + 0.2 θ̇


@dataclass(frozen=True)
class PDSettings(Settings):
    """Gains of u = kp θ + kd θ̇ + kx x + kv ẋ; only its sign is used, so only their ratios count."""

    kp: float = setting(1.0, -100.0, 100.0)  # proportional: how much the lean counts
    kd: float = setting(0.2, -100.0, 100.0)  # derivative: how much the lean's speed counts, in s
    kx: float = setting(0.0, -100.0, 100.0)  # the cart's place
    kv: float = setting(0.0, -100.0, 100.0)  # the cart's speed


@dataclass(frozen=True)
class LQRSettings(Settings):
    """What the linear-quadratic regulator holds to be costly, by the step."""

    position: float = setting(1.0, 0.0, 1000.0)  # weight of x²
    speed: float = setting(0.1, 0.0, 1000.0)  # weight of ẋ²
    angle: float = setting(10.0, 1e-4, 1000.0)  # weight of θ²
    spin: float = setting(0.1, 0.0, 1000.0)  # weight of θ̇²
    effort: float = setting(0.01, 1e-4, 1000.0)  # weight of the squared force


USUAL = LQRSettings()
LEAPS = 20  # the last is over 2¹⁹ steps, some three hours of balancing


@result
class Regulator:
    """A linear-quadratic regulator."""

    A: Floats  # (4, 4) and …
    B: Floats  # … (4, 1): upright and at rest, s ← A s + B u
    K: Floats  # (4,) the best force is u = −K · s
    P: Floats  # (4, 4) the cost to go from s is sᵀ P s


def linearize(physics: Physics = STANDARD) -> tuple[Floats, Floats]:
    """Give A (4, 4) and B (4, 1) of s ← A s + B u, the step near s = 0: sin θ ≈ θ, cos θ ≈ 1, θ̇² ≈ 0."""
    g, l, m, dt = physics.gravity, physics.length, physics.masspole, physics.tau  # noqa: E741
    M = physics.masscart + m
    inertia = l * (4.0 / 3.0 - m / M)
    rate, push = np.zeros((4, 4)), np.zeros((4, 1))
    rate[0, 1] = rate[2, 3] = 1.0
    # θ̈ ≈ (g θ − u / M) / inertia
    rate[3, 2], push[3, 0] = g / inertia, -1.0 / (M * inertia)
    # ẍ ≈ u / M − m l θ̈ / M
    rate[1, 2], push[1, 0] = -m * l / M * rate[3, 2], 1.0 / M - m * l / M * push[3, 0]
    return np.eye(4) + dt * rate, dt * push


@functools.lru_cache(maxsize=256)
def regulator(physics: Physics = STANDARD, settings: LQRSettings = USUAL) -> Regulator:
    """Solve for the linear force that costs least for ever: Σ sᵀ Q s + R u².

    The cost of the last n steps, for n = 1, 2, 4, 8 …, until it no longer changes: the Riccati recursion P ← Q +
    Aᵀ P (A − B K) in leaps, each twice as long as the one before. Weights for which the single step takes thousands
    need fifteen leaps.

    ValueError if it does not settle: without gravity pole and cart move as one, and what is wrong with both can never
    be put right.

    References
    ----------
    Anderson, "Second-order convergent algorithms for the steady-state Riccati equation" (1978).
    """
    A, B = linearize(physics)
    Q = np.diag([settings.position, settings.speed, settings.angle, settings.spin])
    R = np.array([[settings.effort]])
    F, G, P = A, B @ B.T / R, Q  # of one step: where it leads, what its push reaches, what it costs
    for _ in range(LEAPS):
        # W = (I + G P)⁻¹
        WF, WG = np.hsplit(np.linalg.solve(np.eye(4) + G @ P, np.hstack([F, G])), 2)
        # P ← P + Fᵀ P W F, G ← G + F W G Fᵀ, F ← F W F
        more = F.T @ P @ WF
        P, G, F = P + 0.5 * (more + more.T), G + F @ WG @ F.T, F @ WF
        if np.abs(more).max() <= 1e-13 * np.abs(P).max():
            break
    # K = (R + Bᵀ P B)⁻¹ Bᵀ P A
    K = np.linalg.solve(R + B.T @ P @ B, B.T @ P @ A)
    if np.abs(Q + A.T @ P @ (A - B @ K) - P).max() > 1e-9 * np.abs(P).max():
        raise ValueError("With these weights the regulator's cost does not settle.")
    return Regulator(A, B, K[0], P)


def choose(settings: Settings, physics: Physics) -> Policy:
    """Give the policy that the settings of an agent that does not learn stand for."""
    match settings:
        case RuleSettings():
            return Linear(RULES[settings.rule])
        case PDSettings():
            return Linear((settings.kx, settings.kv, settings.kp, settings.kd))
        case LQRSettings():
            found = regulator(physics, settings)
            return Linear(-found.K, found.P)
        case _:
            return Random()


def train(plan: Plan, settings: Settings) -> Run:
    """Let an agent that does not learn play for a while: its learning curve is flat."""
    policy, rng = choose(settings, plan.physics), plan.rng()
    lanes = plan.lanes(8)
    record = Recorder(plan, lanes.n, lambda: policy)
    while record.going:
        record.add(lanes.step(policy.sample(lanes.obs, rng)))
        record.keep()
    return record.done()

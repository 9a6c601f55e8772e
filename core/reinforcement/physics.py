"""CartPole-v1's physics: what the world is made of, one step of it, and where an episode ends.

A state is (x, ẋ, θ, θ̇): the cart's place in m and its speed in m/s, the pole's angle from upright in rad (positive:
leaning right) and its speed in rad/s. Action 0 pushes left, 1 pushes right. An episode *terminates* when |x| > 2.4 or
|θ| > 12° and is *truncated* after 500 steps. The first is the end of the world. The second is only the end of our
patience: the pole still stands, and what would have followed is worth something.

References
----------
Barto, Sutton & Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems" (1983).
Florian, "Correct equations for the dynamics of the cart-pole system" (2007).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.door import number

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ANGLE_LIMIT = 12 * 2 * np.pi / 360  # rad
POSITION_LIMIT = 2.4  # m
STEP_LIMIT = 500
SOLVED = 475  # mean steps of 100 episodes from which CartPole-v1 counts as solved
START = 0.05  # each number of the first state is uniform in ±START
REWARDS = ("plus", "sutton")  # +1 for every step, the last included; or 0, and −1 for the step that ends it


@dataclass(frozen=True)
class Physics:
    """What the world is made of, in Gymnasium's names; the defaults are CartPole-v1's."""

    gravity: float = 9.8  # m/s²; may be 0
    masscart: float = 1.0  # kg
    masspole: float = 0.1  # kg; may be 0
    length: float = 0.5  # m, half the pole's: from the joint to its centre of mass
    force: float = 10.0  # N, of each push
    tau: float = 0.02  # seconds a step

    def __post_init__(self) -> None:
        for name in ("gravity", "masspole"):
            number(name, getattr(self, name), least=0.0)
        for name in ("masscart", "length", "force", "tau"):
            number(name, getattr(self, name), above=0.0)


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
    (…, 4) the state `physics.tau` seconds later, by an explicit Euler step: speeds move places, accelerations move
    speeds, all taken at the beginning of the step.

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

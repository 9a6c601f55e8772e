"""Q-learning and SARSA: the states are cut into boxes, and each box keeps what its two actions have been worth.

References
----------
Watkins & Dayan, "Q-learning" (1992).
Rummery & Niranjan, "On-line Q-learning using connectionist systems" (1994): SARSA.
Michie & Chambers, "BOXES: an experiment in adaptive control" (1968): the boxes.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from core.reinforcement.physics import Flags, Floats, Ints
from core.reinforcement.policy import Policy, observations
from core.reinforcement.training import Plan, Recorder, Run, Settings, setting

# The boxes cover ±EDGE of each number; what lies beyond falls into the outermost box. The pole's 12° and the cart's
# 2.4 m are where an episode ends; the speeds are what a learning agent rarely exceeds.
EDGE = np.array([2.4, 3.0, 0.2095, 3.0])


@dataclass(frozen=True)
class TabularSettings(Settings):
    """Hyper-parameters of Q-learning and SARSA."""

    budget: ClassVar[int] = 400_000

    gamma: float = setting(0.99, 0.0, 1.0)  # how much a reward one step later counts
    rate: float = setting(0.1, 0.0, 1.0)  # learning rate α at the start: how far a box moves towards each new target
    final_rate: float = setting(0.02, 0.0, 1.0)  # … and at the end, reached along a straight line
    epsilon: float = setting(1.0, 0.0, 1.0)  # share of actions drawn at random at the start
    final_epsilon: float = setting(0.01, 0.0, 1.0)  # … and from when `explore` of the budget is spent
    explore: float = setting(0.5, 0.0, 1.0)  # share of the budget after which epsilon has come down
    initial: float = setting(0.0, -1000.0, 1000.0)  # what all boxes begin with; high: everything untried looks good
    position_bins: int = setting(1, 1, 40)  # boxes along x; 1: the agent does not see where the cart is
    speed_bins: int = setting(3, 1, 40)  # … along ẋ
    angle_bins: int = setting(10, 1, 40)  # … along θ
    spin_bins: int = setting(10, 1, 40)  # … along θ̇
    bootstrap: bool = True  # at the step limit the target still counts the next state's value
    lanes: int = setting(16, 1, 256)  # episodes played side by side

    @property
    def bins(self) -> tuple[int, int, int, int]:
        """Boxes along x, ẋ, θ, θ̇."""
        return self.position_bins, self.speed_bins, self.angle_bins, self.spin_bins


class Boxes:
    """Cuts states into boxes of equal size.

    Parameters
    ----------
    bins
        How many along x, ẋ, θ, θ̇.
    """

    def __init__(self, bins: tuple[int, int, int, int]) -> None:
        self.bins = bins
        self._count = np.array(bins)
        self._stride = np.array([bins[1] * bins[2] * bins[3], bins[2] * bins[3], bins[3], 1])

    @property
    def size(self) -> int:
        """How many boxes there are."""
        return int(np.prod(self.bins))

    def edges(self, axis: int) -> Floats:
        """Give the (bins + 1,) walls along an axis."""
        return np.linspace(-EDGE[axis], EDGE[axis], self.bins[axis] + 1)

    def index(self, obs: ArrayLike) -> Ints:
        """Give the (n,) box of each of (n, 4) observations."""
        cell = np.floor((np.asarray(obs) / EDGE + 1.0) * (0.5 * self._count)).astype(np.int64)
        np.clip(cell, 0, self._count - 1, out=cell)
        return np.asarray(cell @ self._stride)

    def middle(self, obs: ArrayLike) -> Floats:
        """Give the (n, 4) middle of the box of each observation: all that the agent sees of it."""
        cell = np.stack(np.unravel_index(self.index(obs), self.bins), axis=1)
        return np.asarray(((cell + 0.5) / (0.5 * self._count) - 1.0) * EDGE)


class TablePolicy(Policy):
    """Takes the action that its box holds to be worth more; left and right alike where it knows nothing.

    Parameters
    ----------
    boxes
        The boxes.
    q
        (boxes, 2) the value of each action.
    visits
        (boxes, 2) how often each was updated.
    epsilon
        Share of random actions while it learns.
    """

    def __init__(self, boxes: Boxes, q: Floats, visits: Ints, epsilon: float) -> None:
        self.boxes, self.q, self.visits, self.epsilon = boxes, q.copy(), visits.copy(), epsilon
        self.q.flags.writeable = self.visits.flags.writeable = False

    def logit(self, obs: Floats) -> Floats:
        """Give the difference of the two values, as a preference: its sign decides."""
        left, right = self.q[self.boxes.index(obs)].T
        p = np.where(right == left, 0.5, np.where(right > left, 1 - 0.5 * self.epsilon, 0.5 * self.epsilon))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(p) - np.log1p(-p))

    def act(self, obs: ArrayLike) -> Ints:
        """Take the better action for each of (n, 4) observations; right if both are equal."""
        left, right = self.action_values(obs).T
        return np.asarray(right >= left, dtype=np.int64)

    def value(self, obs: ArrayLike) -> Floats:
        """Give the better action's value."""
        return np.asarray(self.action_values(obs).max(axis=1))

    def action_values(self, obs: ArrayLike) -> Floats:
        """Give both actions' values, (n, 2)."""
        return np.asarray(self.q[self.boxes.index(observations(obs))])


def train(plan: Plan, settings: TabularSettings) -> Run:
    """Learn a table of action values; `algorithm` is "q_learning" or "sarsa"."""
    rng = plan.rng()
    lanes = plan.lanes(settings.lanes)
    boxes = Boxes(settings.bins)
    q, visits = np.full((boxes.size, 2), settings.initial), np.zeros((boxes.size, 2), dtype=np.int64)
    epsilon = settings.epsilon

    def choose(box: Ints) -> Ints:
        """Take the better action, a random one with probability ε, and any of the two where they are equal."""
        left, right = q[box].T
        chance = rng.random((3, len(box)))
        better = np.where(left == right, chance[0] < 0.5, right > left)
        return np.asarray(np.where(chance[1] < epsilon, chance[2] < 0.5, better), dtype=np.int64)

    def learn(box: Ints, action: Ints, target: Floats, rate: float) -> None:
        """Move Q(s, a) towards its target; lanes in the same box at the same time share one step."""
        # Q(s, a) ← Q(s, a) + α (target − Q(s, a))
        flat = 2 * box + action
        error = target - q.ravel()[flat]
        count = np.bincount(flat, minlength=q.size)[flat]
        np.add.at(q.ravel(), flat, rate * error / count)
        np.add.at(visits.ravel(), flat, 1)

    record = Recorder(plan, lanes.n, lambda: TablePolicy(boxes, q, visits, epsilon))
    box = boxes.index(lanes.obs)
    action = choose(box)
    while record.going:
        epsilon = schedule(settings.epsilon, settings.final_epsilon, record.share, settings.explore)
        rate = schedule(settings.rate, settings.final_rate, record.share, 1.0)
        step = lanes.step(action)
        next_box = boxes.index(step.next_obs)
        next_action = choose(next_box)
        # target = r + γ max_a Q(s′, a) (Q-learning), r + γ Q(s′, a′) with the action really taken next (SARSA)
        ahead = q[next_box].max(axis=1) if plan.algorithm == "q_learning" else q[next_box, next_action]
        target = step.reward + settings.gamma * ahead * goes_on(step.terminated, step.truncated, settings.bootstrap)
        live = step.live  # the step after an end is a reset, not data
        learn(box[live], action[live], target[live], rate)
        box, action = next_box, next_action
        record.add(step)
        record.keep()
    return record.done()


def goes_on(terminated: Flags, truncated: Flags, bootstrap: bool) -> Flags:
    """Say where the next state's value counts: not after a fall; after the step limit if `bootstrap`."""
    return ~terminated if bootstrap else ~(terminated | truncated)


def schedule(start: float, end: float, share: float, until: float) -> float:
    """Go from `start` to `end` along a straight line, which is reached at share `until`."""
    return end if share >= until else start + (end - start) * share / until


def divided(boxes: Boxes, weights: ArrayLike) -> tuple[Floats, Floats]:
    """Find a box in which a table cannot do what a linear policy does.

    Of those that the policy's border cuts, it is one near upright, cut about evenly.

    Parameters
    ----------
    boxes
        How the table cuts the states.
    weights
        (2,) positive, for θ and θ̇: the policy pushes right where w · (θ, θ̇) ≥ 0.

    Returns
    -------
    corners, states
        (2, 2) the box's lower and upper (θ, θ̇); (2, 2) two states in it, where the policy pushes left and where right.
    """
    w, edges = np.asarray(weights, dtype=float), (boxes.edges(2), boxes.edges(3))
    low, high = (
        np.stack(np.meshgrid(*(e[side] for e in edges)), axis=-1).reshape(-1, 2) for side in (np.s_[:-1], np.s_[1:])
    )
    one, other = low + 0.18 * (high - low), low + 0.82 * (high - low)
    z = np.stack([one @ w, other @ w])
    uneven = np.abs(z.sum(axis=0)) / np.abs(z).sum(axis=0) + 4.0 * np.linalg.norm((low + high) / 2 / [0.2, 3.0], axis=1)
    i = int(
        np.argmin(np.where((z[0] < 0) & (z[1] >= 0), uneven, np.inf))
    )  # the border runs through the middle: one is cut
    return np.stack([low[i], high[i]]), np.stack([one[i], other[i]])

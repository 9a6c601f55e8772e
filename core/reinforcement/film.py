"""A training as something to watch: at each checkpoint what the agent would do and expects, and how its cart rides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import SETTINGS, train
from core.reinforcement.control import Random
from core.reinforcement.environment import Lanes, start_states
from core.reinforcement.physics import ANGLE_LIMIT, Floats, Ints, fallen, step_physics
from core.reinforcement.policy import Policy
from core.reinforcement.training import Checkpoint, Run
from core.result import result

# The maps' lattice: angles in rad across, angular velocities in rad/s up; the cart in the middle, at rest.
ANGLES = np.linspace(-12.0, 12.0, 37) * np.pi / 180.0
SPEEDS = np.linspace(-2.0, 2.0, 31)
FINE = np.linspace(ANGLES[0], ANGLES[-1], 121), np.linspace(SPEEDS[0], SPEEDS[-1], 91)  # … that shows a table's walls
SHOWN = 250  # steps of a ride
EVERY = 2  # … of which one in two is kept
EPISODES = 100  # of the test at the end
REASONS = ("angle", "position", "stands")
WINDOW = 40  # episodes that a learning curve's mean runs over


def lattice(angles: Floats = ANGLES, speeds: Floats = SPEEDS) -> Floats:
    """Give the (speeds · angles, 4) states of a map, row by row."""
    theta, speed = np.meshgrid(angles, speeds)
    zero = np.zeros(theta.size)
    return np.stack([zero, zero, theta.ravel(), speed.ravel()], axis=1)


@result
class Shot:
    """An agent at one moment of its training."""

    steps: int  # environment steps learned from so far
    right: NDArray[np.float32]  # (speeds, angles) probability of a push to the right
    value: NDArray[np.float32]  # (speeds, angles) what it expects, NaN if it has no opinion
    ride: NDArray[np.float32]  # (n, 2) x in m and θ in rad of a greedy episode, every second step; as many as it lasts
    length: int  # steps of the ride, at most `SHOWN`
    reason: int  # why it ended: an index into `REASONS`


@result
class Film:
    """A training, whole or so far."""

    algorithm: str
    budget: int  # environment steps it may take
    steps: int  # … and has taken
    shots: tuple[Shot, ...]  # the agent at the start and at regular times since
    ends: Floats  # (episodes,) environment steps taken in all when each training episode ended
    lengths: Floats  # (episodes,) steps each lasted
    policy: Policy  # the agent now
    scores: Floats  # (100,) steps of greedy test episodes; empty while it trains
    visits: Ints  # (speeds, angles) test episodes' visits to each point of the lattice; zero while it trains

    @property
    def score(self) -> float:
        """Mean steps of the test, NaN while it trains."""
        return float(self.scores.mean()) if len(self.scores) else float("nan")

    @property
    def worst(self) -> float:
        """Fewest steps of the test, NaN while it trains."""
        return float(self.scores.min()) if len(self.scores) else float("nan")

    @property
    def worth(self) -> tuple[float, float]:
        """The least and the most the agent now expects on the map, with 0; NaN without an opinion."""
        value = self.shots[-1].value if self.shots else np.zeros(0)
        finite = value[np.isfinite(value)]
        if not finite.size:
            return float("nan"), float("nan")
        most = float(finite.max())
        return (float(finite.min()), 0.0) if most < 0 else (0.0, max(1.0, most))


def blank(algorithm: str, budget: int) -> Film:
    """Give the film of a training that has not begun."""
    unseen = np.zeros((len(SPEEDS), len(ANGLES)), dtype=np.int64)
    return Film(algorithm, budget, 0, (), np.zeros(0), np.zeros(0), Random(), np.zeros(0), unseen)


def shoot(checkpoint: Checkpoint, start: Floats) -> Shot:
    """Look at an agent: its maps, and its greedy ride from `start` (4,)."""
    policy, states = checkpoint.policy, lattice()
    shape = (len(SPEEDS), len(ANGLES))
    value = policy.value(states)
    s, ride, length, reason = start, [start[[0, 2]]], 0, REASONS.index("stands")
    while length < SHOWN:
        s = step_physics(s, policy.act(s[None].astype(np.float32))[0])
        length += 1
        over = bool(fallen(s))
        if over or length % EVERY == 0:
            ride.append(s[[0, 2]])
        if over:
            reason = REASONS.index("angle" if abs(s[2]) > ANGLE_LIMIT else "position")
            break
    return Shot(
        checkpoint.steps,
        policy.probabilities(states)[:, 1].reshape(shape).astype(np.float32),
        (np.full(len(states), np.nan) if value is None else value).reshape(shape).astype(np.float32),
        np.array(ride, dtype=np.float32),
        length,
        reason,
    )


def rides(shots: Sequence[Shot]) -> NDArray[np.float32]:
    """Give the rides side by side, (shots, n, 2); one that is over stands where it ended."""
    out = np.zeros((len(shots), max((len(s.ride) for s in shots), default=0), 2), dtype=np.float32)
    for row, shot in zip(out, shots, strict=True):
        row[: len(shot.ride)], row[len(shot.ride) :] = shot.ride, shot.ride[-1]
    return out


def trial(policy: Policy, *, seed: int = 0, episodes: int = EPISODES) -> tuple[Floats, Ints]:
    """Play greedy episodes: the steps of each, as `evaluate` counts them, and visits to each point of the lattice."""
    lanes = Lanes(episodes, seed=seed)
    steps, playing, seen = np.zeros(episodes), np.ones(episodes, dtype=bool), []
    while playing.any():
        seen.append(lanes.obs[playing][:, 2:])
        step = lanes.step(policy.act(lanes.obs))
        steps += playing
        playing = playing & ~step.ended
    where = np.concatenate(seen).astype(float)
    half = 0.5 * np.array([SPEEDS[1] - SPEEDS[0], ANGLES[1] - ANGLES[0]])
    edges = [np.append(axis - h, axis[-1] + h) for axis, h in zip((SPEEDS, ANGLES), half, strict=True)]
    counts, _, _ = np.histogram2d(where[:, 1], where[:, 0], bins=edges)
    return steps, counts.astype(np.int64)


def film(
    algorithm: str,
    *,
    steps: int | None = None,
    seed: int = 0,
    reward: str = "plus",
    options: Mapping[str, Any] | None = None,
    on_progress: Callable[[float, Film], None] | None = None,
) -> Film:
    """Train an agent and watch it.

    Parameters
    ----------
    algorithm, steps, seed, reward
        As `cartpole.train` takes them.
    options
        Its hyper-parameters.
    on_progress
        Called some 50 times a second with the share done and the film so far; what it raises ends the training.
    """
    start = start_states([seed])[0]
    budget = SETTINGS[algorithm].budget if steps is None and algorithm in SETTINGS else (steps or 0)
    empty, shots = blank(algorithm, budget), list[Shot]()

    def so_far(run: Run) -> Film:
        for checkpoint in run.checkpoints[len(shots) :]:
            if shots and checkpoint.policy is run.checkpoints[0].policy:  # an agent that does not learn
                shots.append(replace(shots[0], steps=checkpoint.steps))
            else:
                shots.append(shoot(checkpoint, start))
        return replace(
            empty, steps=run.steps, shots=tuple(shots), ends=run.ends, lengths=run.lengths, policy=run.policy
        )

    def tell(share: float, run: Run) -> None:
        if on_progress is not None:
            on_progress(0.98 * share, so_far(run))

    run = train(algorithm, steps=steps, seed=seed, reward=reward, on_progress=tell, **dict(options or {}))
    scores, visits = trial(run.policy)
    return replace(so_far(run), scores=scores, visits=visits)


def running_mean(ends: Floats, lengths: Floats, *, most: int = 300) -> tuple[Floats, Floats]:
    """Smooth a learning curve: mean lengths of the last `WINDOW` episodes, of fewer early on.

    Parameters
    ----------
    ends, lengths
        (episodes,) of a `Film`.
    most
        About how many points to give.

    Returns
    -------
    (n,) environment steps, and (n,) the mean there.
    """
    w = min(WINDOW, max(1, len(lengths) // 4))
    if len(lengths) < w:
        return np.zeros(0), np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(lengths)])
    at, mean = ends[w - 1 :], (total[w:] - total[:-w]) / w
    every = max(1, -(-len(at) // most))
    return at[::every], mean[::every]

"""A training as something to watch: at each checkpoint what the agent would do and expects, and how its cart rides.

`film` trains an agent and gives its `Film`; while it trains, the film so far. `pack` and `unpack` turn films into arrays and back, so that
some can be made ahead.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.cartpole import SETTINGS, evaluate, train, true_values
from core.reinforcement.control import Linear, Random
from core.reinforcement.environment import (
    ANGLE_LIMIT,
    Checkpoint,
    Floats,
    Ints,
    Lanes,
    Policy,
    Run,
    fallen,
    start_states,
    step_physics,
)
from core.reinforcement.network import Network, NetworkPolicy
from core.reinforcement.tabular import Boxes, TablePolicy, TabularSettings

# The maps' lattice: angles in rad across, angular velocities in rad/s up; the cart in the middle, at rest.
ANGLES = np.linspace(-12.0, 12.0, 37) * np.pi / 180.0
SPEEDS = np.linspace(-2.0, 2.0, 31)
SHOWN = 250  # steps of a ride
EVERY = 2  # … of which one in two is kept
EPISODES = 100  # of the test at the end
REASONS = ("angle", "position", "stands")
HALF_LENGTHS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)  # m, of the worlds agents are tested in
FORCES = (1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 20.0, 30.0)  # N


def lattice() -> Floats:
    """Give the (speeds · angles, 4) states of the maps, row by row."""
    theta, speed = np.meshgrid(ANGLES, SPEEDS)
    zero = np.zeros(theta.size)
    return np.stack([zero, zero, theta.ravel(), speed.ravel()], axis=1)


@dataclass(frozen=True, eq=False)
class Shot:
    """An agent at one moment of its training.

    Parameters
    ----------
    steps
        Environment steps learned from so far.
    right
        (speeds, angles) probability of a push to the right.
    value
        (speeds, angles) what it expects, NaN if it has no opinion.
    ride
        (n, 2) x in m and θ in rad of a greedy episode, every second step; as many as it lasts.
    length
        Steps of the ride, at most `SHOWN`.
    reason
        Why it ended: an index into `REASONS`.
    """

    steps: int
    right: NDArray[np.float32]
    value: NDArray[np.float32]
    ride: NDArray[np.float32]
    length: int
    reason: int


@dataclass(frozen=True, eq=False)
class Film:
    """A training, whole or so far.

    Parameters
    ----------
    algorithm, budget, steps
        Which, how many environment steps it may take, and how many it has taken.
    shots
        The agent at the start and at regular times since.
    ends, lengths
        (episodes,) environment steps taken in all when each training episode ended, and the steps it lasted.
    policy
        The agent now.
    scores
        (100,) steps of greedy test episodes; empty while it trains.
    visits
        (speeds, angles) how often the test episodes came near each point of the lattice; zero while it trains.
    """

    algorithm: str
    budget: int
    steps: int
    shots: tuple[Shot, ...]
    ends: Floats
    lengths: Floats
    policy: Policy
    scores: Floats
    visits: Ints


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


def trial(policy: Policy, *, seed: int = 0, episodes: int = EPISODES) -> tuple[Floats, Ints]:
    """Play greedy episodes: the steps of each, as `evaluate` counts them, and the visits to each point of the lattice."""
    lanes = Lanes(episodes, seed=seed)
    steps, playing, seen = np.zeros(episodes), np.ones(episodes, dtype=bool), []
    while playing.any():
        seen.append(lanes.obs[playing][:, 2:])
        step = lanes.step(policy.act(lanes.obs))
        steps += playing
        playing = playing & ~(step.terminated | step.truncated)
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
    shots: list[Shot] = []
    nothing = np.zeros((len(SPEEDS), len(ANGLES)), dtype=np.int64)
    budget = SETTINGS[algorithm].budget if steps is None and algorithm in SETTINGS else (steps or 0)

    def so_far(run: Run) -> Film:
        for checkpoint in run.checkpoints[len(shots) :]:
            same = shots and checkpoint.policy is run.checkpoints[0].policy  # an agent that does not learn
            if same:
                first = shots[0]
                shots.append(Shot(checkpoint.steps, first.right, first.value, first.ride, first.length, first.reason))
            else:
                shots.append(shoot(checkpoint, start))
        return Film(algorithm, budget, run.steps, tuple(shots), run.ends, run.lengths, run.policy, np.zeros(0), nothing)

    def tell(share: float, run: Run) -> None:
        if on_progress is not None:
            on_progress(0.98 * share, so_far(run))

    run = train(algorithm, steps=steps, seed=seed, reward=reward, on_progress=tell, **dict(options or {}))
    whole = so_far(run)
    scores, visits = trial(run.policy)
    return Film(algorithm, budget, run.steps, whole.shots, run.ends, run.lengths, run.policy, scores, visits)


# ---- what a value is worth


@dataclass(frozen=True, eq=False)
class Judged:
    """What an agent expects, beside what really comes: its values, and the discounted return of playing on without a step limit.

    Parameters
    ----------
    states
        (n, 4) from episodes it played itself.
    time
        (n,) at which step of its episode each was met.
    value, truth
        (n,) expected, and measured.
    score
        Mean steps of 100 greedy episodes.
    """

    states: Floats
    time: Ints
    value: Floats
    truth: Floats
    score: float


JUDGED = 200  # states
LANES = 8  # episodes they come from


def judge(policy: Policy, *, gamma: float, reward: str = "plus", seed: int = 0) -> Judged:
    """Compare an agent's values with what really comes, at states spread evenly over its own episodes.

    Parameters
    ----------
    policy
        The agent; it draws its actions from its probabilities, as when it learned.
    gamma, reward
        What its values are about.
    seed
        Of start states and actions.

    Raises
    ------
    ValueError
        If the agent has no values.
    """
    lanes, rng = Lanes(LANES, seed=seed), np.random.default_rng([seed, 4])
    playing, states, times = np.ones(LANES, dtype=bool), [], []
    t = 0
    while playing.any():
        states.append(lanes.states[playing])
        times.append(np.full(int(playing.sum()), t, dtype=np.int64))
        step = lanes.step(policy.sample(lanes.obs, rng))
        playing = playing & ~(step.terminated | step.truncated)
        t += 1
    every, at = np.concatenate(states), np.concatenate(times)
    pick = np.linspace(0, len(every) - 1, min(JUDGED, len(every))).astype(int)
    chosen = every[pick]
    value = policy.value(chosen.astype(np.float32))
    if value is None:
        raise ValueError("This agent has no values.")
    truth = true_values(policy, chosen, gamma=gamma, reward=reward, seed=seed)
    return Judged(chosen, at[pick], value, truth, float(evaluate(policy, episodes=EPISODES).mean()))


# ---- films as arrays


def _numbers(policy: Policy) -> Floats:
    """Give all numbers of a policy in one row."""
    if isinstance(policy, NetworkPolicy):
        parts = [policy.actor.flat] + ([] if policy.critic is None else [policy.critic.flat])
        return np.append(np.concatenate(parts).astype(float), policy.unit)
    if isinstance(policy, TablePolicy):
        return np.concatenate([policy.q.ravel(), policy.visits.ravel().astype(float), [policy.epsilon]])
    if isinstance(policy, Linear):
        return np.concatenate([policy.weights, np.zeros(0) if policy.cost is None else policy.cost.ravel()])
    return np.zeros(0)


def _policy(algorithm: str, numbers: Floats) -> Policy:
    """Build the policy of an algorithm's default settings from its numbers."""
    settings: Any = SETTINGS[algorithm]()
    if isinstance(settings, TabularSettings):
        boxes = Boxes(settings.bins)
        q, visits = numbers[: 2 * boxes.size], numbers[2 * boxes.size : 4 * boxes.size]
        return TablePolicy(boxes, q.reshape(-1, 2), visits.reshape(-1, 2).astype(np.int64), float(numbers[-1]))
    if hasattr(settings, "hidden"):
        rng = np.random.default_rng(0)
        # Two networks of 6 h + 1 numbers each, and the unit.
        hidden = ((len(numbers) - 1) // 2 - 1) // 6
        nets = [Network((4, hidden, 1), rng, last=1.0) for _ in range(2)]
        size = nets[0].flat.size
        for net, part in zip(nets, (numbers[:size], numbers[size:-1]), strict=True):
            net.flat[:] = part
        return NetworkPolicy(nets[0], nets[1], unit=float(numbers[-1]))
    if len(numbers) == 0:
        return Random()
    return Linear(numbers[:4], numbers[4:].reshape(4, 4) if len(numbers) == 20 else None)


SHOTS = 25
ROWS = {"episodes": 20_000, "policy": 1300}  # room in a packed row; padding compresses to nothing


def pack(films: Sequence[Film]) -> dict[str, NDArray[Any]]:
    """Turn films, each of an algorithm's default settings, into arrays with one row a film.

    Maps are kept to 1/255 of their range. Rows are padded with NaN.

    Raises
    ------
    ValueError
        If a film has more episodes, numbers or shots than there is room for.
    """
    if any(len(f.shots) > SHOTS for f in films):
        raise ValueError(f"A packed film has room for {SHOTS} shots.")
    out: dict[str, list[NDArray[Any]]] = {}

    def put(name: str, value: NDArray[Any]) -> None:
        out.setdefault(name, []).append(value)

    for f in films:
        shots = [*f.shots, *[f.shots[-1]] * (SHOTS - len(f.shots))]
        value = np.array([s.value for s in shots])
        low, high = (np.nanmin(value), np.nanmax(value)) if np.isfinite(value).any() else (np.nan, np.nan)
        share = np.nan_to_num((value - low) / max(high - low, 1e-9))
        put("count", np.array([len(f.shots), f.budget, f.steps, len(f.ends), len(_numbers(f.policy))], dtype=np.int64))
        put("at", np.array([[s.steps, s.length, s.reason, len(s.ride)] for s in shots], dtype=np.int64))
        put("right", np.round(255 * np.array([s.right for s in shots])).astype(np.uint8))
        put("value", np.round(255 * share).astype(np.uint8))
        put("range", np.array([low, high], dtype=float))
        put("ride", np.array([_padded(s.ride, SHOWN // EVERY + 2) for s in shots], dtype=np.float32))
        put("episodes", np.stack([f.ends, f.lengths], axis=1).astype(np.float32))
        put("policy", _numbers(f.policy)[:, None])
        put("scores", f.scores)
        put("visits", f.visits.astype(np.int32))
    for name, most in ROWS.items():
        out[name] = [_padded(a, most) for a in out[name]]
    return {name: np.array(arrays) for name, arrays in out.items()}


def _padded(a: NDArray[Any], rows: int) -> NDArray[Any]:
    """Fill up to so many rows with NaN."""
    if len(a) > rows:
        raise ValueError(f"There is room for {rows} rows, not {len(a)}.")
    return np.concatenate([a, np.full((rows - len(a), *a.shape[1:]), np.nan, dtype=a.dtype)])


def unpack(arrays: Mapping[str, NDArray[Any]], row: int, algorithm: str) -> Film:
    """Give the film in a row of what `pack` made."""
    a = {name: values[row] for name, values in arrays.items()}
    shots, budget, steps, episodes, numbers = (int(v) for v in a["count"])
    low, high = a["range"]
    value = (low + (high - low) * (a["value"].astype(np.float32) / 255)).astype(np.float32)
    right = a["right"].astype(np.float32) / 255
    return Film(
        algorithm,
        budget,
        steps,
        tuple(
            Shot(int(at[0]), right[i], value[i], a["ride"][i, : at[3]], int(at[1]), int(at[2]))
            for i, at in enumerate(a["at"][:shots])
        ),
        a["episodes"][:episodes, 0].astype(float),
        a["episodes"][:episodes, 1].astype(float),
        _policy(algorithm, a["policy"][:numbers, 0].astype(float)),
        a["scores"],
        a["visits"].astype(np.int64),
    )

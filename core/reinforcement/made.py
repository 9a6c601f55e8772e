"""Films made ahead: turned into arrays and back, and the list of those there are."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.reinforcement.cartpole import SETTINGS
from core.reinforcement.control import Linear, Random
from core.reinforcement.film import EVERY, SHOWN, Film, Shot
from core.reinforcement.network import Network, NetworkPolicy
from core.reinforcement.physics import Floats
from core.reinforcement.policy import Policy
from core.reinforcement.tabular import Boxes, TablePolicy, TabularSettings

# The rows of assets/cartpole/films.npz: an agent, and what differs from its own settings. Seed 0, its own budget.
MADE: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = (
    ("lqr", ()),
    ("pd", ()),
    ("rule", ()),
    ("random", ()),
    ("q_learning", ()),
    ("sarsa", ()),
    ("reinforce", ()),
    ("actor_critic", ()),
    ("ppo", ()),
    ("q_learning", (("gamma", 0.0),)),  # looks at the next reward and no further
    ("rule", (("rule", "angle"),)),
    ("rule", (("rule", "speed"),)),
    ("lqr", (("position", 0.01),)),  # hardly cares where the cart is
)
OWN = tuple(agent for agent, options in MADE if not options)


def made(algorithm: str, options: tuple[tuple[str, Any], ...] = ()) -> Film | None:
    """Give a film of seed 0 and the algorithm's own budget if it was made ahead, at once."""
    return _film(MADE.index((algorithm, options))) if (algorithm, options) in MADE else None


def own(agent: str) -> Film:
    """Give the film of an agent with its own settings."""
    return _film(OWN.index(agent))


@functools.cache
def _film(row: int) -> Film:
    return unpack(_films(), row, MADE[row][0])


@functools.cache
def _films() -> Mapping[str, NDArray[Any]]:
    return ahead.load("cartpole/films")


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
    """Turn films, each of an agent with as many numbers as its own settings have, into arrays with one row a film.

    Maps are kept to 1/255 of their range. Rows are padded with NaN.
    ValueError if a film has more episodes, numbers or shots than there is room for.
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

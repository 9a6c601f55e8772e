"""Metropolis: a walk that stays at each place for as long as a law of our choice says."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result


@result
class Chain:
    """A walk, without its start."""

    samples: NDArray[np.float64]  # (steps, …) where it is after each step; … is the shape of the start
    accepted: NDArray[np.bool_]  # (steps,), or (steps, m) of m walks: whether it moved


def metropolis(
    log_density: Callable[[Any], Any], *, start: ArrayLike, width: ArrayLike, steps: int, seed: int = 0
) -> Chain:
    """Walk by Metropolis' rule, so that the time spent at a place follows a density, which need not be normalised.

    Each step proposes a place nearby, from a Gaussian around the present one. It goes there with probability
    min(1, p(there)/p(here)), and otherwise counts the present place once more.

    Parameters
    ----------
    log_density
        Takes a place, gives ln p of it up to a constant; −∞ where it never is. A place is a number, or (d,). Of m
        walks side by side it takes (m, d) and gives (m,).
    start
        A number, (d,), or (m, d), where the density is not 0.
    width
        Standard deviation of what is proposed: one, or any shape that fits the start's.

    Raises
    ------
    ValueError
        Also where log_density is not a number below infinity.

    Examples
    --------
    >>> chain = metropolis(lambda x: -0.5 * x**2, start=0.0, width=2.4, steps=20000, seed=0)
    >>> round(float(chain.samples.std()), 1), round(float(chain.accepted.mean()), 1)
    (1.0, 0.4)
    """
    here = door.numbers("start", start)
    if here.ndim > 2 or here.size == 0:
        raise ValueError(f"start must be a number, (d,) or (m, d), not {here.shape}.")
    steps = door.whole("steps", steps)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    moves = rng.normal(size=(steps, *here.shape)) * _width(width, here.shape)
    log_u = -rng.exponential(size=(steps, *here.shape[:-1]))  # ln of uniform numbers

    def height(place: NDArray[np.float64]) -> NDArray[np.float64]:
        value = np.asarray(log_density(place if place.ndim else float(place)), dtype=float)
        if value.shape != place.shape[:-1]:
            if value.size != log_u[0].size:
                raise ValueError(f"log_density must give one number for each place, not {value.shape}.")
            value = value.reshape(place.shape[:-1])
        if not (value < np.inf).all():  # NaN is not, either
            raise ValueError("log_density must give numbers below infinity.")
        return value

    now = height(here)
    if not np.isfinite(now).all():
        raise ValueError("start must be a place where the density is not 0.")
    samples, accepted = np.empty_like(moves), np.empty(log_u.shape, dtype=bool)
    for t in range(steps):
        there = here + moves[t]
        then = height(there)
        # It goes if u < p(there)/p(here).
        goes = log_u[t] < then - now
        here = np.where(goes[..., None] if here.ndim else goes, there, here)
        now = np.where(goes, then, now)
        samples[t], accepted[t] = here, goes
    return Chain(samples, accepted)


def _width(width: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    array = door.numbers("width", width)
    if (array <= 0).any():
        raise ValueError("width must be above 0.")
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"width must fit the start's shape {shape}, not be {array.shape}.") from None

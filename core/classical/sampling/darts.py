"""Darts: points in a square, thrown at random or laid out by Sobol, and π from the share that hits the disc."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
METHODS = ("random", "sobol")
BITS = 30  # of a Sobol point


@result
class Pi:
    """An estimate of π, and how far it says it may be off."""

    value: Floats | float
    error: Floats | float  # standard error, if the darts were thrown independently


def scatter(n: int, *, method: str = "random", seed: int = 0) -> Floats:
    """Put points into the unit square.

    Parameters
    ----------
    n
        How many.
    method
        "random": each anywhere, independently. "sobol": in Sobol's order, scrambled, so that each point by itself lies
        anywhere, and all together lie evenly.

    Returns
    -------
    (n, 2) array in [0, 1)
    """
    n, seed = door.whole("n", n), door.whole("seed", seed, least=0)
    if door.one_of("method", method, METHODS) == "random":
        return np.random.default_rng(seed).uniform(size=(n, 2))
    return sobol(n, seed=seed)


def sobol(n: int, *, seed: int | None = None) -> Floats:
    """Give the first n points (n, 2) of Sobol's sequence in the plane, in the order of Antonov and Saleev.

    Parameters
    ----------
    seed
        Scrambles the binary digits of the coordinates, as Matoušek, "On the L2-discrepancy for anchored boxes" (1998):
        to each digit a random choice of those before it is added, without carry, and then a random digit. None leaves
        them as they are.

    Examples
    --------
    >>> sobol(4).tolist()
    [[0.0, 0.0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    n = door.whole("n", n, most=2**BITS)
    # Across, the directions are 1/2, 1/4, 1/8 …; up, they follow the polynomial x + 1: v_k = v_{k−1} ⊕ v_{k−1}/2.
    digit = 1 << np.arange(BITS - 1, -1, -1)
    up = [1 << (BITS - 1)]
    while len(up) < BITS:
        up.append(up[-1] ^ (up[-1] >> 1))
    directions, shift = np.stack([digit, up], axis=1), np.zeros(2, dtype=np.int64)
    if seed is not None:
        rng = np.random.default_rng(door.whole("seed", seed, least=0))
        before = (2 << (BITS - 1)) - 2 * digit[:, None]  # all digits in front of one
        masks = digit[:, None] | (rng.integers(1 << BITS, size=(BITS, 2)) & before)
        sums = np.bitwise_count(directions[:, None] & masks) % 2  # (direction, digit, coordinate)
        directions = (sums * digit[:, None]).sum(axis=1)
        shift = rng.integers(1 << BITS, size=2)
    points = np.zeros((1, 2), dtype=np.int64)
    for k in range((n - 1).bit_length()):
        # In Gray's order the next 2^k points are the ones so far, backwards, with one direction added.
        points = np.concatenate([points, points[::-1] ^ directions[k]])
    return np.asarray((points[:n] ^ shift) / 2.0**BITS)


def inside(points: ArrayLike) -> Bools:
    """Say which points (n, 2) of the unit square lie in the disc that touches its sides, (n,)."""
    points = door.numbers("points", points, shape=(None, 2))
    # |p − (½, ½)| ≤ ½
    return np.asarray(((points - 0.5) ** 2).sum(axis=1) <= 0.25)


def pi(hits: ArrayLike, n: ArrayLike) -> Pi:
    """Estimate π from how many of n darts hit the disc, which fills π/4 of the square.

    Both may be arrays of one shape; so are the value and the error then.

    Examples
    --------
    >>> pi(785, 1000).value
    3.14
    """
    hit, thrown = door.numbers("hits", hits), door.numbers("n", n)
    if (thrown < 1).any() or (hit < 0).any() or (hit > thrown).any():
        raise ValueError("hits must be from 0 to n, and n at least 1.")
    share = hit / thrown
    # π̂ = 4 h/n, and of a share the variance is p(1 − p)/n
    value, error = 4 * share, 4 * np.sqrt(share * (1 - share) / thrown)
    return Pi(value, error) if value.ndim else Pi(float(value), float(error))

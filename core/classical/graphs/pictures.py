"""Handwritten digits in black and white, and pixels that turn over."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.graphs.field import Image, as_image
from core.data import load


def digit(row: int) -> Image:
    """Give a row of the digits (`core.data.load`) as (16, 16) pixels: +1 where there is ink, −1 elsewhere.

    The 8 × 8 amounts of ink are drawn twice as large, pixels between two being between them, and cut at half of the
    most. Rows 0 to 9 are the digits 0 to 9.
    """
    data = load("digits")
    ink = data.x[door.whole("row", row, least=0, most=len(data.x) - 1)].reshape(8, 8)
    return np.where(_doubled(_doubled(ink).T).T >= 8, 1, -1)


def turned(image: ArrayLike, share: float, *, seed: int = 0) -> Image:
    """Turn each pixel over with a probability from 0 to 1; with one seed a larger share turns the same and more."""
    x, share = as_image("image", image), door.number("share", share, least=0, most=1)
    chance = np.random.default_rng(door.whole("seed", seed, least=0)).uniform(size=x.shape)
    return np.where(chance < share, -x, x)


def _doubled(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put two rows in the place of one, each a quarter of the way to its neighbour."""
    before, after = np.vstack([rows[:1], rows[:-1]]), np.vstack([rows[1:], rows[-1:]])
    between = np.stack([0.75 * rows + 0.25 * before, 0.75 * rows + 0.25 * after], axis=1)
    return np.asarray(between.reshape(2 * len(rows), -1))

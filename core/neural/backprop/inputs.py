"""What a network of two inputs may be given besides: squares, the product, sines."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.neural.backprop.passes import Array

INPUTS: Mapping[str, Callable[[Array, Array], Array]] = {
    "x1": lambda a, b: a,
    "x2": lambda a, b: b,
    "x1x1": lambda a, b: a * a,
    "x2x2": lambda a, b: b * b,
    "x1x2": lambda a, b: a * b,
    "sin1": lambda a, b: np.sin(3 * a),
    "sin2": lambda a, b: np.sin(3 * b),
}


def lifted(x: ArrayLike, names: Sequence[str]) -> Array:
    """Give the inputs that are named, (n, len(names)), of points x (n, 2); each is one of `INPUTS`."""
    x = door.numbers("x", x, shape=(None, 2))
    if not names:
        raise ValueError("names must name at least one input.")
    return np.column_stack([INPUTS[door.one_of("names", name, INPUTS)](x[:, 0], x[:, 1]) for name in names])

"""What is done to a digit: moved by whole pixels, or turned."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.neural.convolution.network import images
from core.neural.convolution.windows import Array


def moved(x: ArrayLike, across: int, down: int) -> Array:
    """Move images (n, 12, 12) by whole pixels; zeros come in where nothing was, what leaves is gone."""
    x = images(x)
    across, down = (door.whole(n, v, least=-12, most=12) for n, v in (("across", across), ("down", down)))
    out = np.zeros_like(x)
    side = x.shape[1]
    to = [slice(max(d, 0), side + min(d, 0)) for d in (down, across)]
    fro = [slice(max(-d, 0), side + min(-d, 0)) for d in (down, across)]
    out[:, to[0], to[1]] = x[:, fro[0], fro[1]]
    return out


def turned(x: ArrayLike, quarters: int) -> Array:
    """Turn images (n, 12, 12) by quarter turns, against the clock."""
    return np.rot90(images(x), door.whole("quarters", quarters, least=-4, most=4), axes=(1, 2)).copy()

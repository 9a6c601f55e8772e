"""A map of points, how it came about, and the places from which a method starts."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.projections.pca import pca
from core.classical.projections.points import Floats, Ints, take
from core.result import result

OnFrame = Callable[[int, Floats], None]  # called with the number of steps taken and the (n, components) places then
REPORT = 10  # iterations between two calls of on_frame, at most
INITS = ("pca", "random")


@result
class Embedding:
    """A map, and how it came about."""

    frames: Floats  # (t, n, components) the points at the start, on the way, and in the end
    cost: Floats  # (t,) what the method makes small; NaN for UMAP, whose cost umap-learn does not compute
    seconds: float  # wall time of the whole
    iterations: Ints  # (t,) how many steps had been taken at each frame

    @property
    def points(self) -> Floats:
        """(n, components), the last frame."""
        return np.asarray(self.frames[-1])


def start(x: Floats, components: int, init: str | ArrayLike, seed: int) -> Floats:
    """Give (n, components) places to begin with: 1e-4 wide by "pca" or "random", or those given."""
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    components = door.whole("components", components)
    if not isinstance(init, str):
        y = take("init", init, columns=components)
        if len(y) != len(x):
            raise ValueError(f"init must hold a place for each of the {len(x)} points, not {len(y)}.")
        return y.copy()
    door.one_of("init", init, INITS)
    if init == "random":
        return 1e-4 * rng.standard_normal((len(x), components))
    y = pca(x, components=components).embedding
    return np.asarray(1e-4 * y / y[:, 0].std())

"""Many networks at once that differ in nothing but where they start, and how many of them get there."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.neural.backprop.passes import ACTIVATIONS, Array, outputs, run
from core.neural.backprop.training import initial, views
from core.result import result


@result
class Luck:
    """The runs of all starts, side by side."""

    sizes: tuple[int, ...]
    activation: str
    steps: NDArray[np.int64]  # (t,)
    loss: Array  # (t, starts) mean cross-entropy
    right: Array  # (t, starts) share of the points on the right side
    vector: Array  # (starts, parameters) weights in the end

    @property
    def solved(self) -> Array:
        """(t,) share of the starts with all points right, in %."""
        return np.asarray(100 * (self.right == 1).mean(axis=1))

    def fields(self, q: ArrayLike) -> Array:
        """Give all networks' log-odds of class 1 at points q (m, 2): (starts, m)."""
        q = door.points("q", q)
        return outputs(views(self.vector, self.sizes), q, (self.activation,))[..., 0]


def luck(
    x: ArrayLike,
    y: ArrayLike,
    *,
    width: int,
    activation: str = "tanh",
    starts: int = 100,
    steps: int = 1500,
    rate: float = 0.5,
    init: str = "xavier",
    seed: int = 0,
    every: int = 25,
    report: Callable[[float, Luck], None] | None = None,
) -> Luck:
    """Train networks with one hidden layer on all points at each step, by plain gradient descent on cross-entropy.

    Parameters
    ----------
    x, y
        (n, d) points of two classes.
    width, starts
        Units of the hidden layer, and how many networks; start k has the weights of seed `seed` + k.
    rate, steps, every
        Of gradient descent; steps between two looks.
    report
        As of `train`.
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x), classes=2)
    door.one_of("activation", activation, ACTIVATIONS)
    rate = door.number("rate", rate, above=0)
    starts, steps, every = (door.whole(n, v) for n, v in (("starts", starts), ("steps", steps), ("every", every)))
    sizes = (x.shape[1], door.whole("width", width, most=64), 1)
    vector = np.array([initial(sizes, init=init, seed=door.whole("seed", seed, least=0) + k) for k in range(starts)])
    weights = views(vector, sizes)
    seen: list[tuple[int, Array, Array]] = []

    def so_far() -> Luck:
        done, loss, right = zip(*seen, strict=True)
        return Luck(sizes, activation, np.array(done), np.array(loss), np.array(right), vector.copy())

    for step in range(steps + 1):
        found = run(weights, x, y, (activation,), "cross_entropy")
        if step % every == 0 or step == steps:
            seen.append((step, found.loss, ((found.h[-1][..., 0] > 0) == y).mean(axis=1)))
            if report is not None:
                report(step / steps, so_far())
        if step < steps:
            for (W, b), (gW, gb) in zip(weights, found.gradients, strict=True):
                W -= rate * gW
                b -= rate * gb
    return so_far()

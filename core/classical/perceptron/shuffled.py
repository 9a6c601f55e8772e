"""The same examples in many orders, learnt side by side."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.perceptron.lines import LARGEST, Floats, Ints, examples, signed_rows
from core.classical.perceptron.rules import begin
from core.result import result


@result
class Orders:
    """What many orders of presentation make of the same examples."""

    weights: Floats  # (runs, d + 1) bias first: the last weights of each run
    updates: Ints  # (runs,) how many updates each run made
    converged: NDArray[np.bool_]  # (runs,) whether its last epoch needed none


def orders(
    x: ArrayLike,
    y: ArrayLike,
    *,
    runs: int = 200,
    rate: float = 1.0,
    epochs: int = 100,
    init: str = "zero",
    seed: int = 0,
) -> Orders:
    """Learn the same examples many times, each time shuffled anew at each epoch.

    Rule "perceptron" of `fit`, and the start is the one that `fit` draws; nothing but the order differs.

    Parameters
    ----------
    x, y
        (n, d) points and (n,) classes, 0 or 1.
    runs
        How many orders, at least 1.
    rate, epochs, init, seed
        As for `fit`. All runs start alike.

    Returns
    -------
    Orders
    """
    x, y = examples(x, y)
    runs, epochs = door.whole("runs", runs), door.whole("epochs", epochs)
    rate = door.number("rate", rate, above=0, most=LARGEST)
    n, d = x.shape
    start, order_rng = begin(d, init, seed)
    signed = np.ascontiguousarray(signed_rows(x, y).T)
    enough = np.where(y == 1, 0.0, np.nextafter(0.0, 1.0))

    weights = np.tile(start[:, None], (1, runs))
    updates = np.zeros(runs, dtype=np.int64)
    learning = np.arange(runs)
    for _ in range(epochs):
        turns = np.ascontiguousarray(order_rng.permuted(np.tile(np.arange(n), (runs, 1)), axis=1)[learning].T)
        points = np.empty((n, d + 1, len(learning)))
        for j, column in enumerate(signed):
            points[:, j] = column[turns]
        least, wrong = enough[turns], np.empty(turns.shape, dtype=bool)
        w, z, move = weights[:, learning], np.empty(len(learning)), np.empty((d + 1, len(learning)))
        # Visit after visit as in `_learn`, but one of each run at a time; einsum adds up the terms in the same order.
        for point, step, limit, miss in zip(points, rate * points, least, wrong, strict=True):
            np.einsum("dr,dr->r", w, point, out=z)
            np.less(z, limit, out=miss)
            np.multiply(step, miss, out=move)
            w += move
        weights[:, learning] = w
        made = np.count_nonzero(wrong, axis=0)
        updates[learning] += made
        learning = learning[made > 0]
        if len(learning) == 0:
            break
    converged = np.ones(runs, dtype=bool)
    converged[learning] = False
    return Orders(np.ascontiguousarray(weights.T), updates, converged)

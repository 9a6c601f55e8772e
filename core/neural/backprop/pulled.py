"""A network of digits without some of its layers: with skips it hardly misses one, without them it is lost.

Source: Veit, Wilber & Belongie, "Residual networks behave like ensembles of relatively shallow networks" (2016).
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.data import load
from core.neural.backprop.passes import outputs
from core.neural.backprop.training import Training, train
from core.result import result

Key = tuple[int, str, float, int, int, bool]  # blocks, activation, rate, steps, seed, residual
WIDTH, BATCH, LOOKS = 24, 32, 5  # units of a layer; digits of a step; partial results
MADE: tuple[Key, ...] = tuple((8, "tanh", 0.1, 800, 0, residual) for residual in (False, True))


@result
class Pulled:
    """Test accuracies of one network, %."""

    whole: float
    one: NDArray[np.float64]  # (blocks,) without each layer
    top: NDArray[np.float64]  # (blocks + 1,) without the last 0, 1, … of them


@functools.cache
def digits() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give scikit-learn's digits, (1797, 64) of about −0.3 to 0.7, and what they are."""
    data = load("digits")
    return data.x / 16 - 0.3, data.y


def pull(key: Key, report: Callable[[float, Pulled], None] | None = None) -> Pulled:
    """Train a network on the digits, and pull out its layers one after the other.

    Parameters
    ----------
    key
        Layers that can be pulled out; activation; learning rate; steps; seed; whether there are skips.
    report
        Is told the share that is done, and what the network is like so far.
    """
    blocks, activation, rate, steps, seed, residual = key
    told: dict[str, Any] = {"activation": activation, "rate": rate, "residual": residual, "seed": seed}
    if report is not None:
        told["report"] = lambda share, so_far: report(share, pulled(so_far))
    hidden = (WIDTH,) * (blocks + 1)
    return pulled(
        train(*digits(), hidden=hidden, held=0.2, steps=steps, every=max(1, steps // LOOKS), batch=BATCH, **told)
    )


def pulled(run: Training) -> Pulled:
    """Ask a network of digits without some of its layers; the first, which has no skip, stays."""
    x, y = digits()
    layers, last = run.frames[-1], len(run.sizes) - 2

    def right(keep: list[int]) -> float:
        z = outputs([layers[k] for k in keep], x[run.held], run.activation, residual=run.residual)
        return 100 * float(np.mean(z.argmax(axis=1) == y[run.held]))

    everything = list(range(last + 1))
    one = [right([k for k in everything if k != out]) for out in range(1, last)]
    top = [right([*range(last - out), last]) for out in range(last)]
    return Pulled(top[0], np.array(one), np.array(top))


def made(key: Key) -> Pulled | None:
    """Give what was made ahead (`assets/backprop/pulled.py`), if it was."""
    if key not in MADE:
        return None
    rows = {name: array[MADE.index(key)] for name, array in ahead.load("backprop/pulled").items()}
    return Pulled(float(rows["top"][0]), rows["one"], rows["top"])

"""A hundred networks that learn XOR side by side, and what one reads off them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import load
from core.grid import Grid
from core.neural import backprop
from core.neural.backprop.passes import up
from core.neural.backprop.training import views
from core.result import result
from core.text import T
from ui.scene import Part

STARTS, SIDE, CELLS = 100, 10, 12  # networks, in rows of so many; cells of a network's map, a side
INITS = {
    "xavier": T("Xavier", "Xavier"),
    "he": T("He", "He"),
    "uniform": T("−½ から ½ の一様乱数", "even from −½ to ½"),
    "zero": T("すべて 0", "all zero"),
}
VIEW = (-1.6, 1.6, -1.6, 1.6)


def work(p: Any, report: Any) -> backprop.Luck:
    """Train a hundred networks side by side."""
    data = load("xor", n=4, noise=0.0)
    options = {"rate": p.rate, "steps": p.steps, "init": p.init, "seed": p.seed}
    every = max(1, p.steps // 60)
    return backprop.luck(
        data.x, data.y, width=p.width, activation=p.activation, starts=STARTS, every=every, report=report, **options
    )


@result
class Lottery:
    run: backprop.Luck | None
    done: bool
    fields: NDArray[np.float64]  # (100, cells) log-odds of class 1
    order: NDArray[np.int64]  # the networks, the lowest loss first

    @property
    def frames(self) -> NDArray[np.int64]:
        """Looks that the playhead shows."""
        last = len(self.run.steps) - 1 if self.run else 0
        return np.arange(last + 1) if self.done else np.array([last])

    @property
    def solved(self) -> NDArray[np.float64]:
        """(f,) networks with all four points right, %."""
        return self.run.solved[self.frames] if self.run else np.full(1, np.nan)

    @property
    def silent(self) -> float | None:
        """Of those that did not get there, the share (%) whose hidden units are all 0 at points of both classes."""
        if self.run is None or (self.run.right[-1] == 1).all():
            return None
        data = load("xor", n=4, noise=0.0)
        hidden = up(views(self.run.vector, self.run.sizes), data.x, (self.run.activation,))[0][1]
        off = (hidden == 0).all(axis=2)[self.run.right[-1] < 1]
        return float(100 * (off[:, data.y == 0].any(axis=1) & off[:, data.y == 1].any(axis=1)).mean())

    @property
    def stuck(self) -> float | None:
        """The mean loss of those that did not get there."""
        left = self.run.loss[-1][self.run.right[-1] < 1] if self.run else np.empty(0)
        return float(left.mean()) if len(left) else None


def compute(p: Any, parts: Mapping[str, Part]) -> Lottery:
    """Read the networks' maps, and who got there."""
    run: backprop.Luck | None = parts["luck"].value
    grid = Grid.over(VIEW, CELLS, CELLS)
    if run is None:
        return Lottery(None, False, np.zeros((STARTS, CELLS * CELLS)), np.arange(STARTS))
    return Lottery(run, parts["luck"].done, run.fields(grid.points()), np.argsort(run.loss[-1], kind="stable"))

"""AdaBoost round by round: weights, stumps, the sum they make, and the bound."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import trees
from core.data import flip_labels
from core.grid import Grid
from core.result import result
from core.text import PERCENT, T
from pages.classical.trees import shared
from ui import stock
from ui.params import slider

Floats = NDArray[np.float64]
ROUNDS = 40


@dataclass(frozen=True)
class Booster(shared.Two):
    spoilt: int = slider(
        T("ラベルの誤り", "Wrong labels"), 0, 20, default=0, unit=PERCENT, when=lambda p: p.data != "own"
    )


@result
class Rounds:
    problem: stock.Problem  # as it is learnt
    spoilt: NDArray[np.bool_]  # (n,) points whose label was made wrong
    boost: trees.Ensemble | None  # None without two classes
    grid: Grid
    field: Floats  # (f, cells) F over Σ α, from −1 to 1
    sums: Floats  # (f, n) F at the points
    test: Floats | None  # (f,) errors, %

    @property
    def training(self) -> Floats | None:
        """(f,) errors, %."""
        return errors(self.sums, self.problem.y) if self.boost else None

    @property
    def bound(self) -> Floats | None:
        """(f,) the product of all Z so far, %."""
        return 100 * np.cumprod(np.r_[1.0, self.boost.normalizers]) if self.boost else None

    @property
    def burden(self) -> Floats | None:
        """(f,) share of the weight that points with a wrong label carry, %."""
        return 100 * self.boost.ledger[:, self.spoilt].sum(axis=1) if self.boost and self.spoilt.any() else None

    @property
    def again(self) -> Floats:
        """(f − 1,) weighted error of each stump once its own mistakes have been made heavier."""
        wrong = [t.predict_proba(self.problem.x)[:, 0] != 2 * self.problem.y - 1 for t in self.boost.trees]
        return np.array([w[miss].sum() for w, miss in zip(self.boost.ledger[1:], wrong, strict=True)])


def spoiled(p: Booster) -> tuple[stock.Problem, NDArray[np.bool_]]:
    """Give what is learnt, and which labels of it are wrong."""
    data = stock.problem(p)
    y = flip_labels(data.y, p.spoilt / 100, seed=p.seed) if p.spoilt and p.data != "own" else data.y
    return stock.Problem(data.x, y, data.names, data.axes, data.limits), y != data.y


def rounds(p: Booster) -> Rounds:
    data, spoilt = spoiled(p)
    grid = Grid.over(data.window, 44, 33)
    if not shared.learnable(data):
        return Rounds(data, spoilt, None, grid, np.zeros((1, 0)), np.zeros((1, 0)), None)
    boost, more = trees.adaboost(data.x, data.y, rounds=ROUNDS), shared.fresh(p)
    loud = np.cumsum(np.r_[1e-9, boost.alphas])[:, None]
    test = errors(summed(boost, more[0]), more[1]) if more else None
    return Rounds(data, spoilt, boost, grid, summed(boost, grid.points()) / loud, summed(boost, data.x), test)


def summed(boost: trees.Ensemble, q: Floats) -> Floats:
    """Give F before the first tree and after each: (f, m)."""
    return np.concatenate([np.zeros((1, len(q))), boost.staged(q)])


def errors(sums: Floats, y: NDArray[np.int64]) -> Floats:
    return 100 * np.mean((sums > 0) != y, axis=1)

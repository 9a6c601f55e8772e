"""A forest tree by tree, and how far its opinion depends on which half of the data it saw."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import trees
from core.grid import Grid
from core.result import result
from core.text import T
from pages.classical.trees import shared
from ui import stock
from ui.params import choice, slider
from ui.scene import Report

Floats = NDArray[np.float64]
TREES = 30
DRAWS, ROUNDS = 64, 8  # halves of the data, and in how many rounds they are worked through


@dataclass(frozen=True)
class Wood(shared.Two):
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.2, step=0.02, when=lambda p: p.data != "own")
    axes: str = choice(
        T("質問のたびに選べる軸", "Axes a question may use"),
        {"one": T("無作為に一つ", "one, at random"), "both": T("両方（バギング）", "both (bagging)")},
    )
    depth: int = slider(T("木の深さ", "Depth of the trees"), 1, 12, default=12)

    @property
    def drawn(self) -> int:
        """How many features a node may choose from."""
        return 1 if self.axes == "one" else 2


@result
class Meter:
    """From every other draw what is foretold, from the others what is measured."""

    shared: trees.Shared
    measured: Floats  # (TREES,) variance of the mean of so many trees


@result
class Opinions:
    problem: stock.Problem
    grid: Grid
    share: Floats | None  # (TREES, cells) of class 1 after so many trees; None without two classes
    oob: Floats | None  # (TREES,) errors, %
    test: Floats | None
    training: float  # %
    meter: Meter | None

    @property
    def rho(self) -> float | None:
        return self.meter.shared.correlation if self.meter else None

    @property
    def foretold(self) -> Floats | None:
        return self.meter.shared.of_mean(np.arange(1, TREES + 1)) if self.meter else None


def opinions(p: Wood, meter: Meter | None) -> Opinions:
    data = stock.problem(p)
    grid = Grid.over(data.window, 48, 36)
    if not shared.learnable(data):
        return Opinions(data, grid, None, None, None, 0.0, None)
    forest = trees.forest(data.x, data.y, trees=TREES, features=p.drawn, depth=p.depth, seed=p.seed)
    more = shared.fresh(p)
    return Opinions(
        *(data, grid, path(forest, grid.points())),
        oob=100 * (1 - forest.out_of_bag_path),
        test=100 * np.mean((path(forest, more[0]) > 0.5) != more[1], axis=1) if more else None,
        training=100 * float(np.mean((path(forest, data.x)[-1] > 0.5) != data.y)),
        meter=meter,
    )


def path(forest: trees.Forest, q: Floats) -> Floats:
    """Give the share of class 1 that the first trees say on average: (TREES, m)."""
    said = forest.by_tree(q)[:, :, 1]
    return np.asarray(np.cumsum(said, axis=0) / np.arange(1, len(said) + 1)[:, None])


def places(data: stock.Problem) -> Floats:
    """Give the places where opinions are asked, evenly over the picture."""
    return Grid.over(data.window, 12, 9).points()


def redrawn(p: Wood, report: Report) -> Meter | None:
    """Take half of the points again and again, and grow trees on each half."""
    data = stock.problem(p)
    if not shared.learnable(data):
        return None
    rng, said = np.random.default_rng(0), []
    n, q = len(data.y), places(data)
    for turn in range(ROUNDS):
        bags = np.zeros((DRAWS // ROUNDS, TREES, n))
        for bag in bags:
            half = rng.permutation(n)[: n // 2]
            drawn = half[rng.integers(len(half), size=(TREES, len(half)))]
            np.add.at(bag, (np.arange(TREES)[:, None], drawn), 1)
        bags = bags.reshape(-1, n)
        forest = trees.forest(data.x, data.y, trees=len(bags), features=p.drawn, depth=p.depth, seed=turn, bags=bags)
        said.append(forest.by_tree(q)[:, :, 1].reshape(-1, TREES, len(q)))
        report((turn + 1) / ROUNDS, meter_of(np.concatenate(said)))
    return meter_of(np.concatenate(said))


def meter_of(said: Floats) -> Meter:
    means = np.cumsum(said[1::2], axis=1) / np.arange(1, TREES + 1)[:, None]
    return Meter(trees.shared(said[::2]), means.var(axis=0, ddof=1).mean(axis=1))

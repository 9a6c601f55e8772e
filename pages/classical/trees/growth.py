"""A tree question by question: which region each place is in, what each question gained, where each node stands."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.classical import trees
from core.grid import Grid
from core.result import result
from ui import stock

Floats = NDArray[np.float64]
PLACES = 81  # of a gain curve


@result
class Growth:
    problem: stock.Problem
    tree: trees.Tree | None  # None without points
    asked: NDArray[np.int64]  # (f − 1,) the nodes that ask, in their order
    at: NDArray[np.int64]  # (f, n) the node of each point after so many questions
    grid: Grid
    cells: NDArray[np.int64]  # (f, cells) and of each cell
    boxes: Floats  # (nodes, 4) x0, x1, y0, y1
    places: Floats  # (nodes, 2) in the diagram: across by leaves, up by questions
    gain: Floats  # (f, 2, PLACES) of a cut at so much of each axis, at the node asked last; NaN before any
    best: float | None  # accuracy of the best tree with two questions on a way, %

    @property
    def leaves(self) -> NDArray[np.int64]:
        return 1 + np.arange(len(self.at))

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which points the tree so far gets wrong: (f, n)."""
        if self.tree is None:
            return np.zeros((1, 0), bool)
        return self.tree.value[self.at].argmax(axis=2) != self.problem.y

    @property
    def accuracy(self) -> Floats | None:
        return 100 * (1 - self.wrong.mean(axis=1)) if self.tree is not None else None


def turned(data: stock.Problem, degrees: float) -> stock.Problem:
    """Turn the points about their middle, in a window that holds them at any angle: axes that stay cost nothing."""
    if not degrees or not len(data.x):
        return data
    a, middle = np.deg2rad(degrees), data.x.mean(axis=0)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    reach = 1.08 * float(np.linalg.norm(data.x - middle, axis=1).max())
    window = (*(middle[0] + [-reach, reach]), *(middle[1] + [-reach, reach]))
    x = (data.x - middle) @ turn + middle
    return stock.Problem(x, data.y, data.names, stock.words.PLANE, tuple(map(float, window)))


def growth(data: stock.Problem, depth: int, criterion: str) -> Growth:
    grid = Grid.over(data.window, 56, 42)
    if not len(data.x):
        nothing = np.zeros((1, 0), int)
        cells = np.zeros((1, grid.w * grid.h), int)
        empty = np.zeros((1, 2))
        return Growth(data, None, nothing[0], nothing, grid, cells, np.zeros((1, 4)), empty, empty, None)
    tree = trees.grow(data.x, data.y, depth=depth, criterion=criterion)
    absent = np.zeros((len(tree.value), len(data.names) - tree.value.shape[1]))  # classes without points
    tree = replace(tree, value=np.hstack([tree.value, absent]))
    asked = np.flatnonzero(tree.feature >= 0)
    at, cells = walked(tree, asked, data.x), walked(tree, asked, grid.points())
    gain = np.full((len(at), 2, PLACES), np.nan)
    for k, node in enumerate(asked):
        rows = at[k] == node
        gain[k + 1] = curves(data, rows, criterion)
    best = 100 * trees.best_of_two(data.x, data.y)
    return Growth(data, tree, asked, at, grid, cells, boxes(tree, grid.window), diagram(tree), gain, best)


def walked(tree: trees.Tree, asked: NDArray[np.int64], q: Floats) -> NDArray[np.int64]:
    """Give the node of each of q before any question, and after each."""
    at = [np.zeros(len(q), np.int64)]
    for node in asked:
        here, second = at[-1] == node, q[:, tree.feature[node]] > tree.threshold[node]
        at.append(np.where(here, tree.child[node] + second, at[-1]))
    return np.array(at)


def curves(data: stock.Problem, rows: NDArray[np.bool_], criterion: str) -> Floats:
    """Give what cuts at PLACES places of each axis gain among these points."""
    w, drawn = data.window, []
    for (at, gain), low, high in zip(
        trees.gains(data.x[rows], data.y[rows], criterion=criterion), w[::2], w[1::2], strict=True
    ):
        places = np.linspace(low, high, PLACES)
        curve = np.interp(places, at, gain, left=0, right=0) if len(at) else np.zeros(PLACES)
        if len(at):  # the highest is there, however narrow
            top = int(np.argmax(gain))
            near = int(np.abs(places - at[top]).argmin())
            curve[near] = max(curve[near], gain[top])
        drawn.append(curve)
    return np.array(drawn)


def boxes(tree: trees.Tree, window: tuple[float, ...]) -> Floats:
    """Give the part of the window that is each node's."""
    found = np.tile(np.array(window), (len(tree.feature), 1))
    for node in np.flatnonzero(tree.feature >= 0):
        child, side = tree.child[node], 2 * tree.feature[node]
        found[child : child + 2] = found[node]
        found[child, side + 1] = found[child + 1, side] = tree.threshold[node]
    return found


def diagram(tree: trees.Tree) -> Floats:
    """Place leaves side by side, and each question over the middle of its two answers."""
    across = np.zeros(len(tree.feature))
    stack, order = [0], []
    while stack:
        node = stack.pop()
        if tree.child[node] < 0:
            order.append(node)
        else:
            stack += [int(tree.child[node]) + 1, int(tree.child[node])]
    across[order] = np.arange(len(order)) - (len(order) - 1) / 2
    for node in np.flatnonzero(tree.child >= 0)[::-1]:
        across[node] = across[tree.child[node] : tree.child[node] + 2].mean()
    return np.column_stack([across, -tree.depth])

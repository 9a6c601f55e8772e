"""One tree: grown by its gains, for classes or for numbers, and the best that two questions on a way can do."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.trees import growing
from core.classical.trees.growing import CRITERIA, Floats, Tree

MOST = 400  # points that `best_of_two` takes


def grow(
    x: ArrayLike,
    y: ArrayLike,
    *,
    depth: int | None,
    criterion: str = "gini",
    min_leaf: int = 1,
    features: int | None = None,
    weights: ArrayLike | None = None,
    seed: int = 0,
) -> Tree:
    """Grow a classification tree: at each node the cut with the largest gain, and so on in both parts.

    It is greedy: no cut is made because of what could follow. A node that is not pure is cut even where no cut gains
    anything, as CART does.

    Parameters
    ----------
    x, y
        (n, d) examples, (n,) classes from 0.
    depth
        Most questions on a way, from 0; None for as many as it takes until each leaf is pure.
    criterion
        One of `CRITERIA`: "gini", "entropy", "error".
    min_leaf
        Examples that a leaf must hold.
    features
        Columns drawn at each node to choose from; None for all.
    weights
        (n,) how much each example counts, at least 0 and not all 0; 1 by default.
    seed
        Of the draws of features.

    Examples
    --------
    >>> tree = grow([[1.0], [2.0], [6.0], [7.0]], [0, 0, 1, 1], depth=3)
    >>> tree.threshold[0], tree.leaves, tree.predict_proba([[3.0], [5.0]]).tolist()
    (np.float64(4.0), 2, [[1.0, 0.0], [0.0, 1.0]])
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x))
    door.one_of("criterion", criterion, tuple(CRITERIA))
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    return growing.grow_all(
        x,
        np.eye(int(y.max()) + 1)[y],
        counted(weights, len(x))[None],
        impurity=CRITERIA[criterion],
        depth=depth if depth is None else door.whole("depth", depth, least=0),
        min_leaf=door.whole("min_leaf", min_leaf),
        features=features if features is None else door.whole("features", features, most=x.shape[1]),
        rng=rng,
    )


def grow_regression(x: ArrayLike, t: ArrayLike, *, depth: int | None, min_leaf: int = 1) -> Tree:
    """Grow a regression tree: each cut takes as much as it can from the sum of squares about the means.

    Parameters
    ----------
    x, t
        (n, d) examples, (n,) numbers to be foretold.
    depth, min_leaf
        As of `grow`.
    """
    x = door.points("x", x)
    t = door.numbers("t", t, shape=(len(x),))
    mean = float(t.mean())
    away = t - mean
    tree = growing.grow_all(
        x,
        np.column_stack([np.ones(len(t)), away, away**2]),
        np.ones((1, len(t))),
        impurity=growing.squares,
        depth=depth if depth is None else door.whole("depth", depth, least=0),
        min_leaf=door.whole("min_leaf", min_leaf),
    )
    return replace(tree, value=tree.value + mean)


def gains(x: ArrayLike, y: ArrayLike, *, criterion: str = "gini") -> tuple[tuple[Floats, Floats], ...]:
    """Give for each feature its thresholds and what each gains: the fall of the impurity an example.

    Parameters
    ----------
    x, y, criterion
        As of `grow`.
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x))
    impurity = CRITERIA[door.one_of("criterion", criterion, tuple(CRITERIA))]
    held, found = np.eye(int(y.max()) + 1)[y], []
    for column in x.T:
        o = np.argsort(column, kind="stable")
        at, gain = growing.cuts(column[o], held[o], np.zeros(len(o), np.int64), impurity, 1)
        found.append((column[o][at] / 2 + column[o][at + 1] / 2, gain / len(o)))
    return tuple(found)


def best_of_two(x: ArrayLike, y: ArrayLike) -> float:
    """Give the accuracy on (x, y) of the best tree with at most two questions on a way, by trying them all.

    Parameters
    ----------
    x, y
        (n, d) examples, at most 400, and (n,) classes from 0.

    Returns
    -------
    float, from 0 to 1
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x))
    if len(x) > MOST:
        raise ValueError(f"x must have at most {MOST} rows to try all trees, not {len(x)}.")
    k, rank = int(y.max()) + 1, [np.unique(column, return_inverse=True)[1].ravel() for column in x.T]
    fewest = float(len(y) - np.bincount(y).max())
    for first in rank:
        wrong = np.full((2, int(first.max()) + 1), np.inf)  # of both sides of each first cut
        for second in rank:
            # table[c, i, j]: examples of class c with rank ≤ i in the one feature and ≤ j in the other
            table = np.zeros((k, int(first.max()) + 1, int(second.max()) + 1))
            np.add.at(table, (y, first, second), 1)
            table = table.cumsum(axis=1).cumsum(axis=2)
            for side, part in enumerate((table, table[:, -1:] - table)):
                halves = _errors(part) + _errors(part[:, :, -1:] - part)
                wrong[side] = np.minimum(wrong[side], halves.min(axis=1))
        fewest = min(fewest, float(wrong.sum(axis=0).min()))
    return 1 - fewest / len(y)


def _errors(table: Floats) -> Floats:
    return np.asarray(table.sum(axis=0) - table.max(axis=0))


def counted(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """Take weights of n examples, all 1 by default."""
    if weights is None:
        return np.ones(n)
    taken = door.numbers("weights", weights, shape=(n,))
    if taken.min() < 0 or taken.max() == 0:
        raise ValueError("weights must be at least 0, and not all 0.")
    return taken

"""How trees grow: at each node the cut that gains most, all nodes of a level, of one tree or of many, at once.

What a node holds is a sum over its examples: of how many there are of each class, say. So one running sum over the
examples in the order of a feature tells what every cut would put on its two sides.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Impurity = Callable[[Floats], Floats]
TIE = 1e-10  # gains that differ by less, in parts of the node's impurity, are the same


@result
class Tree:
    """Nodes level by level; node 0 is the root. Of several trees in one table the roots come first."""

    feature: Ints  # (nodes,) the column that is asked for, −1 at a leaf
    threshold: Floats  # (nodes,) x ≤ threshold goes to the first child; NaN at a leaf
    child: Ints  # (nodes,) the first child, the second one follows it; −1 at a leaf
    value: Floats  # (nodes, k) the share of each class, or (nodes, 1) the mean
    size: Floats  # (nodes,) weight of the examples that came here: their number, if each counts 1
    impurity: Floats  # (nodes,) per unit of weight
    depth: Ints  # (nodes,) questions asked before
    columns: int  # d, features of an example

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return int(np.sum(self.child < 0))

    def leaf(self, q: Floats, root: Ints | int = 0) -> Ints:
        """Give the leaf that each of q (m, d) comes to: (m,), or (trees, m) from the roots (trees, 1)."""
        node: Ints = np.zeros(len(q), np.int64) + root
        columns = np.arange(len(q))
        for _ in range(int(self.depth.max())):
            asked = self.feature[node]
            first = q[columns, asked] <= self.threshold[node]  # at a leaf it does not matter
            node = np.where(asked < 0, node, self.child[node] + ~first)
        return node

    def predict_proba(self, q: ArrayLike) -> Floats:
        """Give the class shares (m, k) in the leaf of each of q (m, d), or the mean (m, 1)."""
        return self.value[self.leaf(door.numbers("q", q, shape=(None, self.columns)))]


def gini(held: Floats) -> Floats:
    """Give W (1 − Σ p²), the weight W times the chance that two of the examples differ; held (…, k) counts classes."""
    w = held.sum(axis=-1)
    return np.asarray(w - (held**2).sum(axis=-1) / np.where(w > 0, w, 1))


def entropy(held: Floats) -> Floats:
    """Give −W Σ p log₂ p."""
    p = held / np.maximum(held.sum(axis=-1, keepdims=True), 1e-300)
    return np.asarray(-(held * np.log2(np.where(p > 0, p, 1))).sum(axis=-1))


def error(held: Floats) -> Floats:
    """Give W (1 − max p): what the most frequent class gets wrong."""
    return np.asarray(held.sum(axis=-1) - held.max(axis=-1))


def squares(held: Floats) -> Floats:
    """Give Σ w (t − mean)² from held (…, 3): Σ w, Σ w t, Σ w t²."""
    w = held[..., 0]
    return np.asarray(np.maximum(held[..., 2] - held[..., 1] ** 2 / np.where(w > 0, w, 1), 0))


CRITERIA: dict[str, Impurity] = {"gini": gini, "entropy": entropy, "error": error}


def cuts(values: Floats, held: Floats, node: Ints, impurity: Impurity, min_leaf: int) -> tuple[Ints, Floats]:
    """Give what each cut gains: places i, each between i and i + 1, and how much the impurity falls there.

    Parameters
    ----------
    values, held, node
        (m,) of one feature, (m, k) what each example adds to a node, (m,) its node: node by node, each sorted.
    min_leaf
        Examples that a side must keep.
    """
    if len(node) == 0:
        return np.empty(0, np.int64), np.empty(0)
    starts = _starts(node)
    many = np.bincount(node)[node[starts]]
    block = np.repeat(np.arange(len(starts)), many)
    place = np.arange(len(node)) - starts[block] + 1  # of the block's examples on the first side
    ok = (place >= min_leaf) & (many[block] - place >= min_leaf)
    ok[:-1] &= values[:-1] < values[1:]
    at = np.flatnonzero(ok)
    running, total = np.cumsum(held, axis=0), np.add.reduceat(held, starts, axis=0)
    before = running[starts] - held[starts]
    left = running[at] - before[block[at]]
    whole = total[block[at]]
    # gain = I(node) − I(first side) − I(second side), each times its weight
    return at, impurity(total)[block[at]] - impurity(left) - impurity(whole - left)


def grow_all(
    x: Floats,
    held: Floats,
    bags: Floats,
    *,
    impurity: Impurity,
    depth: int | None,
    min_leaf: int = 1,
    features: int | None = None,
    rng: np.random.Generator | None = None,
) -> Tree:
    """Grow a tree for each of the bags, all in one table.

    Parameters
    ----------
    x, held
        (n, d) examples, and (n, k) what each adds to a node that it is in.
    bags
        (trees, n) how much each example counts in each tree; 0 leaves it out.
    depth
        Most questions on a way; None for as many as it takes until each leaf is pure.
    features
        Columns drawn anew at each node, of those that differ within it; None for all.
    """
    tree, row = np.nonzero(bags)
    held = held[row] * bags[tree, row][:, None]
    node = tree.astype(np.int64)  # of each example in each tree, counted from 0 within its level
    order = [np.argsort(x[row, f], kind="stable") for f in range(x.shape[1])]
    if len(bags) > 1:
        order = [_by_node(o, node) for o in order]
    base, count, level, pure = 0, len(bags), 0, 0.0
    table: list[tuple[NDArray[Any], ...]] = []
    while True:
        total: Floats = np.array([np.bincount(node, column, count) for column in held.T], dtype=np.float64).T
        impure = impurity(total)
        if level == 0:
            pure = 1e-12 * float(impure.max())
        may = (impure > pure) & (depth is None or level < depth)
        feature, threshold = np.full(count, -1), np.full(count, np.nan)
        if may.any():
            asked = _asked(x, row, node, may, features, rng)
            _choose(feature, threshold, x, row, held, node, order, asked, impure, impurity, min_leaf)
        split = feature >= 0
        child = np.where(split, base + count + 2 * (np.cumsum(split) - 1), -1)
        table.append((feature, threshold, child, total, impure, np.full(count, level)))
        if not split.any():
            break
        going, second = split[node], x[row, feature[node]] > threshold[node]
        node = (child[node] - base - count + second)[going]
        place = np.cumsum(going) - 1
        order = [_by_node(place[o[going[o]]], node) for o in order] if depth is None or level + 1 < depth else []
        row, held = row[going], held[going]
        base, count, level = base + count, 2 * int(split.sum()), level + 1
    asked_for, thresholds, children, totals, impurities, levels = (
        np.concatenate([row[i] for row in table]) for i in range(6)
    )
    size = totals[:, 0] if impurity is squares else totals.sum(axis=1)
    value = (totals[:, 1:2] if impurity is squares else totals) / size[:, None]
    return Tree(asked_for, thresholds, children, value, size, impurities / size, levels, x.shape[1])


def _by_node(order: Ints, node: Ints) -> Ints:
    """Sort by node, and leave the examples of each node in the order they are in."""
    key = node[order]
    return order[np.argsort(key.astype(np.uint16) if key.max(initial=0) < 2**16 else key, kind="stable")]


def _asked(
    x: Floats, row: Ints, node: Ints, may: NDArray[np.bool_], features: int | None, rng: np.random.Generator | None
) -> NDArray[np.bool_]:
    """Say which features each node may ask for: (nodes, d)."""
    d = x.shape[1]
    if features is None or features >= d or rng is None or not may.any():
        return np.repeat(may[:, None], d, axis=1)
    o = np.argsort(node, kind="stable")
    starts = _starts(node[o])
    # Each node has examples, since both sides of a cut do.
    here = x[row[o]]
    alike = np.maximum.reduceat(here, starts, axis=0) == np.minimum.reduceat(here, starts, axis=0)
    lot = rng.random(alike.shape)
    lot[alike] = 2.0
    last = np.partition(lot, features - 1, axis=1)[:, features - 1 : features]
    return np.asarray((lot <= last) & ~alike & may[:, None])


def _starts(block: Ints) -> Ints:
    """Give where each block of equal numbers starts."""
    new = np.ones(len(block), bool)
    np.not_equal(block[1:], block[:-1], out=new[1:])
    return np.flatnonzero(new)


def _choose(
    feature: Ints,
    threshold: Floats,
    x: Floats,
    row: Ints,
    held: Floats,
    node: Ints,
    order: list[Ints],
    asked: NDArray[np.bool_],
    impure: Floats,
    impurity: Impurity,
    min_leaf: int,
) -> None:
    """Write down the feature and the threshold with the largest gain at each node where something can be asked."""
    best, room = np.full(len(impure), -np.inf), TIE * impure
    everywhere = np.flatnonzero(asked.all(axis=0))
    for f, by_value in enumerate(order):
        o = by_value if f in everywhere else by_value[asked[node[by_value], f]]
        values, owner = x[row[o], f], node[o]
        at, gain = cuts(values, held[o], owner, impurity, min_leaf)
        if len(at) == 0:
            continue
        owner = owner[at]
        starts = _starts(owner)
        nodes, top = owner[starts], np.full(len(impure), -np.inf)
        top[nodes] = np.maximum.reduceat(gain, starts)
        near = np.flatnonzero(gain >= (top - room)[owner])
        i = near[_starts(owner[near])]  # the first of the best of each node
        better = gain[i] > (best + room)[nodes]
        nodes, i = nodes[better], i[better]
        best[nodes], feature[nodes] = gain[i], f
        low, high = values[at[i]], values[at[i] + 1]
        middle = low / 2 + high / 2
        threshold[nodes] = np.where(middle < high, middle, low)

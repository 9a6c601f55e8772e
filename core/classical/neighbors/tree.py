"""A k-d tree (Bentley 1975) that tells what it did: boxes cut in two at the median, until few points are left."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.neighbors.distances import LARGEST, Bools, Floats, Ints
from core.result import result


@result
class Tree:
    """A k-d tree; node 0 is the root."""

    x: Floats  # (n, d) the points
    order: Ints  # (n,) rows of x; a node holds those from its `start` to its `stop`
    axis: Ints  # (nodes,) the coordinate at which the node is cut, -1 for a leaf
    left: Ints  # (nodes,) the lower half, -1 for a leaf
    right: Ints  # (nodes,) the upper half
    start: Ints  # (nodes,)
    stop: Ints  # (nodes,)
    low: Floats  # (nodes, d) lower corner of the smallest box around the node's points
    high: Floats  # (nodes, d) upper corner
    cell_low: Floats  # (nodes, d) lower corner of the node's share of space, infinite where it is unbounded
    cell_high: Floats  # (nodes, d) upper corner


@result
class Search:
    """How a k-d tree answered one query."""

    distances: Floats  # (k,) nearest first
    indices: Ints  # (k,)
    evaluations: int  # points whose distance was computed
    boxes: int  # boxes whose distance was computed, to decide whether to look inside
    visited: Bools  # (nodes,) whether the search went into the node


def kdtree(x: ArrayLike, *, leaf: int = 8) -> Tree:
    """Cut at the median of the widest coordinate until at most `leaf` points are left.

    Parameters
    ----------
    x
        (n, d) points.
    leaf
        Points in a leaf at most, at least 1; more where they are all equal.
    """
    x = np.array(door.points("x", x, most=LARGEST))
    leaf = door.whole("leaf", leaf)
    n, d = x.shape
    order = np.arange(n)
    rows: list[list[int]] = []  # axis, left, right, start, stop
    corners: list[tuple[Floats, Floats, Floats, Floats]] = []

    def grow(start: int, stop: int, cell_low: Floats, cell_high: Floats) -> int:
        own = x[order[start:stop]]
        low, high = own.min(axis=0), own.max(axis=0)
        node = len(rows)
        rows.append([-1, -1, -1, start, stop])
        corners.append((low, high, cell_low, cell_high))
        if stop - start > leaf and (high > low).any():
            axis, middle = int((high - low).argmax()), (stop - start) // 2
            order[start:stop] = order[start:stop][np.argpartition(own[:, axis], middle)]
            below, above = cell_high.copy(), cell_low.copy()
            below[axis] = above[axis] = x[order[start + middle], axis]
            left = grow(start, start + middle, cell_low, below)
            rows[node][:3] = axis, left, grow(start + middle, stop, above, cell_high)
        return node

    grow(0, n, np.full(d, -np.inf), np.full(d, np.inf))
    return Tree(x, order, *np.array(rows).T.copy(), *map(np.array, zip(*corners, strict=True)))


def search(tree: Tree, query: ArrayLike, *, k: int) -> Search:
    """Find the k nearest points of one query, Euclidean, and count the work.

    A node is left out if its box is farther away than the k-th nearest point found so far.

    Parameters
    ----------
    tree
        From `kdtree`.
    query
        (d,) one point.
    k
        How many, from 1 to n.
    """
    q = door.numbers("query", query, shape=(tree.x.shape[1],))
    k = door.whole("k", k, most=len(tree.x))
    # Squared distance from q to the nearest place of every box; only those of the boxes met are counted below.
    gap = (np.maximum(np.maximum(tree.low - q, q - tree.high), 0.0) ** 2).sum(axis=1)
    visited = np.zeros(len(tree.axis), dtype=bool)
    best: list[tuple[float, int]] = []  # (squared distance, index), ascending
    evaluations, boxes = 0, 1
    waiting = [0]
    while waiting:
        node = waiting.pop()
        if len(best) == k and gap[node] > best[-1][0]:
            continue
        visited[node] = True
        if tree.axis[node] < 0:
            rows = tree.order[tree.start[node] : tree.stop[node]]
            squared = ((tree.x[rows] - q) ** 2).sum(axis=1)
            evaluations += len(rows)
            best = sorted([*best, *zip(squared.tolist(), rows.tolist(), strict=True)])[:k]
            continue
        near, far = int(tree.left[node]), int(tree.right[node])
        boxes += 2
        if gap[far] < gap[near]:
            near, far = far, near
        waiting += [far, near]  # the nearer half first
    squares, indices = zip(*best, strict=True)
    return Search(np.sqrt(squares), np.array(indices, dtype=np.int64), evaluations, boxes, visited)

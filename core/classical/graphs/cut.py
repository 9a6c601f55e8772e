"""The minimum cut of a graph, by Dinic's method: the largest flow fills it."""

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Edge = tuple[int, int, float, float]  # from, to, room there, room back


def smallest_cut(nodes: int, edges: Iterable[Edge], source: int, sink: int) -> NDArray[np.bool_]:
    """Give which nodes are on the source's side of a minimum cut; of several such cuts the one with the fewest.

    Parameters
    ----------
    nodes
        How many there are, 0, 1, …
    edges
        (from, to, how much may flow, how much back): numbers of 0 or more.

    References
    ----------
    Dinic, "Algorithm for solution of a problem of maximum flow in networks with power estimation" (1970).
    """
    to: list[int] = []
    room: list[float] = []
    out: list[list[int]] = [[] for _ in range(nodes)]
    for tail, head, there, back in edges:  # edge e and the way back e ^ 1 are neighbours in the lists
        out[tail].append(len(to))
        out[head].append(len(to) + 1)
        to += [head, tail]
        room += [there, back]
    full = 1e-12 * max(room, default=0.0)  # what rounding leaves of an edge is nothing
    while True:
        level = _levels(out, to, room, source, sink, full)
        if level[sink] < 0:
            return np.array([depth >= 0 for depth in level])
        _fill(out, to, room, source, sink, level, full)


def _levels(out: list[list[int]], to: list[int], room: list[float], source: int, sink: int, full: float) -> list[int]:
    """Count the edges with room from the source to each node, as far as the sink: −1 where none lead."""
    level = [-1] * len(out)
    level[source] = 0
    waiting = deque([source])
    while waiting and level[sink] < 0:
        node = waiting.popleft()
        for e in out[node]:
            if room[e] > full and level[to[e]] < 0:
                level[to[e]] = level[node] + 1
                waiting.append(to[e])
    return level


def _fill(
    out: list[list[int]], to: list[int], room: list[float], source: int, sink: int, level: list[int], full: float
) -> None:
    """Send flow along shortest ways until each has a full edge."""
    turn = [0] * len(out)  # the edges before it lead nowhere
    path: list[int] = []
    node = source
    while True:
        if node == sink:
            least = min(room[e] for e in path)
            for e in path:
                room[e] -= least
                room[e ^ 1] += least
            cut = next(i for i, e in enumerate(path) if room[e] <= full)
            node = to[path[cut] ^ 1]
            del path[cut:]
        elif turn[node] < len(out[node]):
            e = out[node][turn[node]]
            if room[e] > full and level[to[e]] == level[node] + 1:
                path.append(e)
                node = to[e]
            else:
                turn[node] += 1
        elif path:
            node = to[path.pop() ^ 1]
            turn[node] += 1
        else:
            return

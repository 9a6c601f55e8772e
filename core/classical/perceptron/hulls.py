"""Convex hulls of two classes in the plane: where they share a point no line separates them, and else some does."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.perceptron.lines import LARGEST, Floats, examples, points


def hull_overlap(x: ArrayLike, y: ArrayLike) -> Floats:
    """Give the part of the plane that lies within the convex hulls of both classes.

    Each hull is what lies between a class's points. A line that separates the classes has one hull on each side; so
    where the hulls share a point, no line does, and where they share none, some line does.

    Parameters
    ----------
    x
        (n, 2) points.
    y
        (n,) classes, 0 or 1.

    Returns
    -------
    (m, 2) array
        Corners, counter-clockwise. One where the hulls touch in a point, two (a segment's ends) where they share no
        more than that, none where they are apart. Hulls closer than rounding errors (1e-12 of the coordinates) touch.
    """
    x, y = examples(door.numbers("x", x, shape=(None, 2)), y)
    centre, spread = x.mean(axis=0), np.abs(x - x.mean(axis=0)).max(axis=0)
    spread[spread < 1 / LARGEST] = 1
    # Within ±1 on both axes, one tolerance serves any units.
    unit = (x - centre) / spread
    close = 1e-12 * (1 + float((np.abs(centre) / spread).max()))
    shared, other = (_hull(unit[y == label], close / 10) for label in (0, 1))
    if len(other) == 0:
        return np.empty((0, 2))
    for corner, normal in _sides(other):
        shared = _clip(shared, (shared - corner) @ normal, close)
    corners: Floats = centre + _hull(shared, 10 * close) * spread
    return corners


def hull(x: ArrayLike) -> Floats:
    """Give the corners of the convex hull of points in the plane, counter-clockwise.

    Parameters
    ----------
    x
        (n, 2) points.

    Returns
    -------
    (m, 2) array
        One corner where all points are one, two where they lie on a line.
    """
    x = points(door.numbers("x", x, shape=(None, 2)))
    return _hull(x, 1e-13 * float(np.abs(x).max()))


def _hull(x: Floats, close: float) -> Floats:
    """Give the corners of a convex hull, leaving out what is `close` to an edge or to another corner.

    Andrew, "Another efficient algorithm for convex hulls in two dimensions" (1979).
    """
    ordered = np.unique(x, axis=0).tolist()
    chains = []
    for way in (ordered, ordered[::-1]):
        chain: list[list[float]] = []
        for p in way:
            # The last corner b stays if it stands out to the right of the line from the one before, a, to p.
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                across = (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)
                if across > close * max(abs(p[0] - ax), abs(p[1] - ay)):
                    break
                chain.pop()
            chain.append(p)
        chains.append(chain)
    corners = chains[0][:-1] + chains[1][:-1] if len(ordered) > 1 else ordered
    kept: list[list[float]] = []
    for p in corners:
        if all(max(abs(p[0] - q[0]), abs(p[1] - q[1])) > close for q in (*kept[-1:], *kept[:1])):
            kept.append(p)
    return np.array(kept, dtype=np.float64).reshape(-1, 2)


def _sides(corners: Floats) -> list[tuple[Floats, Floats]]:
    """Give a convex set as half-planes: a corner on each border and the unit vector out of the set."""
    if len(corners) == 1:
        return [(corners[0], np.array(normal)) for normal in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))]
    along = np.roll(corners, -1, axis=0) - corners
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = np.column_stack([along[:, 1], -along[:, 0]])
    sides = list(zip(corners, out, strict=True))
    if len(corners) == 2:  # a segment: its two long sides, and its ends
        sides += list(zip(corners, -along, strict=True))
    return sides


def _clip(corners: Floats, height: Floats, close: float) -> Floats:
    """Cut off the part of a convex set that is above 0, given each corner's height (Sutherland & Hodgman 1974)."""
    kept = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        inside, next_inside = height[i] <= close, height[j] <= close
        if inside:
            kept.append(corners[i])
        if inside != next_inside:
            # Where the edge crosses 0; an end that is above 0 by no more than `close` counts as the crossing.
            t = np.clip(height[i] / (height[i] - height[j]), 0.0, 1.0)
            kept.append(corners[i] + t * (corners[j] - corners[i]))
    return np.array(kept, dtype=np.float64).reshape(-1, 2)

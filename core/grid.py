"""A lattice of cells over the plane: where a classifier is asked, and the lines between its answers.

A line comes as a path (n, 2) with a row of NaN wherever it is interrupted, ready to be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """A lattice of `w` × `h` cells over a part of the plane; `x0`, `y0` is the centre of the first."""

    x0: float
    dx: float
    w: int
    y0: float
    dy: float
    h: int

    @classmethod
    def over(cls, window: Sequence[float], w: int, h: int, *, equal: bool = False) -> "Grid":
        """Cut the window (x0, x1, y0, y1) into cells.

        Where a figure has `equal` axes more than the window is seen, as the figure is wide or high: then the cells
        reach as far as that can be.
        """
        x0, x1, y0, y1 = window[:4]
        if equal:
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            across, up = max(x1 - x0, 1.7 * (y1 - y0)) / 2, max(y1 - y0, 1.25 * (x1 - x0)) / 2
            x0, x1, y0, y1 = x - across, x + across, y - up, y + up
        dx, dy = (x1 - x0) / w, (y1 - y0) / h
        return cls(x0 + dx / 2, dx, w, y0 + dy / 2, dy, h)

    @property
    def xs(self) -> Floats:
        """(w,) centres of the columns."""
        return np.asarray(self.x0 + self.dx * np.arange(self.w))

    @property
    def ys(self) -> Floats:
        """(h,) centres of the rows."""
        return np.asarray(self.y0 + self.dy * np.arange(self.h))

    @property
    def window(self) -> tuple[float, float, float, float]:
        """Its edges: left, right, lower, upper."""
        left, bottom = self.x0 - self.dx / 2, self.y0 - self.dy / 2
        return left, left + self.w * self.dx, bottom, bottom + self.h * self.dy

    def points(self) -> Floats:
        """Give the (h·w, 2) centres, row by row."""
        return np.stack(np.meshgrid(self.xs, self.ys), axis=-1).reshape(-1, 2)

    def finer(self, factor: int) -> "Grid":
        """Give the lattice between the outermost centres, with `factor` cells for each step from centre to centre."""
        window = (self.xs[0], self.xs[-1], self.ys[0], self.ys[-1])
        return Grid.over([float(v) for v in window], (self.w - 1) * factor, (self.h - 1) * factor)


def contour(z: ArrayLike, grid: Grid) -> Floats:
    """Give where z (h, w) changes sign, by marching squares: a path (3m, 2) of segments (start, end, gap)."""
    z = np.asarray(z, float).reshape(grid.h, grid.w)
    up = z >= 0
    x, y = grid.xs, grid.ys
    # Along an edge from a to b the line is crossed at the share a / (a − b).
    with np.errstate(invalid="ignore", divide="ignore"):
        level, upright = z[:, :-1] / (z[:, :-1] - z[:, 1:]), z[:-1] / (z[:-1] - z[1:])
    on_level = np.stack([x[:-1] + level * grid.dx, np.broadcast_to(y[:, None], level.shape)], axis=-1)
    on_upright = np.stack([np.broadcast_to(x, upright.shape), y[:-1, None] + upright * grid.dy], axis=-1)
    cut_level, cut_upright = up[:, :-1] != up[:, 1:], up[:-1] != up[1:]
    # The four edges of each square between four centres: bottom, right, top, left.
    cut = np.stack([cut_level[:-1], cut_upright[:, 1:], cut_level[1:], cut_upright[:, :-1]]).reshape(4, -1)
    at = np.stack([on_level[:-1], on_upright[:, 1:], on_level[1:], on_upright[:, :-1]]).reshape(4, -1, 2)
    crossed = cut.sum(axis=0)
    two, four = np.flatnonzero(crossed == 2), np.flatnonzero(crossed == 4)
    first, last = cut[:, two].argmax(axis=0), 3 - cut[::-1, two].argmax(axis=0)
    # At a saddle all four edges are crossed: bottom joins right, top joins left.
    start = np.concatenate([first, np.zeros(len(four), int), np.full(len(four), 2)])
    end = np.concatenate([last, np.ones(len(four), int), np.full(len(four), 3)])
    square = np.concatenate([two, four, four])
    path = np.full((len(square), 3, 2), np.nan)
    path[:, 0], path[:, 1] = at[start, square], at[end, square]
    return path.reshape(-1, 2)


def border(label: ArrayLike, scores: ArrayLike, grid: Grid) -> Floats:
    """Give the lines between classes' regions, where the winner's score meets the runner-up's, as `contour` does.

    Parameters
    ----------
    label, scores
        (cells,) the class that wins, which settles equal scores, and (cells, classes) the scores.
    """
    label, scores = np.asarray(label), np.asarray(scores, float)
    classes = scores.shape[1]
    paths = []
    for c in range(classes if classes > 2 else 1):
        others = np.delete(scores, c, axis=1).max(axis=1, initial=-np.inf)
        with np.errstate(invalid="ignore"):
            margin = np.nan_to_num(scores[:, c] - others, nan=0.0, posinf=1e6, neginf=-1e6)
        margin = np.where(label == c, np.maximum(margin, 1e-9), np.minimum(margin, -1e-9))
        paths.append(contour(margin, grid))
    return np.concatenate(paths)


def joined(path: Floats) -> Floats:
    """Join segments (start, end, gap, …) that share an end into lines, so that dashes run on along them."""
    ends: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for (ax, ay), (bx, by), _ in path.round(9).reshape(-1, 3, 2).tolist():
        a, b = (ax, ay), (bx, by)
        if a != b:
            ends.setdefault(a, []).append(b)
            ends.setdefault(b, []).append(a)
    lines: list[tuple[float, float]] = []
    # Open lines first, from one of their ends; what is left are rings.
    for at in sorted(ends, key=lambda point: len(ends[point]) != 1):
        if not ends[at]:
            continue
        lines.append(at)
        while ends[at]:
            then = ends[at].pop()
            ends[then].remove(at)
            lines.append(then)
            at = then
        lines.append((np.nan, np.nan))
    return np.array(lines, dtype=float).reshape(-1, 2)


def crossings(values: ArrayLike, factor: int) -> Floats:
    """Give the share of fields that change sign at each cell of the `Grid.finer` lattice: where a boundary may fall.

    Parameters
    ----------
    values
        (s, h, w) one field a sample, at the centres of a grid.

    Returns
    -------
    ((h − 1) · factor, (w − 1) · factor) array
        The uppermost row and the rightmost column, which have no further neighbour, are 0.
    """
    fields = np.asarray(values, float)
    t = ((np.arange(factor) + 0.5) / factor)[:, None]
    share = np.zeros(((fields.shape[1] - 1) * factor, (fields.shape[2] - 1) * factor))
    for z in fields:
        # Between the centres the field is linear in x and in y.
        wide = (z[:, :-1, None] * (1 - t.T) + z[:, 1:, None] * t.T).reshape(len(z), -1)
        up = (wide[:-1, None] * (1 - t) + wide[1:, None] * t).reshape(share.shape) >= 0
        share[:-1, :-1] += (up[:-1, :-1] != up[:-1, 1:]) | (up[:-1, :-1] != up[1:, :-1])
    return np.asarray(share / max(len(fields), 1))

"""The regions of a classifier that is asked at the cells of a `core.grid.Grid`: tints, borders, hatched parts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.grid import Grid, border, joined
from core.text import T
from figures.marks import heat, line
from figures.spec import CLASS_COLORS, INK, PAPER, Frames, Trace


def regions(grid: Grid, label: ArrayLike, proba: NDArray[np.float64], *, smooth: bool = True) -> Trace:
    """Tint every cell in the colour of its class: an even split is faint, one voice is full.

    Parameters
    ----------
    label, proba
        (cells,) classes, and (cells, classes) each class's share; a leading axis moves with the playhead.
    smooth
        False shows the cells as they are.
    """
    classes = proba.shape[-1]
    levels = 256 // classes
    # From 0.3 where all shares are equal to 1 where one class has all.
    strength = 0.3 + 0.7 * (proba.max(axis=-1) - 1 / classes) / (1 - 1 / classes)
    z = (np.asarray(label) * levels + np.round(np.clip(strength, 0, 1) * (levels - 1))).astype(np.uint8)
    scale: list[tuple[float, str]] = []
    for c in range(classes):
        scale += [(c * levels / 255, PAPER), (min((c * levels + levels - 1) / 255, 1.0), CLASS_COLORS[c])]
    return cells(grid, z, scale, 0.22, smooth=smooth)


def cells(
    grid: Grid, z: NDArray[np.uint8], scale: Sequence[tuple[float, str]], opacity: float, *, smooth: bool = True
) -> Trace:
    """Paint the cells, z (h·w,); a leading axis moves with the playhead."""
    tints = z.reshape(*z.shape[:-1], grid.h, grid.w)
    x, y = (grid.xs[0], grid.xs[-1]), (grid.ys[0], grid.ys[-1])
    return heat(Frames(tints) if z.ndim == 2 else tints, x, y, scale, opacity, smooth=smooth)


def borders(
    grid: Grid,
    label: ArrayLike,
    scores: ArrayLike,
    color: str,
    *,
    name: T | None = None,
    low: bool = False,
    **style: Any,
) -> Trace:
    """Draw the lines between the classes' regions; a `name` stands where they are highest, or lowest if `low`.

    Parameters
    ----------
    label, scores
        (cells,) the class that wins, and (cells, classes) the scores.
    style
        As of `line`.
    """
    path = border(label, scores, grid)
    if "dash" in style:
        path = joined(path)
    elif name is not None:  # a name stands at the last point in view
        segments = path.reshape(-1, 3, 2)
        height = segments[:, 0, 1]
        path = segments[np.argsort(-height if low else height, kind="stable")].reshape(-1, 2)
    return line(path[:, 0], path[:, 1], color, label=name, **style)


def hatch(grid: Grid, mask: ArrayLike, color: str = INK) -> Trace:
    """Hatch the cells of a mask with slanted lines."""
    row, column = np.nonzero(np.asarray(mask).reshape(grid.h, grid.w))
    on = (row - column) % 3 == 0
    x, y = grid.xs[column[on], None], grid.ys[row[on], None]
    step = np.array([-0.5, 0.5, np.nan])
    return line((x + step * grid.dx).ravel(), (y + step * grid.dy).ravel(), color, width=1)

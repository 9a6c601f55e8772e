"""What several scenes draw: the composed picture, pictures in rows, rows of bars."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.text import T
from figures.marks import area, handle_values, heat, hline, line, moving, picture, ring, segments, shade, text, until
from figures.plot import padded, plot, sheet
from figures.spec import INK, MUTED, NOW, PAPER, PURPLE, Figure, Kept, Trace

Images = NDArray[np.uint8]
Places = NDArray[np.float64]
PAPER_WHITE = "#ffffff"  # of both themes: pictures are the same in the dark


def painting(image: Images, places: Sequence[tuple[str, str, float, float]] = (), says: str = "") -> Figure:
    """Show the composed picture (64, 64, 3); for each thing that can be dragged the fields it sets, and where it is."""
    return sheet(
        "scene",
        picture(image, 0, 0, 1, 1, smooth=False),
        frame(0, 1, 0, 1),
        # A ring of white on either side of each handle: vermilion on red could not be seen.
        [
            {**mark, "marker": {**mark["marker"], "line": {"width": width}}}
            for *_, x, y in places
            for size, width in ((16.0, 6.0), (5.0, 5.0))
            for mark in [ring(x, y, size, PAPER_WHITE)]
        ],
        [handle_values(x, y, across=(fx, 0.0, 1.0), up=(fy, 0.0, 1.0)) for fx, fy, x, y in places],
        xlim=(0, 1),
        ylim=(0, 1),
        equal=True,
        says=says,
    )


def wall(
    name: str, images: Images, words: Sequence[T | str], heading: T, *, columns: int, marked: int | None = None
) -> Figure:
    """Hang pictures (n, h, w, 3) in rows, a word below each; the marked one is framed as the query."""
    n, high = len(images), 1.24
    x, y = np.arange(n) % columns, -(np.arange(n) // columns) * high
    edges = [(a + 0.04, a + 0.96, b - 0.96, b - 0.04) for a, b in zip(x, y, strict=True)]
    return sheet(
        name,
        [
            picture(Kept(image), x0, y0, x1, y1, smooth=True)
            for image, (x0, x1, y0, y1) in zip(images, edges, strict=True)
        ],
        None if marked is None else frame(*edges[marked], NOW, width=3),
        text(x + 0.5, y - 1.1, words, at="middle center"),
        text(0, 0.16, heading),
        xlim=(0, columns),
        ylim=(-high * -(-n // columns), 0.34),
        view=f"{columns} {n}",
        equal=True,
    )


def frame(x0: float, x1: float, y0: float, y1: float, color: str = MUTED, **style: Any) -> Trace:
    """Draw a rectangle's outline."""
    return line([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color, **{"width": 1.5, **style})


def posts(x: float, at: ArrayLike, low: float, high: float, color: str = INK, **style: Any) -> Trace:
    """Draw an upright line beside each row of bars, `low` to `high` around `at` (n,): it leaves out the row's words."""
    y = np.asarray(at, float)
    across = np.full_like(y, x)
    return segments(np.stack([across, y + low], -1), np.stack([across, y + high], -1), color, **style)


def wedges(start: Places, ends: Places, force: Places, color: str, opacity: float) -> Trace:
    """Draw a thin wedge from start (t, 2) to each of ends (t, m, 2), as wide at the start as force (t, m) says."""
    along = ends - start[:, None]
    length = np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    side = np.stack([-along[..., 1], along[..., 0]], axis=-1) / length * 0.09 * force[..., None]
    gap = np.full_like(ends, np.nan)
    path = np.stack([start[:, None] + side, ends, start[:, None] - side, gap], axis=2).reshape(len(start), -1, 2)
    return area(moving(path[..., 0]), moving(path[..., 1]), color, opacity)


def over_steps(
    name: str,
    steps: NDArray[np.int64],
    curves: Mapping[T, tuple[Places, str, float, str]],
    y: T,
    bound: float | None = None,
) -> Figure:
    """Draw curves over the steps up to the playhead: values (t,), colour, where on it its name stands; log N dashed."""
    k, values = steps.astype(float), [v for v, *_ in curves.values()]
    _, high = padded(np.concatenate([*values, [] if bound is None else [bound]]))
    limit = None
    if bound is not None:
        # Its name stands over its right end, or where a curve is in the way there, under its left end.
        over = (np.concatenate([v[len(v) // 3 :] for v in values]) - bound) / high
        at, where = (0.0, "bottom right") if ((over > 0.03) & (over < 0.3)).any() else (1.0, "top left")
        limit = hline(bound, k[[0, -1]], width=1.5, dash="dash", label=T("log N", "log N"), at=at, where=where)
    return plot(
        name,
        limit,
        [
            until(line(k, v, color, width=2.2, label=label, at=at, where=w), np.arange(len(k)) + 1)
            for label, (v, color, at, w) in curves.items()
        ],
        [ring(moving(k), moving(v), 11.0) for v in values],
        x=T("学習ステップ", "Training step"),
        y=y,
        xlim=(k[0], k[-1] + 0.03 * (k[-1] - k[0])),  # with room for the ring
        ylim=(0, 1.2 * high),
        small=True,
    )


def differences(name: str, squares: Places, top: float, title: T) -> Figure:
    """Draw squared differences (n, n), from nothing to `top`."""
    n = len(squares)
    z = np.ascontiguousarray(shade(squares, 0, top)[::-1])
    return sheet(
        name,
        heat(z, (0, n - 1), (0, n - 1), ((0, PAPER), (1, PURPLE)), smooth=False),
        frame(-0.5, n - 0.5, -0.5, n - 0.5, width=1),
        text(-0.7, 1.02 * n, title),
        xlim=(-0.5, n - 0.5),
        ylim=(-0.5, 1.14 * n),
        equal=True,
        margin={"l": 4, "r": 4, "t": 2, "b": 2},
    )

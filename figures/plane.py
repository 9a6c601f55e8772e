"""The plane of a classifier: its regions, its data, its boundary; and what lies over them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.text import T
from figures.marks import arrow, handle_values, line, moving, points, quadric, text
from figures.plot import Mark, plot
from figures.spec import BLUE, OTHER, Figure, Frames, Stage, Trace

Window = Sequence[float]  # (x0, x1, y0, y1)


class Labelled(Protocol):
    """Points in classes, such as `ui.stock.Problem`."""

    @property
    def x(self) -> NDArray[np.float64]:
        """(n, 2), or more columns: the plane shows the first two."""

    @property
    def y(self) -> NDArray[np.int64]:
        """(n,) classes from 0."""

    @property
    def names(self) -> tuple[T, ...]:
        """Of the classes."""

    @property
    def axes(self) -> tuple[T, ...]:
        """Names of the features."""

    @property
    def window(self) -> tuple[float, ...]:
        """(x0, x1, y0, y1) that is shown."""

    @property
    def equal(self) -> bool:
        """Whether one unit is as long on both axes."""


def plane(
    name: str,
    data: Labelled,
    *under: Mark,
    over: Sequence[Mark] = (),
    mistake: NDArray[Any] | Frames | None = None,
    ring: NDArray[Any] | Frames | None = None,
    muted: NDArray[Any] | None = None,
    size: float | NDArray[Any] | Frames = 9.0,
    large: ArrayLike | None = None,
    editable: bool = True,
    **axes: Any,
) -> Figure:
    """Draw points between what lies under them (regions, boundaries) and what lies over them.

    Parameters
    ----------
    under, over
        Marks, or lists of them; None is left out.
    mistake, ring, muted, size, editable
        Of the points, as in `figures.marks.points`.
    large
        Rows of the points that are drawn half as large again.
    axes
        As of `plot`: says, small …
    """
    if large is not None:
        size = np.full(len(data.y), size, np.float32)
        size[np.asarray(large, int)] *= 1.5
    dots = points(
        data.x[:, 0],
        data.x[:, 1],
        data.y,
        names=data.names,
        mistake=mistake,
        ring=ring,
        muted=muted,
        size=size,
        editable=editable,
    )
    x0, x1, y0, y1 = data.window[:4]
    long = {"l": 66} if max(abs(y0), abs(y1)) >= 1000 else None  # room for long numbers
    usual = {"x": data.axes[0], "y": data.axes[1], "xlim": (x0, x1), "ylim": (y0, y1), "equal": data.equal}
    return plot(name, *under, dots, *over, **{**usual, "margin": long, **axes})


def bare(data: Labelled, name: str = "plane", note: str = "few") -> Stage:
    """Draw the points alone, where there are too few for what the scene does; the `note` says so."""
    return Stage((plane(name, data, says="empty"),), (name,), height=430, note=note)


def held(at: ArrayLike, window: Window, fields: tuple[str, str] = ("qx", "qy")) -> Trace:
    """Mark a query that can be dragged; it sets two fields, in per cent of the window from left and from below."""
    x0, x1, y0, y1 = window[:4]
    x, y = (float(v) for v in np.asarray(at)[:2])
    a, b = 100 / (x1 - x0), 100 / (y1 - y0)
    return handle_values(x, y, across=(fields[0], -a * x0, a), up=(fields[1], -b * y0, b))


def normal(weights: NDArray[np.float64], window: Window) -> list[Trace]:
    """Draw the weight vector (frames, 3), always of one length, where the boundary is nearest to the view's middle."""
    near, unit = foot(weights, window)
    tip = near + 0.256 * min(window[1] - window[0], window[3] - window[2]) * unit
    name = text(moving(tip[:, :1]), moving(tip[:, 1:]), "w")
    return [arrow(near[:, None], tip[:, None], BLUE, width=2.5), name]


def foot(weights: NDArray[np.float64], window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the points of lines (n, 3), bias first, that are nearest to the middle of the view, and the unit normals."""
    b, w = weights[:, :1], weights[:, 1:]
    centre = np.array([window[0] + window[1], window[2] + window[3]]) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = w / np.linalg.norm(w, axis=1, keepdims=True)
        # The point of the line w·x + b = 0 nearest to c: c − (w·c + b) w / ‖w‖²
        near = centre - (w @ centre[:, None] + b) * w / (w**2).sum(axis=1, keepdims=True)
    return near, unit


def rivals(weights: Mapping[T, ArrayLike], window: Window) -> tuple[list[Trace], list[Trace]]:
    """Draw other methods' boundaries, where c0 + c1 x + c2 y (+ c3 x² + c4 xy + c5 y²) is 0: lines, and their names.

    A name stands at the line's end in the lower right, that of a second one towards the other end.
    """
    x0, x1, y0, y1 = window[:4]
    lines: list[Trace] = []
    names: list[Trace] = []
    for words, c in weights.items():
        reach = 0.0 if lines else max(x1 - x0, y1 - y0)  # the view may be that much wider
        place = _on_zero(np.asarray(c, float), (x0 - reach, x1 + reach), (y0 - reach, y1 + reach))
        name = line(place[:, 0], place[:, 1], OTHER, label=words, at=0.3 if lines else 1.0)
        names.append({**name, "mode": "none"})
        lines.append(quadric(c, tint=0.0, line=OTHER, width=1.5))
    return lines, names


def _on_zero(
    coefficients: NDArray[np.float64], x_range: tuple[float, float], y_range: tuple[float, float]
) -> NDArray[np.float64]:
    """Give (m, 2) points where c0 + c1 x + c2 y + c3 x² + c4 xy + c5 y² is 0, from upper left to lower right."""
    c0, c1, c2, c3, c4, c5 = np.append(coefficients, np.zeros(6 - len(coefficients)))
    (x0, x1), (y0, y1) = x_range, y_range
    xs, ys = np.linspace(x0, x1, 40), np.linspace(y0, y1, 40)
    up = np.column_stack([np.tile(xs, 2), _roots(c5, c2 + c4 * xs, c0 + c1 * xs + c3 * xs**2)])
    across = np.column_stack([_roots(c3, c1 + c4 * ys, c0 + c2 * ys + c5 * ys**2), np.tile(ys, 2)])
    place = np.concatenate([up, across])
    place = place[(place[:, 0] >= x0) & (place[:, 0] <= x1) & (place[:, 1] >= y0) & (place[:, 1] <= y1)]
    return place[np.argsort(place[:, 0] / (x1 - x0) - 0.5 * place[:, 1] / (y1 - y0))]


def _roots(a: float, b: NDArray[np.float64], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give both solutions of a t² + b t + c = 0 for each b and c, one after the other; not a number where none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if a == 0:
            return np.tile(-c / b, 2)
        root = np.sqrt(b**2 - 4 * a * c)
        return np.concatenate([(-b - root) / (2 * a), (-b + root) / (2 * a)])

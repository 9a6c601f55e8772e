"""Figures and cards: two axes around marks, three axes around traces of Plotly's, the forms that many lessons share."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from core.data.window import padded as padded
from core.data.window import round_up as round_up
from core.data.window import span as span
from core.text import T
from figures.marks import heat, line, ring, shade, text
from figures.spec import BLUE, CLASS_COLORS, GRID, INK, MUTED, PAPER, Card, Figure, Row, Trace

Mark = Trace | list[Trace] | None
Ticks = int | Sequence[float] | Mapping[float, T | str] | None


def plot(
    name: str,
    *under: Mark,
    x: T | str,
    y: T | str,
    xlim: Sequence[float],
    ylim: Sequence[float],
    data: Sequence[Trace] = (),
    view: str = "",
    equal: bool = False,
    log_x: bool = False,
    log_y: bool = False,
    whole_x: bool = False,
    whole_y: bool = False,
    xticks: Ticks = None,
    yticks: Ticks = None,
    small: bool = False,
    drag: bool = True,
    titled: bool = False,
    margin: Mapping[str, int] | None = None,
    says: str = "",
) -> Figure:
    """Make a figure with two axes.

    Parameters
    ----------
    under
        Marks for the canvas, or lists of them; None is left out.
    x, y
        Axis titles, with units. Empty takes the axis' line, ticks and numbers away as well.
    xlim, ylim
        What is shown; for a log axis, powers of ten (as Plotly has it).
    data
        Traces for Plotly.
    view
        While it, and the scene's `ZOOM`, stay the same, the reader's zoom is kept.
    equal
        One unit is as long on both axes: the browser shows more of one axis where need be. (Plotly's `scaleanchor`
        loses the reader's zoom on updates.)
    log_x, log_y, whole_x, whole_y
        A log axis; ticks at whole numbers only.
    xticks, yticks
        Where ticks stand; a dict gives their words: {0: "never", 1: T("いつも", "always")}. A whole number is how many
        there may be at most.
    small
        Less margin and fewer ticks, for a figure among others.
    drag
        False: dragging does nothing (there is nothing to zoom).
    titled
        The scene's title of the figure stands over it.
    margin
        What differs from the usual margins: {"l": 90}.
    says
        The name of its sentences in the scene's TOML, if not its own.
    """
    layout = axes(x, y, xlim, ylim, view=view, equal=equal, log_y=log_y, integer_x=whole_x, integer_y=whole_y)
    if log_x:
        layout["xaxis"] |= _log(xlim)
    if small:
        layout["margin"] = {"l": 50, "r": 10, "t": 6, "b": 42}
        for axis in ("xaxis", "yaxis"):
            layout[axis].setdefault("nticks", 5)
    for axis, title, ticks in (("xaxis", x, xticks), ("yaxis", y, yticks)):
        if not title and ticks is None:
            # No place for a tick, so that the canvas, which draws the grid, has no line to draw either.
            layout[axis] |= {
                "showticklabels": False,
                "showline": False,
                "ticks": "",
                "tickmode": "array",
                "tickvals": [],
            }
        if isinstance(ticks, int):
            layout[axis]["nticks"] = ticks
        elif ticks is not None:
            layout[axis] |= {"tickmode": "array", "tickvals": [float(v) for v in ticks]}
            if isinstance(ticks, Mapping):
                layout[axis]["ticktext"] = list(ticks.values())
            elif layout[axis].get("type") == "log":
                layout[axis]["ticktext"] = [f"{v:,.10g}" for v in ticks]
    if not drag:
        layout["dragmode"] = False
    if titled:
        layout["title"] = {"font": {"size": 13}, "x": 0.02, "y": 0.99, "yanchor": "top"}
        layout["margin"] = {**layout["margin"], "t": 26}
    if margin:
        layout["margin"] = {**layout["margin"], **margin}
    flat = [m for mark in under if mark is not None for m in (mark if isinstance(mark, list) else [mark])]
    return Figure(name, layout, flat, data, says=says)


def sheet(name: str, *under: Mark, room: int = 4, **axes: Any) -> Figure:
    """Make a figure without axes for pictures, boxes and words, `room` px around them; there is nothing to zoom."""
    return plot(name, *under, x="", y="", **{"drag": False, "margin": dict.fromkeys("lrtb", room), **axes})


def axes(
    x: T | str,
    y: T | str,
    x_range: Sequence[float],
    y_range: Sequence[float],
    *,
    view: str = "",
    equal: bool = False,
    log_y: bool = False,
    integer_x: bool = False,
    integer_y: bool = False,
) -> dict[str, Any]:
    """Lay out two named axes.

    Parameters
    ----------
    x, y
        Axis titles, with units.
    x_range, y_range
        What is shown; for a log axis, powers of ten (as Plotly has it).
    view
        While it, and the scene's `ZOOM`, stay the same, the reader's zoom is kept over updates (Plotly's `uirevision`).
    equal
        One unit is as long on both axes: the browser shows more of one axis where need be. (Plotly's `scaleanchor`
        loses the reader's zoom on updates.)
    log_y, integer_x, integer_y
        A log axis; ticks at whole numbers only.
    """
    axis: dict[str, Any] = {
        "zeroline": False,
        "gridcolor": GRID,
        "linecolor": MUTED,
        "showline": True,
        "ticks": "outside",
        "tickcolor": MUTED,
        "ticklen": 4,
        "automargin": False,
    }
    xaxis = {**axis, "title": {"text": x, "standoff": 8, "font": {"size": 13}}, "range": [float(v) for v in x_range]}
    yaxis = {**axis, "title": {"text": y, "standoff": 6, "font": {"size": 13}}, "range": [float(v) for v in y_range]}
    if log_y:
        yaxis |= _log(y_range)
    if integer_x and x_range[1] - x_range[0] < 12:
        xaxis["dtick"] = 1
    if integer_y and y_range[1] - y_range[0] < 8:
        yaxis["dtick"] = 1
    return {
        "uirevision": view,
        "margin": {"l": 52, "r": 12, "t": 10, "b": 44},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": "zoom",
        "meta": {"equal": equal},
        "xaxis": xaxis,
        "yaxis": yaxis,
    }


def axes3d(x: T | str, y: T | str, z: T | str, *, view: str = "") -> dict[str, Any]:
    """Lay out three named axes of a 3-D figure; its traces go to `data`, and the reader's camera is kept.

    Parameters
    ----------
    x, y, z
        Axis titles, with units.
    view
        While it stays the same, the camera is kept over updates (Plotly's `uirevision`).
    """
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "showbackground": False, "color": INK}
    names = {"xaxis": x, "yaxis": y, "zaxis": z}
    return {
        "uirevision": view,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "scene": {"uirevision": view, **{key: {**axis, "title": {"text": text}} for key, text in names.items()}},
    }


def space(
    name: str, *data: Mark, x: T | str, y: T | str, z: T | str, view: str = "", says: str = "", **scene: Any
) -> Figure:
    """Make a figure with three axes from traces of Plotly's; `scene` takes what else Plotly's scene does."""
    layout = axes3d(x, y, z, view=view)
    layout["scene"] |= scene
    flat = [m for mark in data if mark is not None for m in (mark if isinstance(mark, list) else [mark])]
    return Figure(name, layout, data=flat, says=says)


def curve(
    name: str,
    over: ArrayLike,
    curves: Mapping[T, ArrayLike],
    *more: Mark,
    now: float | None = None,
    colors: Sequence[str] = CLASS_COLORS,
    ylim: Sequence[float] | None = None,
    **axes: Any,
) -> Figure:
    """Draw named curves over one axis, each named where it ends, with a ring on each at `now`."""
    over = np.asarray(over, float)
    rows = [np.asarray(values, float) for values in curves.values()]
    lines = [
        line(over, row, color, width=2.5, label=label, where="middle left" if len(rows) > 1 else "top left")
        for label, row, color in zip(curves, rows, colors, strict=False)
    ]
    at = None if now is None else [ring(now, float(np.interp(now, over, row))) for row in rows]
    limits = span(np.concatenate(rows)) if ylim is None else ylim
    return plot(name, lines, at, *more, ylim=limits, **{"xlim": (float(over.min()), float(over.max())), **axes})


def matrix(
    name: str,
    values: ArrayLike,
    rows: Sequence[T | str],
    columns: Sequence[T | str],
    *more: Mark,
    x: T | str,
    y: T | str,
    digits: int = 0,
    color: str = BLUE,
    **axes: Any,
) -> Figure:
    """Draw a table of numbers (h, w), row 0 on top, each cell tinted by its value and with its number in it."""
    z = np.asarray(values, float)
    h, w = z.shape
    top = float(np.nanmax(z)) if np.isfinite(z).any() else 1.0
    across, up = np.meshgrid(np.arange(w), np.arange(h)[::-1])
    words = [f"{v:.{digits}f}" if np.isfinite(v) else "–" for v in z.ravel()]
    tint = heat(shade(z[::-1], 0, top or 1.0), (0, w - 1), (0, h - 1), ((0, "$paper"), (1, color)), 0.7, smooth=False)
    return plot(
        name,
        tint,
        text(across.ravel(), up.ravel(), words, INK, "middle center"),
        *more,
        x=x,
        y=y,
        xlim=(-0.5, w - 0.5),
        ylim=(-0.5, h - 0.5),
        xticks=dict(enumerate(columns)),
        yticks={h - 1 - i: row for i, row in enumerate(rows)},
        **{"drag": False, **axes},
    )


def histograms(
    name: str,
    shares: ArrayLike,
    span: Sequence[float],
    *more: Mark,
    first: int = 0,
    color: str = BLUE,
    log: bool = False,
    **axes: Any,
) -> Figure:
    """Draw a histogram for each layer or step as a column: shares (n, bins) over `span`, exponents of ten if `log`."""
    z = np.asarray(shares, float)
    last, half = first + len(z) - 1, (span[1] - span[0]) / z.shape[1] / 2
    tint = shade(np.sqrt(z.T), 0, 0.6)  # by the root, so that rare values show as well
    cells = heat(tint, (first, last), (span[0] + half, span[1] - half), ((0, PAPER), (1, color)), smooth=False)
    limits = {"xlim": (first - 0.5, last + 0.5), "ylim": span}
    ticks: dict[str, Any] = {"yticks": powers(span), "margin": {"l": 64}} if log else {}
    return plot(name, cells, *more, **{**limits, **ticks, "whole_x": True, **axes})


def table(title: T, *rows: tuple[T, ArrayLike, int] | Row | None, name: str = "card") -> Card:
    """Make a card from (label, value or values over the frames, digits); None is left out."""
    kept = (row if isinstance(row, Row) else Row(row[0], np.asarray(row[1], float), row[2]) for row in rows if row)
    return Card(name, title, tuple(kept))


def powers(limits: Sequence[float], most: int = 7) -> dict[float, str]:
    """Give ticks for an axis of log₁₀ values that read as powers of ten, about `most` of them between the ends.

    For values that a log axis cannot show, since float32, as which they travel, ends at 10⁻⁴⁵.
    """
    low, high = limits
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100, 200) if (high - low) / s <= most)
    exponents = range(-int(-low // step) * step, int(high) + 1, step)
    return {k: {0: "1", 1: "10"}.get(k, f"10<sup>{k}</sup>".replace("-", "−")) for k in exponents}


def _log(limits: Sequence[float]) -> dict[str, Any]:
    """Make a log axis. Plotly would write its powers of ten larger than all other ticks."""
    ticks = powers(limits)
    return {"type": "log", "tickmode": "array", "tickvals": [10.0**k for k in ticks], "ticktext": list(ticks.values())}

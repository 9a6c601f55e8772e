"""What a picture is made of: the words `pages/` and `figures/` use to tell the stage what to draw.

A `Stage` is one or more `Figure`s in a grid with one shared `Playhead`. A figure is a plain Plotly figure (traces and a
layout, as dicts; arrays stay numpy) of which the traces in `under` are painted on a canvas below the axes. Redrawing SVG
marks is what makes a Plotly update slow, so whatever changes while a hand moves belongs in `under`; Plotly keeps axes,
zoom, hover and all that it alone can draw (3-D, say).

`under` takes these kinds of trace, painted in order:

=========  =============================================================================================
scatter    Plotly's: `mode` lines / markers / text, `fill="toself"`; gaps at NaN; marker and line styles
heatmap    Plotly's: `z` (h, w) with `x0 dx y0 dy` as centres, `zmin zmax`, `colorscale` of two-element rows
points     labelled data (`points`): class shows as shape and colour, mistakes are crossed, one may be ringed;
           editable points can be added, dragged, flipped and deleted
handles    (`handle_values`, `handle_points`) marks to take hold of and move: a query, the centroids
picture    (`picture`) an RGB image laid into the plane
quadric    (`quadric`) the two regions and the zero line of c0 + c1 x + c2 y + c3 x² + c4 xy + c5 y², drawn in
           whatever part of the plane is in view
=========  =============================================================================================

Any array of a trace may be `Frames`: its first axis is time, and the playhead shows one row. Or `Kept`: large, and the same
from move to move. Any string may be a `T`.
Colours are the names below (`BLUE`, `INK`, …): the browser puts in the light or the dark theme's value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Trace = Mapping[str, Any]


@dataclass(frozen=True)
class T:
    """A text in both languages, each written natively."""

    ja: str
    en: str

    def __call__(self, lang: str) -> str:
        """Give the text in `lang`, "ja" or "en"."""
        return self.en if lang == "en" else self.ja


# Okabe & Ito, "Color Universal Design" (2008), one name a meaning. `ui/stage/theme.js` holds the values of both themes.
BLUE, ORANGE, GREEN, PURPLE, SKY = "$blue", "$orange", "$green", "$purple", "$sky"
NOW = "$now"  # vermilion: the playhead, the current example, a query; nothing else
OTHER = "$other"  # grey-violet: a library's or another method's answer
INK, MUTED, GRID, PAPER = "$ink", "$muted", "$grid", "$paper"
CLASS_COLORS = (BLUE, ORANGE, GREEN, PURPLE, SKY)
CLASS_SYMBOLS = ("circle", "triangle-up", "square", "diamond", "cross")


@dataclass(frozen=True, eq=False)
class Frames:
    """An array that moves with the playhead.

    Parameters
    ----------
    values
        (rows, …), or such an array `Kept` or `Scaled`. Frame k shows row k // every.
    every
        Frames that show the same row.
    since
        How many of a row's frames show nothing (NaN) before the row appears.
    """

    values: "NDArray[Any] | Kept | Scaled"
    every: int = 1
    since: int = 0

    def __post_init__(self) -> None:
        if np.ndim(self.array) < 1 or len(self.array) == 0:
            raise ValueError("Frames need at least one frame.")
        if not 0 <= self.since < self.every:
            raise ValueError("Frames need 0 <= since < every.")

    @property
    def array(self) -> NDArray[Any]:
        """The values themselves, however they travel."""
        return self.values.values if isinstance(self.values, Kept | Scaled) else self.values


@dataclass(frozen=True, eq=False)
class Kept:
    """A large array that stays the same while a hand moves (thumbnails, say); it travels once."""

    values: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scaled:
    """Rows that are all of one shape, moved and stretched, as a bell curve's are: only what makes them travels.

    Parameters
    ----------
    shape
        (n,) the row at offset 0 and scale 1.
    scale, offset
        (rows,) each.
    """

    shape: NDArray[Any]
    scale: NDArray[Any]
    offset: NDArray[Any]

    @property
    def values(self) -> NDArray[np.float32]:
        """The rows (rows, n)."""
        shape, scale, offset = (np.asarray(part, np.float32) for part in (self.shape, self.scale, self.offset))
        return offset[:, None] + scale[:, None] * shape


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure of a stage.

    Parameters
    ----------
    name
        Identifies the figure within its stage and in `Stage.grid`; a CSS grid-area name.
    title
        A few words: the tab on a narrow screen, the heading for those who do not see the picture.
    alt
        What the picture shows now, in a sentence or two, with its numbers.
    under, data
        Traces painted on the canvas, and traces drawn by Plotly. See the module's docstring.
    layout
        Plotly's layout; `axes` makes one. Axes need explicit ranges: canvas traces do not count for autorange.
    """

    name: str
    title: T
    alt: T
    layout: Mapping[str, Any]
    under: Sequence[Trace] = ()
    data: Sequence[Trace] = ()


@dataclass(frozen=True, eq=False)
class Live:
    """A place in a stage's grid that a lesson's own JavaScript fills: what Python cannot do in time, such as a game.

    Parameters
    ----------
    name, title, alt
        As of a `Figure`.
    module
        File under `assets/`: "cartpole/play.js". Its default export takes (node, api) and gives {update(data), close()};
        api has color(name), lang, frame (the playhead's, else infinity), reduced (less motion is wanted).
    data
        What `update` takes, at each redraw: numbers, texts (`T`), arrays.
    """

    name: str
    title: T
    alt: T
    module: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Playhead:
    """The shared time of a stage.

    Parameters
    ----------
    steps
        (frames,) what the counter reads at each frame (an update, an epoch, a second), non-decreasing.
    unit
        What is counted: T("更新", "update").
    seconds
        How long playing all of it takes.
    """

    steps: NDArray[Any]
    unit: T
    seconds: float = 8.0


@dataclass(frozen=True, eq=False)
class Row:
    """A line of a `Card`: a number with `digits` decimals, or (with `words`) an index into `words`, at each frame."""

    label: T
    values: NDArray[Any] | Kept  # (frames,), or (1,) for what does not move; NaN shows as a dash
    digits: int = 2
    words: tuple[T, ...] = ()

    @property
    def array(self) -> NDArray[Any]:
        """The values themselves, kept or not."""
        return self.values.values if isinstance(self.values, Kept) else self.values


@dataclass(frozen=True, eq=False)
class Card:
    """A small table of live numbers that follows the playhead; it takes a place in the grid like a figure."""

    name: str
    title: T
    rows: tuple[Row, ...]


@dataclass(frozen=True, eq=False)
class Stage:
    """Figures and cards in a grid, and the time they share.

    Parameters
    ----------
    grid
        Rows of figure names, as in CSS grid-template-areas: ("plane plane mistakes", "plane plane card"). On a narrow
        screen one figure shows at a time, the first first.
    height
        Of the grid in px, the playhead not counted. Fixed, so that no redraw moves the page.
    columns
        CSS grid-template-columns; equal columns by default.
    note
        A sentence shown over the stage (a limit reached, a run that left the finite numbers), or None.
    """

    figures: tuple[Figure | Live, ...]
    grid: tuple[str, ...]
    cards: tuple[Card, ...] = ()
    playhead: Playhead | None = None
    height: int = 520
    columns: str = ""
    note: T | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def points(
    x: ArrayLike | Frames,
    y: ArrayLike | Frames,
    label: ArrayLike,
    *,
    names: Sequence[T],
    mistake: NDArray[Any] | Frames | None = None,
    ring: NDArray[Any] | Frames | None = None,
    muted: NDArray[Any] | None = None,
    size: float | NDArray[Any] | Frames = 9.0,
    editable: bool = False,
    limit: int = 200,
    rows: ArrayLike | None = None,
    images: Kept | None = None,
) -> Trace:
    """Labelled data points, the same in every figure of every lesson.

    Parameters
    ----------
    x, y
        (n,) coordinates.
    label
        (n,) class indices; they choose shape and colour.
    names
        The classes' names, for hover and for the brush that adds points.
    mistake
        (n,) non-zero where a cross covers the mark.
    ring
        (1,) index of the point to ring as "now", -1 for none.
    muted
        (n,) non-zero where the mark is greyed (held out, missing).
    size
        Diameter in px, one or (n,).
    editable, limit
        Whether points can be added, moved, flipped and deleted by hand, and how many there may be.
    rows
        (n,) ids, the same for the same example in every figure of the stage: a lasso in one figure lights the examples
        in all. A figure with `rows` is brushed by dragging; shift-drag zooms. Not together with `editable`.
    images
        (n, h, w) uint8, amounts of ink, or (n, h, w, 3) RGB: what hover shows of a point.
    """
    trace: dict[str, Any] = {
        "type": "points",
        "x": _array(x),
        "y": _array(y),
        "label": np.asarray(label, dtype=np.uint8),
        "names": list(names),
        "size": size,
        "editable": editable,
        "limit": limit,
    }
    if rows is not None:
        if editable:
            raise ValueError("A figure can be edited or brushed by dragging, not both.")
        trace["rows"] = np.asarray(rows, dtype=np.int32)
    if images is not None:
        trace["images"] = images
    for key, value in (("mistake", mistake), ("ring", ring), ("muted", muted)):
        if value is not None:
            trace[key] = value
    return trace


def handle_values(x: float, y: float, *, across: tuple[str, float, float], up: tuple[str, float, float]) -> Trace:
    """Make one mark that, moved by hand, sets two parameters: the query, drawn as a vermilion ring.

    Parameters
    ----------
    x, y
        Where it is.
    across, up
        (field of Params, a, b): a moved mark sets the field to a + b·x, or a + b·y; the field's range clamps it.
    """
    place = {"x": np.array([x], dtype=np.float32), "y": np.array([y], dtype=np.float32)}
    return {"type": "handles", **place, "values": [list(across), list(up)]}


def handle_points(x: ArrayLike, y: ArrayLike, label: ArrayLike, *, field: str, names: Sequence[T]) -> Trace:
    """Make marks that can be moved but neither added nor deleted, drawn large with an ink outline: centroids.

    Parameters
    ----------
    x, y, label
        (n,) coordinates and class indices.
    field
        The Params field (declared with `hand_points`) that takes ((x, y, class), …) when one is moved.
    names
        The classes' names.
    """
    return {
        "type": "handles",
        "x": np.asarray(x, dtype=np.float32),
        "y": np.asarray(y, dtype=np.float32),
        "label": np.asarray(label, dtype=np.uint8),
        "names": list(names),
        "field": field,
    }


def picture(
    z: NDArray[np.uint8] | Frames | Kept, x0: float, y0: float, x1: float, y1: float, *, smooth: bool = True
) -> Trace:
    """Lay an RGB image into the plane.

    Parameters
    ----------
    z
        (h, w, 3) uint8, the first row on top.
    x0, y0, x1, y1
        Its left, lower, right and upper edge, in data.
    smooth
        False shows its pixels as they are.
    """
    return {"type": "picture", "z": z, "x0": x0, "y0": y0, "x1": x1, "y1": y1, "smooth": smooth}


def quadric(
    coefficients: ArrayLike | Frames,
    *,
    negative: str = BLUE,
    positive: str = ORANGE,
    tint: float = 0.15,
    line: str = BLUE,
    width: float = 2.5,
    dash: str = "solid",
) -> Trace:
    """Two tinted regions and the line between them: where c0 + c1 x + c2 y (+ c3 x² + c4 xy + c5 y²) changes sign.

    Parameters
    ----------
    coefficients
        (3,) or (6,) numbers, or `Frames` of them. All zero tints the whole plane as positive.
    negative, positive
        Tint where the value is < 0 and where it is ≥ 0, at opacity `tint` (0 for the line alone).
    line, width, dash
        The zero line, in px; dash "solid" or "dash".
    """
    c = coefficients if isinstance(coefficients, Frames) else np.asarray(coefficients, dtype=np.float32)
    return {
        "type": "quadric",
        "c": c,
        "negative": negative,
        "positive": positive,
        "tint": tint,
        "line": {"color": line, "width": width, "dash": dash},
    }


def axes(
    x: T | str,
    y: T | str,
    x_range: Sequence[float],
    y_range: Sequence[float],
    *,
    view: str,
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
        While it stays the same, the reader's zoom is kept over updates (Plotly's `uirevision`).
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
        yaxis |= {"type": "log", "exponentformat": "power", "dtick": _decades(y_range)}
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


def axes3d(x: T | str, y: T | str, z: T | str, *, view: str) -> dict[str, Any]:
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


def _decades(log_range: Sequence[float]) -> int:
    """Decades between ticks, so that a log axis has at most seven."""
    return max(1, int(np.ceil((log_range[1] - log_range[0]) / 7)))


def padded(values: ArrayLike, *, share: float = 0.08, least: float = 1e-6) -> tuple[float, float]:
    """Give the range of the finite `values` with `share` of its width to spare on both sides.

    Parameters
    ----------
    values
        Any shape; not-a-number and infinity are left out. Nothing finite gives (-1, 1).
    share, least
        The spare room as a share of the width, and the least width.
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    room = max((high - low) * share, least)
    return low - room, high + room


def steady(values: ArrayLike) -> tuple[float, float]:
    """Give a range with room around the finite `values` whose ends are round, so that it rarely changes as they move.

    Parameters
    ----------
    values
        Any shape; nothing finite gives (-2, 2).
    """
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0:
        return -2.0, 2.0
    low, high = padded(finite, share=0.12, least=0.5)
    step = 10.0 ** np.floor(np.log10(high - low)) * (
        1.0 if (high - low) / 10.0 ** np.floor(np.log10(high - low)) > 4 else 0.5
    )
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def rounded_up(value: float) -> float:
    """Give the next of 5, 10, 20, 50, 100, …: an axis end that rarely changes while a slider moves."""
    end = 5.0
    for factor in (2.0, 2.0, 2.5) * 12:
        if value <= end:
            return end
        end *= factor
    return end


def _array(values: ArrayLike | Frames | Kept) -> NDArray[np.float32] | Frames | Kept:
    return values if isinstance(values, Frames | Kept) else np.asarray(values, dtype=np.float32)


def line(x: ArrayLike | Frames | Kept, y: ArrayLike | Frames | Kept, color: str, **style: Any) -> Trace:
    """Make a line trace; `style` takes Plotly's `width` and `dash`, and `label` for a name on the line.

    The name stands at the line's last point in view, or at the share `at` (0 to 1) of its points; `where` is its side,
    "top left" by default.
    """
    label, at, where = style.pop("label", None), style.pop("at", 1.0), style.pop("where", "top left")
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "x": _array(x),
        "y": _array(y),
        "line": {"color": color, "width": 2, **style},
    }
    if label is not None:
        trace["name"] = label
        trace["meta"] = {"label": True, "at": at}
        trace["textposition"] = where
    return trace


def marks(x: ArrayLike | Frames | Kept, y: ArrayLike | Frames | Kept, color: str, **style: Any) -> Trace:
    """Make a marker trace; `style` is Plotly's `marker` (size, symbol, line …)."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _array(x),
        "y": _array(y),
        "marker": {"color": color, "size": 8, **style},
    }

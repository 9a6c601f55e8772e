"""What a picture is made of: the words `pages/` and `figures/` use to tell the stage what to draw.

`figures.marks` makes traces, `figures.plot` lays out figures and cards.

A `Stage` is one or more `Figure`s in a grid with one shared `Playhead`. A figure is a plain Plotly figure (traces and a
layout, as dicts; arrays stay numpy) of which the traces in `under` are painted on a canvas below the axes. Redrawing
SVG marks is what makes a Plotly update slow, so whatever changes while a hand moves belongs in `under`; Plotly keeps
axes, zoom, hover and all that it alone can draw (3-D, say).

`under` takes these kinds of trace, painted in order:

=========  =============================================================================================
scatter    Plotly's: `mode` lines / markers / text, `fill="toself"`; gaps at NaN; marker and line styles
heatmap    Plotly's: `z` (h, w) with `x0 dx y0 dy` as centres, `zmin zmax`, `colorscale` of two-element rows
points     labelled data (`points`): class shows as shape and colour, mistakes are crossed, one may be ringed;
           editable points can be added, dragged, flipped and deleted
handles    (`handle_values`, `handle_points`) marks to take hold of and move: a query, the centroids
press      (`press`) boxes that a click presses; each sets parameters. What they look like is drawn by other traces
picture    (`picture`) an RGB image laid into the plane
quadric    (`quadric`) the two regions and the zero line of c0 + c1 x + c2 y + c3 x² + c4 xy + c5 y², drawn in
           whatever part of the plane is in view
=========  =============================================================================================

Any array of a trace may be `Frames`: its first axis is time, and the playhead shows one row. Or `Kept`: large, and the
same from move to move. Any string may be a `T`.
Colours are the names below (`BLUE`, `INK`, …): the browser puts in the light or the dark theme's value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text import T

Trace = Mapping[str, Any]
NOTHING = T("", "")


# Okabe & Ito, "Color Universal Design" (2008), one name a meaning. `ui/stage/theme.js` holds the values of both themes.
BLUE, ORANGE, GREEN, PURPLE, SKY = "$blue", "$orange", "$green", "$purple", "$sky"
NOW = "$now"  # vermilion: the playhead, the current example, a query; nothing else
OTHER = "$other"  # grey-violet: a library's or another method's answer
INK, MUTED, GRID, PAPER = "$ink", "$muted", "$grid", "$paper"
SIGNED = ((0, BLUE), (0.5, PAPER), (1, ORANGE))  # the colours of a heat, from what is negative to what is positive
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
    title, alt
        A few words, the tab on a narrow screen; and what the picture shows now, in a sentence or two, with its numbers.
        A scene leaves both out: they stand in its TOML.
    says
        The name of those sentences in the TOML, where it is not the figure's own.
    under, data
        Traces painted on the canvas, and traces drawn by Plotly. See the module's docstring.
    layout
        Plotly's layout; `axes` makes one. Axes need explicit ranges: canvas traces do not count for autorange.
    """

    name: str
    layout: Mapping[str, Any]
    under: Sequence[Trace] = ()
    data: Sequence[Trace] = ()
    title: T = NOTHING
    alt: T = NOTHING
    says: str = ""


@dataclass(frozen=True, eq=False)
class Live:
    """A place in a stage's grid that a lesson's own JavaScript fills: what Python cannot do in time, such as a game.

    Parameters
    ----------
    name, title, alt, says
        As of a `Figure`.
    module
        File under `assets/`: "cartpole/play.js". Its default export takes (node, api) and gives {update(data),
        close()}; api has color(name), lang, frame (the playhead's, else infinity), reduced (less motion is wanted).
    data
        What `update` takes, at each redraw: numbers, texts (`T`), arrays.
    """

    name: str
    module: str
    data: Mapping[str, Any] = field(default_factory=dict)
    title: T = NOTHING
    alt: T = NOTHING
    says: str = ""


@dataclass(frozen=True, eq=False)
class Playhead:
    """The shared time of a stage.

    Parameters
    ----------
    steps
        (frames,) what the counter reads at each frame (an update, an epoch, a second), non-decreasing. Only one while
        what plays is still being computed: the playhead then keeps its place.
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
    values: NDArray[Any] | Kept | float  # (frames,), or one number for what does not move; NaN shows as a dash
    digits: int = 2
    words: tuple[T, ...] = ()

    @property
    def array(self) -> NDArray[Any]:
        """The values themselves, kept or not."""
        return self.values.values if isinstance(self.values, Kept) else np.atleast_1d(self.values)


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
        A sentence shown over the stage (a limit reached, a run that left the finite numbers), or None. A scene names
        sentences of its TOML's [note] instead: one name, or several.
    finale
        Whether the note tells how it ends: then it shows when the playhead is there.
    """

    figures: tuple[Figure | Live, ...]
    grid: tuple[str, ...]
    cards: tuple[Card, ...] = ()
    playhead: Playhead | None = None
    height: int = 520
    columns: str = ""
    note: T | str | Sequence[str] | None = None
    finale: bool = False

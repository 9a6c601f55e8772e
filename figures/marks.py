"""Marks: what figures are drawn with. Each is one trace, or a list of them, for `under`; `figures.plot` takes both.

`Moving` values may be `Frames` or `Kept`; `moving` makes frames of an array whose first axis is time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.text import T
from figures.spec import BLUE, INK, NOW, ORANGE, PAPER, Frames, Kept, Trace

Moving = ArrayLike | Frames | Kept


def moving(values: ArrayLike, every: int = 1, since: int = 0) -> Frames:
    """Let an array (frames, …) move with the playhead; each row stays for `every` frames, and shows from `since` on."""
    return Frames(np.atleast_2d(np.asarray(values, np.float32).T).T, every, since)


def until(mark: Trace, counts: ArrayLike) -> Trace:
    """Let a line, or a `band`, show no more than its first counts[k] places at frame k: what is to come is not told."""
    shown = np.asarray(counts, np.uint16)[:, None]
    return {**mark, "meta": {**mark.get("meta", {}), "until": Frames(shown)}}


def kept(mark: Trace) -> Trace:
    """Let all arrays of a mark that stays the same while a hand moves travel once."""

    def keep(value: Any) -> Any:
        if isinstance(value, Frames):
            return replace(value, values=Kept(value.array))
        return Kept(value) if isinstance(value, np.ndarray) else value

    return {name: keep(value) for name, value in mark.items()}


def _array(values: Moving) -> Any:
    """Leave places that are whole numbers in two bytes as they are; make float32 of all else."""
    if isinstance(values, Frames | Kept):
        return values
    array = np.atleast_1d(np.asarray(values))
    return array if array.dtype == np.uint16 else array.astype(np.float32)


def line(x: Moving, y: Moving, color: str, **style: Any) -> Trace:
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


def marks(x: Moving, y: Moving, color: str, **style: Any) -> Trace:
    """Make a marker trace; `style` is Plotly's `marker` (size, symbol, line …)."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _array(x),
        "y": _array(y),
        "marker": {"color": color, "size": 8, **style},
    }


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
            kind = np.int32 if key == "ring" else np.uint8
            trace[key] = value if isinstance(value, Frames) else np.asarray(value, kind)
    return trace


Sets = tuple[str, float, float] | None


def handle_values(x: float, y: float, *, across: Sets = None, up: Sets = None) -> Trace:
    """Make one mark that, moved by hand, sets one or two parameters: the query, drawn as a vermilion ring.

    Parameters
    ----------
    x, y
        Where it is.
    across, up
        (field of Params, a, b): a moved mark sets the field to a + b·x, or a + b·y; the field's range clamps it. None
        holds the mark along that axis.
    """
    place = {"x": np.array([x], dtype=np.float32), "y": np.array([y], dtype=np.float32)}
    return {"type": "handles", **place, "values": [axis and list(axis) for axis in (across, up)]}


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


def press(x: ArrayLike, y: ArrayLike, half: tuple[float, float], sets: Sequence[Mapping[str, Any]]) -> Trace:
    """Make boxes to press around (x, y), half a box being `half`: each sets fields of Params. They draw nothing."""
    place = {"x": np.asarray(x, dtype=np.float32), "y": np.asarray(y, dtype=np.float32)}
    return {"type": "press", **place, "half": [float(v) for v in half], "values": [dict(each) for each in sets]}


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


def text(x: Moving, y: Moving, words: T | str | Sequence[T | str], color: str = INK, at: str = "middle right") -> Trace:
    """Write words, one or one a place; `at` is the side of the place on which they stand."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": _array(x),
        "y": _array(y),
        "text": [words] if isinstance(words, T | str) else list(words),
        "textposition": at,
        "textfont": {"color": color},
    }


def ring(x: Moving, y: Moving, size: float = 14.0, color: str = NOW) -> Trace:
    """Ring what is now: the playhead's place, a query, the hand's own setting."""
    return marks(x, y, color, size=size, symbol="circle-open")


def area(x: Moving, y: Moving, color: str | T = BLUE, opacity: float = 0.15) -> Trace:
    """Fill a closed path, or several with NaN between them."""
    style = {"fill": "toself", "fillcolor": color, "opacity": opacity}
    return {"type": "scatter", "mode": "none", "x": _array(x), "y": _array(y), **style}


def band(x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str = BLUE, opacity: float = 0.15) -> Trace:
    """Fill between two curves over x (n,); a number is a level curve."""
    x = np.asarray(x, float)
    low, high = (np.broadcast_to(np.asarray(v, float), x.shape) for v in (low, high))
    return area(np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]), color, opacity)


def box(x0: float, x1: float, y0: float, y1: float, color: str = BLUE, opacity: float = 0.15) -> Trace:
    """Fill a rectangle."""
    return area([x0, x1, x1, x0], [y0, y0, y1, y1], color, opacity)


def bars(
    start: ArrayLike,
    end: ArrayLike,
    at: ArrayLike,
    half: ArrayLike,
    color: str | T = BLUE,
    opacity: float = 0.55,
    *,
    upright: bool = False,
) -> Trace:
    """Draw bars from `start` to `end` (…, n), `half` thick around `at` (n,), lying or upright; a leading axis moves.

    A colour may be another one in each language.
    """
    a, b, m, h = np.broadcast_arrays(*(np.asarray(v, float) for v in (start, end, at, half)))
    gap = np.full(a.shape, np.nan)
    along = np.stack([a, b, b, a, gap], -1).reshape(*a.shape[:-1], -1)
    across = np.stack([m - h, m - h, m + h, m + h, gap], -1).reshape(*a.shape[:-1], -1)
    if a.ndim == 2 and max(np.ndim(at), np.ndim(half)) < 2:
        across = across[0]  # only their ends move
    x, y = (moving(v) if v.ndim == 2 else v for v in ((across, along) if upright else (along, across)))
    return area(x, y, color, opacity)


def segments(start: ArrayLike, end: ArrayLike, color: str = INK, **style: Any) -> Trace:
    """Draw a line from each of `start` (…, n, 2) to each of `end`; a leading axis moves with the playhead."""
    a, b = np.broadcast_arrays(np.asarray(start, float), np.asarray(end, float))
    gap = [np.full_like(a, np.nan)] if a.shape[-2] > 1 else []
    path = np.stack([a, b, *gap], -2).reshape(*a.shape[:-2], -1, 2)
    x, y = (moving(path[..., i]) if path.ndim == 3 else path[..., i] for i in (0, 1))
    return line(x, y, color, **style)


def arrow(start: ArrayLike, end: ArrayLike, color: str = INK, *, size: float = 15.0, **style: Any) -> Trace:
    """Draw arrows, as `segments`."""
    head = {"mode": "lines+markers", "marker": {"symbol": "arrow", "size": size, "color": color}}
    return {**segments(start, end, color, **style), **head}


def hline(y: float, xlim: Sequence[float], color: str = INK, **style: Any) -> Trace:
    """Draw a level line across the figure; `style` and label as of `line`."""
    return line(xlim, [y, y], color, **style)


def vline(x: float, ylim: Sequence[float], color: str = INK, **style: Any) -> Trace:
    """Draw an upright line through the figure; `style` and label as of `line`."""
    return line([x, x], ylim, color, **style)


def heat(
    z: NDArray[np.uint8] | Frames | Kept,
    x: Sequence[float],
    y: Sequence[float],
    scale: Sequence[tuple[float, str]] = ((0, PAPER), (1, BLUE)),
    opacity: float = 1.0,
    *,
    smooth: bool = True,
) -> Trace:
    """Paint z (h, w) uint8, row 0 lowest, so that the cells' centres run from end to end of `x` and of `y`."""
    array = z.array if isinstance(z, Frames) else z.values if isinstance(z, Kept) else z
    h, w = array.shape[-2:]
    return {
        "type": "heatmap",
        "z": z,
        "x0": float(x[0]),
        "dx": float(x[1] - x[0]) / max(w - 1, 1),
        "y0": float(y[0]),
        "dy": float(y[1] - y[0]) / max(h - 1, 1),
        "zmin": 0,
        "zmax": 255,
        "colorscale": [list(step) for step in scale],
        "opacity": opacity,
        **({} if smooth else {"zsmooth": False}),
    }


def shade(values: ArrayLike, low: float, high: float) -> NDArray[np.uint8]:
    """Turn values into the 256 steps of a heat: what lies beyond an end has that end's colour."""
    steps = (np.asarray(values, float) - low) / (high - low) * 255
    return np.nan_to_num(np.clip(steps, 0, 255)).round().astype(np.uint8)


BELL = np.linspace(-3.2, 3.2, 97)  # where a bell is drawn, in standard deviations


def bell(
    mean: float,
    sd: float,
    color: str,
    width: float = 2.0,
    *,
    name: T,
    at: float = 0.0,
    where: str = "top left",
    filled: float = 0.0,
    dash: str = "solid",
) -> list[Trace]:
    """Draw N(mean, sd²); `at` says, in standard deviations, where on it the name stands."""
    # N(x; m, σ²) = exp(−(x − m)²/2σ²) / (√(2π) σ)
    x, y = mean + sd * BELL, np.exp(-0.5 * BELL**2) / (np.sqrt(2 * np.pi) * sd)
    share = (at - BELL[0]) / (BELL[-1] - BELL[0])
    curve = line(x, y, color, width=width, dash=dash, label=name, at=share, where=where)
    return [area(x, y, color, filled), curve] if filled else [curve]


def bell_sideways(x: float, mean: float, sd: float, across: float, color: str) -> Trace:
    """Draw N(mean, sd²) lying on its side at x, filled, its peak `across` wide."""
    # exp(−(t − m)²/2σ²), the peak being 1
    return area(x + across * np.exp(-0.5 * BELL**2), mean + sd * BELL, color, 0.3)


def ellipse(mean: ArrayLike, cov: ArrayLike, sd: float = 2.0, n: int = 65) -> NDArray[np.float64]:
    """Give the path (…, n, 2) of all places `sd` standard deviations from `mean` (…, 2) under `cov` (…, 2, 2)."""
    turn = np.linspace(0, 2 * np.pi, n)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    # Its symmetric root, so that paths of covariances that are alike start at places that are alike. A degenerate
    # covariance is a line: eigenvalues may be 0, and by rounding a little less.
    values, vectors = np.linalg.eigh(np.asarray(cov, float))
    root = (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    path: NDArray[np.float64] = np.asarray(mean, float)[..., None, :] + sd * np.swapaxes(root @ circle, -1, -2)
    return path

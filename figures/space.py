"""Labelled points in space: three named axes, a shape and a colour a class, and what is laid over them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.text import T
from figures.plot import Mark, space
from figures.spec import BLUE, CLASS_COLORS, INK, MUTED, NOW, Figure, Trace

SHAPES = ("circle", "diamond", "square", "cross", "x")  # of the classes: Plotly has no triangles in space
SIGNS = ("●", "◆", "■", "✚", "✕")
EYE = {"eye": {"x": 2.28, "y": -1.28, "z": 0.72}, "center": {"x": 0.0, "y": -0.07, "z": -0.06}}


def labelled(
    name: str,
    x: NDArray[np.float64],
    y: NDArray[np.int64],
    *over: Mark,
    names: Sequence[T],
    axes: Sequence[T],
    limits: NDArray[np.float64],
    large: ArrayLike = (),
    mistake: NDArray[np.bool_],
    muted: NDArray[np.bool_],
) -> Figure:
    """Draw points (n, 3) of classes (n,).

    Parameters
    ----------
    over
        Traces of Plotly's, or lists of them.
    names, axes
        Of the classes, which stand in a row above, since names among the points would hide them; and of the axes.
    limits
        (3, 2) ends of the axes.
    large
        Rows that are drawn nearly twice as large.
    mistake, muted
        (n,) points that are crossed, and points that are greyed.
    """
    size = np.full(len(x), 5.0, dtype=np.float32)
    size[np.asarray(large, int)] = 9.0
    classes: list[Trace] = []
    for c, word in enumerate(names):
        own = (y == c) & ~muted
        marker = {
            "opacity": 1.0,
            "color": CLASS_COLORS[c],
            "symbol": SHAPES[c],
            "size": size[own],
            "line": {"width": 0},
        }
        hover = T(*(_hover(word, axes, lang) for lang in ("ja", "en")))
        classes.append({**_points(x[own]), "mode": "markers", "marker": marker, "name": word, "hovertemplate": hover})
    grey = {"color": MUTED, "symbol": "circle", "size": 3, "opacity": 0.5}
    # A cross as a word: the font of Plotly's own "x" is not on every machine.
    cross = {
        "text": ["×"] * int(mistake.sum()),
        "textposition": "middle center",
        "textfont": {"color": INK, "size": 15},
    }
    row = {"xref": "paper", "yref": "paper", "y": 1.0, "yanchor": "top", "showarrow": False}
    figure = space(
        name,
        classes,
        {**_points(x[muted]), "mode": "markers", "marker": grey, "hoverinfo": "skip"},
        {**_points(x[mistake]), "mode": "text", **cross, "hoverinfo": "skip"},
        *over,
        **dict(zip("xyz", axes, strict=True)),  # type: ignore[arg-type]
        camera=EYE,
        aspectmode="manual",
        aspectratio={"x": 1.0, "y": 1.0, "z": 0.9},
        dragmode="turntable",  # by touch too
    )
    annotations = [
        {**row, "x": (c + 0.4) / len(names), "xanchor": anchor, "text": text, "font": {"color": color, "size": 13}}
        for c, word in enumerate(names)
        for anchor, text, color in (("right", SIGNS[c], CLASS_COLORS[c]), ("left", word, INK))
    ]
    scene = dict(figure.layout["scene"])
    for axis, (low, high) in zip(("xaxis", "yaxis", "zaxis"), limits.tolist(), strict=True):
        title = {**scene[axis]["title"], "font": {"size": 13}}
        ticks = {"tickmode": "array", "tickvals": _inner(low, high), "tickfont": {"size": 11}}
        scene[axis] = {**scene[axis], "title": title, "range": [low, high], **ticks, "showspikes": False}
    return Figure(name, {**figure.layout, "scene": scene, "annotations": annotations}, data=figure.data)


def segments(start: ArrayLike, end: ArrayLike, color: str = INK) -> Trace:
    """Draw a line from each of `start` (…, 3) to each of `end`."""
    a, b = np.broadcast_arrays(np.asarray(start, float), np.asarray(end, float))
    return path(np.stack([a, b, np.full_like(a, np.nan)], axis=-2).reshape(-1, 3), color)


def path(places: NDArray[np.float64], color: str = INK) -> Trace:
    """Draw a line through places (n, 3), interrupted where they are NaN."""
    return {**_points(places), "mode": "lines", "line": {"color": color, "width": 3}, "hoverinfo": "skip"}


def cut(axis: int, at: float, limits: NDArray[np.float64]) -> Trace:
    """Frame the plane that stands upright on an axis of a box, `limits` (3, 2), at one of its values."""
    a, b = (i for i in range(3) if i != axis)
    corners = np.full((5, 3), at)
    corners[:, a], corners[:, b] = limits[a][[0, 1, 1, 0, 0]], limits[b][[0, 0, 1, 1, 0]]
    return path(corners, BLUE)


def dot(place: ArrayLike) -> Trace:
    """Mark what is now."""
    marker = {"color": NOW, "symbol": "circle", "size": 9, "line": {"width": 0}}
    return {**_points(np.atleast_2d(place)), "mode": "markers", "hoverinfo": "skip", "marker": marker}


def _points(x: NDArray[np.float64]) -> dict[str, Any]:
    return {"type": "scatter3d", **{axis: x[:, i].astype(np.float32) for i, axis in enumerate("xyz")}}


def _hover(word: T, axes: Sequence[T], lang: str) -> str:
    lines = (f"{axis(lang)}: %{{{name}:.1f}}" for name, axis in zip("xyz", axes, strict=True))
    return f"<b>{word(lang)}</b><br>" + "<br>".join(lines) + "<extra></extra>"


def _inner(low: float, high: float) -> list[float]:
    """Give a few round numbers away from the ends: where two axes meet their ticks would overlap."""
    gap = next(g for g in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, np.inf) if (high - low) / g <= 5)
    ticks = gap * np.arange(np.ceil(low / gap), np.floor(high / gap) + 1)
    room = 0.08 * (high - low)
    return [float(v) for v in ticks if low + room < v < high - room]

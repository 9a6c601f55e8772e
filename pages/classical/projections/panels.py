"""Maps as pictures: dots to be brushed, the classes' names, panels without units, a plane with units, space, scores."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.window import padded
from core.text import T
from figures.marks import points, segments, text
from figures.plot import Mark, plot, space, table
from figures.spec import BLUE, CLASS_COLORS, GRID, INK, OTHER, Card, Figure, Frames, Kept, Row, Trace
from pages.classical.projections.maps import NAMES, THREE, Map
from pages.classical.projections.points import Problem
from ui.sentences import written

Places = NDArray[Any]

SIDE = 10_000  # a map without units is drawn in a square of this side, as whole numbers: they travel in two bytes
ROOM = 0.06  # of the side, left free around the points
STYLES: Mapping[str, Mapping[str, Any]] = {  # of each method's line
    "pca": {"color": INK, "dash": "dash", "width": 1.8},
    "tsne": {"color": BLUE, "dash": "solid", "width": 2.5},
    "umap": {"color": OTHER, "dash": "solid", "width": 2.0},
}


def fitted(x: Places, like: Places | None = None) -> NDArray[np.uint16]:
    """Place maps (…, n, 2) in the square, each centred and as large as fits: their unit means nothing.

    With `like` (m, 2) they are placed as that would be; what falls outside stays on the edge.
    """
    frame = x if like is None else like
    low, high = frame.min(axis=-2, keepdims=True), frame.max(axis=-2, keepdims=True)
    half = np.maximum((high - low).max(axis=-1, keepdims=True) / 2, 1e-12)
    unit = (x - (low + high) / 2) / half  # of the frame, within [-1, 1]
    return np.round(np.clip(SIDE / 2 * (1 + (1 - 2 * ROOM) * unit), 0, SIDE)).astype(np.uint16)


def panel(name: str, *under: Mark, axis: T, says: str = "") -> Figure:
    """Lay out the square without units."""
    square = (0, SIDE)
    margin = {"l": 8, "r": 8, "t": 8, "b": 30}
    figure = plot(
        name, *under, x=axis, y="", xlim=square, ylim=square, xticks=[], yticks=[], equal=True, margin=margin, says=says
    )
    for side in ("xaxis", "yaxis"):
        figure.layout[side].update({"linecolor": GRID, "mirror": True})  # a frame
    return figure


def layout(name: str, x: Places, data: Problem, axis: T) -> Figure:
    """Draw a map (frames, n, dims): one that plays, a still one, one in space, or nothing yet."""
    if x.shape[-1] == 3:
        return solid(name, x[-1], data, axis)
    if not len(x):
        return panel(name, axis=axis)
    places = fitted(x if len(x) > 1 else x[-1])
    return panel(name, dots(places, data), tags(places, data), axis=axis)


def component(number: int, share: float) -> T:
    """Name an axis: a component and its share of the variance in %."""
    return T(f"第 {number} 主成分 ({share:.1f}%)", f"Component {number} ({share:.1f}%)")


def plane(name: str, *under: Mark, xy: Places, x: T, y: T, view: str = "") -> Figure:
    """Lay out a plane with units around xy (n, 2)."""
    window = {"xlim": padded(xy[:, 0]), "ylim": padded(xy[:, 1]), "view": view, "equal": True}
    return plot(name, *under, x=x, y=y, **window, margin={"l": 56, "r": 8, "t": 8, "b": 40})


def dots(
    xy: Places,
    data: Problem,
    *,
    label: NDArray[Any] | None = None,
    names: Sequence[T] | None = None,
    images: bool = True,
    muted: NDArray[Any] | None = None,
    size: float | None = None,
    still: bool = False,
) -> Trace:
    """Draw the examples at xy (n, 2), or (frames, n, 2), so that a lasso lights the same ones in all figures.

    Parameters
    ----------
    label, names
        What the marks tell, if not the classes.
    images
        Whether to show their pictures, where there are any.
    muted
        (n,) non-zero where a mark is greyed.
    size
        Of a mark in px; by default the smaller the more there are.
    still
        Whether the places stay as they are while a hand moves.
    """
    n = xy.shape[-2]
    along: list[Any] = [xy[..., 0], xy[..., 1]]
    if xy.ndim == 3:
        along = [Frames(each) for each in along]
    elif still:
        along = [Kept(each.astype(np.float32)) for each in along]
    trace = points(
        *along,
        data.label[:n] if label is None else label,
        names=data.names if names is None else names,
        muted=muted,
        size=size or (8.0 if n <= 200 else 6.5 if n <= 600 else 5.0),
        rows=np.arange(n),
        images=Kept(data.images) if images and data.images is not None else None,
    )
    # The same in every panel and at every move: they travel once.
    kept = {"rows": Kept(trace["rows"]), **({"label": Kept(trace["label"])} if label is None else {})}
    return {**trace, **kept}


def tags(places: Places, data: Problem) -> Trace:
    """Write each class's name in the middle of its points, a little above or below rather than on another, or nowhere.

    The middle is the example nearest to the median in the end; in frames before, the name follows that example.

    Parameters
    ----------
    places
        (n, 2) or (frames, n, 2).
    """
    frames = places if places.ndim == 3 else places[None]
    last, label = frames[-1].astype(float), data.label[: places.shape[-2]]
    classes = np.unique(label)
    middle = np.zeros(len(classes), dtype=np.int64)
    for i, c in enumerate(classes):
        rows = np.flatnonzero(label == c)
        away = last[rows] - np.median(last[rows], axis=0)
        middle[i] = rows[np.argmin((away**2).sum(axis=1))]
    at = frames[:, middle].astype(np.float32)
    # Room for a name: more for a longer one, in shares of the extent.
    wide = 0.05 + 0.022 * max(len(data.names[c].en) for c in classes)
    extent = np.maximum(np.ptp(frames, axis=1).max(axis=1).astype(float), 1e-12)[:, None]
    for i in range(1, len(classes)):
        place, found = at[:, i].copy(), np.zeros(len(at), dtype=bool)
        at[:, i] = np.nan
        for shift in (0.0, 0.08, -0.08):
            here = place + np.array([0.0, shift], dtype=np.float32) * extent
            with np.errstate(invalid="ignore"):
                gap = np.abs(at[:, :i] - here[:, None]) / extent[..., None]
                hit = (gap[..., 0] < wide) & (gap[..., 1] < 0.065)
            fits = ~hit.any(axis=1) & ~found
            at[fits, i] = here[fits]
            found |= fits
    x, y = (Frames(at[..., i]) if places.ndim == 3 else at[0, :, i] for i in (0, 1))
    return text(x, y, [data.names[c] for c in classes], INK, "middle center")


def links(places: Places, point: int, rows: NDArray[np.int64], color: str, **style: Any) -> Trace:
    """Draw lines from one example to others of a map (n, 2)."""
    return segments(places[point], places[rows], color, **{"width": 1.6, **style})


def solid(name: str, x: Places, data: Problem, title: T, says: str = "") -> Figure:
    """Draw a map x (n, 3) in three dimensions, its title below, since there is no axis to name the method."""
    x = (x - x.mean(axis=0)) / max(float(np.abs(x - x.mean(axis=0)).max()), 1e-12)
    label, shapes = data.label[: len(x)], ("circle", "diamond", "square", "x", "cross")
    clouds = []
    for c in np.unique(label):
        shape = shapes[c % 5] + ("-open" if c >= 5 and c % 5 < 3 else "")
        at = x[label == c].astype(np.float32)
        marker = {"size": 3, "color": CLASS_COLORS[c % 5], "symbol": shape, "opacity": 0.9}
        cloud = {"type": "scatter3d", "mode": "markers", "name": data.names[c], "hoverinfo": "name", "marker": marker}
        clouds.append({**cloud, **dict(zip("xyz", at.T, strict=True))})
    camera = {"eye": {"x": 1.45, "y": 1.45, "z": 1.1}}  # far enough for the corners
    figure = space(name, *clouds, x="1", y="2", z="3", says=says, camera=camera)
    for axis in ("xaxis", "yaxis", "zaxis"):
        figure.layout["scene"][axis].update({"showticklabels": False})
    below = {"x": 0.5, "y": 0.0, "xref": "paper", "yref": "paper", "yanchor": "bottom"}
    named = {"text": title, "showarrow": False, "font": {"color": INK, "size": 13}, **below}
    figure.layout["annotations"] = [named]
    return figure


def scores(pca: Map, tsne: Map, umap: Map, *, k: int) -> Card:
    """Tabulate what the maps keep and cost."""
    # As words: numbers travel with the frames, and another k would send all of those again.
    rows = [
        Row(T(f"{NAMES[key].ja}: {ja}", f"{NAMES[key].en}: {en}"), 0, words=(T(value, value),))
        for field, form, ja, en in (
            ("recall", ".1f", f"{k} 近傍の再現率 (%)", f"recall@{k} (%)"),
            ("trust", ".3f", "信頼性", "trustworthiness"),
            ("seconds", ".2f", "時間 (秒)", "time (s)"),
        )
        for key, found in zip(THREE, (pca, tsne, umap), strict=True)
        for value in [written(getattr(found, field), form)]
    ]
    return table(T("点数表", "Scores"), *rows, (T("t-SNE のコスト KL", "t-SNE's cost KL"), tsne.cost, 3), name="mds")

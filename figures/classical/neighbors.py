"""Pictures of neighbours: the plane with its field, query and ball; curves over k and dimensions; a tree's cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.spec import (
    BLUE,
    CLASS_COLORS,
    CLASS_SYMBOLS,
    INK,
    MUTED,
    NOW,
    OTHER,
    PAPER,
    Figure,
    T,
    Trace,
    axes,
    axes3d,
    handle_points,
    handle_values,
    line,
    marks,
    points,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


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
    def over(cls, window: Sequence[float], w: int, h: int) -> "Grid":
        """Cut the window (x0, x1, y0, y1) into cells."""
        dx, dy = (window[1] - window[0]) / w, (window[3] - window[2]) / h
        return cls(window[0] + dx / 2, dx, w, window[2] + dy / 2, dy, h)

    @property
    def xs(self) -> Array:
        """(w,) centres of the columns."""
        return np.asarray(self.x0 + self.dx * np.arange(self.w))

    @property
    def ys(self) -> Array:
        """(h,) centres of the rows."""
        return np.asarray(self.y0 + self.dy * np.arange(self.h))

    def points(self) -> Array:
        """Give the (h·w, 2) centres, row by row."""
        return np.stack(np.meshgrid(self.xs, self.ys), axis=-1).reshape(-1, 2)


# ---- what lies in a plane


def tint(grid: Grid, label: Ints, strength: Array, classes: int) -> Trace:
    """Tint every cell in its class's colour, fainter where `strength` (0 to 1) is low."""
    levels = 256 // classes
    shade = np.round(np.clip(strength, 0, 1) * (levels - 1))
    z = (label * levels + shade).astype(np.uint8).reshape(grid.h, grid.w)
    stops: list[list[Any]] = []
    for c in range(classes):
        stops += [[c * levels / 255, PAPER], [min((c * levels + levels - 1) / 255, 1.0), CLASS_COLORS[c]]]
    return _heatmap(grid, z, stops, 0.22)


def _heatmap(grid: Grid, z: NDArray[np.uint8], stops: list[list[Any]], opacity: float, top: int = 255) -> Trace:
    return {
        "type": "heatmap",
        "z": z,
        "x0": grid.x0,
        "dx": grid.dx,
        "y0": grid.y0,
        "dy": grid.dy,
        "zmin": 0,
        "zmax": top,
        "colorscale": stops,
        "showscale": False,
        "opacity": opacity,
    }


def border(
    grid: Grid, label: Ints, scores: Array, color: str, *, name: T | None = None, low: bool = False, **style: Any
) -> Trace:
    """Draw the line between the classes' regions, where the winner's score meets the runner-up's."""
    classes = scores.shape[1]
    xs, ys = [], []
    for c in range(classes if classes > 2 else 1):
        others = np.delete(scores, c, axis=1).max(axis=1) if classes > 1 else np.full(len(scores), -1.0)
        with np.errstate(invalid="ignore"):
            margin = np.nan_to_num(scores[:, c] - others, nan=0.0, posinf=1e6, neginf=-1e6)
        tiny = 1e-9
        # Where scores are equal the label says who won.
        margin = np.where(label == c, np.maximum(margin, tiny), np.minimum(margin, -tiny))
        x, y = contour(margin.reshape(grid.h, grid.w), grid)
        xs.append(x)
        ys.append(y)
    path = np.concatenate(xs), np.concatenate(ys)
    if "dash" in style:
        path = joined(*path)
    elif name is not None:  # the label stands at the last point in view: make that the lowest, or the highest
        height = path[1].reshape(-1, 3)[:, 0]
        order = np.argsort(-height if low else height, kind="stable")
        path = path[0].reshape(-1, 3)[order].ravel(), path[1].reshape(-1, 3)[order].ravel()
    trace = dict(line(*path, color, label=name, **style))
    return trace


def contour(z: Array, grid: Grid) -> tuple[Array, Array]:
    """Give the segments where z (h, w) changes sign, as x and y of start, end and a gap, by marching squares."""
    up = z >= 0
    x, y = grid.xs, grid.ys
    with np.errstate(invalid="ignore", divide="ignore"):
        across = z[:, :-1] / (z[:, :-1] - z[:, 1:])  # where along each horizontal edge
        along = z[:-1] / (z[:-1] - z[1:])  # where along each vertical edge
    px, py = x[:-1] + across * grid.dx, np.broadcast_to(y[:, None], across.shape)
    qx, qy = np.broadcast_to(x, along.shape), y[:-1, None] + along * grid.dy
    cut_h, cut_v = up[:, :-1] != up[:, 1:], up[:-1] != up[1:]
    # The four edges of each cell: bottom, right, top, left.
    cut = np.stack([cut_h[:-1], cut_v[:, 1:], cut_h[1:], cut_v[:, :-1]]).reshape(4, -1)
    ex = np.stack([px[:-1], qx[:, 1:], px[1:], qx[:, :-1]]).reshape(4, -1)
    ey = np.stack([py[:-1], qy[:, 1:], py[1:], qy[:, :-1]]).reshape(4, -1)
    count = cut.sum(axis=0)
    two, four = np.flatnonzero(count == 2), np.flatnonzero(count == 4)
    first, last = cut[:, two].argmax(axis=0), 3 - cut[::-1, two].argmax(axis=0)
    start = np.concatenate([first, np.zeros(len(four), int), np.full(len(four), 2)])
    end = np.concatenate([last, np.ones(len(four), int), np.full(len(four), 3)])
    cell = np.concatenate([two, four, four])
    gap = np.full(len(cell), np.nan)
    return (
        np.stack([ex[start, cell], ex[end, cell], gap], axis=1).ravel(),
        np.stack([ey[start, cell], ey[end, cell], gap], axis=1).ravel(),
    )


def joined(x: Array, y: Array) -> tuple[Array, Array]:
    """Join segments (start, end, gap, …) that share an end into lines, so that dashes run on along them."""
    ends: dict[tuple[float, float], list[tuple[float, float]]] = {}
    key = np.stack([x, y], axis=1).round(9).reshape(-1, 3, 2)
    for (ax, ay), (bx, by), _ in key.tolist():
        a, b = (ax, ay), (bx, by)
        if a != b:
            ends.setdefault(a, []).append(b)
            ends.setdefault(b, []).append(a)
    path: list[tuple[float, float]] = []
    # Open lines first, from one of their ends; what is left are rings.
    for start in sorted(ends, key=lambda point: len(ends[point]) != 1):
        at = start
        if not ends[at]:
            continue
        path.append(at)
        while ends[at]:
            then = ends[at].pop()
            ends[then].remove(at)
            path.append(then)
            at = then
        path.append((np.nan, np.nan))
    line_x, line_y = np.array(path, dtype=np.float64).reshape(-1, 2).T
    return line_x, line_y


def hatch(grid: Grid, mask: Bools, *, pitch: int = 3, color: str = INK, width: float = 1.2) -> Trace:
    """Hatch the cells of a mask with slanted lines."""
    row, column = np.nonzero(mask.reshape(grid.h, grid.w))
    on = (row - column) % pitch == 0
    x, y = grid.xs[column[on]], grid.ys[row[on]]
    gap = np.full(len(x), np.nan)
    return line(
        np.stack([x - grid.dx / 2, x + grid.dx / 2, gap], axis=1).ravel(),
        np.stack([y - grid.dy / 2, y + grid.dy / 2, gap], axis=1).ravel(),
        color,
        width=width,
    )


def links(query: Array, x: Array, *, color: str = INK) -> Trace:
    """Draw a thin line from the query (2,) to each of x (k, 2)."""
    path = np.full((len(x), 3, 2), np.nan)
    path[:, 0], path[:, 1] = query, x
    return {**line(path[..., 0].ravel(), path[..., 1].ravel(), color, width=1), "opacity": 0.65}


def now(x: float, y: float, *, size: float = 17.0) -> list[Trace]:
    """Mark the query."""
    at = (np.array([x]), np.array([y]))
    return [marks(*at, NOW, size=size, symbol="circle-open", line={"width": 3}), marks(*at, NOW, size=5.0)]


def held(query: Array, window: Sequence[float]) -> Trace:
    """Mark the query (2,) so that it can be dragged; it sets `qx` and `qy`, in per cent of the window (x0, x1, y0, y1)."""
    x0, x1, y0, y1 = window[:4]
    x, y = float(query[0]), float(query[1])
    a, b = 100 / (x1 - x0), 100 / (y1 - y0)
    return handle_values(x, y, across=("qx", -a * x0, a), up=("qy", -b * y0, b))


def outline(path: Array, color: str = NOW, **style: Any) -> Trace:
    """Draw a closed path (m, 2)."""
    return line(path[:, 0], path[:, 1], color, **{"width": 1.5, **style})


def centres(x: Array, label: Ints) -> list[Trace]:
    """Draw the classes' centres or prototypes: their marks, with a frame of ink."""
    size = 19.0 if len(x) <= 8 else 13.0
    return [
        marks(
            x[label == c, 0],
            x[label == c, 1],
            CLASS_COLORS[c],
            size=size,
            symbol=CLASS_SYMBOLS[c],
            line={"width": 2.5, "color": INK},
        )
        for c in np.unique(label)
    ]


def held_centres(x: Array, label: Ints, names: Sequence[T]) -> Trace:
    """Draw one centre a class so that it can be dragged; a drag sets `centers`."""
    return handle_points(x[:, 0], x[:, 1], label, field="centers", names=names)


def plane(
    traces: Sequence[Trace],
    *,
    axis_names: Sequence[T],
    window: Sequence[float],
    equal: bool,
    view: str,
    alt: T,
    name: str = "plane",
    title: T | None = None,
) -> Figure:
    """Lay out a plane of two features; the traces are painted in order."""
    layout = axes(axis_names[0], axis_names[1], window[:2], window[2:4], view=view, equal=equal)
    if max(abs(window[2]), abs(window[3])) >= 1000:
        layout["margin"] = {**layout["margin"], "l": 66}  # room for long numbers
    return Figure(name, title or T("平面", "Plane"), alt, layout, under=tuple(traces))


def dots(
    x: Array,
    y: Ints,
    names: Sequence[T],
    *,
    near: Ints | None = None,
    mistake: Bools | None = None,
    muted: Bools | None = None,
    editable: bool = False,
    size: float = 9.0,
    grow: float = 5.0,
) -> Trace:
    """Draw labelled points, those with an index in `near` larger."""
    sizes = np.full(len(x), size, dtype=np.float32)
    if near is not None:
        sizes[near] += grow
    return points(
        x[:, 0],
        x[:, 1],
        y,
        names=names,
        mistake=None if mistake is None else mistake.astype(np.uint8),
        muted=None if muted is None else muted.astype(np.uint8),
        size=sizes,
        editable=editable,
    )


# ---- the same in space

SOLIDS = ("circle", "diamond", "square", "cross", "x")  # the classes: Plotly has no triangles in space
SOLID_MARKS = ("●", "◆", "■", "✚", "✕")
EYE = {"eye": {"x": 2.28, "y": -1.28, "z": 0.72}, "center": {"x": 0.0, "y": -0.07, "z": -0.06}}


def space(
    x: Array,
    y: Ints,
    query: Array,
    near: Ints,
    names: Sequence[T],
    axis_names: Sequence[T],
    *,
    window: Array,
    cut: int,
    wrong: Bools,
    muted: Bools,
    alt: T,
) -> Figure:
    """Draw labelled points (n, 3), the query (3,), lines to the neighbours, and the plane's place in the box.

    Parameters
    ----------
    near
        (k,) rows of x.
    window
        (3, 2) ends of the axes.
    cut
        The axis to which the plane stands upright: it lies where the query is.
    wrong, muted
        (n,) points the vote gets wrong, and those held out.
    """
    size = np.full(len(x), 5.0, dtype=np.float32)
    size[near] = 9.0
    about = [axis_names[i] for i in range(3)]

    def solid(rows: Bools, **marker: Any) -> Trace:
        return {"type": "scatter3d", "mode": "markers", **_xyz(x[rows]), "marker": {"opacity": 1.0, **marker}}

    data: list[Trace] = []
    for c, name in enumerate(names):
        own = (y == c) & ~muted
        hover = [f"<b>{name(lang)}</b><br>" + "<br>".join(f"{a(lang)}: %{{{v}:.1f}}" for a, v in zip(about, "xyz", strict=True))
                 for lang in ("ja", "en")]  # fmt: skip
        trace = dict(solid(own, color=CLASS_COLORS[c], symbol=SOLIDS[c], size=size[own], line={"width": 0}))
        data.append(
            {**trace, "name": name, "hovertemplate": T(hover[0] + "<extra></extra>", hover[1] + "<extra></extra>")}
        )
    data.append({**solid(muted, color=MUTED, symbol="circle", size=3, opacity=0.5), "hoverinfo": "skip"})
    # As a word: the font of Plotly's own "x" is not on every machine.
    data.append(_words3d(x[wrong], ["×"] * int(wrong.sum()), INK, 15))
    # From the query to each neighbour and on to a gap
    path = np.full((len(near), 3, 3), np.nan)
    path[:, 0], path[:, 1] = query, x[near]
    data.append(_line3d(path.reshape(-1, 3), INK, 3))
    a, b = (i for i in range(3) if i != cut)
    corners = np.tile(query, (5, 1))
    corners[:, a], corners[:, b] = window[a][[0, 1, 1, 0, 0]], window[b][[0, 0, 1, 1, 0]]
    data.append(_line3d(corners, BLUE, 3))
    data.append({"type": "scatter3d", "mode": "markers", **_xyz(query[None]), "hoverinfo": "skip",
                 "marker": {"color": NOW, "symbol": "circle", "size": 9, "line": {"width": 0}}})  # fmt: skip
    layout = axes3d(*axis_names, view="space")
    for i, axis in enumerate("xyz"):
        scale = {"range": window[i].tolist(), "tickmode": "array", "tickvals": _inner(*window[i])}
        layout["scene"][f"{axis}axis"] |= {**scale, "tickfont": {"size": 11}, "showspikes": False}
        layout["scene"][f"{axis}axis"]["title"]["font"] = {"size": 13}
    layout["scene"] |= {
        "camera": EYE,
        "aspectmode": "manual",
        "aspectratio": {"x": 1.0, "y": 1.0, "z": 0.9},
        "dragmode": "turntable",  # by touch too
    }
    # What the marks mean, in a row above: names among the points would hide them.
    row = {"xref": "paper", "yref": "paper", "y": 1.0, "yanchor": "top", "showarrow": False}
    layout["annotations"] = [
        {**row, "x": (c + 0.4) / len(names), "xanchor": anchor, "text": text, "font": {"color": color, "size": 13}}
        for c, name in enumerate(names)
        for anchor, text, color in (("right", SOLID_MARKS[c], CLASS_COLORS[c]), ("left", name, INK))
    ]
    return Figure("space", T("三つの変数", "All three"), alt, layout, data=tuple(data))


def _inner(low: float, high: float) -> list[float]:
    """Give a few round numbers away from the ends: where two axes meet their ticks would overlap."""
    gap = next(g for g in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, np.inf) if (high - low) / g <= 5)
    ticks = gap * np.arange(np.ceil(low / gap), np.floor(high / gap) + 1)
    room = 0.08 * (high - low)
    return [float(v) for v in ticks if low + room < v < high - room]


def _xyz(x: Array) -> dict[str, NDArray[np.float32]]:
    return {axis: x[:, i].astype(np.float32) for i, axis in enumerate("xyz")}


def _words3d(x: Array, words: Sequence[T | str], color: str | Sequence[str], size: int) -> Trace:
    return {"type": "scatter3d", "mode": "text", **_xyz(x), "text": list(words), "textposition": "middle center",
            "textfont": {"color": color, "size": size}, "hoverinfo": "skip"}  # fmt: skip


def _line3d(path: Array, color: str, width: int) -> Trace:
    return {
        "type": "scatter3d",
        "mode": "lines",
        **_xyz(path),
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
    }


# ---- other figures


MARKS = ["●", "▲", "■", "◆", "✚"]  # the classes, as `dots` draws them


def confusion(name: str, title: T, counts: Ints, *, alt: T) -> Figure:
    """Draw a confusion matrix, counts[true, answer], true classes downwards."""
    c = len(counts)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    z = np.round(255 * share[::-1]).astype(np.uint8)
    grid = Grid(0.0, 1.0, c, 0.0, 1.0, c)
    row, column = np.divmod(np.arange(c * c), c)
    layout = axes(title, T("正解", "True class"), (-0.5, c - 0.5), (-0.5, c - 0.5), view=name)
    ticks = {"tickmode": "array", "tickvals": list(range(c)), "ticks": ""}
    layout["xaxis"] |= {**ticks, "ticktext": MARKS[:c], "showline": False}
    layout["yaxis"] |= {**ticks, "ticktext": MARKS[:c][::-1], "showline": False}
    layout["dragmode"] = False
    return Figure(
        name,
        title,
        alt,
        layout,
        under=(
            {**_heatmap(grid, z, [[0, PAPER], [1, BLUE]], 0.35), "zsmooth": False},
            {
                "type": "scatter",
                "mode": "text",
                "x": column.astype(np.float32),
                "y": (c - 1 - row).astype(np.float32),
                "text": [str(v) for v in counts.ravel()],
                "textposition": "middle center",
            },
        ),
    )


def cloud(grid: Grid, share: Array) -> Trace:
    """Shade each cell by the share of redraws whose boundary passes through it."""
    top = max(float(share.max(initial=0.0)), 1e-9)
    z = np.round(255 * np.sqrt(share / top)).astype(np.uint8).reshape(grid.h, grid.w)
    return _heatmap(grid, z, [[0, "rgba(75,140,200,0)"], [1, BLUE]], 0.6)


def word(x: float, y: float, text: T | str, color: str = INK, *, at: str = "top center") -> Trace:
    """Write a word in a figure."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": np.array([x], dtype=np.float32),
        "y": np.array([y], dtype=np.float32),
        "text": [text],
        "textposition": at,
        "textfont": {"color": color},
    }


def over_k(ks: Ints, train: Array, loo: Array, test: Array, bayes: float, k: int, *, alt: T) -> Figure:
    """Draw accuracies in % over the number of neighbours, on a log axis, with the present k ringed."""
    low = 10 * float(np.floor(10 * min(test.min(), bayes)))
    layout = axes(
        T("k（対数目盛）", "k (log scale)"),
        T("正解率 (%)", "Accuracy (%)"),
        (-0.05, float(np.log10(max(ks[-1], 2))) + 0.03),
        (min(low, 70.0) - 2, 101.5),
        view="over_k",
    )
    layout["xaxis"] |= {"type": "log", "tickmode": "array", "tickvals": [1, 2, 5, 10, 20, 50, 100, 200]}
    here = int(np.searchsorted(ks, k))
    a, b = int(len(ks) * 0.88), min(2, len(ks) - 1)
    ends = np.array([1.0, float(ks[-1])])
    return Figure(
        "curve",
        T("k と正解率", "Accuracy over k"),
        alt,
        layout,
        under=(
            line(ends, (100 * bayes,) * 2, INK, dash="dash", width=1.5),
            word(float(ks[-1]), 100 * bayes, T("ベイズ (これが限界)", "Bayes (the limit)"), at="top left"),
            line(ks, 100 * train, MUTED, width=1.8, dash="dot"),
            word(float(ks[0]), 100 * float(train[0]), T("訓練", "training"), MUTED, at="bottom right"),
            line(ks, 100 * loo, OTHER, width=1.5),
            word(float(ks[b]), 100 * float(loo[b]), T("一つ抜き", "leave-one-out"), OTHER, at="bottom right"),
            {**line(ks, 100 * test, BLUE, width=2.5), "hovertemplate": "k = %{x}: %{y} %"},
            word(float(ks[a]), 100 * float(test[a]), T("テスト", "test"), BLUE, at="middle left"),
            *now(float(ks[here]), 100 * float(test[here]), size=14.0),
        ),
    )


def strip(distance: Array, label: Ints, near: Ints, names: Sequence[T], *, alt: T) -> Figure:
    """Draw the distances from one query to all points, relative to their mean, a row a class."""
    classes = len(names)
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(label))
    layout = axes(
        T("距離 ÷ 平均の距離", "Distance ÷ mean distance"),
        T("", ""),
        (-0.1, 2.4),
        (-0.6, classes - 0.4),
        view="strip",
    )
    layout["yaxis"] |= {
        "tickmode": "array", "tickvals": list(range(classes)), "ticktext": list(names), "tickangle": -90,
    }  # fmt: skip
    least, most = float(distance.min()), float(distance.max())
    where = np.stack([distance, label + spread], axis=1)
    height = (-0.6, classes - 0.4)
    return Figure(
        "strip",
        T("一点からの距離", "Distances from a point"),
        alt,
        layout,
        under=(
            line((1, 1), height, MUTED, width=1, dash="dot"),
            line((least, least), height, INK, width=1),
            word(least, classes - 0.42, T("最も近い", "nearest"), at="bottom left"),
            line((most, most), height, INK, width=1),
            word(most, classes - 0.42, T("最も遠い", "farthest"), at="bottom right"),
            dots(where, label, names, near=near, size=9.0),
            *now(0.0, (classes - 1) / 2),
        ),
    )


def over_dims(dims: Ints, knn: Array, ncc: Array, best: float, at: int, *, alt: T) -> Figure:
    """Draw the accuracies in % of kNN and NCC over the number of irrelevant dimensions."""
    low = float(np.floor(min(knn.min(), ncc.min(), best) * 10) * 10)
    here = int(np.searchsorted(dims, at))
    m = int(len(dims) * 0.7)
    layout = axes(
        T("無関係な次元の数", "Irrelevant dimensions"),
        T("正解率 (%)", "Accuracy (%)"),
        (-2.0, 102.0),
        (min(low, 50.0), 101.0),
        view="over_dims",
    )
    return Figure(
        "accuracy",
        T("次元と正解率", "Accuracy"),
        alt,
        layout,
        under=(
            line((0, 100), (100 * best,) * 2, INK, dash="dash", width=1.5),
            word(100.0, 100 * best, T("ベイズ", "Bayes"), at="top left"),
            line(dims, 100 * ncc, OTHER, width=2),
            word(float(dims[m]), 100 * float(ncc[m]), "NCC", OTHER, at="top center"),
            line(dims, 100 * knn, BLUE, width=2.5),
            word(float(dims[m]), 100 * float(knn[m]), "kNN", BLUE, at="bottom center"),
            *now(float(at), 100 * float(knn[here]), size=13.0),
        ),
    )


def contrast(dims: Ints, value: Array, at: int, *, alt: T) -> Figure:
    """Draw the distance contrast over the number of irrelevant dimensions, on a log axis."""
    here = int(np.searchsorted(dims, at))
    top, bottom = np.log10(np.nanmax(value)), np.log10(np.nanmin(value))
    layout = axes(
        T("無関係な次元の数", "Irrelevant dimensions"),
        T("コントラスト（対数）", "Contrast (log)"),
        (-2.0, 102.0),
        (float(np.floor(min(bottom, -1.0))), float(np.ceil(max(top, 1.0)))),
        view="contrast",
        log_y=True,
    )
    return Figure(
        "contrast",
        T("距離のコントラスト", "Distance contrast"),
        alt,
        layout,
        under=(line(dims, value, BLUE, width=2.5), *now(float(at), float(value[here]), size=13.0)),
    )


def boxes(low: Array, high: Array, color: str, *, fill: bool, width: float = 1.0, opacity: float = 1.0) -> Trace:
    """Draw boxes given their (m, 2) corners."""
    corner = np.full((len(low), 6, 2), np.nan)
    corner[:, 0] = corner[:, 4] = low
    corner[:, 1, 0], corner[:, 1, 1] = high[:, 0], low[:, 1]
    corner[:, 2] = high
    corner[:, 3, 0], corner[:, 3, 1] = low[:, 0], high[:, 1]
    path = corner.reshape(-1, 2)
    trace = {**line(path[:, 0], path[:, 1], color, width=width), "opacity": opacity}
    return trace | ({"fill": "toself", "fillcolor": color} if fill else {})


def cost(n: Ints, tree: Array, classes: int, at: tuple[float, float], *, alt: T) -> Figure:
    """Draw distance evaluations for one query over the number of points, on log axes."""
    span = np.array([float(n[0]), float(n[-1])])
    layout = axes(
        T("点の数 n（対数目盛）", "Points n (log scale)"),
        T("距離の計算（対数目盛）", "Distances computed (log)"),
        (float(np.log10(span[0])) - 0.02, float(np.log10(span[1])) + 0.05),
        (0.0, 3.6),
        view="cost",
        log_y=True,
    )
    layout["xaxis"] |= {"type": "log", "tickmode": "array", "tickvals": [50, 100, 200, 500, 1000, 2000]}
    return Figure(
        "cost",
        T("計算の回数", "Work"),
        alt,
        layout,
        under=(
            line(span, span, INK, dash="dash", width=1.5, label=T("総当たり: n", "brute force: n")),
            {**line(n, tree, BLUE, width=2.5, label=T("k-d 木", "k-d tree")), "textposition": "bottom left"},
            line(span, (classes, classes), OTHER, width=2, label=T("NCC: クラスの数", "NCC: number of classes")),
            *now(*at, size=14.0),
        ),
    )


def skipped(x: Array, y: Ints, *, size: float) -> list[Trace]:
    """Draw the points that nobody looked at, greyed, in their class's shape."""
    return [
        marks(x[y == c, 0], x[y == c, 1], MUTED, size=size, symbol=CLASS_SYMBOLS[c], opacity=0.5) for c in np.unique(y)
    ]


def lost(x: Array) -> Trace:
    """Ring points that were neighbours before."""
    return marks(x[:, 0], x[:, 1], OTHER, size=17.0, symbol="circle-open", line={"width": 1.5})

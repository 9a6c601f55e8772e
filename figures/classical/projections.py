"""Pictures of projections: layouts side by side, what PCA keeps, trust and its links, clouds of chance, new points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.spec import (
    BLUE,
    CLASS_COLORS,
    GRID,
    INK,
    MUTED,
    NOW,
    ORANGE,
    OTHER,
    PAPER,
    Figure,
    Frames,
    Kept,
    T,
    Trace,
    axes,
    axes3d,
    line,
    marks,
    padded,
    points,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SIDE = 10_000  # a layout without units is drawn in a square of this side, as whole numbers: they travel in two bytes
ROOM = 0.06  # of the side, left free around the points

# How each method's line is drawn, everywhere.
STYLES: Mapping[str, Mapping[str, Any]] = {
    "pca": {"color": INK, "dash": "dash", "width": 1.8},
    "tsne": {"color": BLUE, "dash": "solid", "width": 2.5},
    "umap": {"color": OTHER, "dash": "solid", "width": 2.0},
    "mds": {"color": MUTED, "dash": "dot", "width": 2.0},
}


# ---- places


def fitted(x: Array) -> NDArray[np.uint16]:
    """Place layouts (…, n, 2) in the square, each centred and as large as fits: their unit means nothing."""
    low, high = x.min(axis=-2, keepdims=True), x.max(axis=-2, keepdims=True)
    half = np.maximum((high - low).max(axis=-1, keepdims=True) / 2, 1e-12)
    unit = (x - (low + high) / 2) / half  # within [-1, 1]
    return np.asarray(np.round(SIDE / 2 * (1 + (1 - 2 * ROOM) * unit)), dtype=np.uint16)


def within(x: Array, like: Array) -> NDArray[np.uint16]:
    """Place points (m, 2) in the square as `fitted` places the layout `like` (n, 2); what falls outside stays on the edge."""
    low, high = like.min(axis=0), like.max(axis=0)
    half = max(float((high - low).max()) / 2, 1e-12)
    unit = (x - (low + high) / 2) / half
    return np.asarray(np.round(np.clip(SIDE / 2 * (1 + (1 - 2 * ROOM) * unit), 0, SIDE)), dtype=np.uint16)


def split(places: NDArray[np.uint16]) -> tuple[Any, Any]:
    """Give what `x` and `y` of a trace take: arrays, or `Frames` for (frames, n, 2)."""
    x, y = np.ascontiguousarray(places[..., 0]), np.ascontiguousarray(places[..., 1])
    return (Frames(x), Frames(y)) if places.ndim == 3 else (x, y)


def size_of(n: int) -> float:
    """Choose the diameter in px of one of n marks."""
    return 8.0 if n <= 200 else 6.5 if n <= 600 else 5.0


# ---- layouts


def panel(
    name: str,
    title: T,
    traces: Sequence[Trace],
    *,
    alt: T,
    axis: T | None = None,
    view: str = "",
) -> Figure:
    """Lay out a square without units; the traces' coordinates are those of `fitted`."""
    layout = axes(axis or title, "", (0, SIDE), (0, SIDE), view=f"{name} {view}", equal=True)
    bare = {"showticklabels": False, "tickmode": "array", "tickvals": [], "linecolor": GRID, "mirror": True}
    layout["xaxis"] |= bare
    layout["yaxis"] |= bare
    layout["margin"] = {"l": 8, "r": 8, "t": 8, "b": 30}
    return Figure(name, title, alt, layout, under=tuple(traces))


def plane(
    name: str,
    title: T,
    traces: Sequence[Trace],
    xy: Array,
    *,
    axis_names: tuple[T, T],
    alt: T,
    view: str = "",
) -> Figure:
    """Lay out a plane with units, its window around xy (n, 2)."""
    layout = axes(*axis_names, padded(xy[:, 0]), padded(xy[:, 1]), view=f"{name} {view}", equal=True)
    layout["margin"] = {"l": 56, "r": 8, "t": 8, "b": 40}
    return Figure(name, title, alt, layout, under=tuple(traces))


def dots(
    x: Any,
    y: Any,
    label: Ints,
    names: Sequence[T],
    *,
    images: Kept | None = None,
    rows: bool = True,
    size: float | None = None,
    muted: Bools | None = None,
    kept: tuple[Kept, Kept] | None = None,
) -> Trace:
    """Draw the examples so that they can be brushed; `kept` are the labels and the row numbers as `stay` makes them."""
    trace = points(
        x,
        y,
        label,
        names=names,
        size=size or size_of(len(label)),
        rows=np.arange(len(label)) if rows else None,
        images=images,
        muted=None if muted is None else muted.astype(np.uint8),
    )
    if kept is not None and len(kept[0].values) == len(label):
        trace = {**trace, "label": kept[0], "rows": kept[1]}
    return trace if isinstance(x, Frames) or x.dtype != np.uint16 else raw(trace, x, y)


def stay(label: Ints) -> tuple[Kept, Kept]:
    """Make labels and row numbers travel once, since every panel has them at every move."""
    return Kept(label.astype(np.uint8)), Kept(np.arange(len(label), dtype=np.int32))


def raw(trace: Trace, x: Any, y: Any) -> Trace:
    """Put whole-number coordinates in a trace as they are, in two bytes each."""
    return {**trace, "x": x, "y": y}


def tags(places: Array | NDArray[np.uint16], label: Ints, names: Sequence[T]) -> Trace:
    """Write each class's name in the middle of its points, a little above or below rather than on another, or not at all.

    The middle is the example nearest to the median in the end; in frames before, the name follows that example.

    Parameters
    ----------
    places
        (n, 2) or (frames, n, 2).
    """
    frames = places if places.ndim == 3 else places[None]
    last = frames[-1].astype(float)
    classes = np.unique(label)
    middle = np.zeros(len(classes), dtype=np.int64)
    for i, c in enumerate(classes):
        rows = np.flatnonzero(label == c)
        away = last[rows] - np.median(last[rows], axis=0)
        middle[i] = rows[np.argmin((away**2).sum(axis=1))]
    at = frames[:, middle].astype(np.float32)
    # Room for a name: more for a longer one, in shares of the extent.
    wide = 0.05 + 0.022 * max((len(names[c].en) for c in classes), default=1)
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
    x, y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    return {
        "type": "scatter",
        "mode": "text",
        "x": Frames(x) if places.ndim == 3 else x[0],
        "y": Frames(y) if places.ndim == 3 else y[0],
        "text": [names[c] for c in classes],
        "textposition": "middle center",
        "textfont": {"color": INK},
    }


def space(name: str, title: T, x: Array, label: Ints, names: Sequence[T], *, alt: T) -> Figure:
    """Draw a layout x (n, 3) in three dimensions."""
    if len(x):
        x = (x - x.mean(axis=0)) / max(float(np.abs(x - x.mean(axis=0)).max()), 1e-12)
    shapes = ("circle", "diamond", "square", "x", "cross")
    data = []
    for c in np.unique(label):
        hollow = c >= 5
        at = x[label == c].astype(np.float32)
        shape = shapes[c % 5] + ("-open" if hollow and c % 5 < 3 else "")
        data.append(
            {
                "type": "scatter3d",
                "mode": "markers",
                "x": at[:, 0].copy(),
                "y": at[:, 1].copy(),
                "z": at[:, 2].copy(),
                "name": names[c],
                "marker": {"size": 3, "color": CLASS_COLORS[c % 5], "symbol": shape, "opacity": 0.9},
                "hoverinfo": "name",
            }
        )
    layout = axes3d("1", "2", "3", view=name)
    for axis in ("xaxis", "yaxis", "zaxis"):
        layout["scene"][axis] |= {"showticklabels": False}
    layout["scene"]["camera"] = {"eye": {"x": 1.45, "y": 1.45, "z": 1.1}}  # far enough for the corners
    # In three dimensions there is no axis title to name the method.
    layout["annotations"] = [
        {
            "text": title, "showarrow": False, "x": 0.5, "y": 0.0, "xref": "paper", "yref": "paper", "yanchor": "bottom",
            "font": {"color": INK, "size": 13},
        }
    ]  # fmt: skip
    return Figure(name, title, alt, layout, data=tuple(data))


# ---- what PCA keeps


def arrows(loading: Array, names: Sequence[T], reach: float, *, most: int = 6) -> list[Trace]:
    """Draw loadings (d, 2) as arrows from the origin, the `most` longest, the longest as long as `reach`."""
    length = np.hypot(*loading.T)
    longest = np.argsort(-length)[:most]
    path = np.full((len(longest), 3, 2), np.nan)
    path[:, 0] = 0
    path[:, 1] = tips = loading[longest] * reach / max(float(length.max()), 1e-12)
    traces: list[Trace] = [line(path[..., 0].ravel(), path[..., 1].ravel(), INK, width=1.5)]
    # Names that would stand on one another are left to the bars.
    kept: list[int] = []
    for i in range(len(tips)):
        if all(abs(tips[i, 1] - tips[j, 1]) > 0.13 * reach or abs(tips[i, 0] - tips[j, 0]) > 0.7 * reach for j in kept):
            kept.append(i)
    for side in ("right", "left"):
        here = [i for i in kept if (tips[i, 0] >= 0) == (side == "right")]
        traces.append(
            {
                "type": "scatter",
                "mode": "text",
                "x": tips[here, 0].astype(np.float32),
                "y": tips[here, 1].astype(np.float32),
                "text": [names[longest[i]] for i in here],
                "textposition": f"middle {side}",
                "textfont": {"color": INK},
            }
        )
    traces.append(marks(tips[:, 0], tips[:, 1], INK, size=5))
    return traces


def scree(ratio: Array, keep: int, *, alt: T) -> Figure:
    """Draw each component's share of the variance in %, and the share kept by the first `keep` together."""
    d = len(ratio)
    number = np.arange(1, d + 1)
    total = 100 * np.cumsum(ratio)
    layout = axes(
        T("成分の番号", "Component"),
        T("分散の割合 (%)", "Share of variance (%)"),
        (0.4, d + 0.6),
        (0.0, 104.0),
        view=f"scree {d}",
        integer_x=True,
    )
    layout["margin"] = {"l": 56, "r": 8, "t": 8, "b": 40}
    bars = np.full((d, 5, 2), np.nan)
    half = 0.4
    bars[:, 0] = np.stack([number - half, 0 * ratio], axis=1)
    bars[:, 1] = np.stack([number - half, 100 * ratio], axis=1)
    bars[:, 2] = np.stack([number + half, 100 * ratio], axis=1)
    bars[:, 3] = np.stack([number + half, 0 * ratio], axis=1)

    def filled(rows: Array, color: str, opacity: float) -> Trace:
        path = rows.reshape(-1, 2)
        outline = line(path[:, 0], path[:, 1], color, width=1)
        return {**outline, "fill": "toself", "fillcolor": color, "opacity": opacity}

    at = int(min(max(round(0.55 * d), 1), d)) - 1
    return Figure(
        "scree",
        T("分散の割合", "Share of variance"),
        alt,
        layout,
        under=(
            filled(bars[:keep], BLUE, 0.85),
            *((filled(bars[keep:], MUTED, 0.45),) if keep < d else ()),
            line(np.concatenate([[0], number]), np.concatenate([[0.0], total]), INK, width=1.8),
            word(float(number[at]), float(total[at]), T("累積", "in all"), at="bottom right"),
            *ring(float(keep), float(total[keep - 1])),
        ),
    )


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


def ring(x: float, y: float, *, size: float = 14.0) -> list[Trace]:
    """Mark where one is."""
    return [marks([x], [y], NOW, size=size, symbol="circle-open", line={"width": 2.5})]


def tiles(
    name: str, title: T, images: Array, words: Sequence[T | str], columns: int, *, alt: T, signed: bool, top: float
) -> Figure:
    """Draw small images (m, h, w) in rows of `columns`, a word under each.

    Parameters
    ----------
    signed
        Whether 0 is paper and the sign a colour (a component), rather than 0 paper and `top` ink (a picture).
    top
        The value of the full colour; (m,) for one of each image.
    """
    m, h, w = images.shape
    high, wide = -(-m // columns), columns
    gap, under = 1, 3  # in pixels
    z = np.full(((h + under) * high, (w + gap) * wide), 128 if signed else 0, dtype=np.uint8)
    traces: list[Trace] = []
    for i in range(m):
        r, c = divmod(i, columns)
        level = images[i] / top
        level = 128 + 127 * np.clip(level, -1, 1) if signed else 255 * np.clip(level, 0, 1)
        z[r * (h + under) : r * (h + under) + h, c * (w + gap) : c * (w + gap) + w] = np.round(level)
        below = len(z) - r * (h + under) - h
        traces.append(word(c * (w + gap) + w / 2, below - 0.1, words[i], at="bottom center"))
    stops = [[0, BLUE], [0.502, PAPER], [1, ORANGE]] if signed else [[0, PAPER], [1, INK]]
    layout = axes("", "", (-0.5, z.shape[1] - 0.5), (-0.5, z.shape[0] + 0.3), view=name, equal=True)
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"showticklabels": False, "tickmode": "array", "tickvals": [], "showline": False}
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    layout["dragmode"] = False
    picture: Trace = {
        "type": "heatmap",
        "z": z[::-1].copy(),
        "x0": 0.5,
        "dx": 1,
        "y0": 0.5,
        "dy": 1,
        "zmin": 0,
        "zmax": 255,
        "colorscale": stops,
        "showscale": False,
        "zsmooth": False,
    }
    frames = np.full((m, 6, 2), np.nan)
    for i in range(m):
        r, c = divmod(i, columns)
        x0, y0 = c * (w + gap), len(z) - r * (h + under) - h
        frames[i, :5] = [(x0, y0), (x0 + w, y0), (x0 + w, y0 + h), (x0, y0 + h), (x0, y0)]
    path = frames.reshape(-1, 2)
    return Figure(name, title, alt, layout, under=(picture, line(path[:, 0], path[:, 1], MUTED, width=1), *traces))


def bars(loading: Array, names: Sequence[T], components: tuple[int, int], *, alt: T) -> Figure:
    """Draw the weights (d, 2) of two components, feature by feature; the first is filled."""
    d = len(loading)
    row = np.arange(d)[::-1]
    layout = axes(T("重み", "Weight"), "", (-1.05, 1.05), (-0.7, d - 0.3), view=f"bars {d}")
    layout["yaxis"] |= {"tickmode": "array", "tickvals": row.tolist(), "ticktext": list(names), "showgrid": False}
    longest = max(len(name.ja) * 1.6 if name.ja != name.en else len(name.en) * 0.95 for name in names)
    layout["margin"] = {"l": int(min(24 + 7.5 * longest, 150)), "r": 8, "t": 8, "b": 40}
    layout["yaxis"]["tickfont"] = {"size": 11}

    def rows_of(k: int, shift: float, half: float) -> NDArray[np.float64]:
        path = np.full((d, 6, 2), np.nan)
        y0, y1, w = row + shift - half, row + shift + half, loading[:, k]
        for i, (x, y) in enumerate(((0 * w, y0), (w, y0), (w, y1), (0 * w, y1), (0 * w, y0))):
            path[:, i] = np.stack([x, y], axis=1)
        return path.reshape(-1, 2)

    a, b = rows_of(0, 0.2, 0.16), rows_of(1, -0.2, 0.16)
    return Figure(
        "tiles",
        T("成分の重み", "Weights of the components"),
        alt,
        layout,
        under=(
            line((0, 0), (-0.7, d - 0.3), MUTED, width=1),
            {**line(a[:, 0], a[:, 1], BLUE, width=1.5), "fill": "toself", "fillcolor": BLUE},
            line(b[:, 0], b[:, 1], ORANGE, width=1.5),
            word(1.05, d - 0.5, T(f"■ 第 {components[0]}", f"■ PC{components[0]}"), BLUE, at="bottom left"),
            word(
                1.05,
                d - 1.3 if d > 6 else d - 0.9,
                T(f"□ 第 {components[1]}", f"□ PC{components[1]}"),
                ORANGE,
                at="bottom left",
            ),
        ),
    )


# ---- trust


def links(places: NDArray[Any], point: int, rows: Ints, color: str, **style: Any) -> Trace:
    """Draw lines from one example to others in a layout (n, 2)."""
    path = np.full((len(rows), 3, 2), np.nan)
    path[:, 0], path[:, 1] = places[point], places[rows]
    return line(path[..., 0].ravel(), path[..., 1].ravel(), color, **{"width": 1.6, **style})


def over_k(
    name: str,
    title: T,
    axis: T,
    ks: Ints,
    values: Mapping[str, Array],
    names: Mapping[str, T],
    k: int,
    *,
    alt: T,
    low: float = 0.0,
    at: Mapping[str, float] | None = None,
) -> Figure:
    """Draw a score between 0 and 1 over the number of neighbours, a line a method."""
    layout = axes(
        T("近傍の数 k", "Neighbours k"), axis, (0.0, float(ks[-1]) * 1.01), (low, 1.01), view=f"{name} {low} {ks[-1]}"
    )
    layout["margin"] = {"l": 56, "r": 8, "t": 8, "b": 40}
    traces: list[Trace] = [line((k, k), (low, 1.01), NOW, width=1.2)]
    where = {key: (0.98 - 0.2 * i) for i, key in enumerate(values)} | dict(at or {})
    for key, value in values.items():
        style = dict(STYLES[key])
        color = style.pop("color")
        side = "bottom left" if key == "umap" else "top left"
        traces.append(line(ks, value, color, label=names[key], at=where[key], where=side, **style))
    return Figure(name, title, alt, layout, under=tuple(traces))


def shepard(true: Array, shown: Array, rho: float, *, alt: T, title: T) -> Figure:
    """Draw distances in the layout over those in the data, a dot a pair, both as shares of their largest."""
    layout = axes(
        T("データの距離", "Distance in data"),
        T("図の距離", "Distance in picture"),
        (0.0, 1.03),
        (0.0, 1.03),
        view="shepard",
    )
    layout["margin"] = {"l": 34, "r": 8, "t": 8, "b": 40}
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"showticklabels": False, "ticks": ""}
    layout["yaxis"]["title"] = {**layout["yaxis"]["title"], "standoff": 10}
    return Figure(
        "shepard",
        title,
        alt,
        layout,
        under=(
            marks(true, shown, BLUE, size=3.2, opacity=0.45),
            line((0, 1), (0, 1), INK, dash="dash", width=1.2),
            word(0.02, 1.0, T(f"順位相関 {rho:.2f}", f"rank corr. {rho:.2f}"), at="bottom right"),
        ),
    )


# ---- chance


def cloud(runs: NDArray[np.uint16], label: Ints) -> list[Trace]:
    """Draw every run's place (runs, n, 2) of every example as a faint dot in its class's colour."""
    traces = []
    for c in np.unique(label):
        at = runs[:, label == c].reshape(-1, 2)
        faint = marks([], [], CLASS_COLORS[c % 5], size=2.4, opacity=0.35)
        traces.append(raw(faint, np.ascontiguousarray(at[:, 0]), np.ascontiguousarray(at[:, 1])))
    return traces


def star(runs: NDArray[np.uint16], point: int) -> list[Trace]:
    """Mark where one example (runs, n, 2) lands in each run, tied to the middle of these places."""
    at = runs[:, point].astype(float)
    path = np.full((len(at), 3, 2), np.nan)
    path[:, 0], path[:, 1] = at.mean(axis=0), at
    return [
        line(path[..., 0].ravel(), path[..., 1].ravel(), NOW, width=1.4),
        marks(at[:, 0], at[:, 1], NOW, size=6),
    ]


def quantiles(jitter: Mapping[str, Array], names: Mapping[str, T], *, alt: T) -> Figure:
    """Draw, for each method, the jitter of its examples (n,) from the steadiest to the most restless, in %."""
    n = len(next(iter(jitter.values())))
    top = max(20.0, float(np.ceil(max(100 * float(np.quantile(v, 0.97)) for v in jitter.values()) / 20) * 20))
    share = np.linspace(0, 100, min(n, 101))
    layout = axes(
        T("点の割合 (%)", "Share of points (%)"),
        T("ゆらぎ (%)", "Jitter (%)"),
        (-1.0, 101.0),
        (-0.14 * top, top),
        view=f"jitter {top:g}",
    )
    layout["margin"] = {"l": 56, "r": 18, "t": 8, "b": 40}
    traces = []
    for key, value in jitter.items():
        style = dict(STYLES[key])
        color = style.pop("color")
        y = np.minimum(100 * np.quantile(value, share / 100), top)
        where, at = {"pca": ("bottom right", 0.02), "tsne": ("top left", 0.97)}.get(key, ("top left", 0.55))
        traces.append(line(share, y, color, label=names[key], at=at, where=where, **style))
    return Figure("jitter", T("ゆらぎの分布", "Spread of the jitter"), alt, layout, under=tuple(traces))


# ---- new points


def fresh(places: NDArray[Any], label: Ints, names: Sequence[T]) -> list[Trace]:
    """Draw new points (m, 2) with their classes' marks, each ringed as the current ones."""
    x, y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    return [
        raw(marks([], [], NOW, size=13, symbol="circle-open", line={"width": 1.6}), x, y),
        raw(points(x, y, label, names=names, size=7.0), x, y),
    ]


def moves(before: NDArray[Any], after: NDArray[Any], *, color: str = MUTED) -> Trace:
    """Draw a thin line from each place (n, 2) to another."""
    path = np.full((len(before), 3, 2), np.nan)
    path[:, 0], path[:, 1] = before, after
    return {**line(path[..., 0].ravel(), path[..., 1].ravel(), color, width=0.9), "opacity": 0.7}

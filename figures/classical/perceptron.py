"""Pictures of the perceptron: plane, mistakes, weight space, the corridor of ‖w‖, its blame, and many orders at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from figures.spec import (
    BLUE,
    CLASS_COLORS,
    INK,
    MUTED,
    NOW,
    ORANGE,
    OTHER,
    PAPER,
    Figure,
    Frames,
    T,
    Trace,
    axes,
    line,
    marks,
    padded,
    points,
    quadric,
    rounded_up,
    steady,
)

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


def plane(
    x: Array,
    y: Ints,
    weights: Array,
    *,
    ring: Ints,
    mistake: NDArray[np.uint8] | None,
    names: Sequence[T],
    axis_names: Sequence[T],
    view: str,
    alt: T,
    window: Sequence[float] = (),
    over: Sequence[Trace] = (),
    above: Sequence[Trace] = (),
    others: Sequence[tuple[Array, T]] = (),
    size: float | Frames = 11.0,
    editable: bool = True,
) -> Figure:
    """Draw data, decision regions, boundary and weight vector, frame by frame.

    Parameters
    ----------
    x, y
        (n, 2) points and (n,) classes 0/1.
    weights
        (frames, 3) or (frames, 6) coefficients of 1, x₁, x₂ (, x₁², x₁x₂, x₂²).
    ring
        (frames,) the example that caused the frame's update, -1 for none.
    mistake
        (frames, n) non-zero where the frame's boundary errs, or None for no crosses.
    window
        (x0, x1, y0, y1) to show, or () for all the data.
    over, above
        Further traces painted between regions and points, and over the points.
    others
        Further methods' weights and names, drawn as thin lines. At most two names find room.
    size, editable
        Diameter of the points in px; whether they can be edited by hand.
    """
    x_range, y_range = (window[:2], window[2:]) if window else (steady(x[:, 0]), steady(x[:, 1]))
    traces: list[Trace] = [
        quadric(Frames(weights.astype(np.float32)), negative=CLASS_COLORS[0], positive=CLASS_COLORS[1])
    ]
    traces += over
    traces += [_other(other) for other, _ in others]
    if weights.shape[1] == 3:
        traces.append(_normal(weights, x_range, y_range))
    traces.append(
        points(
            x[:, 0],
            x[:, 1],
            y,
            names=names,
            mistake=None if mistake is None else Frames(mistake),
            ring=Frames(ring.astype(np.int32)[:, None]),
            size=size,
            editable=editable,
        )
    )
    traces += [_name(other, label, x_range, y_range, end=i == 0) for i, (other, label) in enumerate(others)]
    traces += above
    return Figure(
        name="plane",
        title=T("平面", "Plane"),
        alt=alt,
        layout=axes(axis_names[0], axis_names[1], x_range, y_range, view=view, equal=True),
        under=traces,
    )


def _normal(weights: Array, x_range: Sequence[float], y_range: Sequence[float]) -> Trace:
    """Make the weight vector as an arrow that stands on the boundary, always of the same length."""
    centre = np.array([np.mean(x_range), np.mean(y_range)])
    length = 0.16 * min(x_range[1] - x_range[0], y_range[1] - y_range[0]) * 1.6
    b, w = weights[:, 0], weights[:, 1:3]
    norm = np.linalg.norm(w, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        # The point of the line w·x + b = 0 nearest to the middle of the view: c − (w·c + b) w / ‖w‖².
        foot = centre - ((w @ centre + b)[:, None] / norm**2) * w
        tip = foot + length * w / norm
    x, y = (np.stack([foot[:, i], tip[:, i]], axis=1).astype(np.float32) for i in (0, 1))
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": Frames(x),
        "y": Frames(y),
        "text": ["", "w"],
        "textposition": "middle right",
        "line": {"color": BLUE, "width": 2.5},
        "marker": {"symbol": "arrow", "size": 15, "color": BLUE},
    }


def _other(weights: Array) -> Trace:
    """Draw another method's line or curve."""
    return quadric(weights, tint=0.0, line=OTHER, width=1.5)


def _name(weights: Array, label: T, x_range: Sequence[float], y_range: Sequence[float], *, end: bool) -> Trace:
    """Write a line's name on it, at its end in the lower right or (where two have names) towards the other end."""
    reach = max(x_range[1] - x_range[0], y_range[1] - y_range[0]) if end else 0.0  # the view may be that much wider
    wide = [(v[0] - reach, v[1] + reach) for v in (x_range, y_range)]
    place = _on_zero(weights, *wide)
    return {
        "type": "scatter",
        "mode": "none",  # the name alone
        "x": place[:, 0].astype(np.float32),
        "y": place[:, 1].astype(np.float32),
        "name": label,
        "meta": {"label": True, "at": 1.0 if end else 0.3},
        "textposition": "top left",
        "line": {"color": OTHER},
    }


def _on_zero(weights: Array, x_range: Sequence[float], y_range: Sequence[float]) -> Array:
    """Give (m, 2) points in the view where c0 + c1 x + c2 y + c3 x² + c4 xy + c5 y² is 0, from upper left to lower right."""
    c0, c1, c2, c3, c4, c5 = np.append(weights, np.zeros(6 - len(weights)))
    (x0, x1), (y0, y1) = x_range, y_range
    xs, ys = np.linspace(x0, x1, 40), np.linspace(y0, y1, 40)
    found = [np.column_stack([np.tile(xs, 2), _roots(c5, c2 + c4 * xs, c0 + c1 * xs + c3 * xs**2)])]
    found += [np.column_stack([_roots(c3, c1 + c4 * ys, c0 + c2 * ys + c5 * ys**2), np.tile(ys, 2)])]
    place = np.concatenate(found)
    place = place[(place[:, 0] >= x0) & (place[:, 0] <= x1) & (place[:, 1] >= y0) & (place[:, 1] <= y1)]
    return place[np.argsort(place[:, 0] / (x1 - x0) - 0.5 * place[:, 1] / (y1 - y0))]


def _roots(a: float, b: Array, c: Array) -> Array:
    """Give both solutions of a t² + b t + c = 0 for each b and c, one after the other; not a number where none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if a == 0:
            return np.tile(-c / b, 2)
        root = np.sqrt(b**2 - 4 * a * c)
        return np.concatenate([(-b - root) / (2 * a), (-b + root) / (2 * a)])


def mistakes(counts: Ints, epoch: Ints, *, view: str, alt: T) -> Figure:
    """Draw mistakes per epoch, with the playhead's epoch ringed.

    Parameters
    ----------
    counts
        (epochs run,) mistakes in each epoch.
    epoch
        (frames,) the epoch (from 0) of each frame.
    """
    number = np.arange(1, len(counts) + 1)
    last = int(rounded_up(len(counts)))  # an axis that rarely changes: Plotly's redraw is what costs
    return Figure(
        name="mistakes",
        title=T("誤りの数", "Mistakes"),
        alt=alt,
        layout=axes(
            T("エポック", "Epoch"),
            T("そのエポックの誤り", "Mistakes in the epoch"),
            (0.5, last + 0.5),
            (0.0, rounded_up(float(counts.max(initial=0)) * 1.05)),
            view=view,
            integer_x=True,
            integer_y=True,
        ),
        under=[
            line(number, counts, BLUE, width=2),
            {**marks(number, counts, BLUE, size=6.0 if last <= 60 else 0.0), "hovertemplate": "%{x}: %{y}"},
            _ring(number[epoch], counts[epoch]),
        ],
    )


def _ring(x: NDArray[np.generic], y: NDArray[np.generic]) -> Trace:
    """Ring the present frame's place, given (frames,) coordinates."""
    return marks(
        Frames(np.asarray(x, dtype=np.float32)[:, None]),
        Frames(np.asarray(y, dtype=np.float32)[:, None]),
        NOW,
        size=14.0,
        symbol="circle-open",
    )


def weight_space(before: Array, after: Array, *, names: Sequence[T], view: str, alt: T) -> Figure:
    """Draw w before, the update, and w after, tip to tail, in the plane of two weights.

    Parameters
    ----------
    before, after
        (frames, 2) weights of the two features around each frame's update; frame 0 has none (both equal).
    """
    everything = np.concatenate([np.zeros((1, 2)), before, after])
    zero = np.zeros((len(after), 1))

    def arrow(start: Array, end: Array, color: str, **style: object) -> Trace:
        x, y = (np.stack([start[:, i], end[:, i]], axis=1).astype(np.float32) for i in (0, 1))
        return {
            "type": "scatter",
            "mode": "lines+markers",
            "x": Frames(x),
            "y": Frames(y),
            "line": {"color": color, "width": 3, **style},
            "marker": {"symbol": "arrow", "size": 15, "color": color},
        }

    def name(place: Array, text: T, color: str, where: str) -> Trace:
        x, y = (place[:, i : i + 1].astype(np.float32) for i in (0, 1))
        return {
            "type": "scatter",
            "mode": "text",
            "x": Frames(x),
            "y": Frames(y),
            "text": [text],
            "textposition": where,
            "textfont": {"color": color},
        }

    origin = np.hstack([zero, zero])
    x_range = padded(everything[:, 0], share=0.2, least=0.5)
    y_range = padded(everything[:, 1], share=0.2, least=0.5)
    return Figure(
        name="weights",
        title=T("重みの空間", "Weight space"),
        alt=alt,
        layout=axes(names[0], names[1], x_range, y_range, view=view, equal=True),
        under=[
            line(x_range, (0, 0), MUTED, width=1),
            line((0, 0), y_range, MUTED, width=1),
            line(after[:, 0], after[:, 1], MUTED, width=1),
            arrow(origin, before, BLUE),
            arrow(before, after, NOW),
            arrow(origin, after, INK, dash="dot"),
            name(before, T("更新前の w", "w before"), BLUE, "middle right"),
            name((before + after) / 2, T("± 学習率 × x", "± rate × x"), NOW, "top center"),
            name(after, T("更新後の w", "w after"), INK, "middle left"),
        ],
    )


def corridor(norms: Array, steps: Ints, gamma: float, radius: float, *, bounded: bool, view: str, alt: T) -> Figure:
    """Draw ‖w‖ over the number of updates between Novikoff's two walls, on log axes.

    Parameters
    ----------
    norms, steps
        (frames,) ‖w‖ ÷ rate and the number of updates at each frame; frame 0 (no update) is left out.
    gamma, radius
        Margin and radius of the augmented points.
    bounded
        Whether the walls hold: separable data and a start at zero.
    """
    k = np.maximum(steps[1:], 1).astype(float)
    r = norms[1:]
    end = max(10.0, float(k.max(initial=1.0)) * 1.5)
    traces: list[Trace] = []
    if bounded:
        bound = (radius / gamma) ** 2
        end = max(end, bound * 1.6)
        grid, low_wall = np.geomspace(1.0, end, 60), np.geomspace(1.0, bound, 60)
        meet = bound * gamma
        traces += [
            # k γ ≤ ‖w‖ ≤ √k R
            line(grid, np.sqrt(grid) * radius, INK, dash="dash", label=T("√k·R より短い", "at most √k·R"), at=0.4),
            line(
                low_wall,
                low_wall * gamma,
                INK,
                dash="dash",
                label=T("k·γ より長い", "at least k·γ"),
                at=0.45,
                where="bottom right",
            ),
            line((bound, bound), (1e-3, meet), INK, dash="dot", width=1.5),
        ]
    traces += [line(k, r, BLUE, width=2.5)]
    shown_k = np.concatenate([[np.nan], k]) if len(k) else np.array([np.nan])
    shown_r = np.concatenate([[np.nan], r]) if len(r) else np.array([np.nan])
    traces.append(_ring(shown_k, shown_r))
    positive = np.concatenate([r[r > 0], [gamma, radius * np.sqrt(end)] if bounded else [1.0]])
    low = np.floor(np.log10(max(float(positive.min()), 1e-6)) * 2) / 2
    high = np.ceil(np.log10(max(float(positive.max()), 10.0)) * 2) / 2
    layout = axes(
        T("更新の回数 k（対数目盛）", "Updates k (log scale)"),
        T("‖w‖ ÷ 学習率（対数目盛）", "‖w‖ ÷ rate (log scale)"),
        (0.0, float(np.log10(end))),
        (float(low), float(high)),
        view=view,
        log_y=True,
    )
    layout["xaxis"] |= {"type": "log", "exponentformat": "power", "dtick": 1}
    return Figure(name="corridor", title=T("重みの長さ", "Length of w"), alt=alt, layout=layout, under=traces)


def walls(x: Array, augmented: Array | None, radius: float) -> list[Trace]:
    """Draw R and γ of the augmented points [1, x] in the plane of x.

    The augmented length √(1 + ‖x‖²) = R is a circle around the origin. The best line through the augmented origin, and
    the two lines at augmented distance γ, are straight lines in the plane.

    Parameters
    ----------
    augmented
        (3,) weights of the best separation, with score ±1 at the nearest points; or None.
    """
    angle = np.linspace(0, 2 * np.pi, 97)
    reach = np.sqrt(max(radius**2 - 1, 0.0))
    traces: list[Trace] = [line(reach * np.cos(angle), reach * np.sin(angle), INK, dash="dot", width=1.5)]
    far = x[np.argmax((x**2).sum(axis=1))]
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+text",
            "x": np.array([0.0, far[0]], dtype=np.float32),
            "y": np.array([0.0, far[1]], dtype=np.float32),
            "text": ["", "R"],
            "textposition": "top left",
            "line": {"color": INK, "width": 1, "dash": "dot"},
        }
    )
    if augmented is not None:
        for score, width in ((0.0, 2.0), (1.0, 1.2), (-1.0, 1.2)):
            c = augmented - np.array([score, 0.0, 0.0])
            traces.append(quadric(c, tint=0.0, line=INK, width=width, dash="dash"))
    return traces


def hulls(corners: Sequence[Array]) -> list[Trace]:
    """Draw the convex hull of each class, given its (m, 2) corners."""
    traces: list[Trace] = []
    for edge, color in zip(corners, CLASS_COLORS, strict=False):
        around = np.concatenate([edge, edge[:1]])
        traces.append(line(around[:, 0], around[:, 1], color, width=1.5))
    return traces


def witness(overlap: Array, x: Array) -> list[Trace]:
    """Draw what the hulls of both classes share: it shows that no line separates them.

    Parameters
    ----------
    overlap
        (m, 2) corners: a polygon, a segment or a point.
    x
        (n, 2) points; the name stands where they leave room.
    """
    if len(overlap) == 0:
        return []
    around = np.concatenate([overlap, overlap[:1]])
    traces: list[Trace] = []
    if len(overlap) > 2:
        area = {"type": "scatter", "mode": "none", "fill": "toself", "fillcolor": INK, "opacity": 0.25}
        traces.append({**line(around[:, 0], around[:, 1], INK), **area})
    if len(overlap) > 1:
        traces.append(line(around[:, 0], around[:, 1], INK, width=2.0, dash="dash"))
    else:
        traces.append(marks(overlap[:, 0], overlap[:, 1], INK, size=18.0, symbol="circle-open"))
    middle = overlap.mean(axis=0)
    # Of some places around it, the one farthest from all points; a thin line leads there.
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    reach = 0.38 * max(float(np.ptp(x, axis=0).max()), 0.5)
    places = middle + reach * np.column_stack([np.cos(turn), np.sin(turn)])
    low, high = x.min(axis=0), np.maximum(x.max(axis=0), x.min(axis=0) + 0.5)
    room = np.linalg.norm(places[:, None] - x, axis=-1).min(axis=1)
    room[((places < low) | (places > high)).any(axis=1)] -= reach  # rather within the view
    place = places[int(room.argmax())]
    traces.append(line((middle[0], place[0]), (middle[1], place[1]), INK, width=1.0))
    traces.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": place[:1].astype(np.float32),
            "y": place[1:].astype(np.float32),
            "text": [T("凸包の重なり", "where the hulls overlap")],
            "textposition": "bottom center" if place[1] < middle[1] else "top center",
            "textfont": {"color": INK},
        }
    )
    return traces


def numbers(x: Array, rows: Ints) -> Trace:
    """Write the number (from 1) of some of the (n, 2) points beside them."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": x[rows, 0].astype(np.float32),
        "y": x[rows, 1].astype(np.float32),
        "text": [str(row + 1) for row in rows],
        "textposition": "middle right",
        "textfont": {"color": INK},
    }


def ranking(alpha: Ints, y: Ints, rows: Ints, *, view: str, alt: T) -> Figure:
    """Draw how often the points that moved the line most have done so, frame by frame.

    Parameters
    ----------
    alpha
        (frames, n) counts.
    y
        (n,) classes; they colour the bars.
    rows
        (m,) the points to show, the first on top.
    """
    place = np.arange(len(rows), 0, -1).astype(float)
    traces: list[Trace] = []
    for label in (0, 1):
        mine = y[rows] == label
        if not mine.any():
            continue
        # Bars are thick lines from 0, with a gap between them.
        ends = np.full((len(alpha), mine.sum(), 3), np.nan, dtype=np.float32)
        ends[:, :, 0], ends[:, :, 1] = 0.0, alpha[:, rows[mine]]
        heights = np.repeat(place[mine], 3)
        traces.append(line(Frames(ends.reshape(len(alpha), -1)), heights, CLASS_COLORS[label], width=18))
    most = float(alpha[-1, rows].max(initial=0)) if len(alpha) else 0.0
    layout = axes(
        T("境界を動かした回数 α", "Times it moved the line, α"),
        "",
        (0.0, rounded_up(most * 1.05)),
        (5.5 - max(5, len(rows)), 5.6) if len(rows) > 5 else (len(rows) - 4.6, len(rows) + 0.6),
        view=view,
        integer_x=True,
    )
    layout["yaxis"] |= {
        "tickvals": place.tolist(),
        "ticktext": [T(f"例 {row + 1}", f"no. {row + 1}") for row in rows],
        "showgrid": False,
        "ticks": "",
    }
    layout["margin"] = {**layout["margin"], "l": 62}
    return Figure(name="ranking", title=T("動かした点", "Who moved it"), alt=alt, layout=layout, under=traces)


def cloud(
    x: Array,
    y: Ints,
    weights: Array,
    share: Array,
    *,
    corner: Sequence[float],
    cell: Sequence[float],
    other: Array,
    other_name: T,
    names: Sequence[T],
    axis_names: Sequence[T],
    view: str,
    alt: T,
    window: Sequence[float] = (),
) -> Figure:
    """Draw the last lines of many runs over the data, and at each place the share of them that says class 1.

    Parameters
    ----------
    x, y
        (n, 2) points and (n,) classes 0/1.
    weights
        (runs, 3) lines. Of curves, (runs, 6), the share alone is drawn.
    share
        (h, w) from 0 to 1, the lattice's first node at `corner` and its nodes `cell` apart.
    other, other_name
        Weights of one run to compare with, and its name.
    """
    x_range, y_range = (window[:2], window[2:]) if window else (steady(x[:, 0]), steady(x[:, 1]))
    traces: list[Trace] = [
        {
            "type": "heatmap",
            "z": np.round(255 * share).astype(np.uint8),
            "x0": float(corner[0]),
            "dx": float(cell[0]),
            "y0": float(corner[1]),
            "dy": float(cell[1]),
            "zmin": 0,
            "zmax": 255,
            "colorscale": [[0.0, BLUE], [0.5, PAPER], [1.0, ORANGE]],
            "opacity": 0.18,
        }
    ]
    if weights.shape[1] == 3:
        traces += _lines(weights, x_range, y_range)
    traces.append(_other(other))
    traces.append(points(x[:, 0], x[:, 1], y, names=names, size=9.0, editable=True))
    traces.append(_name(other, other_name, x_range, y_range, end=True))
    return Figure(
        name="cloud",
        title=T("境界の雲", "Cloud of lines"),
        alt=alt,
        layout=axes(axis_names[0], axis_names[1], x_range, y_range, view=view, equal=True),
        under=traces,
    )


def _lines(weights: Array, x_range: Sequence[float], y_range: Sequence[float]) -> list[Trace]:
    """Draw many lines, a few in each trace: within a trace strokes do not darken one another, so many traces do."""
    centre = np.array([np.mean(x_range), np.mean(y_range)])
    reach = 4 * max(x_range[1] - x_range[0], y_range[1] - y_range[0])
    b, w = weights[:, :1], weights[:, 1:]
    norm = np.linalg.norm(w, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        foot = centre - (w @ centre[:, None] + b) * w / norm**2
        along = reach * np.column_stack([-w[:, 1], w[:, 0]]) / norm
    ends = np.stack([foot - along, foot + along, np.full_like(foot, np.nan)], axis=1)
    return [
        {**line(part[:, :, 0].ravel(), part[:, :, 1].ravel(), BLUE, width=1.0), "opacity": 0.22}
        for part in np.array_split(ends, min(20, len(ends)))
    ]


def histogram(values: Ints, other: int, *, axis: T, other_name: T, view: str, alt: T) -> Figure:
    """Draw how often each whole number came up among `values`, and where `other` stands."""
    low, high = int(min(values.min(), other)), int(max(values.max(), other))
    width = max(1, int(np.ceil((high - low + 1) / 30)))
    edges = low - 0.5 + width * np.arange((high - low) // width + 2)
    counts, _ = np.histogram(values, edges)
    left, right, zero = edges[:-1], edges[1:], np.zeros(len(counts))
    gap = np.full(len(counts), np.nan)
    bars_x = np.column_stack([left, left, right, right, gap]).ravel()
    bars_y = np.column_stack([zero, counts, counts, zero, gap]).ravel()
    top = 20.0 * np.ceil(float(counts.max()) * 1.15 / 20)
    room = max(1.0, 0.06 * (edges[-1] - edges[0]))
    return Figure(
        name="histogram",
        title=T("更新の回数", "Updates"),
        alt=alt,
        layout=axes(
            axis,
            T("並べ方の数", "Orders"),
            (edges[0] - room, edges[-1] + room),
            (0.0, top),
            view=view,
            integer_x=True,
            integer_y=True,
        ),
        under=[
            {**line(bars_x, bars_y, BLUE, width=1.0), "fill": "toself", "fillcolor": BLUE, "opacity": 0.45},
            line((other, other), (0.0, 0.93 * top), OTHER, width=1.5, label=other_name, where="middle right"),
        ],
    )

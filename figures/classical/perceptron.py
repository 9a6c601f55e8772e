"""Pictures of the perceptron: the plane of the data, mistakes over epochs, the space of weights, the corridor of ‖w‖."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from figures.spec import (
    BLUE,
    CLASS_COLORS,
    INK,
    MUTED,
    NOW,
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
    mistake: NDArray[np.uint8],
    names: Sequence[T],
    axis_names: Sequence[T],
    view: str,
    alt: T,
    window: Sequence[float] = (),
    over: Sequence[Trace] = (),
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
        (frames, n) non-zero where the frame's boundary errs.
    window
        (x0, x1, y0, y1) to show, or () for all the data.
    over, editable
        Further traces painted between regions and points; whether points can be edited by hand.
    """
    x_range, y_range = (window[:2], window[2:]) if window else (steady(x[:, 0]), steady(x[:, 1]))
    traces: list[Trace] = [
        quadric(Frames(weights.astype(np.float32)), negative=CLASS_COLORS[0], positive=CLASS_COLORS[1])
    ]
    traces += over
    if weights.shape[1] == 3:
        traces.append(_normal(weights, x_range, y_range))
    traces.append(
        points(
            x[:, 0],
            x[:, 1],
            y,
            names=names,
            mistake=Frames(mistake),
            ring=Frames(ring.astype(np.int32)[:, None]),
            size=11.0,
            editable=editable,
        )
    )
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
    last = max(5, len(counts))
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

"""Pictures of CartPole: the cart and its pole, maps over angle and angular velocity, learning curves, returns to go."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures.spec import (
    BLUE,
    GREEN,
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
    line,
    marks,
)

Array = NDArray[np.float64]
DEGREES = 180.0 / np.pi
ANGLE, SPEED = 12.0, 2.0 * DEGREES  # what the maps show: ± degrees, ± degrees a second (2 rad/s)
FALL, EDGE = 12.0, 2.4  # where an episode ends: degrees, metres


@dataclass(frozen=True)
class Grid:
    """A lattice over angle θ and angular velocity θ̇, in radians: `w` × `h` points."""

    w: int = 49
    h: int = 41

    @property
    def angle(self) -> Array:
        """(w,) angles, in radians."""
        return np.linspace(-ANGLE, ANGLE, self.w) / DEGREES

    @property
    def speed(self) -> Array:
        """(h,) angular velocities, in radians a second."""
        return np.linspace(-SPEED, SPEED, self.h) / DEGREES

    def states(self) -> Array:
        """(h·w, 4) states with the cart in the middle, at rest."""
        theta, omega = np.meshgrid(self.angle, self.speed)
        zero = np.zeros(theta.size)
        return np.stack([zero, zero, theta.ravel(), omega.ravel()], axis=1)


def _heatmap(grid: Grid, z: NDArray[np.uint8] | Frames, scale: list[list[Any]], opacity: float) -> Trace:
    return {
        "type": "heatmap",
        "z": z,
        "x0": -ANGLE,
        "dx": 2 * ANGLE / (grid.w - 1),
        "y0": -SPEED,
        "dy": 2 * SPEED / (grid.h - 1),
        "zmin": 0,
        "zmax": 255,
        "colorscale": scale,
        "opacity": opacity,
    }


def _bytes(grid: Grid, z: Array) -> NDArray[np.uint8]:
    """Turn values in 0 … 1, (h·w,) or (frames, h·w), into what a heat map takes."""
    return np.asarray(np.round(255 * np.clip(np.nan_to_num(z), 0, 1)), np.uint8).reshape(*z.shape[:-1], grid.h, grid.w)


def _moving(values: Array, *, kept: bool = True) -> Frames:
    """Let values (frames, …) move with the playhead; `kept` while no slider of the episode changes them."""
    values = values.astype(np.float32)
    return Frames(Kept(values) if kept else values)


def _still_or_moving(z: NDArray[np.uint8]) -> NDArray[np.uint8] | Frames:
    return Frames(z) if z.ndim == 3 else z


def policy_map(grid: Grid, right: Array) -> Trace:
    """Tint where the policy pushes left (orange) and right (blue).

    Parameters
    ----------
    right
        (h·w,) probability of a push to the right, or (frames, h·w).
    """
    return _heatmap(grid, _still_or_moving(_bytes(grid, right)), [[0, ORANGE], [0.5, PAPER], [1, BLUE]], 0.34)


def value_map(grid: Grid, value: Array, low: float, high: float) -> Trace:
    """Shade the value from `low` (paper) to `high` (green); (h·w,) or (frames, h·w)."""
    share = (value - low) / max(high - low, 1e-9)
    return _heatmap(grid, _still_or_moving(_bytes(grid, share)), [[0, PAPER], [1, GREEN]], 0.75)


def visits(grid: Grid, counts: NDArray[np.int64], *, color: str = INK) -> Trace:
    """Shade how often each point of the lattice (h, w) was visited, on a square-root scale."""
    share = np.sqrt(counts / max(float(counts.max()), 1.0)).ravel()
    return _heatmap(grid, _bytes(grid, share), [[0, "rgba(128,128,128,0)"], [1, color]], 0.6)


def kept(trace: Trace) -> Trace:
    """Let the arrays of a trace that stands still under every slider of its scene travel once."""
    return {name: Kept(value) if isinstance(value, np.ndarray) else value for name, value in trace.items()}


def crossings(grid: Grid, value: Array, level: float) -> tuple[Array, Array]:
    """Give the line where a value (h·w,) on the lattice crosses a level: x, y in degrees, segments parted by NaN."""
    z = value.reshape(grid.h, grid.w) - level
    x, y = np.linspace(-ANGLE, ANGLE, grid.w), np.linspace(-SPEED, SPEED, grid.h)
    up = z >= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        across, along = z[:, :-1] / (z[:, :-1] - z[:, 1:]), z[:-1] / (z[:-1] - z[1:])
    px, py = x[:-1] + across * np.diff(x), np.broadcast_to(y[:, None], across.shape)
    qx, qy = np.broadcast_to(x, along.shape), y[:-1, None] + along * np.diff(y)[:, None]
    cut_h, cut_v = up[:, :-1] != up[:, 1:], up[:-1] != up[1:]
    # The four edges of each cell: bottom, right, top, left. A cell that is cut is cut at two of them, or at all four.
    cut = np.stack([cut_h[:-1], cut_v[:, 1:], cut_h[1:], cut_v[:, :-1]]).reshape(4, -1)
    ex = np.stack([px[:-1], qx[:, 1:], px[1:], qx[:, :-1]]).reshape(4, -1)
    ey = np.stack([py[:-1], qy[:, 1:], py[1:], qy[:, :-1]]).reshape(4, -1)
    cell = np.flatnonzero(cut.any(axis=0))
    first, last = cut[:, cell].argmax(axis=0), 3 - cut[::-1, cell].argmax(axis=0)
    gap = np.full(len(cell), np.nan)
    return (
        np.stack([ex[first, cell], ex[last, cell], gap], axis=1).ravel(),
        np.stack([ey[first, cell], ey[last, cell], gap], axis=1).ravel(),
    )


def switching(weights: Sequence[float], color: str = OTHER, *, label: T | str, at: float = 0.86, **style: Any) -> Trace:
    """Draw the line w_θ θ + w_θ̇ θ̇ = 0 on which a linear policy changes its push.

    Parameters
    ----------
    weights
        (w_θ, w_θ̇).
    """
    a, b = weights
    speed = np.linspace(-SPEED, SPEED, 81)
    angle = -b / a * speed if a else np.full(81, np.nan)
    angle[np.abs(angle) > ANGLE] = np.nan
    return line(angle, speed, color, label=label, at=at, **{"width": 1.5, "dash": "dash", **style})


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


def sides() -> list[Trace]:
    """Name the two sides of a policy map."""
    return [
        word(-ANGLE, -SPEED, T("← 左へ押す", "← push left"), INK, at="top right"),
        word(ANGLE, SPEED, T("右へ押す →", "push right →"), INK, at="bottom left"),
    ]


def plane(name: str, title: T, traces: Sequence[Trace], *, alt: T) -> Figure:
    """Lay out a map over angle and angular velocity; traces in degrees, painted in order."""
    layout = axes(
        T("棒の角度 θ (°)", "Pole angle θ (°)"),
        T("角速度 θ̇ (°/s)", "Angular velocity θ̇ (°/s)"),
        (-ANGLE, ANGLE),
        (-SPEED, SPEED),
        view=name,
    )
    layout["xaxis"] |= {"dtick": 4}
    layout["yaxis"] |= {"dtick": 50}
    layout["margin"] = {**layout["margin"], "l": 58, "t": 26}
    return Figure(name, title, alt, _titled(layout, title), under=tuple(traces))


def _titled(layout: dict[str, Any], title: T) -> dict[str, Any]:
    layout["title"] = {"text": title, "font": {"size": 13}, "x": 0.02, "y": 0.99, "yanchor": "top"}
    return layout


def here(x: Array, y: Array, *, size: float = 13.0, kept: bool = True) -> list[Trace]:
    """Ring the present, which moves with the playhead: x, y (frames,); `kept` while no slider changes y."""
    at = _moving(x[:, None]), _moving(y[:, None], kept=kept)
    return [
        marks(*at, NOW, size=size, symbol="circle-open", line={"width": 3}),
        marks(*at, NOW, size=4.0),
    ]


def path(states: Array, color: str = INK) -> Trace:
    """Draw the way of states (n, 4) through the plane of a map, faintly."""
    return {**line(states[:, 2] * DEGREES, states[:, 3] * DEGREES, color, width=1), "opacity": 0.3}


# ---- the cart


def cart(states: Array, actions: NDArray[np.int64], length: float, *, alt: T, title: T) -> Figure:
    """Draw cart and pole to scale, moving with the playhead; the pole leans the way it falls.

    Parameters
    ----------
    states
        (frames, 4): position in m, velocity, angle in radians (positive leans right), angular velocity.
    actions
        (frames,) 1 for a push to the right, 0 to the left, −1 for none.
    length
        Half the pole's length in m, as Gymnasium has it.
    """
    x, theta = states[:, 0], states[:, 2]
    foot = 0.12
    pole_x = np.stack([x, x + 2 * length * np.sin(theta)], axis=1)
    pole_y = np.stack([np.full(len(x), foot), foot + 2 * length * np.cos(theta)], axis=1)
    body = np.stack([x - 0.25, x + 0.25], axis=1)
    push = np.where(actions > 0, 0.62, -0.62)
    arrow = np.where((actions < 0)[:, None], np.nan, np.stack([x + push * 0.5, x + push], axis=1))
    # The wedge of ±12° above the cart, in which the pole has to stay.
    turn = np.linspace(-FALL, FALL, 5) / DEGREES
    wedge_x = np.concatenate([np.zeros(1), 2 * length * np.sin(turn)])
    wedge_y = foot + np.concatenate([np.zeros(1), 2 * length * np.cos(turn)])
    layout = axes(T("台車の位置 x (m)", "Cart position x (m)"), "", (-2.75, 2.75), (-0.3, 1.4), view="cart", equal=True)
    layout["yaxis"] |= {"tickmode": "array", "tickvals": [], "ticks": "", "showline": False}
    layout["xaxis"] |= {"tickmode": "array", "tickvals": [-2.4, -1.2, 0, 1.2, 2.4]}
    layout["margin"] = {"l": 8, "r": 8, "t": 26, "b": 40}
    ends = {"width": 1.5, "dash": "dash"}
    return Figure(
        "cart",
        title,
        alt,
        _titled(layout, title),
        under=(
            line((-3.5, 3.5), (0, 0), MUTED, width=1.5),
            line((-EDGE, -EDGE), (0, 0.9), INK, **ends),
            line((EDGE, EDGE), (0, 0.9), INK, **ends),
            {
                **line(_moving(x[:, None] + wedge_x), wedge_y, INK, width=0),
                "mode": "none",
                "fill": "toself",
                "fillcolor": INK,
                "opacity": 0.1,
            },
            line(_moving(body), (0.07, 0.07), INK, width=15),
            line(_moving(pole_x), _moving(pole_y), NOW, width=6),
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": _moving(arrow),
                "y": np.array([0.07, 0.07], dtype=np.float32),
                "line": {"color": NOW, "width": 2.5},
                "marker": {"color": NOW, "size": 9, "symbol": "arrow"},
            },
        ),
    )


# ---- curves


def learning(
    steps: Array,
    returns: Array,
    mean_steps: Array,
    mean: Array,
    *,
    budget: float,
    at: Array | None,
    alt: T,
    title: T,
    goal: float = 475.0,
) -> Figure:
    """Draw episode lengths over environment steps, their moving mean, and the mark to reach.

    Parameters
    ----------
    steps, returns
        (episodes,) when each episode ended, and how long it was.
    mean_steps, mean
        (m,) the moving mean.
    at
        (frames,) environment steps at each moment of the playhead, or None.
    """
    layout = axes(
        T("環境のステップ", "Environment steps"),
        T("エピソードの長さ", "Episode length"),
        (0, budget),
        (0, 530),
        view=f"learning {budget:g}",
    )
    layout["margin"] = {**layout["margin"], "l": 56, "t": 26}
    layout["xaxis"] |= {"nticks": 6}
    step = max(1, -(-len(steps) // 700))
    traces: list[Trace] = [
        line((0, budget), (goal, goal), INK, dash="dash", width=1.5),
        word(0, goal, T("目標 475", "goal 475"), at="bottom right"),
        marks(steps[::step], returns[::step], MUTED, size=5.0, opacity=0.45),
        line(mean_steps, mean, BLUE, width=2.5),
    ]
    if at is not None:
        x = Frames(np.repeat(np.asarray(at, np.float32)[:, None], 2, axis=1))
        traces.append(line(x, (0, 530), NOW, width=2))
    return Figure("curve", title, alt, _titled(layout, title), under=tuple(traces))


def _above(value: float) -> float:
    """Give the next of …, 1, 5, 10, 50, … from `value` up; 0 for 0."""
    if value <= 0:
        return 0.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 5, 10) if value <= unit * step)


def to_go(returns: Array, *, frames: Array, reward: T, alt: T, title: T) -> Figure:
    """Draw the return to go G_t of each step, with the present step ringed.

    Parameters
    ----------
    returns
        (t,) G_t.
    frames
        (frames,) the step shown at each frame.
    """
    steps = np.arange(len(returns))
    # The axis moves in steps of 1, 5, 10, so that the curve is seen to grow and Plotly rests.
    low, high = -_above(-float(returns.min(initial=0.0))), max(1.0, _above(float(returns.max(initial=0.0))))
    end = float(max(len(returns), 10))
    layout = axes(
        T("ステップ t", "Step t"),
        reward,
        (0, 1.03 * end),
        (low - 0.03 * (high - low), high + 0.03 * (high - low)),
        view=f"to go {low:g} {high:g}",
    )
    layout["margin"] = {**layout["margin"], "l": 58, "t": 26}
    now = np.minimum(frames, len(returns) - 1)
    return Figure(
        "returns",
        title,
        alt,
        _titled(layout, title),
        under=(
            line(Kept(steps.astype(np.float32)), returns, BLUE, width=2.5),
            *here(now.astype(float), returns[now], kept=False),
        ),
    )


# ---- luck


def fan(
    steps: Array, curves: Array, yours: int, at: float, *, alt: T, title: T, mean_color: str = BLUE, goal: float = 475.0
) -> Figure:
    """Draw the learning curves of many seeds: thin lines, the middle half as a band, the median, and one's own.

    Parameters
    ----------
    steps
        (g,) environment steps.
    curves
        (seeds, g) mean episode lengths.
    yours
        The seed on top.
    at
        Environment steps at which the seeds are compared.
    """
    low, middle, high = np.percentile(curves, [25, 50, 75], axis=0)
    gap = np.full((len(curves), 1), np.nan)
    x = np.concatenate([np.tile(steps, (len(curves), 1)), gap], axis=1).ravel()
    y = np.concatenate([curves, gap], axis=1).ravel()
    layout = axes(
        T("環境のステップ", "Environment steps"),
        T("エピソードの長さ（20 回の平均）", "Episode length (mean of 20)"),
        (0, float(steps[-1])),
        (0, 530),
        view=f"fan {steps[-1]:g}",
    )
    layout["margin"] = {**layout["margin"], "l": 56, "t": 26}
    layout["xaxis"] |= {"nticks": 6}
    band = line(np.concatenate([steps, steps[::-1]]), np.concatenate([low, high[::-1]]), mean_color, width=0)
    g = len(steps)
    return Figure(
        "fan",
        title,
        alt,
        _titled(layout, title),
        under=(
            line((0, float(steps[-1])), (goal, goal), INK, dash="dash", width=1.5),
            {**band, "mode": "none", "fill": "toself", "fillcolor": mean_color, "opacity": 0.2},
            {**line(x, y, OTHER, width=1), "opacity": 0.55},
            line(steps, middle, mean_color, width=3),
            line((at, at), (0, 530), INK, width=1.2, dash="dot"),
            line(steps, curves[yours], NOW, width=2.2),
            word(float(steps[int(0.66 * g)]), float(middle[int(0.66 * g)]), T("中央値", "median"), mean_color, at="top left"),
            word(
                float(steps[int(0.36 * g)]), float(curves[yours, int(0.36 * g)]),
                T(f"種 {yours}", f"seed {yours}"), NOW, at="bottom right",
            ),
        ),
    )  # fmt: skip


def strip(values: Array, names: Sequence[T], chosen: int, yours: int, *, alt: T, title: T) -> Figure:
    """Draw one dot a seed, a row an agent, with the median as a bar.

    Parameters
    ----------
    values
        (agents, seeds).
    chosen, yours
        The agent and the seed to show.
    """
    agents, seeds = values.shape
    layout = axes(T("エピソードの長さ", "Episode length"), "", (-10, 515), (-0.6, agents - 0.4), view=f"strip {agents}")
    layout["yaxis"] |= {"tickmode": "array", "tickvals": list(range(agents)), "ticktext": list(names), "ticks": ""}
    layout["margin"] = {**layout["margin"], "l": 128, "t": 26}
    spread = (np.arange(seeds) * 0.618 % 1.0 - 0.5) * 0.56
    traces: list[Trace] = []
    for row in range(agents):
        lit = row == chosen
        middle = float(np.median(values[row]))
        traces += [
            marks(values[row], row + spread, BLUE if lit else MUTED, size=7.0, opacity=0.85 if lit else 0.5),
            line((middle, middle), (row - 0.36, row + 0.36), BLUE if lit else INK, width=3 if lit else 2),
        ]
    traces.append(
        marks(
            values[chosen, yours : yours + 1], chosen + spread[yours : yours + 1], NOW,
            size=14.0, symbol="circle-open", line={"width": 3},
        )
    )  # fmt: skip
    return Figure("strip", title, alt, _titled(layout, title), under=tuple(traces))


# ---- values


def over_time(
    sets: Sequence[tuple[Array, Array, Array, str, str, T]], *, low: float, high: float, alt: T, title: T
) -> Figure:
    """Draw what agents expected at each time of their episodes (marks), and what really came (dashed).

    Parameters
    ----------
    sets
        (time, value, truth, colour, symbol, name) of each agent.
    """
    layout = axes(T("ステップ t", "Step t"), T("価値", "Value"), (0, 505), (low, high), view=f"values {low:g} {high:g}")
    layout["margin"] = {**layout["margin"], "l": 58, "t": 26}
    traces: list[Trace] = []
    for time, value, _, color, symbol, _ in sets:
        traces.append(marks(time, value, color, size=5.5, symbol=symbol, opacity=0.7))
    for time, _, truth, color, _, _ in sets:
        order = np.argsort(time, kind="stable")
        bins = np.array_split(order, 20) if len(order) >= 20 else [order]
        at, mean = [time[i].mean() for i in bins], [truth[i].mean() for i in bins]
        traces += [line(at, mean, PAPER, width=5), line(at, mean, color, width=3, dash="dash")]
    # The names stand below, where no values are.
    for k, (*_, color, symbol, name) in enumerate(sets):
        y = low + (0.14 - 0.07 * k) * (high - low)
        traces += [marks((24,), (y,), color, size=9.0, symbol=symbol), word(30, y, name, at="middle right")]
    return Figure("time", title, alt, _titled(layout, title), under=tuple(traces))


def by_discount(
    labels: Sequence[str],
    sets: Sequence[tuple[Array, Array, str, str, T]],
    chosen: int,
    *,
    low: float,
    high: float,
    alt: T,
    title: T,
) -> Figure:
    """Draw mean expected (marks) and real values (dashes) for each discount: (values, truth, colour, symbol, name)."""
    n = len(labels)
    layout = axes(
        T("割引率 γ", "Discount γ"), T("平均の価値", "Mean value"), (-0.6, n - 0.4), (low, high), view=f"gammas {low:g}"
    )
    layout["margin"] = {**layout["margin"], "l": 58, "t": 26}
    layout["xaxis"] |= {"tickmode": "array", "tickvals": list(range(n)), "ticktext": list(labels)}
    band = line((chosen - 0.46, chosen + 0.46, chosen + 0.46, chosen - 0.46), (low, low, high, high), NOW, width=0)
    traces: list[Trace] = [{**band, "mode": "none", "fill": "toself", "fillcolor": NOW, "opacity": 0.12}]
    for k, (values, truth, color, symbol, _) in enumerate(sets):
        x = np.arange(n) + (k - 0.5) * 0.42
        for i in range(n):
            traces.append(line((x[i] - 0.19, x[i] + 0.19), (truth[i], truth[i]), color, width=3, dash="dash"))
        traces.append(marks(x, values, color, size=11.0, symbol=symbol))
    return Figure("discounts", title, alt, _titled(layout, title), under=tuple(traces))


# ---- other worlds


def worlds(
    steps: Array,
    lengths: Sequence[float],
    forces: Sequence[float],
    here: tuple[int, int],
    home: tuple[int, int],
    *,
    alt: T,
    title: T,
) -> Figure:
    """Draw mean steps in worlds with other poles (up) and pushes (across).

    Parameters
    ----------
    steps
        (lengths, forces).
    here, home
        (length, force) indices of the world looked at, and of the one the agent learned in.
    """
    h, w = steps.shape
    layout = axes(
        T("押す力 (N)", "Force of a push (N)"),
        T("棒の長さの半分 (m)", "Half the pole (m)"),
        (-0.5, w - 0.5),
        (-0.5, h - 0.5),
        view="worlds",
    )
    layout["margin"] = {**layout["margin"], "l": 56, "t": 26}
    layout["dragmode"] = False
    layout["xaxis"] |= {"tickmode": "array", "tickvals": list(range(w)), "ticktext": [f"{v:g}" for v in forces]}
    layout["yaxis"] |= {"tickmode": "array", "tickvals": list(range(h)), "ticktext": [f"{v:g}" for v in lengths]}
    row, column = np.divmod(np.arange(h * w), w)

    def box(place: tuple[int, int], color: str, width: float, dash: str, grow: float) -> Trace:
        i, j = place
        a, b = 0.5 - grow, 0.5 - grow
        return line(
            (j - a, j + a, j + a, j - a, j - a), (i - b, i - b, i + b, i + b, i - b), color, width=width, dash=dash
        )

    return Figure(
        "worlds",
        title,
        alt,
        _titled(layout, title),
        under=(
            {
                "type": "heatmap",
                "z": np.round(255 * np.clip(steps / 500, 0, 1)).astype(np.uint8),
                "x0": 0,
                "dx": 1,
                "y0": 0,
                "dy": 1,
                "zmin": 0,
                "zmax": 255,
                "colorscale": [[0, PAPER], [1, GREEN]],
                "opacity": 0.6,
                "zsmooth": False,
            },
            {
                "type": "scatter",
                "mode": "text",
                "x": column.astype(np.float32),
                "y": row.astype(np.float32),
                "text": [f"{v:.0f}" for v in steps.ravel()],
                "textposition": "middle center",
            },
            box(home, INK, 2, "dash", 0.03),
            box(here, NOW, 3, "solid", 0.07),
        ),
    )


def walls(angle_edges: Array, spin_edges: Array) -> Trace:
    """Draw the walls between boxes (both in radians) on a map, inner walls only."""
    x, y = [], []
    for a in angle_edges[1:-1] * DEGREES:
        x += [a, a, np.nan]
        y += [-SPEED, SPEED, np.nan]
    for s in spin_edges[1:-1] * DEGREES:
        x += [-ANGLE, ANGLE, np.nan]
        y += [s, s, np.nan]
    return {**line(np.array(x), np.array(y), INK, width=1), "opacity": 0.45}


def alias(low: Array, high: Array, one: Array, other: Array) -> list[Trace]:
    """Mark a box, given two corners (θ, θ̇) in radians, and two states in it that need different pushes."""
    (x0, y0), (x1, y1) = low * DEGREES, high * DEGREES
    a, b = one * DEGREES, other * DEGREES
    return [
        line((x0, x1, x1, x0, x0), (y0, y0, y1, y1, y0), NOW, width=3),
        line((a[0], b[0]), (a[1], b[1]), INK, width=1.5),
        marks((a[0],), (a[1],), ORANGE, size=11.0, symbol="triangle-up", line={"width": 1.5, "color": INK}),
        marks((b[0],), (b[1],), BLUE, size=10.0, symbol="circle", line={"width": 1.5, "color": INK}),
        word(a[0], a[1], T("LQR は左", "LQR: left"), at="bottom left"),
        word(b[0], b[1], T("LQR は右", "LQR: right"), at="top right"),
    ]

"""Pictures of vanishing and exploding gradients: sizes down the layers, phases, fixes, training runs, time, number formats.

In all of them the gradient is BLUE, the activations GREEN, theory dashed INK, and a setting compared with OTHER. Sizes are
drawn as log₁₀ on plain axes whose ticks read as powers of ten, since float32 ends at 10⁻⁴⁵.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figures.spec import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    NOW,
    ORANGE,
    OTHER,
    PAPER,
    PURPLE,
    SKY,
    Figure,
    Frames,
    T,
    Trace,
    axes,
    handle_values,
    line,
    marks,
)

Array = NDArray[np.float64]

LAYER = T("層（0 は入力）", "Layer (0 is the input)")
SIZE = T("大きさ（対数）", "Size (log)")
FORMAT_COLORS = {"fp16": ORANGE, "bf16": PURPLE, "fp32": SKY}


def log10(values: ArrayLike) -> Array:
    """Give log₁₀; not-a-number where a value is zero or not finite."""
    values = np.asarray(values, dtype=np.float64)
    ok = np.isfinite(values) & (values > 0)
    return np.where(ok, np.log10(np.where(ok, values, 1.0)), np.nan)


def _f4(values: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)


STEPS_DOWN = (-15.0, -30.0, -60.0, -120.0, -240.0, -480.0)
STEPS_UP = (3.0, 8.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0)


def decades(*logs: ArrayLike, low: float = -6.0, high: float = 2.0) -> tuple[float, float]:
    """Give round ends around log₁₀ values that change in steps: at least `low` to `high`."""
    flat = np.concatenate([np.ravel(np.asarray(v, dtype=np.float64)) for v in logs])
    flat = flat[np.isfinite(flat)]
    least, most = (float(flat.min()), float(flat.max())) if flat.size else (low, high)
    # Few ends, so that an axis rarely changes while a slider moves.
    low = next((end for end in (low, *STEPS_DOWN) if end <= low and end <= least), STEPS_DOWN[-1])
    high = next((end for end in (high, *STEPS_UP) if end >= high and end >= most + 0.3), STEPS_UP[-1])
    return low, high


def _powers(axis: dict[str, Any], low: float, high: float, most: int = 7) -> None:
    """Let an axis of log₁₀ values read as powers of ten, with about `most` ticks."""
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100, 200) if (high - low) / s <= most)
    ticks = [k for k in range(int(np.ceil(low)), int(high) + 1) if k % step == 0]
    axis |= {
        "tickmode": "array",
        "tickvals": ticks,
        "tickangle": 0,
        "ticktext": ["1" if k == 0 else f"10<sup>{'−' if k < 0 else ''}{abs(k)}</sup>" for k in ticks],
    }


def _plane(
    x: T, y: T, x_range: Sequence[float], y_range: Sequence[float], view: str, *, log: bool = False, small: bool = False
) -> dict[str, Any]:
    layout = axes(x, y, x_range, y_range, view=view, integer_x=x_range[1] - x_range[0] < 12)
    if log:
        _powers(layout["yaxis"], y_range[0], y_range[1])
    layout["margin"] = {"l": 66 if log else 54, "r": 12, "t": 10, "b": 44}
    if small:
        layout["margin"] = {"l": 64 if log else 48, "r": 8, "t": 6, "b": 40}
        layout["xaxis"]["nticks"] = 5
        if not log:
            layout["yaxis"]["nticks"] = 5
        for axis in ("xaxis", "yaxis"):
            layout[axis]["title"] = {**layout[axis]["title"], "font": {"size": 12}}
    return layout


def _text(x: float, y: float, words: T, color: str = INK, where: str = "middle center") -> Trace:
    return {
        "type": "scatter",
        "mode": "text",
        "x": _f4([x]),
        "y": _f4([y]),
        "text": [words],
        "textposition": where,
        "textfont": {"color": color},
    }


def _box(x0: float, x1: float, y0: float, y1: float, color: str, opacity: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "none",
        "x": _f4([x0, x1, x1, x0, x0]),
        "y": _f4([y0, y0, y1, y1, y0]),
        "fill": "toself",
        "fillcolor": color,
        "opacity": opacity,
    }


def _dotted(x: ArrayLike, y: ArrayLike, color: str, label: T | None, at: float, where: str, hover: str) -> list[Trace]:
    """Draw measurements: dots on a thin line, named on it."""
    named = {} if label is None else {"label": label, "at": at, "where": where}
    size = 6.5 if np.size(x) < 60 else 4.0
    return [
        {**line(x, y, color, width=2, **named), "hovertemplate": hover},
        marks(x, y, color, size=size),
    ]


# ---- down the layers


def sizes(
    activation: Array,
    gradient: Array,
    theory: tuple[Array, Array] | None,
    *,
    broken: int = -1,
    alt: T,
) -> Figure:
    """Draw the sizes of activations and gradients in each layer, and what the theory says of them.

    Parameters
    ----------
    activation, gradient
        (L + 1,).
    theory
        The same two, predicted; None where there is no theory.
    broken
        A layer beyond the finite numbers, marked; −1 for none.
    """
    depth = len(gradient) - 1
    up, down, layers = log10(activation), log10(gradient), np.arange(depth + 1)
    low, high = decades(up, down)
    rising = not (np.nan_to_num(down[0]) > np.nan_to_num(down[-1]) + 0.25 * (high - low))
    under: list[Trace] = [line([0, depth], [0, 0], MUTED, width=1, dash="dot")]
    climb = float(np.nan_to_num(up[-1] - up[0], nan=high - low)) / (high - low)
    steep = abs(np.nan_to_num(down[0]) - np.nan_to_num(down[-1])) > 0.12 * (high - low)
    at, side = (0.45, "bottom right" if rising else "bottom left") if steep else (0.45, "bottom center")
    if steep and not rising:
        at, side = 0.15, "top right"
    elif steep and climb < -0.12:
        at = 0.12
    # Where both lines are steep they cross: their names stand on the far side of the crossing.
    spot, place = (0.12, "top right") if abs(climb) < 0.12 else (0.8, "top left" if climb > 0 else "bottom left")
    under += _dotted(layers, up, GREEN, T("出力 h", "outputs h"), spot, place, "h%{x}: 10^%{y}")
    under += _dotted(layers, down, BLUE, T("勾配 ∂L/∂h", "gradient ∂L/∂h"), at, side, "∂L/∂h%{x}: 10^%{y}")
    if theory is not None:
        expected = [log10(values) for values in theory]
        place = ("top left" if rising else "top right") if steep else "bottom center"
        under += [
            line(layers, expected[0], INK, width=1.4, dash="dash"),
            line(layers, expected[1], INK, width=1.4, dash="dash", label=T("理論", "theory"), at=0.8, where=place),
        ]
    if broken >= 0:
        under.append(marks([broken], [high - 0.04 * (high - low)], INK, size=12, symbol="x"))
        words = T(f"{broken} 層で有限の数を出る", f"not finite from layer {broken}")
        under.append(_text(broken, high - 0.1 * (high - low), words, INK, "bottom center"))
    return Figure(
        "sizes",
        T("層ごとの大きさ", "Sizes"),
        alt,
        _plane(LAYER, SIZE, (-0.02 * depth - 0.1, 1.02 * depth + 0.1), (low, high), f"sizes {depth}", log=True),
        under=under,
    )


def curves(z: Array, phi: Array, slope: Array, live: Array, span: float, *, alt: T) -> Figure:
    """Draw φ and φ′ over what comes in, and where the inputs are.

    Parameters
    ----------
    z, phi, slope
        (n,) the curves.
    live
        (bins,) shares of the inputs over ±span, of all layers.
    """
    low, high = -1.9, 3.2
    edges = np.linspace(-span, span, len(live) + 1)
    top = low + 1.35 * live / max(float(live.max()), 1e-9)
    x = np.repeat(edges, 2)[1:-1]
    y = np.repeat(top, 2)
    fill = {
        "type": "scatter",
        "mode": "none",
        "x": _f4([x[0], *x, x[-1]]),
        "y": _f4([low, *y, low]),
        "fill": "toself",
        "fillcolor": MUTED,
        "opacity": 0.35,
    }
    i = int(0.78 * len(z))
    apart = phi[i] - slope[i]
    return Figure(
        "phi",
        T("活性化関数", "Activation"),
        alt,
        _plane(T("入る値 z", "Input z"), T("", ""), (-6, 6), (low, high), "phi", small=True),
        under=(
            fill,
            line([-6, 6], [0, 0], MUTED, width=1, dash="dot"),
            line(z, phi, GREEN, width=2.5, label=T("φ", "φ"), at=0.78, where="top left"),
            line(z, slope, BLUE, width=2.5, label=T("φ′", "φ′"), at=0.6 if apart > 0.3 else 0.52, where="top right"),
            _text(-5.9, low, T("実際に入った値", "inputs that came"), INK, "top right"),
        ),
    )


def _columns(name: str, title: T, z: Array, y_axis: T, span: tuple[float, float], color: str, first: int, log: bool,
             alt: T) -> Figure:  # fmt: skip
    """Draw a histogram for each layer as a column of a heat map: `z` (layers, bins)."""
    layers, bins = z.shape
    width = (span[1] - span[0]) / bins
    ink = np.sqrt(np.minimum(z / 0.35, 1.0))
    end = first + layers - 1
    return Figure(
        name,
        title,
        alt,
        _plane(T("層", "Layer"), y_axis, (first - 0.5, end + 0.5), span, f"{name} {layers}", log=log, small=True),
        under=(
            {
                "type": "heatmap",
                "z": np.round(255 * ink.T).astype(np.uint8),
                "x0": float(first),
                "dx": 1.0,
                "y0": span[0] + width / 2,
                "dy": width,
                "zmin": 0,
                "zmax": 255,
                "colorscale": [[0, PAPER], [1, color]],
                "zsmooth": False,
            },
        ),
    )


def inputs(z: Array, span: float, *, alt: T) -> Figure:
    """Draw the histogram of what goes into φ in each layer, (L, bins) over ±span."""
    title = T("入る値の分布", "Inputs by layer")
    return _columns("inputs", title, z, T("入る値 z", "Input z"), (-span, span), GREEN, 1, False, alt)


def gradients(z: Array, span: tuple[float, float], *, alt: T) -> Figure:
    """Draw the histogram of log₁₀ |∂L/∂h| in each layer, (L + 1, bins)."""
    title = T("勾配の分布", "Gradients by layer")
    return _columns("spread", title, z, T("|勾配|（対数）", "|gradient| (log)"), span, BLUE, 0, True, alt)


def flat(saturated: Array, dead: Array, *, alt: T) -> Figure:
    """Draw the shares of saturated entries and dead units in each layer, in %."""
    layers = np.arange(1, len(saturated) + 1)
    depth = len(saturated)
    return Figure(
        "flat",
        T("飽和と死", "Saturated, dead"),
        alt,
        _plane(
            T("層", "Layer"), T("割合 (%)", "Share (%)"), (0.5, depth + 0.5), (-3, 108), f"flat {depth}", small=True
        ),
        under=(
            *_dotted(layers, 100 * saturated, ORANGE, T("傾きがほぼ 0", "slope near 0"), 0.5, "top center", "%{y} %"),
            line(layers, 100 * dead, INK, width=1.5, dash="dot", label=T("どの例でも 0", "for all examples"), at=0.5,
                 where="bottom center" if dead.max(initial=0) > 0.3 else "top center")
            if dead.max(initial=0) > 0.15 or saturated.max(initial=0) > 0.35
            else line(layers, 100 * dead, INK, width=1.5, dash="dot"),
        ),
    )  # fmt: skip


# ---- the edge of chaos


def phase(
    sigma_w: Array,
    sigma_b: Array,
    rate: Array,
    edge: tuple[Array, Array],
    here: tuple[float, float],
    base: float,
    *,
    view: str,
    alt: T,
) -> Figure:
    """Draw where gradients vanish and where they explode, with the present network to take hold of.

    Parameters
    ----------
    sigma_w, sigma_b, rate
        (w,), (b,), (b, w) cells, and the decades a layer adds to the gradient's size.
    edge
        Its zero line.
    here
        σ_w and σ_b of the network.
    base
        σ_w at gain 1; 0 leaves the mark where it is.
    """
    dx, dy = float(sigma_w[1] - sigma_w[0]), float(sigma_b[1] - sigma_b[0])
    x1, y1 = float(sigma_w[-1] + dx / 2), float(sigma_b[-1] + dy / 2)
    shade = np.round(127.5 + 127.5 * np.clip(rate / 0.4, -1, 1)).astype(np.uint8)
    x, y = min(here[0], 0.995 * x1), min(here[1], 0.99 * y1)
    mark = (
        handle_values(x, y, across=("gain", 0.0, 1 / base), up=("bias", 0.0, 1.0))
        if base > 0
        else marks([x], [y], NOW, size=15.0, symbol="circle-open")
    )
    # Words stand where their field is, if it is large enough to hold them.
    words = []
    for sign, text in ((-1, T("消える", "vanishes")), (1, T("爆発する", "explodes"))):
        rows, columns = np.nonzero(sign * rate > 0.05)
        if len(rows) > 0.06 * rate.size:
            words.append(_text(float(sigma_w[int(np.median(columns))]), float(sigma_b[int(np.median(rows))]), text))
    return Figure(
        "phase",
        T("相図", "Phases"),
        alt,
        _plane(
            T("重みの広がり σ_w", "Spread of weights σ_w"),
            T("バイアスの広がり σ_b", "Spread of biases σ_b"),
            (0, x1),
            (-0.02 * y1, y1),
            f"phase {view}",
        ),
        under=(
            {
                "type": "heatmap",
                "z": shade,
                "x0": float(sigma_w[0]),
                "dx": dx,
                "y0": float(sigma_b[0]),
                "dy": dy,
                "zmin": 0,
                "zmax": 255,
                "colorscale": [[0, BLUE], [0.5, PAPER], [1, ORANGE]],
                "opacity": 0.45,
            },
            line(*edge, INK, width=2, dash="dash", label=T("χ = 1", "χ = 1"), at=0.99, where="bottom right"),
            *words,
            mark,
        ),
    )


def spectrum(gaussian: Array, orthogonal: Array, typical: float, *, alt: T) -> Figure:
    """Draw the singular values of the Jacobian from largest to smallest, for Gaussian and for orthogonal weights.

    Parameters
    ----------
    gaussian, orthogonal
        (n,) largest first.
    typical
        log₁₀ of their root mean square by theory.
    """
    g, o = log10(gaussian), log10(orthogonal)
    low, high = decades([v for v in (typical,) if np.isfinite(v)], g, o, low=-10.0, high=3.0)
    share = 100 * (np.arange(len(g)) + 0.5) / len(g)
    floor = float(np.nanmax(g)) - 15.5 if np.isfinite(g).any() else low
    under: list[Trace] = []
    if floor > low:
        under += [
            _box(0, 100, low, floor, MUTED, 0.18),
            _text(1.0, (low + floor) / 2, T("丸め誤差", "rounding errors"), MUTED, "middle right"),
        ]
    clear = low < typical < high
    under += [
        line([0, 100], [0, 0], MUTED, width=1, dash="dot"),
        *([line([0, 100], [typical, typical], INK, width=1.5, dash="dash")] if clear else []),
        *([_text(99.0, typical, T("理論の平均", "theory's mean"), INK, "bottom left")] if clear else []),
        line(share, g, OTHER, width=2.2, label=T("ガウス", "Gaussian"), at=0.35, where="bottom left"),
        line(share, o, BLUE, width=2.8, label=T("直交", "orthogonal"), at=0.5, where="top right"),
    ]
    return Figure(
        "spectrum",
        T("特異値", "Singular values"),
        alt,
        _plane(
            T("大きい順 (%)", "From the largest (%)"),
            T("∂h_L/∂h₀ の特異値（対数）", "Singular value of ∂h_L/∂h₀ (log)"),
            (0, 100),
            (low, high),
            "spectrum",
            log=True,
        ),
        under=under,
    )


# ---- the ladder


def rungs(
    name: str,
    title: T,
    labels: Sequence[T],
    values: Array,
    *,
    stacked: bool,
    axis: T,
    span: tuple[float, float],
    alt: T,
) -> Figure:
    """Draw log₁₀ (first layer's gradient ÷ last's) as bars: each from the one before (`stacked`) or from the first."""
    n = len(values)
    low, high = span
    under: list[Trace] = [_box(-0.6, n - 0.4, -1, 1, GREEN, 0.14), line([-0.6, n - 0.4], [0, 0], INK, width=1)]
    for i, value in enumerate(values):
        if not np.isfinite(value):
            under.append(_text(i, 0.0, T("測れない", "none"), MUTED, "top center"))
            continue
        start = 0.0 if i == 0 else float(values[i - 1] if stacked else values[0])
        if not np.isfinite(start):
            start = 0.0
        color = MUTED if i == 0 else BLUE if abs(value) < abs(start) else ORANGE
        thick = 0.06 * (high - low) * 0.12
        a, b = sorted((start, float(value)))
        under.append(_box(i - 0.36, i + 0.36, a - thick, b + thick, color, 0.45 if i == 0 else 0.75))
        under.append(line([i - 0.36, i + 0.36], [value, value], INK, width=2))
        shift = value if i == 0 else value - start
        sign = "−" if shift < 0 else "" if i == 0 else "+"
        text = f"{sign}{abs(shift):.1f}"
        above = value >= start if i else value > 0
        room = low + 0.09 * (high - low) < value
        under.append(_text(i, float(value), T(text, text), INK, "top center" if above or not room else "bottom center"))
        if stacked and i + 1 < n:
            under.append(line([i + 0.36, i + 1.36], [value, value], MUTED, width=1, dash="dot"))
    layout = _plane(T("", ""), axis, (-0.6, n - 0.4), span, name, log=True, small=True)
    layout["xaxis"] |= {"tickmode": "array", "tickvals": list(range(n)), "ticktext": list(labels), "tickangle": 0}
    layout["xaxis"]["tickfont"] = {"size": 11}
    layout["margin"] = {"l": 64, "r": 8, "t": 6, "b": 38}
    return Figure(name, title, alt, layout, under=under)


def rung_lines(depth: int, values: Sequence[Array], labels: Sequence[T], *, alt: T) -> Figure:
    """Draw the gradient in each layer, a line a rung of the ladder."""
    logs = [log10(v) for v in values]
    low, high = decades(*logs)
    layers = np.arange(depth + 1)
    tones = (MUTED, ORANGE, SKY, PURPLE, GREEN, BLUE)
    under: list[Trace] = [line([0, depth], [0, 0], MUTED, width=1, dash="dot")]
    taken: list[float] = []
    for i, (y, label) in enumerate(zip(logs, labels, strict=True)):
        # A name stands at the line's left end, unless another one stands there.
        place = float(np.nan_to_num(y[0], nan=low))
        free = all(abs(place - other) > 0.075 * (high - low) for other in taken)
        where = "bottom right" if place < -0.15 * (high - low) else "top right"
        named = {"label": T(f"{i} {label.ja}", f"{i} {label.en}"), "at": 0.06, "where": where} if free else {}
        if free:
            taken.append(place)
        under.append(line(layers, y, tones[i % len(tones)], width=3 if i == len(logs) - 1 else 2, **named))
    return Figure(
        "lines",
        T("層ごとの勾配", "Layers"),
        alt,
        _plane(LAYER, T("勾配の大きさ（対数）", "Size of gradient (log)"), (-0.02 * depth, 1.02 * depth), (low, high),
               f"lines {depth}", log=True),
        under=under,
    )  # fmt: skip


# ---- training


def losses(
    runs: Sequence[tuple[str, T, Array]], steps: int, chance: float, now: tuple[Frames, Frames] | None, *, alt: T
) -> Figure:
    """Draw the loss of each step's batch.

    Parameters
    ----------
    runs
        (colour, name, (n,) losses).
    now
        Where the playhead is, (frames, 2) steps and losses, or None.
    """
    top = 3.2
    under: list[Trace] = [
        line([0, steps], [chance, chance], INK, width=1.2, dash="dash"),
        _text(0.3 * steps, chance, T("当てずっぽう", "guessing"), INK, "top right"),
    ]
    for i, (color, name, loss) in enumerate(runs):
        n = len(loss)
        every = max(1, n // 400)
        x, y = np.arange(n)[::every], np.minimum(loss, top - 0.05)[::every]
        high = n == 0 or float(np.median(loss[-max(1, n // 5) :])) > 0.8 * chance
        where = ("top left" if i == 0 else "bottom left") if high else "top left"
        under.append(line(x, y, color, width=2.2, label=name, at=(0.98, 0.72)[i % 2], where=where))
    if now is not None:
        under.append(marks(now[0], now[1], NOW, size=13.0, symbol="circle-open"))
    return Figure(
        "loss",
        T("損失", "Loss"),
        alt,
        _plane(
            T("ステップ", "Step"),
            T("損失 (nat)", "Loss (nat)"),
            (0, 1.03 * steps),
            (-0.08, top),
            f"loss {steps}",
            small=True,
        ),
        under=under,
    )


def per_layer(
    name: str,
    title: T,
    axis: T,
    runs: Sequence[tuple[str, T, ArrayLike | Frames]],
    layers: int,
    span: tuple[float, float],
    *,
    guide: tuple[float, T] | None = None,
    dashes: Sequence[ArrayLike | Frames | None] = (),
    alt: T,
) -> Figure:
    """Draw log₁₀ of something in each layer of weights, a line a run, at the playhead's step.

    Parameters
    ----------
    runs
        (colour, name, (layers,) or Frames of it).
    guide
        A height worth knowing, and its name.
    dashes
        For each run a second line, drawn dashed: the gradient after clipping.
    """
    x = np.arange(1, layers + 1)
    under: list[Trace] = []
    if guide is not None:
        under += [
            line([0.5, layers + 0.5], [guide[0]] * 2, INK, width=1.2, dash="dash"),
            _text(0.5, guide[0], guide[1], INK, "bottom right"),
        ]
    for i, (color, label, y) in enumerate(runs):
        values = y.array if isinstance(y, Frames) else np.asarray(y, dtype=np.float64)
        if values.size == 0:
            continue
        under.append(line(x, y, color, width=2.2, label=label, at=(0.25, 0.75)[i % 2], where="top center"))
        under.append(marks(x, y, color, size=5.0))
        if i < len(dashes) and dashes[i] is not None:
            under.append(line(x, dashes[i], color, width=1.6, dash="dot"))  # type: ignore[arg-type]
    return Figure(
        name,
        title,
        alt,
        _plane(
            T("重みの層", "Layer of weights"), axis, (0.5, layers + 0.5), span, f"{name} {layers}", log=True, small=True
        ),
        under=under,
    )


def trainability(
    sigmas: Sequence[float],
    depths: Sequence[int],
    accuracy: Array,
    borders: Sequence[tuple[Array, Array, T]],
    here: tuple[float, float],
    base: float,
    *,
    view: str,
    alt: T,
) -> Figure:
    """Draw the accuracy after the map's steps over σ_w and depth, the theory's lines, and the present network to take hold of.

    Parameters
    ----------
    sigmas, depths, accuracy
        Cells, (depths, sigmas).
    borders
        (x, y, name) of the theory's lines.
    here
        σ_w and depth.
    base
        σ_w at gain 1.
    """
    dx, dy = float(sigmas[1] - sigmas[0]), float(depths[1] - depths[0])
    x0, x1 = float(sigmas[0]) - dx / 2, float(sigmas[-1]) + dx / 2
    y0, y1 = float(depths[0]) - dy / 2, float(depths[-1]) + dy / 2
    x, y = float(np.clip(here[0], x0 + 0.01 * dx, x1 - 0.1 * dx)), float(np.clip(here[1], y0 + 0.3, y1 - 1))
    mark = (
        handle_values(x, y, across=("gain", 0.0, 1 / base), up=("depth", 0.0, 1.0))
        if base > 0
        else marks([x], [y], NOW, size=15.0, symbol="circle-open")
    )
    return Figure(
        "map",
        T("学べる所", "Where it learns"),
        alt,
        _plane(
            T("重みの広がり σ_w", "Spread of weights σ_w"),
            T("深さ", "Depth"),
            (x0, x1),
            (y0, y1),
            f"map {view}",
            small=True,
        ),
        under=(
            {
                "type": "heatmap",
                "z": np.round(255 * np.nan_to_num(accuracy)).astype(np.uint8),
                "x0": float(sigmas[0]),
                "dx": dx,
                "y0": float(depths[0]),
                "dy": dy,
                "zmin": 20,
                "zmax": 255,
                "colorscale": [[0, PAPER], [1, GREEN]],
                "zsmooth": False,
            },
            *(line(a, b, INK, width=1.8, dash="dash", label=n, at=0.9, where="bottom right") for a, b, n in borders),
            mark,
        ),
    )


def no_map(words: T, *, alt: T) -> Figure:
    """Say that there is no trainability map."""
    layout = _plane(
        T("重みの広がり σ_w", "Spread of weights σ_w"), T("深さ", "Depth"), (0, 4), (2.5, 52.5), "map none", small=True
    )
    return Figure("map", T("学べる所", "Where it learns"), alt, layout, under=(_text(2.0, 27.0, words, MUTED),))


# ---- through time


def through_time(steps: int, runs: Sequence[tuple[str, str, T, Array]], power: Array, *, alt: T) -> Figure:
    """Draw sizes of gradients over the distance from the loss, in steps or layers.

    Parameters
    ----------
    runs
        (colour, dash, name, (n + 1,) sizes, the one at the loss last).
    power
        (steps + 1,) the radius to the power of the distance.
    """
    logs = [log10(values)[::-1] for *_, values in runs]
    bound = log10(power)
    low, high = decades(*(v[: steps + 1] for v in logs), bound)
    under: list[Trace] = [line([0, steps], [0, 0], MUTED, width=1, dash="dot")]
    under.append(line(np.arange(steps + 1), bound, INK, width=1.5, dash="dash", label=T("半径のべき", "radius^steps"),
                      at=0.3, where="top right" if bound[-1] < 0 else "top left"))  # fmt: skip
    ends = [
        np.nan_to_num(y[min(steps, len(y) - 1)], nan=low)
        for (color, *_), y in zip(runs, logs, strict=True)
        if color == GREEN
    ]
    apart = bool(np.ptp(ends) > 0.12 * (high - low))
    for (color, dash, name, _), y in zip(runs, logs, strict=True):
        y = y[: steps + 1]
        rising = bool(np.nan_to_num(y[-1], nan=low) > 0.02 * (high - low))
        # A name stands below a falling line and below a rising one's right; the LSTM's above, where it is alone.
        above = color == GREEN and (rising or dash == "solid" or apart)
        at, where = (0.97, "top left") if above else (0.97, "bottom left") if not rising else (0.8, "bottom right")
        if above and not rising:
            at, where = 0.78, "top right"
        under.append(line(np.arange(len(y)), y, color, width=2.4, dash=dash, label=name, at=at, where=where))
    return Figure(
        "time",
        T("さかのぼる勾配", "Back through time"),
        alt,
        _plane(T("損失からさかのぼったステップ数（層の数）", "Steps (or layers) back from the loss"),
               T("勾配の大きさ（対数）", "Size of gradient (log)"), (0, 1.01 * steps), (low, high), f"time {steps}", log=True),
        under=under,
    )  # fmt: skip


def norms(before: Array, after: Array, limit: float, *, alt: T) -> Figure:
    """Draw histograms of the norm of ∂L/∂W over the sequences, before and after clipping."""
    a, b = log10(before), log10(after)
    low, high = decades(a, b, [np.log10(limit)], low=-3.0, high=4.0)
    edges = np.linspace(low, high, 43)
    under: list[Trace] = []
    top = len(before) * 1.0
    for values, color, opacity, name in (
        (a, MUTED, 0.45, T("クリップ前", "before")),
        (b, BLUE, 0.6, T("クリップ後", "after")),
    ):
        counts, _ = np.histogram(values[np.isfinite(values)], edges)
        x, y = np.repeat(edges, 2)[1:-1], np.repeat(counts, 2)
        under.append(
            {
                "type": "scatter",
                "mode": "none",
                "x": _f4([x[0], *x, x[-1]]),
                "y": _f4([0, *y, 0]),
                "fill": "toself",
                "fillcolor": color,
                "opacity": opacity,
            }
        )
        if counts.any():
            i = int(counts.argmax())
            where = "top left" if color == BLUE else "top right"
            under.append(_text((edges[i] + edges[i + 1]) / 2, float(counts[i]), name, color, where))
    under.append(line([np.log10(limit)] * 2, [0, 1.12 * top], INK, width=1.5, dash="dash", label=T("上限", "limit"), at=1.0,
                      where="bottom right"))  # fmt: skip
    layout = _plane(T("∂L/∂W のノルム（対数）", "Norm of ∂L/∂W (log)"), T("系列の数", "Sequences"), (low, high),
                    (0, 1.15 * top), "norms", small=True)  # fmt: skip
    _powers(layout["xaxis"], low, high, 4)
    return Figure("norms", T("クリッピング", "Clipping"), alt, layout, under=under)


# ---- the floor of numbers


def floor(
    exact: Array,
    stored: Mapping[str, Array],
    limits: Mapping[str, tuple[float, float, float]],
    scale: float,
    *,
    alt: T,
) -> Figure:
    """Draw the gradient as stored in each format, loss scale included, and where the formats end.

    Parameters
    ----------
    exact
        (L + 1,) sizes in float64, without the loss scale.
    stored
        Format -> (L + 1,) sizes as stored.
    limits
        Format -> log₁₀ of the least number, the least with full precision, and the largest.
    scale
        log₁₀ of the loss scale.
    """
    depth = len(exact) - 1
    layers = np.arange(depth + 1)
    true = log10(exact) + scale
    low, high = decades(true, low=-15.0, high=8.0)
    under: list[Trace] = []
    x0, x1 = -0.02 * depth - 0.1, 1.02 * depth + 0.1
    least, normal, most = limits["fp16"]
    # Words stand at the side where the line is far.
    uphill = bool(np.nan_to_num(true[-1], nan=low) >= np.nan_to_num(true[0], nan=low))
    side, edge = ("bottom left", x1) if uphill else ("bottom right", x0)
    other, far = ("bottom right", (x0, normal)) if uphill else ("bottom left", (x1, normal))
    under += [
        _box(x0, x1, low, least, ORANGE, 0.16),
        _box(x0, x1, least, normal, ORANGE, 0.07),
        _box(x0, x1, most, max(high, most), ORANGE, 0.16),
        _text(
            *(
                (x0, most, T("fp16 はあふれて ∞", "fp16 overflows to ∞"), INK, "top right")
                if uphill
                else (x1, most, T("fp16 はあふれて ∞", "fp16 overflows to ∞"), INK, "top left")
            )
        ),
        _text(edge, least, T("fp16 は 0 に流す", "fp16 flushes to 0"), INK, side),
        _text(*far, T("fp16 は桁を失う", "fp16 loses digits"), INK, other),
    ]
    wide = limits["fp32"][0]
    if low < wide:
        under += [
            _box(x0, x1, low, wide, PURPLE, 0.16),
            _text(edge, wide, T("bf16 も fp32 も 0 に流す", "bf16 and fp32 flush to 0"), INK, side),
        ]
    under.append(line(layers, true, INK, width=1.8, dash="dash"))
    for k, form in enumerate(("fp32", "bf16", "fp16")):
        y = log10(stored[form])
        color = FORMAT_COLORS[form]
        ok = np.flatnonzero(np.isfinite(y))
        share = (ok[0] + (0.12, 0.34, 0.7)[k] * (ok[-1] - ok[0])) / max(depth, 1) if len(ok) else 0.0
        named = {"label": T(form, form), "at": float(share), "where": ("bottom right", "bottom right", "top left")[k]}
        under += [
            {**line(layers, y, color, width=(5.0, 3.2, 2.4)[k], **named), "hovertemplate": f"{form}: 10^%{{y}}"},
            marks(layers, y, color, size=7.0 if depth < 60 else 4.0,
                  symbol=("square", "diamond", "triangle-up")[k]),
        ]  # fmt: skip
    return Figure(
        "floor",
        T("数の限界", "Limits"),
        alt,
        _plane(LAYER, T("蓄えた勾配の大きさ（対数）", "Stored gradient, size (log)"), (x0, x1), (low, high),
               f"floor {depth}", log=True),
        under=under,
    )  # fmt: skip


def lost(zeros: Mapping[str, Array], broken: Mapping[str, Array], *, alt: T) -> Figure:
    """Draw the share of gradient entries that became zero, infinite or not-a-number, in %."""
    depth = len(zeros["fp16"]) - 1
    layers = np.arange(depth + 1)
    under: list[Trace] = []
    for k, form in enumerate(("fp32", "bf16", "fp16")):
        for values, dash, name in (
            (zeros[form], "solid", T(f"{form}: 0 になった", f"{form}: zero")),
            (broken[form], "dot", T(f"{form}: ∞ か NaN", f"{form}: ∞ or NaN")),
        ):
            seen, at = bool(values.max() > 0.02), int(values.argmax()) / max(depth, 1)
            side = "right" if at < 0.5 else "left"
            named = (
                {"label": name, "at": at, "where": f"{'bottom' if values.max() > 0.5 else 'top'} {side}"}
                if seen
                else {}
            )
            under.append(line(layers, 100 * values, FORMAT_COLORS[form], width=(5.0, 3.2, 2.4)[k], dash=dash, **named))
    return Figure(
        "lost",
        T("失われた割合", "Share lost"),
        alt,
        _plane(T("層", "Layer"), T("割合 (%)", "Share (%)"), (0, depth), (-4, 112), f"lost {depth}", small=True),
        under=under,
    )


def errors(values: Mapping[str, Array], *, alt: T) -> Figure:
    """Draw the relative error of the gradient in each layer."""
    depth = len(values["fp16"]) - 1
    layers = np.arange(depth + 1)
    under: list[Trace] = [
        line([0, depth], [0, 0], INK, width=1, dash="dash"),
        _text(depth, 0.0, T("100%", "100%"), INK, "top left"),
    ]
    for k, form in enumerate(("fp32", "bf16", "fp16")):
        y = np.clip(log10(values[form]), -9, 1.5)
        named = {"label": T(form, form), "at": 0.85, "where": ("top left", "top left", "bottom left")[k]}
        under.append(line(layers, y, FORMAT_COLORS[form], width=2.4, **named))
    return Figure(
        "errors",
        T("相対誤差", "Relative error"),
        alt,
        _plane(T("層", "Layer"), T("相対誤差（対数）", "Relative error (log)"), (0, depth), (-9.0, 1.5), f"errors {depth}",
               log=True, small=True),
        under=under,
    )  # fmt: skip

"""Pictures of two towers: scenes and captions, their matrix, a circle of pulls and pushes, a gap, a path between weights."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from figures.spec import (
    BLUE,
    GREEN,
    GRID,
    INK,
    MUTED,
    NOW,
    ORANGE,
    OTHER,
    PAPER,
    PURPLE,
    Figure,
    Frames,
    Kept,
    T,
    Trace,
    axes,
    handle_values,
    line,
    marks,
    padded,
    picture,
    points,
)

Array = NDArray[np.float64]
Images = NDArray[np.uint8]

IMAGE, TEXT = T("画像", "image"), T("文", "text")
HEAT = [[0, PAPER], [1, BLUE]]  # from nothing to much
SIGNED = [[0, ORANGE], [0.5, PAPER], [1, BLUE]]
TURN = np.linspace(0, 2 * np.pi, 121)


def _f4(array: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(array, dtype=np.float32)


def _moving(array: ArrayLike) -> Frames:
    return Frames(_f4(array))


def _words(x: ArrayLike, y: ArrayLike, text: Sequence[T | str], color: str = INK, where: str = "middle right") -> Trace:
    """Write words in a figure."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": _f4(x),
        "y": _f4(y),
        "text": list(text),
        "textposition": where,
        "textfont": {"color": color},
    }


def _fill(x: ArrayLike | Frames, y: ArrayLike | Frames, color: str, opacity: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "none",
        "x": x if isinstance(x, Frames) else _f4(x),
        "y": y if isinstance(y, Frames) else _f4(y),
        "fill": "toself",
        "fillcolor": color,
        "opacity": opacity,
    }


def _bars(start: ArrayLike, end: ArrayLike, at: ArrayLike, half: float, color: str, opacity: float = 0.55) -> Trace:
    """Draw lying bars from `start` to `end` (n,), `half` as thick around `at` (n,)."""
    a, b, y = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (start, end, at)))
    gap = np.full(a.shape, np.nan)
    x = np.stack([a, b, b, a, gap], axis=-1).ravel()
    return _fill(x, np.stack([y - half, y - half, y + half, y + half, gap], axis=-1).ravel(), color, opacity)


def _bare(layout: dict[str, Any], *names: str) -> dict[str, Any]:
    """Take ticks, titles and lines from axes."""
    for name in names:
        layout[name] |= {"showticklabels": False, "ticks": "", "showline": False, "title": {"text": ""}}
        layout[name] |= {"tickmode": "array", "tickvals": []}
    return layout


def _heatmap(z: Any, *, x0: float = 0.0, y0: float = 0.0, stops: list[list[Any]] | None = None) -> Trace:
    """Paint squares of size 1: z (h, w) uint8, or frames of it, row 0 lowest."""
    return {
        "type": "heatmap",
        "z": z,
        "x0": x0,
        "dx": 1.0,
        "y0": y0,
        "dy": 1.0,
        "zmin": 0,
        "zmax": 255,
        "colorscale": stops or HEAT,
        "showscale": False,
        "zsmooth": False,
    }


def _posts(x: float, at: ArrayLike, low: float, high: float, color: str, width: float, dash: str = "solid") -> Trace:
    """Draw an upright line beside each row of bars, leaving out the row's words: from `low` to `high` around `at` (n,)."""
    y = np.asarray(at, dtype=float)
    rows = np.stack([y + low, y + high, np.full(y.shape, np.nan)], axis=-1).ravel()
    return line(np.full(len(rows), x), rows, color, width=width, dash=dash)


def _now(x: ArrayLike | Frames, y: ArrayLike | Frames, size: float = 14.0) -> Trace:
    return marks(x, y, NOW, size=size, symbol="circle-open", line={"width": 3})


def steps_of(values: Sequence[tuple[Array, str, T, float, str]], steps: ArrayLike, unit: T, name: str, title: T, y: T,
             *, bound: tuple[float, T] | None = None, low: float | None = 0.0, alt: T) -> Figure:  # fmt: skip
    """Draw curves over the frames of the playhead.

    Parameters
    ----------
    values
        For each curve its values (t,), colour, label, where along it the label stands (0 to 1), and on which side.
    steps, unit
        (t,) what is counted, and its name.
    bound
        A height with a name, dashed.
    low
        The lower end of the axis; None takes it from the values.
    """
    k = np.asarray(steps, dtype=float)
    everything = np.concatenate([v for v, *_ in values] + ([[bound[0]]] if bound else []))
    a, b = padded(everything)
    a = a if low is None else low
    layout = axes(unit, y, (k[0], max(k[-1], k[0] + 1)), (a, b + 0.2 * (b - a)), view=name)
    layout["margin"] = {"l": 50, "r": 10, "t": 6, "b": 42}
    layout["xaxis"]["nticks"] = layout["yaxis"]["nticks"] = 5
    under: list[Trace] = []
    if bound:
        ends = (k[0], max(k[-1], k[0] + 1))
        # Its name stands over its right end, or where a curve is in the way there, under its left end.
        over = np.concatenate([v[len(v) // 3 :] for v, *_ in values]) - bound[0]
        free = not ((over > 0.03 * (b - a)) & (over < 0.3 * (b - a))).any()
        at, where = (1.0, "top left") if free else (0.0, "bottom right")
        under.append(line(ends, (bound[0],) * 2, INK, width=1.5, dash="dash", label=bound[1], at=at, where=where))
    for v, color, label, at, where in values:
        under.append(line(k, v, color, width=2.2, label=label, at=at, where=where))
    for v, *_ in values:
        under.append(_now(_moving(k[:, None]), _moving(v[:, None]), 11.0))
    return Figure(name, title, alt, layout, under=under)


# ---- pull and push


def _wedges(start: Array, ends: Array, half: Array) -> tuple[Frames, Frames]:
    """Draw a thin wedge from start (t, 2) to each of ends (t, m, 2), `half` (t, m) as wide as it gets at the start."""
    along = ends - start[:, None]
    length = np.sqrt((along**2).sum(axis=-1, keepdims=True))
    side = np.stack([-along[..., 1], along[..., 0]], axis=-1) / np.maximum(length, 1e-9) * half[..., None]
    path = np.full((*half.shape, 4, 2), np.nan)
    path[..., 0, :] = start[:, None] + side
    path[..., 1, :] = ends
    path[..., 2, :] = start[:, None] - side
    corners = path.reshape(len(start), -1, 2)
    return _moving(corners[..., 0]), _moving(corners[..., 1])


def circle(
    image: Array,
    text: Array,
    image_force: Array,
    text_force: Array,
    rows: Array,
    *,
    focus: int,
    alt: T,
    name: str = "circle",
) -> Figure:
    """Draw two towers on the unit circle and what each point feels.

    Parameters
    ----------
    image, text
        (t, n) angles.
    image_force, text_force
        (t, n) how far a point would go along the circle, in radians.
    rows
        (t, n, n) softmax over the texts of each image.
    focus
        The image whose pulls and pushes are drawn.
    """
    t, n = image.shape
    at = [np.stack([np.cos(v), np.sin(v)], axis=-1) for v in (image, text)]
    links = np.full((t, n, 3, 2), np.nan)
    links[:, :, 0], links[:, :, 1] = at
    chords = links.reshape(t, -1, 2)
    weight = rows[:, focus].copy()
    own = 1 - weight[:, focus]
    others = np.arange(n) != focus
    # Arrows follow the tangent; what would be longer than a third of the circle's radius is drawn that long.
    arrows = np.full((t, 2 * n, 3, 2), np.nan)
    start = np.concatenate(at, axis=1)
    force = np.clip(np.concatenate([image_force, text_force], axis=1), -0.5, 0.5)
    angle = np.concatenate([image, text], axis=1)
    arrows[:, :, 0] = start
    arrows[:, :, 1] = start + force[..., None] * np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    shafts = arrows.reshape(t, -1, 2)
    pushes = _wedges(at[0][:, focus], at[1][:, others], 0.09 * weight[:, others])
    pull = _wedges(at[0][:, focus], at[1][:, focus : focus + 1], 0.09 * own[:, None])
    label = np.repeat([0, 1], n)
    layout = _bare(axes("", "", (-1.3, 1.3), (-1.3, 1.3), view=name, equal=True), "xaxis", "yaxis")
    layout["margin"] = {"l": 8, "r": 8, "t": 8, "b": 8}
    return Figure(
        name,
        T("円の上の二つの塔", "Two towers on a circle"),
        alt,
        layout,
        under=(
            line(np.cos(TURN), np.sin(TURN), GRID, width=1.5),
            {**line(_moving(chords[..., 0]), _moving(chords[..., 1]), MUTED, width=1), "opacity": 0.7},
            _fill(*pushes, ORANGE, 0.55),
            _fill(*pull, BLUE, 0.6),
            {
                **marks(_moving(shafts[..., 0]), _moving(shafts[..., 1]), INK, size=4.0, symbol="arrow"),
                "mode": "lines+markers",
                "line": {"color": INK, "width": 1.6},
            },
            points(
                _moving(start[..., 0]),
                _moving(start[..., 1]),
                label,
                names=(IMAGE, TEXT),
                size=12.0,
                ring=np.array([focus], dtype=np.int32),
            ),
            _words([-1.27], [1.2], [T("● 画像　▲ 文", "● image   ▲ text")], MUTED),
            _words(
                [-1.27], [-1.2],
                [T("青のくさび: 引く力　橙: 押す力", "Blue wedge: pull. Orange: push")], MUTED,
            ),
        ),
    )  # fmt: skip


# ---- one scene, some captions


def scene(image: Images, places: Sequence[tuple[str, str, float, float]], *, alt: T) -> Figure:
    """Show the composed picture; each thing can be dragged.

    Parameters
    ----------
    image
        (64, 64, 3).
    places
        For each thing the fields its handle sets, and where it is, 0 to 1.
    """
    layout = _bare(axes("", "", (0, 1), (0, 1), view="scene", equal=True), "xaxis", "yaxis")
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    layout["dragmode"] = False
    handles = [handle_values(x, y, across=(fx, 0.0, 1.0), up=(fy, 0.0, 1.0)) for fx, fy, x, y in places]
    frame = line([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], MUTED, width=1.5)
    # A ring of paper around each handle: vermilion on red could not be seen.
    halos = [
        marks([x], [y], "#ffffff", size=size, symbol="circle-open", line={"width": width})
        for *_, x, y in places
        for size, width in ((16.0, 6.0), (5.0, 5.0))
    ]
    return Figure(
        "scene",
        T("絵", "Picture"),
        alt,
        layout,
        under=(picture(image, 0, 0, 1, 1, smooth=False), frame, *halos, *handles),
    )


def scores(
    labels: Sequence[T], cosine: Array, share: Array, beaten: Array, null: Array, *, typed: bool, alt: T
) -> Figure:
    """Draw each caption's cosine, in Japanese above and English below, over what random captions get.

    Parameters
    ----------
    labels
        (n,) the captions.
    cosine, share, beaten
        (2, n) of the two languages: cosine, softmax over the captions, and how many of the random captions score lower, in %.
    null
        (2, m) cosines of random captions.
    typed
        Whether row 0 was typed: it has one bar, with the mark of the query.
    """
    n = len(labels)
    at = np.arange(n, 0, -1.0)
    low, middle, right, unit = -0.6, 1.76, 2.34, 0.2
    everything = null.ravel()
    a, b = np.quantile(everything, [0.05, 0.95])
    edges = np.linspace(low, 1.0, 41)
    density = np.histogram(everything, edges)[0] / len(everything)
    x, hill = np.repeat(edges, 2), np.concatenate([[0], np.repeat(0.62 * density / density.max(), 2), [0]])
    layout = axes(
        T("コサイン類似度（濃: 日本語、淡: 英語）", "Cosine similarity (strong: Japanese, faint: English)"),
        "",
        (low, right),
        (-0.08, n + 0.62),
        view=f"scores {n}",
    )
    _bare(layout, "yaxis")
    layout["margin"] = {"l": 6, "r": 6, "t": 4, "b": 42}
    layout["xaxis"] |= {"tickvals": [-0.5, 0, 0.5, 1], "tickmode": "array"}
    layout["xaxis"]["title"] |= {"standoff": 4}
    k = int(typed)
    rows: list[tuple[Array, str, Array, float]] = [
        (np.zeros(n), BLUE, cosine, 1.0),
        (np.full(n, middle), GREEN, share, unit),
    ]
    bars: list[Trace] = []
    for start, color, values, length in rows:
        bars += [
            _bars(start[k:], start[k:] + length * values[0, k:], at[k:] - 0.14, 0.1, color, 0.85),
            _bars(start[k:], start[k:] + length * values[1, k:], at[k:] - 0.36, 0.1, color, 0.4),
        ]
        if typed:
            bars.append(_bars(start[:1], start[:1] + length * values[0, :1], at[:1] - 0.25, 0.17, color, 0.85))
    if typed:
        bars.append(_now([cosine[0, 0]], [at[0] - 0.25], 12.0))
    said = [[f"{v:.2f}".replace("-", "−") for v in row] for row in cosine]
    won = np.floor(beaten)
    numbers = [T(f"{said[0][i]}  ＞{won[0, i]:.0f}%", f"{said[1][i]}  >{won[1, i]:.0f}%") for i in range(n)]
    percents = [T(f"{100 * ja:.0f}%", f"{100 * en:.0f}%") for ja, en in share.T]
    under: list[Trace] = [
        _fill([a, b, b, a], [0, 0, n + 0.62, n + 0.62], MUTED, 0.13),
        _posts(b, at, -0.5, 0.04, INK, 1.2, "dash"),
        _fill(x, hill, MUTED, 0.5),
        _posts(0.0, at, -0.5, 0.04, MUTED, 1.0),
        *bars,
        _words(np.full(n, low), at + 0.22, labels),
        _words(np.full(n, 0.99), at - 0.25, numbers, BLUE),
        _words(np.full(n, middle) + unit * share.max(axis=0), at - 0.25, percents, GREEN),
        _words([b], [0.22], [T("← でたらめな文（＞は勝った割合）", "← random captions (>: share beaten)")], MUTED),
        _words([right], [n + 0.45], [T("確率", "probability")], GREEN, "middle left"),
    ]
    return Figure("scores", T("どの文に近いか", "Which caption is near"), alt, layout, under=under)


# ---- the matrix


def short(text: str, most: int) -> str:
    """Cut a caption to `most` characters' width; Japanese ones count double."""
    width = 0.0
    for i, c in enumerate(text):
        width += 1 if c.isascii() else 1.9
        if width > most:
            return text[:i] + "…"
    return text


def matrix(
    z: Images,
    images: Images,
    captions: Sequence[T],
    *,
    focus: int,
    signed: bool,
    unit: T,
    alt: T,
) -> Figure:
    """Draw images (across) against captions (downwards), frame by frame.

    Parameters
    ----------
    z
        (t, n, n) uint8, z[:, i, j] image i with caption j.
    images
        (n, h, w, 3) thumbnails.
    captions
        (n,) shown where there is room, the English ones without articles.
    focus
        The pair that is framed.
    signed
        Whether 128 is nothing and less is below it.
    unit
        What the colours mean.
    """
    n = len(images)
    thumb = max(1.0, n / 9)
    left = 1.2 * n if n <= 12 else 0.2 * n
    # Columns are images, the first caption on top.
    cells = np.ascontiguousarray(z.transpose(0, 2, 1)[:, ::-1])
    layout = _bare(axes("", "", (-0.5 - left, n - 0.4), (-0.65 - thumb, n - 0.4), view=f"matrix {n}"), "xaxis", "yaxis")
    layout["margin"] = {"l": 2, "r": 4, "t": 4, "b": 4}
    under: list[Trace] = [_heatmap(Frames(cells), stops=SIGNED if signed else HEAT)]
    size = min(0.92, thumb) if thumb <= 1 else 1.0
    strip = np.concatenate(list(images), axis=1)  # (h, n·w, 3)
    under.append(picture(Kept(strip), -0.5, -0.58 - size, n - 0.5, -0.58, smooth=True))
    f = focus
    box = (
        [f - 0.5, f + 0.5, f + 0.5, f - 0.5, f - 0.5],
        [n - f - 1.5, n - f - 1.5, n - f - 0.5, n - f - 0.5, n - f - 1.5],
    )
    under.append(line([-0.5, n - 0.5, n - 0.5, -0.5, -0.5], [-0.5, -0.5, n - 0.5, n - 0.5, -0.5], MUTED, width=1))
    under.append(line(*box, NOW, width=2.5))
    if n <= 12:
        rows = np.arange(n - 1, -1, -1.0)
        others = np.arange(n) != f
        texts = np.array(
            [T(short(c.ja, 27), short(re.sub(r"\b(a|the) ", "", c.en), 27)) for c in captions], dtype=object
        )
        under.append(_words(np.full(n - 1, -0.55), rows[others], list(texts[others]), INK, "middle left"))
        under.append(_words([-0.55], [rows[f]], [texts[f]], NOW, "middle left"))
    under.append(_words([-0.5 - left], [-0.6 - thumb / 2], [unit], MUTED))
    return Figure("matrix", T("行列", "Matrix"), alt, layout, under=under)


def pair_losses(
    to_text: Array, to_image: Array, *, chance: float, floor: float | None, top: float, focus: int, alt: T
) -> Figure:
    """Draw each pair's loss in both directions, (t, n) in nats, with log N dashed and the floor log m of repeated pairs."""
    n = to_text.shape[1]
    at = np.arange(1, n + 1, dtype=float)
    headroom = 1.4 * top  # two rows of words
    layout = axes(
        T("組", "Pair"), T("損失 (ナット)", "Loss (nats)"), (0.3, n + 0.7), (-0.03 * top, headroom), view=f"losses {n}"
    )
    layout["margin"] = {"l": 46, "r": 10, "t": 6, "b": 40}
    layout["xaxis"]["nticks"], layout["yaxis"]["nticks"] = 6, 5
    x = np.broadcast_to(at, to_text.shape)
    size = 9.0 if n <= 16 else 6.0
    ends = [0.3, n + 0.7]
    # Two lines too near each other share one name.
    near = floor is not None and chance - floor < 0.17 * headroom
    name = T("log N（下は log m）", "log N (below: log m)") if near else T("log N", "log N")
    under: list[Trace] = [
        line(ends, [chance, chance], INK, width=1.4, dash="dash", label=name, where="top left"),
    ]
    if floor is not None:
        word = {} if near else {"label": T("log m", "log m"), "where": "top left"}
        under.append(line(ends, [floor, floor], PURPLE, width=1.4, dash="dash", **word))
    under += [
        marks(_moving(x), _moving(np.minimum(to_text, top)), BLUE, size=size),
        marks(_moving(x), _moving(np.minimum(to_image, top)), ORANGE, size=size, symbol="triangle-up"),
        _now(_moving(np.full((len(x), 1), focus + 1.0)), _moving(np.minimum(to_text[:, focus : focus + 1], top)), 13.0),
        _words([0.35], [0.89 * headroom], [T("● 画像→文", "● image→text")], BLUE),
        _words([0.35], [0.75 * headroom], [T("▲ 文→画像", "▲ text→image")], ORANGE),
    ]
    return Figure("losses", T("組ごとの損失", "Loss of each pair"), alt, layout, under=under)


def over_temperature(
    taus: Array, losses: Array, chance: float, tau: float, now: Array, learned: float, *, alt: T
) -> Figure:
    """Draw the loss over the temperature, (t, taus), with CLIP's own marks and where the dial stands.

    Parameters
    ----------
    chance
        log N, which the loss tends to on the right.
    tau, now
        Where the dial stands, and the (t,) losses there.
    learned
        The temperature that the model learned.
    """
    x = np.log10(taus)
    top = float(np.ceil(2 * 2.5 * chance) / 2)
    layout = axes(
        T("温度 τ", "Temperature τ"), T("損失 (ナット)", "Loss (nats)"), (x[0], x[-1]), (0, top), view=f"taus {top}"
    )
    layout["margin"] = {"l": 46, "r": 10, "t": 6, "b": 40}
    layout["xaxis"] |= {
        "tickmode": "array",
        "tickvals": [-2, -1, 0, 1, 2],
        "ticktext": ["0.01", "0.1", "1", "10", "100"],
    }
    layout["yaxis"]["nticks"] = 5
    t = len(losses)
    under: list[Trace] = [
        line(
            [x[0], x[-1]],
            [chance, chance],
            INK,
            width=1.4,
            dash="dash",
            label=T("log N", "log N"),
            where="top left",
        ),
    ]
    # Each mark ends at its word, and the words stand on three rows.
    for value, name, height in (
        (0.01, T("0.01 (上限)", "0.01 (the limit)"), 0.88),
        (learned, T(f"学んだ τ {learned:.3f}", f"learned τ {learned:.3f}"), 0.75),
        (0.07, T("0.07 (はじめ)", "0.07 (the start)"), 0.62),
    ):
        at = float(np.log10(value))
        under.append(line([at, at], [0, height * top], MUTED, width=1.2, dash="dot"))
        under.append(_words([at], [height * top], [name], MUTED))
    under += [
        line(_moving(np.broadcast_to(x, losses.shape)), _moving(np.minimum(losses, 2 * top)), BLUE, width=2.4),
        _now(_moving(np.full((t, 1), np.log10(tau))), _moving(np.minimum(now, top)[:, None]), 12.0),
    ]  # fmt: skip
    return Figure("taus", T("温度と損失", "Loss over temperature"), alt, layout, under=under)


# ---- the gap


def towers(
    image: Array,
    text: Array,
    thumbnails: Images,
    *,
    window: tuple[float, float, float, float],
    across: T,
    up: T,
    alt: T,
) -> Figure:
    """Draw both towers in one projection, (n, 2) each, a line for each pair; hover shows the picture."""
    n = len(image)
    links = np.full((n, 3, 2), np.nan)
    links[:, 0], links[:, 1] = image, text
    both = np.concatenate([image, text])
    layout = axes(across, up,
                  window[:2], window[2:], view=f"towers {across.en}", equal=True)  # fmt: skip
    layout["margin"] = {**layout["margin"], "l": 64}
    keep = Kept(np.concatenate([thumbnails, thumbnails]))
    means = np.stack([image.mean(axis=0), text.mean(axis=0)])
    return Figure(
        "towers",
        T("一枚の地図", "One map"),
        alt,
        layout,
        under=(
            {**line(links[..., 0].ravel(), links[..., 1].ravel(), MUTED, width=1), "opacity": 0.45},
            points(
                both[:, 0],
                both[:, 1],
                np.repeat([0, 1], n),
                names=(IMAGE, TEXT),
                size=8.0,
                images=keep,
            ),
            line(
                means[:, 0],
                means[:, 1],
                INK,
                width=2.5,
                dash="dash",
                label=T("すき間", "gap"),
                at=0.5,
                where="top right",
            ),
            marks(means[:, 0], means[:, 1], INK, size=11, symbol="cross"),
            _words(
                [window[0]], [window[3] - 0.05 * (window[3] - window[2])], [T("● 画像　▲ 文", "● image  ▲ text")], MUTED
            ),
        ),
    )


def over_shift(
    name: str,
    title: T,
    y: T,
    shift: Array,
    values: Sequence[tuple[Array, str, T, float, str]],
    at: float,
    now: Sequence[float],
    *,
    top: float,
    low: float = 0.0,
    x: T,
    alt: T,
) -> Figure:
    """Draw curves over a dial, with where it stands ringed on each."""
    layout = axes(x, y, (float(shift[0]), float(shift[-1])), (low, top), view=name)
    layout["margin"] = {"l": 62, "r": 10, "t": 6, "b": 42}
    layout["xaxis"]["nticks"] = layout["yaxis"]["nticks"] = 6
    under: list[Trace] = [
        line(shift, v, color, width=2.2, label=label, at=share, where=where) for v, color, label, share, where in values
    ]
    under += [_now([at], [v], 12.0) for v in now]
    return Figure(name, title, alt, layout, under=under)


# ---- two difference matrices


def differences(name: str, title: T, z: Images, term: float, *, alt: T) -> Figure:
    """Draw squared differences (n, n), as uint8, and their sum over n."""
    n = len(z)
    layout = _bare(axes("", "", (-0.5, n - 0.5), (-0.5, n + 0.14 * n), view=name, equal=True), "xaxis", "yaxis")
    layout["margin"] = {"l": 4, "r": 4, "t": 2, "b": 2}
    layout["dragmode"] = False
    frame = line([-0.5, n - 0.5, n - 0.5, -0.5, -0.5], [-0.5, -0.5, n - 0.5, n - 0.5, -0.5], MUTED, width=1)
    text = T(f"{title.ja}: {term:.3f}", f"{title.en}: {term:.3f}")
    return Figure(
        name, title, alt, layout,
        under=(_heatmap(np.ascontiguousarray(z[::-1]), stops=[[0, PAPER], [1, PURPLE]]), frame,
               _words([-0.7], [n + 0.02 * n], [text], INK, "middle right")),
    )  # fmt: skip


def answers(groups: Sequence[T], models: Sequence[str], values: Array, *, alt: T) -> Figure:
    """Draw shares in %, (2, n): for each of n groups a bar of the first model and one of the second below it."""
    n = len(groups)
    at = np.arange(n, 0, -1.0)
    layout = axes(T("割合 (%)", "Share (%)"), "", (0, 128), (0.48, n + 1.0), view="answers")
    _bare(layout, "yaxis")
    layout["margin"] = {"l": 8, "r": 8, "t": 4, "b": 40}
    layout["xaxis"] |= {"tickvals": [0, 50, 100], "tickmode": "array"}
    under: list[Trace] = [_words([0], [n + 0.78], [T(f"■ {models[0]}", f"■ {models[0]}")], BLUE)]
    under.append(_words([44], [n + 0.78], [T(f"■ {models[1]}", f"■ {models[1]}")], PURPLE))
    for row, color, below in zip(values, (BLUE, PURPLE), (0.0, 0.32), strict=True):
        under.append(_bars(np.zeros(n), row, at - below, 0.13, color, 0.75))
        under.append(_words(row, at - below, [f"{v:.1f}" for v in row], color))
    under.append(_words(np.zeros(n), at + 0.32, groups))
    return Figure("answers", T("二つの答え方", "Two ways to answer"), alt, layout, under=under)


# ---- pictures in a row


def gallery(
    name: str,
    title: T,
    images: Images,
    below: Sequence[T],
    *,
    columns: int,
    marked: Sequence[int] = (),
    heading: T | None = None,
    alt: T,
) -> Figure:
    """Lay pictures (n, h, w, 3) in rows with a word below each; those in `marked` are framed as the query."""
    n = len(images)
    rows = max(1, -(-n // columns))
    head = 0.34 if heading else 0.0
    high = 1.24
    layout = _bare(axes("", "", (0, columns), (-rows * high, head), view=f"{name} {columns} {rows}", equal=True),
                   "xaxis", "yaxis")  # fmt: skip
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    layout["dragmode"] = False
    under: list[Trace] = []
    x, y = np.arange(n) % columns, -(np.arange(n) // columns) * high
    for i in range(n):
        under.append(picture(Kept(images[i]), x[i] + 0.04, y[i] - 0.96, x[i] + 0.96, y[i] - 0.04, smooth=True))
    for i in marked:
        a, b, c, d = x[i] + 0.04, y[i] - 0.96, x[i] + 0.96, y[i] - 0.04
        under.append(line([a, c, c, a, a], [b, b, d, d, b], NOW, width=3))
    under.append(_words(x + 0.5, y - 1.1, below, INK, "middle center"))
    if heading:
        under.append(_words([0.0], [0.16], [heading], INK, "middle right"))
    return Figure(name, title, alt, layout, under=under)


# ---- a path between weights


def path(
    alpha: Array, scenes: Array, digits: Array, scenes_out: Array, digits_out: Array, at: float, now: Sequence[float],
    *, best: float, alt: T
) -> Figure:  # fmt: skip
    """Draw accuracies in % over α: mixed weights solid, mixed outputs dashed, each task in its colour."""
    layout = axes(
        T("α（0: 前　1: 後）", "α (0: before, 1: after)"),
        T("正解率 (%)", "Accuracy (%)"),
        (0, 1),
        (0, 103),
        view="path",
    )
    under: list[Trace] = [
        line(alpha, scenes_out, BLUE, width=1.3, dash="dash", label=T("出力を混ぜる", "outputs mixed"), at=0.97, where="bottom left"),
        line(alpha, digits_out, GREEN, width=1.3, dash="dash", label=T("出力", "outputs"), at=0.3, where="middle left"),
        line(alpha, (scenes + digits) / 2, INK, width=1.4, dash="dot", label=T("平均", "mean"), at=0.12, where="top right"),
        line(alpha, scenes, BLUE, width=2.6, label=T("絵", "scenes"), at=0.1, where="bottom right"),
        line(alpha, digits, GREEN, width=2.6, label=T("数字", "digits"), at=0.25, where="bottom right"),
        line([best, best], [0, 22], INK, width=1, dash="dot", label=T("平均が最良", "best mean"), where="middle left"),
        *(_now([at], [v], 13.0) for v in now),
    ]  # fmt: skip
    return Figure("path", T("重みを混ぜる", "Mixing weights"), alt, layout, under=under)


# ---- swaps


def wins(labels: Sequence[T], model: Array, bag: Array, ties: Array, *, chosen: int, alt: T) -> Figure:
    """Draw win rates in % by kind of swap: the model's bar, the bag of words' below it, half of all dashed.

    Parameters
    ----------
    labels
        (n,) kinds.
    model, bag
        (n,) share of pairs where the true caption scores higher, a tie counted as half.
    ties
        (n,) share of pairs where the bag ties.
    chosen
        The kind whose example shows.
    """
    n = len(labels)
    at = np.arange(n, 0, -1.0)
    layout = axes(
        T("正しい文が勝つ割合 (%)", "The true caption wins (%)"), "", (0, 130), (0.3, n + 1.15), view=f"wins {n}"
    )
    _bare(layout, "yaxis")
    layout["margin"] = {"l": 8, "r": 8, "t": 6, "b": 42}
    layout["xaxis"] |= {"tickvals": [0, 25, 50, 75, 100], "tickmode": "array"}
    # Both numbers stand on one row: behind the longer bar, and off the line of one half.
    longer = np.maximum(model, bag)
    end = np.where((longer > 34) & (longer < 51), 51.0, longer)
    tied = [
        T(f"{b:.0f}（同点 {100 * t:.0f}%）", f"{b:.0f} ({100 * t:.0f}% ties)") if t else T(f"{b:.0f}", f"{b:.0f}")
        for b, t in zip(bag, ties, strict=True)
    ]
    others = np.arange(n) != chosen
    under: list[Trace] = [
        _bars(np.zeros(n), model, at - 0.08, 0.13, BLUE, 0.85),
        _bars(np.zeros(n), bag, at - 0.33, 0.07, OTHER, 0.7),
        _posts(50.0, at, -0.48, 0.1, INK, 1.4, "dash"),
        _words(np.zeros(n - 1), at[others] + 0.24, [label for label, out in zip(labels, others, strict=True) if out]),
        _words([0], [at[chosen] + 0.24], [labels[chosen]], NOW),
        _words(end, at - 0.18, [f"{v:.0f}" for v in model], BLUE),
        _words(end + 14, at - 0.18, tied, OTHER),
        _words([0], [n + 0.92], [T("■ モデル", "■ model")], BLUE),
        _words([34], [n + 0.92], [T("■ 単語袋", "■ bag of words")], OTHER),
    ]
    return Figure("wins", T("入れ替えの種類ごと", "By kind of swap"), alt, layout, under=under)


def duel(captions: tuple[T, T], cosine: Array, bag: Array, *, alt: T) -> Figure:
    """Draw the true caption (✓) over the swapped one (✕), each with the model's cosine and the bag of words' below it."""
    at = np.array([2.0, 1.0])
    layout = axes(T("コサイン類似度", "Cosine similarity"), "", (-0.4, 1.25), (0.45, 3.0), view="duel")
    _bare(layout, "yaxis")
    layout["margin"] = {"l": 6, "r": 6, "t": 4, "b": 42}
    layout["xaxis"] |= {"tickvals": [0, 0.5, 1], "tickmode": "array"}
    labels = [T(f"{mark} {c.ja}", f"{mark} {c.en}") for mark, c in zip("✓✕", captions, strict=True)]
    under: list[Trace] = [
        _posts(0.0, at, -0.42, 0.14, MUTED, 1.0),
        _bars([0, 0], cosine, at - 0.02, 0.12, BLUE, 0.85),
        _bars([0, 0], bag, at - 0.3, 0.06, OTHER, 0.7),
        _words([-0.4, -0.4], at + 0.3, labels),
        _words(np.maximum(cosine, 0), at - 0.02, [f"{v:.3f}" for v in cosine], BLUE),
        _words(np.maximum(bag, 0), at - 0.3, [f"{v:.3f}" for v in bag], OTHER),
        _words([-0.4], [2.82], [T("■ モデル", "■ model")], BLUE),
        _words([0.1], [2.82], [T("■ 単語袋", "■ bag of words")], OTHER),
    ]
    return Figure("duel", T("二つの文", "Two captions"), alt, layout, under=under)

"""A tree that grows: the parts of the plane, the diagram of its questions, what each of them gained."""

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import line, marks, moving, ring, segments, text
from figures.plane import plane
from figures.plot import plot, sheet
from figures.regions import regions
from figures.spec import CLASS_COLORS, CLASS_SYMBOLS, INK, MUTED, NOW, OTHER, Figure, Frames, Trace
from pages.classical.trees.growth import PLACES, Growth
from pages.classical.trees.shared import corner


def from_then_on(born: NDArray[np.int64], frames: int) -> NDArray[np.float64]:
    """Give (frames, things): 1 from the frame where each is born, NaN before."""
    return np.where(born <= np.arange(frames)[:, None], 1.0, np.nan)


def parts(r: Growth) -> Figure:
    """Tint each part in its class, and draw the cuts; the last one is now."""
    share = r.tree.value[r.cells]
    tint = regions(r.grid, share.argmax(axis=2), share, smooth=False)
    ends, frames = np.array([cut(r, node) for node in r.asked]).reshape(-1, 2, 2), len(r.at)
    seen = from_then_on(2 + np.arange(len(ends)), frames)[:, :, None]  # a frame after it was now
    older = segments(ends[:, 0] * seen, ends[:, 1] * seen, INK, width=1.5) if len(ends) else None
    now = np.concatenate([np.full((1, 2, 2), np.nan), ends])
    newest = segments(now[:, :1], now[:, 1:], NOW, width=3)
    mistake = Frames(r.wrong.astype(np.uint8))
    return plane("plane", r.problem, tint, over=[older, newest], mistake=mistake, size=8.0, equal=False)


def cut(r: Growth, node: int) -> NDArray[np.float64]:
    """Give both ends of the line on which a node cuts its part."""
    (x0, x1, y0, y1), c = r.boxes[node], r.tree.threshold[node]
    return np.array([[c, y0], [c, y1]] if r.tree.feature[node] == 0 else [[x0, c], [x1, c]])


def diagram(r: Growth) -> Figure:
    """Draw the nodes there are so far, each in the colour of its majority, and large where many points came."""
    t, place, frames = r.tree, r.places, len(r.at)
    parent = np.zeros(len(t.child), int)
    parent[t.child[r.asked]] = parent[t.child[r.asked] + 1] = r.asked
    born = 1 + np.searchsorted(r.asked, parent)
    born[0] = 0
    shown = from_then_on(born, frames)
    drawn: list[Trace] = []
    if len(place) > 1:
        there = shown[:, 1:, None]
        drawn.append(segments(place[parent[1:]] * there, place[1:] * there, MUTED, width=1.2))
    label, size = t.value.argmax(axis=1), 8 + 12 * np.sqrt(t.size / t.size[0])
    for c in np.unique(label):
        mine = label == c
        style = {"size": size[mine], "symbol": CLASS_SYMBOLS[c], "line": {"width": 1, "color": INK}}
        x, y = (moving(place[mine, i] * shown[:, mine]) for i in (0, 1))
        drawn.append(marks(x, y, CLASS_COLORS[c], **style))
    # What is asked now stands over the tree, and its node is ringed.
    now = np.where(np.eye(frames, dtype=bool)[:, 1:], 1.0, np.nan)
    if len(r.asked):
        drawn.append(ring(*(moving(np.r_[np.nan, place[r.asked, i]][:, None]) for i in (0, 1)), size=26.0))
        drawn.append(text(moving(0 * now), moving(now), [question(r, node) for node in r.asked], at="middle center"))
    wide, deep = max(float(np.abs(place[:, 0]).max()) + 0.9, 2.0), max(float(t.depth.max()), 1.0)
    return sheet("tree", drawn, xlim=(-wide, wide), ylim=(-deep - 0.5, 1.35))


def question(r: Growth, node: int) -> T:
    """Say what a node asks."""
    f, c = r.tree.feature[node], f"{r.tree.threshold[node]:.3g}".replace("-", "−")
    return T(f"{'横縦'[f]} ≤ {c} か", f"{('across', 'up')[f]} ≤ {c} ?")


def gains(r: Growth, top: float) -> Figure:
    """Draw what the question asked last would have gained elsewhere, and ring where it was asked."""
    window, f = np.array(r.problem.window), r.tree.feature[r.asked]
    low, high = window[2 * f], window[2 * f + 1]
    x = np.r_[np.nan, 100 * (r.tree.threshold[r.asked] - low) / (high - low)]
    y = np.r_[np.nan, r.gain[1 + np.arange(len(f)), f].max(axis=1) if len(f) else []]
    at = np.linspace(0, 100, PLACES)
    return plot(
        "gains",
        line(at, moving(r.gain[:, 0]), INK, width=2),
        line(at, moving(r.gain[:, 1]), OTHER, width=2),
        corner(100, top, (T("横", "across"), INK), (T("縦", "up"), OTHER)),
        ring(moving(x[:, None]), moving(y[:, None])),
        x=T("切る場所（軸の何 % か）", "Place of the cut (% of the axis)"),
        y=T("減る混ざり具合", "Gain"),
        xlim=(0, 100),
        ylim=(-0.02 * top, 1.04 * top),
        small=True,
    )

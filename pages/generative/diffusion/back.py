"""Forward and back: a cloud dissolves into noise and returns by the exact score, though not each point to its place."""

from dataclasses import dataclass

import numpy as np

from core.data import load
from core.generative import diffusion as d
from core.text import PERCENT, T
from figures.marks import heat, hline, line, marks, moving, ring
from figures.plot import plot
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, MUTED, PAPER, Figure, Frames, Playhead, Stage
from pages.generative.diffusion.cloud import GRID, SD, STEPS, WINDOW, N, There, cloud, memory, parts, span, tints
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("data", "turn", "guide", "seed")
ZOOM = ("data",)


@dataclass(frozen=True)
class Params:
    data: str = choice(
        T("雲の形", "Shape of the cloud"),
        {"moons": T("三日月", "moons"), "circles": T("二重の円", "rings"), "blobs3": T("三つの雲", "three clouds")},
    )
    turn: int = slider(T("折り返すステップ", "Turn back at step"), 1, STEPS, default=STEPS)
    guide: str = choice(
        T("帰りのスコア", "Score on the way back"),
        {"exact": T("雲の厳密なスコア", "exact, of this cloud"), "bell": T("正規分布一つのスコア", "of a single bell")},
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> There:
    law, single, label = cloud(p.data)
    left = d.schedule(STEPS)[: p.turn + 1]
    out = d.dissolve(load(p.data, n=N, noise=SD, seed=0).x, left, seed=p.seed)
    guide = law if p.guide == "exact" else single
    back = d.walk(lambda x, a: d.denoised(guide, x, a), out[-1], left, variance="tilde", seed=p.seed + 100)
    far = np.linalg.norm(back[-1][:, None] - law.means, axis=2).min(axis=1)
    frames, levels = np.concatenate([out, back[1:]]), np.concatenate([left, left[-2::-1]])
    return There(frames, levels, label, parts(p.data, back[-1], 1.0).argmax(axis=1), memory(p.data), float(far.mean()))


READOUTS = (
    Readout("signal", T("信号の割合", "Signal"), "signal", 1, PERCENT),
    Readout("own", T("元の部分に戻った点", "Back in their own part"), "own", 0, PERCENT),
    Readout("off", T("形からのずれ", "Off the shape"), "off", 2),
)


def draw(r: There, p: Params) -> Stage:
    return Stage(
        (plane(r, p), kept(r), curve(r, p)),
        ("plane kept", "plane curve"),
        playhead=Playhead(np.arange(len(r.frames)), T("ステップ", "Step"), seconds=9.0),
        height=480,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
    )


def plane(r: There, p: Params) -> Figure:
    at = np.r_[: p.turn + 1, p.turn - 1 : -1 : -1]
    ends = (GRID.xs[0], GRID.xs[-1]), (GRID.ys[0], GRID.ys[-1])
    dots = []
    for c in range(int(r.label.max()) + 1):
        x, y = (moving(r.frames[:, r.label == c, i]) for i in (0, 1))
        dots.append(marks(x, y, CLASS_COLORS[c], symbol=CLASS_SYMBOLS[c], size=8))
    tint = heat(Frames(tints(p.data, p.guide)[at]), *ends, ((0, PAPER), (1, INK)), 0.35)
    return plot("plane", tint, dots, x="x₁", y="x₂", xlim=WINDOW[:2], ylim=WINDOW[2:], equal=True)


def kept(r: There) -> Figure:
    """Draw what is left of a place and how much noise there is, over the steps; an upright line is now."""
    left, at = d.schedule(STEPS), np.arange(STEPS + 1)
    turn = len(r.frames) // 2
    now = turn - np.abs(np.arange(len(r.frames)) - turn)
    return plot(
        "kept",
        line(at, np.sqrt(left), BLUE, width=2.5, label=T("信号", "signal"), at=0.62, where="top right"),
        line(at, np.sqrt(1 - left), MUTED, width=2.5, label=T("ノイズ", "noise"), at=0.62, where="bottom right"),
        line(moving(np.stack([now, now], 1)), [0.0, 1.05], INK, width=1.2),
        x=T("ステップ", "Step"),
        y=T("割合", "Amount"),
        xlim=(0, STEPS),
        ylim=(0, 1.05),
        small=True,
    )


def curve(r: There, p: Params) -> Figure:
    """Draw the chance to return to one's own part over where one turns, and how many of these points did, at last."""
    return plot(
        "curve",
        hline(r.chance, (0, STEPS), MUTED, width=1, label=T("偶然", "chance"), at=0.0, where="bottom right"),
        line(np.arange(STEPS + 1), r.memory, INK, dash="dash", width=1.8),
        ring(np.full(1, p.turn), moving(np.r_[np.full(len(r.frames) - 1, np.nan), r.own])),
        x=T("折り返すステップ", "Turn back at step"),
        y=T("元の部分に (%)", "In own part (%)"),
        xlim=(0, STEPS + 1.6),
        ylim=(0, 104),
        small=True,
    )


def code(p: Params) -> str:
    guide = f"d.kernels(shape.x, {SD})" if p.guide == "exact" else "d.bell(shape.x)"
    return f"""\
import numpy as np

from core.data import load
from core.generative import diffusion as d

shape = load("{p.data}", n={N}, noise=0.0)
law, guide = d.kernels(shape.x, {SD}), {guide}
left = d.schedule({STEPS})[: {p.turn} + 1]  # what is left of the variance
noise = d.dissolve(load("{p.data}", n={N}, noise={SD}).x, left, seed={p.seed})[-1]
x = d.walk(lambda x, a: d.denoised(guide, x, a), noise, left, variance="tilde", seed={p.seed + 100})[-1]
share = d.responsibilities(law, x)  # (points, bells)
ended = np.argmax([share[:, shape.y == c].sum(axis=1) for c in range(shape.y.max() + 1)], axis=0)
print("signal =", 100.0)
print("own =", 100 * np.mean(ended == shape.y))
print("off =", np.linalg.norm(x[:, None] - law.means, axis=2).min(axis=1).mean())
"""


WHOLE = tuple({"seed": seed} for seed in range(5))
EARLY = tuple({"data": "circles", "turn": 12, "seed": seed} for seed in range(5))
CHECKS = {
    "mixed": Check(
        WHOLE,
        lambda *runs: all(35 <= r.own <= 65 and r.off < 0.15 for r in runs),
        control=tuple(run | {"turn": 5} for run in WHOLE),
        measure=span,
    ),
    "early": Check(
        EARLY,
        lambda *runs: all(35 <= r.own <= 65 for r in runs),
        control=tuple(run | {"turn": 3} for run in EARLY),
        measure=span,
    ),
    "bell": Check(
        tuple(run | {"guide": "bell"} for run in WHOLE),
        lambda *runs: all(r.off > 0.2 for r in runs),
        control=WHOLE,
        measure=span,
    ),
}

"""A perfect denoiser copies; one that sees only a window around each pixel makes what nobody drew.

A move weighs two hundred pictures at each pixel, in twenty steps: it may take 30 ms.
"""

from dataclasses import dataclass

import numpy as np

from core.text import T
from figures.marks import bars, hline, line, marks, moving, ring, until
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, Figure, Playhead, Stage
from pages.generative.diffusion.made import COPY, MADE, SIDE, STEPS, UNSEEN, Made, make, panels
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("window", "images", "sd", "seed")
PIXELS = {w: T(f"{w} × {w} 画素", f"{w} × {w} pixels") for w in ("1", "3", "5", "7", "9")}


@dataclass(frozen=True)
class Params:
    window: str = choice(
        T("デノイザに見える範囲", "The denoiser sees"), {**PIXELS, "15": T("画像全体", "all of it")}, default="15"
    )
    images: int = slider(T("訓練画像", "Training pictures"), 10, 200, default=200, step=10)
    sd: float = slider(T("平滑化の幅", "Smoothing"), 0.0, 0.6, default=0.0, step=0.02)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Made:
    return make(int(p.window), p.images, p.sd, p.seed)


READOUTS = (
    Readout("copies", T("丸写し", "Copies"), "copies", 0, T(f" / {MADE}", f" of {MADE}")),
    Readout("far", T("訓練画像まで", "To training"), "far", 2),
    Readout("new", T("本物の数字なら", "Of real digits"), "new", 2, still=True),
    Readout("real", T("未使用の数字まで", "To unused"), "real", 2),
)


def draw(r: Made, p: Params) -> Stage:
    return Stage(
        (panels(r, int(p.window)), each(r), mean(r)),
        (*["panels panels"] * 4, *["each mean"] * 3),
        playhead=Playhead(np.arange(STEPS + 1), T("ステップ", "Step"), seconds=5.0),
        height=560,
    )


def each(r: Made) -> Figure:
    """Draw how far each picture is from the nearest one trained on."""
    at = np.arange(1, MADE + 1)
    return plot(
        "each",
        bars(np.zeros_like(r.distance), r.distance, at, 0.36, BLUE, upright=True),
        marks(at, moving(r.distance), BLUE, size=6),  # the bar of a copy has no height
        hline(r.new, (0, MADE + 1), INK, dash="dash", width=1.5),
        x=T("何枚目の画像か", "Picture"),
        y=T("距離", "Distance"),
        xlim=(0.4, MADE + 0.6),
        ylim=(-0.8, 11),
        whole_x=True,
        small=True,
    )


def mean(r: Made) -> Figure:
    at = np.arange(STEPS + 1, dtype=np.uint16)
    return plot(
        "mean",
        hline(r.new, (-1, STEPS + 1), INK, dash="dash", width=1.5, label=T("本物の新しい数字", "real new digits")),
        until(line(at, r.far, BLUE, width=2.5), 1 + at),
        ring(moving(at), moving(r.far)),
        x=T("ステップ", "Step"),
        y=T("平均の距離", "Mean distance"),
        xlim=(-0.4, STEPS + 0.9),
        ylim=(-1.3, round_up(1.1 * float(r.far.max()))),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.generative import diffusion as d

digits = d.pictures()
images, unused = digits[:{p.images}], digits[{UNSEEN}:]
start = np.random.default_rng({p.seed}).standard_normal(({MADE}, {SIDE**2}))
denoise = d.windowed(images, {SIDE}, window={p.window}, sd={p.sd!r})
x = d.walk(denoise, start, d.schedule({STEPS}), variance="tilde", seed={p.seed + 100})[-1]


def nearest(x, others):
    return np.linalg.norm(x[:, None] - others, axis=2).min(axis=1)


print("copies =", (nearest(x, images) < {COPY}).sum())
print("far =", nearest(x, images).mean())
print("new =", nearest(unused, images).mean())
print("real =", nearest(x, unused).mean())
"""


def sums(*runs: Made) -> dict[str, float]:
    """Count over the first five runs, and over those after them."""
    found: dict[str, float] = {"made": 5 * MADE, "new": runs[0].new}
    for name, group in (("", runs[:5]), ("then_", runs[5:])):
        if group:
            found |= {
                f"{name}copies": sum(int(r.copies[-1]) for r in group),
                f"{name}low": min(float(r.far[-1]) for r in group),
                f"{name}high": max(float(r.far[-1]) for r in group),
                f"{name}real": float(np.mean([r.real for r in group])),
            }
    return found


SEEDS = range(5)
ALL = tuple({"seed": seed} for seed in SEEDS)
FIVE = tuple({"window": "5", "seed": seed} for seed in SEEDS)
ONE = tuple({"window": "1", "seed": seed} for seed in SEEDS)
SMOOTH = tuple({"sd": 0.2, "seed": seed} for seed in SEEDS)
CHECKS = {
    "copies": Check(
        ALL, lambda *runs: all(r.copies[-1] == MADE and r.far[-1] < 1e-3 for r in runs), control=FIVE, measure=sums
    ),
    "window": Check(
        (*ONE, *FIVE),
        lambda *runs: (
            sums(*runs)["then_copies"] < 5
            and all(r.far[-1] > 0.9 * r.new for r in runs[5:])
            and max(r.real for r in runs[5:]) < min(r.real for r in runs[:5]) - 0.4
        ),
        control=(*ONE, *ALL),
        measure=sums,
    ),
    "smooth": Check(
        SMOOTH,
        lambda *runs: all(0.5 < r.far[-1] < 0.5 * r.new for r in runs),
        control=tuple(run | {"window": "3"} for run in SMOOTH),
        measure=sums,
    ),
}

"""Where the norm stands: what comes back through many blocks; and what a block costs, operations and bytes.

A move that changes the depth sends three stacks forwards and backwards: it may take 30 ms.
"""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import arrow, box, line, marks, press, text
from figures.plot import plot, powers, sheet
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, OTHER, Figure, Stage
from pages.pretraining.transformer.block import BANDWIDTH, DEEPEST, PEAK, PLACES, WIDTH, Stood, roof
from pages.pretraining.transformer.block import compute as compute
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("norm", "depth", "length", "batch")
NORMS = {
    "after": T("足した後", "after the sum"),
    "before": T("枝の前", "before the branch"),
    "none": T("なし", "nowhere"),
}


@dataclass(frozen=True)
class Params:
    norm: str = choice(T("正規化の場所", "The norm stands"), NORMS, default="none", buttons=True)
    depth: int = slider(T("ブロックの数", "Blocks"), 1, DEEPEST, default=12)
    length: int = slider(T("文の長さ n", "Length n"), 16, 100_000, default=1000, log=True)
    batch: int = slider(T("同時に書く文の数", "Sequences at once"), 1, 1000, default=1, log=True)
    one: bool = toggle(T("1 トークンずつ書く", "Write one token at a time"), default=True)
    width: str = choice(
        T("幅 d", "Width d"),
        {
            "768": T("768 (GPT-2)", "768 (GPT-2)"),
            "4096": T("4096 (Llama 7B)", "4096 (Llama 7B)"),
            "12288": T("12288 (GPT-3)", "12288 (GPT-3)"),
        },
        default="4096",
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


READOUTS = (
    Readout("back", T("最初 / 最後の勾配", "Gradient, first / last"), "back", 2, T(" 倍", " ×")),
    Readout("grown", T("状態の大きさ", "States grow"), "grown", 2, T(" 倍", " ×")),
    Readout("share", T("注意の計算の割合", "Scores' share"), "share", 1, PERCENT),
    Readout("intensity", T("演算強度", "Intensity"), "cost.intensity", 2, T(" 回/バイト", " op/byte")),
    Readout("reached", T("ピークに対して", "Of the peak"), "reached", 2, PERCENT),
)


def draw(r: Stood, p: Params) -> Stage:
    return Stage((block(r, p), gradients(r, p), roof(r)), ("block block", "gradients roof"), height=560)


def block(r: Stood, p: Params) -> Figure:
    """Draw a block: each box as wide as it is dear; the squares on the stream and its branches are pressed."""
    c = r.cost
    parts = [
        (T("Q K V と出力", "Q K V, output"), c.projections, BLUE),
        (T("スコアと混合", "scores, mixing"), c.scores, ORANGE),
        (T("MLP", "MLP"), c.mlp, GREEN),
    ]
    wide = [0.7 + 7 * cost / c.operations for _, cost, _ in parts]
    first = (1.5, 1.5 + wide[0] + wide[1])  # where the branches begin and end
    second = (first[1] + 2.4, first[1] + 2.4 + wide[2])
    starts = (first[0], first[0] + wide[0], second[0])
    drawn: list[object] = [line([0, 14.6], [0, 0], INK, width=2.5)]
    for (name, cost, color), x, w in zip(parts, starts, wide, strict=True):
        drawn += [
            box(x, x + w, 0.9, 1.7, color, 0.35),
            text([x + w / 2], [1.3], f"{100 * cost / c.operations:.0f}%", INK, "middle center"),
            text([x + w / 2], [1.78 if color != ORANGE else 2.08], name, INK, "top center"),
        ]
    slots, sets = [], []
    for start, end in (first, second):
        drawn += [
            line([start - 0.8, start - 0.8, start], [0, 1.3, 1.3], INK, width=2),
            line([end, end + 0.5], [1.3, 1.3], INK, width=2),
            arrow([[end + 0.5, 1.3]], [[end + 0.5, 0.14]], INK, size=10),
            text([end + 0.15], [0], "+", INK, "bottom center"),
        ]
        slots += [(start - 0.8, 0.65), (end + 1.1, 0.0)]
        sets += [{"norm": "none" if p.norm == name else name} for name in ("before", "after")]
    x, y = np.array(slots).T
    stands = np.array([name == p.norm for name in ("before", "after") * 2])
    return sheet(
        "block",
        drawn,
        marks(x[~stands], y[~stands], MUTED, size=22, symbol="square-open"),
        marks(x[stands], y[stands], ORANGE, size=24, symbol="square") if stands.any() else None,
        text(x, y, ["N" if s else "" for s in stands], INK, "middle center"),
        press(x, y, (0.5, 0.35), sets),
        xlim=(-0.2, 14.8),
        ylim=(-0.55, 2.6),
    )


def gradients(r: Stood, p: Params) -> Figure:
    """Draw what of a gradient reaches each state, for all three; the chosen one with dots."""
    at, top = np.arange(r.depth + 1), 0.4
    drawn: list[object] = []
    for name, label in NORMS.items():
        y, own = np.log10(r.gradients[name]), name == p.norm
        side = {"none": (0.0, "top right"), "after": (1.0, "bottom left"), "before": (0.0, "top right")}[name]
        style = {"width": 2.5 if own else 1.3, "label": label, "at": side[0], "where": side[1]}
        drawn.append(line(at, y, BLUE if own else OTHER, **style))
        drawn.append(marks(at, y, BLUE, size=6) if own else None)
        top = max(top, float(y.max()))
    ends = (-1.2, 1.15 * top + 0.3)
    return plot(
        "gradients",
        *drawn,
        x=T("何番目のブロックの後か", "After which block"),
        y=T("勾配の大きさ", "Size of the gradient"),
        xlim=(-0.5, r.depth + 0.5),
        ylim=ends,
        yticks=powers(ends, 5),
        whole_x=True,
        small=True,
        margin={"l": 58},
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.pretraining import transformer as t

x, goal = np.random.default_rng({p.seed}).standard_normal((2, {PLACES}, {WIDTH}))
run = t.stack(t.drawn({p.depth}, {WIDTH}, seed={p.seed}), x, goal, norm="{p.norm}")
print("back =", np.linalg.norm(run.gradients[0]) / np.linalg.norm(run.gradients[-1]))
print("grown =", np.linalg.norm(run.states[-1]) / np.linalg.norm(run.states[0]))

d, n, b, new = {p.width}, {p.length}, {p.batch}, {1 if p.one else p.length}
scores, others = 4 * new * n * d, 24 * new * d**2  # operations of a sequence
read = 2 * (12 * d**2 + b * 2 * n * d)  # bytes: weights once, keys and values of each sequence
intensity = b * (scores + others) / read
print("share =", 100 * scores / (scores + others))
print("intensity =", intensity)
print("reached =", 100 * min(1, {BANDWIDTH!r} * intensity / {PEAK!r}))
"""


SEEDS = range(5)
DEPTHS = {name: tuple({"norm": name, "depth": d, "seed": s} for d in (6, 24) for s in SEEDS) for name in NORMS}
FULL = {"batch": 1000}


def kept(*runs: Stood) -> dict[str, float]:
    """Compare the last block's gradient with 24 blocks and with 6, over all seeds; and what comes back."""
    ratios = [b.last / a.last for a, b in zip(runs[: len(runs) // 2], runs[len(runs) // 2 :], strict=True)]
    backs = [r.back for r in runs]
    return {"low": min(ratios), "high": max(ratios), "least": min(backs), "most": max(backs)}


CHECKS = {
    "explodes": Check(
        tuple({"seed": seed} for seed in SEEDS),
        lambda *runs: all(r.back > 100 for r in runs),
        control=tuple({"norm": "after", "seed": seed} for seed in SEEDS),
        measure=lambda *runs: {"least": min(r.back for r in runs), "most": max(r.back for r in runs)},
    ),
    "before": Check(
        DEPTHS["before"],
        lambda *runs: kept(*runs)["low"] > 0.35 and kept(*runs)["high"] < 0.65,
        control=DEPTHS["after"],
        measure=kept,
    ),
    "share": Check(
        ({"width": "768", "one": False}, {"width": "768", "length": 4610, "one": False}),
        lambda short, long: abs(short.share - 17.8) < 0.05 and abs(long.share - 50) < 0.05,
        control=({"one": False}, {"length": 4610, "one": False}),
    ),
    "batch": Check(
        ({}, FULL), lambda one, many: one.reached < 1 and 8 < many.reached < 8.5, control=({}, FULL | {"length": 16})
    ),
}

"""Luck shrinks with width: a hundred networks that differ in nothing but where they start, all at once."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import heat, line, marks, moving, ring, shade, until
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, SIGNED, Figure, Playhead, Stage
from pages.neural.backprop.starts import CELLS, INITS, SIDE, STARTS, Lottery, work
from pages.neural.backprop.starts import compute as compute
from ui.params import choice, slider
from ui.scene import Check, Readout, Task

CONTROLS = ("width", "activation", "rate", "steps")
QUICK = {"steps": 100}


@dataclass(frozen=True)
class Params:
    width: int = slider(T("隠れユニットの数", "Hidden units"), 1, 16, default=2)
    activation: str = choice(
        T("活性化関数", "Activation"), {"tanh": T("tanh", "tanh"), "relu": T("ReLU", "ReLU"), "gelu": T("GELU", "GELU")}
    )
    rate: float = slider(T("学習率", "Learning rate"), 0.01, 5.0, default=0.5, log=True)
    steps: int = slider(T("ステップ数", "Steps"), 100, 3000, default=1500, step=100)
    init: str = choice(T("重みの初期化", "Initial weights"), INITS)
    seed: int = slider(T("乱数の種（最初の）", "First seed"), 0, 900, default=0, step=100)


def tasks(p: Params) -> dict[str, Task]:
    return {"luck": Task(T("100 個の学習", "Training a hundred"), p, work)}


READOUTS = (
    Readout("solved", T("XOR を解いた", "Solved XOR"), "solved", 0, PERCENT),
    Readout("stuck", T("解けなかったものの損失", "Loss of the others"), "stuck", 3),
)


def draw(r: Lottery, p: Params) -> Stage:
    steps = r.run.steps[r.frames] if r.run else np.zeros(1, np.int64)
    return Stage(
        (maps(r), losses(r, p), share(r, p)),
        ("maps loss", "maps share"),
        playhead=Playhead(steps, T("ステップ", "step"), 6.0),
        height=520,
        columns="minmax(0, 1.15fr) minmax(0, 1fr)",
    )


def maps(r: Lottery) -> Figure:
    """Draw what each network ends with, the best first; a network's map is the square around the four points."""
    step, size = CELLS + 2, SIDE * (CELLS + 2)
    z = np.full((size, size), 128, np.uint8)
    cells = shade(np.tanh(r.fields / 2), -1, 1).reshape(-1, CELLS, CELLS)
    for place, k in enumerate(r.order):
        row, column = divmod(place, SIDE)
        y, x = size - (row + 1) * step + 1, column * step + 1
        z[y : y + CELLS, x : x + CELLS] = cells[k]
    failed = [] if r.run is None else np.flatnonzero(r.run.right[-1][r.order] < 1)
    at = np.array([((k % SIDE + 0.5) * step - 0.5, size - (k // SIDE + 0.5) * step - 0.5) for k in failed]).reshape(
        -1, 2
    )
    return sheet(
        "maps",
        heat(z, (0, size - 1), (0, size - 1), SIGNED, 0.75, smooth=False),
        marks(*at.T, INK, size=9, symbol="x") if len(at) else None,
        xlim=(-1, size),
        ylim=(-1, size),
        equal=True,
        room=6,
    )


def losses(r: Lottery, p: Params) -> Figure:
    """Draw all hundred losses as they fall, or stay."""
    drawn = []
    if r.run is not None and len(r.frames) > 1:
        for k in range(STARTS):
            y = np.minimum(r.run.loss[:, k], 1.2)
            solved = r.run.right[-1, k] == 1
            drawn.append(until(line(r.run.steps, y, BLUE if solved else ORANGE, width=0.8), 1 + r.frames))
    return plot(
        "loss",
        drawn,
        line((0, p.steps), (np.log(2),) * 2, MUTED, dash="dash", width=1.2, label=T("五分五分", "a coin"), at=0.95),
        x=T("ステップ", "Step"),
        y=T("損失", "Loss"),
        xlim=(0, p.steps),
        ylim=(0, 1.05),
        small=True,
    )


def share(r: Lottery, p: Params) -> Figure:
    drawn = []
    if r.run is not None and len(r.frames) > 1:
        drawn = [
            until(line(r.run.steps, r.run.solved, BLUE, width=2.5), 1 + r.frames),
            ring(moving(r.run.steps), moving(r.run.solved)),
        ]
    return plot(
        "share",
        *drawn,
        x=T("ステップ", "Step"),
        y=T("解いた割合 (%)", "Solved (%)"),
        xlim=(0, 1.05 * p.steps),
        ylim=(-2, 104),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.data import load
from core.neural import backprop

data = load("xor", n=4, noise=0.0)
run = backprop.luck(
    data.x, data.y, width={p.width}, activation="{p.activation}", starts={STARTS},
    rate={p.rate!r}, steps={p.steps}, init="{p.init}", seed={p.seed}, every={max(1, p.steps // 60)},
)
print("solved =", run.solved[-1])
left = run.loss[-1][run.right[-1] < 1]
print("stuck =", left.mean() if len(left) else "none")
"""


def least(*runs: Lottery) -> list[float]:
    """Give each width's shares over the draws, from the lowest."""
    return [float(r.solved[-1]) for r in runs]


WIDTHS = (2, 3, 8)
DRAWS = tuple({"width": width, "seed": seed, "steps": 800} for seed in (0, 100, 200, 300, 400) for width in WIDTHS)


def grows(*runs: Lottery) -> bool:
    """Whether in every draw more units solve more, from below 75 % to all or nearly all."""
    each = np.reshape(least(*runs), (-1, len(WIDTHS)))
    return bool((np.diff(each, axis=1) > 0).all() and each[:, 0].max() < 75 and each[:, -1].min() >= 98)


RELU = tuple(
    {"width": 3, "activation": name, "seed": seed, "steps": 800}
    for seed in (0, 100, 200, 300, 400)
    for name in ("relu", "tanh")
)
CHECKS = {
    "width": Check(
        DRAWS,
        grows,
        control=tuple({**fields, "width": 2} for fields in DRAWS),
        measure=lambda *runs: {
            f"{end}{width}": pick(least(*runs)[k :: len(WIDTHS)])
            for k, width in enumerate(WIDTHS)
            for end, pick in (("low", min), ("high", max))
        },
    ),
    "dead": Check(
        RELU,
        lambda *runs: (
            all(relu < tanh - 15 for relu, tanh in zip(least(*runs)[::2], least(*runs)[1::2], strict=True))
            and all(r.silent > 90 for r in runs[::2])
            and not any(r.silent for r in runs[1::2])
        ),
        control=lambda *runs: runs[::-1],
        measure=lambda *runs: {
            "low": min(least(*runs)[::2]),
            "high": max(least(*runs)[::2]),
            "tanh": min(least(*runs)[1::2]),
            "silent": min(r.silent for r in runs[::2]),
        },
    ),
}

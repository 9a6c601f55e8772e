"""The film of collapse: forty runs on eight modes, the critic's loss beside what the generator makes."""

from dataclasses import dataclass

import numpy as np

from core.generative import gan
from core.text import PERCENT, T
from figures.marks import heat, hline, line, marks, moving, ring, until
from figures.plot import plot, sheet
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, Figure, Frames, Playhead, Stage
from pages.generative.gan.films import FAIR, FILM, Runs, halves, ranges, read, runs
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("method", "seed")
SIDE = 255  # of the plane: places travel as whole numbers


@dataclass(frozen=True)
class Params:
    method: str = choice(
        T("学習のしかた", "How it trains"),
        {
            "hasty": T("−ln D、学習率 0.01", "−ln D, rate 0.01"),
            "calm": T("−ln D、学習率 0.003", "−ln D, rate 0.003"),
            "minimax": T("ln(1−D)、学習率 0.003", "ln(1 − D), rate 0.003"),
            "damped": T("−ln D、0.003、R1 正則化", "−ln D, 0.003, R1 penalty"),
        },
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, gan.SEEDS - 1, default=9)


def compute(p: Params) -> Runs:
    return runs(p.method, p.seed)


def warm() -> None:
    for method in gan.METHODS:
        read(method)


READOUTS = (
    Readout("modes", T("覆ったモード", "Modes covered"), "modes", 0, T(" / 8", " of 8")),
    Readout("share", T("モードに乗った割合", "Samples on modes"), "share", 0, PERCENT),
    Readout("loss", T("識別器の損失", "Discriminator loss"), "loss", 2),
    Readout("forgotten", T("モードを忘れた回数", "Modes forgotten"), "forgotten", 0),
)


def draw(r: Runs, p: Params) -> Stage:
    return Stage(
        (plane(r), modes(r), losses(r)),
        ("plane modes", "plane loss"),
        playhead=Playhead(FILM, T("ステップ", "step"), seconds=10.0),
        height=480,
        columns="minmax(0, 1.15fr) minmax(0, 1fr)",
    )


def plane(r: Runs) -> Figure:
    """Tint what the critic takes for real, circle the modes, and draw what the generator makes."""
    x, y = (Frames(r.samples[..., i].astype(np.uint16)) for i in (0, 1))
    turn = np.linspace(0, 2 * np.pi, 25)
    ring_of = gan.REACH * gan.SD * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    paths = SIDE / 2 * (1 + (gan.modes()[:, None] + ring_of) / gan.SPAN)
    return sheet(
        "plane",
        heat(Frames(r.field), (0, SIDE), (0, SIDE), ((0, PAPER), (1, GREEN)), 0.45),
        [line(*path.T, INK, dash="dash", width=1.2) for path in paths],
        marks(x, y, ORANGE, size=6, symbol="triangle-up"),
        xlim=(0, SIDE),
        ylim=(0, SIDE),
        equal=True,
        room=6,
    )


def films(rows: np.ndarray, seed: int) -> list[dict]:
    """Draw all seeds' lines so far, the chosen one strong."""
    so_far = np.arange(1, len(FILM) + 1)
    others = [until(line(FILM, row, MUTED, width=0.8), so_far) for k, row in enumerate(rows) if k != seed]
    return [*others, until(line(FILM, rows[seed], BLUE, width=2.5), so_far), ring(moving(FILM), moving(rows[seed]))]


def modes(r: Runs) -> Figure:
    return plot(
        "modes",
        hline(8, (0, gan.STEPS), INK, dash="dash", width=1.2),
        films(r.counts, r.seed),
        x=T("ステップ", "Step"),
        y=T("覆ったモード", "Modes covered"),
        xlim=(0, 1.05 * gan.STEPS),
        ylim=(-0.3, 8.5),
        small=True,
        drag=False,
    )


def losses(r: Runs) -> Figure:
    return plot(
        "loss",
        hline(FAIR, (0, gan.STEPS), INK, dash="dash", width=1.2, label="2 ln 2", at=1.0),
        films(r.losses, r.seed),
        x=T("ステップ", "Step"),
        y=T("識別器の損失", "Discriminator loss"),
        xlim=(0, 1.05 * gan.STEPS),
        ylim=(0.4, 2.4),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
from core import ahead
from core.generative import gan

# Made by gan.train(**gan.METHODS["{p.method}"], seed={p.seed}); on another processor it may come out otherwise.
film, run = ahead.load("gan/collapse"), {list(gan.METHODS).index(p.method) * gan.SEEDS + p.seed}
places = (film["samples"][run] / 127.5 - 1) * gan.SPAN  # ({len(FILM)} frames, {gan.LOOK} samples, 2)
on = gan.covered(places)  # which of the eight modes
print("modes =", on[-1].sum())
print("share =", 100 * (gan.near(places[-1]) >= 0).mean())
print("loss =", film["loss"][run, -1])
print("forgotten =", (on[:-1] & ~on[1:]).sum())
"""


def every(method: str) -> tuple[dict, ...]:
    return tuple({"method": method, "seed": seed} for seed in range(gan.SEEDS))


CHECKS = {
    "even": Check(
        every("damped"),
        lambda *shown: ranges(*shown)["off_high"] < 0.1 and ranges(*shown)["late_high"] < 30,
        control=every("minimax"),
        measure=ranges,
    ),
    "forgets": Check(
        every("hasty"),
        lambda *shown: (
            ranges(*shown)["forgotten_low"] >= 12
            and ranges(*shown)["visited_low"] == 8
            and all(r.judged[0] > r.judged[1] for r in shown)
        ),
        control=every("minimax"),
        measure=ranges,
    ),
    "dies": Check(
        (*every("calm"), *every("minimax")),
        lambda *shown: halves(*shown)["fewer"] >= 8 and halves(*shown)["two"] < 0.7 * halves(*shown)["one"],
        control=(*every("calm"), *every("calm")),
        measure=halves,
    ),
}

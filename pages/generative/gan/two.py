"""Two numbers that never rest: the Dirac-GAN, where each step leads away, and what brings it home."""

from dataclasses import dataclass

import numpy as np

from core.generative import gan
from core.text import T
from figures.marks import arrow, handle_values, kept, line, marks, moving, until
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, Figure, Playhead, Stage
from pages.generative.gan.beside import distance, opinion
from pages.generative.gan.orbit import Orbit, nearest, orbit, spans, thirds
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("scheme", "rate", "penalty", "steps")


@dataclass(frozen=True)
class Params:
    scheme: str = choice(
        T("動く順番", "Who steps when"),
        {
            "simultaneous": T("同時に", "at the same time"),
            "alternating": T("交互に", "in turn"),
            "extragradient": T("一歩先を見る（外勾配法）", "looking ahead (extragradient)"),
        },
    )
    rate: float = slider(T("学習率 η", "Learning rate η"), 0.01, 1.0, default=0.2, log=True)
    penalty: float = slider(
        T("R1 正則化 γ", "R1 penalty γ"), 0.0, 2.0, default=0.0, step=0.01, when=lambda p: p.scheme != "extragradient"
    )
    steps: int = slider(T("ステップ数", "Steps"), 20, 1000, default=300, step=20)
    theta: float = slider(T("はじめの θ", "First θ"), -2.0, 2.0, default=1.0, step=0.05)
    psi: float = slider(T("はじめの ψ", "First ψ"), -2.0, 2.0, default=1.0, step=0.05)


def compute(p: Params) -> Orbit:
    return orbit(p)


READOUTS = (
    Readout("theta", T("生成器 θ", "Generator θ"), "theta", 3),
    Readout("psi", T("識別器 ψ", "Discriminator ψ"), "psi", 3),
    Readout("distance", T("つり合いからの距離", "From the equilibrium"), "distance", 3),
    Readout("factor", T("1 ステップの倍率", "Factor a step"), "factor", 4, still=True),
)


def draw(r: Orbit, p: Params) -> Stage:
    reach = round_up(1.05 * float(np.abs(r.path).max()), least=1.5)
    return Stage(
        (plane(r, p, reach), opinion(r, reach), distance(r)),
        ("plane opinion", "plane distance"),
        playhead=Playhead(r.shown, T("ステップ", "step")),
        height=480,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
    )


def plane(r: Orbit, p: Params, reach: float) -> Figure:
    """Draw the field, the circle of the endless small steps, and the way so far."""
    at = np.linspace(-1, 1, 13) * reach
    here = np.stack(np.meshgrid(1.4 * at, at), axis=-1).reshape(-1, 2)
    pull = gan.pull(here, 0.0 if p.scheme == "extragradient" else p.penalty)
    size = np.maximum(np.linalg.norm(pull, axis=1, keepdims=True), 1e-9)
    tip = here + 0.1 * reach * pull / size * np.minimum(1, 0.4 + size / reach)
    turn, x, y = np.linspace(0, 2 * np.pi, 97), moving(r.theta[:, None]), moving(r.psi[:, None])
    circle = [line(r.far[0] * np.cos(turn), r.far[0] * np.sin(turn), INK, dash="dash", width=1.2)]
    return plot(
        "plane",
        kept(arrow(here, tip, MUTED, size=6, width=1)),
        None if p.penalty and p.scheme != "extragradient" else circle,
        until(line(*r.path.T, BLUE, width=1.6), r.shown + 1),
        marks([0], [0], INK, size=9, symbol="cross"),
        handle_values(p.theta, p.psi, across=("theta", 0, 1), up=("psi", 0, 1)),
        marks(x, y, BLUE, size=11, line={"width": 2, "color": INK}),
        x=T("生成器 θ", "Generator θ"),
        y=T("識別器 ψ", "Discriminator ψ"),
        xlim=(-reach, reach),
        ylim=(-reach, reach),
        equal=True,
        drag=False,
    )


def code(p: Params) -> str:
    penalty = 0.0 if p.scheme == "extragradient" else p.penalty
    return f"""\
import numpy as np

from core.generative import gan

options = dict(rate={p.rate!r}, scheme="{p.scheme}", penalty={penalty!r})
path = gan.dirac(steps={p.steps}, start=({p.theta!r}, {p.psi!r}), **options)
print("theta =", path[-1, 0])
print("psi =", path[-1, 1])
print("distance =", np.hypot(*path[-1]))
print("factor =", abs(np.linalg.eigvals(gan.linear(**options))).max())
"""


STARTS = tuple({"theta": a, "psi": b} for a, b in ((1.0, 1.0), (2.0, 0.0), (0.5, -1.0), (-1.5, 0.5), (0.0, 1.0)))
SLOW = tuple({"rate": 0.02, "steps": 1000} | start for start in STARTS)
TURNS = tuple({"scheme": "alternating", "steps": 1000} | start for start in STARTS)
DAMPED = tuple({"penalty": penalty, "steps": 100} | start for penalty in (0.25, 1.0, 2.0) for start in STARTS)
CHECKS = {
    "smaller": Check(
        SLOW,
        lambda *runs: all(r.outward for r in runs),
        control=tuple(run | {"scheme": "alternating"} for run in SLOW),
        measure=lambda *runs: {"low": min(r.grown for r in runs), "high": max(r.grown for r in runs)},
    ),
    "turns": Check(
        TURNS,
        lambda *runs: spans(*runs)["low"] > 0.9 and spans(*runs)["high"] < 1.1,
        control=tuple(run | {"scheme": "simultaneous"} for run in TURNS),
        measure=spans,
    ),
    "more": Check(
        DAMPED,
        lambda *runs: nearest(*runs) > 10,
        control=tuple(run | {"penalty": 1.0} for run in DAMPED),
        measure=thirds,
    ),
}

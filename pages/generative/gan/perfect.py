"""The perfect critic: what it says, what the game is then worth, and where each of two losses leads the generator."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.text import PERCENT, T
from figures.marks import area, handle_values, hline, line, marks, ring, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, Figure, Stage
from pages.generative.gan.known import PLACES, SD, STEPS, Known, X, known
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("target", "place", "width")


@dataclass(frozen=True)
class Params:
    target: str = choice(
        T("本物のデータ", "Real data"), {"one": T("一つの山", "one bump"), "two": T("二つの山", "two bumps")}
    )
    place: float = slider(T("生成器の位置", "Generator's place"), -6.0, 6.0, default=1.5, step=0.05)
    width: float = slider(T("生成器の幅", "Generator's width"), 0.2, 2.0, default=0.5, step=0.05)


def compute(p: Params) -> Known:
    return known(p.target, p.place, p.width)


READOUTS = (
    Readout("js", T("JS ダイバージェンス", "JS divergence"), "js", 4),
    Readout("right", T("識別器の正解率", "Discriminator is right"), "right", 1, PERCENT),
    Readout("minimax", T("ln(1−D) の傾き", "Slope of ln(1 − D)"), "minimax", 4),
    Readout("other", T("−ln D の傾き", "Slope of −ln D"), "other", 4),
)
LOSSES = (("ln(1−D)", BLUE, "circle"), ("−ln D", PURPLE, "diamond"))


def draw(r: Known, p: Params) -> Stage:
    figures = critic(r, p), divergence(r, p), walks(r, p)
    return Stage(figures, ("best best", "js walks"), height=480)


def critic(r: Known, p: Params) -> Figure:
    """Draw both densities, so that the higher is 0.9 high, and the perfect critic."""
    seen = np.abs(X) <= 7
    x, high = X[seen], 0.9 / np.exp(np.maximum(r.log_p, r.log_q)).max()
    real, made, said = high * np.exp(r.log_p[seen]), high * np.exp(r.log_q[seen]), r.critic[seen]
    apart = 1 if p.place >= 0 else -1
    best = float(np.argmax(np.round(said, 2)) / len(x))
    return plot(
        "best",
        area(x, real, BLUE, 0.2),
        area(x, made, ORANGE, 0.2),
        line(x, real, BLUE, label=T("本物 p", "real p"), **outside(real, -apart)),
        line(x, made, ORANGE, label=T("生成 q", "generated q"), **outside(made, apart)),
        line(
            x, said, GREEN, width=2.5, label="D*", at=max(best, 0.03), where="top left" if best > 0.1 else "top right"
        ),
        hline(0.5, (-7, 7), MUTED, dash="dash", width=1),
        handle_values(p.place, 0.03, across=("place", 0, 1)),
        x="x",
        y=T("本物らしさ D*", "D*: real?"),
        xlim=(-7, 7),
        ylim=(-0.06, 1.15),
        small=True,
        drag=False,
    )


def outside(density: NDArray[np.float64], side: int) -> dict[str, Any]:
    """Give a name its place, most of the way up a density's outer slope."""
    place = np.flatnonzero(density > 0.7 * density.max())[-1 if side > 0 else 0]
    return {"at": float(place / len(density)), "where": "middle right" if side > 0 else "middle left"}


def divergence(r: Known, p: Params) -> Figure:
    """Draw JS over where the generator might be, and where the two losses end."""
    return plot(
        "js",
        hline(np.log(2), (-6, 6), INK, dash="dash", width=1.2, label="ln 2", at=0.5),
        line(PLACES, r.curve, SKY, width=2.5),
        [
            marks([m], [js], color, size=11, symbol=symbol)
            for m, js, (_, color, symbol) in zip(r.walks[-1], r.ends, LOSSES, strict=True)
        ],
        ring(p.place, r.js),
        x=T("生成器の位置", "Generator's place"),
        y="JS (nat)",
        xlim=(-6.2, 6.2),
        ylim=(-0.03, 0.8),
        small=True,
        drag=False,
    )


def walks(r: Known, p: Params) -> Figure:
    """Draw the place over the steps by both losses."""
    at = np.arange(STEPS + 1)
    named = [
        line(at, m, color, width=2.5, label=name, at=0.3 + 0.5 * i, where="top center")
        for i, (m, (name, color, _)) in enumerate(zip(r.walks.T, LOSSES, strict=True))
    ]
    ends = [marks([STEPS], [m], c, size=11, symbol=s) for m, (_, c, s) in zip(r.walks[-1], LOSSES, strict=True)]
    modes = [hline(m, (0, STEPS), INK, dash="dash", width=1) for m in ((0,) if p.target == "one" else (-2, 2))]
    return plot(
        "walks",
        modes,
        named,
        ends,
        vline(0, (-7, 7), MUTED, width=1),
        ring(0, p.place),
        x=T("ステップ", "Step"),
        y=T("生成器の位置", "Generator's place"),
        xlim=(-1, STEPS + 1),
        ylim=(-6.9, 6.9),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    modes = {"one": [0.0], "two": [-2.0, 2.0]}[p.target]
    return f"""\
import numpy as np

from core.generative import gan

x = np.linspace(-16, 16, 401)
bell = lambda m, s: -((x - m) ** 2) / (2 * s**2) - np.log(s * np.sqrt(2 * np.pi)) + np.log(x[1] - x[0])
log_p = np.logaddexp.reduce([bell(m, {SD}) for m in {modes}]) - np.log({len(modes)})
log_q = bell({p.place!r}, {p.width!r})
p, q = np.exp(log_p), np.exp(log_q)
print("js =", gan.jensen_shannon(p, q))
says = gan.critic(p, q) > 0.5
print("right =", 50 * (p[says].sum() + q[~says].sum()))
minimax, other = gan.slopes(log_p, log_q, q * (x - {p.place!r}) / {p.width!r}**2)
print("minimax =", minimax)
print("other =", other)
"""


def led(*runs: Known) -> dict[str, float]:
    """Give how far the dying loss moves at most, how far the other ends from 0, and the range of JS in the end."""
    starts, ends = (np.array([r.walks[i] for r in runs]) for i in (0, -1))
    return {
        "moved": float(np.abs(ends - starts)[:, 0].max()),
        "left": float(np.abs(ends[:, 1]).max()),
        "fell": float(max(r.ends[0] - r.js for r in runs)),
        "least": float(min(r.ends[1] - r.js for r in runs)),
        "most": float(max(r.ends[1] - r.js for r in runs)),
    }


FAR = tuple({"place": place} for place in (4.0, 4.5, 5.0, 5.5, 6.0))
WIDE = tuple({"target": "two", "width": 1.5, "place": place} for place in (0.3, 0.4, 0.5, 0.6, 0.7))
CHECKS = {
    "far": Check(
        ({"place": 3.0}, {"place": 6.0}),
        lambda near, far: 1 < far.js / near.js < 1.01 and far.js < np.log(2),
        control=({"place": 0.5}, {"place": 1.0}),
    ),
    "stuck": Check(
        FAR,
        lambda *runs: led(*runs)["moved"] < 0.05 and led(*runs)["left"] < 0.05,
        control=tuple({"place": place / 5} for place in (4.0, 4.5, 5.0, 5.5, 6.0)),
        measure=led,
    ),
    "climbs": Check(
        WIDE,
        lambda *runs: led(*runs)["fell"] < 0 < led(*runs)["least"],
        control=tuple(run | {"width": 0.5} for run in WIDE),
        measure=led,
    ),
}

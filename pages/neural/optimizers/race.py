"""The race: six optimizers from one start; who is first depends on the landscape, and on the rates.

A move walks 250 steps six times: some 20 ms.
"""

from dataclasses import dataclass

import numpy as np

from core.grid import Grid
from core.text import PERCENT, T
from figures.marks import handle_values, heat, line, marks, moving, ring, shade, text, until
from figures.plot import plot
from figures.spec import INK, PAPER, SKY, Figure, Playhead, Stage
from pages.neural.optimizers.lanes import lanes, losses
from pages.neural.optimizers.racing import COLORS, DOWN, LANDSCAPES, MADE, NAMES, STEPS, Race, landscape, race, tuned
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("ground", "rates", "rate")
ZOOM = ("ground",)


@dataclass(frozen=True)
class Params:
    ground: str = choice(T("地形（損失）", "Landscape (loss)"), LANDSCAPES)
    rates: str = choice(
        T("学習率", "Learning rates"),
        {"best": T("それぞれに最良", "the best for each"), "same": T("全員に同じ", "the same for all")},
    )
    rate: float = slider(
        T("全員の学習率 η", "The rate η of all"), 1e-4, 30.0, default=0.1, log=True, when=lambda p: p.rates == "same"
    )
    across: float = slider(T("はじめの位置（横）", "Start, across"), 2.0, 98.0, default=15.0, unit=PERCENT)
    up: float = slider(T("はじめの位置（縦）", "Start, up"), 2.0, 98.0, default=25.0, unit=PERCENT)


def start(p: Params) -> tuple[float, float]:
    x0, x1, y0, y1 = landscape(p.ground).window
    return x0 + p.across / 100 * (x1 - x0), y0 + p.up / 100 * (y1 - y0)


def compute(p: Params) -> Race:
    return race(p.ground, start(p), p.rate if p.rates == "same" else None)


READOUTS = (
    Readout("first", T("一着", "First down"), "first"),
    Readout("first_steps", T("その歩数", "its steps"), "first_steps"),
    Readout("adam", T("Adam の歩数", "Adam's steps"), "adam"),
    Readout("down", T("着いた数", "How many are down"), "down", 0, T(" / 6", " / 6")),
)


def warm() -> None:
    for key in LANDSCAPES:
        tuned(key)


def draw(r: Race, p: Params) -> Stage:
    columns = "minmax(0, 1.4fr) minmax(0, 1fr)"
    time = Playhead(r.at, T("歩", "Step"), seconds=8.0)
    figures = ground(r, p), losses(r), lanes(r)
    return Stage(figures, ("ground losses", "ground lanes"), playhead=time, height=470, columns=columns)


def ground(r: Race, p: Params) -> Figure:
    """Draw the loss as a tint, and the six walks over it."""
    here = landscape(p.ground)
    x0, x1, y0, y1 = here.window
    grid = Grid.over(here.window, 56, 56)
    z = np.log10(here.loss(grid.points()) - here.least + 1e-3).reshape(grid.h, grid.w)
    tint = heat(shade(z, -3, z.max()), (x0, x1), (y0, y1), ((0, SKY), (1, PAPER)), 0.8)
    drawn = []
    for name, path in r.paths.items():
        places = np.nan_to_num(path, nan=1e4, posinf=1e4, neginf=-1e4).clip(-1e4, 1e4)
        drawn += [
            until(line(*places.T, COLORS[name], width=2), 1 + r.at),
            ring(moving(places[r.at, :1]), moving(places[r.at, 1:]), 10, COLORS[name]),
        ]
    x, y = start(p)
    a, b = 100 / (x1 - x0), 100 / (y1 - y0)
    shown = [
        text(x0 + (0.03, 0.42, 0.74)[i % 3] * (x1 - x0), y0 + (0.1 - 0.065 * (i // 3)) * (y1 - y0), NAMES[name], color)
        for i, (name, color) in enumerate(COLORS.items())
    ]
    names = (T("バイアス", "Bias"), T("傾き", "Slope")) if p.ground == "iris" else ("w₁", "w₂")
    return plot(
        "ground",
        tint,
        *drawn,
        *shown,
        marks(*np.array(here.best)[:, None], INK, size=11, symbol="x"),
        handle_values(x, y, across=("across", -a * x0, a), up=("up", -b * y0, b)),
        x=names[0],
        y=names[1],
        xlim=(x0, x1),
        ylim=(y0, y1),
        drag=False,
    )


def code(p: Params) -> str:
    r, (x, y) = compute(p), start(p)
    return f"""\
import numpy as np

from core.neural import landscapes as land
from core.neural.optimizers import run

here = {MADE[p.ground]}
steps = {{}}
for name, rate in {dict(r.rates)}.items():
    path = run(name, here.gradient, [{x!r}, {y!r}], steps={STEPS}, rate=rate)
    late = np.flatnonzero(~(here.loss(path) - here.least <= {DOWN}))
    steps[name] = late[-1] + 1 if len(late) else 0
down = {{name: k for name, k in steps.items() if k <= {STEPS}}}
print("first:", min(down, key=down.get, default="nobody"))
print("first_steps =", min(down.values(), default=-1))
print("adam =", down.get("adam", -1))
print("down =", len(down))
"""


def many(*runs: Race) -> bool:
    """Whether there are three champions or more, Adam none of them; last, plain descent takes half of its steps."""
    plain = runs[-1].mean["sgd"] < runs[-1].mean["adam"] / 2
    return len({r.champion for r in runs}) >= 3 and all(r.champion != "adam" for r in runs) and plain


def ahead(*runs: Race) -> dict[str, int]:
    """Count the small rate's starts from which Adam is down first, and the large one's from which plain descent is."""
    small, large = runs[:5], runs[5:]
    return {
        "adam": sum(r.arrival("adam") < r.arrival("sgd") for r in small),
        "sgd": sum(r.arrival("sgd") < r.arrival("adam") for r in large),
    }


GROUNDS = tuple({"ground": key} for key in ("bowl", "turned", "bent", "saddle", "iris"))
STARTS = [{"across": a, "up": u} for a, u in ((10, 20), (30, 90), (90, 10), (85, 60), (15, 80))]
SAME = tuple(run | {"rates": "same", "rate": rate} for rate in (0.5, 15.0) for run in STARTS)
CHECKS = {
    "champion": Check(GROUNDS, many, control=(GROUNDS[0],) * 5),
    "same": Check(
        SAME, lambda *runs: ahead(*runs) == {"adam": 5, "sgd": 5}, control=(*SAME[:5], *SAME[:5]), measure=ahead
    ),
}

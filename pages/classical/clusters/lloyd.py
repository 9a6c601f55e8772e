"""Assign and move: k-means step by step, and the lottery of where it starts."""

from dataclasses import dataclass, replace

import numpy as np

from core.classical import clusters
from core.classical.kmeans import nearest
from core.grid import Grid
from core.text import PERCENT, T
from figures.marks import heat, line, marks, moving, ring, until
from figures.plane import bare, plane
from figures.plot import plot, round_up
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, Figure, Frames, Playhead, Stage
from pages.classical.clusters import shared
from pages.classical.clusters.run import TRIES, Run, endings
from ui.params import choice
from ui.scene import Check, Readout

CONTROLS = ("data", "k", "seed", "method")
ZOOM = ("data",)


@dataclass(frozen=True)
class Params(shared.Unlabelled):
    method: str = choice(
        T("はじめの中心", "First centres"),
        {
            "random": T("点を無作為に選ぶ", "points at random"),
            "plusplus": T("離して選ぶ (k-means++)", "far apart (k-means++)"),
        },
    )


def compute(p: Params) -> Run:
    data = shared.problem(p)
    grid = Grid.over(data.window, 48, 36, equal=data.equal)
    if len(data.x) < p.k:
        return Run(data, None, grid, np.zeros((1, 48 * 36), np.uint8), np.zeros(TRIES))
    trace = clusters.kmeans(data.x, clusters.starts(data.x, p.k, method=p.method, seed=p.seed))
    regions = np.array([nearest(grid.points(), c) for c in trace.centers]).astype(np.uint8)
    own = p.points if p.data == "own" else ()
    return Run(data, trace, grid, regions, endings(p.data, p.spread, own, p.k, p.method))


READOUTS = (
    Readout("inertia", T("二乗距離の和", "Sum of squares"), "inertia", 2),
    Readout("lucky", T("最良に着くはじめ方", "Starts that reach the best"), "lucky", 1, PERCENT, still=True),
)


def draw(r: Run, p: Params) -> Stage:
    if r.trace is None:
        return bare(r.problem)
    return Stage(
        (regions(r), inertia(r), lottery(r)),
        ("plane inertia", "plane lottery"),
        playhead=Playhead(np.arange(len(r.inertia)), T("回", "Round"), seconds=5.0),
        height=450,
        columns="minmax(0, 1.6fr) minmax(0, 1fr)",
    )


def regions(r: Run) -> Figure:
    """Tint what is nearest to each centre, and draw the centres' walks."""
    k, g = r.trace.centers.shape[1], r.grid
    levels = (r.regions * (255 // max(k - 1, 1))).astype(np.uint8).reshape(-1, g.h, g.w)
    scale = [(c / max(k - 1, 1), CLASS_COLORS[c]) for c in range(k)] if k > 1 else [(0, BLUE), (1, BLUE)]
    tint = heat(Frames(levels), (g.xs[0], g.xs[-1]), (g.ys[0], g.ys[-1]), scale, 0.22, smooth=False)
    counts = 1 + np.arange(len(r.trace.centers))
    walks = []
    for c in range(k):
        x, y = r.trace.centers[:, c].T
        style = {"size": 15, "symbol": CLASS_SYMBOLS[c], "line": {"width": 2, "color": INK}}
        walks += [
            until(line(x, y, INK, width=1.5), counts),
            marks(moving(x[:, None]), moving(y[:, None]), CLASS_COLORS[c], **style),
        ]
    return plane("plane", r.problem, tint, over=walks, size=7.0)


def inertia(r: Run) -> Figure:
    at, top = np.arange(len(r.inertia)), round_up(1.05 * float(r.inertia.max()) or 1.0)
    return plot(
        "inertia",
        until(line(at, r.inertia, BLUE, width=2.5), 1 + at),
        ring(moving(at), moving(r.inertia)),
        x=T("回", "Round"),
        y=T("二乗距離の和", "Sum of squares"),
        xlim=(-0.2, max(len(at) - 0.8, 4)),
        ylim=(0, top),
        whole_x=True,
        small=True,
    )


def lottery(r: Run) -> Figure:
    """Draw the endings of the other starts, from the best to the worst."""
    at, ratio = np.arange(1, TRIES + 1), np.sort(r.endings) / max(r.endings.min(), 1e-12)
    return plot(
        "lottery",
        marks(at, ratio, BLUE, size=6),
        x=T("はじめ方（良い順）", "Starts, best first"),
        y=T("最良の何倍か", "Times the best"),
        xlim=(0, TRIES + 1),
        ylim=(0.9, max(1.5, 1.05 * float(ratio.max()))),
        small=True,
    )


def code(p: Params) -> str:
    if compute(p).trace is None:
        return 'print("inertia =", float("nan"))\nprint("lucky =", 100.0)\n'
    return f"""\
import numpy as np

from core.classical import clusters
from core.data import load

{shared.code(p)}

def run(seed):
    return clusters.kmeans(x, clusters.starts(x, {p.k}, method="{p.method}", seed=seed))


ends = np.array([run(seed).inertia[-1] for seed in range({TRIES})])
print("inertia =", run({p.seed}).inertia[-1])
print("lucky =", 100 * np.mean(ends <= ends.min() * (1 + 1e-9) + 1e-12))
"""


FIVE = {"k": 5}
CHECKS = {
    "lottery": Check(
        (FIVE | {"method": "plusplus"}, FIVE),
        lambda far, random: far.lucky > 2 * random.lucky and random.worst > 1.8 and far.worst < random.worst,
        control=(FIVE, FIVE),
    ),
    "ncc": Check(
        (*({"data": "moons", "seed": seed} for seed in range(4)), {}),
        lambda *runs: all(r.settled and np.all(np.diff(r.inertia) <= 1e-9) for r in runs),
        control=lambda *runs: tuple(
            replace(r, trace=clusters.Trace(r.trace.centers[:1], r.trace.labels[:1, ::-1].copy(), r.trace.inertia[:1]))
            for r in runs
        ),
    ),
}

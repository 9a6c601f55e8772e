"""The order decides: the same points, shown in many orders, end in many lines."""

import numpy as np
from numpy.typing import NDArray

from core.bins import Bins, histogram
from core.classical import perceptron as core
from core.grid import Grid
from core.result import result
from core.text import PERCENT, T
from figures.marks import bars, segments, vline
from figures.plane import foot, plane, rivals
from figures.plot import plot
from figures.regions import cells
from figures.spec import BLUE, OTHER, SIGNED, Figure, Stage, Trace
from pages.classical.perceptron import shared
from ui import stock
from ui.scene import Check, Readout

CONTROLS = ("data", "noise", "epochs", "features")
ZOOM = ("data", "features")
Params = shared.Start
RUNS = 200
FIXED = T("並びのまま", "rows as they stand")


@result
class Shuffled:
    problem: stock.Problem
    weights: NDArray[np.float64]  # (runs, d+1) the last of each run
    updates: NDArray[np.int64]  # (runs,)
    converged: NDArray[np.bool_]  # (runs,)
    fixed: NDArray[np.float64]  # (d+1,) the last weights with the rows as they stand
    fixed_updates: int
    spread: float  # mean angle of the lines to their mean direction, degrees
    grid: Grid
    share: NDArray[np.float64]  # (cells,) of the lines that say class 1

    @property
    def mean(self) -> float:
        return float(self.updates.mean()) if len(self.problem.x) else float("nan")

    @property
    def deviation(self) -> float:
        return float(self.updates.std()) if len(self.problem.x) else float("nan")

    @property
    def stopped(self) -> float:
        """Share of the runs, %."""
        return float(100 * self.converged.mean()) if len(self.problem.x) else float("nan")

    @property
    def bins(self) -> Bins:
        """Of the updates, those of the fixed order included: about 30 at most, each of as many whole numbers."""
        low, high = min(self.least, self.fixed_updates), max(self.most, self.fixed_updates)
        width = -(-(high - low + 1) // 30)
        n = (high - low) // width + 1
        return histogram(self.updates, low - 0.5, low - 0.5 + n * width, n)

    @property
    def right(self) -> NDArray[np.float64]:
        """(runs,) what the lines get right, %."""
        return 100 * np.mean(core.predict(self.weights, self.problem.x) == self.problem.y, axis=1)

    @property
    def right_fixed(self) -> float:
        """And that of the rows as they stand."""
        return 100 * float(np.mean(core.predict(self.fixed, self.problem.x) == self.problem.y))

    @property
    def least(self) -> int:
        return int(self.updates.min())

    @property
    def most(self) -> int:
        return int(self.updates.max())


def compute(p: Params) -> Shuffled:
    data = shared.problem(p)
    if p.empty:
        w, none = np.zeros((1, 3)), np.zeros(1, int)
        return Shuffled(data, w, none, none > 0, w[0], 0, float("nan"), Grid(0, 1, 2, 0, 1, 2), np.zeros(4))
    x = core.features(data.x, p.map)
    found, fixed = core.orders(x, data.y, runs=RUNS, **p.start), core.fit(x, data.y, **p.start)
    # Cells well beyond the points, since the view may be wider than they are.
    (cx, cy), reach = data.x.mean(axis=0), 1.6 * max(float(np.ptp(data.x, axis=0).max()), 1.0)
    grid = Grid(float(cx) - reach, 2 * reach / 63, 64, float(cy) - reach, 2 * reach / 63, 64)
    share = core.predict(found.weights, core.features(grid.points(), p.map)).mean(axis=0)
    return Shuffled(
        problem=data,
        weights=found.weights,
        updates=found.updates,
        converged=found.converged,
        fixed=fixed.final,
        fixed_updates=len(fixed.samples),
        spread=core.spread(found.weights),
        grid=grid,
        share=share,
    )


READOUTS = (
    Readout("updates", T("更新の平均", "Mean updates"), "mean", 1),
    Readout("deviation", T("標準偏差", "SD"), "deviation", 1),
    Readout("spread", T("向きのばらつき", "Direction spread"), "spread", 1, T("度", "°")),
    Readout("stopped", T("止まった割合", "Stopped"), "stopped", 0, PERCENT),
)


def draw(r: Shuffled, p: Params) -> Stage:
    tint = cells(r.grid, np.round(255 * r.share).astype(np.uint8), SIGNED, 0.18)
    lines, names = rivals({FIXED: r.fixed}, r.problem.window)
    under = [] if p.empty else [tint, *(faint(r) if p.map == "linear" else []), *lines]
    cloud = plane("cloud", r.problem, under, over=names)
    return Stage(
        (cloud, updates(r)),
        ("cloud histogram",),
        height=440,
        columns="minmax(0, 1.4fr) minmax(0, 1fr)",
        note="empty" if p.empty else "curves" if p.map == "quadratic" else None,
    )


def faint(r: Shuffled) -> list[Trace]:
    """Draw all lines, a few in each trace: within a trace strokes do not darken one another, so many traces do."""
    near, unit = foot(r.weights, r.problem.window)
    x0, x1, y0, y1 = r.problem.window
    along = 4 * max(x1 - x0, y1 - y0) * unit[:, ::-1] * [-1, 1]
    parts = np.array_split(np.arange(len(near)), min(20, len(near)))
    return [{**segments((near - along)[i], (near + along)[i], BLUE, width=1), "opacity": 0.22} for i in parts]


def updates(r: Shuffled) -> Figure:
    """Draw how many orders took how many updates."""
    bins = r.bins
    top = 20.0 * np.ceil(1.15 * bins.counts.max() / 20)
    room = max(1.0, 0.06 * (bins.high - bins.low))
    return plot(
        "histogram",
        bars(0, bins.counts, bins.middles, bins.half, opacity=0.45, upright=True),
        vline(r.fixed_updates, (0, 0.93 * top), OTHER, width=1.5, label=FIXED, where="middle right"),
        x=T("更新の回数", "Updates"),
        y=T("並べ方の数", "Orders"),
        xlim=(bins.low - room, bins.high + room),
        ylim=(0, top),
        whole_x=True,
        whole_y=True,
    )


def code(p: Params) -> str:
    start = shared.snippet(p, "orders", "spread", updates="nan", deviation="nan", spread="nan", stopped="nan")
    rest = f"""\
o = orders(x, y, runs={RUNS}, {shared.arguments(p.start)})
print("updates =", o.updates.mean())
print("deviation =", o.updates.std())
print("spread =", spread(o.weights))
print("stopped =", 100 * o.converged.mean())
"""
    return start if p.empty else start + rest


HARD = {"data": "iris_hard", "features": "petal", "epochs": 100}
CHECKS = {
    "sorted": Check(
        (HARD,),
        lambda r: r.right_fixed < 55 and r.right.mean() > 80 and np.mean(r.right > r.right_fixed) > 0.95,
        control=({**HARD, "data": "iris"},),
        measure=lambda r: {"mean": r.right.mean(), "least": r.right.min()},
    )
}

"""Squares and bells: the line with the smallest sum of squares is the likeliest one, however wide the bells are."""

from dataclasses import replace

import numpy as np

from core.text import T
from figures.marks import area, bell_sideways, line, ring, segments, vline
from figures.plane import plane
from figures.plot import plot, round_up
from figures.spec import BLUE, MUTED, NOW, OTHER, Figure, Stage
from pages.classical.regression import scatter
from pages.classical.regression.scatter import Line, variance
from ui.scene import Check, Readout

CONTROLS = ("data", "slope", "lift", "sigma")
ZOOM = ("data",)
Params = scatter.Scatter
compute = scatter.compute
READOUTS = (
    Readout("hand", T("あなたの 2 乗の平均", "Your mean square"), "hand_square", 3),
    Readout("best", T("最小の 2 乗の平均", "Least mean square"), "least", 3),
    Readout("slope", T("最小二乗の傾き", "Least-squares slope"), "slope", 3),
    Readout("loo", T("一つ抜きの誤差", "Leave-one-out error"), "loo", 3),
    Readout("leverage", T("最大のてこ比", "Largest leverage"), "lever", 3),
)


def draw(r: Line, p: Params) -> Stage:
    columns = "minmax(0, 1.5fr) minmax(0, 1fr)"
    figures = points(r), squares(r), bells(r)
    return Stage(figures, ("points squares", "points bells"), height=470, columns=columns, note=r.note)


def points(r: Line) -> Figure:
    """Draw both lines, the squares' sides of the hand's one, and three bells along the best one."""
    x0, x1 = r.problem.window[:2]
    ends = np.array([x0, x1])
    across = 0.22 * (x1 - x0)
    stand = np.linspace(x0, x1, 5)[:3] + 0.12 * (x1 - x0)
    hand = r.hand[0] + r.hand[1] * r.x
    empty = r.fit is None
    drawn = [
        *([] if empty else [bell_sideways(x, r.level + r.slope * x, r.sigma, across, OTHER) for x in stand]),
        segments(np.column_stack([r.x, r.t]), np.column_stack([r.x, hand]), NOW, width=1.2) if len(r.x) else None,
        None if empty else line(ends, r.level + r.slope * ends, BLUE, width=2.5, label=T("最小二乗", "least squares")),
        line(ends, r.hand[0] + r.hand[1] * ends, NOW, width=2.2, dash="dash", label=T("あなたの線", "your line"), at=0.0,
             where="top right"),
    ]  # fmt: skip
    return plane(
        "points",
        r.problem,
        [mark for mark in drawn if mark is not None],
        large=None if empty else [int(np.argmax(r.leverage))],
        equal=False,
        says="empty" if empty else "points",
    )


def squares(r: Line) -> Figure:
    top = round_up(1.1 * float(r.squares.max(initial=0)) or 1.0)
    low, high = float(r.slopes[0]), float(r.slopes[-1])
    return plot(
        "squares",
        line(r.slopes, r.squares, BLUE, width=2.5),
        vline(r.flattest, (0, top), MUTED, dash="dot"),
        ring(r.hand[1], r.hand_square),
        x=T("傾き", "Slope"),
        y=T("2 乗の平均", "Mean square"),
        xlim=(low, high),
        ylim=(0, top),
        small=True,
    )


def bells(r: Line) -> Figure:
    low, high = float(r.slopes[0]), float(r.slopes[-1])
    return plot(
        "bells",
        area(np.r_[low, r.slopes, high], np.r_[0, r.likelihoods, 0], OTHER, 0.2),
        line(r.slopes, r.likelihoods, OTHER, width=2.5),
        vline(r.likeliest, (0, 1.08), MUTED, dash="dot"),
        vline(r.hand[1], (0, 1.08), NOW, dash="dot", width=1.5),
        x=T("傾き", "Slope"),
        y=T("尤度（最大を 1）", "Likelihood (peak 1)"),
        xlim=(low, high),
        ylim=(0, 1.12),
        small=True,
    )


def code(p: Params) -> str:
    return scatter.code(p)


def one_place(*runs: Line) -> bool:
    """Whether the likeliest slope of the grid is the flattest place of the squares, for each width of the bells."""
    return len({r.likeliest for r in runs}) == 1 and all(r.likeliest == r.flattest for r in runs)


SIGMAS = tuple({"sigma": sigma} for sigma in (3.0, 10.0, 40.0))
FEW = tuple({"n": 10, "noise": 1.0, "seed": seed} for seed in range(100))
CHECKS = {
    "sigma": Check(
        SIGMAS, one_place, control=lambda *runs: tuple(replace(r, likelihoods=r.likelihoods[::-1]) for r in runs)
    ),
    "variance": Check(
        FEW,
        lambda *runs: 0.7 < variance(*runs)["share"] < 0.9,
        control=tuple(run | {"n": 60} for run in FEW),
        measure=variance,
    ),
    "loo": Check(
        ({"data": "outlier"}, {}, {"data": "diabetes"}),
        lambda *runs: all(np.allclose(r.refits(), r.fit.loo_residuals, rtol=1e-9, atol=1e-9) for r in runs),
        control=lambda *runs: tuple(replace(r, fit=replace(r.fit, loo_residuals=r.fit.residuals)) for r in runs),
    ),
}

"""Bell to border: a line with probabilities beside it; Newton finds it in a few steps, two bells come close."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.text import PERCENT, T
from figures.marks import line, moving, quadric, ring, until
from figures.plane import plane, rivals
from figures.plot import plot, round_up
from figures.spec import BLUE, MUTED, Figure, Frames, Playhead, Stage
from pages.classical.logistic.fitted import STEPS, Fitted, fitted
from ui import stock
from ui.params import slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("data", "penalty", "lda", "noise")
ZOOM = ("data", "features")
LEVELS = {0.1: "dash", 0.5: "solid", 0.9: "dash"}  # probabilities whose lines are drawn


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("iris_hard", "blobs", "moons", "outlier", "circles")}
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="petal", when=lambda p: p.measured)
    penalty: float = slider(T("リッジ λ", "Ridge λ"), 0.001, 100.0, default=0.001, log=True)
    lda: bool = toggle(T("二つの釣り鐘の境界 (LDA) を重ねる", "Show the border of two bells (LDA)"))


def compute(p: Params) -> Fitted:
    return fitted(p, p.penalty, p.lda)


READOUTS = (
    Readout("loss", T("対数損失", "Log-loss"), "loss", 4),
    Readout("accuracy", T("正解率", "Accuracy"), "accuracy", 1, PERCENT),
    Readout("promised", T("確率の平均", "Mean probability"), "promised", 2, PERCENT),
    Readout("base", T("クラス 1 の割合", "Share of class 1"), "base", 2, PERCENT, still=True),
)


def draw(r: Fitted, p: Params) -> Stage:
    one_class = np.isnan(r.loss[0])
    return Stage(
        (border(r), *(() if one_class else (losses(r),))),
        ("border",) if one_class else ("border losses",),
        playhead=Playhead(np.arange(len(r.loss)), T("ニュートン法の歩", "Newton step"), seconds=4.0),
        height=430,
        columns="" if one_class else "minmax(0, 1.6fr) minmax(0, 1fr)",
        note="one_class" if one_class else None,
    )


def border(r: Fitted) -> Figure:
    """Draw the lines of three probabilities, and the points."""
    regions = [level(r, share, dash) for share, dash in LEVELS.items()]
    name = T("LDA", "LDA")
    over, words = rivals({} if r.lda is None else {name: r.lda}, r.problem.window)
    wrong = ((r.odds > 0) != r.problem.y).astype(np.uint8)
    return plane("border", r.problem, regions, over, over=words, mistake=Frames(wrong), size=10.0)


def level(r: Fitted, share: float, dash: str) -> object:
    """Draw where the probability of class 1 is `share`: w·[1, x] = ln(share / (1 − share))."""
    c = r.weights - np.array([np.log(share / (1 - share)), 0, 0])
    half = share == 0.5
    return quadric(Frames(c.astype(np.float32)), tint=0.15 if half else 0.0, width=2.5 if half else 1.3, dash=dash)


def losses(r: Fitted) -> Figure:
    steps = np.arange(len(r.loss))
    return plot(
        "losses",
        line((0, STEPS), (np.log(2),) * 2, MUTED, dash="dash", width=1.2, label=T("ln 2（五分五分）", "ln 2 (a coin)")),
        until(line(steps, r.loss, BLUE, width=2.5), 1 + steps),
        ring(moving(steps), moving(r.loss)),
        x=T("歩", "Step"),
        y=T("対数損失", "Log-loss"),
        xlim=(-0.3, round_up(max(len(steps) - 1, 5)) + 0.3),
        ylim=(0, 0.8),
        whole_x=True,
    )


def code(p: Params) -> str:
    if np.isnan(compute(p).loss[0]):  # no fit
        return "".join(f'print("{name} =", float("nan"))\n' for name in ("loss", "accuracy"))
    return f"""\
import numpy as np

from core.classical import logistic
from core.data import load

{stock.code(p)}path = logistic.irls(x, y, penalty={p.penalty!r}, steps={STEPS})
said = logistic.probabilities(path.weights[-1], x)
print("loss =", path.loss[-1])
print("accuracy =", 100 * np.mean((said > 0.5) == y))
print("promised =", 100 * said.mean())
print("base =", 100 * y.mean())
"""


def balanced(*runs: Fitted) -> bool:
    """Whether the probabilities add up to what came, and the log-loss beats a coin."""
    return all(r.converged and abs(r.promised - r.base) < 1e-4 and r.loss[-1] < np.log(2) for r in runs)


def roads(*runs: Fitted) -> dict[str, float]:
    """Compare both roads: points on which they differ, in %, at most."""
    differ = [np.mean((r.odds[-1] > 0) != (r.lda[0] + r.problem.x @ r.lda[1:] > 0)) for r in runs if r.lda is not None]
    return {"most": 100 * float(max(differ)), "least": 100 * float(min(differ))}


FIVE = tuple({"data": "blobs", "noise": 0.5, "seed": seed, "lda": True} for seed in range(5))
SEVEN = ((0.0, 0.0), (1.0, 0.2), (2.0, 0.5), (0.5, 1.0), (1.5, 1.2), (2.5, 0.1), (1.2, 2.0))
THREE = ((1.0, 1.0), (2.0, 1.5), (0.2, 0.6))
UNEVEN = (*((x, y, 0) for x, y in SEVEN), *((x, y, 1) for x, y in THREE))
CHECKS = {
    "books": Check(
        ({"data": "own", "points": UNEVEN}, {"data": "moons"}, {}),
        balanced,
        control=lambda *runs: tuple(replace(r, weights=1.5 * r.weights) for r in runs),
    ),
    "roads": Check(
        FIVE,
        lambda *runs: roads(*runs)["most"] <= 5,
        control=lambda *runs: tuple(replace(r, lda=r.lda * [1, -1, 1]) for r in runs),
        measure=roads,
    ),
}

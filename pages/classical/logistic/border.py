"""Bell to border: a line with a probability on each side; Newton finds it in a few steps, two bells come close to it."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.classical import logistic
from core.result import result
from core.text import T
from figures.marks import line, moving, quadric, ring
from figures.plane import plane, rivals
from figures.plot import plot, round_up
from figures.spec import BLUE, MUTED, Figure, Frames, Playhead, Stage
from ui import stock
from ui.params import slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("data", "penalty", "lda", "noise")
ZOOM = ("data", "features")
STEPS = 25
LEVELS = {0.1: "dash", 0.5: "solid", 0.9: "dash"}  # probabilities whose lines are drawn
PERCENT = T("%", "%")


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("iris_hard", "blobs", "moons", "outlier", "circles")}
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="petal", when=lambda p: p.measured)
    penalty: float = slider(T("リッジ λ", "Ridge λ"), 0.001, 100.0, default=0.001, log=True)
    lda: bool = toggle(T("二つの釣り鐘の境界 (LDA) を重ねる", "Show the border of two bells (LDA)"))


@result
class Fitted:
    problem: stock.Problem
    weights: NDArray[np.float64]  # (f, 3) the walk, bias first
    loss: NDArray[np.float64]  # (f,) nats
    converged: bool
    lda: NDArray[np.float64] | None  # (3,)

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """(f,) in %."""
        return np.array([self.right(w) for w in self.weights])

    @property
    def odds(self) -> NDArray[np.float64]:
        """(f, n) log-odds of class 1."""
        return self.weights[:, :1] + self.weights[:, 1:] @ self.problem.x.T

    @property
    def promised(self) -> float:
        """The mean probability of class 1, %."""
        return 100 * float(logistic.probabilities(self.weights[-1], self.problem.x).mean())

    @property
    def base(self) -> float:
        """The share of class 1, %."""
        return 100 * float(self.problem.y.mean())

    def right(self, weights: NDArray[np.float64]) -> float:
        return 100 * float(np.mean((weights[0] + self.problem.x @ weights[1:] > 0) == self.problem.y))


def compute(p: Params) -> Fitted:
    data = stock.problem(p)
    if len(np.unique(data.y)) < 2:
        return Fitted(data, np.zeros((1, 3)), np.full(1, np.nan), False, None)
    path = logistic.irls(data.x, data.y, penalty=p.penalty, steps=STEPS)
    spread = np.linalg.matrix_rank(data.x - data.x.mean(axis=0)) == 2
    both = logistic.discriminant(data.x, data.y) if p.lda and spread and len(data.y) > 4 else None
    return Fitted(data, path.weights, path.loss, path.converged, both)


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
        line(steps, r.loss, BLUE, width=2.5),
        ring(moving(steps), moving(r.loss)),
        x=T("歩", "Step"),
        y=T("対数損失", "Log-loss"),
        xlim=(-0.3, round_up(max(len(steps) - 1, 5)) + 0.3),
        ylim=(0, 0.8),
        whole_x=True,
    )


def code(p: Params) -> str:
    if np.isnan(compute(p).loss[0]):
        return f'import numpy as np\n\n{stock.code(p)}print("loss =", float("nan"))\nprint("base =", 0)\n'
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
CHECKS = {
    "books": Check(
        ({"data": "blobs", "noise": 0.6}, {"data": "moons"}, {}),
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

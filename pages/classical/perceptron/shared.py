"""What the scenes share: the controls of a perceptron, its data, and a run of it as the playhead shows it."""

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.result import result
from core.text import PERCENT, T
from ui import stock
from ui.params import choice, slider, toggle
from ui.scene import Readout

FRAMES = 300  # of the playhead at most; the first and the last update are always among them
APART = ("pocket", "averaged")  # rules that predict with other weights than those that learn


@dataclass(frozen=True)
class Start(stock.Plane):
    drop: bool = toggle(T("外れ値を除く", "Leave the outlier out"), when=lambda p: p.data == "outlier")
    rate: float = slider(T("学習率", "Learning rate"), 0.01, 10.0, default=1.0, log=True)
    epochs: int = slider(T("エポックの上限", "Epochs at most"), 1, 200, default=30)
    init: str = choice(T("はじめの重み", "Initial weights"), {"zero": T("ゼロ", "Zero"), "random": T("乱数", "Random")})
    map: str = choice(
        T("特徴の写像", "Feature map"),
        {"linear": T("そのまま", "As they are"), "quadratic": T("2 次の項も", "With squares")},
    )

    @property
    def empty(self) -> bool:
        """Whether there are no points yet."""
        return self.data == "own" and not self.points

    @property
    def start(self) -> dict[str, Any]:
        """What `core.fit` and `core.orders` take alike."""
        return {"rate": self.rate, "epochs": self.epochs, "init": self.init, "seed": self.seed}


@dataclass(frozen=True)
class Learner(Start):
    rule: str = choice(
        T("学習則", "Rule"),
        {
            "perceptron": T("パーセプトロン", "Perceptron"),
            "pocket": T("ポケット（一番良かった境界）", "Pocket (the best line met)"),
            "averaged": T("平均（全部の境界の平均）", "Averaged (mean of all lines)"),
            "margin": T("マージンつき（近すぎても更新）", "Margin (too close counts too)"),
            "sgd": T("SGD（例を無作為に選ぶ）", "SGD (examples drawn at random)"),
        },
    )
    margin: float = slider(T("マージン", "Margin"), 0.0, 20.0, default=5.0, step=0.5, when=lambda p: p.rule == "margin")
    order: str = choice(
        T("例を見せる順", "Order"),
        {"fixed": T("いつも同じ", "Fixed"), "shuffled": T("毎回まぜる", "Shuffled")},
        when=lambda p: p.rule != "sgd",
    )

    @property
    def fit(self) -> dict[str, Any]:
        """What `core.fit` takes."""
        margin = {"margin": self.margin} if self.rule == "margin" else {}
        return {"rule": self.rule, "order": self.order, **self.start, **margin}


@result
class Run:
    """A run, sampled to the f frames of the playhead."""

    problem: stock.Problem
    trace: core.Trace
    made: NDArray[np.int64]  # (f,) updates made
    samples: NDArray[np.int64]  # (f,) the example that caused the last of them, -1 for none
    score: NDArray[np.float64]  # (f,) that it had before
    weights: NDArray[np.float64]  # (f, d+1) the boundary that is shown, bias first
    mistake: NDArray[np.uint8]  # (f, n) where it errs

    @property
    def epoch(self) -> NDArray[np.int64]:
        """(f,) of each frame, from 0."""
        epoch = np.append(self.trace.epoch, 0)[self.made - 1]
        if self.samples[-1] < 0:  # where no update led to, the whole run lies behind
            epoch[-1] = self.epochs - 1
        return epoch

    @property
    def updates(self) -> int:
        """How many it took in all."""
        return len(self.trace.samples)

    @property
    def epochs(self) -> int:
        """How many ran."""
        return len(self.trace.mistakes)

    @property
    def last(self) -> int:
        """Mistakes in the last epoch."""
        return int(self.trace.mistakes[-1])

    @property
    def accuracies(self) -> NDArray[np.float64]:
        """(f,) what the boundary that is shown gets right, %; not a number without points."""
        n = self.mistake.shape[1]
        return 100 * (n - self.mistake.sum(axis=1)) / n if n else np.full(len(self.mistake), np.nan)

    @property
    def accuracy(self) -> float:
        return float(self.accuracies[-1])

    @property
    def best(self) -> float:
        """What the best line met on the way gets right, %."""
        right = core.predict(self.trace.current, self.problem.x) == self.problem.y
        return 100 * int(right.sum(axis=1).max()) / len(self.problem.x)

    @property
    def ending(self) -> T:
        """After how many epochs it stopped."""
        n, stopped = self.epochs, T(f"{self.epochs} で停止", f"stopped after {self.epochs}")
        return stopped if self.trace.converged else T(f"{n} では止まらず", f"{n}, not stopped")

    @property
    def progress(self) -> list[T]:
        """(f,) the epoch of each frame, and how it ended."""
        return [*(T(str(epoch + 1), str(epoch + 1)) for epoch in self.epoch[:-1]), self.ending]


READOUTS = (
    Readout("updates", T("更新の回数", "Updates"), "made"),
    Readout("accuracy", T("正解率", "Accuracy"), "accuracies", 1, PERCENT),
    Readout("stopped", T("エポック", "Epoch"), "progress"),
)


def problem(p: Start) -> stock.Problem:
    """Give the data, without the outlier where that is asked for."""
    data = stock.problem(p)
    if p.data == "outlier" and p.drop:
        return replace(data, x=np.delete(data.x, 1, axis=0), y=np.delete(data.y, 1))
    return data


def run(p: Learner, *, learning: bool = False, most: int = FRAMES) -> Run:
    """Fit, and sample the run to `most` frames: of the weights that predict, or of those that are `learning`."""
    data = problem(p)
    if p.empty:
        w, none = np.zeros((1, 3 if p.map == "linear" else 6)), np.zeros(0, int)
        trace = core.Trace(w, none, np.zeros(1, int), False, none, w, w[0])
        return Run(data, trace, np.zeros(1, int), np.array([-1]), np.array([np.nan]), w, np.zeros((1, 0), np.uint8))
    x = core.features(data.x, p.map)
    trace = core.fit(x, data.y, **p.fit)
    updates = len(trace.samples)
    made = np.unique(np.linspace(0, updates, min(updates + 1, most)).round().astype(int))
    weights = (trace.current if learning else trace.weights)[made]
    # Frame by frame the last update, and the score that its example had before it; before the first there is none.
    samples = np.append(trace.samples, -1)[made - 1]
    score = core.score(trace.current[made - 1], x)[np.arange(len(made)), samples]
    samples[0], score[0] = -1, np.nan
    if p.rule == "averaged" and not learning:
        # The mean goes on after the last update. One more frame shows where it ends.
        made, weights = np.append(made, updates), np.vstack([weights, trace.final])
        samples, score = np.append(samples, -1), np.append(score, np.nan)
    mistake = np.asarray(core.predict(weights, x) != data.y, np.uint8)
    return Run(data, trace, made, samples, score, weights, mistake)


def snippet(p: Start, *uses: str, **nothing: int | str) -> str:
    """Begin Python that ends with the readouts: `uses` of the core, x and y; or print what there is of no points."""
    if p.empty:
        return "".join(f'print("{key} =", float("{value}"))\n' for key, value in nothing.items())
    drop = "x, y = np.delete(x, 1, axis=0), np.delete(y, 1)\n" if p.data == "outlier" and p.drop else ""
    return f"""\
import numpy as np

from core.classical.perceptron import {", ".join(sorted(("features", *uses)))}
from core.data import load

{stock.code(p)}{drop}x = features(x, "{p.map}")
"""


def code(p: Learner, *uses: str) -> str:
    """Learn, and print what `READOUTS` say."""
    start = snippet(p, "fit", "predict", *uses, updates=0, accuracy="nan")
    learn = f"""\
trace = fit(x, y, {arguments(p.fit)})
print("updates =", len(trace.samples))
print("accuracy =", 100 * np.mean(predict(trace.final, x) == y))
print("stopped =", trace.converged, len(trace.mistakes))
"""
    return start if p.empty else start + learn


def arguments(values: dict[str, Any]) -> str:
    """Write keyword arguments."""
    return ", ".join(f"{key}={json.dumps(value)}" for key, value in values.items())

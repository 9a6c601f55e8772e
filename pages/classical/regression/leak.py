"""The leak: choose columns by all examples, and cross-validation praises noise; of many tries the best is luck."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from core.bins import Bins, histogram
from core.classical import regression as reg
from core.data import folds
from core.result import result
from core.text import PERCENT, T
from figures.marks import bars, hline, line, marks, ring
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, Figure, Stage
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("columns", "keep", "tries", "seed")
ROWS, VOTES = 50, 50  # examples; validation points of the winner's curse


@dataclass(frozen=True)
class Params:
    columns: int = slider(T("列の数（すべて乱数）", "Columns (all random)"), 20, 2000, default=2000, log=True)
    keep: int = slider(T("選ぶ列の数", "Columns chosen"), 1, 100, default=50)
    tries: int = slider(T("試すモデルの数", "Models tried"), 1, 1000, default=100, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Leak:
    leaked: NDArray[np.float64]  # (5,) accuracy in each fold, %, columns chosen by all examples
    honest: NDArray[np.float64]  # (5,) columns chosen by what the fold learns from
    learnt: NDArray[np.float64]  # (keep,) correlations of the columns chosen by the first fold, in what it learnt from
    tested: NDArray[np.float64]  # (keep,) and in the examples held out
    best: float  # of the coin flippers on the validation points, %
    again: float  # the same one on as many new points
    expected: NDArray[np.float64]  # (len(TRIES),) mean of the best of so many, %

    @property
    def bins(self) -> Bins:  # of the correlations; those beyond the ends count at them
        return histogram([self.learnt, self.tested], -0.7, 0.7, 28, beyond=True)

    @property
    def praised(self) -> float:
        return float(self.leaked.mean())

    @property
    def true(self) -> float:
        return float(self.honest.mean())


TRIES = np.unique(np.geomspace(1, 1000, 40).round().astype(int))


def compute(p: Params) -> Leak:
    x, y = noise(p.columns, p.seed)
    keep = min(p.keep, p.columns)
    scores = [100 * reg.cross_validated(x, y, keep=keep, leak=leak, seed=p.seed) for leak in (True, False)]
    out = folds(ROWS, seed=p.seed) == 0
    chosen = reg.strongest(x[~out], y[~out], keep)
    seen, unseen = (reg.correlations(x[rows][:, chosen], y[rows]) for rows in (~out, out))
    rng = np.random.default_rng([p.seed, 1])
    right = rng.binomial(VOTES, 0.5, (1000, 2))[: p.tries]
    winner = int(np.argmax(right[:, 0]))
    return Leak(*scores, seen, unseen, *(100 * right[winner] / VOTES).tolist(), expected=best_of())


@functools.cache
def best_of() -> NDArray[np.float64]:
    """Give the mean of the best of m coin flippers, in %: Σ P(best > k) / n, where P(best ≤ k) = P(one ≤ k)ᵐ."""
    one = binom.cdf(np.arange(VOTES), VOTES, 0.5)
    return 100 * (1 - one[None] ** TRIES[:, None]).sum(axis=1) / VOTES


def noise(columns: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give columns that know nothing of y; fewer are the first of more."""
    return np.random.default_rng(seed).standard_normal((columns, ROWS)).T, np.arange(ROWS) % 2


READOUTS = (
    Readout("leaked", T("先に選ぶ", "Chosen before"), "praised", 1, PERCENT),
    Readout("honest", T("中で選ぶ", "Chosen inside"), "true", 1, PERCENT),
    Readout("best", T("一番のモデル: 検証", "Best model: validation"), "best", 0, PERCENT),
    Readout("again", T("新しいデータ", "on new data"), "again", 0, PERCENT),
)


def draw(r: Leak, p: Params) -> Stage:
    return Stage(
        (scores(r), columns(r), winner(r, p)),
        ("scores winner", "columns winner"),
        height=440,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
        note="fewer" if p.keep > p.columns else None,
    )


def scores(r: Leak) -> Figure:
    """Draw the accuracy in each fold as a dot, and the means as bars."""
    at, jitter = np.array([1.0, 0.0]), np.linspace(-0.2, 0.2, 5)
    return plot(
        "scores",
        bars(0, [r.praised], at[:1], 0.3, ORANGE, 0.45),
        bars(0, [r.true], at[1:], 0.3, BLUE, 0.45),
        [marks(row, spot + jitter, INK, size=6) for row, spot in zip((r.leaked, r.honest), at, strict=True)],
        line((50, 50), (-0.5, 1.5), MUTED, dash="dash", width=1.5),
        x=T("交差検証の正解率 (%)", "Cross-validated accuracy (%)"),
        y="",
        xlim=(0, 102),
        ylim=(-0.5, 1.5),
        yticks={1.0: T("先に選ぶ", "before"), 0.0: T("中で選ぶ", "inside")},
        margin={"l": 76},
        drag=False,
    )


def columns(r: Leak) -> Figure:
    (learnt, tested), at, half = r.bins.counts, r.bins.middles, 0.9 * r.bins.half
    return plot(
        "columns",
        bars(0, learnt, at, half, ORANGE, 0.6, upright=True),
        bars(0, tested, at, half * 0.55, BLUE, 0.75, upright=True),
        x=T("選んだ列と答えの相関", "Correlation with the answer"),
        y=T("列の数", "Columns"),
        xlim=(r.bins.low, r.bins.high),
        ylim=(0, 1.1 * max(1, r.bins.counts.max())),
        yticks=3,
        drag=False,
    )


def winner(r: Leak, p: Params) -> Figure:
    return plot(
        "winner",
        hline(50, (1, 1000), MUTED, dash="dash", width=1.5, label=T("本当の実力", "true skill"), where="bottom left"),
        line(TRIES, r.expected, OTHER, width=2.5, label=T("平均", "mean"), where="top left", at=0.7),
        ring(p.tries, r.best),
        marks(p.tries, r.again, INK, size=9, symbol="square"),
        x=T("試すモデルの数（対数目盛）", "Models tried (log scale)"),
        y=T("正解率 (%)", "Accuracy (%)"),
        xlim=(-0.05, 3.05),
        ylim=(30, 90),
        log_x=True,
        xticks=(1, 10, 100, 1000),
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import regression as reg

x = np.random.default_rng({p.seed}).standard_normal(({p.columns}, {ROWS})).T  # knows nothing of y
y = np.arange({ROWS}) % 2
for name, leak in (("leaked", True), ("honest", False)):
    print(name, "=", 100 * reg.cross_validated(x, y, keep={min(p.keep, p.columns)}, leak=leak, seed={p.seed}).mean())
right = np.random.default_rng([{p.seed}, 1]).binomial({VOTES}, 0.5, (1000, 2))[:{p.tries}]
winner = right[np.argmax(right[:, 0])]
print("best =", 100 * winner[0] / {VOTES})
print("again =", 100 * winner[1] / {VOTES})
"""


def leaks(*runs: Leak) -> dict[str, float]:
    return {
        "leaked": float(np.mean([r.praised for r in runs])),
        "low": float(min(r.praised for r in runs)),
        "honest": float(np.mean([r.true for r in runs])),
    }


def praised(*runs: Leak) -> bool:
    mean = leaks(*runs)
    return mean["leaked"] > 85 and 40 < mean["honest"] < 60


def curse(*runs: Leak) -> dict[str, float]:
    return {name: float(np.mean([getattr(r, name) for r in runs])) for name in ("best", "again")}


SEEDS = range(10)
CHECKS = {
    "leak": Check(
        tuple({"seed": seed} for seed in SEEDS),
        praised,
        control=tuple({"columns": 20, "keep": 20, "seed": seed} for seed in SEEDS),
        measure=leaks,
    ),
    "curse": Check(
        tuple({"columns": 20, "tries": 1000, "seed": seed} for seed in SEEDS),
        lambda *runs: curse(*runs)["best"] > 65 and 43 < curse(*runs)["again"] < 57,
        control=tuple({"columns": 20, "tries": 1, "seed": seed} for seed in SEEDS),
        measure=curse,
    ),
}

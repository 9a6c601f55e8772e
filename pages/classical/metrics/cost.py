"""What a mistake costs: the best threshold follows from the prices, and balanced weights only move it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import logistic
from core.classical import metrics as m
from core.data import load
from core.result import result
from core.text import T
from figures.marks import handle_values, line, marks, vline
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, NOW, ORANGE, Figure, Stage
from pages.classical.metrics import shared
from pages.classical.metrics.models import moved, only_moved
from ui.params import slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("miss", "threshold", "balanced", "share")
FEATURES = (1, 4, 8)  # mean texture, smoothness, symmetry: none of them tells for sure


@dataclass(frozen=True)
class Params(shared.Patients):
    miss: float = slider(
        T("見逃し 1 人の値段（誤報 = 1）", "Cost of a miss (alarm = 1)"), 1.0, 50.0, default=10.0, log=True
    )
    threshold: float = slider(T("しきい値", "Threshold"), 0.0, 1.0, default=0.5, step=0.005)
    balanced: bool = toggle(T("クラスの重みをそろえて学ぶ", "Learn with balanced weights"))


@result
class Costs:
    y: NDArray[np.int64]  # (n,)
    plain: NDArray[np.float64]  # (n,) probability of malignant, by fits that have not seen the patient
    even: NDArray[np.float64]  # the same with balanced weights
    thresholds: NDArray[np.float64]  # (t,) of the model that is asked
    cost: NDArray[np.float64]  # (t,)
    now: float  # cost at the threshold
    rule: float  # threshold by the prices
    ruled: float  # cost there
    half: float  # cost at 0.5
    brier: float
    prior: float  # share of the malignant

    @property
    def lowest(self) -> float:
        return float(self.cost.min())

    @property
    def best(self) -> float:
        return float(self.thresholds[np.argmin(self.cost)])


def compute(p: Params) -> Costs:
    data, rows = load("breast_cancer"), shared.patients(p)
    x, y = data.x[rows][:, FEATURES], data.y[rows]
    plain, even = (logistic.out_of_fold(x, y, balanced=balanced, seed=p.seed) for balanced in (False, True))
    asked = even if p.balanced else plain
    thresholds, cost = m.costs(y, asked, miss=p.miss, alarm=1)
    rule = m.cheapest(miss=p.miss, alarm=1)

    def at(threshold: float) -> float:
        _, fp, fn, _ = m.confusion(y, asked, threshold)
        return (p.miss * fn + fp) / len(y)

    prior = float(y.mean())
    return Costs(y, plain, even, thresholds, cost, at(p.threshold), rule, at(rule), at(0.5), m.brier(y, asked), prior)


READOUTS = (
    Readout("now", T("いまの費用", "Cost now"), "now", 3),
    Readout("rule", T("値段で決まるしきい値", "Threshold by the prices"), "rule", 3),
    Readout("ruled", T("そこでの費用", "Cost there"), "ruled", 3),
    Readout("lowest", T("いちばん安い費用", "Lowest cost"), "lowest", 3),
    Readout("brier", T("Brier スコア", "Brier score"), "brier", 3),
)


def draw(r: Costs, p: Params) -> Stage:
    return Stage((cost(r, p), promises(r)), ("cost promises",), height=420, columns="minmax(0, 1.3fr) minmax(0, 1fr)")


def cost(r: Costs, p: Params) -> Figure:
    top = round_up(1.05 * float(r.cost.max()))
    return plot(
        "cost",
        vline(r.rule, (0, top), INK, dash="dash", width=1.2, label=T("値段の比", "by the prices"), where="top right"),
        line(np.r_[1.0, np.repeat(r.thresholds[1:], 2), 0.0], np.repeat(r.cost, 2), BLUE, width=2.5),
        marks(min(r.best, 1.0), r.lowest, BLUE, size=9),
        vline(p.threshold, (0, r.now), NOW, dash="dot"),
        handle_values(p.threshold, r.now, across=("threshold", 0.0, 1.0)),
        x=T("しきい値（悪性の確率）", "Threshold (probability of malignant)"),
        y=T("一人あたりの費用", "Cost per patient"),
        xlim=(-0.02, 1.02),
        ylim=(0, top),
        drag=False,
    )


def promises(r: Costs) -> Figure:
    """Draw what was promised against what came, for both models."""
    drawn = []
    for p, color, name in (
        (r.plain, BLUE, T("そのまま", "as they are")),
        (r.even, ORANGE, T("重みをそろえた", "balanced")),
    ):
        promised, came, count = m.calibration(r.y, p, bins=8)
        enough = count >= 5
        symbol = "circle" if color == BLUE else "triangle-up"
        drawn += [
            line(
                promised[enough],
                came[enough],
                color,
                width=2,
                label=name,
                at=0.7,
                where="top left" if color == BLUE else "bottom right",
            ),
            marks(promised[enough], came[enough], color, size=8, symbol=symbol),
        ]
    return plot(
        "promises",
        line((0, 1), (0, 1), MUTED, dash="dash", width=1.2),
        *drawn,
        x=T("モデルの言う確率", "Probability the model says"),
        y=T("実際の悪性の割合", "Share that was malignant"),
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import logistic
from core.classical import metrics as m
from core.data import load, thin_out

{shared.code(p)}x = data.x[rows][:, {list(FEATURES)}]
says = logistic.out_of_fold(x, y, balanced={p.balanced}, seed={p.seed})


def cost(threshold):
    tp, fp, fn, tn = m.confusion(y, says, threshold)
    return ({p.miss!r} * fn + fp) / len(y)


rule = m.cheapest(miss={p.miss!r}, alarm=1)
print("now =", cost({p.threshold!r}))
print("rule =", rule)
print("ruled =", cost(rule))
print("lowest =", m.costs(y, says, miss={p.miss!r}, alarm=1)[1].min())
print("brier =", m.brier(y, says))
"""


def prices(*runs: Costs) -> dict[str, float]:
    """Give how much dearer than the best the rule's threshold is, and that of one half: the mean over the runs."""
    return {
        "rule": float(np.mean([r.ruled / r.lowest for r in runs])),
        "half": float(np.mean([r.half / r.lowest for r in runs])),
    }


def follows(*runs: Costs) -> bool:
    mean = prices(*runs)
    return mean["rule"] < 1.25 and mean["half"] > 1.5


SEEDS = range(10)
CHECKS = {
    "rule": Check(
        tuple({"miss": 10.0, "seed": seed} for seed in SEEDS),
        follows,
        control=tuple({"miss": 10.0, "balanced": True, "share": 5, "seed": seed} for seed in SEEDS),
        measure=prices,
    ),
    "balanced": Check(
        tuple({"share": 8, "balanced": True, "seed": seed} for seed in SEEDS),
        only_moved,
        control=tuple({"share": 37, "balanced": True, "seed": seed} for seed in SEEDS),
        measure=moved,
    ),
}

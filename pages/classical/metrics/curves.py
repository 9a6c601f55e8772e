"""All thresholds at once: ROC counts pairs and does not see how rare the positives are; precision and recall do."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import metrics as m
from core.data import load
from core.result import result
from core.text import T
from figures.marks import area, heat, hline, line, ring, shade, text
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, Figure, Stage
from pages.classical.metrics import shared
from pages.classical.metrics.shared import Scored
from ui.scene import Check, Readout

CONTROLS = ("score", "share", "cut", "seed")
CELLS = 100  # at most, along each side of the picture of pairs


@dataclass(frozen=True)
class Params(Scored):
    pass


@result
class Curves:
    roc: m.Curve
    pr: m.Curve
    weighed: m.Curve  # precision and recall of all patients, weighed for the share
    won: NDArray[np.float64]  # (≤ CELLS, ≤ CELLS) malignant by benign, a sample of the pairs by falling score
    pairs: float  # share of all pairs in order
    trapezoid: float  # under the precision-recall curve, if its points are joined by straight lines
    now: int  # where on the curves the threshold is
    positives: int
    negatives: int

    @property
    def false(self) -> float:
        return float(self.roc.x[self.now])

    @property
    def found(self) -> float:
        return float(self.roc.y[self.now])

    @property
    def prevalence(self) -> float:
        return self.positives / (self.positives + self.negatives)


def compute(p: Params) -> Curves:
    y, score, rows = load("breast_cancer").y, shared.scores(p), shared.patients(p)
    roc, pr = m.roc(y[rows], score[rows]), m.precision_recall(y[rows], score[rows])
    won, share = m.pairs(y[rows], score[rows])
    thin = [np.linspace(0, n - 1, min(n, CELLS)).round().astype(int) for n in won.shape]
    return Curves(
        *(roc, pr, m.precision_recall(y, score, prevalence=p.share / 100), won[np.ix_(*thin)], share),
        trapezoid=float(np.sum(np.diff(pr.x) * (pr.y[1:] + pr.y[:-1]) / 2)),
        now=int(np.sum(roc.thresholds >= shared.threshold(p))) - 1,
        positives=won.shape[0],
        negatives=won.shape[1],
    )


READOUTS = (
    Readout("auc", T("ROC の面積 (AUC)", "Area under ROC (AUC)"), "roc.area", 3),
    Readout("pairs", T("正しい順の組", "Pairs in order"), "pairs", 3),
    Readout("ap", T("平均適合率 (AP)", "Average precision (AP)"), "pr.area", 3),
    Readout("positives", T("悪性の人数", "Malignant"), "positives"),
)


def draw(r: Curves, p: Params) -> Stage:
    return Stage((roc(r), pr(r), pairs(r)), ("roc pr pairs",), height=400)


def roc(r: Curves) -> Figure:
    return plot(
        "roc",
        area(np.r_[r.roc.x, 1], np.r_[r.roc.y, 0], BLUE, 0.12),
        line((0, 1), (0, 1), MUTED, dash="dash", width=1.2),
        line(r.roc.x, r.roc.y, BLUE, width=2.5),
        text(0.62, 0.3, T(f"面積 {r.roc.area:.3f}", f"area {r.roc.area:.3f}"), BLUE, "middle center"),
        ring(r.roc.x[r.now], r.roc.y[r.now]),
        x=T("偽陽性率", "False positive rate"),
        y=T("真陽性率（再現率）", "True positive rate (recall)"),
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )


def pr(r: Curves) -> Figure:
    chance = T("ランダムな点数", "random score")
    return plot(
        "pr",
        hline(r.prevalence, (0, 1), MUTED, dash="dash", width=1.2, label=chance, where="top left"),
        line(r.weighed.x, r.weighed.y, OTHER, width=1.5, dash="dot"),
        line(r.pr.x, r.pr.y, BLUE, width=2.5),
        ring(r.pr.x[r.now], r.pr.y[r.now]),
        x=T("再現率", "Recall"),
        y=T("適合率", "Precision"),
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )


def pairs(r: Curves) -> Figure:
    h, w = r.won.shape
    scale = ((0, ORANGE), (1, BLUE))
    return plot(
        "pairs",
        heat(shade(r.won[::-1], 0, 1), (0.5 / w, 1 - 0.5 / w), (0.5 / h, 1 - 0.5 / h), scale, 0.55, smooth=False),
        text(0.97, 0.94, T("悪性が上", "malignant higher"), INK, "middle left"),
        text(0.03, 0.06, T("良性が上", "benign higher"), INK, "middle right") if r.pairs < 0.98 else None,
        x=T("良性の人（左ほど高い点）", "Benign, highest score first"),
        y=T("悪性の人（上ほど高い点）", "Malignant, highest on top"),
        xlim=(0, 1),
        ylim=(0, 1),
        xticks={},
        yticks={},
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import metrics as m
from core.data import load, thin_out

{shared.code(p)}{shared.score_code(p)}print("auc =", m.roc(y, score).area)
print("pairs =", m.pairs(y, score)[1])
print("ap =", m.precision_recall(y, score).area)
print("positives =", y.sum())
"""


def by_share(*runs: Curves) -> dict[str, float]:
    """Give AUC and average precision with all patients, and their means over the draws with few malignant."""
    everyone, *few = runs
    return {
        "auc": everyone.roc.area,
        "ap": everyone.pr.area,
        "few_auc": float(np.mean([r.roc.area for r in few])),
        "few_ap": float(np.mean([r.pr.area for r in few])),
    }


def stays(*runs: Curves) -> bool:
    mean = by_share(*runs)
    return abs(mean["auc"] - mean["few_auc"]) < 0.03 and mean["few_ap"] < 0.4 * mean["ap"]


def coins(*runs: Curves) -> dict[str, float]:
    return {
        "ap": float(np.mean([r.pr.area for r in runs])),
        "auc": float(np.mean([r.roc.area for r in runs])),
        "share": float(np.mean([r.prevalence for r in runs])),
    }


def no_better(*runs: Curves) -> bool:
    mean = coins(*runs)
    return abs(mean["ap"] - mean["share"]) < 0.05 and abs(mean["auc"] - 0.5) < 0.05


DRAWS = 20
ALL = {"score": "texture"}
FEW = tuple(ALL | {"share": 5, "seed": seed} for seed in range(DRAWS))
COINS = tuple({"score": "coin", "share": 10, "seed": seed} for seed in range(DRAWS))
CHECKS = {
    "pairs": Check(
        ({"score": "smoothness"}, {"score": "texture"}, {"share": 5}, {}),
        lambda *runs: all(abs(r.pairs - r.roc.area) < 1e-9 for r in runs),
        control=lambda *runs: tuple(replace(r, pairs=float(np.mean(r.won == 1))) for r in runs),
    ),
    "prevalence": Check((ALL, *FEW), stays, control=(ALL, ALL), measure=by_share),
    "coin": Check(COINS, no_better, control=tuple(run | {"score": "radius"} for run in COINS), measure=coins),
}

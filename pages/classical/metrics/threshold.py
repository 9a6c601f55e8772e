"""One threshold on one number: four counts, and what is made of them, each with its interval."""

from dataclasses import dataclass, replace

import numpy as np

from core.data import words
from core.text import PERCENT, T
from figures.marks import bars, handle_values, line, text, vline
from figures.plot import matrix, plot
from figures.spec import BLUE, CLASS_COLORS, MUTED, NOW, ORANGE, Figure, Stage
from pages.classical.metrics import shared
from pages.classical.metrics.counting import PARTS, Counted, counted, measures
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("score", "cut", "share", "cases")
ZOOM = ("score",)
NAMES = words.CLASSES["breast_cancer"]


@dataclass(frozen=True)
class Params(shared.Scored):
    cases: int = slider(T("調べた人数", "Patients tested"), 10, 569, default=569, log=True)


def compute(p: Params) -> Counted:
    rows = shared.patients(p, p.cases)
    y, score = shared.load("breast_cancer").y[rows], shared.scores(p)[rows]
    return counted(y, score, shared.threshold(p), shared.window(p.score))


READOUTS = (
    Readout("threshold", T("しきい値", "Threshold"), "threshold", 3),
    Readout("accuracy", T("正解率", "Accuracy"), "accuracy", 1, PERCENT),
    Readout("precision", T("適合率", "Precision"), "precision", 1, PERCENT),
    Readout("recall", T("再現率", "Recall"), "recall", 1, PERCENT),
    Readout("f1", T("F 値", "F measure"), "f1", 1, PERCENT),
)


def draw(r: Counted, p: Params) -> Stage:
    return Stage(
        (histogram(r, p), table(r), measures(r)),
        ("scores scores", "table measures"),
        height=480,
        columns="minmax(0, 1fr) minmax(0, 1.4fr)",
        note="none" if r.positives == 0 else None,
    )


def histogram(r: Counted, p: Params) -> Figure:
    """Draw the malignant above the axis and the benign below it; what is called malignant is strong."""
    low, high = r.bins.low, r.bins.high
    top = 1.12 * max(4.0, *(float(r.bins.counts[k : k + 2].sum(axis=0).max()) for k in (0, 2)))
    drawn = [
        bars(
            *(0, count if y else -count, r.bins.middles, 0.92 * r.bins.half, CLASS_COLORS[y]),
            0.8 if called else 0.3,
            upright=True,
        )
        for (y, called), count in zip(PARTS, r.bins.counts, strict=True)
    ]
    move = 100 / (high - low)
    x = words.FEATURES["breast_cancer"][shared.COLUMNS[p.score]] if p.score != "coin" else shared.SCORES["coin"]
    return plot(
        "scores",
        drawn,
        line((low, high), (0, 0), MUTED, width=1),
        vline(
            r.threshold,
            (-top, top),
            NOW,
            label=T("ここから「悪性」", "malignant from here"),
            where="top right",
            at=0.97,
        ),
        text(low, 0.9 * top, T(" 悪性の人", " malignant"), ORANGE),
        text(low, -0.9 * top, T(" 良性の人", " benign"), BLUE),
        handle_values(r.threshold, 0.0, across=("cut", -low * move, move)),
        x=x,
        y=T("人数", "Patients"),
        xlim=(low, high),
        ylim=(-top, top),
        yticks={v: f"{abs(v):.0f}" for v in np.array([-2, -1, 0, 1, 2]) * max(round(top / 2.6), 1)},
        drag=False,
    )


def table(r: Counted) -> Figure:
    counts = [[r.tp, r.fn], [r.fp, r.tn]]
    return matrix(
        "table",
        counts,
        NAMES[::-1],
        NAMES[::-1],
        x=T("予測（縦は正解）", "Called (rows: truth)"),
        y="",
        margin={"l": 76},
    )


def code(p: Params) -> str:
    few = p.cases if p.cases < len(shared.patients(p)) else None
    return f"""\
import numpy as np

from core.classical import metrics as m
from core.data import hold_out, load, thin_out

{shared.code(p, few)}{shared.score_code(p)}threshold = {shared.threshold(p)!r}
tp, fp, fn, tn = m.confusion(y, score, threshold)
print("threshold =", threshold)
print("accuracy =", 100 * (tp + tn) / len(y))
print("precision =", 100 * m.precision(tp, fp))
print("recall =", 100 * m.recall(tp, fn))
print("f1 =", 100 * m.f_score(tp, fp, fn))
"""


def ranges(*runs: Counted) -> dict[str, float]:
    """Say of recall on few patients: half the interval's mean width, and in how many runs all patients' lies inside."""
    *few, everyone = runs
    half = np.mean([(r.recall_high - r.recall_low) / 2 for r in few])
    inside = sum(r.recall_low <= everyone.recall <= r.recall_high for r in few)
    return {"half": float(half), "inside": inside, "runs": len(few)}


SIXTEEN = tuple({"cases": 16, "seed": seed} for seed in range(20))
CHECKS = {
    "rare": Check(
        ({"share": 37, "cut": 100.0}, {"share": 1, "cut": 100.0}),
        lambda usual, rare: usual.recall == rare.recall == 0 and usual.accuracy < 65 and rare.accuracy > 98,
        control=({"share": 37, "cut": 100.0}, {"share": 20, "cut": 100.0}),
    ),
    "sixteen": Check(
        (*SIXTEEN, {}),
        lambda *runs: ranges(*runs)["half"] > 20 and ranges(*runs)["inside"] >= 17,
        control=(*({"seed": seed} for seed in range(20)), {}),
        measure=ranges,
    ),
    "both": Check(
        ({"score": "texture"},), lambda r: r.grows == 0 and r.falls > 20, control=lambda r: (replace(r, falls=0),)
    ),
}

"""Four counts at a threshold, what is made of them, and how sure one may be of it."""

import numpy as np
from numpy.typing import NDArray

from core.bins import Bins, histogram
from core.classical import metrics as m
from core.result import result
from core.text import T
from figures.marks import bars, line, marks
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, Figure

PARTS = ((1, True), (1, False), (0, True), (0, False))  # malignant or not, and whether called so


@result
class Counted:
    y: NDArray[np.int64]  # (n,) 1: malignant
    score: NDArray[np.float64]  # (n,)
    threshold: float
    tp: int
    fp: int
    fn: int
    tn: int
    recall_low: float  # 95 % intervals, %
    recall_high: float
    precision_low: float
    precision_high: float
    bins: Bins  # of the scores, a row for each of PARTS
    falls: int  # thresholds at which raising it to the next score lowers the precision
    grows: int  # … and raises the recall

    @property
    def accuracy(self) -> float:
        return 100 * (self.tp + self.tn) / len(self.y)

    @property
    def precision(self) -> float:
        return 100 * m.precision(self.tp, self.fp)

    @property
    def recall(self) -> float:
        return 100 * m.recall(self.tp, self.fn)

    @property
    def f1(self) -> float:
        return 100 * m.f_score(self.tp, self.fp, self.fn)

    @property
    def positives(self) -> int:
        return self.tp + self.fn


def counted(y: NDArray[np.int64], score: NDArray[np.float64], threshold: float, window: tuple[float, float]) -> Counted:
    parts = [(y == label) & ((score >= threshold) == called) for label, called in PARTS]
    tp, fp, fn, tn = m.confusion(y, score, threshold)
    _, hit, false = m.counts(y, score)  # from the strictest threshold to the laxest
    precision = hit[1:] / (hit + false)[1:]
    return Counted(
        *(y, score, threshold, tp, fp, fn, tn, *within(tp, tp + fn), *within(tp, tp + fp)),
        bins=histogram(np.where(parts, score, np.nan), *window, 48),
        falls=int(np.sum(precision[:-1] < precision[1:] - 1e-12)),
        grows=int(np.sum(hit[:-1] > hit[1:])),
    )


def within(successes: int, n: int) -> tuple[float, float]:
    """Give the interval in %, from 0 to 100 where nothing was seen."""
    low, high = m.interval(successes, n) if n else (0.0, 1.0)
    return 100 * low, 100 * high


def measures(r: Counted) -> Figure:
    """Draw each measure as a bar; where it is a share of independent cases, with its interval."""
    nan = float("nan")
    rows = (
        (T("正解率", "Accuracy"), r.accuracy, *within(r.tp + r.tn, len(r.y)), MUTED),
        (T("適合率", "Precision"), r.precision, r.precision_low, r.precision_high, BLUE),
        (T("再現率", "Recall"), r.recall, r.recall_low, r.recall_high, BLUE),
        (T("F 値", "F measure"), r.f1, nan, nan, MUTED),
    )
    at = np.arange(len(rows))[::-1].astype(float)
    value, low, high = (np.array([row[i] for row in rows], float) for i in (1, 2, 3))
    ends = np.column_stack([low, high, np.full(4, nan)]).ravel()
    return plot(
        "measures",
        [bars(0, value[i : i + 1], at[i : i + 1], 0.3, rows[i][4], 0.45) for i in range(4)],
        line(ends, np.repeat(at, 3), INK, width=1.6),
        marks(np.r_[low, high], np.r_[at, at], INK, size=5),
        x=T("%（細い線は 95% の信頼区間）", "% (thin lines: 95% confidence)"),
        y="",
        xlim=(0, 100),
        ylim=(-0.6, 3.6),
        yticks={v: row[0] for v, row in zip(at, rows, strict=True)},
        margin={"l": 76},
        drag=False,
    )

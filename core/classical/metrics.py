"""How good a classifier is: counts at a threshold, curves over all of them, intervals, costs, calibration.

y is 1 for what is looked for (a tumour that is malignant), 0 for the rest; a score is a number that should be high
where y is 1. Called positive is what scores at the threshold or above.

Sources: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006); Davis & Goadrich, "The
relationship between precision-recall and ROC curves", ICML (2006); Clopper & Pearson, Biometrika 26 (1934); Elkan,
"The foundations of cost-sensitive learning", IJCAI (2001).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from core import door
from core.result import result

Floats = NDArray[np.float64]


@result
class Curve:
    """A curve over all thresholds, from the strictest (nothing is called positive) to the laxest (all is)."""

    x: Floats  # (t,) not falling
    y: Floats  # (t,)
    thresholds: Floats  # (t,) falling; the first is infinite
    area: float  # under a ROC curve; of a precision-recall curve, the average precision


def counts(y: ArrayLike, score: ArrayLike) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Count what is called positive at every threshold that makes a difference.

    Parameters
    ----------
    y, score
        (n,) labels in {0, 1}, and scores.

    Returns
    -------
    thresholds, tp, fp
        (t,) each: infinity first, then each score that occurs, falling; true and false positives there.
    """
    y, score = _scored(y, score)
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(y) - 1)  # equal scores are called together
    hits = np.cumsum(y[order])[last]
    thresholds = np.append(np.inf, score[order][last])
    return thresholds, np.append(0, hits), np.append(0, 1 + last - hits)


def confusion(y: ArrayLike, score: ArrayLike, threshold: float) -> tuple[int, int, int, int]:
    """Count true positives, false positives, false negatives and true negatives.

    Examples
    --------
    >>> confusion([1, 1, 0, 0], [0.9, 0.4, 0.6, 0.1], 0.5)
    (1, 1, 1, 1)
    """
    y, score = _scored(y, score)
    called = score >= _number_or_endless(threshold)
    tp, fp = int(np.sum(called & (y == 1))), int(np.sum(called & (y == 0)))
    return tp, fp, int(np.sum(y == 1)) - tp, int(np.sum(y == 0)) - fp


def roc(y: ArrayLike, score: ArrayLike) -> Curve:
    """Give the false positive rate (x) and the true positive rate (y) over all thresholds, and the area below."""
    thresholds, tp, fp = counts(y, score)
    _both(tp[-1], fp[-1])
    x, up = fp / fp[-1], tp / tp[-1]
    # Straight lines between the corners: ties count one half.
    return Curve(x, up, thresholds, area=float(np.sum(np.diff(x) * (up[1:] + up[:-1]) / 2)))


def precision_recall(y: ArrayLike, score: ArrayLike, *, prevalence: float | None = None) -> Curve:
    """Give recall (x) and precision (y) over all thresholds; the area is the average precision.

    Where nothing is called positive, precision is 1 by agreement.

    Parameters
    ----------
    y, score
        As of `counts`.
    prevalence
        Of the positives, above 0 and below 1, where it is to be another than in y: the classes are weighed for it.
    """
    thresholds, tp, fp = counts(y, score)
    _both(tp[-1], fp[-1])
    share = (
        tp[-1] / (tp[-1] + fp[-1]) if prevalence is None else door.number("prevalence", prevalence, above=0, below=1)
    )
    # precision = π · TPR / (π · TPR + (1 − π) · FPR)
    recall, false = tp / tp[-1], fp / fp[-1]
    precision = np.append(1.0, share * recall[1:] / (share * recall + (1 - share) * false)[1:])
    # AP = Σ (recallₖ − recallₖ₋₁) · precisionₖ. A straight line between two points of the curve promises what no
    # threshold gives.
    return Curve(recall, precision, thresholds, area=float(np.sum(np.diff(recall) * precision[1:])))


def pairs(y: ArrayLike, score: ArrayLike) -> tuple[Floats, float]:
    """Compare each positive with each negative: 1 where the positive scores higher, ½ for a tie, 0 else.

    Returns
    -------
    won, share
        (positives, negatives), both by falling score; and their mean. It is the area under the ROC curve.
    """
    y, score = _scored(y, score)
    positive, negative = (np.sort(score[y == label])[::-1] for label in (1, 0))
    _both(len(positive), len(negative))
    won = 0.5 + 0.5 * np.sign(positive[:, None] - negative[None])
    return won, float(won.mean())


def precision(tp: float, fp: float) -> float:
    """Give TP / (TP + FP), NaN where nothing was called positive."""
    return _share(tp, tp + fp)


def recall(tp: float, fn: float) -> float:
    """Give TP / (TP + FN), NaN where there is no positive."""
    return _share(tp, tp + fn)


def f_score(tp: float, fp: float, fn: float, *, beta: float = 1.0) -> float:
    """Give the harmonic mean of precision and recall, recall weighing β² times as much; NaN where all three are 0.

    F = (1 + β²) TP / ((1 + β²) TP + β² FN + FP)
    """
    b = door.number("beta", beta, above=0) ** 2
    return _share((1 + b) * tp, (1 + b) * tp + b * fn + fp)


def interval(successes: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of Clopper and Pearson for a share of which `successes` in `n` was seen.

    Its ends are the shares under which so many, or so few, come up with probability (1 − level) / 2.

    Examples
    --------
    >>> low, high = interval(14, 16)
    >>> print(f"{low:.3f} {high:.3f}")
    0.617 0.984
    """
    n = door.whole("n", n)
    k = door.whole("successes", successes, least=0, most=n)
    tail = (1 - door.number("level", level, above=0, below=1)) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k > 0 else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high


def costs(y: ArrayLike, score: ArrayLike, *, miss: float, alarm: float) -> tuple[Floats, Floats]:
    """Give the mean cost of a case at every threshold: (miss · FN + alarm · FP) / n.

    Returns
    -------
    thresholds, cost
        (t,) each, as of `counts`.
    """
    miss, alarm = door.number("miss", miss, least=0), door.number("alarm", alarm, least=0)
    thresholds, tp, fp = counts(y, score)
    return thresholds, (miss * (tp[-1] - tp) + alarm * fp) / (tp[-1] + fp[-1])


def cheapest(*, miss: float, alarm: float) -> float:
    """Give the probability from which it is cheaper to call: c_alarm / (c_alarm + c_miss)."""
    miss, alarm = door.number("miss", miss, above=0), door.number("alarm", alarm, above=0)
    return alarm / (alarm + miss)


def brier(y: ArrayLike, probability: ArrayLike) -> float:
    """Give the mean squared distance of probabilities from what came: mean (p − y)²."""
    y, p = _scored(y, probability)
    return float(np.mean((p - y) ** 2))


def calibration(y: ArrayLike, probability: ArrayLike, *, bins: int = 10) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Compare promised probabilities with what came, in bins of equal width.

    Returns
    -------
    promised, came, count
        (b,) each, of the bins that are not empty: mean probability, share of positives, how many.
    """
    y, p = _scored(y, probability)
    bins = door.whole("bins", bins, least=2)
    if (p < 0).any() or (p > 1).any():
        raise ValueError("probability must lie from 0 to 1.")
    bin_of = np.minimum((p * bins).astype(int), bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    kept = count > 0
    promised, came = (np.bincount(bin_of, values, bins)[kept] / count[kept] for values in (p, y.astype(float)))
    return promised, came, count[kept]


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _scored(y: ArrayLike, score: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
    score = door.numbers("score", score, ndim=1)
    if len(score) == 0:
        raise ValueError("score must hold at least one number.")
    return door.labels("y", y, len(score), classes=2), score


def _both(positives: int, negatives: int) -> None:
    if not positives or not negatives:
        raise ValueError("y must hold both classes, 0 and 1.")


def _number_or_endless(threshold: float) -> float:
    if np.isinf(threshold):
        return float(threshold)
    return door.number("threshold", threshold)

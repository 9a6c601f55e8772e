"""What all scenes of metrics share: patients, of whom some are looked for, and a score for each."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.data import hold_out, load, thin_out, words
from core.text import PERCENT, T
from ui.params import choice, slider

COLUMNS = {"radius": 20, "texture": 1, "smoothness": 4}
SCORES = {
    **{name: words.FEATURES["breast_cancer"][column] for name, column in COLUMNS.items()},
    "coin": T("ランダムな数", "A random number"),
}
ALL = 37  # % of the patients have a malignant tumour: 212 of 569


@dataclass(frozen=True)
class Patients:
    share: int = slider(T("悪性の割合", "Malignant"), 1, ALL, default=ALL, unit=PERCENT)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)

    @property
    def dropped(self) -> float:
        """What share of the malignant is left out, so that `share` % remain."""
        positives, rest = (int(np.sum(load("breast_cancer").y == label)) for label in (1, 0))
        return 0.0 if self.share == ALL else round(1 - rest * self.share / (100 - self.share) / positives, 6)


@dataclass(frozen=True)
class Scored(Patients):
    score: str = choice(T("点数", "Score"), SCORES)
    cut: float = slider(T("しきい値の位置", "Threshold, from left"), 0.0, 100.0, default=30.0, step=0.5, unit=PERCENT)


def patients(p: Patients, cases: int | None = None) -> NDArray[np.int64]:
    """Give the rows of breast_cancer that are looked at."""
    y = load("breast_cancer").y
    rows = np.flatnonzero(thin_out(y, p.dropped, seed=p.seed))
    if cases is not None and cases < len(rows):
        rows = rows[hold_out(len(rows), cases / len(rows), seed=p.seed)]
    return rows


def scores(p: Scored) -> NDArray[np.float64]:
    """Give every patient's score (569,)."""
    data = load("breast_cancer")
    if p.score == "coin":
        return np.random.default_rng(p.seed).uniform(size=len(data.y))
    return data.x[:, COLUMNS[p.score]]


@cache
def window(score: str) -> tuple[float, float]:
    """Give the axis of a score, over all patients: from below the lowest to above the highest."""
    values = np.array([0.0, 1.0]) if score == "coin" else load("breast_cancer").x[:, COLUMNS[score]]
    low, high = float(values.min()), float(values.max())
    room = 0.03 * (high - low)
    return float(f"{low - room:.4g}"), float(f"{high + room:.4g}")


def threshold(p: Scored) -> float:
    """Give the score at which the threshold stands."""
    low, high = window(p.score)
    return float(f"{low + p.cut / 100 * (high - low):.6g}")


def code(p: Patients, cases: int | None = None) -> str:
    """Give Python that makes y, and rows of `data`."""
    few = f"rows = rows[hold_out(len(rows), {cases} / len(rows), seed={p.seed})]\n" if cases is not None else ""
    return f"""\
data = load("breast_cancer")
rows = np.flatnonzero(thin_out(data.y, {p.dropped!r}, seed={p.seed}))
{few}y = data.y[rows]
"""


def score_code(p: Scored) -> str:
    """Give Python that makes the scores of these rows."""
    if p.score == "coin":
        return f"score = np.random.default_rng({p.seed}).uniform(size=len(data.y))[rows]\n"
    return f"score = data.x[rows, {COLUMNS[p.score]}]  # {load('breast_cancer').feature_names[COLUMNS[p.score]]}\n"

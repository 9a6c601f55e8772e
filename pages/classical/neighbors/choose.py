"""How many neighbours: few follow every point of the sample, many forget where it lies; in between is the best k."""

import functools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.data import Dataset
from core.grid import Grid, crossings
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, ring, shade, text
from figures.plane import plane
from figures.plot import plot
from figures.regions import borders, cells
from figures.spec import BLUE, INK, MUTED, OTHER, Figure, Stage
from pages.classical.neighbors.known import Sampled, redraws, true_field
from pages.classical.neighbors.shared import CELLS
from ui.scene import Check, Readout

CONTROLS = ("truth", "k", "spread", "many")
ZOOM = ("truth",)
TESTED = 1000
CLOUD = (29, 21)  # cells at which redrawn samples are asked
FINER = 3  # cells of the cloud of boundaries for one of those
Params = Sampled


@result
class Curves:
    ks: NDArray[np.int64]  # 1, 2, … up to 200
    train: NDArray[np.float64]  # (ks,) accuracies in %: on the sample itself
    loo: NDArray[np.float64]  # leaving one out
    test: NDArray[np.float64]  # on fresh points
    bayes: float  # that nobody beats

    @property
    def best(self) -> int:
        """The k that leaving one out chooses, the smallest of equals."""
        return int(self.ks[self.loo.argmax()])


@result
class Choose:
    k: int
    sample: Dataset
    curves: Curves
    grid: Grid
    vote: nb.Vote  # of its cells
    fine: Grid
    share: NDArray[np.float64]  # of redrawn samples whose boundary passes a cell of `fine`
    redraws: int

    @property
    def n(self) -> int:
        return len(self.sample.x)

    @property
    def right(self) -> float:
        """The accuracy in %, on fresh points."""
        return float(self.curves.test[self.k - 1])

    @property
    def left_out(self) -> float:
        """The same, leaving one out."""
        return float(self.curves.loo[self.k - 1])


def compute(p: Params) -> Choose:
    curves, sample = _curves(replace(p, k=1)), p.sample(p.many)  # the curves are the same for all k
    k = min(p.k, len(curves.ks))
    grid = Grid.over(p.window, *CELLS, equal=True)
    coarse = Grid.over([1.06 * v for v in p.window], *CLOUD, equal=True)  # its outermost half cells stay empty
    x, y = redraws(p.truth, p.spread, p.seed, p.many)
    vote = nb.vote(sample.x, sample.y, grid.points(), k=k)
    margins = nb.votes_of_samples(x, y, coarse.points(), k=k) - 0.5
    share = crossings(margins.reshape(-1, coarse.h, coarse.w), FINER)
    return Choose(k, sample, curves, grid, vote, coarse.finer(FINER), share, redraws=len(x))


@functools.lru_cache(maxsize=16)
def _curves(p: Params) -> Curves:
    train, test = p.sample(p.many), p.fresh(TESTED)
    ks = np.arange(1, min(p.many - 1, 200) + 1)
    return Curves(
        ks,
        100 * nb.accuracy_over_k(train.x, train.y, train.x, train.y, ks),
        100 * nb.loo_accuracy(train.x, train.y, ks),
        100 * nb.accuracy_over_k(train.x, train.y, test.x, test.y, ks),
        100 * float(p.true_proba(test.x).max(axis=1).mean()),
    )


READOUTS = (
    Readout("test", T("正解率: テスト", "Accuracy: test"), "right", 1, PERCENT),
    Readout("leave_one_out", T("一つ抜き", "leave-one-out"), "left_out", 1, PERCENT),
    Readout("bayes", T("ベイズ", "Bayes"), "curves.bayes", 1, PERCENT),
    Readout("best", T("最良の k", "best k"), "curves.best"),
)


def draw(r: Choose, p: Params) -> Stage:
    columns = "minmax(0, 1.3fr) minmax(0, 1fr)"
    return Stage((boundaries(r, p), curve(r)), ("plane curve",), height=440, columns=columns, note=p.note(r.k))


def boundaries(r: Choose, p: Params) -> Figure:
    """Draw the sample, its boundary, the best one, and a cloud where those of other samples pass."""
    seen, (even, truth) = np.sqrt(r.share).ravel(), true_field(p.truth, p.spread)
    bayes = {"name": T("ベイズの境界", "Bayes boundary"), "dash": "dash"}
    return plane(
        "plane",
        p.problem(r.sample.x, r.sample.y),
        cells(r.fine, shade(seen, 0, max(seen.max(), 1e-5)), [(0, "rgba(75,140,200,0)"), (1, BLUE)], 0.6),
        over=(
            borders(r.grid, r.vote.label, r.vote.proba, BLUE, width=2.5),
            borders(even, truth.argmax(axis=1), truth, INK, **bayes),
        ),
        size=7.0 if p.many <= 200 else 5.0,
        editable=False,
    )


def curve(r: Choose) -> Figure:
    """Draw the accuracies over k, with the present k ringed."""
    c, last = r.curves, len(r.curves.ks)
    ks = np.unique([*np.geomspace(1, last, 34).round().astype(int), r.k])  # evenly, as the axis shows them
    train, loo, test = (row[ks - 1] for row in (c.train, c.loo, c.test))
    third, late = min(2, len(ks) - 1), int(0.88 * len(ks))
    return plot(
        "curve",
        line([1, last], [c.bayes, c.bayes], INK, dash="dash", width=1.5),
        text(last, c.bayes, T("ベイズ（これが限界）", "Bayes (the limit)"), INK, "top left"),
        line(ks, train, MUTED, width=1.8, dash="dot"),
        text(1, train[0], T("訓練", "training"), MUTED, "bottom right"),
        line(ks, loo, OTHER, width=1.5),
        text(ks[third], loo[third], T("一つ抜き", "leave-one-out"), OTHER, "bottom right"),
        {**line(ks, test, BLUE, width=2.5), "hovertemplate": "k = %{x}: %{y} %"},
        text(ks[late], test[late], T("テスト", "test"), BLUE, "middle left"),
        ring(r.k, c.test[r.k - 1]),
        x=T("k（対数目盛）", "k (log scale)"),
        y=T("正解率 (%)", "Accuracy (%)"),
        xlim=(-0.05, np.log10(last) + 0.03),
        ylim=(min(10 * np.floor(min(*test, c.bayes) / 10), 70) - 2, 101.5),
        log_x=True,
        xticks=(1, 2, 5, 10, 20, 50, 100, 200),
    )


def code(p: Params) -> str:
    k = min(p.k, p.many - 1)
    return f"""\
import numpy as np

from core.classical import neighbors as nb
from core.data import load, skeleton

train = load("{p.truth}", n={p.many}, noise={p.spread!r}, seed={p.seed})
test = load("{p.truth}", n={TESTED}, noise={p.spread!r}, seed={p.seed + 100_000})
shape = skeleton("{p.truth}", n=160)
right = nb.knn_predict(train.x, train.y, test.x, k={k}) == test.y
truth = nb.bayes_proba(shape.x, shape.y, {p.spread!r}, test.x)
ks = np.arange(1, {min(p.many - 1, 200)} + 1)
loo = nb.loo_accuracy(train.x, train.y, ks)
print("test =", 100 * right.mean())
print("leave_one_out =", 100 * loo[{k} - 1])
print("bayes =", 100 * truth.max(axis=1).mean())
print("best =", ks[loo.argmax()])
"""


def means(*runs: Choose) -> dict[str, float]:
    """Give the errors in %, on average."""
    errors, best = [100 - r.right for r in runs], [100 - r.curves.bayes for r in runs]
    return {"error": float(np.mean(errors)), "bayes": float(np.mean(best))}


OVERLAP = tuple({"spread": 0.5, "seed": seed, "k": 15} for seed in (1, 2, 3, 4, 0))
ONE = tuple({"truth": "gaussians", "spread": 0.8, "many": 500, "k": 1, "seed": seed} for seed in (1, 2, 3, 4, 0))
CHECKS = {
    "best": Check(
        OVERLAP,
        lambda *runs: all(1 < r.curves.best < r.n / 2 for r in runs),
        control=tuple({**fields, "spread": 0.1} for fields in OVERLAP),
    ),
    "twice": Check(
        ONE,
        lambda *runs: (m := means(*runs))["bayes"] < m["error"] < 2 * m["bayes"],
        control=tuple({**fields, "truth": "moons", "spread": 0.3, "many": 20} for fields in ONE),
        measure=means,
    ),
}

"""How many? Silhouette and BIC over k, and what they say of noise that has no clusters at all."""

import numpy as np
from numpy.typing import NDArray

from core.result import result
from core.text import T
from figures.marks import band, line, marks, ring
from figures.plane import bare, plane
from figures.plot import plot
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, OTHER, PAPER, Figure, Stage
from pages.classical.clusters import shared
from pages.classical.clusters.judged import DRAWS, KS, TRIES, chance, grouped, judged
from ui import stock
from ui.scene import Check, Readout

CONTROLS = ("data", "k", "spread", "seed")
ZOOM = ("data",)
Params = shared.Unlabelled
LEAST = 12  # points


@result
class Many:
    problem: stock.Problem
    labels: NDArray[np.int64] | None  # (n,) with k clusters; None for too few points
    silhouette: NDArray[np.float64]  # (len(KS),)
    noise: NDArray[np.float64]  # (DRAWS, len(KS)) of uniform points in the same box
    bic: NDArray[np.float64]  # (1 + len(KS),) of mixtures with 1, 2, … bells

    @property
    def best(self) -> int | None:
        """The k that the silhouette chooses."""
        return int(KS[np.argmax(self.silhouette)]) if self.labels is not None else None

    @property
    def bells(self) -> int | None:
        """The k that BIC chooses."""
        return int(np.argmin(self.bic)) + 1 if self.labels is not None else None

    @property
    def top(self) -> float | None:
        return float(self.silhouette.max()) if self.labels is not None else None

    @property
    def null(self) -> float | None:
        """The highest that noise gets, on average over its draws."""
        return float(self.noise.max(axis=1).mean()) if self.labels is not None else None


def compute(p: Params) -> Many:
    data = shared.problem(p, p.seed)
    x = data.x
    if len(x) < LEAST or np.ptp(x, axis=0).min() == 0:
        nothing = np.full(len(KS), np.nan)
        return Many(data, None, nothing, nothing[None], np.full(1 + len(KS), np.nan))
    own = p.points if p.data == "own" else ()
    scores, bic = judged(p.data, p.spread, own, p.seed)
    return Many(data, grouped(x, p.k, p.seed), scores, chance(len(x), *np.ptp(x, axis=0).round(6).tolist()), bic)


READOUTS = (
    Readout("best", T("シルエットが選ぶ k", "k by silhouette"), "best"),
    Readout("top", T("その値", "its value"), "top", 2),
    Readout("null", T("一様な乱数なら", "uniform noise gets"), "null", 2),
    Readout("bells", T("BIC が選ぶ k", "k by BIC"), "bells"),
)


def draw(r: Many, p: Params) -> Stage:
    if r.labels is None:
        return bare(r.problem)
    columns = "minmax(0, 1.5fr) minmax(0, 1fr)"
    figures = groups(r, p), silhouettes(r, p), bells(r, p)
    return Stage(figures, ("plane silhouette", "plane bic"), height=450, columns=columns)


def groups(r: Many, p: Params) -> Figure:
    x = r.problem.x
    drawn = [
        marks(*x[r.labels == c].T, CLASS_COLORS[c], size=9, symbol=CLASS_SYMBOLS[c], line={"width": 1, "color": PAPER})
        for c in range(p.k)
    ]
    return plane("plane", r.problem, over=drawn, size=3.0)


def silhouettes(r: Many, p: Params) -> Figure:
    low, high = r.noise.min(axis=0), r.noise.max(axis=0)
    now = None if p.k < 2 or p.k not in KS else ring(p.k, float(r.silhouette[p.k - 2]))
    return plot(
        "silhouette",
        band(KS, low, high, OTHER, 0.3),
        line(KS, r.noise.mean(axis=0), OTHER, width=1.5, label=T("一様な乱数", "noise"), where="bottom left"),
        line(KS, r.silhouette, BLUE, width=2.5),
        now,
        x=T("k", "k"),
        y=T("シルエット", "Silhouette"),
        xlim=(1.8, 6.2),
        ylim=(0, 0.9),
        whole_x=True,
        small=True,
    )


def bells(r: Many, p: Params) -> Figure:
    ks = np.r_[1, KS]
    room = 0.08 * (np.ptp(r.bic) or 1.0)
    return plot(
        "bic",
        line(ks, r.bic, BLUE, width=2.5),
        ring(p.k, float(r.bic[p.k - 1])),
        x=T("k", "k"),
        y=T("BIC（低いほど良い）", "BIC (lower is better)"),
        xlim=(0.8, 6.2),
        ylim=(float(r.bic.min()) - room, float(r.bic.max()) + room),
        whole_x=True,
        small=True,
        margin={"l": 60},
    )


def code(p: Params) -> str:
    if compute(p).labels is None:
        return 'print("points: too few")\nprint("n =", 0)\n'
    return f"""\
import numpy as np

from core.classical import clusters
from core.data import load

{shared.code(p, p.seed)}ks = range(2, 7)


def grouped(x, k, seed):
    starts = (clusters.starts(x, k, method="plusplus", seed={TRIES} * seed + i) for i in range({TRIES}))
    return min((clusters.kmeans(x, start) for start in starts), key=lambda run: run.inertia[-1]).labels[-1]


scores = [clusters.silhouette(x, grouped(x, k, {p.seed})) for k in ks]
print("best =", 2 + np.argmax(scores))
print("top =", max(scores))
box = np.ptp(x, axis=0).round(6)
noise = [np.random.default_rng([d, len(x)]).uniform(size=x.shape) * box for d in range({DRAWS})]
print("null =", np.mean([max(clusters.silhouette(u, grouped(u, k, 0)) for k in ks) for u in noise]))
ridge = 1e-3 * x.var(axis=0).mean()
fits = [clusters.em(x, components=k, ridge=ridge, steps=40, seed={p.seed}) for k in range(1, 7)]
print("bells =", 1 + np.argmin([clusters.bic(fit, "full") for fit in fits]))
"""


def ones(*runs: Many) -> dict[str, int]:
    """Count where BIC says one cluster, in noise and in blobs, and where the silhouette finds the four."""
    noise, blobs = runs[:5], runs[5:]
    return {
        "noise": sum(r.bells == 1 for r in noise),
        "blobs": sum(r.bells == 1 for r in blobs),
        "four": sum(r.best == 4 for r in blobs),
    }


FIVE = tuple({"data": "noise", "seed": seed} for seed in range(5))
TIGHT = tuple({"data": "blobs4", "spread": 0.1, "seed": seed} for seed in range(5))
CHECKS = {
    "null": Check(
        FIVE,
        lambda *runs: all(0.3 < r.top < 0.5 and abs(r.top - r.null) < 0.08 for r in runs),
        control=TIGHT,
        measure=lambda *runs: {"low": min(r.top for r in runs), "high": max(r.top for r in runs)},
    ),
    "one": Check(
        (*FIVE, *TIGHT),
        lambda *runs: ones(*runs)["noise"] >= 4 and ones(*runs)["blobs"] == 0 and ones(*runs)["four"] == 5,
        control=(*TIGHT, *FIVE),
        measure=ones,
    ),
}

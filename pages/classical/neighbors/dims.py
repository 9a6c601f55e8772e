"""Too many dimensions: columns that say nothing make near and far the same, and the neighbours' vote worthless."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.data import add_noise_columns, words
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, points, ring, text, vline
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, OTHER, Figure, Stage
from pages.classical.neighbors.known import Sampled
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("dims", "k", "truth", "spread")
MOST = 100  # irrelevant dimensions
STOPS = (0, 1, 2, 4, 7, 12, 20, 32, 50, 75, MOST)
TESTED = 200


@dataclass(frozen=True)
class Params(Sampled):
    dims: int = slider(T("無関係な次元の数", "Irrelevant dimensions"), 0, MOST, default=20)


@result
class Measured:
    knn: float  # accuracies in %
    ncc: float
    contrast: float  # of the distances, the median over some of the test points


@result
class Dims:
    k: int
    bayes: float  # accuracy in % that nobody beats
    over: dict[int, Measured]  # by the number of irrelevant dimensions
    at: int
    distance: NDArray[np.float64]  # (n,) from the first test point, over their mean
    label: NDArray[np.int64]  # (n,)
    near: NDArray[np.int64]  # (k,) the nearest

    @property
    def here(self) -> Measured:
        return self.over[self.at]

    @property
    def ends(self) -> tuple[float, float]:
        """The nearest and the farthest."""
        return float(self.distance.min()), float(self.distance.max())

    def row(self, name: str) -> NDArray[np.float64]:
        """Give one measure over all numbers of dimensions."""
        return np.array([getattr(measured, name) for measured in self.over.values()])


def compute(p: Params) -> Dims:
    k, cloud = min(p.k, p.many), replace(p, dims=0, k=1)
    train, label, test, _ = _columns(cloud)
    x, query = train[:, : 2 + p.dims], test[:1, : 2 + p.dims]
    distance = np.linalg.norm(x - query, axis=1)
    return Dims(
        k=k,
        bayes=100 * float(p.true_proba(test[:, :2]).max(axis=1).mean()),
        over={dims: _measured(cloud, k, dims) for dims in sorted({*STOPS, p.dims})},
        at=p.dims,
        distance=distance / distance.mean(),
        label=label,
        near=nb.kneighbors(x, query, k=k)[1][0],
    )


@functools.lru_cache(maxsize=4)
def _columns(cloud: Params) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Give training and test points with all their irrelevant columns, and their classes."""
    train, test = cloud.sample(cloud.many), cloud.fresh(TESTED)
    x = add_noise_columns(train.x, MOST, seed=cloud.seed)
    return x, train.y, add_noise_columns(test.x, MOST, seed=cloud.seed + 1), test.y


@functools.lru_cache(maxsize=1024)
def _measured(cloud: Params, k: int, dims: int) -> Measured:
    """Ask both methods, with some of the irrelevant columns."""
    x, y, query, truth = _columns(cloud)
    x, query = x[:, : 2 + dims], query[:, : 2 + dims]
    knn = np.mean(nb.knn_predict(x, y, query, k=k) == truth)
    ncc = np.mean(nb.ncc_predict(nb.centroids(x, y), query) == truth)
    return Measured(100 * float(knn), 100 * float(ncc), float(np.median(nb.contrast(x, query[:100]))))


READOUTS = (
    Readout("knn", T("正解率: kNN", "Accuracy: kNN"), "here.knn", 1, PERCENT),
    Readout("ncc", T("NCC", "NCC"), "here.ncc", 1, PERCENT),
    Readout("contrast", T("コントラスト（中央値）", "Contrast (median)"), "here.contrast", 2),
)


def draw(r: Dims, p: Params) -> Stage:
    figures, grid = (strip(r), accuracy(r), contrast(r)), ("strip accuracy", "strip contrast")
    return Stage(figures, grid, height=470, columns="minmax(0, 1.2fr) minmax(0, 1fr)", note=p.note(r.k))


def strip(r: Dims) -> Figure:
    """Draw how far all points are from one, a row a class."""
    (nearest, farthest), ylim, names = r.ends, (-0.6, 1.6), words.classes("made", 2)
    spread = np.random.default_rng(0).uniform(-0.3, 0.3, len(r.label))
    size = np.full(len(r.label), 9, np.float32)
    size[r.near] = 14
    return plot(
        "strip",
        vline(1, ylim, MUTED, width=1, dash="dot"),
        vline(nearest, ylim, width=1),
        text(nearest, 1.58, T("最も近い", "nearest"), INK, "bottom left"),
        vline(farthest, ylim, width=1),
        text(farthest, 1.58, T("最も遠い", "farthest"), INK, "bottom right"),
        points(r.distance, r.label + spread, r.label, names=names, size=size),
        ring(0, 0.5, 17),
        x=T("距離 ÷ 平均の距離", "Distance ÷ mean distance"),
        y="",
        xlim=(-0.1, 2.4),
        ylim=ylim,
        yticks=dict(enumerate(names)),
        margin={"l": 64},
    )


def accuracy(r: Dims) -> Figure:
    dims, knn, ncc = list(r.over), r.row("knn"), r.row("ncc")
    named = int(0.7 * len(dims))
    return plot(
        "accuracy",
        line((0, MOST), (r.bayes, r.bayes), INK, dash="dash", width=1.5),
        text(MOST, r.bayes, T("ベイズ", "Bayes"), INK, "top left"),
        line(dims, ncc, OTHER),
        text(dims[named], ncc[named], "NCC", OTHER, "top center"),
        line(dims, knn, BLUE, width=2.5),
        text(dims[named], knn[named], "kNN", BLUE, "bottom center"),
        ring(r.at, r.here.knn),
        x=T("無関係な次元の数", "Irrelevant dimensions"),
        y=T("正解率 (%)", "Accuracy (%)"),
        xlim=(-2, MOST + 2),
        ylim=(min(10 * np.floor(min(*knn, *ncc) / 10), 50), 101),
    )


def contrast(r: Dims) -> Figure:
    values = r.row("contrast")
    powers = np.log10(values)
    return plot(
        "contrast",
        line(list(r.over), values, BLUE, width=2.5),
        ring(r.at, r.here.contrast),
        x=T("無関係な次元の数", "Irrelevant dimensions"),
        y=T("コントラスト（対数）", "Contrast (log)"),
        xlim=(-2, MOST + 2),
        ylim=(np.floor(min(powers.min(), -1)), np.ceil(max(powers.max(), 1))),
        log_y=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import neighbors as nb
from core.data import add_noise_columns, words
from core.data import add_noise_columns, load

train = load("{p.truth}", n={p.many}, noise={p.spread!r}, seed={p.seed})
test = load("{p.truth}", n={TESTED}, noise={p.spread!r}, seed={p.seed + 100_000})
x = add_noise_columns(train.x, {p.dims}, seed={p.seed})
query = add_noise_columns(test.x, {p.dims}, seed={p.seed + 1})
knn = nb.knn_predict(x, train.y, query, k={min(p.k, p.many)})
ncc = nb.ncc_predict(nb.centroids(x, train.y), query)
print("knn =", 100 * np.mean(knn == test.y))
print("ncc =", 100 * np.mean(ncc == test.y))
print("contrast =", np.median(nb.contrast(x, query[:100])))
"""


def lost(*runs: Dims) -> dict[str, float]:
    """Give what the irrelevant dimensions take away from the accuracies, in percentage points on average."""
    return {name: float(np.mean([r.row(name)[0] - getattr(r.here, name) for r in runs])) for name in ("knn", "ncc")}


SAMPLES = tuple({"truth": "gaussians", "spread": 0.5, "dims": 50, "seed": seed} for seed in (1, 2, 3, 4, 0))
CHECKS = {
    "noise": Check(
        SAMPLES,
        lambda *runs: (m := lost(*runs))["knn"] > m["ncc"] + 2,
        control=tuple({**fields, "dims": 1} for fields in SAMPLES),
        measure=lost,
    )
}

"""What it costs: a k-d tree leaves most of the points alone, the nearest centroid all of them."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.grid import Grid
from core.result import result
from core.text import T
from figures.marks import area, line, marks, ring
from figures.plane import held, plane
from figures.plot import plot
from figures.spec import BLUE, CLASS_SYMBOLS, INK, MUTED, NOW, OTHER, Figure, Stage, Trace
from pages.classical.neighbors.known import Known
from pages.classical.neighbors.shared import Query
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("size", "k", "qx", "qy")
ZOOM = ("truth",)
SIZES = (50, 100, 200, 500, 1000, 2000)


@dataclass(frozen=True)
class Params(Known, Query):
    size: int = slider(T("点の数 n", "Points n"), SIZES[0], SIZES[-1], default=300, log=True)


@result
class Cost:
    k: int
    query: NDArray[np.float64]  # (2,)
    tree: nb.Tree
    label: NDArray[np.int64]  # (n,)
    search: nb.Search
    work: dict[int, int]  # distances computed in trees of so many points
    centroids: int

    @property
    def brute(self) -> int:
        return len(self.label)

    @property
    def asked(self) -> NDArray[np.bool_]:
        """(n,) points whose distance was computed: those in the leaves that were opened."""
        tree, asked = self.tree, np.zeros(self.brute, bool)
        for node in np.flatnonzero(self.search.visited & (tree.axis < 0)):
            asked[tree.order[tree.start[node] : tree.stop[node]]] = True
        return asked

    @property
    def closed(self) -> NDArray[np.int64]:
        """Nodes that were met and not opened."""
        inner = self.search.visited & (self.tree.axis >= 0)
        met = np.concatenate([self.tree.left[inner], self.tree.right[inner]])
        return np.asarray(met[~self.search.visited[met]])


def compute(p: Params) -> Cost:
    x0, x1, y0, y1 = p.window
    query = np.array([x0 + p.qx / 100 * (x1 - x0), y0 + p.qy / 100 * (y1 - y0)]).round(4)

    def found(n: int) -> nb.Search:
        return nb.search(_tree(p.truth, p.spread, p.seed, n)[0], query, k=min(p.k, n))

    tree, label = _tree(p.truth, p.spread, p.seed, p.size)
    work = {n: found(n).evaluations for n in sorted({*SIZES, p.size})}
    return Cost(min(p.k, p.size), query, tree, label, found(p.size), work, len(np.unique(label)))


@functools.lru_cache(maxsize=64)
def _tree(truth: str, spread: float, seed: int, n: int) -> tuple[nb.Tree, NDArray[np.int64]]:
    data = Known(truth=truth, spread=spread, seed=seed).sample(n)
    return nb.kdtree(data.x), data.y


READOUTS = (
    Readout("brute", T("距離の計算: 総当たり", "Distances: brute force"), "brute"),
    Readout("tree", T("k-d 木", "k-d tree"), "search.evaluations"),
    Readout("ncc", T("NCC", "NCC"), "centroids"),
    Readout("boxes", T("調べた区画", "Boxes checked"), "search.boxes"),
)


def draw(r: Cost, p: Params) -> Stage:
    columns = "minmax(0, 1.2fr) minmax(0, 1fr)"
    return Stage((tree(r, p), work(r)), ("plane cost",), height=440, columns=columns, note=p.note(r.k))


def tree(r: Cost, p: Params) -> Figure:
    """Draw the leaves of the tree: opened in blue, left alone in grey, with their points."""
    tree, asked, size = r.tree, r.asked, 6.5 if p.size <= 500 else 5.0
    left, right, bottom, top = Grid.over(p.window, 2, 2, equal=True).window
    low, high = np.maximum(tree.cell_low, [left, bottom]), np.minimum(tree.cell_high, [right, top])
    leaf = tree.axis < 0
    opened, closed = leaf & r.search.visited, r.closed
    ball = nb.ball(r.query, float(r.search.distances[-1]))
    return plane(
        "plane",
        p.problem(tree.x[asked], r.label[asked]),
        area(*boxes(low[closed], high[closed]), MUTED, 0.16),
        {**line(*boxes(low[leaf], high[leaf]), MUTED, width=0.5), "opacity": 0.5},
        line(*boxes(low[closed], high[closed]), MUTED, width=1.6),
        line(*boxes(low[opened], high[opened]), BLUE, width=1.6),
        line(*ball.T, NOW, width=1.5),
        [alone(tree.x[~asked & (r.label == c)], c, size) for c in range(r.centroids)],
        over=[held(r.query, p.window)],
        size=size,
        large=np.flatnonzero(np.isin(np.flatnonzero(asked), r.search.indices)),
        editable=False,
    )


def boxes(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give x and y (2, 6m) of the outlines of boxes, given their corners (m, 2), a gap after each."""
    (x0, y0), (x1, y1), gap = low.T, high.T, np.full(len(low), np.nan)
    path = np.array([[x0, x1, x1, x0, x0, gap], [y0, y0, y1, y1, y0, gap]])
    return path.transpose(0, 2, 1).reshape(2, -1)


def alone(x: NDArray[np.float64], label: int, size: float) -> Trace:
    """Draw points that nobody looked at."""
    return marks(*x.T, MUTED, size=size, symbol=CLASS_SYMBOLS[label], opacity=0.5)


def work(r: Cost) -> Figure:
    ends = SIZES[0], SIZES[-1]
    return plot(
        "cost",
        line(ends, ends, INK, dash="dash", width=1.5, label=T("総当たり: n", "brute force: n")),
        line(
            list(r.work),
            list(r.work.values()),
            BLUE,
            width=2.5,
            label=T("k-d 木", "k-d tree"),
            at=0.0,
            where="top right",
        ),
        line(ends, (r.centroids,) * 2, OTHER, label=T("NCC: クラスの数", "NCC: number of classes")),
        ring(r.brute, r.search.evaluations),
        x=T("点の数 n（対数目盛）", "Points n (log scale)"),
        y=T("距離の計算（対数目盛）", "Distances computed (log)"),
        xlim=(np.log10(ends[0]) - 0.02, np.log10(ends[1]) + 0.05),
        ylim=(0.0, 3.6),
        log_x=True,
        log_y=True,
        xticks={n: str(n) for n in SIZES},  # without the comma of thousands: they stand close
    )


def code(p: Params) -> str:
    return f"""\
from core.classical import neighbors as nb
from core.data import load

data = load("{p.truth}", n={p.size}, noise={p.spread!r}, seed={p.seed})
x0, x1, y0, y1 = {p.window}
query = [round(x0 + {p.qx / 100!r} * (x1 - x0), 4), round(y0 + {p.qy / 100!r} * (y1 - y0), 4)]
found = nb.search(nb.kdtree(data.x), query, k={min(p.k, p.size)})
print("brute =", len(data.x))
print("tree =", found.evaluations)
print("ncc =", len(nb.centroids(data.x, data.y).points))
print("boxes =", found.boxes)
"""


def growth(*runs: Cost) -> tuple[float, float]:
    """Give how many times the tree's work grew from the fewest points to the most: the least and the most."""
    times = [r.work[SIZES[-1]] / r.work[SIZES[0]] for r in runs]
    return min(times), max(times)


SAMPLES = tuple({"size": SIZES[-1], "seed": seed} for seed in (4, 3, 2, 1, 0))
CHECKS = {
    "tree": Check(
        SAMPLES,
        lambda *runs: growth(*runs)[1] < 2,
        control=tuple({**fields, "k": 200} for fields in SAMPLES),
        measure=growth,
    )
}

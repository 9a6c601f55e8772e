"""New points: where each map puts points that come after it was made, and what a fresh start moves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.neighbors import knn_proba
from core.classical.projections.ahead import made
from core.classical.projections.runs import Fresh, Placed, points
from core.result import result
from core.text import PERCENT, T
from figures.marks import marks, segments
from figures.marks import points as labelled
from figures.spec import MUTED, NOW, Figure, Stage
from pages.classical.projections.maps import NAMES, ends, instead
from pages.classical.projections.methods import Near, imports, ready
from pages.classical.projections.panels import dots, fitted, panel
from pages.classical.projections.points import Problem, code_points
from ui.params import slider
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("data", "fresh", "perplexity", "neighbors")
ZOOM = ("data", "n", "standard")
WORDS = {
    "pca": T("PCA: 同じ式で射影", "PCA: the same projection"),
    "tsne": T("t-SNE: 古い点を止めて置く", "t-SNE: old points held fast"),
    "umap": T("UMAP: transform で置く", "UMAP: transform"),
    "again": T("t-SNE: 全部を計算し直す", "t-SNE: all over again"),
}


@dataclass(frozen=True)
class Params(Near):
    fresh: int = slider(T("新しい点の数", "New points"), 10, 50, default=50)
    fold: int = slider(T("どの点を新しいとするか", "Which points are new"), 0, 4, default=0)

    @property
    def run(self) -> Fresh:
        """At most a third of all are new."""
        return Fresh(self.source, min(self.fresh, self.count // 3), self.perplexity, self.neighbors, self.fold)

    @property
    def learned(self) -> int:
        return self.count - self.run.new

    @property
    def enough(self) -> bool:
        """Whether there is anything to learn: old points that differ."""
        return len(np.unique(points(self.source)[self.run.order[: self.learned]], axis=0)) > 1

    @property
    def bounded(self) -> tuple[str, ...]:
        return super().bounded + (("fewer",) if self.fresh != self.run.new else ())


@result
class Placing:
    """Old and new points on a map; none while it is not there."""

    old: NDArray[np.float64]  # (n, 2)
    new: NDArray[np.float64]  # (m, 2)
    accuracy: float  # %, of the new ones whose nearest old one is of their class; NaN where that is not known


@result
class New:
    problem: Problem
    count: int  # of new points
    pca: Placing
    tsne: Placing
    umap: Placing
    again: Placing
    moved: float  # %, median way of the old points in t-SNE again, of the map's radius


def tasks(p: Params) -> dict[str, Task]:
    return {"new": Task(T("新しい点", "New points"), p.run, Fresh.work, made)} if p.enough else {}


def compute(p: Params, parts: Mapping[str, Part] = MappingProxyType({})) -> New:
    m, order, data = p.run.new, p.run.order, p.problem
    images = None if data.images is None else data.images[order]
    data = replace(data, x=data.x[order], label=data.label[order], images=images, place=data.place[order])
    placed: Placed = (parts["new"].value if parts else None) or Placed(*(np.zeros((0, 2)),) * 7)

    def placing(old: NDArray[np.float64], new: NDArray[np.float64]) -> Placing:
        if not len(new):
            return Placing(old, new, np.nan)
        votes = knn_proba(old, data.label[:-m], new, k=1)  # several where equally near ones share the vote
        true = data.label[-m:, None] == np.arange(votes.shape[1])
        return Placing(old, new, 100 * float(np.mean((votes * true).sum(axis=1))))

    return New(
        data,
        m,
        placing(placed.pca, placed.pca_new),
        placing(placed.tsne, placed.tsne_new),
        placing(placed.umap, placed.umap_new),
        placing(placed.again[:-m], placed.again[-m:]),
        100 * pj.moved(placed.tsne, placed.again[:-m]) if len(placed.again) else np.nan,
    )


READOUTS = (
    Readout("pca", T("正解率: PCA", "Accuracy: PCA"), "pca.accuracy", 1, PERCENT),
    Readout("tsne", NAMES["tsne"], "tsne.accuracy", 1, PERCENT),
    Readout("umap", NAMES["umap"], "umap.accuracy", 1, PERCENT),
    Readout("moved", T("計算し直したときの移動", "Moved when run again"), "moved", 0, PERCENT),
)


def draw(r: New, p: Params) -> Stage:
    figures = tuple(placed(key, getattr(r, key), r) for key in WORDS)
    return Stage(
        figures,
        ("pca tsne", "umap again"),
        height=580,
        note=(*(p.asked or ("rings",)), *(p.bounded if p.enough else ("alike",))),
    )


def placed(key: str, found: Placing, r: New) -> Figure:
    """Draw the old points, the new ones ringed, and (where all was run again) how far the old ones moved."""
    share, name = found.accuracy, WORDS[key]
    if share == share:
        name = T(f"{name.ja}（正解 {share:.0f}%）", f"{name.en} ({share:.0f}% right)")
    if not len(found.old):
        return panel(key, axis=name)
    like, ways = found.old, None
    if key == "again":
        like = np.concatenate([found.old, r.tsne.old])
        lines = segments(fitted(r.tsne.old, like), fitted(found.old, like), MUTED, width=0.9)
        ways = {**lines, "opacity": 0.7}
    x, y = fitted(found.new, like).T
    rings = marks(x, y, NOW, size=13, symbol="circle-open", line={"width": 1.6})
    new = labelled(x, y, r.problem.label[-r.count :][: len(x)], names=r.problem.names, size=7.0)
    return panel(key, ways, dots(fitted(found.old, like), r.problem, size=4.5), rings, new, axis=name)


def code(p: Params) -> str:
    n, come = p.learned, "np.random.default_rng(0).permutation(len(x))" if p.source.table else "np.arange(len(x))"
    if not p.enough:
        return f'{code_points(p)}print("points =", len(x))\n'
    head = f"""\
{code_points(p, "from core.classical.neighbors import knn_proba", *imports(p.run))}
order = np.roll({come}, {p.fold * p.run.new})  # the new ones are the last
x, label = x[order], label[order]
old, new = x[:{n}], x[{n}:]
"""
    anew = f"""\
pca = pj.pca(old)
tsne = pj.tsne(old, perplexity={p.perplexity_used!r}).points
umap, umap_new = pj.umap_place(old, new, neighbors={p.neighbors_used})
places = {{
    "pca": (pca.embedding, pca.transform(new)),
    "tsne": (tsne, pj.place(old, tsne, new)),
    "umap": (umap.points, umap_new),
}}
again = pj.tsne(x, perplexity={p.perplexity_used!r}).points
again = pj.align(tsne, again[:{n}]).apply(again[:{n}])
"""
    stored = f"""\
tsne, again = found.tsne, found.again[:{n}]
places = {{name: (getattr(found, name), getattr(found, f"{{name}}_new")) for name in ("pca", "tsne", "umap")}}
"""
    ways = anew if made(p.run) is None else ready("found", p.run, anew) + stored
    return f"""\
{head}{ways}for name, (before, after) in places.items():
    votes = knn_proba(before, label[:{n}], after, k=1)
    true = label[{n}:, None] == np.arange(votes.shape[1])
    print(name, "=", 100 * np.mean((votes * true).sum(axis=1)))
radius = np.sqrt(((tsne - tsne.mean(axis=0)) ** 2).sum(axis=1).mean())
print("moved =", 100 * np.median(np.hypot(*(again - tsne).T)) / radius)
"""


def found(*runs: New) -> dict[str, tuple[float, float]]:
    """Give the least and the most of what the runs get right, and of how far old points moved, in %."""
    right = {name: ends(getattr(r, name).accuracy for r in runs) for name in ("pca", "tsne", "umap")}
    return {**right, "moved": ends(r.moved for r in runs)}


def placed_well(*runs: New) -> bool:
    m = found(*runs)
    return min(m["tsne"][0], m["umap"][0]) > 90 and m["pca"][1] < 70 and 2 < m["moved"][0] < m["moved"][1] < 15


CHECKS = {
    "transform": Check(
        tuple({"fold": fold} for fold in (4, 3, 2, 1, 0)), placed_well, control=instead(tsne="pca"), measure=found
    )
}

QUICK = {"data": "iris", "fresh": 20, "neighbors": 14}

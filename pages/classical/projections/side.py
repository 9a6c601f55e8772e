"""Side by side: the same points laid out by PCA, t-SNE, UMAP and MDS; a lasso in one lights them in all."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import MdsRun, points, shadow
from core.result import result
from core.text import PERCENT, T
from figures.spec import Figure, Playhead, Stage
from pages.classical.projections.maps import NAMES, Map, classical, ends, instead, map_of, over_draws
from pages.classical.projections.methods import Methods, code_maps, tasks_of
from pages.classical.projections.panels import component, dots, layout, plane, scores, tags
from pages.classical.projections.points import Problem
from ui.params import choice, toggle
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("data", "perplexity", "neighbors", "mds")
ZOOM = ("data", "n", "standard")
SMACOF_LIMIT = 500  # points


@dataclass(frozen=True)
class Params(Methods):
    mds: str = choice(
        T("4 枚目", "Fourth panel"),
        {
            "off": T("点数表", "Scores"),
            "classical": T("古典的 MDS", "Classical MDS"),
            "smacof": T("MDS (SMACOF)", "MDS (SMACOF)"),
        },
    )
    dims: str = choice(
        T("次元", "Dimensions"), {"2": T("平面（2 次元）", "Plane (2-D)"), "3": T("立体（3 次元）", "Space (3-D)")}
    )
    align: bool = toggle(
        T("PCA に向きをそろえる", "Turn to match PCA"),
        help=T(
            "回転と反転だけで、PCA の図に重ねます（プロクラステス）。",
            "Rotation and reflection only, onto the PCA (Procrustes).",
        ),
    )

    @property
    def axes(self) -> int:
        """The dimensions of the maps: two where the points have no more."""
        return min(int(self.dims), points(self.source).shape[1])


@result
class Side:
    problem: Problem
    pca: Map
    tsne: Map  # with its way there
    umap: Map
    mds: Map
    ratio: NDArray[np.float64]  # %, of the variance of each component of PCA


def tasks(p: Params) -> dict[str, Task]:
    runs = p.runs(p.axes)
    if p.mds == "smacof":
        runs["mds"] = MdsRun(p.source, p.axes, SMACOF_LIMIT, p.seed)
    return tasks_of(runs)


def compute(p: Params, parts: Mapping[str, Part]) -> Side:
    source, first = p.source, shadow(p.source, p.axes)
    onto = first.points if p.align else None
    mds = Part(classical(source, p.axes), done=True) if p.mds == "classical" else parts.get("mds", Part())
    most = min(40, 80_000 // (4 * len(first.points)))  # frames: 4 bytes a point each, 80 kB in all
    return Side(
        p.problem,
        map_of(source, Part(first, done=True), p.k),
        map_of(source, parts["tsne"], p.k, frames=most, onto=onto),
        map_of(source, parts["umap"], p.k, onto=onto),
        map_of(source, mds, p.k, onto=onto),
        100 * pj.pca(points(source), components=p.axes).variance_ratio,
    )


READOUTS = (
    Readout("pca", T("再現率: PCA", "Recall: PCA"), "pca.recall", 1, PERCENT, still=True),
    Readout("tsne", NAMES["tsne"], "tsne.recall", 1, PERCENT),
    Readout("umap", NAMES["umap"], "umap.recall", 1, PERCENT, still=True),
)


def draw(r: Side, p: Params) -> Stage:
    names = {
        "tsne": T(f"t-SNE（パープレキシティ {p.perplexity_used:.3g}）", f"t-SNE (perplexity {p.perplexity_used:.3g})"),
        "umap": T(f"UMAP（近傍 {p.neighbors_used}）", f"UMAP ({p.neighbors_used} neighbours)"),
        "mds": T("古典的 MDS", "Classical MDS") if p.mds == "classical" else T("MDS（SMACOF）", "MDS (SMACOF)"),
    }
    flat, shown = p.axes == 2, ("tsne", "umap") if p.mds == "off" else tuple(names)
    figures = [shadowed(r) if flat else layout("pca", r.pca.frames, r.problem, NAMES["pca"])]
    figures += [layout(key, getattr(r, key).frames, r.problem, names[key]) for key in shown]
    playhead = Playhead(r.tsne.iterations, T("反復", "iteration"), seconds=6.0) if flat else None
    few = p.mds == "smacof" and len(r.problem.x) > SMACOF_LIMIT
    note = (*p.asked, *(() if flat else ("space",)), *(("few",) if few else ()), *p.bounded, *r.pca.ties)
    cards = () if shown == tuple(names) else (scores(r.pca, r.tsne, r.umap, k=p.k_used),)
    return Stage(tuple(figures), ("pca tsne", "umap mds"), cards, playhead, height=560, note=note)


def shadowed(r: Side) -> Figure:
    xy, (across, up) = r.pca.last, r.ratio
    x = T(f"PCA: 第 1 主成分 ({across:.1f}%)", f"PCA: component 1 ({across:.1f}%)")
    return plane("pca", dots(xy, r.problem, still=True), tags(xy, r.problem), xy=xy, x=x, y=component(2, up))


def code(p: Params) -> str:
    return code_maps(p, p.axes, "100 * quality.recall[0]")


def crowdings(*runs: Side) -> dict[str, tuple[float, float]]:
    """Give the ends of the distances to the nearest point, at high perplexity and at low."""
    return {"high": ends(r.tsne.crowding for r in runs[:5]), "low": ends(r.tsne.crowding for r in runs[5:])}


def clusters(*runs: Side) -> dict[str, tuple[float, float]]:
    """Give the ends of what is measured of three clusters: the last one's width over the first's, and the gaps."""
    maps = {"data": [r.problem for r in runs], "tsne": [r.tsne for r in runs], "umap": [r.umap for r in runs]}
    widths = {f"{name}_width": ends(each.widths[2] for each in found) for name, found in maps.items()}
    return widths | {f"{name}_gap": ends(each.gap for each in found) for name, found in maps.items()}


def unrolled(*runs: Side) -> dict[str, tuple[float, float]]:
    """Give the ends of the correlations with distances along the roll: runs from the PCA, then from eigenvectors."""
    found = {name: ends(getattr(r, name).along for r in runs[5:]) for name in ("pca", "tsne", "umap")}
    means = [float(np.mean([r.umap.along for r in some])) for some in (runs[:5], runs[5:])]
    return {**found, "spectral": ends(r.umap.along for r in runs[:5]), "means": (means[0], means[1])}


def unrolls(*runs: Side) -> bool:
    m = unrolled(*runs)
    return max(m["pca"][1], m["tsne"][1]) < 0.6 and m["umap"][0] > 0.8 and m["means"][0] > m["means"][1]


NOISE, ROLL = {"data": "noise"}, {"data": "swiss_roll"}
CHECKS = {
    "noise": Check(
        (*over_draws(**NOISE), *over_draws(**NOISE, perplexity=2.0)),
        lambda *runs: (m := crowdings(*runs))["low"][1] < 0.75 and 0.9 < m["high"][0] < m["high"][1] < 1.1,
        control=over_draws(**NOISE) * 2,
        measure=crowdings,
    ),
    "sizes": Check(
        over_draws(data="unequal"),
        lambda *runs: all(
            r.problem.widths[2] > 8 and all(np.abs(each.widths - 1).max() < 0.1 for each in (r.tsne, r.umap))
            for r in runs
        ),
        control=instead(tsne="pca"),
        measure=clusters,
    ),
    "gaps": Check(
        over_draws(data="far"),
        lambda *runs: all(r.problem.gap > 4.5 and 0.8 < r.tsne.gap < 1.25 for r in runs),
        control=instead(tsne="pca"),
        measure=clusters,
    ),
    "roll": Check(
        (*over_draws(**ROLL, uinit="spectral"), *over_draws(**ROLL)),
        unrolls,
        control=instead(umap="tsne"),
        measure=unrolled,
    ),
}

QUICK = {"data": "iris", "iterations": 250, "neighbors": 14}  # nothing of it made ahead, on another processor


def warm() -> None:
    pj.warm(apart=True)

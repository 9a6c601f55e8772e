"""Can you trust it? A point's neighbours on the map against the true ones, whose neighbours are true, and over k."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import shadow
from core.result import result
from core.text import T
from figures.marks import line, marks, ring, text, vline
from figures.plot import plot
from figures.spec import BLUE, INK, NOW, ORANGE, Figure, Stage
from pages.classical.projections.maps import KS, NAMES, THREE, Map, ends, instead, judged, map_of, over_k
from pages.classical.projections.methods import Methods, code_maps, tasks_of
from pages.classical.projections.panels import STYLES, dots, fitted, links, panel
from pages.classical.projections.points import Pointed, Problem
from ui.params import choice
from ui.scene import Check, Part, Readout, Task, over_seeds
from ui.sentences import written

CONTROLS = ("data", "k", "point", "measure")
ZOOM = ("data", "n", "standard")
PAIRS = 1200  # of the diagram of distances
MEASURES = {
    "recall": T("近傍の再現率", "Neighbour recall"),
    "trust": T("信頼性", "Trustworthiness"),
    "continuity": T("連続性", "Continuity"),
}
FIELDS = {"recall": "recall", "trust": "trustworthiness", "continuity": "continuity"}  # of a `Quality`
SIDES = {"pca": "top left", "tsne": "top left", "umap": "bottom left"}  # of a curve, on which its name stands
FAITHFUL = 0.95  # a point of less trustworthiness is grey


@dataclass(frozen=True)
class Params(Methods, Pointed):
    measure: str = choice(T("曲線", "Curve"), MEASURES)
    shown: str = choice(
        T("距離の図", "Distances of"), {"none": T("なし", "None"), **{key: NAMES[key] for key in THREE}}
    )


@result
class Seen:
    """A map and, once it is done and its points are ranked, what it keeps by the chosen measure."""

    map: Map
    value: float = np.nan  # at k
    curve: NDArray[np.float64] | None = None  # at each of `KS`, below half the points
    faithless: NDArray[np.bool_] | None = None  # (n,) points whose neighbours on the map are false ones
    links: pj.Links | None = None  # of the point
    true: float = 0.0  # how many of the point's neighbours are true ones

    @property
    def grey(self) -> float:
        """Share of the points that are not to be trusted, in %."""
        return 100 * float(self.faithless.mean()) if self.faithless is not None else np.nan


@result
class Trust:
    problem: Problem
    point: int
    k: int
    measure: T
    pca: Seen
    tsne: Seen
    umap: Seen
    pairs: NDArray[np.float64]  # (m, 2) distances in truth and on the map that is asked for, as shares of the largest
    rank: float  # their rank correlation


def tasks(p: Params) -> dict[str, Task]:
    return tasks_of(p.runs())


def compute(p: Params, parts: Mapping[str, Part]) -> Trust:
    data, k, point = p.problem, p.k_used, p.point % p.count
    ready = parts["tsne"].done  # until then nobody has ranked these points: only places are shown

    def seen(part: Part) -> Seen:
        found = map_of(p.source, part, k)
        if not part.done:
            return Seen(found)
        here, over = judged(p.source, part.value, k), over_k(p.source, part.value)
        value, curve = (getattr(quality, FIELDS[p.measure]) for quality in (here, over))
        grey, near = here.point_trust < FAITHFUL, pj.links(data.x, found.last, point, k=k)
        return Seen(found, float(value[0]), curve, grey, near, k * float(here.point_recall[point]))

    umap = replace(parts["umap"], done=parts["umap"].done and ready)
    maps = {"pca": seen(Part(shadow(p.source), ready)), "tsne": seen(parts["tsne"]), "umap": seen(umap)}
    pairs, rank = np.zeros((0, 2)), np.nan
    if p.shown != "none" and maps[p.shown].map.known:
        found = pj.shepard(data.x, maps[p.shown].map.last, pairs=PAIRS)
        pairs, rank = np.column_stack([d / d.max() for d in (found.true, found.mapped)]), found.correlation
    return Trust(data, point, k, MEASURES[p.measure], **maps, pairs=pairs, rank=rank)


READOUTS = (
    Readout("measure", T("指標", "Measure"), "measure"),
    *(Readout(key, NAMES[key], f"{key}.value", 3) for key in THREE),
)


def draw(r: Trust, p: Params) -> Stage:
    figures = [*(neighbourhood(key, getattr(r, key), r) for key in THREE), curve(r, p)]
    grid, note = ("pca tsne umap", "curve curve curve"), (*(p.asked or ("legend",)), *p.bounded, *r.pca.map.ties)
    if p.shown != "none":
        figures, grid = [*figures, shepard(r)], ("pca tsne umap", "curve curve shepard")
    return Stage(tuple(figures), grid, height=520, note=note)


def neighbourhood(key: str, seen: Seen, r: Trust) -> Figure:
    """Draw a map, grey where it is not to be trusted, with lines from one point to its neighbours on it."""
    name, found = NAMES[key], seen.map
    if not len(found.frames):
        return panel(key, axis=name)
    places, drawn = fitted(found.last), []
    if seen.links:
        true = f"{seen.true:.3g}"
        name = T(f"{name.ja}: 近傍 {r.k} 個のうち本物 {true}", f"{name.en}: {true} of {r.k} true")
        drawn = [
            links(places, r.point, seen.links.kept, BLUE),
            links(places, r.point, seen.links.false, ORANGE, dash="dash"),
        ]
    return panel(key, dots(places, r.problem, muted=seen.faithless), *drawn, ring(*places[r.point]), axis=name)


def curve(r: Trust, p: Params) -> Figure:
    low = 0.0 if p.measure == "recall" else 0.5
    known = {key: getattr(r, key).curve for key in THREE if getattr(r, key).links}
    end = min(KS[-1], (len(r.problem.x) - 1) // 2)
    return plot(
        "curve",
        vline(r.k, (low, 1.01), NOW, width=1.2),
        [
            line(KS[:end], y, **STYLES[key], label=NAMES[key], at=0.98 - 0.2 * i, where=SIDES[key])
            for i, (key, y) in enumerate(known.items())
        ],
        x=T("近傍の数 k", "Neighbours k"),
        y=r.measure,
        xlim=(0, 1.01 * end),
        ylim=(low, 1.01),
        view=f"{low} {end}",
    )


def shepard(r: Trust) -> Figure:
    rank = written(r.rank, ".2f")
    return plot(
        "shepard",
        marks(r.pairs[:, 0], r.pairs[:, 1], BLUE, size=3.2, opacity=0.45),
        line([0, 1], [0, 1], INK, dash="dash", width=1.2),
        text(0.02, 1.0, T(f"順位相関 {rank}", f"rank corr. {rank}"), at="bottom right"),
        x=T("データの距離", "Distance in data"),
        y=T("図の距離", "Distance in picture"),
        xlim=(0, 1.03),
        ylim=(0, 1.03),
        xticks=[],
        yticks=[],
        margin={"l": 34},
    )


def code(p: Params) -> str:
    return code_maps(p, 2, f"quality.{FIELDS[p.measure]}[0]")


def over_runs(*runs: Trust) -> dict[str, tuple[float, float]]:
    """Give the ends of what is measured of UMAP."""
    return {name: ends(getattr(r.umap.map, name) for r in runs) for name in ("silhouette", "recall", "rank")}


CHECKS = {
    "clear": Check(
        over_seeds(),
        lambda *runs: all(
            umap.silhouette > tsne.silhouette + 0.05 and umap.recall < tsne.recall - 2
            for tsne, umap in ((r.tsne.map, r.umap.map) for r in runs)
        ),
        control=instead(umap="tsne", tsne="umap"),
        measure=over_runs,
    ),
    "distances": Check(
        over_seeds(shown="pca"),
        lambda *runs: all(
            pca.rank > max(tsne.rank, umap.rank) + 0.05 and pca.recall < min(tsne.recall, umap.recall) / 2
            for pca, tsne, umap in ((r.pca.map, r.tsne.map, r.umap.map) for r in runs)
        ),
        control=instead(pca="tsne", tsne="pca"),
        measure=over_runs,
    ),
}

QUICK = {"data": "iris", "iterations": 250, "neighbors": 14}  # nothing of it made ahead, on another processor

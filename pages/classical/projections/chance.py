"""Seed and start: ten runs of each method with other seeds, laid on one another."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.ahead import made
from core.classical.projections.runs import SEEDS, Chance, Chances, Source, points, shadow
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, marks, segments
from figures.plot import Mark, plot, table
from figures.spec import CLASS_COLORS, NOW, Figure, Stage
from pages.classical.projections.maps import NAMES, THREE, judged, turned
from pages.classical.projections.methods import Near
from pages.classical.projections.panels import STYLES, dots, fitted, panel
from pages.classical.projections.points import Pointed, Problem
from ui.params import choice
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("data", "start", "point")
ZOOM = ("data", "n", "standard")
K, LEAST = 10, 21  # neighbours of which recall is measured, and the points that it takes
LABELS = {  # of each method's curve: where its name stands
    "pca": {"where": "bottom right", "at": 0.02},
    "tsne": {"where": "top left", "at": 0.97},
    "umap": {"where": "top left", "at": 0.55},
}


@dataclass(frozen=True)
class Params(Near, Pointed):
    least: ClassVar[int] = LEAST
    start: str = choice(T("初期値", "Start"), {"random": T("乱数から", "Random"), "pca": T("PCA から", "From PCA")})

    @property
    def run(self) -> Chance:
        return Chance(self.source, self.start, self.perplexity, self.neighbors)

    @property
    def enough(self) -> bool:
        return self.count >= LEAST


@result
class Wander:
    """The runs of a method, laid on one another, none at first; what they keep on average, NaN until all are done."""

    maps: NDArray[np.float64]  # (runs, n, 2)
    jitter: NDArray[np.float64]  # (n,) %, of each point; NaN without runs
    recall: float = np.nan  # %, of the 10 nearest neighbours
    triplets: float = np.nan  # %

    @property
    def median(self) -> float:
        return float(np.median(self.jitter))

    @property
    def count(self) -> int:
        return len(self.maps)

    @property
    def known(self) -> bool:
        return bool(np.isfinite(self.median))


@result
class Wanders:
    problem: Problem
    point: int
    pca: Wander
    tsne: Wander
    umap: Wander


def tasks(p: Params) -> dict[str, Task]:
    return {"chance": Task(T("10 通りの乱数の種", "10 seeds"), p.run, Chance.work, made)} if p.enough else {}


def compute(p: Params, parts: Mapping[str, Part] = MappingProxyType({})) -> Wanders:
    found = parts["chance"].value if parts else None
    return Wanders(p.problem, p.point % p.count, *wanders(p.source, found))


@lru_cache(maxsize=16)
def wanders(source: Source, found: Chances | None) -> tuple[Wander, Wander, Wander]:
    """Turn all runs to match PCA."""
    x, first = points(source), shadow(source)
    runs = [found.tsne[: len(found.tsne_scores)], found.umap[: len(found.umap_scores)]] if found else []
    maps = [first.points[None], *(turned(each, first.points) if len(each) else each for each in runs)]
    maps += [first.points[None][:0]] * (3 - len(maps))
    kept = [(np.nan, np.nan)] * 3
    if found is not None and len(found.umap_scores) == SEEDS:
        pca = judged(source, first, K).recall[0], pj.triplets(x, first.points)
        kept = [pca, found.tsne_scores.mean(axis=0), found.umap_scores.mean(axis=0)]
    pca, tsne, umap = (
        Wander(runs, _jitter(runs), 100 * float(recall), 100 * float(triplets))
        for runs, (recall, triplets) in zip(maps, kept, strict=True)
    )
    return pca, tsne, umap


def _jitter(runs: NDArray[np.float64]) -> NDArray[np.float64]:
    return 100 * pj.jitter(runs) if len(runs) else np.full(runs.shape[1], np.nan)


READOUTS = (
    Readout("tsne", T("ゆらぎ: t-SNE", "Jitter: t-SNE"), "tsne.median", 1, PERCENT),
    Readout("umap", NAMES["umap"], "umap.median", 1, PERCENT),
    Readout("pca", NAMES["pca"], "pca.median", 1, PERCENT),
)


def draw(r: Wanders, p: Params) -> Stage:
    rows = [
        (T(f"{NAMES[key].ja}: {ja}", f"{NAMES[key].en}: {en}"), getattr(getattr(r, key), field), 1)
        for field, ja, en in (("recall", "再現率 (%)", "recall (%)"), ("triplets", "三つ組の順 (%)", "triplets (%)"))
        for key in THREE
    ]
    card = table(T("局所と大域（平均）", "Local and global (means)"), *rows)
    figures = (*(overlaid(key, getattr(r, key), r) for key in THREE), spread(r))
    grid = ("pca tsne umap", "jitter jitter card")
    note = (*p.asked, *(p.bounded if p.enough else ("few",)))
    return Stage(figures, grid, (card,), height=560, note=note)


def overlaid(key: str, wander: Wander, r: Wanders) -> Figure:
    """Draw the first run, the others as a cloud of faint dots, and where one example lands in each."""
    name = NAMES[key]
    if not wander.count:
        return panel(key, axis=name)
    places, label = fitted(wander.maps.reshape(-1, 2)).reshape(wander.maps.shape), r.problem.label
    cloud: list[Mark] = []
    if wander.count > 1:
        for c in np.unique(label):
            x, y = places[1:, label == c].reshape(-1, 2).T
            cloud.append(marks(x, y, CLASS_COLORS[c % 5], size=2.4, opacity=0.35))
    at = places[:, r.point].astype(float)
    star = [segments(at.mean(axis=0), at, NOW, width=1.4), marks(at[:, 0], at[:, 1], NOW, size=6)]
    axis = T(f"{name.ja}: ゆらぎ {wander.median:.0f}%", f"{name.en}: jitter {wander.median:.0f}%")
    return panel(key, *cloud, dots(places[0], r.problem, size=4.0), star, axis=axis)


def spread(r: Wanders) -> Figure:
    """Draw the jitter of each method's examples, from the steadiest to the most restless."""
    jitter = {key: getattr(r, key).jitter for key in THREE if getattr(r, key).known}
    top = max(20.0, float(np.ceil(max(np.quantile(each, 0.97) for each in jitter.values()) / 20) * 20))
    share = np.linspace(0, 100, min(len(r.problem.x), 101))
    curves = {key: np.minimum(np.quantile(each, share / 100), top) for key, each in jitter.items()}
    return plot(
        "jitter",
        [line(share, y, **STYLES[key], label=NAMES[key], **LABELS[key]) for key, y in curves.items()],
        x=T("点の割合 (%)", "Share of points (%)"),
        y=T("ゆらぎ (%)", "Jitter (%)"),
        xlim=(-1, 101),
        ylim=(-0.14 * top, top),
        view=f"{top:g}",
    )


def code(p: Params) -> str:
    if not p.enough:
        return f'print("points =", {p.count})  # {LEAST} are needed\n'
    return f"""\
import numpy as np
from core.classical.projections import jitter
from core.classical.projections.ahead import made
from core.classical.projections.runs import Chance, Source

run = {p.run!r}
found = made(run) or run.work()  # made ahead, or 20 runs now
print("tsne =", 100 * np.median(jitter(found.tsne)))
print("umap =", 100 * np.median(jitter(found.umap)))
print("pca =", 0.0)  # no random numbers
"""


CHECKS = {
    "seed": Check(
        ({"start": "random"},),
        lambda r: r.pca.median == 0 and 0.5 < r.tsne.median < r.umap.median / 5,
        control=({"start": "pca"},),
    ),
    "start": Check(
        ({"start": "random"}, {"start": "pca"}),
        lambda random, pca: (
            pca.umap.triplets - random.umap.triplets > 3 > 3 * abs(pca.umap.recall - random.umap.recall)
        ),
        control=({"start": "pca"}, {"start": "random"}),
    ),
}

QUICK = {"data": "iris"}

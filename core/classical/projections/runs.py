"""Runs of the methods, as things to ask for: a run names all that its result depends on, and its `work` gives that.

`core.classical.projections.ahead` looks up the results of some.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical.projections.distances import triplets
from core.classical.projections.embedding import Embedding
from core.classical.projections.mds import mds
from core.classical.projections.pca import pca, standardized
from core.classical.projections.points import Floats
from core.classical.projections.procrustes import align, procrustes
from core.classical.projections.quality import order, quality
from core.classical.projections.tsne import place, tsne
from core.classical.projections.umap import umap, umap_place
from core.data import Sample, dataset
from core.result import result

Report = Callable[[float, Any], None]  # called with the share done, and what there is so far or None

OWN_SIZE = ("iris", "wine")  # sources of which all is taken
MEASURED = (*OWN_SIZE, "digits")  # and those that are not drawn
FRAMES = 35  # of a run of t-SNE, about
SEEDS = 10  # runs of one `Chance`


def silent(share: float, found: Any) -> None:
    """Report to nobody."""


# ---- the points


@dataclass(frozen=True)
class Source:
    """Which points: the first `n` of a set of `core.data.dataset`, or the rows of a table, the class last.

    What is not measured is drawn, anew for each `draw`.
    """

    name: str
    n: int = 500
    standard: bool = False  # whether the columns are standardised
    table: tuple[tuple[float, ...], ...] = ()
    draw: int = 0

    def __post_init__(self) -> None:
        if self.name in OWN_SIZE or self.table:
            object.__setattr__(self, "n", 0)
        if self.name in MEASURED or self.table:
            object.__setattr__(self, "draw", 0)


@lru_cache(maxsize=32)
def sample(source: Source) -> Sample:
    """Give the examples of a source as they are, not standardised."""
    if source.table:
        rows = np.array(source.table)
        x, label = rows[:, :-1].copy(), rows[:, -1].astype(np.int64)
        groups = tuple(f"class {c}" for c in range(int(label.max()) + 1))
        names = tuple(f"x{i + 1}" for i in range(x.shape[1]))
        return Sample("own", x, label, groups, label / max(len(groups) - 1, 1), names, False)
    data, n = dataset(source.name, n=max(source.n, 10), seed=source.draw), source.n or None
    return Sample(
        data.name, data.x[:n], data.label[:n], data.groups, data.value[:n], data.feature_names, data.continuous
    )


@lru_cache(maxsize=32)
def points(source: Source) -> Floats:
    """Give the (n, d) points that a source's runs map."""
    x = sample(source).x
    return standardized(x) if source.standard else x


@lru_cache(maxsize=32)
def shadow(source: Source, dims: int = 2) -> Embedding:
    """Give the PCA as a map, of fewer dimensions if the points have fewer."""
    x = points(source)
    began = time.perf_counter()
    found = pca(x, components=min(dims, *x.shape))
    return Embedding(found.embedding[None], np.full(1, np.nan), time.perf_counter() - began, np.zeros(1, int))


# ---- one map


@dataclass(frozen=True)
class Run:
    """A run of one method on a source's points."""

    source: Source
    dims: int = 2

    def work(self, report: Report = silent) -> Embedding:
        """Do it; what is reported is (n, dims) places, first the PCA's, before anything slow."""
        report(0.0, shadow(self.source, self.dims).points)
        return self.embed(points(self.source), report)

    def embed(self, x: Floats, report: Report) -> Embedding:
        """Map points (n, d)."""
        raise NotImplementedError


@dataclass(frozen=True)
class TsneRun(Run):
    """A run of t-SNE; the perplexity is at most a third of the points."""

    perplexity: float = 30.0
    iterations: int = 500
    exaggeration: float = 12.0
    rate: float | None = None  # the automatic one
    init: str = "pca"
    seed: int = 0

    def embed(self, x: Floats, report: Report) -> Embedding:
        """Map points (n, d)."""
        return tsne(
            x,
            components=self.dims,
            perplexity=min(self.perplexity, (len(x) - 1) / 3),
            iterations=self.iterations,
            exaggeration=self.exaggeration,
            learning_rate="auto" if self.rate is None else self.rate,
            init=self.init,
            seed=self.seed,
            every=max(1, self.iterations // FRAMES),
            on_frame=lambda i, y: report(i / self.iterations, y),
        )


@dataclass(frozen=True)
class UmapRun(Run):
    """A run of UMAP; a point has at most all others for neighbours."""

    neighbors: int = 15
    min_dist: float = 0.1
    metric: str = "euclidean"
    init: str = "pca"
    seed: int = 0

    def embed(self, x: Floats, report: Report) -> Embedding:
        """Map points (n, d)."""
        return umap(
            x,
            components=self.dims,
            neighbors=min(self.neighbors, len(x) - 1),
            min_dist=self.min_dist,
            metric=self.metric,
            init=self.init,
            seed=self.seed,
            every=100,
            on_frame=lambda i, y: report(i / 500, y),
        )


@dataclass(frozen=True)
class MdsRun(Run):
    """A run of SMACOF on the first points of a source."""

    most: int = 500
    seed: int = 0

    def embed(self, x: Floats, report: Report) -> Embedding:
        """Map points (n, d)."""
        few, on_frame = x[: self.most], lambda i, y: report(i / 200, y)
        return mds(few, components=self.dims, method="smacof", seed=self.seed, on_frame=on_frame)


# ---- ten seeds


@result
class Chances:
    """What t-SNE and UMAP make of each seed; fewer seeds while it runs."""

    tsne: Floats  # (seeds, n, 2) places, laid on the first seed's
    umap: Floats
    tsne_scores: Floats  # (seeds, 2) recall of the 10 nearest neighbours (local), accuracy of triplets (global)
    umap_scores: Floats


@dataclass(frozen=True)
class Chance:
    """The same two methods for `SEEDS` seeds: t-SNE and UMAP with the same start."""

    source: Source
    init: str = "random"
    perplexity: float = 30.0
    neighbors: int = 15

    def work(self, report: Report = silent) -> Chances:
        """Do the runs one after the other, the two methods in turn; what is reported is `Chances`, first of the PCA."""
        x, first = points(self.source), shadow(self.source).points[None]
        true = order(x)
        maps: dict[str, list[Floats]] = {"tsne": [], "umap": []}
        scores: dict[str, list[list[float]]] = {"tsne": [], "umap": []}

        def so_far() -> Chances:
            placed = [_together(each) if each else first for each in maps.values()]
            return Chances(*placed, *(np.array(each).reshape(-1, 2) for each in scores.values()))

        def part(i: int, done: float, places: Any) -> None:
            report((i + done) / (2 * SEEDS), None)

        report(0.0, so_far())
        for i in range(2 * SEEDS):
            method, seed = ("tsne", "umap")[i % 2], i // 2
            run: Run = (
                TsneRun(self.source, perplexity=self.perplexity, init=self.init, seed=seed)
                if method == "tsne"
                else UmapRun(self.source, neighbors=self.neighbors, init=self.init, seed=seed)
            )
            places = run.work(partial(part, i)).points
            maps[method].append(places)
            scores[method].append([float(quality(true, places, ks=[10]).recall[0]), triplets(x, places)])
            report((i + 1) / (2 * SEEDS), so_far())
        return so_far()


def _together(maps: list[Floats]) -> Floats:
    """Lay all maps on the first."""
    return np.stack([maps[0], *(procrustes(maps[0], later) for later in maps[1:])])


# ---- new points


@result
class Placed:
    """Old points (n, 2) and new ones (m, 2) on each map; empty while it is not known."""

    pca: Floats
    pca_new: Floats  # by the same projection
    tsne: Floats
    tsne_new: Floats  # with the old ones held fast
    umap: Floats
    umap_new: Floats  # by UMAP's transform
    again: Floats  # (n + m, 2) t-SNE of all points anew, laid on the old map


@dataclass(frozen=True)
class Fresh:
    """Some points of a source are new, the methods learn from the others: fold 0 has the last `new`, 1 those before.

    The rows of one's own table may be sorted, so they come in an order drawn at random.
    """

    source: Source
    new: int = 50
    perplexity: float = 30.0
    neighbors: int = 15
    fold: int = 0

    @property
    def order(self) -> NDArray[np.int64]:
        """(n,) rows of the source, the new ones last."""
        n = len(points(self.source))
        come = np.random.default_rng(0).permutation(n) if self.source.table else np.arange(n)
        return np.roll(come, self.fold * self.new)

    def work(self, report: Report = silent) -> Placed:
        """Map the old points and place the new ones; what is reported is `Placed`, first of the PCA."""
        x = points(self.source)[self.order]
        old, new = x[: -self.new], x[-self.new :]
        model = pca(old)
        found = {"pca": model.embedding, "pca_new": model.transform(new)}
        found |= dict.fromkeys(("tsne", "tsne_new", "umap", "umap_new", "again"), np.zeros((0, 2)))
        report(0.0, Placed(**found))

        def step(start: float, share: float, i: int, places: Floats) -> None:
            report(start + share * i / 500, None)

        run_tsne = partial(tsne, perplexity=min(self.perplexity, (len(old) - 1) / 3), every=500)
        found["tsne"] = run_tsne(old, on_frame=partial(step, 0.0, 0.3)).points
        found["tsne_new"] = place(old, found["tsne"], new)
        report(0.3, Placed(**found))
        neighbors = min(self.neighbors, len(old) - 1)
        embedding, found["umap_new"] = umap_place(old, new, neighbors=neighbors, on_frame=partial(step, 0.3, 0.3))
        found["umap"] = embedding.points
        report(0.6, Placed(**found))
        again = run_tsne(x, on_frame=partial(step, 0.6, 0.4)).points
        found["again"] = align(found["tsne"], again[: len(old)]).apply(again)
        return Placed(**found)

"""Runs of projections: what is asked for, as something to look up; worked out step by step, or taken from what was made ahead.

A run names all that its result depends on. `work` does it, `made` gives the result at once for the runs of `TSNE_AHEAD` and
`UMAP_AHEAD`; so do `made_chance` and `made_fresh` for those of `CHANCES` and `FRESH`. The scripts in `assets/projections/`
did them before.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, cKDTree

from core import ahead
from core.classical import projections as pj

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OnFrame = Callable[[float, Floats | None], None]

OWN_SIZE = ("iris", "wine")
FRAMES = 35  # of a run of t-SNE, about
SEEDS = 10  # runs of one `Chance`


@dataclass(frozen=True)
class Source:
    """Which points.

    Parameters
    ----------
    name
        One of `projections.DATASETS`.
    n
        Number of points; of the digits the first so many. Iris and wine have their own.
    standard
        Whether the columns are standardised.
    table
        Rows of numbers, the class last: the points of the source "own".
    """

    name: str
    n: int = 500
    standard: bool = False
    table: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.name in OWN_SIZE or self.table:
            object.__setattr__(self, "n", 0)


@dataclass(frozen=True)
class TsneRun:
    """A run of t-SNE; the fields are arguments of `projections.tsne`. The perplexity is at most a third of the points."""

    source: Source
    dims: int = 2
    perplexity: float = 30.0
    iterations: int = 500
    exaggeration: float = 12.0
    rate: float | None = None
    init: str = "pca"
    seed: int = 0


@dataclass(frozen=True)
class UmapRun:
    """A run of UMAP; the fields are arguments of `projections.umap`."""

    source: Source
    dims: int = 2
    neighbors: int = 15
    min_dist: float = 0.1
    metric: str = "euclidean"
    init: str = "pca"
    seed: int = 0


@dataclass(frozen=True)
class MdsRun:
    """A run of SMACOF on the first points of a source."""

    source: Source
    dims: int = 2
    most: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Chance:
    """The same two methods for `SEEDS` seeds: t-SNE and UMAP with the same start."""

    source: Source
    init: str = "random"
    perplexity: float = 30.0
    neighbors: int = 15


Run = TsneRun | UmapRun | MdsRun


@dataclass(frozen=True, eq=False)
class Layout:
    """A map of points and how it came about.

    Parameters
    ----------
    frames
        (t, n, dims), the last is the result.
    steps
        (t,) steps taken at each frame.
    cost
        (t,) what the method makes small, NaN where unknown.
    seconds
        Time taken.
    """

    frames: Floats
    steps: Ints
    cost: Floats
    seconds: float

    @property
    def last(self) -> Floats:
        """(n, dims)."""
        return np.asarray(self.frames[-1])


@lru_cache(maxsize=32)
def sample(source: Source) -> pj.Sample:
    """Give the examples of a source as they are, not standardised."""
    if source.table:
        rows = np.array(source.table)
        x, label = rows[:, :-1].copy(), rows[:, -1].astype(np.int64)
        groups = tuple(f"class {c + 1}" for c in range(int(label.max()) + 1))
        names = tuple(f"x{i + 1}" for i in range(x.shape[1]))
        return pj.Sample("own", x, label, groups, label / max(len(groups) - 1, 1), names, False)
    data = pj.dataset(source.name, n=max(source.n, 10))
    if source.name in OWN_SIZE or len(data.x) <= source.n:
        return data
    n = source.n
    return pj.Sample(
        data.name, data.x[:n], data.label[:n], data.groups, data.value[:n], data.feature_names, data.continuous
    )


@lru_cache(maxsize=32)
def points(source: Source) -> Floats:
    """Give the (n, d) points that a source's runs map."""
    x = sample(source).x
    return pj.standardized(x) if source.standard else x


@lru_cache(maxsize=32)
def shadow(source: Source, dims: int = 2) -> Layout:
    """Give the PCA as a layout, fewer dimensions if the points have fewer."""
    x = points(source)
    began = time.perf_counter()
    found = pj.pca(x, components=min(dims, *x.shape))
    return Layout(found.embedding[None], np.zeros(1, int), np.full(1, np.nan), time.perf_counter() - began)


def work(run: Run, on_frame: OnFrame = lambda share, places: None) -> Layout:
    """Do a run.

    Parameters
    ----------
    on_frame
        Called with the share done and the (n, dims) places so far (or None), first with the PCA, before anything slow.
    """
    x = points(run.source)
    on_frame(0.0, shadow(run.source, run.dims).last)
    if isinstance(run, TsneRun):
        found = pj.tsne(
            x,
            components=run.dims,
            perplexity=min(run.perplexity, (len(x) - 1) / 3),
            iterations=run.iterations,
            exaggeration=run.exaggeration,
            learning_rate="auto" if run.rate is None else run.rate,
            init=run.init,
            seed=run.seed,
            every=max(1, run.iterations // FRAMES),
            on_frame=lambda i, y: on_frame(i / run.iterations, y),
        )
    elif isinstance(run, UmapRun):
        found = pj.umap(
            x,
            components=run.dims,
            neighbors=min(run.neighbors, len(x) - 1),
            min_dist=run.min_dist,
            metric=run.metric,
            init=run.init,
            seed=run.seed,
            every=100,
            on_frame=lambda i, y: on_frame(i / 500, y),
        )
    else:
        found = pj.mds(
            x[: run.most],
            components=run.dims,
            method="smacof",
            seed=run.seed,
            on_frame=lambda i, y: on_frame(i / 200, y),
        )
    return Layout(found.frames, found.iterations, found.cost, found.seconds)


@dataclass(frozen=True, eq=False)
class Chances:
    """What the methods make of each seed; fewer seeds while it runs.

    Parameters
    ----------
    tsne, umap
        (seeds, n, 2) places, aligned to the first seed's.
    tsne_scores, umap_scores
        (seeds, 2) recall of the 10 nearest neighbours (local) and accuracy of triplets (global).
    """

    tsne: Floats
    umap: Floats
    tsne_scores: Floats
    umap_scores: Floats


def work_chance(run: Chance, on_frame: Callable[[float, Chances | None], None] = lambda share, found: None) -> Chances:
    """Do a chance's runs one after the other, the two methods in turn.

    Parameters
    ----------
    on_frame
        Called with the share done and, after each run, what there is; first with the PCA.
    """
    x, start = points(run.source), shadow(run.source).last[None]
    order = pj.order(x)
    maps: dict[str, list[Floats]] = {"tsne": [], "umap": []}
    scores: dict[str, list[Floats]] = {"tsne": [], "umap": []}

    def so_far() -> Chances:
        placed = [_aligned(each) if each else start for each in maps.values()]
        return Chances(*placed, *(np.array(each).reshape(-1, 2) for each in scores.values()))

    on_frame(0.0, so_far())
    for i in range(2 * SEEDS):
        method, seed = ("tsne", "umap")[i % 2], i // 2
        one: Run = (
            TsneRun(run.source, perplexity=run.perplexity, init=run.init, seed=seed)
            if method == "tsne"
            else UmapRun(run.source, neighbors=run.neighbors, init=run.init, seed=seed)
        )
        layout = work(one, _stretched(on_frame, i / (2 * SEEDS), 1 / (2 * SEEDS)))
        recall = pj.quality(order, layout.last, ks=[10]).recall[0]
        maps[method].append(layout.last)
        scores[method].append(np.array([recall, pj.triplets(x, layout.last)]))
        on_frame((i + 1) / (2 * SEEDS), so_far())
    return so_far()


def _stretched(on_frame: Callable[[float, Any], None], start: float, share: float) -> OnFrame:
    """Report a part of the work as a part of the whole, without its pictures."""
    return lambda done, places: on_frame(start + share * done, None)


def _aligned(maps: list[Floats]) -> Floats:
    """Lay all maps on the first."""
    return np.stack([maps[0], *(pj.procrustes(maps[0], later) for later in maps[1:])])


def jitter(maps: Floats) -> Floats:
    """Say how far each point wanders from run to run.

    Parameters
    ----------
    maps
        (runs, n, 2), aligned.

    Returns
    -------
    (n,) root mean square distance from its mean place, as a share of the root mean square radius of the whole map.
    """
    middle = maps.mean(axis=0)
    radius = np.sqrt(((middle - middle.mean(axis=0)) ** 2).sum(axis=1).mean())
    return np.asarray(np.sqrt(((maps - middle) ** 2).sum(axis=2).mean(axis=0)) / max(float(radius), 1e-12))


def crowding(places: Floats) -> float:
    """Say whether points of the plane stand in clumps.

    Parameters
    ----------
    places
        (n, 2), not all on a line.

    Returns
    -------
    Mean distance to the nearest other point over what it would be for points strewn at random over the same convex hull:
    about 1 at random, less in clumps, more where points keep their distance.

    References
    ----------
    Clark & Evans, "Distance to nearest neighbor as a measure of spatial relationships in populations" (1954).
    """
    nearest = cKDTree(places).query(places, k=2)[0][:, 1]
    # Strewn at random with density ρ = n / area, the mean distance is 1 / (2 √ρ).
    return float(2 * nearest.mean() * np.sqrt(len(places) / ConvexHull(places).volume))


@dataclass(frozen=True)
class Fresh:
    """The last `new` points of a source are new: the methods learn from the others."""

    source: Source
    new: int = 50
    perplexity: float = 30.0
    neighbors: int = 15


@dataclass(frozen=True, eq=False)
class Placed:
    """Old points (n, 2) and new ones (m, 2) on each map; empty while it is not known.

    Parameters
    ----------
    pca, tsne, umap
        The old points.
    pca_new, tsne_new, umap_new
        The new points, placed by PCA's and UMAP's transform and by t-SNE with the old ones held fast.
    again
        (n + m, 2) t-SNE of all points anew, aligned to the old map.
    """

    pca: Floats
    pca_new: Floats
    tsne: Floats
    tsne_new: Floats
    umap: Floats
    umap_new: Floats
    again: Floats


def work_fresh(run: Fresh, on_frame: Callable[[float, Placed | None], None] = lambda share, found: None) -> Placed:
    """Map the old points and place the new ones.

    Parameters
    ----------
    on_frame
        Called with the share done and, after each method, what there is; first with the PCA.
    """
    x = points(run.source)
    old, new = x[: -run.new], x[-run.new :]
    none = np.zeros((0, 2))
    model = pj.pca(old)
    found = {"pca": model.embedding, "pca_new": model.transform(new)}
    found |= dict.fromkeys(("tsne", "tsne_new", "umap", "umap_new", "again"), none)
    on_frame(0.0, Placed(**found))
    perplexity = min(run.perplexity, (len(old) - 1) / 3)
    found["tsne"] = pj.tsne(
        old, perplexity=perplexity, every=500, on_frame=lambda i, y: on_frame(0.3 * i / 500, None)
    ).points
    found["tsne_new"] = pj.place(old, found["tsne"], new)
    on_frame(0.3, Placed(**found))
    embedding, found["umap_new"] = pj.umap_place(
        old, new, neighbors=min(run.neighbors, len(old) - 1), on_frame=lambda i, y: on_frame(0.3 + 0.3 * i / 500, None)
    )
    found["umap"] = embedding.points
    on_frame(0.6, Placed(**found))
    again = pj.tsne(
        x, perplexity=perplexity, every=500, on_frame=lambda i, y: on_frame(0.6 + 0.4 * i / 500, None)
    ).points
    found["again"] = pj.align(found["tsne"], again[: len(old)]).apply(again)
    return Placed(**found)


# ---- made ahead

# Each: what the default of a data set, an experiment or a question of the page needs.
TSNE_AHEAD: tuple[TsneRun, ...] = (
    TsneRun(Source("iris")),
    *(TsneRun(Source(name)) for name in pj.DATASETS if name != "iris"),
    TsneRun(Source("digits"), init="random"),
    TsneRun(Source("noise"), perplexity=2.0),
    *(TsneRun(Source("digits"), perplexity=p) for p in (2.0, 5.0, 100.0)),
)
UMAP_AHEAD: tuple[UmapRun, ...] = (
    UmapRun(Source("iris")),
    *(UmapRun(Source(name)) for name in pj.DATASETS if name != "iris"),
    *(UmapRun(Source("digits"), init=init) for init in ("random", "spectral")),
    *(UmapRun(Source("digits"), neighbors=k) for k in (2, 50)),
    UmapRun(Source("noise"), neighbors=3),
    UmapRun(Source("swiss_roll"), init="spectral"),
)
# The first is small, for the test that makes it again.
CHANCES: tuple[Chance, ...] = (
    Chance(Source("iris")),
    Chance(Source("digits")),
    Chance(Source("digits"), "pca"),
)

FRESH: tuple[Fresh, ...] = (Fresh(Source("iris"), 20), Fresh(Source("digits")), Fresh(Source("swiss_roll")))

_PLACES: dict[Run, int] = {}
_PLACES.update({run: i for i, run in enumerate(TSNE_AHEAD)})
_PLACES.update({run: i for i, run in enumerate(UMAP_AHEAD)})


@cache
def _stored(name: str) -> dict[str, Floats]:
    return ahead.load(f"projections/{name}")


@lru_cache(maxsize=64)
def made(run: Run) -> Layout | None:
    """Give a layout that was made ahead, None if it was not."""
    at = _PLACES.get(run)
    if at is None:
        return None
    n = len(points(run.source))
    if isinstance(run, UmapRun):
        stored = _stored("umap")
        last = stored["last"][at, :n].astype(np.float64)
        return Layout(last[None], np.zeros(1, int), np.full(1, np.nan), float(stored["seconds"][at]))
    stored = _stored("tsne")
    count = int(stored["count"][at])
    frames = stored["frames"][at, :count, :n].astype(np.float64)
    # On the way 16 bits are enough; the result is kept as it was.
    frames[-1] = stored["last"][at, :n]
    steps = stored["steps"][at, :count].astype(np.int64)
    return Layout(frames, steps, stored["cost"][at, :count].astype(np.float64), float(stored["seconds"][at]))


@lru_cache(maxsize=8)
def made_chance(run: Chance) -> Chances | None:
    """Give chances that were made ahead, None if they were not."""
    if run not in CHANCES:
        return None
    stored, at = _stored("chance"), CHANCES.index(run)
    n = len(points(run.source))
    tsne, umap = (stored[name][at, :, :n].astype(np.float64) for name in ("tsne", "umap"))
    return Chances(tsne, umap, stored["tsne_scores"][at].copy(), stored["umap_scores"][at].copy())


@lru_cache(maxsize=8)
def made_fresh(run: Fresh) -> Placed | None:
    """Give new points that were placed ahead, None if they were not."""
    if run not in FRESH:
        return None
    stored, at = _stored("fresh"), FRESH.index(run)
    n = len(points(run.source))
    size = {"pca": n - run.new, "tsne": n - run.new, "umap": n - run.new, "again": n}
    return Placed(**{name: rows[at, : size.get(name, run.new)].astype(np.float64) for name, rows in stored.items()})

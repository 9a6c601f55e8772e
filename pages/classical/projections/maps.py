"""What there is of each method's map, and what it keeps."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import Source, points
from core.result import result
from core.text import T
from pages.classical.projections.points import Problem, problem
from ui.cache import RESULTS
from ui.scene import Part, over_seeds

NAMES = {"pca": T("PCA", "PCA"), "tsne": T("t-SNE", "t-SNE"), "umap": T("UMAP", "UMAP"), "mds": T("MDS", "MDS")}
THREE = ("pca", "tsne", "umap")
KS = range(1, 51)  # neighbours of which quality is measured
MANY = 20.0  # % of the points with others as near as the k-th


def ranked(source: Source, found: pj.Embedding) -> pj.Ranks:
    """Rank the neighbours of every point of a map that is done."""
    n = len(found.points)
    ranks: pj.Ranks = RESULTS.get(
        ("ranks", source, found), lambda: pj.ranks(_true_order(source, n), found.points, most=min(KS[-1], n - 1))
    )
    return ranks


@lru_cache(maxsize=2)
def _true_order(source: Source, n: int) -> pj.Order:
    return pj.order(points(source)[:n])


def judged(source: Source, found: pj.Embedding, k: int) -> pj.Quality:
    """Measure a map that is done, at k."""
    return ranked(source, found).quality([k])


@lru_cache(maxsize=64)
def over_k(source: Source, found: pj.Embedding) -> pj.Quality:
    """Measure a map that is done, at all of `KS` below half the points."""
    most = (len(found.points) - 1) // 2
    return ranked(source, found).quality([k for k in KS if k <= most])


@result
class Map:
    """A method's map as far as it has come, and what it keeps; NaN while that is not known."""

    problem: Problem
    frames: NDArray[np.float64]  # (t, n, dims), no frame while there is nothing
    iterations: NDArray[np.int64]  # (t,)
    cost: NDArray[np.float64]  # (t,)
    recall: float = np.nan  # %, of the k nearest neighbours
    trust: float = np.nan
    seconds: float = np.nan
    tied: float = np.nan  # %, of the points that have others as near as the k-th

    @property
    def ties(self) -> tuple[str, ...]:
        """Name the sentence that says how equally near points were counted, where there are many of them."""
        return ("tied",) if self.tied > MANY else ()

    @property
    def known(self) -> bool:
        return bool(np.isfinite(self.recall))

    @property
    def count(self) -> int:
        return int(self.frames.shape[1])

    @property
    def last(self) -> NDArray[np.float64]:
        return np.asarray(self.frames[-1])

    @cached_property
    def silhouette(self) -> float:
        return pj.clumps(self.last, most=12).silhouette

    @property
    def crowding(self) -> float:
        return pj.crowding(self.last)

    @property
    def widths(self) -> NDArray[np.float64]:
        return pj.widths(self.last, self.problem.label)

    @property
    def gap(self) -> float:
        return pj.gap(self.last, self.problem.label)

    @property
    def rank(self) -> float:
        """Correlation of the order of all distances with the true one."""
        return pj.shepard(self.problem.x, self.last).correlation

    @property
    def along(self) -> float:
        """The same with distances along the shape."""
        return pj.shepard(self.problem.place[:, None], self.last).correlation


def map_of(source: Source, part: Part, k: int, *, frames: int = 1, onto: NDArray[np.float64] | None = None) -> Map:
    """Give what there is of a map, at most so many frames of it, turned to match another map if there is one."""
    if part.value is None:
        return Map(problem(source), np.zeros((0, 0, 2)), np.zeros(1, int), np.full(1, np.nan))
    found = part.value
    if not isinstance(found, pj.Embedding):  # (n, dims), so far
        found = pj.Embedding(found[None], np.full(1, np.nan), np.nan, np.zeros(1, int))
    at = evenly(len(found.frames), frames)
    shown = found.frames[at]
    if onto is not None:
        shown = np.stack([turned(frame, onto[: len(frame)]) for frame in shown])
    kept: tuple[Any, ...] = ()
    if part.done:
        ranks, k = ranked(source, found), min(k, (shown.shape[1] - 1) // 2)
        quality = ranks.quality([k])
        kept = 100 * float(quality.recall[0]), float(quality.trustworthiness[0]), found.seconds, 100 * ranks.tied(k)
    return Map(problem(source), shown, found.iterations[at], found.cost[at], *kept)


@lru_cache(maxsize=16)
def classical(source: Source, dims: int) -> pj.Embedding:
    """Give the classical MDS."""
    return pj.mds(points(source), components=dims)


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """Pick at most `most` of `count` indices, the last and (if more than one) the first among them."""
    return np.unique(np.linspace(count - 1, 0, min(count, most)).round().astype(np.int64))


def turned(maps: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotate and reflect maps (…, n, dims) as the first has to be to match another; a panel fits any size."""
    first = maps if maps.ndim == 2 else maps[0]
    return np.asarray((maps - first.mean(axis=0)) @ pj.align(onto, first).rotation)


def over_draws(**fields: Any) -> tuple[dict[str, Any], ...]:
    """Give the sets of five runs on other draws of the data, with other seeds, too."""
    return tuple({**run, "draw": run["seed"]} for run in over_seeds(**fields))


def ends(values: Iterable[float]) -> tuple[float, float]:
    """Give the least and the most of several runs."""
    found = [float(value) for value in values]
    return min(found), max(found)


def instead(**maps: str) -> Callable[..., tuple[Any, ...]]:
    """Make wrong results of true ones: one map in another's place."""
    return lambda *runs: tuple(replace(r, **{to: getattr(r, name) for to, name in maps.items()}) for r in runs)

"""Maps of points with many coordinates: PCA, t-SNE, UMAP and multidimensional scaling, and measures of what a map keeps.

PCA is a shadow: it turns the points and drops coordinates. Classical multidimensional scaling keeps distances as well as
a shadow can, SMACOF as well as any map can. t-SNE and UMAP give up distances to keep neighbours together. None can keep
all; the measures say what each kept.

UMAP is umap-learn's, which is imported at the first call (`warm`); all else is numpy, t-SNE in `core.classical.tsne`.

References
----------
Pearson, "On lines and planes of closest fit to systems of points in space" (1901).
Torgerson, "Multidimensional scaling: I. Theory and method" (1952).
de Leeuw, "Applications of convex analysis to multidimensional scaling" (1977): SMACOF.
van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection for dimension reduction" (2018).
Venna & Kaski, "Neighborhood preservation in nonlinear projection methods" (2001): trustworthiness and continuity.
Wattenberg, Viégas & Johnson, "How to use t-SNE effectively" (2016): the shapes that mislead.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core.classical import tsne as steps
from core.classical.tsne import squared_distances
from core.data import load
from core.late import IMPORTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
OnFrame = Callable[[int, Floats], None]

METRICS = ("euclidean", "manhattan", "chebyshev", "cosine", "correlation")  # UMAP's
INITS = ("pca", "random")
UMAP_INITS = ("pca", "random", "spectral")
MDS_INITS = ("classical", "random")
MDS_METHODS = ("classical", "smacof")
MAX_POINTS = 3000  # where n × n matrices are needed: 72 MB each

_REPORT = 10  # iterations between two calls of on_frame, at most
_ROWS = 256  # of a block of a distance matrix
_LARGEST = 1e100  # squares of larger coordinates leave the numbers


# ---- results


@dataclass(frozen=True, eq=False)
class PCA:
    """Principal components. The arrays are read-only.

    Parameters
    ----------
    embedding
        (n, k) the points' coordinates along the components, the scores.
    components
        (k, d) unit vectors at right angles, the direction of most variance first; the largest entry of each is positive.
    mean
        (d,) the columns' means.
    variance
        (k,) of the scores, with n − 1; in the square of x's unit, or in shares of columns if standardised.
    variance_ratio
        (k,) shares of the variance of all columns.
    scale
        (d,) what the columns were divided by: their standard deviations (with n − 1) if standardised, else 1.
    """

    embedding: Floats
    components: Floats
    mean: Floats
    variance: Floats
    variance_ratio: Floats
    scale: Floats

    def __post_init__(self) -> None:
        _lock(self.embedding, self.components, self.mean, self.variance, self.variance_ratio, self.scale)

    @property
    def loadings(self) -> Floats:
        """(k, d) components times the scores' standard deviation: with standardised columns, their correlations."""
        return self.components * np.sqrt(self.variance)[:, None]

    def transform(self, x: ArrayLike) -> Floats:
        """Give (m, k) scores of new points (m, d)."""
        x = _points(x, "x", columns=len(self.mean))
        return np.asarray((x - self.mean) / self.scale @ self.components.T)

    def reconstruct(self, components: int | None = None, scores: ArrayLike | None = None) -> Floats:
        """Rebuild points from their first few scores.

        Parameters
        ----------
        components
            How many to use, 0 (the mean) to k; all by default.
        scores
            (m, k); the embedding by default.

        Returns
        -------
        (m, d) in x's units.
        """
        most = len(self.components)
        k = most if components is None else components
        if not isinstance(k, Integral) or not 0 <= k <= most:
            raise ValueError(f"components must be a whole number from 0 to {most}, not {components!r}.")
        s = self.embedding if scores is None else _points(scores, "scores", columns=most)
        return np.asarray(self.mean + self.scale * (s[:, :k] @ self.components[:k]))


@dataclass(frozen=True, eq=False)
class Embedding:
    """A map, and how it came about. The arrays are read-only.

    Parameters
    ----------
    frames
        (t, n, components) the points at the start, on the way, and in the end.
    cost
        (t,) what the method makes small: t-SNE's KL divergence in nats (without exaggeration), MDS's stress
        √(Σ (δ − d)² / Σ δ²). NaN for UMAP, whose cost umap-learn does not compute.
    seconds
        Wall time of the whole.
    iterations
        (t,) int, how many steps had been taken at each frame.
    """

    frames: Floats
    cost: Floats
    seconds: float
    iterations: Ints

    def __post_init__(self) -> None:
        _lock(self.frames, self.cost, self.iterations)

    @property
    def points(self) -> Floats:
        """(n, components), the last frame."""
        return np.asarray(self.frames[-1])


@dataclass(frozen=True, eq=False)
class Order:
    """Who is whose how-many-eth neighbour. The arrays are read-only.

    Parameters
    ----------
    near
        (n, n - 1) int, all others of each point, nearest first; of equally distant ones the smaller index first.
    rank
        (n, n) int, `rank[i, j]` is 1 if j is i's nearest; 0 on the diagonal.
    """

    near: NDArray[np.int32]
    rank: NDArray[np.int32]

    def __post_init__(self) -> None:
        _lock(self.near, self.rank)


@dataclass(frozen=True, eq=False)
class Quality:
    """What a map kept of the neighbourhoods, for each k of `ks`. The arrays are read-only.

    Parameters
    ----------
    trustworthiness
        (len(ks),) 1 if no point has a false neighbour; each false one costs by how far off it truly is.
    continuity
        (len(ks),) the same for missing neighbours.
    recall
        (len(ks),) share of the k true nearest neighbours that are among the k nearest of the map.
    point_trust, point_continuity, point_recall
        (n,) of each point alone, at the first of `ks`; their means are the first entries above.
    ks
        (len(ks),) int
    """

    trustworthiness: Floats
    continuity: Floats
    recall: Floats
    point_trust: Floats
    point_continuity: Floats
    point_recall: Floats
    ks: Ints

    def __post_init__(self) -> None:
        _lock(self.trustworthiness, self.continuity, self.recall, self.ks)
        _lock(self.point_trust, self.point_continuity, self.point_recall)


@dataclass(frozen=True, eq=False)
class Links:
    """One point's k neighbours: true ones, and those the map invents or loses. The arrays are read-only.

    Parameters
    ----------
    kept, false, missing
        Rows: near in both; near only in the map; near only in truth.
    """

    kept: Ints
    false: Ints
    missing: Ints

    def __post_init__(self) -> None:
        _lock(self.kept, self.false, self.missing)


@dataclass(frozen=True, eq=False)
class Shepard:
    """Distances of pairs of points, true and on the map. The arrays are read-only.

    Parameters
    ----------
    pairs
        (m, 2) int, rows.
    true, mapped
        (m,) distances.
    correlation
        Spearman's: 1 if the map keeps the order of all distances.
    """

    pairs: Ints
    true: Floats
    mapped: Floats
    correlation: float

    def __post_init__(self) -> None:
        _lock(self.pairs, self.true, self.mapped)


@dataclass(frozen=True, eq=False)
class Clumps:
    """How clustered points look, to k-means. The arrays are read-only.

    Parameters
    ----------
    silhouette
        Mean silhouette of the best split: 1 for tight, far apart clusters; near 0 where they touch.
    clusters
        Number of clusters of that split.
    labels
        (n,) int
    """

    silhouette: float
    clusters: int
    labels: Ints

    def __post_init__(self) -> None:
        _lock(self.labels)


@dataclass(frozen=True, eq=False)
class Alignment:
    """A rotation (perhaps with a reflection), a stretch of all axes alike, and a shift. The arrays are read-only.

    Parameters
    ----------
    centre, rotation, scale, target
        Points p go to (p − centre) · rotation × scale + target.
    disparity
        Share of the target's spread that is left between the two: 0 if they fall together.
    """

    centre: Floats
    rotation: Floats
    scale: float
    target: Floats
    disparity: float

    def __post_init__(self) -> None:
        _lock(self.centre, self.rotation, self.target)

    def apply(self, points: ArrayLike) -> Floats:
        """Move (…, n, d) points: one map, or all its frames."""
        return np.asarray((np.asarray(points) - self.centre) @ self.rotation * self.scale + self.target)


@dataclass(frozen=True, eq=False)
class Sample:
    """Points with what is known of them. The arrays are read-only.

    Parameters
    ----------
    name
        One of `DATASETS`.
    x
        (n, d)
    label
        (n,) int, each point's group; all 0 where there are none.
    groups
        Names of the groups.
    value
        (n,) from 0 to 1: the place along the shape (swiss roll, S-curve, rings, knot, walk); the distance from the centre
        where there is no such place; the group's share of the way through the groups where that is all there is.
    feature_names
        (d,)
    continuous
        Whether `value` tells more than `label`.
    """

    name: str
    x: Floats
    label: Ints
    groups: tuple[str, ...]
    value: Floats
    feature_names: tuple[str, ...]
    continuous: bool

    def __post_init__(self) -> None:
        _lock(self.x, self.label, self.value)


# ---- methods


def standardized(x: ArrayLike) -> Floats:
    """Shift and divide the columns of x (n, d) so that each has mean 0 and variance 1 (with n - 1); constant ones become 0."""
    x = _points(x, "x", rows=2)
    return np.asarray((x - x.mean(axis=0)) / _spread(x))


def pca(x: ArrayLike, *, components: int = 2, standardize: bool = False) -> PCA:
    """Find the directions of most variance.

    Parameters
    ----------
    x
        (n, d) finite numbers, at least two different points.
    components
        How many, 1 to min(n, d).
    standardize
        Divide each column by its standard deviation first: the components are then those of the correlation matrix, not
        of the covariance matrix. Constant columns are only shifted.

    Returns
    -------
    PCA

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite or out of its range, or all points are equal.

    Examples
    --------
    >>> p = pca([[0, 0], [1, 1], [2, 2]], components=1)
    >>> p.variance.round(6).tolist(), p.variance_ratio.round(6).tolist()
    ([2.0], [1.0])
    """
    x = _points(x, "x", rows=2)
    _whole(components, "components", 1, min(x.shape))
    mean = x.mean(axis=0)
    scale = _spread(x) if standardize else np.ones(x.shape[1])
    centred = (x - mean) / scale
    _differ(centred)
    # X = U S Vᵀ; the rows of Vᵀ are the eigenvectors of XᵀX / (n − 1), their variances S² / (n − 1).
    _, size, directions = np.linalg.svd(centred, full_matrices=False)
    variance = size**2 / (len(x) - 1)
    directions = directions[:components]
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.where(directions[np.arange(components), largest] < 0, -1.0, 1.0)[:, None]
    return PCA(
        embedding=centred @ directions.T,
        components=directions,
        mean=mean,
        variance=variance[:components].copy(),
        variance_ratio=(variance / variance.sum())[:components],
        scale=scale,
    )


def tsne(
    x: ArrayLike,
    *,
    components: int = 2,
    perplexity: float = 30,
    iterations: int = 500,
    exaggeration: float = 12,
    learning_rate: float | str = "auto",
    init: str | ArrayLike = "pca",
    seed: int = 0,
    every: int = 10,
    on_frame: OnFrame | None = None,
) -> Embedding:
    """Map points so that the affinities of the map's pairs follow those of the true pairs (t-SNE).

    Parameters
    ----------
    x
        (n, d) finite numbers, 3 to `MAX_POINTS` points.
    components
        Coordinates of the map, 1 to d for init "pca".
    perplexity
        How many neighbours a point has in effect, at least 1 and below n.
    iterations
        In all; the first min(250, iterations // 2) with exaggeration.
    exaggeration
        What the affinities are multiplied by in that time, at least 1.
    learning_rate
        Times the gradient of the KL divergence; "auto" is max(n / exaggeration / 4, 50).
    init
        "pca", the principal components shrunken to 1e-4; "random", Gaussian numbers of that size; or (n, components) places.
    seed
        Of a random start. From any other start nothing is random: every seed gives the same map.
    every
        Iterations between two frames.
    on_frame
        Called with the number of steps taken and (n, components) points at every tenth iteration at least, first before
        the affinities are computed. What it raises ends the run.

    Returns
    -------
    Embedding
        With frame 0 the start.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.

    Notes
    -----
    In three dimensions, too, Student's t has one degree of freedom (scikit-learn takes components − 1).
    """
    began = time.perf_counter()
    x = _points(x, "x", rows=3)
    n = _few(x)
    _whole(components, "components", 1)
    _number(perplexity, "perplexity", 1, n, below=True)
    _whole(iterations, "iterations", 0)
    _number(exaggeration, "exaggeration", 1)
    rate = max(n / exaggeration / 4, 50.0)
    if not isinstance(learning_rate, str):
        rate = _number(learning_rate, "learning_rate", 0)
    elif learning_rate != "auto":
        raise ValueError(f'learning_rate must be a number or "auto", not {learning_rate!r}.')
    _whole(every, "every", 1)
    y = _start(x, components, init, seed).astype(np.float32)
    if on_frame is not None:
        on_frame(0, y.astype(np.float64))
    P = steps.affinities(x, perplexity)
    divergence = steps.Divergence(P)
    frames, cost, taken = [], [], []
    for i, points, total in steps.descend(P, y, iterations=iterations, exaggeration=exaggeration, learning_rate=rate):
        if i % every == 0 or i == iterations:
            frames.append(points)
            cost.append(divergence(points, total))
            taken.append(i)
        if on_frame is not None and i and (i % every == 0 or i % _REPORT == 0):
            on_frame(i, points.astype(np.float64))
    return Embedding(np.array(frames, dtype=np.float64), np.array(cost), time.perf_counter() - began, np.array(taken))


def place(
    x: ArrayLike,
    embedding: ArrayLike,
    new: ArrayLike,
    *,
    perplexity: float = 5,
    iterations: int = 100,
    learning_rate: float = 0.1,
) -> Floats:
    """Place new points in a finished t-SNE map, which stays as it is.

    Each starts at the median of its nearest neighbours' places and descends a KL divergence of its own, without the
    other new points.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components) the old points and their places.
    new
        (m, d)
    perplexity
        Of the new points' affinities to the old, at least 1 and at most n.
    iterations, learning_rate
        Of the descent.

    Returns
    -------
    (m, components)

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x = _points(x, "x", rows=3)
    y = _points(embedding, "embedding")
    _same_length(x, y)
    new = _points(new, "new", columns=x.shape[1])
    _number(perplexity, "perplexity", 1, len(x))
    _whole(iterations, "iterations", 0)
    _number(learning_rate, "learning_rate", 0)
    return steps.place(x, y, new, perplexity=perplexity, iterations=iterations, learning_rate=learning_rate)


_umap_lock = threading.RLock()  # umap-learn's calls are made one at a time


def umap(
    x: ArrayLike,
    *,
    components: int = 2,
    neighbors: int = 15,
    min_dist: float = 0.1,
    metric: str = "euclidean",
    init: str = "pca",
    seed: int = 0,
    epochs: int = 500,
    every: int = 10,
    on_frame: OnFrame | None = None,
) -> Embedding:
    """Map points by UMAP: umap-learn's, on one thread, so that a seed gives the same map again.

    Parameters
    ----------
    x
        (n, d) finite numbers, 4 to `MAX_POINTS` points.
    components
        Coordinates of the map, 1 to n - 2; for init "pca" at most d.
    neighbors
        A point's neighbours, itself among them, 2 to n - 1.
    min_dist
        How near points may come to each other on the map, 0 to 1.
    metric
        One of `METRICS`.
    init
        "pca", "random", or "spectral" (eigenvectors of the neighbours' graph).
    seed
        Of the start and of the pairs that are pushed apart.
    epochs
        Passes over the graph's edges, at least 2.
    every
        Epochs between two frames.
    on_frame
        Called with the number of epochs done and (n, components) points at every tenth epoch at least. What it raises
        ends the run.

    Returns
    -------
    Embedding
        Frame 0 is after the first epoch; the costs are NaN.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    began = time.perf_counter()
    x = _points(x, "x", rows=4)
    _differ(x)
    with _umap_lock:
        model = _umap_model(x, components, neighbors, min_dist, metric, init, seed, epochs, every)
        with _watched(on_frame, every):
            model.fit(x)
        frames = np.array(model.embedding_list_, dtype=np.float64)
    taken = np.array([*range(1, epochs + 1, every), epochs])
    if taken[-2] == epochs:  # the last epoch is a frame of its own, too
        frames, taken = frames[:-1], taken[:-1]
    return Embedding(frames, np.full(len(frames), np.nan), time.perf_counter() - began, taken)


def umap_place(
    x: ArrayLike,
    new: ArrayLike,
    *,
    components: int = 2,
    neighbors: int = 15,
    min_dist: float = 0.1,
    metric: str = "euclidean",
    init: str = "pca",
    seed: int = 0,
    epochs: int = 500,
    on_frame: OnFrame | None = None,
) -> tuple[Embedding, Floats]:
    """Map points by UMAP and place new ones in the map: each starts between its neighbours and is then moved as they were.

    Parameters
    ----------
    x, components, neighbors, min_dist, metric, init, seed, epochs, on_frame
        As for `umap`.
    new
        (m, d)

    Returns
    -------
    The map of x, `umap`'s with one frame, and the new points' places (m, components).

    Raises
    ------
    ValueError
        As for `umap`.
    """
    began = time.perf_counter()
    x = _points(x, "x", rows=4)
    new = _points(new, "new", columns=x.shape[1])
    _differ(x)
    with _umap_lock:
        model = _umap_model(x, components, neighbors, min_dist, metric, init, seed, epochs, None)
        with _watched(on_frame, _REPORT):
            model.fit(x)
        points = np.array(model.embedding_, dtype=np.float64)
        places = np.array(model.transform(new), dtype=np.float64)
    embedding = Embedding(points[None], np.array([np.nan]), time.perf_counter() - began, np.array([epochs]))
    return embedding, places


def _umap_model(
    x: Floats,
    components: int,
    neighbors: int,
    min_dist: float,
    metric: str,
    init: str,
    seed: int,
    epochs: int,
    every: int | None,
) -> Any:
    """Check the arguments and give umap-learn's model, not yet fitted."""
    n, d = _few(x), x.shape[1]
    _one_of(metric, METRICS, "metric")
    _one_of(init, UMAP_INITS, "init")
    _whole(components, "components", 1, min(n - 2, d) if init == "pca" else n - 2)
    _whole(neighbors, "neighbors", 2, n - 1)
    _number(min_dist, "min_dist", 0, 1)
    _whole(seed, "seed", 0)
    _whole(epochs, "epochs", 2)
    if every is not None:
        _whole(every, "every", 1)
    return _umap_module().UMAP(
        n_neighbors=int(neighbors),
        n_components=int(components),
        min_dist=float(min_dist),
        metric=metric,
        init=init,
        random_state=int(seed),
        n_jobs=1,
        # A list of epochs makes it keep the places at each of them and at the end, and changes nothing else.
        n_epochs=int(epochs) if every is None else [*range(0, int(epochs), int(every)), int(epochs)],
    )


@contextmanager
def _watched(on_frame: OnFrame | None, every: int) -> Iterator[None]:
    """Have umap-learn call `on_frame`, which it has no way to: only while `_umap_lock` is held.

    Its optimiser asks after each epoch whether the epoch is in the list of those to keep. The list it is given here answers
    as a list does, and tells what it sees.
    """
    module = _umap_module().umap_
    optimize = module.optimize_layout_euclidean
    if on_frame is None:
        yield
        return
    tell = on_frame

    class Epochs(list[int]):
        points: NDArray[np.float32]

        def __contains__(self, epoch: object) -> bool:
            if isinstance(epoch, int) and (epoch % every == 0 or epoch % _REPORT == 0):
                tell(epoch + 1, self.points.astype(np.float64))
            return super().__contains__(epoch)

    def watched(points: NDArray[np.float32], *args: Any, **options: Any) -> Any:
        tail, rows, columns, epochs, *rest = args
        kept = Epochs(epochs if isinstance(epochs, list) else [epochs])
        kept.points = points
        found = optimize(points, tail, rows, columns, kept, *rest, **options)
        return found if isinstance(epochs, list) else found[-1]

    module.optimize_layout_euclidean = watched
    try:
        yield
    finally:
        module.optimize_layout_euclidean = optimize


@cache
def _umap_module() -> Any:
    """Import umap-learn, and see to it that what numba compiles is kept on disk, in a place that can be written to.

    umap-learn asks numba for that only in places; without, each process would compile for a quarter of a minute.
    """
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "sawaru-numba"))
    with IMPORTS, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=ImportWarning)  # that Tensorflow is not there: it is not needed
        import umap

    kept = {
        umap.umap_: ("smooth_knn_dist", "compute_membership_strengths", "init_graph_transform"),
        umap.utils: ("fast_knn_indices", "submatrix"),
    }
    for module, names in kept.items():
        for name in names:
            function: Any = getattr(module, name, None)
            if hasattr(function, "enable_caching"):
                function.enable_caching()
    return umap


def warm(*, apart: bool = False) -> None:
    """Have umap-learn imported and all that `umap` and `umap_place` need compiled, so that nobody has to wait for it.

    Parameters
    ----------
    apart
        Compile in a process of its own first: the compiler holds the interpreter for up to 0.3 s at a time, and with the
        cache that the other process leaves, this one needs a second instead of half a minute. Calls of `umap` wait.
    """
    with _umap_lock:
        if apart:
            code = "import os; os.nice(10); from core.classical import projections; projections.warm()"
            subprocess.run(
                [sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False, capture_output=True
            )
        x = np.random.default_rng(0).standard_normal((40, 3))
        umap_place(x, x[:2] + 0.1, neighbors=5, epochs=3)


def mds(
    x: ArrayLike,
    *,
    components: int = 2,
    method: str = "classical",
    seed: int = 0,
    init: str | ArrayLike = "classical",
    iterations: int = 200,
    every: int = 5,
    on_frame: OnFrame | None = None,
) -> Embedding:
    """Map points so that their distances are kept: multidimensional scaling.

    Parameters
    ----------
    x
        (n, d) finite numbers, at least two different points; at most `MAX_POINTS` for SMACOF.
    components
        Coordinates of the map, 1 to min(n, d).
    method
        "classical": inner products are kept as well as possible; for Euclidean distances that is PCA. "smacof": the
        distances themselves, by majorisation, step by step.
    seed
        Of a random start.
    init
        SMACOF's start: "classical", "random", or (n, components) places.
    iterations, every
        SMACOF's steps, and steps between two frames.
    on_frame
        As for `tsne`.

    Returns
    -------
    Embedding
        One frame for the classical method; SMACOF's from the start on.

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite or out of its range, or all points are equal.
    """
    began = time.perf_counter()
    x = _points(x, "x", rows=2)
    _one_of(method, MDS_METHODS, "method")
    _whole(components, "components", 1, min(x.shape))
    classical = pca(x, components=components).embedding
    if method == "classical":
        return Embedding(
            classical[None].copy(), np.array([stress(x, classical)]), time.perf_counter() - began, np.array([0])
        )
    n = _few(x)
    _whole(iterations, "iterations", 0)
    _whole(every, "every", 1)
    if isinstance(init, str):
        _one_of(init, MDS_INITS, "init")
        chance = float(np.sqrt((classical**2).mean())) * _rng(seed).standard_normal(classical.shape)
        y = classical.copy() if init == "classical" else chance
    else:
        y = _start(x, components, init, seed)
    delta = cdist(x, x)
    whole = float((delta**2).sum())
    frames, cost, taken = [], [], []
    for i in range(iterations + 1):
        d = cdist(y, y)
        if i % every == 0 or i == iterations:
            frames.append(y)
            # √(Σ (δ_ij − d_ij)² / Σ δ_ij²)
            cost.append(float(np.sqrt(((delta - d) ** 2).sum() / whole)))
            taken.append(i)
        if on_frame is not None and (i % every == 0 or i % _REPORT == 0):
            on_frame(i, y.copy())
        if i < iterations:
            # Guttman's transform: y_i ← 1/n Σ_j δ_ij / d_ij (y_i − y_j). The stress can't grow.
            ratio = np.divide(delta, d, out=np.zeros_like(d), where=d > 0)
            y = (y * ratio.sum(axis=1, keepdims=True) - ratio @ y) / n
    return Embedding(np.array(frames), np.array(cost), time.perf_counter() - began, np.array(taken))


def stress(x: ArrayLike, embedding: ArrayLike) -> float:
    """Give √(Σ (δ − d)² / Σ δ²) over all pairs: 0 if the map keeps all distances.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite, or all points are equal.
    """
    x, y = _points(x, "x", rows=2), _points(embedding, "embedding")
    _same_length(x, y)
    missed, whole = 0.0, 0.0
    for start in range(0, len(x), _ROWS):
        delta, d = (np.sqrt(squared_distances(z[start : start + _ROWS], z)) for z in (x, y))
        missed, whole = missed + float(((delta - d) ** 2).sum()), whole + float((delta**2).sum())
    if not whole > 0:
        raise ValueError("All points are equal: there are no distances to keep.")
    return float(np.sqrt(missed / whole))


# ---- measures


def order(x: ArrayLike) -> Order:
    """Rank all others of each point by distance; two of these are what `quality` compares.

    Parameters
    ----------
    x
        (n, d), 2 to `MAX_POINTS` points.

    Raises
    ------
    ValueError
        If the shape does not fit, or a number is not finite.
    """
    x = _points(x, "x", rows=2)
    n = _few(x)
    keys = squared_distances(x, x)
    np.fill_diagonal(keys, -1)
    # Numbers ≥ 0 sort as their bits do. Rounded to 39 bits, so that what was computed as equal is equal, with the row in the
    # 13 that are free then, equal distances come in the order of their rows, and sorting the keys sorts the rows with them.
    bits, last = keys.view(np.int64), (1 << 13) - 1
    bits += (last + 1) // 2
    bits &= ~last
    bits |= np.arange(n)
    bits.sort(axis=1)
    bits &= last
    near = bits.astype(np.int32)
    rank = np.empty((n, n), dtype=np.int32)
    np.put_along_axis(rank, near, np.arange(n, dtype=np.int32)[None], axis=1)
    return Order(near[:, 1:].copy(), rank)


def quality(x: ArrayLike | Order, embedding: ArrayLike | Order, *, ks: Sequence[int]) -> Quality:
    """Measure what a map keeps of the neighbourhoods, for all k in one pass.

    Parameters
    ----------
    x
        (n, d) the points, or their `order` where it is known already.
    embedding
        (n, components) their places, or the order of those.
    ks
        Numbers of neighbours, each at least 1 and below n / 2.

    Returns
    -------
    Quality

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    true = x if isinstance(x, Order) else order(x)
    mapped = embedding if isinstance(embedding, Order) else order(embedding)
    n = len(true.rank)
    if len(mapped.rank) != n:
        raise ValueError(f"x and embedding must have equally many rows, not {n} and {len(mapped.rank)}.")
    if len(ks) == 0:
        raise ValueError("ks must hold at least one number of neighbours.")
    for k in ks:
        _whole(k, "k", 1)
        if k >= n / 2:
            raise ValueError(f"k must be below half the number of points, {n / 2:g}, not {k}.")
    rows, most = np.arange(n)[:, None], max(ks)
    false = true.rank[rows, mapped.near[:, :most]]
    missing = mapped.rank[rows, true.near[:, :most]]
    trust, continuity, recall = [], [], []
    for k in ks:
        # T(k) = 1 − 2 / (n k (2n − 3k − 1)) Σ_i Σ_j max(0, r_ij − k), over the map's k neighbours j of i, r_ij the true rank.
        fine = 2 / (k * (2 * n - 3 * k - 1))
        trust.append(1 - fine * np.maximum(false[:, :k] - k, 0).sum(axis=1))
        continuity.append(1 - fine * np.maximum(missing[:, :k] - k, 0).sum(axis=1))
        recall.append((false[:, :k] <= k).mean(axis=1))
    over = [np.array([each.mean() for each in points]) for points in (trust, continuity, recall)]
    return Quality(over[0], over[1], over[2], trust[0], continuity[0], recall[0], np.array(ks))


def links(x: ArrayLike | Order, embedding: ArrayLike | Order, point: int, *, k: int = 10) -> Links:
    """Compare one point's k neighbours in truth and on the map.

    Parameters
    ----------
    x, embedding
        As for `quality`.
    point
        Row of the point.
    k
        Number of neighbours, 1 to n - 1.

    Returns
    -------
    Links

    Raises
    ------
    ValueError
        As for `quality`.
    """
    true = x if isinstance(x, Order) else order(x)
    mapped = embedding if isinstance(embedding, Order) else order(embedding)
    n = len(true.rank)
    if len(mapped.rank) != n:
        raise ValueError(f"x and embedding must have equally many rows, not {n} and {len(mapped.rank)}.")
    _whole(point, "point", 0, n - 1)
    _whole(k, "k", 1, n - 1)
    here, there = true.near[point, :k].astype(np.int64), mapped.near[point, :k].astype(np.int64)
    return Links(here[np.isin(here, there)], there[~np.isin(there, here)], here[~np.isin(here, there)])


def shepard(x: ArrayLike, embedding: ArrayLike, *, pairs: int = 2000, seed: int = 0) -> Shepard:
    """Draw pairs of points and give both distances of each.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)
    pairs
        How many, at least 2; a pair may come twice.
    seed
        Of the draw.

    Returns
    -------
    Shepard

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x, y = _points(x, "x", rows=3), _points(embedding, "embedding")
    _same_length(x, y)
    _whole(pairs, "pairs", 2)
    rng = _rng(seed)
    a = rng.integers(0, len(x), pairs)
    b = (a + rng.integers(1, len(x), pairs)) % len(x)
    true, mapped = np.linalg.norm(x[a] - x[b], axis=1), np.linalg.norm(y[a] - y[b], axis=1)
    return Shepard(np.column_stack([a, b]), true, mapped, _spearman(true, mapped))


def triplets(x: ArrayLike, embedding: ArrayLike, *, count: int = 5000, seed: int = 0) -> float:
    """Give the share of random triplets (i, j, k) for which the map keeps which of j and k is nearer to i.

    1 if all distances keep their order, about ½ for a map drawn at random: a measure of the global shape.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components)
    count
        Number of triplets, at least 1.
    seed
        Of the draw.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    x, y = _points(x, "x", rows=3), _points(embedding, "embedding")
    _same_length(x, y)
    _whole(count, "count", 1)
    rng, n = _rng(seed), len(x)
    i = rng.integers(0, n, count)
    first, second = rng.integers(1, n, count), rng.integers(1, n - 1, count)
    second += second >= first
    j, k = (i + first) % n, (i + second) % n

    def nearer(points: Floats) -> Floats:
        return np.asarray(((points[i] - points[j]) ** 2).sum(axis=1) - ((points[i] - points[k]) ** 2).sum(axis=1))

    return float(np.mean(np.sign(nearer(x)) == np.sign(nearer(y))))


def clumps(points: ArrayLike, *, most: int = 8, seed: int = 0) -> Clumps:
    """Split points by k-means into 2 to `most` clusters and give the split with the highest silhouette.

    Parameters
    ----------
    points
        (n, d), up to `MAX_POINTS`.
    most
        Largest number of clusters, 2 to n - 1.
    seed
        Of k-means' starts.

    Returns
    -------
    Clumps

    Raises
    ------
    ValueError
        If a shape does not fit, a number is not finite or out of its range, or all points are equal.
    """
    with IMPORTS:
        from sklearn.cluster import KMeans

    points = _points(points, "points", rows=3)
    n = _few(points)
    _whole(most, "most", 2, n - 1)
    _whole(seed, "seed", 0)
    kinds = len(np.unique(points, axis=0))
    if kinds < 2:
        raise ValueError("All points are equal: there is nothing to split.")
    distances = np.sqrt(squared_distances(points, points))
    best = Clumps(-1.0, 0, np.zeros(n, dtype=np.int64))
    for k in range(2, min(most, kinds) + 1):
        labels = KMeans(k, n_init=3, random_state=int(seed)).fit_predict(points).astype(np.int64)
        score = _silhouette(distances, labels)
        if score > best.silhouette:
            best = Clumps(score, k, labels)
    return best


def _silhouette(distances: Floats, labels: Ints) -> float:
    """Give the mean silhouette (Rousseeuw 1987) of a split by the points' (n, n) distances."""
    own = labels[:, None] == np.arange(labels.max() + 1)
    sizes = own.sum(axis=0)
    # a: mean distance to the others of one's own cluster; b: to those of the nearest other cluster; s = (b − a) / max(a, b).
    sums = distances @ own
    mates = sizes[labels] - 1
    a = sums[own] / np.maximum(mates, 1)
    b = np.where(own, np.inf, sums / sizes).min(axis=1)
    s = np.divide(b - a, np.maximum(a, b), out=np.zeros_like(a), where=(mates > 0) & (np.maximum(a, b) > 0))
    return float(s.mean())


def knn_accuracy(points: ArrayLike, labels: ArrayLike, *, k: int = 10) -> float:
    """Give the share of points whose k nearest others vote for their label: whether a map keeps the classes apart.

    Parameters
    ----------
    points
        (n, d), up to `MAX_POINTS`.
    labels
        (n,) whole numbers from 0.
    k
        1 to n - 1. Equal votes: the smallest label.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of its range.
    """
    points = _points(points, "points", rows=3)
    y = np.asarray(labels)
    if y.shape != points.shape[:1] or not np.issubdtype(y.dtype, np.integer) or y.min() < 0:
        raise ValueError(f"labels must hold a whole number from 0 for each of the {len(points)} points.")
    _whole(k, "k", 1, len(points) - 1)
    near = order(points).near[:, :k]
    votes = np.stack([(y[near] == c).sum(axis=1) for c in range(int(y.max()) + 1)], axis=1)
    return float(np.mean(votes.argmax(axis=1) == y))


def align(a: ArrayLike, b: ArrayLike) -> Alignment:
    """Find how to rotate, reflect, stretch and shift b so that it lies on a best, in squared distances (Procrustes).

    Parameters
    ----------
    a, b
        (n, d) each, at least two different points each.

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or all points of one are equal.

    Examples
    --------
    >>> found = align([[0, 0], [2, 0], [2, 1]], [[5, 5], [5, 9], [7, 9]])
    >>> round(found.scale, 6), round(found.disparity, 6)
    (0.5, 0.0)
    """
    a, b = _points(a, "a", rows=2), _points(b, "b", rows=2)
    if a.shape != b.shape:
        raise ValueError(f"a and b must have the same shape, not {a.shape} and {b.shape}.")
    target, centre = a.mean(axis=0), b.mean(axis=0)
    a0, b0 = a - target, b - centre
    spread_a, spread_b = float((a0**2).sum()), float((b0**2).sum())
    if not spread_a > 0 or not spread_b > 0:
        raise ValueError("a and b must each hold at least two different points.")
    # bᵀa = U S Vᵀ: the best rotation is U Vᵀ, the best stretch Σ S / Σ b².
    left, size, right = np.linalg.svd(b0.T @ a0)
    return Alignment(
        centre,
        left @ right,
        float(size.sum() / spread_b),
        target,
        float(max(0.0, 1 - size.sum() ** 2 / (spread_a * spread_b))),
    )


def procrustes(a: ArrayLike, b: ArrayLike) -> Floats:
    """Give b rotated, reflected, stretched and shifted so that it lies on a best; arguments and errors as for `align`."""
    return align(a, b).apply(_points(b, "b"))


# ---- data


def dataset(name: str, *, n: int = 500, seed: int = 0) -> Sample:
    """Make or read points to map.

    Parameters
    ----------
    name
        One of `DATASETS`.
    n
        Number of points, at least 10; digits, iris and wine have theirs: 1,797, 150 and 178.
    seed
        Of what is drawn.

    Returns
    -------
    Sample

    Raises
    ------
    ValueError
        If the name is unknown or a number is out of its range.
    """
    _one_of(name, DATASETS, "name")
    _whole(n, "n", 10)
    return _SETS[name](int(n), _rng(seed))


def _sample(
    name: str,
    x: Floats,
    label: NDArray[Any] | None = None,
    groups: Sequence[str] = ("all",),
    value: Floats | None = None,
    features: Sequence[str] = (),
) -> Sample:
    label = np.zeros(len(x), dtype=np.int64) if label is None else label.astype(np.int64)
    along = label / max(len(groups) - 1, 1) if value is None else value
    names = tuple(features) or tuple(f"x{i + 1}" for i in range(x.shape[1]))
    return Sample(name, np.array(x), label, tuple(groups), np.array(along), names, value is not None)


def _digits(n: int, rng: Generator) -> Sample:
    x, y = _digit_table()
    names = [f"pixel {row},{column}" for row in range(8) for column in range(8)]
    return _sample("digits", x, y, [str(c) for c in range(10)], features=names)


@cache
def _digit_table() -> tuple[Floats, Ints]:
    """Read the digits from scikit-learn's own file, without the time that importing scikit-learn takes.

    Source: Alpaydin & Kaynak, "Optical recognition of handwritten digits", UCI machine learning repository (1998).
    """
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise RuntimeError("The digits come with scikit-learn, which is not installed.")
    with gzip.open(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", "rt") as file:
        table = np.array([line.split(",") for line in file], dtype=np.float64)
    return table[:, :64].copy(), table[:, 64].astype(np.int64)


def _iris(n: int, rng: Generator) -> Sample:
    data = load("iris", noise=0)
    return _sample("iris", data.x, data.y, data.class_names, features=data.feature_names)


def _wine(n: int, rng: Generator) -> Sample:
    data = load("wine", noise=0)
    return _sample("wine", data.x, data.y, data.class_names, features=data.feature_names)


def _swiss_roll(n: int, rng: Generator) -> Sample:
    """Roll up a sheet one and a half times; `value` is the place along the rolled side (Marsland 2009)."""
    u = rng.uniform(size=(n, 2))
    t = 1.5 * np.pi * (1 + 2 * u[:, 0])
    x = np.column_stack([t * np.cos(t), 21 * u[:, 1], t * np.sin(t)])
    return _sample("swiss_roll", x, value=u[:, 0])


def _s_curve(n: int, rng: Generator) -> Sample:
    """Bend a sheet to an S; `value` is the place along the bent side."""
    u = rng.uniform(size=(n, 2))
    t = 3 * np.pi * (u[:, 0] - 0.5)
    x = np.column_stack([np.sin(t), 2 * u[:, 1], np.sign(t) * (np.cos(t) - 1)])
    return _sample("s_curve", x, value=u[:, 0])


def _unequal(n: int, rng: Generator) -> Sample:
    """Put three round clusters at equal distances in ten dimensions, each three times as wide as the one before."""
    y = np.arange(n) % 3
    centres = np.zeros((3, 10))
    centres[np.arange(3), np.arange(3)] = 40.0
    x = centres[y] + np.array([1.0, 3.0, 9.0])[y, None] / 3 * rng.standard_normal((n, 10))
    return _sample("unequal", x, y, ("narrow", "medium", "wide"))


def _far(n: int, rng: Generator) -> Sample:
    """Put three equally wide clusters on a line in ten dimensions, the third five times as far from the second as the first."""
    y = np.arange(n) % 3
    centres = np.zeros((3, 10))
    centres[:, 0] = [0.0, 10.0, 60.0]
    return _sample("far", centres[y] + rng.standard_normal((n, 10)), y, ("left", "middle", "far right"))


def _nested(n: int, rng: Generator) -> Sample:
    """Put a cluster within a cluster fifty times as wide, in fifty dimensions."""
    y = np.arange(n) % 2
    x = np.array([1.0, 50.0])[y, None] * rng.standard_normal((n, 50))
    return _sample("nested", x, y, ("inner", "outer"))


def _trefoil(n: int, rng: Generator) -> Sample:
    """Draw from a closed curve with a knot in it, which no map to the plane can undo."""
    u = rng.uniform(size=n)
    t = 2 * np.pi * u
    x = np.column_stack([np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)])
    return _sample("trefoil", x, value=u)


def _linked(n: int, rng: Generator) -> Sample:
    """Put two rings, each through the middle of the other."""
    y, u = np.arange(n) % 2, rng.uniform(size=n)
    t = 2 * np.pi * u
    flat, zero = np.column_stack([np.cos(t), np.sin(t)]), np.zeros(n)
    first = np.column_stack([flat, zero])
    second = np.column_stack([1 + flat[:, 0], zero, flat[:, 1]])
    return _sample("linked", np.where(y[:, None] == 0, first, second), y, ("ring 1", "ring 2"), value=u)


def _walk(n: int, rng: Generator) -> Sample:
    """Walk through a hundred dimensions, one Gaussian step after the other; `value` is the time."""
    x = np.cumsum(rng.standard_normal((n, 100)), axis=0)
    return _sample("walk", x, value=np.linspace(0, 1, n))


def _noise(n: int, rng: Generator) -> Sample:
    """Draw from one Gaussian in a hundred dimensions: there is nothing to find; `value` is the distance from the centre."""
    x = rng.standard_normal((n, 100))
    away = np.linalg.norm(x, axis=1)
    return _sample("noise", x, value=(away - away.min()) / (away.max() - away.min()))


_SETS: dict[str, Callable[[int, Generator], Sample]] = {
    "digits": _digits,
    "iris": _iris,
    "wine": _wine,
    "swiss_roll": _swiss_roll,
    "s_curve": _s_curve,
    "unequal": _unequal,
    "far": _far,
    "nested": _nested,
    "trefoil": _trefoil,
    "linked": _linked,
    "walk": _walk,
    "noise": _noise,
}
DATASETS = tuple(_SETS)


# ---- checks


def _lock(*arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.setflags(write=False)


def _points(values: ArrayLike, name: str, *, rows: int = 1, columns: int | None = None) -> Floats:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"{name} must be a table of points, one a row, not of shape {points.shape}.")
    if len(points) < rows:
        raise ValueError(f"{name} must hold at least {rows} points, not {len(points)}.")
    if columns is not None and points.shape[1] != columns:
        raise ValueError(f"{name} must have {columns} columns, not {points.shape[1]}.")
    if not np.isfinite(points).all():
        raise ValueError(f"{name} must hold finite numbers only.")
    if np.abs(points).max() > _LARGEST:
        raise ValueError(f"{name} must hold numbers up to {_LARGEST:g}.")
    return points


def _few(x: Floats) -> int:
    if len(x) > MAX_POINTS:
        raise ValueError(f"x must hold at most {MAX_POINTS} points, not {len(x)}.")
    return len(x)


def _differ(x: Floats) -> None:
    if not np.ptp(x, axis=0).any():
        raise ValueError("All points are equal: there is no direction in which they vary.")


def _same_length(x: Floats, y: Floats) -> None:
    if len(x) != len(y):
        raise ValueError(f"x and embedding must have equally many rows, not {len(x)} and {len(y)}.")


def _whole(value: Any, name: str, low: int, high: int | None = None) -> int:
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        limits = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be a whole number {limits}, not {value!r}.")
    return int(value)


def _number(value: Any, name: str, low: float, high: float = np.inf, *, below: bool = False) -> float:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else np.nan
    if not (np.isfinite(number) and low <= number <= high) or (below and number == high):
        limits = f"at least {low:g}" if high == np.inf else f"from {low:g} to {'below ' if below else ''}{high:g}"
        raise ValueError(f"{name} must be a number {limits}, not {value!r}.")
    return number


def _one_of(value: str, choices: Sequence[str], name: str) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")


def _rng(seed: int) -> Generator:
    return np.random.default_rng(_whole(seed, "seed", 0))


def _spread(x: Floats) -> Floats:
    """(d,) standard deviations with n − 1; 1 for constant columns."""
    spread = x.std(axis=0, ddof=1)
    return np.where(np.ptp(x, axis=0) > 0, spread, 1.0)


def _start(x: Floats, components: int, init: str | ArrayLike, seed: int) -> Floats:
    """(n, components) to begin with."""
    rng = _rng(seed)
    if not isinstance(init, str):
        y = _points(init, "init", columns=components)
        if len(y) != len(x):
            raise ValueError(f"init must hold a place for each of the {len(x)} points, not {len(y)}.")
        return y.copy()
    _one_of(init, INITS, "init")
    if init == "random":
        return 1e-4 * rng.standard_normal((len(x), components))
    y = pca(x, components=_whole(components, "components", 1, min(x.shape))).embedding
    return np.asarray(1e-4 * y / y[:, 0].std())


def _ranks(values: Floats) -> Floats:
    """Rank numbers from 1; equal ones share the mean of their ranks."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[which])


def _spearman(a: Floats, b: Floats) -> float:
    """Correlate the ranks of two lists of numbers; NaN if either is constant."""
    ranks = [_ranks(values) - (len(values) + 1) / 2 for values in (a, b)]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / size if size > 0 else np.nan

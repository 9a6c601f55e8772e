"""UMAP: umap-learn's, on one thread, so that a seed gives the same map again; imported at the first call (`warm`).

McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection for dimension reduction" (2018).
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.projections.embedding import REPORT, Embedding, OnFrame
from core.classical.projections.points import MAX_POINTS, Floats, must_differ, take
from core.late import IMPORTS

METRICS = ("euclidean", "manhattan", "chebyshev", "cosine", "correlation")
UMAP_INITS = ("pca", "random", "spectral")

_LOCK = threading.RLock()  # umap-learn's calls are made one at a time


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
    """
    began = time.perf_counter()
    x = take("x", x, least=4, most=MAX_POINTS)
    must_differ(x)
    with _LOCK:
        model = _model(x, components, neighbors, min_dist, metric, init, seed, epochs, every)
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
    neighbors: int = 15,
    seed: int = 0,
    epochs: int = 500,
    on_frame: OnFrame | None = None,
) -> tuple[Embedding, Floats]:
    """Map points by UMAP into the plane and place new ones: each starts between its neighbours, then moves as they did.

    Parameters
    ----------
    x, neighbors, seed, epochs, on_frame
        As for `umap`; all else is as there by default.
    new
        (m, d)

    Returns
    -------
    The map of x, `umap`'s with one frame, and the new points' places (m, 2).
    """
    began = time.perf_counter()
    x = take("x", x, least=4, most=MAX_POINTS)
    new = take("new", new, columns=x.shape[1])
    must_differ(x)
    with _LOCK:
        model = _model(x, 2, neighbors, 0.1, "euclidean", "pca", seed, epochs, None)
        with _watched(on_frame, REPORT):
            model.fit(x)
        points = np.array(model.embedding_, dtype=np.float64)
        places = np.array(model.transform(new), dtype=np.float64)
    embedding = Embedding(points[None], np.array([np.nan]), time.perf_counter() - began, np.array([epochs]))
    return embedding, places


def _model(
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
    n, d = x.shape
    epochs = door.whole("epochs", epochs, least=2)
    return umap_learn().UMAP(
        n_neighbors=door.whole("neighbors", neighbors, least=2, most=n - 1),
        n_components=door.whole("components", components, most=min(n - 2, d) if init == "pca" else n - 2),
        min_dist=door.number("min_dist", min_dist, least=0, most=1),
        metric=door.one_of("metric", metric, METRICS),
        init=door.one_of("init", init, UMAP_INITS),
        random_state=door.whole("seed", seed, least=0),
        n_jobs=1,
        # A list of epochs makes it keep the places at each of them and at the end, and changes nothing else.
        n_epochs=epochs if every is None else [*range(0, epochs, door.whole("every", every)), epochs],
    )


@contextmanager
def _watched(on_frame: OnFrame | None, every: int) -> Iterator[None]:
    """Have umap-learn call `on_frame`, which it has no way to: only while `_LOCK` is held.

    Its optimiser asks after each epoch whether the epoch is in the list of those to keep. The list it is given here
    answers as a list does, and tells what it sees.
    """
    module = umap_learn().umap_
    optimize = module.optimize_layout_euclidean
    if on_frame is None:
        yield
        return
    tell = on_frame

    class Epochs(list[int]):
        points: NDArray[np.float32]

        def __contains__(self, epoch: object) -> bool:
            if isinstance(epoch, int) and (epoch % every == 0 or epoch % REPORT == 0):
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
def umap_learn() -> Any:
    """Import umap-learn, and see to it that what numba compiles is kept on disk, in a place that can be written to.

    umap-learn asks numba for that only in places; without, each process would compile for a quarter of a minute.
    """
    # One thread: with more, numba sets OpenMP's number for all of the process, and scikit-learn's wait for each other.
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")
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
        Compile in a process of its own first: the compiler holds the interpreter for up to 0.3 s at a time, and with
        the cache that the other process leaves, this one needs a second instead of half a minute. Calls of `umap` wait.
    """
    with _LOCK:
        if apart:
            code = "import os; os.nice(10); from core.classical import projections; projections.warm()"
            subprocess.run(
                [sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False, capture_output=True
            )
        x = np.random.default_rng(0).standard_normal((40, 3))
        umap_place(x, x[:2] + 0.1, neighbors=5, epochs=3)

"""The runs that were made ahead: what the default of a data set, an experiment or a question of the page needs.

The scripts in `assets/projections/` do them; `made` gives a result at once. The first of each list is small, for the
test that makes it again.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np

from core import ahead
from core.classical.projections.embedding import Embedding
from core.classical.projections.points import Floats
from core.classical.projections.runs import Chance, Chances, Fresh, Placed, Source, TsneRun, UmapRun, points
from core.data import DATASETS

DRAWS = (
    1,
    2,
    3,
    4,
)  # and 0, the page's own: five draws of the data, or five seeds, for claims that chance has a hand in
TSNE: tuple[TsneRun, ...] = (
    TsneRun(Source("iris")),
    *(TsneRun(Source(name)) for name in DATASETS if name != "iris"),
    TsneRun(Source("digits"), init="random"),
    TsneRun(Source("noise"), perplexity=2.0),
    *(TsneRun(Source("digits"), perplexity=p) for p in (2.0, 5.0, 100.0)),
    *(TsneRun(Source("noise", draw=draw), perplexity=p) for draw in DRAWS for p in (2.0, 30.0)),
    *(TsneRun(Source(name, draw=draw)) for name in ("unequal", "far", "swiss_roll") for draw in DRAWS),
)
UMAP: tuple[UmapRun, ...] = (
    UmapRun(Source("iris")),
    *(UmapRun(Source(name)) for name in DATASETS if name != "iris"),
    *(UmapRun(Source("digits"), init=init) for init in ("random", "spectral")),
    *(UmapRun(Source("digits"), neighbors=k) for k in (2, 50)),
    UmapRun(Source("noise"), neighbors=3),
    UmapRun(Source("swiss_roll"), init="spectral"),
    *(UmapRun(Source("digits"), seed=seed) for seed in DRAWS),
    *(UmapRun(Source(name, draw=i), seed=i) for name in ("unequal", "far", "swiss_roll") for i in DRAWS),
    *(UmapRun(Source("swiss_roll", draw=i), init="spectral", seed=i) for i in DRAWS),
    *(UmapRun(Source("noise", draw=i), seed=i) for i in DRAWS),
)
CHANCES: tuple[Chance, ...] = (Chance(Source("iris")), Chance(Source("digits")), Chance(Source("digits"), "pca"))
FRESH: tuple[Fresh, ...] = (
    Fresh(Source("iris"), 20),
    Fresh(Source("digits")),
    Fresh(Source("swiss_roll")),
    *(Fresh(Source("digits"), fold=fold) for fold in DRAWS),
)

Stored = dict[str, Floats]


@lru_cache(maxsize=64)
def made(run: Any) -> Any:
    """Give the result of a run, an `Embedding`, `Chances` or `Placed`, if it was made ahead, else None."""
    for name, (runs, read) in _STORES.items():
        if run in runs:
            return read(_stored(name), runs.index(run), run, len(points(run.source)))
    return None


@cache
def _stored(name: str) -> Stored:
    return ahead.load(f"projections/{name}")


def _tsne(stored: Stored, at: int, run: TsneRun, n: int) -> Embedding:
    count = int(stored["count"][at])
    frames = stored["frames"][at, :count, :n].astype(np.float64)
    # On the way 16 bits are enough; the result is kept as it was.
    frames[-1] = stored["last"][at, :n]
    steps, cost = stored["steps"][at, :count].astype(np.int64), stored["cost"][at, :count].astype(np.float64)
    return Embedding(frames, cost, float(stored["seconds"][at]), steps)


def _umap(stored: Stored, at: int, run: UmapRun, n: int) -> Embedding:
    last = stored["last"][at, :n].astype(np.float64)
    return Embedding(last[None], np.full(1, np.nan), float(stored["seconds"][at]), np.zeros(1, int))


def _chance(stored: Stored, at: int, run: Chance, n: int) -> Chances:
    tsne, umap = (stored[name][at, :, :n].astype(np.float64) for name in ("tsne", "umap"))
    return Chances(tsne, umap, stored["tsne_scores"][at].copy(), stored["umap_scores"][at].copy())


def _fresh(stored: Stored, at: int, run: Fresh, n: int) -> Placed:
    size = {"pca": n - run.new, "tsne": n - run.new, "umap": n - run.new, "again": n}
    return Placed(**{name: rows[at, : size.get(name, run.new)].astype(np.float64) for name, rows in stored.items()})


_STORES: dict[str, tuple[tuple[Any, ...], Callable[..., Any]]] = {
    "tsne": (TSNE, _tsne),
    "umap": (UMAP, _umap),
    "chance": (CHANCES, _chance),
    "fresh": (FRESH, _fresh),
}

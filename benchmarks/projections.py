"""t-SNE against scikit-learn's, and what UMAP costs: `python -m benchmarks.projections`.

Handwritten digits (1,797 × 64), both from the same start, equally many iterations, equally many threads, in turns in
one process; ours keeps a frame at every tenth iteration. The time is the wall's, the best of the turns.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from core.classical import projections as pj
from core.data import dataset
from tools.harness import machine

THREADS = (1, 2)
TURNS = 3


def against(iterations: int, threads: int, turns: int = TURNS) -> list[str]:
    """Give the cells of one row: iterations, threads, seconds of both, their ratio, accuracies, and KL divergences."""
    from sklearn.manifold import TSNE

    sample = dataset("digits")
    start = pj.tsne(sample.x, iterations=0).points.astype(np.float32)
    ours, theirs = [], []
    with threadpool_limits(threads):
        for _ in range(turns):
            began = time.perf_counter()
            found = pj.tsne(sample.x, iterations=iterations, every=10, on_frame=lambda i, y: None)
            ours.append(time.perf_counter() - began)
            model = TSNE(init=start, max_iter=iterations, min_grad_norm=0, n_iter_without_progress=iterations)
            began = time.perf_counter()
            points = model.fit_transform(sample.x)
            theirs.append(time.perf_counter() - began)
    assert model.n_iter_ == iterations - 1
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    accuracy = [pj.knn_accuracy(y, sample.label, k=10) for y in (found.points, points)]
    return [
        f"{iterations}",
        f"{threads}",
        f"{min(ours):.2f}",
        f"{min(theirs):.2f}",
        f"{min(ours) / min(theirs):.2f} ({statistics.median(ratios):.2f})",
        f"{accuracy[0]:.3f} / {accuracy[1]:.3f}",
        f"{found.cost[-1]:.3f} / {model.kl_divergence_:.3f}",
        f"{len(found.frames)}",
    ]


def first_frame(method: Callable[..., Any], n: int) -> tuple[float, float]:
    """Give the seconds to the first frame that has moved, and to the end."""
    x = dataset("digits").x[:n]
    seen: list[float] = []
    began = time.perf_counter()
    method(x, on_frame=lambda i, y: seen.append(time.perf_counter()) if i >= 10 else None)
    return seen[0] - began, time.perf_counter() - began


def table() -> str:
    """Lay the figures out as two Markdown tables."""
    rows = [
        "| iterations | threads | t-SNE here, s | scikit-learn, s | ratio of the best (median) "
        "| 10-NN accuracy | KL divergence | frames |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows += [f"| {' | '.join(against(count, threads))} |" for count in (500, 1000) for threads in THREADS]
    rows += ["", "| digits, one thread | first frame, s | whole, s |", "|---|---|---|"]
    pj.warm()
    with threadpool_limits(1):
        for name, method in (("t-SNE", pj.tsne), ("UMAP", pj.umap)):
            for n in (500, 1797):
                first, whole = min((first_frame(method, n) for _ in range(TURNS)), key=lambda times: times[1])
                rows.append(f"| {name}, {n} points | {first:.2f} | {whole:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

"""Neighbours against scikit-learn: `python -m benchmarks.neighbors`.

Leave-one-out accuracy of 500 points for k = 1 … 100, and the answers of 1,000 points on a lattice of 100 × 100. Times
are the best of several runs, in turn.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.classical import neighbors as nb
from tools.harness import machine


def cloud(n: int, classes: int = 3) -> tuple[Any, Any]:
    """Draw points of the plane in classes that overlap."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % classes
    return rng.standard_normal((n, 2)) + 0.7 * y[:, None], y


def seconds(*acts: Callable[[], object], runs: int = 7) -> list[float]:
    """Time each in turn, and again; give the best of each."""
    best = [float("inf")] * len(acts)
    for _ in range(runs):
        for i, act in enumerate(acts):
            start = time.perf_counter()
            act()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def leave_one_out() -> list[str]:
    """Compare `loo_accuracy` with scikit-learn, refitted for each k: as it is meant to be, and in the cheapest way."""
    from sklearn.model_selection import LeaveOneOut, cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    x, y = cloud(500)
    ks = np.arange(1, 101)
    ours, theirs = np.empty(0), np.empty(0)

    def all_at_once() -> None:
        nonlocal ours
        ours = nb.loo_accuracy(x, y, ks)

    def a_fit_each() -> None:
        # kneighbors() without queries leaves each point out: one fit and one search for each k
        nonlocal theirs
        right = []
        for k in ks:
            near = KNeighborsClassifier(int(k)).fit(x, y).kneighbors(return_distance=False)
            votes = np.stack([(y[near] == c).sum(axis=1) for c in range(3)], axis=1)
            right.append(np.mean(votes.argmax(axis=1) == y))
        theirs = np.array(right)

    def a_fit_each_point() -> None:
        cross_val_score(KNeighborsClassifier(7), x, y, cv=LeaveOneOut())

    mine, cheap = seconds(all_at_once, a_fit_each)
    (one,) = seconds(a_fit_each_point, runs=1)
    assert np.abs(ours - theirs).max() < 0.05, "they answer otherwise only where votes are equal"
    rows = (("one fit and one search for each k", cheap), ("a fit for each point and each k (one k, × 100)", 100 * one))
    return [
        f"| leave-one-out, 500 points, 100 k | {name} | {1e3 * mine:.1f} | {1e3 * them:,.0f} "
        f"| {them / mine:,.0f} × faster |"
        for name, them in rows
    ]


def field() -> list[str]:
    """Compare the field of a plane with scikit-learn's."""
    from sklearn.neighbors import KNeighborsClassifier

    x, y = cloud(1000)
    line = np.linspace(-3, 4, 100)
    cells = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    rows = []
    for k in (1, 5, 15, 50, 200):
        mine, theirs = seconds(
            lambda k=k: nb.knn_predict(x, y, cells, k=k),  # type: ignore[misc]
            lambda k=k: KNeighborsClassifier(k).fit(x, y).predict(cells),  # type: ignore[misc]
            runs=3,
        )
        rows.append(
            f"| 100 × 100 field, 1,000 points | k = {k} | {1e3 * mine:.1f} | {1e3 * theirs:.1f} "
            f"| {mine / theirs:.2f} × its time |"
        )
    return rows


def table() -> str:
    """Lay the figures out as a Markdown table."""
    head = ["| what | scikit-learn's way | ours, ms | scikit-learn, ms | |", "|---|---|---|---|---|"]
    return "\n".join([*head, *leave_one_out(), *field()])


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

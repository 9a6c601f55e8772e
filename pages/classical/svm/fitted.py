"""Machines in the plane, and what one reads off them."""

import numpy as np
from numpy.typing import NDArray

from core.classical import svm
from core.result import result
from core.text import T
from ui import stock


@result
class Street:
    problem: stock.Problem
    used: NDArray[np.bool_]  # (n,) points that were learnt from
    machine: svm.SVM | None  # None without both classes
    edge: NDArray[np.float64]  # (n,) how far on its own side of the middle each point stands; a kerb is at 1

    @property
    def count(self) -> int:
        return len(self.machine.support) if self.machine else 0

    @property
    def width(self) -> float | None:
        """Of the street; None where it has no end: both classes stand in one place."""
        length = float(np.linalg.norm(self.machine.weights[1:])) if self.machine else 0.0
        return 2 / length if length > 1e-9 else None

    @property
    def wide(self) -> T:
        """The width in words."""
        return T("限りなし", "endless") if self.width is None else T(*[f"{self.width:.3f}"] * 2)

    @property
    def inside(self) -> int | None:
        """Points in the street or beyond it, of those learnt from."""
        return int(np.sum(self.edge[self.used] < 1 - 1e-6)) if self.machine else None

    @property
    def wrong(self) -> int:
        """Support vectors on the wrong side."""
        return int(np.sum(self.edge[self.used][self.machine.support] < 0)) if self.machine else 0

    @property
    def accuracy(self) -> float | None:
        return 100 * float(np.mean(self.edge[self.used] > 0)) if self.machine else None


def street(p: stock.Plane, C: float, kept: str) -> Street:
    """Fit to all points, or once more to those that are kept."""
    data = stock.problem(p)
    used = np.ones(len(data.y), dtype=bool)
    machine = fitted(data, used, C)
    if machine is not None and kept != "all":
        held = np.isin(np.arange(len(data.y)), machine.support)
        used = held if kept == "support" else ~held
        machine = fitted(data, used, C)
    edge = (2 * data.y - 1) * machine.decision(data.x) if machine is not None else np.zeros(len(data.y))
    return Street(data, used, machine, edge)


def fitted(data: stock.Problem, used: NDArray[np.bool_], C: float) -> svm.SVM | None:
    if len(np.unique(data.y[used])) < 2 or np.abs(data.x).max() > svm.LARGEST:
        return None
    return svm.fit(data.x[used], data.y[used], C=C)

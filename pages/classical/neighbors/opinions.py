"""What two methods say, about the plane and about the examples, and where they disagree."""

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.grid import Grid
from core.result import result
from pages.classical.neighbors.shared import Examples


@result
class Mind:
    scores: NDArray[np.float64]  # (cells, classes)
    label: NDArray[np.int64]  # (cells,) what it says there
    truth: NDArray[np.int64]  # (n,) classes of the examples
    answers: NDArray[np.int64]  # (n,) what it says about each, learned from four fifths without it

    @property
    def counts(self) -> NDArray[np.int64]:
        """(classes, classes) how often a true class got an answer."""
        counts = np.zeros((self.scores.shape[1],) * 2, dtype=np.int64)
        np.add.at(counts, (self.truth, self.answers), 1)
        return counts

    @property
    def right(self) -> int:
        return int(np.trace(self.counts))

    @property
    def accuracy(self) -> float | None:
        """In %."""
        return 100 * self.right / len(self.answers) if len(self.answers) > 1 else None


@result
class Minds:
    data: Examples
    grid: Grid
    k: int
    knn: Mind
    other: Mind
    centres: nb.Centroids  # as distances see them
    moved: bool  # whether they were placed by hand
    gaussians: nb.Gaussians | None = None

    @property
    def n(self) -> int:
        return len(self.data.y)

    @property
    def disagree(self) -> int | None:
        return int((self.knn.answers != self.other.answers).sum()) if self.n > 1 else None

    @property
    def cells(self) -> int:
        return len(self.knn.label)

    @property
    def split(self) -> NDArray[np.bool_]:
        """(cells,) where the two disagree."""
        return self.knn.label != self.other.label

    @property
    def share(self) -> float:
        """Of the plane, in %."""
        return 100 * float(self.split.mean())

    @property
    def mahalanobis(self) -> int:
        """Cells where the nearest centroid in Mahalanobis distance says what the other method says."""
        centroids, cells = nb.centroids(self.data.train, self.data.labels), self.data.seen(self.grid.points())
        return int((nb.ncc_predict(centroids, cells, metric="mahalanobis") == self.other.label).sum())

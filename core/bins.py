"""Histograms: how many values fall into each of equally wide bins."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.result import result

Floats = NDArray[np.float64]


@result
class Bins:
    """Counts of values in the equally wide bins from `low` to `high`."""

    counts: NDArray[np.int64]  # (…, bins)
    low: float
    high: float
    of: int  # how many values a row has, those that no bin counts too

    @property
    def edges(self) -> Floats:
        """(bins + 1,) the ends of the bins."""
        return np.linspace(self.low, self.high, self.counts.shape[-1] + 1)

    @property
    def middles(self) -> Floats:
        """(bins,) what is halfway between them."""
        return np.asarray((self.edges[1:] + self.edges[:-1]) / 2)

    @property
    def half(self) -> float:
        """Half the width of a bin."""
        return float((self.high - self.low) / self.counts.shape[-1] / 2)

    @property
    def shares(self) -> Floats:
        """(…, bins) counts by all values."""
        return np.asarray(self.counts / max(self.of, 1))

    @property
    def density(self) -> Floats:
        """(…, bins) shares by the width of a bin: what a probability density is held against."""
        return np.asarray(self.shares / (2 * self.half))


def histogram(values: ArrayLike, low: float, high: float, bins: int, *, beyond: bool = False) -> Bins:
    """Count values (…, n) in bins from `low` to `high`, both ends included, each row for itself.

    What lies beyond the ends, or is not a number, is left out; with `beyond` the bins at the ends count it, the last
    one what is not a number.
    """
    x = np.asarray(values, float)
    rows = x.reshape(int(np.prod(x.shape[:-1])), x.shape[-1])
    cells = np.fmax(np.fmin((rows - low) * (bins / (high - low)), bins - 1), 0).astype(np.intp)
    if not beyond:
        cells[~((rows >= low) & (rows <= high))] = bins  # one more, which is left out
    cells += (bins + 1) * np.arange(len(rows))[:, None]
    counts = np.bincount(cells.ravel(), minlength=(bins + 1) * len(rows)).reshape(*x.shape[:-1], bins + 1)
    return Bins(counts[..., :-1], low, high, x.shape[-1])

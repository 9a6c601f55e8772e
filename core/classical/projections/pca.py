"""Principal component analysis: turn the points, look from the side where they spread most.

Pearson, "On lines and planes of closest fit to systems of points in space" (1901).
"""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.projections.points import Floats, must_differ, take
from core.result import result


@result
class PCA:
    """Principal components."""

    embedding: Floats  # (n, k) the points' coordinates along the components, the scores
    components: (
        Floats  # (k, d) unit vectors at right angles, most variance first; the largest entry of each is positive
    )
    mean: Floats  # (d,) the columns' means
    variance: Floats  # (k,) of the scores, with n − 1
    variance_ratio: Floats  # (k,) shares of the variance of all columns
    scale: Floats  # (d,) what the columns were divided by: their standard deviations if standardised, else 1

    def transform(self, x: ArrayLike) -> Floats:
        """Give (m, k) scores of new points (m, d)."""
        x = take("x", x, columns=len(self.mean))
        return np.asarray((x - self.mean) / self.scale @ self.components.T)

    def reconstruct(self, components: int | None = None, scores: ArrayLike | None = None) -> Floats:
        """Rebuild points (m, d), in x's units, from their first few scores.

        Parameters
        ----------
        components
            How many to use, 0 (the mean) to k; all by default.
        scores
            (m, k); the embedding by default.
        """
        most = len(self.components)
        k = most if components is None else door.whole("components", components, least=0, most=most)
        s = self.embedding if scores is None else take("scores", scores, columns=most)
        return np.asarray(self.mean + self.scale * (s[:, :k] @ self.components[:k]))


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

    Examples
    --------
    >>> p = pca([[0, 0], [1, 1], [2, 2]], components=1)
    >>> p.variance.round(6).tolist(), p.variance_ratio.round(6).tolist()
    ([2.0], [1.0])
    """
    x = take("x", x, least=2)
    components = door.whole("components", components, most=min(x.shape))
    mean = x.mean(axis=0)
    scale = _spread(x) if standardize else np.ones(x.shape[1])
    centred = (x - mean) / scale
    must_differ(centred)
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


def standardized(x: ArrayLike) -> Floats:
    """Give the columns of x (n, d) mean 0 and variance 1 (with n − 1); constant ones become 0."""
    x = take("x", x, least=2)
    return np.asarray((x - x.mean(axis=0)) / _spread(x))


def _spread(x: Floats) -> Floats:
    """(d,) standard deviations with n − 1; 1 for constant columns."""
    spread = x.std(axis=0, ddof=1)
    return np.where(np.ptp(x, axis=0) > 0, spread, 1.0)

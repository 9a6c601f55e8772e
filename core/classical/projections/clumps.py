"""Whether points stand in clumps: by how well they split, and by how near the nearest one is; how large known ones are.

Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis" (1987).
Clark & Evans, "Distance to nearest neighbor as a measure of spatial relationships in populations" (1954).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull, cKDTree

from core import door
from core.classical.projections.points import MAX_POINTS, Floats, Ints, squared_distances, take
from core.late import IMPORTS
from core.result import result


@result
class Clumps:
    """How clustered points look, to k-means."""

    silhouette: float  # mean silhouette of the best split: 1 for tight, far apart clusters; near 0 where they touch
    clusters: int  # of that split
    labels: Ints  # (n,)


def clumps(points: ArrayLike, *, most: int = 8, seed: int = 0) -> Clumps:
    """Split points by k-means into 2 to `most` clusters and give the split with the highest silhouette.

    Parameters
    ----------
    points
        (n, d), up to `MAX_POINTS`.
    most
        Largest number of clusters, 2 to n − 1.
    seed
        Of k-means' starts.
    """
    with IMPORTS:
        from sklearn.cluster import KMeans

    points = take("points", points, least=3, most=MAX_POINTS)
    n = len(points)
    most, seed = door.whole("most", most, least=2, most=n - 1), door.whole("seed", seed, least=0)
    kinds = len(np.unique(points, axis=0))
    if kinds < 2:
        raise ValueError("All points are equal: there is nothing to split.")
    distances = np.sqrt(squared_distances(points, points))
    best = Clumps(-1.0, 0, np.zeros(n, dtype=np.int64))
    for k in range(2, min(most, kinds) + 1):
        labels = KMeans(k, n_init=3, random_state=seed).fit_predict(points).astype(np.int64)
        score = _silhouette(distances, labels)
        if score > best.silhouette:
            best = Clumps(score, k, labels)
    return best


def _silhouette(distances: Floats, labels: Ints) -> float:
    """Give the mean silhouette of a split by the points' (n, n) distances."""
    own = labels[:, None] == np.arange(labels.max() + 1)
    sizes = own.sum(axis=0)
    # a: mean distance to the others of one's own cluster; b: to those of the nearest other; s = (b − a) / max(a, b).
    sums = distances @ own
    mates = sizes[labels] - 1
    a = sums[own] / np.maximum(mates, 1)
    b = np.where(own, np.inf, sums / sizes).min(axis=1)
    s = np.divide(b - a, np.maximum(a, b), out=np.zeros_like(a), where=(mates > 0) & (np.maximum(a, b) > 0))
    return float(s.mean())


def crowding(places: Floats) -> float:
    """Say how near the nearest other of (n, 2) places is, as a share of what it would be for places strewn at random.

    About 1 at random over the same convex hull, less in clumps, more where points keep their distance.
    """
    nearest = cKDTree(places).query(places, k=2)[0][:, 1]
    # Strewn at random with density ρ = n / area, the mean distance is 1 / (2 √ρ).
    return float(2 * nearest.mean() * np.sqrt(len(places) / ConvexHull(places).volume))


def widths(x: Floats, labels: Ints) -> Floats:
    """Give the root mean square distance of each class's points (n, d) from its centre, as a share of the first's."""
    parts = [x[labels == c] for c in np.unique(labels)]
    wide = np.sqrt([((part - part.mean(axis=0)) ** 2).sum(axis=1).mean() for part in parts])
    return np.asarray(wide / wide[0])


def gap(x: Floats, labels: Ints) -> float:
    """Say how many times farther the third class of points (n, d) is from the second than the first is."""
    first, second, third = (x[labels == c].mean(axis=0) for c in range(3))
    return float(np.linalg.norm(third - second) / np.linalg.norm(first - second))

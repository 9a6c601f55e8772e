"""Clusters: k-means step by step, mixtures of Gaussians by EM, and how many there are.

Sources: Lloyd, "Least squares quantization in PCM" (1982); Arthur & Vassilvitskii, "k-means++" (2007); Dempster, Laird
& Rubin, "Maximum likelihood from incomplete data via the EM algorithm" (1977); Neal & Hinton, "A view of the EM
algorithm that justifies incremental, sparse, and other variants" (1998), for the bound; Rousseeuw, "Silhouettes"
(1987).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from core import door
from core.classical.kmeans import METHODS as METHODS
from core.classical.kmeans import Trace as Trace
from core.classical.kmeans import kmeans as kmeans
from core.classical.kmeans import starts as starts
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COVARIANCES = ("full", "diagonal", "spherical", "shared")
THIN = 1e-8  # variance below which a bell, in units of the data's, counts as collapsed


@result
class Mixture:
    """A mixture of Gaussians, and how EM came to it. Row 0 of a walk is the start."""

    weights: Floats  # (k,)
    means: Floats  # (k, d)
    covariances: Floats  # (k, d, d)
    responsibilities: Floats  # (n, k) share of each bell in each point
    log_likelihood: Floats  # (t,) of all points, in nats
    bound: Floats  # (t,) what the responsibilities of the step before promise of it; equal once they are renewed
    collapsed: bool  # whether a bell shrank onto fewer points than it has dimensions: the likelihood has no end
    path: tuple[Floats, Floats, Floats]  # weights (t, k), means (t, k, d), covariances (t, k, d, d)


def em(
    x: ArrayLike,
    *,
    components: int,
    covariance: str = "full",
    ridge: float = 0.0,
    start: ArrayLike | None = None,
    steps: int = 100,
    seed: int = 0,
) -> Mixture:
    """Fit a mixture of Gaussians by expectation and maximisation.

    Parameters
    ----------
    x
        (n, d) points.
    components
        How many bells, from 1 to n.
    covariance
        "full"; "diagonal"; "spherical": round; "shared": round, and one size for all.
    ridge
        Added to the variances at each step, above or at 0. Without it a bell may collapse onto a point.
    start
        (components, d) means; by default `starts` "plusplus". All bells begin round, as wide as the data.
    steps
        At most; it ends where the likelihood no longer rises, or where a bell has collapsed.
    """
    x = door.points("x", x, least=2)
    k = door.whole("components", components, most=len(x))
    door.one_of("covariance", covariance, COVARIANCES)
    ridge, steps = door.number("ridge", ridge, least=0), door.whole("steps", steps)
    means = (
        starts(x, k, method="plusplus", seed=seed)
        if start is None
        else door.numbers("start", start, shape=(k, x.shape[1]))
    )
    wide = float(x.var(axis=0).mean()) or 1.0
    now = np.full(k, 1 / k), means, np.tile(wide * np.eye(x.shape[1]), (k, 1, 1))
    path, likelihood, bound, collapsed = [now], [], [], False
    joint = _joint(x, *now)
    total = np.logaddexp.reduce(joint, axis=1)  # ln Σ w N of each point
    likelihood.append(float(total.sum()))
    bound.append(likelihood[0])
    for _ in range(steps):
        # E: r = w N(x; μ, Σ) / Σ w N
        r = np.exp(joint - total[:, None])
        later = _maximised(x, r, covariance, ridge)
        if np.linalg.eigvalsh(later[2]).min() < THIN * wide or later[0].min() < 1e-12:
            collapsed = True
            break
        joint = _joint(x, *later)
        total = np.logaddexp.reduce(joint, axis=1)
        # Σ r ln (w N / r) ≤ ln-likelihood, with equality where r are the responsibilities
        with np.errstate(divide="ignore", invalid="ignore"):
            bound.append(float(np.where(r > 0, r * (joint - np.log(r)), 0.0).sum()))
        likelihood.append(float(total.sum()))
        now = later
        path.append(now)
        if likelihood[-1] - likelihood[-2] < 1e-10 * abs(likelihood[-1]) and not ridge:
            break
    r = np.exp(joint - total[:, None])
    walk = tuple(np.array([step[i] for step in path]) for i in range(3))
    return Mixture(*now, r, np.array(likelihood), np.array(bound), collapsed, (walk[0], walk[1], walk[2]))


def silhouette(x: ArrayLike, labels: ArrayLike) -> float:
    """Give the mean of (b − a) / max(a, b): a the mean distance to one's own cluster, b to the nearest other.

    Parameters
    ----------
    x, labels
        (n, d) points and (n,) clusters from 0, at least two of them; a point alone in its cluster counts 0.

    Examples
    --------
    >>> silhouette([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]).__round__(3)
    0.9
    """
    x = door.points("x", x, least=2)
    labels = door.labels("labels", labels, len(x))
    clusters, member = np.unique(labels, return_inverse=True)
    if len(clusters) < 2:
        raise ValueError("labels must hold at least two clusters.")
    count = np.bincount(member)
    sums = cdist(x, x) @ np.eye(len(clusters))[member]  # (n, clusters) sum of distances to each
    own = count[member]
    rows = np.arange(len(x))
    a = sums[rows, member] / np.maximum(own - 1, 1)
    others = sums / count
    others[rows, member] = np.inf
    b = others.min(axis=1)
    most = np.maximum(a, b)
    s = np.where((own > 1) & (most > 0), (b - a) / np.where(most > 0, most, 1.0), 0.0)
    return float(s.mean())


def adjusted_rand(a: ArrayLike, b: ArrayLike) -> float:
    """Say how alike two ways to group are: 1 for the same, 0 for what chance gives (Hubert & Arabie, 1985).

    Parameters
    ----------
    a, b
        (n,) groups from 0.
    """
    n = np.size(a)
    a, b = door.labels("a", a, n), door.labels("b", b, n)
    table = np.zeros((int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1))
    np.add.at(table, (a, b), 1)
    together, rows, columns = (float((v * (v - 1) / 2).sum()) for v in (table, table.sum(axis=1), table.sum(axis=0)))
    # (pairs together − by chance) / (at most − by chance)
    chance, most = rows * columns / max(n * (n - 1) / 2, 1), (rows + columns) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def bic(mixture: Mixture, covariance: str) -> float:
    """Give the Bayesian information criterion, −2 ln L + p ln n with p free parameters: the lower the better."""
    k, d = mixture.means.shape
    shape = {"full": k * d * (d + 1) // 2, "diagonal": k * d, "spherical": k, "shared": 1}
    p = k - 1 + k * d + shape[door.one_of("covariance", covariance, COVARIANCES)]
    return float(-2 * mixture.log_likelihood[-1] + p * np.log(len(mixture.responsibilities)))


def _joint(x: Floats, weights: Floats, means: Floats, covariances: Floats) -> Floats:
    """Give ln w + ln N(x; μ, Σ): (n, k)."""
    d = x.shape[1]
    factor = np.linalg.cholesky(covariances)
    away = np.linalg.solve(factor, (x[None] - means[:, None]).transpose(0, 2, 1))  # (k, d, n)
    log_det = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    logs = np.log(weights)[:, None] - 0.5 * ((away**2).sum(axis=1) + log_det[:, None] + d * np.log(2 * np.pi))
    return np.asarray(logs.T)


def _maximised(x: Floats, r: Floats, covariance: str, ridge: float) -> tuple[Floats, Floats, Floats]:
    """Give the weights, means and covariances that are likeliest for these shares."""
    n, d = x.shape
    held = r.sum(axis=0) + 1e-300
    means = (r.T @ x) / held[:, None]
    away = x[None] - means[:, None]  # (k, n, d)
    full = np.einsum("nk,kni,knj->kij", r, away, away) / held[:, None, None]
    variance = np.diagonal(full, axis1=1, axis2=2)  # (k, d)
    if covariance == "diagonal":
        full = variance[:, :, None] * np.eye(d)
    elif covariance == "spherical":
        full = variance.mean(axis=1)[:, None, None] * np.eye(d)
    elif covariance == "shared":
        full = np.tile(float((held / n) @ variance.mean(axis=1)) * np.eye(d), (len(held), 1, 1))
    return held / held.sum(), means, full + ridge * np.eye(d)

"""Mean field: the nearest law whose coordinates do not know of each other, of a law that is Gaussian."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]


@result
class Factors:
    """Independent Gaussians, one a coordinate, and how they came; row 0 is the start, then a coordinate each row."""

    means: Floats  # (t, d)
    variances: Floats  # (t, d)
    elbo: Floats  # (t,) the evidence lower bound, in nats: minus KL(q ‖ p), p being normalised


def mean_field(mean: ArrayLike, covariance: ArrayLike, *, start: ArrayLike, sweeps: int) -> Factors:
    """Lower KL(q ‖ p) one coordinate at a time, p = N(mean, covariance). Bishop (2006), 10.1.2.

    Parameters
    ----------
    mean, covariance
        (d,) and (d, d), positive definite.
    start
        (d,) the first means; the first variances are those of p.
    sweeps
        How often each coordinate is renewed.

    Examples
    --------
    >>> mean_field([0, 0], [[1, 0.6], [0.6, 1]], start=[0, 0], sweeps=1).variances[-1].round(6).tolist()
    [0.64, 0.64]
    """
    mean, covariance = _law(mean, covariance)
    m, s = door.numbers("start", start, shape=mean.shape).copy(), np.diag(covariance).copy()
    precision = np.linalg.inv(covariance)
    means, variances = [m.copy()], [s.copy()]
    for _ in range(door.whole("sweeps", sweeps, least=0)):
        for j in range(len(m)):
            # q_j = N(μ_j − Λ_jj⁻¹ Σ_{k≠j} Λ_jk (m_k − μ_k), Λ_jj⁻¹)
            others = precision[j] @ (m - mean) - precision[j, j] * (m[j] - mean[j])
            m[j], s[j] = mean[j] - others / precision[j, j], 1 / precision[j, j]
            means.append(m.copy())
            variances.append(s.copy())
    bound = [-divergence(a, np.diag(v), mean, covariance) for a, v in zip(means, variances, strict=True)]
    return Factors(np.array(means), np.array(variances), np.array(bound))


def matched(mean: ArrayLike, covariance: ArrayLike) -> Factors:
    """Lower KL(p ‖ q) instead, by matching moments: each coordinate of p, (d,) and (d, d), keeps mean and variance."""
    mean, covariance = _law(mean, covariance)
    variances = np.diag(covariance).copy()
    bound = -divergence(mean, np.diag(variances), mean, covariance)
    return Factors(mean[None].copy(), variances[None], np.array([bound]))


def divergence(mean: ArrayLike, covariance: ArrayLike, other_mean: ArrayLike, other_covariance: ArrayLike) -> float:
    """Give KL(N(mean, covariance) ‖ N(other_mean, other_covariance)) in nats.

    Examples
    --------
    >>> divergence([1.0], [[1.0]], [0.0], [[1.0]])
    0.5
    """
    (a, A), (b, B) = _law(mean, covariance), _law(other_mean, other_covariance)
    if a.shape != b.shape:
        raise ValueError(f"Both laws must have the same dimensions, not {len(a)} and {len(b)}.")
    away = b - a
    # ½ [tr(B⁻¹A) + (b − a)ᵀ B⁻¹ (b − a) − d + ln |B| − ln |A|]
    trace, distance = np.trace(np.linalg.solve(B, A)), away @ np.linalg.solve(B, away)
    return float(trace + distance - len(a) + np.linalg.slogdet(B)[1] - np.linalg.slogdet(A)[1]) / 2


def posterior(x: ArrayLike, t: ArrayLike) -> tuple[Floats, Floats]:
    """Give mean (d,) and covariance (d, d) of the weights of a linear regression, under a flat prior.

    Parameters
    ----------
    x, t
        (n, d) features, which are scaled to mean 0 and variance 1, and (n,) targets; more rows than d + 1. The noise is
        Gaussian and its variance taken as known: what is left of t, over n − d − 1.
    """
    x = door.points("x", x)
    t = door.numbers("t", t, shape=(len(x),))
    n, d = x.shape
    if n < d + 2:
        raise ValueError(f"x must have at least {d + 2} rows for {d} features, not {n}.")
    z = x - x.mean(axis=0)
    if (np.ptp(x, axis=0) == 0).any() or np.linalg.matrix_rank(z) < d:
        raise ValueError("Each feature of x must vary, and not follow from the others.")
    z /= z.std(axis=0)
    inverse = np.linalg.inv(z.T @ z)
    # ŵ = (ZᵀZ)⁻¹Zᵀt, and its covariance is σ²(ZᵀZ)⁻¹
    w = inverse @ z.T @ (t - t.mean())
    noise = np.sum((t - t.mean() - z @ w) ** 2) / (n - d - 1)
    return w, np.asarray(noise * inverse)


def _law(mean: ArrayLike, covariance: ArrayLike) -> tuple[Floats, Floats]:
    mean = door.numbers("mean", mean, ndim=1)
    covariance = door.numbers("covariance", covariance, shape=(len(mean), len(mean)))
    if len(mean) == 0 or not np.allclose(covariance, covariance.T) or np.linalg.eigvalsh(covariance)[0] <= 0:
        raise ValueError("covariance must be symmetric and positive definite.")
    return mean, covariance

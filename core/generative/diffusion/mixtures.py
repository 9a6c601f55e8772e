"""Mixtures of bells under noise: score, density, and the best guess of where a point came from. All of it is exact.

A point of bell k, N(μ, Σ), becomes at the level ᾱ a point of N(√ᾱ μ, ᾱ Σ + (1 − ᾱ) I): a mixture stays a mixture.
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.generative.diffusion.noise import level
from core.result import result

Floats = NDArray[np.float64]
POINTS = "A mixture with points in it has no density at alpha_bar = 1."


class Bells(Protocol):
    """Whatever has weights, means and covariances: a `Mixture`, or what EM found (`core.classical.clusters.em`)."""

    @property
    def weights(self) -> Floats: ...  # noqa: D102
    @property
    def means(self) -> Floats: ...  # noqa: D102
    @property
    def covariances(self) -> Floats: ...  # noqa: D102


@result
class Mixture:
    """A mixture of k bells in d dimensions.

    Parameters
    ----------
    weights
        (k,) above 0, their sum 1.
    means
        (k, d).
    covariances
        (k, d, d), or (k,) variances of bells that are round. A variance of 0 is a point.

    Raises
    ------
    ValueError
        Shapes that do not fit, weights that do not sum to 1, a matrix that is no covariance.
    """

    weights: Floats
    means: Floats
    covariances: Floats

    def __post_init__(self) -> None:
        means = np.array(door.points("means", self.means))
        weights = np.array(door.numbers("weights", self.weights, shape=(len(means),)))
        if (weights <= 0).any() or abs(weights.sum() - 1) > 1e-9:
            raise ValueError("weights must be above 0, and their sum 1.")
        spread = np.array(door.numbers("covariances", self.covariances))
        if spread.shape not in ((len(means),), (*means.shape, means.shape[1])):
            raise ValueError(f"covariances must have shape (k,) or (k, d, d), not {spread.shape}.")
        if spread.ndim == 3 and not np.allclose(spread, spread.swapaxes(1, 2), rtol=1e-9, atol=1e-12):
            raise ValueError("covariances must be symmetric.")
        variances = spread if spread.ndim == 1 else np.linalg.eigvalsh(spread)
        if (variances < -1e-9 * max(1.0, np.abs(spread).max())).any():
            raise ValueError("covariances must have no negative variance.")
        for name, value in (("weights", weights), ("means", means), ("covariances", spread)):
            object.__setattr__(self, name, value)


def kernels(x: ArrayLike, sd: float = 0.0) -> Mixture:
    """Put a round bell of this width on each of the points (n, d): with width 0 the law of the data set itself."""
    x, sd = door.points("x", x), door.number("sd", sd, least=0)
    return Mixture(np.full(len(x), 1 / len(x)), x, np.full(len(x), sd**2))


def bell(x: ArrayLike) -> Mixture:
    """Fit one bell to points (n, d), n at least 2: their mean and covariance."""
    x = door.points("x", x, least=2)
    return Mixture(np.ones(1), x.mean(axis=0)[None], np.atleast_2d(np.cov(x.T))[None])


def log_density(mixture: Bells, x: ArrayLike, alpha_bar: float = 1.0) -> Floats:
    """Give ln p_t (n,) at points (n, d)."""
    logs = _logs(mixture, _points(mixture, x), level(alpha_bar))
    top = logs.max(axis=1)
    # ln Σ_k w_k N(x; √ᾱ μ_k, S_k)
    return np.asarray(top + np.log(np.exp(logs - top[:, None]).sum(axis=1)))


def responsibilities(mixture: Bells, x: ArrayLike, alpha_bar: float = 1.0) -> Floats:
    """Give the chance (n, k) that a point (n, d) seen at this level came from each bell."""
    return _shares(_logs(mixture, _points(mixture, x), level(alpha_bar)))


def score(mixture: Bells, x: ArrayLike, alpha_bar: float) -> Floats:
    """Give ∇ ln p_t, where the density under noise grows, at points.

    Parameters
    ----------
    mixture
        Of the data.
    x
        (n, d), or one point (d,).
    alpha_bar
        The level: above 0; 1 is the mixture itself.

    Returns
    -------
    array of x's shape

    Raises
    ------
    ValueError
        At level 1 of a mixture of points, which has no density; or arguments that do not fit.

    Examples
    --------
    >>> score(Mixture([1.0], [[0.0]], [1.0]), [[2.0]], 0.5).tolist()
    [[-2.0]]
    """
    flat = np.ndim(x) == 1
    points, left = _points(mixture, np.atleast_2d(np.asarray(x)) if flat else x), level(alpha_bar)
    share = _shares(_logs(mixture, points, left))
    # ∇ ln p = Σ_k r_k S_k⁻¹ (√ᾱ μ_k − x)
    if _is_round(mixture):
        over = share / (left * mixture.covariances + 1 - left)
        found = np.sqrt(left) * over @ mixture.means - over.sum(axis=1, keepdims=True) * points
    else:
        away, variances, turns = _turned(mixture, points, left)
        found = np.einsum("nk,nkj,kij->ni", share, -away / variances, turns)
    return np.asarray(found[0] if flat else found)


def denoised(
    mixture: Bells, x: ArrayLike, alpha_bar: float, *, towards: ArrayLike = 0, guidance: float = 0.0
) -> Floats:
    """Give the best guess (n, d) of where points (n, d) came from: their mean, E[x₀ | x_t].

    Parameters
    ----------
    towards
        The bells that make up a class: one index, or several.
    guidance
        How much the guess is moved by what it would be if the class were known: with 1 it is that guess, with more it
        lies beyond (Ho & Salimans, 2022, whose w is one less).
    """
    x, left = _points(mixture, x), level(alpha_bar)
    guidance = door.number("guidance", guidance, least=0)
    logs = _logs(mixture, x, left)
    guess = _guess(mixture, _shares(logs), x, left)
    if guidance == 0:
        return guess
    own = np.full(logs.shape[1], -np.inf)
    own[_named(towards, logs.shape[1])] = 0.0
    known = _guess(mixture, _shares(logs + own), x, left)
    # s + w (s_c − s), and a guess is linear in the score
    return np.asarray(guess + guidance * (known - guess))


def _guess(mixture: Bells, share: Floats, x: Floats, left: float) -> Floats:
    """Give Σ_k r_k E[x₀ | x, k] with E[x₀ | x, k] = μ_k + √ᾱ Σ_k S_k⁻¹ (x − √ᾱ μ_k)."""
    if _is_round(mixture):
        spread = left * mixture.covariances
        pull = np.divide(spread, spread + 1 - left, out=np.zeros_like(spread), where=spread > 0)
        return np.asarray((share * (1 - pull)) @ mixture.means + (share @ pull)[:, None] * x / np.sqrt(left))
    away, variances, turns = _turned(mixture, x, left)
    pull = (variances - (1 - left)) / np.sqrt(left) / variances
    return np.asarray(share @ mixture.means + np.einsum("nk,nkj,kij->ni", share, pull * away, turns))


def _named(towards: ArrayLike, k: int) -> NDArray[np.int64]:
    bells = door.labels("towards", np.atleast_1d(np.asarray(towards)), np.size(towards), classes=k)
    if len(bells) == 0:
        raise ValueError("towards must name at least one bell.")
    return bells


def _shares(logs: Floats) -> Floats:
    share = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _logs(mixture: Bells, x: Floats, left: float) -> Floats:
    """Give ln w_k N(x; √ᾱ μ_k, S_k), S_k = ᾱ Σ_k + (1 − ᾱ) I, (n, k)."""
    d = x.shape[1]
    if _is_round(mixture):
        spread = left * mixture.covariances + 1 - left
        if (spread <= 0).any():
            raise ValueError(POINTS)
        at = np.sqrt(left) * mixture.means
        far = np.maximum((x**2).sum(axis=1)[:, None] + (at**2).sum(axis=1) - 2 * x @ at.T, 0) / spread
        ln = d * np.log(spread)
    else:
        away, variances, _ = _turned(mixture, x, left)
        far, ln = (away**2 / variances).sum(axis=2), np.log(variances).sum(axis=1)
    return np.asarray(np.log(mixture.weights) - 0.5 * (d * np.log(2 * np.pi) + ln + far))


def _turned(mixture: Bells, x: Floats, left: float) -> tuple[Floats, Floats, Floats]:
    """Give x − √ᾱ μ_k (n, k, d) along the axes of S_k, S_k's eigenvalues (k, d) and eigenvectors (k, d, d)."""
    own, turns = np.linalg.eigh(mixture.covariances)
    variances = left * np.maximum(own, 0) + 1 - left
    if (variances <= 0).any():
        raise ValueError(POINTS)
    return np.einsum("nki,kij->nkj", x[:, None] - np.sqrt(left) * mixture.means, turns), variances, turns


def _is_round(mixture: Bells) -> bool:
    return np.ndim(mixture.covariances) == 1


def _points(mixture: Bells, x: ArrayLike) -> Floats:
    return door.numbers("x", x, shape=(None, np.shape(mixture.means)[1]))

"""Bradley–Terry: each thing has a score, and the difference of two scores says how often one is preferred."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from core import door

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]
STEPS, NEAR = 200, 1e-13  # of Newton's method, and how small its last one is
ROUNDING = 1e-12  # of a likelihood, as a part of it: near the top every step gains less
NARROWEST, WIDEST = 1e-6, 1e9  # priors that double precision tells from none at all


def bradley_terry(wins: ArrayLike, *, prior: float | None = None) -> Floats:
    """Fit scores to comparisons: P(i preferred to j) = σ(sᵢ − sⱼ).

    Parameters
    ----------
    wins
        (n, n) how often the row was preferred to the column, 0 or more, not necessarily whole. The diagonal says
        nothing and is not read.
    prior
        Standard deviation of a normal prior on each score; None for the most likely scores.

    Returns
    -------
    (n,) scores in nats of odds, with mean 0: only their differences mean anything.

    Raises
    ------
    ValueError
        Without a prior there are finite scores only if one cannot part the things into two groups of which one never
        lost to the other (Ford 1957). The rest is as `core.door` has it.

    Examples
    --------
    >>> bradley_terry([[0, 3], [1, 0]]).round(4).tolist()  # ± ln 3 / 2
    [0.5493, -0.5493]
    """
    counts = table("wins", wins)
    if prior is None:
        finite(counts)
    scores = fit(counts, prior=None if prior is None else _prior(prior))
    centred: Floats = scores - scores.mean()
    return centred


def fit(counts: Floats, *, prior: float | None = None, start: Floats | None = None, near: float = NEAR) -> Floats:
    """Maximise Σ wᵢⱼ ln σ(zᵢ − zⱼ) − |z|²/2τ² by Newton's method; a concave function has one top."""
    n, unit = len(counts), counts.max() or 1.0
    z = np.zeros(n) if start is None else start
    # Divided by the largest count, so that huge and tiny ones are alike
    counts, stay = counts / unit, prior**-2 / unit if prior is not None else 0.0
    met = counts + counts.T
    value = _likelihood(counts, z, stay)
    for _ in range(STEPS):
        p = expit(z[:, None] - z)
        # gᵢ = Σⱼ (wᵢⱼ − mᵢⱼ pᵢⱼ) − zᵢ/τ²;  −H = diag Σⱼ mᵢⱼ pᵢⱼ pⱼᵢ − mᵢⱼ pᵢⱼ pⱼᵢ + I/τ²
        gradient = (counts - met * p).sum(axis=1) - stay * z
        # 1/n keeps the mean, which no comparison tells, where it is
        step = np.linalg.solve(_information(met, p) + stay * np.eye(n) + 1 / n, gradient)
        size, least = 1.0, value - ROUNDING * (1 + abs(value))
        while (tried := _likelihood(counts, z + size * step, stay)) < least and size > 1e-6:
            size /= 2
        z, value = z + size * step, tried
        if np.abs(step).max() < near * (1 + np.abs(z).max()):
            break
    return z


def _information(met: Floats, p: Floats) -> Floats:
    weight = met * p * (1 - p)
    information: Floats = np.diag(weight.sum(axis=1)) - weight
    return information


def _likelihood(counts: Floats, z: Floats, stay: float) -> float:
    # ln σ(d) = −ln(1 + e^−d)
    return float(-(counts * np.logaddexp(0, z - z[:, None])).sum() - stay * (z @ z) / 2)


def _prior(prior: float) -> float:
    return door.number("prior", prior, least=NARROWEST, most=WIDEST)


def finite(counts: Floats) -> None:
    """Raise ValueError if the most likely scores lie at infinity."""
    groups, _ = connected_components(counts > 0, directed=True, connection="strong")
    if groups > 1:
        raise ValueError("Some never lost to the others, or never met them: no finite scores are the most likely.")


def chances(scores: ArrayLike) -> Floats:
    """Give (n, n) how likely the row is to be preferred to the column."""
    s = door.numbers("scores", scores, ndim=1)
    p: Floats = expit(s[:, None] - s)
    return p


def spread(wins: ArrayLike, scores: ArrayLike, *, prior: float) -> Floats:
    """Give (n, n) the standard deviation of each difference of two scores: Laplace's, from the curvature at the top."""
    counts = table("wins", wins)
    p = chances(door.numbers("scores", scores, shape=(len(counts),)))
    prior = _prior(prior)
    covariance = np.linalg.inv(_information(counts + counts.T, p) + np.eye(len(p)) / prior**2)
    # Var(sᵢ − sⱼ) = Cᵢᵢ + Cⱼⱼ − 2Cᵢⱼ
    variance = np.diag(covariance)
    sd: Floats = np.sqrt(np.maximum(variance[:, None] + variance - 2 * covariance, 0))
    return sd


def around_mean(apart: ArrayLike) -> Floats:
    """Give (n,) the standard deviation of each score around the mean of all, from that of their differences."""
    v = door.numbers("apart", apart, ndim=2) ** 2
    # Var(sᵢ − s̄) = mean over j of Vᵢⱼ, less half of the mean of all: of Vᵢⱼ = Cᵢᵢ + Cⱼⱼ − 2Cᵢⱼ
    sd: Floats = np.sqrt(np.maximum(v.mean(axis=1) - v.mean() / 2, 0))
    return sd


def answered(scores: ArrayLike, count: int, *, seed: int) -> Floats:
    """Draw `count` pairs at random, each answered by Bradley–Terry's chance; give (n, n) wins."""
    p = chances(scores)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    i, j = np.triu_indices(len(p), 1)
    met = rng.multinomial(door.whole("count", count, least=0), np.full(len(i), 1 / len(i)))
    won = rng.binomial(met, p[i, j])
    wins = np.zeros_like(p)
    wins[i, j], wins[j, i] = won, met - won
    return wins


def next_pair(wins: ArrayLike, *, prior: float) -> tuple[int, int]:
    """Choose the pair i < j whose answer is expected to tell most: p (1 − p) times the variance of the difference."""
    counts = table("wins", wins)
    scores = bradley_terry(counts, prior=prior)
    p = chances(scores)
    told = np.triu(p * (1 - p) * spread(counts, scores, prior=prior) ** 2, 1)
    # Of pairs that tell about the same, the one asked least; then the first.
    near = np.argwhere(told > told.max() * (1 - 1e-9))
    i, j = min(near.tolist(), key=lambda pair: counts[pair[0], pair[1]] + counts[pair[1], pair[0]])
    return i, j


def tally(pairs: Pairs, n: int) -> Floats:
    """Count choices (preferred, other) in a table (n, n) of wins."""
    counts = np.zeros((door.whole("n", n, least=2), n))
    for better, worse in pairs:
        if better == worse or not (0 <= better < n and 0 <= worse < n):
            raise ValueError(f"({better}, {worse}) is no pair of {n} things.")
        counts[better, worse] += 1
    return counts


def foretold(pairs: Pairs, n: int, *, prior: float) -> Floats:
    """Give (len(pairs),) how likely each choice was held to be, by the scores that all choices before it give."""
    prior = _prior(prior)
    tally(pairs, n)  # which complains of what is no pair
    counts, scores = np.zeros((n, n)), np.zeros(n)
    told = np.zeros(len(pairs))
    for k, (better, worse) in enumerate(pairs):
        told[k] = expit(scores[better] - scores[worse])
        counts[better, worse] += 1
        scores = fit(counts, prior=prior, start=scores, near=1e-6)  # and its square is left to go
    return told


def table(name: str, wins: ArrayLike) -> Floats:
    """Take how often each was preferred to each (n, n); the diagonal, which says nothing, becomes 0."""
    counts = door.numbers(name, wins, ndim=2).copy()
    if counts.shape[0] != counts.shape[1] or len(counts) < 2:
        raise ValueError(f"{name} must be square, of two things or more, not {counts.shape}.")
    if (counts < 0).any():
        raise ValueError(f"{name} must be 0 or more.")
    np.fill_diagonal(counts, 0)
    return counts

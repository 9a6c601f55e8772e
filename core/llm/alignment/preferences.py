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
    else:
        prior = door.number("prior", prior, above=0)
    scores = fit(counts, prior=prior)
    centred: Floats = scores - scores.mean()
    return centred


def fit(
    counts: Floats, *, scale: float = 1.0, prior: float | None = None, start: Floats | None = None, near: float = NEAR
) -> Floats:
    """Maximise Σ wᵢⱼ ln σ(scale (zᵢ − zⱼ)) − |z|²/2τ² by Newton's method; a concave function has one top."""
    n = len(counts)
    z = np.zeros(n) if start is None else start
    stay = 1.0 / prior**2 if prior is not None else 0.0
    hold = 1.0 / n if prior is None else 0.0  # keeps the mean, which no comparison tells, where it is
    value = _likelihood(counts, z, scale, stay)
    for _ in range(STEPS):
        p = expit(scale * (z[:, None] - z))
        met = counts + counts.T
        # gᵢ = scale Σⱼ (wᵢⱼ − mᵢⱼ pᵢⱼ) − zᵢ/τ²;  −H = scale² (diag Σⱼ mᵢⱼ pᵢⱼ pⱼᵢ − mᵢⱼ pᵢⱼ pⱼᵢ) + I/τ²
        gradient = scale * (counts - met * p).sum(axis=1) - stay * z
        step = np.linalg.solve(_information(met, p, scale) + stay * np.eye(n) + hold, gradient)
        size = 1.0
        while (tried := _likelihood(counts, z + size * step, scale, stay)) < value and size > 1e-6:
            size /= 2
        z, value = z + size * step, tried
        if np.abs(step).max() < near * (1 + np.abs(z).max()):
            break
    return z


def _information(met: Floats, p: Floats, scale: float = 1.0) -> Floats:
    weight = scale**2 * met * p * (1 - p)
    information: Floats = np.diag(weight.sum(axis=1)) - weight
    return information


def _likelihood(counts: Floats, z: Floats, scale: float, stay: float) -> float:
    # ln σ(d) = −ln(1 + e^−d)
    return float(-(counts * np.logaddexp(0, -scale * (z[:, None] - z))).sum() - stay * (z @ z) / 2)


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
    prior = door.number("prior", prior, above=0)
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
    prior = door.number("prior", prior, above=0)
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

"""What samples from chains are worth: autocorrelation, effective size, R-hat."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft

from core import door

Floats = NDArray[np.float64]


def autocorrelation(samples: ArrayLike, most: int) -> Floats:
    """Give how alike samples (n,) are that lie 0, 1, …, `most` steps apart, (most + 1,); 1 at 0.

    Each is the sum of n − k products divided by n, as usual. NaN where the samples are all the same.
    """
    x = door.numbers("samples", samples, ndim=1)
    if len(x) < 2:
        raise ValueError("samples must hold at least 2 numbers.")
    most = door.whole("most", most, least=0, most=len(x) - 1)
    c = _autocovariance(x[None])[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(c[: most + 1] / (c[0] if np.ptp(x) > 0 else np.nan))


def effective_size(samples: ArrayLike) -> float:
    """Give how many independent samples would tell the mean as well as these.

    Parameters
    ----------
    samples
        (n,) of one chain, or (m, n) of m chains, at least 4 steps long. A column (n, 1) is one chain.

    Returns
    -------
    m n/τ with τ = 1 + 2 Σ ρ_k, the sum ended where neighbouring pairs of autocorrelations turn negative, and made to
    fall: Geyer (1992), for several chains as in Vehtari et al. (2021), section 3.2. At most m n log₁₀(m n), and 1 of
    samples that are all the same.
    """
    x = _chains("samples", samples)
    m, n = x.shape
    if np.ptp(x) == 0:
        return 1.0
    c = _autocovariance(x).mean(axis=0) * n / (n - 1)
    between = float(x.mean(axis=1).var(ddof=1)) if m > 1 else 0.0
    within = float(c[0])
    # var⁺ = (n − 1)/n W + B/n, and ρ_k = 1 − (W − mean s² ρ_k,chain) / var⁺
    rho = 1 - (within - c) / (within * (n - 1) / n + between)
    rho[0] = 1.0
    pairs = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    last = int(np.argmax(pairs < 0)) if (pairs < 0).any() else len(pairs)
    # τ = −1 + 2 Σ (ρ_2k + ρ_2k+1)
    tau = -1 + 2 * float(np.minimum.accumulate(pairs[:last]).sum())
    return float(m * n / max(tau, 1 / np.log10(m * n)))


def r_hat(chains: ArrayLike) -> float:
    """Compare the spread of all chains with that within each: near 1 if they tell the same.

    Each chain is cut into halves first, so that one which drifts disagrees with itself. Gelman et al. (2013), 11.4.

    Parameters
    ----------
    chains
        (m, n) of m chains, at least 4 steps long; one chain may come as (n,).

    Returns
    -------
    √(var⁺/W): from a little below 1 to ∞, where each half stands still at another place; NaN where nothing moves.
    """
    x = _chains("chains", chains)
    n = x.shape[1] // 2
    halves = np.concatenate([x[:, :n], x[:, -n:]])
    within = float(halves.var(axis=1, ddof=1).mean())
    between = float(halves.mean(axis=1).var(ddof=1))
    if within == 0:
        return float("inf") if np.ptp(halves) > 0 else float("nan")
    # var⁺ = (n − 1)/n W + B/n
    return float(np.sqrt((n - 1) / n + between / within))


def _chains(name: str, samples: ArrayLike) -> Floats:
    x = door.numbers(name, samples)
    if x.ndim == 1 or (x.ndim == 2 and x.shape[1] == 1):
        x = x.reshape(1, -1)
    if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 4:
        raise ValueError(f"{name} must be chains of at least 4 steps, (n,) or (m, n), not {np.shape(samples)}.")
    return x


def _autocovariance(x: Floats) -> Floats:
    """Give Σ_t x_t x_{t+k} / n, of rows (m, n) less their means, for all k: by Fourier, since that takes n ln n."""
    n = x.shape[1]
    spectrum = rfft(x - x.mean(axis=1, keepdims=True), next_fast_len(2 * n, real=True), axis=1)
    return np.asarray(irfft(np.abs(spectrum) ** 2, next_fast_len(2 * n, real=True), axis=1)[:, :n] / n)

"""What the best possible model loses on a Markov chain: predicting the next state, or one that is masked."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
SMALL = 1e-14  # terms below this are left out of the sum over gaps
MOST = 0.999  # masking rate


def stationary(P: ArrayLike) -> Array:
    """Give the distribution π with π P = π.

    Parameters
    ----------
    P
        (s, s) probability of the next state (column) after each state (row).

    Raises
    ------
    ValueError
        P is no such matrix, or more than one distribution stays the same under it.
    """
    P = _checked(P)
    n = len(P)
    # π (P − I) = 0 and Σ π = 1
    system = np.vstack([(P - np.eye(n)).T, np.ones(n)])
    pi, _, rank, _ = np.linalg.lstsq(system, np.r_[np.zeros(n), 1.0], rcond=1e-12)
    if rank < n:
        raise ValueError("The chain falls into parts that never meet: it has more than one stationary distribution.")
    pi = np.maximum(pi, 0)
    return np.asarray(pi / pi.sum())


def conditional_entropies(P: ArrayLike, steps: int) -> Array:
    """Give H(X_{t+k} | X_t) in nats for k = 1 … steps, the chain being stationary.

    Raises
    ------
    ValueError
        As of `stationary`; or steps is below 1.
    """
    if steps < 1:
        raise ValueError("steps must be at least 1.")
    P, pi = _checked(P), stationary(P)
    power, out = np.eye(len(P)), np.empty(steps)
    for k in range(steps):
        power = power @ P
        out[k] = pi @ _entropy(power)
    return out


def entropy_rate(P: ArrayLike) -> float:
    """Give the least mean loss, in nats a state, of predicting the next state of a stationary Markov chain.

    Shannon (1948), A mathematical theory of communication, theorem 5.

    Parameters
    ----------
    P
        (s, s) probability of the next state (column) after each state (row).

    Raises
    ------
    ValueError
        As of `stationary`.

    Examples
    --------
    >>> round(entropy_rate([[0.5, 0.5], [0.5, 0.5]]), 4)
    0.6931
    """
    # h = Σ_i π_i Σ_j −P_ij ln P_ij
    return float(conditional_entropies(P, 1)[0])


def masked_floor(P: ArrayLike, *, rate: float = 0.0) -> float:
    """Give the least mean loss, in nats a masked state, of filling in masked states of a stationary Markov chain.

    The sequence is endless, and each state but the one asked for is masked by chance as well. Of a Markov chain all
    that is known of a masked state stands in the nearest visible states on its two sides.

    Parameters
    ----------
    P
        (s, s) probability of the next state (column) after each state (row).
    rate
        Probability, 0 to 0.999, that another state is masked; 0 is a single mask among visible states.

    Raises
    ------
    ValueError
        As of `stationary`; or the rate is out of range.

    Examples
    --------
    >>> round(masked_floor([[0.9, 0.1], [0.1, 0.9]]), 4) < round(entropy_rate([[0.9, 0.1], [0.1, 0.9]]), 4)
    True
    """
    if not 0 <= rate <= MOST:
        raise ValueError(f"rate must be from 0 to {MOST}: towards 1 ever more gaps count.")
    # Gaps a and b to the nearest visible states are geometric, and by the Markov property
    # H(X_t | X_{t−a}, X_{t+b}) = H_a + H_b − H_{a+b}  with  H_k = H(X_{t+k} | X_t).
    # Σ_{a,b} (1−m)² m^{a+b−2} (H_a + H_b − H_{a+b}) = 2(1−m) Σ_a m^{a−1} H_a − (1−m)² Σ_s (s−1) m^{s−2} H_s
    terms = 2 if rate == 0 else 3 + int(np.log(SMALL * (1 - rate) ** 2) / np.log(rate))
    H, k = conditional_entropies(P, terms), np.arange(1, terms + 1)
    one = (1 - rate) * rate ** (k - 1.0)
    two = (1 - rate) ** 2 * (k[1:] - 1) * rate ** (k[1:] - 2.0)
    return max(float(2 * one @ H - two @ H[1:]), 0.0)


def walk(P: ArrayLike, length: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Draw a path (length,) of the chain, begun in its stationary distribution.

    Raises
    ------
    ValueError
        As of `stationary`; or length is below 1.
    """
    if length < 1:
        raise ValueError("length must be at least 1.")
    P = _checked(P)
    u = np.random.default_rng(seed).random(length)
    # Where each of all states would lead at each time; the walk then only looks up.
    leads = (u[:, None, None] >= P.cumsum(axis=1)[:, :-1]).sum(axis=2).tolist()
    now = int((u[0] >= stationary(P).cumsum()[:-1]).sum())
    path = [now]
    for row in leads[1:]:
        now = row[now]
        path.append(now)
    return np.array(path, np.int64)


def _checked(P: ArrayLike) -> Array:
    P = np.asarray(P, float)
    if P.ndim != 2 or P.shape[0] != P.shape[1] or not P.size:
        raise ValueError("P must be a square matrix: the next state (column) after each state (row).")
    if not np.isfinite(P).all() or (P < 0).any() or np.abs(P.sum(axis=1) - 1).max() > 1e-9:
        raise ValueError("Each row of P must be probabilities that sum to 1.")
    return P


def _entropy(p: Array) -> Array:
    """Give −Σ p ln p of each row, 0 ln 0 being 0."""
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    return np.asarray(-(p * logs).sum(axis=-1))

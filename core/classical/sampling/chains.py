"""Markov chains of a few states: where they settle, how fast they forget, what their days are worth."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def stationary(P: ArrayLike) -> Floats:
    """Give the stationary distribution of a chain, which a step does not change: π P = π.

    Parameters
    ----------
    P
        (k, k) transition probabilities: row i holds those of each state on the day after i.

    Returns
    -------
    (k,) array, sum 1

    Raises
    ------
    ValueError
        Rows are no probabilities, or there is more than one such distribution, since parts of the chain never meet.

    Examples
    --------
    >>> stationary([[0.7, 0.3], [0.6, 0.4]]).round(3).tolist()
    [0.667, 0.333]
    """
    P = _chances(P)
    # (Pᵀ − I) π = 0 and Σ π = 1, as one system of equations
    system = np.vstack([P.T - np.eye(len(P)), np.ones(len(P))])
    law, _, rank, _ = np.linalg.lstsq(system, np.r_[np.zeros(len(P)), 1.0], rcond=1e-10)
    if rank < len(P):
        raise ValueError("P has more than one stationary distribution: parts of it never meet.")
    law = np.clip(law, 0.0, None)
    return np.asarray(law / law.sum())


def slem(P: ArrayLike) -> float:
    """Give |λ₂|, the second largest eigenvalue modulus: what is known of the start shrinks by it each day.

    P (k, k) holds transition probabilities; 0 for a chain of one state. ValueError if its rows are no probabilities.

    Examples
    --------
    >>> round(slem([[0.7, 0.3], [0.6, 0.4]]), 12)
    0.1
    """
    moduli = np.sort(np.abs(np.linalg.eigvals(_chances(P))))
    return float(moduli[-2]) if len(moduli) > 1 else 0.0


def forecast(P: ArrayLike, start: ArrayLike, days: int) -> Floats:
    """Give the probabilities of each state on day 0, 1, …, `days`, (days + 1, k), from those of day 0, (k,)."""
    P = _chances(P)
    laws = [_law("start", start, len(P))]
    for _ in range(door.whole("days", days, least=0)):
        laws.append(laws[-1] @ P)  # p_{t+1} = p_t P
    return np.array(laws)


def simulate(P: ArrayLike, *, days: int, runs: int = 1, start: ArrayLike | None = None, seed: int = 0) -> Ints:
    """Draw runs of a chain.

    Parameters
    ----------
    P
        (k, k) transition probabilities.
    start
        (k,) probabilities of the first day; by default the stationary distribution.

    Returns
    -------
    (runs, days) array of states
    """
    P = _chances(P)
    days, runs = door.whole("days", days), door.whole("runs", runs)
    law = stationary(P) if start is None else _law("start", start, len(P))
    u = np.random.default_rng(door.whole("seed", seed, least=0)).uniform(size=(days, runs))
    # The state is how many of the chances, added up, u has passed; the last sum is 1 but for rounding.
    bounds = P.cumsum(axis=1)[:, :-1]
    states = np.empty((days, runs), dtype=np.int64)
    states[0] = np.searchsorted(law.cumsum()[:-1], u[0], side="right")
    for t in range(1, days):
        states[t] = (u[t, :, None] >= bounds[states[t - 1]]).sum(axis=1)
    return states.T


def asymptotic_variance(P: ArrayLike, f: ArrayLike) -> float:
    """Give what n times the variance of a mean over n days tends to, of a number f (k,) that each state has.

    For independent days it is the variance of f itself. Kemeny & Snell (1960), theorem 4.6.2.

    Examples
    --------
    >>> asymptotic_variance([[0.75, 0.25], [0.25, 0.75]], [0, 1])
    0.75
    """
    P, law = _chances(P), stationary(P)
    f = door.numbers("f", f, shape=(len(P),))
    centred = f - law @ f
    # Z = (I − P + 1πᵀ)⁻¹, and v = Σ π f (2Z − I) f, with f less its mean
    after = np.linalg.solve(np.eye(len(P)) - P + law, centred)
    return max(round(float((law * centred) @ (2 * after - centred)), 15), 0.0)


def _chances(P: ArrayLike) -> Floats:
    P = door.numbers("P", P, ndim=2)
    if P.shape[0] != P.shape[1] or len(P) == 0:
        raise ValueError(f"P must be square, not {P.shape}.")
    if (P < 0).any() or not np.allclose(P.sum(axis=1), 1.0, rtol=0, atol=1e-9):
        raise ValueError("Each row of P must hold chances: none below 0, their sum 1.")
    return P


def _law(name: str, law: ArrayLike, k: int) -> Floats:
    law = door.numbers(name, law, shape=(k,))
    if (law < 0).any() or abs(law.sum() - 1) > 1e-9:
        raise ValueError(f"{name} must hold chances: none below 0, their sum 1.")
    return law

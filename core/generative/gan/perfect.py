"""The best critic of two known distributions, what the game is then worth, and what the generator learns from it.

References
----------
I. Goodfellow and others (2014), Generative adversarial nets. NeurIPS 27, section 4.
M. Arjovsky, L. Bottou (2017), Towards principled methods for training generative adversarial networks. ICLR.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from core import door

Array = NDArray[np.float64]


def critic(p: ArrayLike, q: ArrayLike) -> Array:
    """Give the best critic D* = p / (p + q), the chance that what is seen at a place is real.

    Parameters
    ----------
    p, q
        Densities, or probabilities, of data and generator at the same places, of one shape, none negative.

    Returns
    -------
    D*, of that shape
        ½ where neither is ever seen: there any answer is as good.

    Examples
    --------
    >>> critic([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
    array([1. , 0.5, 0. ])
    """
    p = door.numbers("p", p)
    q = door.numbers("q", q, shape=p.shape)
    for name, v in (("p", p), ("q", q)):
        if (v < 0).any():
            raise ValueError(f"{name} must hold no negative numbers.")
    # D* = p / (p + q); both are first made smaller than 1, so that no sum overflows
    top = np.maximum(p, q)
    p, q = (np.divide(v, top, out=np.ones_like(v), where=top > 0) for v in (p, q))
    return np.asarray(p / (p + q))


def worth(p: ArrayLike, q: ArrayLike, d: ArrayLike) -> float:
    """Give what a critic earns, Σ p ln D + Σ q ln(1 − D), in nat; −∞ if it is sure of something and wrong.

    Parameters
    ----------
    p, q
        (n,) probabilities that sum to 1.
    d
        (n,) what the critic says, from 0 to 1.
    """
    p, q = _whole(p, q)
    if q.ndim != 1:
        raise ValueError("q must be one row.")
    d = door.numbers("d", d, shape=p.shape)
    if (d < 0).any() or (d > 1).any():
        raise ValueError("d must hold numbers from 0 to 1.")
    return float((xlogy(p, d) + xlogy(q, 1 - d)).sum())


def jensen_shannon(p: ArrayLike, q: ArrayLike) -> Array:
    """Give the Jensen–Shannon divergence (…) in nat, from 0 to ln 2: the mean of both KLs to the half-half mixture.

    Parameters
    ----------
    p
        (n,) probabilities that sum to 1.
    q
        (…, n) likewise.
    """
    p, q = _whole(p, q)
    m = (p + q) / 2
    # JS = ½ Σ p ln(p/m) + ½ Σ q ln(q/m)
    terms = [xlogy(v, np.divide(v, m, out=np.ones_like(m), where=v > 0)).sum(axis=-1) for v in (p, q)]
    return np.asarray(np.maximum(0, terms[0] + terms[1]) / 2)


def slopes(log_p: ArrayLike, log_q: ArrayLike, dq: ArrayLike) -> tuple[Array, Array]:
    """Give the derivative of the generator's loss by a number that it sets, the perfect critic holding still.

    Parameters
    ----------
    log_p, log_q
        (n,) and (…, n), ln of the probabilities of data and generator: far out p itself is 0 in float64.
    dq
        (…, n) derivative of q by that number.

    Returns
    -------
    minimax
        (…) of E_q[ln(1 − D*)]: also the derivative of 2 JS(p, q).
    nonsaturating
        (…) of E_q[−ln D*]: also the derivative of KL(q ‖ p) − 2 JS(p, q).
    """
    log_p = door.numbers("log_p", log_p, ndim=1)
    log_q, dq = (door.numbers(name, v) for name, v in (("log_q", log_q), ("dq", dq)))
    if log_q.shape[-1:] != log_p.shape or dq.shape != log_q.shape:
        raise ValueError(f"log_q and dq must have rows of {len(log_p)}, as log_p has places.")
    # D* = σ(ℓ) with ℓ = ln p − ln q, so ln(1 − D*) = −ln(1 + e^ℓ) and −ln D* = ln(1 + e^−ℓ)
    score = log_p - log_q
    down, up = (np.logaddexp(0, sign * score) for sign in (1, -1))
    return np.asarray(-(dq * down).sum(axis=-1)), np.asarray((dq * up).sum(axis=-1))


def _whole(p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    p, q = door.numbers("p", p, ndim=1), door.numbers("q", q)
    if q.shape[-1:] != p.shape:
        raise ValueError(f"q must have rows of {len(p)}, as p has places, not shape {q.shape}.")
    for name, v in (("p", p), ("q", q)):
        if (v < 0).any() or (np.abs(v.sum(axis=-1) - 1) > 1e-6).any():
            raise ValueError(f"{name} must hold probabilities that sum to 1, none negative.")
    return p, q

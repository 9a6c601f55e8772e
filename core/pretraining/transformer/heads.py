"""One attention head, and which of its keys can win.

Sources: Vaswani et al., "Attention is all you need" (2017), section 3.2.1; Demeter, Kimmel & Downey, "Stolen
probability" (2020), for keys that no query can prefer.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from core import door

Floats = NDArray[np.float64]
INSIDE = 1e-9  # nearer than this to a mixture of the other keys, relative to the largest, a key is one


def attention(
    q: ArrayLike, k: ArrayLike, v: ArrayLike, *, mask: ArrayLike | None = None, scale: float | None = None
) -> tuple[Floats, Floats]:
    """Let each query look at all keys and mix their values.

    Parameters
    ----------
    q
        (…, m, d) queries.
    k, v
        (…, n, d) keys and (…, n, e) values; leading axes are broadcast.
    mask
        (…, m, n) True where a query may look; or numbers, −∞ among them, that are added to the scores. All may, by
        default.
    scale
        What scores are multiplied by, 1/√d by default.

    Returns
    -------
    out, weights
        (…, m, e) and (…, m, n). A row of weights adds up to 1; where a query may look nowhere, all of it is 0.

    Examples
    --------
    >>> out, weights = attention([[1.0, 0.0]], [[9.0, 0.0], [0.0, 9.0]], [[1.0], [0.0]], mask=[[True, True]])
    >>> [f"{w:.3f}" for w in weights[0]]
    ['0.998', '0.002']
    """
    q, k, v = (door.numbers(name, of) for name, of in (("q", q), ("k", k), ("v", v)))
    if min(q.ndim, k.ndim, v.ndim) < 2:
        raise ValueError("q, k and v must have two dimensions at least: places and features.")
    if q.shape[-1] != k.shape[-1] or q.shape[-1] < 1:
        raise ValueError(f"q and k must have as many features, not {q.shape[-1]} and {k.shape[-1]}.")
    if k.shape[-2] != v.shape[-2] or k.shape[-2] < 1:
        raise ValueError(f"k and v must have as many places, not {k.shape[-2]} and {v.shape[-2]}.")
    # s_ij = q_i·k_j / √d
    with np.errstate(over="ignore", invalid="ignore"):
        scores = (q @ np.swapaxes(k, -1, -2)) * (q.shape[-1] ** -0.5 if scale is None else door.number("scale", scale))
    if not np.isfinite(scores).all():
        raise ValueError("q and k must hold smaller numbers: a score is beyond what a number can hold.")
    if mask is not None:
        scores = _masked(scores, mask)
    # w_ij = exp(s_ij) / Σ_l exp(s_il), the largest score being 0
    largest = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(largest), largest, 0.0))
    total = powers.sum(axis=-1, keepdims=True)
    weights = powers / np.where(total > 0, total, 1.0)
    return weights @ v, weights


def _masked(scores: Floats, mask: ArrayLike) -> Floats:
    taken = np.asarray(mask)
    if taken.dtype != np.bool_:
        taken = door.numbers("mask", taken, endless=True)
        if (taken == np.inf).any():
            raise ValueError("mask must hold True and False, or numbers below infinity.")
    try:
        masked = np.where(taken, scores, -np.inf) if taken.dtype == np.bool_ else scores + taken
    except ValueError:
        raise ValueError(f"mask must fit the scores {scores.shape}, not {taken.shape}.") from None
    return np.asarray(masked, dtype=np.float64)


def causal(n: int) -> NDArray[np.bool_]:
    """Give the mask (n, n) under which no place looks at a later one."""
    return np.tri(door.whole("n", n), dtype=np.bool_)


def spread(weights: ArrayLike) -> Floats:
    """Give how many places weights (…, n) are spread over: e to the power of their entropy, from 1 to n."""
    w = door.numbers("weights", weights)
    # exp(−Σ w ln w)
    return np.asarray(np.exp(-np.where(w > 0, w * np.log(np.where(w > 0, w, 1.0)), 0.0).sum(axis=-1)))


def winnable(k: ArrayLike) -> NDArray[np.bool_]:
    """Tell of each key (n, d) whether some query scores it higher than all other keys.

    q·k is linear in k, so over the keys it is largest at a corner of their convex hull. A key that is a mixture of the
    others, or the same as one of them, is never the only best, whatever the query.
    """
    k = door.points("k", k)
    keys = k - k.mean(axis=0)  # where the keys lie and how large they are changes nothing
    keys /= np.abs(keys).max() or 1.0
    won = np.ones(len(keys), dtype=np.bool_)
    for i, own in enumerate(keys):
        others = np.delete(keys, i, axis=0)
        if len(others):
            # min ‖Σ λ_j k_j − k_i‖² + (Σ λ_j − 1)² over λ ≥ 0: it is 0 if and only if the key is a mixture
            won[i] = nnls(np.vstack([others.T, np.ones(len(others))]), np.append(own, 1.0))[1] > INSIDE
    return won

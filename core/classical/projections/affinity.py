"""How much two points belong together, as t-SNE has it: shares of a Gaussian around each, as wide as its neighbourhood.

A point's affinities reach no further than its 3 × perplexity nearest neighbours, since they are next to nothing beyond.

van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
van der Maaten, "Accelerating t-SNE using tree-based algorithms" (2014): the neighbours.
"""

import numpy as np
from numpy.typing import NDArray

from core.classical.projections.points import Floats, Ints, squared_distances

_HALVINGS = 36


def conditional(squares: Floats, perplexity: float) -> Floats:
    """Share out each row's probability over its neighbours, nearer ones getting more.

    Parameters
    ----------
    squares
        (n, k) squared distances to the k neighbours of each point.
    perplexity
        2 to the power of each row's entropy in bits: as if so many neighbours had equal shares. At least 1, at most k.

    Returns
    -------
    (n, k) with rows that sum to 1.
    """
    # p_j|i = exp(−β_i d²_ij) / Σ_k exp(−β_i d²_ik), with the precision β_i = 1 / 2σ_i² for which
    # H_i = −Σ_j p_j|i ln p_j|i = ln perplexity. A common shift of a row's d² changes nothing: the nearest gets 0.
    gaps = squares - squares.min(axis=1, keepdims=True)
    scale = gaps.mean(axis=1, keepdims=True)
    gaps /= np.where(scale > 0, scale, 1)
    # H falls with β: halve an interval of ln β.
    low, high = np.full((len(gaps), 1), -20.0), np.full((len(gaps), 1), 50.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        flat = _softmax(gaps, np.exp(middle))[1] > np.log(perplexity)
        low, high = np.where(flat, middle, low), np.where(flat, high, middle)
    return _softmax(gaps, np.exp((low + high) / 2))[0]


def _softmax(gaps: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Give exp(−β gap) / Σ exp(−β gap) of each row and its entropy in nats, (n, 1)."""
    p: Floats = np.exp(-beta * gaps)
    total = p.sum(axis=1, keepdims=True)
    p /= total
    # H = ln Σ exp(−β gap) + β Σ p gap
    return p, np.log(total) + beta * np.einsum("ij,ij->i", p, gaps)[:, None]


def nearest(squares: Floats, perplexity: float, most: int) -> tuple[Ints, Floats]:
    """Give the neighbours that count, (n, k) columns of `squares` (n, m), at most `most`, and each one's share."""
    k = min(most, int(3 * perplexity + 1))
    near = np.argpartition(squares, k - 1, axis=1)[:, :k]
    return near, conditional(np.take_along_axis(squares, near, axis=1), perplexity)


def affinities(x: Floats, perplexity: float) -> NDArray[np.float32]:
    """Say how much each two points belong together.

    Parameters
    ----------
    x
        (n, d)
    perplexity
        See `conditional`; below n.

    Returns
    -------
    (n, n) symmetric, ≥ 0, 0 on the diagonal, summing to 1.
    """
    n = len(x)
    squares = squared_distances(x, x)
    np.fill_diagonal(squares, np.inf)
    near, p = nearest(squares, perplexity, n - 1)
    P = np.zeros((n, n), dtype=np.float32)
    np.put_along_axis(P, near, p.astype(np.float32), axis=1)
    # p_ij = (p_j|i + p_i|j) / 2n
    P += P.T.copy()
    P /= P.sum(dtype=np.float64)
    return P

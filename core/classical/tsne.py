"""t-SNE step by step: affinities, a start, and gradient descent; `core.classical.projections.tsne` runs it.

Everything is exact but for one thing: a point's affinities reach no further than its 3 × perplexity nearest neighbours,
since they are next to nothing beyond. The repulsion of all pairs is summed, not approximated by a tree or a grid: at up to a
few thousand points, blocks of the distance matrix that stay in the processor's cache take less time than a tree does.

References
----------
van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
van der Maaten, "Accelerating t-SNE using tree-based algorithms" (2014): the neighbours, momentum and gains.
Kobak & Linderman, "Initialization is critical for preserving global data structure in both t-SNE and UMAP" (2021).
Belkina et al., "Automated optimized parameters for t-distributed stochastic neighbor embedding" (2019): the learning rate.
Poličar, Stražar & Zupan, "openTSNE: a modular Python library for t-SNE" (2024): new points.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

EXAGGERATED = 250  # iterations with exaggeration, at most half of all
MOMENTUM = (0.5, 0.8)  # while exaggerated, and after
SLOWEST = 0.01  # smallest gain

TINY = 1e-30  # Z where all points are infinitely far apart

_BLOCK = 64  # rows of a block: 64 × 1,797 float32 are 460 kB
_HALVINGS = 36


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Give the (n, m) squared Euclidean distances between the rows of a (n, d) and b (m, d)."""
    # |a − b|² = |a|² + |b|² − 2 a·b, with the origin moved among the points, where rounding is smallest.
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle
    squares: Floats = -2 * a @ b.T
    squares += np.einsum("ij,ij->i", a, a)[:, None]
    squares += np.einsum("ij,ij->i", b, b)
    return np.maximum(squares, 0, out=squares)


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


def affinities(x: Floats, perplexity: float) -> Singles:
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
    k = min(n - 1, int(3 * perplexity + 1))
    near = np.argpartition(squares, k - 1, axis=1)[:, :k]
    p = conditional(np.take_along_axis(squares, near, axis=1), perplexity)
    P = np.zeros((n, n), dtype=np.float32)
    np.put_along_axis(P, near, p.astype(np.float32), axis=1)
    # p_ij = (p_j|i + p_i|j) / 2n
    P += P.T.copy()
    P /= P.sum(dtype=np.float64)
    return P


@dataclass(frozen=True, eq=False)
class Forces:
    """What the gradient is made of.

    Parameters
    ----------
    attraction, repulsion
        (n, components) float32: Σ_j p_ij w_ij (y_i − y_j) and Σ_j q_ij w_ij (y_i − y_j).
    total
        Z = Σ_i≠j w_ij.
    """

    attraction: Singles
    repulsion: Singles
    total: float


def upper(P: Singles) -> list[Singles]:
    """Cut the upper half of a symmetric (n, n) matrix into blocks of rows, each from its first row's diagonal on."""
    return [np.ascontiguousarray(P[start : start + _BLOCK, start:]) for start in range(0, len(P), _BLOCK)]


def forces(blocks: list[Singles], y: Singles) -> Forces:
    """Sum the forces on all points.

    Parameters
    ----------
    blocks
        `upper` of the (n, n) affinities: reading half of them is enough, and takes half as long.
    y
        (n, components)
    """
    n, d = y.shape
    squares = np.einsum("ij,ij->i", y, y)[:, None]
    ones = np.ones((n, 1), dtype=np.float32)
    # 1 + |y_i − y_j|² = [−2 y_i, 1, 1 + |y_i|²] · [y_j, |y_j|², 1]: one matrix product.
    left, right = np.hstack([-2 * y, ones, 1 + squares]), np.ascontiguousarray(np.hstack([y, squares, ones]).T)
    y1 = np.ascontiguousarray(np.hstack([y, ones]).T)
    attract, repel, total = np.zeros_like(y1), np.zeros_like(y1), 0.0
    scratch = np.empty((2, _BLOCK * n), dtype=np.float32)
    for block, p in enumerate(blocks):
        start = block * _BLOCK
        inside = len(p)
        stop = start + inside
        w, force = scratch[:, : p.size].reshape(2, *p.shape)
        # w_ij = 1 / (1 + |y_i − y_j|²), Student's t with one degree of freedom. Rounding must not bring 1 + d² below 1.
        np.matmul(left[start:stop], right[:, start:], out=w)
        np.maximum(w, 1, out=w)
        np.divide(1, w, out=w)
        np.fill_diagonal(w, 0)
        # Z = Σ w; the block's own square counts once, the rest twice.
        total += 2 * float((w @ ones[start:]).sum()) - float((w[:, :inside] @ ones[:inside]).sum())
        np.multiply(p, w, out=force)
        np.multiply(w, w, out=w)
        for sums, f in ((attract, force), (repel, w)):
            # Σ_j f_ij [y_j, 1]: of the block's rows, and by symmetry of those after it.
            sums[:, start:stop] += y1[:, start:] @ f.T
            sums[:, stop:] += y1[:, start:stop] @ f[:, inside:]
    # Σ_j f_ij (y_i − y_j) = y_i Σ_j f_ij − Σ_j f_ij y_j, and q_ij = w_ij / Z.
    attraction = y * attract[d:].T - attract[:d].T
    repulsion = (y * repel[d:].T - repel[:d].T) / np.float32(max(total, TINY))
    return Forces(attraction, repulsion, total)


class Divergence:
    """The cost: KL(P ‖ Q) of an embedding.

    Parameters
    ----------
    P
        (n, n) affinities.
    """

    def __init__(self, P: Singles) -> None:
        self.rows, self.columns = np.nonzero(np.triu(P))
        self.p = 2 * P[self.rows, self.columns].astype(np.float64)
        self.constant = float(self.p @ np.log(self.p / 2))

    def __call__(self, y: Singles, total: float) -> float:
        """Give the divergence in nats at y (n, components), where Σ_i≠j w_ij = total."""
        gap = (y[self.rows] - y[self.columns]).astype(np.float64)
        # KL = Σ p ln(p / q) = Σ p ln p + Σ p ln(1 + d²) + ln Z, since Σ p = 1.
        return float(self.constant + self.p @ np.log1p(np.einsum("ij,ij->i", gap, gap)) + np.log(max(total, TINY)))


def descend(
    P: Singles, y: Singles, *, iterations: int, exaggeration: float, learning_rate: float
) -> Iterator[tuple[int, Singles, float]]:
    """Descend the gradient, first with exaggerated affinities.

    Parameters
    ----------
    P
        (n, n) affinities.
    y
        (n, components) float32, the start.
    iterations
        In all.
    exaggeration
        Times P in the first min(250, iterations // 2) of them: clusters find together while all is still small.
    learning_rate
        Times the gradient of KL.

    Yields
    ------
    The number of steps taken, 0 to `iterations`, the points then, and their Z. The points are a new array each time.
    """
    blocks = upper(P)
    step, gains = np.zeros_like(y), np.ones_like(y)
    early = min(EXAGGERATED, iterations // 2)
    for i in range(iterations + 1):
        f = forces(blocks, y)
        yield i, y, f.total
        if i == iterations:
            return
        # ∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) w_ij (y_i − y_j)
        gradient = 4 * (np.float32(exaggeration if i < early else 1) * f.attraction - f.repulsion)
        # A coordinate that keeps its direction goes faster each time, one that turns back slower (Jacobs 1988).
        turned = step * gradient >= 0
        gains = np.maximum(np.where(turned, gains * np.float32(0.8), gains + np.float32(0.2)), np.float32(SLOWEST))
        # step ← momentum · step − rate · gain · gradient;  y ← y + step
        step = np.float32(MOMENTUM[i >= early]) * step - np.float32(learning_rate) * gains * gradient
        y = y + step


def place(x: Floats, y: Floats, new: Floats, *, perplexity: float, iterations: int, learning_rate: float) -> Floats:
    """Find places for new points in a finished embedding that stays as it is.

    Each starts at the median of its neighbours' places and descends its own KL divergence, without seeing the other new
    points.

    Parameters
    ----------
    x, y
        (n, d) the old points and (n, components) their places.
    new
        (m, d)
    perplexity
        Of the new points' affinities to the old.
    iterations, learning_rate
        Of the descent.

    Returns
    -------
    (m, components)
    """
    squares = squared_distances(new, x)
    k = min(len(x), int(3 * perplexity + 1))
    near = np.argpartition(squares, k - 1, axis=1)[:, :k]
    p = conditional(np.take_along_axis(squares, near, axis=1), perplexity)
    z: Floats = np.median(y[near], axis=1)
    step = np.zeros_like(z)
    for _ in range(iterations):
        # ∂KL_i/∂z_i = 2 Σ_j (p_j|i − q_j|i) w_ij (z_i − y_j)
        w = 1 / (1 + squared_distances(z, y))
        attract = p / (1 + ((z[:, None] - y[near]) ** 2).sum(axis=2))
        repel = w * w / w.sum(axis=1, keepdims=True)
        pull = z * attract.sum(axis=1, keepdims=True) - np.einsum("ij,ijk->ik", attract, y[near])
        push = z * repel.sum(axis=1, keepdims=True) - repel @ y
        step = MOMENTUM[1] * step - learning_rate * 2 * (pull - push)
        z = z + step
    return z

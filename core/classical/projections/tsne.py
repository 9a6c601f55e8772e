"""t-SNE: a map whose pairs belong together as the true pairs do.

All is exact but for the reach of the affinities. The repulsion of all pairs is summed, not approximated by a tree or a
grid: at up to a few thousand points, blocks of the distance matrix that stay in the processor's cache take less time.

van der Maaten & Hinton, "Visualizing data using t-SNE" (2008).
van der Maaten, "Accelerating t-SNE using tree-based algorithms" (2014): momentum and gains.
Kobak & Linderman, "Initialization is critical for preserving global data structure in both t-SNE and UMAP" (2021).
Belkina et al., "Automated optimized parameters for t-distributed stochastic neighbor embedding" (2019): the rate.
Poličar, Stražar & Zupan, "openTSNE: a modular Python library for t-SNE" (2024): new points.
"""

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.projections.affinity import affinities, nearest
from core.classical.projections.embedding import REPORT, Embedding, OnFrame, start
from core.classical.projections.points import MAX_POINTS, Floats, squared_distances, take, take_both
from core.result import result

Singles = NDArray[np.float32]

EXAGGERATED = 250  # iterations with exaggeration, at most half of all
MOMENTUM = (0.5, 0.8)  # while exaggerated, and after
SLOWEST = 0.01  # smallest gain
TINY = 1e-30  # Z where all points are infinitely far apart

_BLOCK = 64  # rows of a block: 64 × 1,797 float32 are 460 kB


def tsne(
    x: ArrayLike,
    *,
    components: int = 2,
    perplexity: float = 30,
    iterations: int = 500,
    exaggeration: float = 12,
    learning_rate: float | str = "auto",
    init: str | ArrayLike = "pca",
    seed: int = 0,
    every: int = 10,
    on_frame: OnFrame | None = None,
) -> Embedding:
    """Map points so that the affinities of the map's pairs follow those of the true pairs.

    Parameters
    ----------
    x
        (n, d) finite numbers, 3 to `MAX_POINTS` points.
    components
        Coordinates of the map, 1 to d for init "pca".
    perplexity
        How many neighbours a point has in effect, at least 1 and below n.
    iterations
        In all; the first min(250, iterations // 2) with exaggeration.
    exaggeration
        What the affinities are multiplied by in that time, at least 1.
    learning_rate
        Times the gradient of the KL divergence; "auto" is max(n / exaggeration / 4, 50).
    init
        "pca", the principal components shrunken to 1e-4; "random", Gaussian numbers of that size; or places
        (n, components).
    seed
        Of a random start. From any other start nothing is random: every seed gives the same map.
    every
        Iterations between two frames.
    on_frame
        Called with the number of steps taken and (n, components) points at every tenth iteration at least, first before
        the affinities are computed. What it raises ends the run.

    Returns
    -------
    Embedding
        With frame 0 the start, and the KL divergence in nats, without exaggeration, as the cost.

    Notes
    -----
    In three dimensions, too, Student's t has one degree of freedom (scikit-learn takes components − 1).
    """
    began = time.perf_counter()
    x = take("x", x, least=3, most=MAX_POINTS)
    perplexity = door.number("perplexity", perplexity, least=1, below=len(x))
    iterations = door.whole("iterations", iterations, least=0)
    exaggeration = door.number("exaggeration", exaggeration, least=1)
    every = door.whole("every", every)
    rate = max(len(x) / exaggeration / 4, 50.0)
    if learning_rate != "auto":
        rate = door.number("learning_rate", learning_rate, least=0)
    y = start(x, components, init, seed).astype(np.float32)
    if on_frame is not None:
        on_frame(0, y.astype(np.float64))
    P = affinities(x, perplexity)
    divergence = Divergence(P)
    frames, cost, taken = [], [], []
    for i, places, total in descend(P, y, iterations=iterations, exaggeration=exaggeration, learning_rate=rate):
        if i % every == 0 or i == iterations:
            frames.append(places)
            cost.append(divergence(places, total))
            taken.append(i)
        if on_frame is not None and i and (i % every == 0 or i % REPORT == 0):
            on_frame(i, places.astype(np.float64))
    return Embedding(np.array(frames, np.float64), np.array(cost), time.perf_counter() - began, np.array(taken))


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


@result
class Forces:
    """What the gradient is made of."""

    attraction: Singles  # (n, components) Σ_j p_ij w_ij (y_i − y_j)
    repulsion: Singles  # (n, components) Σ_j q_ij w_ij (y_i − y_j)
    total: float  # Z = Σ_i≠j w_ij


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
    """The cost: KL(P ‖ Q) of an embedding, given the (n, n) affinities P."""

    def __init__(self, P: Singles) -> None:
        self.rows, self.columns = np.nonzero(np.triu(P))
        self.p = 2 * P[self.rows, self.columns].astype(np.float64)
        self.constant = float(self.p @ np.log(self.p / 2))

    def __call__(self, y: Singles, total: float) -> float:
        """Give the divergence in nats at y (n, components), where Σ_i≠j w_ij = total."""
        gap = (y[self.rows] - y[self.columns]).astype(np.float64)
        # KL = Σ p ln(p / q) = Σ p ln p + Σ p ln(1 + d²) + ln Z, since Σ p = 1.
        return float(self.constant + self.p @ np.log1p(np.einsum("ij,ij->i", gap, gap)) + np.log(max(total, TINY)))


def place(
    x: ArrayLike,
    embedding: ArrayLike,
    new: ArrayLike,
    *,
    perplexity: float = 5,
    iterations: int = 100,
    learning_rate: float = 0.1,
) -> Floats:
    """Place new points in a finished t-SNE map, which stays as it is.

    Each starts at the median of its nearest neighbours' places and descends a KL divergence of its own, without the
    other new points.

    Parameters
    ----------
    x, embedding
        (n, d) and (n, components) the old points and their places.
    new
        (m, d)
    perplexity
        Of the new points' affinities to the old, at least 1 and at most n.
    iterations, learning_rate
        Of the descent.

    Returns
    -------
    (m, components)
    """
    x, y = take_both(x, embedding)
    new = take("new", new, columns=x.shape[1])
    perplexity = door.number("perplexity", perplexity, least=1, most=len(x))
    iterations = door.whole("iterations", iterations, least=0)
    learning_rate = door.number("learning_rate", learning_rate, least=0)
    near, p = nearest(squared_distances(new, x), perplexity, len(x))
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

"""Losses over two weights, to walk on: each with its gradient, its lowest point, and the part of the plane to show."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.data import load

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Landscape:
    """A loss over two weights.

    `loss` takes weights (…, 2) and gives (…), `gradient` gives (…, 2). `best` is a lowest point, `window` what is worth
    seeing: (x0, x1, y0, y1).
    """

    loss: Callable[[Floats], Floats]
    gradient: Callable[[Floats], Floats]
    best: tuple[float, float]
    window: tuple[float, float, float, float]

    @property
    def least(self) -> float:
        """The loss at the lowest point."""
        return float(self.loss(np.array(self.best)))


def bowl(condition: float, *, angle: float = 0.0, scale: float = 1.0) -> Landscape:
    """Make a valley: curvature `scale` across it and scale / condition along it, turned by `angle` degrees."""
    condition = door.number("condition", condition, least=1)
    scale, a = door.number("scale", scale, above=0), np.radians(door.number("angle", angle))
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])  # rows: along, across
    # f(w) = ½ wᵀ H w,   H = Rᵀ diag(1/κ, 1) R
    hessian = scale * turn.T @ np.diag([1 / condition, 1.0]) @ turn
    return Landscape(
        lambda w: np.asarray(np.einsum("...i,ij,...j->...", w, hessian, w) / 2),
        lambda w: np.asarray(w @ hessian),
        (0.0, 0.0),
        (-3.0, 3.0, -3.0, 3.0),
    )


def rosenbrock(steep: float = 100.0) -> Landscape:
    """Make the bent valley (1 − x)² + steep (y − x²)² of Rosenbrock (1960)."""
    steep = door.number("steep", steep, above=0)

    def gradient(w: Floats) -> Floats:
        x, y = w[..., 0], w[..., 1]
        off = y - x**2
        return np.stack([-2 * (1 - x) - 4 * steep * x * off, 2 * steep * off], axis=-1)

    return Landscape(
        lambda w: np.asarray((1 - w[..., 0]) ** 2 + steep * (w[..., 1] - w[..., 0] ** 2) ** 2),
        gradient,
        (1.0, 1.0),
        (-1.8, 1.8, -0.8, 2.2),
    )


def saddle() -> Landscape:
    """Make two hollows with a pass between them: x²/2 − y²/2 + y⁴/4, flat at the origin."""
    return Landscape(
        lambda w: np.asarray(w[..., 0] ** 2 / 2 - w[..., 1] ** 2 / 2 + w[..., 1] ** 4 / 4),
        lambda w: np.stack([w[..., 0], w[..., 1] ** 3 - w[..., 1]], axis=-1),
        (0.0, 1.0),
        (-2.0, 2.0, -1.7, 1.7),
    )


def petals() -> tuple[Floats, Floats]:
    """Give rows [1, standardised petal length] (100, 2) of versicolor and virginica, and (100,) whether virginica."""
    data = load("iris")
    keep = data.y > 0
    length = data.x[keep][:, 2]
    return np.column_stack([np.ones(keep.sum()), (length - length.mean()) / length.std()]), (data.y[keep] == 2) * 1.0


@cache
def iris() -> Landscape:
    """Make the mean log-loss of logistic regression on `petals`, over bias and slope; its lowest point by Newton."""
    rows, labels = petals()
    # Many petals are alike: each kind once, with its share.
    kinds, counts = np.unique(np.column_stack([rows, labels]), axis=0, return_counts=True)
    x, y, share = kinds[:, :2], kinds[:, 2], counts / len(rows)

    def loss(w: Floats) -> Floats:
        z = w @ x.T
        return np.asarray((np.logaddexp(0, z) - y * z) @ share)

    def gradient(w: Floats) -> Floats:
        # ∇L = mean of (σ(w·x) − y) x
        return np.asarray((expit(w @ x.T) - y) * share @ x)

    best = np.zeros(2)
    for _ in range(30):
        best = best - np.linalg.solve(logistic_hessian(best, rows), gradient(best))
    return Landscape(loss, gradient, (float(best[0]), float(best[1])), (-7.0, 7.0, -2.0, 13.0))


def logistic_gradients(w: ArrayLike, x: ArrayLike, y: ArrayLike) -> Floats:
    """Give the gradient (n, d) of each example's log-loss at w (d,): rows x (n, d), labels y (n,) 0 or 1."""
    x = door.points("x", x)
    y, w = door.numbers("y", y, shape=(len(x),)), door.numbers("w", w, shape=(x.shape[1],))
    return np.asarray((expit(x @ w) - y)[:, None] * x)


def drawn_gradients(x: ArrayLike, y: ArrayLike, *, batch: int, seed: int = 0) -> Callable[[Floats], Floats]:
    """Give a gradient of the mean log-loss of a few examples only, others at each call: what is stochastic in SGD.

    Parameters
    ----------
    x, y
        Rows (n, 2) and labels (n,), 0 or 1.
    batch, seed
        Examples a step, drawn with replacement, and the seed that draws them.

    Returns
    -------
    gradient
        Weights (walks, 2) -> (walks, 2); each walk draws examples of its own.
    """
    x = door.numbers("x", x, shape=(None, 2))
    y, batch = door.numbers("y", y, shape=(len(x),)), door.whole("batch", batch)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))

    def gradient(w: Floats) -> Floats:
        rows = rng.integers(0, len(x), (len(w), batch))
        a, b = x[rows, 0], x[rows, 1]
        off = expit(a * w[:, :1] + b * w[:, 1:]) - y[rows]
        return np.stack([(off * a).mean(axis=1), (off * b).mean(axis=1)], axis=-1)

    return gradient


def logistic_hessian(w: ArrayLike, x: ArrayLike) -> Floats:
    """Give the second derivatives (d, d) of the mean log-loss at w (d,)."""
    x = door.points("x", x)
    p = expit(x @ door.numbers("w", w, shape=(x.shape[1],)))
    return np.asarray((x * (p * (1 - p))[:, None]).T @ x / len(x))


def steady_covariance(hessian: ArrayLike, noise: ArrayLike, rate: float) -> Floats:
    """Give how widely w ← w − η (H w + e) scatters in the end: (d, d) covariance, with e of covariance `noise`.

    It solves S = (1 − ηH) S (1 − ηH) + η² C. With one weight of curvature λ that is S = η σ² / (λ (2 − η λ)).

    Raises
    ------
    ValueError
        There is no end: η is not below 2 / the largest curvature; or the shapes do not fit.
    """
    h = door.numbers("hessian", hessian, ndim=2)
    c = door.numbers("noise", noise, shape=h.shape)
    rate = door.number("rate", rate, above=0)
    if h.shape[0] != h.shape[1] or not np.all(np.abs(1 - rate * np.linalg.eigvals(h)) < 1):
        raise ValueError("rate must be below 2 divided by the largest curvature, and the hessian square and positive.")
    step = np.eye(len(h)) - rate * h
    flat = np.linalg.solve(np.eye(h.size) - np.kron(step, step), rate**2 * c.ravel())
    return np.asarray(flat.reshape(h.shape))


def shrink(rate: ArrayLike, momentum: ArrayLike, curvature: float) -> Floats:
    """Give by what each step multiplies the distance in the end, on a parabola: above 1 it explodes.

    The larger |r| of r² − (1 + μ − ηλ) r + μ = 0, of the heavy ball v ← μ v + λ w, w ← w − η v.
    """
    rate, mu = np.broadcast_arrays(door.numbers("rate", rate), door.numbers("momentum", momentum))
    half = (1 + mu - rate * door.number("curvature", curvature, above=0)) / 2
    root = np.sqrt((half**2 - mu).astype(complex))
    return np.asarray(np.maximum(np.abs(half + root), np.abs(half - root)))

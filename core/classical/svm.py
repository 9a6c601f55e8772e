"""Support vector machines: the line, or curve, with the widest street between two classes.

Solved in the dual, where only inner products k(x, x′) of the examples stand, so that a kernel may take their place:

    maximise Σ αᵢ − ½ Σᵢⱼ αᵢ αⱼ sᵢ sⱼ k(xᵢ, xⱼ)   with   0 ≤ αᵢ ≤ C,  Σ αᵢ sᵢ = 0,   s = 2y − 1

Sources: Cortes & Vapnik, "Support-vector networks", Machine Learning 20 (1995); Ferris & Munson, "Interior-point
methods for massive support vector machines", SIAM Journal on Optimization 13 (2002).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from core import door
from core.result import result

Floats = NDArray[np.float64]
KERNELS = ("linear", "poly", "rbf")
LARGEST = 1e6  # of coordinates and C: kernels of degree 3 and their products stay within digits


@result
class SVM:
    """A fitted machine."""

    alpha: Floats  # (n,) from 0 to C; more than 0 for the support vectors
    bias: float
    gap: float  # primal minus dual objective: 0 at the optimum
    support: NDArray[np.int64]  # rows of the support vectors
    x: Floats  # (n, d) the examples
    signs: Floats  # (n,) −1 or +1
    kernel: str
    gamma: float
    degree: int
    coef0: float

    def decision(self, query: ArrayLike) -> Floats:
        """Give the decision at each row of query (m, d): (m,), class 1 where it is above 0, the street from −1 to 1."""
        query = door.points("query", query)
        if query.shape[1] != self.x.shape[1]:
            raise ValueError(f"query must have {self.x.shape[1]} columns, not {query.shape[1]}.")
        rows = self.support
        k = kernel(query, self.x[rows], self.kernel, gamma=self.gamma, degree=self.degree, coef0=self.coef0)
        # f(q) = Σ αᵢ sᵢ k(xᵢ, q) + b
        return np.asarray(k @ (self.alpha[rows] * self.signs[rows]) + self.bias)

    @property
    def weights(self) -> Floats:
        """(d+1,) of the line, bias first; for the linear kernel."""
        return np.append(self.bias, (self.alpha * self.signs) @ self.x)


def fit(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kernel: str = "linear",
    C: float = 1.0,
    gamma: float = 1.0,
    degree: int = 2,
    coef0: float = 1.0,
) -> SVM:
    """Fit by an interior-point method, and let the support vectors that are free settle it to the last digits.

    Parameters
    ----------
    x, y
        (n, d) examples and (n,) labels in {0, 1}, both of them there.
    kernel, gamma, degree, coef0
        As of `kernel`.
    C
        What a unit of trespass costs, above 0: minimise ½‖w‖² + C Σ max(0, 1 − sᵢ f(xᵢ)).
    """
    x = door.points("x", x, least=2, most=LARGEST)
    y = door.labels("y", y, len(x), classes=2)
    if len(np.unique(y)) < 2:
        raise ValueError("y must hold both classes, 0 and 1.")
    C = door.number("C", C, above=0, most=LARGEST)
    signs = np.asarray(2.0 * y - 1, dtype=np.float64)
    k = _kernel(x, x, kernel, gamma, degree, coef0)
    q = k * np.outer(signs, signs)
    alpha, bias = _settled(q, signs, C, *_interior(q, signs, C))
    slack = np.maximum(0, 1 - q @ alpha - signs * bias)
    gap = float(alpha @ q @ alpha + C * slack.sum() - alpha.sum())
    held = door.number("gamma", gamma), door.whole("degree", degree), door.number("coef0", coef0)
    return SVM(alpha, bias, gap, np.flatnonzero(alpha > 0), x, signs, kernel, *held)


def kernel(
    a: ArrayLike, b: ArrayLike, name: str = "linear", *, gamma: float = 1.0, degree: int = 2, coef0: float = 1.0
) -> Floats:
    """Give k of each row of a (m, d) with each of b (n, d): (m, n).

    Parameters
    ----------
    name
        "linear": a·b. "poly": (γ a·b + c₀)^degree. "rbf": exp(−γ‖a − b‖²).
    """
    return _kernel(door.points("a", a), door.points("b", b), name, gamma, degree, coef0)


def lifted(x: ArrayLike) -> Floats:
    """Give the six features whose inner products are (x·x′ + 1)², of points (n, 2): (n, 6)."""
    x = door.numbers("x", x, shape=(None, 2))
    u, v, root = x[:, 0], x[:, 1], np.sqrt(2)
    return np.column_stack([np.ones(len(x)), root * u, root * v, u**2, root * u * v, v**2])


def _kernel(a: Floats, b: Floats, name: str, gamma: float, degree: int, coef0: float) -> Floats:
    door.one_of("kernel", name, KERNELS)
    gamma, coef0 = door.number("gamma", gamma, above=0), door.number("coef0", coef0, least=0)
    products = a @ b.T
    if name == "linear":
        return products
    if name == "poly":
        return np.asarray((gamma * products + coef0) ** door.whole("degree", degree, most=5))
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * products
    return np.asarray(np.exp(-gamma * np.maximum(square, 0)))


def _interior(q: Floats, signs: Floats, C: float) -> tuple[Floats, float, Floats, Floats]:
    """Follow the centre of the box: α low and high are the prices of 0 ≤ α and of α ≤ C; low·α = high·(C − α) = μ → 0.

    Newton's steps for Qα − 1 + s b − low + high = 0 and s·α = 0.
    """
    n = len(signs)
    alpha, low, high, b = np.full(n, C / 2), np.ones(n), np.ones(n), 0.0
    tiny = 1e-12 * (1 + np.abs(q).max())
    for _ in range(80):
        room = C - alpha
        mu = float(low @ alpha + high @ room) / (2 * n)
        rest = q @ alpha - 1 + signs * b - low + high
        if mu <= 1e-13 * max(C, 1e-3) and np.abs(rest).max() <= 1e-9 * (1 + C * np.abs(q).max()):
            break
        aim = 0.1 * mu
        try:
            factor = cho_factor(q + np.diag(low / alpha + high / room + tiny))
        except LinAlgError:  # as near as rounding lets it come
            break
        pull = -rest + (aim / alpha - low) - (aim / room - high)
        one, two = cho_solve(factor, pull), cho_solve(factor, signs)
        d_b = float(signs @ one + signs @ alpha) / float(signs @ two)
        d_alpha = one - two * d_b
        d_low, d_high = (aim - low * d_alpha) / alpha - low, (aim + high * d_alpha) / room - high
        share = min(1.0, *(0.995 * _longest(v, d) for v, d in ((alpha, d_alpha), (room, -d_alpha))),
                    *(0.995 * _longest(v, d) for v, d in ((low, d_low), (high, d_high))))  # fmt: skip
        alpha, b = alpha + share * d_alpha, b + share * d_b
        low, high = low + share * d_low, high + share * d_high
    return alpha, b, low, high


def _longest(value: Floats, change: Floats) -> float:
    """Give the longest step that keeps all values above 0."""
    down = change < 0
    return float((-value[down] / change[down]).min()) if down.any() else np.inf


def _settled(
    q: Floats, signs: Floats, C: float, alpha: Floats, b: float, low: Floats, high: Floats
) -> tuple[Floats, float]:
    """Put each α that is at an end there, and solve for the free ones: they stand on the edge of the street exactly."""
    at_0, at_c = low * 1e-4 > alpha, high * 1e-4 > C - alpha
    at_0 |= alpha < 1e-9 * alpha.max()
    free = ~at_0 & ~at_c
    put = np.where(at_c, C, np.where(at_0, 0.0, alpha))
    m = int(free.sum())
    if m == 0:
        return put, b
    # Q_ff α_f + s_f b = 1 − Q_fc C,   s_f·α_f = −s_c·C
    system = np.block([[q[np.ix_(free, free)], signs[free, None]], [signs[None, free], np.zeros((1, 1))]])
    right = np.append(1 - q[np.ix_(free, at_c)].sum(axis=1) * C, -signs[at_c].sum() * C)
    solved = np.linalg.lstsq(system, right, rcond=1e-13)[0]
    inside = (solved[:-1] > 0).all() and (solved[:-1] <= C * (1 + 1e-9)).all()
    fits = np.abs(system @ solved - right).max() <= 1e-8 * (1 + np.abs(right).max())
    if not (inside and fits):
        return np.where(at_0, 0.0, put), b
    put[free] = np.minimum(solved[:-1], C)
    return put, float(solved[-1])

"""Two rivals of the perceptron, with lines of the same form: the linear SVM and logistic regression."""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.logistic import irls
from core.classical.perceptron.lines import LARGEST, Floats, examples, signed_rows


def svm(x: ArrayLike, y: ArrayLike, *, c: float = 1.0) -> Floats:
    """Give the linear support vector machine with a soft margin.

    It minimises ½ ‖w‖² + c Σ max(0, 1 − (2y−1)·score), the bias not being part of ‖w‖. Points whose signed score is
    above 1 have no say in it: taken away, they leave the line as it is.

    Parameters
    ----------
    x
        (n, d) points.
    y
        (n,) classes, 0 or 1.
    c
        What a point within the margin costs, above 0. As it grows, the margin becomes that of `separability`.

    Returns
    -------
    (d + 1,) array
        Weights, bias first. With one class alone ±1 and no slope.

    References
    ----------
    Cortes & Vapnik, "Support-vector networks" (1995). Solved by Mehrotra's interior-point method:
    Ferris & Munson, "Interior-point methods for massive support vector machines" (2002).
    """
    x, y = examples(x, y)
    c = door.number("c", c, above=0, most=LARGEST)
    if y.min() == y.max():
        return np.append(2.0 * y[0] - 1, np.zeros(x.shape[1]))
    centre = x.mean(axis=0)
    # In units of the widest column: ‖w‖² shrinks by the unit squared, so c grows by it.
    unit = max(float(np.abs(x - centre).max()), 1 / LARGEST)
    u = _soft_margin(np.roll(signed_rows((x - centre) / unit, y), -1, axis=1), c * unit**2)
    slope = u[:-1] / unit
    return np.append(u[-1] - slope @ centre, slope)


def _soft_margin(rows: Floats, c: float) -> Floats:
    """Solve min ½ ‖w‖² + c Σ max(0, 1 − row_i·u), where u is w with the bias behind it and rows end with the sign.

    At the optimum w = Σ α_i row_i and row_i·u − 1 = low_i − high_i, where low_i, high_i ≥ 0 are the prices of 0 ≤ α_i
    and of α_i ≤ c, and low·α = high·(c − α) = 0. Newton's method follows those products down to 0.
    """
    n, d = rows.shape
    u, alpha = np.zeros(d), np.full(n, c / 2)
    low = high = np.ones(n)
    weighed = np.append(np.ones(d - 1), 0.0)  # the bias has no part in ‖w‖
    for _ in range(100):
        room = c - alpha
        slack = rows @ u - 1 - low + high
        rest = weighed * u - rows.T @ alpha
        gap = float(low @ alpha + high @ room) / (2 * n)
        if (
            gap <= 1e-13 * max(c, 1.0)
            and np.abs(slack).max() <= 1e-10
            and np.abs(rest).max() <= 1e-10 * n * max(c, 1.0)
        ):
            break
        at = (rows, weighed, alpha, room, low, high, slack, rest)
        # Mehrotra: see how far the products would fall if all went straight to 0, and aim no lower than that allows.
        try:
            _, d_alpha, d_low, d_high = _newton(*at, low * alpha, high * room)
        except np.linalg.LinAlgError:  # as near to the optimum as rounding lets it come
            break
        most = _longest_step((alpha, d_alpha), (room, -d_alpha), (low, d_low), (high, d_high))
        after = (low + most * d_low) @ (alpha + most * d_alpha) + (high + most * d_high) @ (room - most * d_alpha)
        aim = gap * (float(after) / (2 * n * gap)) ** 3
        d_u, d_alpha, d_low, d_high = _newton(
            *at, low * alpha + d_low * d_alpha - aim, high * room - d_high * d_alpha - aim
        )
        most = 0.995 * _longest_step((alpha, d_alpha), (room, -d_alpha), (low, d_low), (high, d_high))
        u, low, high = u + most * d_u, low + most * d_low, high + most * d_high
        alpha = np.clip(alpha + most * d_alpha, 1e-15 * c, c * (1 - 1e-15))  # rounding must not put it on the border
    return u


def _newton(
    rows: Floats,
    weighed: Floats,
    alpha: Floats,
    room: Floats,
    low: Floats,
    high: Floats,
    slack: Floats,
    rest: Floats,
    low_rest: Floats,
    high_rest: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the steps of u, α, low and high that, to first order, bring slack and all rests to 0."""
    stiff = low / alpha + high / room
    right = -slack - low_rest / alpha + high_rest / room
    # stiff Δα = right − rows Δu, put into weighed Δu − rowsᵀ Δα = −rest
    scaled = rows.T / stiff
    d_u = np.asarray(np.linalg.solve(np.diag(weighed) + scaled @ rows, scaled @ right - rest), dtype=np.float64)
    d_alpha = (right - rows @ d_u) / stiff
    return d_u, d_alpha, (-low_rest - low * d_alpha) / alpha, (-high_rest + high * d_alpha) / room


def _longest_step(*pairs: tuple[Floats, Floats]) -> float:
    """Give the share, up to 1, of the steps that keeps every value above 0."""
    share = 1.0
    for value, change in pairs:
        down = change < 0
        if down.any():
            share = min(share, float((-value[down] / change[down]).min()))
    return share


def logistic(x: ArrayLike, y: ArrayLike, *, ridge: float = 1e-3) -> Floats:
    """Give logistic regression (`core.classical.logistic`): weights whose σ(score) is the probability of class 1.

    It minimises Σ log(1 + exp(−(2y−1)·score)) + ½ ridge ‖w‖², the bias not being part of ‖w‖. Without the ridge, the
    weights of separable classes would grow for ever.

    Parameters
    ----------
    x, y
        As for `svm`, and so is what is returned.
    ridge
        Above 0.
    """
    x, y = examples(x, y)
    ridge = door.number("ridge", ridge, above=0, most=LARGEST)
    if y.min() == y.max():
        return np.append(2.0 * y[0] - 1, np.zeros(x.shape[1]))
    centre = x.mean(axis=0)
    unit = max(float(np.abs(x - centre).max()), 1 / LARGEST)
    w = irls((x - centre) / unit, y, penalty=ridge / unit**2, steps=100).weights[-1]
    return np.append(w[0] - w[1:] @ centre / unit, w[1:] / unit)

"""Logistic regression: probabilities from a line, found by Newton's steps (IRLS) or by going downhill.

p(y = 1 | x) = σ(w·[1, x]), and the loss is the mean of −ln p of what came. There is no closed form; the loss is convex.
Newton's method for it is iteratively reweighted least squares (IRLS): each step is a weighted least-squares fit.

Linear discriminant analysis comes to a line of the same form by another road.

Source: McCullagh & Nelder, "Generalized linear models" (1989), 2.5 and 4.4.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.data.splits import folds as deal
from core.data.splits import scaling
from core.result import result

Floats = NDArray[np.float64]
FLAT = 1e-9  # largest part of the mean gradient at which the walk has arrived
HALVINGS = 40
LARGEST = 1e100


@result
class Path:
    """A walk of the weights; row 0 is the start."""

    weights: Floats  # (t, d+1) bias first
    loss: Floats  # (t,) mean log-loss, in nats, and the penalty's share
    converged: bool  # whether the gradient is flat at the end


def irls(
    x: ArrayLike,
    y: ArrayLike,
    *,
    start: ArrayLike | None = None,
    halving: bool = True,
    penalty: float = 0.0,
    steps: int = 50,
    weight: ArrayLike | None = None,
) -> Path:
    """Fit by Newton's steps.

    Parameters
    ----------
    x, y
        (n, d) examples and (n,) labels in {0, 1}.
    start
        (d+1,) weights, bias first; zero by default.
    halving
        Halve a step until the loss does not rise. Without it, a start from afar may explode: the walk then ends where
        the next weights would not be finite, and has not converged.
    penalty
        λ of λ/2 · ‖w‖², added to the sum of the losses; the bias goes free. (scikit-learn's C is 1/λ.)
    steps
        How many at most.
    weight
        (n,) what each example counts, 1 by default.
    """
    x, y, w, c = _taken(x, y, start, weight)
    penalty, steps = door.number("penalty", penalty, least=0), door.whole("steps", steps)
    ridge = penalty * np.r_[0.0, np.ones(x.shape[1] - 1)]
    path, losses, arrived = [w], [_loss(x, y, w, c, ridge)], False
    for _ in range(steps):
        p = expit(x @ w)
        gradient = x.T @ (c * (p - y)) + ridge * w
        arrived = bool(np.abs(gradient).max() <= FLAT * c.sum())
        if arrived:
            break
        # H = Xᵀ diag(c p (1 − p)) X + λ,   step = −H⁻¹ gradient
        hessian = (x * (c * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = _newton(hessian, gradient)
        if step is None:
            break
        size, loss = 1.0, _loss(x, y, w - step, c, ridge)
        while halving and not loss <= losses[-1] and size > 2.0**-HALVINGS:
            size /= 2
            loss = _loss(x, y, w - size * step, c, ridge)
        if not np.isfinite(loss) or (halving and loss > losses[-1]):
            break
        w = w - size * step
        path.append(w)
        losses.append(loss)
    else:
        arrived = bool(np.abs(x.T @ (c * (expit(x @ w) - y)) + ridge * w).max() <= FLAT * c.sum())
    return Path(np.array(path), np.array(losses), arrived)


def gradient_descent(x: ArrayLike, y: ArrayLike, *, rate: float, steps: int, start: ArrayLike | None = None) -> Path:
    """Fit by going downhill on the mean log-loss: w ← w − η · ∇L.

    Parameters
    ----------
    x, y, start
        As of `irls`.
    rate, steps
        η > 0, and how many steps; it ends early where the gradient is flat, or where weights would not be finite.
    """
    x, y, w, c = _taken(x, y, start, None)
    rate, steps = door.number("rate", rate, above=0), door.whole("steps", steps)
    path, arrived = [w], False
    for _ in range(steps):
        gradient = x.T @ (expit(x @ w) - y) / len(y)
        arrived = bool(np.abs(gradient).max() <= FLAT)
        with np.errstate(over="ignore", invalid="ignore"):
            w = w - rate * gradient
        if arrived or not np.isfinite(w).all():
            break
        path.append(w)
    none = np.zeros(x.shape[1])
    return Path(np.array(path), np.array([_loss(x, y, at, c, none) for at in path]), arrived)


def probabilities(weights: ArrayLike, x: ArrayLike) -> Floats:
    """Give σ(w·[1, x]) for each row of x (n, d): (n,)."""
    x = door.points("x", x)
    weights = door.numbers("weights", weights, shape=(x.shape[1] + 1,))
    p: Floats = expit(weights[0] + x @ weights[1:])
    return p


def discriminant(x: ArrayLike, y: ArrayLike) -> Floats:
    """Give the line of linear discriminant analysis: two Gaussian bells of one shape, and where they are as likely.

    Parameters
    ----------
    x, y
        (n, d) examples and (n,) labels in {0, 1}, both of them there; the columns must not depend on each other.

    Returns
    -------
    (d+1,) array
        Weights, bias first, of the log-odds.
    """
    x = door.points("x", x, least=2)
    y = door.labels("y", y, len(x), classes=2)
    if len(np.unique(y)) < 2:
        raise ValueError("y must hold both classes, 0 and 1.")
    low, high = (x[y == label].mean(axis=0) for label in (0, 1))
    away = x - np.where(y[:, None] == 1, high, low)
    # w = Σ⁻¹ (μ₁ − μ₀),   b = −w·(μ₁ + μ₀)/2 + ln(n₁/n₀)
    try:
        w = np.linalg.solve(away.T @ away / len(x), high - low)
    except np.linalg.LinAlgError:
        raise ValueError("x must have columns that do not depend on each other.") from None
    return np.append(-w @ (high + low) / 2 + np.log(y.sum() / (len(y) - y.sum())), w)


def out_of_fold(
    x: ArrayLike, y: ArrayLike, *, folds: int = 5, balanced: bool = False, penalty: float = 1.0, seed: int = 0
) -> Floats:
    """Give each example's probability by a fit that has not seen it: (n,).

    Parameters
    ----------
    x, y
        As of `irls`, both classes at least twice; each fit scales the columns by the examples it learns from.
    balanced
        Let both classes weigh alike in the fit, however rare one is.
    """
    x = door.points("x", x, least=4)
    y = door.labels("y", y, len(x), classes=2)
    if min(np.bincount(y, minlength=2)) < 2:
        raise ValueError("y must hold each class at least twice.")
    of, p = _dealt(y, folds, seed), np.empty(len(x))
    for fold in np.unique(of):
        out = of == fold
        offset, factor = scaling(x[~out], "standard")
        z = (x - offset) * factor
        # n / (2 n_class), as scikit-learn's class_weight="balanced"
        counts = len(y[~out]) / (2 * np.bincount(y[~out], minlength=2)) if balanced else np.ones(2)
        path = irls(z[~out], y[~out], penalty=penalty, weight=counts[y[~out]])
        p[out] = probabilities(path.weights[-1], z[out])
    return p


def _dealt(y: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Deal each class into folds by itself, so that no fit lacks one."""
    of = np.empty(len(y), dtype=np.int64)
    for label in (0, 1):
        rows = np.flatnonzero(y == label)
        of[rows] = deal(len(rows), min(count, len(rows)), seed=seed)
    return of


def _taken(
    x: ArrayLike, y: ArrayLike, start: ArrayLike | None, weight: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    x = door.points("x", x, most=LARGEST)
    labels = door.labels("y", y, len(x), classes=2).astype(float)
    x = np.column_stack([np.ones(len(x)), x])
    start = np.zeros(x.shape[1]) if start is None else door.numbers("start", start, shape=(x.shape[1],))
    counts = np.ones(len(x)) if weight is None else door.numbers("weight", weight, shape=(len(x),))
    if (counts < 0).any() or not counts.any():
        raise ValueError("weight must not be negative, nor zero everywhere.")
    return x, labels, start, counts


def _loss(x: Floats, y: Floats, w: Floats, c: Floats, ridge: Floats) -> float:
    # −ln σ((2y − 1) z) = ln(1 + e^z) − y z, without overflow
    with np.errstate(over="ignore", invalid="ignore"):
        z = x @ w
        return float((c @ (np.logaddexp(0, z) - y * z) + ridge @ w**2 / 2) / c.sum())


def _newton(hessian: Floats, gradient: Floats) -> Floats | None:
    """Solve for Newton's step; None where the surface is flat to the last bit in some direction."""
    try:
        step: Floats = np.asarray(np.linalg.solve(hessian, gradient), float)
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None

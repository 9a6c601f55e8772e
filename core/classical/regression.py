"""Least squares: the line with the smallest sum of squares, which is the likeliest one under Gaussian noise.

The model is t = w·[1, x] + noise. With a ridge λ the slopes are held down: minimise ‖t − w₀ − Xw‖² + λ‖w‖². The
intercept goes free, so all is solved about the means, by the singular values d of the centred X.

Sources: Hastie, Tibshirani & Friedman, "The elements of statistical learning" (2009), 3.2 and 3.4.1; Allen, "The
relationship between variable selection and data augmentation", Technometrics 16 (1974), for the residuals of leaving
one out; Ambroise & McLachlan, PNAS 99 (2002), for columns chosen by the cases they are tested on.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.data.splits import folds as deal
from core.result import result

Floats = NDArray[np.float64]
LARGEST = 1e100  # squares and their products stay finite


@result
class Fit:
    """A line, or a plane, and how each example bears on it."""

    weights: Floats  # (d+1,) intercept first
    fitted: Floats  # (n,)
    residuals: Floats  # (n,) t − fitted
    leverage: Floats  # (n,) how far the fit at an example follows its own target: ∂ fittedᵢ / ∂ tᵢ
    loo_residuals: Floats  # (n,) what the fit without the example misses it by; NaN where it alone holds the fit
    sigma2_ml: float  # of maximum likelihood: mean squared residual
    degrees: float  # of freedom that the fit uses: the sum of the leverages


def fit(x: ArrayLike, t: ArrayLike, *, ridge: float = 0.0) -> Fit:
    """Fit targets by least squares.

    Parameters
    ----------
    x, t
        (n, d) examples and (n,) targets. Where columns depend on each other, the smallest slopes that fit best.
    ridge
        λ ≥ 0 of λ‖w‖²; the intercept is not held.

    Examples
    --------
    >>> fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).weights.round(9).tolist()
    [1.0, 2.0]
    """
    x = door.points("x", x, most=LARGEST)
    t = door.numbers("t", t, shape=(len(x),))
    ridge = door.number("ridge", ridge, least=0)
    centre, mean = x.mean(axis=0), t.mean()
    u, d, vt = np.linalg.svd(x - centre, full_matrices=False)
    held = d > np.finfo(float).eps * max(x.shape) * d.max(initial=0.0)
    u, d, vt = u[:, held], d[held], vt[held]
    # X = U D Vᵀ:  w = V · D/(D² + λ) · Uᵀ (t − t̄),  fitted = t̄ + U · D²/(D² + λ) · Uᵀ (t − t̄)
    along = u.T @ (t - mean)
    shrink = d**2 / (d**2 + ridge)
    w = vt.T @ (shrink / d * along)
    fitted = mean + u @ (shrink * along)
    leverage = 1 / len(x) + u**2 @ shrink
    residuals = t - fitted
    # Without example i the fit would miss it by eᵢ / (1 − hᵢᵢ).
    free = 1 - leverage
    with np.errstate(invalid="ignore", divide="ignore"):
        loo = np.where(free > 1e-12, residuals / free, np.nan)
    return Fit(
        weights=np.r_[mean - centre @ w, w],
        fitted=fitted,
        residuals=residuals,
        leverage=leverage,
        loo_residuals=loo,
        sigma2_ml=float(np.mean(residuals**2)),
        degrees=float(leverage.sum()),
    )


def predict(weights: ArrayLike, x: ArrayLike) -> Floats:
    """Give w·[1, x] for each row of x (n, d): (n,)."""
    x = door.points("x", x)
    weights = door.numbers("weights", weights, shape=(x.shape[1] + 1,))
    return np.asarray(weights[0] + x @ weights[1:])


def polynomial(x: ArrayLike, degree: int) -> Floats:
    """Give the powers x, x², … of numbers x (n,): (n, degree)."""
    x = door.numbers("x", x, ndim=1)
    return x[:, None] ** np.arange(1, door.whole("degree", degree) + 1)


def normal_equations(x: ArrayLike, t: ArrayLike) -> Floats:
    """Solve XᵀX w = Xᵀt as the textbook has it, the column of ones included: (d+1,) weights.

    The condition number of XᵀX is the square of X's: twice as many digits are lost as `fit` loses.
    """
    x = door.points("x", x, most=LARGEST)
    t = door.numbers("t", t, shape=(len(x),))
    rows = np.column_stack([np.ones(len(x)), x])
    try:
        return np.asarray(np.linalg.solve(rows.T @ rows, rows.T @ t))
    except np.linalg.LinAlgError:
        raise ValueError("x must have columns that do not depend on each other.") from None


def log_likelihood(residuals: ArrayLike, sigma: float) -> float:
    """Give ln ∏ N(residual; 0, σ²) of residuals (n,)."""
    e = door.numbers("residuals", residuals, ndim=1)
    sigma = door.number("sigma", sigma, above=0)
    return float(-0.5 * np.sum((e / sigma) ** 2) - len(e) * np.log(sigma * np.sqrt(2 * np.pi)))


def ridge_for(x: ArrayLike, degrees: float) -> float:
    """Give the λ with which `fit` uses so many degrees of freedom, the intercept's one included.

    Parameters
    ----------
    x
        (n, d) examples.
    degrees
        Above 1, up to 1 + the rank of the centred x (where λ is 0).
    """
    x = door.points("x", x, most=LARGEST)
    d2 = np.linalg.svd(x - x.mean(axis=0), compute_uv=False) ** 2
    d2 = d2[d2 > (np.finfo(float).eps * max(x.shape)) ** 2 * d2.max(initial=0.0)]
    wanted = door.number("degrees", degrees, above=1) - 1
    if wanted >= len(d2):
        return 0.0
    # Σ d²/(d² + λ) falls as λ grows: halve the span of ln λ until it is one number.
    low, high = -80.0, 80.0 + np.log(d2.max())
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(d2 / (d2 + np.exp(middle))) > wanted else (low, middle)
    return float(np.exp(high))


def strongest(x: ArrayLike, t: ArrayLike, count: int) -> NDArray[np.int64]:
    """Give the `count` columns of x (n, d) that correlate most with t (n,), the strongest first."""
    x = door.points("x", x, least=2)
    t = door.numbers("t", t, shape=(len(x),))
    count = door.whole("count", count, most=x.shape[1])
    return np.argsort(-np.abs(correlations(x, t)), kind="stable")[:count]


def correlations(x: ArrayLike, t: ArrayLike) -> Floats:
    """Give Pearson's r of each column of x (n, d) with t (n,): (d,), 0 where one of them has no spread."""
    x = door.points("x", x, least=2)
    t = door.numbers("t", t, shape=(len(x),))
    u, v = x - x.mean(axis=0), t - t.mean()
    spread = np.sqrt((u**2).sum(axis=0) * (v @ v))
    return np.asarray(np.where(spread > 0, v @ u / np.where(spread > 0, spread, 1.0), 0.0))


def cross_validated(
    x: ArrayLike, y: ArrayLike, *, keep: int, leak: bool = False, folds: int = 5, ridge: float = 1.0, seed: int = 0
) -> Floats:
    """Choose columns, fit, and test by cross-validation; the fitted line calls class 1 where it is above ½.

    Parameters
    ----------
    x, y
        (n, d) examples and (n,) labels in {0, 1}.
    keep
        How many columns are chosen: the `strongest`.
    leak
        Choose them once by all examples, before the folds are dealt: the tested examples have had their say. By
        default each fold chooses by what it learns from.
    folds, ridge, seed
        Of the dealing and of the fits.

    Returns
    -------
    (folds,) array
        Accuracy in each fold.
    """
    x = door.points("x", x, least=4)
    y = door.labels("y", y, len(x), classes=2)
    of = deal(len(x), folds, seed=seed)
    chosen = strongest(x, y, keep)
    right = []
    for fold in np.unique(of):
        out = of == fold
        columns = chosen if leak else strongest(x[~out], y[~out], keep)
        w = fit(x[~out][:, columns], y[~out], ridge=ridge).weights
        right.append(np.mean((predict(w, x[out][:, columns]) > 0.5) == y[out]))
    return np.array(right)

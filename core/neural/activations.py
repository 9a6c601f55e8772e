"""Activation functions and softmax: their shapes, and forms of them that do not break in floating point.

Each function takes and gives float64 of any shape. `softmax_in` and `loss_in` do the same sums in fewer bits, the naive
way and the stable ways, to show where numbers end.

Sources: D. Hendrycks, K. Gimpel (2016), Gaussian error linear units, for GELU and both of its approximations.
P. Blanchard, D. Higham, N. Higham (2021), Accurately computing the log-sum-exp and softmax functions, for the shift.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erfc

from core import door

Floats = NDArray[np.float64]

ACTIVATIONS = ("sigmoid", "tanh", "relu", "gelu")
FORMS = ("exact", "tanh", "sigmoid")  # of GELU
RULES = ("e", "two", "ten", "square")  # how `shares` weighs a score
FORMATS = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
WAYS = ("naive", "shifted", "log")  # how `loss_in` computes
ROOT = np.sqrt(2 / np.pi)


def sigmoid(x: ArrayLike) -> Floats:
    """Give σ(x) = 1 / (1 + e⁻ˣ), elementwise; x may be ±∞."""
    x = door.numbers("x", x, endless=True)
    # Only e^−|x| ≤ 1 is computed, so nothing overflows: σ(x) = 1 / (1 + e⁻ˣ) = eˣ / (1 + eˣ)
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, small) / (1 + small))


def relu(x: ArrayLike) -> Floats:
    """Give max(0, x), elementwise; x may be ±∞."""
    return np.asarray(np.maximum(door.numbers("x", x, endless=True), 0.0))


def gelu(x: ArrayLike, *, form: str = "exact") -> Floats:
    """Give GELU, elementwise: x times the probability that a standard normal number is below x.

    Parameters
    ----------
    x
        Numbers, ±∞ among them.
    form
        "exact", x Φ(x); or its approximations "tanh", x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, and "sigmoid",
        x σ(1.702 x).
    """
    x = door.numbers("x", x, endless=True)
    door.one_of("form", form, FORMS)
    inner = np.clip(x, -1e3, 1e3)  # beyond, Φ is 0 or 1 to the last bit
    if form == "exact":
        # Φ(x) = erfc(−x/√2) / 2, which keeps its digits where 1 + erf(x/√2) has lost them
        share = erfc(-inner / np.sqrt(2)) / 2
    elif form == "tanh":
        share = (1 + np.tanh(ROOT * (inner + 0.044715 * inner**3))) / 2
    else:
        share = sigmoid(1.702 * inner)
    return np.asarray(np.where(np.isinf(x), np.maximum(x, 0.0), np.where(share > 0, x, 0.0) * share))


def activate(name: str, x: ArrayLike, *, form: str = "exact") -> Floats:
    """Give φ(x); `name` is one of `ACTIVATIONS`, `form` that of GELU."""
    door.one_of("activation", name, ACTIVATIONS)
    if name == "gelu":
        return gelu(x, form=form)
    if name == "tanh":
        return np.asarray(np.tanh(door.numbers("x", x, endless=True)))
    return sigmoid(x) if name == "sigmoid" else relu(x)


def slope(name: str, x: ArrayLike, *, form: str = "exact") -> Floats:
    """Give φ′(x) for finite x, elementwise; at the kink of ReLU the slope on its left, 0."""
    door.one_of("activation", name, ACTIVATIONS)
    door.one_of("form", form, FORMS)
    x = np.clip(door.numbers("x", x), -1e3, 1e3)
    small = np.exp(-np.abs(x))
    if name == "sigmoid":
        # σ′ = e⁻ˣ / (1 + e⁻ˣ)², the same for x and −x
        return np.asarray(small / (1 + small) ** 2)
    if name == "tanh":
        # tanh(x) = 2σ(2x) − 1, so tanh′(x) = 4σ′(2x)
        return np.asarray(4 * small**2 / (1 + small**2) ** 2)
    if name == "relu":
        return np.asarray((x > 0).astype(float))
    if form == "exact":
        # Φ(x) + x N(x; 0, 1)
        return np.asarray(erfc(-x / np.sqrt(2)) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
    if form == "tanh":
        t = np.tanh(ROOT * (x + 0.044715 * x**3))
        return np.asarray((1 + t) / 2 + x / 2 * (1 - t**2) * ROOT * (1 + 3 * 0.044715 * x**2))
    s = sigmoid(1.702 * x)
    return np.asarray(s + 1.702 * x * s * (1 - s))


def softmax(z: ArrayLike, *, axis: int = -1, temperature: float = 1.0) -> Floats:
    """Turn scores into probabilities: pᵢ = e^(zᵢ/T) / Σⱼ e^(zⱼ/T).

    Parameters
    ----------
    z
        Scores (…, k), of any size. −∞ is a class that is ruled out; one at least must be finite.
    axis
        Along which the probabilities add up to 1.
    temperature
        T > 0.
    """
    z = _scores(z, axis) / door.number("temperature", temperature, above=0)
    # Taking the largest off changes nothing, and nothing overflows: e^(zᵢ − m) / Σ e^(zⱼ − m)
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def log_softmax(z: ArrayLike, *, axis: int = -1, temperature: float = 1.0) -> Floats:
    """Give ln of `softmax`, without taking the logarithm of a probability that may be 0. Arguments as of `softmax`."""
    z = _scores(z, axis) / door.number("temperature", temperature, above=0)
    # ln pᵢ = (zᵢ − m) − ln Σⱼ e^(zⱼ − m),  m the largest: the largest term of the sum is 1
    z = z - z.max(axis=axis, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(axis=axis, keepdims=True)))


def entropy(p: ArrayLike, *, axis: int = -1) -> Floats:
    """Give −Σ pᵢ ln pᵢ of probabilities, in nats: 0 where one is certain, ln k where all k are alike."""
    p = door.numbers("p", p)
    if (p < 0).any() or (p > 1).any():
        raise ValueError("p must hold probabilities, from 0 to 1.")
    return np.asarray(-np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=axis))


def shares(z: ArrayLike, rule: str, *, temperature: float = 1.0) -> Floats:
    """Divide 1 among scores z (k,) in proportion to e^(z/T), 2^(z/T), 10^(z/T) or (z/T)².

    Parameters
    ----------
    z, temperature
        As of `softmax`; finite.
    rule
        One of `RULES`. Where all squares are 0, all scores share alike.
    """
    z = door.numbers("z", z, ndim=1)
    door.one_of("rule", rule, RULES)
    if rule != "square":
        # b^z = e^(z ln b): another base is another temperature, T / ln b
        return softmax(z, temperature=temperature / {"e": 1.0, "two": np.log(2), "ten": np.log(10)}[rule])
    if not len(z):
        raise ValueError("z must hold at least one score.")
    weight = (z / np.abs(z).max()) ** 2 if z.any() else np.ones(len(z))  # T cancels
    return np.asarray(weight / weight.sum())


def softmax_regression(x: ArrayLike, y: ArrayLike, *, rate: float = 0.5, steps: int = 200) -> Floats:
    """Fit scores linear in x by going downhill on the mean of −ln p(right class).

    Parameters
    ----------
    x, y
        (n, d) examples, and (n,) classes from 0.
    rate, steps
        η > 0, and how many steps.

    Returns
    -------
    (d+1, k) array
        Weights, biases first: scores are weights[0] + x @ weights[1:].
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x))
    rate, steps = door.number("rate", rate, above=0), door.whole("steps", steps)
    rows, right = np.column_stack([np.ones(len(x)), x]), np.eye(int(y.max()) + 1)[y]
    weights = np.zeros((rows.shape[1], right.shape[1]))
    for _ in range(steps):
        # ∂(−ln p_y)/∂z = p − (1 at the right class, 0 elsewhere)
        weights -= rate * rows.T @ (softmax(rows @ weights) - right) / len(x)
    return weights


# ---- the same in fewer bits


def softmax_in(z: ArrayLike, form: str, *, shifted: bool = False) -> Floats:
    """Give softmax as a computer does in a number format, each result rounded to it; NaN where it breaks.

    Parameters
    ----------
    z
        Scores (…, k).
    form
        One of `FORMATS`.
    shifted
        Take the largest score off first.
    """
    kind = FORMATS[door.one_of("form", form, FORMATS)]
    with np.errstate(all="ignore"):
        z = _scores(z, -1).astype(kind)
        e = np.exp(z - z.max(axis=-1, keepdims=True) if shifted else z)
        return np.asarray((e / e.sum(axis=-1, keepdims=True, dtype=kind)).astype(np.float64))


def loss_in(z: ArrayLike, right: int, form: str, *, way: str = "naive") -> Floats:
    """Give −ln p of one class as a computer does in a number format; NaN or ∞ where it breaks.

    Parameters
    ----------
    z, form
        As of `softmax_in`.
    right
        The class.
    way
        "naive": the logarithm of the softmax. "shifted": of the shifted one. "log": no softmax, (m − z) + ln Σ e^(z−m).
    """
    kind = FORMATS[door.one_of("form", form, FORMATS)]
    door.one_of("way", way, WAYS)
    z = _scores(z, -1)
    right = door.whole("right", right, least=0, most=z.shape[-1] - 1)
    with np.errstate(all="ignore"):
        if way != "log":
            p = softmax_in(z, form, shifted=way == "shifted").astype(kind)[..., right]
            return np.asarray(-np.log(p), dtype=np.float64)
        rounded = z.astype(kind)
        down = rounded - rounded.max(axis=-1, keepdims=True)
        total = np.exp(down).sum(axis=-1, dtype=kind)
        return np.asarray(np.log(total) - down[..., right], dtype=np.float64)


def cliffs(form: str) -> tuple[float, float]:
    """Give how large z may be until eᶻ overflows, ln(largest), and until e⁻ᶻ is rounded to 0, −ln(least / 2)."""
    info: Any = np.finfo(FORMATS[door.one_of("form", form, FORMATS)])
    return float(np.log(float(info.max))), float(np.log(2) - np.log(float(info.smallest_subnormal)))


def _scores(z: ArrayLike, axis: int) -> Floats:
    z = door.numbers("z", z, endless=True)
    if z.ndim == 0 or not -z.ndim <= axis < z.ndim or z.shape[axis] == 0:
        raise ValueError("z must hold at least one score along the axis.")
    if (z == np.inf).any() or not (z > -np.inf).any(axis=axis).all():
        raise ValueError("z must not be +∞, and one score at least must be finite.")
    return z

"""Walking downhill: gradient descent and its kin, in PyTorch's conventions and under its names.

`run` walks once, `walks` many times at once. The gradient is asked for at each step, so it may be one of a mini-batch.

====================  =============================================================================================
sgd                   momentum, dampening, weight_decay, nesterov; all 0 or False by default
momentum, nesterov    the same with momentum=0.9, and for the second nesterov=True
adagrad               lr_decay, weight_decay, initial_accumulator_value, eps=1e-10
rmsprop               alpha=0.99, eps=1e-8, weight_decay, momentum, centered
adam, amsgrad         betas=(0.9, 0.999), eps=1e-8, weight_decay, amsgrad
====================  =============================================================================================

Sources: B. T. Polyak (1964) for the heavy ball; J. Duchi et al. (2011), AdaGrad; T. Tieleman, G. Hinton (2012),
RMSProp; D. P. Kingma, J. Ba (2015), Adam; S. J. Reddi et al. (2018), On the convergence of Adam and beyond, for
AMSGrad.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door

Floats = NDArray[np.float64]
Gradient = Callable[[Floats], Any]

NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "amsgrad")


def run(name: str, gradient: Gradient, start: ArrayLike, *, steps: int, rate: float, **options: Any) -> Floats:
    """Walk from a start.

    Parameters
    ----------
    name
        One of `NAMES`.
    gradient
        (d,) weights -> (d,) gradient there.
    start
        (d,) weights.
    steps, rate
        How many steps, and η > 0 (PyTorch's lr).
    options
        PyTorch's, as the head of this file lists them.

    Returns
    -------
    (steps+1, d) array
        The start and where each step leads. A walk that explodes goes on to ∞ and NaN.
    """
    start = door.numbers("start", start, ndim=1)
    return _walked(name, gradient, start, steps, door.number("rate", rate, above=0), options)


def walks(name: str, gradient: Gradient, starts: ArrayLike, *, steps: int, rate: ArrayLike, **options: Any) -> Floats:
    """Walk from many starts (n, d) at once, with a rate for all, or (n,) one for each: (steps+1, n, d).

    Arguments as of `run`; the gradient takes and gives (n, d), and `momentum` may be (n,) as well.
    """
    starts = door.numbers("starts", starts, ndim=2)
    rates = np.broadcast_to(door.numbers("rate", rate), len(starts))[:, None]
    if not (rates > 0).all():
        raise ValueError("rate must be above 0.")
    if np.ndim(options.get("momentum", 0.0)) == 1:
        options = {**options, "momentum": door.numbers("momentum", options["momentum"], shape=(len(starts),))[:, None]}
    return _walked(name, gradient, starts, steps, rates, options)


def _walked(name: str, gradient: Gradient, w: Floats, steps: int, rate: Any, options: dict[str, Any]) -> Floats:
    steps = door.whole("steps", steps, least=0)
    rule, defaults = RULES[door.one_of("name", name, NAMES)]
    if unknown := sorted(set(options) - set(defaults)):
        raise ValueError(f"{name} has no option {unknown[0]}; it takes {', '.join(defaults)}.")

    def asked(at: Floats) -> Floats:
        g = np.asarray(gradient(at), dtype=np.float64)
        if g.shape != at.shape:
            raise ValueError(f"gradient must give shape {at.shape}, like the weights, not {g.shape}.")
        return g

    path = np.empty((steps + 1, *w.shape))
    path[0] = w
    with np.errstate(over="ignore", invalid="ignore"):
        walk = rule(w, asked, rate, **_checked({**defaults, **options}))
        for t in range(1, steps + 1):
            path[t] = next(walk)
    return path


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    for key, value in options.items():
        if key in ("nesterov", "centered", "amsgrad"):
            door.flag(key, value)
        elif key == "betas":
            if np.shape(value) != (2,):
                raise ValueError("betas must be two numbers.")
            for beta in value:
                door.number("betas", beta, least=0, below=1)
        elif key == "momentum" and np.ndim(value):
            if (value < 0).any():
                raise ValueError("momentum must not be negative.")
        else:
            door.number(key, value, least=0, most=1 if key == "alpha" else None)
    if options.get("nesterov") and (not np.all(options["momentum"] > 0) or options["dampening"]):
        raise ValueError("nesterov needs a momentum above 0 and no dampening.")
    return options


# ---- the rules: each gives the weights after a step, for ever


def _sgd(
    w: Floats, gradient: Gradient, rate: Any, momentum: Any, dampening: float, weight_decay: float, nesterov: bool
) -> Iterator[Floats]:
    v = None
    while True:
        g = gradient(w) + weight_decay * w
        if np.any(momentum):
            # v ← μ v + (1 − dampening) g, and at first g; Nesterov looks ahead: g + μ v
            v = g if v is None else momentum * v + (1 - dampening) * g
            g = g + momentum * v if nesterov else v
        w = w - rate * g
        yield w


def _adagrad(
    w: Floats,
    gradient: Gradient,
    rate: Any,
    lr_decay: float,
    weight_decay: float,
    initial_accumulator_value: float,
    eps: float,
) -> Iterator[Floats]:
    total, t = np.full(w.shape, float(initial_accumulator_value)), 0
    while True:
        g = gradient(w) + weight_decay * w
        # s ← s + g²,  w ← w − η g / (√s + ε): the sum only grows, and steps shrink
        total = total + g * g
        w = w - rate / (1 + t * lr_decay) * g / (np.sqrt(total) + eps)
        t += 1
        yield w


def _rmsprop(
    w: Floats,
    gradient: Gradient,
    rate: Any,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> Iterator[Floats]:
    square, mean, v = np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)
    while True:
        g = gradient(w) + weight_decay * w
        # s ← α s + (1 − α) g²,  w ← w − η g / (√s + ε); centred, s less the square of the mean gradient
        square = alpha * square + (1 - alpha) * g * g
        mean = alpha * mean + (1 - alpha) * g
        v = momentum * v + g / (np.sqrt(square - mean**2 if centered else square) + eps)
        w = w - rate * v
        yield w


def _adam(
    w: Floats, gradient: Gradient, rate: Any, betas: tuple[float, float], eps: float, weight_decay: float, amsgrad: bool
) -> Iterator[Floats]:
    mean, square, t = np.zeros(w.shape), np.zeros(w.shape), 0
    most, (b1, b2) = square, betas
    while True:
        t += 1
        g = gradient(w) + weight_decay * w
        # m ← β₁ m + (1 − β₁) g,  s ← β₂ s + (1 − β₂) g²; both start at 0, which 1 − βᵗ makes up for
        mean = b1 * mean + (1 - b1) * g
        square = b2 * square + (1 - b2) * g * g
        most = np.maximum(most, square) if amsgrad else square
        # w ← w − η m̂ / (√ŝ + ε): ε is outside of the root
        w = w - rate / (1 - b1**t) * mean / (np.sqrt(most) / np.sqrt(1 - b2**t) + eps)
        yield w


SGD = {"momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False}
ADAM = {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False}
RULES: dict[str, tuple[Callable[..., Iterator[Floats]], dict[str, Any]]] = {
    "sgd": (_sgd, SGD),
    "momentum": (_sgd, SGD | {"momentum": 0.9}),
    "nesterov": (_sgd, SGD | {"momentum": 0.9, "nesterov": True}),
    "adagrad": (_adagrad, {"lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10}),
    "rmsprop": (_rmsprop, {"alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False}),
    "adam": (_adam, ADAM),
    "amsgrad": (_adam, ADAM | {"amsgrad": True}),
}

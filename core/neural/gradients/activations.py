"""Activation functions φ with their slopes φ′."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, expit

from core.door import one_of

Array = NDArray[np.float64]

LEAK = 0.01  # slope of the leaky ReLU below zero
# G. Klambauer et al. (2017), Self-normalizing neural networks: α and λ that keep mean 0 and variance 1.
ALPHA, LAMBDA = 1.6732632423543772, 1.0507009873554805
STEEPEST = {"sigmoid": 0.25, "gelu": 1.1289, "selu": LAMBDA * ALPHA}  # max |φ′|; 1 for the others


def activate(name: str, x: ArrayLike) -> Array:
    """Give φ(x), elementwise; `name` is one of `ACTIVATIONS`."""
    return np.array(PHI[one_of("activation", name, ACTIVATIONS)](np.asarray(x, dtype=np.float64))[0])


def slope(name: str, x: ArrayLike) -> Array:
    """Give φ′(x), elementwise; at a kink the slope on its left, as PyTorch does."""
    return np.array(PHI[one_of("activation", name, ACTIVATIONS)](np.asarray(x, dtype=np.float64))[1])


def _sigmoid(x: Array) -> tuple[Array, Array]:
    a = expit(x)
    return a, a * (1 - a)


def _tanh(x: Array) -> tuple[Array, Array]:
    a = np.tanh(x)
    return a, 1 - a * a


def _relu(x: Array) -> tuple[Array, Array]:
    return np.maximum(x, 0), (x > 0).astype(x.dtype)


def _leaky_relu(x: Array) -> tuple[Array, Array]:
    step = ((x > 0) * (1 - LEAK) + LEAK).astype(x.dtype)
    return x * step, step


def _gelu(x: Array) -> tuple[Array, Array]:
    # x Φ(x), and Φ(x) + x N(x; 0, 1); in place, since it is the slowest of all
    share = erf(x * np.sqrt(0.5))
    share += 1
    share *= 0.5
    steep = x * x
    steep *= -0.5
    steep = np.exp(steep)
    steep *= x
    steep *= 1 / np.sqrt(2 * np.pi)
    steep += share
    return x * share, steep


def selu(x: Array) -> tuple[Array, Array]:
    """Give SELU and its slope: λ x above zero, λ α (eˣ − 1) below."""
    below = LAMBDA * ALPHA * np.exp(np.minimum(x, 0))
    return np.where(x > 0, LAMBDA * x, below - LAMBDA * ALPHA), np.where(x > 0, x.dtype.type(LAMBDA), below)


def _linear(x: Array) -> tuple[Array, Array]:
    return x, np.ones_like(x)


PHI: dict[str, Callable[[Array], tuple[Array, Array]]] = {  # x -> φ(x) and φ′(x)
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "gelu": _gelu,
    "selu": selu,
    "linear": _linear,
}
ACTIVATIONS = tuple(PHI)

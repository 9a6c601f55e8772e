"""The trip up and the trip down, in float64. Leading axes of the weights are many networks side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.neural.gradients.activations import ACTIVATIONS as ACTIVATIONS
from core.neural.gradients.activations import PHI
from core.result import result

Array = NDArray[np.float64]
Weights = list[tuple[Array, Array]]

LOSSES = ("cross_entropy", "squared", "brier")


@result
class Pass:
    """What both trips leave behind."""

    h: list[Array]  # (layers + 1) arrays (…, n, width) of activations: the input first, the output last
    slope: list[Array]  # (layers) arrays φ′ of each layer; 1 for the last
    delta: list[Array]  # (layers) arrays ∂loss/∂z of what goes into φ, each example's share
    loss: Array  # (…) of each network

    @property
    def gradients(self) -> Weights:
        """∂loss/∂W and ∂loss/∂b of each layer."""
        # ∂L/∂W = hᵀ δ: what came in, times the message that came back. ∂L/∂b = Σ δ
        return [
            (np.swapaxes(h, -1, -2) @ delta, delta.sum(axis=-2)) for h, delta in zip(self.h, self.delta, strict=False)
        ]


def gradients(
    weights: Sequence[tuple[ArrayLike, ArrayLike]],
    x: ArrayLike,
    y: ArrayLike,
    *,
    activation: str | Sequence[str] = "tanh",
    loss: str = "cross_entropy",
    residual: bool = False,
) -> Weights:
    """Give the gradient of the mean loss over all examples, in the shapes of `weights`.

    Parameters
    ----------
    weights
        (W (in, out), b (out,)) of each layer.
    x
        (n, in).
    y
        (n,) classes; for "squared" numbers, (n,) or, for more than one output, (n, out).
    activation
        Of all hidden layers, or one name for each; the last layer is linear.
    loss
        "cross_entropy": of σ(output) for one output, of softmax(outputs) for more. "squared": (output − y)², the mean
        over outputs as well. "brier": (σ(output) − y)², for one output.
    residual
        Whether a hidden layer as wide as the one before adds its input to its output.

    Examples
    --------
    >>> gradients([([[2.0]], [0.0])], [[3.0]], [5.0], loss="squared")  # ∂(6 − 5)²/∂w = 2 · (6 − 5) · 3
    [(array([[6.]]), array([2.]))]
    """
    taken = taken_weights(weights)
    x, y = examples(taken, x, y, loss)
    return run(taken, x, y, names(activation, len(taken) - 1), loss, residual=door.flag("residual", residual)).gradients


def run(
    weights: Weights, x: Array, y: NDArray[Any], activation: Sequence[str], loss: str, *, residual: bool = False
) -> Pass:
    """Send examples up and their errors down; arguments as of `gradients`, already checked."""
    h, slope = up(weights, x, activation, residual=residual)
    value, message = judged(h[-1], y, loss)
    delta = [message]  # ∂L/∂z of the last layer, which has no φ
    for layer in range(len(weights) - 2, -1, -1):
        # ∂L/∂h = δ Wᵀ, plus what a skip above lets through; then δ = ∂L/∂h ⊙ φ′(z)
        back = delta[0] @ np.swapaxes(weights[layer + 1][0], -1, -2)
        if layer + 1 < len(weights) - 1 and skips(weights, layer + 1, residual):
            back = back + message
        message = back
        delta.insert(0, message * slope[layer])
    return Pass(h, slope, delta, value)


def up(
    weights: Weights, x: Array, activation: Sequence[str], *, residual: bool = False
) -> tuple[list[Array], list[Array]]:
    """Give the activations, the input first, and the slopes of φ."""
    h, slopes = [x], []
    for layer, (W, b) in enumerate(weights):
        # z = h W + b
        z = h[-1] @ W + b[..., None, :]
        if layer == len(weights) - 1:
            h.append(z)
            slopes.append(np.ones_like(z))
            break
        # h′ = φ(z), or h + φ(z)
        a, steep = PHI[activation[layer]](z)
        h.append(h[-1] + a if skips(weights, layer, residual) else a)
        slopes.append(steep)
    return h, slopes


def skips(weights: Weights, layer: int, residual: bool) -> bool:
    """Whether a hidden layer adds its input to its output: it is as wide as the one before."""
    rows, columns = weights[layer][0].shape[-2:]
    return residual and rows == columns


def outputs(weights: Weights, x: Array, activation: Sequence[str], *, residual: bool = False) -> Array:
    """Give what the last layer says, (…, n, out)."""
    return up(weights, x, activation, residual=residual)[0][-1]


def judged(z: Array, y: NDArray[Any], loss: str) -> tuple[Array, Array]:
    """Give the mean loss (…) of outputs (…, n, out), and its derivative by each output."""
    n, out = z.shape[-2:]
    if loss == "squared":
        # mean (z − y)², with derivative 2 (z − y) / (n · out)
        off = z - y.reshape(n, -1)
        return (off**2).mean(axis=(-2, -1)), 2 * off / (n * out)
    if out == 1:
        t = y[:, None]
        p = expit(z)
        if loss == "brier":
            # mean (p − y)², with derivative 2 (p − y) p (1 − p) / n
            return ((p - t) ** 2).mean(axis=(-2, -1)), 2 * (p - t) * p * (1 - p) / n
        # mean of ln(1 + eᶻ) − y z, with derivative (p − y) / n
        return (np.logaddexp(0, z) - t * z).mean(axis=(-2, -1)), (p - t) / n
    # −ln softmax(z)_y, with derivative (softmax(z) − 1[y]) / n
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=-1, keepdims=True)
    truth = np.arange(out) == y[:, None]
    value = (np.log(total[..., 0]) - (shifted * truth).sum(axis=-1)).mean(axis=-1)
    return value, (e / total - truth) / n


def differences(
    weights: Weights,
    x: Array,
    y: NDArray[Any],
    *,
    activation: Sequence[str],
    loss: str,
    h: float = 1e-5,
    residual: bool = False,
) -> Weights:
    """Give the gradient by nudging one weight after the other: (L(w + h) − L(w − h)) / 2h, an error of order h²."""
    found: Weights = []
    for layer, pair in enumerate(weights):
        sides = []
        for part in (0, 1):
            g = np.zeros_like(pair[part])
            for place in np.ndindex(g.shape):
                ends = []
                for step in (h, -h):
                    moved = [(W.copy(), b.copy()) for W, b in weights]
                    moved[layer][part][place] += step
                    ends.append(judged(outputs(moved, x, activation, residual=residual), y, loss)[0])
                g[place] = (ends[0] - ends[1]) / (2 * h)
            sides.append(g)
        found.append((sides[0], sides[1]))
    return found


def names(activation: str | Sequence[str], hidden: int) -> tuple[str, ...]:
    """Take one name for each hidden layer."""
    found = (activation,) * hidden if isinstance(activation, str) else tuple(activation)
    if isinstance(activation, str):
        door.one_of("activation", activation, ACTIVATIONS)
    for name in found:
        door.one_of("activation", name, ACTIVATIONS)
    if len(found) != hidden:
        raise ValueError(f"activation must name {hidden} hidden layers, not {len(found)}.")
    return found


def taken_weights(weights: Sequence[tuple[ArrayLike, ArrayLike]]) -> Weights:
    """Check that layers fit on each other."""
    if len(weights) < 1:
        raise ValueError("weights must hold at least one layer.")
    taken: Weights = []
    for layer, pair in enumerate(weights):
        if len(pair) != 2:
            raise ValueError("weights must hold a pair (W, b) for each layer.")
        W = door.numbers(f"W of layer {layer}", pair[0], ndim=2)
        if taken and taken[-1][0].shape[1] != W.shape[0]:
            raise ValueError(f"W of layer {layer} must have {taken[-1][0].shape[1]} rows, not {W.shape[0]}.")
        taken.append((W, door.numbers(f"b of layer {layer}", pair[1], shape=(W.shape[1],))))
    return taken


def examples(weights: Weights, x: ArrayLike, y: ArrayLike, loss: str) -> tuple[Array, NDArray[Any]]:
    """Check that examples fit the network and the loss."""
    door.one_of("loss", loss, LOSSES)
    x = door.points("x", x)
    wide, out = weights[0][0].shape[0], weights[-1][0].shape[1]
    if x.shape[1] != wide:
        raise ValueError(f"x must have {wide} columns, as the first layer has rows, not {x.shape[1]}.")
    if out == 1 and np.shape(y) == (len(x), 1):
        y = np.reshape(y, -1)
    if loss == "squared":
        return x, door.numbers("y", y, shape=(len(x),) if out == 1 else (len(x), out))
    if loss == "brier" and out != 1:
        raise ValueError("The loss brier takes a network with one output.")
    return x, door.labels("y", y, len(x), classes=max(out, 2))

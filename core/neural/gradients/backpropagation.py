"""A signal's way up through the layers, and a gradient's way down: all by hand, in float64."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.door import whole
from core.neural.gradients.activations import PHI, Array
from core.neural.gradients.network import Config, initial, streams
from core.result import result

EPS = 1e-5  # added to the variance by both norms, as PyTorch does


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer keeps of its forward pass for the backward one."""

    u: Array  # (batch, fan_out) what goes into φ
    slope: Array  # (batch, fan_out) φ′ there
    scale: Array | None  # the norm's 1 / standard deviation: (batch, 1) for "layer", (1, fan_out) for "batch"
    skip: bool


def _as_is(x: Array) -> Array:
    return x


def _norm_axis(norm: str) -> int:
    return 1 if norm == "layer" else 0


def forward(
    config: Config,
    weights: Sequence[Array],
    biases: Sequence[Array],
    x: Array,
    *,
    store: Callable[[Array], Array] = _as_is,
) -> tuple[list[Array], list[Layer]]:
    """Send inputs up through the network.

    Parameters
    ----------
    config
        Gives activation, norm and residual; sizes come from the weights. A layer whose sizes differ has no skip.
    weights, biases
        As `initial` gives them.
    x
        (batch, fan_in).
    store
        Applied to whatever would be written to memory; it may round.

    Returns
    -------
    h, layers
        (L + 1) arrays of activations, the input first; and what `backward` needs.
    """
    phi = PHI[config.activation]
    h, layers = [store(x)], []
    for w, b in zip(weights, biases, strict=True):
        # z = W h + b
        z = h[-1] @ w.T
        z += b
        scale = None
        if config.norm != "none":
            # u = (z − mean) / √(variance + ε), over the units of an example or over the examples of a unit
            axis = _norm_axis(config.norm)
            z -= z.mean(axis=axis, keepdims=True)
            scale = 1 / np.sqrt((z * z).mean(axis=axis, keepdims=True) + EPS)
            z *= scale
        z = store(z)
        a, steep = phi(z)
        a = store(a)
        skip = config.residual and w.shape[0] == w.shape[1]
        layers.append(Layer(z, steep, scale, skip))
        # h′ = φ(u), or h + φ(u)
        h.append(store(h[-1] + a) if skip else a)
    return h, layers


def backward(
    config: Config,
    weights: Sequence[Array],
    layers: Sequence[Layer],
    cotangent: Array,
    *,
    store: Callable[[Array], Array] = _as_is,
) -> tuple[list[Array], list[Array]]:
    """Send a gradient down.

    Parameters
    ----------
    config, weights, layers
        As for and from `forward`.
    cotangent
        (batch, width) ∂loss/∂h_L.
    store
        As for `forward`.

    Returns
    -------
    g, delta
        (L + 1) arrays ∂loss/∂h_l, and L arrays ∂loss/∂z_l of what W_l h_{l−1} + b_l gives. The gradient of W_l is
        delta_lᵀ h_{l−1}, that of b_l the sum of delta_l over the examples.
    """
    g = [store(cotangent)]
    deltas: list[Array] = []
    for w, layer in zip(reversed(weights), reversed(layers), strict=True):
        # ∂/∂u = φ′(u) ∂/∂a
        delta = g[-1] * layer.slope
        if layer.scale is not None:
            # ∂/∂z = (∂/∂u − mean(∂/∂u) − u mean(u ∂/∂u)) / √(variance + ε)
            axis = _norm_axis(config.norm)
            along = (delta * layer.u).mean(axis=axis, keepdims=True)
            delta -= delta.mean(axis=axis, keepdims=True)
            delta -= layer.u * along
            delta *= layer.scale
        delta = store(delta)
        deltas.append(delta)
        # ∂/∂h = Wᵀ ∂/∂z, plus what the skip lets through
        down = delta @ w
        if layer.skip:
            down += g[-1]
        g.append(store(down))
    return g[::-1], deltas[::-1]


@result
class Pass:
    """One trip up and down."""

    h: list[Array]  # (L + 1) arrays (batch, width) of activations
    pre: list[Array]  # L arrays of what went into φ
    slope: list[Array]  # φ′ there
    g: list[Array]  # (L + 1) arrays ∂loss/∂h_l
    delta: list[Array]  # L arrays ∂loss/∂(W_l h_{l−1} + b_l)


def run(config: Config, *, batch: int = 64, seed: int = 0) -> Pass:
    """Send a batch of standard normal inputs up, and a standard normal cotangent down.

    Parameters
    ----------
    config
        The network.
    batch
        Number of examples, at least 1; at least 2 for batch norm.
    seed
        Of weights, inputs and cotangent, a whole number from 0.
    """
    batch = whole("batch", batch, least=2 if config.norm == "batch" else 1)
    weights, biases = initial(config, seed=seed)
    x, cotangent = _ends(int(seed), batch, config.width)
    with np.errstate(all="ignore"):
        h, layers = forward(config, weights, biases, x)
        g, delta = backward(config, weights, layers, cotangent)
    return Pass(h, [layer.u for layer in layers], [layer.slope for layer in layers], g, delta)


@lru_cache(maxsize=8)
def _ends(seed: int, batch: int, width: int) -> tuple[Array, Array]:
    """Draw inputs and a cotangent, (batch, width) each and read-only."""
    x, cotangent = (rng.standard_normal((batch, width)) for rng in streams(seed)[2:])
    x.flags.writeable = cotangent.flags.writeable = False
    return x, cotangent


def singular_values(config: Config, *, seed: int = 0) -> Array:
    """Give the singular values of ∂h_L/∂h₀ at one standard normal input, largest first.

    Values below about 1e-15 of the largest are rounding errors of the product of the layers.

    Parameters
    ----------
    config
        A network without batch norm, which has no Jacobian of a single example.
    seed
        Of weights and input.

    Returns
    -------
    values
        (width,); not-a-number where the Jacobian left the finite numbers.

    Raises
    ------
    ValueError
        With batch norm.
    """
    if config.norm == "batch":
        raise ValueError(
            "With batch norm an example's output depends on the other examples: there is no Jacobian of one."
        )
    weights, biases = initial(config, seed=seed)
    x = streams(seed)[2].standard_normal((1, config.width))
    with np.errstate(all="ignore"):
        _, layers = forward(config, weights, biases, x)
        # Row i of g is eᵢᵀ J: the rows go down together, as if they were a batch.
        g, _ = backward(config, weights, layers, np.eye(config.width))
        if not np.isfinite(g[0]).all():
            return np.full(config.width, np.nan)
        return np.asarray(np.linalg.svd(g[0], compute_uv=False))

"""A deep network before training: what it is, and how its weights are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np

from core.door import flag, number, one_of, whole
from core.neural.gradients.activations import ACTIVATIONS, Array

INITS = ("zero", "normal", "xavier", "he", "lecun", "orthogonal")
NORMS = ("none", "layer", "batch")
MANY = 2_000_000  # weights, at most, worth keeping for the next call


@dataclass(frozen=True, kw_only=True)
class Config:
    """A network of equally wide layers: h₀ = input, h_l = φ(norm(W_l h_{l−1} + b_l)), plus h_{l−1} where `residual`.

    Parameters
    ----------
    depth
        Number of hidden layers L, at least 1. There is no readout.
    width
        Units of each layer and of the input, at least 1.
    activation
        φ: "sigmoid", "tanh", "relu", "leaky_relu" (slope 0.01), "gelu" (exact), "selu" or "linear".
    init
        How W is drawn: "normal", "he" and "lecun" from a Gaussian, "xavier" from a uniform distribution, "orthogonal"
        from the rotations and reflections; "zero" is all zeros. Entries have standard deviation σ_w / √fan_in with
        σ_w² = 1, but 2 for "he"; "xavier" has √fan_in replaced by √((fan_in + fan_out) / 2), the same in a square
        layer.
    gain
        Multiplies σ_w, at least 0.
    bias
        σ_b, standard deviation of the biases, at least 0.
    residual
        Whether a layer's input is added to its output.
    norm
        "layer" or "batch" normalises what goes into φ, without learned scale and shift; or "none".
    """

    depth: int
    width: int
    activation: str
    init: str
    gain: float = 1.0
    bias: float = 0.0
    residual: bool = False
    norm: str = "none"

    def __post_init__(self) -> None:
        whole("depth", self.depth)
        whole("width", self.width)
        one_of("activation", self.activation, ACTIVATIONS)
        one_of("init", self.init, INITS)
        one_of("norm", self.norm, NORMS)
        number("gain", self.gain, least=0)
        number("bias", self.bias, least=0)
        flag("residual", self.residual)

    @property
    def plain(self) -> bool:
        """Whether it is of the kind that the mean-field theory here knows: no residual, no norm."""
        return not self.residual and self.norm == "none"

    @property
    def sigma_w(self) -> float:
        """σ_w, such that W's entries have standard deviation σ_w / √fan_in."""
        return float(self.gain) * base_sigma(self.init)


def base_sigma(init: str) -> float:
    """Give σ_w of an initialisation at gain 1."""
    return {"zero": 0.0, "he": float(np.sqrt(2.0))}.get(one_of("init", init, INITS), 1.0)


def draw(rng: np.random.Generator, init: str, rows: int, columns: int) -> Array:
    """Draw a layer at gain 1, (fan_out, fan_in)."""
    if init == "zero":
        return np.zeros((rows, columns))
    if init == "orthogonal":
        # An orthogonal matrix has entries of variance 1 / max(rows, columns); σ_w = 1 wants 1 / columns.
        return np.asarray(_orthogonal(rng, rows, columns) * np.sqrt(max(rows, columns) / columns))
    if init == "xavier":
        limit = np.sqrt(6 / (rows + columns))
        return np.asarray(rng.uniform(-limit, limit, (rows, columns)))
    drawn = rng.standard_normal((rows, columns))
    drawn *= base_sigma(init) / np.sqrt(columns)
    return drawn


def _orthogonal(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Draw (rows, columns) with orthonormal rows or columns, uniformly over the group (Mezzadri 2007)."""
    n, m = max(rows, columns), min(rows, columns)
    q, r = np.linalg.qr(rng.standard_normal((n, m)))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return np.asarray(q if rows >= columns else q.T)


def streams(seed: int) -> list[np.random.Generator]:
    """Give random numbers for weights, biases, inputs and cotangents, each unmoved by how many the others take."""
    # Of numpy's generators the fastest: 50 layers of 128 × 128 are drawn in 7 ms.
    return [np.random.Generator(np.random.SFC64(s)) for s in np.random.SeedSequence(int(seed)).spawn(4)]


def initial(config: Config, *, seed: int = 0, sizes: Sequence[int] | None = None) -> tuple[list[Array], list[Array]]:
    """Draw the weights and biases of a network.

    Parameters
    ----------
    config
        The network.
    seed
        A whole number from 0. The same seed gives the same draws, only scaled by `gain` and `bias` and cut at `depth`.
    sizes
        (L + 1,) units of the input and of each layer; `width` for all by default.

    Returns
    -------
    weights, biases
        L arrays (fan_out, fan_in) and L arrays (fan_out,); some are shared and read-only.
    """
    seed = whole("seed", seed, least=0)
    sizes = (config.width,) * (config.depth + 1) if sizes is None else tuple(sizes)
    alike = set(sizes) == {config.width} and len(sizes) * config.width**2 <= MANY
    drawn = _kept(config.init, config.width, seed) if alike else _Drawn(config.init, seed)
    layers = drawn.take(sizes)
    return [w if config.gain == 1 else w * config.gain for w, _ in layers], [b * config.bias for _, b in layers]


class _Drawn:
    """Weights at gain 1 and biases at σ_b = 1 of one seed; a depth that grows draws only the new layers."""

    def __init__(self, init: str, seed: int) -> None:
        self.init = init
        self.rngs = streams(seed)[:2]
        self.layers: list[tuple[Array, Array]] = []
        self.lock = Lock()

    def take(self, sizes: tuple[int, ...]) -> list[tuple[Array, Array]]:
        """Give (weights, biases) of each layer, read-only; always the same sizes, but for how many."""
        with self.lock:
            for rows, columns in zip(sizes[len(self.layers) + 1 :], sizes[len(self.layers) :], strict=False):
                w, b = draw(self.rngs[0], self.init, rows, columns), self.rngs[1].standard_normal(rows)
                w.flags.writeable = b.flags.writeable = False
                self.layers.append((w, b))
            return self.layers[: len(sizes) - 1]


@lru_cache(maxsize=8)
def _kept(init: str, width: int, seed: int) -> _Drawn:
    """Keep the draws of networks of one width."""
    return _Drawn(init, seed)

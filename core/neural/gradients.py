"""Vanishing and exploding gradients: what a deep network does to a signal on its way up and to its gradient on its way down.

All of it is measured by real backpropagation in float64; `theory` is the mean-field prediction to lay over it. The network
is h₀ = input, h_l = φ(norm(W_l h_{l−1} + b_l)), plus h_{l−1} where `residual`.

References
----------
B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli (2016), Exponential expressivity in deep neural networks
through transient chaos. NeurIPS.
S. S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein (2017), Deep information propagation. ICLR.
J. Pennington, S. S. Schoenholz, S. Ganguli (2017), Resurrecting the sigmoid in deep learning through dynamical isometry.
NeurIPS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from numbers import Integral, Real
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, erfcx, expit

from core.late import IMPORTS

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "selu", "linear")
INITS = ("zero", "normal", "xavier", "he", "lecun", "orthogonal")
NORMS = ("none", "layer", "batch")
OPTIMIZERS = ("sgd", "momentum", "adam")
CLIPS = ("none", "global", "layer", "equal")
FORMATS = ("fp16", "bf16", "fp32")

LEAK = 0.01  # slope of the leaky ReLU below zero
# G. Klambauer et al. (2017), Self-normalizing neural networks: α and λ that keep mean 0 and variance 1.
ALPHA, LAMBDA = 1.6732632423543772, 1.0507009873554805
EPS = 1e-5  # added to the variance by both norms, as PyTorch does
FLAT = 0.01  # a slope below this share of the steepest one counts as saturated
MANY = 2_000_000  # random numbers worth keeping for the next call


@dataclass(frozen=True, kw_only=True)
class Config:
    """A network of equally wide layers, before training.

    Parameters
    ----------
    depth
        Number of hidden layers L, at least 1. There is no readout.
    width
        Units of each layer and of the input, at least 1.
    activation
        φ: "sigmoid", "tanh", "relu", "leaky_relu" (slope 0.01), "gelu" (exact), "selu" or "linear".
    init
        How W is drawn: "normal", "he" and "lecun" from a Gaussian, "xavier" from a uniform distribution, "orthogonal" from
        the rotations and reflections; "zero" is all zeros. Entries have standard deviation σ_w / √fan_in with σ_w² = 1,
        but 2 for "he"; "xavier" has √fan_in replaced by √((fan_in + fan_out) / 2), the same in a square layer.
    gain
        Multiplies σ_w, at least 0.
    bias
        σ_b, standard deviation of the biases, at least 0.
    residual
        Whether a layer's input is added to its output.
    norm
        "layer" or "batch" normalises what goes into φ, without learned scale and shift; or "none".

    Raises
    ------
    ValueError
        If a value is out of its range.
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
        _whole("depth", self.depth, 1)
        _whole("width", self.width, 1)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("init", self.init, INITS)
        _one_of("norm", self.norm, NORMS)
        _number("gain", self.gain)
        _number("bias", self.bias)
        if not isinstance(self.residual, bool | np.bool_):
            raise ValueError(f"residual must be True or False, not {self.residual!r}.")

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
    _one_of("init", init, INITS)
    return {"zero": 0.0, "he": float(np.sqrt(2.0))}.get(init, 1.0)


def _whole(name: str, value: Any, least: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number, at least {least}, not {value!r}.")


def _number(name: str, value: Any, *, above: bool = False) -> None:
    if (
        not isinstance(value, Real)
        or isinstance(value, bool)
        or not 0 <= float(value) < np.inf
        or (above and value == 0)
    ):
        raise ValueError(f"{name} must be a finite number {'above' if above else 'at least'} 0, not {value!r}.")


def _one_of(name: str, value: Any, options: Sequence[str]) -> None:
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, not {value!r}.")


# ---- activations


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
    # x Φ(x), and Φ(x) + x N(x; 0, 1)
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


def _selu(x: Array) -> tuple[Array, Array]:
    below = LAMBDA * ALPHA * np.exp(np.minimum(x, 0))
    return np.where(x > 0, LAMBDA * x, below - LAMBDA * ALPHA), np.where(x > 0, x.dtype.type(LAMBDA), below)


def _linear(x: Array) -> tuple[Array, Array]:
    return x, np.ones_like(x)


_PHI: dict[str, Callable[[Array], tuple[Array, Array]]] = {  # φ(x) and φ′(x)
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "gelu": _gelu,
    "selu": _selu,
    "linear": _linear,
}
STEEPEST = {"sigmoid": 0.25, "gelu": 1.1289, "selu": LAMBDA * ALPHA}  # max |φ′|; 1 for the others


def activate(name: str, x: ArrayLike) -> Array:
    """Give φ(x), elementwise.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    _one_of("activation", name, ACTIVATIONS)
    return np.array(_PHI[name](np.asarray(x, dtype=np.float64))[0])


def slope(name: str, x: ArrayLike) -> Array:
    """Give φ′(x), elementwise; at a kink the slope on its left, as PyTorch does.

    Raises
    ------
    ValueError
        For an unknown name.
    """
    _one_of("activation", name, ACTIVATIONS)
    return np.array(_PHI[name](np.asarray(x, dtype=np.float64))[1])


# ---- weights


def _orthogonal(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Draw (rows, columns) with orthonormal rows or columns, uniformly over the group (Mezzadri 2007)."""
    n, m = max(rows, columns), min(rows, columns)
    q, r = np.linalg.qr(rng.standard_normal((n, m)))
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return np.asarray(q if rows >= columns else q.T)


def _draw(rng: np.random.Generator, init: str, rows: int, columns: int) -> Array:
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


def _streams(seed: int) -> list[np.random.Generator]:
    """Give random numbers for weights, biases, inputs and cotangents, each unmoved by how many the others take."""
    # Of numpy's generators the fastest: 50 layers of 128 × 128 are drawn in 7 ms.
    return [np.random.Generator(np.random.SFC64(s)) for s in np.random.SeedSequence(int(seed)).spawn(4)]


class _Drawn:
    """Weights at gain 1 and biases at σ_b = 1 of one seed. More layers only append to fewer, so a depth that grows draws those."""

    def __init__(self, init: str, seed: int) -> None:
        self.init = init
        self.rngs = _streams(seed)[:2]
        self.layers: list[tuple[Array, Array]] = []
        self.lock = Lock()

    def take(self, sizes: tuple[int, ...]) -> list[tuple[Array, Array]]:
        """Give (weights, biases) of each layer, read-only; always the same sizes, but for how many."""
        with self.lock:
            for rows, columns in zip(sizes[len(self.layers) + 1 :], sizes[len(self.layers) :], strict=False):
                w, b = _draw(self.rngs[0], self.init, rows, columns), self.rngs[1].standard_normal(rows)
                w.flags.writeable = b.flags.writeable = False
                self.layers.append((w, b))
            return self.layers[: len(sizes) - 1]


@lru_cache(maxsize=8)
def _kept(init: str, width: int, seed: int) -> _Drawn:
    """Keep the draws of networks of one width."""
    return _Drawn(init, seed)


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
    _whole("seed", seed, 0)
    sizes = (config.width,) * (config.depth + 1) if sizes is None else tuple(sizes)
    alike = set(sizes) == {config.width} and len(sizes) * config.width**2 <= MANY
    drawn = _kept(config.init, config.width, int(seed)) if alike else _Drawn(config.init, int(seed))
    layers = drawn.take(sizes)
    return [w if config.gain == 1 else w * config.gain for w, _ in layers], [b * config.bias for _, b in layers]


# ---- forward and backward


@dataclass(frozen=True, eq=False)
class Layer:
    """What a layer keeps of its forward pass for the backward one: what goes into φ, its slope, and the norm's scale."""

    u: Array  # (batch, fan_out)
    slope: Array  # (batch, fan_out)
    scale: Array | None  # 1 / standard deviation: (batch, 1) for "layer", (1, fan_out) for "batch"
    skip: bool


@dataclass(frozen=True, eq=False)
class Pass:
    """One trip up and down.

    h is (L + 1) arrays (batch, width), pre is L arrays of what went into φ, slope is φ′ there, g is (L + 1) arrays ∂loss/∂h_l,
    delta is L arrays ∂loss/∂(W_l h_{l−1} + b_l).
    """

    h: list[Array]
    pre: list[Array]
    slope: list[Array]
    g: list[Array]
    delta: list[Array]


def _norm_axis(norm: str) -> int:
    return 1 if norm == "layer" else 0


def _as_is(x: Array) -> Array:
    return x


def forward(
    config: Config, weights: Sequence[Array], biases: Sequence[Array], x: Array, *, store: Function = _as_is
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
    phi = _PHI[config.activation]
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
    store: Function = _as_is,
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


def _gradient_norm(delta: Array, h: Array) -> float:
    """Give ‖δᵀh‖, the norm of a weight's gradient, by the cheaper of two ways; scaled where squares would overflow."""
    a, b = _rms(delta), _rms(h)
    if a == 0 or b == 0 or not np.isfinite(a * b):
        return a * b
    if not (1e-70 < a < 1e70 and 1e-70 < b < 1e70):
        return a * b * _gradient_norm(delta / a, h / b)
    if 2 * len(h) <= h.shape[1]:
        # ‖δᵀh‖² = Σ (δδᵀ) ∘ (hhᵀ)
        return float(np.sqrt(max(float(np.vdot(delta @ delta.T, h @ h.T)), 0.0)))
    found = delta.T @ h
    return float(np.sqrt(np.vdot(found, found)))


def _rms(x: Array) -> float:
    """Root mean square, scaled where squares would overflow."""
    square = float(np.vdot(x, x)) / x.size
    if 1e-280 < square < 1e280:
        return float(np.sqrt(square))
    top = float(np.abs(x).max(initial=0))
    if top == 0 or not np.isfinite(top):
        return top
    x = x / top
    return float(top * np.sqrt(np.vdot(x, x) / x.size))


@lru_cache(maxsize=8)
def _ends(seed: int, batch: int, width: int) -> tuple[Array, Array]:
    """Draw inputs and a cotangent, (batch, width) each and read-only."""
    x, cotangent = (rng.standard_normal((batch, width)) for rng in _streams(seed)[2:])
    x.flags.writeable = cotangent.flags.writeable = False
    return x, cotangent


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
    _whole("batch", batch, 2 if config.norm == "batch" else 1)
    weights, biases = initial(config, seed=seed)
    x, cotangent = _ends(int(seed), int(batch), config.width)
    with np.errstate(all="ignore"):
        h, layers = forward(config, weights, biases, x)
        g, delta = backward(config, weights, layers, cotangent)
    return Pass(h, [layer.u for layer in layers], [layer.slope for layer in layers], g, delta)


BINS = 41
PRE_SPAN, GRADIENT_SPAN = 8.0, (-12.0, 4.0)  # what the histograms cover: ± of what goes into φ; log₁₀ of gradients
SAMPLE = 512  # entries of a layer, at most, that its histogram counts


@dataclass(frozen=True, eq=False)
class Profile:
    """Sizes down the layers of one network. A size that left the finite numbers is infinite or not-a-number.

    Parameters
    ----------
    activation_rms
        (L + 1,) root mean square of h_l over units and examples.
    gradient_rms
        (L + 1,) the same of ∂loss/∂h_l.
    weight_gradient_norm
        (L,) Frobenius norm of ∂loss/∂W_l, summed over the examples.
    saturated
        (L,) share of units and examples whose slope φ′ is below 1% of φ's steepest.
    dead
        (L,) share of units saturated for every example.
    pre_rms
        (L,) root mean square of what goes into φ.
    pre_histogram
        (L, BINS) share of what goes into φ, over ±PRE_SPAN; values beyond are counted at the ends.
    gradient_histogram
        (L + 1, BINS) share of log₁₀ |∂loss/∂h_l| over GRADIENT_SPAN; values beyond, and zeros, are counted at the ends.
    """

    activation_rms: Array
    gradient_rms: Array
    weight_gradient_norm: Array
    saturated: Array
    dead: Array
    pre_rms: Array
    pre_histogram: Array
    gradient_histogram: Array

    @property
    def ratio(self) -> float:
        """Size of the gradient at the first hidden layer over that at the last; 1 where there is one layer."""
        if self.gradient_rms[-1] == 0:
            return float("nan")
        return float(self.gradient_rms[1] / self.gradient_rms[-1])

    @property
    def slope(self) -> float:
        """Mean change of log (natural) gradient size from a layer to the one below it."""
        first, last = float(self.gradient_rms[0]), float(self.gradient_rms[-1])
        with np.errstate(all="ignore"):
            return float((np.log(first) - np.log(last)) / (len(self.gradient_rms) - 1))

    @property
    def factor(self) -> float:
        """What a layer multiplies the gradient's size by, on average."""
        return float(np.exp(self.slope))

    @property
    def decades(self) -> float:
        """log₁₀ of the ratio."""
        with np.errstate(divide="ignore"):
            return float(np.log10(self.ratio))

    @property
    def broken(self) -> int:
        """The layer at which the signal, or else the gradient, left the finite numbers; −1 if neither did."""
        up, down = (np.flatnonzero(~np.isfinite(sizes)) for sizes in (self.activation_rms, self.gradient_rms))
        return int([*up[:1], *down[-1:], -1][0])


def _histograms(x: Array, low: float, high: float) -> Array:
    """Give, for each row, the shares of BINS equal bins; what lies beyond is counted at the ends."""
    cells = np.fmax(np.fmin((x - low) * (BINS / (high - low)), BINS - 1), 0)  # not-a-number goes to the first bin
    places = cells.astype(np.intp)
    places += BINS * np.arange(len(x))[:, None]
    return np.asarray(np.bincount(places.ravel(), minlength=BINS * len(x)).reshape(-1, BINS) / x.shape[1])


def profile(config: Config, *, batch: int = 64, seed: int = 0) -> Profile:
    """Measure the sizes of activations and gradients in every layer, by backpropagation.

    Parameters
    ----------
    config
        The network.
    batch
        Number of standard normal inputs, at least 1 (2 for batch norm).
    seed
        Of weights, inputs and the standard normal ∂loss/∂h_L.

    Raises
    ------
    ValueError
        If batch or seed is out of its range.

    Examples
    --------
    >>> found = profile(Config(depth=20, width=128, activation="sigmoid", init="xavier"))
    >>> bool(found.ratio < 1e-6)
    True
    """
    with np.errstate(all="ignore"):
        p = run(config, batch=batch, seed=seed)
        low = FLAT * STEEPEST.get(config.activation, 1.0)
        flat = [np.abs(s) < low for s in p.slope]
        step = -(-p.h[0].size // SAMPLE)
        some = np.array([u.ravel()[::step] for u in p.pre])
        logs = np.log10(np.maximum(np.abs([g.ravel()[::step] for g in p.g]), 10.0 ** (GRADIENT_SPAN[0] - 1)))
        return Profile(
            activation_rms=np.array([_rms(h) for h in p.h]),
            gradient_rms=np.array([_rms(g) for g in p.g]),
            weight_gradient_norm=np.array([_gradient_norm(d, h) for d, h in zip(p.delta, p.h[:-1], strict=True)]),
            saturated=np.array([np.count_nonzero(f) / f.size for f in flat]),
            dead=np.array([f.all(axis=0).mean() for f in flat]),
            pre_rms=np.array([_rms(u) for u in p.pre]),
            pre_histogram=_histograms(some, -PRE_SPAN, PRE_SPAN),
            gradient_histogram=_histograms(logs, *GRADIENT_SPAN),
        )


def gradient_sizes(config: Config, *, batch: int = 64, seed: int = 0) -> Array:
    """Give `Profile.gradient_rms` alone, (L + 1,), in less time than `profile`."""
    with np.errstate(all="ignore"):
        return np.array([_rms(g) for g in run(config, batch=batch, seed=seed).g])


# ---- mean-field theory


def second_moments(activation: str, q: ArrayLike) -> tuple[Array, Array]:
    """Give E φ(√q z)² and E φ′(√q z)² over a standard normal z.

    Parameters
    ----------
    activation
        φ.
    q
        Any shape, ≥ 0; the second moment of what goes into φ.

    Raises
    ------
    ValueError
        If a q is negative or not a number.
    """
    _one_of("activation", activation, ACTIVATIONS)
    q = np.asarray(q, dtype=np.float64)
    if np.isnan(q).any() or (q < 0).any():
        raise ValueError("q must be a second moment, at least 0.")
    ones = np.ones_like(q)
    if activation == "linear":
        return 1.0 * q, ones
    if activation in ("relu", "leaky_relu"):
        # Half of the normal distribution lies on each side of the kink: (1 + a²) / 2.
        half = (1 + (LEAK**2 if activation == "leaky_relu" else 0.0)) / 2
        return half * q, half * ones
    if activation == "selu":
        # E[e^{a s z}; z < 0] = e^{a² q / 2} Φ(−a s) = ½ erfcx(a s / √2) with s = √q
        once, twice = (0.5 * erfcx(a * np.sqrt(q / 2)) for a in (1, 2))
        squared = LAMBDA**2 * (q / 2 + ALPHA**2 * (twice - 2 * once + 0.5))
        if (q < 1e-4).any():  # there the closed form is a small difference of large numbers
            x, weight = _nodes(np.sqrt(q))
            squared = np.where(q < 1e-4, (weight * _selu(x)[0] ** 2).sum(axis=-1), squared)
        return squared, LAMBDA**2 * (0.5 + ALPHA**2 * twice)
    x, weight = _nodes(np.sqrt(q))
    with np.errstate(under="ignore"):
        a, steep = _PHI[activation](x)
    return np.asarray((weight * a * a).sum(axis=-1)), np.asarray((weight * steep * steep).sum(axis=-1))


_Z, _T = np.linspace(-9.0, 9.0, 361), np.linspace(-1.0, 1.0, 361)
_BELL = np.exp(-0.5 * _Z * _Z) * (_Z[1] - _Z[0]) / np.sqrt(2 * np.pi)


def _nodes(s: Array) -> tuple[Array, Array]:
    """Give nodes x (…, n) and weights for the mean over N(0, s²): the trapezoidal rule, in z for small s, in asinh x for large.

    For analytic functions its error falls exponentially with the number of nodes; φ varies over a length of 1, the density
    over a length of s, and each rule resolves both.
    """
    s = s[..., None]
    if (s <= 1).all():
        return s * _Z, _BELL
    wide = np.maximum(s, 1.0)
    top = np.arcsinh(9.0 * wide)
    # dx = cosh t dt
    large_x = np.sinh(top * _T)
    with np.errstate(under="ignore"):
        density = np.exp(-0.5 * (large_x / wide) ** 2) / (np.sqrt(2 * np.pi) * wide)
    large_w = density * np.cosh(top * _T) * top * (_T[1] - _T[0])
    return np.where(s > 1, large_x, s * _Z), np.where(s > 1, large_w, _BELL)


@dataclass(frozen=True, eq=False)
class Theory:
    """What infinitely wide layers would do.

    Parameters
    ----------
    q
        (L,) second moment of what goes into φ.
    chi
        (L,) χ = σ_w² E φ′²: what a layer multiplies the *square* of the gradient by.
    gradient_rms
        (L + 1,) size of ∂loss/∂h_l; 1 at the last layer.
    activation_rms
        (L + 1,) size of h_l; 1 at the input.
    """

    q: Array
    chi: Array
    gradient_rms: Array
    activation_rms: Array

    @property
    def factor(self) -> float:
        """What a layer multiplies the gradient's size by, on average."""
        with np.errstate(divide="ignore"):
            return float(np.exp(np.mean(0.5 * np.log(self.chi))))


def theory(config: Config) -> Theory:
    """Predict the sizes down the layers by mean-field theory (Poole et al. 2016, Schoenholz et al. 2017).

    Parameters
    ----------
    config
        A plain network: no residual, no norm.

    Raises
    ------
    ValueError
        If the network is not plain.

    Examples
    --------
    >>> theory(Config(depth=2, width=64, activation="relu", init="he")).chi.round(6).tolist()
    [1.0, 1.0]
    """
    if not config.plain:
        raise ValueError("The mean-field theory here is that of plain networks: no residual, no norm.")
    w2, b2 = config.sigma_w**2, float(config.bias) ** 2
    q, chi, squares = np.empty(config.depth), np.empty(config.depth), [1.0]
    for layer in range(config.depth):
        # q_l = σ_w² E φ(√q_{l−1} z)² + σ_b²,   χ_l = σ_w² E φ′(√q_l z)²
        q[layer] = min(w2 * squares[-1] + b2, 1e300)
        if layer == 0 or q[layer] != q[layer - 1]:  # else the fixed point is reached
            value, steep = second_moments(config.activation, q[layer])
        chi[layer] = w2 * float(steep)
        squares.append(float(value))
    with np.errstate(divide="ignore"):
        logs = 0.5 * np.log(chi)
    # E g²_{l−1} = χ_l E g²_l: from the last layer down
    down = np.concatenate([np.cumsum(logs[::-1])[::-1], [0.0]])
    return Theory(q, chi, np.exp(down), np.sqrt(np.array(squares)))


@dataclass(frozen=True, eq=False)
class Phases:
    """Where gradients vanish and where they explode, for one activation.

    Parameters
    ----------
    sigma_w, sigma_b
        (w,), (b,) the axes.
    rate
        (b, w) ½ ln χ once the layers have settled: the change of the log gradient size a layer.
    edge_w, edge_b
        (m,) the line χ = 1; not-a-number where σ_b² would be negative.
    """

    sigma_w: Array
    sigma_b: Array
    rate: Array
    edge_w: Array
    edge_b: Array


@lru_cache(maxsize=16)
def phases(activation: str, *, top_w: float = 3.0, top_b: float = 2.0, cells: int = 60) -> Phases:
    """Map the (σ_w, σ_b) plane.

    Parameters
    ----------
    activation
        φ.
    top_w, top_b
        Ends of the axes; cells are at their centres.
    cells
        Number of cells along each axis.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    _one_of("activation", activation, ACTIVATIONS)
    _number("top_w", top_w, above=True)
    _number("top_b", top_b, above=True)
    _whole("cells", cells, 2)
    centres = (np.arange(cells, dtype=np.float64) + 0.5) / cells
    sw, sb = centres * top_w, centres * top_b
    log_q = np.linspace(-12.0, 12.0, 2401)
    value, steep = second_moments(activation, np.exp(log_q))
    w2, b2 = sw[None, :] ** 2, sb[:, None] ** 2
    q = w2 + b2
    for _ in range(200):
        # q ← σ_w² E φ² + σ_b², E φ² read from a table over log q
        q = np.clip(w2 * np.exp(np.interp(np.log(q), log_q, np.log(value))) + b2, 1e-5, 1e5)
    rate = 0.5 * np.log(w2 * np.interp(np.log(q), log_q, steep))
    # On the edge σ_w² = 1 / E φ′², and the fixed point asks σ_b² = q − σ_w² E φ².
    edge_w2 = 1 / steep
    edge_b2 = np.exp(log_q) - edge_w2 * value
    edge_w, edge_b = np.sqrt(edge_w2), np.sqrt(np.where(edge_b2 >= 0, edge_b2, np.nan))
    below, above = edge_b2[:-1] < 0, edge_b2[1:] > 0
    for i in np.flatnonzero(below & above)[::-1]:  # where the line meets σ_b = 0
        share = edge_b2[i] / (edge_b2[i] - edge_b2[i + 1])
        edge_w[i], edge_b[i] = edge_w[i] + share * (edge_w[i + 1] - edge_w[i]), 0.0
    if activation in ("relu", "leaky_relu", "linear"):
        # χ does not depend on q, so the edge is one σ_w for every σ_b.
        edge_w, edge_b = np.full(2, edge_w[0]), np.array([0.0, top_b])
    found = Phases(sw, sb, np.asarray(rate), edge_w, edge_b)
    for array in (found.sigma_w, found.sigma_b, found.rate, found.edge_w, found.edge_b):
        array.flags.writeable = False
    return found


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
    x = _streams(seed)[2].standard_normal((1, config.width))
    eye = np.eye(config.width)
    with np.errstate(all="ignore"):
        _, layers = forward(config, weights, biases, x)
        # Row i of g is eᵢᵀ J: the rows go down together, as if they were a batch.
        g, _ = backward(config, weights, layers, eye)
        if not np.isfinite(g[0]).all():
            return np.full(config.width, np.nan)
        return np.asarray(np.linalg.svd(g[0], compute_uv=False))


# ---- training

CLASSES = 10
CHANCE = float(np.log(CLASSES))  # loss of equal probabilities, nat
MOMENTUM, BETA1, BETA2, ADAM_EPS = 0.9, 0.9, 0.999, 1e-8
TRAIN, BATCH, LOOKS = 1437, 64, 20  # of the 1,797 digits; examples a step; times that the test set is asked


@lru_cache(maxsize=1)
def digits() -> tuple[Array, NDArray[np.int64], Array, NDArray[np.int64]]:
    """Give scikit-learn's 8 × 8 digits as (x, y, test x, test y): pixels centred, and scaled to a mean square of 1."""
    with IMPORTS:
        from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    x, y = data.data[order].astype(np.float64), data.target[order].astype(np.int64)
    x -= x[:TRAIN].mean(axis=0)
    x /= np.sqrt((x[:TRAIN] ** 2).mean())
    parts = (x[:TRAIN].copy(), y[:TRAIN].copy(), x[TRAIN:].copy(), y[TRAIN:].copy())
    for part in parts:
        part.flags.writeable = False
    return parts


@dataclass(frozen=True, eq=False)
class Training:
    """A run on the digits: `depth` hidden layers and a readout, so L + 1 layers of weights.

    Parameters
    ----------
    loss
        (steps,) mean cross-entropy of each step's batch, before the step, nat.
    gradient_norm, clipped_norm
        (steps, L + 1) norm of the gradient of each layer's weights and biases, as it came and as it was used.
    update_ratio
        (steps, L + 1) ‖ΔW‖ / ‖W‖ of each layer; not-a-number where W is zero.
    looks, accuracy
        (m,) numbers of steps after which the test digits were asked, and the share that was right.
    final_loss
        Mean cross-entropy over all training digits in the end; not-a-number before the end, or if the run left the
        finite numbers.
    stopped, layer, cause
        Where the run left the finite numbers: the step (−1 if it did not), the layer (1 is the first, L + 1 the readout),
        and what did: "activation", "loss" or "gradient".
    moved, spread
        (L + 1,) largest change of a weight from its start, and largest difference between two units' incoming weights in
        the end.
    """

    loss: Array
    gradient_norm: Array
    clipped_norm: Array
    update_ratio: Array
    looks: NDArray[np.int64]
    accuracy: Array
    final_loss: float
    stopped: int
    layer: int
    cause: str
    moved: Array
    spread: Array


def _cross_entropy(logits: Array, y: NDArray[np.int64]) -> tuple[float, Array]:
    """Give the mean loss and its gradient with respect to the logits."""
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    # −log softmax(z)_y, with gradient softmax(z) − 1[y]
    loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
    g = e / total
    g[rows, y] -= 1
    return loss, g / len(y)


def clip_factors(norms: Array, clip: str, limit: float) -> Array:
    """Give what each layer's gradient is multiplied by.

    Parameters
    ----------
    norms
        (layers,) norms of the layers' gradients.
    clip
        "none"; "global": all layers by min(1, limit / norm of all of them together); "layer": each by
        min(1, limit / its own norm); "equal": each by limit / its own norm, so that every norm becomes the limit.
    limit
        Above 0.

    Raises
    ------
    ValueError
        For an unknown way, or a limit that is not above 0.
    """
    _one_of("clip", clip, CLIPS)
    _number("limit", limit, above=True)
    norms = np.asarray(norms, dtype=np.float64)
    if clip == "none":
        return np.ones_like(norms)
    with np.errstate(divide="ignore", over="ignore"):
        if clip == "global":
            return np.full_like(norms, min(1.0, limit / float(np.linalg.norm(norms))))
        factors = np.where(norms > 0, limit / norms, 1.0)
    return np.asarray(factors if clip == "equal" else np.minimum(factors, 1.0))


class _Flat:
    """Weights and biases of all layers in one vector, and views of its parts."""

    def __init__(self, sizes: Sequence[int]) -> None:
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        ends = np.cumsum([0, *(rows * (columns + 1) for rows, columns in shapes)])
        self.vector = np.zeros(ends[-1])
        self.layers = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        parts = [self.vector[layer] for layer in self.layers]
        self.weights = [p[: r * c].reshape(r, c) for p, (r, c) in zip(parts, shapes, strict=True)]
        self.biases = [p[r * c :] for p, (r, c) in zip(parts, shapes, strict=True)]

        self.starts = np.array([start for p in self.layers for start in (p.start, p.start)])
        self.starts[1::2] += [w.size for w in self.weights]

    def norms(self, vector: Array) -> tuple[Array, Array]:
        """Give the norm of each layer of a vector laid out like this, and that of its weights alone."""
        squares = np.add.reduceat(vector * vector, self.starts).reshape(-1, 2)
        both = np.sqrt(squares.sum(axis=1))
        if not np.isfinite(both).all():  # squares may overflow where sizes do not
            both = np.array([_rms(vector[s]) * np.sqrt(s.stop - s.start) for s in self.layers])
        return both, np.sqrt(squares[:, 0])


def _first_bad(arrays: Sequence[Array]) -> int:
    """Give the index of the first array that is not all finite, or −1."""
    return next((i for i, a in enumerate(arrays) if not np.isfinite(a).all()), -1)


def train(
    config: Config,
    *,
    steps: int,
    rate: float,
    optimizer: str = "sgd",
    clip: str | float | None = None,
    seed: int = 0,
    limit: float = 1.0,
    on_step: Callable[[int, Callable[[], Training]], None] | None = None,
) -> Training:
    """Train a network on the 8 × 8 digits with batches of 64, all in float64.

    Parameters
    ----------
    config
        The hidden layers; a readout drawn the same way (with gain 1, Xavier for "he") maps them to ten classes.
    steps
        Number of batches, at least 1.
    rate
        Learning rate, above 0.
    optimizer
        "sgd", "momentum" (0.9) or "adam" (0.9, 0.999).
    clip, limit
        See `clip_factors`; None is "none", and a number is "global" with that limit.
    seed
        Of weights and batches.
    on_step
        Called after each step with the number of steps done and a function that gives the run so far. What it raises ends
        the run.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    _whole("steps", steps, 1)
    _number("rate", rate, above=True)
    _one_of("optimizer", optimizer, OPTIMIZERS)
    if isinstance(clip, Real) and not isinstance(clip, bool):
        clip, limit = "global", float(clip)
    way = "none" if clip is None else str(clip)
    clip_factors(np.ones(1), way, limit)
    x, y, test_x, test_y = digits()
    sizes = [x.shape[1], *(config.width,) * config.depth, CLASSES]
    now, grad = _Flat(sizes), _Flat(sizes)
    weights, biases = initial(config, seed=seed, sizes=sizes[:-1])
    readout = "xavier" if config.init == "he" else config.init
    # Its own stream, so that a deeper network has the same readout.
    weights.append(_draw(np.random.default_rng([int(seed), 1]), readout, CLASSES, config.width))
    biases.append(np.zeros(CLASSES))
    for mine, drawn in ((now.weights, weights), (now.biases, biases)):
        for a, b in zip(mine, drawn, strict=True):
            a[...] = b
    start = now.vector.copy()
    first, second = np.zeros_like(start), np.zeros_like(start)
    layers, hidden = config.depth + 1, config.depth
    loss = np.zeros(steps)
    norms, used, ratios = (np.zeros((steps, layers)) for _ in range(3))
    looks: list[int] = []
    accuracy: list[float] = []
    order_rng = np.random.default_rng([int(seed), 2])
    order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def logits_of(inputs: Array) -> tuple[list[Array], list[Layer], Array]:
        h, kept = forward(config, now.weights[:hidden], now.biases[:hidden], inputs)
        return h, kept, h[-1] @ now.weights[-1].T + now.biases[-1]

    def look(done: int) -> None:
        looks.append(done)
        accuracy.append(float(np.mean(logits_of(test_x)[2].argmax(axis=1) == test_y)))

    def so_far(done: int, final: float = float("nan"), where: tuple[int, int, str] = (-1, 0, "")) -> Training:
        moved = np.array([np.abs(w - s).max() for w, s in zip(now.weights, weights, strict=True)])
        spread = np.array([np.ptp(w, axis=0).max() for w in now.weights])
        return Training(
            loss[:done].copy(), norms[:done].copy(), used[:done].copy(), ratios[:done].copy(),
            np.array(looks, dtype=np.int64), np.array(accuracy), final, *where, moved, spread,
        )  # fmt: skip

    with np.errstate(all="ignore"):
        for step in range(steps):
            if step % max(1, steps // LOOKS) == 0:
                look(step)
            if len(order) < BATCH:
                order = order_rng.permutation(len(x))
            rows, order = order[:BATCH], order[BATCH:]
            h, kept, logits = logits_of(x[rows])
            loss[step], g = _cross_entropy(logits, y[rows])
            if not np.isfinite(loss[step]):
                bad = _first_bad([*h[1:], logits])
                where = (step, bad + 1, "activation") if bad >= 0 else (step, layers, "loss")
                return so_far(step, where=where)
            _, deltas = backward(config, now.weights[:hidden], kept, g @ now.weights[-1])
            for i, (delta, below) in enumerate(zip([*deltas, g], h, strict=True)):
                np.matmul(delta.T, below, out=grad.weights[i])
                delta.sum(axis=0, out=grad.biases[i])
            norms[step] = grad.norms(grad.vector)[0]
            if not np.isfinite(norms[step]).all():
                # The gradient comes from above: the highest bad layer is where it broke.
                return so_far(step, where=(step, int(np.flatnonzero(~np.isfinite(norms[step])).max()) + 1, "gradient"))
            factors = clip_factors(norms[step], way, limit)
            used[step] = norms[step] * factors
            if way != "none":
                for part, factor in zip(grad.layers, factors, strict=True):
                    grad.vector[part] *= factor
            before = now.norms(now.vector)[1]
            if optimizer == "sgd":
                change = -rate * grad.vector
            elif optimizer == "momentum":
                # v ← 0.9 v + g
                first *= MOMENTUM
                first += grad.vector
                change = -rate * first
            else:
                # m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  Δ = −rate m̂ / (√v̂ + ε)
                first += (1 - BETA1) * (grad.vector - first)
                second += (1 - BETA2) * (grad.vector**2 - second)
                root = np.sqrt(second / (1 - BETA2 ** (step + 1)))
                change = -rate * (first / (1 - BETA1 ** (step + 1))) / (root + ADAM_EPS)
            now.vector += change
            ratios[step] = np.where(before > 0, now.norms(change)[1] / before, np.nan)
            if on_step is not None:
                on_step(step + 1, lambda done=step + 1: so_far(done))  # type: ignore[misc]
        look(steps)
        final = _cross_entropy(logits_of(x)[2], y)[0]
    return so_far(steps, final)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """All that a training run depends on; see `train`."""

    config: Config
    steps: int = 200
    rate: float = 0.1
    optimizer: str = "sgd"
    clip: str = "none"
    limit: float = 1.0
    seed: int = 0

    def run(self, on_step: Callable[[int, Callable[[], Training]], None] | None = None) -> Training:
        """Do it."""
        return train(
            self.config,
            steps=self.steps,
            rate=self.rate,
            optimizer=self.optimizer,
            clip=self.clip,
            limit=self.limit,
            seed=self.seed,
            on_step=on_step,
        )


# The trainability map: what is trained at each depth and σ_w.
MAP_DEPTHS = tuple(range(5, 51, 5))
MAP_SIGMAS = {
    "tanh": tuple(0.25 * k for k in range(1, 17)),
    "relu": tuple(0.25 * k for k in range(1, 17)),
    "sigmoid": tuple(1.0 * k for k in range(1, 17)),
}
MAP_WIDTH, MAP_STEPS = 64, 200


def map_trials() -> tuple[Trial, ...]:
    """Give the runs of the trainability map: for each activation, depth and σ_w, the last fastest."""
    return tuple(
        Trial(
            config=Config(depth=depth, width=MAP_WIDTH, activation=activation, init="normal", gain=sigma),
            steps=MAP_STEPS,
        )
        for activation, sigmas in MAP_SIGMAS.items()
        for depth in MAP_DEPTHS
        for sigma in sigmas
    )


CAUSES = ("", "activation", "loss", "gradient")


def _made_ahead() -> tuple[Trial, ...]:
    broken = Config(depth=20, width=64, activation="sigmoid", init="xavier")
    saturated = Config(depth=20, width=64, activation="tanh", init="normal", gain=2.0)
    shrinking = replace(saturated, gain=0.7)
    zeros = [Config(depth=3, width=64, activation=a, init="zero") for a in ("sigmoid", "tanh", "relu")]
    return (
        Trial(config=broken),
        Trial(config=replace(broken, residual=True)),
        *(Trial(config=config) for config in zeros),
        Trial(config=saturated, clip="global"),
        Trial(config=saturated, clip="layer"),
        Trial(config=broken, optimizer="adam", rate=0.001),
        Trial(config=shrinking, optimizer="adam", rate=0.001),
        Trial(config=shrinking),
        Trial(config=replace(broken, norm="batch")),
        Trial(config=replace(broken, norm="layer")),
        Trial(config=replace(broken, activation="relu", init="he")),
        Trial(config=replace(broken, activation="tanh", init="orthogonal")),
        Trial(config=broken, clip="equal"),
    )


MADE_AHEAD = _made_ahead()  # what assets/gradients/runs.npz holds, a row each


def pack(run: Training, steps: int, layers: int) -> dict[str, NDArray[Any]]:
    """Lay out a run as arrays of fixed shapes, for a file; float32 where only a picture needs it."""

    def padded(values: NDArray[Any], *shape: int, kind: Any = np.float32) -> NDArray[Any]:
        full = np.full(shape, np.nan, dtype=kind)
        full[tuple(slice(n) for n in values.shape)] = values
        return full

    return {
        "loss": padded(run.loss, steps),
        "gradient_norm": padded(run.gradient_norm, steps, layers),
        "clipped_norm": padded(run.clipped_norm, steps, layers),
        "update_ratio": padded(run.update_ratio, steps, layers),
        "looks": padded(run.looks, LOOKS + 2),
        "accuracy": padded(run.accuracy, LOOKS + 2, kind=np.float64),
        "moved": padded(run.moved, layers, kind=np.float64),
        "spread": padded(run.spread, layers, kind=np.float64),
        "scalars": np.array(
            [len(run.loss), run.gradient_norm.shape[1], run.final_loss, run.stopped, run.layer, CAUSES.index(run.cause)]
        ),
    }


def stored(trial: Trial, load: Callable[[], Mapping[str, NDArray[Any]]]) -> Training | None:
    """Give a run made ahead, or None.

    Parameters
    ----------
    trial
        The run.
    load
        Gives the arrays of `pack`, a row a run of `MADE_AHEAD`; called only if the run is one of them.
    """
    if trial not in MADE_AHEAD:
        return None
    row = MADE_AHEAD.index(trial)
    arrays = {key: values[row] for key, values in load().items()}
    n, layers = (int(v) for v in arrays["scalars"][:2])
    final, stopped, layer, cause = (float(v) for v in arrays["scalars"][2:])
    m = int(np.isfinite(arrays["looks"]).sum())
    down, used, ratios = (
        arrays[key][:n, :layers].astype(np.float64) for key in ("gradient_norm", "clipped_norm", "update_ratio")
    )
    return Training(
        loss=arrays["loss"][:n].astype(np.float64),
        gradient_norm=down,
        clipped_norm=used,
        update_ratio=ratios,
        looks=arrays["looks"][:m].astype(np.int64),
        accuracy=arrays["accuracy"][:m].copy(),
        final_loss=final,
        stopped=int(stopped),
        layer=int(layer),
        cause=CAUSES[int(cause)],
        moved=arrays["moved"][:layers].copy(),
        spread=arrays["spread"][:layers].copy(),
    )


# ---- through time


@dataclass(frozen=True, eq=False)
class Recurrent:
    """A gradient sent back through the steps of h_t = φ(W h_{t−1} + x_t), with the same W at every step.

    Parameters
    ----------
    gradient_rms
        (steps + 1,) size of ∂loss/∂h_t; the last is where it starts.
    weight_norms
        (batch,) norm of ∂loss/∂W for each sequence.
    largest
        Largest singular value of W; `radius` is its largest eigenvalue in size.
    """

    gradient_rms: Array
    weight_norms: Array
    largest: float


@lru_cache(maxsize=16)
def _recurrent_matrix(init: str, width: int, seed: int) -> Array:
    """Draw W with spectral radius 1."""
    rng = _streams(seed)[0]
    w = _draw(rng, init, width, width)
    if init != "orthogonal":
        w = w / np.abs(np.linalg.eigvals(w)).max()
    w.flags.writeable = False
    return w


def recurrent(
    steps: int,
    *,
    width: int,
    radius: float,
    activation: str,
    seed: int = 0,
    init: str = "orthogonal",
    drive: float = 0.0,
    batch: int = 64,
) -> Recurrent:
    """Send sequences through a recurrent network and a standard normal ∂loss/∂h_T back to their start.

    Parameters
    ----------
    steps
        T, at least 1.
    width
        Units, at least 1.
    radius
        Spectral radius of W, at least 0. An orthogonal W times the radius has all singular values equal to it.
    activation
        φ.
    seed
        Of W, the standard normal h₀, the inputs and the cotangent.
    init
        "orthogonal", or "normal": Gaussian, scaled to the radius.
    drive
        Standard deviation of the inputs x_t, at least 0.
    batch
        Number of sequences, at least 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    _whole("steps", steps, 1)
    _whole("width", width, 1)
    _whole("batch", batch, 1)
    _whole("seed", seed, 0)
    _number("radius", radius)
    _number("drive", drive)
    _one_of("activation", activation, ACTIVATIONS)
    _one_of("init", init, ("orthogonal", "normal"))
    unit = _recurrent_matrix(init, int(width), int(seed))
    w = unit * radius
    _, drive_rng, x_rng, c_rng = _streams(seed)
    h = x_rng.standard_normal((batch, width))
    below, slopes = np.empty((steps, batch, width)), np.empty((steps, batch, width))
    deltas = np.empty_like(below)
    phi = _PHI[activation]
    with np.errstate(all="ignore"):
        for t in range(steps):
            below[t] = h
            z = h @ w.T
            if drive:
                z += drive * drive_rng.standard_normal((batch, width))
            h, slopes[t] = phi(z)
        g = c_rng.standard_normal((batch, width))
        sizes = [_rms(g)]
        for t in range(steps - 1, -1, -1):
            # ∂/∂h_{t−1} = Wᵀ (φ′ ∂/∂h_t)
            np.multiply(g, slopes[t], out=deltas[t])
            g = deltas[t] @ w
            sizes.append(_rms(g))
        # ∂/∂W = Σ_t δ_t h_{t−1}ᵀ, one for each sequence
        norms = np.linalg.norm(deltas.transpose(1, 2, 0) @ below.transpose(1, 0, 2), axis=(1, 2))
    largest = radius if init == "orthogonal" else float(np.linalg.norm(w, 2))
    return Recurrent(np.array(sizes[::-1]), norms, float(largest))


def recurrent_profile(
    steps: int,
    *,
    width: int,
    radius: float,
    activation: str,
    seed: int = 0,
    init: str = "orthogonal",
    drive: float = 0.0,
) -> Array:
    """Give the size of ∂loss/∂h_t at each step, (steps + 1,), the last being where it starts; see `recurrent`.

    Examples
    --------
    >>> sizes = recurrent_profile(100, width=32, radius=0.9, activation="linear", seed=0)
    >>> bool(np.isclose(sizes[0] / sizes[-1], 0.9**100))
    True
    """
    return recurrent(
        steps, width=width, radius=radius, activation=activation, seed=seed, init=init, drive=drive, batch=64
    ).gradient_rms


@dataclass(frozen=True, eq=False)
class Lstm:
    """A gradient sent back along the cell state of an LSTM.

    Parameters
    ----------
    gradient_rms
        (steps + 1,) size of ∂loss/∂c_t by all ways, the gates' included.
    path_rms
        (steps + 1,) the same by the cell path alone: the product of the forget gates.
    forget
        (steps,) mean of the forget gates.
    """

    gradient_rms: Array
    path_rms: Array
    forget: Array


def lstm(
    steps: int, *, width: int, forget_bias: float = 1.0, seed: int = 0, drive: float = 1.0, batch: int = 64
) -> Lstm:
    """Send sequences through an LSTM (Hochreiter & Schmidhuber 1997, with forget gates) and a gradient of c_T back.

    Parameters
    ----------
    steps
        T, at least 1.
    width
        Units, at least 1.
    forget_bias
        Bias of the forget gates; finite.
    seed
        Of weights, standard normal h₀ and c₀, inputs, and the standard normal ∂loss/∂c_T.
    drive
        Standard deviation of what the inputs add to each gate, at least 0.
    batch
        Number of sequences, at least 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    _whole("steps", steps, 1)
    _whole("width", width, 1)
    _whole("batch", batch, 1)
    _whole("seed", seed, 0)
    _number("drive", drive)
    if not isinstance(forget_bias, Real) or not np.isfinite(forget_bias):
        raise ValueError(f"forget_bias must be a finite number, not {forget_bias!r}.")
    w_rng, drive_rng, x_rng, c_rng = _streams(seed)
    w = w_rng.standard_normal((4 * width, width)) / np.sqrt(width)  # input, forget, output gate, candidate
    bias = np.zeros(4 * width)
    bias[width : 2 * width] = forget_bias
    h, c = x_rng.standard_normal((2, batch, width))
    kept = []
    forget = np.empty(steps)
    for t in range(steps):
        z = h @ w.T + bias + drive * drive_rng.standard_normal((batch, 4 * width))
        gates, m = expit(z[:, : 3 * width]), np.tanh(z[:, 3 * width :])
        i, f, o = gates[:, :width], gates[:, width : 2 * width], gates[:, 2 * width :]
        before, c = c, f * c + i * m  # c ← f c + i m
        r = np.tanh(c)
        h = o * r
        kept.append((i, f, o, m, r, before))
        forget[t] = f.mean()
    dc = path = c_rng.standard_normal((batch, width))
    dh = np.zeros_like(dc)
    sizes, alone = [], []
    for i, f, o, m, r, before in reversed(kept):
        # ∂/∂c_t: along the cell, and by h_t = o tanh(c_t)
        dc = dc + dh * o * (1 - r * r)
        sizes.append(_rms(dc))
        alone.append(_rms(path))
        dz = np.concatenate(
            [dc * m * i * (1 - i), dc * before * f * (1 - f), dh * r * o * (1 - o), dc * i * (1 - m * m)], axis=1
        )
        dh = dz @ w
        dc = dc * f
        path = path * f
    sizes.append(_rms(dc))
    alone.append(_rms(path))
    return Lstm(np.array(sizes[::-1]), np.array(alone[::-1]), forget)


# ---- the floor of numbers


@dataclass(frozen=True)
class Limits:
    """Smallest above zero, smallest with full precision, and largest number of a format."""

    least: float
    normal: float
    largest: float


LIMITS = {
    "fp16": Limits(2.0**-24, 2.0**-14, 65504.0),
    "bf16": Limits(2.0**-133, 2.0**-126, (2 - 2.0**-7) * 2.0**127),
    "fp32": Limits(2.0**-149, 2.0**-126, (2 - 2.0**-23) * 2.0**127),
}


def rounded(x: ArrayLike, form: str) -> NDArray[np.float32]:
    """Round to the nearest number of a format (ties to even), given as float32.

    Parameters
    ----------
    x
        Any shape; taken as float32 first.
    form
        "fp16", "bf16" or "fp32".

    Raises
    ------
    ValueError
        For an unknown format.
    """
    _one_of("form", form, FORMATS)
    with np.errstate(over="ignore", under="ignore"):
        y = np.asarray(x, dtype=np.float32)
        if form == "fp16":
            return np.asarray(y.astype(np.float16).astype(np.float32))
    if form == "bf16":
        bits = y.view(np.uint32)
        # The upper half of a float32: add half of what is cut off, less one where the kept part is even.
        kept = ((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) & np.uint32(0xFFFF0000)).view(
            np.float32
        )
        return np.asarray(np.where(np.isfinite(y), kept, y))
    return y


@dataclass(frozen=True, eq=False)
class Floor:
    """What is left of a gradient in a number format.

    Parameters
    ----------
    stored_rms
        (L + 1,) size of ∂loss/∂h_l as stored, loss scale included.
    gradient_rms
        (L + 1,) the same after dividing by the loss scale, in float64.
    zeros
        (L + 1,) share of entries stored as zero though they are none in float64.
    broken
        (L + 1,) share of entries that are infinite or not-a-number.
    error
        (L + 1,) relative error ‖g − g₆₄‖ / ‖g₆₄‖.
    activation_broken
        (L + 1,) share of activations that are infinite or not-a-number.
    """

    stored_rms: Array
    gradient_rms: Array
    zeros: Array
    broken: Array
    error: Array
    activation_broken: Array


def floors(
    config: Config,
    forms: Sequence[str] = FORMATS,
    *,
    scale: float = 1.0,
    size: float = 1.0,
    batch: int = 64,
    seed: int = 0,
) -> tuple[Array, dict[str, Floor]]:
    """Run the same passes with everything that is stored rounded to a format; products are summed in float32.

    Parameters
    ----------
    config
        The network.
    forms
        Some of "fp16", "bf16", "fp32".
    scale
        The loss scale, above 0: multiplies ∂loss/∂h_L before the way down, and is divided out after it.
    size
        Size of ∂loss/∂h_L, above 0.
    batch, seed
        As for `profile`.

    Returns
    -------
    exact, floors
        (L + 1,) the gradient's size in float64 without a loss scale, and a `Floor` for each format.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    _number("scale", scale, above=True)
    _number("size", size, above=True)
    true = run(config, batch=batch, seed=seed)
    exact = [g * size for g in true.g]
    weights, biases = initial(config, seed=seed)
    found = {}
    for form in forms:
        _one_of("form", form, FORMATS)

        def store(x: Array, form: str = form) -> Any:
            return rounded(x, form)

        with np.errstate(all="ignore"):
            w: Any = [rounded(a, form) for a in weights]
            b: Any = [rounded(a, form) for a in biases]
            x: Any = true.h[0].astype(np.float32)
            h, layers = forward(config, w, b, x, store=store)
            cotangent: Any = (true.g[-1] * (size * scale)).astype(np.float32)
            g, _ = backward(config, w, layers, cotangent, store=store)
            wide = [a.astype(np.float64) for a in g]
            finite = [np.isfinite(a) for a in g]
            found[form] = Floor(
                stored_rms=np.array([_rms(a) for a in wide]),
                gradient_rms=np.array([_rms(a / scale) for a in wide]),
                zeros=np.array([np.mean((a == 0) & (t != 0)) for a, t in zip(g, exact, strict=True)]),
                broken=np.array([1 - ok.mean() for ok in finite]),
                error=np.array(
                    [_rms(a / scale - t) / _rms(t) if _rms(t) else 0.0 for a, t in zip(wide, exact, strict=True)]
                ),
                activation_broken=np.array([1 - np.isfinite(a).mean() for a in h]),
            )
    return np.array([_rms(g) for g in exact]), found

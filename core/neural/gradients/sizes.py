"""How large activations and gradients are in each layer of a network."""

import numpy as np

from core.bins import histogram
from core.neural.gradients.activations import STEEPEST, Array
from core.neural.gradients.backpropagation import run
from core.neural.gradients.network import Config
from core.result import result

FLAT = 0.01  # a slope below this share of the steepest one counts as saturated
BINS = 41
PRE_SPAN, GRADIENT_SPAN = 8.0, (-12.0, 4.0)  # what the histograms cover: ± of what goes into φ; log₁₀ of gradients
SAMPLE = 512  # entries of a layer, at most, that its histogram counts


@result
class Profile:
    """Sizes down the layers of one network. A size that left the finite numbers is infinite or not-a-number."""

    activation_rms: Array  # (L + 1,) root mean square of h_l over units and examples
    gradient_rms: Array  # (L + 1,) the same of ∂loss/∂h_l
    weight_gradient_norm: Array  # (L,) Frobenius norm of ∂loss/∂W_l, summed over the examples
    saturated: Array  # (L,) share of units and examples whose slope φ′ is below 1% of φ's steepest
    dead: Array  # (L,) share of units saturated for every example
    pre_rms: Array  # (L,) root mean square of what goes into φ
    pre_histogram: Array  # (L, BINS) share of what goes into φ, over ±PRE_SPAN; values beyond are counted at the ends
    gradient_histogram: (
        Array  # (L + 1, BINS) of log₁₀ |∂loss/∂h_l| over GRADIENT_SPAN; zeros are counted at the low end
    )

    @property
    def ratio(self) -> float:
        """Size of the gradient at the first hidden layer over that at the last; 1 where there is one layer."""
        if self.gradient_rms[-1] == 0:
            return float("nan")
        return float(self.gradient_rms[1] / self.gradient_rms[-1])

    @property
    def decades(self) -> float:
        """log₁₀ of the ratio."""
        with np.errstate(divide="ignore"):
            return float(np.log10(self.ratio))

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
    def broken(self) -> int:
        """The layer at which the signal, or else the gradient, left the finite numbers; −1 if neither did."""
        up, down = (np.flatnonzero(~np.isfinite(sizes)) for sizes in (self.activation_rms, self.gradient_rms))
        return int([*up[:1], *down[-1:], -1][0])


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
            activation_rms=np.array([rms(h) for h in p.h]),
            gradient_rms=np.array([rms(g) for g in p.g]),
            weight_gradient_norm=np.array([gradient_norm(d, h) for d, h in zip(p.delta, p.h[:-1], strict=True)]),
            saturated=np.array([np.count_nonzero(f) / f.size for f in flat]),
            dead=np.array([f.all(axis=0).mean() for f in flat]),
            pre_rms=np.array([rms(u) for u in p.pre]),
            pre_histogram=histogram(some, -PRE_SPAN, PRE_SPAN, BINS, beyond=True).shares,
            gradient_histogram=histogram(logs, *GRADIENT_SPAN, BINS, beyond=True).shares,
        )


def gradient_sizes(config: Config, *, batch: int = 64, seed: int = 0) -> Array:
    """Give `Profile.gradient_rms` alone, (L + 1,), in less time than `profile`."""
    with np.errstate(all="ignore"):
        return np.array([rms(g) for g in run(config, batch=batch, seed=seed).g])


def rms(x: Array) -> float:
    """Give the root mean square, scaled where squares would overflow."""
    square = float(np.vdot(x, x)) / x.size
    if 1e-280 < square < 1e280:
        return float(np.sqrt(square))
    top = float(np.abs(x).max(initial=0))
    if top == 0 or not np.isfinite(top):
        return top
    x = x / top
    return float(top * np.sqrt(np.vdot(x, x) / x.size))


def gradient_norm(delta: Array, h: Array) -> float:
    """Give ‖δᵀh‖, the norm of a weight's gradient, by the cheaper of two ways; scaled where squares would overflow."""
    a, b = rms(delta), rms(h)
    if a == 0 or b == 0 or not np.isfinite(a * b):
        return a * b
    if not (1e-70 < a < 1e70 and 1e-70 < b < 1e70):
        return a * b * gradient_norm(delta / a, h / b)
    if 2 * len(h) <= h.shape[1]:
        # ‖δᵀh‖² = Σ (δδᵀ) ∘ (hhᵀ)
        return float(np.sqrt(max(float(np.vdot(delta @ delta.T, h @ h.T)), 0.0)))
    found = delta.T @ h
    return float(np.sqrt(np.vdot(found, found)))

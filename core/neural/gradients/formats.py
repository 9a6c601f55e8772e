"""Number formats of 16 and 32 bits: what rounding leaves of a gradient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.door import number, one_of
from core.neural.gradients.activations import Array
from core.neural.gradients.backpropagation import backward, forward, run
from core.neural.gradients.network import Config, initial
from core.neural.gradients.sizes import rms
from core.result import result


@dataclass(frozen=True)
class Limits:
    """Where a format ends."""

    least: float  # smallest number above zero
    normal: float  # smallest with full precision
    largest: float


LIMITS = {
    "fp16": Limits(2.0**-24, 2.0**-14, 65504.0),
    "bf16": Limits(2.0**-133, 2.0**-126, (2 - 2.0**-7) * 2.0**127),
    "fp32": Limits(2.0**-149, 2.0**-126, (2 - 2.0**-23) * 2.0**127),
}
FORMATS = tuple(LIMITS)


def rounded(x: ArrayLike, form: str) -> NDArray[np.float32]:
    """Round to the nearest number of a format (ties to even), given as float32.

    Parameters
    ----------
    x
        Any shape; taken as float32 first.
    form
        "fp16", "bf16" or "fp32".
    """
    one_of("form", form, FORMATS)
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


@result
class Floor:
    """What is left of a gradient in a number format."""

    stored_rms: Array  # (L + 1,) size of ∂loss/∂h_l as stored, loss scale included
    gradient_rms: Array  # (L + 1,) the same after dividing by the loss scale, in float64
    zeros: Array  # (L + 1,) share of entries stored as zero though they are none in float64
    broken: Array  # (L + 1,) share of entries that are infinite or not-a-number
    error: Array  # (L + 1,) relative error ‖g − g₆₄‖ / ‖g₆₄‖
    activation_broken: Array  # (L + 1,) share of activations that are infinite or not-a-number

    @property
    def flushed(self) -> int:
        """Layers, the last not counted, where more than half of the gradient became zero."""
        return int((self.zeros[:-1] > 0.5).sum())

    @property
    def overflowed(self) -> int:
        """Layers with a gradient that is infinite or not-a-number."""
        return int((self.broken > 0).sum())

    @property
    def output_end(self) -> int:
        """The lowest layer whose outputs overflow; −1 for none."""
        return int(next(iter(np.flatnonzero(self.activation_broken)), -1))

    @property
    def gradient_end(self) -> int:
        """The highest layer whose gradient overflows; −1 for none."""
        return int(next(iter(np.flatnonzero(self.broken)[::-1]), -1))


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
    """
    number("scale", scale, above=0)
    number("size", size, above=0)
    true = run(config, batch=batch, seed=seed)
    exact = [g * size for g in true.g]
    weights, biases = initial(config, seed=seed)
    found = {}
    for form in forms:
        one_of("form", form, FORMATS)

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
                stored_rms=np.array([rms(a) for a in wide]),
                gradient_rms=np.array([rms(a / scale) for a in wide]),
                zeros=np.array([np.mean((a == 0) & (t != 0)) for a, t in zip(g, exact, strict=True)]),
                broken=np.array([1 - ok.mean() for ok in finite]),
                error=np.array(
                    [rms(a / scale - t) / rms(t) if rms(t) else 0.0 for a, t in zip(wide, exact, strict=True)]
                ),
                activation_broken=np.array([1 - np.isfinite(a).mean() for a in h]),
            )
    return np.array([rms(g) for g in exact]), found

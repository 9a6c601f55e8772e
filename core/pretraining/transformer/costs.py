"""What a block costs: operations, bytes, and which of the two a machine waits for.

Sources: Williams, Waterman & Patterson, "Roofline" (2009). Operations are those of matrix products, a multiplication
and an addition each; norms, softmax and additions are left out.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]


@result
class Cost:
    """Of one block, for all of its `batch` sequences together."""

    projections: float  # operations: queries, keys, values and the output
    scores: float  # operations: scores, and the mixing of values
    mlp: float  # operations
    parameters: float  # weights, without biases
    weight_bytes: float  # weights that are read
    cache_bytes: float  # keys and values that are read

    @property
    def operations(self) -> float:
        """All of them."""
        return self.projections + self.scores + self.mlp

    @property
    def share(self) -> float:
        """Which share of the operations grows with the square of the length."""
        return self.scores / self.operations

    @property
    def intensity(self) -> float:
        """Operations for each byte that is read."""
        return self.operations / (self.weight_bytes + self.cache_bytes)


def cost(width: int, length: int, *, new: int | None = None, batch: int = 1, bytes_each: float = 2.0) -> Cost:
    """Count what a block does for `new` places of sequences that are `length` long with them.

    Parameters
    ----------
    width
        d; the MLP is 4 d wide. Heads share d, so that their number changes nothing here.
    length
        n: how many places each new one looks at. Nothing is saved by a causal mask here.
    new
        How many places are worked out now, with keys and values of the others kept: all n by default, 1 when text is
        written one token at a time.
    batch
        Sequences at once. They share the weights, and each has keys and values of its own.
    bytes_each
        Of a number.
    """
    d, n, b = door.whole("width", width), door.whole("length", length), door.whole("batch", batch)
    m = n if new is None else door.whole("new", new, most=n)
    size = door.number("bytes_each", bytes_each, above=0)
    # a product of (m, d) and (d, d) takes 2 m d² operations
    weights = 4 * d * d + 2 * d * (4 * d)
    return Cost(
        projections=8.0 * b * m * d * d,
        scores=4.0 * b * m * n * d,
        mlp=16.0 * b * m * d * d,
        parameters=float(weights),
        weight_bytes=size * weights,
        cache_bytes=size * 2 * b * n * d,
    )


def roof(intensity: ArrayLike, *, peak: float, bandwidth: float) -> Floats:
    """Give the operations a second that can be reached at an intensity (operations a byte): min(peak, bandwidth · I).

    `peak` is in operations a second, `bandwidth` in bytes a second.
    """
    peak, bandwidth = door.number("peak", peak, above=0), door.number("bandwidth", bandwidth, above=0)
    return np.asarray(np.minimum(peak, bandwidth * door.numbers("intensity", intensity)))

"""The dual view: a perceptron's weights from how often each example has moved its line.

Source: Freund & Schapire, "Large margin classification using the perceptron algorithm" (1999).
"""

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.perceptron.lines import Floats, Ints, examples, signed_rows


def blame(samples: ArrayLike, n: int, updates: ArrayLike) -> Ints:
    """Count how often each example has moved the line: α, the perceptron's dual weights.

    Parameters
    ----------
    samples
        (updates,) the example that caused each update, such as `Trace.samples`.
    n
        Number of examples.
    updates
        (f,) after how many updates to count, non-decreasing, from 0 to all of them.

    Returns
    -------
    (f, n) array of int
    """
    rows = door.labels("samples", samples, np.size(samples), classes=n)
    ends = door.labels("updates", updates, np.size(updates), classes=len(rows) + 1)
    if (np.diff(ends) < 0).any():
        raise ValueError("updates must not go down.")
    counts: Ints = np.zeros((len(ends), n), dtype=np.int64)
    # An update counts from the first of `ends` that lies beyond it.
    first = np.searchsorted(ends, np.arange(len(rows)), side="right")
    seen = first < len(ends)
    np.add.at(counts, (first[seen], rows[seen]), 1)
    return counts.cumsum(axis=0)


def rebuild(alpha: ArrayLike, x: ArrayLike, y: ArrayLike, *, rate: float = 1.0, start: ArrayLike = 0.0) -> Floats:
    """Give the weights that a perceptron has after example i has moved its line α_i times.

    Parameters
    ----------
    alpha
        (n,) or (…, n) counts, from `blame`.
    x, y
        (n, d) points and (n,) classes, 0 or 1.
    rate, start
        Learning rate, and the (d + 1,) weights it began with.

    Returns
    -------
    (d + 1,) or (…, d + 1) array
        start + rate Σ α_i (2y_i − 1) [1, x_i]. The order of the updates has no part in it.
    """
    x, y = examples(x, y)
    alpha = door.numbers("alpha", alpha)
    if alpha.shape[-1:] != (len(x),):
        raise ValueError(f"alpha must hold one count for each of the {len(x)} rows of x.")
    weights: Floats = door.numbers("start", start) + rate * (alpha @ signed_rows(x, y))
    return weights

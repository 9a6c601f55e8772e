"""Where the two towers' points lie in the space that they share: how far apart, how well paired, how evenly spread."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.pretraining.clip.losses import paired

F64 = NDArray[np.float64]


def gap(image: ArrayLike, text: ArrayLike) -> F64:
    """Give the distance between the means of two towers (…, n, d): (…)."""
    image, text = _towers(image, text)
    between = np.linalg.norm(image.mean(axis=-2) - text.mean(axis=-2), axis=-1)
    return np.asarray(between)


def alignment(image: ArrayLike, text: ArrayLike) -> F64:
    """Give the mean squared distance of the pairs of two towers (…, n, d): (…), 0 where they coincide."""
    image, text = _towers(image, text)
    return np.asarray(((image - text) ** 2).sum(axis=-1).mean(axis=-1))


def uniformity(points: ArrayLike) -> F64:
    """Give how evenly unit rows (…, n, d) are spread, lower for more evenly: (…), NaN for a single row."""
    x = door.numbers("points", points)
    one, two = np.triu_indices(x.shape[-2], 1)
    if not len(one):
        return np.full(x.shape[:-2], np.nan)
    # log mean exp(−2 |x − y|²) over all x ≠ y
    squared = ((x[..., one, :] - x[..., two, :]) ** 2).sum(axis=-1)
    return np.asarray(np.log(np.exp(-2 * squared).mean(axis=-1)))


def close_gap(image: ArrayLike, text: ArrayLike, share: float = 1.0) -> tuple[F64, F64]:
    """Shift both towers towards each other and scale the rows back to length 1.

    Parameters
    ----------
    image, text
        (n, d) unit rows.
    share
        How much of the difference of the means is closed: 0 none, 1 all of it (before the rows are scaled back); below
        0 the gap widens.

    Returns
    -------
    image, text
        (n, d) unit rows.
    """
    image, text = paired(image, text)
    # I ← unit(I - share Δ/2),  T ← unit(T + share Δ/2),  Δ = mean I - mean T
    half = door.number("share", share) * (image.mean(axis=0) - text.mean(axis=0)) / 2
    return unit(image - half), unit(text + half)


def map_axes(image: ArrayLike, text: ArrayLike, *, along_gap: bool = False) -> tuple[F64, F64]:
    """Choose two axes on which to look at both towers.

    Parameters
    ----------
    image, text
        (n, d).
    along_gap
        False: the first two principal axes of all points. True: the direction between the means, and the first
        principal axis across it.

    Returns
    -------
    middle, axes
        The points' mean (d,), and (2, d) unit rows that show to the images' side. (points − middle) @ axes.T is the
        map.
    """
    image, text = paired(image, text)
    both = np.concatenate([image, text])
    middle, delta = both.mean(axis=0), image.mean(axis=0) - text.mean(axis=0)
    around = both - middle
    axes = _principal(around)[:2]
    if along_gap:
        along = delta / max(float(np.linalg.norm(delta)), 1e-12)
        axes = np.stack([along, _principal(around - np.outer(around @ along, along))[0]])
    return middle, axes * np.where(axes @ delta < 0, -1.0, 1.0)[:, None]


def _towers(image: ArrayLike, text: ArrayLike) -> tuple[F64, F64]:
    first = door.numbers("image", image)
    return first, door.numbers("text", text, shape=first.shape)


def _principal(around: F64) -> F64:
    axes: F64 = np.linalg.svd(around, full_matrices=False)[2]
    return axes


def unit(rows: F64) -> F64:
    """Scale rows to length 1."""
    out: F64 = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return out

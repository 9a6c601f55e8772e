"""A Markov random field of pixels: neighbours that agree make an image likely, and so do pixels as they were seen.

The energy of an image x of −1 and +1, of which y was seen, is E(x) = −β Σ x_i x_j − η Σ x_i y_i over all pairs of
neighbours (beside and below) and all pixels, with the coupling β and the fidelity η; p(x | y) ∝ exp(−E(x)).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.graphs.cut import smallest_cut
from core.result import result

Floats = NDArray[np.float64]
Image = NDArray[np.int64]  # (h, w) of −1 and +1
MOST = 16  # pixels of which all images are listed


@result
class Law:
    """All images of a size, and how likely each is."""

    images: NDArray[np.int64]  # (2^pixels, h, w): image k has +1 where k has a binary 1, the first pixel's first
    probability: Floats  # (2^pixels,)


def law(height: int, width: int, *, coupling: float) -> Law:
    """Give the probability of every image of at most 16 pixels, of which none was seen: p(x) ∝ exp(β Σ x_i x_j).

    Examples
    --------
    >>> law(1, 2, coupling=0.5).probability.round(3).tolist()
    [0.366, 0.134, 0.134, 0.366]
    """
    pixels = door.whole("height", height) * door.whole("width", width)
    if pixels > MOST:
        raise ValueError(f"An image may have at most {MOST} pixels here, not {pixels}.")
    coupling = door.number("coupling", coupling)
    bits = np.arange(2**pixels)[:, None] >> np.arange(pixels)[::-1] & 1
    images = (2 * bits - 1).reshape(-1, height, width)
    total = coupling * _agreement(images)
    weight = np.exp(total - total.max())
    return Law(images, weight / weight.sum())


def energy(image: ArrayLike, noisy: ArrayLike, *, coupling: float, fidelity: float) -> float:
    """Give E(x) = −β Σ x_i x_j − η Σ x_i y_i: the lower, the likelier the image."""
    x, y = as_image("image", image), as_image("noisy", noisy)
    if x.shape != y.shape:
        raise ValueError(f"image and noisy must have one shape, not {x.shape} and {y.shape}.")
    coupling, fidelity = door.number("coupling", coupling), door.number("fidelity", fidelity)
    return float(-coupling * _agreement(x) - fidelity * (x * y).sum())


def icm(noisy: ArrayLike, *, coupling: float, fidelity: float) -> Image:
    """Repair an image pixel by pixel until no single pixel wants to change: iterated conditional modes.

    Parameters
    ----------
    noisy
        (h, w) of −1 and +1: what was seen, and where it starts.
    coupling, fidelity
        What it is worth that two neighbours agree, and that a pixel is as it was seen.

    Returns
    -------
    image
        (h, w) of −1 and +1. No image that differs from it in one pixel has a lower energy; one that differs in more
        may have. Pixels take turns row by row, and one that gains nothing stays as it is.
    """
    return np.asarray(icm_path(noisy, coupling=coupling, fidelity=fidelity)[-1])


def icm_path(noisy: ArrayLike, *, coupling: float, fidelity: float) -> NDArray[np.int64]:
    """Give the images (changes + 1, h, w) on ICM's way, from what was seen to where it stops."""
    y = as_image("noisy", noisy)
    coupling, fidelity = door.number("coupling", coupling), door.number("fidelity", fidelity)
    least = 1e-12 * (abs(coupling) + abs(fidelity))  # a gain by rounding is none
    wide = y.shape[1] + 2
    seen = np.pad(y, 1).ravel().tolist()  # with a frame of 0, which agrees with nobody
    x, inside = seen.copy(), np.flatnonzero(seen).tolist()
    changes, moved = [], True
    while moved:
        moved = False
        for i in inside:
            # −∂E/∂x_i = β Σ_neighbours x_j + η y_i: the pixel wants its sign
            wish = coupling * (x[i - wide] + x[i + wide] + x[i - 1] + x[i + 1]) + fidelity * seen[i]
            if x[i] * wish < -least:
                x[i], moved = -x[i], True
                changes.append(i)
    turns = np.ones((len(changes) + 1, len(seen)), np.int64)
    turns[np.arange(len(changes)) + 1, changes] = -1
    return (np.cumprod(turns, axis=0)[:, inside] * y.ravel()).reshape(-1, *y.shape)


def best_cut(noisy: ArrayLike, *, coupling: float, fidelity: float) -> Image:
    """Give the likeliest image of all 2^(h·w), by the minimum cut of a graph (Greig, Porteous & Seheult 1989).

    Parameters
    ----------
    noisy
        (h, w) of −1 and +1: what was seen.
    coupling
        0 or more: what it is worth that two neighbours agree.
    fidelity
        What it is worth that a pixel is as it was seen.

    Returns
    -------
    image
        (h, w) of −1 and +1 with the lowest energy; of several the one with the fewest +1.
    """
    y = as_image("noisy", noisy)
    coupling, fidelity = door.number("coupling", coupling, least=0), door.number("fidelity", fidelity)
    if fidelity < 0:
        y, fidelity = -y, -fidelity
    number = np.arange(y.size).reshape(y.shape)
    source, sink = y.size, y.size + 1
    # E(x) + constant = 2β · (neighbours that differ) + 2η · (pixels that differ from y): cut edges, at half the price.
    # Pixels of +1 are on the source's side.
    edges = [
        (source, int(i), fidelity, 0.0) if seen > 0 else (int(i), sink, fidelity, 0.0)
        for i, seen in zip(number.ravel(), y.ravel(), strict=True)
    ]
    for ends in (number[:, :-1], number[:, 1:]), (number[:-1], number[1:]):
        edges += [(int(i), int(j), coupling, coupling) for i, j in zip(*(e.ravel() for e in ends), strict=True)]
    side = smallest_cut(y.size + 2, edges, source, sink)[: y.size]
    return np.where(side, 1, -1).reshape(y.shape)


def _agreement(x: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum x_i x_j over the neighbours beside and below, of each image (…, h, w)."""
    beside = (x[..., :, :-1] * x[..., :, 1:]).sum(axis=(-2, -1))
    below = (x[..., :-1, :] * x[..., 1:, :]).sum(axis=(-2, -1))
    return np.asarray(beside + below)


def as_image(name: str, x: ArrayLike) -> Image:
    """Take an image of −1 and +1."""
    array = door.numbers(name, x, ndim=2)
    if not array.size or not np.isin(array, (-1, 1)).all():
        raise ValueError(f"{name} must hold pixels of −1 and +1.")
    return array.astype(np.int64)

"""Which pixels does an answer hang on? Maps, and two tests of them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.neural.convolution.network import CLASSES, Network
from core.neural.convolution.windows import Array

MAPS = ("gradient", "times_input", "integrated", "ink", "random")


def integrated_gradients(
    gradient: Callable[[Array], Array], x: ArrayLike, *, baseline: ArrayLike | None = None, steps: int = 100
) -> Array:
    """Share out f(x) − f(baseline) over the parts of x: the mean gradient on the straight way, times the way.

    Parameters
    ----------
    gradient
        Takes points (n, …) and gives the gradient of f at each, in the same shape.
    x
        (…) one point.
    baseline
        Where the way begins; all zeros by default.
    steps
        Points on the way, in the middle of equal parts.

    Returns
    -------
    (…) array
        It adds up to f(x) − f(baseline), but for the error of the sum.

    Examples
    --------
    >>> integrated_gradients(lambda x: 2 * x, [1.0, 3.0]).round(6).tolist()  # of x₁² + x₂²
    [1.0, 9.0]
    """
    x = door.numbers("x", x)
    start = np.zeros_like(x) if baseline is None else door.numbers("baseline", baseline, shape=x.shape)
    share = (np.arange(door.whole("steps", steps)) + 0.5) / steps
    way = start + share.reshape(-1, *(1,) * x.ndim) * (x - start)
    slopes = np.asarray(gradient(way), dtype=float)
    if slopes.shape != way.shape:
        raise ValueError(f"gradient must give an array of shape {way.shape}, not {slopes.shape}.")
    # (x − x₀) ⊙ ∫ ∇f(x₀ + α (x − x₀)) dα
    return np.asarray((x - start) * slopes.mean(axis=0))


def saliency(network: Network, image: ArrayLike, target: int, kind: str, *, steps: int = 50, seed: int = 0) -> Array:
    """Give a map (12, 12) of how much each pixel counts for the class `target`.

    Parameters
    ----------
    kind
        "gradient": |∂z/∂x|. "times_input": x ∂z/∂x. "integrated": integrated gradients from a blank image. "ink": the
        image itself. "random": random numbers by `seed`.
    """
    door.one_of("kind", kind, MAPS)
    image = door.numbers("image", image, shape=(12, 12))
    if kind == "ink":
        return image.copy()
    if kind == "random":
        return np.random.default_rng(seed).uniform(size=image.shape)
    if kind == "integrated":
        return integrated_gradients(lambda x: network.gradient(x, target), image, steps=steps)
    slope = network.gradient(image[None], target)[0]
    return np.asarray(np.abs(slope) if kind == "gradient" else image * slope)


def deletion(network: Network, image: ArrayLike, target: int, order: ArrayLike, *, most: int) -> Array:
    """Give the probability of `target` (most + 1,) as one pixel after the other is blanked, in `order` (144,).

    The order holds places in reading order, at least `most` of them.
    """
    image = door.numbers("image", image, shape=(12, 12))
    target = door.whole("target", target, least=0, most=CLASSES - 1)
    most, places = door.whole("most", most, most=image.size), door.numbers("order", order, ndim=1)
    if len(places) < most or not np.isin(places, range(image.size)).all():
        raise ValueError(f"order must hold at least {most} places from 0 to {image.size - 1}.")
    spoilt = np.repeat(image.reshape(1, -1), most + 1, axis=0)
    for k, place in enumerate(places[:most].astype(int)):
        spoilt[k + 1 :, place] = 0.0
    return np.asarray(network.proba(spoilt.reshape(-1, 12, 12))[:, target])


def rank_correlation(a: ArrayLike, b: ArrayLike, where: NDArray[np.bool_] | None = None) -> float:
    """Give Spearman's correlation of two maps over the places of a mask; ties share a rank; 0 if one is flat."""
    a = door.numbers("a", a)
    b = door.numbers("b", b, shape=a.shape)
    mask = np.ones(a.shape, dtype=bool) if where is None else np.asarray(where)
    if mask.shape != a.shape or mask.dtype != bool or not mask.any():
        raise ValueError(f"where must be a mask of shape {a.shape} that holds some place.")
    ranks = [_ranks(values[mask]) for values in (a, b)]
    if min(np.ptp(rank) for rank in ranks) == 0:
        return 0.0
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def _ranks(values: Array) -> Array:
    """Give each value its rank; equal ones share the mean of theirs."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.asarray(np.cumsum(count) - (count - 1) / 2)
    return np.asarray(rank[which], dtype=np.float64)

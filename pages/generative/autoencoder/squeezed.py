"""What goes through a narrow door, and what comes out of codes that nobody sent: all kinds and widths at once."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.generative import autoencoder as ae
from core.result import result

Floats = NDArray[np.float64]
SHOWN = (0, 2, 3, 4, 7)  # the first of each that is held out


@result
class Squeezed:
    rows: Floats  # (5, 5, 64) what is shown: the digits that come in, and what each kind makes
    left: Floats  # (4, 5) error that each kind leaves at each width, % of the digits' variance
    far: Floats  # (4, 5) mean distance of a dream to the nearest digit; NaN if not dreaming
    pca: Floats  # (65,) what PCA leaves over, %
    width: int  # which of the widths
    dreaming: bool

    @property
    def exact(self) -> float | None:
        """What PCA leaves over at this width, %."""
        return None if self.dreaming else float(self.pca[ae.WIDTHS[self.width]])

    def at(self, kind: str, dreaming: bool) -> float | None:
        """Give an error or a distance at this width, if that is what is looked at."""
        rows = self.far if dreaming else self.left
        return float(rows[ae.KINDS.index(kind), self.width]) if dreaming == self.dreaming else None

    @property
    def linear(self) -> float | None:
        return self.at("linear", False)

    @property
    def deep(self) -> float | None:
        return self.at("deep", False)

    @property
    def denoising(self) -> float | None:
        return self.at("denoising", False)

    @property
    def vae(self) -> float | None:
        return self.at("vae", False)

    @property
    def deep_far(self) -> float | None:
        return self.at("deep", True)

    @property
    def vae_far(self) -> float | None:
        return self.at("vae", True)


def squeezed(width: int, seed: int, noise: float, dreaming: bool) -> Squeezed:
    made = [ae.network(kind, width, seed) for kind in ae.KINDS]
    x, y = ae.held_out()
    few = np.array([np.flatnonzero(y == digit)[0] for digit in SHOWN])
    given = noisy(noise)[few]
    pictures = [ae.dreams(net, n=len(few)) if dreaming else net.through(given) for net in made]
    rows = np.array([x[few] if dreaming else given, *pictures])
    pca = 100 * ae.principal().left(x, noise) / variance()
    errors = left(seed, noise)
    distances = far(seed) if dreaming else np.full(errors.shape, np.nan)  # dreams that nobody looks at are dear
    return Squeezed(rows, errors, distances, pca, ae.WIDTHS.index(width), dreaming)


def noisy(noise: float) -> Floats:
    """Give the digits held out with noise; another standard deviation only stretches it."""
    x, _ = ae.held_out()
    return np.asarray(x + noise * np.random.default_rng(0).standard_normal(x.shape))


def variance() -> float:
    """Give the mean squared distance of the digits held out to the mean digit: 100 %."""
    return float(ae.principal().left(ae.held_out()[0])[0])


@functools.lru_cache(maxsize=64)
def left(seed: int, noise: float) -> Floats:
    x, given = ae.held_out()[0], noisy(noise)

    def error(kind: str, width: int) -> float:
        return float(((ae.network(kind, width, seed).through(given) - x) ** 2).sum(axis=1).mean())

    return 100 * np.array([[error(kind, width) for width in ae.WIDTHS] for kind in ae.KINDS]) / variance()


@functools.lru_cache(maxsize=8)
def far(seed: int) -> Floats:
    def distance(kind: str, width: int) -> float:
        return float(ae.nearest(ae.dreams(ae.network(kind, width, seed)))[1].mean())

    return np.array([[distance(kind, width) for width in ae.WIDTHS] for kind in ae.KINDS])


@functools.cache
def levels() -> tuple[float, float]:
    """Give the mean distance to the nearest digit learnt of the digits held out, and that of the mean digit."""
    real = float(ae.nearest(ae.held_out()[0])[1].mean())
    return real, float(ae.nearest(ae.principal().mean[None])[1][0])


def ranges(*runs: Squeezed) -> dict[str, Any]:
    """Give the least and the most over the runs of all that the sentences tell."""
    found: dict[str, Any] = {}
    for k, kind in enumerate(ae.KINDS):
        left, far = ([float(rows[k, r.width]) for r in runs for rows in [getattr(r, name)]] for name in ("left", "far"))
        found |= {
            f"{kind}_low": min(left),
            f"{kind}_high": max(left),
            f"{kind}_near": min(far),
            f"{kind}_far": max(far),
        }
    width = ae.WIDTHS[runs[0].width]
    return found | {"pca": runs[0].pca[width], "real": levels()[0], "mean": levels()[1]}


def same(*runs: Squeezed) -> bool:
    m = ranges(*runs)
    return m["linear_high"] < 1.02 * m["pca"] and m["linear_low"] > 0.98 * m["pca"]


def blind(*runs: Squeezed) -> bool:
    m = ranges(*runs)
    return m["deep_low"] > 100 > 80 > m["pca"] and m["denoising_high"] < 65


def dreadful(*runs: Squeezed) -> bool:
    narrow, wide = ranges(*runs[:5]), ranges(*runs[5:])
    return wide["deep_high"] < 5 < narrow["deep_low"] and wide["deep_near"] > wide["mean"] > 1.2 > narrow["deep_far"]


def warm() -> None:
    """Look for the dreams of all seeds: those of a seed's twenty networks take 40 ms."""
    for seed in ae.SEEDS:
        far(seed)

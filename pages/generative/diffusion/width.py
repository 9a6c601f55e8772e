"""Many samples on their way back from noise, and how wide their law should be at each step."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.bins import Bins, histogram
from core.generative import diffusion as d
from core.result import result

SAMPLES, DRAWN, FILM = 500, 30, 40  # how many there are, of how many the way is drawn, frames at most
LIMITS = (-3.6, 3.6)
HOW = {
    "beta": {"variance": "beta"},
    "quiet": {"variance": "beta", "last": False},
    "tilde": {"variance": "tilde"},
    "none": {"variance": "none"},
    "ddim": {"sampler": "ddim"},
}
LAWS = {
    "two": d.Mixture([0.3, 0.7], [[-2.0], [2.0]], [0.04, 0.04]),
    "unit": d.Mixture([1.0], [[0.0]], [1.0]),
    "narrow": d.Mixture([1.0], [[0.0]], [0.01]),
}


@result
class Returned:
    law: d.Mixture
    step: NDArray[np.int64]  # (frames,) steps that are shown
    x: NDArray[np.float64]  # (frames, SAMPLES)
    level: NDArray[np.float64]  # (frames,) ᾱ

    @property
    def sd(self) -> NDArray[np.float64]:
        """Standard deviation (frames,) of the samples."""
        return np.asarray(self.x.std(axis=1))

    @property
    def should(self) -> NDArray[np.float64]:
        """What it is on the way into noise (frames,): of ᾱ Var + 1 − ᾱ the root."""
        mean = self.law.weights @ self.law.means[:, 0]
        spread = self.law.weights @ (self.law.covariances + self.law.means[:, 0] ** 2) - mean**2
        return np.asarray(np.sqrt(self.level * spread + 1 - self.level))

    @property
    def bins(self) -> Bins:
        return histogram(self.x, *LIMITS, 48)

    @property
    def law_shares(self) -> NDArray[np.float64]:
        """How much of the data's law each bin has."""
        bells = norm(self.law.means[:, 0], np.sqrt(self.law.covariances))
        return np.asarray(np.diff(bells.cdf(self.bins.edges[:, None]) @ self.law.weights))

    @property
    def truth(self) -> float:
        return float(self.should[-1])

    @property
    def inside(self) -> NDArray[np.float64]:
        """Samples (frames,) within three standard deviations of a bell of the data, %."""
        near = np.abs(self.x[..., None] - self.law.means[:, 0]) <= 3 * np.sqrt(self.law.covariances)
        return np.asarray(100 * near.any(axis=2).mean(axis=1))

    @property
    def plus(self) -> NDArray[np.float64] | None:
        """Samples (frames,) above 0 where there are two bells, %."""
        return None if len(self.law.weights) == 1 else np.asarray(100 * (self.x > 0).mean(axis=1))


def returned(law: str, steps: int, how: str, seed: int) -> Returned:
    frames = d.sample(LAWS[law], n=SAMPLES, steps=steps, seed=seed, **HOW[how])[..., 0]  # type: ignore[arg-type]
    shown = np.unique(np.round(np.linspace(0, steps, min(steps, FILM) + 1)).astype(int))
    return Returned(LAWS[law], shown, frames[shown], d.schedule(steps)[::-1][shown])

"""Four walks on a target, and what a step of each width is worth there."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import sampling as s
from core.result import result

STEPS, LAGS, EVERY = 500, 60, 10  # EVERY: of the thinned walks one step in ten is kept
WIDTHS = np.geomspace(0.05, 12.0, 18)
TRIES = 10  # walks of each width
STARTS = {  # where four walks start that are spread out; those that start together, at the first
    "round": ((-3.0, 0.0), (3.0, 0.0), (0.0, 3.0), (0.0, -3.0)),
    "ridge": ((-2.0, -2.0), (2.0, 2.0), (-1.0, 0.0), (1.0, 0.0)),
    "banana": ((-2.4, 2.6), (2.4, 2.6), (0.0, -0.9), (1.2, 0.0)),
    "islands": ((-3.0, 0.0), (3.0, 0.0), (-3.0, -0.6), (3.0, 0.6)),
}


@result
class Walked:
    path: NDArray[np.float64]  # (STEPS + 1, 4, 2) from the start on
    accepted: NDArray[np.bool_]  # (STEPS, 4)
    worth: tuple[NDArray[np.float64], NDArray[np.float64]]  # of each width: share accepted, effective share

    @property
    def best(self) -> float:
        """The share accepted at the width of which a step is worth most."""
        return float(self.worth[0][np.argmax(self.worth[1])])

    @property
    def across(self) -> NDArray[np.float64]:
        """The first coordinate of the four walks, (4, STEPS)."""
        return self.path[1:, :, 0].T

    @property
    def acceptance(self) -> NDArray[np.float64]:
        """Steps accepted so far, %, at each frame."""
        taken = np.cumsum(self.accepted.mean(axis=1)) / np.arange(1, STEPS + 1)
        return 100 * np.r_[np.nan, taken]

    @property
    def mean(self) -> NDArray[np.float64]:
        """Of the first coordinate so far, at each frame; the truth is 0."""
        return np.r_[np.nan, np.cumsum(self.across.mean(axis=0)) / np.arange(1, STEPS + 1)]

    @property
    def size(self) -> float:
        return s.effective_size(self.across)

    @property
    def r_hat(self) -> float:
        return s.r_hat(self.across)

    @property
    def alike(self) -> NDArray[np.float64]:
        """Autocorrelation of the first coordinate, (LAGS + 1,), the mean over the walks that moved."""
        rows = np.array([s.autocorrelation(x, LAGS) for x in self.across if np.ptp(x) > 0])
        return rows.mean(axis=0) if len(rows) else np.ones(LAGS + 1)

    @property
    def off(self) -> NDArray[np.float64]:
        """Error of each walk's mean, (4,)."""
        return self.across.mean(axis=1)

    @property
    def thinned(self) -> NDArray[np.float64]:
        """The same with one step in ten kept."""
        return self.across[:, EVERY - 1 :: EVERY].mean(axis=1)


def starts(target: str, together: bool) -> NDArray[np.float64]:
    places = np.array(STARTS[target])
    return np.repeat(places[:1], 4, axis=0) if together else places


def walked(target: str, width: float, together: bool, seed: int) -> Walked:
    start = starts(target, together)
    chain = s.metropolis(s.target(target), start=start, width=width, steps=STEPS, seed=seed)
    return Walked(np.concatenate([start[None], chain.samples]), chain.accepted, worth(target))


@functools.lru_cache(maxsize=8)
def worth(target: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what share is accepted at each of WIDTHS, and what share of the samples counts; all walks side by side."""
    start = np.tile(np.repeat(np.array(STARTS[target])[:2], TRIES // 2, axis=0), (len(WIDTHS), 1))
    width = np.repeat(WIDTHS, TRIES)[:, None]
    chain = s.metropolis(s.target(target), start=start, width=width, steps=STEPS, seed=0)
    accepted = chain.accepted.reshape(STEPS, len(WIDTHS), TRIES).mean(axis=(0, 2))
    groups = chain.samples[..., 0].T.reshape(len(WIDTHS), TRIES, STEPS)
    return accepted, np.array([s.effective_size(group) for group in groups]) / (TRIES * STEPS)

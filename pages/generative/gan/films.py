"""The runs that were made ahead, by method and seed, and what one reads off them."""

import functools

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.generative import gan
from core.result import result

FILM = np.arange(0, gan.STEPS + 1, gan.EVERY)  # steps of its frames
LATE = FILM > gan.STEPS - 1000  # the last third
FAIR = 2 * np.log(2)  # the critic's loss when it cannot tell


@result
class Runs:
    """All seeds of a method, and the one that is looked at."""

    seed: int
    samples: NDArray[np.uint8]  # (frames, n, 2) places, −SPAN to SPAN as 0 to 255
    field: NDArray[np.uint8]  # (frames, 16, 16) what the critic says, 0 to 1 as 0 to 255
    losses: NDArray[np.float64]  # (seeds, frames)
    on: NDArray[np.bool_]  # (seeds, frames, 8) modes that are covered
    shares: NDArray[np.float64]  # (seeds, frames) samples on a mode, %

    @property
    def counts(self) -> NDArray[np.int64]:
        """(seeds, frames) modes covered."""
        return self.on.sum(axis=-1)

    @property
    def modes(self) -> NDArray[np.int64]:
        return self.counts[self.seed]

    @property
    def share(self) -> NDArray[np.float64]:
        return self.shares[self.seed]

    @property
    def loss(self) -> NDArray[np.float64]:
        return self.losses[self.seed]

    @property
    def forgotten(self) -> NDArray[np.int64]:
        """(frames,) how often a mode had been covered and then was not, so far."""
        return np.r_[0, np.cumsum((self.on[self.seed, :-1] & ~self.on[self.seed, 1:]).sum(axis=-1))]

    @property
    def visited(self) -> int:
        """Modes that were covered at some time."""
        return int(self.on[self.seed].any(axis=0).sum())

    @property
    def judged(self) -> tuple[float, float]:
        """What the discriminator says of the modes' centres where none is made, and where some are, on average."""
        row, column = np.round((gan.modes() / gan.SPAN + 1) / 2 * (self.field.shape[1] - 1)).astype(int).T[::-1]
        said, on = self.field[:, row, column] / 255, self.on[self.seed]
        return float(said[~on].mean()), float(said[on].mean())

    @property
    def off(self) -> float:
        """How far the critic's loss is from 2 ln 2 in the last 1000 steps, at most."""
        return float(np.abs(self.loss[LATE] - FAIR).max())

    @property
    def late(self) -> float:
        """Samples on a mode in the last 1000 steps, %."""
        return float(self.share[LATE].mean())


@functools.cache
def read(method: str) -> dict[str, NDArray[np.float64]]:
    film, first = ahead.load("gan/collapse"), list(gan.METHODS).index(method) * gan.SEEDS
    rows = {name: array[first : first + gan.SEEDS] for name, array in film.items()}
    places = (rows["samples"] / 127.5 - 1) * gan.SPAN
    near = gan.near(places)
    return {**rows, "on": gan.covered(places), "shares": 100 * (near >= 0).mean(axis=-1)}


def runs(method: str, seed: int) -> Runs:
    rows = read(method)
    kept = (np.array(rows[name]) for name in ("loss", "on", "shares"))
    return Runs(seed, rows["samples"][seed].copy(), rows["field"][seed].copy(), *kept)


def ranges(*shown: Runs) -> dict[str, float]:
    """Give the ranges over the seeds of what is read off each run."""
    found = {
        "off": [r.off for r in shown],
        "late": [r.late for r in shown],
        "forgotten": [int(r.forgotten[-1]) for r in shown],
        "visited": [r.visited for r in shown],
        "end": [int(r.modes[-1]) for r in shown],
        "empty": [r.judged[0] for r in shown],
        "full": [r.judged[1] for r in shown],
    }
    return {f"{name}_{end}": pick(v) for name, v in found.items() for end, pick in (("low", min), ("high", max))}


def halves(*shown: Runs) -> dict[str, float]:
    """Compare the first half of the runs with the second, seed by seed: how often modes are forgotten."""
    one, two = np.reshape([r.forgotten[-1] for r in shown], (2, -1))
    return {"one": float(one.mean()), "two": float(two.mean()), "fewer": int((two < one).sum()), "seeds": len(one)}

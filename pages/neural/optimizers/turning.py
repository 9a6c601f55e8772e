"""One valley at all angles: how many steps each walker needs when valley and start are turned together."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.neural import landscapes as land
from core.neural import optimizers as core
from core.result import result
from pages.neural.optimizers.racing import RATES, arrivals

STEPS = 400
ANGLES = np.arange(0, 91, 3)
START = np.array([2.5, 1.0])  # along the valley and across it
STARTS = np.array([START, [-2.0, 1.5], [2.2, 0.6], [2.7, -1.2], [1.5, 1.9]])  # for which rates are chosen


def turned(angle: float) -> NDArray[np.float64]:
    """Give the matrix that turns by an angle in degrees: row vectors @ turned."""
    a = np.radians(angle)
    return np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])


@functools.lru_cache(maxsize=64)
def best_rate(name: str, condition: float) -> float:
    """Give the rate of `RATES` with the fewest steps, over five starts, where the valley lies along an axis."""
    here, starts = land.bowl(condition), np.repeat(STARTS, len(RATES), axis=0)
    many = core.walks(name, here.gradient, starts, steps=STEPS, rate=np.tile(RATES, len(STARTS)))
    with np.errstate(all="ignore"):
        return float(RATES[arrivals(here.loss(many)).reshape(len(STARTS), -1).mean(axis=0).argmin()])


@functools.lru_cache(maxsize=64)
def over_angles(name: str, condition: float, factor: float) -> NDArray[np.int64]:
    """Give the steps at each of `ANGLES`. The turned valley is the straight one, asked at turned weights."""
    here, rate = land.bowl(condition, scale=factor), best_rate(name, condition)
    turns = np.array([turned(a) for a in ANGLES])

    def gradient(w: NDArray[np.float64]) -> NDArray[np.float64]:
        straight = here.gradient(np.einsum("nj,nkj->nk", w, turns))
        return np.asarray(np.einsum("nk,nkj->nj", straight, turns))

    many = core.walks(name, gradient, START @ turns, steps=STEPS, rate=rate)
    with np.errstate(all="ignore"):
        return arrivals(here.loss(np.einsum("tnj,nkj->tnk", many, turns)) / factor)


@result
class Turned:
    path: NDArray[np.float64]  # (STEPS + 1, 2) of the chosen walker
    plain: NDArray[np.float64]  # and of gradient descent
    steps: int
    plain_steps: int
    chosen: NDArray[np.int64]  # over ANGLES
    level: NDArray[np.int64]  # of gradient descent, over ANGLES
    rate: float
    plain_rate: float

    @property
    def straight(self) -> int:
        """Steps where the valley lies along an axis."""
        return int(self.chosen[0])

    @property
    def most(self) -> int:
        return int(self.chosen.max())

    @property
    def arrival(self) -> float | None:
        return self.steps if self.steps <= STEPS else None

    @property
    def plain_arrival(self) -> float | None:
        return self.plain_steps if self.plain_steps <= STEPS else None


def walked(name: str, angle: float, condition: float, factor: float) -> tuple[NDArray[np.float64], int, float]:
    here, rate = land.bowl(condition, angle=angle, scale=factor), best_rate(name, condition)
    path = core.run(name, here.gradient, START @ turned(angle), steps=STEPS, rate=rate)
    with np.errstate(all="ignore"):
        return path, int(arrivals(here.loss(path) / factor)), rate


def turning(name: str, angle: float, condition: float, factor: float) -> Turned:
    path, steps, rate = walked(name, angle, condition, factor)
    plain, plain_steps, plain_rate = walked("sgd", angle, condition, factor)
    over = over_angles(name, condition, factor), over_angles("sgd", condition, factor)
    return Turned(path, plain, steps, plain_steps, *over, rate, plain_rate)

"""Many records of a chain's days: what their shares of sun come to, and what was to be expected of them."""

import numpy as np
from numpy.typing import NDArray

from core.bins import Bins, histogram
from core.classical import sampling as s
from core.data.window import round_up
from core.result import result

RUNS, AHEAD = 400, 30


@result
class Weather:
    forecasts: NDArray[np.float64]  # (2, AHEAD + 1) chance of sun, after a sunny day and after a rainy one
    law: float  # share of sunny days in the long run
    slem: float  # |λ₂|
    spell: float  # mean length of a sunny spell, days
    worth: float  # how many independent days tell as much
    record: NDArray[np.int64]  # (days,) of the first run; 0 is sun
    shares: NDArray[np.float64]  # (RUNS,) of sunny days on record

    @property
    def percent(self) -> float:
        return 100 * self.law

    @property
    def naive(self) -> float:
        """Standard deviation of the share, had the days nothing to do with each other."""
        return float(np.sqrt(self.law * (1 - self.law) / len(self.record)))

    @property
    def honest(self) -> float:
        """The same with the days that they are worth."""
        return float(np.sqrt(self.law * (1 - self.law) / self.worth))

    @property
    def spread(self) -> float:
        """The same, measured over the runs."""
        return float(self.shares.std())

    @property
    def reach(self) -> float:
        """How far on either side of the law the shares are shown."""
        return round_up(4 * max(self.honest, self.naive))

    @property
    def bins(self) -> Bins:
        """Of the shares: since they are whole days, each bin is of as many."""
        days = len(self.record)
        width, middle = max(1, round(self.reach * days / 18)), round(self.law * days)
        low, high = ((middle - 0.5 + width * k) / days for k in (-40, 40))
        return histogram(self.shares, low, high, 80)

    @property
    def swings(self) -> float:
        """How far the two forecasts are apart at the end."""
        return float(abs(self.forecasts[0, -1] - self.forecasts[1, -1]))


def recorded(sunny: float, rainy: float, days: int, seed: int) -> Weather:
    P = [[sunny, 1 - sunny], [1 - rainy, rainy]]
    law, v = float(s.stationary(P)[0]), s.asymptotic_variance(P, [1, 0])
    records = s.simulate(P, days=days, runs=RUNS, seed=seed)
    ahead = np.array([s.forecast(P, start, AHEAD)[:, 0] for start in ([1, 0], [0, 1])])
    worth = days * law * (1 - law) / v if v > 0 else np.inf
    return Weather(ahead, law, s.slem(P), 1 / (1 - sunny), worth, records[0], (records == 0).mean(axis=1))

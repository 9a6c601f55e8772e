"""Six walkers on one landscape: the rate that suits each best, and when each is down."""

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.neural import landscapes as land
from core.neural import optimizers as core
from core.result import result
from core.text import T
from figures.spec import BLUE, GREEN, INK, ORANGE, PURPLE, SKY

STEPS = 250
DOWN = 1e-3  # loss above the least at which one is down, for good
RATES = 10 ** np.arange(-4, 1.51, 0.25)
GRID = [(a, b) for a in (0.11, 0.5, 0.89) for b in (0.13, 0.51, 0.87)]  # of starts, as shares of the window
COLORS = {"sgd": BLUE, "momentum": ORANGE, "nesterov": GREEN, "adagrad": PURPLE, "rmsprop": SKY, "adam": INK}
NAMES = {
    "sgd": T("勾配降下法", "gradient descent"),
    "momentum": T("モーメンタム", "momentum"),
    "nesterov": T("Nesterov", "Nesterov"),
    "adagrad": T("AdaGrad", "AdaGrad"),
    "rmsprop": T("RMSProp", "RMSProp"),
    "adam": T("Adam", "Adam"),
}
LANDSCAPES = {
    "iris": T("アヤメのロジスティック回帰", "Iris, logistic regression"),
    "bowl": T("細長い谷", "A long valley"),
    "turned": T("斜めの細長い谷", "The valley, turned"),
    "bent": T("曲がった谷", "A bent valley"),
    "saddle": T("峠", "A pass"),
}
MADE = {  # as code
    "iris": "land.iris()",
    "bowl": "land.bowl(100)",
    "turned": "land.bowl(100, angle=30)",
    "bent": "land.rosenbrock(10)",
    "saddle": "land.saddle()",
}


@functools.cache
def landscape(key: str) -> land.Landscape:
    made = {
        "iris": land.iris,
        "bowl": lambda: land.bowl(100),
        "turned": lambda: land.bowl(100, angle=30),
        "bent": lambda: land.rosenbrock(10),
        "saddle": land.saddle,
    }
    return made[key]()


def arrivals(above: NDArray[np.float64]) -> NDArray[np.int64]:
    """Give after how many steps a loss (t, …) above the least stays below `DOWN`; t where it never does."""
    late = ~(above <= DOWN)
    last = len(above) - late[::-1].argmax(axis=0)
    return np.asarray(np.where(late.any(axis=0), last, 0))


@functools.cache
def tuned(key: str) -> dict[str, tuple[float, float]]:
    """Give each walker's best of `RATES`, and its mean arrival there, over nine starts; never down counts STEPS + 1."""
    here = landscape(key)
    x0, x1, y0, y1 = here.window
    starts = np.array([(x0 + a * (x1 - x0), y0 + b * (y1 - y0)) for a, b in GRID])
    found = {}
    for name in NAMES:
        many = core.walks(
            name, here.gradient, np.repeat(starts, len(RATES), axis=0), steps=STEPS, rate=np.tile(RATES, len(starts))
        )
        with np.errstate(all="ignore"):
            mean = arrivals(here.loss(many) - here.least).reshape(len(starts), -1).mean(axis=0)
        found[name] = float(RATES[mean.argmin()]), float(mean.min())
    return found


@result
class Race:
    paths: Mapping[str, NDArray[np.float64]]  # name -> (STEPS + 1, 2)
    above: Mapping[str, NDArray[np.float64]]  # name -> (STEPS + 1,) loss above the least
    rates: Mapping[str, float]
    mean: Mapping[str, float]  # name -> arrival at its best rate, over nine starts
    at: NDArray[np.int64]  # (f,) steps that the playhead shows

    def arrival(self, name: str) -> int:
        return int(arrivals(self.above[name]))

    @property
    def order(self) -> list[str]:
        """The walkers that come down, the first first."""
        return sorted((n for n in self.paths if self.arrival(n) <= STEPS), key=self.arrival)

    @property
    def first(self) -> T:
        return NAMES[self.order[0]] if self.order else T("誰も着かない", "nobody")

    @property
    def first_steps(self) -> float | None:
        return self.arrival(self.order[0]) if self.order else None

    @property
    def down(self) -> int:
        return len(self.order)

    @property
    def adam(self) -> float | None:
        return self.arrival("adam") if "adam" in self.order else None

    @property
    def champion(self) -> str:
        """Who needs the fewest steps over nine starts, each at its best rate."""
        return min(self.mean, key=self.mean.__getitem__)

    @property
    def best(self) -> T:
        return NAMES[self.champion]


def race(key: str, start: tuple[float, float], rate: float | None) -> Race:
    """Run all six from a start; `rate` is for all of them, None for each one's best."""
    here, each = landscape(key), tuned(key)
    rates = {name: each[name][0] if rate is None else rate for name in NAMES}
    paths = {name: core.run(name, here.gradient, start, steps=STEPS, rate=rates[name]) for name in NAMES}
    with np.errstate(all="ignore"):
        above = {name: here.loss(path) - here.least for name, path in paths.items()}
    at = np.unique(np.r_[np.arange(20), np.geomspace(20, STEPS, 41).round()]).astype(np.int64)
    return Race(paths, above, rates, {name: mean for name, (_, mean) in each.items()}, at)

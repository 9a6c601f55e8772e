"""Four ways to read a digit, five networks of each, and what they make of one that was moved."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural import convolution as conv
from core.result import result
from core.text import T
from figures.spec import BLUE, GREEN, ORANGE, PURPLE

WAYS = {
    "pool": T("畳み込み + 2 × 2 プーリング", "conv + 2 × 2 pooling"),
    "global": T("畳み込み 2 層 + 全体の最大", "two convs + global max"),
    "dense": T("全結合", "dense"),
    "augmented": T("全結合、ずらして訓練", "dense, trained on shifts"),
}
SHORT = {
    "pool": T("プーリング", "pooling"),
    "global": T("全体の最大", "global max"),
    "dense": T("全結合", "dense"),
    "augmented": T("ずらして訓練", "trained on shifts"),
}
COLORS = {"pool": BLUE, "global": GREEN, "dense": ORANGE, "augmented": PURPLE}


@result
class Shifted:
    image: NDArray[np.float64]  # (12, 12)
    truth: int
    proba: NDArray[np.float64]  # (ways, 10)
    way: int  # which of them is looked at
    shares: NDArray[np.float64]  # (ways, seeds, FAR) right on the test digits by the shift, %
    turned: NDArray[np.float64]  # (ways, seeds) and by a quarter turn, %
    read: NDArray[np.float64]  # (ways, seeds, 10) share of the turned digits read as each digit, %
    far: int  # pixels that the image was moved, the larger way

    @property
    def said(self) -> NDArray[np.int64]:
        return self.proba.argmax(axis=1)

    @property
    def answer(self) -> int:
        return int(self.said[self.way])

    @property
    def sure(self) -> float:
        return 100 * float(self.proba[self.way].max())

    @property
    def mean(self) -> float:
        """Mean share of the five networks of this way that far off, %."""
        return float(self.shares[self.way, :, self.far].mean())

    def of(self, way: str, far: int) -> NDArray[np.float64]:
        """Give the shares of the five networks of a way."""
        return self.shares[list(WAYS).index(way), :, far]


def compute(p: Any) -> Shifted:
    """Move a digit and ask all networks."""
    x, y = conv.digits()[2:]
    image = conv.moved(conv.turned(x[p.digit : p.digit + 1], p.quarters), p.across, p.down)
    made = [[conv.made(way, seed) for seed in range(conv.SEEDS)] for way in WAYS]
    proba = np.array([own[p.seed].network.proba(image)[0] for own in made])
    shares = 100 * np.array([[one.shifted for one in own] for own in made])
    turned = 100 * np.array([[one.turned for one in own] for own in made])
    read = 100 * np.array([[one.read for one in own] for own in made])
    far = max(abs(p.across), abs(p.down))
    return Shifted(image[0], int(y[p.digit]), proba, list(WAYS).index(p.way), shares, turned, read, far)

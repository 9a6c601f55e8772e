"""A digit, a network, and maps of which pixels its answer hangs on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural import convolution as conv
from core.neural.convolution.trained import BLANKED, TESTED
from core.result import result

STEPS = 30  # of integrated gradients: a move has 10 ms


@result
class Mapped:
    image: NDArray[np.float64]  # (12, 12)
    spoilt: NDArray[np.float64]  # with the pixels blanked that the map puts first
    chosen: NDArray[np.float64]  # (12, 12) the map that is looked at
    paths: NDArray[np.float64]  # (maps, BLANKED + 1) probability as pixels are blanked in each map's order, %
    way: int  # which of the maps is looked at
    blanked: int
    truth: int
    target: int
    rise: float  # what the class' output is above that of a blank image
    shared: float  # the sum of integrated gradients
    naive: float  # and of gradient × input
    alike: float | None  # rank correlation over ink with the map of the network without its last layer
    deleted: NDArray[np.float64]  # (5, maps, BLANKED + 1) mean paths of each of the five networks, %
    about: NDArray[np.float64]  # (5, 2, tested maps) mean rank correlations of each, over ink and over all pixels

    @property
    def left(self) -> float:
        return float(self.paths[self.way, self.blanked])

    @property
    def off(self) -> float:
        """How far the shares are from what they should add up to."""
        return abs(self.shared - self.rise)

    def mean(self, kind: str, blanked: int) -> NDArray[np.float64]:
        """(5,) each network's mean probability after so many pixels, %."""
        return self.deleted[:, conv.MAPS.index(kind), blanked]

    def correlation(self, kind: str, *, ink: bool) -> NDArray[np.float64]:
        """(5,) each network's mean correlation of a map with that of a network whose last layer was drawn anew."""
        return self.about[:, 0 if ink else 1, TESTED.index(kind)]


def compute(p: Any) -> Mapped:
    """Make all maps, and delete by each."""
    x, y = conv.digits()[2:]
    image, truth = x[p.digit], int(y[p.digit])
    five = [conv.made(p.way, seed) for seed in range(conv.SEEDS)]
    network = five[p.seed].network
    target = int(network.predict(image[None])[0]) if p.target == "answer" else int(p.target)
    asked = conv.randomised(network) if p.fresh else network
    maps = {kind: conv.saliency(asked, image, target, kind, steps=STEPS, seed=p.digit) for kind in conv.MAPS}
    orders = [np.argsort(-values, axis=None, kind="stable") for values in maps.values()]
    paths = 100 * np.array([conv.deletion(network, image, target, order, most=BLANKED) for order in orders])
    way = conv.MAPS.index(p.map)
    spoilt = image.copy()
    spoilt.flat[orders[way][: p.blanked]] = 0.0
    outputs = asked.logits(np.array([image, np.zeros_like(image)]))[:, target]
    alike = None
    if p.map in TESTED:
        other = conv.randomised(network)
        again = conv.saliency(other, image, target, p.map, steps=STEPS)
        plain = conv.saliency(network, image, target, p.map, steps=STEPS) if p.fresh else maps[p.map]
        alike = conv.rank_correlation(np.abs(plain), np.abs(again), image > 0)
    return Mapped(
        *(image, spoilt, maps[p.map], paths, way, p.blanked, truth, target),
        rise=float(outputs[0] - outputs[1]),
        shared=float(maps["integrated"].sum()),
        naive=float(maps["times_input"].sum()),
        alike=alike,
        deleted=100 * np.array([one.deleted for one in five]),
        about=np.array([one.about for one in five]),
    )

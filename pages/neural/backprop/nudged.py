"""What a receipt is made of: both trips through a small network, and all its finite differences."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural import backprop
from core.neural.backprop.passes import judged
from core.neural.backprop.training import views
from core.result import result
from core.text import T
from pages.neural.backprop.graph import NAMES, SIZES, WIRES, nearest

STEPS = np.logspace(-14, 0, 57)  # h of the curve


@result
class Receipt:
    trip: backprop.Pass
    weights: NDArray[np.float64]  # (9,)
    product: NDArray[np.float64]  # (9,) message × activation
    blind: NDArray[np.float64]  # (9,) the same with messages that were not multiplied by φ′
    numeric: NDArray[np.float64]  # (9,) finite differences with the step that is asked for
    curve: NDArray[np.float64]  # (len(STEPS),) relative error of the chosen weight's difference
    rival: float  # the squared loss' gradient over that of the cross-entropy, the same for each weight
    chosen: int

    @property
    def activation(self) -> float:
        layer, source, _ = WIRES[self.chosen]
        return float(self.trip.h[layer][0, source]) if source < SIZES[layer] else 1.0

    @property
    def message(self) -> float:
        layer, _, target = WIRES[self.chosen]
        return float(self.trip.delta[layer][0, target])

    @property
    def gradient(self) -> float:
        return float(self.product[self.chosen])

    @property
    def difference(self) -> float:
        return float(self.numeric[self.chosen])

    @property
    def off(self) -> NDArray[np.float64]:
        """(9,) differences from the product, relative to the largest gradient."""
        return np.asarray(np.abs(self.product - self.numeric) / max(float(np.abs(self.product).max()), 1e-300))

    @property
    def error(self) -> T:
        return T(*[f"{abs(self.difference / self.gradient - 1) if self.gradient else 0.0:.0e}".replace("-", "−")] * 2)

    @property
    def p(self) -> float:
        """The probability of class 1."""
        return float(1 / (1 + np.exp(-self.trip.h[-1][0, 0])))

    @property
    def source(self) -> str:
        layer, source, _ = WIRES[self.chosen]
        return NAMES[layer][source]


def compute(p: Any) -> Receipt:
    """Go up and down once, and nudge each weight."""
    vector = p.gain * np.random.default_rng(p.seed).normal(size=len(WIRES))
    x, y, phi, chosen = np.array([[p.x1, p.x2]]), np.array([int(p.truth)]), (p.activation,), nearest(p.px, p.py)

    def flat(layers: backprop.Weights) -> NDArray[np.float64]:
        return np.concatenate([part.ravel() for layer in layers for part in layer])

    def slopes(vectors: NDArray[np.float64], h: NDArray[np.float64]) -> NDArray[np.float64]:
        """(L(w + h) − L(w − h)) / 2h, many at once."""
        up, down = (
            judged(backprop.outputs(views(v, SIZES), x, phi), y, p.loss)[0]
            for v in (vector + vectors, vector - vectors)
        )
        return np.asarray((up - down) / (2 * h))

    trips = {loss: backprop.run(views(vector, SIZES), x, y, phi, loss) for loss in backprop.LOSSES[::2]}
    trip = trips[p.loss]
    product = flat(trip.gradients)
    blind = flat(replace(trip, delta=[trip.delta[1] @ views(vector, SIZES)[1][0].T, trip.delta[1]]).gradients)
    numeric = slopes(p.h * np.eye(len(vector)), np.full(len(vector), p.h))
    curve = slopes(np.outer(STEPS, np.eye(len(vector))[chosen]), STEPS) / (product[chosen] or 1.0) - 1
    rival = float(trips["brier"].delta[1][0, 0] / trips["cross_entropy"].delta[1][0, 0])
    return Receipt(trip, vector, product, blind, numeric, np.abs(curve), rival, chosen)

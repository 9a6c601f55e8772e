"""Where softmax and its logarithm stop giving numbers, in three formats and three ways to compute them."""

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.neural import activations as core
from core.result import result
from core.text import T

LARGEST = np.geomspace(1, 2000, 331)
ROOM = 0.05  # a loss this far off, in its own size or in nats, is wrong


@result
class Breaking:
    size: float  # by how much the winner's score is above the loser's
    right: Mapping[tuple[str, str], NDArray[np.bool_]]  # (format, way) -> over LARGEST
    losses: Mapping[str, NDArray[np.float64]]  # way -> the loser's loss over LARGEST, in the chosen format
    now: Mapping[str, tuple[float, float]]  # way -> losses of the winner and of the loser, in the chosen format
    winner: float  # the winner's probability, the naive way

    def reach(self, form: str, way: str) -> float:
        """Give the first size with a wrong answer; ∞ where all are right."""
        wrong = ~self.right[form, way]
        return float(LARGEST[wrong.argmax()]) if wrong.any() else float("inf")

    @property
    def cliff(self) -> dict[str, float]:
        """By format, where the naive form breaks."""
        return {form: self.reach(form, "naive") for form in core.FORMATS}

    @property
    def second(self) -> dict[str, float]:
        """By format, where the logarithm of the shifted softmax breaks."""
        return {form: self.reach(form, "shifted") for form in core.FORMATS}

    def told(self, value: float) -> T:
        words = "NaN" if np.isnan(value) else "∞" if value == np.inf else f"{value:.4g}"
        return T(words, words)

    @property
    def chance(self) -> T:
        return self.told(self.winner)

    @property
    def naive(self) -> T:
        return self.told(self.now["naive"][1])

    @property
    def shifted(self) -> T:
        return self.told(self.now["shifted"][1])

    @property
    def log(self) -> float:
        return self.now["log"][1]


def pair(size: float | NDArray[np.float64], shift: float) -> NDArray[np.float64]:
    """Give the scores (…, 2) of a winner and a loser."""
    return np.stack([np.add(size, shift), np.full(np.shape(size), shift)], axis=-1)


@functools.lru_cache(maxsize=64)
def over(shift: float) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Give the losses of both over LARGEST (2, n), by format and way."""
    z = pair(LARGEST, shift)
    return {
        (form, way): np.array([core.loss_in(z, k, form, way=way) for k in (0, 1)])
        for form in core.FORMATS
        for way in core.WAYS
    }


def breaking(size: float, form: str, shift: float) -> Breaking:
    found, true = over(shift), -core.log_softmax(pair(LARGEST, shift)).T
    with np.errstate(invalid="ignore"):
        right = {key: (np.abs(loss - true) <= ROOM * np.maximum(true, 1)).all(axis=0) for key, loss in found.items()}
    z = pair(size, shift)
    now = {way: tuple(float(core.loss_in(z, k, form, way=way)) for k in (0, 1)) for way in core.WAYS}
    losses = {way: found[form, way][1] for way in core.WAYS}
    return Breaking(size, right, losses, now, float(core.softmax_in(z, form)[0]))

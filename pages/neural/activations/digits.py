"""Scores for digits: a linear classifier learns a thousand pictures and is asked about others."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.data import load
from core.neural import activations as core

LEARNT, RATE, STEPS = 1000, 0.5, 300


@functools.cache
def weights() -> NDArray[np.float64]:
    data = load("digits")
    return core.softmax_regression(data.x[:LEARNT] / 16, data.y[:LEARNT], rate=RATE, steps=STEPS)


def scores(number: int) -> NDArray[np.float64]:
    """Give the (10,) scores of a picture that was not learnt from."""
    return np.asarray(weights()[0] + load("digits").x[LEARNT + number] / 16 @ weights()[1:])


CODE = f"""\
data = load("digits")
weights = a.softmax_regression(data.x[:{LEARNT}] / 16, data.y[:{LEARNT}], rate={RATE}, steps={STEPS})
"""

"""What happens to logistic regression where a line separates the classes."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import logistic, perceptron
from core.data import load
from core.result import result
from core.text import T
from ui import stock

LAMBDAS = 10.0 ** np.arange(2, -7, -1)  # ridges, from strong to weak


@result
class Endless:
    problem: stock.Problem
    path: logistic.Path
    ridged: NDArray[np.float64]  # (len(LAMBDAS), 3) weights with each ridge
    widest: NDArray[np.float64] | None  # (3,) of the widest margin, where the classes can be separated
    cancer: bool  # whether a line separates malignant from benign in the columns that are asked for

    @property
    def size(self) -> NDArray[np.float64]:
        """(t,) ‖w‖ at each step."""
        return np.linalg.norm(self.path.weights[:, 1:], axis=1)

    @property
    def shrinks(self) -> float | None:
        """By what the last step divided the loss."""
        loss = self.path.loss
        return float(loss[-2] / loss[-1]) if len(loss) > 1 and loss[-1] > 0 else None

    @property
    def angles(self) -> NDArray[np.float64]:
        """(len(LAMBDAS),) degrees between each ridged line and the one of the widest margin; NaN without it."""
        if self.widest is None:
            return np.full(len(LAMBDAS), np.nan)
        return np.array([perceptron.angle(w, self.widest) for w in self.ridged])

    @property
    def newton(self) -> float | None:
        """Degrees between the last step's line and the one of the widest margin."""
        return None if self.widest is None else float(perceptron.angle(self.path.weights[-1], self.widest))

    @property
    def answer(self) -> T:
        return T("ある", "finite") if self.widest is None else T("ない", "none")

    @property
    def tumours(self) -> T:
        return T("分けられる", "separable") if self.cancer else T("分けられない", "not separable")


@functools.cache
def tumours_part(width: int) -> bool:
    """Whether a plane separates malignant from benign in the first columns, by certificate."""
    data = load("breast_cancer")
    x = data.x[:, :width]
    return perceptron.separability((x - x.mean(axis=0)) / x.std(axis=0), data.y).separable

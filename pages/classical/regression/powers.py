"""Too many powers: training error always falls, test error does not; a ridge counts parameters in fractions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import regression as reg
from core.result import result
from core.text import T
from figures.marks import line, marks, ring
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure, Stage
from pages.classical.regression.curve import Curve, digits, drawn, truth
from pages.classical.regression.curve import code as drawing
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("degree", "free", "n", "noise")
MOST = 15
SHOWN = np.linspace(-1, 1, 161)


@dataclass(frozen=True)
class Params(Curve):
    degree: int = slider(T("次数", "Degree"), 1, MOST, default=3)
    free: float = slider(
        T("自由度（リッジで減らす）", "Degrees of freedom (ridge)"),
        2.0,
        16.0,
        default=16.0,
        step=0.1,
        help=T(
            "次数 + 1 より小さくすると、リッジが係数を抑えます。",
            "Below degree + 1, a ridge holds the coefficients down.",
        ),
    )


@result
class Powers:
    train: tuple[NDArray[np.float64], NDArray[np.float64]]
    validation: tuple[NDArray[np.float64], NDArray[np.float64]]
    curve: NDArray[np.float64]  # the fit at SHOWN
    errors: NDArray[np.float64]  # (MOST, 3) RMSE of each degree without a ridge: training, validation, test
    now: NDArray[np.float64]  # (3,) of this fit
    degrees: float
    ridge: float
    textbook: float  # largest error of coefficients that are all 1: by the normal equations
    careful: float  # and by singular values

    @property
    def training(self) -> float:
        return float(self.now[0])

    @property
    def checked(self) -> float:
        return float(self.now[1])

    @property
    def test(self) -> float:
        return float(self.now[2])

    @property
    def chosen(self) -> int:
        """The degree with the least error on the validation data."""
        return int(np.argmin(self.errors[:, 1])) + 1

    @property
    def greedy(self) -> int:
        """The degree with the least error on the training data."""
        return int(np.argmin(self.errors[:, 0])) + 1


def compute(p: Params) -> Powers:
    sets = drawn(p)
    errors = np.array(
        [rmse(reg.fit(reg.polynomial(sets[0][0], d), sets[0][1]).weights, sets) for d in range(1, MOST + 1)]
    )
    columns = reg.polynomial(sets[0][0], p.degree)
    ridge = 0.0 if p.free >= p.degree + 1 else reg.ridge_for(columns, p.free)
    fit = reg.fit(columns, sets[0][1], ridge=ridge)
    curve = reg.predict(fit.weights, reg.polynomial(SHOWN, p.degree))
    return Powers(sets[0], sets[1], curve, errors, rmse(fit.weights, sets), fit.degrees, ridge, *digits(p.degree))


def rmse(weights: NDArray[np.float64], sets: tuple[Any, ...]) -> NDArray[np.float64]:
    """Give the root mean square error on each of the sets."""
    missed = [t - reg.predict(weights, reg.polynomial(x, len(weights) - 1)) for x, t in sets]
    return np.array([np.sqrt(np.mean(e**2)) for e in missed])


READOUTS = (
    Readout("training", T("訓練", "Training"), "training", 3),
    Readout("validation", T("検証", "Validation"), "checked", 3),
    Readout("test", T("テスト", "Test"), "test", 3),
    Readout("degrees", T("自由度", "Degrees of freedom"), "degrees", 1),
    Readout("chosen", T("検証が選ぶ次数", "Degree by validation"), "chosen"),
)


def draw(r: Powers, p: Params) -> Stage:
    return Stage((fit(r), errors(r, p)), ("fit errors",), height=420, columns="minmax(0, 1.3fr) minmax(0, 1fr)")


def fit(r: Powers) -> Figure:
    return plot(
        "fit",
        line(SHOWN, truth(SHOWN), MUTED, dash="dash", width=1.5),
        marks(*r.validation, GREEN, size=6, symbol="square", opacity=0.55),
        marks(*r.train, INK, size=8),
        line(SHOWN, np.clip(r.curve, -9, 9), BLUE, width=2.5),
        x=T("x", "x"),
        y=T("t", "t"),
        xlim=(-1.03, 1.03),
        ylim=(-2.2, 2.2),
    )


def errors(r: Powers, p: Params) -> Figure:
    """Draw the errors of every degree on a log scale, and ring where this fit is."""
    at, shown = np.arange(1, MOST + 1), np.clip(r.errors, 1e-2, 1e3)
    names = (T("訓練", "training"), T("検証", "validation"), T("テスト", "test"))
    looks = ((INK, "bottom left", 0.5), (GREEN, "top left", 0.75), (ORANGE, "bottom right", 0.6))
    return plot(
        "errors",
        [
            line(at, shown[:, i], color, label=name, where=where, at=share, width=2)
            for i, (name, (color, where, share)) in enumerate(zip(names, looks, strict=True))
        ],
        ring([p.degree] * 3, np.clip(r.now, 1e-2, 1e3), 11),
        x=T("次数", "Degree"),
        y=T("RMSE（対数目盛）", "RMSE (log scale)"),
        xlim=(0.5, MOST + 0.5),
        ylim=(-1.7, 1.5),
        log_y=True,
        whole_x=True,
    )


def code(p: Params) -> str:
    ridge = "0.0" if p.free >= p.degree + 1 else f"reg.ridge_for(columns, {p.free!r})"
    return f"""\
{drawing(p)}

def rmse(weights, x, t):
    return np.sqrt(np.mean((t - reg.predict(weights, reg.polynomial(x, len(weights) - 1))) ** 2))


(x, t), validation, test = sets
columns = reg.polynomial(x, {p.degree})
fit = reg.fit(columns, t, ridge={ridge})
print("training =", rmse(fit.weights, x, t))
print("validation =", rmse(fit.weights, *validation))
print("test =", rmse(fit.weights, *test))
print("degrees =", fit.degrees)
plain = [reg.fit(reg.polynomial(x, degree), t).weights for degree in range(1, {MOST + 1})]
print("chosen =", 1 + np.argmin([rmse(weights, *validation) for weights in plain]))
"""


def choices(*runs: Powers) -> dict[str, float]:
    """Give in how many runs the training data want the highest degree, and in how many it is worse on the test."""
    return {
        "greedy": sum(r.greedy == MOST for r in runs),
        "worse": sum(r.errors[MOST - 1, 2] > r.errors[r.chosen - 1, 2] for r in runs),
        "runs": len(runs),
    }


def held(*runs: Powers) -> dict[str, float]:
    return {
        "better": sum(r.test < r.errors[MOST - 1, 2] / 2 for r in runs),
        "with": float(np.median([r.test for r in runs])),
        "without": float(np.median([r.errors[MOST - 1, 2] for r in runs])),
        "runs": len(runs),
    }


SEEDS = range(20)
CHECKS = {
    "choose": Check(
        tuple({"degree": MOST, "seed": seed} for seed in SEEDS),
        lambda *runs: choices(*runs)["greedy"] >= 18 and choices(*runs)["worse"] == 20,
        control=tuple({"degree": MOST, "seed": seed, "noise": 0.0} for seed in SEEDS),
        measure=choices,
    ),
    "ridge": Check(
        tuple({"degree": MOST, "free": 5.0, "seed": seed} for seed in SEEDS),
        lambda *runs: held(*runs)["better"] >= 18,
        control=tuple({"degree": MOST, "seed": seed} for seed in SEEDS),
        measure=held,
    ),
    "float": Check(
        ({"degree": 2}, {"degree": 12}),
        lambda low, high: low.textbook < 1e-9 and high.textbook > 1e-2 and high.careful < 1e-5,
        control=({"degree": 2}, {"degree": 4}),
    ),
}

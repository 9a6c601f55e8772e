"""One measurement: of all mixtures of a prediction and a measurement, the best is at the bottom of a parabola."""

from dataclasses import dataclass, replace

import numpy as np

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import bell, line, marks, ring, text, vline
from figures.plot import plot, round_up, span
from figures.spec import BLUE, INK, MUTED, NOW, OTHER, SKY, Figure, Stage
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("hand", "sensor", "spread", "z")
CELSIUS = T("℃", "°C")


@dataclass(frozen=True)
class Params:
    z: float = slider(T("測定値", "Measured"), 10.0, 34.0, default=24.0, step=0.1, unit=CELSIUS)
    sensor: float = slider(T("測定の誤差 ±", "Sensor's error ±"), 0.05, 50.0, default=1.0, log=True, unit=CELSIUS)
    spread: float = slider(T("予測の誤差 ±", "Prediction's error ±"), 0.05, 50.0, default=4.0, log=True, unit=CELSIUS)
    hand: float = slider(T("あなたのゲイン K", "Your gain K"), 0.0, 1.0, default=0.5, step=0.01)
    prior: float = slider(T("予測した値", "Predicted"), 10.0, 34.0, default=22.0, step=0.1, unit=CELSIUS)
    reading: str = choice(
        T("± の意味", "What ± means"),
        {"deviation": T("標準偏差", "standard deviation"), "variance": T("分散", "variance")},
    )
    recipe: bool = toggle(T("± の比で決める K も見る", "Show K by the ratio of the ±"))


@result
class One:
    P: float  # variance of the prediction
    R: float  # and of the measurement
    best: k.Blend
    hand: k.Blend
    notes: k.Blend  # they weigh by the ± themselves
    notes_error: float | None  # of it, where that is asked for
    claimed: float  # and what they give for it
    lowest: float  # the best of 201 gains, compared one by one


def compute(p: Params) -> One:
    power = 2 if p.reading == "deviation" else 1
    P, R = p.spread**power, p.sensor**power
    best, hand, notes = (k.blend(p.prior, P, p.z, R, K) for K in (k.gain(P, R), p.hand, k.gain(p.spread, p.sensor)))
    claimed = ((1 - notes.gain) * p.spread) ** (power / 2)
    K = np.linspace(0, 1, 201)
    lowest = K[np.argmin(k.expected_error(K, P, R))]
    return One(P, R, best, hand, notes, notes.sd if p.recipe else None, claimed, lowest)


READOUTS = (
    Readout("hand_mean", T("あなたの推定", "Your estimate"), "hand.mean", 2, CELSIUS),
    Readout("hand_error", T("誤差 ±", "its error ±"), "hand.sd", 2),
    Readout("sd", T("最小で ±", "lowest ±"), "best.sd", 2),
    Readout("gain", T("最良の K", "Best K"), "best.gain", 3),
    Readout("notes_error", T("± の比の K での誤差 ±", "Error ± of that ratio"), "notes_error", 2),
)


def draw(r: One, p: Params) -> Stage:
    return Stage((parabola(r, p), beliefs(r, p)), ("parabola beliefs",), columns="minmax(0, 1.25fr) minmax(0, 1fr)")


def parabola(r: One, p: Params) -> Figure:
    """Draw the error of every gain, and below it a ruler from the prediction (K = 0) to the measurement (K = 1)."""
    K, top = np.linspace(0, 1, 201), round_up(1.02 * max(r.P, r.R))
    ruler, tick, low = -0.13 * top, -0.095 * top, -0.22 * top
    x, y, name = r.notes.gain, r.notes.variance, T("± の比", "ratio of the ±")
    return plot(
        "parabola",
        line(K, k.expected_error(K, r.P, 0), MUTED, width=1.2, label="(1−K)² P", at=0.3, where="bottom left"),
        line(K, k.expected_error(K, 0, r.R), MUTED, width=1.2, label="K² R", at=0.36, where="top center"),
        line(K, k.expected_error(K, r.P, r.R), INK, dash="dash", label="(1−K)² P + K² R", at=0.3, where="top right"),
        line(np.repeat(np.linspace(0, 1, 11), 3), np.tile([ruler, tick, ruler], 11), INK),
        text(0, ruler, T(f"予測 {p.prior:.1f}", f"predicted {p.prior:.1f}"), INK, "bottom center"),
        text(1, ruler, T(f"測定 {p.z:.1f}", f"measured {p.z:.1f}"), INK, "bottom center"),
        vline(x, (ruler, y), OTHER, dash="dot", label=name) if p.recipe else None,
        marks([x, x], [y, ruler], OTHER, size=9, symbol="diamond") if p.recipe else None,
        vline(r.best.gain, (ruler, r.best.variance), BLUE, dash="dot", label=T("最小", "lowest"), where="top center"),
        marks([r.best.gain] * 2, [r.best.variance, ruler], BLUE, size=9),
        vline(r.hand.gain, (low, r.hand.variance), NOW, dash="dot"),
        text(r.hand.gain, low, f"{r.hand.mean:.2f}", NOW, "bottom center"),
        ring([r.hand.gain] * 2, [r.hand.variance, ruler], 15),
        x=T("ゲイン K", "Gain K"),
        y=T("誤差の 2 乗の平均", "Mean squared error"),
        xlim=(-0.07, 1.07),
        ylim=(-0.35 * top, top),
        yticks=np.linspace(0, top, 5),
    )


def beliefs(r: One, p: Params) -> Figure:
    prior, measured = r.P**0.5, r.R**0.5
    reach = 3.4 * min(max(prior, measured), 12.0)
    top = round_up(1.04 / (np.sqrt(2 * np.pi) * min(prior, measured, r.best.sd)))
    return plot(
        "beliefs",
        bell(p.z, measured, MUTED, 2, name=T("測定", "measured"), at=1.2, where="middle right"),
        bell(p.prior, prior, SKY, 2.5, name=T("予測", "predicted"), at=-0.6, where="top left"),
        bell(r.hand.mean, r.hand.sd, NOW, 2, name=T("あなた", "yours"), at=-0.9, where="middle left"),
        bell(r.best.mean, r.best.sd, BLUE, 3, name=T("最良", "best"), at=-1.2, where="middle left", filled=0.15),
        x=T("温度 (℃)", "Temperature (°C)"),
        y=T("確率密度", "Density"),
        xlim=span([min(p.prior, p.z) - reach, max(p.prior, p.z) + reach], share=0.04),
        ylim=(0, top),
    )


def code(p: Params) -> str:
    square = "**2" if p.reading == "deviation" else ""
    return f"""\
from core.classical import kalman as k

P, R = {p.spread!r}{square}, {p.sensor!r}{square}  # variances
print("hand_mean =", {p.prior!r} + {p.hand!r} * ({p.z!r} - {p.prior!r}))
print("hand_error =", k.expected_error({p.hand!r}, P, R) ** 0.5)
mean, variance, gain = k.update({p.prior!r}, P, {p.z!r}, R)
print("sd =", variance**0.5)
print("gain =", gain)
print("notes_error =", k.expected_error({p.spread!r} / ({p.spread!r} + {p.sensor!r}), P, R) ** 0.5)
"""


CHECKS = {
    "parabola": Check(
        ({"spread": 1.0, "sensor": 3.0}, {"spread": 2.0, "sensor": 2.0}, {}),
        lambda *runs: all(abs(r.lowest - r.best.gain) <= 0.0025 + 1e-12 for r in runs),
        control=lambda *runs: tuple(replace(r, best=r.hand) for r in runs),
    ),
    "limits": Check(
        ({"sensor": 50.0}, {"sensor": 4.0}, {"sensor": 0.05}),
        lambda blind, even, sharp: blind.best.gain < 0.01 and even.best.gain == 0.5 and sharp.best.gain > 0.999,
        control=lambda *runs: tuple(replace(r, best=r.hand) for r in runs),
    ),
    "notes": Check(
        ({"reading": "variance"}, {"spread": 1.0}, {"recipe": True}),
        lambda variances, equal, deviations: (
            variances.best.gain - variances.notes.gain == equal.best.gain - equal.notes.gain == 0
            and abs(variances.best.sd - variances.claimed) < 1e-12
            and abs(equal.best.sd - equal.claimed) > 0.1
            and deviations.notes.variance > 1.3 * deviations.best.variance
        ),
        control=({}, {"spread": 1.0}, {}),
    ),
}

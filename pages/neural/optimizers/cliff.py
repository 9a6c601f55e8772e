"""The cliff: beyond one rate the walk explodes; momentum moves the cliff, and has a best amount."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import T
from figures.marks import handle_values, heat, hline, line, marks, moving, ring, shade, until
from figures.plot import plot, powers
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PAPER, SKY, Figure, Playhead, Stage
from pages.neural.optimizers.steady import MOMENTA, RATES, START, STEPS, Steady, steady
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("rate", "momentum", "condition")


@dataclass(frozen=True)
class Params:
    rate: float = slider(T("学習率 η", "Learning rate η"), 0.05, 4.2, default=1.5, step=0.01)
    momentum: float = slider(T("モーメンタム β", "Momentum β"), 0.0, 0.99, default=0.0, step=0.01)
    condition: float = slider(T("谷の細長さ κ", "Length of the valley κ"), 1.0, 200.0, default=25.0, log=True)


def compute(p: Params) -> Steady:
    return steady(p.rate, p.momentum, p.condition)


READOUTS = (
    Readout("factor", T("1 歩で距離は", "A step makes the distance"), "factor", 3, T("倍", "×"), still=True),
    Readout("decades", T(f"{STEPS} 歩で縮む桁", f"Decades in {STEPS} steps"), "decades", 2),
    Readout("edge", T("崖の学習率", "The cliff's rate"), "edge", 2, still=True),
    Readout("least", T("最良なら 1 歩で", "At best a step makes it"), "least", 3, T("倍", "×"), still=True),
)


def draw(r: Steady, p: Params) -> Stage:
    return Stage(
        (phases(r, p), valley(r), distance(r)),
        ("phases valley", "phases distance"),
        playhead=Playhead(np.arange(STEPS + 1), T("歩", "Step"), seconds=8.0),
        height=460,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
    )


def phases(r: Steady, p: Params) -> Figure:
    """Draw for every rate and momentum how fast the walk shrinks, and the line beyond which it grows."""
    speed = np.where(r.field < 1, -np.log10(np.maximum(r.field, 1e-3)), 0.0)
    z = shade(np.sqrt(speed), 0, max(float(np.sqrt(speed.max())), 1e-9))
    return plot(
        "phases",
        heat(z, (RATES[0], RATES[-1]), (0, 0.99), ((0, PAPER), (1, SKY)), 0.95),
        line(2 * (1 + MOMENTA), MOMENTA, INK, width=2, dash="dash", label=T("崖 2(1+β)", "cliff 2(1+β)"), at=0.35,
             where="middle right"),
        marks([r.best[0]], [r.best[1]], GREEN, size=12, symbol="diamond"),
        handle_values(p.rate, p.momentum, across=("rate", 0.0, 1.0), up=("momentum", 0.0, 1.0)),
        x=T("学習率 η（最大の曲がりが 1）", "Learning rate η (steepest curvature: 1)"),
        y=T("モーメンタム β", "Momentum β"),
        xlim=(0, 4.25),
        ylim=(-0.07, 1.02),
        drag=False,
    )  # fmt: skip


def valley(r: Steady) -> Figure:
    places = np.nan_to_num(r.path, nan=1e4, posinf=1e4, neginf=-1e4).clip(-1e4, 1e4)
    at = np.arange(STEPS + 1)
    return plot(
        "valley",
        hline(0, (-3, 3), MUTED, width=1),
        until(line(*places.T, BLUE, width=1.8), 1 + at),
        ring(moving(places[:, :1]), moving(places[:, 1:]), 12, BLUE),
        marks([0.0], [0.0], INK, size=10, symbol="x"),
        x=T("谷に沿う重み", "Weight along"),
        y=T("谷を横切る重み", "Weight across"),
        xlim=(-3, 3),
        ylim=(-2, 2),
        small=True,
    )


def distance(r: Steady) -> Figure:
    at = np.arange(STEPS + 1)
    y = np.log10(np.clip(r.away, 1e-12, 1e12))
    some = np.linspace(0, STEPS, 31)
    pace = some * float(np.log10(max(r.factor, 1e-3)))
    return plot(
        "distance",
        hline(0, (0, STEPS + 4), MUTED, width=1),
        line(some, pace, INK, width=1.5, dash="dash", label=T("理論の速さ", "pace in theory"), at=0.55, where="bottom left"),
        until(line(at, y, ORANGE, width=2.2), 1 + at),
        ring(moving(at), moving(y), 12, ORANGE),
        x=T("歩", "Step"),
        y=T("底までの距離", "Distance"),
        xlim=(0, STEPS + 4),
        ylim=(-8, 4),
        yticks=powers((-8, 4), 4),
        small=True,
        margin={"l": 58},
    )  # fmt: skip


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.neural import landscapes as land
from core.neural.optimizers import run

rate, momentum, condition = {p.rate!r}, {p.momentum!r}, {p.condition!r}
start = np.array({START.tolist()})
np.seterr(all="ignore")
path = run("sgd", land.bowl(condition).gradient, start, steps={STEPS}, rate=rate, momentum=momentum)
away = np.linalg.norm(path[-1]) / np.linalg.norm(start)
print("factor =", max(land.shrink(rate, momentum, curvature) for curvature in (1.0, 1 / condition)))
print("decades =", -np.log10(away if np.isfinite(away) else np.inf))
print("edge =", 2 * (1 + momentum))
print("least =", (condition**0.5 - 1) / (condition**0.5 + 1))
"""


def explodes(*runs: Steady) -> bool:
    """Whether the walks alternate: below the cliff they shrink, above it they grow."""
    return all(r.away[-1] < 0.2 for r in runs[::2]) and all(r.away[-1] > 5 for r in runs[1::2])


def edges(shares: tuple[float, float]) -> tuple[dict[str, float], ...]:
    return tuple({"momentum": b, "rate": share * 2 * (1 + b)} for b in (0.0, 0.5, 0.9) for share in shares)


LONG = {"condition": 100.0}
PLAIN = {**LONG, "rate": 2 / 1.01}
TUNED = {**LONG, "rate": (2 / 1.1) ** 2, "momentum": (9 / 11) ** 2}
CHECKS = {
    "edge": Check(edges((0.99, 1.02)), explodes, control=edges((0.9, 0.99))),
    "best": Check(
        (PLAIN, TUNED),
        lambda plain, tuned: tuned.decades > 5 * plain.decades > 0 and abs(tuned.factor - tuned.least) < 1e-6,
        control=(PLAIN, {**LONG, "rate": 0.1, "momentum": 0.9}),
    ),
    "more": Check(
        (PLAIN, {**TUNED, "momentum": 0.99}, TUNED),
        lambda plain, heavy, tuned: heavy.factor > plain.factor > tuned.factor and heavy.decades < tuned.decades / 5,
        control=lambda plain, heavy, tuned: (plain, replace(tuned), tuned),
    ),
}

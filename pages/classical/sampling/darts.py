"""Darts: π from the share that hits the disc, with error bars that are held to their word."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import T
from figures.marks import hline, line, marks, ring, segments
from figures.plot import plot, round_up, sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, Figure, Stage
from pages.classical.sampling.thrown import MOST, NS, RUNS, Thrown, gain, shares, thrown
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("n", "method", "seed")
SIDE = 65535  # of the square: places travel as whole numbers of two bytes


@dataclass(frozen=True)
class Params:
    n: int = slider(T("粒の数", "Darts"), 16, MOST, default=400, log=True)
    method: str = choice(
        T("撒き方", "How they fall"),
        {"random": T("ランダム", "at random"), "sobol": T("Sobol 列（むらなく）", "evenly (Sobol)")},
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=2)


def compute(p: Params) -> Thrown:
    return thrown(p.n, p.method, p.seed)


READOUTS = (
    Readout("estimate", T("π の推定", "Estimate of π"), "estimate", 4),
    Readout("bar", T("見積もった誤差 ±", "Claimed error ±"), "bar", 4),
    Readout("off", T("実際の誤差 ±", "True error ±"), "off", 4),
    Readout("covered", T("π を含む区間", "Intervals with π"), "covered", 0, T(f" / {RUNS}", f" of {RUNS}")),
)


def draw(r: Thrown, p: Params) -> Stage:
    columns = "minmax(0, 1fr) minmax(0, 1fr)"
    return Stage((board(r), bars(r, p), errors(r, p)), ("board bars", "board errors"), height=470, columns=columns)


def board(r: Thrown) -> Figure:
    x, y = (r.points * SIDE).astype(np.uint16).T
    turn, size = np.linspace(0, 2 * np.pi, 129), float(np.clip(160 / np.sqrt(len(x)), 2.5, 9))
    out = ~r.hit
    return sheet(
        "board",
        line(np.array([0, 1, 1, 0, 0]) * SIDE, np.array([0, 0, 1, 1, 0]) * SIDE, INK, width=1.5),
        line((0.5 + 0.5 * np.cos(turn)) * SIDE, (0.5 + 0.5 * np.sin(turn)) * SIDE, INK, width=1.5),
        marks(x[r.hit], y[r.hit], BLUE, size=size),
        marks(x[out], y[out], ORANGE, size=size, symbol="triangle-up"),
        xlim=(-0.02 * SIDE, 1.02 * SIDE),
        ylim=(-0.02 * SIDE, 1.02 * SIDE),
        equal=True,
        room=8,
        drag=True,
    )


def bars(r: Thrown, p: Params) -> Figure:
    """Draw the 95% interval of each run, and a cross on those that do not hold π."""
    at, holds, half = np.arange(1.0, RUNS + 1), r.holds, 1.96 * r.errors
    low, high = np.stack([at, r.values - half], axis=1), np.stack([at, r.values + half], axis=1)
    reach = round_up(6.5 / np.sqrt(p.n))
    drawn = [
        segments(low[kept], high[kept], color, width=width)
        for kept, color, width in ((holds, BLUE, 2), (~holds, ORANGE, 2.5))
        if kept.any()
    ]
    return plot(
        "bars",
        hline(np.pi, (0, RUNS + 1), INK, dash="dash", width=1.4),
        drawn,
        marks(at[~holds], r.values[~holds], ORANGE, size=10, symbol="x") if not holds.all() else None,
        ring(1, r.estimate, 12),
        x=T("何回目か", "Run"),
        y=T("π の推定", "Estimate of π"),
        xlim=(0, RUNS + 1),
        ylim=(np.pi - reach, np.pi + reach),
        small=True,
        margin={"l": 74},
    )


def errors(r: Thrown, p: Params) -> Figure:
    own = r.random if p.method == "random" else r.sobol
    theory = 4 * np.sqrt(np.pi / 4 * (1 - np.pi / 4) / NS)  # 1.642/√n
    return plot(
        "errors",
        line(NS, theory, INK, dash="dash", width=1.4, label="1.642/√n", at=0.5, where="top right"),
        line(NS, r.random, BLUE, width=2.5, label=T("ランダム", "random"), at=0.05, where="top right"),
        line(NS, r.sobol, OTHER, width=2, label="Sobol", at=0.75, where="bottom left"),
        line((p.n, p.n), (1e-4, 10), MUTED, dash="dot", width=1.2),
        ring(p.n, float(np.exp(np.interp(np.log(p.n), np.log(NS), np.log(own))))),
        x=T("粒の数（対数）", "Darts (log)"),
        y=T("誤差（対数）", "Error (log)"),
        xlim=(1.1, 3.7),
        ylim=(-3.2, 0.0),
        log_x=True,
        log_y=True,
        small=True,
        margin={"l": 74},
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import sampling as s

n = {p.n}
runs = [s.scatter(n, method="{p.method}", seed={RUNS * p.seed} + i) for i in range({RUNS})]
guesses = [s.pi(s.inside(points).sum(), n) for points in runs]
off = np.array([guess.value - np.pi for guess in guesses])
print("estimate =", guesses[0].value)
print("bar =", 1.96 * guesses[0].error)
print("off =", 1.96 * np.sqrt(np.mean(off**2)))
print("covered =", sum(abs(o) <= 1.96 * guess.error for o, guess in zip(off, guesses)))
"""


SEEDS = range(5)
FEW, MANY = (tuple({"n": n, "seed": seed} for seed in SEEDS) for n in (40, 4000))
EVENLY = tuple({"n": MOST, "method": "sobol", "seed": seed} for seed in SEEDS)
CHECKS = {
    "digit": Check(
        (*FEW, *MANY),
        lambda *runs: 8 < gain(*runs)["times"] < 12.5,
        control=tuple(run | {"method": "sobol"} for run in (*FEW, *MANY)),
        measure=gain,
    ),
    "honest": Check(
        tuple({"seed": seed} for seed in range(10)),
        lambda *runs: 0.92 < shares(*runs)["covered"] / shares(*runs)["runs"] < 0.98,
        control=lambda *runs: tuple(replace(r, errors=r.errors / 2) for r in runs),
        measure=shares,
    ),
    "evenly": Check(
        EVENLY,
        lambda *runs: shares(*runs)["times"] > 3 and shares(*runs)["covered"] == shares(*runs)["runs"],
        control=tuple(run | {"method": "random"} for run in EVENLY),
        measure=shares,
    ),
}

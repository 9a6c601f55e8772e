"""γ and C: from a straight line to an island around every point."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import svm
from core.data import hold_out, load, scaling
from core.grid import Grid
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, ring
from figures.plane import plane
from figures.plot import plot
from figures.regions import borders, regions
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Stage
from ui import stock
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("gamma", "C", "data", "seed")
ZOOM = ("data",)
GAMMAS = 10.0 ** np.arange(-3, 3.5, 0.75)
N, TESTED, SPOILT = 80, 400, 0.35  # training and test points; noise of the data
SETS = {"moons": T("三日月", "Moons"), "circles": T("二重の円", "Circles"), "xor": T("XOR の雲", "XOR clouds")}


@dataclass(frozen=True)
class Params:
    data: str = choice(T("データ", "Data"), SETS)
    gamma: float = slider(T("γ（山の細さ）", "γ (how narrow the hills)"), 0.001, 1000.0, default=1.0, log=True)
    C: float = slider(T("はみ出しの値段 C", "Cost of trespass C"), 0.01, 1000.0, default=1.0, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Islands:
    problem: stock.Problem
    support: NDArray[np.int64]
    grid: Grid
    field: NDArray[np.float64]  # (cells,) the decision
    training: float  # accuracies, %
    test: float
    over: NDArray[np.float64]  # (len(GAMMAS), 2) accuracies of each γ with this C
    straight: float  # largest difference between this machine and the linear one with cost 2γC, on the test points
    raw: float  # accuracy on wine as it is, and scaled, %
    scaled: float

    @property
    def count(self) -> int:
        return len(self.support)


def compute(p: Params) -> Islands:
    x, y, query, truth = points(p.data, p.seed)
    machine = svm.fit(x, y, kernel="rbf", C=p.C, gamma=p.gamma)
    problem = stock.Problem(x, y, stock.words.classes("made", 2), stock.words.PLANE)
    grid = Grid.over(problem.window, 64, 48, equal=True)
    said = machine.decision(query)
    # exp(−γ‖a − b‖²) ≈ 1 − γ(‖a‖² + ‖b‖²) + 2γ a·b for small γ: a linear kernel, times 2γ
    linear = svm.fit(x, y, C=min(2 * p.gamma * p.C, svm.LARGEST)).decision(query)
    return Islands(
        *(problem, machine.support, grid, machine.decision(grid.points())),
        training=right(machine, x, y),
        test=100 * float(np.mean((said > 0) == truth)),
        over=ladder(p.data, p.C, p.seed),
        straight=float(np.abs(said - linear).max()),
        **wine(),
    )


def points(name: str, seed: int) -> tuple[NDArray[np.float64], ...]:
    """Give training and test points."""
    data = load(name, n=N + TESTED, noise=SPOILT, seed=seed)
    return data.x[:N], data.y[:N], data.x[N:], data.y[N:]


@functools.lru_cache(maxsize=64)
def ladder(name: str, C: float, seed: int) -> NDArray[np.float64]:
    x, y, query, truth = points(name, seed)
    machines = [svm.fit(x, y, kernel="rbf", C=C, gamma=gamma) for gamma in GAMMAS]
    return np.array([(right(machine, x, y), right(machine, query, truth)) for machine in machines])


def right(machine: svm.SVM, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return 100 * float(np.mean((machine.decision(x) > 0) == y))


READOUTS = (
    Readout("training", T("訓練", "Training"), "training", 1, PERCENT),
    Readout("test", T("テスト", "Test"), "test", 1, PERCENT),
    Readout("support", T("サポートベクター", "Support vectors"), "count"),
)


def draw(r: Islands, p: Params) -> Stage:
    return Stage(
        (islands(r), accuracies(r, p)), ("islands over",), height=430, columns="minmax(0, 1.4fr) minmax(0, 1fr)"
    )


def islands(r: Islands) -> Figure:
    share = 1 / (1 + np.exp(-2 * np.clip(r.field, -20, 20)))
    proba = np.column_stack([1 - share, share])
    label = (r.field > 0).astype(int)
    drawn = [regions(r.grid, label, proba), borders(r.grid, label, proba, BLUE, width=2)]
    return plane("islands", r.problem, drawn, large=r.support, size=7.5, editable=False)


def accuracies(r: Islands, p: Params) -> Figure:
    return plot(
        "over",
        line(GAMMAS, r.over[:, 0], INK, width=2, label=T("訓練", "training"), at=0.85, where="bottom left"),
        line(GAMMAS, r.over[:, 1], ORANGE, width=2.5, label=T("テスト", "test"), at=0.75, where="bottom left"),
        ring([p.gamma] * 2, [r.training, r.test], 12),
        line((GAMMAS[0], GAMMAS[-1]), (50, 50), MUTED, dash="dash", width=1.2),
        x=T("γ（対数目盛）", "γ (log scale)"),
        y=T("正解率 (%)", "Accuracy (%)"),
        xlim=(-3.1, 3.1),
        ylim=(35, 102),
        log_x=True,
        xticks={10.0**k: f"10<sup>{k}</sup>".replace("-", "−") for k in (-3, -1, 1, 3)},
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import svm
from core.data import load

data = load("{p.data}", n={N + TESTED}, noise={SPOILT}, seed={p.seed})
machine = svm.fit(data.x[:{N}], data.y[:{N}], kernel="rbf", C={p.C!r}, gamma={p.gamma!r})
right = (machine.decision(data.x) > 0) == data.y
print("training =", 100 * right[:{N}].mean())
print("test =", 100 * right[{N}:].mean())
print("support =", len(machine.support))
"""


@functools.cache
def wine() -> dict[str, float]:
    """Tell cultivar 2 from 3 by thirteen measurements, as they are and scaled: mean test accuracies of five splits."""
    data, means = load("wine"), {}
    x, y = data.x[data.y > 0], (data.y[data.y > 0] == 2).astype(np.int64)
    for name in ("raw", "scaled"):
        scores = []
        for seed in range(5):
            out = hold_out(len(y), 0.4, seed=seed)
            offset, factor = scaling(x[~out], "standard" if name == "scaled" else "none")
            z = (x - offset) * factor
            machine = svm.fit(z[~out], y[~out], kernel="rbf", gamma=1 / 13)
            scores.append(right(machine, z[out], y[out]))
        means[name] = float(np.mean(scores))
    return means


FIVE = tuple({"gamma": 1000.0, "C": 100.0, "seed": seed} for seed in range(5))
CHECKS = {
    "memory": Check(
        FIVE,
        lambda *runs: all(r.training == 100 and r.count > 0.9 * N and r.test < r.over[4, 1] - 10 for r in runs),
        control=tuple(run | {"gamma": 1.0} for run in FIVE),
        measure=lambda *runs: {
            "count": min(r.count for r in runs),
            "low": min(r.test for r in runs),
            "high": max(r.test for r in runs),
        },
    ),
    "line": Check(
        ({"gamma": 0.1, "C": 5.0}, {"gamma": 0.01, "C": 50.0}, {"gamma": 0.001, "C": 500.0}),
        lambda *runs: runs[0].straight > 2 * runs[1].straight > 4 * runs[2].straight and runs[2].straight < 0.2,
        control=({"gamma": 0.1, "C": 5.0},) * 3,
    ),
    "units": Check(({},), lambda r: r.scaled > r.raw + 10, control=lambda r: (replace(r, scaled=r.raw),)),
}

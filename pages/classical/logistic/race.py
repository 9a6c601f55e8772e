"""The race: Newton needs a few steps, going downhill hundreds; from afar Newton explodes, and halving cures it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import logistic
from core.data import load
from core.grid import Grid
from core.result import result
from core.text import T
from figures.marks import handle_values, heat, line, marks, moving, ring, shade, until
from figures.plot import plot
from figures.spec import BLUE, INK, ORANGE, PAPER, SKY, Figure, Playhead, Stage
from ui.params import slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("rate", "slope", "bias", "halving")
STEPS, FRAMES = 1000, 60
VIEW = (-12.0, 12.0, -6.0, 18.0)  # bias and slope


@dataclass(frozen=True)
class Params:
    slope: float = slider(T("はじめの傾き", "Slope at the start"), -5.0, 17.0, default=0.0, step=0.1)
    bias: float = slider(T("はじめのバイアス", "Bias at the start"), -11.0, 11.0, default=0.0, step=0.1)
    rate: float = slider(T("学習率 η", "Learning rate η"), 0.05, 50.0, default=4.0, log=True)
    halving: bool = toggle(T("ニュートン法の歩を半分にしながら進む", "Halve Newton's steps where needed"))
    scaled: bool = toggle(T("標準化する", "Standardise"), default=True)


@result
class Race:
    newton: logistic.Path
    downhill: logistic.Path
    best: NDArray[np.float64]  # (2,) the lowest point
    at: NDArray[np.int64]  # (f,) steps that the playhead shows
    field: NDArray[np.float64]  # (h, w) mean log-loss over VIEW

    @property
    def newton_steps(self) -> int | None:
        return len(self.newton.weights) - 1 if self.newton.converged else None

    @property
    def reached(self) -> T:
        """After how many steps Newton is there, or that it broke off."""
        n = len(self.newton.weights) - 1
        return T(f"{n} 歩", f"{n} steps") if self.newton.converged else T(f"{n} 歩で破綻", f"broke off after {n}")

    @property
    def downhill_steps(self) -> int | None:
        """Steps after which the walk downhill stays within 1 % of the way, or None."""
        away = np.linalg.norm(self.downhill.weights - self.best, axis=1)
        near = away <= 0.01 * max(np.linalg.norm(self.best), 1e-9)
        return int(np.flatnonzero(~near)[-1] + 1) if near[-1] and not near.all() else None

    @property
    def walked(self) -> T:
        n = self.downhill_steps
        return T(f"{n} 歩", f"{n} steps") if n is not None else T(f"{STEPS} 歩でも未到着", f"not in {STEPS}")


def petals(scaled: bool) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the petal lengths of versicolor and virginica, in standard deviations or in cm; 1 is virginica."""
    data = load("iris")
    keep = data.y > 0
    x = data.x[keep][:, 2:3]
    return (x - x.mean()) / x.std() if scaled else x, (data.y[keep] == 2).astype(np.int64)


def compute(p: Params) -> Race:
    x, y = petals(p.scaled)
    start = [p.bias, p.slope]
    newton = logistic.irls(x, y, start=start, halving=p.halving, steps=30)
    downhill = logistic.gradient_descent(x, y, rate=p.rate, steps=STEPS, start=start)
    at = np.unique(np.r_[np.arange(12), np.geomspace(12, STEPS, FRAMES - 12).round()]).astype(np.int64)
    grid = Grid.over(VIEW, 48, 48)
    z = grid.points()[:, :1] + grid.points()[:, 1:] * x[:, 0]
    field = (np.logaddexp(0, z) - y * z).mean(axis=1).reshape(grid.h, grid.w)
    return Race(newton, downhill, logistic.irls(x, y).weights[-1], at, field)


READOUTS = (
    Readout("newton", T("ニュートン法 (IRLS)", "Newton (IRLS)"), "reached", still=True),
    Readout("downhill", T("勾配降下法", "Gradient descent"), "walked", still=True),
)


def draw(r: Race, p: Params) -> Stage:
    return Stage(
        (walk(r, p), losses(r)),
        ("walk losses",),
        playhead=Playhead(r.at, T("歩", "Step"), seconds=6.0),
        height=430,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
    )


def walk(r: Race, p: Params) -> Figure:
    """Draw both walks over the loss of every bias and slope."""
    x0, x1, y0, y1 = VIEW
    tint = heat(shade(np.sqrt(r.field), 0.3, 2.5), (x0, x1), (y0, y1), ((0, SKY), (1, PAPER)), 0.45)
    traces = []
    for path, color in ((r.downhill, ORANGE), (r.newton, BLUE)):
        last = np.minimum(r.at, len(path.weights) - 1)
        places = path.weights.clip(-1e4, 1e4)
        walked = until(line(*places.T, color, width=2), 1 + last)
        traces += [walked, ring(moving(places[last, :1]), moving(places[last, 1:]), 14, color)]
    return plot(
        "walk",
        tint,
        *traces,
        marks(*r.best[:, None], INK, size=11, symbol="x"),
        handle_values(p.bias, p.slope, across=("bias", 0.0, 1.0), up=("slope", 0.0, 1.0)),
        x=T("バイアス", "Bias"),
        y=T("傾き", "Slope"),
        xlim=(x0, x1),
        ylim=(y0, y1),
        drag=False,
    )


def losses(r: Race) -> Figure:
    low = float(r.newton.loss.min() if r.newton.converged else r.downhill.loss.min())
    drawn = []
    for path, color, name, at, where in (
        (r.downhill, ORANGE, T("勾配降下法", "gradient descent"), 0.45, "top right"),
        (r.newton, BLUE, T("ニュートン法", "Newton"), 0.8, "middle right"),
    ):
        over = np.log10(np.clip(path.loss - low, 1e-12, 1e3))
        steps = 1 + np.arange(len(over))
        keep = np.unique(np.geomspace(1, len(over), 150).astype(int)) - 1
        curve = line(steps[keep], 10 ** over[keep], color, width=2.5, label=name, at=at, where=where)
        drawn.append(until(curve, np.searchsorted(keep, r.at, side="right")))
    return plot(
        "losses",
        drawn,
        x=T("歩 + 1（対数目盛）", "Step + 1 (log scale)"),
        y=T("最小の損失との差（対数目盛）", "Loss above the least (log)"),
        xlim=(0, 3.02),
        ylim=(-12, 2.5),
        log_x=True,
        log_y=True,
        xticks=(1, 10, 100, 1000),
        margin={"l": 64},
    )


def code(p: Params) -> str:
    scaled = "x = (x - x.mean()) / x.std()\n" if p.scaled else ""
    return f"""\
import numpy as np

from core.classical import logistic
from core.data import load

data = load("iris")
x, y = data.x[data.y > 0][:, 2:3], (data.y[data.y > 0] == 2).astype(int)
{scaled}start = [{p.bias!r}, {p.slope!r}]
newton = logistic.irls(x, y, start=start, halving={p.halving}, steps=30)
downhill = logistic.gradient_descent(x, y, rate={p.rate!r}, steps={STEPS}, start=start)
print("newton =", newton.converged, len(newton.weights) - 1)
best = logistic.irls(x, y).weights[-1]
away = np.linalg.norm(downhill.weights - best, axis=1) > 0.01 * np.linalg.norm(best)
print("downhill =", f"not in {STEPS}" if away[-1] else np.flatnonzero(away)[-1] + 1)
"""


def quick(*runs: Race) -> bool:
    return all(r.newton_steps is not None and r.newton_steps <= 10 for r in runs) and all(
        (r.downhill_steps or STEPS) > 10 * (r.newton_steps or STEPS) for r in runs
    )


def rates(usual: Race, large: Race, larger: Race) -> bool:
    """Whether a larger rate is quicker, and a still larger one never arrives."""
    return (large.downhill_steps or STEPS) < (usual.downhill_steps or STEPS) and larger.downhill_steps is None


AFAR = {"slope": 15.0}
CHECKS = {
    "race": Check(
        ({"slope": 2.0, "bias": 1.0}, {"slope": 5.0, "bias": -2.0}, {}, {"rate": 20.0}, {"rate": 50.0}),
        lambda *runs: quick(*runs[:3]) and rates(*runs[2:]),
        control=({"slope": 2.0, "bias": 1.0}, {"slope": 5.0, "bias": -2.0}, {}, {"rate": 2.0}, {"rate": 2.0}),
    ),
    "afar": Check(
        (AFAR, AFAR | {"halving": True}),
        lambda bold, careful: bold.newton_steps is None and careful.newton_steps is not None,
        control=({}, {"halving": True}),
    ),
    "units": Check(
        ({"scaled": False, "rate": 0.5}, {"scaled": False, "rate": 0.1}, {}),
        lambda fast, slow, scaled: (
            fast.downhill_steps is slow.downhill_steps is None and scaled.downhill_steps is not None
        ),
        control=({}, {}, {}),
    ),
}

"""The noise floor: what is stochastic in SGD, and how deep it can go with a rate and a batch.

A move trains forty times for 240 steps: some 20 ms.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.grid import Grid
from core.neural import landscapes as land
from core.text import PERCENT, T
from figures.marks import ellipse, heat, hline, line, marks, moving, ring, shade, text, until
from figures.plot import plot, powers
from figures.spec import BLUE, INK, MUTED, ORANGE, PAPER, SKY, Figure, Playhead, Stage
from pages.neural.optimizers.haze import EASE, START, STEPS, WALKS, Haze, haze
from ui.params import slider, toggle
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("rate", "batch", "falls", "seed")
VIEW = (-7.0, 7.0, -1.0, 15.0)
AT = np.unique(np.r_[np.arange(12), np.linspace(12, STEPS, 49).round()]).astype(np.int64)


@dataclass(frozen=True)
class Params:
    rate: float = slider(T("学習率 η", "Learning rate η"), 0.5, 16.0, default=8.0, log=True)
    batch: int = slider(T("ミニバッチの大きさ B", "Mini-batch size B"), 1, 32, default=16, log=True)
    falls: bool = toggle(T("学習率を下げていく", "Let the rate fall"))
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Haze:
    return haze(p.rate, p.batch, p.falls, p.seed)


READOUTS = (
    Readout("floor", T("残る損失", "Loss that remains"), "floor", 5),
    Readout("law", T("理論では", "in theory"), "law", 5, still=True),
    Readout("uphill", T("終わりごろ、上りの歩", "Last steps that go up"), "uphill", 1, PERCENT),
    Readout("early", T("はじめの 5 歩では", "of the first five"), "early", 1, PERCENT),
)


def draw(r: Haze, p: Params) -> Stage:
    return Stage(
        (cloud(r), losses(r)),
        ("cloud losses",),
        playhead=Playhead(AT, T("歩", "Step"), seconds=8.0),
        height=430,
        columns="minmax(0, 1.1fr) minmax(0, 1fr)",
    )


def cloud(r: Haze) -> Figure:
    """Draw where forty walks are, over the loss, and the ellipse in which theory has most of them in the end."""
    here, (x0, x1, y0, y1) = land.iris(), VIEW
    grid = Grid.over(VIEW, 48, 48)
    z = np.log10(here.loss(grid.points()) - here.least + 1e-3).reshape(grid.h, grid.w)
    return plot(
        "cloud",
        heat(shade(z, -3, z.max()), (x0, x1), (y0, y1), ((0, SKY), (1, PAPER)), 0.8),
        line(*ellipse(r.best, r.spread).T, INK, width=1.8, dash="dash"),
        until(line(*r.paths[:, 0].T, ORANGE, width=1.0), 1 + AT),
        marks(moving(r.paths[AT, :, 0]), moving(r.paths[AT, :, 1]), BLUE, size=6),
        ring(moving(r.paths[AT, :1, 0]), moving(r.paths[AT, :1, 1]), 13, ORANGE),
        marks(*np.array(r.best)[:, None], INK, size=11, symbol="x"),
        x=T("バイアス", "Bias"),
        y=T("傾き", "Slope"),
        xlim=(x0, x1),
        ylim=(y0, y1),
    )


def losses(r: Haze) -> Figure:
    """Draw how the loss falls: forty walks on average, one of them, and the one with all examples."""
    at, law = np.arange(STEPS + 1), float(np.log10(r.law))
    mean, one, full = (np.log10(np.clip(v, 1e-7, 1e3)) for v in (r.above.mean(axis=1), r.above[:, 0], r.full))
    return plot(
        "losses",
        until(
            line(at, full, MUTED, width=1.8, label=T("全部の例", "all examples"), at=0.3, where="bottom left"), 1 + AT
        ),
        until(line(at, one, ORANGE, width=1.0), 1 + AT),
        until(line(at, mean, BLUE, width=2.6), 1 + AT),
        hline(law, (0, STEPS), INK, width=1.8, dash="dash"),
        ring(moving(AT), moving(mean[AT]), 12, BLUE),
        text(STEPS, 0.8, T("40 回の平均", "mean of forty"), BLUE, "middle left"),
        text(STEPS, 0.4, T("そのうちの一回", "one of them"), ORANGE, "middle left"),
        text(3, -5.6, T("破線: 理論の床", "dashed: floor in theory"), INK, "middle right"),
        x=T("歩", "Step"),
        y=T("最小の損失との差", "Loss above the least"),
        xlim=(0, STEPS),
        ylim=(-6, 1.1),
        yticks=powers((-6, 1)),
        margin={"l": 62},
    )


def code(p: Params) -> str:
    ease = f"1 / (1 + np.arange({STEPS}) / {EASE})" if p.falls else f"np.ones({STEPS})"
    return f"""\
import numpy as np

from core.neural import landscapes as land
from core.neural.optimizers import walks

x, y = land.petals()
here, ease = land.iris(), {ease}
drawn, factors = land.drawn_gradients(x, y, batch={p.batch}, seed={p.seed}), iter(ease)
starts = np.tile({list(START)}, ({WALKS}, 1))
paths = walks("sgd", lambda w: next(factors) * drawn(w), starts, steps={STEPS}, rate={p.rate!r})
above = here.loss(paths) - here.least
print("floor =", above[-80:].mean())
g, H = land.logistic_gradients(here.best, x, y), land.logistic_hessian(here.best, x)
S = land.steady_covariance(H, g.T @ g / len(x) / {p.batch}, {p.rate!r} * ease[-1])
print("law =", np.trace(H @ S) / 2)
print("uphill =", 100 * np.mean(np.diff(above[-80:], axis=0) > 0))
print("early =", 100 * np.mean(np.diff(above[:6], axis=0) > 0))
"""


def ratios(*runs: Haze) -> tuple[float, float]:
    """Give the least and the most of the first five floors over the last five, seed by seed."""
    found = [a.floor / b.floor for a, b in zip(runs[:5], runs[5:], strict=True)]
    return min(found), max(found)


def ends(*runs: Haze) -> dict[str, float]:
    return {
        "low": min(r.uphill for r in runs),
        "high": max(r.uphill for r in runs),
        "early": max(r.early for r in runs),
    }


HIGH, LOW = over_seeds(batch=16, rate=8.0), over_seeds(batch=16, rate=4.0)
CHECKS = {
    "half": Check(
        (*HIGH, *LOW),
        lambda *runs: 1.6 < ratios(*runs)[0] <= ratios(*runs)[1] < 2.8,
        control=(*HIGH, *HIGH),
        measure=ratios,
    ),
    "trade": Check(
        (*HIGH, *over_seeds(batch=4, rate=2.0)),
        lambda *runs: 0.7 < ratios(*runs)[0] <= ratios(*runs)[1] < 1.5,
        control=(*HIGH, *over_seeds(batch=4, rate=8.0)),
        measure=ratios,
    ),
    "uphill": Check(
        over_seeds(),
        lambda *runs: (
            42 < ends(*runs)["low"] <= ends(*runs)["high"] < 58 and all((np.diff(r.full) < 0).all() for r in runs)
        ),
        control=lambda *runs: tuple(replace(r, above=np.repeat(r.full[:, None], WALKS, axis=1)) for r in runs),
        measure=ends,
    ),
}

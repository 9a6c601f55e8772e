"""A walk that learns a distribution: Metropolis on a target, how wide a step pays, and what R-hat cannot see."""

from dataclasses import dataclass

import numpy as np

from core.classical import sampling as s
from core.grid import Grid
from core.text import PERCENT, T
from figures.marks import heat, hline, kept, line, marks, moving, ring, shade, until
from figures.plot import plot, round_up
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, MUTED, PAPER, Figure, Playhead, Stage
from pages.classical.sampling import walked as w
from pages.classical.sampling.walked import LAGS, STEPS, Walked
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("target", "width", "start", "seed")
ZOOM = ("target",)
GRID = Grid.over((-4.6, 4.6, -3.6, 4.6), 60, 54, equal=True)


@dataclass(frozen=True)
class Params:
    target: str = choice(
        T("目標の分布", "Target"),
        {
            "round": T("丸い山", "a round hill"),
            "ridge": T("細い尾根", "a narrow ridge"),
            "banana": T("曲がった尾根", "a bent ridge"),
            "islands": T("二つの島", "two islands"),
        },
    )
    width: float = slider(T("一歩の幅", "Width of a step"), 0.05, 12.0, default=0.5, log=True)
    start: str = choice(
        T("四人の出発点", "Where the four start"),
        {"together": T("同じ場所", "together"), "spread": T("ばらばらの場所", "spread out")},
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Walked:
    return w.walked(p.target, p.width, p.start == "together", p.seed)


READOUTS = (
    Readout("acceptance", T("採択率", "Acceptance rate"), "acceptance", 0, PERCENT),
    Readout("size", T("有効サンプル数", "Effective samples"), "size", 0, T(f" / {4 * STEPS}", f" of {4 * STEPS}")),
    Readout("r_hat", T("R-hat", "R-hat"), "r_hat", 2),
    Readout("mean", T("x の平均（真は 0）", "Mean of x (truth 0)"), "mean", 2),
)


def draw(r: Walked, p: Params) -> Stage:
    return Stage(
        (plane(r, p), trace(r), memory(r), worth(r, p)),
        ("plane memory", "plane worth", "trace trace"),
        playhead=Playhead(np.arange(STEPS + 1), T("歩", "Step"), seconds=10.0),
        height=510,
        columns="minmax(0, 1.25fr) minmax(0, 1fr)",
    )


def plane(r: Walked, p: Params) -> Figure:
    """Tint the target, and draw the four walks."""
    density = np.exp(s.target(p.target)(GRID.points())).reshape(GRID.h, GRID.w)
    ends = (GRID.xs[0], GRID.xs[-1]), (GRID.ys[0], GRID.ys[-1])
    tint = heat(shade(density, 0, float(density.max())), *ends, ((0, PAPER), (1, INK)), 0.5)
    counts, drawn = np.arange(1, STEPS + 2), []
    for i in range(4):
        x, y = r.path[:, i].T
        style = {"size": 12, "symbol": CLASS_SYMBOLS[i], "line": {"width": 2, "color": INK}}
        drawn += [
            {**until(line(x, y, CLASS_COLORS[i], width=1.2), counts), "opacity": 0.55},
            marks(moving(x[:, None]), moving(y[:, None]), CLASS_COLORS[i], **style),
        ]
    return plot("plane", kept(tint), drawn, x="x", y="y", xlim=(-4.6, 4.6), ylim=(-3.6, 4.6), equal=True)


def trace(r: Walked) -> Figure:
    at = np.arange(STEPS + 1, dtype=np.uint16)
    return plot(
        "trace",
        hline(0, (0, STEPS), INK, dash="dash", width=1.2),
        [until(line(at, r.path[:, i, 0], CLASS_COLORS[i], width=1.4), at + 1) for i in range(4)],
        x=T("歩", "Step"),
        y="x",
        xlim=(0, STEPS),
        ylim=(-4.6, 4.6),
        small=True,
    )


def memory(r: Walked) -> Figure:
    return plot(
        "memory",
        hline(0, (0, LAGS), MUTED, width=1),
        line(np.arange(LAGS + 1), r.alike, BLUE, width=2.5),
        x=T("何歩離れているか", "Steps apart"),
        y=T("自己相関", "Autocorrelation"),
        xlim=(0, LAGS),
        ylim=(-0.3, 1.03),
        small=True,
    )


def worth(r: Walked, p: Params) -> Figure:
    """Draw what 100 steps are worth over the share that is accepted, and where this width is."""
    accepted, share = (100 * v for v in r.worth)
    here = [float(np.interp(np.log(p.width), np.log(w.WIDTHS), v)) for v in (accepted, share)]
    return plot(
        "worth",
        line(accepted, share, BLUE, width=2.5),
        ring(*here),
        x=T("採択率 (%)", "Acceptance rate (%)"),
        y=T("値打ち / 100 歩", "Worth per 100"),
        xlim=(0, 100),
        ylim=(0, round_up(1.1 * float(share.max()))),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.classical import sampling as s

start = np.array({w.starts(p.target, p.start == "together").tolist()})
chain = s.metropolis(s.target("{p.target}"), start=start, width={p.width!r}, steps={STEPS}, seed={p.seed})
x = chain.samples[..., 0].T  # (4 walks, {STEPS} steps)
print("acceptance =", 100 * chain.accepted.mean())
print("size =", s.effective_size(x))
print("r_hat =", s.r_hat(x))
print("mean =", x.mean())
"""


def sizes(*runs: Walked) -> dict[str, float]:
    """Give means over the seeds for three widths: effective samples and acceptance."""
    thirds = [runs[i : i + 5] for i in (0, 5, 10)]
    names = ("short", "middle", "long")
    found = {name: float(np.mean([r.size for r in third])) for name, third in zip(names, thirds, strict=True)}
    rates = {
        f"{n}_rate": float(np.mean([r.acceptance[-1] for r in third])) for n, third in zip(names, thirds, strict=True)
    }
    return (
        found | rates | {"least": min(r.size for r in thirds[1]), "most": max(r.size for r in (*thirds[0], *thirds[2]))}
    )


def sights(*runs: Walked) -> dict[str, float]:
    """Give the ranges of R-hat and of the mean, of walks that start together and of others spread out."""
    together, spread = runs[:5], runs[5:]
    means = [float(r.mean[-1]) for r in together]
    return {
        "low": min(means),
        "high": max(means),
        "r_hat": max(r.r_hat for r in together),
        "spread": min(r.r_hat for r in spread),
    }


def errors(*runs: Walked) -> dict[str, float]:
    """Give the root mean square error of all walks' means, with every step and with one in ten."""
    whole, thin = (
        float(np.sqrt(np.mean([v**2 for v in part]))) for part in ([r.off for r in runs], [r.thinned for r in runs])
    )
    return {"whole": whole, "thin": thin, "walks": 4 * len(runs)}


SEEDS = range(5)
ISLANDS = {"target": "islands", "width": 0.5}
CHECKS = {
    "hill": Check(
        tuple({"width": width, "seed": seed} for width in (0.15, 1.7, 10.0) for seed in SEEDS),
        lambda *runs: sizes(*runs)["least"] > 2 * sizes(*runs)["most"] and 0.25 < runs[0].best < 0.5,
        control=tuple({"width": 0.15, "seed": seed} for _ in range(3) for seed in SEEDS),
        measure=sizes,
    ),
    "blind": Check(
        (
            *(ISLANDS | {"seed": seed} for seed in SEEDS),
            *(ISLANDS | {"start": "spread", "seed": seed} for seed in SEEDS),
        ),
        lambda *runs: sights(*runs)["r_hat"] < 1.1 and sights(*runs)["high"] < -2.5 and sights(*runs)["spread"] > 2,
        control=tuple(ISLANDS | {"start": "spread", "seed": seed} for _ in range(2) for seed in SEEDS),
        measure=sights,
    ),
    "thin": Check(
        tuple({"width": 1.7, "seed": seed} for seed in range(40)),
        lambda *runs: errors(*runs)["thin"] > 1.1 * errors(*runs)["whole"],
        control=tuple({"width": 0.15, "seed": seed} for seed in range(40)),
        measure=errors,
    ),
}

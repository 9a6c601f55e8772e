"""Soft: each point belongs to every bell a little; EM climbs a staircase, and may climb onto a single point."""

from dataclasses import dataclass, replace

import numpy as np

from core.classical import clusters
from core.data import load
from core.result import result
from core.text import T
from figures.marks import ellipse, line, marks, moving, ring, until
from figures.plane import bare, plane
from figures.plot import plot
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, OTHER, Figure, Playhead, Stage
from pages.classical.clusters import shared
from ui import stock
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("data", "k", "shape", "ridge")
ZOOM = ("data",)
STEPS = 40
SHAPES = {
    "full": T("自由な楕円", "free ellipses"),
    "diagonal": T("軸にそった楕円", "ellipses along the axes"),
    "spherical": T("円", "circles"),
    "shared": T("同じ大きさの円", "circles of one size"),
}


@dataclass(frozen=True)
class Params(shared.Unlabelled):
    shape: str = choice(T("釣り鐘の形", "Shape of the bells"), SHAPES)
    ridge: float = slider(T("つぶれ止め", "Hold against collapse"), 0.0, 0.2, default=0.0, step=0.002)


@result
class Soft:
    problem: stock.Problem
    mixture: clusters.Mixture | None  # None for fewer points than bells
    species: float | None  # adjusted Rand index with the species of iris

    @property
    def likelihood(self) -> np.ndarray:
        return self.mixture.log_likelihood if self.mixture else np.full(1, np.nan)

    @property
    def ending(self) -> T:
        if self.mixture is None:
            return T("–", "–")
        n = len(self.likelihood) - 1
        return T(f"{n} 歩でつぶれた", f"collapsed after {n}") if self.mixture.collapsed else T(f"{n} 歩", f"{n} steps")

    @property
    def falls(self) -> int:
        """Steps at which the bound, or the likelihood, fell below what was reached."""
        m, room = self.mixture, 1e-7 * abs(float(self.likelihood[0]))
        return int(np.sum(m.bound[1:] < m.log_likelihood[:-1] - room) + np.sum(m.log_likelihood < m.bound - room))


def compute(p: Params) -> Soft:
    data = shared.problem(p)
    if len(data.x) < max(p.k, 2) or np.ptp(data.x, axis=0).max() == 0:
        return Soft(data, None, None)
    mixture = clusters.em(data.x, components=p.k, covariance=p.shape, ridge=p.ridge, steps=STEPS, seed=p.seed)
    hard = mixture.responsibilities.argmax(axis=1)
    return Soft(data, mixture, clusters.adjusted_rand(hard, load("iris").y) if p.data == "iris" else None)


READOUTS = (
    Readout("likelihood", T("対数尤度", "Log-likelihood"), "likelihood", 2),
    Readout("ending", T("終わり方", "Ending"), "ending"),
    Readout("species", T("種との一致 (ARI)", "Match with species (ARI)"), "species", 2),
)


def draw(r: Soft, p: Params) -> Stage:
    if r.mixture is None:
        return bare(r.problem)
    return Stage(
        (bells(r), staircase(r)),
        ("plane staircase",),
        playhead=Playhead(np.arange(len(r.likelihood)), T("歩", "Step"), seconds=6.0),
        height=430,
        columns="minmax(0, 1.6fr) minmax(0, 1fr)",
        note="collapsed" if r.mixture.collapsed else None,
    )


def bells(r: Soft) -> Figure:
    """Draw each bell's mean and the ellipse at two standard deviations."""
    _, means, covariances = r.mixture.path
    drawn = []
    for c in range(means.shape[1]):
        around = ellipse(means[:, c], covariances[:, c], 2.0, 41)
        drawn.append(line(moving(around[..., 0]), moving(around[..., 1]), CLASS_COLORS[c], width=2.2))
        style = {"size": 13, "symbol": CLASS_SYMBOLS[c], "line": {"width": 2, "color": INK}}
        drawn.append(marks(moving(means[:, c, :1]), moving(means[:, c, 1:]), CLASS_COLORS[c], **style))
    return plane("plane", r.problem, over=drawn, size=6.5)


def staircase(r: Soft) -> Figure:
    """Draw the likelihood after each step and, half a step before it, the bound that led there."""
    at, m = np.arange(len(r.likelihood)), r.mixture
    steps, values = np.repeat(at, 2)[1:], np.column_stack([m.bound, m.log_likelihood]).ravel()[1:]
    room = 0.05 * (np.ptp(values) or 1.0)
    return plot(
        "staircase",
        until(line(steps - np.r_[0, np.tile([0.5, 0], len(at) - 1)], values, OTHER, width=1.5), 1 + 2 * at),
        until(line(at, r.likelihood, BLUE, width=2.5), 1 + at),
        ring(moving(at), moving(r.likelihood)),
        x=T("歩", "Step"),
        y=T("対数尤度（細い線は下界）", "Log-likelihood (thin: bound)"),
        xlim=(-0.3, max(len(at) - 0.7, 4)),
        ylim=(float(values.min()) - room, float(values.max()) + room),
        whole_x=True,
        margin={"l": 64},
    )


def code(p: Params) -> str:
    r = compute(p)
    if r.mixture is None:
        return 'print("likelihood =", float("nan"))\n'
    species = ""
    if r.species is not None:
        species = 'print("species =", clusters.adjusted_rand(m.responsibilities.argmax(axis=1), load("iris").y))\n'
    return f"""\
import numpy as np

from core.classical import clusters
from core.data import load

{shared.code(p)}m = clusters.em(x, components={p.k}, covariance="{p.shape}", ridge={p.ridge!r}, steps={STEPS}, seed={p.seed})
print("likelihood =", m.log_likelihood[-1])
print("ending =", len(m.log_likelihood) - 1, "collapsed" if m.collapsed else "")
{species}"""


def ends(*runs: Soft) -> dict[str, int]:
    return {"collapsed": sum(r.mixture.collapsed for r in runs), "runs": len(runs)}


def matches(*runs: Soft) -> dict[str, float]:
    return {"low": min(r.species for r in runs), "high": max(r.species for r in runs)}


SEEDS = range(10)
STARTS = tuple({"seed": seed} for seed in range(6))
ROWS = tuple((float(i % 6), float(i // 6) + 0.1 * (i % 3), 0) for i in range(18))
THIN = tuple({"data": "own", "points": ROWS, "k": 5, "seed": seed} for seed in SEEDS)
CHECKS = {
    "staircase": Check(
        ({"data": "blobs4", "k": 4}, {"data": "moons", "k": 5, "shape": "spherical"}, {}),
        lambda *runs: all(r.falls == 0 and len(r.likelihood) > 5 for r in runs),
        control=lambda *runs: tuple(replace(r, mixture=replace(r.mixture, bound=r.mixture.bound[::-1])) for r in runs),
    ),
    "collapse": Check(
        THIN,
        lambda *runs: ends(*runs)["collapsed"] >= 2,
        control=tuple(run | {"ridge": 0.1} for run in THIN),
        measure=ends,
    ),
    "starts": Check(
        STARTS,
        lambda *runs: matches(*runs)["high"] - matches(*runs)["low"] > 0.25,
        control=tuple(run | {"k": 2} for run in STARTS),
        measure=matches,
    ),
}

"""Five marks a pupil become two numbers: how good at all of them, and which way the pupil leans."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import Source, points
from core.result import result
from core.text import PERCENT, T
from figures.marks import bars, handle_values, marks, segments, text
from figures.plot import plot
from figures.spec import BLUE, INK, ORANGE, Figure, Stage
from pages.classical.projections.panels import component, dots, plane, tags
from pages.classical.projections.points import Problem, problem
from ui.params import slider, toggle
from ui.scene import Check, Readout
from ui.sentences import written

CONTROLS = ("pc1", "pc2", "kinds")
ZOOM = ("pupils", "draw")


@dataclass(frozen=True)
class Params:
    pc1: float = slider(T("輪: 第 1 主成分（横）", "Ring: component 1 (across)"), -45.0, 45.0, default=0.0, step=0.5)
    pc2: float = slider(T("輪: 第 2 主成分（縦）", "Ring: component 2 (up)"), -25.0, 25.0, default=0.0, step=0.5)
    kinds: bool = toggle(T("生徒を型で色分けする", "Colour the kinds of pupils"))
    pupils: int = slider(T("生徒の数", "Pupils"), 20, 300, default=120, step=10)
    draw: int = slider(T("データを引き直す", "Redraw the data"), 0, 9, default=0)

    @property
    def source(self) -> Source:
        return Source("scores", self.pupils, draw=self.draw)


@result
class Scores:
    problem: Problem
    pca: pj.PCA  # all five components
    at: NDArray[np.float64]  # (2,) the ring
    change: NDArray[np.float64]  # (5,) there, from the mean, in marks
    near: int  # the pupil nearest to it
    first: float  # share of the variance in %
    second: float
    both: float


def compute(p: Params) -> Scores:
    at, pca = np.array([p.pc1, p.pc2]), pj.pca(points(p.source), components=5)
    # x̂ − x̄ = s₁ v₁ + s₂ v₂
    change, near = at @ pca.components[:2], np.hypot(*(pca.embedding[:, :2] - at).T).argmin()
    first, second = 100 * pca.variance_ratio[:2]
    return Scores(problem(p.source), pca, at, change, int(near), first, second, first + second)


READOUTS = (
    Readout("first", T("分散の割合: 第 1 主成分", "Variance: component 1"), "first", 1, PERCENT),
    Readout("second", T("第 2 主成分", "component 2"), "second", 1, PERCENT),
    Readout("both", T("合わせて", "together"), "both", 1, PERCENT),
)


def draw(r: Scores, p: Params) -> Stage:
    return Stage((pupils(r, p.kinds), subjects(r)), (*["plane"] * 3, *["marks"] * 2), height=480)


def pupils(r: Scores, kinds: bool) -> Figure:
    xy = r.pca.embedding[:, :2]
    named = {} if kinds else {"label": np.zeros(len(xy), np.int64), "names": (T("生徒", "pupil"),)}
    ring = handle_values(*r.at.tolist(), across=("pc1", 0.0, 1.0), up=("pc2", 0.0, 1.0))
    near = marks(*xy[r.near], INK, size=15.0, symbol="circle-open", line={"width": 1.5})
    drawn = dots(xy, r.problem, still=True, **named), tags(xy, r.problem) if kinds else None, near, ring
    return plane("plane", *drawn, xy=xy, x=component(1, r.first), y=component(2, r.second))


def subjects(r: Scores) -> Figure:
    """Draw the five marks at the ring, from each subject's mean, and those of the pupil nearest to it."""
    at, mean, now, up = np.arange(5), r.pca.mean, r.pca.mean + r.change, r.change > 0
    low, high = np.column_stack([at - 0.42, mean]), np.column_stack([at + 0.42, mean])
    return plot(
        "marks",
        bars(mean[up], now[up], at[up], 0.3, BLUE, 0.8, upright=True) if up.any() else None,
        bars(mean[~up], now[~up], at[~up], 0.3, ORANGE, 0.8, upright=True) if not up.all() else None,
        segments(low, high, INK, width=2),
        text(at, np.full(5, 108.0), [written(change, "+.0f") for change in r.change], INK, "middle center"),
        text(-0.55, 20, T("― 平均　◇ 近い生徒の点数", "― mean   ◇ the near pupil's"), INK, "top right"),
        marks(at, r.problem.x[r.near], INK, size=9, symbol="diamond-open", line={"width": 1.8}),
        x="",
        y=T("点数", "Marks"),
        xlim=(-0.6, 4.6),
        ylim=(18, 114),
        xticks=dict(enumerate(r.problem.features)),
    )


def code(p: Params) -> str:
    return f"""\
from core.classical import projections as pj
from core.data import dataset

x = dataset("scores", n={p.pupils}, seed={p.draw}).x
pca = pj.pca(x, components=5)
first, second = 100 * pca.variance_ratio[:2]
print("first =", first)
print("second =", second)
print("both =", first + second)
print(pca.mean + [{p.pc1!r}, {p.pc2!r}] @ pca.components[:2])  # the five marks at the ring
"""


def changes(*runs: Scores) -> dict[str, float]:
    """Give the least and the most by which marks of the humanities, the first three, and of the sciences change."""
    change = np.stack([r.change for r in runs])
    found = {"humanities": change[:, :3], "science": change[:, 3:]}
    return {f"{name}_{end.__name__}": float(end(each)) for name, each in found.items() for end in (np.min, np.max)}


def spreads(*runs: Scores) -> dict[str, NDArray[np.float64]]:
    """Give the standard deviations (runs,), in marks, of component 1 and of other sums with weights of length 1."""
    weights = np.vstack([np.eye(5), [-2, -2, -2, 3, 3], np.random.default_rng(0).standard_normal((2000, 5))])
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    sd = np.stack([(r.problem.x @ weights.T).std(axis=0, ddof=1) for r in runs])
    ours = np.sqrt([r.pca.variance[0] for r in runs])
    return {"first": ours, "one": sd[:, :5].max(axis=1), "lean": sd[:, 5], "random": sd[:, 6:].max(axis=1)}


def widest(*runs: Scores) -> bool:
    sd, alike = spreads(*runs), all(r.pca.components[0].min() > 0.3 for r in runs)
    return alike and all(bool((sd["first"] > sd[name]).all()) for name in ("one", "lean", "random"))


def second(*runs: Scores) -> tuple[Scores, ...]:
    """Take component 2 for the first."""
    others = [replace(r.pca, components=r.pca.components[1:], variance=r.pca.variance[1:]) for r in runs]
    return tuple(replace(r, pca=pca) for r, pca in zip(runs, others, strict=True))


RIGHT, UP = (tuple({field: 20.0, "draw": draw} for draw in (4, 3, 2, 1, 0)) for field in ("pc1", "pc2"))
CHECKS = {
    "right": Check(RIGHT, lambda *runs: all(r.change.min() > 5 for r in runs), control=UP, measure=changes),
    "up": Check(
        UP,
        lambda *runs: (m := changes(*runs))["humanities_max"] < -2 and m["science_min"] > 2,
        control=RIGHT,
        measure=changes,
    ),
    "most": Check(RIGHT, widest, control=second, measure=spreads),
}

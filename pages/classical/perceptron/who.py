"""Who moved the line: the weights follow from how often each point did, whatever the order."""

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.result import result
from core.text import T
from figures.marks import bars, text
from figures.plot import plot, round_up, table
from figures.spec import CLASS_COLORS, Figure, Frames, Stage
from pages.classical.perceptron import pictures, shared
from pages.classical.perceptron.shared import Run
from ui.scene import Check, Readout

CONTROLS = ("data", "noise", "epochs", "order")
ZOOM = ("data", "features")
Params = shared.Learner
FRAMES = 180  # each has a size for each point
TOP = 5  # points in the ranking


@result
class Blame(Run):
    alpha: NDArray[np.int64]  # (f, n) how often each point has moved the line
    rebuilt: NDArray[np.float64]  # (f, d+1) the weights, from alpha alone
    top: NDArray[np.int64]  # up to TOP points that moved it most

    @property
    def differences(self) -> NDArray[np.float64]:
        """(f,) the largest between rebuilt and learnt weights."""
        there = len(self.problem.x) > 0
        return np.abs(self.rebuilt - self.weights).max(axis=1) if there else np.full(len(self.alpha), np.nan)

    @property
    def difference(self) -> float:
        return float(self.differences[-1])

    @property
    def movers(self) -> int:
        return np.count_nonzero(self.alpha[-1])

    @property
    def moving(self) -> list[T]:
        """(f,) how many points have moved the line so far."""
        n = self.alpha.shape[1]
        return [T(f"{moved} / {n}", f"{moved} of {n}") for moved in np.count_nonzero(self.alpha, axis=1)]

    @property
    def moved(self) -> T:
        return self.moving[-1]

    @property
    def first(self) -> int:
        """The number, from 1, of the point that moved it most; 0 if none did."""
        return int(self.top[0]) + 1 if len(self.top) else 0

    @property
    def most(self) -> int:
        """How often that one did."""
        return int(self.alpha[-1].max(initial=0))


def compute(p: Params) -> Blame:
    run = shared.run(p, learning=True, most=FRAMES)
    data, trace = run.problem, run.trace
    alpha = core.blame(trace.samples, len(data.x), run.made)
    rebuilt = run.weights
    if not p.empty:
        rebuilt = core.rebuild(alpha, core.features(data.x, p.map), data.y, rate=p.rate, start=trace.current[0])
    most = np.argsort(-alpha[-1], kind="stable")[:TOP]
    return Blame(**vars(run), alpha=alpha, rebuilt=rebuilt, top=most[alpha[-1, most] > 0])


READOUTS = (
    shared.READOUTS[0],
    Readout("moved", T("動かした点", "Movers"), "moving"),
    Readout("difference", T("二つの w の差", "Difference in w"), "differences", 6),
)


def draw(r: Blame, p: Params) -> Stage:
    # The area of a mark, not its width, is what a reader compares: it grows with α.
    size = np.maximum(28 * np.sqrt(r.alpha / max(r.most, 4)), 5.0).round().astype(np.uint8)
    numbers = text(*r.problem.x[r.top].T, [str(row + 1) for row in r.top])
    rows = []
    for i, name in enumerate(("b", "w₁", "w₂")):
        rows += [(T(name, name), r.weights[:, i], 3), (T(f"{name} = Σ から", f"{name} from Σ"), r.rebuilt[:, i], 3)]
    return Stage(
        (pictures.learning(r, crosses=False, size=Frames(size), over=[numbers]), ranking(r)),
        (*["plane ranking"] * 3, *["plane card"] * 2),
        (table(T("w をつくり直す", "w, made again"), *rows),),
        pictures.playhead(r),
        height=470,
        columns="minmax(0, 1.6fr) minmax(0, 1fr)",
        note="empty" if p.empty else "apart" if p.rule in shared.APART else None,
    )


def ranking(r: Blame) -> Figure:
    """Draw how often each of the top points has moved the line, frame by frame."""
    n = len(r.top)
    place, label = np.arange(n, 0, -1), r.problem.y[r.top]
    mine = [label == c for c in (0, 1)]
    return plot(
        "ranking",
        *(bars(0, r.alpha[:, r.top[m]], place[m], 0.3, CLASS_COLORS[c], 1.0) for c, m in enumerate(mine) if m.any()),
        x=T("境界を動かした回数 α", "Times it moved the line, α"),
        y="",
        xlim=(0, round_up(1.05 * r.most, least=5)),
        ylim=(n - TOP + 0.4, n + 0.6),
        whole_x=True,
        yticks={int(at): T(f"例 {row + 1}", f"no. {row + 1}") for at, row in zip(place, r.top, strict=True)},
        margin={"l": 62},
    )


def code(p: Params) -> str:
    start = shared.snippet(p, "blame", "fit", "rebuild", updates=0, moved=0, difference="nan")
    rest = f"""\
trace = fit(x, y, {shared.arguments(p.fit)})
print("updates =", len(trace.samples))
alpha = blame(trace.samples, len(x), [len(trace.samples)])[0]
w = rebuild(alpha, x, y, rate={p.rate!r}, start=trace.current[0])
print("moved =", np.count_nonzero(alpha))
print("difference =", np.abs(w - trace.current[-1]).max())
"""
    return start if p.empty else start + rest


FEW = (*({"order": "shuffled", "seed": seed} for seed in range(5)), {})
CHECKS = {
    "few": Check(
        FEW,
        lambda *runs: all(r.trace.converged and r.movers < 20 and r.difference < 1e-9 for r in runs),
        control=tuple({"data": "iris_hard", **run} for run in FEW),
        measure=lambda *runs: {"least": min(r.movers for r in runs), "most": max(r.movers for r in runs)},
    )
}

"""The ledger: AdaBoost makes heavier what was got wrong, and each stump answers for the last one's mistakes.

A move grows forty stumps, one after another: it may take 30 ms.
"""

from dataclasses import replace

import numpy as np

from core.text import PERCENT, T
from figures.marks import hline, line, moving, ring, segments, until
from figures.plane import bare, plane
from figures.plot import plot
from figures.regions import regions
from figures.spec import BLUE, INK, MUTED, NOW, ORANGE, Figure, Frames, Playhead, Stage
from pages.classical.trees import shared
from pages.classical.trees.rounds import ROUNDS, Booster, Rounds, rounds, spoiled
from ui import stock
from ui.scene import Check, Readout

CONTROLS = ("data", "spoilt", "noise", "seed")
ZOOM = ("data", "features")
Params = Booster


def compute(p: Booster) -> Rounds:
    return rounds(p)


READOUTS = (
    Readout("training", T("訓練誤り率", "Training error"), "training", 1, PERCENT),
    Readout("bound", T("その上界 ΠZ", "its bound ΠZ"), "bound", 1, PERCENT),
    Readout("test", T("テスト誤り率", "Test error"), "test", 1, PERCENT),
    Readout("burden", T("誤ったラベルの重み", "Weight of wrong labels"), "burden", 1, PERCENT),
)


def draw(r: Rounds, p: Booster) -> Stage:
    if r.boost is None:
        return bare(r.problem)
    return Stage(
        (view(r), falling(r), stumps(r)),
        ("plane falling", "plane stumps"),
        playhead=Playhead(np.arange(len(r.sums)), T("回", "Round"), seconds=8.0),
        height=470,
        columns="minmax(0, 1.35fr) minmax(0, 1fr)",
    )


def view(r: Rounds) -> Figure:
    """Draw the sum so far, each point as large as it is heavy, and the stump of this round."""
    share = np.stack([1 - r.field, 1 + r.field], axis=-1) / 2
    heavy = r.boost.ledger * len(r.problem.y)
    size = Frames(np.clip(8 * np.sqrt(heavy), 2.5, 26).astype(np.float32))
    mistake = Frames(((r.sums > 0) != r.problem.y).astype(np.uint8))
    x0, x1, y0, y1 = r.grid.window
    ends = [np.full((1, 2, 2), np.nan)]
    for tree in r.boost.trees:
        c, flat = tree.threshold[0], tree.feature[0] == 1
        ends.append(np.array([[[x0, c], [x1, c]] if flat else [[c, y0], [c, y1]]]))
    way = np.concatenate(ends)
    stump = segments(way[:, :1], way[:, 1:], NOW, width=3)
    tint = regions(r.grid, r.field > 0, share, smooth=False)
    return plane("plane", r.problem, tint, over=[stump], mistake=mistake, size=size, equal=False)


def falling(r: Rounds) -> Figure:
    at, counts = np.arange(len(r.sums)), 1 + np.arange(len(r.sums))
    drawn = [until(line(at, r.bound, INK, width=1.5, dash="dash"), counts)]
    names = [(T("上界 ΠZ", "bound ΠZ"), INK), (T("訓練", "training"), BLUE)]
    if r.test is not None:
        drawn.append(until(line(at, r.test, ORANGE, width=2), counts))
        names.append((T("テスト", "test"), ORANGE))
    return plot(
        "falling",
        drawn,
        shared.corner(ROUNDS, 100, *names),
        until(line(at, r.training, BLUE, width=2.5), counts),
        ring(moving(at), moving(r.training)),
        x=T("回", "Round"),
        y=T("誤り率 (%)", "Error (%)"),
        xlim=(-0.3, ROUNDS + 0.5),
        ylim=(-2, 102),
        small=True,
    )


def stumps(r: Rounds) -> Figure:
    """Draw each stump's weighted error: with the weights it was grown for."""
    at, e = 1 + np.arange(len(r.boost.errors)), 100 * r.boost.errors
    moves = moving(np.r_[np.nan, at]), moving(np.r_[np.nan, e])
    return plot(
        "stumps",
        hline(
            50,
            (0, ROUNDS + 0.5),
            MUTED,
            dash="dash",
            width=1.2,
            label=T("コイン投げ", "a coin"),
            at=0.2,
            where="top right",
        ),
        until(line(at, e, BLUE, width=2), np.arange(len(r.sums))),
        ring(*moves),
        x=T("回", "Round"),
        y=T("重みつき誤り率 (%)", "Weighted error (%)"),
        xlim=(-0.3, ROUNDS + 0.5),
        ylim=(0, 56),
        small=True,
    )


def code(p: Booster) -> str:
    data, spoilt = spoiled(p)
    if not shared.learnable(data):
        return 'print("rounds =", 0)\n'
    spoil = f"clean, y = y, flip_labels(y, {p.spoilt / 100!r}, seed={p.seed})\n" if spoilt.any() else ""
    burden = 'print("burden =", 100 * boost.ledger[-1][y != clean].sum())\n' if spoilt.any() else ""
    test = 'print("test =", 100 * np.mean((boost.staged(q)[-1] > 0) != truth))\n' if shared.fresh(p) else ""
    return f"""\
import numpy as np

from core.classical import trees
from core.data import flip_labels, load

{stock.code(p)}{shared.fresh_code(p)}{spoil}boost = trees.adaboost(x, y, rounds={ROUNDS})
print("training =", 100 * np.mean((boost.staged(x)[-1] > 0) != y))
print("bound =", 100 * np.prod(boost.normalizers))
{test}{burden}"""


def halves(*runs: Rounds) -> dict[str, float]:
    """Say how far the errors of stumps, weighed anew, are from one half."""
    away = max(float(np.abs(r.again - 0.5).max()) for r in runs)
    return {
        "away": away,
        "low": 100 * min(float(r.boost.errors.min()) for r in runs),
        "count": sum(map(stumps_of, runs)),
    }


def stumps_of(r: Rounds) -> int:
    return len(r.boost.trees)


def carried(*runs: Rounds) -> dict[str, float]:
    """Give the share of the weight on points with wrong labels at the end."""
    found = [float(r.burden[-1]) if r.burden is not None else 0.0 for r in runs]
    return {"low": min(found), "high": max(found), "runs": len(runs)}


def tested(*runs: Rounds) -> dict[str, float]:
    found = [float(r.test[-1]) for r in runs]
    return {"low": min(found), "high": max(found), "mean": sum(found) / len(found), "runs": len(runs)}


SEEDS = range(8)
SPOILT = tuple({"data": "blobs", "spoilt": 5, "seed": seed} for seed in SEEDS)
CROSS = tuple({"data": "xor", "seed": seed} for seed in SEEDS)
CHECKS = {
    "half": Check(
        ({}, {"data": "circles"}, {"data": "iris_hard"}, {"data": "moons", "noise": 0.3, "seed": 1}),
        lambda *runs: halves(*runs)["away"] < 1e-6 and halves(*runs)["low"] < 30,
        control=lambda *runs: tuple(
            replace(r, boost=replace(r.boost, ledger=np.repeat(r.boost.ledger[:1], len(r.sums), axis=0))) for r in runs
        ),
        measure=halves,
    ),
    "spoilt": Check(
        SPOILT,
        lambda *runs: carried(*runs)["low"] > 30 and carried(*runs)["high"] < 55,
        control=tuple(run | {"spoilt": 0} for run in SPOILT),
        measure=carried,
    ),
    "cross": Check(
        CROSS,
        lambda *runs: 40 < tested(*runs)["mean"] < 60,
        control=tuple(run | {"data": "circles"} for run in CROSS),
        measure=tested,
    ),
}

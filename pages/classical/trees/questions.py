"""Twenty questions: a tree grows, each time by the question that gains most at once."""

from dataclasses import dataclass
from typing import ClassVar

from core.text import PERCENT, T
from figures.plane import bare
from figures.spec import Playhead, Stage
from pages.classical.trees.growth import Growth, growth, turned
from pages.classical.trees.pictures import diagram, gains, parts
from ui import stock
from ui.params import choice, hand_points, slider
from ui.scene import Check, Readout

CONTROLS = ("data", "depth", "turn", "criterion")
ZOOM = ("data", "features", "turn")
TOP = {"gini": 0.5, "entropy": 1.0, "error": 0.5}  # about the most that a question can gain


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {
        "iris": stock.Source(T("アヤメの 3 種", "Iris, three species"), "iris"),
        **{key: stock.TWO[key] for key in ("xor", "thin_margin", "moons", "circles", "blobs")},
    }
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="petal", when=lambda p: p.measured)
    depth: int = slider(T("木の深さ", "Depth of the tree"), 1, 6, default=4)
    turn: int = slider(T("データを回す", "Turn the data"), 0, 90, default=0, unit=T("°", "°"))
    criterion: str = choice(
        T("混ざり具合の測り方", "Measure of impurity"),
        {
            "gini": T("ジニ不純度", "Gini impurity"),
            "entropy": T("エントロピー", "entropy"),
            "error": T("まちがいの割合", "share of mistakes"),
        },
    )
    points: tuple[tuple[float, float, int], ...] = hand_points(sets={"data": "own", "turn": 0})


def compute(p: Params) -> Growth:
    return growth(turned(stock.problem(p), p.turn), p.depth, p.criterion)


READOUTS = (
    Readout("leaves", T("葉", "Leaves"), "leaves"),
    Readout("accuracy", T("訓練の正解率", "Training accuracy"), "accuracy", 1, PERCENT),
    Readout("best", T("深さ 2 で最良の木", "Best of depth 2"), "best", 1, PERCENT, still=True),
)


def draw(r: Growth, p: Params) -> Stage:
    if r.tree is None:
        return bare(r.problem)
    return Stage(
        (parts(r), diagram(r), gains(r, TOP[p.criterion])),
        ("plane tree", "plane gains"),
        playhead=Playhead(r.leaves - 1, T("問", "Question"), seconds=8.0),
        height=470,
        columns="minmax(0, 1.35fr) minmax(0, 1fr)",
    )


def code(p: Params) -> str:
    if compute(p).tree is None:
        return 'print("leaves =", 1)\n'
    turn = f"""\
a = np.deg2rad({p.turn})
x = (x - x.mean(axis=0)) @ [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]] + x.mean(axis=0)
"""
    return f"""\
import numpy as np

from core.classical import trees
from core.data import load

{stock.code(p)}{turn if p.turn else ""}tree = trees.grow(x, y, depth={p.depth}, criterion="{p.criterion}")
print("leaves =", tree.leaves)
print("accuracy =", 100 * np.mean(tree.predict_proba(x).argmax(axis=1) == y))
print("best =", 100 * trees.best_of_two(x, y))
"""


def greedy(*runs: Growth) -> dict[str, float]:
    """Give training accuracies of the greedy trees, and the lowest of the best trees as deep."""
    found = [float(r.accuracy[-1]) for r in runs]
    mean = sum(found) / len(found)
    return {"mean": mean, "low": min(found), "high": max(found), "best": min(r.best for r in runs), "runs": len(runs)}


def leaves(*runs: Growth) -> dict[str, int]:
    """Give the leaves of runs that come in pairs: as they are, and turned."""
    plain, turned = ([int(r.leaves[-1]) for r in runs[i::2]] for i in (0, 1))
    return {"plain_low": min(plain), "plain_high": max(plain), "low": min(turned), "high": max(turned)}


SEEDS = range(10)
STRAIGHT = 37  # degrees by which the border of the thin gap comes to lie along an axis
THIN = {"data": "thin_margin", "depth": 6}
CHECKS = {
    "greedy": Check(
        tuple({"data": "xor", "depth": 2, "seed": seed} for seed in SEEDS),
        lambda *runs: greedy(*runs)["mean"] < 70 and greedy(*runs)["best"] > 98,
        control=tuple({"data": "blobs", "depth": 2, "seed": seed} for seed in SEEDS),
        measure=greedy,
    ),
    "turn": Check(
        tuple(THIN | {"turn": turn, "seed": seed} for seed in range(5) for turn in (0, STRAIGHT)),
        lambda *runs: leaves(*runs)["high"] == 2 and leaves(*runs)["plain_low"] > 4,
        control=tuple(THIN | {"turn": turn, "seed": seed} for seed in range(5) for turn in (0, 10)),
        measure=leaves,
    ),
}

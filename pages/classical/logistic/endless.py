"""No finite answer: where a line separates the classes, the loss falls for ever; only a penalty holds the weights."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.classical import logistic, perceptron
from core.text import T
from figures.marks import line, moving, quadric, ring, until
from figures.plane import plane, rivals
from figures.plot import plot, powers
from figures.spec import BLUE, MUTED, OTHER, Figure, Frames, Playhead, Stage
from pages.classical.logistic.parted import LAMBDAS, Endless, tumours_part
from ui import stock
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("data", "steps", "table", "seed")
ZOOM = ("data", "features")


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("iris", "blobs", "thin_margin", "iris_hard")}
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="lengths", when=lambda p: p.measured)
    steps: int = slider(T("ニュートン法の歩", "Newton steps"), 1, 20, default=12)
    table: str = choice(
        T("乳がんのデータで使う列", "Columns of breast cancer"),
        {"all": T("30 列すべて", "all thirty"), "means": T("平均の 10 列", "the ten means")},
    )


def compute(p: Params) -> Endless:
    data, cancer = stock.problem(p), tumours_part(30 if p.table == "all" else 10)
    if len(np.unique(data.y)) < 2:
        return Endless(
            data, logistic.Path(np.zeros((1, 3)), np.zeros(1), False), np.zeros((len(LAMBDAS), 3)), None, cancer
        )
    parted = perceptron.separability(data.x, data.y)
    ridged = np.array([logistic.irls(data.x, data.y, penalty=ridge).weights[-1] for ridge in LAMBDAS])
    path = logistic.irls(data.x, data.y, steps=p.steps)
    return Endless(data, path, ridged, parted.weights if parted.separable else None, cancer)


READOUTS = (
    Readout("answer", T("有限の答え", "Finite answer"), "answer", still=True),
    Readout("size", T("‖w‖", "‖w‖"), "size", 2),
    Readout("shrinks", T("最後の歩で損失は 1/", "Last step: loss ÷"), "shrinks", 3),
    Readout("newton", T("マージン最大の線との角度", "Angle to the widest margin"), "newton", 1, T("°", "°")),
    Readout("tumours", T("乳がんの腫瘍", "Breast tumours"), "tumours", still=True),
)


def draw(r: Endless, p: Params) -> Stage:
    return Stage(
        (film(r), sizes(r), ladder(r)),
        ("film sizes", "film ladder"),
        playhead=Playhead(np.arange(len(r.path.weights)), T("歩", "Step"), seconds=4.0),
        height=460,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        note="one_class" if len(np.unique(r.problem.y)) < 2 else None,
    )


def film(r: Endless) -> Figure:
    """Draw the border and where the probability is 1 and 99 %: the ribbon between narrows."""
    c = r.path.weights[:, None] - np.array([[-np.log(99), 0, 0], [0, 0, 0], [np.log(99), 0, 0]])
    lines = [
        quadric(Frames(c[:, i].astype(np.float32)), tint=0.15 * (i == 1), width=2.5 if i == 1 else 1.3, dash=dash)
        for i, dash in enumerate(("dash", "solid", "dash"))
    ]
    over, words = rivals({} if r.widest is None else {T("マージン最大", "widest margin"): r.widest}, r.problem.window)
    return plane("film", r.problem, lines, over, over=words, size=10.0)


def sizes(r: Endless) -> Figure:
    steps, loss = np.arange(len(r.size)), np.log10(np.maximum(r.path.loss, 1e-12))
    return plot(
        "sizes",
        line((0, 20), (np.log10(np.log(2)), np.log10(np.log(2)) - 20 / np.log(10)), MUTED, dash="dash", width=1.2,
             label=T("1 歩で 1/e", "÷ e a step"), at=0.8, where="top right"),
        until(line(steps, loss, BLUE, width=2.5), 1 + steps),
        ring(moving(steps), moving(loss)),
        x=T("歩", "Step"),
        y=T("対数損失", "Log-loss"),
        xlim=(-0.3, 20.3),
        ylim=(-9.5, 0.5),
        yticks=powers((-9.5, 0.5), 5),
        small=True,
        margin={"l": 64},
    )  # fmt: skip


def ladder(r: Endless) -> Figure:
    return plot(
        "ladder",
        None if r.newton is None else line((-6, 2), (r.newton, r.newton), OTHER, dash="dot", width=1.5,
                                           label=T("ニュートン法のまま", "Newton alone"), where="top left"),
        line(np.log10(LAMBDAS), r.angles, BLUE, width=2.5),
        x=T("リッジ λ（左ほど弱い）", "Ridge λ (weaker to the left)"),
        y=T("マージン最大との角度 (°)", "Angle to widest margin (°)"),
        xlim=(-6.1, 2.1),
        ylim=(0, 40),
        xticks={k: f"10<sup>{k}</sup>".replace("-", "−") for k in (-6, -4, -2, 0, 2)},
        small=True,
        margin={"l": 64},
    )  # fmt: skip


def code(p: Params) -> str:
    r, width = compute(p), 30 if p.table == "all" else 10
    if len(np.unique(r.problem.y)) < 2:
        return f'import numpy as np\n\n{stock.code(p)}print("size =", 0.0)\n'
    shrinks = 'print("shrinks =", path.loss[-2] / path.loss[-1])\n' if r.shrinks is not None else ""
    return f"""\
import numpy as np

from core.classical import logistic
from core.classical.perceptron import angle, separability
from core.data import load

{stock.code(p)}path = logistic.irls(x, y, steps={p.steps})
parted = separability(x, y)
print("size =", np.linalg.norm(path.weights[-1, 1:]))
{shrinks}if parted.separable:
    print("newton =", angle(path.weights[-1], parted.weights))
sick = load("breast_cancer")
table = sick.x[:, :{width}]
cancer = separability((table - table.mean(axis=0)) / table.std(axis=0), sick.y).separable
print("answer:", "none" if parted.separable else "finite", " tumours:", cancer)
"""


def falls(*runs: Endless) -> bool:
    """Whether the last step divides the loss by about e, and the weights grow all the way."""
    return all(r.shrinks is not None and abs(r.shrinks - np.e) < 0.08 and np.all(np.diff(r.size) > 0) for r in runs)


PARTED = ({"data": "thin_margin"}, {"data": "blobs", "seed": 3}, {})
CHECKS = {
    "falls": Check(
        tuple(run | {"steps": 18} for run in PARTED), falls, control=({"data": "iris_hard", "features": "petal"},) * 3
    ),
    "margin": Check(
        PARTED,
        lambda *runs: all(r.angles[-1] < 6 for r in runs) and runs[-1].newton > 25,
        control=lambda *runs: tuple(replace(r, ridged=r.ridged[:1].repeat(len(LAMBDAS), axis=0)) for r in runs),
    ),
    "cancer": Check(
        ({"table": "means"}, {}), lambda means, everything: everything.cancer and not means.cancer, control=({}, {})
    ),
}

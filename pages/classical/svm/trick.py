"""The trick: a kernel is an inner product of features that nobody computes."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.classical import svm
from core.result import result
from core.text import PERCENT, T
from figures.marks import quadric
from figures.plane import plane
from figures.space import labelled, path
from figures.spec import BLUE, Figure, Stage
from ui import stock
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("data", "C", "noise", "seed")
ZOOM = ("data",)
ROOT = float(np.sqrt(2))


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("circles", "xor", "moons", "blobs", "iris_hard")}
    data: str = stock.menu(sources)
    C: float = slider(T("はみ出しの値段 C", "Cost of trespass C"), 0.01, 100.0, default=1.0, log=True)


@result
class Lifted:
    problem: stock.Problem
    c: NDArray[np.float64]  # (6,) the border, c0 + c1 x + c2 y + c3 x² + c4 xy + c5 y²
    places: NDArray[np.float64]  # (n, 3) x², y², √2 xy: three of the six features
    differ: float | None  # largest difference of both decisions at the points
    support: int | None
    accuracy: float | None  # %
    straight: float | None  # of the linear machine, %


def compute(p: Params) -> Lifted:
    data = stock.problem(p)
    x = data.x
    places = np.column_stack([x[:, 0] ** 2, x[:, 1] ** 2, ROOT * x[:, 0] * x[:, 1]])
    if len(np.unique(data.y)) < 2 or np.abs(x).max() > 1e3:
        return Lifted(data, np.zeros(6), places, None, None, None, None)
    curved = svm.fit(x, data.y, kernel="poly", C=p.C)
    # The same machine, linear in the six features of `lifted`: 1, √2x, √2y, x², √2xy, y²
    plain = svm.fit(svm.lifted(x), data.y, C=p.C)
    flat = svm.fit(x, data.y, C=p.C)
    w = plain.weights
    c = np.array([w[0] + w[1], ROOT * w[2], ROOT * w[3], w[4], ROOT * w[5], w[6]])
    said = curved.decision(x)
    right, straight = (100 * float(np.mean((f > 0) == data.y)) for f in (said, flat.decision(x)))
    differ = float(np.abs(said - plain.decision(svm.lifted(x))).max())
    return Lifted(data, c, places, differ, len(curved.support), right, straight)


READOUTS = (
    Readout("accuracy", T("正解率", "Accuracy"), "accuracy", 1, PERCENT),
    Readout("straight", T("直線では", "With a straight line"), "straight", 1, PERCENT),
    Readout("support", T("サポートベクター", "Support vectors"), "support"),
)


def draw(r: Lifted, p: Params) -> Stage:
    columns = "minmax(0, 1fr) minmax(0, 1fr)"
    none = r.accuracy is None
    border = None if none else quadric(r.c)
    figures = (plane("flat", r.problem, border, size=8.0, says="empty" if none else "flat"), space(r))
    return Stage(figures, ("flat space",), height=440, columns=columns, note="one_class" if none else None)


def space(r: Lifted) -> Figure:
    """Draw the points in three of the features, and the border on the surface that the plane becomes."""
    top = max(1.0, float(np.abs(r.places).max(initial=0)))
    limits = np.array([(0, top), (0, top), (-top, top)])
    none = np.zeros(len(r.places), dtype=bool)
    return labelled(
        "space",
        r.places,
        r.problem.y,
        path(surface(top), BLUE),
        names=r.problem.names,
        axes=(T("x²", "x²"), T("y²", "y²"), T("√2 xy", "√2 xy")),
        limits=limits,
        mistake=none,
        muted=none,
    )


def surface(top: float) -> NDArray[np.float64]:
    """Give circles around the origin of the plane, as the features see them: they lie on a cone."""
    turn, gap = np.linspace(0, np.pi, 49), np.full((1, 3), np.nan)
    rings = []
    for radius in np.sqrt(np.linspace(0.1, 1, 5) * top):
        u, v = radius * np.cos(turn), radius * np.sin(turn)
        rings += [np.column_stack([u**2, v**2, ROOT * u * v]), gap]
    return np.concatenate(rings)


def code(p: Params) -> str:
    if compute(p).accuracy is None:
        return 'print("points =", 0)  # of both classes\n'
    return f"""\
import numpy as np

from core.classical import svm
from core.data import load

{stock.code(p)}curved = svm.fit(x, y, kernel="poly", C={p.C!r})
plain = svm.fit(svm.lifted(x), y, C={p.C!r})  # six features, a straight cut
flat = svm.fit(x, y, C={p.C!r})
print("accuracy =", 100 * np.mean((curved.decision(x) > 0) == y))
print("straight =", 100 * np.mean((flat.decision(x) > 0) == y))
print("support =", len(curved.support))
print("largest difference:", np.abs(curved.decision(x) - plain.decision(svm.lifted(x))).max())
"""


FIVE = tuple({"data": "xor", "seed": seed} for seed in range(5))
CHECKS = {
    "same": Check(
        ({"data": "xor"}, {"data": "moons", "noise": 0.3}, {}),
        lambda *runs: all(r.differ < 1e-5 for r in runs),
        control=lambda *runs: tuple(replace(r, differ=float(np.abs(r.c).max())) for r in runs),
    ),
    "xor": Check(
        FIVE,
        lambda *runs: all(r.accuracy > 90 and r.straight < 80 for r in runs),
        control=tuple(run | {"data": "blobs"} for run in FIVE),
        measure=lambda *runs: {"curved": min(r.accuracy for r in runs), "straight": max(r.straight for r in runs)},
    ),
}

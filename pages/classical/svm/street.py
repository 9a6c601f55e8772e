"""The street: the widest one between two classes; only what stands on its kerbs, or in it, has a say."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.text import PERCENT, T
from figures.marks import line, marks, quadric
from figures.plane import bare, plane
from figures.plot import plot
from figures.spec import CLASS_COLORS, CLASS_SYMBOLS, MUTED, Figure, Stage
from pages.classical.svm.fitted import Street, street
from ui import stock
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("data", "C", "kept", "noise")
ZOOM = ("data", "features")


@dataclass(frozen=True)
class Params(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("iris_hard", "iris", "blobs", "thin_margin", "outlier")}
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="petal", when=lambda p: p.measured)
    C: float = slider(T("はみ出しの値段 C", "Cost of trespass C"), 0.01, 1000.0, default=1.0, log=True)
    kept: str = choice(
        T("学ぶのに使う点", "Points learnt from"),
        {
            "all": T("すべて", "all"),
            "support": T("サポートベクターだけ", "support vectors only"),
            "others": T("サポートベクター以外", "all but the support vectors"),
        },
    )


def compute(p: Params) -> Street:
    return street(p, p.C, p.kept)


READOUTS = (
    Readout("support", T("サポートベクター", "Support vectors"), "count"),
    Readout("width", T("道幅", "Width of the street"), "width", 3),
    Readout("inside", T("道の中か反対側", "In it or on the wrong side"), "inside"),
    Readout("accuracy", T("正解率", "Accuracy"), "accuracy", 1, PERCENT),
)


def draw(r: Street, p: Params) -> Stage:
    if r.machine is None:
        return bare(r.problem, "street", note="one_class")
    columns = "minmax(0, 1.6fr) minmax(0, 1fr)"
    return Stage((road(r), audit(r, p)), ("street audit",), height=430, columns=columns)


def road(r: Street) -> Figure:
    """Draw the border and both kerbs, and the support vectors large."""
    w = r.machine.weights
    kerbs = [quadric(w - [side, 0, 0], tint=0.0, width=1.4, dash="dash") for side in (-1.0, 1.0)]
    wrong = ((r.edge < 0) & r.used).astype(np.uint8)
    large = np.flatnonzero(r.used)[r.machine.support]
    return plane("street", r.problem, quadric(w), kerbs, mistake=wrong, muted=(~r.used).astype(np.uint8), large=large)


def audit(r: Street, p: Params) -> Figure:
    """Draw every point's price α over where it stands: an optimum lies on three sides of a corner."""
    edge, price = np.clip(r.edge[r.used], -2.8, 4.8), r.machine.alpha / p.C
    y = r.problem.y[r.used]
    return plot(
        "audit",
        line((-3, 1, 1, 5), (1, 1, 0, 0), MUTED, width=1.5, dash="dash"),
        [marks(edge[y == c], price[y == c], CLASS_COLORS[c], size=8, symbol=CLASS_SYMBOLS[c]) for c in (0, 1)],
        x=T("立つ場所（縁が 1）", "Place (kerb: 1)"),
        y=T("α / C", "α / C"),
        xlim=(-3, 5),
        ylim=(-0.06, 1.06),
        drag=False,
    )


def code(p: Params) -> str:
    r = compute(p)
    if r.machine is None:
        return 'print("support =", 0)\n'
    keep = {
        "all": "",
        "support": "x, y = x[machine.support], y[machine.support]\n",
        "others": "x, y = np.delete(x, machine.support, axis=0), np.delete(y, machine.support)\n",
    }[p.kept]
    again = f"{keep}machine = svm.fit(x, y, C={p.C!r})\n" if keep else ""
    width = "" if r.width is None else 'print("width =", 2 / np.linalg.norm(machine.weights[1:]))\n'
    return f"""\
import numpy as np

from core.classical import svm
from core.data import load

{stock.code(p)}machine = svm.fit(x, y, C={p.C!r})
{again}edge = machine.signs * machine.decision(x)
print("support =", len(machine.support))
{width}print("inside =", np.sum(edge < 1 - 1e-6))
print("accuracy =", 100 * np.mean(edge > 0))
"""


def unmoved(*runs: Street) -> bool:
    """Whether runs that come in pairs, all points and the support vectors alone, have one line."""
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return all(np.abs(a.machine.weights - b.machine.weights).max() < 1e-5 for a, b in pairs)


def pairs(kept: str) -> tuple[dict[str, object], ...]:
    runs = [{"data": "blobs", "noise": 0.5, "seed": seed} for seed in range(4)] + [{}]
    return tuple(run | {"kept": which} for run in runs for which in ("all", kept))


CHECKS = {
    "delete": Check(pairs("support"), unmoved, control=pairs("others")),
    "beyond": Check(
        ({"data": "iris", "C": 1000.0}, {}),
        lambda parted, mixed: parted.wrong == 0 and mixed.wrong > 0 and mixed.inside > mixed.count / 2,
        control=({"data": "iris", "C": 1000.0}, {"data": "iris", "C": 1000.0}),
    ),
}

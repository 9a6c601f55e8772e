"""A figure with three axes, and a series of one's own."""

from dataclasses import dataclass

import numpy as np

from core.result import result
from core.text import T
from figures import marks
from figures.plot import curve, space
from figures.spec import BLUE, Stage
from ui.params import own_series, slider
from ui.scene import Readout

CONTROLS = ("amount",)


@dataclass(frozen=True)
class Params:
    amount: float = slider(T("量", "Amount"), -3.0, 3.0, default=1.0, step=0.1, unit=T("m", "m"))
    series: tuple[float | None, ...] = own_series()


@result
class Depth:
    values: np.ndarray

    @property
    def last(self) -> float:
        return float(self.values[-1])


def compute(p: Params) -> Depth:
    return Depth(p.amount * np.array([v or 0.0 for v in p.series] or np.linspace(0, 1, 20)))


READOUTS = (Readout("last", T("終わり", "Last"), "last", 2),)


def draw(r: Depth, p: Params) -> Stage:
    t = np.arange(len(r.values), dtype=float)
    path = {
        "type": "scatter3d",
        "mode": "lines",
        "x": np.cos(t),
        "y": np.sin(t),
        "z": r.values,
        "line": {"color": BLUE},
    }
    ends = {"xlim": (0, max(float(t[-1]), 1.0)), "ylim": (-3, 3), "x": T("時間", "Time"), "y": T("値", "Value")}
    over = curve("over", t, {T("値", "value"): r.values}, marks.hline(0.0, (0, 20)), now=t[-1], **ends)
    return Stage((space("room", path, x="x", y="y", z="z"), over), ("room over",))


def code(p: Params) -> str:
    return f"""\
import numpy as np

values = {p.amount!r} * np.array([v or 0.0 for v in {p.series!r}] or np.linspace(0, 1, 20))
print("last =", values[-1])
"""


CHECKS = {}

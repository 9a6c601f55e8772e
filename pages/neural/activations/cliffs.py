"""Three cliffs: where the naive softmax stops giving numbers in 16, 32 and 64 bits, and the two cures."""

from dataclasses import dataclass

import numpy as np

from core.neural import activations as core
from core.text import T
from figures.marks import bars, handle_values, line, marks, text, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, NOW, ORANGE, Figure, Stage
from pages.neural.activations.breaking import LARGEST, Breaking, breaking
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("largest", "form", "shift")
COLORS = {"naive": ORANGE, "shifted": BLUE, "log": GREEN}
NAMES = {
    "naive": T("そのまま", "as written"),
    "shifted": T("最大を引く", "less the largest"),
    "log": T("log-softmax", "log-softmax"),
}
FORMS = {"float16": T("float16", "float16"), "float32": T("float32", "float32"), "float64": T("float64", "float64")}


@dataclass(frozen=True)
class Params:
    largest: float = slider(T("二つの点数の差", "Difference of two scores"), 1.0, 2000.0, default=50.0, log=True)
    form: str = choice(T("数の形式", "Number format"), FORMS)
    shift: float = slider(T("両方の点数に足す", "Added to both scores"), -2000.0, 2000.0, default=0.0, step=10.0)


def compute(p: Params) -> Breaking:
    return breaking(p.largest, p.form, p.shift)


READOUTS = (
    Readout("winner", T("勝つほうの p", "The winner's p"), "chance"),
    Readout("naive", T("損失: そのまま", "Loss: as written"), "naive"),
    Readout("shifted", T("最大を引く", "less the largest"), "shifted"),
    Readout("log", T("log-softmax", "log-softmax"), "log", 2),
)


def draw(r: Breaking, p: Params) -> Stage:
    columns = "minmax(0, 1.15fr) minmax(0, 1fr)"
    return Stage((lives(r, p), losses(r)), ("lives losses",), height=430, columns=columns)


def lives(r: Breaking, p: Params) -> Figure:
    """Draw a bar for each format and way, as far as its answers are right."""
    drawn, ticks = [], {}
    for row, form in enumerate(FORMS):
        for lane, way in enumerate(NAMES):
            y = -row - 0.26 * lane
            ok = np.r_[False, r.right[form, way], False].astype(int)
            start, end = (np.flatnonzero(np.diff(ok) == side) for side in (1, -1))
            for a, b in zip(LARGEST[start], LARGEST[np.minimum(end, len(LARGEST) - 1)], strict=True):
                drawn.append(bars(a, b, np.array([y]), 0.1, COLORS[way], 0.85 if form == p.form else 0.4))
            words = [NAMES[way]] if row == 0 else []
            drawn += [text(1.08, y, word, INK, "middle right") for word in words]
        ticks[-row - 0.26] = FORMS[form]
    return plot(
        "lives",
        drawn,
        vline(r.size, (-2.95, 0.35), NOW, dash="dot", width=2),
        handle_values(r.size, 0.25, across=("largest", 0.0, 1.0)),
        x=T("二つの点数の差（対数目盛）", "Difference of the scores (log scale)"),
        y="",
        xlim=(0, 3.31),
        ylim=(-2.9, 0.45),
        log_x=True,
        yticks=ticks,
        margin={"l": 74},
        drag=False,
    )


def losses(r: Breaking) -> Figure:
    """Draw the loser's loss in one format; a line ends where there is no number."""
    true = -core.log_softmax(np.stack([LARGEST, np.zeros(len(LARGEST))], axis=-1))[:, 1]
    drawn = [line(LARGEST, true, INK, width=1.2, dash="dash")]
    for way, width, where in (
        ("log", 7.0, "bottom left"),
        ("shifted", 4.5, "bottom right"),
        ("naive", 2.5, "top left"),
    ):
        y = r.losses[way]
        seen = np.flatnonzero(np.isfinite(y) & (y > 0))
        if not len(seen):
            continue
        x, y = LARGEST[seen], y[seen]
        drawn.append(line(x, y, COLORS[way], width=width, label=NAMES[way], where=where))
        if seen[-1] < len(LARGEST) - 1:
            drawn.append(marks(x[-1], y[-1], COLORS[way], size=12, symbol="x"))
    return plot(
        "losses",
        drawn,
        vline(r.size, (0.5, 3000), NOW, dash="dot", width=2),
        x=T("二つの点数の差（対数目盛）", "Difference of the scores (log scale)"),
        y=T("負けるほうの損失 −ln p", "The loser's loss −ln p"),
        xlim=(0, 3.31),
        ylim=(0, 3.5),
        log_x=True,
        log_y=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.neural import activations as a

z = np.array([{p.largest!r} + {p.shift!r}, {p.shift!r}])
print("winner =", a.softmax_in(z, "{p.form}")[0])
print("naive =", a.loss_in(z, 1, "{p.form}"))
print("shifted =", a.loss_in(z, 1, "{p.form}", way="shifted"))
print("log =", a.loss_in(z, 1, "{p.form}", way="log"))
"""


def near(found: dict[str, float], which: int) -> bool:
    """Whether answers first go wrong within 3% beyond where the format ends."""
    return all(1.0 <= found[form] / core.cliffs(form)[which] < 1.03 for form in FORMS)


def two_cures(*runs: Breaking) -> bool:
    return all(
        r.now["shifted"][1] == np.inf and r.now["shifted"][0] == 0 and abs(r.now["log"][1] / r.size - 1) < 1e-3
        for r in runs
    ) and all(near(r.second, 1) for r in runs)


def both(*runs: Breaking) -> bool:
    """Whether the naive form gives no number for two scores far below zero, and the shifted one is right."""
    return all(np.isnan(r.winner) and abs(r.now["shifted"][1] - np.log1p(np.e)) < 1e-2 for r in runs)


LOW = tuple({"largest": 1.0, "shift": -1000.0, "form": form} for form in ("float16", "float32", "float64"))
BEYOND = ({"largest": 1000.0, "form": "float64"}, {"largest": 200.0, "form": "float32"}, {"largest": 30.0})
CHECKS = {
    "cliff": Check(({},), lambda r: near(r.cliff, 0) and np.isnan(r.winner), control=({"shift": -10.0},)),
    "cures": Check(BEYOND, two_cures, control=({"largest": 10.0},)),
    "below": Check(LOW, both, control=tuple(run | {"shift": 0.0} for run in LOW)),
}

"""Softmax is a thermometer: one number, the temperature, says how much a difference of scores counts."""

from dataclasses import dataclass

import numpy as np

from core.data import load
from core.text import PERCENT, T
from figures.marks import bars, handle_values, hline, line, marks, picture, text
from figures.plot import plot, round_up, span
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Kept, Stage
from pages.neural.activations import digits
from pages.neural.activations.heated import TEMPERATURES, Heated, gaps, heated, melts
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("temperature", "how", "shift", "data")
ZOOM = ("data",)
SCORES = {"notes": (3.0, 1.0, 2.0), "negative": (-3.0, 1.0, 2.0)}


@dataclass(frozen=True)
class Params:
    data: str = choice(
        T("点数", "Scores"),
        {
            "digit": T("数字の分類器", "of a digit classifier"),
            "notes": T("例の 3, 1, 2", "an example: 3, 1, 2"),
            "negative": T("−3, 1, 2", "−3, 1, 2"),
        },
    )
    number: int = slider(T("画像の番号", "Picture"), 0, 796, default=71, when=lambda p: p.data == "digit")
    how: str = choice(
        T("点数 z を", "A score z becomes"),
        {
            "e": T("eᶻ にする（softmax）", "eᶻ (softmax)"),
            "two": T("2ᶻ にする", "2ᶻ"),
            "ten": T("10ᶻ にする", "10ᶻ"),
            "square": T("z² にする", "z²"),
        },
    )
    temperature: float = slider(T("温度 T", "Temperature T"), 0.05, 100.0, default=1.0, log=True)
    shift: float = slider(T("全部の点数に足す", "Added to all scores"), -10.0, 10.0, default=0.0, step=0.1)
    lift: float = slider(T("一つ目の点数に足す", "Added to the first"), -10.0, 10.0, default=0.0, step=0.1)


def compute(p: Params) -> Heated:
    z = digits.scores(p.number) if p.data == "digit" else np.array(SCORES[p.data])
    return heated(z + p.shift + p.lift * (np.arange(len(z)) == 0), p.how, p.temperature)


READOUTS = (
    Readout("winner", T("一位", "First"), "winner"),
    Readout("top", T("その確率", "its probability"), "top", 1, PERCENT),
    Readout("odds", T("一位は二位の", "It is likelier than the second"), "odds", 2, T("倍", "×")),
    Readout("entropy", T("エントロピー", "Entropy"), "entropy", 3, T(" ナット", " nats")),
)


def warm() -> None:
    digits.weights()


def draw(r: Heated, p: Params) -> Stage:
    return Stage((raw(r, p), odds(r, p), divided(r, p), spread(r, p)), ("scores odds", "shares entropy"), height=500)


def raw(r: Heated, p: Params) -> Figure:
    """Draw the scores; the first can be dragged."""
    k = np.arange(len(r.z))
    low, high = span([*r.z, -4.0, 7.0], share=0.06)
    return plot(
        "scores",
        hline(0, (-0.7, len(k) - 0.3), MUTED, width=1),
        bars(0, r.z, k, 0.36, MUTED, 0.6, upright=True),
        handle_values(0.0, float(r.z[0]), up=("lift", p.lift - float(r.z[0]), 1.0)),
        x=T("クラス", "Class"),
        y=T("点数 z", "Score z"),
        xlim=(-0.7, len(k) - 0.3),
        ylim=(low, high),
        whole_x=True,
        small=True,
        drag=False,
    )


def odds(r: Heated, p: Params) -> Figure:
    """Draw ln p over z: a line of slope 1/T with any base, a funnel with squares."""
    low, high = span([*r.z, 0.0])
    grid = np.linspace(low, high, 121)
    with np.errstate(divide="ignore"):
        ln = np.log(r.p)
        best = int(np.argmax(np.abs(r.z))) if p.how == "square" else r.winner
        base = {"e": 1.0, "two": np.log(2), "ten": np.log(10), "square": np.nan}[p.how]
        steep = 2 * np.log(np.abs(grid / r.z[best])) if p.how == "square" else base / p.temperature * (grid - r.z[best])
    ln, law = (np.maximum(v, -99.0) for v in (ln, ln[best] + steep))
    bottom = -round_up(1.1 * max(-float(ln.min()), 1.0))
    return plot(
        "odds",
        line(grid, np.where(law >= bottom, law, np.nan), INK, width=1.5, dash="dash"),
        marks(r.z, ln, BLUE, size=9),
        x=T("点数 z", "Score z"),
        y=T("確率の対数 ln p", "ln p"),
        xlim=(low, high),
        ylim=(bottom, -0.06 * bottom),
        small=True,
    )


def divided(r: Heated, p: Params) -> Figure:
    """Draw the probabilities, and the picture they are about."""
    k, top = np.arange(len(r.z)), r.winner
    drawn = [bars(0, r.p, k, 0.36, BLUE, 0.75, upright=True)]
    right = len(k) - 0.3
    if p.data == "digit":
        data, row = load("digits"), digits.LEARNT + p.number
        ink = (255 - data.x[row].reshape(8, 8, 1) * 255 / 16).round().astype(np.uint8)
        drawn.append(picture(Kept(np.repeat(ink, 3, axis=2)), 10, 0.62, 12.4, 1.06, smooth=False))
        drawn.append(text(11.2, 0.52, T(f"正解は {data.y[row]}", f"it is a {data.y[row]}"), INK, "middle center"))
        right = 12.6
    return plot(
        "shares",
        drawn,
        text(top, float(r.p[top]), f"{r.top:.0f}%", INK, "top center"),
        x=T("クラス", "Class"),
        y=T("確率 p", "Probability p"),
        xlim=(-0.7, right),
        ylim=(0, 1.12),
        xticks=[float(i) for i in k],
        small=True,
        drag=False,
    )


def spread(r: Heated, p: Params) -> Figure:
    most = float(np.log(len(r.z)))
    return plot(
        "entropy",
        hline(most, (0.05, 100), INK, width=1.5, dash="dash", label=T("ln k（みな同じ）", "ln k: all alike"), at=0.0,
              where="bottom right"),
        line(TEMPERATURES, r.entropies, ORANGE, width=2.5),
        handle_values(p.temperature, r.entropy, across=("temperature", 0.0, 1.0)),
        x=T("温度 T（対数目盛）", "Temperature T (log scale)"),
        y=T("エントロピー", "Entropy (nats)"),
        xlim=(-1.31, 2.01),
        ylim=(-0.03 * most, 1.1 * most),
        log_x=True,
        small=True,
        drag=False,
    )  # fmt: skip


def code(p: Params) -> str:
    made = (
        f"{digits.CODE}z = weights[0] + data.x[{digits.LEARNT + p.number}] / 16 @ weights[1:]"
        if p.data == "digit"
        else f"z = np.array({list(SCORES[p.data])})"
    )
    return f"""\
import numpy as np

from core.data import load
from core.neural import activations as a

{made} + {p.shift!r}
z[0] += {p.lift!r}
p = a.shares(z, "{p.how}", temperature={p.temperature!r})
second, first = np.argsort(z, kind="stable")[-2:]
print("winner =", p.argmax())
print("top =", 100 * p.max())
print("odds =", p[first] / p[second] if p[second] > 0 else np.inf)
print("entropy =", a.entropy(p))
"""


FIVE = tuple({"number": number} for number in (0, 100, 200, 300, 71))
ALIKE = float(1 / np.log(2))
NEG = {"data": "negative"}
CHECKS = {
    "hot": Check(FIVE, melts, control=tuple(run | {"how": "square"} for run in FIVE)),
    "base": Check(
        (*(run | {"temperature": ALIKE} for run in FIVE), *(run | {"how": "two"} for run in FIVE)),
        lambda *runs: gaps(*runs) < 1e-12,
        control=(*FIVE, *(run | {"how": "two"} for run in FIVE)),
        measure=gaps,
    ),
    "squares": Check(
        (NEG, NEG | {"shift": 10.0}, NEG | {"how": "square", "shift": 10.0}, NEG | {"how": "square"}),
        lambda e, moved, squares_moved, squares: (
            abs(e.first - moved.first) < 1e-9
            and e.first < 1
            and squares.first > 60
            and squares_moved.first < squares.first / 2
        ),
        control=(NEG, NEG | {"shift": 10.0}, NEG | {"how": "ten", "shift": 10.0}, NEG | {"how": "ten"}),
    ),
}

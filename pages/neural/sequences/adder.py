"""The adder: a network that reads digit by digit has to keep the carry, and does, whether by hand or by training."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import marks, press, ring
from figures.plot import matrix, plot
from figures.spec import BLUE, ORANGE, Figure, Stage
from pages.neural.sequences.added import DIGITS, UNITS, Added, adders
from pages.neural.sequences.added import compute as compute
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("a", "b", "net", "first")
PLACE = T("桁", "Place")
LEFT = {"l": 88}


@dataclass(frozen=True)
class Params:
    a: int = slider(T("数 a", "Number a"), 0, 255, default=127)
    b: int = slider(T("数 b", "Number b"), 0, 255, default=1)
    net: str = choice(
        T("ネットワーク", "Network"),
        {
            "hand": T("手で作った 3 ユニット", "three units by hand"),
            "four": T("訓練した 4 ユニット", "four units, trained"),
            "three": T("訓練した 3 ユニット", "three units, trained"),
            "two": T("訓練した 2 ユニット", "two units, trained"),
        },
    )
    first: str = choice(
        T("どちらの桁から読むか", "Which digit it reads first"),
        {"low": T("下の桁から", "the lowest"), "high": T("上の桁から", "the highest")},
    )
    seed: int = slider(
        T("訓練のはじめの重み", "First weights of the training"), 0, 4, default=0, when=lambda p: p.net != "hand"
    )


READOUTS = (
    Readout("total", T("ネットワークの和", "The network's sum"), "total"),
    Readout("ripple", T("変わる桁", "Digits that change"), "ripple"),
    Readout("right", T("200 回で正しい桁", "Right in 200 sums"), "right", 1, PERCENT),
    Readout("best", T("この順の上限", "Best in this order"), "best", 1, PERCENT),
    Readout("read", T("読める繰り上がり", "Carries read off"), "read", 1, PERCENT),
)


def draw(r: Added, p: Params) -> Stage:
    return Stage((digits(r, p), units(r, p), cloud(r)), ("digits cloud", "units cloud"), height=420, columns="3fr 2fr")


def places(r: Added) -> list[str]:
    return [str(1 << k) for k in reversed(range(len(r.run.sum)))]


def digits(r: Added, p: Params) -> Figure:
    """Draw the sum as on paper: the highest place first. A pressed digit of a or b turns over."""
    rows = np.vstack([r.run.carry, r.bits, r.run.sum])[:, ::-1]
    at = [
        (DIGITS - k, 3 - row, {name: getattr(p, name) ^ 1 << k}) for row, name in ((1, "a"), (2, "b")) for k in range(8)
    ]
    x, y, sets = zip(*at, strict=True)
    wrong = np.flatnonzero((r.run.sum != r.run.right)[::-1])
    names = T("繰り上がり", "carry"), "a", "b", T("和", "sum")
    return matrix(
        "digits",
        rows,
        names,
        places(r),
        press(x, y, (0.45, 0.45), sets),
        marks(wrong, np.zeros(len(wrong)), ORANGE, size=30, symbol="circle-open"),
        x=PLACE,
        y="",
        small=True,
        margin=LEFT,
    )


def units(r: Added, p: Params) -> Figure:
    """Draw the state at each place."""
    names = [f"h{'₁₂₃₄'[k]}" for k in range(r.run.states.shape[1])]
    rows, shown = r.run.states.T[:, ::-1], int(p.net != "hand")
    return matrix("units", rows, names, places(r), x=PLACE, y="", digits=shown, small=True, margin=LEFT)


def cloud(r: Added) -> Figure:
    """Draw the states of many sums, by the carry that goes on to the next place."""
    reach = 1.15 * float(np.abs(np.vstack([r.cloud, r.now])).max())
    without, due = r.cloud[r.carry == 0], r.cloud[r.carry == 1]
    return plot(
        "cloud",
        marks(*without.T, BLUE, size=8, opacity=0.6),
        marks(*due.T, ORANGE, size=9, symbol="triangle-up", opacity=0.6),
        ring(*r.now.T),
        x=T("状態の第 1 方向", "First direction of the state"),
        y=T("第 2 方向", "Second direction"),
        xlim=(-reach, reach),
        ylim=(-reach, reach),
        small=True,
    )


def code(p: Params) -> str:
    net = "s.by_hand()" if p.net == "hand" else f"s.learned({UNITS[p.net]}, {p.seed})"
    kind = "step" if p.net == "hand" else "tanh"
    return f"""\
from core.neural import sequences as s

net, how = {net}, {{"activation": "{kind}", "first": "{p.first}"}}
a, b = {p.a}, {p.b}
run = s.adding(net, s.bits(a, {DIGITS}), s.bits(b, {DIGITS}), **how)
states, carry, right = s.tried(net, **how)
print("total =", sum(int(bit) * 2**k for k, bit in enumerate(run.sum)))
print("ripple =", bin((a + b) ^ ((a ^ 1) + b)).count("1"))
print("right =", 100 * right)
print("best =", {"100 * s.wrong_end(9).mean()" if p.first == "high" else "100"})
print("read =", 100 * s.carry_read(states, carry))
"""


SEEDS = range(5)


CHECKS = {
    "carry": Check(
        tuple({"net": "four", "seed": seed} for seed in SEEDS),
        lambda *runs: all(r.right == 100 and r.read == 100 for r in runs),
        control=tuple({"net": "two", "seed": seed} for seed in SEEDS),
    ),
    "width": Check(
        tuple({"net": net, "seed": seed} for net in UNITS for seed in SEEDS),
        lambda *runs: list(adders(*runs).values()) == [5, 3, 1],
        control=tuple({"net": "four", "seed": seed} for net in UNITS for seed in SEEDS),
        measure=adders,
    ),
    "end": Check(
        tuple({"first": "high", "seed": seed} for seed in SEEDS),
        lambda *runs: all(abs(r.best - 61.1) < 0.05 and abs(r.guess - r.best) < 2 for r in runs),
        control=({"first": "low"},) * 5,
    ),
    "ripple": Check(
        ({}, {"a": 126}),
        lambda ones, even: ones.ripple == 8 and ones.total == 128 and even.total == 127,
        control=({"b": 0}, {"a": 126}),
    ),
}

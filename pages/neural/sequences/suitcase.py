"""The suitcase: a state of fixed size brings back so much and no more; attention carries nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.neural import sequences as s
from core.result import result
from core.text import PERCENT, T
from figures.marks import heat, line, marks, ring, shade
from figures.plot import plot
from figures.spec import BLUE, INK, ORANGE, Figure, Stage
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("length", "units", "dims", "sharp")
LONGEST, COUNT = 20, 1000


@dataclass(frozen=True)
class Params:
    length: int = slider(T("系列の長さ T", "Length T"), 2, LONGEST, default=12)
    units: int = slider(T("状態のユニット数 H", "Units of the state H"), 1, 8, default=4)
    dims: int = slider(T("位置を表す次元", "Dimensions of a position's code"), 1, 32, default=16)
    sharp: float = slider(T("注意の鋭さ", "Sharpness of attention"), 0.0, 40.0, default=20.0, step=0.5)
    each: int = slider(T("1 ユニットのビット数 b", "Bits of a unit b"), 1, 8, default=6)
    symbols: int = slider(T("記号の種類 V", "Kinds of symbols V"), 2, 8, default=4)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Packed:
    ceiling: NDArray[np.float64]  # (LONGEST,) % of sequences of 1, 2, … symbols that any state can bring back
    back: NDArray[np.float64]  # (LONGEST,) % that the best packer brought back
    looks: NDArray[np.float64]  # (LONGEST,) % of steps whose attention is largest at the true source
    weights: NDArray[np.float64]  # (T, T) attention, a row an output step
    room: int  # bits of the state
    needed: float  # bits of a sequence
    most: float  # ceiling, measured and attention at T
    found: float
    aligned: float
    mass: float  # mean attention at the true source, %


def aligned(length: int, dims: int, sharp: float) -> NDArray[np.float64]:
    """Look back in reversed order: step t asks with the code of place T − 1 − t."""
    places = s.positions(length, dims)
    return s.attention(places[::-1], places, sharpness=sharp)


def share(weights: NDArray[np.float64]) -> float:
    """Give the % of rows whose largest weight, and no other as large, is at the true source."""
    source = np.fliplr(weights).diagonal()
    others = np.sort(weights, axis=1)[:, -2] if len(weights) > 1 else np.zeros(1)
    return 100 * float((source > others + 1e-12).mean())


def compute(p: Params) -> Packed:
    room = p.units * p.each
    how = {"symbols": p.symbols, "state_bits": room}
    lengths = range(1, LONGEST + 1)
    ceiling = np.array([100 * s.recall_ceiling(t, **how) for t in lengths])
    back = np.array([100 * s.recall(t, **how, count=COUNT, seed=p.seed) for t in lengths])
    looks = np.array([share(aligned(t, p.dims, p.sharp)) for t in lengths])
    weights = aligned(p.length, p.dims, p.sharp)
    mass = 100 * float(np.fliplr(weights).diagonal().mean())
    at = p.length - 1
    needed = p.length * float(np.log2(p.symbols))
    return Packed(ceiling, back, looks, weights, room, needed, ceiling[at], back[at], looks[at], mass)


READOUTS = (
    Readout("room", T("状態に入る", "The state holds"), "room", 0, T(" ビット", " bits")),
    Readout("needed", T("系列が要る", "A sequence needs"), "needed", 1, T(" ビット", " bits")),
    Readout("most", T("戻せる割合の上限", "Most that can come back"), "most", 1, PERCENT),
    Readout("found", T("実際に戻せた", "Came back"), "found", 1, PERCENT),
    Readout("aligned", T("注意が正しい位置", "Attention at the right place"), "aligned", 1, PERCENT),
    Readout("mass", T("そこに集まる注意", "How much of it"), "mass", 1, PERCENT),
)


def draw(r: Packed, p: Params) -> Stage:
    return Stage((kept(r, p), looked(r)), ("kept looked",), height=400, columns="3fr 2fr")


def kept(r: Packed, p: Params) -> Figure:
    """Draw both ways by length: the ceiling is a line, what came back are dots."""
    at = np.arange(1, LONGEST + 1)
    return plot(
        "kept",
        line(at, r.ceiling, INK, dash="dash", width=1.6),
        marks(at, r.back, BLUE, size=9),
        line(at, r.looks, ORANGE, width=1.6),
        marks(at, r.looks, ORANGE, size=7, symbol="triangle-up"),
        ring([p.length, p.length], [r.found, r.aligned]),
        x=T("系列の長さ", "Length of the sequence"),
        y=T("割合 (%)", "Share (%)"),
        xlim=(0.5, LONGEST + 0.5),
        ylim=(-4, 106),
        whole_x=True,
    )


def looked(r: Packed) -> Figure:
    """Draw where each output step looks."""
    n = len(r.weights)
    return plot(
        "looked",
        heat(shade(r.weights[::-1], 0, 1), (1, n), (1, n), ((0, "$paper"), (1, ORANGE)), smooth=False),
        x=T("入力の何番目を見るか", "Input place looked at"),
        y=T("出力の何番目か", "Output step"),
        xlim=(0.5, n + 0.5),
        ylim=(0.5, n + 0.5),
        yticks={n: "1", 1: str(n)},
        whole_x=True,
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.neural import sequences as s

T, V, room = {p.length}, {p.symbols}, {p.units} * {p.each}
print("room =", room)
print("needed =", T * np.log2(V))
print("most =", 100 * min(1, 2.0**room / V**T))
print("found =", 100 * s.recall(T, symbols=V, state_bits=room, count={COUNT}, seed={p.seed}))

places = s.positions(T, {p.dims})
weights = s.attention(places[::-1], places, sharpness={p.sharp!r})
source = weights[np.arange(T), np.arange(T)[::-1]]
others = np.sort(weights, axis=1)[:, -2]
print("aligned =", 100 * np.mean(source > others + 1e-12))
print("mass =", 100 * source.mean())
"""


SEEDS = range(5)
CHECKS = {
    "two": Check(
        tuple({"length": length, "seed": seed} for length in (12, 14) for seed in SEEDS),
        lambda *runs: all(r.found == 100 for r in runs[:5]) and 5 < np.mean([r.found for r in runs[5:]]) < 7.5,
        control=tuple({"length": length, "seed": seed, "units": 5} for length in (12, 14) for seed in SEEDS),
        measure=lambda *runs: {"two": float(np.mean([r.found for r in runs[5:]]))},
    ),
    "look": Check(
        ({"length": 20},), lambda r: r.aligned == 100 and r.found < 1, control=({"length": 20, "sharp": 0.0},)
    ),
    "bits": Check(
        ({"units": 4, "each": 3, "length": 12}, {"units": 8, "each": 3, "length": 12}),
        lambda four, eight: four.most < 0.1 and eight.most == 100,
        control=({"units": 4, "each": 1, "length": 12}, {"units": 8, "each": 1, "length": 12}),
    ),
}

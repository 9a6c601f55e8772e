"""No positions, a bag: attention does not know what stands where, unless a code of places says so."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, handle_values, heat, line, marks, press, segments, shade, text
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, SIGNED, Figure, Stage
from pages.pretraining.transformer.order import DIMS, FAR, LINE, OTHER, SAME, Orders, pair, swapped
from pages.pretraining.transformer.order import compute as compute
from ui.params import slider, toggle
from ui.params import text as typing
from ui.scene import Check, Readout

CONTROLS = ("line", "places", "masked", "layers")
ZOOM = ("line",)
GAP = 5  # between the two texts, in cells


@dataclass(frozen=True)
class Params:
    line: str = typing(T("文", "Text"), 16, default=LINE)
    places: bool = toggle(T("位置符号を足す", "Add positional encodings"))
    masked: bool = toggle(T("マスク（後ろを見ない）", "Mask: nobody sees later ones"))
    layers: int = slider(T("ブロックの数", "Blocks"), 1, 4, default=1)
    other: str = typing(T("並べ替えた文", "The other order"), 16, default=OTHER)
    place: int = slider(T("場所 p", "Place p"), 0, 40, default=3)
    shift: int = slider(T("ずらす量 k", "Shift k"), 0, FAR, default=5)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


READOUTS = (
    Readout("changed", T("出力が変わった文字", "Outputs that change"), "changed"),
    Readout("most", T("最大の変化", "Largest change"), "most", 1, PERCENT),
    Readout("end", T("最後の文字の変化", "Change of the last one"), "end", 1, PERCENT),
    Readout("alike", T("符号の内積", "Encodings' product"), "product", 2),
)


def draw(r: Orders, p: Params) -> Stage:
    return Stage(
        (orders(r), change(r), clocks(r), alike(r, p)), ("orders change", "clocks alike"), height=560, columns="3fr 2fr"
    )


def orders(r: Orders) -> Figure:
    """Draw what comes out for each character as a column of numbers, in both orders."""
    n, at = r.n, np.arange(r.n)
    z = np.full((2 * DIMS + GAP, n), 0.0)
    z[DIMS + GAP :], z[:DIMS] = r.outputs.T, r.others.T
    ends = np.stack([at, np.full(n, DIMS + GAP - 2.0)], 1), np.stack([r.where, np.full(n, DIMS + 1.0)], 1)
    same = r.change <= 100 * SAME
    lines = [
        segments(ends[0][who], ends[1][who], color, width=2, dash=dash)
        for who, color, dash in ((same, INK, "solid"), (~same, ORANGE, "dash"))
        if who.any()
    ]
    names = (at, DIMS + GAP - 1.0, list(r.line), "middle center"), (at, DIMS + 0.0, list(r.other), "middle center")
    moves = [{"other": swapped(r.other, min(i, n - 2))} if n > 1 else {"other": r.other} for i in at]
    return sheet(
        "orders",
        heat(shade(z, -2.5, 2.5), (0, n - 1) if n > 1 else (0, 1), (0, len(z) - 1), SIGNED, smooth=False),
        lines,
        [text(x, np.full(n, y), words, INK, side) for x, y, words, side in names],
        press(at, np.full(n, DIMS / 2), (0.5, DIMS / 2 + 1), moves),
        xlim=(-0.7, n - 0.3),
        ylim=(-0.7, len(z) - 0.3),
    )


def change(r: Orders) -> Figure:
    at = np.arange(r.n)
    return plot(
        "change",
        bars(np.zeros(r.n), r.change, at, 0.36, ORANGE, upright=True),
        marks(at, r.change, ORANGE, size=7),
        x=T("文字", "Character"),
        y=T("出力の変化 (%)", "Change of its output (%)"),
        xlim=(-0.7, r.n - 0.3),
        ylim=(-8, 200),
        xticks=dict(enumerate(r.line)),
        small=True,
        drag=False,
    )


def clocks(r: Orders) -> Figure:
    """Draw each pair of a code as a clock: the place's hand, and the hand after the shift."""
    k = np.arange(DIMS // 2)
    centre = np.stack([2.4 * (k % 4), -2.4 * (k // 4)], axis=1)
    tips = centre + np.stack([np.sin(r.hands), np.cos(r.hands)], axis=-1)
    turn = np.linspace(0, 2 * np.pi, 49)
    round_ = np.vstack([np.stack([np.sin(turn), np.cos(turn)], 1), [[np.nan, np.nan]]])
    circles = (centre[:, None] + round_).reshape(-1, 2)
    return plot(
        "clocks",
        line(*circles.T, MUTED, width=1),
        segments(centre, tips[0], INK, width=2, dash="dash"),
        segments(centre, tips[1], BLUE, width=3),
        x=T("位置符号の時計：場所 p（破線）と p + k（実線）", "Clocks of an encoding: place p (dashed), p + k (solid)"),
        y="",
        xlim=(-1.3, 8.5),
        ylim=(-3.7, 1.2),
        xticks=(),
        equal=True,
        small=True,
        drag=False,
        margin={"l": 4},
    )


def alike(r: Orders, p: Params) -> Figure:
    """Draw how alike two codes are by how far apart they stand; the ring is dragged along."""
    return plot(
        "alike",
        line(np.arange(FAR + 1), r.alike, BLUE, width=2.5),
        handle_values(p.shift, float(r.alike[p.shift]), across=("shift", 0.0, 1.0)),
        x=T("ずらす量 k", "Shift k"),
        y=T("符号の内積", "Product of encodings"),
        xlim=(-0.8, FAR + 0.8),
        ylim=(-1.5, 9),
        small=True,
    )


def code(p: Params) -> str:
    line, other = pair(p.line, p.other)
    return f"""\
import numpy as np
from core.pretraining import transformer as t

line, other, d, n = {line!r}, {other!r}, {DIMS}, {len(line)}


def outputs(text):
    x = np.array([np.random.default_rng([{p.seed}, ord(c)]).standard_normal(d) for c in text])
    x = x{" + t.positions(n, d)" if p.places else ""}
    mask = {"np.tri(n, dtype=bool)" if p.masked else "None"}
    y = t.stack(t.drawn({p.layers}, d, seed={p.seed}), x, norm="before", mask=mask).output
    # which showing of its character each place is
    return {{(c, text[:i].count(c)): row for i, (c, row) in enumerate(zip(text, y))}}


a, b = outputs(line), outputs(other)
change = [100 * np.linalg.norm(a[key] - b[key]) / np.linalg.norm(a[key]) for key in a]
print("changed =", sum(c > 1e-7 for c in change))
print("most =", max(change))
print("end =", change[-1])
print("alike =", np.cos({p.shift} * t.speeds(d)).sum())
"""


SEEDS = range(5)
BARE = tuple({"seed": seed} for seed in SEEDS)
MASKED = tuple({"masked": True, "seed": seed} for seed in SEEDS)
DEEP = tuple({"masked": True, "layers": 2, "seed": seed} for seed in SEEDS)


def ends(*runs: Orders) -> dict[str, float]:
    last = [r.end for r in runs[-len(SEEDS) :]]
    return {"low": min(last), "high": max(last)}


CHECKS = {
    "bag": Check(
        BARE, lambda *runs: all(r.changed == 0 for r in runs), control=tuple(run | {"places": True} for run in BARE)
    ),
    "mask": Check(MASKED, lambda *runs: all(r.changed == 3 and r.end < 100 * SAME for r in runs), control=BARE),
    "deep": Check(
        (*MASKED, *DEEP),
        lambda *runs: all(r.end < 100 * SAME for r in runs[:5]) and all(r.changed == 6 and r.end > 1 for r in runs[5:]),
        control=(*MASKED, *MASKED),
        measure=ends,
    ),
    "shift": Check(
        ({"place": 3, "shift": 5}, {"place": 33, "shift": 5}),
        lambda early, late: abs(early.product - late.product) < 1e-9,
        control=({"place": 3, "shift": 5}, {"place": 33, "shift": 6}),
    ),
}

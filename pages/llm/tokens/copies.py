"""Near-duplicates: a character that changes breaks several pieces; bands of a signature find what is alike enough."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.text import PERCENT, T
from figures.marks import area, hline, line, marks, press, ring, segments, text, vline
from figures.plot import plot, sheet
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure, Stage
from pages.llm.tokens.paired import GRID, HASHES, LIKENESS, PAGE, Pair, shares, spread
from pages.llm.tokens.paired import compute as compute
from pages.llm.tokens.shared import Span, boxes, cells, letters, lines
from ui.params import slider
from ui.params import text as typed
from ui.scene import Check, Readout

CONTROLS = ("edits", "length", "rows", "own")
COLUMNS, LIMIT = 48, 70  # letters a line, characters of a copy of one's own


@dataclass(frozen=True)
class Params:
    edits: int = slider(T("書き換えた文字", "Characters changed"), 0, 30, default=6, when=lambda p: not p.own)
    length: int = slider(T("断片の長さ", "Length of a piece"), 1, 8, default=5)
    rows: int = slider(T("バンドの行数 r", "Rows of a band, r"), 1, 16, default=5)
    own: str = typed(T("自分で書くコピー", "A copy of your own"), LIMIT)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


READOUTS = (
    Readout("likeness", T("Jaccard 係数", "Jaccard similarity"), "likeness", 2),
    Readout("estimate", T("署名による推定", "Estimate by signatures"), "estimate", 2),
    Readout("bands", T("バンド", "Bands"), "bands"),
    Readout("full", T("全部一致したバンド", "Bands that agree"), "full"),
    Readout("percent", T("見つかる確率", "Chance to be found"), "percent", 1, PERCENT),
)


def draw(r: Pair, p: Params) -> Stage:
    return Stage((both(r), signature(r, p), curve(r)), ("both both", "signature curve"), height=440)


def both(r: Pair) -> Figure:
    """Draw the page and its copy; a pressed character of the copy becomes another one."""
    drawn, top = [], 0.0
    for name, said, shared in zip(
        (T("元のページ", "page"), T("コピー", "copy")), (PAGE, r.copy), r.shared, strict=True
    ):
        drawn += [text(-0.5, top, name, MUTED)]
        drawn += boxes(said, runs(said, shared), COLUMNS, top=top - 1, half=0.42)
        drawn += [letters(said, COLUMNS, top=top - 1)]
        if said is r.copy and said:
            drawn += [presses(said, top - 1)]
        top -= 1.3 + max(3, lines(said, COLUMNS))
    return sheet("both", drawn, xlim=(-0.5, COLUMNS + 0.5), ylim=(top + 0.7, 0.6))


def runs(said: str, shared: NDArray[np.int64]) -> list[Span]:
    """Colour each character by the piece that starts there: whether both have it."""
    spans, first = [], 0
    for i, char in enumerate(said):
        end = first + len(char.encode())
        spans.append((first, end, (ORANGE, BLUE, MUTED)[shared[i]]))
        first = end
    return spans


def presses(said: str, top: float) -> dict[str, object]:
    """Make a box around each character: pressed, it becomes 〇, and 〇 what the page has there."""
    at, first, x, y, sets = cells(said, COLUMNS), 0, [], [], []
    for i, char in enumerate(said):
        width = sum(cell[2] for cell in at[first : first + len(char.encode())])
        x.append(at[first][0] + width / 2)
        y.append(top - at[first][1])
        other = "〇" if char != "〇" else (PAGE[i] if i < len(PAGE) else "も")
        sets.append({"own": said[:i] + other + said[i + 1 :]})
        first += len(char.encode())
    return dict(press(x, y, (0.9, 0.5), sets))


def signature(r: Pair, p: Params) -> Figure:
    """Draw where the two signatures agree: a column is a band, and a bar under it means that all of it does."""
    y, x = np.indices(r.same.T.shape)
    yes = r.same.T
    size = min(13.0, 300 / max(yes.shape[1], 2.2 * p.rows))
    top, full = p.rows - 1, np.flatnonzero(r.same.all(axis=1))
    return plot(
        "signature",
        marks(x[~yes], y[~yes], MUTED, size=size, symbol="square-open", line={"width": 1}) if (~yes).any() else None,
        marks(x[yes], y[yes], GREEN, size=size, symbol="square") if yes.any() else None,
        [area([k - 0.45, k + 0.45, k + 0.45, k - 0.45], [-0.6, -0.6, top + 0.6, top + 0.6], GREEN, 0.25) for k in full],
        x=T("バンド", "Band"),
        y=T("行", "Row"),
        xlim=(-0.7, r.bands - 0.3),
        ylim=(-0.8, p.rows - 0.2),
        xticks=[],
        yticks=[],
        small=True,
        titled=True,
        drag=False,
        margin={"l": 28, "b": 28},
    )


def curve(r: Pair) -> Figure:
    """Draw the chance to be found by likeness, what was measured, and this pair."""
    low, high = r.recall.min(axis=0), r.recall.max(axis=0)
    rail = np.stack([LIKENESS, low], 1), np.stack([LIKENESS, high], 1)
    return plot(
        "curve",
        hline(50, (0, 1), MUTED, width=1, dash="dot"),
        line(GRID, 100 * r.curve, INK, dash="dash", width=1.8),
        segments(*rail, BLUE, width=2),
        marks(LIKENESS, r.recall.mean(axis=0), BLUE, size=8),
        vline(r.likeness, (0, r.percent), MUTED, width=1),
        ring(r.likeness, r.percent),
        x=T("Jaccard 係数", "Jaccard similarity"),
        y=T("見つかる割合 (%)", "Found (%)"),
        xlim=(0, 1.02),
        ylim=(-3, 104),
        small=True,
    )


def code(p: Params) -> str:
    copy = repr(p.own) if p.own else f"t.edited(page, {p.edits}, seed={p.seed})"
    return f"""\
from core.llm import tokens as t

page = "{PAGE}"
copy = {copy}
a, b = t.shingles(page, {p.length}), t.shingles(copy, {p.length})
first, second = (t.minhash(items, hashes={HASHES}, seed={p.seed}) for items in (a, b))
bands = {HASHES} // {p.rows}
print("likeness =", len(a & b) / len(a | b))
print("estimate =", (first == second).mean())
print("bands =", bands)
print("full =", t.agreeing(first, second, bands, {p.rows}).all(axis=1).sum())
print("percent =", 100 * (1 - (1 - (len(a & b) / len(a | b)) ** {p.rows}) ** bands))
"""


SEEDS = range(6)


CHECKS = {
    "edits": Check(
        tuple({"edits": 6, "seed": seed} for seed in SEEDS),
        lambda *pairs: all(0.25 < r.likeness < 0.5 for r in pairs),
        control=tuple({"edits": 6, "length": 1, "seed": seed} for seed in SEEDS),
        measure=spread,
    ),
    "threshold": Check(
        ({"rows": 13},),
        lambda r: r.bands == 9 and abs(r.at_eight.mean() - 40) < 8 and r.at_eight.max() < 55,
        control=({"rows": 5},),
        measure=shares,
    ),
    "swap": Check(
        ({"rows": 8}, {"rows": 16}),
        lambda low, high: low.at_eight.min() > 85 and high.at_eight.max() < 35,
        control=({"rows": 16}, {"rows": 8}),
        measure=shares,
    ),
}

"""Merge by merge: the commonest pair of neighbours becomes one token; or another pair, if one presses it."""

from dataclasses import dataclass

from core.text import T
from figures.marks import bars, line, press, ring, text
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, NOW, OTHER, Figure, Stage
from pages.llm.tokens.shared import boxes, brackets, cells, colors, is_whole, letters, lines, shown
from pages.llm.tokens.walked import CHOICES, ENGLISH, JAPANESE, Merging, firsts
from pages.llm.tokens.walked import compute as compute
from ui.params import slider
from ui.params import text as typed
from ui.scene import Check, Readout

CONTROLS = ("own", "merges")
TEXT, TAKE = "すもももももももものうち", "ももたけけたたけ"
COLUMNS, LEAST, MOST = 15, 3, 20  # bytes a line, lines, merges


@dataclass(frozen=True)
class Params:
    own: str = typed(T("文", "Text"), 24, default=TEXT)
    merges: int = slider(T("マージの数", "Merges"), 0, MOST, default=1)
    picks: str = typed(T("選んだ順位（0 が最多）", "Ranks picked, 0 being the commonest"), MOST)


READOUTS = (
    Readout("letters", T("文字", "Characters"), "letters"),
    Readout("tokens", T("トークン", "Tokens"), "count"),
    Readout("made", T("できたトークン", "Token made last"), "made"),
    Readout("usual", T("いつも最多なら", "Always the commonest"), "usual"),
)


def draw(r: Merging, p: Params) -> Stage:
    figures = (said(r, p), pairs(r), fewer(r))
    return Stage(figures, ("said said pairs", "said said fewer"), height=400, columns="3fr 3fr 4fr")


def said(r: Merging, p: Params) -> Figure:
    """Draw each character over its bytes, and each token as a box around some."""
    at = cells(p.own, COLUMNS, by_bytes=True)
    data = p.own.encode()
    middle = [x + w / 2 for x, _, w in at]
    low = [-2.2 * row - 1 for _, row, _ in at]
    many = max(LEAST, lines(p.own, COLUMNS, by_bytes=True))
    how = {"step": 2.2, "by_bytes": True}
    return sheet(
        "said",
        boxes(p.own, colors(r.ids, r.tokens, r.now), COLUMNS, top=-1.0, half=0.48, **how),
        letters(p.own, COLUMNS, top=-0.15, **how),
        brackets(p.own, COLUMNS, top=-0.45, **how),
        text(middle, low, [f"{b:02X}" for b in data], INK, "middle center") if data else None,
        xlim=(-0.3, COLUMNS + 0.3),
        ylim=(-2.2 * many + 0.4, 0.9),
    )


def pairs(r: Merging) -> Figure:
    """Draw the pairs that could be merged next; a pressed one is."""
    both = [(r.tokens[a], r.tokens[b]) for (a, b), _ in r.waiting]
    sums = [f"{shown(a)} + {shown(b)}" + f" → {shown(a + b)}" * (is_whole(a + b) and not is_whole(b)) for a, b in both]
    counts = [count for _, count in r.waiting]
    names = [f"×{count}  {said}" for count, said in zip(counts, sums, strict=True)]
    rows = [-float(i) for i in range(len(counts))]
    long = [5.0 * count / max(counts) for count in counts]
    sets = [{"picks": r.picked + str(i), "merges": len(r.picked) + 1} for i in range(len(counts))]
    full = len(r.picked) >= MOST
    bar = [bars([0], [end], [y], 0.34, NOW if y == 0 else BLUE, 0.4) for end, y in zip(long, rows, strict=True)]
    return sheet(
        "pairs",
        bar,
        text([0.0] * len(rows), rows, names, INK, "middle right") if rows else None,
        None if rows else text(0, -2, T("2 か所以上に並ぶ組は、もうありません", "no pair is left at two places")),
        press([4.0] * len(rows), rows, (4.0, 0.45), sets) if rows and not full else None,
        xlim=(-0.1, 8),
        ylim=(-CHOICES + 0.4, 0.6),
        titled=True,
        margin={"l": 8, "r": 8, "b": 4},
    )


def fewer(r: Merging) -> Figure:
    """Draw how the tokens get fewer, and how they would by always taking the commonest pair."""
    usual = line(
        range(len(r.greedy)), r.greedy, OTHER, width=1.6, label=T("いつも最多", "commonest"), where="middle right"
    )
    return plot(
        "fewer",
        usual if r.picked.strip("0") else None,
        line(range(len(r.mine)), r.mine, BLUE, width=2.5),
        ring(len(r.mine) - 1, r.mine[-1]),
        x=T("マージの数", "Merges"),
        y=T("トークン", "Tokens"),
        xlim=(-0.5, MOST),
        ylim=(0, 1.1 * max(8, r.mine[0])),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
from core.llm import tokens as t

def walk(picks):
    ids = t.spelled({p.own!r})
    for k in range({p.merges}):
        pairs = [pair for pair, count in t.common(ids, {CHOICES}) if count > 1]
        if not pairs:
            break
        rank = int(picks[k]) if k < len(picks) and picks[k] in "012345" else 0
        ids = t.merged(ids, pairs[min(rank, len(pairs) - 1)], t.BYTES + k)
    return len(ids)

print("letters =", len({p.own!r}))
print("tokens =", walk({p.picks!r}))
print("usual =", walk(""))
"""


CHECKS = {
    "first": Check(firsts(JAPANESE), lambda *runs: not any(r.whole for r in runs), control=firsts(ENGLISH)),
    "greedy": Check(
        ({"own": TAKE, "merges": 3}, {"own": TAKE, "merges": 3, "picks": "010"}),
        lambda usual, other: other.count == usual.count - 1,
        control=({"own": TEXT, "merges": 3}, {"own": TEXT, "merges": 3, "picks": "010"}),
    ),
    "end": Check(({"merges": MOST},), lambda r: r.count == 10 and not r.waiting, control=({"merges": 3},)),
}

"""One head by hand: a word asks, all words offer keys, and what comes out is a mixture of their values."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import arrow, bars, handle_values, line, marks, press, ring, segments, text
from figures.plot import plot
from figures.spec import BLUE, GRID, INK, MUTED, Figure, Stage
from pages.pretraining.transformer.hand import MOST, Head, values, vectors, words
from pages.pretraining.transformer.hand import compute as compute
from ui.params import choice, slider, toggle
from ui.params import text as typing
from ui.scene import Check, Readout

CONTROLS = ("typed", "masked", "dims", "root")
REACH = 3.0


@dataclass(frozen=True)
class Params:
    typed: str = typing(T("自分の文（空白で区切る）", "Your own words"), 40)
    masked: bool = toggle(T("マスク（後ろの語を見ない）", "Mask: no word sees later ones"))
    dims: str = choice(T("次元 d", "Dimensions d"), {d: T(d, d) for d in ("2", "16", "64", "256", "1024")})
    root: bool = toggle(T("スコアを √d で割る", "Divide scores by √d"), default=True)
    word: int = slider(T("何番目の語が聞くか", "Which word asks"), 1, MOST, default=1)
    dx: float = slider(T("クエリのずれ（横）", "Query moved across"), -6.0, 6.0, default=0.0, step=0.05)
    dy: float = slider(T("クエリのずれ（縦）", "Query moved up"), -6.0, 6.0, default=0.0, step=0.05)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.dims != "2")


READOUTS = (
    Readout("best", T("いちばん見る語", "Looks most at"), "best"),
    Readout("share", T("その注意", "Its share"), "share", 1, PERCENT),
    Readout("spread", T("実質何語を見るか", "Words looked at"), "spread", 2),
    Readout("never", T("勝てない語", "Words that cannot win"), "never"),
)


def draw(r: Head, p: Params) -> Stage:
    return Stage((plane(r, p), weights(r), values(r)), ("plane values", "plane values", "weights weights"), height=540)


def asked(r: Head) -> list[dict[str, object]]:
    return [{"word": i + 1, "dx": 0.0, "dy": 0.0} for i in range(len(r.names))]


def plane(r: Head, p: Params) -> Figure:
    """Draw keys, and how far each reaches along the query: that is its score."""
    size = float(np.linalg.norm(r.query))
    way = r.query / size if size else np.zeros(2)
    feet = (r.keys @ way)[:, None] * way
    base = r.query - [p.dx, p.dy]
    lit = np.isfinite(r.scores)
    return plot(
        "plane",
        line(*np.stack([-9 * way, 9 * way], axis=1), GRID, width=1.5),
        segments(r.keys, feet, MUTED, width=1, dash="dot"),
        marks(*feet.T, MUTED, size=5),
        arrow([[0, 0]], [r.query], BLUE, width=2.5),
        press(*r.keys.T, (0.3, 0.3), asked(r)),
        marks(*r.keys[~lit].T, MUTED, size=8) if not lit.all() else None,
        marks(*r.keys[lit].T, INK, size=7 + 16 * np.sqrt(r.weights[lit]), opacity=0.75),
        text(r.keys[:, 0], r.keys[:, 1] + 0.16 * np.sqrt(r.weights), r.names, INK, "top center"),
        handle_values(*r.query, across=("dx", -base[0], 1.0), up=("dy", -base[1], 1.0)),
        x=T("第 1 成分", "First number"),
        y=T("第 2 成分", "Second number"),
        xlim=(-REACH, REACH),
        ylim=(-REACH, REACH),
        equal=True,
        small=True,
    )


def weights(r: Head) -> Figure:
    """Draw weights as bars, the score over each; a pressed column asks."""
    at, w = np.arange(len(r.names)), 100 * r.weights
    scores = ["×" if np.isnan(s) else f"{s:.1f}".replace("-", "−") for s in r.scores]
    return plot(
        "weights",
        bars(np.zeros_like(w), w, at, 0.36, BLUE, upright=True),
        text(at, w, scores, MUTED, "top center"),
        ring([r.word], [0], 13),
        press(at, np.full(len(at), 60.0), (0.5, 80.0), asked(r)),
        x=T("語（クリックすると、その語が聞く）", "Words: click one, and it asks"),
        y=T("注意 (%)", "Attention (%)"),
        xlim=(-0.6, len(at) - 0.4),
        ylim=(-6, 135),
        xticks=dict(enumerate(r.names)),
        yticks=(0, 50, 100),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    rows, queries, keys = vectors(words(p.typed), 2, 0)
    word = min(p.word, len(rows)) - 1
    seen = rows[: word + 1] if p.masked else rows
    return f"""\
import numpy as np
from core.pretraining import transformer as t

d, rows = {p.dims}, {seen}  # the words in sight
rest = np.random.default_rng({p.seed}).standard_normal((2, {MOST}, d - 2))
q = np.append([{queries[rows[word]][0]} + {p.dx}, {queries[rows[word]][1]} + {p.dy}], rest[0, {rows[word]}])
k = np.hstack([{keys.tolist()}, rest[1]])[rows]
powers = np.exp(k @ q{" / np.sqrt(d)" if p.root else ""} - (k @ q{" / np.sqrt(d)" if p.root else ""}).max())
w = powers / powers.sum()
print("share =", 100 * w.max())
print("spread =", np.exp(-(w[w > 0] * np.log(w[w > 0])).sum()))
print("never =", (~t.winnable(k)).sum())
"""


SEEDS = range(10)
WIDE = tuple({"dims": "1024", "root": False, "seed": seed} for seed in range(20))


def shares(*runs: Head) -> dict[str, float]:
    all_of_them = [r.share for r in runs]
    return {"mean": float(np.mean(all_of_them)), "low": min(all_of_them), "high": max(all_of_them)}


CHECKS = {
    "middle": Check(
        ({}, {"dx": 5.6, "dy": 2.0}),
        lambda r, far: r.never == far.never == 3 and far.best.ja != "が",
        control=({"typed": "a b c"}, {"typed": "a b c"}),
    ),
    "dims": Check(
        tuple({"dims": "16", "seed": seed} for seed in SEEDS),
        lambda *runs: all(r.never == 0 for r in runs),
        control=({},) * 10,
    ),
    "root": Check(
        WIDE,
        lambda *runs: shares(*runs)["mean"] > 90,
        control=tuple(run | {"root": True} for run in WIDE),
        measure=shares,
    ),
    "mask": Check(({"masked": True},), lambda r: r.share == 100, control=({"masked": True, "word": 2},)),
}

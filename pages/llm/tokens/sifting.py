"""A filter is a dial: what rules keep of pages of which it is known what they are; and a number that was planted."""

from dataclasses import dataclass

import numpy as np

from core.llm import tokens as t
from core.text import PERCENT, T
from figures.marks import band, bars, handle_values, hline, line, points, press, ring, text, vline
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Stage
from pages.llm.tokens.crawled import COPIES, LETTERS, LINES, LONGEST, PAGES, TOP, Sifted, rules
from pages.llm.tokens.crawled import compute as compute
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("least", "share", "repeat", "times")
NAMES = {
    "article": T("記事", "article"),
    "short": T("短い文章", "short text"),
    "code": T("コードの解説", "about code"),
    "both": T("日英対訳", "bilingual"),
    "menu": T("メニュー", "menu"),
    "spam": T("宣伝", "spam"),
    "english": T("英語だけ", "English only"),
    "broken": T("文字化け", "garbled"),
}


@dataclass(frozen=True)
class Params:
    least: int = slider(T("文字数の下限", "Least characters"), 0, 1600, default=400, step=20)
    share: int = slider(T("日本語の割合の下限", "Least share of Japanese"), 0, 100, default=50, unit=PERCENT)
    repeat: int = slider(T("繰り返しの上限", "Most repetition"), 0, 100, default=100, step=5, unit=PERCENT)
    times: int = slider(T("同じ番号が載った回数", "Copies of one number"), 0, TOP, default=3)
    page: int = slider(T("読むページ", "Page to read"), 0, PAGES - 1, default=0)
    seed: int = slider(T("乱数の種", "Seed"), 0, 9, default=0)


READOUTS = (
    Readout("kept", T("残ったページ", "Pages kept"), "count", 0, T(f" / {PAGES}", f" / {PAGES}")),
    Readout("precision", T("適合率", "Precision"), "precision", 1, PERCENT),
    Readout("recall", T("良いページの再現率", "Recall of good pages"), "recall", 1, PERCENT),
    Readout("rank", T("番号の順位", "Rank of the number"), "rank"),
)


def draw(r: Sifted, p: Params) -> Stage:
    figures = (plane(r, p), kinds(r), page(r, p), canary(r, p))
    return Stage(figures, ("plane kinds", "page canary"), height=450, columns="3fr 2fr")


def plane(r: Sifted, p: Params) -> Figure:
    """Draw the pages by what the rules look at; those that fall out are grey. The rings set the bounds."""
    x, y = np.minimum(r.crawl.length, LONGEST), r.crawl.japanese
    names = [T("良いページ", "good page"), T("ジャンク", "junk")]
    half = (0.012 * LONGEST, 1.6)
    return plot(
        "plane",
        vline(p.least, (-4, 104), INK, dash="dash", width=1.2),
        hline(p.share, (-30, LONGEST), INK, dash="dash", width=1.2),
        points(x, y, ~r.crawl.good, names=names, muted=~r.kept, size=8),
        ring(x[p.page], y[p.page], 15, INK),
        press(x, y, half, [{"page": i} for i in range(PAGES)]),
        handle_values(p.least, 18, across=("least", 0.0, 1.0)),
        handle_values(0.96 * LONGEST, p.share, up=("share", 0.0, 1.0)),
        x=T("文字数", "Characters"),
        y=T("日本語の割合 (%)", "Japanese (%)"),
        xlim=(-30, LONGEST + 30),
        ylim=(-4, 104),
        small=True,
        drag=False,
    )


def kinds(r: Sifted) -> Figure:
    """Draw how many pages of each kind there were and how many are left."""
    y = -np.arange(len(r.kinds), dtype=float)
    drawn = [bars(np.zeros(len(y)), r.total, y, 0.34, MUTED, 0.25)]
    for color, wanted in ((BLUE, True), (ORANGE, False)):
        which = np.array([t.KINDS[kind][0] == wanted for kind in r.kinds])
        drawn.append(bars(np.zeros(which.sum()), r.left[which], y[which], 0.34, color, 0.65))
    most = float(r.total.max())
    words = [f"{left} / {total}" for left, total in zip(r.left, r.total, strict=True)]
    return sheet(
        "kinds",
        drawn,
        text(r.total, y, words),
        xlim=(0, 1.6 * most),
        ylim=(-len(y) + 0.4, 0.6),
        yticks={float(-i): NAMES[kind] for i, kind in enumerate(r.kinds)},
        small=True,
        margin={"l": 96, "b": 6},
    )


def page(r: Sifted, p: Params) -> Figure:
    """Write the beginning of the chosen page, and what the rules see of it."""
    said, i = r.text, p.page
    kind = NAMES[r.kind]
    seen = f"{r.crawl.length[i]}", f"{r.crawl.japanese[i]:.0f}%", f"{r.crawl.repeated[i]:.0f}%"
    head = T(
        f"{kind.ja}: {seen[0]} 文字、日本語 {seen[1]}、繰り返し {seen[2]}",
        f"{kind.en}: {seen[0]} characters, {seen[1]} Japanese, {seen[2]} repeated",
    )
    rows = [-1.0 * k for k in range(1, 1 + len(said))]
    return sheet(
        "page",
        text(0, 0, head, BLUE if r.crawl.good[i] else ORANGE),
        text([0.0] * len(rows), rows, list(said)),
        xlim=(-0.2, LETTERS),
        ylim=(-LINES - 0.6, 0.7),
    )


def canary(r: Sifted, p: Params) -> Figure:
    """Draw how far a number is given away by how often it stands in the text, and if copies are taken out."""
    low, high, mean = r.exposed.min(axis=0), r.exposed.max(axis=0), r.exposed.mean(axis=0)
    return plot(
        "canary",
        band(COPIES, low, high),
        line(COPIES, mean, BLUE, width=2.5, label=T("そのまま", "as it is"), where="bottom left"),
        line(
            COPIES[1:], np.full(TOP, mean[1]), INK, dash="dash", width=1.6, label=T("重複を除くと", "copies taken out")
        ),
        ring(p.times, r.now),
        x=T("同じ番号が載った回数", "Copies of the number"),
        y=T("露出度（ビット）", "Exposure (bits)"),
        xlim=(-0.5, TOP + 0.5),
        ylim=(0, 14.5),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
from core.llm import tokens as t

m = t.measure(t.pages({PAGES}, seed={p.seed}))
kept = t.kept(m, least={p.least}, share={p.share}, repeat={p.repeat})
print("kept =", kept.sum())
print("precision =", 100 * m.good[kept].mean() if kept.any() else float("nan"))
print("recall =", 100 * (m.good & kept).sum() / m.good.sum())
print("rank =", 10_000 / 2 ** t.exposure({p.times}, seed={p.seed}))
"""


SEEDS = range(6)


def each(**sets: int) -> tuple[dict[str, int], ...]:
    return tuple({**sets, "seed": seed} for seed in SEEDS)


CHECKS = {
    "rules": Check(
        each(),
        lambda *runs: all(45 < r.recall < 75 and 60 < r.precision < 80 and {"short", "both"} <= r.gone for r in runs),
        control=each(least=0),
        measure=rules,
    ),
    "spam": Check(
        each() + each(repeat=30),
        lambda *runs: all(
            b.precision > a.precision + 10 and b.recall == a.recall and b.fewer(a) == {"spam"}
            for a, b in zip(runs[:6], runs[6:], strict=True)
        ),
        control=each() + each(least=800),
        measure=rules,
    ),
    "canary": Check(
        each(times=3) + each(times=1),
        lambda *runs: all(r.rank <= 10 for r in runs[:6]) and all(r.rank >= 50 for r in runs[6:]),
        control=each(times=1) + each(times=1),
        measure=rules,
    ),
}

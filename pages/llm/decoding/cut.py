"""Top-k, top-p, temperature: each says which words may be drawn, and which comes first matters."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, handle_values, hline, line, marks, text
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure, Stage
from pages.llm.decoding.next import TEMPERATURES, WORDS, Cut, scored
from pages.llm.decoding.next import compute as compute
from ui.params import choice, slider, toggle
from ui.params import text as typed
from ui.scene import Check, Readout

CONTROLS = ("order", "temperature", "p", "k")
ZOOM = ("data",)


@dataclass(frozen=True)
class Params:
    order: str = choice(
        T("温度をかけるのは", "Temperature comes"),
        {"first": T("選ぶ前", "before the cuts"), "last": T("選んだ後", "after the cuts")},
        buttons=True,
    )
    temperature: float = slider(T("温度 T", "Temperature T"), 0.1, 5.0, default=2.0, log=True)
    p: float = slider(T("top-p の p", "p of top-p"), 0.05, 1.0, default=0.9, step=0.01)
    k: int = slider(T("top-k の k", "k of top-k"), 1, WORDS, default=WORDS)
    data: str = choice(
        T("文脈", "Context"),
        {
            "sky": T("空に見えたのは…", "In the sky I saw: …"),
            "sure": T("日本の首都は…（自信あり）", "Japan's capital is … (sure)"),
            "unsure": T("好きな色は…（自信なし）", "My favourite colour is … (unsure)"),
            "random": T("ランダムな点数", "random scores"),
            "own": T("自分の文章", "a text of my own"),
        },
    )
    own: str = typed(
        T("自分の文章", "My text"),
        300,
        default="うらにわにはにわ、にわにはにわ、にわとりがいる。にわとりにも、にわとにわがいる。に",
        when=lambda p: p.data == "own",
    )
    fresh: bool = toggle(T("top-k の後で合計を 1 に戻す", "Sum to 1 again after top-k"), default=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.data == "random")


READOUTS = (
    Readout("count", T("残る語", "Words kept"), "count"),
    Readout("top", T("一位の語の確率", "The first word's share"), "top", 1, PERCENT),
    Readout("tail", T("最下位の語の確率", "The last word's share"), "tail", 1, PERCENT),
    Readout("apart", T("逆の順番との違い", "Changed by the order"), "apart", 1, PERCENT),
)


def draw(r: Cut, p: Params) -> Stage:
    return Stage((shares(r), reach(r, p), counts(r, p)), ("shares sum", "shares counts"), height=460, columns="3fr 2fr")


def shares(r: Cut) -> Figure:
    """Draw what is drawn from, over what the model said."""
    k = np.arange(len(r.words))
    top = 1.16 * max(float(r.share.max()), float(r.plain.max()))
    out = ~r.kept
    return plot(
        "shares",
        bars(0, r.plain, k, 0.44, MUTED, 0.35, upright=True),
        bars(0, r.share, k, 0.32, BLUE, 0.85, upright=True),
        marks(k[out], np.full(out.sum(), 0.025 * top), ORANGE, size=11, symbol="x"),
        text(k[r.kept], r.share[r.kept], [f"{v:.0f}%" for v in r.share[r.kept]], INK, "top center"),
        text(k, np.full(len(k), -0.045 * top), r.words, INK, "middle center"),
        text(len(k) - 0.45, 0.96 * top, T(f"{r.context.ja}…", f"{r.context.en}…"), MUTED, "middle left"),
        x=T("次の語（灰色はモデルの確率）", "Next word (grey: what the model said)"),
        y=T("確率 (%)", "Probability (%)"),
        xlim=(-0.6, len(k) - 0.4),
        ylim=(-0.09 * top, top),
        xticks=(),
        drag=False,
    )


def reach(r: Cut, p: Params) -> Figure:
    """Draw what top-p adds up, word by word, until the level that the hand holds."""
    k, total = np.arange(len(r.words)), np.cumsum(r.seen)
    inside = r.kept
    start = total - r.seen
    return plot(
        "sum",
        bars(start[inside], total[inside], k[inside], 0.4, GREEN, 0.6, upright=True),
        bars(start[~inside], total[~inside], k[~inside], 0.4, MUTED, 0.35, upright=True),
        hline(100 * p.p, (-0.6, len(k) - 0.4), INK, width=1.5, dash="dash"),
        handle_values(-0.3, 100 * p.p, up=("p", 0.0, 0.01)),
        x=T("順位", "Rank"),
        y=T("足した確率 (%)", "Added up (%)"),
        xlim=(-0.6, len(k) - 0.4),
        ylim=(0, 108),
        xticks={i: str(i + 1) for i in range(len(k))},
        small=True,
        drag=False,
    )


def counts(r: Cut, p: Params) -> Figure:
    """Draw how many words are kept over the temperature, in both orders."""
    now = r.count
    return plot(
        "counts",
        line(TEMPERATURES, r.first, BLUE, width=2.5, shape="hv", label=T("先", "before"), at=0.0, where="top right"),
        hline(r.last, (0.1, 5.0), ORANGE, width=2.5, label=T("後", "after"), where="bottom left"),
        handle_values(p.temperature, float(now), across=("temperature", 0.0, 1.0)),
        x=T("温度 T（対数目盛）", "Temperature T (log scale)"),
        y=T("残る語", "Words kept"),
        xlim=(-1.08, 0.78),
        ylim=(0, len(r.words) + 0.9),
        xticks={v: f"{v:g}" for v in (0.1, 0.3, 1, 3)},
        log_x=True,
        whole_y=True,
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    _, _, z, own = scored(p)
    made = (
        f"before, counts = d.following({p.own!r})\nz = np.log(list(counts.values())[:{WORDS}])"
        if own
        else f"z = np.sort(np.random.default_rng({p.seed}).normal(size={WORDS}) * 1.5)[::-1]"
        if p.data == "random"
        else f"z = np.array({z.tolist()})"
    )
    return f"""\
import numpy as np
from core.llm import decoding as d

{made}
how = {{"temperature": {p.temperature!r}, "k": {min(p.k, len(z))}, "p": {p.p!r}, "fresh": {p.fresh}}}
first, last = (d.narrowed(z, order=order, **how) for order in ("first", "last"))
now = {p.order}
print("count =", now.kept.sum())
print("top =", 100 * now.share.max())
print("tail =", 100 * now.share[-1])
print("apart =", 50 * np.abs(first.share - last.share).sum())
"""


def both(**sets: Any) -> tuple[dict[str, Any], ...]:
    return sets | {"order": "first"}, sets | {"order": "last"}


RANDOM = tuple(run for seed in range(10) for run in both(data="random", seed=seed))
KINDS = ("sure", "sky", "unsure")
CUTS = tuple({"data": data, "temperature": 1.0, **cut} for cut in ({"k": 3, "p": 1.0}, {}) for data in KINDS)
CHECKS = {
    "order": Check(
        (*RANDOM, *both()),
        lambda *runs: (
            (runs[-2].count, runs[-1].count) == (6, 4)
            and all(a.count >= b.count for a, b in zip(runs[::2], runs[1::2], strict=True))
            and sum(a.count > b.count for a, b in zip(runs[:-2:2], runs[1:-2:2], strict=True)) >= 8
        ),
        control=tuple(run | {"temperature": 1.0} for run in (*RANDOM, *both())),
        measure=lambda *runs: {
            "more": sum(a.count > b.count for a, b in zip(runs[:-2:2], runs[1:-2:2], strict=True)),
            "low": min(r.apart for r in runs[:-2]),
            "high": max(r.apart for r in runs[:-2]),
        },
    ),
    "same": Check(
        tuple({"k": 3, "p": 1.0, "temperature": t} for t in (0.2, 1.0, 5.0)),
        lambda *runs: len({tuple(r.kept) for r in runs}) == 1 and runs[0].top > 90 and runs[2].top < 50,
        control=tuple({"temperature": t} for t in (0.2, 1.0, 5.0)),
    ),
    "adapts": Check(
        CUTS,
        lambda *runs: [r.count for r in runs[:3]] == [3, 3, 3] and runs[3].count < runs[4].count < runs[5].count,
        control=CUTS[:3] * 2,
    ),
    "cold": Check(
        both(temperature=0.1),
        lambda first, last: (first.count, last.count) == (1, 4) and last.top > 99,
        control=both(temperature=1.0),
    ),
}

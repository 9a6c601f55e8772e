"""The scores of a next word: of made contexts, at random, or counted in a text of one's own; and what cuts leave."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import decoding as d
from core.result import result
from core.text import T

WORDS = 8
TEMPERATURES = np.geomspace(0.1, 5.0, 61)
SKY = ("雲 cloud", "鳥 bird", "月 moon", "星 star", "雪 snow", "凧 kite", "蜂 bee", "鯨 whale")
CITY = ("東京 Tokyo", "京都 Kyoto", "大阪 Osaka", "奈良 Nara", "神戸 Kobe", "岐阜 Gifu", "佐賀 Saga", "津 Tsu")
COLOUR = ("青 blue", "赤 red", "緑 green", "白 white", "黒 black", "紺 navy", "灰 grey", "桃 pink")
MADE = {
    "sky": (SKY, (3.0, 2.4, 1.6, 1.0, 0.4, -0.2, -0.8, -1.5)),
    "sure": (CITY, (6.0, 2.5, 1.5, 1.0, 0.0, -0.5, -1.0, -2.0)),
    "unsure": (COLOUR, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)),
}


@result
class Cut:
    words: tuple[T, ...]
    context: T
    own: bool  # whether a typed text is counted
    plain: NDArray[np.float64]  # (v,) % at temperature 1, nothing cut
    seen: NDArray[np.float64]  # (v,) % that top-p adds up
    share: NDArray[np.float64]  # (v,) % after all cuts
    kept: NDArray[np.bool_]
    apart: float  # % of the draws that fall otherwise in the other order
    first: NDArray[np.int64]  # (temperatures,) how many words are kept, the temperature coming first
    last: int  # and last, whatever the temperature

    @property
    def count(self) -> int:
        """How many words are kept."""
        return int(self.kept.sum())

    @property
    def top(self) -> float:
        """% of the likeliest word."""
        return float(self.share.max())

    @property
    def tail(self) -> float:
        """% of the last word."""
        return float(self.share[-1])


def scored(p: Any) -> tuple[tuple[T, ...], T, NDArray[np.float64], bool]:
    """Give the words, what stands before them, and their scores, the highest first; and whether a text made them."""
    if p.data == "own":
        before, counts = d.following(p.own)
        if counts:
            some = list(counts.items())[:WORDS]
            return tuple(T(c, c) for c, _ in some), T(before, before), np.log([float(n) for _, n in some]), True
    if p.data == "random":
        z = np.sort(np.random.default_rng(p.seed).normal(size=WORDS) * 1.5)[::-1]
        return tuple(T(c, c) for c in "ABCDEFGH"), T("", ""), z, False
    said, z = MADE.get(p.data, MADE["sky"])
    words = tuple(T(*word.split()) for word in said)
    before = {"sure": T("日本の首都は", "Japan's capital is"), "unsure": T("好きな色は", "My favourite colour is")}
    return words, before.get(p.data, T("空に見えたのは", "In the sky I saw: ")), np.array(z), False


def compute(p: Any) -> Cut:
    words, context, z, own = scored(p)
    how = {"k": min(p.k, len(z)), "p": p.p, "fresh": p.fresh}
    ways = {order: d.narrowed(z, temperature=p.temperature, order=order, **how) for order in ("first", "last")}
    now = ways[p.order]
    few = d.top_k(z, how["k"])
    inside = np.where(few, z, -np.inf) if p.fresh else z
    seen = d.narrowed(inside, temperature=p.temperature if p.order == "first" else 1.0).share
    return Cut(
        words,
        context,
        own,
        100 * d.narrowed(z).share,
        100 * np.where(few, seen, 0),
        100 * now.share,
        now.kept,
        50 * float(np.abs(ways["first"].share - ways["last"].share).sum()),
        np.array([(few & d.nucleus(inside, p=p.p, temperature=float(t))).sum() for t in TEMPERATURES]),
        int(ways["last"].kept.sum()),
    )

"""Clicking preferences: a few answers to "which is better?" make a reward, even for pairs that nobody compared."""

from dataclasses import dataclass

import numpy as np

from core.llm import alignment as a
from core.text import PERCENT, T
from figures.spec import Stage
from pages.llm.alignment.asked import EXAMPLE, SKY, asked, mine, pairs, written
from pages.llm.alignment.boxes import chance, question, scores
from pages.llm.alignment.clicked import Clicked
from ui.params import slider, text
from ui.scene import Check, Readout

CONTROLS = ("own", "prior")


@dataclass(frozen=True)
class Params:
    own: str = text(T("自分の質問と選択肢", "A question of your own"), 120)
    prior: float = slider(
        T("スコアの広がり（事前分布）", "How far scores may spread"), 0.3, 30.0, default=1.5, log=True
    )
    clicks: str = text(T("クリックの記録", "Record of clicks"), 190, default=EXAMPLE)


def compute(p: Params) -> Clicked:
    own = asked(p.own)
    shown = own or SKY
    n = len(shown.names)
    made = pairs(mine(p.clicks, p.own), n)
    wins = a.tally(made, n)
    scores = a.bradley_terry(wins, prior=p.prior)
    error = a.around_mean(a.spread(wins, scores, prior=p.prior))
    told = a.foretold(made, n, prior=p.prior)
    unread = bool(p.own.strip()) and own is None
    return Clicked(shown, unread, made, scores, error, a.next_pair(wins, prior=p.prior), told)


READOUTS = (
    Readout("clicks", T("クリック", "Clicks"), "clicks"),
    Readout("unasked", T("比べていない組", "Never compared"), "unasked"),
    Readout("last", T("直前の予測", "Last one predicted"), "last", 0, PERCENT),
    Readout("hits", T("当たった割合", "Predicted right"), "hits", 0, PERCENT),
)


def draw(r: Clicked, p: Params) -> Stage:
    return Stage(
        (question(r, p), chance(r, p), scores(r)),
        ("question chance", "scores chance"),
        height=520,
        columns="minmax(0, 1fr) minmax(0, 1.15fr)",
        note="unread" if r.unread else None,
    )


def code(p: Params) -> str:
    r = compute(p)
    told = """\
print("last =", 100 * told[-1])
print("hits =", 50 * (1 + np.sign(np.round(told - 0.5, 9))).mean())
"""
    return f"""\
import numpy as np
from core.llm import alignment as a

n, pairs = {r.n}, {list(r.pairs)}  # (preferred, other)
print("clicks =", len(pairs))
print("unasked =", n * (n - 1) // 2 - len(set(map(frozenset, pairs))))
print("scores:", a.bradley_terry(a.tally(pairs, n), prior={p.prior!r}).round(2))
told = a.foretold(pairs, n, prior={p.prior!r})
{told if r.pairs else ""}"""


ABC = "A / B / C"


def three(clicks: str) -> dict[str, object]:
    return {"own": ABC, "prior": 30.0, "clicks": written(clicks, ABC)}


CIRCLE = " ".join(["ab bc ca"] * 5)
CHECKS = {
    "chain": Check(
        (three("ab ab ab ba bc bc bc cb"),),
        lambda r: r.unasked == 1 and 89 < r.chance[0, 2] < 91,
        control=(three("ab ba bc cb"),),
    ),
    "circle": Check(
        (three(CIRCLE),),
        lambda r: bool(np.abs(r.chance - 50).max() < 1e-6),
        control=(three(CIRCLE.replace("ca", "ac")),),
    ),
    "once": Check(
        tuple({"clicks": "ab", "prior": prior} for prior in (0.3, 1.5, 30.0)),
        lambda narrow, usual, wide: narrow.chance[0, 1] < 55 and usual.chance[0, 1] < 80 and wide.chance[0, 1] > 99,
        control=tuple({"clicks": "ab ba", "prior": prior} for prior in (0.3, 1.5, 30.0)),
    ),
}

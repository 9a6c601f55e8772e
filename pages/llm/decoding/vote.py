"""Vote or verify: what a vote needs, where a verifier's gain ends, and why another look may do harm."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import handle_values, hline, line, marks, ring, text
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, Figure, Stage
from pages.llm.decoding.answers import MOST, NAMES, Answers
from pages.llm.decoding.answers import compute as compute
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("right", "wrongs", "verifier", "n")
OVER = np.arange(1, MOST + 1)
HIGH = 16  # answers that a column shows at full distance


@dataclass(frozen=True)
class Params:
    right: int = slider(T("1 回で正解する割合", "A single answer is right"), 5, 95, default=40, unit=PERCENT)
    wrongs: int = slider(T("誤答の種類", "Kinds of wrong answers"), 1, 5, default=1)
    verifier: int = slider(T("検証器が当たる割合", "The verifier is right"), 50, 100, default=80, unit=PERCENT)
    n: int = slider(T("回答の数 n", "Answers n"), 1, MOST, default=15)
    mends: int = slider(T("見直しで誤答を直す割合", "A second look mends"), 0, 50, default=30, unit=PERCENT)
    spoils: int = slider(T("見直しで正解を壊す割合", "A second look spoils"), 0, 50, default=20, unit=PERCENT)
    seed: int = slider(T("回答を引き直す", "Redraw the answers"), 0, 99, default=0)


READOUTS = (
    Readout("elected", T("この回の多数決", "This vote elects"), "elected"),
    Readout("vote", T("多数決の正解率", "Majority"), "vote", 1, PERCENT),
    Readout("picked", T("検証器で選ぶ", "Picked by the verifier"), "picked", 1, PERCENT),
    Readout("any", T("どれかは正解", "At least one is right"), "any", 1, PERCENT),
    Readout("mended", T("見直しを重ねる", "Looked at again"), "mended", 1, PERCENT),
)


def draw(r: Answers, p: Params) -> Stage:
    return Stage((votes(r, p), curves(r, p)), ("votes curves",), height=420, columns="2fr 3fr")


def votes(r: Answers, p: Params) -> Figure:
    """Draw the answers as stacks; hollow where the verifier says no."""
    most = max(int(r.votes.max()), HIGH)
    up = np.array([(r.picks[:i] == pick).sum() + 1 for i, pick in enumerate(r.picks)])
    stacks = []
    for color, symbol, some in ((BLUE, "circle", r.picks == 0), (ORANGE, "triangle-up", r.picks > 0)):
        for said, form in ((r.yes, symbol), (~r.yes, f"{symbol}-open")):
            mine = some & said
            stacks.append(marks(r.picks[mine], up[mine], color, size=min(12.0, 190.0 / most), symbol=form))
    first = np.flatnonzero(r.votes == r.votes.max())
    return plot(
        "votes",
        stacks,
        ring(first, r.votes[first], 20),
        text(np.arange(p.wrongs + 1), r.votes + 0.07 * most, [str(v) for v in r.votes], INK, "middle center"),
        x=T("回答（A が正解）", "Answer (A is right)"),
        y=T("票", "Votes"),
        xlim=(-0.6, p.wrongs + 0.6),
        ylim=(0, 1.2 * most),
        xticks={k: NAMES[k] for k in range(p.wrongs + 1)},
        whole_y=True,
        drag=False,
    )


def curves(r: Answers, p: Params) -> Figure:
    """Draw how often each way is right, over the answers that it takes."""
    at = {"at": 1.0, "where": "top left"}
    return plot(
        "curves",
        hline(p.right, (1, MOST), MUTED, width=1, dash="dot"),
        line(
            OVER,
            r.some,
            GREEN,
            width=2,
            dash="dash",
            label=T("どれかは正解", "one is right"),
            at=0.12,
            where="bottom right",
        ),
        line(OVER, r.refined, PURPLE, width=2, label=T("見直し", "second looks"), **at),
        line(OVER, r.verified, ORANGE, width=2, label=T("検証器", "verifier"), **at),
        line(OVER, r.majority, BLUE, width=2.8, label=T("多数決", "majority"), **at),
        handle_values(1.0, float(p.right), up=("right", 0.0, 1.0)),
        handle_values(float(p.n), r.vote, across=("n", 0.0, 1.0)),
        x=T("回答の数 n、見直しは n − 1 回", "Answers n; second looks n − 1"),
        y=T("正解率 (%)", "Right (%)"),
        xlim=(-1, MOST + 2),
        ylim=(-2, 106),
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
from core.llm import decoding as d

right, n = {p.right} / 100, {p.n}
print("vote =", 100 * d.majority(right, wrongs={p.wrongs}, most=n)[-1])
print("picked =", 100 * d.verified(right, verifier={p.verifier} / 100, most=n)[-1])
print("any =", 100 * (1 - (1 - right) ** n))
print("mended =", 100 * d.refined(right, mends={p.mends} / 100, spoils={p.spoils} / 100, rounds=n - 1)[-1])
"""


CHECKS = {
    "plurality": Check(
        tuple({"n": 61, "wrongs": w} for w in (1, 2, 3, 5)),
        lambda one, two, three, five: one.vote < 10 and two.vote > 70 and three.vote > 90 and five.vote > 99,
        control=tuple({"n": 1, "wrongs": w} for w in (1, 2, 3, 5)),
    ),
    "ceiling": Check(
        tuple({"right": 20, "n": n} for n in (4, 16, MOST)),
        lambda few, some, many: many.picked < 50.01 and many.picked - some.picked < 1 and many.any > 99.9,
        control=tuple({"right": 20, "n": n, "verifier": 100} for n in (4, 16, MOST)),
    ),
    "look": Check(
        tuple({"right": right, "n": 11} for right in (90, 75, 30)),
        lambda *runs: all(abs(r.mended - 60) < 1 for r in runs) and runs[0].mended < 90,
        control=tuple({"right": right, "n": 11, "spoils": 0} for right in (90, 75, 30)),
    ),
}

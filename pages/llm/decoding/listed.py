"""All strings ranked: the likeliest next word, taken each time, does not make the likeliest sentence."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import line, marks, ring, text, vline
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Stage, Trace
from pages.llm.decoding.sentences import STATES, STEPS, Said, tally
from pages.llm.decoding.sentences import compute as compute
from pages.llm.decoding.table import words
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("who", "width", "seed", "spread")
ZOOM = ("seed", "spread")
ALL = STATES ** (STEPS + 1)
OF_ALL = T(f" / {ALL:,}", f" / {ALL:,}")


@dataclass(frozen=True)
class Params:
    who: str = choice(
        T("だれの文か", "Whose sentence"),
        {
            "greedy": T("貪欲法", "greedy"),
            "beam": T("ビームサーチ", "beam search"),
            "own": T("自分で選ぶ", "my own"),
            "best": T("いちばん確率の高い文", "the likeliest"),
        },
    )
    width: int = slider(T("ビーム幅", "Beam width"), 1, 8, default=2)
    seed: int = slider(T("モデルを引き直す", "Redraw the model"), 0, 99, default=7)
    spread: float = slider(T("次の語の散らばり", "Spread of the next word"), 0.1, 5.0, default=1.0, log=True)
    path: int = slider(
        T("自分の文の番号", "Number of my sentence"), 0, ALL - 1, default=0, when=lambda p: p.who == "own"
    )
    again: int = slider(T("サンプルを引き直す", "Redraw the samples"), 0, 99, default=0)


READOUTS = (
    Readout("rank", T("この文の順位", "This sentence's place"), "rank", 0, OF_ALL),
    Readout("chance", T("この文の確率", "Its probability"), "chance", 2, PERCENT),
    Readout("greedy", T("貪欲法の順位", "Greedy's place"), "greedy"),
    Readout("beam", T("ビームの順位", "The beam's place"), "beam"),
    Readout("hits", T("200 回中、一位の文", "The likeliest, in 200 draws"), "hits"),
)


def draw(r: Said, p: Params) -> Stage:
    return Stage((words(r, p.who), ranks(r)), ("words ranks",), height=430, columns="3fr 2fr")


def ranks(r: Said) -> Figure:
    """Draw the probability of every sentence by its place, and who stands where."""
    top = round_up(1.25 * float(r.curve[0]))
    found = ((r.greedy, ORANGE, "triangle-up", T("貪欲法", "greedy")), (r.beam, BLUE, "circle", T("ビーム", "beam")))
    stands: list[Trace] = []
    for row, (place, color, symbol, name) in enumerate(found):
        level, here = top * (0.96 - 0.08 * row), float(r.curve[place - 1])
        stands += [vline(place, (here, level - 0.03 * top), color, width=1, dash="dot")]
        stands += [marks(place, here, color, size=10, symbol=symbol), text(place, level, name, color, "middle right")]
    return plot(
        "ranks",
        line(np.arange(1, ALL + 1), r.curve, INK, width=1.5),
        marks(r.drawn, r.curve[r.drawn - 1], MUTED, size=6, opacity=0.35),
        stands,
        ring(r.rank, r.chance, 18),
        x=T("順位（対数目盛）", "Place (log scale)"),
        y=T("文の確率 (%)", "Probability (%)"),
        xlim=(-0.12, 3.14),
        ylim=(-0.02 * top, top),
        xticks={10**k: f"{10**k:,}" for k in range(4)},
        log_x=True,
        small=True,
    )


def code(p: Params) -> str:
    chosen = {
        "greedy": "d.greedy(chain)",
        "beam": f"d.beam(chain, {p.width})",
        "best": "d.best(chain)",
        "own": f"[{p.path} // 4**k % 4 for k in (4, 3, 2, 1, 0)]",
    }
    return f"""\
import numpy as np
from core.llm import decoding as d

chain = d.drawn({STATES}, {STEPS}, spread={p.spread!r}, seed={p.seed})
strings, logs = d.ranked(chain)


def place(words):
    return 1 + strings.tolist().index(list(words))


words = {chosen[p.who]}
print("rank =", place(words))
print("chance =", 100 * np.exp(d.log_probability(chain, words)))
print("greedy =", place(d.greedy(chain)))
print("beam =", place(d.beam(chain, {p.width})))
samples = d.sample(chain, 200, seed={p.again})
print("hits =", np.sum((samples == d.best(chain)).all(axis=1)))
"""


MODELS = tuple({"seed": seed} for seed in (*range(7), *range(8, 100), 7))
BEATEN = {"seed": 43}
CHECKS = {
    "greedy": Check(
        MODELS,
        lambda *runs: 40 <= tally(*runs)["greedy"] <= 60,
        control=tuple(run | {"spread": 0.1} for run in MODELS),
        measure=tally,
    ),
    "beam": Check(
        (*(run for run in MODELS if run != BEATEN), BEATEN | {"who": "beam"}),
        lambda *runs: 0 < tally(*runs)["worse"] < 5 and tally(*runs)["better"] > 30,
        control=tuple(run | {"width": 1} for run in MODELS),
        measure=tally,
    ),
    "draws": Check(
        MODELS[::5],
        lambda *runs: all(r.hits < 40 and r.above > 1 for r in runs),
        control=tuple(run | {"spread": 0.1} for run in MODELS[::5]),
        measure=lambda *runs: {
            "most": max(r.hits for r in runs),
            "least": min(r.hits for r in runs),
            "above": min(r.above for r in runs),
        },
    ),
}

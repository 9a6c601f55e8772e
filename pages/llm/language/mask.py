"""Two floors: a word among visible neighbours costs less than the next word, which says nothing of the model."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.result import result
from core.text import PERCENT, T
from figures.spec import Stage
from pages.llm.language.filled import rates, row, worth
from ui.params import slider, text, toggle
from ui.scene import Check, Readout

CONTROLS = ("rate", "said")
USUAL = "昨日 白い 猫が そっと 眠った 。"
RATES = np.linspace(0, 1, 51)
LONGEST = int(g.LENGTHS.max())


def hide(k: int, default: bool = False) -> bool:
    chosen: bool = toggle(T(f"{k} 語目を隠す", f"Mask word {k}"), default=default)
    return chosen


@dataclass(frozen=True)
class Params:
    rate: int = slider(T("マスク率", "Masking rate"), 0, 100, default=15, unit=PERCENT)
    said: str = text(T("自分で書く文", "A sentence of your own"))
    h1: bool = hide(1)
    h2: bool = hide(2)
    h3: bool = hide(3, default=True)
    h4: bool = hide(4)
    h5: bool = hide(5, default=True)
    h6: bool = hide(6)

    @property
    def sentence(self) -> str:
        """What is typed, or else the usual one."""
        return self.said.strip() or USUAL

    @property
    def hidden(self) -> tuple[bool, ...]:
        return (self.h1, self.h2, self.h3, self.h4, self.h5, self.h6)


@result
class Hidden:
    words: tuple[int, ...]
    said: bool  # whether the sentence typed is one of the language, or the beginning of one
    mask: NDArray[np.bool_]  # (words,)
    told: NDArray[np.float64]  # (words, vocabulary) given the visible words
    cost: NDArray[np.float64]  # (words,) loss of a masked word, NaN of a visible one
    ahead: NDArray[np.float64]  # (words,) loss of each from those before it
    alone: NDArray[np.float64]  # (words,) loss of each, masked alone
    curve: NDArray[np.float64]  # (rates,) least mean loss of a masked word
    floor: float  # at the rate chosen
    entropy: float
    same: float  # rate in % at which both floors are one

    @property
    def masked(self) -> float | None:
        return float(self.cost[self.mask].mean()) if self.mask.any() else None

    @property
    def causal(self) -> float | None:
        return float(self.ahead[self.mask].mean()) if self.mask.any() else None

    @property
    def hidden(self) -> int:
        return int(self.mask.sum())

    @property
    def singles(self) -> float:
        return float(self.alone.sum())

    @property
    def whole(self) -> float:
        return float(self.ahead.sum())


@functools.lru_cache(256)
def completed(typed: str) -> tuple[tuple[int, ...], bool]:
    """Find the last sentence typed, the likeliest one that begins so; the usual one where there is none."""
    words, _ = g.read(typed)
    ends = [i + 1 for i, word in enumerate(words[:-1]) if word == g.END]
    begun = words[ends[-1] :] if ends else words
    fits = [k for k, sentence in enumerate(g.SENTENCES) if sentence[: len(begun)] == begun]
    if not fits or not begun:
        return g.read(USUAL)[0], False
    return g.SENTENCES[max(fits, key=lambda k: g.PROBABILITIES[k])], True


@functools.cache
def curve() -> NDArray[np.float64]:
    return np.array([g.masked_loss(rate) for rate in RATES])


def filled(words: tuple[int, ...], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    told = g.fill(words, mask)
    assert told is not None  # a sentence of the language agrees with itself
    return told


def compute(p: Params) -> Hidden:
    words, said = completed(p.sentence)
    at, n = np.arange(len(words)), len(words)
    mask = np.array(p.hidden[:n])
    told = filled(words, mask)
    best = g.counted(g.LENGTHS.max())
    ahead = np.array([-np.log(g.next_word(LONGEST, best, words[:i])[word]) for i, word in enumerate(words)])
    alone = np.array([-np.log(filled(words, at == i)[i, word]) for i, word in enumerate(words)])
    cost = np.where(mask, -np.log(told[at, words]), np.nan)
    same = 100 * float(np.interp(g.entropy(), curve(), RATES))
    return Hidden(words, said, mask, told, cost, ahead, alone, curve(), g.masked_loss(p.rate / 100), g.entropy(), same)


READOUTS = (
    Readout("masked", T("隠した語の損失", "Loss of the masked words"), "masked", 3),
    Readout("causal", T("同じ語を左だけから", "The same from the left alone"), "causal", 3),
    Readout("floor", T("マスクの床", "Masked floor"), "floor", 3),
    Readout("entropy", T("次の語の床", "Next-word floor"), "entropy", 3),
)


def draw(r: Hidden, p: Params) -> Stage:
    figures = (
        row(r.words, r.mask, r.told),
        worth(r.words, r.cost, r.ahead),
        rates(RATES, r.curve, r.entropy, r.floor, p.rate),
    )
    note = None if r.said else "strange"
    return Stage(figures, ("row worth", "row rates"), height=440, columns="minmax(0, 3fr) minmax(0, 2fr)", note=note)


def code(p: Params) -> str:
    words = completed(p.sentence)[0]
    return f"""\
import numpy as np
from core.llm import language as g

words = {words}  # {" ".join(g.WORDS[k].ja for k in words)}
mask = {list(p.hidden[: len(words)])}
P = g.PROBABILITIES

def share(known):
    "Give the probability of all sentences that have these words at these places."
    return sum(q for s, q in zip(g.SENTENCES, P) if len(s) == len(words) and all(s[t] == w for t, w in known.items()))

def loss(t, known):
    return -np.log(share({{**known, t: words[t]}}) / share(known))

visible = {{t: w for t, w in enumerate(words) if not mask[t]}}
def ahead(t):
    begun = [q for s, q in zip(g.SENTENCES, P) if s[:t] == words[:t]]
    going = [q for s, q in zip(g.SENTENCES, P) if s[: t + 1] == words[: t + 1]]
    return -np.log(sum(going) / sum(begun))

if any(mask):
    print("masked =", np.mean([loss(t, visible) for t in range(len(words)) if mask[t]]))
    print("causal =", np.mean([ahead(t) for t in range(len(words)) if mask[t]]))
print("floor =", g.masked_loss({p.rate} / 100))
print("entropy =", -P @ np.log(P) / (P @ g.LENGTHS))
"""


OTHERS = ("毎日 船が 動く 。", "昨日 先生が よく 話した 。", "毎日 古い 電車が また 止まる 。")
CHECKS = {
    "easier": Check(({"rate": 15},), lambda r: r.floor < r.entropy - 0.3, control=({"rate": 90},)),
    "rate": Check(
        ({"rate": 70}, {"rate": 85}),
        lambda low, high: low.floor < low.entropy < high.floor,
        control=({"rate": 30}, {"rate": 50}),
    ),
    "two": Check(
        ({"h5": False}, {}),
        lambda one, two: two.cost[2] > one.cost[2] + 0.5 and two.cost[4] > two.ahead[4],
        control=({"h5": False}, {"h4": True, "h5": False}),  # an adverb says nothing of the noun
        measure=lambda one, two: {"one": one.cost[2], "two": two.cost[2]},
    ),
    "sum": Check(
        ({}, *({"said": typed} for typed in OTHERS)),
        lambda *runs: all(r.singles < r.whole - 1 for r in runs),
        control=lambda *runs: tuple(Hidden(**{**vars(r), "alone": r.ahead}) for r in runs),
    ),
}

"""A model of 1,024 sentences: its words, its tables drawn at random, and where each decoder's sentence stands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import decoding as d
from core.result import result
from core.text import T

STATES, STEPS, DRAWS = 4, 4, 200
WORDS = (
    (T("朝、", "At dawn"), T("夜、", "At night"), T("雨で、", "In rain"), T("春、", "In May")),
    (T("猫が", "the cat"), T("犬が", "a dog"), T("鳥が", "a bird"), T("僕が", "I")),
    (T("そっと", "softly"), T("急に", "suddenly"), T("また", "again"), T("やっと", "at last")),
    (T("起きて", "woke and"), T("走って", "ran and"), T("座って", "sat and"), T("泣いて", "wept and")),
    (T("歌った", "sang"), T("消えた", "vanished"), T("眠った", "slept"), T("待った", "waited")),
)
PLACE = STATES ** np.arange(STEPS, -1, -1)  # a sentence's number has its words as digits of base 4


@result
class Said:
    words: NDArray[np.int64]  # (5,) of the sentence that is shown
    next: NDArray[np.float64]  # (5, 4) probability of each word, given the one shown before it
    kept: tuple[d.Level, ...]  # what the beam held after each word
    curve: NDArray[np.float64]  # (1024,) % of all sentences, the likeliest first
    rank: int  # places, from 1: of the sentence shown, of greedy's, of the beam's
    greedy: int
    beam: int
    drawn: NDArray[np.int64]  # (DRAWS,) places of sentences that were sampled
    entropy: float  # H, nats

    @property
    def chance(self) -> float:
        """% of the sentence that is shown."""
        return float(self.curve[self.rank - 1])

    @property
    def hits(self) -> int:
        """How many of the samples are the likeliest sentence."""
        return int((self.drawn == 1).sum())

    @property
    def sentence(self) -> T:
        """The sentence itself."""
        said = [WORDS[k][word] for k, word in enumerate(self.words)]
        return T("".join(word.ja for word in said), " ".join(word.en for word in said))

    @property
    def above(self) -> float:
        """How far ln p of the best lies above E[ln p] = −H, that of a sample, in nats."""
        return float(np.log(self.curve[0] / 100)) + self.entropy


def compute(p: Any) -> Said:
    chain = d.drawn(STATES, STEPS, spread=p.spread, seed=p.seed)
    strings, logs = d.ranked(chain)
    place = np.empty(len(strings), np.int64)
    place[strings @ PLACE] = np.arange(1, len(strings) + 1)  # of each sentence, by its number
    ways = {"greedy": d.greedy(chain), "beam": d.beam(chain, p.width), "best": strings[0]}
    words = ways[p.who] if p.who in ways else p.path // PLACE % STATES
    following = np.vstack([chain.start, chain.steps[np.arange(STEPS), words[:-1]]])
    rank, greedy, beam = (int(place[way @ PLACE]) for way in (words, ways["greedy"], ways["beam"]))
    drawn = place[d.sample(chain, DRAWS, seed=p.again) @ PLACE]
    kept = d.searched(chain, p.width)
    return Said(words, following, kept, 100 * np.exp(logs), rank, greedy, beam, drawn, d.entropy(chain))


def tally(*runs: Said) -> dict[str, int]:
    """Count, over models, where greedy and the beam find the best, and which of the two finds the better one."""
    return {
        "greedy": sum(r.greedy == 1 for r in runs),
        "beam": sum(r.beam == 1 for r in runs),
        "better": sum(r.beam < r.greedy for r in runs),
        "same": sum(r.beam == r.greedy for r in runs),
        "worse": sum(r.beam > r.greedy for r in runs),
        "last": max(r.greedy for r in runs),
        "n": len(runs),
    }

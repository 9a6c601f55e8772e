"""A language of six hundred sentences, in Japanese and English word by word, whose probabilities are all known.

A sentence is a time, perhaps an adjective, a noun, perhaps an adverb, a verb, and the full stop. The noun says which
verbs can follow, and the time says their tense, up to four words later: who sees less than four words back has to
guess what is already decided.
"""

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from core.text import T

KINDS: tuple[tuple[T, ...], ...] = (
    (T("昨日", "once"), T("毎日", "daily")),
    (T("白い", "white"), T("小さな", "small"), T("古い", "old"), T("静かな", "calm")),
    (
        *(T("猫が", "cats"), T("犬が", "dogs")),
        *(T("先生が", "teachers"), T("医者が", "doctors")),
        *(T("電車が", "trains"), T("船が", "ships")),
    ),
    (T("ゆっくり", "slowly"), T("そっと", "gently"), T("また", "again"), T("よく", "often")),
    (
        *(T("眠った", "slept"), T("眠る", "sleep"), T("話した", "spoke"), T("話す", "speak")),
        *(T("止まった", "stopped"), T("止まる", "stop"), T("動いた", "moved"), T("動く", "move")),
    ),
    (T("。", "."),),
)
WORDS: tuple[T, ...] = tuple(word for kind in KINDS for word in kind)
STARTS = tuple(itertools.accumulate((len(kind) for kind in KINDS), initial=0))  # of each kind among the words
TIME, ADJECTIVE, NOUN, ADVERB, VERB, END = STARTS[:6]

OFTEN = (0.4, 0.3, 0.2, 0.1)  # of the four adjectives, and of the four adverbs
NOUNS = (0.25, 0.15, 0.2, 0.1, 0.2, 0.1)
ADJECTIVES, ADVERBS = 0.5, 0.8  # of all sentences have one
OWN = 0.85  # share of the verb that only the noun's class has; else it moves


def _sentences() -> tuple[tuple[tuple[int, ...], ...], NDArray[np.float64]]:
    """List all sentences as indices of words, with their probabilities."""
    adjectives, adverbs = (
        ((1 - share, -1), *((share * of, k) for k, of in enumerate(OFTEN))) for share in (ADJECTIVES, ADVERBS)
    )
    found: dict[tuple[int, ...], float] = {}
    for tense, (pa, adjective), (noun, pn), (pd, adverb), (own, pv) in itertools.product(
        range(2), adjectives, enumerate(NOUNS), adverbs, ((True, OWN), (False, 1 - OWN))
    ):
        sentence = [TIME + tense]
        sentence += [ADJECTIVE + adjective] if adjective >= 0 else []
        sentence += [NOUN + noun]
        sentence += [ADVERB + adverb] if adverb >= 0 else []
        sentence += [VERB + 2 * (noun // 2 if own else 3) + tense, END]
        found[tuple(sentence)] = 0.5 * pa * pn * pd * pv
    p = np.array(list(found.values()))
    p.flags.writeable = False
    return tuple(found), p


SENTENCES, PROBABILITIES = _sentences()
LENGTHS = np.array([len(sentence) for sentence in SENTENCES])


def entropy() -> float:
    """Give the entropy of the language in nats a word, the full stop counted: nobody's mean loss is less."""
    # A sentence's words tell it and nothing else, so that h = H(sentence) / E[length].
    return float(-(PROBABILITIES @ np.log(PROBABILITIES)) / (PROBABILITIES @ LENGTHS))


def draw(n: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Draw n sentences; give their places in `SENTENCES`.

    Raises
    ------
    ValueError
        n is below 1.
    """
    if n < 1:
        raise ValueError("At least one sentence must be drawn.")
    u = np.random.default_rng(seed).random(n)
    return np.minimum(np.searchsorted(PROBABILITIES.cumsum(), u, side="right"), len(SENTENCES) - 1).astype(np.int64)


def read(typed: str) -> tuple[tuple[int, ...], bool]:
    """Find the language's words, of either tongue, in what somebody typed.

    Returns
    -------
    words, all
        Indices of words, and whether nothing else was there.
    """
    at, found, rest, text = 0, [], False, typed.lower()
    while at < len(text):
        name = next((name for name in _names() if text.startswith(name, at)), "")
        if name:
            found.append(_names()[name])
        elif not text[at].isspace():
            rest = True
        at += len(name) or 1
    return tuple(found), not rest


@functools.cache
def _names() -> dict[str, int]:
    """Map each word of either tongue to its index, the longest first: "静かな" holds no other."""
    names = {name: k for k, word in enumerate(WORDS) for name in (word.ja, word.en)}
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))

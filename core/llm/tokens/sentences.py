"""Texts to learn tokens from: 480 sentences of this app's own lessons, each in Japanese and in English."""

import functools

from core import door
from core.ahead import ASSETS
from core.llm.tokens.pairs import Merges

FILE = ASSETS / "tokens" / "sentences.tsv"
HELD_OUT = 8  # every so-many-th pair is kept for measuring
LANGUAGES = ("ja", "en")


@functools.cache
def sentences(*, held_out: bool = False) -> tuple[tuple[str, str], ...]:
    """Give the pairs (Japanese, English) to train on, or those that are kept for measuring."""
    rows = FILE.read_text(encoding="utf-8").splitlines()
    pairs = [tuple(row.split("\t")) for row in rows]
    return tuple((ja, en) for i, (ja, en) in enumerate(pairs) if (i % HELD_OUT == HELD_OUT - 1) == held_out)


@functools.cache
def corpus(share: int) -> str:
    """Give the training text in which `share` % of the sentences are Japanese, the others English, evenly mixed."""
    share = door.whole("share", share, least=0, most=100)
    # The k-th sentence is Japanese where the whole number of Japanese ones so far goes up.
    chosen = [pair[0 if (k + 1) * share // 100 > k * share // 100 else 1] for k, pair in enumerate(sentences())]
    return "\n".join(chosen)


@functools.cache
def measured() -> tuple[str, str]:
    """Give the held-out sentences as one text a language: the same said twice."""
    ja, en = zip(*sentences(held_out=True), strict=True)
    return "\n".join(ja), "\n".join(en)


def counts(merges: Merges) -> tuple[list[int], list[int]]:
    """Count the tokens of the held-out text, Japanese and English, before the first merge and after each."""
    ja, en = ([len(ids) for ids in merges.stages(text)] for text in measured())
    return ja, en

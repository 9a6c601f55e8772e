"""A text whose pairs are merged one by one, the commonest or those that somebody picked."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import tokens as t
from core.result import result
from core.text import T
from pages.llm.tokens.shared import is_whole, shown

CHOICES = 6  # pairs to choose from
Ids = NDArray[np.int64]
JAPANESE = (
    "すもももももももものうち",
    "あさがおがあさからあかい",
    "このこねこのこはここのこ",
    "にわにはにわとりがいる",
    "まちのまつりのまつのき",
)
ENGLISH = (
    "she sells sea shells",
    "low lower newer wider",
    "a bad banana bandana",
    "that hat sat on a mat",
    "see the sea, she said",
)


@result
class Merging:
    """A text, and what was merged in it so far."""

    ids: tuple[int, ...]
    tokens: tuple[bytes, ...]  # of each id
    waiting: tuple[tuple[t.Pair, int], ...]  # pairs to merge next, with how often they stand there
    picked: str  # the rank of each pair that was merged
    mine: tuple[int, ...]  # tokens before the first merge and after each
    greedy: tuple[int, ...]  # the same, if always the commonest pair is merged
    letters: int

    @property
    def now(self) -> int:
        """Give the id that was made last, -1 if none."""
        return len(self.tokens) - 1 if self.picked else -1

    @property
    def choices(self) -> int:
        return len(self.waiting)

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def made(self) -> T | None:
        return T(*[shown(self.tokens[-1])] * 2) if self.picked else None

    @property
    def whole(self) -> bool:
        """Whether the token made last holds no part of a character."""
        return is_whole(self.tokens[-1])

    @property
    def usual(self) -> int | None:
        return self.greedy[-1] if self.picked.strip("0") else None


def walk(said: str, picks: str, merges: int) -> tuple[list[t.Pair], str, list[Ids]]:
    """Merge as picked, then the commonest; stop where no pair stands at two places.

    Gives the pairs, their ranks, and the ids before the first merge and after each.
    """
    stages, pairs, picked = [t.spelled(said)], [], ""
    for k in range(merges):
        ready = waiting(stages[-1])
        if not ready:
            break
        rank = min(int(picks[k]) if k < len(picks) and picks[k] in "012345" else 0, len(ready) - 1)
        pairs.append(ready[rank][0])
        picked += str(rank)
        stages.append(t.merged(stages[-1], pairs[-1], t.BYTES + k))
    return pairs, picked, stages


def waiting(ids: Ids) -> list[tuple[t.Pair, int]]:
    """Give the pairs that may be merged next."""
    return [(pair, count) for pair, count in t.common(ids, CHOICES) if count > 1]


def compute(p: Any) -> Merging:
    pairs, picked, stages = walk(p.own, p.picks, p.merges)
    usual = walk(p.own, "", p.merges)[2]
    return Merging(
        tuple(int(i) for i in stages[-1]),
        t.Merges(tuple(pairs)).tokens,
        tuple(waiting(stages[-1])),
        picked,
        tuple(map(len, stages)),
        tuple(map(len, usual)),
        len(p.own),
    )


def firsts(texts: tuple[str, ...]) -> tuple[dict[str, object], ...]:
    """Merge one pair of each text."""
    return tuple({"own": said, "merges": 1} for said in texts)

"""Byte-pair encoding: the commonest pair of neighbours becomes one token, again and again."""

import functools
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from core import door
from core.result import result

BYTES = 256  # ids below are single bytes; the k-th merge makes id 256 + k
MOST = 4000  # merges
Ids = NDArray[np.int64]
Pair = tuple[int, int]


@result
class Merges:
    """What training found: pairs of ids, in the order in which they were merged; the k-th makes id 256 + k."""

    pairs: tuple[Pair, ...]

    @functools.cached_property
    def tokens(self) -> tuple[bytes, ...]:
        """Give the bytes of each id."""
        tokens = [bytes([i]) for i in range(BYTES)]
        for left, right in self.pairs:
            tokens.append(tokens[left] + tokens[right])
        return tuple(tokens)

    def encode(self, text: str) -> list[int]:
        """Give the ids of a text: each merge in turn, wherever its pair stands, from left to right."""
        *_, ids = self.stages(text)
        return [int(i) for i in ids]

    def stages(self, text: str) -> Iterator[Ids]:
        """Yield the ids of a text before the first merge and after each."""
        ids = spelled(text)
        yield ids
        for k, pair in enumerate(self.pairs):
            ids = merged(ids, pair, BYTES + k)
            yield ids

    def decode(self, ids: Iterable[int]) -> str:
        """Give the text of ids. Bytes that are no character, because it was cut, become U+FFFD (�).

        Raises
        ------
        ValueError
            There is no such id.
        """
        known = [door.whole("id", i, least=0, most=len(self.tokens) - 1) for i in ids]
        return b"".join(self.tokens[i] for i in known).decode("utf-8", errors="replace")

    def first(self, count: int) -> "Merges":
        """Give the tokenizer as it was after `count` merges: merges are nested."""
        return Merges(self.pairs[:count])

    def extended(self, other: "Merges", count: int) -> "Merges":
        """Add the first `count` tokens of another tokenizer that are not there yet, with the merges that make them."""
        ids = {token: i for i, token in enumerate(self.tokens)}
        pairs = list(self.pairs)
        for token, (left, right) in zip(other.tokens[BYTES:], other.pairs, strict=True):
            if len(pairs) >= len(self.pairs) + count:
                break
            if token not in ids:  # its parts are bytes, or came before it
                pairs.append((ids[other.tokens[left]], ids[other.tokens[right]]))
                ids[token] = BYTES + len(pairs) - 1
        return Merges(tuple(pairs))


def train(text: str, merges: int) -> Merges:
    """Learn merges from a text.

    The pair that stands at most places is merged; of "aaa", both places count. Among equals the pair with the
    smallest left id wins, then the one with the smallest right id: bytes before what was merged, older merges before
    younger. The text is not split into words first. Training ends early where no pair stands at two places.

    Parameters
    ----------
    text
        What to learn from; its UTF-8 bytes are the first tokens.
    merges
        How many pairs to merge, at most 4000.

    Source: P. Gage (1994), "A new algorithm for data compression"; R. Sennrich et al. (2016), arXiv:1508.07909; on
    bytes as in A. Radford et al. (2019), "Language models are unsupervised multitask learners".
    """
    spelled(text)  # complains of what is no text
    return _learnt(text, door.whole("merges", merges, least=0, most=MOST))


@functools.lru_cache(32)
def _learnt(text: str, merges: int) -> Merges:
    ids = spelled(text)
    size = BYTES + min(merges, len(ids))  # each merge makes the text shorter
    counts = np.zeros((size, size), np.int32)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    pairs: list[Pair] = []
    for new in range(BYTES, size):
        left, right = (int(i) for i in np.unravel_index(int(np.argmax(counts)), counts.shape))  # the first of equals
        if counts[left, right] < 2:
            break
        at = places(ids, (left, right))
        # Only pairs that touch a merged place change: they are taken out before, and put back in after.
        before = _within(np.concatenate([at - 1, at, at + 1]), len(ids) - 1)
        np.subtract.at(counts, (ids[before], ids[before + 1]), 1)
        ids = merged(ids, (left, right), new)
        now = at - np.arange(len(at))
        after = _within(np.concatenate([now - 1, now]), len(ids) - 1)
        np.add.at(counts, (ids[after], ids[after + 1]), 1)
        pairs.append((left, right))
    return Merges(tuple(pairs))


def spelled(text: str) -> Ids:
    """Give a text's UTF-8 bytes.

    Raises
    ------
    ValueError
        It is no text, or holds half a character (a lone surrogate).
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be a string, not {type(text).__name__}.")
    try:
        return np.frombuffer(text.encode("utf-8"), np.uint8).astype(np.int64)
    except UnicodeEncodeError:
        raise ValueError("text holds half a character (a lone surrogate).") from None


def places(ids: Ids, pair: Pair) -> Ids:
    """Find where a pair is merged: from left to right, no place twice."""
    at = np.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))
    if pair[0] != pair[1] or len(at) < 2:
        return at
    # In a run of equal ids every other place: the second of "aaa" is used up by the first.
    n = np.arange(len(at))
    start = np.maximum.accumulate(np.where(np.diff(at, prepend=-2) > 1, n, 0))
    kept: Ids = at[(n - start) % 2 == 0]
    return kept


def merged(ids: Ids, pair: Pair, new: int) -> Ids:
    """Put the id `new` wherever the pair stands."""
    at = places(ids, pair)
    if not len(at):
        return ids
    left, ids = np.ones(len(ids), bool), ids.copy()
    ids[at] = new
    left[at + 1] = False
    return ids[left]


def common(ids: Ids, most: int) -> list[tuple[Pair, int]]:
    """Give the pairs that stand at most places, with their counts, in the order of `train`."""
    if len(ids) < 2:
        return []
    pairs, counts = np.unique(np.stack([ids[:-1], ids[1:]], 1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]  # `pairs` come sorted
    return [((int(pairs[i, 0]), int(pairs[i, 1])), int(counts[i])) for i in order]


def _within(at: Ids, end: int) -> Ids:
    inside: Ids = np.unique(at[(at >= 0) & (at < end)])
    return inside

"""Pages that rules sift, the page that one reads, and how far a planted number is given away."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import tokens as t
from core.result import result
from pages.llm.tokens.shared import wide

PAGES, LONGEST, TOP = 160, 1800, 12  # pages, characters that are drawn, copies of the number
COPIES = np.arange(TOP + 1)
SEEDS = 10
LETTERS, LINES = 50, 7  # widths of a letter in a line of the page that is shown, and its lines


@result
class Sifted:
    """What the rules keep."""

    crawl: t.Measured
    kept: NDArray[np.bool_]
    kinds: tuple[str, ...]
    total: NDArray[np.int64]  # pages of each kind
    left: NDArray[np.int64]  # those of them that are kept
    kind: str  # of the page that one reads
    text: tuple[str, ...]  # its first lines
    exposed: NDArray[np.float64]  # (seeds, copies) bits
    now: float  # of them at the chosen copies

    @property
    def count(self) -> int:
        return int(self.kept.sum())

    @property
    def precision(self) -> float:
        """Give the % of the kept pages that are good."""
        return 100 * float(self.crawl.good[self.kept].mean()) if self.count else float("nan")

    @property
    def recall(self) -> float:
        """Give the % of the good pages that are kept."""
        return 100 * float(self.kept[self.crawl.good].mean())

    @property
    def gone(self) -> set[str]:
        """Give the kinds of which no page is kept."""
        return {kind for kind, left in zip(self.kinds, self.left, strict=True) if not left}

    def fewer(self, before: "Sifted") -> set[str]:
        """Give the kinds of which fewer pages are kept than before."""
        return {kind for kind, a, b in zip(self.kinds, before.left, self.left, strict=True) if b < a}

    @property
    def rank(self) -> float:
        return 10_000 / 2**self.now


@functools.lru_cache(SEEDS)
def crawl(seed: int) -> tuple[tuple[t.Page, ...], t.Measured]:
    pages = t.pages(PAGES, seed=seed)
    return pages, t.measure(pages)


@functools.cache
def exposures() -> NDArray[np.float64]:
    return np.array([[t.exposure(int(n), seed=seed) for n in COPIES] for seed in range(SEEDS)])


def broken(said: str) -> tuple[str, ...]:
    """Break a text into its first lines; a word of ASCII letters is kept whole."""
    lines, width = [""], 0
    for char in said:
        if char == "\n" or width + wide(char) > LETTERS:
            head, _, word = lines[-1].rpartition(" ")
            if head and char != "\n" and char != " " and (word + char).isascii():
                lines[-1] = head
            else:
                word = ""
            lines.append(word)
            width = len(word)
            char = "" if char == " " else char  # no line begins with the space at which it was broken
        if char and char.isprintable():
            lines[-1] += char
            width += wide(char)
        if len(lines) > LINES:
            return (*lines[: LINES - 1], "…")
    return tuple(lines)


def compute(p: Any) -> Sifted:
    pages, m = crawl(p.seed)
    kept = t.kept(m, least=p.least, share=p.share, repeat=p.repeat)
    kind = np.array([list(t.KINDS).index(page.kind) for page in pages])
    exposed = exposures()
    return Sifted(
        m,
        kept,
        tuple(t.KINDS),
        np.bincount(kind, minlength=len(t.KINDS)),
        np.bincount(kind[kept], minlength=len(t.KINDS)),
        pages[p.page].kind,
        broken(pages[p.page].text),
        exposed,
        float(exposed[p.seed, p.times]),
    )


def rules(*runs: Sifted) -> dict[str, float]:
    """Give ranges over the first six runs and the next six."""
    found = {}
    for name, some in (("", runs[:6]), ("then_", runs[6:])):
        for what in ("precision", "recall", "rank") if some else ():
            values = [getattr(r, what) for r in some]
            found |= {f"{name}{what}_low": min(values), f"{name}{what}_high": max(values)}
    return found

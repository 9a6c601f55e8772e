"""What clicks say: scores, how sure they are, and what was foretold."""

import numpy as np
from numpy.typing import NDArray

from core.llm import alignment as a
from core.result import result
from core.text import T
from pages.llm.alignment.asked import Asked


@result
class Clicked:
    asked: Asked
    unread: bool  # whether something was typed that is no list
    pairs: tuple[tuple[int, int], ...]
    scores: NDArray[np.float64]  # (n,)
    error: NDArray[np.float64]  # (n,) standard deviation of each around their mean
    next: tuple[int, int]
    told: NDArray[np.float64]  # (clicks,) how likely each was held to be before it was made

    @property
    def n(self) -> int:
        return len(self.scores)

    @property
    def chance(self) -> NDArray[np.float64]:
        """(n, n) how likely the row is to be preferred to the column, %."""
        return 100 * a.chances(self.scores)

    @property
    def clicks(self) -> int:
        return len(self.pairs)

    @property
    def unasked(self) -> int:
        """Pairs that were never compared."""
        return self.n * (self.n - 1) // 2 - len({frozenset(pair) for pair in self.pairs})

    @property
    def last(self) -> float | None:
        return 100 * float(self.told[-1]) if len(self.told) else None

    @property
    def hits(self) -> float | None:
        """Clicks that were held to be the likelier, %; of even ones half."""
        return 50 * float((1 + np.sign(np.round(self.told - 0.5, 9))).mean()) if len(self.told) else None

    @property
    def shown(self) -> tuple[int, int]:
        """The two that are asked now; which comes first changes from click to click."""
        return self.next if self.clicks % 2 == 0 else self.next[::-1]

    @property
    def upper(self) -> T:
        return self.asked.whole(self.shown[0])

    @property
    def lower(self) -> T:
        return self.asked.whole(self.shown[1])

    @property
    def best(self) -> T:
        return self.asked.names[int(self.scores.argmax())]

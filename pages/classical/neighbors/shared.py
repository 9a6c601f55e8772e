"""What several scenes share: k and the query."""

import functools
from dataclasses import dataclass
from typing import Any

from core.text import T
from ui.params import slider

PERCENT = T("%", "%")
percent: Any = functools.partial(slider, low=0.0, high=100.0, step=0.5, unit=PERCENT)


@dataclass(frozen=True)
class Voters:
    k: int = slider(T("近傍の数 k", "Neighbours k"), 1, 200, default=7)

    def note(self, k: int) -> str | None:
        """Name the sentence that says that fewer neighbours are asked, where there are not so many."""
        return "fewer" if k < self.k else None


@dataclass(frozen=True)
class Query:
    qx: float = percent(T("調べる点: 横", "Query: across"), default=54.0)
    qy: float = percent(T("調べる点: 縦", "Query: up"), default=54.0)

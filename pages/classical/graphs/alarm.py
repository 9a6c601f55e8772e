"""The alarm that burglars and earthquakes set off, and the cases that are left when some of it is known."""

import numpy as np
from numpy.typing import NDArray

from core.result import result
from core.text import T
from figures.marks import bars, marks, text
from figures.plot import round_up, sheet
from figures.spec import BLUE, INK, MUTED, Figure

PARENTS = {"burglary": (), "quake": (), "alarm": ("burglary", "quake"), "john": ("alarm",), "mary": ("alarm",)}
TABLES = {"quake": 0.002, "alarm": [[0.001, 0.29], [0.94, 0.95]], "john": [0.05, 0.90], "mary": [0.01, 0.70]}
PLACES = {"burglary": (2.1, 6.9), "quake": (7.9, 6.9), "alarm": (5.0, 4.0), "john": (2.1, 1.1), "mary": (7.9, 1.1)}
WORDS = {
    "burglary": T("泥棒", "Burglary"),
    "quake": T("地震", "Earthquake"),
    "alarm": T("警報", "Alarm"),
    "john": T("隣人 J の電話", "John calls"),
    "mary": T("隣人 M の電話", "Mary calls"),
}
HEADS = [T("泥棒", "B"), T("地震", "E"), T("警報", "A"), "J", "M"]
ROWS = 8  # cases that are drawn
STEP, START = 1.55, 7.3  # between columns of squares; where the bars begin
KNOWN = {"open": T("不明", "not known"), "yes": T("あり", "yes"), "no": T("なし", "no")}
NEXT = {"open": "yes", "yes": "no", "no": "open"}  # what a click makes of it


@result
class Away:
    chance: NDArray[np.float64]  # (5,) of each node, given what is known, %
    worlds: NDArray[np.int64]  # (m, 5) the cases that are left, the likeliest first
    weight: NDArray[np.float64]  # (m,) their probabilities
    asked: int
    before: float  # of the node asked for, while nothing is known, %

    @property
    def now(self) -> float:
        return float(self.chance[self.asked])

    @property
    def total(self) -> float:
        """How many of a million cases agree with what is known."""
        return 1e6 * float(self.weight.sum())

    @property
    def agree(self) -> float:
        """And those of them in which what is asked for is so."""
        return 1e6 * float(self.weight[self.worlds[:, self.asked] == 1].sum())

    @property
    def left(self) -> int:
        return len(self.weight)


def cases(r: Away) -> Figure:
    """Draw the likeliest cases as rows: a filled square is yes, an open one no, and a bar its share of all."""
    states, share = r.worlds[:ROWS], r.weight / r.weight.sum()
    agree = share * (r.worlds[:, r.asked] == 1)
    more = len(share) - ROWS
    parts = [np.r_[part[:ROWS], [part[ROWS:].sum()] * (more > 0)] for part in (agree, share - agree)]
    whole = parts[0] + parts[1]
    long = 4.6 / round_up(float(whole.max()))
    at = -np.arange(len(whole), dtype=float)
    row, column = np.indices(states.shape)
    squares = [
        marks(STEP * column[states == state], -row[states == state], color, size=12, symbol=symbol)
        for state, color, symbol in ((1, INK, "square"), (0, MUTED, "square-open"))
        if (states == state).any()
    ]
    return sheet(
        "cases",
        text(STEP * np.arange(5), np.full(5, 0.95), HEADS, at="middle center"),
        squares,
        bars(START, START + long * parts[0], at, 0.3, BLUE, 0.55),
        bars(START + long * parts[0], START + long * whole, at, 0.3, MUTED, 0.35),
        text(START + long * whole, at, [f"{100 * v:.3g}%" for v in whole]),
        text(2 * STEP, -ROWS, T(f"ほか {more} 通り", f"{more} more"), at="middle center") if more > 0 else None,
        xlim=(-0.9, 14.4),
        ylim=(-ROWS - 0.6, 1.6),
    )

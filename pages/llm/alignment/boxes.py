"""What is pressed: the two answers of a question, and any pair in the table of chances."""

from typing import Protocol

import numpy as np

from core.text import T
from figures.marks import box, line, marks, press, ring, segments, text
from figures.plot import matrix, plot, sheet
from figures.spec import BLUE, INK, MUTED, NOW, Figure
from pages.llm.alignment.asked import EXAMPLE, LETTERS, added, mine, written
from pages.llm.alignment.clicked import Clicked

ROWS, HALF = (6.75, 4.1, 0.75), (4.85, 1.25)  # of the two answers and of what takes a click back; half a box
SMALL = (2.4, 0.62)  # half of what is drawn of the last one: a finger may be wider
BACK, CLEAR = T("一つ戻す", "undo one"), T("例を消す", "clear the example")


def around(x: float, y: float, half: tuple[float, float]) -> tuple[list[float], list[float]]:
    dx, dy = half
    return [x - dx, x + dx, x + dx, x - dx, x - dx], [y - dy, y - dy, y + dy, y + dy, y - dy]


class Typed(Protocol):
    """What this reads of the parameters."""

    @property
    def own(self) -> str: ...
    @property
    def clicks(self) -> str: ...


def question(r: Clicked, p: Typed) -> Figure:
    """Draw the two answers to choose from."""
    two, clicks = r.shown, mine(p.clicks, p.own)
    back, left = (CLEAR, "") if clicks == EXAMPLE else (BACK, " ".join(clicks.split()[:-1]))
    drawn = [line(*around(5, ROWS[2], SMALL), MUTED, width=1), text(5, ROWS[2], back, MUTED, "middle center")]
    for this, y in zip(two, ROWS[:2], strict=True):
        drawn += [box(5 - HALF[0], 5 + HALF[0], y - HALF[1], y + HALF[1], INK, 0.06)]
        drawn += [line(*around(5, y, HALF), NOW, width=2)]
        words = r.asked.lines[this]
        drawn += [text(5, y + 0.45 * (len(words) - 1 - 2 * i), words[i], at="middle center") for i in range(len(words))]
    sets = [added(clicks, *two), added(clicks, *two[::-1]), left]
    return sheet(
        "question",
        drawn,
        text(5, 8.55, r.asked.question, INK, "middle center"),
        press([5] * 3, ROWS, HALF, [{"clicks": written(each, p.own)} for each in sets]),
        xlim=(0, 10),
        ylim=(0.05, 9.1),
    )


def chance(r: Clicked, p: Typed) -> Figure:
    """Draw how likely each is to be preferred to each; a frame says that somebody compared them."""
    n, clicks = r.n, mine(p.clicks, p.own)
    shown = r.chance.copy()
    np.fill_diagonal(shown, np.nan)
    across, up = np.meshgrid(np.arange(n), np.arange(n)[::-1])
    off = [(i, j) for i in range(n) for j in range(n) if i != j]
    met = {frozenset(pair) for pair in r.pairs}
    frames = [
        line(*around(across[i, j], up[i, j], (0.44, 0.44)), INK, width=1.8) for i, j in off if frozenset((i, j)) in met
    ]
    letters = [LETTERS[k].upper() for k in range(n)]
    names = [T(f"{c} {name.ja}", f"{c} {name.en}") for c, name in zip(letters, r.asked.names, strict=True)]
    return matrix(
        "chance",
        shown,
        names,
        letters,
        frames,
        press(
            [across[k] for k in off],
            [up[k] for k in off],
            (0.47, 0.47),
            [{"clicks": written(added(clicks, i, j), p.own)} for i, j in off],
        ),
        x=T("行が列より選ばれる確率 (%)", "Row preferred to column (%)"),
        y="",
        small=True,
        margin={"l": 108},
    )


def scores(r: Clicked) -> Figure:
    """Draw each score with twice its error on either side."""
    up = np.arange(r.n)[::-1]
    reach = max(1.0, float((np.abs(r.scores) + 2 * r.error).max()) * 1.05)
    ends = [np.stack([r.scores + side * 2 * r.error, up], -1) for side in (-1, 1)]
    return plot(
        "scores",
        line((0, 0), (-0.6, r.n - 0.4), MUTED, width=1, dash="dot"),
        segments(*ends, BLUE, width=2),
        marks(r.scores, up, BLUE, size=10),
        ring(r.scores[list(r.next)], up[list(r.next)]),
        x=T("スコア（報酬）", "Score (reward)"),
        y="",
        xlim=(-reach, reach),
        ylim=(-0.6, r.n - 0.4),
        yticks=dict(zip(up.tolist(), r.asked.names, strict=True)),
        small=True,
        drag=False,
        margin={"l": 92},
    )

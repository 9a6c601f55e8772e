"""The model's words as a table to press, with the way of a sentence through it."""

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import heat, line, press, shade, text
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, NOW, ORANGE, Figure, Trace
from pages.llm.decoding.sentences import PLACE, STATES, STEPS, WORDS, Said

COLORS = {"greedy": ORANGE, "beam": BLUE, "best": INK, "own": INK}
LOWER = 0.07  # a way runs between a word and its number


def words(r: Said, who: str) -> Figure:
    """Draw the words as a table, a column a place; a pressed word takes the place of the one in its column."""
    x, y = (v.ravel() for v in np.meshgrid(np.arange(STEPS + 1), np.arange(STATES)[::-1]))
    number = int(r.words @ PLACE)
    at = [(k, STATES - 1 - y_) for k, y_ in zip(x.tolist(), y.tolist(), strict=True)]
    sets = [{"who": "own", "path": number + int((word - r.words[k]) * PLACE[k])} for k, word in at]
    tint = heat(shade(r.next.T[::-1], 0, 1), (0, STEPS), (0, STATES - 1), ((0, "$paper"), (1, BLUE)), 0.5, smooth=False)
    way = np.arange(STEPS + 1), STATES - 1 - r.words
    return plot(
        "words",
        tint,
        held(r) if who == "beam" else None,
        line(way[0], way[1] - LOWER, COLORS[who], width=2.5),
        around(*way),
        text(x, y + 0.1, [WORDS[k][word] for k, word in at], INK, "middle center"),
        text(x, y - 0.24, [f"{100 * r.next[k, word]:.0f}%" for k, word in at], MUTED, "middle center"),
        text(STEPS / 2, STATES - 0.22, r.sentence, INK, "middle center"),
        press(x, y, (0.48, 0.46), sets),
        x=T("文の中の位置", "Place in the sentence"),
        y="",
        xlim=(-0.5, STEPS + 0.5),
        ylim=(-0.5, STATES + 0.05),
        xticks={k: str(k + 1) for k in range(STEPS + 1)},
        drag=False,
        margin={"l": 10, "r": 10},
    )


def around(x: NDArray[np.int64], y: NDArray[np.int64]) -> Trace:
    """Frame the cells of the sentence that is shown."""
    across, up = np.array([-1, 1, 1, -1, -1, np.nan]), np.array([-1, -1, 1, 1, -1, np.nan])
    return line((x[:, None] + 0.46 * across).ravel(), (y[:, None] + 0.45 * up).ravel(), NOW, width=2.5)


def held(r: Said) -> list[Trace]:
    """Draw the last word that was added to each prefix in the beam."""
    ends = [row[-2:] for level in r.kept[1:] for row in level.prefixes]
    starts = [k for k, level in enumerate(r.kept[1:]) for _ in level.prefixes]
    return [
        line([k, k + 1], [STATES - 1 - a - LOWER, STATES - 1 - b - LOWER], BLUE, width=1.4, dash="dash")
        for k, (a, b) in zip(starts, ends, strict=True)
    ]

"""A graph as this lesson draws it: boxes to press, with arrows between them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.text import T
from figures.marks import arrow, box, line, press, text
from figures.plot import Mark, sheet
from figures.spec import INK, MUTED, NOW, PAPER, Figure

Places = Mapping[str, tuple[float, float]]
Half = tuple[float, float]
SIZE = (10.0, 8.0)


def graph(
    name: str,
    places: Places,
    parents: Mapping[str, Sequence[str]],
    *inside: Mark,
    half: Half,
    known: Sequence[str],
    asked: Sequence[str],
    sets: Mapping[str, Mapping[str, Any]],
    bold: Sequence[tuple[str, str]] = (),
) -> Figure:
    """Draw a graph.

    Parameters
    ----------
    places, half
        The middles of the boxes, within `SIZE`, and half of a box's width and height.
    inside
        Marks in the boxes.
    known, asked
        Nodes that are known, which are grey, and those that the question is about, which have the frame of "now".
    sets
        The fields that pressing a node sets; one that is not named cannot be pressed.
    bold
        Arrows (parent, child) that are drawn bold.
    """
    arrows = [(parent, child) for child, of in parents.items() for parent in of]
    drawn = []
    for strong in (False, True):
        ends = [edge(places[a], places[b], half) for a, b in arrows if ((a, b) in bold) == strong]
        if ends:
            start, end = np.array(ends).transpose(1, 0, 2)
            drawn.append(
                arrow(start, end, INK if strong else MUTED, width=4 if strong else 1.8, size=17 if strong else 14)
            )
    for node, (x, y) in places.items():
        (x0, x1), (y0, y1) = (x - half[0], x + half[0]), (y - half[1], y + half[1])
        frame, width = (NOW, 3) if node in asked else (MUTED, 1.2)
        drawn += [box(x0, x1, y0, y1, PAPER, 1.0), box(x0, x1, y0, y1, INK, 0.16 if node in known else 0.02)]
        drawn.append(line([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], frame, width=width))
    boxes = [places[node] for node in sets]
    pressed = press(*np.transpose(boxes), half, list(sets.values()))
    return sheet(name, drawn, *inside, pressed, xlim=(0, SIZE[0]), ylim=(0, SIZE[1]))


def edge(a: tuple[float, float], b: tuple[float, float], half: Half) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give where an arrow from box a to box b leaves the one and meets the other."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    share = min(half[0] / abs(dx) if dx else np.inf, half[1] / abs(dy) if dy else np.inf)
    return (a[0] + share * dx, a[1] + share * dy), (b[0] - share * dx, b[1] - share * dy)


def named(places: Places, words: Mapping[str, T | str], up: float) -> Mark:
    """Write each node's name, `up` above its middle."""
    x, y = np.transpose(list(places.values()))
    return text(x, y + up, [words[node] for node in places], at="middle center")

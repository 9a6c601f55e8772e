"""The notes' picture of 2 × 2 pixels, all sixteen of them: neighbours agree, and what lies between makes one blind."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import graphs
from core.result import result
from core.text import PERCENT, T
from figures.gallery import gallery
from figures.marks import heat, line, press, ring, segments, shade, text
from figures.plot import plot, sheet
from figures.spec import BLUE, MUTED, NOW, ORANGE, PAPER, Figure, Stage
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("coupling", "first", "second", "third")
CORNERS = ("first", "second", "third", "fourth")  # row by row: the neighbours of the first are the second and third
KNOWN = {"open": T("不明", "not known"), "black": T("黒", "black"), "white": T("白", "white")}
NEXT = {"open": "black", "black": "white", "white": "open"}
COUPLINGS = np.linspace(-1.5, 1.5, 61)
SHADES = ("#f5f5f5", "#17191c")  # white and black, in either theme


@dataclass(frozen=True)
class Params:
    coupling: float = slider(T("結合 β", "Coupling β"), -1.5, 1.5, default=0.5, step=0.05)
    first: str = choice(T("左上の画素", "Top left pixel"), KNOWN)
    second: str = choice(T("右上の画素", "Top right pixel"), KNOWN)
    third: str = choice(T("左下の画素", "Bottom left pixel"), KNOWN)
    fourth: str = choice(T("右下の画素", "Bottom right pixel"), KNOWN)


@result
class Sixteen:
    images: NDArray[np.int64]  # (16, 2, 2) from all equal to checkerboards; black is +1
    share: NDArray[np.float64]  # (16,) of each, given what is known, %
    curves: NDArray[
        np.float64
    ]  # (2, len(COUPLINGS)) share of images with equal neighbours, and with equal diagonals, %

    @property
    def black(self) -> NDArray[np.float64]:
        """The chance (2, 2) of each pixel to be black, %."""
        chance: NDArray[np.float64] = np.tensordot(self.share, self.images > 0, 1)
        return chance

    @property
    def neighbours(self) -> float:
        return equal(self.images, self.share, 1)

    @property
    def diagonal(self) -> float:
        return equal(self.images, self.share, 3)

    @property
    def corner(self) -> float:
        """The chance of the last pixel, which is no neighbour of the first, to be black, %."""
        return float(self.black[1, 1])

    @property
    def top(self) -> float:
        return float(self.share.max())


def equal(images: NDArray[np.int64], share: NDArray[np.float64], other: int) -> float:
    """Give how often a pixel and the first have one colour, %."""
    pixels = images.reshape(-1, 4)
    return float(share[pixels[:, 0] == pixels[:, other]].sum())


def known(p: Params) -> dict[int, int]:
    """Give the pixels that are known, row by row, and their colours."""
    colours = ((i, getattr(p, corner)) for i, corner in enumerate(CORNERS))
    return {i: 1 if colour == "black" else -1 for i, colour in colours if colour != "open"}


def compute(p: Params) -> Sixteen:
    law = graphs.law(2, 2, coupling=p.coupling)
    pairs = [(0, 1), (2, 3), (0, 2), (1, 3)]
    differ = sum(law.images.reshape(-1, 4)[:, i] != law.images.reshape(-1, 4)[:, j] for i, j in pairs)
    order = np.argsort(differ, kind="stable")
    images, share = law.images[order], law.probability[order]
    for pixel, colour in known(p).items():
        share = share * (images.reshape(-1, 4)[:, pixel] == colour)
    return Sixteen(images, 100 * share / share.sum(), over())


@functools.cache
def over() -> NDArray[np.float64]:
    laws = [graphs.law(2, 2, coupling=float(beta)) for beta in COUPLINGS]
    return np.array([[equal(law.images, 100 * law.probability, other) for law in laws] for other in (1, 3)])


READOUTS = (
    Readout("neighbours", T("隣どうしが同色", "Neighbours equal"), "neighbours", 1, PERCENT),
    Readout("diagonal", T("対角が同色", "Diagonal equal"), "diagonal", 1, PERCENT),
    Readout("corner", T("右下が黒", "Bottom right black"), "corner", 1, PERCENT),
)


def draw(r: Sixteen, p: Params) -> Stage:
    shown = np.maximum(shade(np.where(r.share > 0, 1.0, 0.25)[:, None, None] * (r.images > 0), 0, 1), 16)
    scale = ((0, PAPER), (0.03, PAPER), (0.06, SHADES[0]), (1, SHADES[1]))  # what lies between is 0
    figures = (
        pixels(r, p),
        gallery("all", shown, [f"{v:.3g}%" if v > 0 else "–" for v in r.share], 4, scale=scale),
        curves(r, p),
    )
    return Stage(figures, ("pixels all", "curves all"), height=480, columns="minmax(0, 1fr) minmax(0, 1.1fr)")


def pixels(r: Sixteen, p: Params) -> Figure:
    """Draw the four pixels, as grey as they are likely to be black; what is known has a frame."""
    x, y, across = np.array([0.0, 1, 0, 1]), np.array([1.0, 1, 0, 0]), (-0.5, 1.5)
    taken = known(p)
    words = [KNOWN[getattr(p, CORNERS[i])] if i in taken else f"{v:.3g}%" for i, v in enumerate(r.black.ravel())]
    square = 0.46 * np.array([(-1, 1, 1, -1, -1), (-1, -1, 1, 1, -1)])
    frames = [line(x[i] + square[0], y[i] + square[1], NOW, width=3) for i in taken]
    return sheet(
        "pixels",
        heat(shade(r.black[::-1], 0, 100), (0, 1), (0, 1), ((0, SHADES[0]), (1, SHADES[1])), smooth=False),
        [line(*ends, MUTED, width=1.5) for v in (-0.5, 0.5, 1.5) for ends in (((v, v), across), (across, (v, v)))],
        segments([(0.3, 1), (0.3, 0), (0, 0.3), (1, 0.3)], [(0.7, 1), (0.7, 0), (0, 0.7), (1, 0.7)], BLUE, width=5),
        frames,
        text(x, y, words, at="middle center"),
        press(x, y, (0.5, 0.5), [{corner: NEXT[getattr(p, corner)]} for corner in CORNERS]),
        xlim=(-0.55, 1.55),
        ylim=(-0.55, 1.55),
        equal=True,
    )


def curves(r: Sixteen, p: Params) -> Figure:
    free = [float(np.interp(p.coupling, COUPLINGS, row)) for row in r.curves]
    return plot(
        "curves",
        line(COUPLINGS, r.curves[0], BLUE, width=2.5, label=T("隣どうし", "neighbours"), at=0.3, where="bottom right"),
        line(COUPLINGS, r.curves[1], ORANGE, width=2.5, label=T("対角", "diagonal"), at=0.2, where="top right"),
        line((-1.5, 1.5), (50, 50), MUTED, dash="dash", width=1.2),
        ring([p.coupling] * 2, free, 12),
        x=T("結合 β", "Coupling β"),
        y=T("同色の割合 (%)", "Equal (%)"),
        xlim=(-1.55, 1.55),
        ylim=(-3, 103),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
from itertools import product
from math import exp

beta, known = {p.coupling!r}, {known(p)}  # the pixels row by row; black is 1
images = [x for x in product((-1, 1), repeat=4) if all(x[i] == s for i, s in known.items())]
weights = [exp(beta * (a * b + c * d + a * c + b * d)) for a, b, c, d in images]


def chance(holds):
    return 100 * sum(w for w, x in zip(weights, images) if holds(x)) / sum(weights)


print("neighbours =", chance(lambda x: x[0] == x[1]))
print("diagonal =", chance(lambda x: x[0] == x[3]))
print("corner =", chance(lambda x: x[3] == 1))
"""


WHITE, BLACK = {"first": "white"}, {"first": "black"}
BETWEEN = [one | {"second": "black", "third": third} for third in ("black", "white") for one in (WHITE, BLACK)]
CHECKS = {
    "diagonal": Check(
        ({},), lambda r: 70 < r.diagonal < 71 and r.diagonal < r.neighbours, control=({"coupling": 0.0},)
    ),
    "blanket": Check(
        (WHITE, BLACK, *BETWEEN),
        lambda white, black, *known: (
            black.corner - white.corner > 30
            and all(abs(a.corner - b.corner) < 1e-9 for a, b in zip(known[::2], known[1::2], strict=True))
        ),
        control=(WHITE, BLACK, WHITE | {"second": "black"}, BLACK | {"second": "black"}),
    ),
    "opposite": Check(
        ({}, {"coupling": -0.5}),
        lambda like, unlike: (
            unlike.neighbours < 30 and abs(unlike.diagonal - like.diagonal) < 1e-9 and unlike.diagonal > 70
        ),
        control=lambda like, unlike: (like, replace(unlike, share=np.full(16, 6.25))),
    ),
}

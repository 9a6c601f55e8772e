"""Pictures of networks that read again and again: their losses, and how likely they find each sentence."""

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.result import result
from core.text import T
from figures.marks import heat, hline, line, marks, moving, press, ring, shade, until
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, ORANGE, PAPER, Figure, Frames

MOST, FOLD = 5.0, 6.0  # nats, and powers of two, that a picture shows


@result
class Read:
    words: NDArray[np.int64]  # (f,) read so far
    train: NDArray[np.float64]  # (f,) loss on the sentences kept
    test: NDArray[np.float64]  # (f,) loss over the language
    trains: NDArray[np.float64]  # (f, heaps) of all heaps of this seed
    tests: NDArray[np.float64]  # (f, heaps)
    cells: NDArray[np.float64]  # (f, 24, 25) log₂ of a sentence's probability over the true one
    kept: NDArray[np.bool_]  # (24, 25)
    epochs: NDArray[np.float64] | None  # (f,)
    mass: NDArray[np.float64] | None  # (f,) % of its probability that it gives to sentences kept
    entropy: float
    bottom: float | None  # least loss on the sentences kept

    @property
    def count(self) -> int:
        """How many different sentences are kept."""
        return int(self.kept.sum())

    @property
    def best(self) -> int:
        """The moment with the least loss over the language."""
        return int(self.test.argmin())

    @property
    def best_epochs(self) -> float:
        return float("nan") if self.epochs is None else float(self.epochs[self.best])


def curves(r: Read) -> Figure:
    x = np.log10(np.maximum(r.words, 10))
    view, limits, shown = (0.95, 5.0), (1.0, 5.0), np.arange(1, len(x) + 1)
    lines = [
        [until(line(x, np.minimum(y, MOST), c, width=2.4, label=name, where=f"{side} left"), shown)]
        for y, c, name, side in (
            (r.train, BLUE, T("訓練", "training"), "bottom"),
            (r.test, ORANGE, T("言葉全体", "language"), "top"),
        )
    ]
    side = "top right" if r.bottom and r.bottom < 0.65 else "bottom right"
    name = {"label": T("丸暗記の床", "floor of memory"), "at": 0, "where": side}
    low = None if r.bottom is None else hline(r.bottom, limits, BLUE, dash="dash", width=1.4, **name)
    return plot(
        "curves",
        hline(
            np.log(len(g.WORDS)),
            limits,
            MUTED,
            dash="dot",
            width=1.2,
            label=T("何も知らない", "knows nothing"),
            at=0.0,
            where="top right",
        ),
        hline(r.entropy, limits, INK, dash="dash", width=1.6, label=T("言葉の床", "floor"), at=0, where="top right"),
        low,
        *lines,
        [ring(moving(x), moving(np.minimum(y, MOST))) for y in (r.train, r.test)],
        x=T("読んだ語の数", "Words read"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=view,
        ylim=(0, MOST + 0.2),
        xticks={1.0: "10", 2.0: "100", 3.0: "1,000", 4.0: "10,000"},
        small=True,
        drag=False,
    )


def heaps(r: Read, kept: int) -> Figure:
    """Draw all heaps at one time: their training loss and that over the language; a press takes one."""
    at = np.arange(len(g.KEPT), dtype=float)
    limits = (-0.5, len(at) - 0.5)
    return plot(
        "heaps",
        hline(r.entropy, limits, INK, dash="dash", width=1.6, label=T("言葉の床", "floor"), where="bottom left"),
        marks(at, moving(np.minimum(r.tests, MOST)), ORANGE, size=10, symbol="triangle-up"),
        marks(at, moving(np.minimum(r.trains, MOST)), BLUE, size=9),
        marks([float(g.KEPT.index(kept))], [0.15], INK, size=9, symbol="triangle-up"),
        press(at, np.full(len(at), MOST / 2), (0.5, MOST / 2), [{"kept": str(n)} for n in g.KEPT]),
        x=T("くり返し読む文の数", "Sentences read again and again"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=limits,
        ylim=(0, MOST + 0.2),
        xticks={float(k): str(n) if n else T("新", "new") for k, n in enumerate(g.KEPT)},
        small=True,
        drag=False,
    )


def cells(r: Read) -> Figure:
    """Draw how likely the 600 sentences seem, half tinted where that is the truth; those kept have a dot."""
    y, x = np.nonzero(r.kept)
    scale = ((0, PAPER), (1, BLUE))
    return plot(
        "cells",
        heat(Frames(shade(r.cells, -FOLD, FOLD)), (0, 24), (0, 23), scale, smooth=False),
        marks(x, y, INK, size=4) if len(x) else None,
        x=T("形容詞ごと（● 読んだ文、濃いほど高確率）", "By adjective (● read; darker: likelier)"),
        y=T("名詞ごと", "By noun"),
        xlim=(-0.5, 24.5),
        ylim=(-0.5, 23.5),
        xticks={5 * k + 2.0: word for k, word in enumerate((T("なし", "none"), *g.KINDS[1]))},
        yticks={4 * k + 1.5: word for k, word in enumerate(g.KINDS[2])},
        small=True,
        drag=False,
        margin={"l": 84},
    )

"""A gallery: small pictures in rows, a word under each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import heat, line, text
from figures.plot import sheet
from figures.spec import INK, MUTED, PAPER, Figure


def gallery(
    name: str,
    images: NDArray[np.uint8],
    words: Sequence[T | str],
    columns: int,
    *,
    scale: Sequence[tuple[float, str]] = ((0, PAPER), (1, INK)),
    empty: int = 0,
) -> Figure:
    """Draw pictures (m, h, w), pixel by pixel, in rows of `columns`.

    Parameters
    ----------
    scale, empty
        The colours of their values, and the value of what lies between them.
    """
    m, h, w = images.shape
    wide, high = (w + 1) * columns, (h + 4) * -(-m // columns)  # in pixels, with room beside and below
    at = np.arange(m)
    x, y = (w + 1) * (at % columns), high - h - (h + 4) * (at // columns)  # of the lower left corners
    z = np.full((high, wide), empty, np.uint8)
    for i, image in enumerate(images):
        z[y[i] : y[i] + h, x[i] : x[i] + w] = image[::-1]
    around = np.array([(0, 0), (w, 0), (w, h), (0, h), (0, 0), (np.nan, np.nan)])
    frames = (np.stack([x, y], axis=1)[:, None] + around).reshape(-1, 2)
    return sheet(
        name,
        heat(z, (0.5, wide - 0.5), (0.5, high - 0.5), scale, smooth=False),
        line(frames[:, 0], frames[:, 1], MUTED, width=1),
        text(x + w / 2, y - 0.1, words, at="bottom center"),
        xlim=(-0.5, wide - 0.5),
        ylim=(-0.5, high + 0.3),
        equal=True,
    )

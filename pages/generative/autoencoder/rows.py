"""Pictures in rows, a name before each."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import heat, line, shade
from figures.plot import sheet
from figures.spec import INK, MUTED, PAPER, Figure

STEP = 9  # pixels from picture to picture; a picture has 8


def rows(name: str, pictures: NDArray[np.float64], names: Sequence[T]) -> Figure:
    """Draw pictures (rows, columns, 64) with ink from 0 to 1, the first row on top."""
    h, w, _ = pictures.shape
    z = np.zeros((STEP * h, STEP * w), np.uint8)
    corners = [(STEP * j, STEP * (h - 1 - i)) for i in range(h) for j in range(w)]
    for (x, y), picture in zip(corners, pictures.reshape(-1, 8, 8), strict=True):
        z[y : y + 8, x : x + 8] = shade(picture[::-1], 0, 1)
    around = np.array([(0, 0), (8, 0), (8, 8), (0, 8), (0, 0), (np.nan, np.nan)])
    frames = (np.array(corners)[:, None] + around).reshape(-1, 2)
    figure = sheet(
        name,
        heat(z, (0.5, STEP * w - 0.5), (0.5, STEP * h - 0.5), ((0, PAPER), (1, INK)), smooth=False),
        line(*frames.T, MUTED, width=1),
        xlim=(-0.5, STEP * w - 0.5),
        ylim=(-0.5, STEP * h - 0.5),
        yticks={STEP * (h - 1 - i) + 4: words for i, words in enumerate(names)},
        equal=True,
        margin={"l": 96, "r": 4, "t": 4, "b": 4},
    )
    bare = {**figure.layout["yaxis"], "showline": False, "ticks": ""}
    return replace(figure, layout={**figure.layout, "yaxis": bare})

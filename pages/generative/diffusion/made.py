"""Pictures made of noise by a denoiser that sees a window, and the training picture nearest to each."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.generative import diffusion as d
from core.result import result
from core.text import T
from figures.marks import heat, line, text
from figures.plot import sheet
from figures.spec import INK, MUTED, NOW, PAPER, Figure, Frames

SIDE, MADE, STEPS, COLUMNS = 8, 12, 20, 6
UNSEEN = 1000  # from here on pictures are never trained on
COPY = 0.5  # nearer than this to a training picture is a copy: two digits hardly ever are


@result
class Made:
    x: NDArray[np.float64]  # (STEPS + 1, MADE, 64)
    images: NDArray[np.float64]  # (m, 64) trained on
    distance: NDArray[np.float64]  # (STEPS + 1, MADE) from the nearest of them
    nearest: NDArray[np.int64]  # (STEPS + 1, MADE) which that is
    new: float  # mean distance of a real digit that was not trained on from the nearest
    real: float  # mean distance of what was made from the nearest of those digits

    @property
    def far(self) -> NDArray[np.float64]:
        return np.asarray(self.distance.mean(axis=1))

    @property
    def copies(self) -> NDArray[np.int64]:
        return np.asarray((self.distance < COPY).sum(axis=1))


def closest(x: NDArray[np.float64], images: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the distance (n,) of each row from the nearest picture, and which that is."""
    square = (x**2).sum(axis=1)[:, None] + (images**2).sum(axis=1) - 2 * x @ images.T
    which = square.argmin(axis=1)
    return np.linalg.norm(x - images[which], axis=1), which


@functools.cache
def fresh(m: int) -> float:
    """Give the mean distance of 797 real digits from the nearest of the first m."""
    images = d.pictures()
    return float(closest(images[UNSEEN:], images[:m])[0].mean())


def make(window: int, m: int, sd: float, seed: int) -> Made:
    images = d.pictures()[:m]
    start = np.random.default_rng(seed).standard_normal((MADE, SIDE**2))
    denoise = d.windowed(images, SIDE, window=window, sd=sd)
    x = d.walk(denoise, start, d.schedule(STEPS), variance="tilde", seed=seed + 100)
    distance, nearest = closest(x.reshape(-1, SIDE**2), images)
    shape = x.shape[:2]
    real = float(closest(x[-1], d.pictures()[UNSEEN:])[0].mean())
    return Made(x, images, distance.reshape(shape), nearest.reshape(shape), fresh(m), real)


def panels(r: Made, window: int) -> Figure:
    """Draw what is made, in two rows, under each picture the nearest one trained on; a frame is the window."""
    step, rows = SIDE + 2, 2 * (MADE // COLUMNS)
    high = rows * step + MADE // COLUMNS  # a little more room under each pair
    z = np.zeros((len(r.x), high, COLUMNS * step), np.uint8)
    frames = []
    for i in range(MADE):
        left, pair = (i % COLUMNS) * step, i // COLUMNS
        for below, ink in ((0, r.x[:, i]), (1, r.images[r.nearest[:, i]])):
            low = high - (2 * pair + below + 1) * step - pair
            grey = np.clip(127.5 * (ink + 1), 0, 255).round().astype(np.uint8)
            z[:, low : low + SIDE, left : left + SIDE] = grey.reshape(-1, SIDE, SIDE)[:, ::-1]
            frames.append(around(left, low, SIDE, INK if below == 0 else MUTED))
    seen = min(window, SIDE)
    corner = (SIDE - seen) // 2
    mark = around(corner, high - step + corner, seen, NOW, 2.5)
    words = [T("生成", "made"), T("近い訓練画像", "nearest trained")] * (MADE // COLUMNS)
    y = [high - (k + 1) * step - k // 2 + SIDE / 2 for k in range(rows)]
    return sheet(
        "panels",
        heat(Frames(z), (0.5, COLUMNS * step - 0.5), (0.5, high - 0.5), ((0, PAPER), (1, INK)), smooth=False),
        frames,
        mark,
        text(np.full(rows, COLUMNS * step - 0.5), np.array(y), words, at="middle right"),
        xlim=(-0.5, COLUMNS * step + 21),
        ylim=(0.5, high + 0.5),
        equal=True,
    )


def around(x: float, y: float, side: float, color: str, width: float = 1.0) -> dict[str, object]:
    return dict(line([x, x + side, x + side, x, x], [y, y, y + side, y + side, y], color, width=width))

"""A digit, how it was seen, and what two repairs make of it."""

import functools

import numpy as np
from numpy.typing import NDArray

from core.classical import graphs
from core.result import result
from core.text import T
from figures.marks import heat, line, marks, moving, text
from figures.plot import sheet
from figures.spec import INK, MUTED, PAPER, PURPLE, Figure, Frames

SIDE = 16
COUPLINGS = np.array([0.2, 0.4, 0.6, 0.9, 1.3, 1.6, 2.0])


@result
class Restored:
    truth: NDArray[np.int64]  # (16, 16)
    frames: NDArray[np.int64]  # (t, 16, 16) the way of ICM, from what was seen
    cut: NDArray[np.int64]  # (16, 16) the likeliest image
    energies: NDArray[np.float64]  # (t,) of ICM's images
    lowest: float  # energy of the likeliest
    true: float  # energy of the truth
    curves: NDArray[np.float64]  # (2, len(COUPLINGS)) wrong pixels of ICM and of the cut

    @property
    def wrong(self) -> NDArray[np.int64]:
        """Wrong pixels (t,) on ICM's way."""
        return np.asarray((self.frames != self.truth).sum(axis=(1, 2)))

    @property
    def noisy(self) -> int:
        return int(self.wrong[0])

    @property
    def icm(self) -> int:
        return int(self.wrong[-1])

    @property
    def exact(self) -> int:
        return int((self.cut != self.truth).sum())

    @property
    def stuck(self) -> bool:
        """Whether ICM stopped above the lowest energy."""
        return bool(self.energies[-1] > self.lowest + 1e-9)


@functools.lru_cache(maxsize=256)
def over(digit: int, noise: int, seed: int, fidelity: float) -> NDArray[np.float64]:
    truth = graphs.digit(digit)
    seen = graphs.turned(truth, noise / 100, seed=seed)
    ways = (graphs.icm, graphs.best_cut)
    return np.array(
        [[(way(seen, coupling=float(b), fidelity=fidelity) != truth).sum() for b in COUPLINGS] for way in ways], float
    )


def panels(r: Restored) -> Figure:
    """Draw four images: the truth, what was seen, ICM on its way, and the likeliest; a dot marks a wrong pixel."""
    step = SIDE + 5
    words = [T("元の画像", "truth"), T("見えた画像", "as seen"), "ICM", T("最小カット", "minimum cut")]
    places = [(0, step), (step, step), (0, 0), (step, 0)]
    images = [r.truth, r.frames[0], Frames(ink(r.frames)), r.cut]
    drawn, crosses = [], []
    for (x, y), image in zip(places, images, strict=True):
        z = image if isinstance(image, Frames) else ink(image)
        drawn.append(
            heat(z, (x + 0.5, x + SIDE - 0.5), (y + 0.5, y + SIDE - 0.5), ((0, PAPER), (1, INK)), smooth=False)
        )
        around = [x, x + SIDE, x + SIDE, x, x], [y, y, y + SIDE, y + SIDE, y]
        drawn.append(line(*around, MUTED, width=1))
    row, column = np.indices(r.truth.shape)
    for (x, y), image in zip(places[1:], (r.frames[0], r.frames, r.cut), strict=True):
        wrong = image != r.truth
        across, up = x + column + 0.5, y + SIDE - row - 0.5
        if wrong.ndim == 3:
            ever = wrong.any(axis=0)
            if ever.any():
                shown = np.where(wrong[:, ever], across[ever], np.nan)
                crosses.append(marks(moving(shown), up[ever], PURPLE, size=5))
        elif wrong.any():
            crosses.append(marks(across[wrong], up[wrong], PURPLE, size=5))
    x, y = np.transpose(places)
    labels = text(x + SIDE / 2, y + SIDE + 2, words, at="middle center")
    xlim, ylim = (-1, step + SIDE + 1), (-1, step + SIDE + 4)
    return sheet("panels", drawn, crosses, labels, xlim=xlim, ylim=ylim, equal=True)


def ink(image: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Turn images (…, h, w) of −1 and +1, the first row on top, into amounts of ink, the first row lowest."""
    return np.where(image[..., ::-1, :] > 0, 255, 0).astype(np.uint8)

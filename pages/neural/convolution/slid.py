"""A window on its way over an image, step by step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data import measured
from core.neural import convolution as conv
from core.result import result
from core.text import T
from ui.params import control_of

MOST = 60  # moments that are filmed
SIDE = 32  # of photographs
SMALL = 8  # a side of the image whose dense layer is drawn


@result
class Slid:
    image: NDArray[np.float64]  # (h, w) from 0 to 1
    padded: NDArray[np.float64]
    kernel: NDArray[np.float64]  # (3, 3) as it is laid on the image
    understood: bool  # whether nine numbers were given
    out: NDArray[np.float64]
    at: NDArray[np.int64]  # (f,) places of the window that are shown, in reading order
    stride: int
    matrix: NDArray[np.float64]  # the dense layer that does the same to 8 × 8 pixels
    apart: float  # largest difference between the matrix' answer and the window's, on the first digit

    @property
    def rows(self) -> NDArray[np.int64]:
        return self.at // self.out.shape[1]

    @property
    def columns(self) -> NDArray[np.int64]:
        return self.at % self.out.shape[1]

    @property
    def sums(self) -> NDArray[np.float64]:
        """(f,) what the window gives at each place that is shown."""
        return self.out.ravel()[self.at]

    @property
    def patches(self) -> NDArray[np.float64]:
        """(f, 3, 3) what the window sees."""
        y, x = self.rows * self.stride, self.columns * self.stride
        step = np.arange(3)
        return self.padded[y[:, None, None] + step[:, None], x[:, None, None] + step]

    @property
    def size(self) -> T:
        h, w = self.out.shape
        return T(f"{h} × {w}", f"{h} × {w}")

    @property
    def free(self) -> int:
        """Different numbers in the matrix, zeros not counted."""
        return len(np.unique(self.matrix[self.matrix != 0].round(12)))

    @property
    def entries(self) -> int:
        return self.matrix.size


def picture(p: Any) -> NDArray[np.float64]:
    """Give the image that is asked for, (h, w) from 0 to 1."""
    if p.image == "digit":
        return measured.digits().x[p.digit].reshape(8, 8) / 16
    if p.image == "own" and p.photo:
        grey = control_of(p, "photo").unpack(p.photo).mean(axis=2) / 255
        return conv.pool(grey, grey.shape[0] // SIDE, kind="mean")
    return measured.photo("china" if p.image == "own" else p.image, SIDE)


def nine(words: str) -> NDArray[np.float64] | None:
    """Read nine numbers, row by row; None if there are not so many, or not within ±100."""
    try:
        numbers = np.array([float(word) for word in words.replace(",", " ").split()])
    except ValueError:
        return None
    return numbers.reshape(3, 3) if len(numbers) == 9 and np.all(np.abs(numbers) <= 100) else None


def compute(p: Any) -> Slid:
    """Slide the window."""
    image, own = picture(p), nine(p.numbers) if p.kernel == "own" else None
    kernel = conv.KERNELS.get(p.kernel, conv.KERNELS["identity"]) if own is None else own
    kernel = np.array(kernel[::-1, ::-1] if p.turned else kernel)
    told = {"stride": p.stride, "padding": p.padding}
    out = conv.correlate(image, kernel, **told)
    at = np.unique(np.linspace(0, out.size - 1, min(out.size, MOST)).round().astype(int))
    first = measured.digits().x[0].reshape(SMALL, SMALL) / 16
    matrix = conv.as_matrix((SMALL, SMALL), kernel, **told)
    apart = float(np.abs(matrix @ first.ravel() - conv.correlate(first, kernel, **told).ravel()).max())
    understood = p.kernel != "own" or own is not None
    return Slid(image, np.pad(image, p.padding), kernel, understood, out, at, p.stride, matrix, apart)

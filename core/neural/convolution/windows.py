"""A window that slides over an image: correlation, pooling, and the matrix that does the same."""

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from core import door

Array = NDArray[np.float64]

KERNELS: Mapping[str, Array] = {
    "sobel_x": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),  # where it grows brighter across
    "sobel_y": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),  # and down
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "laplace": np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "identity": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]),
}
for _kernel in KERNELS.values():
    _kernel.flags.writeable = False


def correlate(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide a kernel over an image and sum the products: what deep learning calls convolution (no kernel is turned).

    Parameters
    ----------
    image
        (h, w).
    kernel
        (a, b), not larger than the padded image.
    stride
        Pixels between two places of the window.
    padding
        Rows and columns of zeros that are put around the image.

    Returns
    -------
    ((h + 2 · padding − a) // stride + 1, (w + 2 · padding − b) // stride + 1) array

    Examples
    --------
    >>> correlate([[1, 2, 3], [4, 5, 6]], [[1, -1]]).tolist()
    [[-1.0, -1.0], [-1.0, -1.0]]
    """
    kernel = door.numbers("kernel", kernel, ndim=2)
    seen = _windows(image, kernel.shape, door.whole("stride", stride), padding)
    # out[i, j] = Σ image[i s + u, j s + v] kernel[u, v]
    return np.asarray(np.einsum("ijuv,uv->ij", seen, kernel))


def pool(image: ArrayLike, size: int, *, kind: str = "max", stride: int | None = None) -> Array:
    """Keep the largest, or the mean, of each window of size × size; what does not fill a window is left out.

    Parameters
    ----------
    image
        (h, w), at least size × size.
    kind
        "max" or "mean".
    stride
        Pixels between two windows; `size` by default, so that they do not overlap.
    """
    size = door.whole("size", size)
    door.one_of("kind", kind, ("max", "mean"))
    seen = _windows(image, (size, size), size if stride is None else door.whole("stride", stride), 0)
    return np.asarray(seen.max(axis=(2, 3)) if kind == "max" else seen.mean(axis=(2, 3)))


def as_matrix(shape: tuple[int, int], kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Give the matrix M with M @ image.ravel() = correlate(image, kernel).ravel(): a dense layer, mostly zeros.

    Parameters
    ----------
    shape
        Of the image.
    """
    h, w = (door.whole("shape", side) for side in shape)
    pixels = np.eye(h * w).reshape(h * w, h, w)  # the image of a single pixel has its column as answer
    return np.array([correlate(pixel, kernel, stride=stride, padding=padding).ravel() for pixel in pixels]).T


def _windows(image: ArrayLike, shape: tuple[int, ...], stride: int, padding: int) -> Array:
    """Give all windows, (rows, columns, a, b)."""
    image = door.numbers("image", image, ndim=2)
    image = np.pad(image, door.whole("padding", padding, least=0))
    if 0 in shape or any(small > large for small, large in zip(shape, image.shape, strict=True)):
        raise ValueError(f"The window {shape} must fit into the image with its padding, {image.shape}.")
    return np.asarray(sliding_window_view(image, shape)[::stride, ::stride])

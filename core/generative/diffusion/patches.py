"""A denoiser of pictures that sees no more than a window around each pixel: exact in each window, wrong as a whole."""

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.data import digits
from core.generative.diffusion.samplers import Denoiser

Floats = NDArray[np.float64]
Small = NDArray[np.float32]


@functools.cache
def pictures() -> Floats:
    """Give the 1,797 digits (n, 64) of 8 × 8 pixels, in an order drawn once, from −1 (paper) to 1 (ink)."""
    x = digits().x / 8 - 1
    x = x[np.random.default_rng(0).permutation(len(x))]
    x.flags.writeable = False
    return x


def windowed(images: ArrayLike, side: int, *, window: int, sd: float = 0.0) -> Denoiser:
    """Make a denoiser from pictures.

    For each pixel it weighs the pictures by how well they explain the window around it, and by nothing else: the best
    that can be done where no more is seen (Kamb & Ganguli, 2024, whose machine also forgets where the window was).

    Parameters
    ----------
    images
        (m, side²), row by row.
    window
        Pixels across, odd; what lies beyond the edge is left out. From 2·side − 1 on all of the picture is seen, and
        the denoiser is that of the mixture `kernels(images, sd)`.
    sd
        Width of the bells on the pictures.

    Returns
    -------
    (x (n, side²), ᾱ) -> (n, side²)
    """
    side = door.whole("side", side)
    y = door.numbers("images", images, shape=(None, side * side)).astype(np.float32)
    if len(y) == 0:
        raise ValueError("images must have at least one row.")
    if door.whole("window", window) % 2 == 0:
        raise ValueError(f"window must be odd, not {window}.")
    sd, near = door.number("sd", sd, least=0), _near(side, window // 2)
    ink = (y**2) @ near

    def denoise(x: Floats, alpha_bar: float) -> Floats:
        x = door.numbers("x", x, shape=(None, side * side))
        left = door.number("alpha_bar", alpha_bar, above=0, below=1)
        # S = ᾱσ² + 1 − ᾱ, and a picture's weight in a pixel's window W: exp(−Σ_{j ∈ W} (x_j − √ᾱ y_j)² / 2S)
        alike = (x[:, None].astype(np.float32) * y) @ near  # of the square, x² is the same for all pictures
        spread = left * sd**2 + 1 - left
        logs = alike * np.float32(np.sqrt(left) / spread) - ink * np.float32(left / 2 / spread)
        share = np.exp(logs - logs.max(axis=1, keepdims=True))
        mean = np.einsum("nmp,mp->np", share, y) / share.sum(axis=1)
        kept = left * sd**2 / spread
        # x̂₀ = Σ_m r_m (y_m + √ᾱ σ²/S (x − √ᾱ y_m))
        return np.asarray((1 - kept) * mean + kept / np.sqrt(left) * x)

    return denoise


def _near(side: int, reach: int) -> Small:
    """Say which pixels (side², side²) lie in each other's window."""
    at = np.arange(side)
    close = np.abs(at[:, None] - at) <= reach
    return np.kron(close, close).astype(np.float32)

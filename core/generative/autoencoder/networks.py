"""An encoder, a narrow layer of codes, a decoder: what goes through, and the gradients by hand.

Rows go up: h = tanh(x W₁ + b₁), code = h W₂ + b₂, and down again by two more layers; the linear one has none that are
hidden. A VAE's encoder gives means and log variances of the codes, and the code is drawn: z = μ + σ ε.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
KINDS = ("linear", "deep", "denoising", "vae")
PIXELS, HIDDEN = 64, 32


def sizes(kind: str, width: int) -> list[tuple[int, int]]:
    """Give the shape (in, out) of each layer's weights."""
    door.one_of("kind", kind, KINDS)
    width = door.whole("width", width, most=PIXELS)
    if kind == "linear":
        return [(PIXELS, width), (width, PIXELS)]
    codes = 2 * width if kind == "vae" else width
    return [(PIXELS, HIDDEN), (HIDDEN, codes), (width, HIDDEN), (HIDDEN, PIXELS)]


def count(kind: str, width: int) -> int:
    """How many weights and biases there are."""
    return sum((rows + 1) * columns for rows, columns in sizes(kind, width))


def layers(vector: Floats, kind: str, width: int) -> list[tuple[Floats, Floats]]:
    """See a vector as the layers' (W, b)."""
    seen, at = [], 0
    for rows, columns in sizes(kind, width):
        end = at + rows * columns
        seen.append((vector[at:end].reshape(rows, columns), vector[end : end + columns]))
        at = end + columns
    return seen


@result
class Network:
    """A trained encoder and decoder of 8 × 8 pictures, ink from 0 to 1."""

    kind: str
    width: int
    vector: Floats  # all weights and biases
    variance: float  # of the decoder's noise a pixel, σ²: the mean squared error that the training ended with

    def __post_init__(self) -> None:
        if self.vector.shape != (count(self.kind, self.width),):
            raise ValueError(f"vector must hold {count(self.kind, self.width)} numbers.")
        door.number("variance", self.variance, above=0)

    def encode(self, x: ArrayLike) -> Floats:
        """Give the codes (n, width) of pictures (n, 64); a VAE's are the means."""
        return self._codes(x)[:, : self.width]

    def spread(self, x: ArrayLike) -> Floats:
        """Give the standard deviations (n, width) of a VAE's codes."""
        if self.kind != "vae":
            raise ValueError("Only a VAE's codes have a spread.")
        return np.asarray(np.exp(self._codes(x)[:, self.width :] / 2))

    def decode(self, z: ArrayLike) -> Floats:
        """Give the pictures (n, 64) of codes (n, width)."""
        z = door.numbers("z", z, shape=(None, self.width))
        *hidden, (W, b) = self._parts()[1]
        for U, c in hidden:
            z = np.tanh(z @ U + c)
        return z @ W + b

    def through(self, x: ArrayLike) -> Floats:
        """Squeeze pictures (n, 64) through the codes and back."""
        return self.decode(self.encode(x))

    def _codes(self, x: ArrayLike) -> Floats:
        h = door.numbers("x", x, shape=(None, PIXELS))
        *hidden, (W, b) = self._parts()[0]
        for U, c in hidden:
            h = np.tanh(h @ U + c)
        return h @ W + b

    def _parts(self) -> tuple[Sequence[tuple[Floats, Floats]], Sequence[tuple[Floats, Floats]]]:
        all_layers = layers(self.vector, self.kind, self.width)
        half = len(all_layers) // 2
        return all_layers[:half], all_layers[half:]


def gradients(
    vector: Floats, kind: str, width: int, x: Floats, target: Floats, noise: Floats
) -> tuple[float, float, Floats]:
    """Give the mean loss of a batch, its mean squared error a pixel, and the loss' gradient.

    Parameters
    ----------
    vector
        All weights and biases.
    x, target
        (n, 64) what goes in, and what should come out.
    noise
        (n, width) ε, for a VAE's codes.

    Notes
    -----
    The loss of a VAE is the negative ELBO with the variance that suits the batch best: (64/2) ln MSE + KL, without
    constants (Rybkin et al. 2021). That of the others is the squared error.
    """
    n, weights = len(x), layers(vector, kind, width)
    gradient = np.zeros_like(vector)
    slopes = layers(gradient, kind, width)
    inputs, h = [], x
    for k, (W, b) in enumerate(weights):
        inputs.append(h)
        h = h @ W + b
        if kind != "linear" and k in (0, 2):
            h = np.tanh(h)
        if kind == "vae" and k == 1:
            mean, log_variance = h[:, :width], h[:, width:]
            sd = np.exp(log_variance / 2)
            h = mean + sd * noise  # z = μ + σ ε
    error = h - target
    mse = float((error**2).mean())
    if kind == "vae":
        # KL(q‖prior) = ½ Σ (μ² + σ² − 1 − ln σ²)
        kl = 0.5 * float((mean**2 + sd**2 - 1 - log_variance).sum()) / n
        loss, delta = PIXELS / 2 * float(np.log(mse)) + kl, error / (mse * n)
    else:
        loss, delta = PIXELS * mse, 2 * error / n
    for k in reversed(range(len(weights))):
        W, _ = weights[k]
        to_w, to_b = slopes[k]
        to_w[...], to_b[...] = inputs[k].T @ delta, delta.sum(axis=0)
        if k == 0:
            break
        delta = delta @ W.T  # to what came into layer k
        if kind == "vae" and k == 2:
            to_mean = delta + mean / n
            to_log = 0.5 * (delta * noise * sd + (sd**2 - 1) / n)
            delta = np.hstack([to_mean, to_log])
        if kind != "linear" and k in (1, 3):
            delta = delta * (1 - inputs[k] ** 2)
    return loss, mse, gradient

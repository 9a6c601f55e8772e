"""Gradients sent back through the steps of a recurrent network, and of an LSTM."""

from functools import lru_cache

import numpy as np
from scipy.special import expit

from core.door import number, one_of, whole
from core.neural.gradients.activations import ACTIVATIONS, PHI, Array
from core.neural.gradients.network import draw, streams
from core.neural.gradients.sizes import rms
from core.result import result


@result
class Recurrent:
    """A gradient sent back through the steps of h_t = φ(W h_{t−1} + x_t), with the same W at every step."""

    gradient_rms: Array  # (steps + 1,) size of ∂loss/∂h_t; the last is where it starts
    weight_norms: Array  # (batch,) norm of ∂loss/∂W for each sequence
    largest: float  # largest singular value of W; `radius` is its largest eigenvalue in size

    @property
    def ratio(self) -> float:
        """Size of the gradient at the start of the sequences over that at their end."""
        return float(self.gradient_rms[0] / self.gradient_rms[-1])

    @property
    def decades(self) -> float:
        """log₁₀ of the ratio."""
        with np.errstate(divide="ignore"):
            return float(np.log10(self.ratio))


def recurrent(
    steps: int,
    *,
    width: int,
    radius: float,
    activation: str,
    seed: int = 0,
    init: str = "orthogonal",
    drive: float = 0.0,
    batch: int = 64,
) -> Recurrent:
    """Send sequences through a recurrent network and a standard normal ∂loss/∂h_T back to their start.

    Parameters
    ----------
    steps
        T, at least 1.
    width
        Units, at least 1.
    radius
        Spectral radius of W, at least 0. An orthogonal W times the radius has all singular values equal to it.
    activation
        φ.
    seed
        Of W, the standard normal h₀, the inputs and the cotangent.
    init
        "orthogonal", or "normal": Gaussian, scaled to the radius.
    drive
        Standard deviation of the inputs x_t, at least 0.
    batch
        Number of sequences, at least 1.
    """
    steps, width, batch = whole("steps", steps), whole("width", width), whole("batch", batch)
    seed = whole("seed", seed, least=0)
    radius, drive = number("radius", radius, least=0), number("drive", drive, least=0)
    phi = PHI[one_of("activation", activation, ACTIVATIONS)]
    w = recurrent_matrix(one_of("init", init, ("orthogonal", "normal")), width, seed) * radius
    _, drive_rng, x_rng, c_rng = streams(seed)
    h = x_rng.standard_normal((batch, width))
    below, slopes = np.empty((steps, batch, width)), np.empty((steps, batch, width))
    deltas = np.empty_like(below)
    with np.errstate(all="ignore"):
        for t in range(steps):
            below[t] = h
            z = h @ w.T
            if drive:
                z += drive * drive_rng.standard_normal((batch, width))
            h, slopes[t] = phi(z)
        g = c_rng.standard_normal((batch, width))
        sizes = [rms(g)]
        for t in range(steps - 1, -1, -1):
            # ∂/∂h_{t−1} = Wᵀ (φ′ ∂/∂h_t)
            np.multiply(g, slopes[t], out=deltas[t])
            g = deltas[t] @ w
            sizes.append(rms(g))
        # ∂/∂W = Σ_t δ_t h_{t−1}ᵀ, one for each sequence
        norms = np.linalg.norm(deltas.transpose(1, 2, 0) @ below.transpose(1, 0, 2), axis=(1, 2))
    largest = radius if init == "orthogonal" else float(np.linalg.norm(w, 2))
    return Recurrent(np.array(sizes[::-1]), norms, largest)


@lru_cache(maxsize=16)
def recurrent_matrix(init: str, width: int, seed: int) -> Array:
    """Draw W with spectral radius 1."""
    w = draw(streams(seed)[0], init, width, width)
    if init != "orthogonal":
        w = w / np.abs(np.linalg.eigvals(w)).max()
    w.flags.writeable = False
    return w


def recurrent_profile(
    steps: int,
    *,
    width: int,
    radius: float,
    activation: str,
    seed: int = 0,
    init: str = "orthogonal",
    drive: float = 0.0,
) -> Array:
    """Give the size of ∂loss/∂h_t at each step, (steps + 1,), the last being where it starts; see `recurrent`.

    Examples
    --------
    >>> sizes = recurrent_profile(100, width=32, radius=0.9, activation="linear", seed=0)
    >>> bool(np.isclose(sizes[0] / sizes[-1], 0.9**100))
    True
    """
    return recurrent(
        steps, width=width, radius=radius, activation=activation, seed=seed, init=init, drive=drive, batch=64
    ).gradient_rms


@result
class Lstm:
    """A gradient sent back along the cell state of an LSTM."""

    gradient_rms: Array  # (steps + 1,) size of ∂loss/∂c_t by all ways, the gates' included
    path_rms: Array  # (steps + 1,) the same by the cell path alone: the product of the forget gates
    forget: Array  # (steps,) mean of the forget gates

    @property
    def decades(self) -> float:
        """log₁₀ of the size of the gradient at the start over that at the end."""
        with np.errstate(divide="ignore"):
            return float(np.log10(self.gradient_rms[0] / self.gradient_rms[-1]))


def lstm(
    steps: int, *, width: int, forget_bias: float = 1.0, seed: int = 0, drive: float = 1.0, batch: int = 64
) -> Lstm:
    """Send sequences through an LSTM (Hochreiter & Schmidhuber 1997, with forget gates) and a gradient of c_T back.

    Parameters
    ----------
    steps, width, batch
        As for `recurrent`.
    forget_bias
        Bias of the forget gates; finite.
    seed
        Of weights, standard normal h₀ and c₀, inputs, and the standard normal ∂loss/∂c_T.
    drive
        Standard deviation of what the inputs add to each gate, at least 0.
    """
    steps, width, batch = whole("steps", steps), whole("width", width), whole("batch", batch)
    drive = number("drive", drive, least=0)
    w_rng, drive_rng, x_rng, c_rng = streams(whole("seed", seed, least=0))
    w = w_rng.standard_normal((4 * width, width)) / np.sqrt(width)  # input, forget, output gate, candidate
    bias = np.zeros(4 * width)
    bias[width : 2 * width] = number("forget_bias", forget_bias)
    h, c = x_rng.standard_normal((2, batch, width))
    kept = []
    forget = np.empty(steps)
    for t in range(steps):
        z = h @ w.T + bias + drive * drive_rng.standard_normal((batch, 4 * width))
        gates, m = expit(z[:, : 3 * width]), np.tanh(z[:, 3 * width :])
        i, f, o = gates[:, :width], gates[:, width : 2 * width], gates[:, 2 * width :]
        before, c = c, f * c + i * m  # c ← f c + i m
        r = np.tanh(c)
        h = o * r
        kept.append((i, f, o, m, r, before))
        forget[t] = f.mean()
    dc = path = c_rng.standard_normal((batch, width))
    dh = np.zeros_like(dc)
    sizes, alone = [], []
    for i, f, o, m, r, before in reversed(kept):
        # ∂/∂c_t: along the cell, and by h_t = o tanh(c_t)
        dc = dc + dh * o * (1 - r * r)
        sizes.append(rms(dc))
        alone.append(rms(path))
        dz = np.concatenate(
            [dc * m * i * (1 - i), dc * before * f * (1 - f), dh * r * o * (1 - o), dc * i * (1 - m * m)], axis=1
        )
        dh = dz @ w
        dc = dc * f
        path = path * f
    sizes.append(rms(dc))
    alone.append(rms(path))
    return Lstm(np.array(sizes[::-1]), np.array(alone[::-1]), forget)

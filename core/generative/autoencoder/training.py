"""Networks that learn the digits, made ahead: four kinds, five widths of the door, five seeds each."""

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import ahead, door
from core.data import measured
from core.generative.autoencoder.linear import Floats, slower
from core.generative.autoencoder.networks import KINDS, PIXELS, Network, count, gradients, layers
from core.neural.gradients.training import Descent
from core.result import result

WIDTHS, SEEDS = (2, 4, 8, 16, 32), range(5)
STEPS, BATCH = 3000, 100
RATES = {"linear": 1e-2, "deep": 3e-3, "denoising": 3e-3, "vae": 3e-3}  # learning rates of Adam
NOISE = 0.3  # standard deviation of what the denoising networks learn to remove; ink goes from 0 to 1
LEARNT = 1500  # of the 1,797 digits; the rest, in the file's order, are by other hands
DREAMS = 100


class Case(NamedTuple):
    """A network that was made ahead."""

    kind: str
    width: int
    seed: int


CASES = tuple(Case(kind, width, seed) for kind in KINDS for width in WIDTHS for seed in SEEDS)


@functools.cache
def digits() -> tuple[Floats, NDArray[np.int64]]:
    """Give the 1,797 digits (n, 64), ink from 0 to 1, and what they are."""
    data = measured.digits()
    return data.x / 16, data.y


def learnt() -> tuple[Floats, NDArray[np.int64]]:
    """Give the 1,500 digits that are learnt from, (1500, 64), and what they are."""
    x, y = digits()
    return x[:LEARNT], y[:LEARNT]


def held_out() -> tuple[Floats, NDArray[np.int64]]:
    """Give the other 297."""
    x, y = digits()
    return x[LEARNT:], y[LEARNT:]


def train(kind: str, width: int, *, seed: int = 0, steps: int = STEPS) -> Network:
    """Train a network on the digits with Adam.

    Parameters
    ----------
    kind
        "linear", "deep", "denoising" (deep; noise on what goes in, but not on what should come out) or "vae".
    width
        How many numbers pass between encoder and decoder, from 1 to 64.
    seed, steps
        Of start, mini-batches and noise; and how many mini-batches.
    """
    x, _ = learnt()
    rng = np.random.default_rng([door.whole("seed", seed, least=0), width])
    vector = np.zeros(count(kind, width))
    parts = layers(vector, kind, width)
    for W, _ in parts:
        W[...] = rng.standard_normal(W.shape) / np.sqrt(len(W))
    parts[0][1][...] = -x.mean(axis=0) @ parts[0][0]  # as if the data were centred
    parts[-1][1][...] = x.mean(axis=0)
    if kind == "vae":
        parts[1][1][width:] = -3  # codes that are drawn narrowly at first
    descent = Descent("adam", RATES[kind], len(vector))
    seen = np.full(100, np.nan)
    for t in range(door.whole("steps", steps)):
        target = x[rng.integers(0, len(x), BATCH)]
        given = target + NOISE * rng.standard_normal(target.shape) if kind == "denoising" else target
        _, seen[t % 100], gradient = gradients(vector, kind, width, given, target, rng.standard_normal((BATCH, width)))
        descent.rate = RATES[kind] * slower(t / steps)
        vector += descent.change(gradient)
    return Network(kind, width, vector, float(np.nanmean(seen)))


@functools.cache
def _made() -> dict[str, NDArray[np.float64]]:
    return ahead.load("autoencoder/networks")


@functools.cache
def network(kind: str, width: int, seed: int = 0) -> Network:
    """Give a network that was made ahead.

    Parameters
    ----------
    kind, width, seed
        One of `CASES`.
    """
    for name, value, known in (("kind", kind, KINDS), ("width", width, WIDTHS), ("seed", seed, SEEDS)):
        door.one_of(name, value, known)
    row = CASES.index(Case(kind, width, seed))
    made = _made()
    vector = made["vector"][row, : count(kind, width)].astype(np.float64)
    return Network(kind, width, vector, float(made["variance"][row]))


@result
class Principal:
    """The principal axes of the digits that are learnt from."""

    mean: Floats  # (64,)
    eigenvalues: Floats  # (64,) largest first
    axes: Floats  # (64, 64) a row an axis

    def through(self, x: Floats, width: int) -> Floats:
        """Squeeze pictures (n, 64) through their first `width` coordinates and back."""
        first = self.axes[:width]
        return np.asarray(self.mean + (x - self.mean) @ first.T @ first)

    def left(self, x: Floats, noise: float = 0.0) -> Floats:
        """Give the mean squared error through 0, 1, …, 64 numbers, (65,), summed over the pixels.

        Parameters
        ----------
        x
            (n, 64) pictures.
        noise
            Standard deviation of noise on the pixels that come in; the error is against x, and its mean is given.
        """
        along = (((x - self.mean) @ self.axes.T) ** 2).mean(axis=0)
        # Σ_{i>k} λᵢ + k · noise²: what is cut off, and the noise that comes through
        return np.asarray(along.sum() - np.r_[0.0, np.cumsum(along)] + noise**2 * np.arange(PIXELS + 1))


@functools.cache
def principal() -> Principal:
    """Find the principal axes."""
    x, _ = learnt()
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    return Principal(mean, np.maximum(values[::-1], 0.0), vectors.T[::-1])


def dreams(made: Network, *, n: int = DREAMS, seed: int = 0) -> Floats:
    """Decode n codes that are drawn from a Gaussian with the mean and covariance of the codes of the digits learnt.

    A VAE's codes should be standard normal on the whole; any other network gets this as its best chance.
    """
    codes = made.encode(learnt()[0])
    if made.kind == "vae":
        codes = codes + made.spread(learnt()[0]) * np.random.default_rng(1).standard_normal(codes.shape)
    drawn = np.random.default_rng(door.whole("seed", seed, least=0)).standard_normal((door.whole("n", n), made.width))
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(codes.T)))
    return made.decode(codes.mean(axis=0) + (drawn * np.sqrt(np.maximum(values, 0))) @ vectors.T)


def nearest(pictures: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
    """Give which of the digits learnt from is nearest to each picture (n, 64), and its Euclidean distance."""
    x, _ = learnt()
    shown = door.numbers("pictures", pictures, shape=(None, PIXELS))
    # ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b
    at = ((x**2).sum(axis=1) - 2 * shown @ x.T).argmin(axis=1)  # ‖a‖² is the same for all
    return at, np.linalg.norm(shown - x[at], axis=1)

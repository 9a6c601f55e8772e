"""How likely a VAE with two latent dimensions finds a picture, exactly, and the bound that its training climbs.

p(x) = ∫ p(z) p(x | z) dz, with p(z) standard normal and p(x | z) = N(x; decoder(z), σ² I), is a sum over a lattice of
the plane. On that lattice any q has its bound, ln p(x) = ELBO(q) + KL(q ‖ p(z | x)).
"""

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.generative.autoencoder.networks import PIXELS, Network
from core.generative.autoencoder.training import network
from core.grid import Grid
from core.result import result

Floats = NDArray[np.float64]
HALF, CELLS = 4.0, 160  # cells of 0.05; the narrowest posterior of the networks here has a standard deviation of 0.07


@result
class Lattice:
    """A VAE's latent plane cut into cells, each with the picture that it decodes to."""

    made: Network
    grid: Grid
    places: Floats  # (cells, 2)
    pictures: Floats  # (cells, 64)
    squares: Floats  # (cells,) of the pictures' norms
    prior: Floats  # (cells,) ln p(z)

    @property
    def cell(self) -> float:
        """The logarithm of a cell's area."""
        return float(np.log(self.grid.dx * self.grid.dy))

    def joint(self, x: ArrayLike) -> Floats:
        """Give ln p(x, z) at all cells for each picture (n, 64), in nats: (n, cells)."""
        x = door.numbers("x", x, shape=(None, PIXELS))
        s2 = self.made.variance
        distance = (x**2).sum(axis=1)[:, None] + self.squares - 2 * x @ self.pictures.T
        # ln p(x, z) = ln N(z; 0, I) − ½ · 64 ln 2πσ² − ‖x − decoder(z)‖² / 2σ²
        return np.asarray(self.prior - PIXELS / 2 * np.log(2 * np.pi * s2) - distance / (2 * s2))

    def evidence(self, joint: Floats) -> Floats:
        """Give ln p(x) (n,) in nats from `joint` (n, cells)."""
        top = joint.max(axis=1)
        return np.asarray(top + np.log(np.exp(joint - top[:, None]).sum(axis=1)) + self.cell)

    def gaussian(self, mean: ArrayLike, sd: ArrayLike) -> Floats:
        """Give the chance (cells,) of each cell under a Gaussian with mean (2,) and standard deviations (2,)."""
        mean = door.numbers("mean", mean, shape=(2,))
        sd = door.numbers("sd", sd, shape=(2,))
        if (sd <= 0).any():
            raise ValueError("sd must be above 0.")
        squares = (((self.places - mean) / sd) ** 2).sum(axis=1)
        chance = np.exp(-0.5 * (squares - squares.min()))
        return np.asarray(chance / chance.sum())

    def bound(self, joint: Floats, chance: Floats) -> float:
        """Give the ELBO in nats of a law over the cells (cells,), from the `joint` (cells,) of one picture."""
        held = chance > 0
        # ELBO = Σ q (ln p(x, z) − ln q), q being a density
        return float(chance[held] @ (joint[held] + self.cell - np.log(chance[held])))


@functools.lru_cache(maxsize=8)
def lattice(seed: int = 0) -> Lattice:
    """Cut the latent plane of the VAE of width 2 that was made ahead with a seed."""
    made = network("vae", 2, seed)
    grid = Grid.over((-HALF, HALF, -HALF, HALF), CELLS, CELLS)
    places = grid.points()
    pictures = made.decode(places)
    prior = -np.log(2 * np.pi) - 0.5 * (places**2).sum(axis=1)
    return Lattice(made, grid, places, pictures, (pictures**2).sum(axis=1), prior)

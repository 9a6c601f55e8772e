"""A bell over the latent plane of a VAE: what ln p(x) is, what the bell's bound misses, and where bells do well."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.generative import autoencoder as ae
from core.result import result


@result
class Bound:
    x: NDArray[np.float64]  # (64,)
    posterior: NDArray[np.float64]  # (160, 160) chance of each cell
    evidence: float  # ln p(x), nats
    bound: float  # ELBO of the bell that the hand holds
    encoder: tuple[NDArray[np.float64], NDArray[np.float64]]  # mean and sd of the encoder's q, (2,) each
    encoded: float  # and its ELBO
    pictures: NDArray[np.float64]  # (3, 64) x, what the bell's middle and the encoder's decode to
    evidences: NDArray[np.float64]  # (297,) of all digits held out
    bounds: NDArray[np.float64]  # (297,) and the encoder's ELBO

    @property
    def gap(self) -> float:
        """KL(q‖posterior) of the hand's bell, nats."""
        return self.evidence - self.bound

    @property
    def mean_evidence(self) -> float:
        return float(self.evidences.mean())

    @property
    def mean_bound(self) -> float:
        return float(self.bounds.mean())


@cache
def made() -> Mapping[str, NDArray[np.float64]]:
    return ahead.load("autoencoder/bounds")


def bell(seed: int, example: int, middle: tuple[float, float], width: float) -> Bound:
    plane, x = ae.lattice(seed), ae.held_out()[0][example : example + 1]
    joint = plane.joint(x)
    mean, sd = plane.made.encode(x)[0], plane.made.spread(x)[0]
    evidence = float(plane.evidence(joint)[0])
    held = plane.gaussian(middle, [width, width])
    return Bound(
        x[0],
        np.exp(joint[0] + plane.cell - evidence).reshape(plane.grid.h, plane.grid.w),
        evidence,
        plane.bound(joint[0], held),
        (mean, sd),
        plane.bound(joint[0], plane.gaussian(mean, sd)),
        np.concatenate([x, plane.made.decode([list(middle), mean])]),
        made()["evidence"][seed],
        made()["bound"][seed],
    )


@cache
def places(seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the codes of every third of the digits held out, and what they are."""
    x, y = ae.held_out()
    return ae.network("vae", 2, seed).encode(x[::3]), y[::3]


def hand(*runs: Bound) -> dict[str, float]:
    """Give what is missing to ln p(x), for the encoder and for the hand: the least and the most."""
    encoder, gaps = [r.evidence - r.encoded for r in runs], [r.gap for r in runs]
    return {"low": min(encoder), "high": max(encoder), "least": min(gaps), "most": max(gaps)}


def peaks(*runs: Bound) -> dict[str, float]:
    """Give what is missing on one peak, and between two."""
    one, between = ([r.gap for r in part] for part in (runs[:5], runs[5:]))
    return {"low": min(one), "high": max(one), "least": min(between), "most": max(between)}


def at(seed: int, example: int, zx: float, zy: float, sd: float) -> dict[str, float]:
    return {"seed": seed, "example": example, "zx": zx, "zy": zy, "sd": sd}


HANDS = (
    at(0, 51, -0.975, 1.525, 0.1),
    at(1, 0, 2.225, -0.375, 0.1),
    at(2, 188, 1.825, 1.225, 0.15),
    at(3, 51, -1.875, 1.275, 0.15),
    at(4, 192, 0.125, -0.625, 0.1),
)
PEAKS = (
    at(1, 93, -1.375, -0.725, 0.15),
    at(2, 152, -0.375, 2.375, 0.15),
    at(3, 248, -2.775, -0.325, 0.1),
    at(4, 205, -0.125, -0.725, 0.08),
    at(0, 37, -0.625, 2.075, 0.1),
)
BETWEEN = (
    at(1, 93, -0.925, 0.6, 0.5),
    at(2, 152, 0.55, 1.25, 0.8),
    at(3, 248, -2.25, -0.8, 0.3),
    at(4, 205, 0.225, -0.425, 0.2),
    at(0, 37, -0.7, 1.25, 0.2),
)

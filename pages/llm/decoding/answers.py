"""Answers to one question: how often more of them help, by a vote, by a verifier, by another look; and some drawn."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import decoding as d
from core.result import result
from core.text import T

MOST = 64
NAMES = "ABCDEF"  # A is right


@result
class Answers:
    picks: NDArray[np.int64]  # (n,) drawn answers, 0 being the right one
    yes: NDArray[np.bool_]  # (n,) what the verifier says of each
    votes: NDArray[np.int64]  # (wrongs + 1,)
    majority: NDArray[np.float64]  # (MOST,) % right from 1 … MOST answers, all exact
    verified: NDArray[np.float64]
    some: NDArray[np.float64]  # whether any answer is right: pass@n, a verifier that is never wrong
    refined: NDArray[np.float64]  # an answer looked at again n − 1 times
    n: int

    @property
    def vote(self) -> float:
        return float(self.majority[self.n - 1])

    @property
    def picked(self) -> float:
        return float(self.verified[self.n - 1])

    @property
    def any(self) -> float:
        return float(self.some[self.n - 1])

    @property
    def mended(self) -> float:
        return float(self.refined[self.n - 1])

    @property
    def elected(self) -> T:
        """The answer with the most votes in this draw; of equals all."""
        best = "・".join(NAMES[k] for k in np.flatnonzero(self.votes == self.votes.max()))
        return T(best, best.replace("・", ", "))


def compute(p: Any) -> Answers:
    r = p.right / 100
    rng = np.random.default_rng(p.seed)
    u, v = rng.random((2, MOST))[:, : p.n]
    wrong = 1 + ((u - r) / (1 - r) * p.wrongs).astype(int)
    picks = np.where(u < r, 0, np.clip(wrong, 1, p.wrongs))
    yes = np.where(picks == 0, v < p.verifier / 100, v >= p.verifier / 100)
    return Answers(
        picks,
        yes,
        np.bincount(picks, minlength=p.wrongs + 1),
        100 * d.majority(r, wrongs=p.wrongs, most=MOST),
        100 * d.verified(r, verifier=p.verifier / 100, most=MOST),
        100 * d.verified(r, verifier=1.0, most=MOST),
        100 * d.refined(r, mends=p.mends / 100, spoils=p.spoils / 100, rounds=MOST - 1),
        p.n,
    )

"""DPO where answers share weights: one comparison moves all of them, and even the chosen one can fall."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.llm.alignment.policies import law, softmax
from core.result import result

Floats = NDArray[np.float64]


@result
class Walk:
    """A training, step by step from the reference."""

    weights: Floats  # (steps + 1, d)
    policies: Floats  # (steps + 1, n)
    ascent: Floats  # (steps + 1, d) −∇L: the way that w goes from there
    margin: Floats  # (steps + 1,) β [ln π_c/π_ref_c − ln π_r/π_ref_r] of the chosen and the rejected answer


def walk(
    features: ArrayLike,
    reference: ArrayLike,
    pair: tuple[int, int],
    *,
    beta: float,
    rate: float,
    steps: int,
    likelihood: float = 0.0,
) -> Walk:
    """Train π = softmax(ln π_ref + F w) by DPO on one comparison, by gradient descent from w = 0.

    Parameters
    ----------
    features
        (n, d) F, a row an answer: what the network's last layer sees of it.
    reference
        (n,) probabilities, all above 0.
    pair
        The chosen answer and the rejected one.
    beta
        DPO's, above 0.
    rate, steps
        Of gradient descent.
    likelihood
        Weight of −ln π of the chosen answer in the loss, 0 or more: 0 is DPO itself.
    """
    f, start = _answers(features, reference)
    chosen, rejected = _pair(pair, len(f))
    beta, rate = door.number("beta", beta, above=0), door.number("rate", rate, above=0)
    likelihood = door.number("likelihood", likelihood, least=0)
    apart = f[chosen] - f[rejected]
    w = np.zeros(f.shape[1])
    path, ways = np.empty((2, door.whole("steps", steps, least=0) + 1, len(w)))
    for k in range(len(path)):
        path[k] = w
        # L = −ln σ(β w·(f_c − f_r)) − α ln π_c;  −∇L = β σ(−β w·(f_c − f_r)) (f_c − f_r) + α (f_c − E_π f)
        ascent = beta * expit(-beta * (w @ apart)) * apart
        if likelihood:
            ascent = ascent + likelihood * (f[chosen] - softmax(np.log(start) + f @ w) @ f)
        ways[k] = ascent
        w = w + rate * ascent
    return Walk(path, softmax(np.log(start) + path @ f.T), ways, beta * path @ apart)


def pull(features: ArrayLike, policy: ArrayLike, way: ArrayLike) -> Floats:
    """Give (n,) how fast each ln π grows as w goes along `way` (d,); DPO's own is along f_c − f_r.

    d ln πₖ = (fₖ − E_π f) · dw: what lies beyond the mean rises, what lies behind it falls.
    """
    f, pi = _answers(features, policy)
    speed: Floats = (f - pi @ f) @ door.numbers("way", way, shape=f.shape[1:])
    return speed


def _answers(features: ArrayLike, reference: ArrayLike) -> tuple[Floats, Floats]:
    f, start = door.points("features", features, least=2), law("reference", reference)
    if len(f) != len(start):
        raise ValueError(f"features must have {len(start)} rows, as many as there are answers, not {len(f)}.")
    if (start <= 0).any():
        raise ValueError("the probabilities must be above 0: their logarithms are used.")
    return f, start


def _pair(pair: tuple[int, int], n: int) -> tuple[int, int]:
    chosen, rejected = (door.whole("pair", i, least=0, most=n - 1) for i in pair)
    if chosen == rejected:
        raise ValueError("pair must be two different answers.")
    return chosen, rejected

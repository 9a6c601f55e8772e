"""What more answers are worth: a majority, a verifier's choice, one that can be checked, or the same one refined.

Every answer is drawn alike and independently: right with probability r, else one of w wrong answers, all as likely.

Sources: X. Wang et al. (2023), Self-consistency improves chain of thought reasoning in language models, for the vote;
M. Chen et al. (2021), Evaluating large language models trained on code, for pass@k.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from core import door

Floats = NDArray[np.float64]
MOST = 100  # answers, and kinds of wrong ones


@functools.lru_cache(256)
def _majority(right: float, wrongs: int, most: int) -> Floats:
    over = np.array([1 / math.factorial(j) for j in range(most + 1)])
    rival = (1 - right) / wrongs
    power = rival ** np.arange(most + 1)
    wins = np.zeros(most + 1)
    for c in range(1, most + 1):
        # The right answer has c votes and a rival j of the others: Σ_{j<c} z^j/j! where it loses, z^c/c! where it ties.
        # With m ties it wins one time in m + 1. The coefficient of z^(n−c) counts the ways of n − c other votes.
        room = most - c + 1
        fewer, same = np.zeros(room), np.zeros(room)
        fewer[: min(c, room)] = (over * power)[: min(c, room)]
        if c < room:
            same[c] = over[c] * power[c]
        ways = _ties(fewer, same, wrongs)
        wins[c:] += right**c * over[c] * ways
    wins /= over  # n! Σ_c r^c/c! [z^(n−c)] …
    wins.flags.writeable = False
    return wins[1:]


def _ties(fewer: Floats, same: Floats, rivals: int) -> Floats:
    """Give Σ_m C(w, m) same^m fewer^(w−m) / (m + 1), as polynomials (n,)."""
    one = np.zeros(len(fewer))
    one[0] = 1.0
    losing, tying = [one], [one]
    for _ in range(rivals):
        losing.append(np.convolve(losing[-1], fewer)[: len(one)])
        tying.append(np.convolve(tying[-1], same)[: len(one)])
    parts = [
        math.comb(rivals, m) / (m + 1) * np.convolve(tying[m], losing[rivals - m])[: len(one)]
        for m in range(rivals + 1)
        if tying[m].any()
    ]
    return np.asarray(np.sum(parts, axis=0))


def majority(right: float, *, wrongs: int = 1, most: int) -> Floats:
    """Give the probability that the commonest of n answers is right, for n = 1 … most; ties are broken at random.

    Parameters
    ----------
    right
        r, of one answer.
    wrongs
        w, how many different wrong answers share the rest: at most 100.
    most
        At most 100.

    Returns
    -------
    (most,)
        Exact: the sum over all ways in which n votes can fall.
    """
    right, wrongs = door.number("right", right, least=0, most=1), door.whole("wrongs", wrongs, most=MOST)
    return _majority(right, wrongs, door.whole("most", most, most=MOST))


def verified(right: float, *, verifier: float, most: int) -> Floats:
    """Give the probability that an answer picked by a verifier is right, for n = 1 … most answers.

    Parameters
    ----------
    right
        r, of one answer.
    verifier
        q, how often its yes or no is right, about right and wrong answers alike.

    Returns
    -------
    (most,)
        One answer is taken at random of those it says yes to; of all, where it says yes to none.
    """
    r, q = door.number("right", right, least=0, most=1), door.number("verifier", verifier, least=0, most=1)
    n = np.arange(1, door.whole("most", most) + 1)
    # u = r q + (1 − r)(1 − q) of the answers get a yes; r q / u of those are right, and r (1 − q) / (1 − u) of the rest
    u = r * q + (1 - r) * (1 - q)
    none = (1 - u) ** n
    yes, no = (r * q / u if u > 0 else 0.0), (r * (1 - q) / (1 - u) if u < 1 else 0.0)
    return np.asarray((1 - none) * yes + none * no)


def refined(right: float, *, mends: float, spoils: float, rounds: int) -> Floats:
    """Give the probability that an answer is right after 0 … rounds rounds of looking at it again: (rounds + 1,).

    A round mends a wrong answer with probability a and spoils a right one with probability b.
    """
    r = door.number("right", right, least=0, most=1)
    a, b = door.number("mends", mends, least=0, most=1), door.number("spoils", spoils, least=0, most=1)
    t = np.arange(door.whole("rounds", rounds, least=0) + 1)
    if a + b == 0:
        return np.full(len(t), r)
    # r_{t+1} = (1 − b) r_t + a (1 − r_t), whose fixed point is a / (a + b)
    return np.asarray(a / (a + b) + (r - a / (a + b)) * (1 - a - b) ** t)


def pass_at(k: int, *, n: int, right: int) -> float:
    """Estimate the probability that one of k answers is right from n answers of which `right` are: without bias.

    Examples
    --------
    >>> f"{pass_at(5, n=10, right=3):.3f}"
    '0.917'
    """
    n = door.whole("n", n)
    k, right = door.whole("k", k, most=n), door.whole("right", right, least=0, most=n)
    # 1 − C(n − c, k) / C(n, k): not all k of them are among the wrong ones
    return 1 - math.comb(n - right, k) / math.comb(n, k)

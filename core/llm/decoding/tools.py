"""An adder that drops carries, knows how often, and may call a calculator.

Each carry is forgotten with probability e, independently. The answer is right only if none is, so a sum with m carries
comes out right with probability (1 − e)^m: the adder can say how sure it is before it answers.

Source: T. Schick et al. (2023), Toolformer: language models can teach themselves to use tools, for calls as text.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
DIGITS = 18  # of numbers that 64 bits hold


def _pair(a: int, b: int) -> tuple[int, int]:
    return door.whole("a", a, least=0, most=10**DIGITS - 1), door.whole("b", b, least=0, most=10**DIGITS - 1)


def carries(a: int, b: int) -> int:
    """Count the carries of a + b in base ten.

    Examples
    --------
    >>> carries(999, 1), carries(123, 456)
    (3, 0)
    """
    a, b = _pair(a, b)
    # Each carry takes 10 off one digit and adds 1 to the next: the digits' sum falls by 9
    digits = [sum(map(int, str(v))) for v in (a, b, a + b)]
    return (digits[0] + digits[1] - digits[2]) // 9


def added(a: int, b: int, *, slip: float, rng: np.random.Generator) -> int:
    """Add digit by digit and forget each carry with probability `slip`."""
    a, b = _pair(a, b)
    slip = door.number("slip", slip, least=0, most=1)
    total, place, carry = 0, 1, 0
    while a or b or carry:
        here = a % 10 + b % 10 + carry
        total += place * (here % 10)
        carry = int(here >= 10 and rng.random() >= slip)
        a, b, place = a // 10, b // 10, place * 10
    return total


def carries_law(digits: int) -> Floats:
    """Give the probability of m = 0 … digits carries, (digits + 1,), in the sum of two numbers drawn digit by digit."""
    digits = door.whole("digits", digits)
    law = np.zeros((2, digits + 1))  # by the last carry, and how many there were
    law[0, 0] = 1.0
    for _ in range(digits):
        # Of the 100 pairs of digits 45 add up to 10 or more, and 55 do with a carry
        due = 0.45 * law[0] + 0.55 * law[1]
        law = np.stack([0.55 * law[0] + 0.45 * law[1], np.concatenate([[0.0], due[:-1]])])
    return np.asarray(law.sum(axis=0))


@result
class Worth:
    """What a rule earns: right answers and calls, as shares of all questions; value = right − cost · calls."""

    right: Floats
    calls: Floats
    value: Floats


def worth(
    shares: ArrayLike, sure: ArrayLike, stated: ArrayLike, thresholds: ArrayLike, *, cost: float, works: float = 1.0
) -> Worth:
    """Give what it earns to call the tool wherever the stated confidence is below a threshold.

    Parameters
    ----------
    shares
        (n,) how common each kind of question is.
    sure, stated
        (n,) the probability that the model answers it right, and what the model says of that.
    thresholds
        (k,)
    cost
        Of a call, in right answers.
    works
        How often a call comes back with the right answer.
    """
    share = door.numbers("shares", shares, ndim=1)
    sure, stated = (door.numbers(name, v, shape=share.shape) for name, v in (("sure", sure), ("stated", stated)))
    cost, works = door.number("cost", cost, least=0), door.number("works", works, least=0, most=1)
    called = stated < door.numbers("thresholds", thresholds, ndim=1)[:, None]
    right = np.where(called, works, sure) @ share
    calls = called @ share
    # A call earns works − cost, an answer of one's own what it is sure of: best is to call where sure < works − cost
    return Worth(right, calls, right - cost * calls)

"""A recurrent network that adds two numbers, digit by digit: its state is the carry.

Sources: Elman (1990) for the network; the construction follows from the full adder: a carry is due where two or more
of the three bits are 1, and the sum's bit is 1 where one or all three of them are.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import ahead, door
from core.neural.sequences.cells import rnn
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIRST = ("low", "high")
UNITS, SEEDS, LENGTH = (2, 3, 4), 5, 8  # of the networks made ahead, and the digits that they were trained on


@result
class Addition:
    """An addition by a network, lowest digit first."""

    states: Floats  # (n + 1, h)
    carry: Ints  # (n + 1,) into each place, by arithmetic
    sum: Ints  # (n + 1,) the network's digits
    right: Ints  # (n + 1,) arithmetic's


@result
class Learned:
    """A trained adder: weights of `rnn`, and a line on top of its state."""

    weights: tuple[Floats, ...]
    out: Floats  # (h + 1,) bias last; the sum's bit is 1 where out·[h, 1] is 0 or more


def bits(n: int, count: int) -> Ints:
    """Write a whole number with `count` bits, the lowest first."""
    n, count = door.whole("n", n, least=0), door.whole("count", count, most=62)
    if n >> count:
        raise ValueError(f"n = {n} needs more than {count} bits.")
    return n >> np.arange(count, dtype=np.int64) & 1


def number(of: ArrayLike) -> int:
    """Read bits, the lowest first."""
    return sum(int(bit) << k for k, bit in enumerate(_bits("of", of)))


def by_hand() -> Learned:
    """Give the adder of three threshold units: h_k = [a + b + carry ≥ k]; the carry is h₂, the sum h₁ − h₂ + h₃."""
    carry = np.tile([0.0, 1.0, 0.0], (3, 1))  # all three look at the carry, which is the second unit
    weights = np.ones((3, 2)), carry, -np.arange(1.0, 4.0), np.zeros(3)
    return Learned(weights, np.array([1.0, -1.0, 1.0, -0.5]))


def adder_units(a_bits: ArrayLike, b_bits: ArrayLike) -> Ints:
    """Add two numbers with three threshold units.

    Parameters
    ----------
    a_bits, b_bits
        (n,) bits, 0 or 1, the lowest first.

    Returns
    -------
    (n + 1,) array
        The sum's bits, the lowest first; the last one is the carry that is left.

    Examples
    --------
    >>> adder_units([1, 1, 0], [1, 0, 0]).tolist()
    [0, 0, 1, 0]
    """
    return adding(by_hand(), a_bits, b_bits, activation="step").sum


def adding(
    net: Learned, a_bits: ArrayLike, b_bits: ArrayLike, *, activation: str = "tanh", first: str = "low"
) -> Addition:
    """Have a network add two numbers.

    Parameters
    ----------
    a_bits, b_bits
        (n,) bits, the lowest first; one place more is read for the last carry.
    activation
        Of the network, as of `rnn`.
    first
        Which end the network reads first, "low" or "high". What is given back has the lowest place first all the same.
    """
    a, b = _bits("a_bits", a_bits), _bits("b_bits", b_bits)
    if len(a) != len(b):
        raise ValueError(f"Both numbers must have as many bits, not {len(a)} and {len(b)}.")
    turn = 1 if door.one_of("first", first, FIRST) == "low" else -1
    x = np.append(np.column_stack([a, b]), [[0, 0]], axis=0)
    states = rnn(net.weights, x[::turn], activation=activation)[::turn]
    total = number(a) + number(b)
    right = np.array([total >> k & 1 for k in range(len(x))])
    # What comes in at a place is what the sum has there beyond a + b, modulo 2.
    return Addition(states, right ^ x[:, 0] ^ x[:, 1], _read(net, states), right)


def learned(units: int = 4, seed: int = 0) -> Learned:
    """Give a trained adder of 2, 3 or 4 tanh units, one of five draws (`assets/sequences/adders.py`)."""
    door.one_of("units", units, UNITS)
    row = UNITS.index(units) * SEEDS + door.whole("seed", seed, least=0, most=SEEDS - 1)
    made = {name: rows[row] for name, rows in ahead.load("sequences/adders").items()}
    weights = made["w_in"][:units], made["w_state"][:units, :units], made["bias"][:units], np.zeros(units)
    return Learned(weights, np.append(made["out"][:units], made["out"][-1]))


def tried(
    net: Learned, *, digits: int = LENGTH, count: int = 200, seed: int = 0, activation: str = "tanh", first: str = "low"
) -> tuple[Floats, Ints, float]:
    """Let a network add `count` random pairs; `activation` and `first` as of `adding`.

    Returns
    -------
    states, carry, right
        (count · (digits + 1), h) states, the true carry out of each of their places, and the share of right bits.
    """
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    turn = 1 if door.one_of("first", first, FIRST) == "low" else -1
    x = np.zeros((digits + 1, count, 2))
    x[:-1] = rng.integers(2, size=(digits, count, 2))
    states = rnn(net.weights, x[::turn], activation=activation)[::turn]
    carry, out, right = np.zeros(count), np.empty((digits + 1, count)), np.empty((digits + 1, count))
    for k, pair in enumerate(x):
        three = pair.sum(axis=1) + carry
        right[k], carry = three % 2, (three >= 2).astype(np.float64)
        out[k] = carry
    share = float((_read(net, states) == right).mean())
    return states.reshape(-1, states.shape[-1]), out.ravel().astype(np.int64), share


def carry_read(states: ArrayLike, carry: ArrayLike) -> float:
    """Give the share of carries that the best line through the states, by least squares, tells right."""
    states = door.points("states", states, least=2)
    carry = door.labels("carry", carry, len(states), classes=2)
    x = np.column_stack([states, np.ones(len(states))])
    line = np.linalg.lstsq(x, 2.0 * carry - 1, rcond=None)[0]
    return float(((x @ line >= 0) == carry).mean())


def wrong_end(digits: int) -> Floats:
    """Give how often the best guess is right at each step when the highest digit is read and answered first.

    A place with i digits below it gets a carry with probability (1 − 2^−i)/2, whatever was read so far; so the better
    guess, "none", is right with ½ + 2^−(i+1).

    Returns
    -------
    (digits,) array
    """
    below = np.arange(door.whole("digits", digits) - 1, -1, -1)
    return np.asarray(0.5 + 0.5 ** (below + 1), dtype=np.float64)


def no_carry(digits: int, *, count: int = 1000, seed: int = 0) -> float:
    """Measure the best guess from the wrong end, "there is no carry": the share of right bits in random sums.

    Parameters
    ----------
    digits
        Of each number; the sum has one more.
    count
        How many sums.
    """
    digits, count = door.whole("digits", digits, most=60), door.whole("count", count)
    a, b = np.random.default_rng(door.whole("seed", seed, least=0)).integers(2**digits, size=(2, count))
    places = np.arange(digits + 1)
    wrong = ((a + b) ^ (a ^ b))[:, None] >> places & 1
    return float(1 - wrong.mean())


def _read(net: Learned, states: Floats) -> Ints:
    return np.asarray(states @ net.out[:-1] + net.out[-1] >= 0, dtype=np.int64)


def _bits(name: str, of: ArrayLike) -> Ints:
    array = door.numbers(name, of, ndim=1)
    if not len(array) or not np.isin(array, (0, 1)).all():
        raise ValueError(f"{name} must be bits, 0 or 1, at least one.")
    return array.astype(np.int64)

"""Strings of a time-varying Markov chain: a language model so small that every string can be listed.

p(x₀ … x_t) = start[x₀] · steps[0][x₀, x₁] · … · steps[t − 1][x_{t−1}, x_t], so there are s^(t+1) strings, and how good
a decoder is can be seen rather than guessed.

Sources: A. Viterbi (1967), Error bounds for convolutional codes and an asymptotically optimum decoding algorithm, for
`best`; B. Lowerre (1976), The HARPY speech recognition system, for beam search.
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST = 1 << 16  # strings that `ranked` lists


@result
class Chain:
    """A first word and t steps: start (s,), steps (t, s, s), row i of a step being what follows word i."""

    start: Floats
    steps: Floats


class Chained(Protocol):
    """Whatever has the two tables of a `Chain`."""

    @property
    def start(self) -> ArrayLike:
        """(s,) probabilities of the first word."""

    @property
    def steps(self) -> ArrayLike:
        """(t, s, s) probabilities of the next word, a row for each word before."""


Given = Chained | tuple[ArrayLike, ArrayLike] | list[ArrayLike]


def read(chain: Given) -> Chain:
    """Take a chain, or a pair (start, steps): probabilities, each row adding up to 1."""
    start, steps = chain if isinstance(chain, tuple | list) else (chain.start, chain.steps)
    start = door.numbers("start", start, ndim=1)
    s = len(start)
    if s == 0:
        raise ValueError("start must hold one probability at least.")
    steps = door.numbers("steps", np.zeros((0, s, s)) if np.size(steps) == 0 else steps, shape=(None, s, s))
    for name, rows in (("start", start), ("steps", steps)):
        if (rows < 0).any() or (np.abs(rows.sum(axis=-1) - 1) > 1e-6).any():
            raise ValueError(f"{name} must hold probabilities that add up to 1.")
    return Chain(start, steps)


def drawn(states: int, steps: int, *, spread: float = 1.0, seed: int = 0) -> Chain:
    """Draw a chain at random: each row from a Dirichlet distribution whose parameters are all `spread`."""
    states, steps = door.whole("states", states), door.whole("steps", steps, least=0)
    alpha = np.full(states, door.number("spread", spread, above=0))
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    rows = rng.dirichlet(alpha, size=1 + steps * states)
    return Chain(rows[0], rows[1:].reshape(steps, states, states))


def _logs(chain: Given) -> tuple[Floats, Floats]:
    chain = read(chain)
    with np.errstate(divide="ignore"):
        return np.log(chain.start), np.log(chain.steps)


def log_probability(chain: Given, strings: ArrayLike) -> Floats:
    """Give ln p of each string (…, t + 1) of word numbers; −∞ where it cannot be."""
    start, steps = _logs(chain)
    words = np.asarray(strings)
    if words.shape[-1:] != (len(steps) + 1,):
        raise ValueError(f"A string of this chain has {len(steps) + 1} words.")
    flat = door.labels("strings", words.ravel(), words.size, classes=len(start)).reshape(words.shape)
    total = start[flat[..., 0]]
    for k, table in enumerate(steps):
        # ln p(x₀ … x_{k+1}) = ln p(x₀ … x_k) + ln p(x_{k+1} | x_k)
        total = total + table[flat[..., k], flat[..., k + 1]]
    return np.asarray(total)


def best(chain: Given) -> Ints:
    """Give the likeliest string (t + 1,) by Viterbi's dynamic programming; of equals the first in order."""
    start, steps = _logs(chain)
    ahead = np.zeros((len(steps) + 1, len(start)))
    for k in range(len(steps) - 1, -1, -1):
        # V_k(i) = max_j ln p(j | i) + V_{k+1}(j)
        ahead[k] = (steps[k] + ahead[k + 1]).max(axis=1)
    words = [int(np.argmax(start + ahead[0]))]
    for k, table in enumerate(steps):
        words.append(int(np.argmax(table[words[-1]] + ahead[k + 1])))
    return np.array(words)


def greedy(chain: Given) -> Ints:
    """Give the string (t + 1,) that takes the likeliest next word each time; of equals the first."""
    chain = read(chain)
    words = [int(chain.start.argmax())]
    for table in chain.steps:
        words.append(int(table[words[-1]].argmax()))
    return np.array(words)


@result
class Level:
    """What a beam holds after a step: prefixes (w, k), the likeliest first, and ln p of each (w,)."""

    prefixes: Ints
    logs: Floats


def searched(chain: Given, width: int) -> tuple[Level, ...]:
    """Search by beam: after each step the `width` likeliest prefixes are kept; of equals the first in order.

    Returns
    -------
    tuple of Level
        After the first word, after the second, …; the last level holds whole strings.
    """
    start, steps = _logs(chain)
    width = door.whole("width", width)
    order = np.argsort(-start, kind="stable")[:width]
    levels = [Level(order[:, None], start[order])]
    for table in steps:
        prefixes, logs = levels[-1].prefixes, levels[-1].logs
        # All next words of all prefixes compete with each other: ln p(prefix) + ln p(next | last)
        grown = (logs[:, None] + table[prefixes[:, -1]]).ravel()
        order = np.argsort(-grown, kind="stable")[:width]
        longer = np.column_stack([prefixes[order // len(start)], order % len(start)])
        levels.append(Level(longer, grown[order]))
    return tuple(levels)


def beam(chain: Given, width: int) -> Ints:
    """Give the likeliest string (t + 1,) that a beam of `width` prefixes finds; width 1 is greedy."""
    return np.array(searched(chain, width)[-1].prefixes[0])


def ranked(chain: Given) -> tuple[Ints, Floats]:
    """List all strings, the likeliest first: (n, t + 1) words and ln p (n,), n = s^(t+1) ≤ 65,536."""
    start, steps = _logs(chain)
    n = float(len(start)) ** (len(steps) + 1)
    if n > MOST:
        raise ValueError(f"There are {n:.3g} strings: more than {MOST} are not listed.")
    logs = start
    for table in steps:
        logs = (logs.reshape(-1, len(start), 1) + table).ravel()  # string number = its words as digits of base s
    order = np.argsort(-logs, kind="stable")
    digits = np.unravel_index(order, (len(start),) * (len(steps) + 1))
    return np.column_stack(digits), logs[order]


def sample(chain: Given, n: int, *, seed: int = 0) -> Ints:
    """Draw n strings (n, t + 1), each word from what the model says."""
    chain = read(chain)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    u = rng.random((len(chain.steps) + 1, door.whole("n", n)))
    words = [_pick(np.broadcast_to(chain.start, (n, len(chain.start))), u[0])]
    for table, v in zip(chain.steps, u[1:], strict=True):
        words.append(_pick(table[words[-1]], v))
    return np.column_stack(words)


def _pick(rows: Floats, u: Floats) -> Ints:
    """Pick from each row by a number in [0, 1): the first word whose cumulative probability is above it."""
    last = np.array([np.flatnonzero(row)[-1] for row in rows]) if (rows == 0).any() else rows.shape[1] - 1
    return np.asarray(np.minimum((rows.cumsum(axis=1) <= u[:, None]).sum(axis=1), last))


def entropy(chain: Given) -> float:
    """Give the entropy of a whole string, in nats: −E[ln p], the mean surprise of a sample."""
    chain = read(chain)
    total, share = _entropies(chain.start), chain.start
    for table in chain.steps:
        # H(x₀ … x_{k+1}) = H(x₀ … x_k) + Σᵢ p(x_k = i) H(row i)
        total = total + share @ _entropies(table)
        share = share @ table
    return float(total)


def _entropies(rows: Floats) -> Floats:
    return np.asarray(-(rows * np.log(np.where(rows > 0, rows, 1.0))).sum(axis=-1))

"""Sequences that each have a Markov chain of their own, what can be foretold of them, and networks that learned to.

Sources: Edelman et al., "The evolution of statistical induction heads: in-context learning Markov chains" (2024) for
the task; Olsson et al., "In-context learning and induction heads" (2022) for the two heads that work together.
"""

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import ahead, door
from core.pretraining.transformer.heads import attention, causal
from core.result import result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SYMBOLS, LENGTH, WIDTH = 3, 48, 16
SEEDS = 5
MADE = ((1, 1), (2, 1), (1, 10))  # layers, and how long they were trained, of the networks made ahead: SEEDS of each
HELD = (256, LENGTH, 10_000)  # count, length and seed of the sequences on which they are measured
NAMES = ("symbol", "place", "heads", "out")


@result
class Net:
    """An attention-only network: x += attention(x Q, x K, x V) O in each layer, no norms, no units in between."""

    symbol: Floats  # (…, SYMBOLS, d) embedding of symbols
    place: Floats  # (…, LENGTH, d) of places
    heads: Floats  # (…, layers, 4, d, d): Q, K, V, O
    out: Floats  # (…, d, SYMBOLS)


@result
class Made:
    """A network's training: loss on sequences that it was not trained on, and weights on the way."""

    steps: Ints  # (s,) of training
    loss: Floats  # (s,) nats a symbol
    cut: Floats  # (s,) the same without the first layer's head
    previous: Floats  # (s, layers) share of attention that goes to the place before
    followers: Floats  # (s, layers) share that goes to places after an earlier showing of the present symbol
    film: Net  # weights at each of them


def sample(count: int, length: int = LENGTH, *, seed: int = 0) -> Ints:
    """Draw sequences (count, length): the rows of each one's chain are uniform over all distributions.

    The first symbol is uniform; after it x_{t+1} ~ P[x_t], and P is another one in each sequence.
    """
    count, length = door.whole("count", count), door.whole("length", length)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    edges = rng.dirichlet(np.ones(SYMBOLS), size=(count, SYMBOLS)).cumsum(axis=-1)[..., :-1]
    x = np.empty((count, length), dtype=np.int64)
    x[:, 0] = rng.integers(SYMBOLS, size=count)
    luck, rows = rng.random((count, length)), np.arange(count)
    for t in range(1, length):
        x[:, t] = (luck[:, t, None] > edges[rows, x[:, t - 1]]).sum(axis=-1)
    return x


def unigram(x: ArrayLike) -> Floats:
    """Foretell the symbol after each place from how often each has come so far: (n_j + 2) / (n + 6).

    Symbols that follow each other in a chain depend on each other, so that counts tell less than they would of single
    draws: adding 2 has a smaller loss on these sequences than adding 1, and nearly the smallest there is.

    Parameters
    ----------
    x
        (…, t) symbols 0, 1, 2.

    Returns
    -------
    (…, t, 3) array of probabilities
    """
    seen = np.eye(SYMBOLS)[_symbols(x)].cumsum(axis=-2) + 2
    return np.asarray(seen / seen.sum(axis=-1, keepdims=True))


def bigram(x: ArrayLike) -> Floats:
    """Foretell from what has followed the present symbol so far: (n_ij + 1) / (n_i + 3).

    This is Bayes' rule for these sequences, so that nobody can do better. It takes and gives what `unigram` does.
    """
    one = np.eye(SYMBOLS)[_symbols(x)]
    pairs = np.zeros((*one.shape, SYMBOLS))  # (…, t, i, j): steps from i to j among the first t
    pairs[..., 1:, :, :] = (one[..., :-1, :, None] * one[..., 1:, None, :]).cumsum(axis=-3)
    row = (one[..., None] * (pairs + 1)).sum(axis=-2)
    return np.asarray(row / row.sum(axis=-1, keepdims=True))


def loss(p: ArrayLike, x: ArrayLike) -> float:
    """Give the mean of −ln p of each symbol but the first, in nats; p (…, t, 3) foretells, x (…, t) came."""
    p, x = door.numbers("p", p), _symbols(x)
    if p.shape != (*x.shape, SYMBOLS) or x.shape[-1] < 2:
        raise ValueError(f"p must have shape {(*x.shape, SYMBOLS)} and two places at least, not {p.shape}.")
    return float(-np.log(np.take_along_axis(p[..., :-1, :], x[..., 1:, None], axis=-1)).mean())


def run(net: Net, x: ArrayLike, *, without: tuple[int, ...] = ()) -> tuple[Floats, Floats]:
    """Run a network.

    Parameters
    ----------
    net
        Its weights may have leading axes, one network each.
    x
        (…, t) symbols, at most 48; leading axes are those of the network or are broadcast with them.
    without
        Layers whose head adds nothing.

    Returns
    -------
    p, weights
        (…, t, 3) what comes next, and (…, layers, t, t) where each place looked.
    """
    x = _symbols(x)
    t = x.shape[-1]
    if t > LENGTH:
        raise ValueError(f"x must have at most {LENGTH} places, not {t}.")
    # h = S[x] + P
    h = np.eye(SYMBOLS)[x] @ net.symbol + net.place[..., :t, :]
    looked = []
    for layer in range(net.heads.shape[-4]):
        q, k, v, o = (net.heads[..., layer, i, :, :] for i in range(4))
        mixed, weights = attention(h @ q, h @ k, h @ v, mask=causal(t))
        looked.append(weights)
        if layer not in without:
            h = h + mixed @ o
    # p = softmax(h U)
    logits = h @ net.out
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True), np.stack(looked, axis=-3)


def previous(weights: ArrayLike) -> Floats:
    """Give how much of the weights (…, t, t) goes to the place just before, on average."""
    w = door.numbers("weights", weights)
    if w.ndim < 2 or w.shape[-1] != w.shape[-2] or w.shape[-1] < 2:
        raise ValueError(f"weights must have shape (…, t, t) with two places at least, not {w.shape}.")
    return np.asarray(np.diagonal(w, -1, -2, -1).mean(axis=-1))


def followers(weights: ArrayLike, x: ArrayLike) -> Floats:
    """Give how much of the weights (…, t, t) goes to places that follow an earlier showing of the present symbol.

    The mean is over places of x (t,) that have such a place to look at.
    """
    w, x = door.numbers("weights", weights), _symbols(x)
    after = np.zeros((len(x), len(x)), dtype=np.bool_)
    after[:, 1:] = x[:, None] == x[None, :-1]  # place s follows a showing of x_t if x_{s−1} = x_t
    after &= np.tri(len(x), dtype=np.bool_)
    some = after.any(axis=1)
    return np.asarray((w * after).sum(axis=-1)[..., some].mean(axis=-1) if some.any() else np.zeros(w.shape[:-2]))


@functools.cache
def learned(layers: int = 2, seed: int = 0, *, times: int = 1) -> Made:
    """Give a training of one or two layers, one of five draws (`assets/transformer/chains.py`).

    One layer was also trained ten `times` as long.
    """
    if (layers, times) not in MADE:
        raise ValueError(f"layers and times must be one of {MADE}, not {(layers, times)}.")
    row = MADE.index((layers, times)) * SEEDS + door.whole("seed", seed, least=0, most=SEEDS - 1)
    made = {name: rows[row] for name, rows in ahead.load("transformer/chains").items()}
    film = {name: made[name].astype(np.float64) for name in NAMES}
    film["heads"] = film["heads"][:, :layers]
    looks = {name: made[name][:, :layers] for name in ("previous", "followers")}
    return Made(made["steps"].astype(np.int64), made["loss"], made["cut"], **looks, film=Net(**film))


def _symbols(x: ArrayLike) -> Ints:
    array = door.numbers("x", x)
    if array.ndim < 1 or not array.shape[-1] or not np.isin(array, range(SYMBOLS)).all():
        raise ValueError(f"x must hold symbols from 0 to {SYMBOLS - 1}, at least one.")
    return array.astype(np.int64)

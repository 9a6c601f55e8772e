"""The perceptron and four of its relatives: rules that learn from mistakes, one example at a time."""

from collections.abc import Callable
from operator import add, mul

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.perceptron.lines import LARGEST, Floats, Ints, augmented, dot, examples, signed_rows
from core.result import result

RULES = ("perceptron", "pocket", "averaged", "margin", "sgd")
ORDERS = ("fixed", "shuffled")
INITS = ("zero", "random")


@result
class Trace:
    """All that happened while a perceptron learned."""

    weights: Floats  # (updates + 1, d + 1) bias first: what the rule predicts with, at the start and after each update
    samples: Ints  # (updates,) the row of x that caused each update
    mistakes: Ints  # (epochs run,) how many updates each epoch made
    # Whether the last epoch needed no update and none is left to make: for all rules but "margin" every example is
    # right, for "margin" every one clears the margin.
    converged: bool
    epoch: Ints  # (updates,) in which each happened, from 0
    # (updates + 1, d + 1) the weights the mistakes are made with and the updates are added to. For rules "pocket" and
    # "averaged" they are not what is predicted with; for the others they are `weights`.
    current: Floats
    # (d + 1,) what the rule predicts with in the end: the last row of `weights`, but for rule "averaged" the mean over
    # the whole run, including what was visited after the last update.
    final: Floats


def fit(
    x: ArrayLike,
    y: ArrayLike,
    *,
    rule: str = "perceptron",
    rate: float = 1.0,
    epochs: int = 100,
    order: str = "fixed",
    init: str = "zero",
    margin: float = 0.0,
    seed: int = 0,
) -> Trace:
    """Learn from the examples, one after the other, until an epoch brings no update.

    Parameters
    ----------
    x
        (n, d) points.
    y
        (n,) classes, 0 or 1.
    rule
        "perceptron": on a mistake, w ← w + rate·(y − ŷ)·[1, x] (Rosenblatt 1958).
        "pocket": the same, but predict with the weights that have been right most often on the whole data (Gallant,
        "Perceptron-based learning algorithms", 1990, with ratchet).
        "averaged": the same, but predict with the mean of the weights over all examples visited so far (Freund &
        Schapire, "Large margin classification using the perceptron algorithm", 1999; Collins 2002).
        "margin": update also where the score is right but within `margin` (Duda & Hart, "Pattern classification and
        scene analysis", 1973).
        "sgd": stochastic gradient descent on the perceptron criterion Σ max(0, −(2y−1)·score); its step is the
        perceptron's, its examples are drawn at random, with replacement, n an epoch (Bottou 1998).
    rate
        Learning rate, above 0.
    epochs
        The most passes over the data, at least 1.
    order
        "fixed": as the rows stand. "shuffled": anew each epoch. Rule "sgd" has its own.
    init
        "zero", or "random": standard normal weights.
    margin
        For rule "margin", the signed score (2y−1)·score up to which a right example counts as a mistake, at least 0;
        in units of the score, so it shrinks as the weights grow. 0 asks for a score that is not 0.
    seed
        Of the random weights and, separately, of the orders.

    Returns
    -------
    Trace

    Examples
    --------
    >>> trace = fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> trace.converged, trace.weights[-1].tolist(), len(trace.samples)
    (True, [-3.0, 2.0, 1.0], 11)
    """
    x, y = examples(x, y)
    door.one_of("rule", rule, RULES)
    door.one_of("order", order, ORDERS)
    rate, epochs = door.number("rate", rate, above=0, most=LARGEST), door.whole("epochs", epochs)
    margin = door.number("margin", margin, least=0, most=LARGEST)
    n, d = x.shape
    start, order_rng = begin(d, init, seed)

    def draw() -> Ints:
        """Give the rows to visit in the next epoch."""
        if rule == "sgd":
            return order_rng.integers(n, size=(n,))
        return order_rng.permutation(n) if order == "shuffled" else np.arange(n)

    # With the sign ±1 of its class folded into a point, both classes ask one question: is sign·score too small?
    signed = signed_rows(x, y)
    steps = rate * signed
    # Too small is < 0, and for class 0 also 0, where ŷ is 1; under rule "margin" it is ≤ margin. "≤" is "< the next
    # number", so that one comparison serves all.
    enough = np.nextafter(margin, np.inf) if rule == "margin" else np.where(y == 1, 0.0, np.nextafter(0.0, 1.0))
    enough = np.broadcast_to(enough, n)

    visits, samples, mistakes, converged = _learn(signed, steps, enough, start, epochs, draw)

    # w_k = w_0 + the steps so far, added one by one as they were made, so the sums are the same to the last digit.
    current = np.cumsum(np.vstack([start, steps[samples]]), axis=0)
    if rule == "averaged":
        weights, final = _averaged(current, steps[samples], visits, n * len(mistakes))
    else:
        weights = _pocketed(current, x, y) if rule == "pocket" else current
        final = weights[-1]
    return Trace(weights, samples, mistakes, converged, visits // n, current, final)


def begin(d: int, init: str, seed: int) -> tuple[Floats, np.random.Generator]:
    """Give the (d + 1,) weights to start from and the generator of orders: two streams of one seed.

    So other weights to start from do not bring another order too.
    """
    door.one_of("init", init, INITS)
    init_rng, order_rng = np.random.default_rng(door.whole("seed", seed, least=0)).spawn(2)
    return init_rng.standard_normal(d + 1) if init == "random" else np.zeros(d + 1), order_rng


def _learn(
    signed: Floats, steps: Floats, enough: Floats, start: Floats, epochs: int, draw: Callable[[], Ints]
) -> tuple[Ints, Ints, Ints, bool]:
    """Visit examples until an epoch makes no update.

    Plain Python numbers on purpose: each visit needs the weights of the one before, and on rows this short a call into
    numpy costs more than the sum it does.

    Returns
    -------
    visits, samples
        (updates,) how many examples had been visited before, and which example it was.
    mistakes
        (epochs run,)
    converged
    """
    w = start.tolist()
    examples = list(zip(signed.tolist(), steps.tolist(), enough.tolist(), strict=True))
    visits: list[int] = []
    samples: list[int] = []
    mistakes: list[int] = []
    converged = False
    while not converged and len(mistakes) < epochs:
        before = len(samples)
        for visit, i in enumerate(draw().tolist(), start=len(mistakes) * len(examples)):
            point, move, least = examples[i]
            # z = (2y − 1) w·[1, x]
            z = 0.0
            for term in map(mul, w, point):
                z += term
            if z < least:
                # w ← w + rate (2y − 1) [1, x]; where ŷ is wrong, 2y − 1 is y − ŷ
                w = list(map(add, w, move))
                visits.append(visit)
                samples.append(i)
        mistakes.append(len(samples) - before)
        # All are asked again, since an epoch of "sgd" may not have drawn an example that is wrong.
        converged = mistakes[-1] == 0 and bool(np.all(dot(np.array(w), signed) >= enough))
    visited, chosen, counts = (np.array(numbers, dtype=np.int64) for numbers in (visits, samples, mistakes))
    return visited, chosen, counts, converged


def _pocketed(current: Floats, x: Floats, y: Ints) -> Floats:
    """Replace each row of weights by the one, up to there, that was first to get the most examples right."""
    right = _count_right(current, x, y)
    record = np.maximum.accumulate(right)
    better = np.append(True, record[1:] > record[:-1])
    pocket = np.maximum.accumulate(np.where(better, np.arange(len(right)), 0))
    return current[pocket]


def _count_right(weights: Floats, x: Floats, y: Ints) -> Ints:
    """Count, for each row of weights, the examples it gets right."""
    columns = np.ascontiguousarray(augmented(x).T)
    right = np.empty(len(weights), dtype=np.int64)
    # In blocks, since all scores at once would be large. On columns einsum adds up the terms in the order of `dot`, in
    # a third of the time.
    for block in range(0, len(weights), 512):
        z = np.einsum("ud,dn->un", weights[block : block + 512], columns)
        right[block : block + 512] = np.count_nonzero((z >= 0) == y, axis=1)
    return right


def _averaged(current: Floats, steps: Floats, visits: Ints, total: int) -> tuple[Floats, Floats]:
    """Give the mean of the weights over all visits up to each update, and over the `total` visits of the run.

    A visit that changes nothing counts the weights once more, so weights that are right for long weigh more.
    """
    # The v_j visits before step j did without it: the mean over v visits is w − Σ_j v_j step_j / v.
    missed = np.cumsum(np.insert(visits[:, None] * steps, 0, 0.0, axis=0), axis=0)
    seen = np.append(1, visits + 1)
    return current - missed / seen[:, None], current[-1] - missed[-1] / total

"""The perceptron, four of its relatives, two rivals (SVM, logistic regression), and whether a line can separate at all.

A perceptron is a line (a plane, a hyperplane) with a side for each class. It scores a point x with w·[1, x], the bias
being w's first number, says 1 where the score is at least 0 and 0 elsewhere, and learns from its mistakes only: each
moves w by a share of the point it was made on.

References
----------
Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain" (1958).
Novikoff, "On convergence proofs for perceptrons" (1962).
"""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from operator import add, mul
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog, nnls

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RULES = ("perceptron", "pocket", "averaged", "margin", "sgd")
ORDERS = ("fixed", "shuffled")
INITS = ("zero", "random")
FEATURES = ("linear", "quadratic")

# Larger coordinates (and ranges smaller than its inverse) are beyond what the geometry below can resolve.
_LARGEST = 1e20


@dataclass(frozen=True, eq=False)
class Trace:
    """All that happened while a perceptron learned. The arrays are read-only.

    Parameters
    ----------
    weights
        (updates + 1, d + 1), bias first: what the rule would predict with, at the start and after each update.
    samples
        (updates,) int, the row of x that caused each update.
    mistakes
        (epochs run,) int, how many updates each epoch made.
    converged
        Whether the last epoch needed no update and none is left to make: for all rules but "margin" every example is
        right, for "margin" every one clears the margin.
    epoch
        (updates,) int, the epoch each update happened in, from 0.
    current
        (updates + 1, d + 1), the weights the mistakes are made with and the updates are added to. For rules "pocket"
        and "averaged" they are not what is predicted with; for the others they are `weights`.
    final
        (d + 1,), what the rule predicts with in the end: the last row of `weights`, but for rule "averaged" the mean
        over the whole run, including what was visited after the last update.
    """

    weights: Floats
    samples: Ints
    mistakes: Ints
    converged: bool
    epoch: Ints
    current: Floats
    final: Floats

    def __post_init__(self) -> None:
        _make_read_only(self.weights, self.samples, self.mistakes, self.epoch, self.current, self.final)


@dataclass(frozen=True, eq=False)
class Separability:
    """Whether a line separates the classes, how widely, and what that promises a perceptron. Arrays are read-only.

    Parameters
    ----------
    separable
        Whether some weights get every example right.
    weights
        (d + 1,) of the hard-margin support vector machine, bias first: the score is +1 or −1 at the points nearest to
        the line. All 0 where the classes are not separable; ±1 and no slope where there is only one class.
    margin
        Distance from that line to the nearest points, in the unit of x. 0 where the classes are not separable,
        infinite where there is only one class.
    radius
        R, the length of the longest augmented point [1, x].
    bound
        (R / γ)², the most updates rule "perceptron" can make from weights 0, in any order and at any rate (Novikoff).
        γ is `augmented_margin`. Infinite where the classes are not separable.
    augmented_margin
        γ, the widest margin of the augmented points [1, x] around a hyperplane through their origin; 0 where the
        classes are not separable. One class alone still has one.
    augmented_weights
        (d + 1,) of that hyperplane, bias first, with score ±1 at the nearest points. All 0 where there is none.
    """

    separable: bool
    weights: Floats
    margin: float
    radius: float
    bound: float
    augmented_margin: float
    augmented_weights: Floats

    def __post_init__(self) -> None:
        _make_read_only(self.weights, self.augmented_weights)


def step(z: ArrayLike) -> Ints:
    """Say 1 where z ≥ 0, else 0.

    Parameters
    ----------
    z
        Scores, of any shape.

    Returns
    -------
    array of int
        In the shape of `z`.
    """
    return np.asarray(np.asarray(z) >= 0, dtype=np.int64)


def score(weights: ArrayLike, x: ArrayLike) -> Floats:
    """Give w·[1, x] for each point: 0 on the line, growing with the distance from it.

    Parameters
    ----------
    weights
        (d + 1,) bias first, or (…, d + 1) for many lines at once, such as `Trace.weights`.
    x
        (n, d) points.

    Returns
    -------
    (n,) or (…, n) array

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite.
    """
    x, weights = _points(x), _numbers(weights, "weights")
    if weights.shape[-1:] != (x.shape[1] + 1,):
        raise ValueError(f"weights must have a bias and one number for each of the {x.shape[1]} columns of x.")
    return _dot(weights, _augmented(x))


def predict(weights: ArrayLike, x: ArrayLike) -> Ints:
    """Give the class, 0 or 1, that each point gets: `step` of its `score`, with the same arguments and shapes."""
    return step(score(weights, x))


def features(x: ArrayLike, kind: str) -> Floats:
    """Map points to the features a perceptron sees, so that its line may be a curve in the plane.

    Parameters
    ----------
    x
        (n, d) points.
    kind
        "linear": x as it is. "quadratic": x and all products of two coordinates, in the plane
        [x₁, x₂, x₁², x₁x₂, x₂²]; the line becomes an ellipse, a parabola or a hyperbola.

    Returns
    -------
    (n, d) or (n, d + d(d + 1)/2) array

    Raises
    ------
    ValueError
        If the kind is unknown, or x is not a table of finite numbers.
    """
    x = _points(x)
    _one_of(kind, FEATURES, "features")
    if kind == "linear":
        return x
    i, j = np.triu_indices(x.shape[1])
    return np.hstack([x, x[:, i] * x[:, j]])


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

    Raises
    ------
    ValueError
        If an argument is of the wrong shape, not finite, out of its range or unknown.

    Examples
    --------
    >>> trace = fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> trace.converged, trace.weights[-1].tolist(), len(trace.samples)
    (True, [-3.0, 2.0, 1.0], 11)
    """
    x, y = _examples(x, y)
    _one_of(rule, RULES, "rule")
    _one_of(order, ORDERS, "order")
    _one_of(init, INITS, "init")
    _check(isinstance(rate, Real) and 0 < rate <= _LARGEST, f"rate must be a number above 0, not {rate!r}.")
    _check(isinstance(epochs, Integral) and epochs >= 1, f"epochs must be a whole number from 1, not {epochs!r}.")
    _check(isinstance(margin, Real) and 0 <= margin <= _LARGEST, f"margin must be a number from 0, not {margin!r}.")
    _check(isinstance(seed, Integral) and seed >= 0, f"seed must be a whole number from 0, not {seed!r}.")

    n, d = x.shape
    # Two generators, so that other weights to start from do not bring another order too.
    init_rng, order_rng = np.random.default_rng(int(seed)).spawn(2)
    start = init_rng.standard_normal(d + 1) if init == "random" else np.zeros(d + 1)

    def draw() -> Ints:
        """Give the rows to visit in the next epoch."""
        if rule == "sgd":
            return order_rng.integers(n, size=(n,))
        return order_rng.permutation(n) if order == "shuffled" else np.arange(n)

    # With the sign ±1 of its class folded into a point, both classes ask one question: is sign·score too small?
    signed = _signed(x, y)
    steps = rate * signed
    # Too small is < 0, and for class 0 also 0, where ŷ is 1; under rule "margin" it is ≤ margin. "≤" is "< the next
    # number", so that one comparison serves all.
    enough = np.nextafter(margin, np.inf) if rule == "margin" else np.where(y == 1, 0.0, np.nextafter(0.0, 1.0))
    enough = np.broadcast_to(enough, n)

    visits, samples, mistakes, converged = _learn(signed, steps, enough, start, int(epochs), draw)

    # w_k = w_0 + the steps so far, added one by one as they were made, so the sums are the same to the last digit.
    current = np.cumsum(np.vstack([start, steps[samples]]), axis=0)
    if rule == "averaged":
        weights, final = _averaged(current, steps[samples], visits, n * len(mistakes))
    else:
        weights = _pocketed(current, x, y) if rule == "pocket" else current
        final = weights[-1]
    return Trace(weights, samples, mistakes, converged, visits // n, current, final)


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
        converged = mistakes[-1] == 0 and bool(np.all(_dot(np.array(w), signed) >= enough))
    return _ints(visits), _ints(samples), _ints(mistakes), converged


def _pocketed(current: Floats, x: Floats, y: Ints) -> Floats:
    """Replace each row of weights by the one, up to there, that was first to get the most examples right."""
    right = _count_right(current, x, y)
    record = np.maximum.accumulate(right)
    better = np.append(True, record[1:] > record[:-1])
    pocket = np.maximum.accumulate(np.where(better, np.arange(len(right)), 0))
    return current[pocket]


def _count_right(weights: Floats, x: Floats, y: Ints) -> Ints:
    """Count, for each row of weights, the examples it gets right."""
    columns = np.ascontiguousarray(_augmented(x).T)
    right = np.empty(len(weights), dtype=np.int64)
    # In blocks, since all scores at once would be large. On columns einsum adds up the terms in the order of `_dot`, in
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


def separability(x: ArrayLike, y: ArrayLike) -> Separability:
    """Decide whether a line separates the classes, and find the one with the widest margin.

    Parameters
    ----------
    x
        (n, d) points.
    y
        (n,) classes, 0 or 1. One class alone is separable: a line can have all of it on one side, at any distance.

    Returns
    -------
    Separability
        Where the best line's scores are as small as rounding errors (1e-12 of their terms) there is no telling: not
        separable.

    Raises
    ------
    ValueError
        If x is not a table of finite numbers or y not of its classes.

    References
    ----------
    Cortes & Vapnik, "Support-vector networks" (1995). Novikoff, "On convergence proofs for perceptrons" (1962).
    """
    x, y = _examples(x, y)
    signed = _signed(x, y)
    # R = max ‖[1, x]‖
    radius = float(np.linalg.norm(signed, axis=1).max())
    found = _separating(x, y)
    if found is None:
        nothing = np.zeros(x.shape[1] + 1)
        return Separability(False, nothing, 0.0, radius, np.inf, 0.0, nothing)

    # Around the origin: w·(2y−1)[1, x] ≥ γ for all, so the gap is between those points and 0.
    direction, gamma, _ = _widest_gap(signed, np.zeros((1, signed.shape[1])), found)
    if y.min() == y.max():
        weights, margin = np.append(2.0 * y[0] - 1, np.zeros(x.shape[1])), np.inf
    else:
        # In the plane the bias is free: the gap is between the two classes, and the line runs through its middle.
        normal, gap, middle = _widest_gap(x[y == 1], x[y == 0], found[1:])
        margin = gap / 2
        weights = np.append(-middle, normal) / margin
    return Separability(True, weights, margin, radius, (radius / gamma) ** 2, gamma, direction / gamma)


def _separating(x: Floats, y: Ints) -> Floats | None:
    """Find some (d + 1,) weights that get every example right with room to spare, or None.

    A linear program: maximise t subject to (2y−1) w·[1, x] ≥ t and |w| ≤ 1. Without a separating line the best is
    w = 0, t = 0.
    """
    # Centred and with every column within ±1: where a line exists, none of its weights is needlessly tiny. A column
    # that does not vary stays 0.
    centre = x.mean(axis=0)
    spread = np.abs(x - centre).max(axis=0)
    spread[spread < 1 / _LARGEST] = 1
    rows = _signed((x - centre) / spread, y)
    n, d = rows.shape
    answer = linprog(
        np.append(np.zeros(d), -1.0),
        A_ub=np.column_stack([-rows, np.ones(n)]),
        b_ub=np.zeros(n),
        bounds=[(-1, 1)] * d + [(None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if answer.x is None:
        return None
    slope = answer.x[1:d] / spread
    w = np.append(answer.x[0] - slope @ centre, slope)
    # The program has its tolerances, so the line itself is asked. A score that rounding could have made is no proof.
    signed = _signed(x, y)
    rounding = 1e-12 * (np.abs(signed) @ np.abs(w)).max()
    return w if (signed @ w).min() > rounding else None


def _widest_gap(above: Floats, below: Floats, w: Floats) -> tuple[Floats, float, float]:
    """Find the direction in which two sets of points are farthest apart.

    That is the shortest w with w·(a − b) ≥ 1 for every a above and b below, made a unit vector. Few of the pairs
    matter: each round brings in the one that w serves worst and solves again for those brought in so far, until w
    serves all (cutting planes). The solution is exact, by non-negative least squares (Lawson & Hanson, "Solving least
    squares problems", 1974, chapter 23: least distance programming).

    Parameters
    ----------
    above, below
        (m, k) and (l, k) points.
    w
        (k,) any direction in which all of `above` is above all of `below`.

    Returns
    -------
    direction
        (k,) of length 1.
    gap
        min above·direction − max below·direction.
    middle
        (min above·direction + max below·direction) / 2.
    """
    pairs: dict[tuple[int, int], Floats] = {}
    best, gap, middle, most = w, 0.0, 0.0, np.inf
    while True:
        w = w / np.abs(w).max()
        w = w / np.linalg.norm(w)
        heights, depths = above @ w, below @ w
        i, j = int(heights.argmin()), int(depths.argmax())
        if heights[i] - depths[j] > gap:
            best, gap, middle = w, float(heights[i] - depths[j]), float(heights[i] + depths[j]) / 2
        # A few of the points are at least as far apart as all are: the answer lies between `gap` and `most`.
        if (i, j) in pairs or gap >= most * (1 - 1e-12):
            return best, gap, middle
        pairs[i, j] = above[i] - below[j]
        most = min(most, float(np.linalg.norm(pairs[i, j])))
        # min ‖w‖ subject to G w ≥ 1: where u ≥ 0 minimises ‖[Gᵀu, 1·u − 1]‖, the pairs with u > 0 hold with equality,
        # and lstsq solves those for the shortest w. In units of `most`, that w is not much longer than 1.
        g = np.array(list(pairs.values())) / most
        u, _ = nnls(np.vstack([g.T, np.ones(len(g))]), np.append(np.zeros(len(w)), 1.0), maxiter=1000)
        w = np.linalg.lstsq(g[u > 0], np.ones(np.count_nonzero(u)))[0]
        most *= float((g @ w).min() / np.linalg.norm(w))


def blame(samples: ArrayLike, n: int, updates: ArrayLike) -> Ints:
    """Count how often each example has moved the line: α, the perceptron's dual weights.

    Parameters
    ----------
    samples
        (updates,) the example that caused each update, such as `Trace.samples`.
    n
        Number of examples.
    updates
        (f,) after how many updates to count, non-decreasing, from 0 to all of them.

    Returns
    -------
    (f, n) array of int

    Raises
    ------
    ValueError
        If a sample is none of the n, or `updates` is not as said.
    """
    rows, ends = np.asarray(samples, dtype=np.int64), np.asarray(updates, dtype=np.int64)
    _check(rows.ndim == 1 and bool(((rows >= 0) & (rows < n)).all()), f"samples must be rows from 0 to {n - 1}.")
    sound = ends.ndim == 1 and bool(((ends >= 0) & (ends <= len(rows))).all()) and bool((np.diff(ends) >= 0).all())
    _check(sound, f"updates must go up, within 0 and {len(rows)}.")
    counts: Ints = np.zeros((len(ends), n), dtype=np.int64)
    # An update counts from the first of `ends` that lies beyond it.
    first = np.searchsorted(ends, np.arange(len(rows)), side="right")
    seen = first < len(ends)
    np.add.at(counts, (first[seen], rows[seen]), 1)
    return counts.cumsum(axis=0)


def rebuild(alpha: ArrayLike, x: ArrayLike, y: ArrayLike, *, rate: float = 1.0, start: ArrayLike = 0.0) -> Floats:
    """Give the weights that a perceptron has after example i has moved its line α_i times.

    Parameters
    ----------
    alpha
        (n,) or (…, n) counts, from `blame`.
    x, y
        (n, d) points and (n,) classes, 0 or 1.
    rate, start
        Learning rate, and the (d + 1,) weights it began with.

    Returns
    -------
    (d + 1,) or (…, d + 1) array
        start + rate Σ α_i (2y_i − 1) [1, x_i]. The order of the updates has no part in it.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite.
    """
    x, y = _examples(x, y)
    alpha = _numbers(alpha, "alpha")
    _check(alpha.shape[-1:] == (len(x),), f"alpha must hold one count for each of the {len(x)} rows of x.")
    weights: Floats = _numbers(start, "start") + rate * (alpha @ _signed(x, y))
    return weights


def hull_overlap(x: ArrayLike, y: ArrayLike) -> Floats:
    """Give the part of the plane that lies within the convex hulls of both classes.

    Each hull is what lies between a class's points. A line that separates the classes has one hull on each side; so
    where the hulls share a point, no line does, and where they share none, some line does.

    Parameters
    ----------
    x
        (n, 2) points.
    y
        (n,) classes, 0 or 1.

    Returns
    -------
    (m, 2) array
        Corners, counter-clockwise. One where the hulls touch in a point, two (a segment's ends) where they share no
        more than that, none where they are apart. Hulls closer than rounding errors (1e-12 of the coordinates) touch.

    Raises
    ------
    ValueError
        If x is not a table of points in the plane or y not of its classes.
    """
    x, y = _examples(x, y)
    _check(x.shape[1] == 2, "x must have two columns: hulls are drawn in the plane.")
    centre, spread = x.mean(axis=0), np.abs(x - x.mean(axis=0)).max(axis=0)
    spread[spread < 1 / _LARGEST] = 1
    # Within ±1 on both axes, one tolerance serves any units.
    unit = (x - centre) / spread
    close = 1e-12 * (1 + float((np.abs(centre) / spread).max()))
    shared, other = (_hull(unit[y == label], close / 10) for label in (0, 1))
    if len(other) == 0:
        return np.empty((0, 2))
    for corner, normal in _sides(other):
        shared = _clip(shared, (shared - corner) @ normal, close)
    corners: Floats = centre + _hull(shared, 10 * close) * spread
    return corners


def hull(x: ArrayLike) -> Floats:
    """Give the corners of the convex hull of points in the plane, counter-clockwise.

    Parameters
    ----------
    x
        (n, 2) points.

    Returns
    -------
    (m, 2) array
        One corner where all points are one, two where they lie on a line.

    Raises
    ------
    ValueError
        If x is not a table of points in the plane.
    """
    x = _points(x)
    _check(x.shape[1] == 2, "x must have two columns: hulls are drawn in the plane.")
    return _hull(x, 1e-13 * float(np.abs(x).max()))


def _hull(points: Floats, close: float) -> Floats:
    """Give the corners of a convex hull, leaving out what is `close` to an edge or to another corner.

    Andrew, "Another efficient algorithm for convex hulls in two dimensions" (1979).
    """
    ordered = np.unique(points, axis=0).tolist()
    chains = []
    for way in (ordered, ordered[::-1]):
        chain: list[list[float]] = []
        for p in way:
            # The last corner b stays if it stands out to the right of the line from the one before, a, to p.
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                across = (bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax)
                if across > close * max(abs(p[0] - ax), abs(p[1] - ay)):
                    break
                chain.pop()
            chain.append(p)
        chains.append(chain)
    corners = chains[0][:-1] + chains[1][:-1] if len(ordered) > 1 else ordered
    kept: list[list[float]] = []
    for p in corners:
        if all(max(abs(p[0] - q[0]), abs(p[1] - q[1])) > close for q in (*kept[-1:], *kept[:1])):
            kept.append(p)
    return np.array(kept, dtype=np.float64).reshape(-1, 2)


def _sides(corners: Floats) -> list[tuple[Floats, Floats]]:
    """Give a convex set as half-planes: a corner on each border and the unit vector out of the set."""
    if len(corners) == 1:
        return [(corners[0], np.array(normal)) for normal in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))]
    along = np.roll(corners, -1, axis=0) - corners
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = np.column_stack([along[:, 1], -along[:, 0]])
    sides = list(zip(corners, out, strict=True))
    if len(corners) == 2:  # a segment: its two long sides, and its ends
        sides += list(zip(corners, -along, strict=True))
    return sides


def _clip(corners: Floats, height: Floats, close: float) -> Floats:
    """Cut off the part of a convex set that is above 0, given each corner's height (Sutherland & Hodgman 1974)."""
    kept = []
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        inside, next_inside = height[i] <= close, height[j] <= close
        if inside:
            kept.append(corners[i])
        if inside != next_inside:
            # Where the edge crosses 0; an end that is above 0 by no more than `close` counts as the crossing.
            t = np.clip(height[i] / (height[i] - height[j]), 0.0, 1.0)
            kept.append(corners[i] + t * (corners[j] - corners[i]))
    return np.array(kept, dtype=np.float64).reshape(-1, 2)


def angle(one: ArrayLike, other: ArrayLike) -> float:
    """Give how far one line is turned against another, in degrees from 0 to 180; the class sides count.

    Parameters
    ----------
    one, other
        (d + 1,) weights, bias first; the bias only shifts a line.

    Returns
    -------
    float
        Not a number where a line has no direction, all its slopes being 0.

    Raises
    ------
    ValueError
        If the shapes differ or a number is not finite.
    """
    a, b = _numbers(one, "one"), _numbers(other, "other")
    _check(a.ndim == 1 and a.shape == b.shape, "Both lines need weights of one length.")
    a, b = a[1:], b[1:]
    lengths = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if 0.0 in lengths:
        return float("nan")
    a, b = a / lengths[0], b / lengths[1]
    # Kahan's formula keeps its digits for the smallest angles, where the arc cosine loses half of them.
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


def spread(weights: ArrayLike) -> float:
    """Give how much lines differ in direction: the mean of their angles to their mean direction, in degrees.

    Parameters
    ----------
    weights
        (lines, d + 1), bias first. Lines without a direction, all their slopes being 0, are left out.

    Returns
    -------
    float
        Not a number where no line has a direction, or the directions cancel.

    Raises
    ------
    ValueError
        If weights is no table of finite numbers.
    """
    table = _numbers(weights, "weights")
    _check(table.ndim == 2, "weights must be a table, one line a row.")
    lengths: Floats = np.sqrt((table[:, 1:] ** 2).sum(axis=1, keepdims=True))
    slopes = table[lengths[:, 0] > 0, 1:] / lengths[lengths[:, 0] > 0]
    mean = slopes.sum(axis=0)
    length = float(np.linalg.norm(mean))
    if length <= 1e-12 * len(slopes):
        return float("nan")
    middle = mean / length
    turns = 2 * np.arctan2(np.linalg.norm(slopes - middle, axis=1), np.linalg.norm(slopes + middle, axis=1))
    return float(np.degrees(turns).mean())


def svm(x: ArrayLike, y: ArrayLike, *, c: float = 1.0) -> Floats:
    """Give the linear support vector machine with a soft margin.

    It minimises ½ ‖w‖² + c Σ max(0, 1 − (2y−1)·score), the bias not being part of ‖w‖. Points whose signed score is
    above 1 have no say in it: taken away, they leave the line as it is.

    Parameters
    ----------
    x
        (n, d) points.
    y
        (n,) classes, 0 or 1.
    c
        What a point within the margin costs, above 0. As it grows, the margin becomes that of `separability`.

    Returns
    -------
    (d + 1,) array
        Weights, bias first. With one class alone ±1 and no slope.

    Raises
    ------
    ValueError
        If an argument is of the wrong shape, not finite or out of its range.

    References
    ----------
    Cortes & Vapnik, "Support-vector networks" (1995). Solved by Mehrotra's interior-point method:
    Ferris & Munson, "Interior-point methods for massive support vector machines" (2002).
    """
    x, y = _examples(x, y)
    _check(isinstance(c, Real) and 0 < c <= _LARGEST, f"c must be a number above 0, not {c!r}.")
    if y.min() == y.max():
        return np.append(2.0 * y[0] - 1, np.zeros(x.shape[1]))
    centre = x.mean(axis=0)
    # In units of the widest column: ‖w‖² shrinks by the unit squared, so c grows by it.
    unit = max(float(np.abs(x - centre).max()), 1 / _LARGEST)
    u = _soft_margin(np.roll(_signed((x - centre) / unit, y), -1, axis=1), c * unit**2)
    slope = u[:-1] / unit
    return np.append(u[-1] - slope @ centre, slope)


def _soft_margin(rows: Floats, c: float) -> Floats:
    """Solve min ½ ‖w‖² + c Σ max(0, 1 − row_i·u), where u is w with the bias behind it and rows end with the sign.

    At the optimum w = Σ α_i row_i and row_i·u − 1 = low_i − high_i, where low_i, high_i ≥ 0 are the prices of 0 ≤ α_i
    and of α_i ≤ c, and low·α = high·(c − α) = 0. Newton's method follows those products down to 0.
    """
    n, d = rows.shape
    u, alpha = np.zeros(d), np.full(n, c / 2)
    low = high = np.ones(n)
    weighed = np.append(np.ones(d - 1), 0.0)  # the bias has no part in ‖w‖
    for _ in range(100):
        room = c - alpha
        slack = rows @ u - 1 - low + high
        rest = weighed * u - rows.T @ alpha
        gap = float(low @ alpha + high @ room) / (2 * n)
        if (
            gap <= 1e-13 * max(c, 1.0)
            and np.abs(slack).max() <= 1e-10
            and np.abs(rest).max() <= 1e-10 * n * max(c, 1.0)
        ):
            break
        at = (rows, weighed, alpha, room, low, high, slack, rest)
        # Mehrotra: see how far the products would fall if all went straight to 0, and aim no lower than that allows.
        try:
            _, d_alpha, d_low, d_high = _newton(*at, low * alpha, high * room)
        except np.linalg.LinAlgError:  # as near to the optimum as rounding lets it come
            break
        most = _longest_step((alpha, d_alpha), (room, -d_alpha), (low, d_low), (high, d_high))
        after = (low + most * d_low) @ (alpha + most * d_alpha) + (high + most * d_high) @ (room - most * d_alpha)
        aim = gap * (float(after) / (2 * n * gap)) ** 3
        d_u, d_alpha, d_low, d_high = _newton(
            *at, low * alpha + d_low * d_alpha - aim, high * room - d_high * d_alpha - aim
        )
        most = 0.995 * _longest_step((alpha, d_alpha), (room, -d_alpha), (low, d_low), (high, d_high))
        u, low, high = u + most * d_u, low + most * d_low, high + most * d_high
        alpha = np.clip(alpha + most * d_alpha, 1e-15 * c, c * (1 - 1e-15))  # rounding must not put it on the border
    return u


def _newton(
    rows: Floats,
    weighed: Floats,
    alpha: Floats,
    room: Floats,
    low: Floats,
    high: Floats,
    slack: Floats,
    rest: Floats,
    low_rest: Floats,
    high_rest: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the steps of u, α, low and high that, to first order, bring slack and all rests to 0."""
    stiff = low / alpha + high / room
    right = -slack - low_rest / alpha + high_rest / room
    # stiff Δα = right − rows Δu, put into weighed Δu − rowsᵀ Δα = −rest
    scaled = rows.T / stiff
    d_u = np.asarray(np.linalg.solve(np.diag(weighed) + scaled @ rows, scaled @ right - rest), dtype=np.float64)
    d_alpha = (right - rows @ d_u) / stiff
    return d_u, d_alpha, (-low_rest - low * d_alpha) / alpha, (-high_rest + high * d_alpha) / room


def _longest_step(*pairs: tuple[Floats, Floats]) -> float:
    """Give the share, up to 1, of the steps that keeps every value above 0."""
    share = 1.0
    for value, change in pairs:
        down = change < 0
        if down.any():
            share = min(share, float((-value[down] / change[down]).min()))
    return share


def logistic(x: ArrayLike, y: ArrayLike, *, ridge: float = 1e-3) -> Floats:
    """Give the logistic regression: weights whose σ(score) is the most likely probability of class 1.

    It minimises Σ log(1 + exp(−(2y−1)·score)) + ½ ridge ‖w‖², the bias not being part of ‖w‖. Without the ridge, the
    weights of separable classes would grow for ever.

    Parameters
    ----------
    x
        (n, d) points.
    y
        (n,) classes, 0 or 1.
    ridge
        Above 0.

    Returns
    -------
    (d + 1,) array
        Weights, bias first. With one class alone ±1 and no slope.

    Raises
    ------
    ValueError
        If an argument is of the wrong shape, not finite or out of its range.

    References
    ----------
    Hastie, Tibshirani & Friedman, "The elements of statistical learning", 2nd ed. (2009), section 4.4: Newton's method,
    which is iteratively reweighted least squares.
    """
    x, y = _examples(x, y)
    _check(isinstance(ridge, Real) and 0 < ridge <= _LARGEST, f"ridge must be a number above 0, not {ridge!r}.")
    if y.min() == y.max():
        return np.append(2.0 * y[0] - 1, np.zeros(x.shape[1]))
    centre = x.mean(axis=0)
    unit = max(float(np.abs(x - centre).max()), 1 / _LARGEST)
    rows = _augmented((x - centre) / unit)
    sign = 2.0 * y - 1
    weight = np.append(0.0, np.full(x.shape[1], ridge / unit**2))

    def loss(w: Floats) -> float:
        return float(np.logaddexp(0, -sign * (rows @ w)).sum() + weight @ w**2 / 2)

    w, best = np.zeros(rows.shape[1]), loss(np.zeros(rows.shape[1]))
    for _ in range(100):
        # p = σ(score); gradient Σ (p − y) [1, x] + ridge w; curvature Σ p (1 − p) [1, x] [1, x]ᵀ + ridge
        p = 0.5 * (1 + np.tanh(0.5 * (rows @ w)))
        gradient = rows.T @ (p - y) + weight * w
        curvature = (rows.T * (p * (1 - p))) @ rows + np.diag(weight)
        step = np.linalg.lstsq(curvature, gradient)[0]
        share, found = 1.0, loss(w - step)
        while found > best and share > 1e-9:
            share /= 2
            found = loss(w - share * step)
        if found > best or np.abs(share * step).max() <= 1e-12 * max(1.0, float(np.abs(w).max())):
            break
        w, best = w - share * step, found
    return np.append(w[0] - w[1:] @ centre / unit, w[1:] / unit)


@dataclass(frozen=True, eq=False)
class Orders:
    """What many orders of presentation make of the same examples. The arrays are read-only.

    Parameters
    ----------
    weights
        (runs, d + 1), bias first: the last weights of each run.
    updates
        (runs,) int, how many updates each run made.
    converged
        (runs,) bool, whether its last epoch needed none.
    """

    weights: Floats
    updates: Ints
    converged: NDArray[np.bool_]

    def __post_init__(self) -> None:
        _make_read_only(self.weights, self.updates, self.converged)


def orders(
    x: ArrayLike,
    y: ArrayLike,
    *,
    runs: int = 200,
    rate: float = 1.0,
    epochs: int = 100,
    init: str = "zero",
    seed: int = 0,
) -> Orders:
    """Learn the same examples many times, each time shuffled anew at each epoch.

    Rule "perceptron" of `fit`, and the start is the one that `fit` draws; nothing but the order differs.

    Parameters
    ----------
    x, y
        (n, d) points and (n,) classes, 0 or 1.
    runs
        How many orders, at least 1.
    rate, epochs, init, seed
        As for `fit`. All runs start alike.

    Returns
    -------
    Orders

    Raises
    ------
    ValueError
        If an argument is of the wrong shape, not finite, out of its range or unknown.
    """
    x, y = _examples(x, y)
    _one_of(init, INITS, "init")
    for name, value, least in (("runs", runs, 1), ("epochs", epochs, 1), ("seed", seed, 0)):
        _check(isinstance(value, Integral) and value >= least, f"{name} must be a whole number from {least}.")
    _check(isinstance(rate, Real) and 0 < rate <= _LARGEST, f"rate must be a number above 0, not {rate!r}.")
    n, d = x.shape
    init_rng, order_rng = np.random.default_rng(int(seed)).spawn(2)
    start = init_rng.standard_normal(d + 1) if init == "random" else np.zeros(d + 1)
    signed = np.ascontiguousarray(_signed(x, y).T)
    enough = np.where(y == 1, 0.0, np.nextafter(0.0, 1.0))

    weights = np.tile(start[:, None], (1, runs))
    updates = np.zeros(runs, dtype=np.int64)
    learning = np.arange(runs)
    for _ in range(epochs):
        turns = np.ascontiguousarray(order_rng.permuted(np.tile(np.arange(n), (runs, 1)), axis=1)[learning].T)
        points = np.empty((n, d + 1, len(learning)))
        for j, column in enumerate(signed):
            points[:, j] = column[turns]
        least, wrong = enough[turns], np.empty(turns.shape, dtype=bool)
        w, z, move = weights[:, learning], np.empty(len(learning)), np.empty((d + 1, len(learning)))
        # Visit after visit as in `_learn`, but one of each run at a time; einsum adds up the terms in the same order.
        for point, step, limit, miss in zip(points, rate * points, least, wrong, strict=True):
            np.einsum("dr,dr->r", w, point, out=z)
            np.less(z, limit, out=miss)
            np.multiply(step, miss, out=move)
            w += move
        weights[:, learning] = w
        made = np.count_nonzero(wrong, axis=0)
        updates[learning] += made
        learning = learning[made > 0]
        if len(learning) == 0:
            break
    converged = np.ones(runs, dtype=bool)
    converged[learning] = False
    return Orders(np.ascontiguousarray(weights.T), updates, converged)


def _augmented(x: Floats) -> Floats:
    """Put a 1 before each point, for the bias."""
    return np.column_stack([np.ones(len(x)), x])


def _signed(x: Floats, y: Ints) -> Floats:
    """Give (2y − 1) [1, x]: all classes alike, an example is right where its w·(2y − 1)[1, x] is above 0."""
    return np.where(y == 1, 1.0, -1.0)[:, None] * _augmented(x)


def _dot(weights: Floats, rows: Floats) -> Floats:
    """Give w·r for (…, k) weights and (n, k) rows, (…, n).

    Term by term as in `_learn`, and not with @, which may round otherwise: a point that was exactly on the line while
    learning stays on it.
    """
    z = weights[..., :1] * rows[:, 0]
    for j in range(1, rows.shape[1]):
        z += weights[..., j : j + 1] * rows[:, j]
    return z


def _points(x: ArrayLike) -> Floats:
    """Give x as an (n, d) table of finite numbers."""
    table = _numbers(x, "x")
    _check(table.ndim == 2 and table.size > 0, f"x must be a table of points, one a row, not of shape {table.shape}.")
    _check(bool((np.abs(table) <= _LARGEST).all()), "x must hold numbers between -1e20 and 1e20.")
    return table


def _examples(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Ints]:
    """Give x as a table and y as its classes."""
    table, classes = _points(x), _numbers(y, "y")
    _check(
        classes.shape == (len(table),),
        f"y must hold one class for each of the {len(table)} rows of x, not be of shape {classes.shape}.",
    )
    _check(bool(np.isin(classes, (0, 1)).all()), "y must hold the classes 0 and 1 only.")
    return table, classes.astype(np.int64)


def _numbers(values: ArrayLike, name: str) -> Floats:
    """Give values as finite float64."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers only, in rows of one length.") from None
    _check(bool(np.isfinite(numbers).all()), f"{name} must hold finite numbers only.")
    return numbers


def _one_of(value: str, known: tuple[str, ...], what: str) -> None:
    _check(value in known, f"There is no {what} {value!r}; there are {', '.join(known)}.")


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _make_read_only(*arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.setflags(write=False)

"""Whether a line can separate the classes, and what that promises a perceptron: Novikoff's theorem."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog, nnls

from core.classical.perceptron.lines import LARGEST, Floats, Ints, examples, signed_rows
from core.result import result


@result
class Separability:
    """Whether a line separates the classes, how widely, and what that promises a perceptron."""

    separable: bool  # whether some weights get every example right
    # (d + 1,) of the hard-margin support vector machine, bias first: the score is +1 or −1 at the points nearest to the
    # line. All 0 where the classes are not separable; ±1 and no slope where there is only one class.
    weights: Floats
    margin: (
        float  # distance from that line to the nearest points, in the unit of x: 0 if not separable, ∞ for one class
    )
    radius: float  # R, the length of the longest augmented point [1, x]
    # (R / γ)², the most updates rule "perceptron" can make from weights 0, in any order and at any rate (Novikoff).
    # Infinite where the classes are not separable.
    bound: float
    augmented_margin: float  # γ, the widest margin of the points [1, x] around a hyperplane through their origin, or 0
    augmented_weights: Floats  # (d + 1,) of that hyperplane, bias first, with score ±1 at the nearest points, or all 0


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

    References
    ----------
    Cortes & Vapnik, "Support-vector networks" (1995). Novikoff, "On convergence proofs on perceptrons" (1962).
    """
    x, y = examples(x, y)
    signed = signed_rows(x, y)
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
    spread[spread < 1 / LARGEST] = 1
    rows = signed_rows((x - centre) / spread, y)
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
    signed = signed_rows(x, y)
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

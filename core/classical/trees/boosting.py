"""Boosting: small trees one after another, each for what the ones before it left undone."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from core import door
from core.classical.trees.growing import Floats, Tree
from core.classical.trees.questions import grow, grow_regression
from core.result import result

LEAST = 1e-10  # an error that counts as none: a voice may not be endless


@result
class Ensemble:
    """Trees h₁ … h_T and the sum F = F₀ + Σ α h that they make."""

    trees: tuple[Tree, ...]  # each node's value is what the tree says there: (nodes, 1)
    start: float  # F₀
    alphas: Floats  # (T,) how loud each tree is
    errors: Floats  # (T,) AdaBoost: weighted error of each tree; gradient boosting: mean square left after it
    ledger: Floats  # (T + 1, n) before each tree, and after the last: each example's weight, or what is left of it
    normalizers: Floats  # (T,) AdaBoost: Z by which the weights are divided; empty otherwise

    def staged(self, q: ArrayLike) -> Floats:
        """Give F at q (m, d) after each tree: (T, m)."""
        q = door.numbers("q", q, ndim=2)
        steps = [a * tree.predict_proba(q)[:, 0] for a, tree in zip(self.alphas, self.trees, strict=True)]
        return self.start + np.cumsum(np.array(steps).reshape(len(steps), len(q)), axis=0)


def adaboost(x: ArrayLike, y: ArrayLike, *, rounds: int) -> Ensemble:
    """Let stumps vote: each is grown for the weights that the ones before it left, mistakes weighing more.

    It ends earlier where a stump makes no mistake, or none is better than chance. The sign of F is the answer.

    Parameters
    ----------
    x, y
        (n, d) examples, (n,) classes 0 and 1.
    rounds
        At most.

    Examples
    --------
    >>> adaboost([[0.0], [1.0], [2.0], [3.0]], [0, 1, 1, 1], rounds=5).errors.tolist()
    [0.0]
    """
    x = door.points("x", x)
    y, rounds = door.labels("y", y, len(x), classes=2), door.whole("rounds", rounds)
    sign = 2.0 * y - 1
    w = np.full(len(y), 1 / len(y))
    trees: list[Tree] = []
    alphas, errors, normalizers, ledger = [], [], [], [w]
    for _ in range(rounds):
        tree = grow(x, y, depth=1, weights=w)
        # h is the class with more weight in the leaf, as −1 or 1
        share = tree.value[:, -1] if y.max() else np.zeros(len(tree.value))
        tree = replace(tree, value=np.where(share >= 0.5, 1.0, -1.0)[:, None])
        h = tree.predict_proba(x)[:, 0]
        # ε = Σ w [h ≠ y]
        e = float(w[h != sign].sum())
        if e >= 0.5 - LEAST:
            break
        # α = ½ ln((1 − ε) / ε)
        alpha = 0.5 * float(np.log((1 - max(e, LEAST)) / max(e, LEAST)))
        # w ← w exp(−α y h) / Z
        w = w * np.exp(-alpha * sign * h)
        z = float(w.sum())
        w = w / z
        trees.append(tree)
        alphas.append(alpha)
        errors.append(e)
        normalizers.append(z)
        ledger.append(w)
        if e <= LEAST:
            break
    return Ensemble(tuple(trees), 0.0, *(np.array(v) for v in (alphas, errors, ledger, normalizers)))


def gradient_boost(x: ArrayLike, t: ArrayLike, *, rounds: int, rate: float, depth: int) -> Ensemble:
    """Fit numbers by squares: begin with the mean, then grow a tree for what is left, and add a part of it.

    What is left, t − F, is the negative gradient of ½ (t − F)² by F: so each tree is a step downhill.

    Parameters
    ----------
    x, t
        (n, d) examples, (n,) numbers to be foretold.
    rounds
        How many trees.
    rate
        The part of each that is added, above 0, at most 1.
    depth
        Most questions on a way in each tree, from 1.
    """
    x = door.points("x", x)
    t = door.numbers("t", t, shape=(len(x),))
    rounds, depth = door.whole("rounds", rounds), door.whole("depth", depth)
    rate = door.number("rate", rate, above=0, most=1)
    start = float(t.mean())
    left, trees = [t - start], []
    for _ in range(rounds):
        tree = grow_regression(x, left[-1], depth=depth)
        # F ← F + η h, so what is left of t − F is less by η h
        left.append(left[-1] - rate * tree.predict_proba(x)[:, 0])
        trees.append(tree)
    ledger = np.array(left)
    errors = (ledger[1:] ** 2).mean(axis=1)
    return Ensemble(tuple(trees), start, np.full(rounds, rate), errors, ledger, np.empty(0))

"""The random forest: each tree sees another bootstrap sample and draws features at each node; all count the same.

Trees that agree in part are worth fewer than they are: a mean of B numbers of variance σ², each pair of which has the
correlation ρ, has the variance ρσ² + (1 − ρ)σ²/B (Hastie, Tibshirani & Friedman 2009, chapter 15).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.classical.trees import growing
from core.classical.trees.growing import CRITERIA, Floats, Tree
from core.result import result


@result
class Forest:
    """Trees that count the same."""

    wood: Tree  # all trees' nodes in one table; tree b begins at node b
    bags: Floats  # (trees, n) how often each example is in each tree's sample
    x: Floats  # (n, d) the examples
    y: NDArray[np.int64]  # (n,)

    def by_tree(self, q: ArrayLike) -> Floats:
        """Give what each tree says of each of q (m, d): (trees, m, classes)."""
        q = door.numbers("q", q, shape=(None, self.x.shape[1]))
        return np.asarray(self.wood.value[self.wood.leaf(q, np.arange(len(self.bags))[:, None])])

    def predict_proba(self, q: ArrayLike) -> Floats:
        """Give the mean of the trees' class shares (m, classes)."""
        return np.asarray(self.by_tree(q).mean(axis=0))

    def votes(self, q: ArrayLike) -> Floats:
        """Give the share of the trees that vote for each class (m, classes)."""
        said = self.by_tree(q)
        return np.asarray(np.eye(said.shape[2])[said.argmax(axis=2)].mean(axis=0))

    @property
    def out_of_bag_path(self) -> Floats:
        """Accuracy (trees,) on the examples of what the first trees say that did not learn from them; NaN for none."""
        unseen = self.bags == 0
        said = np.cumsum(self.by_tree(self.x) * unseen[:, :, None], axis=0)
        asked = np.cumsum(unseen, axis=0) > 0
        right = ((said.argmax(axis=2) == self.y) & asked).sum(axis=1)
        return np.where(asked.any(axis=1), right / np.maximum(asked.sum(axis=1), 1), np.nan)

    @property
    def out_of_bag(self) -> float:
        """Accuracy of all of them so: each example is judged by the trees whose sample it is not in."""
        return float(self.out_of_bag_path[-1])


def forest(
    x: ArrayLike,
    y: ArrayLike,
    *,
    trees: int,
    features: int,
    depth: int | None = None,
    seed: int = 0,
    bags: ArrayLike | None = None,
) -> Forest:
    """Grow a random forest.

    Parameters
    ----------
    x, y
        (n, d) examples, (n,) classes from 0.
    trees
        How many.
    features
        Columns drawn at each node, of those that differ within it, from 1 to d. With d it is bagging.
    depth
        Most questions on a way; None until each leaf is pure.
    seed
        Of the bootstrap samples and of the draws of features.
    bags
        (trees, n) how much each example counts in each tree, no tree without any; bootstrap samples by default.
    """
    x = door.points("x", x)
    y = door.labels("y", y, len(x))
    trees, rng = door.whole("trees", trees), np.random.default_rng(door.whole("seed", seed, least=0))
    n = len(x)
    if bags is None:
        drawn = rng.integers(n, size=(trees, n)) + n * np.arange(trees)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=trees * n).reshape(trees, n).astype(np.float64)
    else:
        counts = door.numbers("bags", bags, shape=(trees, n))
        if counts.min() < 0 or counts.max(axis=1).min() == 0:
            raise ValueError("bags must be at least 0, and each tree must have some example.")
    wood = growing.grow_all(
        x,
        np.eye(int(y.max()) + 1)[y],
        counts,
        impurity=CRITERIA["gini"],
        depth=depth if depth is None else door.whole("depth", depth, least=0),
        features=door.whole("features", features, most=x.shape[1]),
        rng=rng,
    )
    return Forest(wood, counts, x.copy(), y)


@result
class Shared:
    """How far an opinion depends on chance: means over the places where it was asked."""

    variance: float  # σ² of one tree
    correlation: float  # ρ of two trees that grew from the same data; 0 where nothing varies

    def of_mean(self, trees: ArrayLike) -> Floats:
        """Give ρσ² + (1 − ρ)σ²/B, the variance of a mean of B trees."""
        r, v = self.correlation, self.variance
        return np.asarray(r * v + (1 - r) * v / np.asarray(trees, float))


def shared(said: ArrayLike) -> Shared:
    """Measure what trees share.

    Parameters
    ----------
    said
        (draws, trees, places) numbers: what the trees of each draw of the data say at each place; two draws and two
        trees at least.
    """
    said = door.numbers("said", said, ndim=3)
    if min(said.shape[:2]) < 2 or said.shape[2] < 1:
        raise ValueError("said must hold two draws, two trees and one place at least.")
    alone = float(said.var(axis=1, ddof=1).mean())  # (1 − ρ)σ²: trees of one draw differ
    common = float(said.mean(axis=1).var(axis=0, ddof=1).mean()) - alone / said.shape[1]  # ρσ²
    total = alone + common
    return Shared(total, common / total if total > 0 else 0.0)

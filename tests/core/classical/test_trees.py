"""Trees, forests and boosting against scikit-learn's, against trying every tree, and against what they promise."""

import doctest
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from core.classical import trees
from core.classical.trees import boosting, questions
from core.data import load


@pytest.mark.parametrize("module", [questions, boosting])
def test_docstrings(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


def separate(n, d, seed):
    """Draw numbers without ties, so that only one tree is right, and which float32 keeps apart."""
    rng = np.random.default_rng(seed)
    x = np.array([rng.permutation(n) for _ in range(d)]).T.astype(float)
    return x, rng


# ---- one tree


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize(("depth", "min_leaf"), [(1, 1), (3, 1), (4, 6), (None, 3)])
def test_a_tree_is_scikit_learns(criterion, depth, min_leaf):
    x, rng = separate(150, 3, 0)
    # Classes that lean on the features, and weights, so that no two cuts gain the same.
    y = ((x @ [1.0, 2.0, -1.0] + 40 * rng.standard_normal(150)) // 75).clip(0, 2).astype(int)
    w = rng.uniform(0.5, 2, 150)
    ours = trees.grow(x, y, depth=depth, criterion=criterion, min_leaf=min_leaf, weights=w)
    theirs = DecisionTreeClassifier(max_depth=depth, criterion=criterion, min_samples_leaf=min_leaf, random_state=0)
    theirs.fit(x, y, sample_weight=w)
    q = rng.uniform(0, 150, (400, 3)).round(3)  # theirs cuts leaves that are pure but for rounding once more
    np.testing.assert_allclose(ours.predict_proba(q), theirs.predict_proba(q), atol=1e-9)


def test_a_regression_tree_is_scikit_learns():
    x, rng = separate(120, 2, 1)
    t = 5000 + x[:, 0] ** 1.5 / 30 + rng.standard_normal(120)
    for depth, min_leaf in ((1, 1), (4, 1), (None, 5)):
        ours = trees.grow_regression(x, t, depth=depth, min_leaf=min_leaf)
        theirs = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=min_leaf, random_state=0).fit(x, t)
        assert ours.leaves == theirs.get_n_leaves()
        q = rng.uniform(0, 120, (300, 2)).round(3)
        np.testing.assert_allclose(ours.predict_proba(q)[:, 0], theirs.predict(q), rtol=1e-9)


def test_breast_cancer_as_scikit_learn_has_it():
    data = load("breast_cancer")
    for depth in (1, 3):
        theirs = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(data.x, data.y)
        ours = trees.grow(data.x, data.y, depth=depth)
        assert np.mean(ours.predict_proba(data.x).argmax(axis=1) == theirs.predict(data.x)) > 0.99


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(1, 3), st.sampled_from(list(trees.CRITERIA)))
def test_a_tree_is_sound(seed, n, d, criterion):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(5, size=(n, d)).astype(float), rng.integers(3, size=n)
    tree = trees.grow(x, y, depth=None, criterion=criterion)
    # A leaf holds more than one class only where the points are the same.
    leaf = tree.leaf(x)
    for a, b in itertools.combinations(range(n), 2):
        if leaf[a] == leaf[b]:
            assert y[a] == y[b] or (x[a] == x[b]).all()
    inner = tree.child >= 0
    np.testing.assert_allclose(tree.size[tree.child[inner]] + tree.size[tree.child[inner] + 1], tree.size[inner])
    assert tree.leaves == inner.sum() + 1
    assert tree.size[0] == n


def test_many_trees_at_once_are_the_trees_one_by_one():
    data = load("moons", n=60, noise=0.3)
    wood = trees.forest(data.x, data.y, trees=5, features=2, depth=4, seed=3)
    for b, bag in enumerate(wood.bags):
        alone = trees.grow(data.x, data.y, depth=4, weights=bag)
        np.testing.assert_allclose(wood.by_tree(data.x)[b], alone.predict_proba(data.x))


def test_gains_are_those_of_the_definition():
    rng = np.random.default_rng(2)
    x, y = rng.integers(6, size=(20, 2)).astype(float), rng.integers(2, size=20)

    def gini(part):
        return 1 - (np.bincount(part, minlength=2) ** 2).sum() / len(part) ** 2

    for column, (at, gain) in zip(x.T, trees.gains(x, y), strict=True):
        for c, g in zip(at, gain, strict=True):
            low, high = y[column <= c], y[column > c]
            expected = gini(y) - len(low) / 20 * gini(low) - len(high) / 20 * gini(high)
            assert g == pytest.approx(expected, abs=1e-12)


def sides(x, rows):
    """Yield both parts of each cut, and of none."""
    yield rows, rows[:0]
    for f, c in itertools.product(range(2), range(4)):
        yield rows[x[rows, f] <= c], rows[x[rows, f] > c]


def fewest(x, y, rows):
    """Give the mistakes that the best single question leaves."""

    def wrong(part):
        return len(part) - np.bincount(y[part]).max() if len(part) else 0

    return min(wrong(a) + wrong(b) for a, b in sides(x, rows))


def test_the_best_of_two_questions_by_trying_all_trees():
    rng = np.random.default_rng(5)
    for classes in (2, 3):
        x, y = rng.integers(4, size=(11, 2)).astype(float), rng.integers(classes, size=11)
        best = min(sum(fewest(x, y, part) for part in first) for first in sides(x, np.arange(11)))
        assert trees.best_of_two(x, y) == pytest.approx(1 - best / 11)


# ---- the forest


def test_a_forest_is_as_good_as_scikit_learns():
    data = load("breast_cancer")
    rows = np.arange(0, 569, 2)
    x, y = data.x[rows], data.y[rows]
    ours = [trees.forest(x, y, trees=40, features=5, seed=seed).out_of_bag for seed in range(3)]
    theirs = [
        RandomForestClassifier(40, max_features=5, oob_score=True, random_state=seed).fit(x, y).oob_score_
        for seed in range(3)
    ]
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.02)


def test_out_of_bag_by_hand():
    data = load("moons", n=40, noise=0.4)
    wood = trees.forest(data.x, data.y, trees=7, features=1, seed=1)
    right, judged = 0, 0
    for i in range(40):
        unseen = wood.bags[:, i] == 0
        if unseen.any():
            judged += 1
            right += wood.by_tree(data.x)[unseen, i].mean(axis=0).argmax() == data.y[i]
    assert wood.out_of_bag == pytest.approx(right / judged)


def test_features_are_drawn_anew_at_each_node_and_only_where_they_differ():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.standard_normal((80, 2)), np.zeros((80, 6))])
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    wood = trees.forest(x, y, trees=20, features=1, seed=0)
    used = np.bincount(wood.wood.feature[wood.wood.feature >= 0], minlength=8)
    assert used[2:].sum() == 0
    assert 0.3 < used[0] / used.sum() < 0.7
    pure = wood.by_tree(x)[np.arange(20)[:, None], np.arange(80), y]
    assert (pure[wood.bags > 0] == 1).all()


def test_votes_and_means_are_not_the_same():
    data = load("moons", n=80, noise=0.4)
    wood = trees.forest(data.x, data.y, trees=9, features=1, depth=2)
    np.testing.assert_allclose(wood.predict_proba(data.x).sum(axis=1), 1)
    by_hand = (wood.by_tree(data.x)[:, :, 1] > 0.5).mean(axis=0)
    np.testing.assert_allclose(wood.votes(data.x)[:, 1], by_hand)
    assert np.abs(wood.votes(data.x) - wood.predict_proba(data.x)).max() > 0.05


def test_what_is_shared_is_found_again():
    # said = common + own, of variances 2 and 3: σ² = 5, ρ = 0.4
    rng = np.random.default_rng(0)
    said = rng.normal(0, np.sqrt(2), (400, 1, 30)) + rng.normal(0, np.sqrt(3), (400, 8, 30))
    found = trees.shared(said)
    assert found.variance == pytest.approx(5, rel=0.05)
    assert found.correlation == pytest.approx(0.4, abs=0.03)
    measured = said.mean(axis=1).var(axis=0, ddof=1).mean()
    assert found.of_mean(8) == pytest.approx(measured, rel=1e-9)


# ---- boosting


def test_adaboost_is_scikit_learns():
    x, rng = separate(120, 2, 3)
    y = (np.hypot(*(x - 60).T) + 12 * rng.standard_normal(120) < 45).astype(int)
    ours = trees.adaboost(x, y, rounds=25)
    theirs = AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=25, random_state=0).fit(x, y)
    np.testing.assert_allclose(2 * ours.alphas[:5], theirs.estimator_weights_[:5], rtol=1e-6)
    np.testing.assert_allclose(ours.errors[:5], theirs.estimator_errors_[:5], rtol=1e-6)
    assert np.mean((ours.staged(x)[-1] > 0) == theirs.predict(x)) > 0.97


def test_the_ledger_balances():
    data = load("moons", n=80, noise=0.3, seed=1)
    boost, sign = trees.adaboost(data.x, data.y, rounds=30), 2 * data.y - 1
    sums = boost.staged(data.x)
    # mean exp(−y F) = Π Z, at least the share of mistakes; Z = 2 √(ε(1 − ε))
    np.testing.assert_allclose(np.exp(-sign * sums).mean(axis=1), np.cumprod(boost.normalizers), rtol=1e-9)
    np.testing.assert_allclose(boost.normalizers, 2 * np.sqrt(boost.errors * (1 - boost.errors)), rtol=1e-9)
    assert (((sums > 0) != data.y).mean(axis=1) <= np.cumprod(boost.normalizers) + 1e-12).all()
    np.testing.assert_allclose(boost.ledger.sum(axis=1), 1)


def test_adaboost_ends_where_it_has_to():
    assert len(trees.adaboost([[0.0], [1.0]], [0, 1], rounds=9).trees) == 1
    assert len(trees.adaboost([[0.0], [1.0]], [0, 0], rounds=9).trees) == 1
    one_place = trees.adaboost([[0.0], [0.0]], [0, 1], rounds=9)
    assert len(one_place.trees) == 0
    assert one_place.staged(np.zeros((3, 1))).shape == (0, 3)


@pytest.mark.parametrize(("rate", "depth"), [(1.0, 1), (0.1, 3), (0.5, 2)])
def test_gradient_boosting_is_scikit_learns(rate, depth):
    x, rng = separate(100, 1, 4)
    t = np.sin(x[:, 0] / 15) + 0.2 * rng.standard_normal(100)
    ours = trees.gradient_boost(x, t, rounds=20, rate=rate, depth=depth)
    theirs = GradientBoostingRegressor(n_estimators=20, learning_rate=rate, max_depth=depth, random_state=0).fit(x, t)
    q = rng.uniform(-5, 105, (200, 1)).round(3)
    np.testing.assert_allclose(ours.staged(q)[-1], theirs.predict(q), rtol=1e-6, atol=1e-9)


def test_gradient_boosting_is_a_loop_of_three_lines():
    x, rng = separate(50, 1, 6)
    t = rng.standard_normal(50)
    total = np.full(50, t.mean())
    for _ in range(10):
        total = total + 0.3 * trees.grow_regression(x, t - total, depth=2).predict_proba(x)[:, 0]
    boost = trees.gradient_boost(x, t, rounds=10, rate=0.3, depth=2)
    np.testing.assert_allclose(boost.staged(x)[-1], total, atol=1e-12)
    np.testing.assert_allclose(boost.ledger[-1], t - total, atol=1e-12)
    assert (np.diff(boost.errors) <= 1e-12).all()


X, Y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: trees.grow(X, [0, 1], depth=2), "shape"),
        (lambda: trees.grow(X * np.nan, Y, depth=2), "finite"),
        (lambda: trees.grow(X, Y, depth=-1), "at least 0"),
        (lambda: trees.grow(X, Y, depth=2, criterion="mood"), "one of"),
        (lambda: trees.grow(X, Y, depth=2, features=3), "from 1 to 2"),
        (lambda: trees.grow(X, Y, depth=2, min_leaf=0), "at least 1"),
        (lambda: trees.grow(X, Y, depth=2, weights=np.zeros(4)), "not all 0"),
        (lambda: trees.grow(X, Y, depth=2).predict_proba([[1.0]]), "shape"),
        (lambda: trees.forest(X, Y, trees=0, features=1), "at least 1"),
        (lambda: trees.forest(X, Y, trees=2, features=1).predict_proba([1.0]), "shape"),
        (lambda: trees.forest(X, Y, trees=2, features=1, bags=np.eye(4)[:2] * -1), "at least 0"),
        (lambda: trees.adaboost(X, [0, 1, 2, 0], rounds=3), "below 2"),
        (lambda: trees.adaboost(X, Y, rounds=3).staged([[np.nan, 0.0]]), "finite"),
        (lambda: trees.gradient_boost(X, Y, rounds=3, rate=0, depth=1), "above 0"),
        (lambda: trees.gradient_boost(X, Y, rounds=3, rate=0.1, depth=0), "at least 1"),
        (lambda: trees.best_of_two(np.zeros((401, 1)), np.zeros(401)), "at most 400"),
        (lambda: trees.shared(np.zeros((1, 3, 2))), "two draws"),
        (lambda: trees.gains(X, Y, criterion="mood"), "one of"),
    ],
)
def test_bad_arguments_are_sentences(call, says):
    with pytest.raises(ValueError, match=says):
        call()

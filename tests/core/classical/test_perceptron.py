import dataclasses
import doctest
import warnings

import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.spatial import ConvexHull
from sklearn.linear_model import LogisticRegression, Perceptron, SGDClassifier
from sklearn.svm import SVC

from core.classical.perceptron import (
    INITS,
    ORDERS,
    RULES,
    angle,
    blame,
    features,
    fit,
    hull,
    hull_overlap,
    logistic,
    orders,
    predict,
    rebuild,
    rules,
    score,
    separability,
    spread,
    step,
    svm,
)
from core.data import load

XOR = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]), np.array([0, 1, 0, 1])


def iris(first, second, columns=(2, 3)):
    """Two species, petal length and width unless said otherwise."""
    data = load("iris", noise=0)
    keep = (data.y == first) | (data.y == second)
    return data.x[keep][:, columns], (data.y[keep] == second).astype(int)


def overlapping(seed, n=60, d=2):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    return rng.standard_normal((n, d)) + y[:, None], y


def separable(seed, n=60, d=2, gap=0.3):
    """Points at least `gap` from a random hyperplane that misses the origin."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    normal = rng.standard_normal(d)
    normal /= np.linalg.norm(normal)
    x = rng.standard_normal((n, d))
    x += np.outer(np.where(y == 1, 1, -1) * (gap + rng.exponential(size=n)) + 0.5 - x @ normal, normal)
    return x, y


def on_a_grid(seed):
    """Small whole numbers, where points often fall exactly on the line, and more of class 1."""
    rng = np.random.default_rng(seed)
    return rng.integers(-2, 3, (40, 2)).astype(float), (rng.uniform(size=40) < 0.7).astype(int)


def naive(x, y, *, rule="perceptron", rate=1.0, epochs=100, margin=0.0, start=None, orders=None):
    """The rules as one would write them down first, visit by visit."""
    n, d = x.shape
    w = np.zeros(d + 1) if start is None else start
    pocket, best = w, np.mean(predict(w, x) == y)
    current, pockets, means, samples, mistakes, seen = [w], [pocket], [w], [], [], []
    for epoch in range(epochs):
        mistakes.append(0)
        for i in range(n) if orders is None else orders[epoch]:
            point = np.append(1.0, x[i])
            z = sum(a * b for a, b in zip(w, point, strict=True))
            wrong = (1 if z >= 0 else 0) != y[i]
            if wrong or (rule == "margin" and (2 * y[i] - 1) * z <= margin):
                w = w + rate * (2 * y[i] - 1) * point
                mistakes[-1] += 1
                samples.append(i)
                current.append(w)
                right = np.mean([(1 if w[0] + w[1:] @ p >= 0 else 0) == c for p, c in zip(x, y, strict=True)])
                if right > best:
                    pocket, best = w, right
                pockets.append(pocket)
                means.append(np.mean([*seen, w], axis=0))
            seen.append(w)
        if mistakes[-1] == 0:
            break
    rows = {"pocket": pockets, "averaged": means}.get(rule, current)
    final = np.mean(seen, axis=0) if rule == "averaged" else rows[-1]
    return np.array(rows), samples, mistakes, np.array(current), final


def hull_distance(a, b):
    """Between the convex hulls of two sets in the plane, if they are apart: the nearest point and segment."""
    nearest = np.inf
    for corners, points in ((a, b), (b, a)):
        start, along = corners[:, None], corners[None] - corners[:, None]
        length = np.maximum((along**2).sum(-1), 1e-300)
        for point in points:
            t = np.clip(((point - start) * along).sum(-1) / length, 0, 1)
            nearest = min(nearest, np.linalg.norm(start + t[..., None] * along - point, axis=-1).min())
    return nearest


# ---- the pieces ----


def test_docstring_example():
    results = doctest.testmod(rules)
    assert results.attempted > 0
    assert results.failed == 0


def test_step():
    np.testing.assert_array_equal(step([-1.0, -1e-300, -0.0, 0.0, 2.0]), [0, 0, 1, 1, 1])
    assert step(0.0) == 1
    assert step(np.zeros((2, 3))).shape == (2, 3)


def test_score_and_predict():
    x, weights = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, -1.0]]), np.array([-1.0, 2.0, 0.5])
    np.testing.assert_array_equal(score(weights, x), [2.0, -1.0, 4.5])
    np.testing.assert_array_equal(predict(weights, x), [1, 0, 1])
    many = np.array([weights, -weights, 0 * weights])
    np.testing.assert_array_equal(score(many, x), [[2.0, -1.0, 4.5], [-2.0, 1.0, -4.5], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(predict(many, x), [[1, 0, 1], [0, 1, 0], [1, 1, 1]])
    assert score(many[None], x).shape == (1, 3, 3)


def test_features():
    x = np.array([[2.0, 3.0], [-1.0, 0.5]])
    np.testing.assert_array_equal(features(x, "linear"), x)
    np.testing.assert_array_equal(features(x, "quadratic"), [[2, 3, 4, 6, 9], [-1, 0.5, 1, -0.5, 0.25]])
    assert features(np.ones((7, 4)), "quadratic").shape == (7, 14)


# ---- learning: parity with the naive reference, update for update ----


@pytest.mark.parametrize("rule", ["perceptron", "pocket", "averaged", "margin"])
@pytest.mark.parametrize("data", ["overlapping", "separable", "five", "versicolor", "grid"])
@pytest.mark.parametrize("rate", [0.01, 1.0, 7.3])
def test_parity(rule, data, rate):
    x, y = {
        "overlapping": overlapping(1),
        "separable": separable(2),
        "five": overlapping(3, d=5),
        "versicolor": iris(1, 2),
        "grid": on_a_grid(3),
    }[data]
    margin = 0.5 if rule == "margin" else 0.0
    weights, samples, mistakes, current, final = naive(x, y, rule=rule, rate=rate, epochs=12, margin=margin)
    trace = fit(x, y, rule=rule, rate=rate, epochs=12, margin=margin)
    assert trace.samples.tolist() == samples
    assert trace.mistakes.tolist() == mistakes
    np.testing.assert_array_equal(trace.current, current)
    np.testing.assert_allclose(trace.weights, weights, rtol=0, atol=1e-12 * np.abs(current).max())
    np.testing.assert_allclose(trace.final, final, rtol=0, atol=1e-12 * np.abs(current).max())
    assert trace.converged == (mistakes[-1] == 0)


@pytest.mark.parametrize("order", ["shuffled", "sgd"])
@pytest.mark.parametrize("init", INITS)
def test_parity_of_random_orders(order, init):
    x, y = overlapping(4)
    # The seed has two streams: the first draws the weights, the second the orders.
    init_rng, order_rng = np.random.default_rng(9).spawn(2)
    start = init_rng.standard_normal(3) if init == "random" else None
    if order == "sgd":
        orders = [order_rng.integers(60, size=60) for _ in range(8)]
        trace = fit(x, y, rule="sgd", init=init, epochs=8, seed=9)
    else:
        orders = [order_rng.permutation(60) for _ in range(8)]
        trace = fit(x, y, order="shuffled", init=init, epochs=8, seed=9)
    weights, samples, mistakes, _, _ = naive(x, y, epochs=8, start=start, orders=orders)
    assert trace.samples.tolist() == samples
    assert trace.mistakes.tolist() == mistakes
    np.testing.assert_array_equal(trace.weights, weights)


def test_and_by_hand():
    """From zero weights, class 0 is wrong at score 0; eleven updates on paper lead to −3 + 2 x₁ + x₂."""
    trace = fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    assert trace.samples.tolist() == [0, 3, 0, 1, 3, 1, 2, 3, 2, 3, 1]
    assert trace.mistakes.tolist() == [2, 3, 3, 2, 1, 0]
    assert trace.epoch.tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4]
    np.testing.assert_array_equal(
        trace.weights[[0, 1, 2, 5, 11]], [[0] * 3, [-1, 0, 0], [0, 1, 1], [-1, 2, 1], [-3, 2, 1]]
    )
    assert trace.converged


def test_class_1_on_the_line_is_no_mistake():
    right = fit([[0.0], [0.0]], [1, 1])
    assert right.converged
    assert right.samples.size == 0
    np.testing.assert_array_equal(right.weights, [[0.0, 0.0]])
    wrong = fit([[0.0]], [0])
    np.testing.assert_array_equal(wrong.weights, [[0.0, 0.0], [-1.0, 0.0]])
    # Rule "margin" with margin 0 wants to be off the line.
    assert fit([[0.0]], [1], rule="margin").samples.tolist() == [0]


@pytest.mark.parametrize("data", ["overlapping", "separable", "versicolor", "four"])
@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_against_scikit_learn(data, rate):
    """Its Perceptron also learns from a class-1 point on the line: our rule "margin" with margin 0."""
    x, y = {
        "overlapping": overlapping(5),
        "separable": separable(6),
        "versicolor": iris(1, 2),
        "four": iris(1, 2, (0, 1, 2, 3)),
    }[data]
    with warnings.catch_warnings():
        # It deprecates penalty=None in favour of alpha=0 or the reverse, depending on its version.
        warnings.simplefilter("ignore", FutureWarning)
        theirs = Perceptron(penalty=None, eta0=rate, shuffle=False, tol=None, max_iter=30).fit(x, y)
    ours = fit(x, y, rule="margin", rate=rate, epochs=30)
    np.testing.assert_allclose(ours.final, np.append(theirs.intercept_, theirs.coef_), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("data", ["overlapping", "separable"])
def test_average_against_scikit_learn(data):
    x, y = {"overlapping": overlapping(7), "separable": separable(8)}[data]
    # Class 0 first: scikit-learn would learn from a first point of class 1, whose score is 0.
    first = int(np.argmin(y))
    x, y = np.roll(x, -first, axis=0), np.roll(y, -first)
    ours = fit(x, y, rule="averaged", epochs=30)
    theirs = SGDClassifier(
        loss="perceptron",
        penalty=None,
        learning_rate="constant",
        eta0=1.0,
        average=True,
        shuffle=False,
        tol=None,
        max_iter=len(ours.mistakes),
    ).fit(x, y)
    np.testing.assert_allclose(ours.final, np.append(theirs.intercept_, theirs.coef_), rtol=1e-9)


# ---- learning: what must hold for any data ----


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("init", INITS)
def test_trace_is_coherent(rule, order, init):
    x, y = overlapping(10)
    trace = fit(x, y, rule=rule, order=order, init=init, margin=0.3, epochs=7, rate=0.5, seed=3)
    updates = len(trace.samples)
    assert trace.weights.shape == trace.current.shape == (updates + 1, 3)
    assert trace.epoch.shape == (updates,)
    assert trace.mistakes.shape == (7,)
    np.testing.assert_array_equal(np.bincount(trace.epoch, minlength=7), trace.mistakes)
    assert (np.diff(trace.epoch) >= 0).all()
    # Each update was due, and is the rule's.
    before, point, sign = trace.current[:-1], x[trace.samples], 2 * y[trace.samples] - 1
    due = sign * (before[:, 0] + (before[:, 1:] * point).sum(axis=1))
    assert (due <= (0.3 if rule == "margin" else 0.0) + 1e-9).all()
    moved = 0.5 * sign[:, None] * np.column_stack([np.ones(updates), point])
    np.testing.assert_allclose(np.diff(trace.current, axis=0), moved, atol=1e-12)
    if order == "shuffled" and rule != "sgd":
        for e in range(7):
            assert len(set(trace.samples[trace.epoch == e])) == trace.mistakes[e]
    if rule in ("perceptron", "margin", "sgd"):
        np.testing.assert_array_equal(trace.weights, trace.current)
    if rule != "averaged":
        np.testing.assert_array_equal(trace.final, trace.weights[-1])
    assert not trace.converged


def test_novikoff():
    for seed in range(20):
        x, y = separable(seed, n=40, gap=0.1)
        promised = separability(x, y)
        assert promised.separable, seed
        for rule, order in (("perceptron", "fixed"), ("perceptron", "shuffled"), ("sgd", "fixed")):
            trace = fit(x, y, rule=rule, order=order, epochs=10_000, rate=0.25, seed=seed)
            assert trace.converged, seed
            assert len(trace.samples) <= promised.bound, seed
            np.testing.assert_array_equal(predict(trace.final, x), y)
            # Novikoff's squeeze: k γ ≤ ‖w‖ / rate ≤ √k R
            k, length = np.arange(len(trace.weights)), np.linalg.norm(trace.weights, axis=1) / 0.25
            assert (k * promised.augmented_margin <= length + 1e-9).all(), seed
            assert (length <= np.sqrt(k) * promised.radius + 1e-9).all(), seed


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.25, 10.0, 1e6])
def test_from_zero_the_rate_changes_no_line(rule, rate):
    x, y = overlapping(11)
    one, other = (fit(x, y, rule=rule, rate=r, epochs=20, order="shuffled") for r in (1.0, rate))
    assert one.samples.size
    np.testing.assert_array_equal(other.samples, one.samples)
    np.testing.assert_allclose(other.weights / rate, one.weights, rtol=1e-9, atol=1e-9)


def test_the_rate_matters_from_other_weights_or_with_a_margin():
    x, y = overlapping(12)
    for choice in ({"init": "random"}, {"rule": "margin", "margin": 1.0}):
        one, other = (fit(x, y, rate=rate, epochs=20, **choice) for rate in (1.0, 0.01))
        assert one.samples.tolist() != other.samples.tolist()


def test_on_measurements_only_powers_of_two_scale_exactly():
    """Iris comes in tenths of a cm: points fall exactly on the line, and then rounding decides their side."""
    x, y = iris(1, 2)
    one = fit(x, y, order="shuffled")
    for rate in (0.5, 4.0):
        np.testing.assert_array_equal(fit(x, y, order="shuffled", rate=rate).weights, rate * one.weights)
    assert fit(x, y, order="shuffled", rate=0.1).samples.tolist() != one.samples.tolist()


@pytest.mark.parametrize("kind", ["linear", "quadratic"])
def test_xor(kind):
    x, y = features(XOR[0], kind), XOR[1]
    trace = fit(x, y, epochs=1000)
    assert separability(x, y).separable == trace.converged == (kind == "quadratic")
    if kind == "linear":
        assert len(trace.mistakes) == 1000
        assert (trace.mistakes > 0).all()
        assert (np.mean(predict(trace.weights, x) == y, axis=1) < 1).all()


def test_iris_species():
    setosa, virginica = iris(0, 1), iris(1, 2)
    assert separability(*setosa).separable
    assert fit(*setosa).converged
    assert not separability(*virginica).separable
    assert not fit(*virginica, epochs=1000).converged
    # All four measurements do not separate versicolor from virginica either (Fisher 1936 has them overlap).
    assert not separability(*iris(1, 2, (0, 1, 2, 3))).separable


@pytest.mark.parametrize("order", ORDERS)
def test_pocket_never_gets_worse(order):
    x, y = iris(1, 2)
    pocket, plain = (fit(x, y, rule=rule, order=order) for rule in ("pocket", "perceptron"))
    np.testing.assert_array_equal(pocket.current, plain.weights)
    right, plainly = (np.mean(predict(trace.weights, x) == y, axis=1) for trace in (pocket, plain))
    np.testing.assert_array_equal(right, np.maximum.accumulate(plainly))
    # The ratchet turns only where it gets better, so the weights change exactly there.
    np.testing.assert_array_equal(np.diff(pocket.weights, axis=0).any(axis=1), np.diff(right) > 0)
    assert right[-1] > plainly[-1]


def test_more_updates_than_a_block():
    x, y = overlapping(13, n=100)
    trace = fit(x, y, rule="pocket", epochs=100)
    assert len(trace.samples) > 1024
    right = np.mean(predict(trace.current, x) == y, axis=1)
    np.testing.assert_array_equal(np.mean(predict(trace.weights, x) == y, axis=1), np.maximum.accumulate(right))


@pytest.mark.parametrize("margin", [0.0, 1.0, 50.0])
def test_margin_is_kept(margin):
    x, y = separable(14)
    trace = fit(x, y, rule="margin", margin=margin, epochs=10_000)
    assert trace.converged
    assert ((2 * y - 1) * score(trace.final, x)).min() > margin


def test_what_a_margin_promises():
    """Novikoff's squeeze with a margin m: at most (R² + 2 m / rate) / γ² updates, and γ m / (rate R² + 2 m) is kept."""
    x, y = separable(15)
    best = separability(x, y)
    kept = []
    for rate, m in ((1.0, 0.0), (1.0, 1.0), (1.0, 100.0), (0.01, 100.0)):
        trace = fit(x, y, rule="margin", margin=m, rate=rate, epochs=100_000)
        assert trace.converged
        assert len(trace.samples) <= (best.radius**2 + 2 * m / rate) / best.augmented_margin**2
        kept.append(((2 * y - 1) * score(trace.final, x)).min() / np.linalg.norm(trace.final) / best.augmented_margin)
        assert m / (rate * best.radius**2 + 2 * m) <= kept[-1] <= 1 + 1e-9
    assert kept[-1] > kept[0]


def test_sgd_claims_convergence_only_when_all_are_right():
    """An epoch that draws 8 of 8 at random usually misses some, so one without a mistake proves nothing by itself."""
    claims = 0
    for seed in range(30):
        x, y = separable(seed, n=8, gap=0.01)
        trace = fit(x, y, rule="sgd", epochs=3, seed=seed)
        claims += trace.converged
        if trace.converged:
            np.testing.assert_array_equal(predict(trace.final, x), y)
        else:
            assert len(trace.mistakes) == 3, seed
    assert 0 < claims < 30


def test_seeds_and_streams():
    x, y = overlapping(16)
    for choice in ({"order": "shuffled"}, {"rule": "sgd"}, {"init": "random"}):
        one, same, other = (fit(x, y, epochs=3, seed=seed, **choice) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one.weights, same.weights)
        assert one.weights.tolist() != other.weights.tolist()
    np.testing.assert_array_equal(fit(x, y, seed=1).weights, fit(x, y, seed=2).weights)
    # Shuffling does not bring other weights to start from.
    starts = [fit(x, y, init="random", order=order, epochs=1).weights[0] for order in ORDERS]
    np.testing.assert_array_equal(*starts)


def test_fixed_order_follows_the_rows():
    x, y = overlapping(17)
    mixed = np.random.default_rng(0).permutation(60)
    assert len(fit(x, y).samples) != len(fit(x[mixed], y[mixed]).samples)


def test_ends_of_the_ranges():
    x, y = overlapping(18, n=20)
    for rule in RULES:
        assert len(fit(x, y, rule=rule, epochs=1).mistakes) == 1
        for rate in (1e-20, 1e20):
            assert np.isfinite(fit(x, y, rule=rule, rate=rate).weights).all()
    stuck = fit(x, y, rule="margin", margin=1e20, epochs=5)
    assert stuck.mistakes.tolist() == [20] * 5
    assert np.isfinite(fit(1e20 * x / np.abs(x).max(), y, rate=1e20).weights).all()
    assert fit(x[:1], y[:1]).converged


# ---- separability ----


def check_optimal(weights, points, sign, free_bias):
    """The Karush–Kuhn–Tucker conditions: sign·score ≥ 1, and w is a sum of the points that meet it, none negative."""
    reach = sign * score(weights, points)
    assert reach.min() == pytest.approx(1.0, rel=1e-7)
    holds = reach < 1 + 1e-6
    pulls = sign[holds, None] * np.column_stack([np.ones(holds.sum()), points[holds]])
    target = np.append(0.0, weights[1:]) if free_bias else weights
    _, rest = nnls(pulls.T, target)
    assert rest <= 1e-6 * np.linalg.norm(target)


@pytest.mark.parametrize("d", [1, 2, 5, 14])
@pytest.mark.parametrize("n", [2, 3, 20, 200])
@pytest.mark.parametrize("gap", [1.0, 0.1, 1e-3, 1e-5])
def test_widest_margins(d, n, gap):
    x, y = separable(d + n, n=n, d=d, gap=gap)
    found = separability(x, y)
    assert found.separable
    assert found.margin >= gap * (1 - 1e-9)
    sign = 2 * y - 1
    check_optimal(found.weights, x, sign, free_bias=True)
    check_optimal(found.augmented_weights, x, sign, free_bias=False)
    assert found.margin == pytest.approx(1 / np.linalg.norm(found.weights[1:]), rel=1e-9)
    assert found.augmented_margin == pytest.approx(1 / np.linalg.norm(found.augmented_weights), rel=1e-9)
    assert found.radius == pytest.approx(np.sqrt(1 + (x**2).sum(axis=1).max()))
    assert found.bound == pytest.approx((found.radius / found.augmented_margin) ** 2)


@pytest.mark.parametrize("data", ["blobs", "outlier", "petals", "four"])
def test_against_support_vector_machine(data):
    x, y = {
        "blobs": (load("blobs").x, load("blobs").y),
        "outlier": (load("outlier", noise=0.01).x, load("outlier").y),
        "petals": iris(0, 1),
        "four": iris(0, 1, (0, 1, 2, 3)),
    }[data]
    machine = SVC(kernel="linear", C=1e9, tol=1e-9).fit(x, y)
    found = separability(x, y)
    np.testing.assert_allclose(found.weights, np.append(machine.intercept_, machine.coef_), rtol=1e-5, atol=1e-5)
    assert found.margin == pytest.approx(1 / np.linalg.norm(machine.coef_), rel=1e-6)


@pytest.mark.parametrize(
    ("points", "room"),
    [
        (lambda rng: rng.standard_normal((16, 2)), 1e-9),
        # On a coarse grid points repeat and lie on one line; and the axes are of very different units.
        (lambda rng: rng.integers(-3, 4, (16, 2)) * [1.0, 1000.0], 1e-9),
        # The coordinates themselves are known to 1e-12 of a margin of 1e-4 or so.
        (lambda rng: rng.standard_normal((16, 2)) * [1e4, 1e-3], 1e-6),
    ],
    ids=["plain", "grid", "units"],
)
def test_against_the_distance_of_the_hulls(points, room):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = points(rng)
        # Between two columns of the grid rounding must not say which side a point is on.
        height = (x / x.std(axis=0) * rng.standard_normal(2)).sum(axis=1)
        y = (height > np.median(height)).astype(int)
        found = separability(x, y)
        assert found.separable, seed
        assert 2 * found.margin == pytest.approx(hull_distance(x[y == 1], x[y == 0]), rel=room), seed


@pytest.mark.parametrize("unit", [1e-18, 1e-9, 1e-3, 1e3, 1e9, 1e18])
def test_units_large_and_small(unit):
    x, y = separable(22, n=30)
    found = separability(unit * x, y)
    assert found.margin == pytest.approx(unit * separability(x, y).margin, rel=1e-9)
    sign = 2 * y - 1
    kept = sign * score(found.augmented_weights, unit * x)
    assert kept.min() == pytest.approx(1.0, rel=1e-7)
    # Beside tiny coordinates the bias costs nothing, so γ is the margin in x; beside large ones it is no help at all.
    if unit <= 1e-9:
        assert found.augmented_margin == pytest.approx(found.margin, rel=1e-7)
    if unit >= 1e9:
        bare = separability(1e6 * unit * x / unit, y).augmented_margin / 1e6
        assert found.augmented_margin == pytest.approx(unit * bare, rel=1e-7)


def test_augmented_margin_against_a_search():
    """In one dimension the hyperplanes through the origin of [1, x] are lines through 0: try all angles, then near."""
    for seed in range(5):
        x, y = separable(seed, n=10, d=1)
        rows = (2 * y - 1)[:, None] * np.column_stack([np.ones(10), x])
        middle, reach = np.pi, np.pi
        for _ in range(2):  # the least distance to the rows has one top on the half circle where it is positive
            angles = middle + reach * np.linspace(-1, 1, 20_001)
            least = (rows @ [np.cos(angles), np.sin(angles)]).min(axis=0)
            middle, reach = angles[least.argmax()], reach / 10_000
        assert separability(x, y).augmented_margin == pytest.approx(least.max(), rel=1e-6), seed


def test_margins_by_hand():
    """Two points, so the line is half way between them."""
    found = separability([[-1.0], [3.0]], [0, 1])
    np.testing.assert_allclose(found.weights, [-0.5, 0.5])
    assert found.margin == pytest.approx(2.0)
    assert found.radius == pytest.approx(np.sqrt(10))
    # Augmented and signed: [−1, 1] and [1, 3], a segment whose end [−1, 1] is nearest to 0. So γ = √2, w = [−1, 1] / 2.
    assert found.augmented_margin == pytest.approx(np.sqrt(2))
    np.testing.assert_allclose(found.augmented_weights, [-0.5, 0.5])
    assert found.bound == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (XOR[0], XOR[1]),
        ([[0, 0], [1, 0], [0, 1], [0.2, 0.2]], [0, 0, 0, 1]),  # a point inside a triangle
        ([[0, 0], [1, 1], [0.5, 0.5]], [0, 0, 1]),  # between two others
        ([[0.1, 0.7], [0.1, 0.7]], [0, 1]),  # twice the same point
        ([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]], [0, 0, 1]),
    ],
)
def test_not_separable(x, y):
    found = separability(x, y)
    assert not found.separable
    assert found.margin == found.augmented_margin == 0
    assert found.bound == np.inf
    assert found.radius == pytest.approx(np.sqrt(1 + (np.asarray(x) ** 2).sum(axis=1).max()))
    np.testing.assert_array_equal(found.weights, np.zeros(3))
    np.testing.assert_array_equal(found.augmented_weights, np.zeros(3))


def test_touching_is_not_separable():
    """A point between two others stays between them where rounding puts it to one side by its last digit."""
    rng = np.random.default_rng(23)
    for _ in range(100):
        a, b = rng.uniform(-3, 3, (2, 2))
        between = a + rng.uniform() * (b - a)
        assert not separability([a, b, between], [0, 0, 1]).separable


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-8, -1e-8, -1e-6, -1e-4])
def test_a_gap_or_an_overlap_of_a_hair(gap):
    """Class 1 is the square's upper side, class 0 the same side `gap` lower: the margin is gap / 2, known exactly."""
    x = np.array([[-1.0, gap], [1.0, gap], [0.3, 1.5], [-1.0, 0.0], [1.0, 0.0], [0.1, -1.2]])
    found = separability(x, [1, 1, 1, 0, 0, 0])
    assert found.separable == (gap > 0)
    if gap > 0:
        assert found.margin == pytest.approx(gap / 2, rel=1e-6)


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone(label):
    x = np.array([[1.0, 2.0], [3.0, -1.0]])
    found = separability(x, [label, label])
    assert found.separable
    assert found.margin == np.inf
    np.testing.assert_array_equal(found.weights, [2 * label - 1, 0, 0])
    np.testing.assert_array_equal(predict(found.weights, x), [label, label])
    check_optimal(found.augmented_weights, x, np.full(2, 2 * label - 1), free_bias=False)
    trace = fit(x, [label, label])
    assert trace.converged
    assert len(trace.samples) <= found.bound


def test_separability_asks_for_no_order_and_no_place():
    x, y = separable(20)
    found = separability(x, y)
    mixed = np.random.default_rng(1).permutation(60)
    np.testing.assert_allclose(separability(x[mixed], y[mixed]).weights, found.weights, rtol=1e-9)
    assert separability(1000 * x, y).margin == pytest.approx(1000 * found.margin, rel=1e-9)
    moved = separability(x + 50, y)
    assert moved.margin == pytest.approx(found.margin, rel=1e-9)
    assert moved.bound > 100 * found.bound  # but the promise to the perceptron depends on the origin
    swapped = separability(x, 1 - y)
    np.testing.assert_allclose(swapped.weights, -found.weights, rtol=1e-9)
    assert not separability(*(a[mixed] for a in overlapping(20))).separable
    # Where all are right, the augmented hyperplane is one of the lines in x: its margin there is not wider.
    w = found.augmented_weights
    assert ((2 * y - 1) * score(w, x)).min() / np.linalg.norm(w[1:]) <= found.margin * (1 + 1e-9)


# ---- who moved the line ----


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("init", INITS)
def test_the_counts_rebuild_the_weights(rule, init):
    x, y = overlapping(30, d=3)
    trace = fit(x, y, rule=rule, init=init, rate=0.3, margin=0.2, epochs=9, seed=5)
    updates = np.arange(len(trace.samples) + 1)
    alpha = blame(trace.samples, len(x), updates)
    assert alpha[0].sum() == 0
    np.testing.assert_array_equal(alpha[-1], np.bincount(trace.samples, minlength=len(x)))
    np.testing.assert_array_equal(alpha.sum(axis=1), updates)
    again = rebuild(alpha, x, y, rate=0.3, start=trace.current[0])
    np.testing.assert_allclose(again, trace.current, atol=1e-11)
    some = [0, 3, 3, len(trace.samples)]
    np.testing.assert_array_equal(blame(trace.samples, len(x), some), alpha[some])
    np.testing.assert_allclose(rebuild(alpha[-1], x, y, rate=0.3, start=trace.current[0]), again[-1], atol=1e-12)


def test_counts_of_nothing():
    assert blame([], 3, [0, 0]).tolist() == [[0] * 3] * 2
    assert blame([2, 2, 0], 3, [1, 2]).tolist() == [[0, 0, 1], [0, 0, 2]]
    for samples, updates in (([3], [0]), ([-1], [0]), ([0], [2]), ([0, 1], [1, 0]), ([[0]], [0])):
        with pytest.raises(ValueError, match="must"):
            blame(samples, 3, updates)
    with pytest.raises(ValueError, match="count"):
        rebuild([1, 2], np.eye(3), [0, 1, 0])


# ---- convex hulls ----


def test_hull_against_qhull():
    for seed in range(20):
        x = np.random.default_rng(seed).standard_normal((3 + 5 * seed, 2)) * [1.0, 10.0**seed / 1e10]
        found, theirs = hull(x), ConvexHull(x / x.std(axis=0))
        assert {tuple(p) for p in found} == {tuple(p) for p in x[theirs.vertices]}, seed
        assert area(found) == pytest.approx(theirs.volume * x.std(axis=0).prod()), seed


def area(corners):
    """Of a polygon, positive where the corners go counter-clockwise."""
    a, b = corners.T if len(corners) else np.zeros((2, 0))
    return (a * np.roll(b, -1) - b * np.roll(a, -1)).sum() / 2


def test_degenerate_hulls():
    assert hull([[1, 2], [1, 2]]).tolist() == [[1, 2]]
    assert hull([[0, 0], [2, 2], [1, 1], [0, 0]]).tolist() == [[0, 0], [2, 2]]
    assert hull([[0, 0], [1, 0], [2, 0], [2, 1], [0, 1], [1, 0.5]]).tolist() == [[0, 0], [2, 0], [2, 1], [0, 1]]
    assert len(hull(0.1 * np.arange(30)[:, None] * [1, 3])) == 2  # on a line but for rounding


SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2]]


@pytest.mark.parametrize(
    ("other", "corners"),
    [
        ([[1, 1], [3, 1], [3, 3], [1, 3]], [[1, 1], [2, 1], [2, 2], [1, 2]]),
        ([[0.5, 0.5], [1, 0.5], [1, 1]], [[0.5, 0.5], [1, 0.5], [1, 1]]),  # inside
        ([[2, 2], [4, 3], [3, 4]], [[2, 2]]),  # a corner on a corner
        ([[2, 1], [4, 0], [4, 2]], [[2, 1]]),  # a corner on a side
        ([[2, -1], [4, -1], [4, 1], [2, 1]], [[2, 0], [2, 1]]),  # along a side
        ([[-1, 1], [3, 1], [1, 1]], [[0, 1], [2, 1]]),  # a segment through it
        ([[1, 1], [1, 1]], [[1, 1]]),  # a point in it
        ([[2, 1]], [[2, 1]]),
        ([[3, 3], [4, 3]], []),
        ([[2.001, 1]], []),
        ([[3, 1], [1, 3.001]], []),  # past the corner
    ],
)
@pytest.mark.parametrize("swap", [False, True])
def test_overlap_by_hand(other, corners, swap):
    x = np.array(SQUARE + other, dtype=float)
    y = np.array([0] * 4 + [1] * len(other))
    found = hull_overlap(x, 1 - y if swap else y)
    assert np.round(sorted(found.tolist()), 9).tolist() == sorted(corners)
    assert area(found) >= 0
    assert separability(x, y).separable == (len(corners) == 0)


@pytest.mark.parametrize(
    ("a", "b", "corners"),
    [
        ([[0, 0], [2, 2]], [[0, 2], [2, 0]], [[1, 1]]),  # the four points of XOR
        ([[0, 0], [3, 3]], [[1, 1], [5, 5]], [[1, 1], [3, 3]]),  # segments on one line
        ([[0, 0], [1, 1]], [[1, 1], [5, 5]], [[1, 1]]),
        ([[0, 0], [1, 1]], [[2, 2], [5, 5]], []),
        ([[0, 0], [1, 1]], [[0, 1], [1, 2]], []),  # parallel
        ([[1, 2]], [[1, 2]], [[1, 2]]),
        ([[1, 2]], [[1, 3]], []),
    ],
)
def test_overlap_of_segments_and_points(a, b, corners):
    x, y = np.array(a + b, dtype=float), np.array([0] * len(a) + [1] * len(b))
    for unit in (1.0, 1e-6, 1e6, np.array([1e3, 1e-3])):
        for shift in (0.0, 7.0):
            found = hull_overlap((x + shift) * unit, y)
            assert found.shape == (len(corners), 2)
            np.testing.assert_allclose(sorted((found / unit - shift).tolist()), corners, atol=1e-8)


def test_separable_if_and_only_if_the_hulls_are_apart():
    """On a coarse grid hulls often just touch, and points repeat or lie on one line; and on axes of any units."""
    apart = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(2, 14))
        x = rng.integers(-2, 3, (n, 2)).astype(float) if seed % 2 else rng.standard_normal((n, 2))
        x[:, 0] += (1.5 if seed % 3 else 4.0) * (y := rng.integers(0, 2, n))
        x *= 10.0 ** rng.integers(-3, 4, 2)
        found = hull_overlap(x, y)
        assert (len(found) == 0) == separability(x, y).separable, seed
        apart += len(found) == 0
        for label in (0, 1):  # every corner lies within both hulls
            for corner in found:
                mine = x[y == label] / np.abs(x).max(axis=0)
                _, rest = nnls(np.vstack([mine.T, np.ones(len(mine))]), [*(corner / np.abs(x).max(axis=0)), 1.0])
                assert rest < 1e-9, seed
    assert 40 < apart < 80


def test_overlap_against_counting():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, y = rng.standard_normal((30, 2)), np.arange(30) % 2
        many = rng.uniform(-3, 3, (20_000, 2))
        inside = np.ones(len(many), dtype=bool)
        for label in (0, 1):
            sides = ConvexHull(x[y == label]).equations
            inside &= (many @ sides[:, :2].T + sides[:, 2] <= 0).all(axis=1)
        assert area(hull_overlap(x, y)) == pytest.approx(36 * inside.mean(), abs=0.3), seed


def test_overlap_of_one_class_alone_and_in_space():
    assert hull_overlap(SQUARE, [0] * 4).shape == hull_overlap(SQUARE, [1] * 4).shape == (0, 2)
    for wrong in (lambda x: hull(x), lambda x: hull_overlap(x, [0, 1, 1])):
        with pytest.raises(ValueError, match="x must have shape"):
            wrong(np.eye(3))


# ---- other lines ----


def test_angles():
    assert angle([5, 1, 0], [-3, 0, 2]) == pytest.approx(90)
    assert angle([0, 1, 1], [7, -2, -2]) == pytest.approx(180)
    assert angle([0, 3, 4], [1, 30, 40]) == 0
    assert angle([0, 1, 0], [0, 1, 1e-9]) == pytest.approx(np.degrees(1e-9))
    assert np.isnan(angle([1, 0, 0], [0, 1, 0]))
    with pytest.raises(ValueError, match="other must have shape"):
        angle([1, 2], [1, 2, 3])


def test_spread():
    assert spread([[3, 1, 0], [0, 5, 0]]) == pytest.approx(0, abs=1e-7)
    assert spread([[0, 1, 1], [0, 2, -2], [1, 0, 0]]) == pytest.approx(45)
    assert np.isnan(spread([[0, 1, 0], [0, -1, 0]]))
    assert np.isnan(spread([[1, 0, 0]]))


def many_problems():
    yield overlapping(31)
    yield overlapping(32, n=150, d=5)
    yield separable(33)
    yield iris(0, 1)
    yield iris(1, 2)
    yield XOR
    for name in ("moons", "circles", "outlier", "thin_margin"):
        yield load(name, n=80).x, load(name, n=80).y
    yield np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1])


@pytest.mark.parametrize("c", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("problem", list(many_problems()))
def test_svm_is_optimal(problem, c):
    """Against libsvm by the loss both minimise, since the bias is not always unique; and by its gradient."""
    x, y = problem
    sign = 2 * y - 1

    def loss(w):
        return w[1:] @ w[1:] / 2 + c * np.maximum(0, 1 - sign * score(w, x)).sum()

    found = svm(x, y, c=c)
    theirs = SVC(kernel="linear", C=c, tol=1e-8).fit(x, y)
    assert loss(found) <= loss(np.append(theirs.intercept_, theirs.coef_)) * (1 + 1e-9)
    for step_to in found + 1e-4 * np.random.default_rng(0).standard_normal(
        (200, len(found))
    ):  # no small step goes down
        assert loss(step_to) >= loss(found) * (1 - 1e-9)
    reach = sign * score(found, x)
    on = np.abs(reach - 1) < 1e-6
    rows = sign[:, None] * np.column_stack([np.ones(len(x)), x])
    # w = Σ α_i row_i with α_i = c within the margin, 0 beyond it, and between on it
    rest = np.append(0.0, found[1:]) - c * rows[(reach < 1) & ~on].sum(axis=0)
    if on.any():
        alpha, missing = nnls(np.vstack([rows[on].T]), rest)
        assert missing < 1e-5 * max(1.0, np.abs(rest).max())
        assert alpha.max(initial=0) <= c * (1 + 1e-5) * on.sum()
    else:
        np.testing.assert_allclose(rest, 0, atol=1e-6 * c * np.abs(rows).max())


def test_a_dear_margin_is_a_hard_one():
    for x, y in (separable(34), iris(0, 1)):
        np.testing.assert_allclose(svm(x, y, c=1e6), separability(x, y).weights, rtol=1e-5, atol=1e-5)


def test_far_points_have_no_say_in_the_svm():
    x, y = load("outlier", n=60, noise=0.05).x, load("outlier", n=60).y
    whole, less = svm(x, y), svm(np.delete(x, 1, axis=0), np.delete(y, 1))
    assert score(whole, x)[1] > 1
    np.testing.assert_allclose(less, whole, rtol=1e-6)


@pytest.mark.parametrize("ridge", [1e-3, 1.0])
@pytest.mark.parametrize("problem", list(many_problems()))
def test_logistic_against_scikit_learn(problem, ridge):
    x, y = problem
    found = logistic(x, y, ridge=ridge)
    theirs = LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=100_000, solver="newton-cholesky").fit(x, y)
    np.testing.assert_allclose(found, np.append(theirs.intercept_, theirs.coef_), rtol=1e-4, atol=1e-5)
    p = 1 / (1 + np.exp(-score(found, x)))
    gradient = np.append(0.0, ridge * found[1:]) + np.column_stack([np.ones(len(x)), x]).T @ (p - y)
    np.testing.assert_allclose(gradient, 0, atol=1e-7 * len(x))


@pytest.mark.parametrize("label", [0, 1])
def test_other_lines_of_one_class(label):
    for method in (svm, logistic):
        assert method(np.eye(3), [label] * 3).tolist() == [2 * label - 1, 0, 0, 0]


@pytest.mark.parametrize("unit", [1e-3, 1e3])
@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_other_lines_in_other_units(unit, shift):
    """w shrinks as x grows; so c and ridge, which weigh it, have to follow."""
    x, y = overlapping(35)
    moved = (x + shift) * unit
    np.testing.assert_allclose(score(svm(moved, y, c=1 / unit**2), moved), score(svm(x, y), x), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        score(logistic(moved, y, ridge=1e-3 * unit**2), moved), score(logistic(x, y), x), rtol=1e-4, atol=1e-6
    )


# ---- many orders ----


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("data", ["overlapping", "separable", "grid"])
def test_orders_run_by_run(data, init):
    x, y = {"overlapping": overlapping(36), "separable": separable(37), "grid": on_a_grid(38)}[data]
    found = orders(x, y, runs=12, rate=0.5, epochs=6, init=init, seed=4)
    init_rng, order_rng = np.random.default_rng(4).spawn(2)
    start = init_rng.standard_normal(3) if init == "random" else None
    turns = [order_rng.permuted(np.tile(np.arange(len(x)), (12, 1)), axis=1) for _ in range(6)]
    for run in range(12):
        weights, samples, mistakes, *_ = naive(x, y, rate=0.5, epochs=6, start=start, orders=[t[run] for t in turns])
        np.testing.assert_array_equal(found.weights[run], weights[-1])
        assert found.updates[run] == len(samples)
        assert found.converged[run] == (mistakes[-1] == 0)


def test_orders_keep_novikoffs_promise():
    x, y = separable(39, gap=0.1)
    found = orders(x, y, epochs=10_000)
    assert found.weights.shape == (200, 3)
    assert found.converged.all()
    assert (predict(found.weights, x) == y).all()
    assert found.updates.max() <= separability(x, y).bound
    assert len(set(found.updates.tolist())) > 1
    np.testing.assert_array_equal(found.weights, orders(x, y, epochs=10_000).weights)
    assert found.weights.tolist() != orders(x, y, epochs=10_000, seed=1).weights.tolist()


# ---- results and errors ----


def test_results_are_read_only():
    trace, found = fit(*overlapping(21)), separability(*separable(21))
    for result in (trace, found, separability(*XOR), fit(*overlapping(21), rule="pocket"), orders(*XOR, runs=3)):
        arrays = [v for v in vars(result).values() if isinstance(v, np.ndarray)]
        assert arrays
        for array in arrays:
            assert not array.flags.writeable
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.converged = True
    x = np.eye(2)
    fit(x, [0, 1])
    separability(x, [0, 1])
    x[0] = 5.0  # what was passed in stays the caller's


X, Y = [[0.0, 1.0], [2.0, 3.0]], [0, 1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"x": [1.0, 2.0]}, "x must have 2 dimensions"),
        ({"x": []}, "x must have 2 dimensions"),
        ({"x": np.zeros((2, 0))}, "x must have at least 1 row and one column"),
        ({"x": [[0.0, 1.0], [2.0]]}, "x must hold numbers only"),
        ({"x": [["a", "b"], ["c", "d"]]}, "x must hold numbers only"),
        ({"x": [[0.0, np.nan], [1.0, 1.0]]}, "x must be finite"),
        ({"x": [[0.0, np.inf], [1.0, 1.0]]}, "x must be finite"),
        ({"x": [[0.0, 1e21], [1.0, 1.0]]}, "x must hold numbers within"),
        ({"y": [0]}, "y must have shape"),
        ({"y": [[0, 1]]}, "y must have shape"),
        ({"y": [1, 2]}, "y must hold numbers below 2"),
        ({"y": [-1, 1]}, "y must hold whole numbers from 0 up"),
        ({"y": [0, np.nan]}, "y must be finite"),
        ({"rule": "delta"}, "rule must be one of"),
        ({"order": "sorted"}, "order must be one of"),
        ({"init": "one"}, "init must be one of"),
        ({"rate": 0.0}, "rate must be"),
        ({"rate": -1.0}, "rate must be"),
        ({"rate": np.nan}, "rate must be"),
        ({"rate": np.inf}, "rate must be"),
        ({"rate": "fast"}, "rate must be"),
        ({"epochs": 0}, "epochs must be"),
        ({"epochs": 2.5}, "epochs must be"),
        ({"margin": -0.1}, "margin must be"),
        ({"margin": np.nan}, "margin must be"),
        ({"margin": np.inf}, "margin must be"),
        ({"seed": -1}, "seed must be"),
        ({"seed": None}, "seed must be"),
    ],
)
def test_bad_arguments(arguments, sentence):
    arguments = {"x": X, "y": Y, **arguments}
    x, y = arguments.pop("x"), arguments.pop("y")
    with pytest.raises(ValueError, match=sentence):
        fit(x, y, **arguments)
    if not arguments:
        with pytest.raises(ValueError, match=sentence):
            separability(x, y)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: score([0.0, 1.0], X), "weights must have a bias and one number"),
        (lambda: score(1.0, X), "weights must have a bias and one number"),
        (lambda: predict([0.0, 1.0, np.nan], X), "weights must be finite"),
        (lambda: predict([0.0, 1.0, 2.0], [0.0, 1.0]), "x must have 2 dimensions"),
        (lambda: features(X, "cubic"), "kind must be one of"),
        (lambda: features([1.0], "quadratic"), "x must have 2 dimensions"),
        (lambda: svm(X, Y, c=0.0), "c must be"),
        (lambda: svm(X, [0, 2]), "y must hold numbers below 2"),
        (lambda: logistic(X, Y, ridge=-1.0), "ridge must be"),
        (lambda: orders(X, Y, runs=0), "runs must be"),
        (lambda: orders(X, Y, epochs=1.5), "epochs must be"),
        (lambda: orders(X, Y, rate=0.0), "rate must be"),
        (lambda: orders(X, Y, init="one"), "init must be one of"),
        (lambda: spread([1.0, 2.0]), "weights must have 2 dimensions"),
    ],
)
def test_bad_calls(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

"""Backpropagation against torch's autograd, finite differences, and torch's optimisers."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import check_grad

from core.data import load
from core.neural import backprop
from core.neural.backprop import pulled
from core.neural.backprop.training import count, views

F = torch.nn.functional
PHI = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "selu": F.selu,
    "leaky_relu": F.leaky_relu,
    "linear": lambda z: z,
}
LOSS = {
    "cross_entropy": lambda z, y: (
        F.binary_cross_entropy_with_logits(z[:, 0], y.double()) if z.shape[1] == 1 else F.cross_entropy(z, y)
    ),
    "squared": lambda z, y: F.mse_loss(z, y.double().reshape(z.shape)),
    "brier": lambda z, y: F.mse_loss(torch.sigmoid(z[:, 0]), y.double()),
}


def network(sizes, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in itertools.pairwise(sizes)]


def by_torch(weights, x, names, residual):
    h = torch.tensor(x)
    for (W, b), name in zip(weights[:-1], names, strict=True):
        a = PHI[name](h @ W + b)
        h = h + a if residual and a.shape == h.shape else a
    return h @ weights[-1][0] + weights[-1][1]


def leaves(weights):
    return [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in weights]


CASES = [
    ((2, 4, 2, 1), "tanh", "cross_entropy", False),
    ((2, 4, 4, 1), "relu", "cross_entropy", True),
    ((3, 3, 3, 3, 4), "gelu", "cross_entropy", True),
    ((2, 3, 2), "selu", "squared", False),
    ((2, 5, 5, 1), ("sigmoid", "leaky_relu"), "brier", True),
    ((2, 4, 1), "linear", "squared", False),
    ((2, 1), (), "cross_entropy", False),
]


@pytest.mark.parametrize(("sizes", "activation", "loss", "residual"), CASES)
def test_gradients_are_autograd_s(sizes, activation, loss, residual):
    rng, weights = np.random.default_rng(1), network(sizes)
    x = rng.normal(size=(17, sizes[0]))
    y = rng.integers(0, max(sizes[-1], 2), 17) if loss != "squared" else rng.normal(size=(17, sizes[-1]))
    ours = backprop.gradients(weights, x, y, activation=activation, loss=loss, residual=residual)
    names = (activation,) * (len(sizes) - 2) if isinstance(activation, str) else activation
    theirs = leaves(weights)
    LOSS[loss](by_torch(theirs, x, names, residual), torch.tensor(y)).backward()
    for mine, layer in zip(ours, theirs, strict=True):
        for a, b in zip(mine, layer, strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b.grad.numpy(), rtol=1e-10, atol=1e-13)


def test_a_wrong_rule_is_found_out():
    """The notes' shortcut, a message without φ′, is not the gradient."""
    weights, x, y = network((2, 3, 1)), np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 2
    found = backprop.run(weights, x, y, ("tanh",), "cross_entropy")
    without = found.delta[1] @ weights[1][0].T
    right = backprop.gradients(weights, x, y, activation="tanh", loss="cross_entropy")[0][0]
    np.testing.assert_allclose(x.T @ (without * found.slope[0]), right)
    assert np.abs(x.T @ without - right).max() > 0.01


def test_differences_are_scipy_s_and_the_gradient():
    weights, x, y = network((2, 3, 2, 1)), np.random.default_rng(0).normal(size=(6, 2)), np.arange(6) % 2
    sizes = (2, 3, 2, 1)
    flat = np.concatenate([part.ravel() for layer in weights for part in layer])

    def loss(w):
        return backprop.run(views(w, sizes), x, y, ("tanh", "tanh"), "brier").loss

    def slope(w):
        found = backprop.gradients(views(w, sizes), x, y, activation="tanh", loss="brier")
        return np.concatenate([part.ravel() for layer in found for part in layer])

    assert check_grad(loss, slope, flat) < 1e-6
    near = backprop.differences(weights, x, y, activation=("tanh", "tanh"), loss="brier")
    np.testing.assert_allclose(np.concatenate([p.ravel() for g in near for p in g]), slope(flat), atol=1e-9)


def test_many_networks_side_by_side():
    sizes, x, y = (2, 3, 1), np.random.default_rng(0).normal(size=(5, 2)), np.arange(5) % 2
    vector = np.random.default_rng(1).normal(size=(4, count(sizes)))
    together = backprop.run(views(vector, sizes), x, y, ("tanh",), "cross_entropy").gradients
    for k in range(4):
        alone = backprop.gradients(views(vector[k], sizes), x, y, activation="tanh", loss="cross_entropy")
        np.testing.assert_allclose(together[0][0][k], alone[0][0])
        np.testing.assert_allclose(together[1][1][k], alone[1][1])


@pytest.mark.parametrize(("optimizer", "residual"), [("sgd", False), ("momentum", True), ("adam", False)])
def test_training_is_torch_s(optimizer, residual):
    data = load("moons", n=20)
    options = {"hidden": (3, 3), "activation": ("tanh", "gelu"), "residual": residual, "rate": 0.1, "l2": 0.01}
    run = backprop.train(data.x, data.y, **options, steps=40, optimizer=optimizer, batch=20, held=0.0, every=40)
    theirs = leaves(views(run.vector[0], run.sizes))
    parts = [part for layer in theirs for part in layer]
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    descent = (
        torch.optim.SGD(parts, lr=0.1, momentum=0.9) if optimizer == "momentum" else kinds[optimizer](parts, lr=0.1)
    )
    for _ in range(40):
        descent.zero_grad()
        loss = LOSS["cross_entropy"](by_torch(theirs, data.x, ("tanh", "gelu"), residual), torch.tensor(data.y))
        (loss + 0.005 * sum((W**2).sum() for W, _ in theirs)).backward()
        descent.step()
    for mine, layer in zip(run.frames[-1], theirs, strict=True):
        for a, b in zip(mine, layer, strict=True):
            np.testing.assert_allclose(a, b.detach().numpy(), atol=1e-8)
    assert len(run.frames) == len(run.train_loss) == 2


def test_the_film_tells_its_own_loss_and_gradient():
    data = load("circles", n=40)
    run = backprop.train(data.x, data.y, steps=60, every=20, seed=3)
    assert run.steps.tolist() == [0, 20, 40, 60]
    assert run.held.sum() == 10
    for k, weights in enumerate(run.frames):
        kept = backprop.run(weights, data.x[~run.held], data.y[~run.held], run.activation, run.loss)
        assert kept.loss == pytest.approx(run.train_loss[k])
        np.testing.assert_allclose(np.concatenate([p.ravel() for g in kept.gradients for p in g]), run.slope[k])
        aside = backprop.run(weights, data.x[run.held], data.y[run.held], run.activation, run.loss)
        assert aside.loss == pytest.approx(run.test_loss[k])


def test_three_classes_and_logistic_regression():
    data = load("blobs3", n=60)
    run = backprop.train(data.x, data.y, rate=0.3, steps=300)
    assert np.mean(run.predict(data.x) == data.y) == 1
    np.testing.assert_allclose(run.proba(data.x).sum(axis=1), 1)
    straight = backprop.train(data.x, data.y == 1, hidden=(), rate=0.3, steps=300)
    assert straight.sizes == (2, 1)
    assert np.mean(straight.predict(data.x) == (data.y == 1)) > 0.9


def test_partial_results_and_cancelling():
    data, seen = load("xor", n=20), []
    backprop.train(data.x, data.y, steps=30, every=10, report=lambda share, part: seen.append((share, len(part.steps))))
    assert seen == [(10 / 30, 2), (20 / 30, 3), (1.0, 4)]


def test_where_it_leaves_the_finite_numbers_it_stops():
    data = load("xor", n=20)
    with np.errstate(all="ignore"):
        run = backprop.train(data.x, data.y, rate=1e5, activation="relu", hidden=(8, 8), steps=200, l2=0.1)
    assert run.stopped
    assert np.isfinite(run.vector).all()


def test_luck_is_so_many_lonely_runs():
    x, y = load("xor", n=4, noise=0).x, load("xor", n=4, noise=0).y
    many = backprop.luck(x, y, width=3, starts=5, steps=30, rate=0.3, seed=7)
    for k in range(5):
        alone = backprop.train(x, y, hidden=(3,), rate=0.3, steps=30, batch=4, held=0.0, seed=7 + k)
        np.testing.assert_allclose(many.vector[k], alone.vector[-1], atol=1e-12)
        np.testing.assert_allclose(many.loss[-1, k], alone.train_loss[-1])
    assert many.loss.shape == many.right.shape == (3, 5)
    np.testing.assert_allclose(many.fields(x)[4], alone.layers(x)[-1][:, 0])


GOOD = {"weights": network((2, 3, 1)), "x": np.zeros((4, 2)), "y": [0, 1, 0, 1]}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"x": np.zeros((4, 3))}, "2 columns"),
        ({"y": [0, 1, 2, 0]}, "below 2"),
        ({"y": [0, 1]}, "shape"),
        ({"x": np.full((4, 2), np.nan)}, "finite"),
        ({"activation": "step"}, "activation"),
        ({"activation": ("tanh", "tanh")}, "1 hidden layers"),
        ({"loss": "hinge"}, "loss"),
        ({"weights": []}, "at least one layer"),
        ({"weights": [([[1.0], [2.0]], [0.0, 1.0])]}, "shape"),
        ({"weights": [*network((2, 3)), *network((2, 1))]}, "3 rows"),
        ({"loss": "brier", "weights": network((2, 3, 2))}, "one output"),
    ],
)
def test_bad_networks_are_refused(wrong, says):
    arguments = {**GOOD, "activation": "tanh", "loss": "cross_entropy", **wrong}
    with pytest.raises(ValueError, match=says):
        backprop.gradients(
            arguments["weights"], arguments["x"], arguments["y"],
            activation=arguments["activation"], loss=arguments["loss"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rate": 0}, "rate"),
        ({"hidden": (0,)}, "hidden"),
        ({"hidden": (2,) * 17}, "at most 16"),
        ({"steps": 0}, "steps"),
        ({"optimizer": "lbfgs"}, "optimizer"),
        ({"held": 1.5}, "share"),
        ({"init": "ones"}, "init"),
        ({"l2": -1}, "l2"),
    ],
)
def test_bad_training_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        backprop.train(np.zeros((4, 2)), [0, 1, 0, 1], **wrong)


def test_targets_may_stand_in_a_column():
    weights, x, y = network((2, 3, 1)), np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 1, 1, 0])
    for loss in ("cross_entropy", "squared", "brier"):
        flat, column = (backprop.gradients(weights, x, t, activation="tanh", loss=loss) for t in (y, y[:, None]))
        np.testing.assert_array_equal(flat[0][0], column[0][0])


def test_what_was_made_ahead_is_one_network_with_skips_and_one_without():
    plain, residual = (pulled.made(key) for key in pulled.MADE)
    assert pulled.made((8, "tanh", 0.1, 800, 1, True)) is None
    for net in (plain, residual):
        assert net.whole == net.top[0] > 90
        assert net.one.shape == (8,)
        assert net.top[1] == net.one[-1]  # the last layer is one of those
    assert residual.one.min() > 60 > 40 > plain.one.max()

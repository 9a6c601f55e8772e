"""Walks against torch.optim, path for path; landscapes against finite differences; laws against their closed forms."""

import numpy as np
import pytest
import torch
from scipy.linalg import solve_discrete_lyapunov
from scipy.optimize import check_grad, minimize
from sklearn.linear_model import LogisticRegression

from core.neural import landscapes as land
from core.neural import optimizers as o

THEIRS = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
}
OPTIONS = {
    "sgd": {"weight_decay": 0.1},
    "momentum": {"momentum": 0.7, "dampening": 0.3, "weight_decay": 0.01},
    "nesterov": {"momentum": 0.5, "weight_decay": 0.01},
    "adagrad": {"lr_decay": 0.02, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3},
    "rmsprop": {"alpha": 0.9, "eps": 1e-3, "momentum": 0.8, "centered": True, "weight_decay": 0.1},
    "adam": {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    "amsgrad": {"betas": (0.5, 0.9), "eps": 1e-4},
}


def wavy(w):
    """A gradient that changes its sign often, so that each rule's memory matters."""
    return np.array([0.02, 1.0, 5.0]) * w + np.sin(3 * w)


def torchs(name, gradient, start, steps, rate, **options):
    kind, usual = THEIRS[name]
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    walk, path = kind([w], lr=rate, **{**usual, **options}), [np.array(start, float)]
    for _ in range(steps):
        w.grad = torch.tensor(gradient(path[-1]))
        walk.step()
        path.append(w.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("name", o.NAMES)
def test_paths_are_torchs(name):
    for options in ({}, OPTIONS[name]):
        ours = o.run(name, wavy, [3.0, -2.0, 0.5], steps=60, rate=0.05, **options)
        np.testing.assert_allclose(
            ours, torchs(name, wavy, [3.0, -2.0, 0.5], 60, 0.05, **options), rtol=1e-10, atol=1e-12
        )


@pytest.mark.parametrize("name", o.NAMES)
def test_many_walks_are_single_ones(name):
    starts, rates = np.array([[3.0, -2.0, 0.5], [0.1, 0.2, -4.0]]), np.array([0.05, 0.2])
    many = o.walks(name, wavy, starts, steps=20, rate=rates)
    for i in (0, 1):
        np.testing.assert_allclose(many[:, i], o.run(name, wavy, starts[i], steps=20, rate=rates[i]), rtol=1e-12)


def test_walks_with_a_momentum_each():
    many = o.walks("sgd", wavy, np.ones((2, 3)), steps=9, rate=0.1, momentum=[0.5, 0.9])
    np.testing.assert_allclose(many[:, 1], o.run("momentum", wavy, np.ones(3), steps=9, rate=0.1))
    np.testing.assert_allclose(many[:, 0], o.run("sgd", wavy, np.ones(3), steps=9, rate=0.1, momentum=0.5))


def test_adam_is_deaf_to_scale_and_steps_by_its_rate():
    one = o.run("adam", wavy, [3.0, -2.0, 0.5], steps=50, rate=0.1)
    loud = o.run("adam", lambda w: 1000 * wavy(w), [3.0, -2.0, 0.5], steps=50, rate=0.1)
    np.testing.assert_allclose(one, loud, atol=1e-6)
    np.testing.assert_allclose(np.abs(one[1] - one[0]), 0.1, rtol=1e-6)


def test_adam_goes_uphill_and_amsgrad_does_not():
    """Reddi et al. (2018), theorem 1: slopes 3, −1, −1 in turn, whose mean says "go left", held within [−1, 1]."""
    ends = {}
    for name in ("adam", "amsgrad"):
        slopes = iter(np.tile([3.0, -1.0, -1.0], 2000))
        # The slope is the same everywhere, so a walk's own steps can be taken with any rate, and held, afterwards.

        def gradient(w, slopes=slopes):
            return np.full(1, next(slopes))

        path = o.run(name, gradient, [0.0], steps=6000, rate=1.0, betas=(0.0, 0.1))
        at = 0.0
        for t, step in enumerate(np.diff(path[:, 0]), 1):
            at = float(np.clip(at + step / np.sqrt(t), -1, 1))
        ends[name] = at
    assert ends["adam"] > 0.9
    assert ends["amsgrad"] < -0.9


@pytest.mark.parametrize("make", [lambda: land.bowl(40, angle=25, scale=3), land.rosenbrock, land.saddle, land.iris])
def test_landscapes(make):
    here = make()
    for at in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        assert check_grad(here.loss, here.gradient, at) < 1e-4
        assert here.loss(at) >= here.least - 1e-12
    assert np.abs(here.gradient(np.array(here.best))).max() < 1e-9
    low = minimize(here.loss, np.array(here.best) + 0.1, jac=here.gradient, options={"gtol": 1e-10})
    np.testing.assert_allclose(low.x, here.best, atol=1e-5)
    many = np.random.default_rng(1).normal(size=(4, 3, 2))
    np.testing.assert_allclose(here.loss(many)[2, 1], here.loss(many[2, 1]))
    np.testing.assert_allclose(here.gradient(many)[2, 1], here.gradient(many[2, 1]))


def test_iris_is_scikit_learns():
    x, y = land.petals()
    theirs = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12).fit(x[:, 1:], y)
    np.testing.assert_allclose(land.iris().best, [theirs.intercept_[0], theirs.coef_[0, 0]], rtol=1e-6)
    np.testing.assert_allclose(
        land.logistic_gradients([1.0, 2.0], x, y).mean(axis=0), land.iris().gradient(np.array([1.0, 2.0]))
    )


def test_gradient_descent_turns_with_the_valley_and_adam_does_not():
    a = np.radians(30)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    gaps = {}
    for name in ("sgd", "momentum", "nesterov", "adam"):
        straight = o.run(name, land.bowl(100).gradient, [2.0, 1.0], steps=50, rate=0.3)
        turned = o.run(name, land.bowl(100, angle=30).gradient, turn @ [2.0, 1.0], steps=50, rate=0.3)
        gaps[name] = np.abs(turned @ turn - straight).max()
    assert max(gaps[name] for name in ("sgd", "momentum", "nesterov")) < 1e-12
    assert gaps["adam"] > 0.1


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_cliff_is_where_the_law_has_it(momentum):
    edge = 2 * (1 + momentum)
    for share, grows in ((0.99, False), (1.01, True)):
        path = o.run("sgd", lambda w: w, [1.0], steps=3000, rate=share * edge, momentum=momentum)
        assert (np.abs(path[-1, 0]) > 1) == grows
        measured = (np.abs(path[-200:]).max() / np.abs(path[-1200:-1000]).max()) ** (1 / 1000)
        assert measured == pytest.approx(float(land.shrink(share * edge, momentum, 1.0)), rel=1e-2)
    np.testing.assert_allclose(land.shrink([0.5, 1.0, 2.0], 0.0, 1.0), [0.5, 0.0, 1.0], atol=1e-12)
    root = np.abs(np.roots([1, -(1 + momentum - 0.3), momentum])).max()
    assert land.shrink(0.3, momentum, 1.0) == pytest.approx(root, rel=1e-6)


def test_the_noise_floor():
    np.testing.assert_allclose(land.steady_covariance([[0.5]], [[2.0]], 0.3), [[0.3 * 2 / (0.5 * (2 - 0.15))]])
    h, c = np.array([[1.0, 0.3], [0.3, 0.4]]), np.array([[0.5, 0.1], [0.1, 0.2]])
    step = np.eye(2) - 0.5 * h
    np.testing.assert_allclose(land.steady_covariance(h, c, 0.5), solve_discrete_lyapunov(step, 0.25 * c))
    rng = np.random.default_rng(0)
    path = o.walks("sgd", lambda w: w + rng.normal(size=w.shape), np.zeros((400, 1)), steps=200, rate=0.1)
    assert path[100:].var() == pytest.approx(0.1 / (2 - 0.1), rel=0.05)


def test_a_drawn_gradient_is_right_on_average_and_scatters_by_its_size():
    x, y = land.petals()
    at = np.array([0.5, 3.0])
    each = land.logistic_gradients(at, x, y)
    for batch in (1, 4):
        many = land.drawn_gradients(x, y, batch=batch, seed=3)(np.tile(at, (40_000, 1)))
        np.testing.assert_allclose(many.mean(axis=0), each.mean(axis=0), atol=0.01)
        np.testing.assert_allclose(np.cov(many.T), np.cov(each.T, bias=True) / batch, atol=0.005)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: o.run("lion", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1),
        lambda: o.run("sgd", wavy, [[1.0, 1.0, 1.0]], steps=1, rate=0.1),
        lambda: o.run("sgd", wavy, [np.nan, 1.0, 1.0], steps=1, rate=0.1),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=-1, rate=0.1),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=1.5, rate=0.1),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=1, rate=0),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, betas=(0.9, 0.9)),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, momentum=-0.1),
        lambda: o.run("sgd", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, nesterov=True),
        lambda: o.run("nesterov", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, dampening=0.5),
        lambda: o.run("adam", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, betas=(0.9, 1.0)),
        lambda: o.run("adam", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, betas=0.9),
        lambda: o.run("rmsprop", wavy, [1.0, 1.0, 1.0], steps=1, rate=0.1, centered=1),
        lambda: o.run("sgd", lambda w: w[:1], [1.0, 1.0], steps=1, rate=0.1),
        lambda: o.walks("sgd", wavy, [1.0], steps=1, rate=0.1),
        lambda: o.walks("sgd", wavy, [[1.0, 1.0, 1.0]], steps=1, rate=-0.1),
        lambda: land.bowl(0.5),
        lambda: land.steady_covariance([[1.0]], [[1.0]], 2.1),
        lambda: land.shrink(0.1, 0.1, 0.0),
        lambda: land.rosenbrock(0),
        lambda: land.drawn_gradients([[1.0, 2.0]], [0.0], batch=0),
        lambda: land.drawn_gradients([[1.0]], [0.0], batch=1),
        lambda: land.logistic_gradients([1.0], [[1.0, 2.0]], [0.0]),
    ],
)
def test_bad_arguments_are_said(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        wrong()


def test_no_steps_and_explosions():
    assert o.run("adam", wavy, [1.0, 1.0, 1.0], steps=0, rate=0.1).shape == (1, 3)
    path = o.run("sgd", lambda w: w**3, [10.0], steps=50, rate=1.0)
    assert path.shape == (51, 1)
    assert not np.isfinite(path[-1]).all()

"""Activations and softmax against scipy.special, PyTorch, finite differences and the format's own limits."""

import numpy as np
import pytest
import torch
from scipy import special
from scipy.optimize import minimize_scalar

from core.data import load
from core.neural import activations as a

X = np.r_[np.linspace(-40, 40, 801), -750.0, 750.0, -1e-12, 0.0, 1e300, -1e300]
F = torch.nn.functional


def test_sigmoid_is_scipys_and_keeps_its_digits():
    np.testing.assert_allclose(a.sigmoid(X), special.expit(X), rtol=1e-14)
    np.testing.assert_array_equal(a.sigmoid([-np.inf, np.inf]), [0, 1])
    assert a.slope("sigmoid", -400.0) == pytest.approx(np.exp(-400.0))


def test_relu_and_tanh_are_torchs():
    x = torch.tensor(X)
    np.testing.assert_array_equal(a.relu(X), F.relu(x).numpy())
    np.testing.assert_allclose(a.activate("tanh", X), torch.tanh(x).numpy(), rtol=1e-14)


def test_gelu_is_torchs():
    x = X[np.abs(X) < 1e6]
    np.testing.assert_allclose(a.gelu(x), F.gelu(torch.tensor(x)).numpy(), atol=1e-14)
    np.testing.assert_allclose(a.gelu(x, form="tanh"), F.gelu(torch.tensor(x), approximate="tanh").numpy(), atol=1e-14)
    np.testing.assert_allclose(a.gelu(x, form="sigmoid"), x * special.expit(1.702 * x), atol=1e-14)
    np.testing.assert_allclose(a.gelu(-10.0), -10 * special.ndtr(-10.0), rtol=1e-12)  # torch has lost half of these
    for form in a.FORMS:
        np.testing.assert_array_equal(a.gelu([-np.inf, -1e300, np.inf], form=form), [0, 0, np.inf])


def test_the_dip_and_both_approximations():
    low = minimize_scalar(lambda x: x * special.ndtr(x), bounds=(-3, 0), method="bounded", options={"xatol": 1e-10})
    assert low.x == pytest.approx(-0.7518, abs=1e-4)
    assert low.fun == pytest.approx(-0.16997, abs=1e-5)
    x = np.linspace(-6, 6, 24001)
    gaps = {form: np.abs(a.gelu(x, form=form) - a.gelu(x)) for form in ("tanh", "sigmoid")}
    assert gaps["tanh"].max() == pytest.approx(4.73e-4, abs=1e-6)
    assert abs(x[gaps["tanh"].argmax()]) == pytest.approx(2.70, abs=0.01)
    assert gaps["sigmoid"].max() == pytest.approx(0.0203, abs=1e-4)


@pytest.mark.parametrize("name", a.ACTIVATIONS)
@pytest.mark.parametrize("form", a.FORMS)
def test_slopes_are_autograds(name, form):
    x = np.linspace(-8, 8, 320)  # without 0, where ReLU has a kink
    t = torch.tensor(x, requires_grad=True)
    phi = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": F.relu,
        "gelu": {
            "exact": F.gelu,
            "tanh": lambda v: F.gelu(v, approximate="tanh"),
            "sigmoid": lambda v: v * torch.sigmoid(1.702 * v),
        }[form],
    }[name]
    (slope,) = torch.autograd.grad(phi(t).sum(), t)
    np.testing.assert_allclose(a.slope(name, x, form=form), slope.numpy(), atol=1e-13)
    np.testing.assert_allclose(a.activate(name, x, form=form), phi(t).detach().numpy(), atol=1e-13)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_is_scipys(axis):
    z = np.random.default_rng(0).normal(0, 300, (6, 7))
    np.testing.assert_allclose(a.softmax(z, axis=axis), special.softmax(z, axis=axis), rtol=1e-12)
    np.testing.assert_allclose(a.log_softmax(z, axis=axis), special.log_softmax(z, axis=axis), rtol=1e-12)
    np.testing.assert_allclose(a.softmax(z, axis=axis, temperature=7), special.softmax(z / 7, axis=axis), rtol=1e-12)


def test_softmax_far_out():
    np.testing.assert_allclose(a.softmax([1e6, 1e6 - 1]), special.softmax([1.0, 0.0]))
    np.testing.assert_array_equal(a.softmax([-1000.0, -1000.0]), [0.5, 0.5])
    assert a.log_softmax([800.0, 0.0])[1] == -800
    np.testing.assert_allclose(a.softmax([-np.inf, 0.0, 0.0]), [0, 0.5, 0.5])
    np.testing.assert_allclose(a.softmax([3, 1, 2]), [0.66524096, 0.09003057, 0.24472847], atol=1e-8)  # the notes


def test_entropy_rises_by_the_variance_of_the_scores():
    z = np.random.default_rng(1).normal(0, 3, 8)
    for T in (0.5, 1.0, 4.0):
        p, h = a.softmax(z, temperature=T), 1e-5
        by_hand = (a.entropy(a.softmax(z, temperature=T + h)) - a.entropy(a.softmax(z, temperature=T - h))) / (2 * h)
        assert by_hand == pytest.approx((p @ z**2 - (p @ z) ** 2) / T**3, rel=1e-6)
    np.testing.assert_allclose(a.entropy(p), special.entr(p).sum())


def test_another_base_is_another_temperature():
    z = np.array([-3.0, 1.0, 2.0])
    np.testing.assert_allclose(a.shares(z, "two"), 2**z / (2**z).sum())
    np.testing.assert_allclose(a.shares(z, "ten", temperature=2), 10 ** (z / 2) / (10 ** (z / 2)).sum())
    np.testing.assert_allclose(a.shares(z, "two"), a.softmax(z, temperature=1 / np.log(2)))
    np.testing.assert_allclose(a.shares(z, "square"), z**2 / (z**2).sum())
    np.testing.assert_allclose(a.shares([0.0, 0.0], "square"), [0.5, 0.5])


def test_softmax_regression_walks_as_torch_does():
    x, y = load("iris").x, load("iris").y
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    layer = torch.nn.Linear(4, 3, dtype=torch.float64)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    walk = torch.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(30):
        walk.zero_grad()
        F.cross_entropy(layer(torch.tensor(x)), torch.tensor(y)).backward()
        walk.step()
    weights = a.softmax_regression(x, y, rate=0.5, steps=30)
    np.testing.assert_allclose(weights[0], layer.bias.detach().numpy(), rtol=1e-9)
    np.testing.assert_allclose(weights[1:].T, layer.weight.detach().numpy(), rtol=1e-9)


@pytest.mark.parametrize("form", a.FORMATS)
def test_the_naive_form_breaks_where_the_format_ends(form):
    over, under = a.cliffs(form)
    z = np.array([over, 0.0])
    exact = special.softmax(z * 0.99)
    np.testing.assert_allclose(a.softmax_in(z * 0.99, form), exact, rtol=1e-2, atol=1e-3)
    assert np.isnan(a.softmax_in(z * 1.01, form)).any()
    np.testing.assert_allclose(a.softmax_in(z * 1.01, form, shifted=True), [1, 0], atol=1e-3)
    loser = np.array([0.0, -1.02 * under])
    assert a.loss_in(loser, 1, form, way="shifted") == np.inf
    assert a.loss_in(loser, 1, form, way="log") == pytest.approx(1.02 * under, rel=1e-3)
    assert np.isnan(a.softmax_in([-1.02 * under, -1.02 * under], form)).all()
    np.testing.assert_array_equal(a.softmax_in([-1.02 * under, -1.02 * under], form, shifted=True), [0.5, 0.5])


def test_the_cliffs_are_where_the_literature_has_them():
    np.testing.assert_allclose([a.cliffs(form)[0] for form in a.FORMATS], [11.09, 88.72, 709.78], atol=0.005)
    np.testing.assert_allclose([a.cliffs(form)[1] for form in a.FORMATS], [17.33, 103.97, 745.13], atol=0.005)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: a.sigmoid([np.nan]),
        lambda: a.relu("x"),
        lambda: a.gelu([0.0], form="erf"),
        lambda: a.activate("swish", [0.0]),
        lambda: a.slope("relu", [np.inf]),
        lambda: a.slope("gelu", [0.0], form="erf"),
        lambda: a.softmax([]),
        lambda: a.softmax(1.0),
        lambda: a.softmax([1.0, np.nan]),
        lambda: a.softmax([np.inf, 0.0]),
        lambda: a.softmax([-np.inf, -np.inf]),
        lambda: a.softmax([1.0], axis=1),
        lambda: a.softmax([1.0], temperature=0),
        lambda: a.log_softmax([1.0], temperature=-1),
        lambda: a.entropy([1.5]),
        lambda: a.shares([1.0], "cube"),
        lambda: a.shares([], "square"),
        lambda: a.softmax_regression([[1.0]], [0.5]),
        lambda: a.softmax_in([1.0], "float8"),
        lambda: a.loss_in([1.0], 1, "float16"),
        lambda: a.loss_in([1.0], 0, "float16", way="fast"),
        lambda: a.cliffs("bfloat16"),
    ],
)
def test_bad_arguments_are_said(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        wrong()

"""Least squares against scipy, scikit-learn, refitting, and maximum likelihood."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import lstsq
from scipy.optimize import minimize
from scipy.stats import norm
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from core.classical import regression as reg
from core.data import diabetes, folds

DATA = diabetes()


def test_docstrings():
    results = doctest.testmod(reg)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_fit_is_scikit_learns_and_scipys():
    ours, theirs = reg.fit(DATA.x, DATA.t), LinearRegression().fit(DATA.x, DATA.t)
    np.testing.assert_allclose(ours.weights, np.r_[theirs.intercept_, theirs.coef_], rtol=1e-7)
    rows = np.column_stack([np.ones(len(DATA.x)), DATA.x])
    np.testing.assert_allclose(ours.weights, lstsq(rows, DATA.t)[0], rtol=1e-6)
    np.testing.assert_allclose(reg.normal_equations(DATA.x, DATA.t), ours.weights, rtol=1e-6)
    np.testing.assert_allclose(reg.predict(ours.weights, DATA.x), ours.fitted)
    np.testing.assert_allclose(np.diag(rows @ np.linalg.pinv(rows)), ours.leverage, atol=1e-9)
    assert ours.degrees == pytest.approx(11)


@pytest.mark.parametrize("ridge", [0.1, 50.0])
def test_ridge_is_scikit_learns_and_is_ghost_points(ridge):
    x = (DATA.x - DATA.x.mean(axis=0)) / DATA.x.std(axis=0)
    ours, theirs = reg.fit(x, DATA.t, ridge=ridge), Ridge(ridge).fit(x, DATA.t)
    np.testing.assert_allclose(ours.weights, np.r_[theirs.intercept_, theirs.coef_], rtol=1e-8)
    # Rows √λ·I with target 0 pull the slopes as the ridge does (about the means, where the intercept is nothing).
    ghosts = np.vstack([x - x.mean(axis=0), np.sqrt(ridge) * np.eye(10)])
    np.testing.assert_allclose(lstsq(ghosts, np.r_[DATA.t - DATA.t.mean(), np.zeros(10)])[0], ours.weights[1:])


@pytest.mark.parametrize("ridge", [0.0, 3.0])
def test_leaving_one_out_costs_nothing(ridge):
    x, t = DATA.x[:40, :4], DATA.t[:40]
    ours = reg.fit(x, t, ridge=ridge)
    for i in range(len(t)):
        rest = np.arange(len(t)) != i
        without = reg.fit(x[rest], t[rest], ridge=ridge)
        assert t[i] - reg.predict(without.weights, x[i : i + 1])[0] == pytest.approx(ours.loo_residuals[i])


def test_leverage_is_how_far_the_fit_follows():
    x, t = DATA.x[:30, :3], DATA.t[:30].copy()
    before = reg.fit(x, t)
    t[7] += 1
    assert reg.fit(x, t).fitted[7] - before.fitted[7] == pytest.approx(before.leverage[7])


def test_least_squares_is_the_likeliest_for_every_sigma():
    x, t = DATA.x[:50, 2:4], DATA.t[:50]
    ours = reg.fit(x, t)
    rows = np.column_stack([np.ones(50), (x - x.mean(axis=0)) / x.std(axis=0)])

    def unlikely(v):
        return -norm.logpdf(t - rows @ v[:3], scale=np.exp(v[3])).sum()

    best = minimize(unlikely, [t.mean(), 0, 0, np.log(t.std())], method="BFGS")
    np.testing.assert_allclose(rows @ best.x[:3], ours.fitted, rtol=1e-3)
    assert np.exp(2 * best.x[3]) == pytest.approx(ours.sigma2_ml, rel=1e-3)
    assert -best.fun == pytest.approx(reg.log_likelihood(ours.residuals, ours.sigma2_ml**0.5), abs=1e-4)


def test_dependent_columns_give_the_smallest_slopes():
    x = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    ours = reg.fit(x, [1, 2, 3, 4])
    np.testing.assert_allclose(ours.weights, [1, 0.2, 0.4])
    assert ours.degrees == pytest.approx(2)
    flat = reg.fit([[1.0], [1.0], [1.0]], [1, 2, 6])
    np.testing.assert_allclose(flat.weights, [3, 0])


def test_a_point_that_alone_holds_the_fit_has_no_residual_of_its_own():
    ours = reg.fit([[0.0], [0.0], [0.0], [1.0]], [0, 1, 2, 7])
    assert ours.leverage[3] == pytest.approx(1)
    assert np.isnan(ours.loo_residuals[3])
    assert np.isfinite(ours.loo_residuals[:3]).all()


@given(st.integers(1, 12), st.lists(st.floats(-2, 2), min_size=1, max_size=8))
def test_polynomial(degree, x):
    columns = reg.polynomial(x, degree)
    assert columns.shape == (len(x), degree)
    np.testing.assert_allclose(columns[:, -1], np.array(x) ** degree)


@pytest.mark.parametrize("degrees", [1.5, 3.0, 7.9])
def test_a_ridge_for_so_many_degrees(degrees):
    x = reg.polynomial(np.linspace(-1, 1, 40), 9)
    assert reg.fit(x, x[:, 0], ridge=reg.ridge_for(x, degrees)).degrees == pytest.approx(degrees, abs=1e-6)
    assert reg.ridge_for(x, 10) == 0


def test_normal_equations_lose_twice_the_digits():
    x = reg.polynomial(np.linspace(0, 1, 30), 9)
    t = 1 + x.sum(axis=1)  # all coefficients are one
    textbook, ours = (np.abs(w - 1).max() for w in (reg.normal_equations(x, t), reg.fit(x, t).weights))
    assert textbook > 1e-6
    assert ours < 1e-7
    assert textbook > 100 * ours


def test_correlations_are_numpys():
    ours = reg.correlations(DATA.x, DATA.t)
    theirs = np.corrcoef(DATA.x.T, DATA.t)[-1, :-1]
    np.testing.assert_allclose(ours, theirs)
    assert reg.strongest(DATA.x, DATA.t, 3).tolist() == np.argsort(-np.abs(theirs))[:3].tolist()
    assert reg.correlations(np.ones((4, 1)), [1, 2, 3, 4]).tolist() == [0]


@pytest.mark.parametrize("leak", [False, True])
def test_cross_validation_is_scikit_learns(leak):
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(40, 60)), np.arange(40) % 2
    x[:, 7] += y
    of = folds(40, 5, seed=3)
    split = [(np.flatnonzero(of != f), np.flatnonzero(of == f)) for f in range(5)]
    keep = 6
    best = np.sort(np.argsort(-f_classif(x, y)[0])[:keep])
    # Choosing by F is choosing by the correlation's size.
    model = Ridge(1.0) if leak else make_pipeline(SelectKBest(f_classif, k=keep), Ridge(1.0))
    values = cross_val_predict(model, x[:, best] if leak else x, y, cv=split)
    theirs = [np.mean((values[test] > 0.5) == y[test]) for _, test in split]
    np.testing.assert_allclose(reg.cross_validated(x, y, keep=keep, leak=leak, seed=3), theirs)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reg.fit([[1.0]], [1, 2]), "shape"),
        (lambda: reg.fit([[1e200]], [1.0]), "within"),
        (lambda: reg.fit([[1.0]], [np.nan]), "finite"),
        (lambda: reg.fit([[1.0]], [1.0], ridge=-1), "at least 0"),
        (lambda: reg.fit([], []), "dimension"),
        (lambda: reg.polynomial([1.0], 0), "at least 1"),
        (lambda: reg.normal_equations([[1.0, 1.0]], [1.0]), "depend"),
        (lambda: reg.log_likelihood([1.0], 0), "above 0"),
        (lambda: reg.ridge_for([[1.0], [2.0]], 1), "above 1"),
        (lambda: reg.strongest([[1.0], [2.0]], [0, 1], 2), "from 1 to 1"),
        (lambda: reg.cross_validated(np.eye(5), [0, 1, 0, 1, 2], keep=1), "below 2"),
    ],
)
def test_bad_arguments_are_sentences(call, says):
    with pytest.raises(ValueError, match=says):
        call()

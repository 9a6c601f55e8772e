"""Logistic regression against scikit-learn, scipy's optimiser and finite differences."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.classical import logistic
from core.data import load


@pytest.fixture(scope="module")
def petals():
    data = load("iris")
    keep = data.y > 0
    return data.x[keep][:, 2:], (data.y[keep] == 2).astype(int)


def test_the_fit_is_scikit_learns(petals):
    path = logistic.irls(*petals)
    theirs = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12).fit(*petals)
    assert path.converged
    np.testing.assert_allclose(path.weights[-1], np.r_[theirs.intercept_, theirs.coef_[0]], rtol=1e-6)


@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_with_a_penalty_too(petals, penalty):
    path = logistic.irls(*petals, penalty=penalty)
    theirs = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-12).fit(*petals)
    np.testing.assert_allclose(path.weights[-1], np.r_[theirs.intercept_, theirs.coef_[0]], rtol=1e-6)


def test_weights_count_as_copies(petals):
    x, y = petals
    counts = 1 + np.arange(len(y)) % 3
    copies = logistic.irls(np.repeat(x, counts, axis=0), np.repeat(y, counts))
    np.testing.assert_allclose(logistic.irls(x, y, weight=counts).weights[-1], copies.weights[-1], rtol=1e-7)


def test_the_loss_is_the_lowest_and_the_books_balance(petals):
    x, y = petals
    path = logistic.irls(x, y)
    rows = np.column_stack([np.ones(len(x)), x])

    def loss(w):
        return np.mean(np.logaddexp(0, rows @ w) - y * (rows @ w))

    lowest = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-8}).fun
    assert path.loss[-1] <= lowest + 1e-9
    np.testing.assert_allclose(path.loss, [loss(w) for w in path.weights])
    assert logistic.probabilities(path.weights[-1], x).mean() == pytest.approx(y.mean(), abs=1e-8)


def test_halving_makes_it_safe_from_afar(petals):
    x, y, start = petals[0][:, :1], petals[1], [0.0, 15.0]
    x = (x - x.mean()) / x.std()
    wild = logistic.irls(x, y, start=start, halving=False)
    assert not wild.converged
    assert np.isfinite(wild.weights).all()
    safe = logistic.irls(x, y, start=start)
    assert safe.converged
    assert (np.diff(safe.loss) <= 0).all()
    np.testing.assert_allclose(safe.weights[-1], logistic.irls(x, y).weights[-1], rtol=1e-6)


def test_separable_data_have_no_finite_answer():
    data = load("iris")
    keep = data.y < 2
    path = logistic.irls(data.x[keep], data.y[keep], steps=15)
    size = np.linalg.norm(path.weights, axis=1)
    assert not path.converged
    assert (np.diff(size) > 0).all()
    # Each Newton step divides the loss by about e.
    np.testing.assert_allclose(path.loss[6:12] / path.loss[7:13], np.e, rtol=0.15)


def test_downhill_goes_where_newton_goes(petals):
    x, y = petals
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    rows = np.column_stack([np.ones(len(x)), x])
    rate = 4 / np.linalg.eigvalsh(rows.T @ rows / len(x)).max()  # 1/L: the curvature is at most a quarter of it
    path = logistic.gradient_descent(x, y, rate=rate, steps=4000)
    assert (np.diff(path.loss) <= 1e-15).all()
    newton = logistic.irls(x, y)
    np.testing.assert_allclose(path.weights[-1], newton.weights[-1], rtol=1e-3)
    assert len(newton.weights) < 12 < len(path.weights)


def test_one_step_is_the_gradient(petals):
    x, y = petals
    rows, w = np.column_stack([np.ones(len(x)), x]), np.array([0.3, -0.2, 0.1])

    def loss(w):
        return np.mean(np.logaddexp(0, rows @ w) - y * (rows @ w))

    slope = [(loss(w + h) - loss(w - h)) / 2e-5 for h in 1e-5 * np.eye(3)]
    path = logistic.gradient_descent(x, y, rate=0.5, steps=1, start=w)
    np.testing.assert_allclose((w - path.weights[1]) / 0.5, slope, atol=1e-8)


def test_too_large_a_rate_stays_finite():
    path = logistic.gradient_descent([[1e90], [-1e90]], [0, 1], rate=1e250, steps=20)
    assert np.isfinite(path.weights).all()


def test_the_discriminant_is_scikit_learns(petals):
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(*petals)
    np.testing.assert_allclose(logistic.discriminant(*petals), np.r_[theirs.intercept_, theirs.coef_[0]], rtol=1e-9)
    with pytest.raises(ValueError, match="both classes"):
        logistic.discriminant([[0.0], [1.0]], [0, 0])
    with pytest.raises(ValueError, match="depend"):
        logistic.discriminant([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [4.0, 4.0]], [0, 0, 1, 1])


@pytest.mark.parametrize("balanced", [False, True])
def test_out_of_fold_is_scikit_learns(balanced):
    data = load("breast_cancer")
    x, y = data.x[:200, [1, 4]], data.y[:200]
    ours = logistic.out_of_fold(x, y, balanced=balanced, folds=4, seed=2)
    of = logistic._dealt(y, 4, 2)
    model = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced" if balanced else None, tol=1e-10)
    )
    split = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(4)]
    theirs = cross_val_predict(model, x, y, cv=split, method="predict_proba")[:, 1]
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    with pytest.raises(ValueError, match="at least twice"):
        logistic.out_of_fold(x[:5], [0, 0, 0, 0, 1])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"y": [0, 2]}, "below 2"),
        ({"start": [0.0]}, "shape"),
        ({"penalty": -1}, "at least 0"),
        ({"weight": [-1, 1]}, "negative"),
        ({"weight": [0, 0]}, "zero everywhere"),
        ({"x": [[np.nan], [1]]}, "finite"),
        ({"steps": 0}, "at least 1"),
    ],
)
def test_bad_arguments_are_sentences(arguments, says):
    with pytest.raises(ValueError, match=says):
        logistic.irls(**{"x": [[0.0], [1.0]], "y": [0, 1], **arguments})

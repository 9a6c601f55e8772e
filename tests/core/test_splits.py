import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.data import add_noise_columns, flip_labels, folds, hold_out, scaling, thin_out


def test_scaling_equals_scikit_learn_and_undoes_a_stretch():
    x = np.random.default_rng(14).normal(1.0, 2.0, (80, 3))
    for kind, theirs in (("minmax", MinMaxScaler()), ("standard", StandardScaler())):
        offset, factor = scaling(x, kind)
        np.testing.assert_allclose((x - offset) * factor, theirs.fit_transform(x), atol=1e-12)
        offset, factor = scaling(x * [1, 1000, 0.01], kind)
        np.testing.assert_allclose((x * [1, 1000, 0.01] - offset) * factor, theirs.fit_transform(x), atol=1e-9)
    flat = np.column_stack([x[:, 0], np.full(len(x), 0.1)])
    assert scaling(flat, "standard")[1][1] == 1
    np.testing.assert_array_equal(scaling(x, "none"), [np.zeros(3), np.ones(3)])


def test_spoiling_is_nested_and_exact():
    y = np.arange(200) % 4
    some, more = flip_labels(y, 0.1, seed=3), flip_labels(y, 0.4, seed=3)
    assert (some != y).sum() == 20
    assert (more != y).sum() == 80
    assert ((more != y) | (some == y)).all()
    assert set(more) <= set(range(4))
    keep = thin_out(y, 0.8)
    assert np.bincount(y[keep]).tolist() == [50, 10, 10, 10]
    assert np.bincount(y[thin_out(y, 1.0)]).tolist() == [50, 1, 1, 1]
    assert hold_out(10, 0.3).sum() == 3
    assert hold_out(10, 1.0).sum() == 9
    assert hold_out(0, 0.5).shape == (0,)
    assert flip_labels(np.zeros(5, int), 1.0).tolist() == [0] * 5
    assert np.bincount(folds(23)).tolist() == [5, 5, 5, 4, 4]


def test_noise_columns_say_nothing_and_fewer_are_the_first_of_more():
    x = np.random.default_rng(15).standard_normal((80, 2))
    few, many = add_noise_columns(x, 3), add_noise_columns(x, 50)
    np.testing.assert_array_equal(many[:, :2], x)
    np.testing.assert_array_equal(many[:, :5], few)
    assert many[:, 2:].std() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: scaling([[0.0, 1.0]], "log"), "kind must be one of"),
        (lambda: flip_labels([0, 1], 2), "share must be"),
        (lambda: thin_out([0, 1], -1), "share must be"),
        (lambda: hold_out(-1, 0.5), "n must be"),
        (lambda: folds(0), "n must be"),
        (lambda: folds(5, 1), "count must be"),
        (lambda: add_noise_columns([[0.0, 1.0]], -1), "count must be"),
    ],
)
def test_bad_arguments(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()

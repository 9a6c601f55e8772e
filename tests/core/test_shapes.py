import numpy as np
import pytest
from sklearn.datasets import load_digits

from core.data import DATASETS, dataset


@pytest.mark.parametrize("name", DATASETS)
def test_datasets(name):
    one, again, other = (dataset(name, n=50, seed=seed) for seed in (0, 0, 1))
    n = {"digits": 1797, "iris": 150, "wine": 178}.get(name, 50)
    assert one.name == name
    assert one.x.shape == (n, len(one.feature_names))
    assert one.label.shape == one.value.shape == (n,)
    assert set(one.label.tolist()) == set(range(len(one.groups)))
    assert one.value.min() >= 0
    assert one.value.max() <= 1
    assert np.isfinite(one.x).all()
    np.testing.assert_array_equal(one.x, again.x)
    assert (one.x == other.x).all() == (n != 50)
    for array in (one.x, one.label, one.value):
        assert not array.flags.writeable
    assert len(dataset(name, n=10).x) in (10, n)


def test_digits_are_scikit_learns():
    x, y = dataset("digits").x, dataset("digits").label
    np.testing.assert_array_equal(x, load_digits().data)
    np.testing.assert_array_equal(y, load_digits().target)


def test_shapes_are_what_they_say():
    roll = dataset("swiss_roll")
    t = np.hypot(roll.x[:, 0], roll.x[:, 2])
    np.testing.assert_allclose(t, 1.5 * np.pi * (1 + 2 * roll.value))
    curve = dataset("s_curve")
    assert (np.sign(curve.x[:, 2]) == -np.sign(curve.value - 0.5)).all()
    np.testing.assert_allclose(curve.x[:, 0] ** 2 + (np.abs(curve.x[:, 2]) - 1) ** 2, 1)
    unequal = dataset("unequal", n=3000)
    widths = [unequal.x[unequal.label == c].std(axis=0).mean() for c in range(3)]
    np.testing.assert_allclose(widths, [1 / 3, 1, 3], rtol=0.05)
    far = dataset("far", n=3000)
    means = [far.x[far.label == c, 0].mean() for c in range(3)]
    np.testing.assert_allclose(np.diff(means), [10, 50], rtol=0.02)
    nested = dataset("nested", n=3000)
    widths = [nested.x[nested.label == c].std() for c in range(2)]
    np.testing.assert_allclose(widths, [1, 50], rtol=0.02)
    linked = dataset("linked")
    ring = linked.x[linked.label == 0]
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(linked.x[linked.label == 1] - [1, 0, 0], axis=1), 1)
    walk = dataset("walk", n=2000)
    assert np.diff(walk.x, axis=0).std() == pytest.approx(1, rel=0.01)
    assert abs(dataset("noise", n=2000).x.std() - 1) < 0.01


def test_arguments_that_will_not_do():
    with pytest.raises(ValueError, match="name"):
        dataset("mnist")
    with pytest.raises(ValueError, match="n must"):
        dataset("walk", n=9)

import dataclasses
import doctest

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

import core.data
from core.classical.perceptron import features, fit, separability
from core.data import KNOWN, NAMES, Dataset, load, skeleton

RINGS = ("blobs3", "blobs4", "blobs5")
PLANE = tuple(name for name in NAMES if name not in ("iris", "wine", "digits", "breast_cancer", "weather", *RINGS))


def turn(weights, other):
    """Degrees between the normals of two lines."""
    a, b = weights[1:], other[1:]
    return np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


def test_names():
    first = {"blobs", "xor", "moons", "circles", "thin_margin", "outlier", "iris"}
    later = {"blobs3", "blobs4", "blobs5", "spiral", "gaussians", "wine", "weather", "digits", "breast_cancer"}
    assert set(NAMES) == first | later


def test_docstring_example():
    results = doctest.testmod(core.data)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("name", PLANE)
@pytest.mark.parametrize("n", [2, 3, 200, 1000])
def test_plane_sets(name, n):
    data = load(name, n=n)
    assert data.name == name
    assert data.x.shape == (n, 2)
    assert data.x.dtype == np.float64
    assert data.y.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(data.y), [n - n // 2, n // 2])
    assert len(data.feature_names) == len(data.class_names) == 2


@pytest.mark.parametrize("name", [*PLANE, *RINGS])
def test_fits_in_the_window(name):
    x = load(name, n=1000, noise=0).x
    assert np.abs(x).max() <= 2.1
    assert (np.ptp(x, axis=0) > 0.9).all() or name == "gaussians"


@pytest.mark.parametrize(("name", "theirs"), [("iris", load_iris), ("wine", load_wine)])
def test_measured_sets_are_scikit_learns(name, theirs):
    ours, theirs = load(name, noise=0), theirs()
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert ours.feature_names == tuple(theirs.feature_names)
    assert ours.class_names == tuple(theirs.target_names)


def test_iris_ignores_n_and_jitters_in_cm():
    np.testing.assert_array_equal(load("iris", n=2).x, load("iris").x)
    jitter = load("iris", noise=0.3, seed=1).x - load("iris", noise=0).x
    # 600 draws: the standard error of their deviation is 0.3 / √1200 ≈ 0.009
    assert jitter.std() == pytest.approx(0.3, abs=0.04)
    assert jitter.mean() == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("classes", [3, 4, 5])
def test_rings_of_blobs(classes):
    data = load(f"blobs{classes}", n=20 * classes, noise=0)
    np.testing.assert_array_equal(np.bincount(data.y), [20] * classes)
    assert len(data.class_names) == classes
    centres = np.array([data.x[data.y == c].mean(axis=0) for c in range(classes)])
    assert (cdist(data.x, centres).argmin(axis=1) == data.y).all()


def test_weather_is_plausible():
    data = load("weather", n=300, noise=0)
    assert data.x.shape == (300, 3)
    assert data.class_names == ("sunny", "cloudy", "rain")
    temperature, humidity, wind = data.x.T
    assert (np.abs(temperature) < 45).all()
    assert ((humidity > 10) & (humidity < 100)).all()
    assert (wind > 0).all()
    means = [humidity[data.y == c].mean() for c in range(3)]
    assert means == sorted(means)


def test_spiral_arms_are_each_others_half_turn():
    data = load("spiral", n=1000, noise=0)
    radius, angle = np.linalg.norm(data.x, axis=1), np.arctan2(data.x[:, 1], data.x[:, 0]) / (2 * np.pi)
    turn = 1.25 * (radius - 0.2) / 1.7 + data.y / 2
    np.testing.assert_allclose((angle - turn + 0.5) % 1 - 0.5, 0, atol=1e-9)


@pytest.mark.parametrize("name", KNOWN)
def test_skeleton_is_the_shape_without_noise(name):
    bones, data = skeleton(name, n=2000), load(name, n=400, noise=0)
    for c in (0, 1):
        assert cdist(data.x[data.y == c], bones.x[bones.y == c]).min(axis=1).max() < 0.005
        assert np.allclose(bones.x[bones.y == c].mean(axis=0), data.x[data.y == c].mean(axis=0), atol=0.15)


def test_skeleton_says_what_is_wrong():
    with pytest.raises(ValueError, match="name must be one of"):
        skeleton("wine")
    with pytest.raises(ValueError, match="n must be"):
        skeleton("moons", n=0)


def test_xor_is_the_four_points():
    data = load("xor", n=4, noise=0)
    labelled = {(*point, label) for point, label in zip(data.x.tolist(), data.y.tolist(), strict=True)}
    assert labelled == {(-1, -1, 0), (1, 1, 0), (-1, 1, 1), (1, -1, 1)}


def test_breast_cancer_is_scikit_learns_with_malignant_as_one():
    ours, theirs = load("breast_cancer"), load_breast_cancer()
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.y, 1 - theirs.target)
    assert ours.class_names == ("benign", "malignant")
    assert ours.feature_names == tuple(map(str, theirs.feature_names))


def test_diabetes_is_scikit_learns_in_its_own_units():
    ours, theirs = core.data.diabetes(), load_diabetes(scaled=False)
    np.testing.assert_array_equal(ours.x, theirs.data)
    np.testing.assert_array_equal(ours.t, theirs.target)
    assert ours.feature_names == tuple(theirs.feature_names)


def test_targets_must_fit():
    with pytest.raises(ValueError, match="x must be"):
        core.data.Targets("t", np.zeros((3, 2)), np.zeros(2), ("a", "b"), "t")
    with pytest.raises(ValueError, match="finite"):
        core.data.Targets("t", np.zeros((3, 1)), [0.0, 1.0, np.nan], ("a",), "t")


@pytest.mark.parametrize("name", NAMES)
def test_noise_stretches_and_is_gaussian(name):
    still, low, high = (load(name, noise=noise, n=1000, seed=3).x for noise in (0, 0.1, 0.4))
    np.testing.assert_allclose(high - still, 4 * (low - still), atol=1e-12)
    unit = (low - still) / 0.1
    assert unit.std() == pytest.approx(1.0, abs=0.1)
    assert np.mean(np.abs(unit) < 1) == pytest.approx(0.683, abs=0.06)  # within one σ, for a Gaussian


@pytest.mark.parametrize("name", [*PLANE, *RINGS, "weather"])
def test_fewer_points_are_the_first_of_more(name):
    np.testing.assert_array_equal(load(name, n=50, seed=2).x, load(name, n=200, seed=2).x[:50])


@pytest.mark.parametrize("name", NAMES)
def test_seed(name):
    np.testing.assert_array_equal(load(name, seed=5).x, load(name, seed=5).x)
    assert (load(name, noise=0.1, seed=5).x != load(name, noise=0.1, seed=6).x).any()
    load(name, seed=2**32)


def test_shapes_without_noise():
    moons, circles = load("moons", noise=0), load("circles", noise=0)
    np.testing.assert_allclose(np.linalg.norm(circles.x, axis=1), np.where(circles.y == 0, 1.6, 0.8))
    # Each moon lies on a circle of radius 1.3: the upper half of one, the lower half of the other.
    for label, centre, side in ((0, (-0.65, -0.325), 1), (1, (0.65, 0.325), -1)):
        arm = moons.x[moons.y == label] - centre
        np.testing.assert_allclose(np.linalg.norm(arm, axis=1), 1.3)
        assert (side * arm[:, 1] >= -1e-12).all()


@pytest.mark.parametrize("seed", range(5))
def test_which_are_separable(seed):
    for name, noise in (("blobs", 0.1), ("thin_margin", 0.01), ("outlier", 0.05)):
        assert separability(*xy(name, noise, seed)).separable
    for name in ("xor", "moons", "circles"):
        assert not separability(*xy(name, 0.1, seed)).separable
    for name in ("xor", "circles"):
        x, y = xy(name, 0.1, seed)
        assert separability(features(x, "quadratic"), y).separable


@pytest.mark.parametrize("seed", range(5))
def test_thin_margin_is_thin_and_slow(seed):
    thin, wide = (separability(*xy(name, 0.01, seed)) for name in ("thin_margin", "blobs"))
    assert 0.02 < thin.margin < 0.1
    assert wide.margin > 4 * thin.margin
    updates = [len(fit(*xy(name, 0.01, seed)).samples) for name in ("thin_margin", "blobs")]
    assert updates[0] > 2 * updates[1]


def test_outlier_moves_the_perceptron_not_the_widest_margin():
    turns = []
    for seed in range(10):
        x, y = xy("outlier", 0.02, seed)
        distance = np.linalg.norm(x - np.median(x[y == 1], axis=0), axis=1)
        assert np.flatnonzero(y == 1)[distance[y == 1].argmax()] == 1
        rest = np.arange(len(x)) != 1
        np.testing.assert_allclose(separability(x, y).weights, separability(x[rest], y[rest]).weights, rtol=1e-7)
        turns.append(turn(fit(x, y).final, fit(x[rest], y[rest]).final))
    # Measured: 40° on average over many seeds.
    assert np.mean(turns) > 20


def xy(name, noise, seed):
    data = load(name, noise=noise, seed=seed)
    return data.x, data.y


def test_read_only_and_unshared():
    x = np.zeros((2, 1))
    data = Dataset("own", x, np.array([0, 1]), ("a",), ("no", "yes"))
    x[0] = 7
    assert data.x[0, 0] == 0
    for array in (data.x, data.y, load("iris", noise=0).x):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"name": "helix"}, "name must be one of"),
        ({"name": "moons", "n": 1}, "n must be at least 2"),
        ({"name": "moons", "n": 10.5}, "n must be a whole number"),
        ({"name": "moons", "noise": -0.1}, "noise must be"),
        ({"name": "moons", "noise": float("nan")}, "noise must be"),
        ({"name": "moons", "noise": float("inf")}, "noise must be"),
        ({"name": "moons", "noise": "loud"}, "noise must be"),
        ({"name": "moons", "seed": -1}, "seed must be"),
        ({"name": "moons", "seed": 0.5}, "seed must be"),
    ],
)
def test_bad_arguments(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        load(**arguments)


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        ([[1.0, 2.0]], [0], "one column for each feature name"),
        ([1.0], [0], "one column for each feature name"),
        ([[np.nan]], [0], "finite"),
        ([[1.0]], [0, 1], "one class for each"),
        ([[1.0]], [2], "indices into the class names"),
        ([[1.0]], [0.5], "indices into the class names"),
    ],
)
def test_parts_must_fit(x, y, sentence):
    with pytest.raises(ValueError, match=sentence):
        Dataset("own", np.array(x), np.array(y), ("a",), ("no", "yes"))

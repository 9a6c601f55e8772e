"""What is special to the lesson of activations: the numbers of its words, and what its pictures rest on."""

import numpy as np
import pytest
from scipy import special
from scipy.optimize import minimize_scalar

from core.data import load
from core.neural import activations as core
from pages.neural.activations import digits
from ui import catalog

LESSON = catalog.lesson("activations")
SHAPES, THERMOMETER, CLIFFS = (LESSON.scene(name) for name in ("shapes", "thermometer", "cliffs"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    assert ", ".join(f"{p:.3f}" for p in special.softmax([3, 1, 2])) == numbers["example"]
    z = np.array([-3.0, 1.0, 2.0])
    assert f"{100 * z[0] ** 2 / (z**2).sum():.1f}" == numbers["negative_square"]
    assert f"{100 * (z[0] + 10) ** 2 / ((z + 10) ** 2).sum():.1f}" == numbers["moved_square"]
    assert f"{100 * special.softmax(z)[0]:.1f}" == numbers["negative_softmax"]
    low = minimize_scalar(lambda x: x * special.ndtr(x), bounds=(-3, 0), method="bounded")
    assert [f"{-low.x:.3f}", f"{-low.fun:.3f}"] == [numbers["dip_at"], numbers["dip"]]
    assert round(100 * special.ndtr(low.x)) == numbers["backwards"]
    x = np.linspace(-6, 6, 4801)
    exact = x * special.ndtr(x)
    assert f"{np.abs(core.gelu(x, form='tanh') - exact).max():.5f}" == numbers["tanh_apart"]
    assert f"{np.abs(x * special.expit(1.702 * x) - exact).max():.3f}" == numbers["sigma_apart"]
    assert f"{special.expit(-400.0):.1e}" == f"{numbers['truth']}e-{numbers['truth_power']}"


def test_the_notes_code():
    with np.errstate(all="ignore"):
        z = np.array([711.0, 0.0])
        assert np.isnan(np.exp(z) / np.sum(np.exp(z))).any()
        assert 1 / (1 + np.e ** -np.array([-1000.0])) == 0
        with pytest.raises(OverflowError):
            1 / (1 + np.e**1000)
        e = np.exp(400.0)
        assert e / (1 + e) ** 2 == 0 < core.slope("sigmoid", -400.0)


def test_the_digit_classifier_and_its_temperature():
    x, y = load("digits").x[digits.LEARNT :] / 16, load("digits").y[digits.LEARNT :]
    z = digits.weights()[0] + x @ digits.weights()[1:]
    assert round(100 * np.mean(z.argmax(axis=1) == y)) == LESSON.words["numbers"]["accuracy"]
    for temperature in (0.1, 10.0):
        assert (core.softmax(z, temperature=temperature).argmax(axis=1) == z.argmax(axis=1)).all()


@pytest.mark.parametrize(("how", "steep"), [("e", 1.0), ("two", np.log(2)), ("ten", np.log(10))])
def test_the_dots_lie_on_a_line(how, steep):
    r = THERMOMETER.result(THERMOMETER.Params(how=how, temperature=2.5))
    np.testing.assert_allclose(np.polyfit(r.z, np.log(r.p), 1)[0], steep / 2.5)


def test_all_squares_zero_and_probabilities_of_zero_are_drawn():
    for fields in (
        {"data": "notes", "how": "square", "shift": -1.0},
        {"how": "ten", "temperature": 0.05, "lift": 10.0},
        {"data": "negative", "shift": 3.0, "how": "square"},
    ):
        p = THERMOMETER.Params(**fields)
        assert THERMOMETER.picture(THERMOMETER.result(p), p).figures


def test_where_a_bar_ends_no_number_is_right():
    r = CLIFFS.result(CLIFFS.Params(form="float32"))
    assert r.cliff["float32"] == pytest.approx(88.7, rel=0.03)
    assert all(r.reach(form, "log") == np.inf for form in core.FORMATS)


def test_what_arrives_is_counted_by_hand():
    r = SHAPES.result(SHAPES.Params(activation="relu", centre=-1.0))
    assert r.flat == pytest.approx(100 * np.mean(r.inputs <= 0))
    assert r.mean_slope == pytest.approx(np.mean(r.inputs > 0))

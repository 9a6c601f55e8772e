"""What is special to the lesson of sequences: the numbers of its words, and pictures that agree with arithmetic."""

import numpy as np
import pytest

from core.neural import sequences as s
from pages.neural.sequences import adder
from ui import catalog

LESSON = catalog.lesson("sequences")
ADDER, LONG, SUITCASE = (LESSON.scene(name) for name in ("adder", "long", "suitcase"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    assert f"{100 * s.wrong_end(8).mean():.2f}" == numbers["eight"]
    for name, bias in (("zero", 0.0), ("one", 1.0), ("three", 3.0)):
        law = LONG.result(LONG.Params(forget=bias, lag=30)).law
        assert (f"{law:.1e}" if law < 0.01 else f"{law:.2f}") == numbers[name]


@pytest.mark.parametrize(("a", "b"), [(0, 0), (255, 255), (127, 1), (90, 165)])
def test_the_paper_shows_the_sum(a, b):
    r = ADDER.result(ADDER.Params(a=a, b=b))
    assert r.total == a + b
    assert s.number(r.run.right) == a + b
    turned = ADDER.result(ADDER.Params(a=a ^ 1, b=b))
    assert r.ripple == (r.run.right != turned.run.right).sum()


def test_a_pressed_digit_turns_over():
    p = ADDER.Params(a=5, b=2)
    figure = next(f for f in adder.draw(ADDER.result(p), p).figures if f.name == "digits")
    boxes = next(mark for mark in figure.under if mark["type"] == "press")
    lowest = [sets for x, sets in zip(boxes["x"], boxes["values"], strict=True) if x == 8]
    assert lowest == [{"a": 4}, {"b": 3}]


def test_one_more_bit_brings_back_twice_as_many():
    small, large = (SUITCASE.result(SUITCASE.Params(units=1, each=b, length=12)) for b in (7, 8))
    assert large.most == pytest.approx(2 * small.most)
    assert np.all(np.diff(small.ceiling) <= 0)

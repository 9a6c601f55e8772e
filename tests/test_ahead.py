"""What was made ahead is what its script makes."""

import numpy as np
import pytest

from core import ahead

SMALL = 1  # rows made again


def test_there_is_something():
    assert "perceptron/presentation" in ahead.scripts()


@pytest.mark.parametrize("name", ahead.scripts())
def test_the_first_rows_are_made_again(name):
    stored, again = ahead.load(name), ahead.make(name, SMALL)
    assert all(len(rows) > SMALL and not rows.flags.writeable for rows in stored.values())
    assert ahead.alike(name, {key: rows[:SMALL] for key, rows in stored.items()}, again)


@pytest.mark.parametrize("name", ahead.scripts())
def test_rows_that_are_not_alike(name):
    stored = {key: rows[:SMALL] for key, rows in ahead.load(name).items()}
    assert ahead.alike(name, stored, stored)
    assert not ahead.alike(name, stored, {})
    assert not ahead.alike(name, stored, {key: rows[:0] for key, rows in stored.items()})
    # Others, in another order, are of another result.
    rng = np.random.default_rng(0)
    assert not ahead.alike(name, stored, {key: 1 + rng.permuted(rows, axis=None) for key, rows in stored.items()})


def test_a_script_that_is_not_there():
    with pytest.raises(ValueError, match="no script"):
        ahead.make("perceptron/nothing")
    with pytest.raises(ValueError, match="not made yet"):
        ahead.load("perceptron/nothing")

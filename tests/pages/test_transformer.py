"""What is special to the lesson of the Transformer: the numbers of its words, pictures that agree with each other."""

import numpy as np
import pytest
import torch

from core.pretraining import transformer as t
from pages.pretraining.transformer import bag, block, hand, induction, norm, order
from ui import catalog

LESSON = catalog.lesson("transformer")
HEAD, BAG, CHAINS, NORM = (LESSON.scene(name) for name in ("head", "bag", "chains", "norm"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    line, floor = induction.lines()
    assert (f"{line:.3f}", f"{floor:.3f}") == (numbers["counting"], numbers["floor"])
    beyond = [line - t.learned(1, seed, times=10).loss[-1] for seed in range(5)]
    assert f"{max(beyond):.3f}" == numbers["beyond"]
    assert min(beyond) > 0
    for heads in (1, 8):
        count = sum(w.numel() for w in torch.nn.MultiheadAttention(512, heads).parameters())
        assert f"{count:,}" == numbers["heads"]
    assert f"{100 * t.cost(768, 1000).share:.1f}" == numbers["gpt"]
    assert f"{block.PEAK / block.BANDWIDTH:.0f}" == numbers["ridge"]
    uniform = np.tri(48) / np.arange(1, 49)[:, None]
    x = t.sample(256, seed=10_000)[:64]
    assert np.mean([t.followers(uniform, row) for row in x]) == pytest.approx(0.39, abs=0.005)


def test_the_particles_stand_inside():
    r = HEAD.result(HEAD.Params())
    assert [name.ja for name, won in zip(r.names, t.winnable(r.keys), strict=True) if not won] == ["が", "の", "で"]
    assert r.best.ja == "眠る"
    np.testing.assert_allclose(r.out, r.weights @ r.values)


@pytest.mark.parametrize("typed", ["も", "も も", "a b", "すもももももももものうち", "　"])
def test_any_words_are_taken(typed):
    r = HEAD.result(HEAD.Params(typed=typed, word=8, masked=True))
    assert 1 <= len(r.names) <= hand.MOST
    assert r.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("line", "other", "pair"),
    [
        ("あいう", "うあい", ("あいう", "うあい")),
        ("あいう", "ええ", ("あいう", "ういあ")),
        (" a a ", "", ("aa", "aa")),
        ("", "", (order.LINE, order.LINE[::-1])),
    ],
)
def test_the_other_text_has_the_same_characters(line, other, pair):
    r = BAG.result(BAG.Params(line=line, other=other))
    assert (r.line, r.other) == pair
    assert [r.other[i] for i in r.where] == list(r.line)
    assert r.changed == 0


def test_a_pressed_character_changes_places_with_the_next():
    p = BAG.Params()
    figure = next(f for f in bag.draw(BAG.result(p), p).figures if f.name == "orders")
    moves = next(mark for mark in figure.under if mark["type"] == "press")["values"]
    assert moves[0] == {"other": "が人犬をかむ"}
    assert moves[-1] == moves[-2] == {"other": "人が犬をむか"}


@pytest.mark.parametrize("typed", ["い", "abcabcabcx", "ああああ", "いろ いろ"])
def test_a_sequence_of_ones_own(typed):
    r = CHAINS.result(CHAINS.Params(typed=typed))
    assert set(r.letters) <= set(typed)
    assert len(set(r.letters)) <= 3
    np.testing.assert_allclose(r.next.sum(axis=1), 1)


def test_in_a_sequence_that_goes_round_two_layers_know_what_comes():
    two, one = (CHAINS.result(CHAINS.Params(typed="あいう" * 10, layers=n)) for n in ("2", "1"))
    assert two.next[-1].argmax() == two.bayes.argmax() == 2
    assert two.next[-1].max() > 0.6 > 0.5 > one.next[-1].max()


def test_a_pressed_square_moves_the_norm():
    p = NORM.Params(norm="after")
    figure = next(f for f in norm.draw(NORM.result(p), p).figures if f.name == "block")
    moves = next(mark for mark in figure.under if mark["type"] == "press")["values"]
    assert moves == [{"norm": "before"}, {"norm": "none"}] * 2


def test_after_the_sum_depth_changes_the_last_gradient_little():
    ends = norm.kept(*[NORM.result(NORM.Params(**sets)) for sets in norm.DEPTHS["after"]])
    assert 0.8 < ends["low"] < ends["high"] < 1.45

"""What is special to the lesson of language models: the numbers of its words, and pictures that take a word."""

import numpy as np
import pytest

from core.llm import language as g
from pages.llm.language.memory import table
from ui import catalog

LESSON = catalog.lesson("language")
FLOOR, MEMORY, MASK, BUG = (LESSON.scene(name) for name in ("floor", "memory", "mask", "bug"))


def pressed(scene, name, params):
    """Give what the boxes of a figure set, by their places."""
    figure = next(f for f in scene.picture(scene.result(params), params).figures if f.name == name)
    boxes = next(mark for mark in figure.under if mark["type"] == "press")
    return dict(zip(zip(boxes["x"].tolist(), boxes["y"].tolist(), strict=True), boxes["values"], strict=True))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    assert f"{g.entropy():.2f}" == numbers["language_floor"]
    assert f"{np.log(len(g.WORDS)):.2f}" == numbers["even"]
    assert f"{g.masked_loss(0):.2f}" == numbers["single"]
    assert f"{g.masked_loss(0.15):.2f}" == numbers["fifteen"]
    same = MASK.result(MASK.Params()).same
    assert f"{same:.0f}" == numbers["same"]
    assert g.masked_loss(same / 100) == pytest.approx(g.entropy(), abs=1e-3)
    check = next(e for e in MEMORY.experiments if e.id == "epochs")
    results = check.results()
    measured = check.check.measure(*results)
    assert [f"{measured[key]:.2f}" for key in ("one", "least", "end")] == [
        numbers[key] for key in ("one_epoch", "least", "ended")
    ]
    assert all(90 < r.epochs[-1] < 100 for r in results)


def test_numbers_in_the_scenes():
    """Those that leads and questions name: a loss of 1.08, of 3.22, of 0.65, 0.47 and 1.4, 0.004; 190 epochs, 58%."""
    assert round(FLOOR.result(FLOOR.Params()).loss, 2) == 1.08
    assert round(MASK.result(MASK.Params()).floor, 2) == 0.65
    one, two = (MASK.result(MASK.Params(h5=h5)).cost[2] for h5 in (False, True))
    assert (round(one, 2), round(two, 1)) == (0.47, 1.4)
    assert MASK.result(MASK.Params(h4=True, h5=False)).cost[2] == pytest.approx(one)  # the adverb tells nothing of it
    bug = [BUG.result(BUG.Params(seed=seed)) for seed in range(5)]
    assert {round(r.told, 3) for r in bug} == {0.004}
    assert round(bug[0].best) == 58
    for seed in range(5):
        r = MEMORY.result(MEMORY.Params(seed=seed))
        assert 180 < r.epochs[-1] < 200
        assert round(r.train[-1], 1) == 0.8


def test_a_pressed_word_goes_on_with_the_sentence():
    sets = pressed(FLOOR, "board", FLOOR.Params(said="昨日 猫が"))
    said = sets[0.0, -0.5]["said"]  # "毎日"
    assert (said.ja, said.en) == ("昨日 猫が 毎日", "once cats daily")
    whole = pressed(FLOOR, "board", FLOOR.Params(said="昨日 猫が そっと 眠った 。"))
    assert whole[0.0, -0.5]["said"].ja == "毎日"  # a new sentence


@pytest.mark.parametrize(
    "said", ["", "象", "。", "。。。", "猫が 猫が", "昨日 " * 30, "daily small ships often move ."]
)
def test_whatever_is_typed(said):
    r = FLOOR.result(FLOOR.Params(said=said))
    assert r.next.sum() == pytest.approx(1)
    assert (r.mine is None) == (not r.words)
    m = MASK.result(MASK.Params(said=said))
    assert m.words in g.SENTENCES
    assert m.ahead.sum() == pytest.approx(-np.log(g.PROBABILITIES[g.SENTENCES.index(m.words)]))


def test_the_impossible_costs_without_end():
    r = FLOOR.result(FLOOR.Params(said="昨日 猫が そっと 話す"))
    assert r.cost[-1] == np.inf
    one = FLOOR.result(FLOOR.Params(said="昨日 猫が そっと 話す", sees=1))
    assert one.cost[-1] < 4


def test_a_pressed_word_is_masked_or_shown():
    sets = pressed(MASK, "row", MASK.Params())
    assert sets[2.0, 0.0] == {"h3": False}
    assert sets[4.0, 0.0] == {"h5": False}
    assert sets[0.0, 0.0] == {"h1": True}


def test_the_cells_are_the_sentences():
    r = MEMORY.result(MEMORY.Params(kept="8"))
    assert r.count == g.kept_sentences(8, 0).sum()
    # Each row is of one noun, one time and one verb; each column of one adjective and one adverb.
    at = table(np.arange(600))
    for cells, kinds in ((at, (0, 2, 4)), (at.T, (1, 3))):
        held = [{tuple(w for w in g.SENTENCES[s] if _kind(w) in kinds) for s in row} for row in cells]
        assert all(len(words) == 1 for words in held)
        assert len(set.union(*held)) == len(cells)
    believed = r.cells[-1][r.kept]
    assert believed.min() > 0 > np.median(r.cells[-1])


def _kind(word):
    return next(k for k, kind in enumerate(g.KINDS) if g.WORDS[word] in kind)


def test_neighbours_tell_the_masked_day():
    r = BUG.result(BUG.Params(visible=0, before="sun", after="rain", days=4000))
    assert r.guess.argmax() == 1
    assert r.guess[1] > 0.95
    np.testing.assert_allclose(BUG.result(BUG.Params()).guess, 0.25)

"""What is special to the lesson of decoding: the numbers of its words, and hands that do what the picture promises."""

import numpy as np
import pytest

from core.llm import decoding as d
from pages.llm.decoding import cut, listed, tool
from pages.llm.decoding.answers import NAMES
from pages.llm.decoding.sentences import DRAWS, STATES, STEPS
from ui import catalog

LESSON = catalog.lesson("decoding")
LISTED, CUT, VOTE, TOOL = (LESSON.scene(name) for name in ("listed", "cut", "vote", "tool"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    greedy, best = (LISTED.result(LISTED.Params(who=who)) for who in ("greedy", "best"))
    assert greedy.rank == numbers["place"]
    assert f" {greedy.rank} 位" in LISTED.lead.ja
    assert f" {greedy.rank}th of" in LISTED.lead.en
    assert (f"{greedy.chance:.2f}", f"{best.chance:.2f}") == (numbers["greedy"], numbers["best"])
    for name, wrongs in (("one", 1), ("three", 3)):
        assert f"{VOTE.result(VOTE.Params(n=61, wrongs=wrongs)).vote:.1f}" == numbers[name]
    assert f"{d.pass_at(5, n=10, right=3):.3f}" == numbers["unbiased"]
    assert f"{1 - 0.7**5:.3f}" == numbers["naive"]


def test_other_models_say_the_same():
    chains = [d.drawn(STATES, STEPS, seed=seed) for seed in range(100, 600)]
    best = [d.best(chain) for chain in chains]
    found = np.array([(d.greedy(chain) == top).all() for chain, top in zip(chains, best, strict=True)])
    assert ((found.reshape(5, 100).sum(axis=1) >= 40) & (found.reshape(5, 100).sum(axis=1) <= 60)).all()
    # How many of 200 samples are the likeliest sentence, on average: the page's 20 models had fewer than 40
    often = [DRAWS * np.exp(d.log_probability(chain, top)) for chain, top in zip(chains, best, strict=True)]
    assert np.quantile(often, 0.99) < 40
    assert np.median(often) < 10


def pressed(figure):
    return next(mark for mark in figure.under if mark["type"] == "press")


def test_a_pressed_word_takes_its_place_and_no_other():
    p = LISTED.Params()
    r = LISTED.result(p)
    boxes = pressed(next(f for f in listed.draw(r, p).figures if f.name == "words"))
    assert len(boxes["values"]) == 20
    for x, y, sets in zip(boxes["x"], boxes["y"], boxes["values"], strict=True):
        words = r.words.copy()
        words[int(x)] = 3 - int(y)
        now = LISTED.result(LISTED.Params(**sets))
        assert now.words.tolist() == words.tolist()
        assert now.chance == pytest.approx(100 * np.prod([now.next[k, w] for k, w in enumerate(words)]))


def test_a_typed_text_is_counted():
    r = CUT.result(CUT.Params(data="own", own="aab ab aac a", p=1.0, temperature=1.0))
    assert {w.en: round(v) for w, v in zip(r.words, r.plain, strict=True)} == {"a": 40, "b": 40, "c": 20}
    before, after = (CUT.result(CUT.Params(data="own", order=order)) for order in ("first", "last"))
    assert before.count > after.count
    for text in ("", " ", "x"):
        r = CUT.result(CUT.Params(data="own", own=text))
        assert r.count >= 1
        assert cut.draw(r, CUT.Params(data="own", own=text))


def test_the_stacks_are_the_votes():
    r = VOTE.result(VOTE.Params(n=64, wrongs=5, seed=3))
    assert r.votes.sum() == 64
    assert NAMES[int(r.votes.argmax())] in r.elected.en


def test_what_is_written_is_what_is_called():
    p = TOOL.Params(threshold=1.01, works=100)
    r = TOOL.result(p)
    assert all(said.startswith("add(") and ok for said, _, ok in r.written)
    assert tool.draw(r, p)
    assert not any(said.startswith("add(") for said, _, _ in TOOL.result(TOOL.Params()).written)

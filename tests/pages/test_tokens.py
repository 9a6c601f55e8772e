"""What is special to the lesson of tokens: the numbers of its words, and pictures that agree with the core."""

import numpy as np
import pytest

from core.llm import tokens as t
from pages.llm.tokens import copies, crawled, merging, paired, shared, tax, walked
from ui import catalog

PARAPHRASE = (
    "市場では朝、収穫したばかりの野菜や焼いたばかりのパンが売られています。"
    "客の名前を知る店員が、どう食べるとおいしいかを教えてくれます。"
)
LESSON = catalog.lesson("tokens")
MERGING, TAX, COPIES, SIFTING = (LESSON.scene(name) for name in ("merging", "tax", "copies", "sifting"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    ja, en = t.measured()
    assert f"{len(ja.encode()) / len(en.encode()):.2f}" == numbers["bytes"]
    text = t.corpus(100)
    base, ours = t.train(t.corpus(10), 400), t.train(text, 400)
    grown = base.extended(ours, 200)
    added = grown.tokens[len(base.tokens) :]
    japanese = ours.first(1 + max(ours.tokens.index(token) for token in added) - t.BYTES)
    dead, alone = ({m.tokens[i] for i in set(range(len(m.tokens))) - set(m.encode(text))} for m in (grown, japanese))
    assert str(len(dead & set(added))) == numbers["dead"]
    assert str(len((dead - alone) & set(added))) == numbers["starved"]
    page = t.shingles(paired.PAGE, 5)
    for name, copy in (("edit", paired.PAGE[:28] + "〇" + paired.PAGE[29:]), ("para", PARAPHRASE)):
        assert f"{t.jaccard(page, t.shingles(copy, 5)):.2f}" == numbers[name]
    assert f"{np.sqrt(0.25 / 128):.3f}" == numbers["spread"]
    assert len(paired.PAGE) == 57  # as the words say
    assert len(t.sentences()) == 420


def test_the_bands_of_a_threshold_make_the_fewest_errors():
    s = (np.arange(1000) + 0.5) / 1000
    errors = {
        (bands, rows): np.where(s < 0.8, t.found(s, bands, rows), 1 - t.found(s, bands, rows)).sum()
        for rows in range(1, 129)
        for bands in range(1, min(40, 128 // rows) + 1)
    }
    assert min(errors, key=errors.get) == (9, 13)


def test_picks_are_merged_and_greedy_is_training():
    r = MERGING.result(MERGING.Params(merges=4))
    m = t.train(merging.TEXT, 4)
    assert list(r.ids) == m.encode(merging.TEXT)
    assert r.usual is None
    other = MERGING.result(MERGING.Params(merges=4, picks="3x"))
    assert other.picked == "3000"
    assert other.tokens[256] == b"\xe3\x81"
    assert walked.walk("", "", 3)[1] == ""


def test_a_pressed_pair_is_the_next_merge():
    p = MERGING.Params(merges=2, picks="1")
    r = MERGING.result(p)
    figure = next(f for f in merging.draw(r, p).figures if f.name == "pairs")
    sets = next(mark for mark in figure.under if mark["type"] == "press")["values"]
    assert sets[1] == {"picks": "101", "merges": 3}
    (a, b), _ = r.waiting[1]
    after = MERGING.result(MERGING.Params(**sets[1]))
    assert after.tokens[-1] == r.tokens[a] + r.tokens[b]


def test_boxes_hold_the_bytes_of_their_tokens():
    said = "木の Tree🌳"
    at = shared.cells(said, 6)
    assert len(at) == len(said.encode())
    assert [line for _, line, _ in at] == [0] * 8 + [1] * 7  # the emoji is two wide, and is not broken
    assert sum(width for _, _, width in at) == pytest.approx(2 + 2 + 1 + 4 + 2)
    m = t.train("木木木木", 1)
    spans = shared.colors(m.encode("木a"), m.tokens)
    assert spans[-1] == (3, 4, shared.WHOLE)
    assert {color for *_, color in spans[:-1]} == {shared.PART}
    assert shared.shown("木".encode()[1:] + b" a") == "9C A8␣a"


def test_the_tax_is_of_the_measured_text():
    r = TAX.result(TAX.Params(share="50", merges=100, added=40))
    m = t.train(t.corpus(50), 100).extended(t.train(t.corpus(100), 100), 40)
    ja, en = (len(m.encode(text)) for text in t.measured())
    assert (r.ja[-1], r.en[-1]) == (ja, en)
    own = TAX.result(TAX.Params(own="犬 dog"))
    assert len(own.texts) == 1
    assert tax.draw(own, TAX.Params(own="犬 dog"))


def test_a_pressed_character_is_changed_and_comes_back():
    p = COPIES.Params(edits=0)
    sets = copies.presses(paired.PAGE, 0.0)["values"]
    r = COPIES.result(COPIES.Params(**sets[20]))
    assert r.copy[20] == "〇"
    for begins in r.shared:  # the five pieces that hold the character are broken; none starts at the last four
        assert np.flatnonzero(begins == 0).tolist() == [16, 17, 18, 19, 20]
        assert (begins == -1).sum() == 4
    assert r.likeness == 48 / 58
    assert copies.presses(r.copy, 0.0)["values"][20] == {"own": paired.PAGE}
    assert COPIES.result(p).likeness == 1


def test_a_page_is_broken_into_lines():
    lines = crawled.broken("What is left of a gradient, on average, once it has come back through\na sigmoid?")
    assert lines == ("What is left of a gradient, on average, once it", "has come back through", "a sigmoid?")
    assert crawled.broken("あ" * 26) == ("あ" * 25, "あ")
    assert crawled.broken("a" * 60) == ("a" * 50, "a" * 10)
    assert crawled.broken("もし\n    w") == ("もし", "    w")
    assert crawled.broken("あ" * 25 + " う") == ("あ" * 25, "う")
    assert crawled.broken("") == ("",)
    assert len(crawled.broken("あ" * 999)) == crawled.LINES


def test_rules_of_sifting_can_let_nothing_through():
    r = SIFTING.result(SIFTING.Params(least=1600, share=100, repeat=0))
    assert r.count == 0
    assert np.isnan(r.precision)
    assert r.left.sum() == 0

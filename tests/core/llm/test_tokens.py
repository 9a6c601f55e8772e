"""Tokens against Hugging Face's trainer, plain counting and decoding; MinHash against Jaccard; bands against trials."""

import hashlib
from collections import Counter
from itertools import pairwise
from math import comb

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core import ahead
from core.llm import tokens as t
from core.llm.tokens import canary, copies, expansion, pairs, web

torch.set_num_threads(1)
PLUM = "すもももももももものうち"

# Merges by Hugging Face's `tokenizers` 0.23.3 (BpeTrainer on one word, a character for each byte, min_frequency=2):
# how many, and a digest of them all.
TRAINED = [
    ("corpus 50", 300, 300, "780287fc01fc1ebe"),
    ("corpus 100", 300, 300, "a7fd4a45e6d77c38"),
    (PLUM, 30, 5, "b1ddb12cae62258b"),
    ("aaabdaaabac", 30, 3, "979d18304ea5a76c"),
    ("low low low lower lowest newer newest wider", 30, 10, "f256c5bedab7efee"),
]


@pytest.mark.parametrize(("text", "merges", "found", "digest"), TRAINED)
def test_the_merges_are_those_of_tokenizers(text, merges, found, digest):
    text = t.corpus(int(text.split()[1])) if text.startswith("corpus") else text
    m = t.train(text, merges)
    spelled = [(m.tokens[a], m.tokens[b]) for a, b in m.pairs]
    assert len(spelled) == found
    assert hashlib.blake2b(repr(spelled).encode(), digest_size=8).hexdigest() == digest


def plainly(text, merges):
    """Train by counting all pairs anew before each merge."""
    ids, found = list(text.encode()), []
    for k in range(merges):
        counts = Counter(pairwise(ids))
        pair = min(counts, key=lambda p: (-counts[p], p), default=None)
        if pair is None or counts[pair] < 2:
            break
        found.append(pair)
        ids = plain_merge(ids, pair, 256 + k)
    return tuple(found), ids


def plain_merge(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        hit = tuple(ids[i : i + 2]) == pair
        out.append(new if hit else ids[i])
        i += 2 if hit else 1
    return out


# Any characters: all but the halves of one (U+D800 to U+DFFF).
ANY = st.lists(st.integers(0, 0x10F7FF).map(lambda n: chr(n if n < 0xD800 else n + 0x800)), max_size=20).map("".join)
TEXTS = st.text(st.sampled_from("aabももす。 🙂é\n"), max_size=40)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.integers(0, 12))
def test_training_is_counting_anew(text, merges):
    m = t.train(text, merges)
    found, ids = plainly(text, merges)
    assert m.pairs == found
    assert m.encode(text) == ids


@settings(max_examples=40, deadline=None)
@given(TEXTS, ANY, st.integers(0, 30))
def test_any_text_comes_back(text, other, merges):
    m = t.train(text, merges)
    for said in (text, other):
        assert m.decode(m.encode(said)) == said
        # The merge learnt first goes first, however often it takes: the field's other way of encoding.
        ids = list(said.encode())
        rank = {pair: k for k, pair in enumerate(m.pairs)}
        while waiting := [rank[p] for p in pairwise(ids) if p in rank]:
            ids = plain_merge(ids, m.pairs[min(waiting)], 256 + min(waiting))
        assert m.encode(said) == ids


def test_half_a_character_is_marked():
    m = t.train(PLUM, 1)
    assert m.tokens[256] == b"\x82\x82"  # of も, e3 82 82, the last two bytes
    assert m.decode(m.encode("も")) == "も"
    assert m.decode([256]) == "\ufffd" * 2
    assert t.train("", 3).pairs == ()
    for wrong in (256, -1, 1.5):
        with pytest.raises(ValueError, match="id must be"):
            t.train("ab", 1).decode([wrong])
    for wrong in (3, "\ud800"):
        with pytest.raises(ValueError, match="text"):
            t.train(wrong, 3)


def test_candidates_come_as_training_takes_them():
    ids = t.spelled("abababba")
    assert t.common(ids, 2) == [((97, 98), 3), ((98, 97), 3)]
    assert t.common(ids, 1)[0][0] == t.train("abababba", 1).pairs[0]
    assert t.common(ids[:1], 5) == []


def test_a_tokenizer_grows_without_losing():
    old, ja = t.train(t.corpus(0), 60), t.train(t.corpus(100), 60)
    new = old.extended(ja, 40)
    assert new.first(60).pairs == old.pairs
    assert new.tokens[256 + 60 :] == tuple(token for token in ja.tokens[256:] if token not in old.tokens)[:40]
    text = t.measured()[0]
    assert len(new.encode(text)) < len(old.encode(text))
    assert new.decode(new.encode(text)) == text
    assert t.counts(new)[0][-1] == len(new.encode(text))


def test_the_corpus_is_mixed_as_said():
    ja, en = zip(*t.sentences(), strict=True)
    assert t.corpus(0) == "\n".join(en)
    assert t.corpus(100) == "\n".join(ja)
    assert sum(line in set(ja) for line in t.corpus(25).split("\n")) == len(ja) // 4
    assert not set(ja) & {pair[0] for pair in t.sentences(held_out=True)}
    assert len(ja) + len(t.sentences(held_out=True)) == 480
    with pytest.raises(ValueError, match="share"):
        t.corpus(101)


# ---- near-duplicates


@pytest.mark.parametrize("similarity", [0.2, 0.5, 0.8])
def test_agreement_estimates_jaccard(similarity):
    k, runs = 128, 40
    a, b = t.alike(similarity, 90, seed=1)
    truth = t.jaccard(a, b)
    assert truth == pytest.approx(similarity, abs=0.01)
    shares = [(t.minhash(a, hashes=k, seed=s) == t.minhash(b, hashes=k, seed=s)).mean() for s in range(runs)]
    sd = np.sqrt(truth * (1 - truth) / k)  # of one estimate
    assert abs(np.mean(shares) - truth) < 4 * sd / np.sqrt(runs)
    assert 0.6 * sd < np.std(shares) < 1.5 * sd


def test_a_signature_is_of_the_set():
    words = {"も", "すも", "うち"}
    assert (t.minhash(words, seed=3) == t.minhash(sorted(words), seed=3)).all()
    both = np.minimum(t.minhash({"も"}), t.minhash({"すも", "うち"}))
    assert (t.minhash(words) == both).all()  # the smallest of a union
    assert (t.minhash(words, seed=3) != t.minhash(words, seed=4)).all()
    with pytest.raises(ValueError, match="at least one"):
        t.minhash(set())


@pytest.mark.parametrize(("bands", "rows"), [(1, 1), (4, 3), (9, 13)])
@pytest.mark.parametrize("s", [0.0, 0.3, 0.8, 1.0])
def test_found_is_one_band_or_more(s, bands, rows):
    band = s**rows
    some = sum(comb(bands, k) * band**k * (1 - band) ** (bands - k) for k in range(1, bands + 1))
    assert t.found(s, bands, rows) == pytest.approx(some, abs=1e-12)


def test_what_bands_find():
    # ChenghaoMou/text-dedup, issue 8: 20 bands of 450 rows find nothing at 0.8, 450 of 20 nearly all.
    assert t.found(0.8, 20, 450) < 1e-40
    assert t.found(0.8, 450, 20) == pytest.approx(0.9946, abs=5e-5)
    pairs_ = [t.alike(0.8, 60, seed=s) for s in range(150)]
    hits = sum(
        t.agreeing(t.minhash(a, seed=s), t.minhash(b, seed=s), 9, 13).all(axis=1).any()
        for s, (a, b) in enumerate(pairs_)
    )
    p = np.mean([t.found(t.jaccard(a, b), 9, 13) for a, b in pairs_])
    assert abs(hits - 150 * p) < 4 * np.sqrt(150 * p * (1 - p))
    with pytest.raises(ValueError, match="need 130 hashes"):
        t.agreeing(*(t.minhash(x) for x in pairs_[0]), 10, 13)
    with pytest.raises(ValueError, match="from 0 to 1"):
        t.found(1.2, 3, 3)


def test_edits_and_shingles():
    assert t.shingles("もももう", 2) == {"もも", "もう"}
    assert t.shingles("も", 5) == {"も"}
    assert t.shingles("", 5) == {""}
    assert t.jaccard(set(), set()) == 1
    text = "いちばん近い中心がどれかを表します。"
    for edits in (0, 3, len(text), 99):
        copy = t.edited(text, edits, seed=edits)
        assert sum(a != b for a, b in zip(text, copy, strict=True)) == min(edits, len(text))
    assert copies.edited("aa", 1) in ("a□", "□a")
    # One edit in the middle touches as many shingles as they are long.
    a, b = (t.shingles(s, 5) for s in ("abcdefghijklmnop", "abcdefgXijklmnop"))
    assert (len(a & b), len(a)) == (7, 12)


# ---- pages, a canary, new rows


def test_pages_are_what_they_say():
    crawl = t.pages(120, seed=1)
    m = t.measure(crawl)
    kinds = np.array([page.kind for page in crawl])
    assert set(kinds) == set(t.KINDS)
    assert m.japanese[kinds == "english"].max() < 5
    assert m.japanese[kinds == "article"].min() > 60
    assert m.repeated[kinds == "spam"].min() > m.repeated[kinds == "article"].max()
    assert (m.good == np.isin(kinds, ["article", "short", "code", "both"])).all()
    assert t.kept(m, least=0, share=0, repeat=100).all()
    assert not (t.kept(m, least=400, share=50, repeat=30) & ~t.kept(m, least=100, share=50, repeat=30)).any()
    assert web.japanese("かなカナ漢字。") == 1
    assert web.japanese("") == web.repeated("short") == 0
    assert web.repeated("ab" * 10) == pytest.approx(1 - 2 / 11)


def test_a_canary_by_plain_counting():
    numbers = np.array([1234, 1299, 34, 1234])
    text = " ".join(f"号は{n:04d}" for n in numbers)
    windows = Counter(text[i : i + n] for n in (3,) for i in range(len(text) - n + 1))
    chance = canary.log_chance(numbers)
    for code in (1234, 1299, 9999, 34):
        said, total = f"号は{code:04d}", 0.0
        for i in range(2, 6):
            context = said[i - 2 : i]
            seen = sum(windows[context + digit] for digit in "0123456789")
            total += np.log((windows[said[i - 2 : i + 1]] + 1) / (seen + 10))
        assert chance[code] == pytest.approx(total)
    assert np.exp(chance).sum() == pytest.approx(1)


def test_exposure_rises_with_repetition():
    rows = np.array([[t.exposure(m, seed=seed) for m in (0, 1, 3, 20)] for seed in range(5)])
    assert (np.diff(rows[:, :3], axis=1) > 0).all()
    np.testing.assert_allclose(rows[:, -1], np.log2(10**4))
    assert t.exposure(0, others=0) == pytest.approx(1, abs=1e-3)  # all are equal: the middle


def test_the_model_says_what_its_formula_says():
    model = expansion.fresh(5, seed=0)
    e, one, two = (part.double().numpy() for part in model)
    ids = np.array([3, 1, 4, 0])
    h = e[1, :-1] @ one + e[3, :-1] @ two
    logits = e[:, :-1] @ h + e[:, -1]
    expected = np.log2(np.exp(logits).sum()) - logits[4] / np.log(2)
    assert float(expansion.bits(model, ids)[0]) == pytest.approx(expected, abs=1e-5)
    film = expansion.training(model, np.tile(ids, 9), 30, seed=0)
    assert torch.equal(film[0][0], model[0])
    assert expansion.bits(film[-1], ids).mean() < expansion.bits(model, ids).mean()


def test_new_rows_begin_as_said():
    old, new = t.train("も", 0), t.train(PLUM, 3)
    model = expansion.fresh(256, seed=0)
    assert expansion.pieces(old, new, 2) == list("もも".encode())
    mean = expansion.grown(model, old, new, "mean", seed=0)[0]
    torch.testing.assert_close(mean[258], model[0][list("もも".encode())].mean(dim=0))
    assert torch.equal(expansion.grown(model, old, new, "zero", seed=0)[0][256:], torch.zeros(3, 25))
    drawn = expansion.grown(model, old, new, "random", seed=0)[0][256:]
    assert 0 < drawn.std() < 0.2
    assert torch.equal(mean[:256], model[0])


def test_stages_lead_to_the_ids():
    m = t.train(t.corpus(50), 40)
    *_, last = m.stages(PLUM)
    assert last.tolist() == m.encode(PLUM) == m.first(40).encode(PLUM)
    assert pairs.places(np.array([1, 1, 1, 2, 1, 1]), (1, 1)).tolist() == [0, 4]


def test_what_was_made_ahead_has_a_row_a_seed():
    assert ahead.load("tokens/grown")["ja"].shape[:2] == (5, 4)

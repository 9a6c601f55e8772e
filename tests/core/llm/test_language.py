"""Floors against enumeration and chance, counting against loops, the network's loss against PyTorch's."""

import doctest
import itertools
from collections import Counter

import numpy as np
import pytest
import torch
from scipy.special import entr

from core.llm import language as g
from core.llm.language import chain, network

RING = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5]])


def test_docstrings():
    assert doctest.testmod(chain) == (0, 2)


def entropy(p):
    return entr(p).sum()


def entropy_of(joint, known):
    """H(first axis | the axes in known) of a table of probabilities, by hand."""
    seen = joint.sum(axis=tuple(k for k in range(1, joint.ndim) if k not in known))
    return entropy(seen.ravel()) - entropy(seen.sum(axis=0).ravel())


def path_table(P, n):
    """The probability of each path of n states, an axis a state."""
    table = g.stationary(P)
    for _ in range(n - 1):
        table = table[..., None] * P
    return table


def test_the_next_state_and_a_single_mask_by_enumeration():
    table = path_table(RING, 5)
    last = np.moveaxis(table, 4, 0)
    assert g.entropy_rate(RING) == pytest.approx(entropy_of(last, {1, 2, 3, 4}), abs=1e-12)
    middle = np.moveaxis(table, 2, 0)
    assert g.masked_floor(RING) == pytest.approx(entropy_of(middle, {1, 2, 3, 4}), abs=1e-12)


def test_many_masks_by_enumeration():
    """All 256 masks of the four states on either side; what lies beyond, once in 1/rate⁴, is bounded."""
    P = np.array([[0.8, 0.2], [0.35, 0.65]])
    table = np.moveaxis(path_table(P, 9), 4, 0)
    sums = np.zeros(9)  # by how many are masked
    for masks in itertools.product((False, True), repeat=8):
        sums[sum(masks)] += entropy_of(table, {k + 1 for k, masked in enumerate(masks) if not masked})
    for rate in (0.15, 0.3):
        mean = (rate ** np.arange(9) * (1 - rate) ** np.arange(8, -1, -1)) @ sums
        assert mean - 2 * rate**4 * np.log(2) <= g.masked_floor(P, rate=rate) <= mean + 1e-12


def test_chains_that_are_plain():
    even = np.full((4, 4), 0.25)
    for rate in (0.0, 0.5, 0.9):
        assert g.masked_floor(even, rate=rate) == pytest.approx(np.log(4)) == pytest.approx(g.entropy_rate(even))
    cycle = np.roll(np.eye(3), 1, axis=1)
    assert g.entropy_rate(cycle) == g.masked_floor(cycle, rate=0.5) == 0
    np.testing.assert_allclose(g.stationary(RING) @ RING, g.stationary(RING))
    # Nearly everything masked: the unigram's entropy.
    assert g.masked_floor(RING, rate=0.97) == pytest.approx(entropy(g.stationary(RING)), abs=0.02)
    rises = [g.masked_floor(RING, rate=rate) for rate in np.linspace(0, 0.9, 10)]
    assert (np.diff(rises) > 0).all()


def test_the_published_example_of_two_states():
    """Cover & Thomas, Elements of Information Theory, example 4.2: h = (β H(α) + α H(β)) / (α + β)."""
    a, b = 0.2, 0.3
    h = (b * entropy([a, 1 - a]) + a * entropy([b, 1 - b])) / (a + b)
    assert g.entropy_rate([[1 - a, a], [b, 1 - b]]) == pytest.approx(h)


def test_a_walk_keeps_to_its_chain():
    path = g.walk(RING, 20_000, seed=1)
    pairs = np.bincount(3 * path[:-1] + path[1:], minlength=9).reshape(3, 3)
    np.testing.assert_allclose(pairs / pairs.sum(axis=1, keepdims=True), RING, atol=0.02)


def test_the_language():
    assert g.PROBABILITIES.sum() == pytest.approx(1)
    assert len(set(g.SENTENCES)) == len(g.SENTENCES) == 600
    # H(next | seen) = H(seen, next) − H(seen), over a table of all that can be seen
    for order in (1, 2):
        c = g.contexts(order)
        joint = np.bincount(c.row * 25 + c.word, g.PROBABILITIES[c.sentence], len(c.names) * 25).reshape(-1, 25)
        joint /= joint.sum()
        assert g.floor(order) == pytest.approx(entropy(joint.ravel()) - entropy(joint.sum(axis=1)))
    bigrams = g.counted(1)
    order = [word for (word,) in g.contexts(1).names]
    P = bigrams[np.argsort(order)]
    assert g.entropy_rate(P) == pytest.approx(g.floor(1))
    # Four words back tell all there is: two ways to the same entropy.
    assert g.floor(4) == pytest.approx(g.entropy()) == pytest.approx(g.floor(5))
    falls = [g.floor(k) for k in range(5)]
    assert (np.diff(falls) < -0.03).all()
    assert falls[0] < np.log(len(g.WORDS))


def test_drawn_sentences_cost_the_entropy():
    p = g.PROBABILITIES
    for seed in range(5):
        rows = g.draw(4000, seed=seed)
        mean = -np.log(p[rows]).sum() / g.LENGTHS[rows].sum()
        assert mean == pytest.approx(g.entropy(), abs=0.03)


def test_counting_is_counting():
    weights = np.bincount(g.draw(50, seed=3), minlength=600)
    seen = Counter()
    for k, n in enumerate(weights):
        sentence = (g.END, *g.SENTENCES[k])
        for i in range(1, len(sentence)):
            seen[sentence[max(0, i - 2) : i], sentence[i]] += n
    q = g.counted(2, weights, alpha=0.5)
    for name, row in g.contexts(2).names.items():
        counts = np.array([seen[name, word] for word in range(25)])
        np.testing.assert_allclose(q[row], (counts + 0.5) / (counts.sum() + 12.5))
    c = g.contexts(2)
    told = torch.nn.functional.cross_entropy(
        torch.tensor(np.log(q[c.row])), torch.tensor(c.word), reduction="none"
    ).numpy()
    mean = (told * g.PROBABILITIES[c.sentence]).sum() / (g.PROBABILITIES @ g.LENGTHS)
    assert g.loss(2, q) == pytest.approx(mean)
    assert g.loss(2, q) > g.floor(2)
    # The best on what was read is to know its shares; it then finds other sentences impossible.
    own = g.counted(4, weights)
    assert g.loss(4, own, weights) < g.entropy()
    assert g.loss(4, own) == np.inf


def test_the_next_word():
    first, verb = g.read("昨日")[0], g.read("once cats gently")[0]
    assert g.next_word(4, g.counted(4), first)[g.read("猫が")[0][0]] == pytest.approx(0.125)
    named = {g.WORDS[k].ja: p for k, p in enumerate(g.next_word(4, g.counted(4), verb)) if p}
    assert named == pytest.approx({"眠った": 0.85, "動いた": 0.15})
    assert len(np.flatnonzero(g.next_word(1, g.counted(1), verb))) == 8
    np.testing.assert_allclose(g.next_word(4, g.counted(4), g.read("cats cats")[0]), 1 / 25)


def test_reading_what_is_typed():
    wanted, all_known = g.read("昨日猫がそっと眠った。")
    assert [g.WORDS[k].en for k in wanted] == ["once", "cats", "gently", "slept", "."]
    assert all_known
    assert g.read("Once CATS gently slept .") == (wanted, True)
    assert g.read("昨日 象が 眠った") == (g.read("昨日 眠った")[0], False)
    assert g.read("静かな")[0] == (g.WORDS.index(g.KINDS[1][3]),)
    assert g.read("") == ((), True)


def test_a_masked_word_is_what_the_others_leave():
    sentence, _ = g.read("昨日猫がそっと眠った。")
    told = g.fill(sentence, [False, True, False, False, False])
    named = {g.WORDS[k].en: p for k, p in enumerate(told[1]) if p}
    assert named == pytest.approx({"cats": 0.625, "dogs": 0.375})
    assert told[3, sentence[3]] == 1
    nothing = g.fill(sentence, np.ones(5, bool))
    np.testing.assert_allclose(nothing.sum(axis=1), 1)
    np.testing.assert_allclose(nothing[0, :2], 0.5)
    assert g.fill(g.read("昨日猫が話す。")[0], [False, True, False, False]) is None
    assert g.fill((0,), [True]) is None
    assert g.fill((), []) is None


@pytest.mark.parametrize("rate", [0.2, 0.8])
def test_masks_by_chance_cost_the_floor(rate):
    rng = np.random.default_rng(0)
    costs, counts = [], []
    for k in g.draw(500, seed=1):
        mask = rng.random(g.LENGTHS[k]) < rate
        told = g.fill(g.SENTENCES[k], mask)[np.arange(g.LENGTHS[k]), g.SENTENCES[k]]
        costs.append(-np.log(told).sum())
        counts.append(mask.sum())
    gaps = np.array(costs) - g.masked_loss(rate) * np.array(counts)
    assert abs(gaps.mean()) < 4 * gaps.std() / np.sqrt(len(gaps))


def test_masked_ends():
    single = [
        -np.log(g.fill(s, np.arange(len(s)) == t)[t, s[t]]) * p
        for s, p in zip(g.SENTENCES, g.PROBABILITIES, strict=True)
        for t in range(len(s))
    ]
    assert g.masked_loss(0) == pytest.approx(sum(single) / (g.PROBABILITIES @ g.LENGTHS))
    assert g.masked_loss(0) < g.entropy() < g.masked_loss(1)


def test_copying_counts_and_stops_at_its_floors():
    P, sizes = RING, [50, 4000]
    run = g.copying(P, sizes, alpha=0.5, seed=2)
    path = g.walk(P, 50, seed=2)
    seen = Counter(zip(path[:-2].tolist(), path[2:].tolist(), path[1:-1].tolist(), strict=True))
    joint = np.einsum("l,lm,mr->lmr", g.stationary(P), P, P)
    counts = np.array([[[seen[i, r, m] for r in range(3)] for m in range(3)] for i in range(3)]) + 0.5
    assert run.filled[0] == pytest.approx(-(joint * np.log(counts / counts.sum(axis=1, keepdims=True))).sum())
    for seed in range(5):
        run = g.copying(P, sizes, seed=seed)
        assert run.causal[-1] == pytest.approx(run.causal_floor, abs=0.01)
        assert run.filled[-1] == run.told[-1] == pytest.approx(run.filled_floor, abs=0.02)
        assert run.causal[-1] > run.causal_floor
        assert run.filled[-1] > run.filled_floor
        bug = g.copying(P, sizes, visible=1.0, seed=seed)
        assert bug.told[-1] < 0.01
        assert bug.filled[-1] == pytest.approx(np.log(3))
        assert bug.accuracy[-1] == pytest.approx(1 / 3)


def test_the_networks_gradient_is_pytorchs():
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.5, shape) for shape in ((4 * 26, 6), 6, (6, 25), 25)]
    seen, words = rng.integers(0, 26, (9, 4)) + 26 * np.arange(4), rng.integers(0, 25, 9)
    told, gradient = network.descent(weights, seen, words)
    table, bias, out, last = params = [torch.tensor(w, requires_grad=True) for w in weights]
    z = torch.tanh(table[torch.tensor(seen)].sum(1) + bias) @ out + last
    oracle = torch.nn.functional.cross_entropy(z, torch.tensor(words))
    oracle.backward()
    assert told == pytest.approx(oracle.item())
    for own, theirs in zip(gradient, params, strict=True):
        np.testing.assert_allclose(own, theirs.grad.numpy(), atol=1e-12)


def test_the_network_learns():
    """A heap of one sentence is known by heart after some steps; what it then says of all others is far too little."""
    run = network.learn(1, steps=60, frames=np.array([0, 60]), seed=0)
    assert run.train[0] == pytest.approx(np.log(25), abs=0.5)
    assert run.train[1] < 0.05
    assert run.test[1] > run.test[0]
    p = 2 ** run.ratio[1] * g.PROBABILITIES
    assert p.sum() <= 1 + 1e-9
    new = network.learn(0, steps=150, frames=np.array([0, 150]), seed=0)
    assert g.entropy() < new.test[1] < 2 < new.test[0]


def test_made_ahead():
    for kept in g.KEPT:
        runs = [g.run(kept, seed) for seed in range(5)]
        assert all((run.test >= g.entropy()).all() for run in runs)
        if kept:
            assert all((r.train >= g.memory_floor(kept, k) - 1e-9).all() for k, r in enumerate(runs))
            assert g.kept_sentences(kept, 0).sum() <= kept
    assert g.memory_floor(1024, 0) < g.entropy()
    assert not g.kept_sentences(0, 0).any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: g.stationary(np.eye(2)), "never meet"),
        (lambda: g.entropy_rate([[0.5, 0.6], [0.5, 0.5]]), "sum to 1"),
        (lambda: g.entropy_rate([[np.nan, 1], [0.5, 0.5]]), "sum to 1"),
        (lambda: g.entropy_rate([0.5, 0.5]), "square"),
        (lambda: g.masked_floor(RING, rate=0.9999999), "rate"),
        (lambda: g.masked_floor(RING, rate=np.nan), "rate"),
        (lambda: g.conditional_entropies(RING, 0), "steps"),
        (lambda: g.walk(RING, 0), "length"),
        (lambda: g.draw(0), "At least one"),
        (lambda: g.contexts(-1), "word back"),
        (lambda: g.counted(1, np.ones(3)), "weight"),
        (lambda: g.counted(1, alpha=-1), "alpha"),
        (lambda: g.loss(1, g.counted(1), np.zeros(600)), "weight"),
        (lambda: g.loss(1, g.counted(1), [np.nan]), "weight"),
        (lambda: g.fill((0, 1), [True]), "one flag"),
        (lambda: g.masked_loss(1.2), "rate"),
        (lambda: g.copying(RING, [5, 4]), "rise"),
        (lambda: g.copying(RING, [5], visible=2), "visible"),
        (lambda: g.run(9, 0), "no|runs"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""Decoders against the list of all strings, cuts against their definition, votes against every way they can fall."""

import doctest
import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax

from core.llm import decoding as d
from core.llm.decoding import cuts, tools, votes

CHAINS = [d.drawn(4, 5, seed=seed) for seed in range(12)] + [d.drawn(3, 4, spread=0.3, seed=1), d.drawn(5, 0, seed=2)]


@pytest.mark.parametrize("module", [cuts, tools, votes])
def test_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried) == (0, 1)


def listed(chain):
    """Multiply out every string, with no logarithm and no recursion."""
    s, length = len(chain.start), len(chain.steps) + 1
    found = {}
    for words in itertools.product(range(s), repeat=length):
        p = chain.start[words[0]]
        for k in range(length - 1):
            p *= chain.steps[k][words[k], words[k + 1]]
        found[words] = p
    return found


@pytest.mark.parametrize("chain", CHAINS[::4], ids=range(4))
def test_all_strings_are_ranked(chain):
    strings, logs = d.ranked(chain)
    oracle = listed(chain)
    np.testing.assert_allclose(np.exp(logs), [oracle[tuple(row)] for row in strings.tolist()], rtol=1e-9)
    assert len({tuple(row) for row in strings.tolist()}) == len(oracle)
    assert (np.diff(logs) <= 0).all()
    assert np.exp(logs).sum() == pytest.approx(1)
    assert d.entropy(chain) == pytest.approx(-(np.exp(logs) * logs).sum())
    np.testing.assert_allclose(d.log_probability(chain, strings), logs)


def test_the_best_is_first_and_a_full_beam_finds_it():
    for chain in CHAINS:
        strings, logs = d.ranked(chain)
        assert d.best(chain).tolist() == strings[0].tolist()
        assert d.beam(chain, len(strings)).tolist() == strings[0].tolist()
        assert d.beam(chain, 1).tolist() == d.greedy(chain).tolist()
        for width in (1, 2, 3):
            assert d.log_probability(chain, d.beam(chain, width)) <= logs[0] + 1e-12


def test_a_beam_is_what_its_definition_says():
    chain = CHAINS[3]
    kept = [((), 0.0)]
    for k, level in enumerate(d.searched(chain, 3)):
        grown = []
        for words, p in kept:
            row = chain.start if k == 0 else chain.steps[k - 1][words[-1]]
            grown += [((*words, j), p + math.log(q)) for j, q in enumerate(row)]
        kept = sorted(grown, key=lambda pair: -pair[1])[:3]
        assert [tuple(row) for row in level.prefixes.tolist()] == [words for words, _ in kept]
        np.testing.assert_allclose(level.logs, [p for _, p in kept])


def test_greedy_falls_for_a_first_step():
    trap = (np.array([0.6, 0.4]), np.array([[[0.5, 0.5], [0.1, 0.9]]]))
    assert d.greedy(trap).tolist() == [0, 0]
    assert d.best(trap).tolist() == [1, 1]
    named = SimpleNamespace(start=[0.6, 0.4], steps=[[[0.5, 0.5], [0.1, 0.9]]])
    assert d.beam(named, 2).tolist() == d.beam(list(trap), 2).tolist() == [1, 1]


def test_a_word_that_cannot_come_never_comes():
    chain = (np.array([0.0, 1.0, 0.0]), np.array([[[1.0, 0, 0], [0, 0.5, 0.5], [0, 0, 1.0]]] * 2))
    assert d.log_probability(chain, [0, 0, 0]) == -np.inf
    assert np.isfinite(d.log_probability(chain, d.sample(chain, 500))).all()
    assert np.isfinite(d.log_probability(chain, d.best(chain)))


def test_samples_come_as_often_as_they_should():
    chain = d.drawn(3, 2, seed=4)
    strings, logs = d.ranked(chain)
    drawn = d.sample(chain, 20_000, seed=1) @ [9, 3, 1]
    seen = np.bincount(drawn, minlength=27)[strings @ [9, 3, 1]]
    assert stats.chisquare(seen, 20_000 * np.exp(logs)).pvalue > 1e-4


@pytest.mark.parametrize(
    "chain",
    [
        ([0.5, 0.6], np.zeros((0, 2, 2))),
        ([1.5, -0.5], np.zeros((0, 2, 2))),
        ([0.5, 0.5], [[[1.0, 0.0], [0.2, 0.2]]]),
        ([0.5, 0.5], np.full((1, 3, 3), 1 / 3)),
        ([np.nan, 1], np.zeros((0, 2, 2))),
        ([], np.zeros((0, 0, 0))),
    ],
)
def test_what_is_no_chain_is_told(chain):
    with pytest.raises(ValueError, match=r"start|steps"):
        d.best(chain)


def test_arguments_that_make_no_sense():
    chain = CHAINS[0]
    for call in (
        lambda: d.beam(chain, 0),
        lambda: d.ranked(d.drawn(10, 8)),
        lambda: d.log_probability(chain, [0, 1]),
        lambda: d.log_probability(chain, [0, 1, 2, 3, 4, 0]),
        lambda: d.nucleus([1.0, 2.0], p=0.0),
        lambda: d.nucleus([1.0, 2.0], p=0.5, temperature=0.0),
        lambda: d.nucleus([-np.inf], p=0.5),
        lambda: d.nucleus([], p=0.5),
        lambda: d.nucleus([np.nan, 1.0], p=0.5),
        lambda: d.top_k([1.0, 2.0], 0),
        lambda: d.narrowed([1.0], order="middle"),
        lambda: d.majority(1.2, most=3),
        lambda: d.majority(0.5, most=1000),
        lambda: d.majority(0.5, wrongs=10**6, most=9),
        lambda: d.pass_at(5, n=3, right=1),
        lambda: d.carries(-1, 2),
    ):
        with pytest.raises(ValueError, match=r"must|has|are"):
            call()


# ---- cuts


def test_the_nucleus_is_the_smallest_set_that_reaches_p():
    rng = np.random.default_rng(0)
    for _ in range(60):
        z, p, heat = rng.normal(size=7) * 2, rng.uniform(0.05, 0.99), np.exp(rng.normal())
        mask, share = d.nucleus(z, p=p, temperature=heat), softmax(z / heat)
        enough = [s for r in range(1, 8) for s in itertools.combinations(range(7), r) if share[list(s)].sum() >= p]
        least = min(map(len, enough))
        assert mask.sum() == least
        assert share[mask].sum() == pytest.approx(max(share[list(s)].sum() for s in enough if len(s) == least))


def test_ends_and_ties_of_the_nucleus():
    assert d.nucleus([0.0, 0.0, 0.0, 0.0], p=0.5).tolist() == [True, True, False, False]
    assert d.nucleus([1.0, -900.0, 0.0], p=1.0).all()
    assert d.nucleus([1.0, 5.0, 0.0], p=1e-15).tolist() == [False, True, False]
    assert d.nucleus([1.0, -np.inf, 0.0], p=1.0).tolist() == [True, False, True]
    assert d.nucleus([2.0, 3.0, 1.0], p=0.99, temperature=1e-3).tolist() == [False, True, False]
    assert d.top_k([1.0, 3.0, 3.0, 0.0], 2).tolist() == [False, True, True, False]


def test_heat_first_keeps_more_and_cold_fewer():
    rng = np.random.default_rng(1)
    for _ in range(40):
        z = rng.normal(size=9) * 2
        sizes = [d.nucleus(z, p=0.9, temperature=heat).sum() for heat in (0.3, 0.7, 1.0, 1.5, 4.0)]
        assert sizes == sorted(sizes)
        late = [d.narrowed(z, p=0.9, temperature=heat, order="last").kept for heat in (0.3, 4.0)]
        assert (late[0] == late[1]).all()


def test_what_is_left_is_drawn_by_its_scores():
    z = np.array([2.0, 1.0, 0.5, -1.0])
    out = d.narrowed(z, temperature=2.0, k=3, p=0.8, order="last")
    share = softmax(z)
    inner = np.cumsum(share[:3] / share[:3].sum())
    assert out.kept.sum() == 1 + (inner < 0.8).sum()
    np.testing.assert_allclose(out.share[out.kept], softmax(z[out.kept] / 2.0))
    assert d.narrowed(z, k=3, p=0.9, fresh=False).kept.sum() >= d.narrowed(z, k=3, p=0.9).kept.sum()


def test_a_text_is_counted_after_its_last_character():
    assert d.following("abacab a") == ("a", {"b": 2, "c": 1})
    assert d.following("xyz") == ("", {"x": 1, "y": 1, "z": 1})
    assert d.following("  ") == ("", {})


# ---- votes


@pytest.mark.parametrize(("right", "wrongs"), [(0.4, 1), (0.4, 3), (0.25, 2), (1.0, 1), (0.0, 2)])
def test_a_majority_is_the_sum_over_all_votes(right, wrongs):
    shares = [right] + [(1 - right) / wrongs] * wrongs
    for n, ours in enumerate(d.majority(right, wrongs=wrongs, most=7), 1):
        total = 0.0
        for counts in itertools.product(range(n + 1), repeat=wrongs + 1):
            if sum(counts) == n and counts[0] == max(counts):
                total += stats.multinomial.pmf(counts, n, shares) / counts.count(counts[0])
        assert ours == pytest.approx(total, abs=1e-12)


def test_against_one_rival_a_vote_is_a_binomial():
    ours = d.majority(0.6, most=100)
    for n in (1, 11, 61, 99):
        assert ours[n - 1] == pytest.approx(stats.binom.sf(n // 2, n, 0.6), abs=1e-10)
    assert np.all((ours >= 0) & (ours <= 1 + 1e-9))


def test_a_verifier_picks_as_it_does_when_it_is_played():
    rng = np.random.default_rng(0)
    r, q, n, games = 0.3, 0.8, 4, 40_000
    right = rng.random((games, n)) < r
    yes = np.where(right, rng.random((games, n)) < q, rng.random((games, n)) >= q)
    among = np.where(yes.any(axis=1, keepdims=True), yes, True)
    picked = np.argmax(among * rng.random((games, n)), axis=1)
    seen = right[np.arange(games), picked].mean()
    assert d.verified(r, verifier=q, most=n)[-1] == pytest.approx(seen, abs=5 * math.sqrt(0.25 / games))
    np.testing.assert_allclose(d.verified(r, verifier=1.0, most=6), 1 - 0.7 ** np.arange(1, 7))
    np.testing.assert_allclose(d.verified(r, verifier=0.5, most=6), r)
    assert d.verified(1.0, verifier=1.0, most=2).tolist() == [1, 1]


def test_refinement_is_a_chain_of_two_states():
    step = np.array([[0.9, 0.1], [0.3, 0.7]])  # from right, from wrong
    at = np.array([0.8, 0.2])
    for ours in d.refined(0.8, mends=0.3, spoils=0.1, rounds=6):
        assert ours == pytest.approx(at[0])
        at = at @ step
    assert d.refined(0.8, mends=0.0, spoils=0.0, rounds=2).tolist() == [0.8] * 3


def test_pass_at_k_has_no_bias():
    n, k, p = 8, 3, 0.3
    mean = sum(stats.binom.pmf(c, n, p) * d.pass_at(k, n=n, right=c) for c in range(n + 1))
    assert mean == pytest.approx(1 - (1 - p) ** k)


# ---- tools


def test_carries_and_their_law():
    counts = np.bincount([d.carries(a, b) for a in range(100) for b in range(100)], minlength=3)
    np.testing.assert_allclose(d.carries_law(2), counts / 10_000, atol=1e-12)
    assert d.carries_law(12).sum() == pytest.approx(1)


def test_the_adder_is_as_sure_as_it_says():
    rng = np.random.default_rng(0)
    pairs = [tuple(map(int, rng.integers(10**6, size=2))) for _ in range(3000)]
    assert all(d.added(a, b, slip=0.0, rng=rng) == a + b for a, b in pairs[:200])
    sure = np.array([0.8 ** d.carries(a, b) for a, b in pairs])
    right = np.array([d.added(a, b, slip=0.2, rng=rng) == a + b for a, b in pairs])
    for m in range(5):
        some = np.isclose(sure, 0.8**m)
        assert right[some].mean() == pytest.approx(0.8**m, abs=4 * math.sqrt(0.25 / some.sum()))


def test_the_best_threshold_is_what_a_call_is_worth():
    law = d.carries_law(10)
    sure = 0.85 ** np.arange(11)
    every = np.linspace(0, 1.01, 102)
    for cost, works in ((0.2, 1.0), (0.3, 0.9), (0.0, 0.7)):
        found = d.worth(law, sure, sure, every, cost=cost, works=works)
        at = d.worth(law, sure, sure, [works - cost], cost=cost, works=works)
        assert at.value[0] == pytest.approx(found.value.max())
        assert at.value[0] == pytest.approx(np.maximum(sure, works - cost) @ law)

"""Scores, policies and selection against independent oracles: general optimisers, finite differences, counting."""

import doctest
import itertools

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_softmax
from scipy.special import softmax as soft

from core.llm import alignment as a
from core.llm.alignment import policies, preferences

RNG = np.random.default_rng(0)
REFERENCE = RNG.dirichlet(np.ones(6))
REWARD = RNG.normal(size=6)
WINS = RNG.integers(1, 9, size=(6, 6))


def test_docstrings():
    assert [doctest.testmod(m).failed for m in (preferences, policies)] == [0, 0]


# ---- preferences


def unlikely(s, wins, prior=np.inf):
    """Minus Bradley–Terry's log-likelihood, pair by pair."""
    pairs = itertools.permutations(range(len(s)), 2)
    return sum(wins[i][j] * np.log1p(np.exp(s[j] - s[i])) for i, j in pairs) + (s @ s) / (2 * prior**2)


@pytest.mark.parametrize("prior", [None, 0.5, 3.0])
def test_scores_are_the_most_likely(prior):
    found = minimize(unlikely, np.zeros(6), (WINS, prior or np.inf), options={"gtol": 1e-9}).x
    np.testing.assert_allclose(a.bradley_terry(WINS, prior=prior), found - found.mean(), atol=1e-6)


def test_two_things_have_the_logarithm_of_their_odds():
    s = a.bradley_terry([[7, 30], [10, 7]])  # the diagonal says nothing
    assert s[0] - s[1] == pytest.approx(np.log(3))
    assert s.sum() == pytest.approx(0)


def test_true_chances_give_back_their_scores():
    s = a.bradley_terry(a.chances(REWARD))
    np.testing.assert_allclose(s, REWARD - REWARD.mean(), atol=1e-10)


def test_a_circle_of_preferences_says_nothing():
    np.testing.assert_allclose(a.bradley_terry([[0, 5, 0], [0, 0, 5], [5, 0, 0]]), 0, atol=1e-12)


def test_what_was_never_asked_follows():
    s = a.bradley_terry([[0, 3, 0], [1, 0, 3], [0, 1, 0]])
    assert a.chances(s)[0, 2] == pytest.approx(0.9)  # odds of 3 and of 3 make 9


def test_one_click_has_no_finite_score_without_a_prior():
    for wins in ([[0, 1], [0, 0]], np.zeros((3, 3)), [[0, 1, 0], [1, 0, 0], [0, 0, 0]]):
        with pytest.raises(ValueError, match="no finite scores"):
            a.bradley_terry(wins)
    gaps = [np.ptp(a.bradley_terry([[0, 1], [0, 0]], prior=prior)) for prior in (1, 10, 100, 1e4, 1e8)]
    assert all(np.diff(gaps) > 1)


def test_the_spread_is_that_of_the_posterior():
    """Integrate the posterior of two scores on a grid; with many comparisons it is a bell."""
    wins, prior = np.array([[0, 60.0], [40, 0]]), 2.0
    axis = np.linspace(-4, 4, 401)
    s, t = np.meshgrid(axis, axis, indexing="ij")
    density = np.exp(-60 * np.log1p(np.exp(t - s)) - 40 * np.log1p(np.exp(s - t)) - (s**2 + t**2) / (2 * prior**2) + 67)
    density /= density.sum()
    mean = (density * (s - t)).sum()
    sd = np.sqrt((density * (s - t - mean) ** 2).sum())
    scores = a.bradley_terry(wins, prior=prior)
    assert a.spread(wins, scores, prior=prior)[0, 1] == pytest.approx(sd, rel=0.02)
    four = a.spread(4 * wins, a.bradley_terry(4 * wins, prior=prior), prior=prior)[0, 1]
    assert four == pytest.approx(sd / 2, rel=0.02)  # four times as many clicks, half as wide


def test_errors_around_the_mean(rng):
    covariance = np.cov(rng.normal(size=(4, 9)))
    v = np.diag(covariance)
    apart = np.sqrt(v[:, None] + v - 2 * covariance)
    centre = np.eye(4) - 0.25
    np.testing.assert_allclose(a.around_mean(apart), np.sqrt(np.diag(centre @ covariance @ centre)))


def test_answers_are_drawn_by_their_chance():
    wins = a.answered(REWARD, 60_000, seed=0)
    met = wins + wins.T
    assert wins.sum() == 60_000
    np.testing.assert_allclose(met[np.triu_indices(6, 1)], 4000, rtol=0.1)
    share = np.divide(wins, met, out=np.full((6, 6), 0.5), where=met > 0)
    np.testing.assert_allclose(share, a.chances(REWARD), atol=0.04)


def test_what_is_asked_next_is_what_is_not_known():
    wins = np.zeros((4, 4))
    asked = set()
    for _ in range(6):  # whatever is answered, each of six pairs is met before one comes again
        i, j = a.next_pair(wins, prior=1.5)
        asked.add((i, j))
        wins[i, j] += 0.5
        wins[j, i] += 0.5
    assert len(asked) == 6
    assert a.next_pair(50 * np.array([[0, 1, 9], [1, 0, 9], [1, 1, 0]]), prior=1.5) == (0, 1)


def test_choices_are_foretold_from_those_before():
    pairs = [(0, 1), (1, 2), (0, 2), (2, 0), (0, 1)]
    told = a.foretold(pairs, 3, prior=1.5)
    assert told[1] < told[0] == 0.5 < told[2]  # 1 lost, 2 is not known yet
    for k in range(1, 5):
        chances = a.chances(a.bradley_terry(a.tally(pairs[:k], 3), prior=1.5))
        assert told[k] == pytest.approx(chances[pairs[k]])
    assert told[2] + told[3] != 1  # the third is known when the fourth comes
    assert a.foretold([], 3, prior=1).shape == (0,)


# ---- policies


def test_rlhf_is_the_best_there_is():
    beta = 0.4
    found = minimize(
        lambda z: -(soft(z) @ REWARD) + beta * soft(z) @ (log_softmax(z) - np.log(REFERENCE)),
        np.zeros(6),
        options={"gtol": 1e-9},
    ).x
    np.testing.assert_allclose(a.rlhf(REWARD, REFERENCE, beta), soft(found), atol=1e-6)


def test_rlhf_at_its_ends():
    np.testing.assert_allclose(a.rlhf(REWARD, REFERENCE, 1e9), REFERENCE, atol=1e-8)
    np.testing.assert_allclose(a.rlhf(REWARD, REFERENCE, 1e-9), np.arange(6) == REWARD.argmax(), atol=1e-12)
    np.testing.assert_allclose(a.rlhf(REWARD + 7, REFERENCE, 0.4), a.rlhf(REWARD, REFERENCE, 0.4))
    assert a.rlhf([9, 0, 1], [0, 0.5, 0.5], 1)[0] == 0
    np.testing.assert_array_equal(a.rlhf([9, 0, 1], [0, 0.5, 0.5], 1e-300), [0, 0, 1])


@pytest.mark.parametrize("beta", [0.05, 0.5, 3.0])
def test_dpo_is_rlhf_to_nine_digits(beta):
    """DPO has the preferences alone; RLHF the reward that made them, or that a model learned from finite ones."""
    for wins, reward in ((a.chances(REWARD), REWARD), (WINS, a.bradley_terry(WINS))):
        both = a.dpo(REFERENCE, wins, beta=beta), a.rlhf(reward, REFERENCE, beta)
        np.testing.assert_allclose(*both, atol=1e-10)
    assert np.abs(a.dpo(REFERENCE, WINS, beta=beta) - a.rlhf(REWARD, REFERENCE, beta)).max() > 1e-3


def test_dpo_is_the_minimum_of_its_loss():
    beta = 0.5

    def loss(z):
        u = beta * (log_softmax(z) - np.log(REFERENCE))
        return -sum(WINS[i, j] * np.log(expit(u[i] - u[j])) for i, j in itertools.permutations(range(6), 2))

    found = soft(minimize(loss, np.zeros(6), options={"gtol": 1e-9}).x)
    np.testing.assert_allclose(a.dpo(REFERENCE, WINS, beta=beta), found, atol=1e-6)
    total = WINS.sum() - WINS.trace()
    assert a.dpo_loss(found, REFERENCE, WINS, beta=beta) * total == pytest.approx(loss(np.log(found)))


def test_steps_of_dpo_go_from_the_reference_to_its_optimum():
    wins = a.chances(REWARD)
    steps = a.dpo_steps(REFERENCE, wins, beta=0.5, rate=4.0, steps=200)
    np.testing.assert_allclose(steps[0], REFERENCE)
    np.testing.assert_allclose(steps[-1], a.dpo(REFERENCE, wins, beta=0.5), atol=1e-9)
    losses = a.dpo_loss(steps, REFERENCE, wins, beta=0.5)
    assert losses[7] == pytest.approx(a.dpo_loss(steps[7], REFERENCE, wins, beta=0.5))
    assert losses[0] == pytest.approx(np.log(2))
    assert all(np.diff(losses) < 1e-12)


def test_a_step_of_dpo_is_its_gradient():
    beta, rate = 0.5, 0.3
    wins = WINS / 7

    def loss(z):
        return a.dpo_loss(soft(z), REFERENCE, wins, beta=beta)

    before, after = np.log(a.dpo_steps(REFERENCE, wins, beta=beta, rate=rate, steps=3)[2:])
    slope = np.array([(loss(before + e) - loss(before - e)) / 2e-6 for e in 1e-6 * np.eye(6)])
    gone = after - before + rate / beta**2 * slope
    np.testing.assert_allclose(gone, gone.mean(), atol=1e-7)  # a softmax does not tell a constant


def test_counts_and_beta_of_any_size():
    for size in (1e-300, 1e-3, 1e12, 1e300):
        np.testing.assert_allclose(a.bradley_terry(size * WINS), a.bradley_terry(WINS), atol=1e-9)
    np.testing.assert_allclose(a.dpo(REFERENCE, WINS, beta=1e300), REFERENCE)
    np.testing.assert_allclose(a.dpo(REFERENCE, WINS, beta=1e-300), np.arange(6) == a.bradley_terry(WINS).argmax())


def test_where_one_always_wins_beta_holds_nothing():
    """Azar et al. 2023: the loss has no lowest point, and the policy leaves the reference whatever β is."""
    always = np.triu(np.ones((4, 4)), 1)
    start = np.array([0.01, 0.33, 0.33, 0.33])
    with pytest.raises(ValueError, match="no finite scores"):
        a.dpo(start, always, beta=5.0)
    for beta in (0.1, 5.0):
        kl = [a.divergence(pi, start) for pi in a.dpo_steps(start, always, beta=beta, rate=4.0, steps=30)]
        assert all(np.diff(kl) > 0)
    assert a.rlhf([3, 2, 1, 0], start, 5.0)[0] < 0.02


def test_divergence():
    assert a.divergence([1, 0], [0.25, 0.75]) == pytest.approx(np.log(4))
    assert a.divergence([0.5, 0.5], [1, 0]) == np.inf
    assert a.divergence(REFERENCE, REFERENCE) == 0


# ---- shared weights


@pytest.mark.parametrize("likelihood", [0.0, 0.3])
def test_the_walk_goes_down_the_gradient(likelihood, rng):
    f, start, beta, rate = rng.normal(size=(4, 2)), rng.dirichlet(np.ones(4)), 0.7, 0.2

    def loss(w):
        logs = log_softmax(np.log(start) + f @ w)
        u = beta * (logs - np.log(start))
        return -np.log(expit(u[2] - u[0])) - likelihood * logs[2]

    run = a.walk(f, start, (2, 0), beta=beta, rate=rate, steps=3, likelihood=likelihood)
    np.testing.assert_allclose(np.diff(run.weights, axis=0), rate * run.ascent[:-1])
    for w, after, policy, margin in zip(run.weights, run.weights[1:], run.policies, run.margin, strict=False):
        slope = [(loss(w + e) - loss(w - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
        np.testing.assert_allclose(after, w - rate * np.array(slope), atol=1e-8)
        np.testing.assert_allclose(policy, soft(np.log(start) + f @ w))
        ratio = np.log(policy / start)
        assert margin == pytest.approx(beta * (ratio[2] - ratio[0]))


def test_the_chosen_falls_where_it_lies_behind_the_mean():
    """Features 0, 1, 2, and 1 preferred to 2: all goes to the answer that nobody spoke of."""
    run = a.walk([[0], [1], [2]], np.ones(3) / 3, (1, 2), beta=0.5, rate=0.5, steps=2000)
    assert run.policies[-1, 0] > 0.999
    assert run.policies[-1, 1] < 0.001
    assert all(np.diff(run.margin) > 0)
    apart = a.walk(np.eye(3), np.ones(3) / 3, (1, 2), beta=0.5, rate=0.5, steps=100)
    assert apart.policies[-1, 1] > 0.5
    held = a.walk([[0], [1], [2]], [0.2, 0.3, 0.5], (1, 2), beta=0.5, rate=0.05, steps=400, likelihood=1.0)
    assert held.policies[-1, 1] >= 0.3


def test_the_pull_is_the_derivative_of_the_logarithms(rng):
    f, pi = rng.normal(size=(5, 2)), rng.dirichlet(np.ones(5))
    along = f[1] - f[3]
    slope = (log_softmax(np.log(pi) + 1e-6 * f @ along) - log_softmax(np.log(pi) - 1e-6 * f @ along)) / 2e-6
    np.testing.assert_allclose(a.pull(f, pi, along), slope, atol=1e-8)


# ---- selection


@pytest.mark.parametrize("proxy", [[3.0, 1, 2, 0], [1.0, 1, 2, 0], [5.0, 5, 5, 5]])
def test_best_of_three_is_what_counting_says(proxy):
    start, proxy = np.array([0.1, 0.2, 0.3, 0.4]), np.array(proxy)
    won = np.zeros(4)
    for drawn in itertools.product(range(4), repeat=3):
        best = [i for i in drawn if proxy[i] == max(proxy[list(drawn)])]
        for i in best:  # of equals any one that was drawn
            won[i] += np.prod(start[list(drawn)]) / len(best)
    np.testing.assert_allclose(a.best_policy(proxy, start, 3), won)
    gold = np.array([1.0, 5, 2, 9])
    found = a.best_of_n(proxy, gold, start, 3)
    assert found == pytest.approx((won @ proxy, won @ gold, a.divergence(won, start)))


def test_one_of_one_is_the_reference():
    assert a.best_of_n(REWARD, REWARD, REFERENCE, 1) == pytest.approx((REFERENCE @ REWARD,) * 2 + (0,))
    assert a.best_of_n(REWARD, REWARD, REFERENCE, 10**9)[0] == pytest.approx(REWARD.max())


def test_the_divergence_stays_below_its_bound():
    for m, room in ((5000, 1e-4), (50, 0.2), (4, 2.0)):
        same = np.full(m, 1 / m)
        gaps = [a.bound(n) - a.best_of_n(np.arange(m), np.arange(m), same, n)[2] for n in (1, 2, 8, 64)]
        assert all(-1e-12 < gap < room for gap in gaps)
    assert gaps[-1] > 1  # four answers have no more than ln 4 to give


def test_flawed_answers():
    one = a.flawed(4000, tail="light", error=2.0, skill=-0.5, seed=1)
    assert np.var(one.proxy) == pytest.approx(5, rel=0.1)
    assert np.corrcoef(one.gold, one.skill)[0, 1] == pytest.approx(-0.5, abs=0.05)
    heavy = a.flawed(4000, tail="heavy", error=2.0, seed=1)
    assert np.abs(heavy.proxy).max() > 3 * np.abs(one.proxy).max()
    np.testing.assert_array_equal(
        a.flawed(9, tail="heavy", error=0, seed=1).proxy, a.flawed(9, tail="heavy", error=0, seed=1).gold
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: a.bradley_terry([[0, 1]]), "square"),
        (lambda: a.bradley_terry([[0, -1], [1, 0]]), "0 or more"),
        (lambda: a.bradley_terry([[0, np.nan], [1, 0]]), "finite"),
        (lambda: a.bradley_terry([[0, 1], [1, 0]], prior=0), "prior must be"),
        (lambda: a.bradley_terry([], prior=1), "dimensions"),
        (lambda: a.tally([(0, 3)], 3), "no pair"),
        (lambda: a.foretold([(1, 1)], 3, prior=1), "no pair"),
        (lambda: a.rlhf([1, 2], [0.5, 0.6], 1), "sum to 1"),
        (lambda: a.rlhf([1, 2, 3], [0.5, 0.5], 1), "shape"),
        (lambda: a.rlhf([1, 2], [0.5, 0.5], 0), "above 0"),
        (lambda: a.dpo([1, 0], WINS[:2, :2], beta=1), "above 0 everywhere"),
        (lambda: a.dpo([0.5, 0.5], WINS, beta=1), "preferences must be"),
        (lambda: a.dpo([0.5, 0.5], [[0, 1]], beta=1), "preferences must be square"),
        (lambda: a.dpo_steps([0.5, 0.5], np.zeros((2, 2)), beta=1, rate=1, steps=1), "at least one"),
        (lambda: a.dpo_loss([0.5, 0.5], [0.5, 0.5], np.zeros((2, 2)), beta=1), "at least one"),
        (lambda: a.dpo_loss(REFERENCE[:5], REFERENCE, WINS, beta=1), "6 probabilities"),
        (lambda: a.divergence([1], [0.5, 0.5]), "alike"),
        (lambda: a.walk([[0], [1]], [0.5, 0.5], (1, 1), beta=1, rate=1, steps=1), "two different"),
        (lambda: a.walk([[0], [1]], [0.2, 0.3, 0.5], (1, 0), beta=1, rate=1, steps=1), "3 rows"),
        (lambda: a.pull([[0], [1]], [1, 0], [1]), "above 0"),
        (lambda: a.pull([[0], [1]], [0.5, 0.5], [1, 2]), "shape"),
        (lambda: a.best_of_n([1, 2], [1, 2], [0.5, 0.5], 0), "n must be from 1"),
        (lambda: a.best_of_n([1, 2], [1, 2], [0.5, 0.5], 10**400), "n must be from 1"),
        (lambda: a.flawed(5, tail="none", error=1, seed=0), "tail"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""Sampling against scipy's Sobol points, numpy's eigenvectors, exact densities and published formulas."""

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from core.classical import sampling as s
from core.data.measured import diabetes

SUNNY = [[0.7, 0.3], [0.6, 0.4]]


@pytest.mark.parametrize("name", ["chains", "darts", "meanfield", "targets", "walks"])
def test_docstrings(name):
    results = doctest.testmod(importlib.import_module(f"core.classical.sampling.{name}"))
    assert results.attempted > 0
    assert results.failed == 0


# ---- darts


@pytest.mark.parametrize("n", [1, 7, 64, 1000])
def test_sobol_is_scipys(n):
    theirs = stats.qmc.Sobol(2, scramble=False, bits=30)
    with pytest.warns() if n & (n - 1) else np.errstate():
        np.testing.assert_array_equal(s.sobol(n), theirs.random(n))


def test_a_shift_keeps_sobols_points_even():
    for seed in range(3):
        points = s.scatter(256, method="sobol", seed=seed)
        for across, up in ((256, 1), (16, 16), (1, 256), (4, 64)):  # elementary boxes: one point in each
            cells = np.floor(points * [across, up]).astype(int)
            assert len(np.unique(cells, axis=0)) == 256


def test_darts_hit_as_often_as_the_disc_is_large():
    for method, room in (("random", 0.05), ("sobol", 0.005)):
        hits = s.inside(s.scatter(2**14, method=method, seed=1)).sum()
        assert s.pi(hits, 2**14).value == pytest.approx(np.pi, abs=room)


def test_the_error_bar_is_binomial():
    hits = stats.binom(500, np.pi / 4).rvs(4000, random_state=0)
    guesses = s.pi(hits, np.full(4000, 500))
    assert guesses.value.std() == pytest.approx(guesses.error.mean(), rel=0.05)
    assert guesses.error.mean() == pytest.approx(1.642 / np.sqrt(500), rel=0.01)


# ---- chains

rows = st.lists(st.floats(0.02, 1.0), min_size=4, max_size=4).map(lambda row: np.array(row) / sum(row))


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=4, max_size=4))
def test_the_stationary_law_is_numpys_eigenvector(chances):
    P = np.array(chances)
    values, vectors = np.linalg.eig(P.T)
    at = np.argmin(abs(values - 1))
    expected = np.real(vectors[:, at] / vectors[:, at].sum())
    np.testing.assert_allclose(s.stationary(P), expected, atol=1e-9)
    np.testing.assert_allclose(np.linalg.matrix_power(P, 400)[0], expected, atol=1e-9)


def test_flip_flop_has_a_law_and_never_settles():
    flip = [[0, 1], [1, 0]]
    np.testing.assert_allclose(s.stationary(flip), [0.5, 0.5])
    assert s.slem(flip) == pytest.approx(1)
    np.testing.assert_allclose(s.forecast(flip, [1, 0], 3)[:, 0], [1, 0, 1, 0])


def test_the_past_is_forgotten_by_the_second_eigenvalue():
    P = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    away = np.abs(s.forecast(P, [1, 0, 0], 20) - s.stationary(P)).sum(axis=1)
    assert away[20] / away[19] == pytest.approx(s.slem(P), rel=1e-3)


@pytest.mark.parametrize("stay", [0.25, 0.5, 0.75, 0.9])
def test_days_count_as_closed_form_and_simulation_say(stay):
    P, second = [[stay, 1 - stay], [1 - stay, stay]], 2 * stay - 1
    v = s.asymptotic_variance(P, [0, 1])
    assert v == pytest.approx(0.25 * (1 + second) / (1 - second))
    means = s.simulate(P, days=400, runs=2000, seed=3).mean(axis=1)
    assert 400 * means.var() == pytest.approx(v, rel=0.15)


def test_simulated_weather_changes_as_often_as_it_should():
    states = s.simulate(SUNNY, days=300, runs=200, seed=0)
    before, after = states[:, :-1].ravel(), states[:, 1:].ravel()
    for i in (0, 1):
        assert (after[before == i] == 0).mean() == pytest.approx(SUNNY[i][0], abs=0.01)
    assert (s.simulate(SUNNY, days=2, runs=50, start=[0, 1])[:, 0] == 1).all()


# ---- walks


def test_the_rule_keeps_the_law():
    """Put the rule into a matrix, on twenty places in a ring: its stationary law is the target."""
    target = np.random.default_rng(0).uniform(0.1, 1, 20)
    P = np.zeros((20, 20))
    for i in range(20):
        for j in ((i - 1) % 20, (i + 1) % 20):
            P[i, j] = 0.5 * min(1, target[j] / target[i])
        P[i, i] = 1 - P[i].sum()
    np.testing.assert_allclose(s.stationary(P), target / target.sum(), atol=1e-12)


def test_a_walk_in_one_dimension_knows_its_law():
    law = stats.t(5)
    chain = s.metropolis(law.logpdf, start=np.zeros((200, 1)), width=2.5, steps=600, seed=0)
    last = chain.samples[-1, :, 0]
    assert stats.kstest(last, law.cdf).pvalue > 0.01
    assert chain.samples.shape == (600, 200, 1)
    assert chain.accepted.shape == (600, 200)


def test_the_best_walk_in_one_dimension_is_accepted_44_percent():
    """Gelman, Roberts & Gilks, "Efficient Metropolis jumping rules" (1996): width 2.4, efficiency 0.23."""
    chain = s.metropolis(lambda x: -0.5 * x[:, 0] ** 2, start=np.zeros((100, 1)), width=2.4, steps=1500, seed=0)
    assert chain.accepted.mean() == pytest.approx(0.44, abs=0.01)
    worth = np.mean([s.effective_size(x) for x in chain.samples[..., 0].T]) / 1500
    assert worth == pytest.approx(0.23, abs=0.02)


@pytest.mark.parametrize("name", s.TARGETS)
def test_targets_have_the_mean_zero_and_walks_find_their_spread(name):
    p = s.target(name)
    x, y = np.meshgrid(np.linspace(-7, 7, 281), np.linspace(-6, 32, 761))
    weight = np.exp(p(np.stack([x, y], axis=-1)))
    weight /= weight.sum()
    assert (weight * x).sum() == pytest.approx(0, abs=1e-3)
    assert (weight * y).sum() == pytest.approx(0, abs=1e-3)
    start = np.zeros((200, 2)) + (np.where(np.arange(200) % 2, 3, -3)[:, None] * [1, 0] if name == "islands" else 0)
    chain = s.metropolis(p, start=start, width=0.8, steps=500, seed=1)
    spread = np.sqrt((weight * x**2).sum())
    assert chain.samples[250:, :, 0].std() == pytest.approx(spread, rel=0.06)


def test_a_place_is_a_number_a_row_or_many_rows():
    one = s.metropolis(lambda x: -0.5 * x**2, start=1.0, width=1.0, steps=50, seed=2)
    row = s.metropolis(lambda x: -0.5 * x**2, start=[1.0], width=1.0, steps=50, seed=2)
    many = s.metropolis(lambda x: -0.5 * (x**2).sum(axis=-1), start=[[1.0]], width=[[1.0]], steps=50, seed=2)
    assert one.samples.shape == one.accepted.shape == (50,)
    np.testing.assert_array_equal(one.samples, row.samples[:, 0])
    np.testing.assert_array_equal(one.samples, many.samples[:, 0, 0])


def test_a_walk_stays_where_the_density_is():
    chain = s.metropolis(lambda x: 0.0 if 0 < x < 1 else -np.inf, start=0.5, width=0.7, steps=3000, seed=0)
    assert 0 < chain.samples.min() < 0.05
    assert 0.95 < chain.samples.max() < 1
    assert chain.samples.mean() == pytest.approx(0.5, abs=0.03)


# ---- what samples are worth


def autoregressive(phi, m, n, seed=0):
    rng = np.random.default_rng(seed)
    x = np.empty((n, m))
    x[0] = rng.normal(size=m) / np.sqrt(1 - phi**2)
    for t in range(1, n):
        x[t] = phi * x[t - 1] + rng.normal(size=m)
    return x.T


@pytest.mark.parametrize("phi", [-0.4, 0.0, 0.5, 0.9])
def test_effective_size_of_an_autoregression(phi):
    sizes = [s.effective_size(x) for x in autoregressive(phi, 20, 4000)]
    assert np.mean(sizes) == pytest.approx(4000 * (1 - phi) / (1 + phi), rel=0.1)
    together = s.effective_size(autoregressive(phi, 4, 4000))
    assert together == pytest.approx(16000 * (1 - phi) / (1 + phi), rel=0.2)


def column(*values):
    return np.array(values)[:, None]


def by_the_book(chains):
    """Effective size as Vehtari et al. (2021) write it, equations (7) to (13), with loops."""
    m, n = chains.shape
    means = [sum(c) / n for c in chains]
    var = [sum((v - a) ** 2 for v in c) / (n - 1) for c, a in zip(chains, means, strict=True)]
    W, B = np.mean(var), n * np.var(means, ddof=1) if m > 1 else 0.0
    plus = (n - 1) / n * W + B / n

    def rho(t):
        if t == 0:
            return 1.0
        own = [
            sum((c[i] - a) * (c[i + t] - a) for i in range(n - t)) / n / (v * (n - 1) / n)
            for c, a, v in zip(chains, means, var, strict=True)
        ]
        return 1 - (W - np.mean(np.multiply(var, own))) / plus

    tau, least, t = -1.0, np.inf, 0
    while t + 1 < n and (pair := rho(t) + rho(t + 1)) >= 0:
        least = min(least, pair)
        tau, t = tau + 2 * least, t + 2
    return m * n / tau


def test_effective_size_by_the_book():
    for x in (autoregressive(0.7, 1, 60), autoregressive(0.3, 3, 41), autoregressive(0.5, 3, 40) + column(0, 1, 2)):
        assert s.effective_size(x) == pytest.approx(by_the_book(x))


def test_days_of_weather_are_worth_what_the_fundamental_matrix_says():
    P = [[0.85, 0.15], [0.25, 0.75]]
    days = s.simulate(P, days=20000, seed=1)[0]
    law = s.stationary(P)
    expected = law[0] * law[1] / s.asymptotic_variance(P, [0, 1])
    assert s.effective_size(days) / 20000 == pytest.approx(expected, rel=0.1)


def test_autocorrelation_is_numpys():
    x = autoregressive(0.6, 1, 50)[0]
    full = np.correlate(x - x.mean(), x - x.mean(), "full")[49:]
    np.testing.assert_allclose(s.autocorrelation(x, 10), full[:11] / full[0])
    assert np.isnan(s.autocorrelation([1, 1, 1], 1)).all()


def test_r_hat_by_the_book():
    """Gelman et al. (2013), section 11.4, with loops: halves, B, W, var⁺."""
    x = np.random.default_rng(0).normal(size=(3, 11)) + column(0, 0.5, 1)
    halves = [half for chain in x for half in (chain[:5], chain[6:])]
    means = [half.mean() for half in halves]
    B = 5 / 5 * sum((mean - np.mean(means)) ** 2 for mean in means)  # n/(m − 1) Σ (ψ̄_j − ψ̄)²
    W = np.mean([((half - half.mean()) ** 2).sum() / 4 for half in halves])
    assert s.r_hat(x) == pytest.approx(np.sqrt((4 / 5 * W + B / 5) / W))


def test_r_hat_sees_apart_and_drift_and_not_what_nobody_saw():
    still = np.random.default_rng(1).normal(size=(4, 500))
    assert s.r_hat(still) == pytest.approx(1, abs=0.01)
    assert s.r_hat(still + column(-5, -5, 5, 5)) > 3
    assert s.r_hat(still + np.linspace(0, 3, 500)) > 1.2  # within 1 + 1.5²/12, halves apart by 1.5: √(1 + .64/1.19)
    assert s.r_hat(still - 5) == pytest.approx(1, abs=0.01)  # all on one of two islands: it cannot know
    assert s.r_hat(np.zeros((2, 10)) + column(0, 1)) == np.inf
    assert np.isnan(s.r_hat(np.zeros((2, 10))))
    assert s.effective_size(np.ones(9)) == 1


# ---- mean field


def law(rho, d=2):
    return np.zeros(d), np.full((d, d), rho) + (1 - rho) * np.eye(d)


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.5, 0.9])
def test_mean_field_is_scipys_minimum(rho):
    mean, covariance = law(rho)
    ours = s.mean_field(mean, covariance, start=[2.0, -1.0], sweeps=150)
    for q, kl in (
        (ours, lambda v: s.divergence(v[:2], np.diag(np.exp(v[2:])), mean, covariance)),
        (s.matched(mean, covariance), lambda v: s.divergence(mean, covariance, v[:2], np.diag(np.exp(v[2:])))),
    ):
        best = optimize.minimize(kl, [1.0, 1.0, 0.0, 0.0])
        np.testing.assert_allclose(q.means[-1], best.x[:2], atol=1e-3)
        np.testing.assert_allclose(q.variances[-1], np.exp(best.x[2:]), rtol=1e-3)
    np.testing.assert_allclose(ours.variances[-1], 1 - rho**2)
    assert ours.elbo[-1] == pytest.approx(0.5 * np.log(1 - rho**2))
    assert (np.diff(ours.elbo) >= -1e-12).all()


def test_divergence_is_the_integral():
    p, q = stats.norm(0.3, 0.8), stats.norm(-0.2, 1.3)
    expected = integrate.quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), -8, 8)[0]
    assert s.divergence([0.3], [[0.64]], [-0.2], [[1.69]]) == pytest.approx(expected)


def test_a_posterior_is_least_squares():
    data = diabetes()
    x = data.x[:, [4, 5]]
    mean, covariance = s.posterior(x, data.t)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    design = np.column_stack([np.ones(len(z)), z])
    w, rest, *_ = np.linalg.lstsq(design, data.t)
    np.testing.assert_allclose(mean, w[1:])
    np.testing.assert_allclose(covariance, (rest / (len(z) - 3) * np.linalg.inv(design.T @ design))[1:, 1:], rtol=1e-8)


# ---- what is refused

WRONG = {
    "square": (lambda: s.stationary([[0.5, 0.5]]), "square"),
    "chances": (lambda: s.stationary([[0.5, 0.6], [0.5, 0.5]]), "chances"),
    "negative": (lambda: s.stationary([[1.5, -0.5], [0.5, 0.5]]), "chances"),
    "nan": (lambda: s.stationary([[np.nan, 1], [0.5, 0.5]]), "finite"),
    "apart": (lambda: s.stationary(np.eye(2)), "more than one"),
    "no states": (lambda: s.slem(np.zeros((0, 0))), "square"),
    "start": (lambda: s.forecast(SUNNY, [1, 1], 3), "chances"),
    "days": (lambda: s.simulate(SUNNY, days=0), "days"),
    "f": (lambda: s.asymptotic_variance(SUNNY, [1, 2, 3]), "shape"),
    "hits": (lambda: s.pi(3, 2), "hits"),
    "no darts": (lambda: s.scatter(0), "n must"),
    "method": (lambda: s.scatter(5, method="grid"), "one of"),
    "place": (lambda: s.inside([[1, 2, 3]]), "shape"),
    "width": (lambda: s.metropolis(lambda x: -x, start=0, width=0, steps=5, seed=0), "above 0"),
    "widths": (lambda: s.metropolis(lambda x: -x, start=0, width=[1, 2], steps=5, seed=0), "fit"),
    "steps": (lambda: s.metropolis(lambda x: -x, start=0, width=1, steps=0, seed=0), "steps"),
    "nowhere": (lambda: s.metropolis(lambda x: -np.inf, start=0, width=1, steps=5, seed=0), "density"),
    "no number": (lambda: s.metropolis(lambda x: np.nan, start=0, width=1, steps=5, seed=0), "below infinity"),
    "endless": (lambda: s.metropolis(lambda x: np.inf, start=0, width=1, steps=5, seed=0), "below infinity"),
    "shape": (lambda: s.metropolis(lambda x: x, start=[1, 2], width=1, steps=5, seed=0), "one number"),
    "cube": (lambda: s.metropolis(lambda x: 0, start=np.zeros((1, 1, 1)), width=1, steps=5, seed=0), "start"),
    "short": (lambda: s.effective_size([1, 2, 3]), "4 steps"),
    "missing": (lambda: s.effective_size([1, np.nan, 3, 4]), "finite"),
    "chains": (lambda: s.r_hat(np.zeros((2, 3, 4))), "4 steps"),
    "lags": (lambda: s.autocorrelation([1, 2], 2), "most"),
    "one": (lambda: s.autocorrelation([1], 0), "2 numbers"),
    "definite": (lambda: s.mean_field([0, 0], [[1, 1], [1, 1]], start=[0, 0], sweeps=1), "definite"),
    "sizes": (lambda: s.divergence([0], [[1]], [0, 0], np.eye(2)), "same dimensions"),
    "rows": (lambda: s.posterior([[1, 2], [3, 4]], [1, 2]), "at least 4 rows"),
    "twins": (lambda: s.posterior([[1, 1], [2, 2], [4, 4], [5, 5]], [1, 2, 3, 4]), "follow"),
    "target": (lambda: s.target("lake"), "one of"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong):
    act, says = WRONG[wrong]
    with pytest.raises(ValueError, match=says) as refused:
        act()
    assert str(refused.value).endswith(".")

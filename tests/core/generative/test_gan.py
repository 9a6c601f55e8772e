"""The GAN's core against closed forms, SciPy's Jensen–Shannon distance, finite differences and torch's autograd."""

import numpy as np
import pytest
import torch
from scipy.spatial import distance
from scipy.special import rel_entr

from core import ahead
from core.generative import gan
from core.generative.gan import ring
from core.neural.backprop.passes import up
from core.neural.backprop.training import initial, views
from core.neural.gradients.activations import LEAK

F = torch.nn.functional
STARTS = [(1.0, 1.0), (2.0, 0.0), (0.5, -1.0), (-1.5, 0.5), (0.0, 1.0)]


@pytest.mark.parametrize("penalty", [0.0, 0.7])
@pytest.mark.parametrize("place", STARTS)
def test_the_generator_lowers_what_the_critic_raises(place, penalty):
    theta, psi = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in place)
    # ln D(0) + ln(1 − D(θ)) with D(x) = σ(−ψx)
    game = F.logsigmoid(-psi * 0) + F.logsigmoid(psi * theta) - penalty / 2 * psi**2
    down, rise = torch.autograd.grad(game, (theta, psi))
    np.testing.assert_allclose(gan.pull(place, penalty), [-float(down), float(rise)], atol=1e-12)


@pytest.mark.parametrize("start", STARTS)
def test_simultaneous_steps_leave_by_a_known_factor(start):
    path = gan.dirac(rate=0.2, steps=300, start=start)
    # |z + η v|² = |z|² (1 + η² f′²), since v stands at a right angle to z
    slope = 1 / (1 + np.exp(path[:-1].prod(axis=1)))
    size = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(size[1:] / size[:-1], np.sqrt(1 + (0.2 * slope) ** 2), rtol=1e-12)


@pytest.mark.parametrize("scheme", gan.SCHEMES)
@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_the_matrix_near_the_equilibrium(scheme, penalty):
    small = 1e-6 * np.eye(2)
    steps = [gan.dirac(rate=0.2, steps=1, scheme=scheme, penalty=penalty, start=z)[1] for z in small]
    np.testing.assert_allclose(
        np.transpose(steps) / 1e-6, gan.linear(rate=0.2, scheme=scheme, penalty=penalty), atol=1e-9
    )


def test_how_fast_each_scheme_leaves_or_comes_home():
    def size(**options):
        return abs(np.linalg.eigvals(gan.linear(rate=0.2, **options))).max()

    assert size() == pytest.approx(np.sqrt(1 + 0.2**2 / 4))
    assert size(scheme="alternating") == pytest.approx(1)
    assert size(scheme="extragradient") == pytest.approx(np.hypot(1 - 0.01, 0.1))
    assert size(penalty=0.3) == pytest.approx(np.sqrt(1 - 0.06 + 0.01))
    assert size(penalty=0.05) == pytest.approx(1)  # γ = η/4 just holds


def test_small_steps_keep_to_the_circle_of_the_flow():
    for start in STARTS:
        path = gan.dirac(rate=0.001, steps=5000, scheme="alternating", start=start)
        assert np.linalg.norm(path, axis=1) == pytest.approx(np.hypot(*start), rel=2e-3)


def test_a_run_that_leaves_the_finite_numbers():
    path = gan.dirac(rate=10.0, steps=2000, penalty=10.0, start=(1, 1))
    ends = np.flatnonzero(np.isnan(path).any(axis=1))
    assert len(ends)
    assert np.isnan(path[ends[0] :]).all()


PAIRS = [np.random.default_rng(seed).dirichlet(np.full(20, 0.3), size=2) for seed in range(5)]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_perfect_critic_earns_the_jensen_shannon_divergence(pair):
    p, q = pair
    js = gan.jensen_shannon(p, q)
    assert js == pytest.approx(distance.jensenshannon(p, q) ** 2, abs=1e-12)
    best = gan.critic(p, q)
    assert gan.worth(p, q, best) == pytest.approx(2 * js - 2 * np.log(2))
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert gan.worth(p, q, np.clip(best + 0.1 * rng.normal(size=20), 0, 1)) <= gan.worth(p, q, best)


def test_rows_are_taken_one_by_one():
    p, q = PAIRS[0]
    both = gan.jensen_shannon(p, np.stack([p, q]))
    np.testing.assert_allclose(both, [0, gan.jensen_shannon(p, q)], atol=1e-12)


def test_where_nothing_is_shared():
    p, q = np.array([0.5, 0.5, 0, 0, 0]), np.array([0, 0, 0.3, 0.7, 0])
    np.testing.assert_array_equal(gan.critic(p, q), [1, 1, 0, 0, 0.5])
    assert gan.jensen_shannon(p, q) == pytest.approx(np.log(2))
    assert gan.worth(p, q, gan.critic(p, q)) == 0
    assert gan.worth(p, q, 1 - gan.critic(p, q)) == -np.inf
    np.testing.assert_array_equal(gan.critic([1e308, 1e-320], [1e308, 0]), [0.5, 1])


X = np.linspace(-16, 16, 401)


def bell(mean, sd):
    return -((X - mean) ** 2) / (2 * sd**2) - np.log(sd * np.sqrt(2 * np.pi)) + np.log(X[1] - X[0])


@pytest.mark.parametrize("mean", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("sd", [0.5, 1.5])
def test_what_the_two_losses_descend(mean, sd):
    log_p = np.logaddexp(bell(-2, 0.5), bell(2, 0.5)) - np.log(2)
    p = np.exp(log_p)

    def js(m):
        return gan.jensen_shannon(p, np.exp(bell(m, sd)))

    def kl(m):
        q = np.exp(bell(m, sd))
        return (q * (bell(m, sd) - log_p)).sum()

    q, h = np.exp(bell(mean, sd)), 1e-4
    minimax, other = gan.slopes(log_p, bell(mean, sd), q * (X - mean) / sd**2)
    by_js, by_kl = ((f(mean + h) - f(mean - h)) / (2 * h) for f in (js, kl))
    assert minimax == pytest.approx(2 * by_js, abs=1e-6)
    assert other == pytest.approx(by_kl - 2 * by_js, abs=1e-6)
    assert kl(mean) == pytest.approx(rel_entr(q, p).sum())


def networks(seed=3):
    g, d = (initial(sizes, seed=seed + k) for k, sizes in enumerate((ring.GENERATOR, ring.CRITIC)))
    for vector in (g, d):
        vector += 0.1 * np.random.default_rng(seed).normal(size=vector.size)
    return views(g, ring.GENERATOR), views(d, ring.CRITIC)


def through(weights, x):
    for i, (W, b) in enumerate(weights):
        x = x @ W + b
        x = F.leaky_relu(x, LEAK) if i < len(weights) - 1 else x
    return x


def leaves(weights):
    return [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in weights]


def flat(grads, leaf):
    return np.concatenate(
        [(torch.zeros_like(p) if g is None else g).numpy().ravel() for g, p in zip(grads, leaf, strict=True)]
    )


@pytest.mark.parametrize("penalty", [0.0, 0.7])
def test_the_critic_s_gradient_is_autograd_s(penalty):
    rng = np.random.default_rng(0)
    make, judge = networks()
    x, made = ring.real(16, rng), up(make, rng.normal(size=(24, ring.NOISE)), ring.PHI)[0][-1]
    weights = leaves(judge)
    real = torch.tensor(x, requires_grad=True)
    s = through(weights, real)
    loss = F.softplus(-s).mean() + F.softplus(through(weights, torch.tensor(made))).mean()
    steep = torch.autograd.grad(s.sum(), real, create_graph=True)[0]
    total = loss + penalty / 2 * (steep**2).sum(dim=1).mean()
    leaf = [part for layer in weights for part in layer]
    theirs = flat(torch.autograd.grad(total, leaf, allow_unused=True), leaf)
    np.testing.assert_allclose(ring.judging(judge, x, made, penalty), theirs, atol=1e-12)
    assert ring.critics(judge, x, made) == pytest.approx(float(loss.detach()))


@pytest.mark.parametrize("loss", gan.LOSSES)
def test_the_generator_s_gradient_is_autograd_s(loss):
    z = np.random.default_rng(1).normal(size=(16, ring.NOISE))
    make, judge = networks()
    weights = leaves(make)
    s = through(leaves(judge), through(weights, torch.tensor(z)))
    total = F.softplus(-s).mean() if loss == "nonsaturating" else -F.softplus(s).mean()
    leaf = [part for layer in weights for part in layer]
    theirs = flat(torch.autograd.grad(total, leaf), leaf)
    np.testing.assert_allclose(ring.making(make, judge, z, loss), theirs, atol=1e-12)


def test_what_counts_as_covered():
    centres = gan.modes()
    on = np.repeat(centres[:3], 10, axis=0)
    off = np.zeros((50, 2))
    np.testing.assert_array_equal(gan.near(np.concatenate([centres, [[0, 0], [2.29, 0], [2.31, 0]]])),
                                  [*range(8), -1, 0, -1])  # fmt: skip
    np.testing.assert_array_equal(gan.covered(np.concatenate([on, off])), [True] * 3 + [False] * 5)
    few = np.concatenate([centres[:1], np.zeros((79, 2))])  # 1 of 80 where 10 are due
    assert gan.covered(few)[0]
    assert not gan.covered(np.concatenate([few, off[:1]])).any()


def test_the_nearest_mode_is_found():
    x = np.random.default_rng(0).uniform(-3, 3, (2000, 2))
    away = distance.cdist(x, gan.modes())
    on = away.min(axis=1) <= gan.REACH * gan.SD
    np.testing.assert_array_equal(gan.near(x), np.where(on, away.argmin(axis=1), -1))
    assert on.any()


def test_a_seed_is_a_run():
    a, b, c = (gan.train(steps=20, every=10, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a.samples, b.samples)
    assert (a.samples != c.samples).any()
    assert a.steps.tolist() == [0, 10, 20]


def test_it_learns_the_ring():
    """Forty runs are kept: those that train calmly end on most modes; none begins there."""
    kept = ahead.load("gan/collapse")
    modes = gan.covered((kept["samples"] / 127.5 - 1) * gan.SPAN).sum(axis=-1)
    assert len(modes) == len(gan.METHODS) * gan.SEEDS
    assert modes[: gan.SEEDS, -1].mean() > 6
    assert modes[:, 0].max() <= 2


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: gan.dirac(rate=0, steps=1, start=(1, 1)), "rate must be above 0"),
        (lambda: gan.dirac(rate=0.1, steps=0, start=(1, 1)), "steps must be"),
        (lambda: gan.dirac(rate=0.1, steps=1, scheme="sideways", start=(1, 1)), "scheme must be one of"),
        (lambda: gan.dirac(rate=0.1, steps=1, penalty=-1, start=(1, 1)), "penalty must be at least 0"),
        (lambda: gan.dirac(rate=0.1, steps=1, start=(1, 1, 1)), "start must have shape"),
        (lambda: gan.dirac(rate=0.1, steps=1, start=(1, np.nan)), "start must be finite"),
        (lambda: gan.pull([1.0, 2.0, 3.0]), "pairs"),
        (lambda: gan.critic([0.5, 0.5], [1.0]), "q must have shape"),
        (lambda: gan.critic([0.5, -0.5], [1.0, 0.0]), "p must hold no negative"),
        (lambda: gan.critic([0.5, np.inf], [1.0, 0.0]), "p must be finite"),
        (lambda: gan.jensen_shannon([0.5, 0.6], [0.5, 0.5]), "sum to 1"),
        (lambda: gan.jensen_shannon([0.5, 0.5], [1.0]), "q must have rows of 2"),
        (lambda: gan.worth([0.5, 0.5], [0.5, 0.5], [0.5, 1.5]), "from 0 to 1"),
        (lambda: gan.slopes([0.0, 0.0], [0.0], [0.0]), "rows of 2"),
        (lambda: gan.near([1.0, 2.0]), "points of the plane"),
        (lambda: gan.train(steps=1, loss="hinge"), "loss must be one of"),
        (lambda: gan.train(steps=1, rate=-1), "rate must be above 0"),
    ],
)
def test_bad_arguments_are_said(call, match):
    with pytest.raises(ValueError, match=match):
        call()

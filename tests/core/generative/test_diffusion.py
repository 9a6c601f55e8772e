"""Diffusion against autograd's score, scipy's densities and moments, closed forms, and one kind of bell by another."""

import numpy as np
import pytest
from scipy import integrate, stats

from core.classical import clusters
from core.generative import diffusion as d

FULL = d.Mixture(
    [0.2, 0.5, 0.3],
    [[-1.0, 0.5], [2.0, 0.0], [0.0, -2.0]],
    [[[0.5, 0.2], [0.2, 0.3]], [[0.1, 0.0], [0.0, 1.0]], [[0.4, -0.3], [-0.3, 0.4]]],
)
ROUND = d.Mixture([0.2, 0.5, 0.3], FULL.means, [0.5, 0.0, 0.02])


def as_full(mixture):
    """Give a mixture of round bells as one with matrices."""
    eye = np.eye(mixture.means.shape[1])
    return d.Mixture(mixture.weights, mixture.means, mixture.covariances[:, None, None] * eye)


def density(mixture, x, left):
    """scipy's, under noise."""
    eye = np.eye(2)
    full = mixture.covariances if mixture.covariances.ndim == 3 else as_full(mixture).covariances
    bells = (
        stats.multivariate_normal(np.sqrt(left) * m, left * c + (1 - left) * eye)
        for m, c in zip(mixture.means, full, strict=True)
    )
    return sum(w * bell.pdf(x) for w, bell in zip(mixture.weights, bells, strict=True))


# ---- the way into noise


def test_the_linear_schedule_is_the_published_one():
    betas = np.linspace(1e-4, 0.02, 1000)
    np.testing.assert_allclose(d.schedule(1000), np.r_[1, np.cumprod(1 - betas)], rtol=1e-12)
    # a hundred steps are every tenth of the thousand
    np.testing.assert_allclose(d.schedule(100), d.schedule(1000)[::10], rtol=1e-12)


def test_the_cosine_schedule():
    left = d.schedule(1000, "cosine")
    t = np.arange(1000) / 1000  # at t = 1, f would be 0, and β is clipped
    f = np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
    np.testing.assert_allclose(left[:-1], f / f[0], rtol=1e-9)
    assert left[-1] == pytest.approx(0.001 * left[-2])


@pytest.mark.parametrize("kind", d.SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 7, 1500])
def test_a_schedule_falls(kind, steps):
    left = d.schedule(steps, kind)
    assert left.shape == (steps + 1,)
    assert left[0] == 1
    assert (np.diff(left) < 0).all()
    assert left[-1] > 0


def test_dissolved_points_have_the_level_s_mean_and_variance():
    left = d.schedule(20)
    frames = d.dissolve(np.full((20_000, 1), 3.0), left, seed=1)
    assert frames.shape == (21, 20_000, 1)
    np.testing.assert_array_equal(frames[0], 3.0)
    np.testing.assert_allclose(frames.mean(axis=(1, 2)), 3 * np.sqrt(left), atol=0.03)
    np.testing.assert_allclose(frames.var(axis=(1, 2)), 1 - left, atol=0.03)


# ---- scores


@pytest.mark.parametrize("mixture", [FULL, ROUND], ids=["full", "round"])
@pytest.mark.parametrize("left", [0.01, 0.5, 0.99])
def test_density_and_score_are_scipy_s_and_autograd_s(mixture, left, rng):
    torch = pytest.importorskip("torch")
    x = rng.normal(size=(30, 2)) * 1.5
    np.testing.assert_allclose(np.exp(d.log_density(mixture, x, left)), density(mixture, x, left), rtol=1e-9)
    at = torch.tensor(x, requires_grad=True)
    full = mixture if mixture.covariances.ndim == 3 else as_full(mixture)
    bells = torch.distributions.MultivariateNormal(
        np.sqrt(left) * torch.tensor(full.means),
        left * torch.tensor(full.covariances) + (1 - left) * torch.eye(2, dtype=torch.float64),
    )
    law = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.tensor(full.weights)), bells)
    law.log_prob(at).sum().backward()
    np.testing.assert_allclose(d.score(mixture, x, left), at.grad.numpy(), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(d.score(mixture, x[0], left), at.grad.numpy()[0], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("mixture", [FULL, ROUND], ids=["full", "round"])
def test_the_best_guess_is_tweedie_s(mixture, rng):
    """x̂₀ = (x + (1 − ᾱ) ∇ ln p)/√ᾱ: Robbins (1956), Efron, "Tweedie's formula and selection bias" (2011)."""
    x, left = rng.normal(size=(40, 2)), 0.3
    guess = (x + (1 - left) * d.score(mixture, x, left)) / np.sqrt(left)
    np.testing.assert_allclose(d.denoised(mixture, x, left), guess, rtol=1e-9)


def test_the_best_guess_is_an_integral():
    mixture, left, x = d.Mixture([0.3, 0.7], [[-1.0], [2.0]], [0.3, 0.6]), 0.4, 0.7
    law = lambda at: 0.3 * stats.norm(-1, 0.3**0.5).pdf(at) + 0.7 * stats.norm(2, 0.6**0.5).pdf(at)  # noqa: E731
    seen = lambda at: law(at) * stats.norm(np.sqrt(left) * at, np.sqrt(1 - left)).pdf(x)  # noqa: E731
    mean = integrate.quad(lambda at: at * seen(at), -8, 8)[0] / integrate.quad(seen, -8, 8)[0]
    assert d.denoised(mixture, [[x]], left)[0, 0] == pytest.approx(mean, rel=1e-7)


def test_round_bells_are_matrices_too(rng):
    x = rng.normal(size=(20, 2))
    for towards in (0, [1, 2]):
        a, b = (d.denoised(m, x, 0.6, towards=towards, guidance=3.0) for m in (ROUND, as_full(ROUND)))
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-10)


def test_guidance_adds_the_class_s_score(rng):
    x, left = rng.normal(size=(20, 2)), 0.5
    weights = FULL.weights[:2] / FULL.weights[:2].sum()
    own = d.Mixture(weights, FULL.means[:2], FULL.covariances[:2])
    plain, known = d.denoised(FULL, x, left), d.denoised(own, x, left)
    guided = d.denoised(FULL, x, left, towards=[0, 1], guidance=2.5)
    np.testing.assert_allclose(guided, plain + 2.5 * (known - plain), rtol=1e-9)


def test_what_em_found_is_a_mixture_too(rng):
    x = rng.normal(size=(60, 2)) + 4 * (np.arange(60) % 2)[:, None]
    found = clusters.em(x, components=2)
    same = d.Mixture(found.weights / found.weights.sum(), found.means, found.covariances)
    np.testing.assert_allclose(d.score(found, x, 0.5), d.score(same, x, 0.5))


# ---- the way back


@pytest.mark.parametrize("steps", [2, 10, 50])
def test_a_single_bell_ends_as_its_closed_form_says(steps):
    law = d.Mixture([1.0], [[0.0]], [0.25])
    for how in (
        {"variance": "beta"},
        {"variance": "tilde"},
        {"variance": "none"},
        {"sampler": "ddim"},
        {"last": False},
    ):
        ends = d.sample(law, n=20_000, steps=steps, seed=3, **how)
        assert ends.shape == (steps + 1, 20_000, 1)
        np.testing.assert_allclose(ends[..., 0].std(axis=1), d.ending(0.5, steps, **how), rtol=0.03)


@pytest.mark.parametrize("steps", [1, 10, 1000])
def test_beta_is_exact_for_a_unit_bell_and_tilde_for_a_point(steps):
    """Sohl-Dickstein et al. (2015): the two ends between which the right variance lies."""
    np.testing.assert_allclose(d.ending(1.0, steps, variance="beta"), 1.0)
    assert d.ending(0.0, steps, variance="tilde")[-1] == pytest.approx(0, abs=1e-12)
    # without noise x shrinks by √α at each step, and so by √ᾱ in all
    assert d.ending(1.0, steps, variance="none")[-1] == pytest.approx(np.sqrt(d.schedule(steps)[-1]))


def test_many_steps_find_the_mixture():
    law = d.Mixture([0.3, 0.7], [[-2.0], [2.0]], [0.04, 0.04])
    for how in ({"variance": "beta"}, {"variance": "tilde"}, {"sampler": "ddim"}):
        x = d.sample(law, n=4000, steps=200, seed=1, **how)[-1, :, 0]
        assert (x > 0).mean() == pytest.approx(0.7, abs=0.03)
        assert np.abs(x).std() == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("sampler", d.SAMPLERS)
def test_a_perfect_denoiser_copies(sampler):
    images = d.pictures()[:100]
    made = d.sample(d.kernels(images), n=5, steps=30, sampler=sampler, variance="tilde")[-1]
    far = np.sqrt(((made[:, None] - images) ** 2).sum(axis=2)).min(axis=1)
    np.testing.assert_allclose(far, 0, atol=1e-6)


def test_the_same_seed_begins_at_the_same_noise():
    one, other = (d.sample(FULL, n=4, steps=3, seed=5, sampler=s) for s in d.SAMPLERS)
    np.testing.assert_array_equal(one[0], other[0])
    assert (d.sample(FULL, n=4, steps=3, seed=6)[0] != one[0]).all()


# ---- windows


def test_a_window_over_all_is_the_exact_denoiser(rng):
    images, x = d.pictures()[:50], rng.normal(size=(6, 64))
    for sd in (0.0, 0.3):
        seen = d.windowed(images, 8, window=15, sd=sd)(x, 0.2)
        np.testing.assert_allclose(seen, d.denoised(d.kernels(images, sd), x, 0.2), atol=2e-4)


@pytest.mark.parametrize("window", [1, 3, 5])
def test_a_window_is_weighed_by_itself(window, rng):
    images, x, left, reach = d.pictures()[:30], rng.normal(size=64), 0.3, window // 2
    seen = d.windowed(images, 8, window=window)(x[None], left)[0].reshape(8, 8)
    for row, column in ((0, 0), (3, 4), (7, 2)):
        cut = np.s_[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
        near = d.kernels(np.array([image.reshape(8, 8)[cut].ravel() for image in images]))
        share = d.responsibilities(near, x.reshape(8, 8)[cut].reshape(1, -1), left)[0]
        assert seen[row, column] == pytest.approx(share @ images.reshape(-1, 8, 8)[:, row, column], abs=1e-4)


# ---- what cannot be


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: d.schedule(0), "steps must be from 1"),
        (lambda: d.schedule(True), "whole number"),
        (lambda: d.schedule(10, "square"), "one of linear, cosine"),
        (lambda: d.Mixture([0.5, 0.6], [[0.0], [1.0]], [1.0, 1.0]), "sum 1"),
        (lambda: d.Mixture([1.0], [[0.0, 1.0]], [[1.0]]), "shape"),
        (lambda: d.Mixture([1.0], [[0.0]], [-1.0]), "negative"),
        (lambda: d.Mixture([1.0], [[0.0, 0.0]], [[[1.0, 2.0], [2.0, 1.0]]]), "negative"),
        (lambda: d.Mixture([1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.0, 1.0]]]), "symmetric"),
        (lambda: d.Mixture([1.0], [[np.nan]], [1.0]), "finite"),
        (lambda: d.score(ROUND, [[0.0, 0.0]], 1.0), "no density"),
        (lambda: d.score(FULL, [[0.0, 0.0]], 0.0), "above 0"),
        (lambda: d.score(FULL, [[0.0]], 0.5), "shape"),
        (lambda: d.sample(FULL, n=0, steps=5), "n must be"),
        (lambda: d.sample(FULL, n=2, steps=5, sampler="euler"), "one of ddpm, ddim"),
        (lambda: d.sample(FULL, n=2, steps=5, variance="learned"), "one of beta, tilde, none"),
        (lambda: d.sample(FULL, n=2, steps=5, guidance=-1), "guidance must be"),
        (lambda: d.sample(FULL, n=2, steps=5, guidance=1.0, towards=3), "below 3"),
        (lambda: d.sample(FULL, n=2, steps=5, guidance=1.0, towards=[]), "at least one"),
        (lambda: d.walk(lambda x, left: x, [[0.0]], [1.0, 1.0]), "fall"),
        (lambda: d.windowed(np.zeros((3, 64)), 8, window=2), "odd"),
        (lambda: d.windowed(np.zeros((3, 60)), 8, window=3), "shape"),
        (lambda: d.kernels(np.zeros((3, 2)), -0.1), "sd must be"),
        (lambda: d.bell([[1.0, 2.0]]), "at least 2"),
        (lambda: d.ending(-1.0, 5), "sd must be"),
    ],
)
def test_bad_arguments_are_answered_by_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""Autoencoders against scikit-learn's PCA, torch's autograd and distributions, closed forms and other quadratures."""

import doctest
import importlib

import numpy as np
import pytest
from scipy import integrate, special

from core.generative import autoencoder as ae
from core.generative.autoencoder.networks import count, layers

STAIRS = np.array([4, 2, 1, 0.5, 0.25])


def test_docstrings():
    results = doctest.testmod(importlib.import_module("core.generative.autoencoder.linear"))
    assert results.attempted > 0
    assert results.failed == 0


# ---- linear


@pytest.mark.parametrize(("beta", "alive"), [(0.2, 5), (0.3, 4), (0.75, 3), (1.5, 2), (3, 1), (5, 0)])
def test_stairs(beta, alive):
    known = ae.linear_vae(STAIRS, beta=beta, noise=1.0)
    assert known.active.sum() == alive
    np.testing.assert_allclose(known.kl[:alive], 0.5 * np.log(STAIRS[:alive] / beta))
    assert (known.kl[alive:] == 0).all()
    run = ae.climb(STAIRS, beta=beta, noise=1.0, seed=1)
    np.testing.assert_allclose(run.kl[-1], known.kl, atol=5e-3)


def test_only_beta_times_noise_decides():
    one, other = (ae.linear_vae(STAIRS, beta=b, noise=n) for b, n in ((3.0, 0.1), (0.1, 3.0)))
    np.testing.assert_array_equal(one.active, other.active)
    np.testing.assert_allclose(one.kl, other.kl)


def test_the_marginal_likelihood_is_scikit_learns():
    from sklearn.decomposition import PCA

    x, _ = ae.learnt()
    fitted = PCA(n_components=10).fit(x)
    known = ae.linear_vae(fitted.explained_variance_, beta=1.0, noise=fitted.noise_variance_)
    # Of probabilistic PCA: the posterior's covariance is σ² M⁻¹, M = WᵀW + σ² I, and KL follows from it.
    w2 = fitted.explained_variance_ - fitted.noise_variance_
    d = fitted.noise_variance_ / (w2 + fitted.noise_variance_)
    mean2 = (np.sqrt(w2) / (w2 + fitted.noise_variance_)) ** 2 * fitted.explained_variance_
    np.testing.assert_allclose(known.kl, 0.5 * (d + mean2 - 1 - np.log(d)))


def test_the_objectives_gradient_is_torchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    vector = rng.standard_normal(2 * 25 + 5)
    loss, gradient = ae.objective(vector, STAIRS, 0.7, 0.3)
    v = torch.tensor(vector, requires_grad=True)
    W, V, D = v[:25].reshape(5, 5), v[25:50].reshape(5, 5), v[50:].exp()
    C = torch.diag(torch.tensor(STAIRS))
    R = torch.eye(5) - W @ V  # the error's covariance is R C Rᵀ + W D Wᵀ
    error = torch.trace(R @ C @ R.T + W @ torch.diag(D) @ W.T)
    theirs = error / 0.6 + 0.7 * 0.5 * (torch.diagonal(V @ C @ V.T) + D - 1 - torch.log(D)).sum()
    theirs.backward()
    assert loss == pytest.approx(theirs.item())
    np.testing.assert_allclose(gradient, v.grad.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("eigenvalues", "beta", "noise"),
    [([], 1, 1), ([-1.0], 1, 1), ([[1.0]], 1, 1), ([np.nan], 1, 1), ([1.0], 0, 1), ([1.0], 1, -1), ([1.0], np.inf, 1)],
)
def test_what_is_refused(eigenvalues, beta, noise):
    for call in (ae.linear_vae, ae.climb):
        with pytest.raises(ValueError, match=r"must"):
            call(eigenvalues, beta=beta, noise=noise)


# ---- networks


@pytest.mark.parametrize("kind", ae.KINDS)
def test_gradients_are_torchs(kind):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    vector, x, noise = 0.3 * rng.standard_normal(count(kind, 3)), rng.random((7, 64)), rng.standard_normal((7, 3))
    target = rng.random((7, 64))
    loss, mse, gradient = ae.gradients(vector, kind, 3, x, target, noise)
    v = torch.tensor(vector, requires_grad=True)
    parts, at = [], 0
    for W, b in layers(vector, kind, 3):
        parts.append((v[at : at + W.size].reshape(W.shape), v[at + W.size : at + W.size + b.size]))
        at += W.size + b.size
    h, kl = torch.tensor(x), 0.0
    for k, (W, b) in enumerate(parts):
        h = h @ W + b
        if kind != "linear" and k in (0, 2):
            h = torch.tanh(h)
        if kind == "vae" and k == 1:
            q = torch.distributions.Normal(h[:, :3], (h[:, 3:] / 2).exp())
            prior = torch.distributions.Normal(0.0, 1.0)
            kl = torch.distributions.kl_divergence(q, prior).sum() / 7
            h = q.mean + q.stddev * torch.tensor(noise)
    theirs = ((h - torch.tensor(target)) ** 2).mean()
    total = 32 * torch.log(theirs) + kl if kind == "vae" else 64 * theirs
    total.backward()
    assert mse == pytest.approx(theirs.item())
    assert loss == pytest.approx(total.item())
    np.testing.assert_allclose(gradient, v.grad.numpy(), rtol=1e-8, atol=1e-10)


def test_principal_axes_are_scikit_learns():
    from sklearn.decomposition import PCA

    (x, _), (held, _) = ae.learnt(), ae.held_out()
    fitted, ours = PCA().fit(x), ae.principal()
    np.testing.assert_allclose(ours.eigenvalues * len(x) / (len(x) - 1), fitted.explained_variance_, atol=1e-10)
    for k in (0, 2, 8, 64):
        part = PCA(n_components=k).fit(x) if k else fitted
        back = part.inverse_transform(part.transform(held)) if k else np.broadcast_to(fitted.mean_, held.shape)
        np.testing.assert_allclose(ours.through(held, k), back, atol=1e-9)
        assert ours.left(held)[k] == pytest.approx(((held - back) ** 2).sum(axis=1).mean(), abs=1e-9)
    noisy = held + 0.3 * np.random.default_rng(0).standard_normal((20, *held.shape))
    again = np.mean([((ours.through(row, 8) - held) ** 2).sum(axis=1).mean() for row in noisy])
    assert ours.left(held, 0.3)[8] == pytest.approx(again, rel=0.01)


@pytest.mark.parametrize("width", ae.WIDTHS)
def test_linear_networks_have_found_the_plane_of_pca(width):
    x, _ = ae.learnt()
    for seed in ae.SEEDS:
        made = ae.network("linear", width, seed)
        error = ((made.through(x) - x) ** 2).sum(axis=1).mean()
        least = ae.principal().left(x)[width]
        assert least - 1e-9 <= error < 1.005 * least
        # the same plane, to be sure: cosines of the principal angles
        decoder, _ = np.linalg.qr(layers(made.vector, "linear", width)[1][0].T)
        if width == 8:
            cosines = np.linalg.svd(ae.principal().axes[:width] @ decoder, compute_uv=False)
            assert cosines.min() > 0.98


def test_a_training_is_repeatable_and_learns():
    one, other, more = (ae.train("vae", 2, seed=3, steps=n) for n in (30, 30, 200))
    np.testing.assert_array_equal(one.vector, other.vector)
    assert more.variance < one.variance
    assert one.spread(ae.held_out()[0]).shape == (297, 2)


def test_dreams_have_the_moments_of_the_codes():
    made = ae.network("linear", 4, 0)
    codes, pictures = made.encode(ae.learnt()[0]), ae.dreams(made, n=20_000)
    np.testing.assert_allclose(pictures.mean(axis=0), made.decode(codes).mean(axis=0), atol=0.02)
    np.testing.assert_allclose(np.cov(pictures.T), np.cov(made.decode(codes).T), atol=0.02)
    index, distance = ae.nearest(ae.learnt()[0][:5])
    assert index.tolist() == [0, 1, 2, 3, 4]
    assert distance.max() < 1e-6


def test_networks_that_are_not_there():
    for kind, width, seed in (("flat", 2, 0), ("vae", 3, 0), ("vae", 2, 9)):
        with pytest.raises(ValueError, match="must be one of"):
            ae.network(kind, width, seed)
    made = ae.network("deep", 2)
    with pytest.raises(ValueError, match="Only a VAE"):
        made.spread(ae.held_out()[0])
    with pytest.raises(ValueError, match="shape"):
        made.decode([[1.0]])
    with pytest.raises(ValueError, match="hold"):
        ae.Network("deep", 2, np.zeros(3), 1.0)


# ---- evidence


@pytest.mark.parametrize("seed", [0, 3])
def test_evidence_is_that_of_other_quadratures(seed):
    plane, x = ae.lattice(seed), ae.held_out()[0][:4]
    evidence = plane.evidence(plane.joint(x))
    made = plane.made
    nodes, weights = special.roots_legendre(160)
    z = np.stack(np.meshgrid(5 * nodes, 5 * nodes), axis=-1).reshape(-1, 2)
    w = 25 * np.outer(weights, weights).ravel()
    distance = ((made.decode(z)[:, None] - x) ** 2).sum(axis=2)
    log = -32 * np.log(2 * np.pi * made.variance) - distance / (2 * made.variance)
    log += (-np.log(2 * np.pi) - 0.5 * (z**2).sum(axis=1))[:, None]
    np.testing.assert_allclose(evidence, special.logsumexp(log, axis=0, b=w[:, None]), atol=1e-3)


def test_the_bound_is_the_usual_elbo():
    torch = pytest.importorskip("torch")
    plane, x = ae.lattice(0), ae.held_out()[0][:3]
    joint, mean, sd = plane.joint(x), plane.made.encode(x), plane.made.spread(x)
    drawn = np.random.default_rng(0).standard_normal((20_000, 2))
    for row in range(3):
        pictures = plane.made.decode(mean[row] + sd[row] * drawn)
        fit = -32 * np.log(2 * np.pi * plane.made.variance)
        fit = fit - ((pictures - x[row]) ** 2).sum(axis=1) / (2 * plane.made.variance)
        q = torch.distributions.Normal(torch.tensor(mean[row]), torch.tensor(sd[row]))
        kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum().item()
        error = fit.std() / np.sqrt(len(fit))
        bound = plane.bound(joint[row], plane.gaussian(mean[row], sd[row]))
        assert bound == pytest.approx(fit.mean() - kl, abs=4 * error + 0.05)


def test_the_bound_meets_the_evidence_at_the_posterior():
    plane = ae.lattice(1)
    joint = plane.joint(ae.held_out()[0][:1])
    evidence = plane.evidence(joint)[0]
    posterior = np.exp(joint[0] + plane.cell - evidence)
    assert posterior.sum() == pytest.approx(1)
    assert plane.bound(joint[0], posterior) == pytest.approx(evidence)
    total, _ = integrate.quad(lambda t: np.exp(-0.5 * t * t) / np.sqrt(2 * np.pi), -4, 4)
    assert np.exp(plane.prior + plane.cell).sum() == pytest.approx(total**2, abs=1e-5)
    with pytest.raises(ValueError, match="above 0"):
        plane.gaussian([0, 0], [0, 1])

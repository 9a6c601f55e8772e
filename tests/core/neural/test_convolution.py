"""Convolution against scipy and torch, both trips against autograd, maps against what they promise."""

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d, correlate2d
from scipy.stats import spearmanr

from core.neural import convolution as conv
from core.neural.convolution.network import KINDS, down, up, views

F = torch.nn.functional
IMAGE = np.random.default_rng(0).normal(size=(11, 9))


@pytest.mark.parametrize("kernel", [(3, 3), (1, 4), (5, 2)])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_correlation_is_torch_s_conv2d(kernel, stride, padding, rng):
    k = rng.normal(size=kernel)
    ours = conv.correlate(IMAGE, k, stride=stride, padding=padding)
    theirs = F.conv2d(torch.tensor(IMAGE)[None, None], torch.tensor(k)[None, None], stride=stride, padding=padding)
    np.testing.assert_allclose(ours, theirs[0, 0].numpy(), atol=1e-12)


def test_correlation_is_scipy_s_and_convolution_turns_the_kernel(rng):
    k = rng.normal(size=(3, 3))
    np.testing.assert_allclose(conv.correlate(IMAGE, k), correlate2d(IMAGE, k, mode="valid"), atol=1e-12)
    np.testing.assert_allclose(conv.correlate(IMAGE, k[::-1, ::-1]), convolve2d(IMAGE, k, mode="valid"), atol=1e-12)


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), (2, 1)])
def test_pooling_is_torch_s(kind, size, stride):
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    theirs = pool(torch.tensor(IMAGE)[None, None], size, stride=stride)[0, 0].numpy()
    np.testing.assert_allclose(conv.pool(IMAGE, size, kind=kind, stride=stride), theirs, atol=1e-12)


def test_a_dense_layer_in_disguise(rng):
    k = rng.normal(size=(3, 3))
    m = conv.as_matrix((8, 8), k)
    image = rng.normal(size=(8, 8))
    np.testing.assert_allclose(m @ image.ravel(), conv.correlate(image, k).ravel(), atol=1e-12)
    assert m.shape == (36, 64)
    assert len(np.unique(m[m != 0])) == 9


def by_torch(kind, parts, x):
    """Run a network whose weights torch lays out its own way."""
    h = x[:, None]
    for (name, *_), part in zip(KINDS[kind], parts, strict=True):
        if name == "conv":
            out = part[0].shape[1]
            kernel = part[0].reshape(3, 3, -1, out).permute(3, 2, 0, 1)
            h = F.conv2d(h, kernel, part[1], padding=1)
        elif name == "relu":
            h = torch.relu(h)
        elif name == "pool":
            h = F.max_pool2d(h, 2)
        elif name == "global":
            h = h.amax(dim=(2, 3))
        else:
            h = h.permute(0, 2, 3, 1) if h.ndim == 4 else h
            h = h.reshape(len(h), -1) @ part[0] + part[1]
    return h


@pytest.mark.parametrize("kind", KINDS)
def test_both_trips_are_torch_s(kind):
    network = conv.initial(kind, seed=1)
    vector = network.vector + 0.01 * np.random.default_rng(0).normal(size=len(network.vector))
    x = np.random.default_rng(2).normal(size=(5, 12, 12))
    parts = views(vector, kind)
    theirs = [[torch.tensor(p, requires_grad=True) for p in part] for part in parts]
    pixels = torch.tensor(x, requires_grad=True)
    logits = by_torch(kind, theirs, pixels)
    h = up(kind, parts, x)
    np.testing.assert_allclose(h[-1], logits.detach().numpy(), atol=1e-10)
    g = np.random.default_rng(3).normal(size=(5, 10))
    (logits * torch.tensor(g)).sum().backward()
    images, found = down(kind, parts, h, g)
    np.testing.assert_allclose(images[..., 0], pixels.grad.numpy(), atol=1e-10)
    for ours, layer in zip(found, theirs, strict=True):
        for a, b in zip(ours, layer, strict=True):
            np.testing.assert_allclose(a, b.grad.numpy(), atol=1e-10)


def test_convolution_commutes_with_a_shift_and_pooling_with_even_ones_only():
    image = np.zeros((12, 12))
    image[4:8, 4:8] = np.arange(16).reshape(4, 4) % 5  # the largest of a pair stands now left, now right
    k = conv.KERNELS["sobel_x"]
    for d in (1, 2):
        later = np.roll(conv.correlate(image, k, padding=1), d, axis=1)
        np.testing.assert_allclose(conv.correlate(np.roll(image, d, axis=1), k, padding=1), later)
        pooled = conv.pool(np.roll(image, 2, axis=1), 2)
        np.testing.assert_allclose(pooled, np.roll(conv.pool(image, 2), 1, axis=1))
    odd = conv.pool(np.roll(image, 1, axis=1), 2)
    assert min(np.abs(odd - np.roll(conv.pool(image, 2), d, axis=1)).max() for d in (0, 1)) > 0.1


def test_training_learns_and_is_the_same_again():
    x, y = conv.digits()[2:]
    network = conv.train("dense", epochs=8, seed=3)
    assert np.mean(network.predict(x) == y) > 0.9
    assert (conv.train("dense", epochs=1, shift=1).vector == conv.train("dense", epochs=1, shift=1).vector).all()
    np.testing.assert_allclose(network.proba(x).sum(axis=1), 1)


def test_integrated_gradients_are_complete(rng):
    """Of a quadratic form the shares are x ⊙ ½ (∇f(x) + ∇f(0)) and add up to f(x) − f(0)."""
    A, b, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    A = A + A.T
    shares = conv.integrated_gradients(lambda q: q @ A + b, x, steps=7)
    np.testing.assert_allclose(shares, x * (0.5 * A @ x + b))
    assert shares.sum() == pytest.approx(0.5 * x @ A @ x + b @ x)


def test_more_steps_are_more_exact():
    network, x = conv.made("pool").network, conv.digits()[2][0]
    rise = np.diff(network.logits(np.array([np.zeros((12, 12)), x]))[:, 3])[0]
    off = [
        abs(conv.integrated_gradients(lambda q: network.gradient(q, 3), x, steps=n).sum() - rise) for n in (5, 50, 500)
    ]
    assert off[2] < 0.02 < 0.5 > off[0]
    assert off[2] <= off[0]


def test_deletion_blanks_in_order():
    network, x, y = conv.made("pool").network, *conv.digits()[2:]
    order = np.argsort(-x[0], axis=None)
    path = conv.deletion(network, x[0], int(y[0]), order, most=5)
    spoilt = x[0].copy().ravel()
    spoilt[order[:5]] = 0
    assert path[0] == pytest.approx(network.proba(x[:1])[0, y[0]])
    assert path[5] == pytest.approx(network.proba(spoilt.reshape(1, 12, 12))[0, y[0]])


def test_rank_correlation_is_scipy_s(rng):
    a, b = rng.integers(0, 5, 40), rng.integers(0, 5, 40)
    assert conv.rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert conv.rank_correlation(a, np.ones(40)) == 0.0


def test_what_was_made_ahead_is_what_it_says():
    x, y = conv.digits()[2:]
    for way in conv.WAYS:
        made = conv.made(way, 1)
        assert np.mean(made.network.predict(x) == y) == pytest.approx(made.shifted[0])
        assert np.mean(made.network.predict(conv.turned(x, 1)) == y) == pytest.approx(made.turned)


def test_moved_digits():
    x = conv.digits()[2][:2]
    np.testing.assert_array_equal(conv.moved(x, 2, 0), np.roll(x, 2, axis=2))
    np.testing.assert_array_equal(conv.moved(x, 0, -2), np.roll(x, -2, axis=1))
    assert conv.moved(x, 12, 0).sum() == 0
    assert conv.moved(x, 5, 5).sum() < x.sum()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: conv.correlate(IMAGE, np.ones((12, 3))), "fit"),
        (lambda: conv.correlate(IMAGE, np.ones((0, 3))), "fit"),
        (lambda: conv.correlate(IMAGE, np.ones((3, 3)), stride=0), "stride"),
        (lambda: conv.correlate(IMAGE, np.ones((3, 3)), padding=-1), "padding"),
        (lambda: conv.correlate([[np.nan]], [[1.0]]), "finite"),
        (lambda: conv.correlate([1.0], [[1.0]]), "dimension"),
        (lambda: conv.pool(IMAGE, 2, kind="min"), "kind"),
        (lambda: conv.pool(IMAGE, 10), "fit"),
        (lambda: conv.train("vgg"), "kind"),
        (lambda: conv.made("pool", 5), "seed"),
        (lambda: conv.integrated_gradients(lambda q: q[0], [1.0, 2.0]), "shape"),
        (lambda: conv.integrated_gradients(lambda q: q, [1.0], steps=0), "steps"),
        (lambda: conv.initial("dense").logits(np.zeros((1, 8, 8))), "shape"),
        (lambda: conv.initial("dense").gradient(np.zeros((1, 12, 12)), 10), "class"),
        (lambda: conv.initial("dense").gradient(np.zeros((2, 12, 12)), [1, 2, 3]), "class"),
        (lambda: conv.deletion(conv.initial("dense"), np.zeros((12, 12)), 0, [144], most=1), "places"),
        (lambda: conv.deletion(conv.initial("dense"), np.zeros((12, 12)), 10, [0], most=1), "target"),
        (lambda: conv.deletion(conv.initial("dense"), np.zeros((12, 12)), 0, [0], most=2), "places"),
        (lambda: conv.rank_correlation([1, 2], [1, 2, 3]), "shape"),
        (lambda: conv.rank_correlation([1, 2], [2, 1], np.zeros(2, bool)), "mask"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()

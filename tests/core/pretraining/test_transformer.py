"""Attention and blocks against PyTorch's, floors against counting all sequences, places against trigonometry."""

import doctest
import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from scipy.spatial import ConvexHull

from core.pretraining import transformer as t
from core.pretraining.transformer import heads
from core.pretraining.transformer.chains import HELD, MADE


def test_docstrings():
    assert doctest.testmod(heads) == (0, 2)


@pytest.mark.parametrize("shape", [(5, 7, 4, 3), (1, 1, 1, 1), (6, 6, 64, 64)])
@pytest.mark.parametrize("kind", ["none", "flags", "numbers"])
def test_attention_is_pytorchs(shape, kind):
    m, n, d, e = shape
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(2, 3, m, d)), rng.normal(size=(2, 3, n, d)), rng.normal(size=(2, 3, n, e))
    mask = {"none": None, "flags": np.tri(m, n, dtype=bool), "numbers": rng.normal(size=(m, n))}[kind]
    out, weights = t.attention(q, k, v, mask=mask)
    given = None if mask is None else torch.tensor(mask)
    theirs = torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (q, k, v)), attn_mask=given)
    np.testing.assert_allclose(out, theirs.numpy(), atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    np.testing.assert_allclose(weights @ v, out)


def test_several_heads_are_pytorchs():
    torch.manual_seed(0)
    net, x = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True).double(), torch.randn(1, 5, 8).double()
    theirs, seen = net(x, x, x, average_attn_weights=False)
    q, k, v = np.split(x[0].numpy() @ net.in_proj_weight.detach().numpy().T, 3, axis=1)
    parts = [z.reshape(5, 2, 4).swapaxes(0, 1) for z in (q, k, v)]
    out, weights = t.attention(*parts)
    joined = out.swapaxes(0, 1).reshape(5, 8) @ net.out_proj.weight.detach().numpy().T
    np.testing.assert_allclose(joined, theirs[0].detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(weights, seen[0].detach().numpy(), atol=1e-12)
    assert sum(w.numel() for w in torch.nn.MultiheadAttention(512, 1).parameters()) == 1_050_624
    assert sum(w.numel() for w in torch.nn.MultiheadAttention(512, 8).parameters()) == 1_050_624


def test_who_may_look_nowhere_brings_nothing():
    out, weights = t.attention([[1.0], [1.0]], [[2.0]], [[3.0]], mask=[[False], [True]])
    assert out.tolist() == [[0.0], [3.0]]
    assert weights.tolist() == [[0.0], [1.0]]
    assert t.attention([[900.0]], [[900.0], [0.0]], [[1.0], [0.0]], scale=1.0)[0].tolist() == [[1.0]]


def test_a_weight_is_spread_over_as_many_places_as_its_entropy_says():
    assert t.spread([[0.25] * 4, [1.0, 0, 0, 0]]).tolist() == pytest.approx([4, 1])


@pytest.mark.parametrize("seed", range(3))
def test_keys_that_can_win_are_the_corners_of_the_hull(seed):
    k = np.random.default_rng(seed).normal(size=(9, 2))
    assert np.flatnonzero(t.winnable(k)).tolist() == sorted(ConvexHull(k).vertices)
    k = np.random.default_rng(seed).normal(size=(9, 4))
    for i, won in enumerate(t.winnable(k)):  # some q has q·(k_i − k_j) ≥ 1 for all j
        others = np.delete(k, i, axis=0) - k[i]
        found = linprog(np.zeros(4), A_ub=others, b_ub=-np.ones(8), bounds=(None, None))
        assert won == (found.status == 0)
    assert t.winnable(np.eye(9)).all()
    assert t.winnable([[0.0], [1.0], [1.0], [2.0]]).tolist() == [True, False, False, True]
    for scale in (1e-12, 1e12):  # nor does it matter how large they are, or where
        assert t.winnable(scale * (k + 9)).tolist() == t.winnable(k).tolist()
    assert t.winnable([[3.0, 4.0]]).all()


def test_places_are_told_apart_and_a_shift_is_a_turn():
    codes = t.positions(40, 16)
    p, i = np.arange(40)[:, None], np.arange(8)
    np.testing.assert_allclose(codes[:, ::2], np.sin(p / 10_000 ** (i / 8)), atol=1e-12)
    np.testing.assert_allclose(codes[:, 1::2], np.cos(p / 10_000 ** (i / 8)), atol=1e-12)
    for k in (1, 7, -3):
        turn = t.shift(k, 16)
        np.testing.assert_allclose(turn @ turn.T, np.eye(16), atol=1e-12)
        np.testing.assert_allclose(codes[10:30] @ turn.T, codes[10 + k : 30 + k], atol=1e-12)
    alike = codes @ codes.T
    for k in range(40):
        np.testing.assert_allclose(np.diag(alike, k), np.cos(k * t.speeds(16)).sum(), atol=1e-10)
    assert t.positions(3, 5).shape == (3, 5)


@pytest.mark.parametrize("norm", ["after", "before"])
@pytest.mark.parametrize("heads", [1, 2])
def test_blocks_are_pytorchs(norm, heads):
    blocks, rng = t.drawn(3, 8, wide=12, seed=1), np.random.default_rng(0)
    x, goal, mask = rng.normal(size=(5, 8)), rng.normal(size=(5, 8)), t.causal(5)
    layers, x_torch = [], torch.tensor(x, requires_grad=True)
    for block in blocks:
        layer = torch.nn.TransformerEncoderLayer(
            8, heads, 12, dropout=0.0, batch_first=True, norm_first=norm == "before", bias=False, dtype=torch.double
        )
        given = {
            layer.self_attn.in_proj_weight: np.concatenate(list(block.into.swapaxes(1, 2))),
            layer.self_attn.out_proj.weight: block.out.T,
            layer.linear1.weight: block.up.T,
            layer.linear2.weight: block.down.T,
        }
        for weight, value in given.items():
            weight.data = torch.tensor(value)
        layers.append(layer)
    y, seen = x_torch[None], [x_torch]
    for layer in layers:
        y = layer(y, src_mask=~torch.tensor(mask))
        y.retain_grad()
        seen.append(y)
    y = torch.nn.functional.layer_norm(y, (8,)) if norm == "before" else y
    (y[0] * torch.tensor(goal)).sum().backward()
    ours = t.stack(blocks, x, goal, norm=norm, heads=heads, mask=mask)
    np.testing.assert_allclose(ours.output, y[0].detach().numpy(), atol=1e-10)
    for state, gradient, theirs in zip(ours.states, ours.gradients, seen, strict=True):
        np.testing.assert_allclose(state, theirs.detach().numpy().reshape(5, 8), atol=1e-10)
        np.testing.assert_allclose(gradient, theirs.grad.numpy().reshape(5, 8), atol=1e-10)
    steep = [float(layer.linear2.weight.grad.pow(2).mean().sqrt()) for layer in layers]
    np.testing.assert_allclose(ours.steepness, steep)
    # Nothing of a later place is in an earlier one.
    other = t.stack(blocks, np.vstack([x[:3], 5 * x[3:]]), norm=norm, heads=heads, mask=mask)
    np.testing.assert_array_equal(other.output[:3], ours.output[:3])
    assert not np.allclose(other.output[3:], ours.output[3:])


def test_without_norms_the_gradient_is_that_of_differences():
    blocks, rng = t.drawn(2, 4, seed=2), np.random.default_rng(0)
    x, goal, way = rng.normal(size=(3, 3, 4))
    ours = t.stack(blocks, x, goal, norm="none")
    up, down = ((t.stack(blocks, x + e * way, norm="none").output * goal).sum() for e in (1e-6, -1e-6))
    assert (ours.gradients[0] * way).sum() == pytest.approx((up - down) / 2e-6, rel=1e-6)


def probability(x):
    """Give P(x), all chains together: a third for the first symbol, then Pólya's urn for each row of the chain."""
    seen, p = np.ones((3, 3)), 1 / 3
    for a, b in itertools.pairwise(x):
        p *= seen[a, b] / seen[a].sum()
        seen[a, b] += 1
    return p


def test_the_floor_is_the_entropy_of_all_sequences():
    """H(x_1 … x_8) by counting all 3^8, against Bayes' rule on sequences that are drawn."""
    p = np.array([probability(x) for x in itertools.product(range(3), repeat=8)])
    assert p.sum() == pytest.approx(1)
    exact = (-(p * np.log(p)).sum() - np.log(3)) / 7
    x = t.sample(6000, 8, seed=1)
    assert t.loss(t.bigram(x), x) == pytest.approx(exact, abs=0.008)
    assert np.exp(np.log(np.take_along_axis(t.bigram(x)[:, :-1], x[:, 1:, None], 2)[..., 0]).sum(1))[:5] / 3 == (
        pytest.approx([probability(row) for row in x[:5]])
    )
    assert t.unigram([0, 0, 1])[-1].tolist() == pytest.approx([4 / 9, 3 / 9, 2 / 9])


def test_counting_adds_what_suits_these_sequences():
    x = t.sample(4000, seed=1)
    seen = np.eye(3)[x].cumsum(axis=1)
    losses = [t.loss((seen + a) / (seen + a).sum(axis=-1, keepdims=True), x) for a in (1, 2, 3, 4)]
    assert losses[1] == t.loss(t.unigram(x), x)
    assert min(losses) > losses[1] - 0.001 > losses[0] - 0.01
    assert losses[0] > losses[1] + 0.003


def test_a_network_is_what_attention_says():
    net, x = t.learned(2, 0).film, t.sample(1, 20, seed=5)[0]
    p, weights = t.run(net, x)
    assert p.shape == (len(t.learned(2, 0).steps), 20, 3)
    assert weights.shape == (len(p), 2, 20, 20)
    h = torch.tensor(net.symbol[-1][x] + net.place[-1][:20])
    for q, k, v, o in torch.tensor(net.heads[-1]):
        moved = torch.nn.functional.scaled_dot_product_attention(h @ q, h @ k, h @ v, is_causal=True)
        h = h + moved @ o
    np.testing.assert_allclose(p[-1], torch.softmax(h @ torch.tensor(net.out[-1]), 1).numpy(), atol=1e-12)


def test_one_layer_ends_about_the_line_of_counting_and_two_far_below():
    """On sequences of its own; and losses that are told are those of the weights that are kept."""
    x, told = t.sample(256, seed=77), t.sample(*HELD[:2], seed=HELD[2])
    line, floor = t.loss(t.unigram(x), x), t.loss(t.bigram(x), x)
    ends = {kind: [end(t.learned(kind[0], seed, times=kind[1]), x) for seed in range(5)] for kind in MADE}
    assert line < min(ends[1, 1]) < max(ends[1, 1]) < line + 0.015
    assert line - 0.01 < min(ends[1, 10]) < max(ends[1, 10]) < line + 0.005
    assert floor < min(ends[2, 1]) < max(ends[2, 1]) < line - 0.045
    for layers, times in MADE:
        assert end(t.learned(layers, 4, times=times), told) == pytest.approx(t.learned(layers, 4, times=times).loss[-1])


def end(made, x):
    return t.loss(t.run(last(made.film), x)[0], x)


def last(net):
    return t.Net(net.symbol[-1], net.place[-1], net.heads[-1], net.out[-1])


def test_followers_and_the_place_before():
    x = np.array([0, 1, 0, 2, 0])
    w = np.zeros((5, 5))
    w[np.arange(5), [0, 0, 1, 2, 3]] = 1
    assert t.previous(w) == 1
    # Place 2 (a 0) may look at 1; place 4 (a 0) at 1 and 3; the others have nothing to look at.
    assert t.followers(w, x) == 1
    assert t.followers(np.eye(5), x) == 0
    assert t.followers(np.eye(1), [0]) == 0


def test_costs_are_those_of_pytorchs_weights():
    d, n, b = 16, 10, 3
    layer = torch.nn.TransformerEncoderLayer(d, 2, 4 * d, bias=False)
    matrices = [w for w in layer.parameters() if w.ndim == 2]
    ours = t.cost(d, n, batch=b)
    assert ours.parameters == sum(w.numel() for w in matrices)
    # Each weight is multiplied and added once a place; scores and mixing do so once a pair of places and feature.
    pairs = sum(2 for _ in itertools.product(range(b), range(n), range(n), range(d)))
    assert ours.operations == 2 * b * n * ours.parameters + 2 * pairs
    assert t.cost(d, n, bytes_each=4).weight_bytes == sum(w.numpy(force=True).nbytes for w in matrices)
    assert t.cost(d, n, bytes_each=4).cache_bytes == 2 * np.zeros((n, d), np.float32).nbytes
    assert t.cost(64, 6 * 64).share == 0.5
    assert t.roof([1, 100], peak=50, bandwidth=2).tolist() == [2, 50]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: t.attention([[1.0]], [[1.0, 2.0]], [[1.0]]), "as many features"),
        (lambda: t.attention([[1.0]], [[1.0], [2.0]], [[1.0]]), "as many places"),
        (lambda: t.attention([1.0], [[1.0]], [[1.0]]), "two dimensions"),
        (lambda: t.attention([[np.nan]], [[1.0]], [[1.0]]), "finite"),
        (lambda: t.attention([[1.0]], [[1.0]], [[1.0]], mask=[[np.inf]]), "below infinity"),
        (lambda: t.attention(np.ones((2, 1)), [[1.0]], [[1.0]], mask=np.ones((3, 4), bool)), "fit"),
        (lambda: t.attention([[1e200]], [[1e200]], [[1.0]]), "smaller numbers"),
        (lambda: t.attention([[1e200, 1e200]], [[1e200, -1e200]], [[1.0]]), "smaller numbers"),
        (lambda: t.previous(np.eye(1)), "two places"),
        (lambda: t.positions(0, 4), "n must be"),
        (lambda: t.shift(1, 3), "even"),
        (lambda: t.sample(0), "count"),
        (lambda: t.bigram([0, 3]), "symbols"),
        (lambda: t.loss(t.bigram([0]), [0]), "two places"),
        (lambda: t.run(t.learned().film, np.zeros(49)), "at most 48"),
        (lambda: t.learned(3), "layers"),
        (lambda: t.learned(2, times=10), "times"),
        (lambda: t.stack((), np.ones((2, 4))), "one at least"),
        (lambda: t.stack(t.drawn(1, 4), np.ones((2, 3))), "as wide as x"),
        (lambda: t.stack(t.drawn(1, 4), np.ones((2, 4)), heads=3), "multiple"),
        (lambda: t.stack(t.drawn(1, 4), np.ones((2, 4)), norm="inside"), "norm"),
        (lambda: t.cost(8, 4, new=5), "new"),
        (lambda: t.roof(1, peak=0, bandwidth=1), "peak"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()

import dataclasses
import doctest
import itertools

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm as normal

import core.neural.gradients as gr
from core import ahead
from core.neural.gradients import (
    ACTIVATIONS,
    CLIPS,
    FORMATS,
    INITS,
    NORMS,
    Config,
    activations,
    backpropagation,
    formats,
    meanfield,
    network,
    sizes,
    through_time,
    training,
    trials,
)

MODULES = (activations, backpropagation, formats, meanfield, network, sizes, through_time, training, trials)

THEIRS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x, 0.01),
    "gelu": torch.nn.functional.gelu,
    "selu": torch.selu,
    "linear": lambda x: x,
}


def tensors(arrays):
    return [torch.tensor(np.array(a), dtype=torch.float64) for a in arrays]


def torch_layers(config, weights, biases, x):
    """The same network in PyTorch, with its own norms; gives h₀ … h_L, each keeping its gradient."""
    h = [x]
    for w, b in zip(weights, biases, strict=True):
        z = h[-1] @ w.T + b
        if config.norm == "layer":
            z = torch.nn.functional.layer_norm(z, z.shape[1:])
        elif config.norm == "batch":
            z = torch.nn.functional.batch_norm(z, None, None, training=True)
        a = THEIRS[config.activation](z)
        h.append(h[-1] + a if config.residual and w.shape[0] == w.shape[1] else a)
        h[-1].retain_grad()
    return h


def by_autograd(config, batch, seed):
    """h, ∂loss/∂h and ∂loss/∂W by autograd, for the inputs and cotangent that `run` draws."""
    weights, biases = map(tensors, gr.initial(config, seed=seed))
    ours = gr.run(config, batch=batch, seed=seed)
    x, cotangent = tensors([ours.h[0], ours.g[-1]])
    for leaf in (*weights, *biases, x):
        leaf.requires_grad_()
    h = torch_layers(config, weights, biases, x)
    (h[-1] * cotangent).sum().backward()
    return ours, h, [w.grad.numpy() for w in weights], [b.grad.numpy() for b in biases]


COMBINATIONS = list(itertools.product(ACTIVATIONS, NORMS, (False, True)))


def test_docstring_examples():
    results = [doctest.testmod(module) for module in MODULES]
    assert sum(r.attempted for r in results) >= 4
    assert not any(r.failed for r in results)


# ---- backpropagation


@pytest.mark.parametrize(("activation", "norm", "residual"), COMBINATIONS)
def test_gradients_equal_autograd(activation, norm, residual):
    config = Config(
        depth=6, width=9, activation=activation, init="he", gain=1.3, bias=0.4, residual=residual, norm=norm
    )
    ours, h, weights, biases = by_autograd(config, 7, 3)
    for mine, theirs in zip(ours.h, h, strict=True):
        np.testing.assert_allclose(mine, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    for mine, theirs in zip(ours.g, h, strict=True):
        size = np.abs(mine).max()
        np.testing.assert_allclose(mine, theirs.grad.numpy(), rtol=1e-9, atol=1e-11 * size)
    for delta, below, theirs, bias in zip(ours.delta, ours.h[:-1], weights, biases, strict=True):
        np.testing.assert_allclose(delta.T @ below, theirs, rtol=1e-8, atol=1e-10 * np.abs(theirs).max())
        np.testing.assert_allclose(delta.sum(axis=0), bias, rtol=1e-8, atol=1e-10 * np.abs(delta).max())
    found = gr.profile(config, batch=7, seed=3)
    np.testing.assert_allclose(found.weight_gradient_norm, [np.linalg.norm(w) for w in weights], rtol=1e-9)
    np.testing.assert_allclose(found.gradient_rms, [np.sqrt(np.mean(t.grad.numpy() ** 2)) for t in h], rtol=1e-9)


@pytest.mark.parametrize(("activation", "norm", "residual"), COMBINATIONS)
def test_gradients_equal_central_differences(activation, norm, residual):
    config = Config(
        depth=3, width=4, activation=activation, init="xavier", gain=1.5, bias=0.5, residual=residual, norm=norm
    )
    weights, biases = gr.initial(config, seed=2)
    ours = gr.run(config, batch=5, seed=2)

    def loss(weights, x):
        return float((gr.forward(config, weights, biases, x)[0][-1] * ours.g[-1]).sum())

    step = 1e-6
    for place in ((0, 0), (3, 2), (4, 1)):
        x = np.array([ours.h[0], ours.h[0]])
        x[0][place] += step
        x[1][place] -= step
        slope = (loss(weights, x[0]) - loss(weights, x[1])) / (2 * step)
        assert slope == pytest.approx(ours.g[0][place], rel=2e-4, abs=2e-6)
    for layer, place in ((0, (1, 2)), (2, (3, 0))):
        pair = []
        for sign in (1, -1):
            moved = [w.copy() for w in weights]
            moved[layer][place] += sign * step
            pair.append(loss(moved, ours.h[0]))
        exact = (ours.delta[layer].T @ ours.h[layer])[place]
        assert (pair[0] - pair[1]) / (2 * step) == pytest.approx(exact, rel=2e-4, abs=2e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_equal_torch(activation):
    x = np.concatenate([np.linspace(-40, 40, 4001), [0.0, -0.0, 1e-300]])
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = THEIRS[activation](t)
    y.sum().backward()
    np.testing.assert_allclose(gr.activate(activation, x), y.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gr.slope(activation, x), t.grad.numpy(), rtol=1e-11, atol=1e-15)
    steepest = gr.STEEPEST.get(activation, 1.0)
    assert np.abs(gr.slope(activation, x)).max() == pytest.approx(steepest, rel=1e-3)


def test_what_counts_as_saturated_and_dead():
    config = Config(depth=1, width=3, activation="relu", init="zero", bias=1.0)
    found = gr.profile(config, batch=4, seed=0)
    off = np.mean(gr.initial(config, seed=0)[1][0] <= 0)  # with W = 0 a unit sees its bias alone
    assert found.saturated[0] == found.dead[0] == off
    leaky = gr.profile(Config(depth=3, width=8, activation="leaky_relu", init="he"))
    assert not leaky.saturated.any()
    deep = gr.profile(Config(depth=5, width=64, activation="tanh", init="normal", gain=8.0))
    u = gr.run(Config(depth=5, width=64, activation="tanh", init="normal", gain=8.0)).pre
    np.testing.assert_allclose(deep.saturated, [np.mean(1 - np.tanh(z) ** 2 < 0.01) for z in u])


def test_histograms_count_everything():
    found = gr.profile(Config(depth=12, width=40, activation="relu", init="he", gain=6.0))
    for table, rows in ((found.pre_histogram, 12), (found.gradient_histogram, 13)):
        assert table.shape == (rows, gr.BINS)
        np.testing.assert_allclose(table.sum(axis=1), 1.0)


@pytest.mark.parametrize("size", [1e-200, 1e-100, 1.0, 1e100, 1e200])
def test_sizes_do_not_overflow_on_the_way(size):
    x = np.random.default_rng(0).standard_normal((6, 5))
    assert sizes.rms(x * size) == pytest.approx(size * np.sqrt(np.mean(x**2)))
    assert sizes.gradient_norm(x * size, x / size) == pytest.approx(np.linalg.norm(x.T @ x))
    tall = np.random.default_rng(1).standard_normal((3, 50))
    assert sizes.gradient_norm(tall * size, tall) == pytest.approx(size * np.linalg.norm(tall.T @ tall))


def test_beyond_the_finite_numbers():
    found = gr.profile(Config(depth=100, width=16, activation="linear", init="normal", gain=1e4))
    assert not np.isfinite(found.activation_rms[-1])
    first = int(np.flatnonzero(~np.isfinite(found.activation_rms))[0])
    assert np.isfinite(found.activation_rms[:first]).all()


# ---- initialisation


@pytest.mark.parametrize("init", INITS)
def test_weights_have_the_promised_spread(init):
    config = Config(depth=3, width=200, activation="relu", init=init, gain=1.5)
    weights, biases = gr.initial(config, seed=1)
    expected = 0.0 if init == "zero" else 1.5 * (np.sqrt(2) if init == "he" else 1.0) / np.sqrt(200)
    assert config.sigma_w == pytest.approx(expected * np.sqrt(200))
    for w in weights:
        assert np.sqrt(np.mean(w**2)) == pytest.approx(expected, rel=0.02)
        if init == "orthogonal":
            np.testing.assert_allclose(w @ w.T, 1.5**2 * np.eye(200), atol=1e-12)
        if init == "xavier":  # uniform: Glorot & Bengio (2010), equation 16
            assert np.abs(w).max() <= 1.5 * np.sqrt(6 / 400)
    assert not any(b.any() for b in biases)


def test_uneven_layers():
    for init, spread in (("xavier", np.sqrt(2 / 500)), ("lecun", 1 / np.sqrt(100)), ("he", np.sqrt(2 / 100))):
        config = Config(depth=1, width=100, activation="relu", init=init)
        w = gr.initial(config, seed=0, sizes=(100, 400))[0][0]
        assert w.shape == (400, 100)
        assert np.sqrt(np.mean(w**2)) == pytest.approx(spread, rel=0.03)
    q = gr.initial(Config(depth=1, width=9, activation="relu", init="orthogonal"), sizes=(30, 10))[0][0]
    np.testing.assert_allclose(q @ q.T, np.eye(10), atol=1e-12)


def test_more_layers_append_and_gain_scales():
    shallow, deep = (gr.initial(Config(depth=d, width=12, activation="tanh", init="he", bias=0.3)) for d in (3, 8))
    for a, b in zip(shallow, deep, strict=True):
        for x, y in zip(a, b[:3], strict=True):
            np.testing.assert_array_equal(x, y)
    twice = gr.initial(Config(depth=3, width=12, activation="tanh", init="he", gain=2.0))[0]
    np.testing.assert_allclose(twice[1], 2 * shallow[0][1])
    a, b = (gr.profile(Config(depth=4, width=16, activation="relu", init="he", gain=g)) for g in (1.0, 3.0))
    np.testing.assert_allclose(b.gradient_rms, a.gradient_rms * 3.0 ** np.arange(4, -1, -1))  # ReLU is homogeneous
    np.testing.assert_allclose(b.activation_rms, a.activation_rms * 3.0 ** np.arange(5))


def test_zero_weights_let_no_gradient_through():
    found = gr.profile(Config(depth=4, width=8, activation="sigmoid", init="zero"))
    assert not found.gradient_rms[:-1].any()
    assert found.activation_rms[1] == 0.5
    through = gr.profile(Config(depth=4, width=8, activation="sigmoid", init="zero", residual=True))
    np.testing.assert_allclose(through.gradient_rms, through.gradient_rms[-1])


# ---- theory


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("q", [1e-12, 1e-4, 0.3, 1.0, 1.1, 9.0, 400.0])
def test_moments_agree_with_integration(activation, q):
    s = np.sqrt(q)
    cuts = sorted({0.0, *(c for k in (1, 3, 10) for c in (-k / s, k / s) if abs(c) < 9)})
    found = gr.second_moments(activation, q)
    for got, f in zip(found, (gr.activate, gr.slope), strict=True):
        want = quad(
            lambda z, f=f: float(f(activation, s * z)) ** 2 * normal.pdf(z),
            -12,
            12,
            points=cuts,
            limit=300,
            epsabs=1e-15,
        )[0]
        assert float(got) == pytest.approx(want, rel=2e-8)


def test_known_fixed_points():
    # He et al. (2015): σ_w² = 2 keeps the sizes through ReLU. Schoenholz et al. (2017): tanh turns at σ_w = 1.
    he = gr.theory(Config(depth=30, width=1, activation="relu", init="he"))
    np.testing.assert_allclose(he.chi, 1.0)
    np.testing.assert_allclose(he.q, he.q[0])
    np.testing.assert_allclose(he.gradient_rms, 1.0)
    for gain, sign in ((0.98, -1), (1.02, 1)):
        q = gr.theory(Config(depth=400, width=1, activation="tanh", init="normal", gain=gain))
        assert np.sign(q.chi[-1] - 1) == sign
    # Klambauer et al. (2017): SELU with σ_w = 1 keeps a second moment of 1.
    np.testing.assert_allclose(gr.theory(Config(depth=9, width=1, activation="selu", init="lecun")).q, 1.0, atol=1e-6)
    linear = gr.theory(Config(depth=5, width=1, activation="linear", init="normal", gain=0.5, bias=2.0))
    np.testing.assert_allclose(linear.gradient_rms, 0.5 ** np.arange(5, -1, -1))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_wide_networks_follow_the_theory(activation):
    config = Config(depth=12, width=512, activation=activation, init="normal", gain=1.2, bias=0.3)
    expected, found = gr.theory(config), gr.profile(config, seed=5)
    gap = found.slope - np.mean(0.5 * np.log(expected.chi))
    assert abs(gap) < 0.02
    np.testing.assert_allclose(found.pre_rms, np.sqrt(expected.q), rtol=0.15)
    np.testing.assert_allclose(found.activation_rms, expected.activation_rms, rtol=0.15)


def test_the_edge_of_chaos():
    for activation, sigma in (("relu", np.sqrt(2)), ("linear", 1.0), ("leaky_relu", np.sqrt(2 / 1.0001))):
        edge = gr.phases(activation)
        np.testing.assert_allclose(edge.edge_w, sigma)
    edge = gr.phases("tanh")
    ok = np.isfinite(edge.edge_b)
    assert np.interp(0.0, edge.edge_b[ok], edge.edge_w[ok]) == pytest.approx(1.0, abs=1e-3)
    for i in np.flatnonzero(ok & (edge.edge_b > 0.1) & (edge.edge_b < 2))[::80]:
        config = Config(depth=600, width=1, activation="tanh", init="normal", gain=edge.edge_w[i], bias=edge.edge_b[i])
        assert gr.theory(config).chi[-1] == pytest.approx(1.0, abs=0.01)
    w, b = 40, 10
    config = Config(
        depth=300, width=1, activation="tanh", init="normal", gain=float(edge.sigma_w[w]), bias=float(edge.sigma_b[b])
    )
    assert edge.rate[b, w] == pytest.approx(0.5 * np.log(gr.theory(config).chi[-1]), abs=1e-3)


def test_theory_is_of_plain_networks():
    for change in ({"residual": True}, {"norm": "layer"}):
        with pytest.raises(ValueError, match="plain"):
            gr.theory(Config(depth=2, width=2, activation="relu", init="he", **change))


@pytest.mark.parametrize(("norm", "residual"), [("none", False), ("layer", True)])
def test_singular_values_are_those_of_the_jacobian(norm, residual):
    config = Config(
        depth=4, width=7, activation="tanh", init="normal", gain=1.4, bias=0.2, norm=norm, residual=residual
    )
    weights, biases = map(tensors, gr.initial(config, seed=4))
    x = torch.tensor(network.streams(4)[2].standard_normal((1, 7)))

    def f(x):
        h = x[None]
        for w, b in zip(weights, biases, strict=True):
            z = h @ w.T + b
            a = torch.tanh(torch.nn.functional.layer_norm(z, (7,)) if norm == "layer" else z)
            h = h + a if residual else a
        return h[0]

    jacobian = torch.autograd.functional.jacobian(f, x[0]).numpy()
    np.testing.assert_allclose(
        gr.singular_values(config, seed=4), np.linalg.svd(jacobian, compute_uv=False), rtol=1e-7, atol=1e-12
    )


def test_orthogonal_layers_keep_every_direction():
    values = gr.singular_values(Config(depth=50, width=24, activation="linear", init="orthogonal", gain=0.9))
    np.testing.assert_allclose(values, 0.9**50)
    with pytest.raises(ValueError, match="batch"):
        gr.singular_values(Config(depth=2, width=4, activation="relu", init="he", norm="batch"))


# ---- training


def torch_training(config, steps, rate, optimizer, limit=None):
    """The same training in PyTorch; gives losses, gradient norms and update ratios."""
    x, y, *_ = gr.digits()
    sizes = [64, *[config.width] * config.depth]
    weights, biases = map(tensors, gr.initial(config, seed=0, sizes=sizes))
    readout = "xavier" if config.init == "he" else config.init
    out = torch.tensor(network.draw(np.random.default_rng([0, 1]), readout, 10, config.width))
    weights, biases = [*weights, out], [*biases, torch.zeros(10, dtype=torch.float64)]
    layers = [list(pair) for pair in zip(weights, biases, strict=True)]
    leaves = [leaf.requires_grad_() for layer in layers for leaf in layer]
    chosen = {
        "sgd": lambda: torch.optim.SGD(leaves, lr=rate),
        "momentum": lambda: torch.optim.SGD(leaves, lr=rate, momentum=0.9),
        "adam": lambda: torch.optim.Adam(leaves, lr=rate),
    }[optimizer]()
    order = np.random.default_rng([0, 2]).permutation(len(x))
    losses, norms, ratios = [], [], []
    for k in range(steps):
        rows = order[64 * k : 64 * (k + 1)]
        chosen.zero_grad()
        h = torch_layers(config, weights[:-1], biases[:-1], torch.tensor(x[rows]))[-1]
        loss = torch.nn.functional.cross_entropy(h @ weights[-1].T + biases[-1], torch.tensor(y[rows]))
        loss.backward()
        norms.append([float(torch.sqrt(sum((p.grad**2).sum() for p in layer))) for layer in layers])
        if limit is not None:
            torch.nn.utils.clip_grad_norm_(leaves, limit)
        before = [w.detach().clone() for w in weights]
        chosen.step()
        ratios.append([float((w.detach() - b).norm() / b.norm()) for w, b in zip(weights, before, strict=True)])
        losses.append(float(loss.detach()))
    return np.array(losses), np.array(norms), np.array(ratios)


@pytest.mark.parametrize("optimizer", gr.OPTIMIZERS)
@pytest.mark.parametrize(("norm", "residual"), [("none", False), ("batch", True), ("layer", False)])
def test_training_equals_torch(optimizer, norm, residual):
    config = Config(depth=3, width=20, activation="gelu", init="he", bias=0.1, gain=0.9, norm=norm, residual=residual)
    rate = 0.003 if optimizer == "adam" else 0.05
    run = gr.train(config, steps=8, rate=rate, optimizer=optimizer, seed=0)
    losses, norms, ratios = torch_training(config, 8, rate, optimizer)
    np.testing.assert_allclose(run.loss, losses, rtol=1e-6)
    np.testing.assert_allclose(run.gradient_norm, norms, rtol=1e-5)
    np.testing.assert_allclose(run.update_ratio, ratios, rtol=1e-5)


def test_clipping_by_the_global_norm_equals_torch():
    config = Config(depth=4, width=16, activation="tanh", init="normal", gain=3.0)
    run = gr.train(config, steps=8, rate=0.1, clip=0.5, seed=0)
    losses, norms, _ = torch_training(config, 8, 0.1, "sgd", limit=0.5)
    np.testing.assert_allclose(run.loss, losses, rtol=1e-4)
    np.testing.assert_allclose(run.gradient_norm, norms, rtol=1e-4)
    assert (np.linalg.norm(run.clipped_norm, axis=1) <= 0.5 + 1e-9).all()
    again = gr.train(config, steps=8, rate=0.1, clip="global", limit=0.5, seed=0)
    np.testing.assert_array_equal(run.loss, again.loss)


def test_ways_to_clip():
    norms = np.array([4.0, 3.0, 0.5, 0.0])
    scaled = {way: norms * gr.clip_factors(norms, way, 1.0) for way in CLIPS}
    np.testing.assert_allclose(scaled["none"], norms)
    np.testing.assert_allclose(scaled["global"], norms / np.linalg.norm(norms))
    np.testing.assert_allclose(scaled["layer"], [1, 1, 0.5, 0])
    np.testing.assert_allclose(scaled["equal"], [1, 1, 1, 0])
    np.testing.assert_allclose(gr.clip_factors(norms, "global", 100.0), 1.0)


def test_training_repeats_and_reports():
    config, seen = Config(depth=2, width=12, activation="relu", init="he"), []
    a = gr.train(config, steps=30, rate=0.05, on_step=lambda n, so_far: seen.append((n, so_far())))
    b = gr.train(config, steps=30, rate=0.05)
    np.testing.assert_array_equal(a.loss, b.loss)
    assert [n for n, _ in seen] == list(range(1, 31))
    np.testing.assert_array_equal(seen[9][1].loss, a.loss[:10])
    assert np.isnan(seen[9][1].final_loss)
    assert a.looks.tolist() == list(range(31))
    assert a.accuracy[-1] > a.accuracy[0] + 0.2


def test_digits_are_what_they_say():
    x, y, test_x, test_y = gr.digits()
    assert (len(x), len(test_x)) == (1437, 360)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    assert np.mean(x**2) == pytest.approx(1)
    assert set(y) == set(test_y) == set(range(10))
    assert not any(part.flags.writeable for part in (x, y, test_x, test_y))


def test_a_run_that_leaves_the_finite_numbers_says_where():
    run = gr.train(Config(depth=12, width=16, activation="relu", init="he", gain=4.0), steps=50, rate=1.0)
    assert 0 <= run.stopped == len(run.loss) < 50
    assert run.cause in ("activation", "gradient", "loss")
    assert 1 <= run.layer <= 13
    assert np.isfinite(run.loss).all()
    assert np.isnan(run.final_loss)


# ---- through time


@pytest.mark.parametrize(("activation", "init", "drive"), [("tanh", "normal", 0.5), ("relu", "orthogonal", 0.0)])
def test_time_equals_autograd(activation, init, drive):
    steps, width, batch = 7, 6, 4
    ours = gr.recurrent(
        steps, width=width, radius=1.1, activation=activation, seed=2, init=init, drive=drive, batch=batch
    )
    _, drive_rng, x_rng, c_rng = network.streams(2)
    w = torch.tensor(through_time.recurrent_matrix(init, width, 2) * 1.1)
    assert np.abs(np.linalg.eigvals(w.numpy())).max() == pytest.approx(1.1)
    assert ours.largest == pytest.approx(np.linalg.svd(w.numpy(), compute_uv=False)[0])
    copies = w.repeat(batch, 1, 1).requires_grad_()  # one W a sequence
    h = [torch.tensor(x_rng.standard_normal((batch, width)), requires_grad=True)]
    for _ in range(steps):
        x = drive * torch.tensor(drive_rng.standard_normal((batch, width))) if drive else 0.0
        h.append(THEIRS[activation](torch.einsum("bij,bj->bi", copies, h[-1]) + x))
        h[-1].retain_grad()
    (h[-1] * torch.tensor(c_rng.standard_normal((batch, width)))).sum().backward()
    np.testing.assert_allclose(ours.gradient_rms, [np.sqrt(np.mean(t.grad.numpy() ** 2)) for t in h], rtol=1e-10)
    np.testing.assert_allclose(ours.weight_norms, np.linalg.norm(copies.grad.numpy(), axis=(1, 2)), rtol=1e-10)


def test_a_power_of_the_radius():
    for radius in (0.0, 0.9, 1.0, 1.1):
        found = gr.recurrent_profile(100, width=20, radius=radius, activation="linear", seed=1)
        assert found.shape == (101,)
        np.testing.assert_allclose(found, found[-1] * radius ** np.arange(100.0, -1, -1), rtol=1e-9)


def test_lstm_equals_autograd():
    steps, width, batch, bias = 6, 5, 3, 0.7
    ours = gr.lstm(steps, width=width, forget_bias=bias, seed=4, drive=0.8, batch=batch)
    w_rng, drive_rng, x_rng, c_rng = network.streams(4)
    cell = torch.nn.LSTMCell(4 * width, width, dtype=torch.float64)
    w = w_rng.standard_normal((4 * width, width)) / np.sqrt(width)
    order = np.r_[0 : 2 * width, 3 * width : 4 * width, 2 * width : 3 * width]  # PyTorch: i, f, candidate, o
    with torch.no_grad():
        cell.weight_hh.copy_(torch.tensor(w[order]))
        cell.weight_ih.copy_(torch.eye(4 * width, dtype=torch.float64)[order])
        cell.bias_hh.zero_()
        cell.bias_ih.zero_()
        cell.bias_ih[width : 2 * width] = bias
    h, c = (torch.tensor(a, requires_grad=True) for a in x_rng.standard_normal((2, batch, width)))
    cells = [c]
    for _ in range(steps):
        h, c = cell(torch.tensor(0.8 * drive_rng.standard_normal((batch, 4 * width))), (h, cells[-1]))
        c.retain_grad()
        cells.append(c)
    (c * torch.tensor(c_rng.standard_normal((batch, width)))).sum().backward()
    np.testing.assert_allclose(ours.gradient_rms, [np.sqrt(np.mean(t.grad.numpy() ** 2)) for t in cells], rtol=1e-10)


def test_the_cell_path_is_the_product_of_the_forget_gates():
    shut = gr.lstm(50, width=8, forget_bias=0.0, drive=0.0)
    open_ = gr.lstm(50, width=8, forget_bias=30.0, drive=0.0)
    assert shut.path_rms[0] < 1e-10
    np.testing.assert_allclose(open_.path_rms, open_.path_rms[-1])
    assert (np.diff(shut.path_rms) > 0).all()


# ---- number formats


@pytest.mark.parametrize("form", FORMATS)
def test_rounding_equals_torch(form):
    rng = np.random.default_rng(0)
    x = (rng.standard_normal(20_000) * 10.0 ** rng.uniform(-46, 39, 20_000)).clip(-3e38, 3e38)
    special = [0.0, -0.0, 1.0, 65504.0, 65519.0, 65520.0, 2.0**-24, 2.0**-25, 3.38e38, 1e-45, np.inf, -np.inf, np.nan]
    x = np.concatenate([x, special]).astype(np.float32)
    kind = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[form]
    np.testing.assert_array_equal(gr.rounded(x, form), torch.tensor(x).to(kind).float().numpy())


@pytest.mark.parametrize("form", FORMATS)
def test_limits_of_the_formats(form):
    limits = gr.LIMITS[form]
    info = torch.finfo({"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32}[form])
    assert (limits.normal, limits.largest, limits.least) == (info.tiny, info.max, info.smallest_normal * info.eps)
    assert gr.rounded(np.array([limits.least]), form)[0] == np.float32(limits.least)
    assert gr.rounded(np.array([limits.least * 0.49]), form)[0] == 0


def test_floors_are_the_same_passes():
    config = Config(depth=8, width=24, activation="tanh", init="normal", norm="layer", residual=True)
    exact, found = gr.floors(config, batch=8, seed=1)
    np.testing.assert_allclose(exact, gr.profile(config, batch=8, seed=1).gradient_rms)
    for form, tolerance in (("fp32", 1e-5), ("fp16", 2e-2), ("bf16", 0.15)):
        assert 0 < found[form].error.max() < tolerance
        assert not found[form].broken.any()
    # A power of two shifts exponents and rounds nothing.
    _, scaled = gr.floors(config, ("fp32",), scale=2.0**20, batch=8, seed=1)
    np.testing.assert_allclose(scaled["fp32"].gradient_rms, found["fp32"].gradient_rms, rtol=1e-12)
    small, _ = gr.floors(config, (), size=1e-5, batch=8, seed=1)
    np.testing.assert_allclose(small, 1e-5 * exact)


def test_fp16_flushes_and_overflows():
    _, found = gr.floors(Config(depth=20, width=32, activation="sigmoid", init="xavier"), batch=8)
    assert found["fp16"].zeros[0] == 1
    assert found["fp32"].zeros.max() == 0
    _, found = gr.floors(Config(depth=20, width=32, activation="relu", init="he", gain=4.0), batch=8)
    assert found["fp16"].activation_broken[-1] == 1
    assert found["bf16"].activation_broken[-1] == 0
    _, found = gr.floors(Config(depth=2, width=32, activation="relu", init="he"), ("fp16",), scale=2.0**30, batch=8)
    assert found["fp16"].broken[-1] > 0.9


# ---- arguments


GOOD = {"depth": 2, "width": 3, "activation": "relu", "init": "he"}


@pytest.mark.parametrize(
    "change",
    [
        {"depth": 0}, {"depth": 2.5}, {"width": 0}, {"width": True}, {"activation": "step"}, {"init": "ones"},
        {"gain": -1.0}, {"gain": float("nan")}, {"bias": float("inf")}, {"norm": "group"}, {"residual": "yes"},
    ],
)  # fmt: skip
def test_bad_networks(change):
    with pytest.raises(ValueError, match="must be"):
        Config(**{**GOOD, **change})


@pytest.mark.parametrize(
    "call",
    [
        lambda c: gr.profile(c, batch=0),
        lambda c: gr.profile(c, seed=-1),
        lambda c: gr.profile(dataclasses.replace(c, norm="batch"), batch=1),
        lambda c: gr.train(c, steps=0, rate=0.1),
        lambda c: gr.train(c, steps=1, rate=0.0),
        lambda c: gr.train(c, steps=1, rate=0.1, optimizer="lion"),
        lambda c: gr.train(c, steps=1, rate=0.1, clip="some"),
        lambda c: gr.train(c, steps=1, rate=0.1, clip="layer", limit=0.0),
        lambda c: gr.recurrent_profile(0, width=2, radius=1.0, activation="tanh"),
        lambda c: gr.recurrent_profile(3, width=2, radius=-1.0, activation="tanh"),
        lambda c: gr.recurrent_profile(3, width=2, radius=1.0, activation="tanh", init="he"),
        lambda c: gr.lstm(3, width=2, forget_bias=float("nan")),
        lambda c: gr.floors(c, scale=0.0),
        lambda c: gr.floors(c, ("fp8",)),
        lambda c: gr.rounded([1.0], "fp8"),
        lambda c: gr.second_moments("relu", -1.0),
        lambda c: gr.activate("step", 1.0),
        lambda c: gr.phases("relu", cells=1),
    ],
)
def test_bad_arguments(call):
    with pytest.raises(ValueError, match="must be"):
        call(Config(**GOOD))


@pytest.mark.parametrize("change", [{"depth": 1}, {"width": 1}, {"gain": 0.0}, {"bias": 3.0}, {"depth": 100}])
@pytest.mark.parametrize("norm", NORMS)
def test_ends_of_the_ranges(change, norm):
    config = Config(**{**GOOD, "width": 12, **change, "norm": norm})
    found = gr.profile(config, batch=2)
    assert found.gradient_rms.shape == found.activation_rms.shape == (config.depth + 1,)
    assert np.isfinite(found.gradient_rms).all()
    assert ((found.saturated >= 0) & (found.saturated <= 1)).all()


# ---- made ahead


def test_a_packed_run_comes_back():
    trial = gr.MADE_AHEAD[0]
    run = gr.train(Config(depth=2, width=8, activation="relu", init="he", gain=2.0), steps=12, rate=0.1)
    rows = {k: v[None] for k, v in gr.pack(run, 20, 5).items()}
    back = gr.stored(trial, lambda: rows)
    for field in dataclasses.fields(run):
        if field.name != "cause":
            np.testing.assert_allclose(getattr(back, field.name), getattr(run, field.name), rtol=1e-6)
    assert back.cause == run.cause
    assert gr.stored(dataclasses.replace(trial, seed=50), lambda: rows) is None


def test_the_map_lies_as_it_was_made():
    cells, made = gr.map_trials(), ahead.load("gradients/map")
    assert len(cells) == len(made["accuracy"]) == sum(10 * len(s) for s in gr.MAP_SIGMAS.values())
    for activation in gr.MAP_SIGMAS:
        laid = gr.trainability_map(activation, made["accuracy"])
        for row, column in ((0, 0), (2, 5), (9, 15)):
            depth, sigma = gr.MAP_DEPTHS[row], gr.MAP_SIGMAS[activation][column]
            at = next(
                i
                for i, trial in enumerate(cells)
                if (trial.config.activation, trial.config.depth, trial.config.gain) == (activation, depth, sigma)
            )
            assert laid.accuracy[row, column] == made["accuracy"][at]
            assert (laid.depths[row], laid.sigmas[column]) == (depth, sigma)


def test_networks_learn_where_theory_lets_their_gradients_through():
    laid = gr.trainability_map("tanh", ahead.load("gradients/map")["accuracy"])
    sigma, depth = np.meshgrid(laid.sigmas, laid.depths)
    beyond = depth > np.interp(sigma, laid.fine, np.nan_to_num(laid.vanished, nan=99.0))
    near = (np.abs(sigma - 1.25) < 0.3) & (depth <= 30)
    assert np.median(laid.accuracy[beyond]) < 0.3 < 0.8 < np.median(laid.accuracy[near])
    assert laid.edge == pytest.approx(1.0, abs=0.1)
    # At σ_w = 0.5 a layer halves the gradient or nearly so: a thousandth is reached in ten layers.
    assert 9 <= np.interp(0.5, laid.fine, laid.vanished) <= 11
    assert np.isnan(gr.trainability_map("sigmoid", np.zeros(480)).exploded[0])

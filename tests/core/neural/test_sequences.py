"""Recurrent cells against PyTorch's, the adder against integers, derivatives against differences."""

import doctest
import itertools

import numpy as np
import pytest
import torch

from core.neural import sequences as s
from core.neural.sequences import adder
from core.neural.sequences.adder import tried


def torch_and_ours(kind, layer, x):
    net = layer(x.shape[-1], 5).double()
    weights = [p.detach().numpy() for p in net.parameters()]
    with torch.no_grad():
        theirs, last = net(torch.tensor(x))
    return kind(weights, x), theirs.numpy(), last, {name: p.detach().numpy() for name, p in net.named_parameters()}


def test_docstrings():
    assert doctest.testmod(adder) == (0, 1)


@pytest.mark.parametrize("shape", [(7, 3), (7, 4, 3), (1, 3)])
def test_the_cells_are_pytorchs(shape):
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=shape)
    ours, theirs, _, names = torch_and_ours(s.rnn, torch.nn.RNN, x)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    np.testing.assert_allclose(s.rnn(names, x), theirs, atol=1e-12)
    run, theirs, (_, cell), names = torch_and_ours(s.lstm, torch.nn.LSTM, x)
    np.testing.assert_allclose(run.hidden, theirs, atol=1e-12)
    np.testing.assert_allclose(run.cell[-1], cell.numpy()[0], atol=1e-12)
    np.testing.assert_allclose(s.lstm(names, x).hidden, theirs, atol=1e-12)


def test_what_a_state_of_long_ago_counts_is_what_autograd_says():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(6, 2))
    weights = s.drawn(2, 4, radius=0.9, seed=3)
    w_in, w_state, bias, _ = (torch.tensor(w) for w in weights)

    def onwards(h):
        for now in torch.tensor(x[1:]):
            h = torch.tanh(w_in @ now + w_state @ h + bias)
        return h

    states = s.rnn(weights, x)
    jacobian = torch.autograd.functional.jacobian(onwards, torch.tensor(states[0]))
    assert s.rnn_reach(weights, states)[-1] == pytest.approx(float(np.linalg.norm(jacobian.numpy(), 2)))

    weights = s.drawn(2, 4, gates=4, radius=0.9, forget=1.0, seed=3)
    w_in, w_state, bias, _ = (torch.tensor(w) for w in weights)
    run = s.lstm(weights, x)

    def cells(c):
        h = torch.tensor(run.output[0]) * torch.tanh(c)
        for now in torch.tensor(x[1:]):
            i, f, g, o = (w_in @ now + w_state @ h + bias).reshape(4, 4)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return c

    jacobian = torch.autograd.functional.jacobian(cells, torch.tensor(run.cell[0]))
    kept, whole = s.lstm_reach(weights, run)
    assert whole[-1] == pytest.approx(float(np.linalg.norm(jacobian.numpy(), 2)))
    assert kept[-1] == pytest.approx(np.exp(np.log(run.forget[1:]).sum(axis=0).mean()))


def test_three_units_add_without_a_mistake():
    rng = np.random.default_rng(0)
    for a, b in itertools.chain(itertools.product(range(16), repeat=2), rng.integers(2**40, size=(60, 2)).tolist()):
        assert s.number(s.adder_units(s.bits(a, 41), s.bits(b, 41))) == a + b
    long = rng.integers(2, size=(2, 1000))
    assert s.number(s.adder_units(*long)) == s.number(long[0]) + s.number(long[1])
    ones = s.adding(s.by_hand(), np.ones(50, int), s.bits(1, 50), activation="step")
    assert ones.carry.tolist() == [0] + 50 * [1]
    np.testing.assert_array_equal(ones.states[:-1, 1], ones.carry[1:])  # h₂ is the carry into the next place


@pytest.mark.parametrize("seed", range(5))
def test_trained_ones_add_and_their_state_holds_the_carry(seed):
    states, carry, right = tried(s.learned(4, seed))
    assert right == 1
    assert s.carry_read(states, carry) == 1
    assert s.carry_read(states, np.random.default_rng(0).permutation(carry)) < 0.8


def test_fewer_units_seldom_learn_to_add():
    adds = [[tried(s.learned(units, seed))[2] == 1 for seed in range(5)] for units in (2, 3, 4)]
    assert [sum(row) for row in adds] == [1, 3, 5]


def test_no_carry_is_the_best_guess_from_the_wrong_end():
    best = s.wrong_end(9).mean()
    assert [s.no_carry(8, seed=seed) for seed in range(5)] == pytest.approx([best] * 5, abs=0.02)
    assert s.no_carry(1, count=4000) == pytest.approx(s.wrong_end(2).mean(), abs=0.02)


@pytest.mark.parametrize("digits", [1, 3, 5])
def test_from_the_wrong_end_nobody_is_better(digits):
    """Count all pairs: after the highest digits, the best guess is the more frequent bit."""
    n = np.arange(2**digits)
    a, b = (x.ravel() for x in np.meshgrid(n, n))
    for step, best in enumerate(s.wrong_end(digits)):
        low = digits - 1 - step
        seen, bit = (a >> low) * 2**digits + (b >> low), (a + b) >> low & 1
        ones, every = np.bincount(seen, bit), np.bincount(seen)
        assert np.maximum(ones, every - ones).sum() / every.sum() == pytest.approx(best)


def test_no_state_brings_back_more_than_there_are_states():
    for length in (3, 6, 9):
        for state_bits in (2, 7, 12):
            ceiling = s.recall_ceiling(length, symbols=3, state_bits=state_bits)
            found = s.recall(length, symbols=3, state_bits=state_bits, count=4000)
            assert found == pytest.approx(ceiling, abs=4 * np.sqrt(ceiling * (1 - ceiling) / 4000))
    assert s.recall_ceiling(8, symbols=4, state_bits=16) == 1
    assert s.recall_ceiling(9, symbols=4, state_bits=16) == 0.25


def test_attention_finds_the_place():
    codes = s.positions(20, 16)
    weights = s.attention(codes[::-1], codes, sharpness=20)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    np.testing.assert_array_equal(weights.argmax(axis=1), np.arange(20)[::-1])
    # Shifting both positions changes nothing: only the distance counts.
    full = s.positions(20, 16) @ s.positions(20, 16).T
    np.testing.assert_allclose(np.diag(full, 3), full[0, 3])
    np.testing.assert_allclose(s.attention(codes, codes, sharpness=0), 1 / 20)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: s.rnn([np.eye(2)] * 3, np.ones((3, 2))), "four arrays"),
        (lambda: s.rnn({"weight_hh_l0": np.eye(2)}, np.ones((3, 2))), "missing"),
        (lambda: s.rnn(s.drawn(2, 3), np.ones((3, 5))), "x must be"),
        (lambda: s.rnn(s.drawn(2, 3), np.full((3, 2), np.nan)), "finite"),
        (lambda: s.lstm(s.drawn(2, 3), np.ones((3, 2))), "W_hh must be"),
        (lambda: s.rnn(s.drawn(2, 3), np.ones((3, 2)), activation="gelu"), "activation"),
        (lambda: s.adder_units([0, 2], [0, 1]), "bits"),
        (lambda: s.adder_units([0, 1, 1], [0, 1]), "as many bits"),
        (lambda: s.adder_units([], []), "at least one"),
        (lambda: s.bits(9, 3), "more than 3 bits"),
        (lambda: s.learned(7), "units"),
        (lambda: s.recall(40, symbols=8, state_bits=9), "62 bits"),
        (lambda: s.recall_ceiling(0, symbols=8, state_bits=9), "length"),
        (lambda: s.attention([[1.0]], [[1.0, 2.0]]), "columns"),
    ],
)
def test_bad_arguments(call, says):
    with pytest.raises(ValueError, match=says):
        call()

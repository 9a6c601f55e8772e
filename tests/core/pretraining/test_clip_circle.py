"""Contrastive learning on a circle: against torch's own loss and gradient, and against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.pretraining.clip import circle

ANGLES = some.lists(some.floats(-6, 6), min_size=2, max_size=10)


def by_torch(a, b, tau, cross, within):
    import torch
    from torch.nn.functional import cross_entropy

    a = torch.tensor(a, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    image, text = (torch.stack([torch.cos(t), torch.sin(t)], dim=1) for t in (a, b))
    s, target, n = image @ text.T, torch.arange(len(a)), len(a)
    loss = (cross_entropy(s / tau, target) + cross_entropy(s.T / tau, target)) / 2
    loss = loss + cross * ((s - s.T) ** 2).sum() / n + within * ((image @ image.T - text @ text.T) ** 2).sum() / n
    loss.backward()
    return loss.item(), -a.grad.numpy(), -b.grad.numpy()


@pytest.mark.parametrize("tau", [0.02, 0.2, 5.0])
@pytest.mark.parametrize(("cross", "within"), [(0.0, 0.0), (0.7, 0.0), (0.0, 0.4), (0.3, 1.2)])
def test_forces_are_autograd_s(tau, cross, within):
    rng = np.random.default_rng(3)
    a, b = rng.uniform(-4, 4, (2, 7))
    mine = circle.forces(a, b, tau, cross_modal=cross, in_modal=within)
    loss, image, text = by_torch(a, b, tau, cross, within)
    assert mine.loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(mine.image, image, atol=1e-10 * max(1, abs(image).max()))
    np.testing.assert_allclose(mine.text, text, atol=1e-10 * max(1, abs(text).max()))


@given(ANGLES, some.floats(-6, 6), some.floats(0.02, 50))
def test_turning_the_circle_changes_nothing(a, turn, tau):
    b = a[::-1]
    one = circle.forces(a, b, tau)
    two = circle.forces(np.array(a) + turn, np.array(b) + turn, tau)
    assert two.loss == pytest.approx(one.loss, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(two.image, one.image, atol=1e-6)
    # No force turns the whole.
    assert one.image.sum() + one.text.sum() == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(one.rows.sum(axis=1), 1)
    np.testing.assert_allclose(one.columns.sum(axis=0), 1)


def test_two_pairs_at_rest():
    # Pairs on opposite sides: both softmaxes are 1 / (1 + e^(−2/τ)), and no point feels a force.
    found = circle.forces([0, np.pi], [0, np.pi], 0.5)
    assert found.loss == pytest.approx(np.log1p(np.exp(-4)))
    np.testing.assert_allclose(found.image, 0, atol=1e-12)


def test_a_large_temperature_gives_log_n():
    a, b = circle.start(12, seed=1)
    assert circle.forces(a, b, 1e7).loss == pytest.approx(np.log(12), abs=1e-6)


def test_training_descends_and_agrees_with_forces():
    run = circle.train(8, rate=0.05, steps=200, every=1)
    assert run.image.shape == run.text_force.shape == (201, 8)
    assert run.rows.shape == (201, 8, 8)
    assert (np.diff(run.loss) < 1e-9).all()
    assert run.loss[-1] < 0.5 * run.loss[0]
    for k in (0, 100, 200):
        now = circle.forces(run.image[k], run.text[k], 0.2)
        assert run.loss[k] == pytest.approx(now.loss)
        np.testing.assert_allclose(run.text_force[k], now.text)
    assert run.alignment[-1] < run.alignment[0]


def test_measures_by_hand():
    run = circle.train(3, steps=0, gap=0.4, seed=2)
    image, text = (np.column_stack([np.cos(t[0]), np.sin(t[0])]) for t in (run.image, run.text))
    assert run.gap[0] == pytest.approx(np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))
    assert run.alignment[0] == pytest.approx(np.mean([np.sum((u - v) ** 2) for u, v in zip(image, text, strict=True)]))
    logs = [
        np.log(np.mean([np.exp(-2 * np.sum((t[i] - t[j]) ** 2)) for i, j in ((0, 1), (0, 2), (1, 2))]))
        for t in (image, text)
    ]
    assert run.uniformity[0] == pytest.approx(np.mean(logs))


def test_a_whole_gap_puts_the_towers_apart():
    run = circle.train(5, steps=0, gap=1.0)
    assert run.gap[0] == pytest.approx(2)
    np.testing.assert_allclose(run.image[0], 0)
    assert np.isnan(circle.train(1, steps=3).uniformity).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"pairs": 0}, {"gap": 1.5}, {"gap": -0.1}, {"rate": 0.0}, {"rate": np.nan}, {"temperature": 0.0},
        {"temperature": np.inf}, {"steps": -1}, {"every": 0}, {"cross_modal": -1.0}, {"in_modal": np.nan},
    ],
)  # fmt: skip
def test_bad_arguments(wrong):
    with pytest.raises(ValueError, match="must"):
        circle.train(**{"pairs": 4, **wrong})


@pytest.mark.parametrize(("a", "b"), [([0.0], [0.0, 1.0]), ([], []), ([np.nan], [0.0]), ([[0.0]], [[0.0]])])
def test_bad_angles(a, b):
    with pytest.raises(ValueError, match=r"(text|image|pairs) must"):
        circle.forces(a, b, 1.0)

"""What is watched of a training: it is the training, its arrays survive packing, and it can be cancelled."""

import dataclasses
import functools

import numpy as np
import pytest

from core.reinforcement import cartpole as core
from core.reinforcement import film as filming
from core.reinforcement import training
from core.reinforcement.film import ANGLES, EPISODES, SHOWN, SPEEDS, blank, film, lattice, rides, running_mean, shoot
from core.reinforcement.made import MADE, OWN, made, own, pack, unpack
from core.reinforcement.worth import judge

QUICK = {
    "lqr": 400, "pd": 400, "rule": 400, "random": 800, "q_learning": 2000, "sarsa": 2000,
    "reinforce": 2000, "actor_critic": 2000, "ppo": 4096,
}  # fmt: skip


@pytest.fixture(autouse=True)
def few_checkpoints(monkeypatch):
    """Each of them is played: most of what a film takes."""
    monkeypatch.setattr(training, "CHECKPOINTS", 6)


@functools.cache
def filmed(algorithm):
    return film(algorithm, steps=QUICK[algorithm], seed=3)


@pytest.fixture(params=sorted(QUICK))
def watched(request):
    return filmed(request.param)


def test_it_is_the_training(watched):
    run = core.train(watched.algorithm, steps=watched.budget, seed=3)
    np.testing.assert_array_equal(watched.ends, run.ends)
    np.testing.assert_array_equal(watched.lengths, run.lengths)
    states = np.random.default_rng(0).uniform(-0.2, 0.2, (300, 4))
    np.testing.assert_array_equal(watched.policy.act(states), run.policy.act(states))
    np.testing.assert_array_equal(watched.scores, core.evaluate(run.policy, episodes=EPISODES))
    assert [s.steps for s in watched.shots] == [c.steps for c in run.checkpoints]


def test_maps_and_rides_are_what_the_policy_does(watched):
    last, grid = watched.shots[-1], (len(SPEEDS), len(ANGLES))
    p = watched.policy.probabilities(lattice())[:, 1].reshape(grid)
    np.testing.assert_allclose(last.right, p, atol=1e-6)
    # The whole episode by Gymnasium's own environment, from the same start.
    episode = core.rollout(watched.policy, seed=3, limit=SHOWN)
    assert last.length == len(episode.actions)
    assert filming.REASONS[last.reason] == ("stands" if episode.truncated else episode.reason)
    n = min(len(last.ride), 20)  # longer is chaos
    np.testing.assert_allclose(last.ride[: n - 1], episode.states[: 2 * (n - 1) : 2][:, [0, 2]], atol=1e-5)
    assert watched.visits.sum() > 0.5 * watched.scores.sum()  # the rest went beyond the map


def test_lattice_runs_over_the_map():
    states = lattice().reshape(len(SPEEDS), len(ANGLES), 4)
    assert (states[..., :2] == 0).all()
    np.testing.assert_allclose(states[0, :, 2], ANGLES)
    np.testing.assert_allclose(states[:, 0, 3], SPEEDS)
    assert np.degrees(ANGLES[-1]) == pytest.approx(12)


def test_packed_and_unpacked():
    own = [filmed(a) for a in ("random", "lqr", "q_learning", "ppo", "reinforce")]
    arrays = pack(own)
    states = np.random.default_rng(1).uniform(-0.2, 0.2, (500, 4)).astype(np.float32)
    for row, f in enumerate(own):
        back = unpack(arrays, row, f.algorithm)
        assert (back.algorithm, back.budget, back.steps) == (f.algorithm, f.budget, f.steps)
        np.testing.assert_array_equal(back.policy.act(states), f.policy.act(states))
        np.testing.assert_allclose(back.policy.probabilities(states), f.policy.probabilities(states), atol=1e-6)
        np.testing.assert_array_equal(back.scores, f.scores)
        np.testing.assert_array_equal(back.visits, f.visits)
        np.testing.assert_array_equal(back.lengths, f.lengths)
        assert len(back.shots) == len(f.shots)
        for a, b in zip(back.shots, f.shots, strict=True):
            assert (a.steps, a.length, a.reason) == (b.steps, b.length, b.reason)
            np.testing.assert_allclose(a.right, b.right, atol=0.5 / 255 + 1e-6)
            np.testing.assert_array_equal(a.ride, b.ride)
            assert np.isnan(a.value).all() == np.isnan(b.value).all()
        worth = back.policy.value(states)
        if worth is not None:
            np.testing.assert_allclose(worth, f.policy.value(states), rtol=1e-5, atol=1e-5)


def test_partial_films_grow_and_are_never_changed(monkeypatch):
    monkeypatch.setattr(training, "PROGRESS_EVERY", 0.0)
    seen = []
    film("q_learning", steps=2_000, on_progress=lambda share, f: seen.append((share, f, len(f.shots), len(f.ends))))
    assert len(seen) > 2_000 / 16
    shares, films, shots, episodes = zip(*seen, strict=True)
    assert list(shares) == sorted(shares)
    assert list(shots) == sorted(shots)
    assert list(episodes) == sorted(episodes)
    for f, shot, episode in zip(films, shots, episodes, strict=True):
        assert len(f.shots) == shot
        assert len(f.ends) == episode
    assert len({id(f) for f in films}) == len(films)
    with pytest.raises(dataclasses.FrozenInstanceError):
        films[0].steps = 1


def test_what_on_progress_raises_ends_it():
    calls = []

    def stop(share, f):
        calls.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film("q_learning", on_progress=stop)
    assert len(calls) == 1


def test_a_ride_that_ends_says_why():
    always_right = core.Linear(np.zeros(4))  # 0 counts as right
    shot = shoot(core.Checkpoint(0, always_right), core.start_states([0])[0])
    assert filming.REASONS[shot.reason] == "angle"
    assert 5 < shot.length < 15
    lean = core.Linear([0.0, 0.0, 1.0, 0.2])
    assert shoot(core.Checkpoint(0, lean), core.start_states([0])[0]).length == SHOWN


def test_a_film_in_numbers(watched):
    assert (watched.score, watched.worst) == (watched.scores.mean(), watched.scores.min())
    low, high = watched.worth
    value = watched.shots[-1].value
    assert np.isnan(low) if np.isnan(value).all() else low <= 0 < high and low <= value.min() and value.max() <= high
    side_by_side = rides(watched.shots)
    for row, shot in zip(side_by_side, watched.shots, strict=True):
        n = len(shot.ride)
        np.testing.assert_array_equal(row[:n], shot.ride)
        assert (row[n:] == shot.ride[-1]).all()


def test_a_training_that_has_not_begun():
    waiting = blank("ppo", 100)
    assert np.isnan([waiting.score, waiting.worst, *waiting.worth]).all()
    assert len(rides(waiting.shots)) == len(running_mean(waiting.ends, waiting.lengths)[0]) == 0


def test_a_running_mean_is_the_mean_of_the_last_forty():
    lengths = np.random.default_rng(0).integers(8, 500, 900).astype(float)
    at, mean = running_mean(lengths.cumsum(), lengths, most=10_000)
    np.testing.assert_allclose(mean, [lengths[i - 40 : i].mean() for i in range(40, 901)])
    np.testing.assert_array_equal(at, lengths.cumsum()[39:])
    assert 200 < len(running_mean(lengths.cumsum(), lengths)[0]) <= 300


def test_what_was_made_ahead_was_made_with_todays_settings():
    for agent, options in MADE:
        found = made(agent, options)
        settings = core.SETTINGS[agent](**dict(options))
        assert found.algorithm == agent
        assert found.budget == settings.budget
        if isinstance(found.policy, core.NetworkPolicy):
            assert found.policy.actor.sizes == (4, settings.hidden, 1)
        if isinstance(found.policy, core.TablePolicy):
            assert found.policy.boxes.bins == settings.bins
        if agent == "rule":
            assert found.policy.weights.tolist() == list(core.RULES[settings.rule])
    assert {made(agent) for agent in OWN} == {own(agent) for agent in OWN}
    assert made("ppo", (("gamma", 0.5),)) is None


def test_judging_a_policy_that_never_falls():
    run = core.train("actor_critic", steps=500, seed=0)
    # Its values are judged against what it does: with γ = 0 that is the next reward, 1.
    judged = judge(run.policy, gamma=0.0)
    np.testing.assert_allclose(judged.truth, 1.0)
    assert len(judged.value) == len(judged.truth) == len(judged.states) == len(judged.time)
    with pytest.raises(ValueError, match="no values"):
        judge(core.train("random", steps=10).policy, gamma=0.9)


def test_judged_truth_is_the_discounted_return():
    fall = core.train("random", steps=10).policy
    # A policy that falls at once has a return near 1 + γ + … over its few steps.
    run = core.train("ppo", steps=1000, seed=1)
    judged = judge(run.policy, gamma=0.9, reward="plus")
    assert (judged.truth > 0).all()
    assert (judged.truth <= 10 + 1e-9).all()
    minus = judge(run.policy, gamma=0.9, reward="sutton")
    assert (minus.truth <= 0).all()
    # G with +1 and G with −1 at the end are two views of one time of falling T: (1 − γᵀ)/(1 − γ) and −γᵀ⁻¹.
    left = 1 - 0.1 * judged.truth  # γᵀ
    np.testing.assert_allclose(-minus.truth * 0.9, left, atol=1e-9)
    assert fall.value(judged.states) is None

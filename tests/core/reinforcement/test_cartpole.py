import dataclasses
import doctest
import functools
import itertools

import gymnasium
import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from core.reinforcement import actor_critic, network, physics, ppo, training
from core.reinforcement import cartpole as c
from core.reinforcement.environment import Lanes
from core.reinforcement.physics import Physics, accelerations
from core.reinforcement.policy import Policy
from core.reinforcement.tabular import EDGE, divided, schedule
from core.reinforcement.training import Checkpoint

WORLDS = {
    "standard": Physics(),
    "long": Physics(length=1.3, force=7.0),
    "heavy": Physics(gravity=3.7, masscart=0.6, masspole=0.8, length=0.2, force=21.0, tau=0.01),
}
LQR = c.train("lqr", steps=10).policy
BOTH = c.Linear(c.RULES["both"])
ANGLE = c.Linear(c.RULES["angle"])


def states(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, 4)) * [1.0, 1.0, 0.1, 1.0]


def vector(n, physics=WORLDS["standard"]):
    """Gymnasium's own environments, with other constants."""
    envs = gymnasium.make_vec("CartPole-v1", num_envs=n, vectorization_mode="vector_entry_point")
    envs.reset(seed=0)
    envs.gravity, envs.tau, envs.force_mag = physics.gravity, physics.tau, physics.force
    envs.masscart, envs.masspole, envs.length = physics.masscart, physics.masspole, physics.length
    envs.total_mass, envs.polemass_length = physics.masscart + physics.masspole, physics.masspole * physics.length
    return envs


@pytest.fixture(scope="module")
def trained():
    """One small training of each learner."""
    return {a: c.train(a, steps=2_000, seed=1) for a in c.LEARNERS}


# ---- physics


@pytest.mark.parametrize("physics", WORLDS.values(), ids=WORLDS)
def test_a_step_is_gymnasiums(physics):
    s, a = states(10_000), np.random.default_rng(1).integers(0, 2, 10_000)
    envs = vector(len(s), physics)
    envs.state = s.T.copy()
    _, _, terminated, _, _ = envs.step(a)
    new = c.step_physics(s, a, physics)
    np.testing.assert_allclose(new, envs.state.T, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(c.fallen(new), terminated)


def test_a_step_of_one_and_of_many_worlds():
    s = states(12).reshape(3, 4, 4)
    whole = c.step_physics(s, np.ones((3, 4)))
    np.testing.assert_array_equal(whole[1, 2], c.step_physics(s[1, 2], 1))
    lengths, forces = np.array([0.2, 0.5, 1.0]), np.array([3.0, 10.0, 20.0])
    many = c.step_physics(s[:, 0], 0, length=lengths, force=forces)
    for i in range(3):
        one = c.step_physics(s[i, 0], 0, Physics(length=lengths[i], force=forces[i]))
        np.testing.assert_allclose(many[i], one, rtol=1e-14)


def test_mirrored_states_mirror():
    s, a = states(50), np.arange(50) % 2
    np.testing.assert_allclose(c.step_physics(-s, 1 - a), -c.step_physics(s, a), atol=1e-15)


def test_a_pole_without_forces_keeps_its_energy():
    # T + U of cart and rod, along the exact accelerations: dE/dt = 0
    p = Physics(masspole=0.4, length=0.8)
    s = states(20, seed=3)
    x_acc, th_acc = accelerations(s, 0.0, p)
    _, v, th, om = s.T
    m, M, l, g = p.masspole, p.masscart, p.length, p.gravity  # noqa: E741
    dE = (
        (M + m) * v * x_acc
        + m * l * (x_acc * om * np.cos(th) + v * th_acc * np.cos(th) - v * om**2 * np.sin(th))
        + 4 / 3 * m * l**2 * om * th_acc
        - m * g * l * np.sin(th) * om
    )
    np.testing.assert_allclose(dE, 0, atol=1e-12)


@pytest.mark.parametrize("policy", [LQR, ANGLE, c.Random()], ids=["lqr", "angle", "random"])
@pytest.mark.parametrize("reward", c.REWARDS)
def test_an_episode_is_gymnasiums(policy, reward):
    env = gymnasium.make("CartPole-v1", sutton_barto_reward=reward == "sutton")
    for seed in (0, 5):
        ours = c.rollout(policy, seed=seed, reward=reward)
        obs, _ = env.reset(seed=seed)
        for t, action in enumerate(ours.actions):
            np.testing.assert_array_equal(obs, ours.states[t].astype(np.float32))
            assert action == policy.act(obs[None])[0]
            obs, gained, terminated, truncated, _ = env.step(int(action))
            assert gained == ours.rewards[t]
            assert (terminated or truncated) == (t == len(ours.actions) - 1)
        np.testing.assert_array_equal(env.unwrapped.state, ours.states[-1])
        assert (terminated, truncated) == (ours.terminated, ours.truncated)
        assert ours.reason == ("limit" if policy is LQR else "angle")
        np.testing.assert_array_equal(c.start_states([seed])[0], ours.states[0])


def test_an_episode_elsewhere():
    start = [2.3, 1.0, 0.0, 0.0]
    assert c.rollout(BOTH, seed=0, start=start).reason == "position"
    one, other = (c.rollout(c.Random(), seed=s, start=start, greedy=False) for s in (0, 1))
    assert len(one.actions) != len(other.actions) or (one.actions != other.actions).any()
    assert c.rollout(LQR, seed=0, limit=7).truncated
    assert len(c.rollout(LQR, seed=0, limit=7).actions) == 7


# ---- many side by side


def test_the_step_after_an_end_is_no_data():
    lanes, ended, ends = Lanes(6, seed=0), np.zeros(6, dtype=bool), 0
    rng = np.random.default_rng(0)
    for _ in range(300):
        before = lanes.states
        action = rng.integers(0, 2, 6)
        step = lanes.step(action)
        np.testing.assert_array_equal(step.live, ~ended)
        # a live step is the physics, its end included; a dead one begins anew
        np.testing.assert_allclose(lanes.states[step.live], c.step_physics(before, action)[step.live], atol=1e-12)
        assert (np.abs(lanes.states[~step.live]) <= 0.05).all()
        assert (step.reward[~step.live] == 0).all()
        np.testing.assert_array_equal(step.next_obs, lanes.states.astype(np.float32))
        ended = step.terminated | step.truncated
        assert c.fallen(lanes.states[step.terminated]).all()
        ends += ended.sum()
    assert ends > 50


def test_lanes_see_the_limit():
    lanes = Lanes(3, seed=0, limit=4)
    seen = [lanes.step(BOTH.act(lanes.obs)) for _ in range(10)]
    assert [bool(s.truncated.all()) for s in seen] == [False, False, False, True, False] * 2
    assert not any(s.terminated.any() for s in seen)
    assert [bool(s.live.all()) for s in seen] == [True, True, True, True, False] * 2


def test_evaluate_counts_what_gymnasium_counts():
    envs = vector(5)
    obs, _ = envs.reset(seed=3)
    steps, playing = np.zeros(5), np.ones(5, dtype=bool)
    while playing.any():
        obs, reward, terminated, truncated, _ = envs.step(ANGLE.act(obs))
        steps += reward * playing
        playing &= ~(terminated | truncated)
    np.testing.assert_array_equal(c.evaluate(ANGLE, episodes=5, seed=3), steps)


# ---- agents that do not learn


@pytest.mark.parametrize("physics", WORLDS.values(), ids=WORLDS)
def test_linearize_is_the_derivative(physics):
    A, B = c.linearize(physics)
    h = 1e-5

    def step(s, u):
        x_acc, th_acc = accelerations(s, u, physics)
        return s + physics.tau * np.stack([s[1], x_acc, s[3], th_acc])

    for j in range(4):
        e = h * np.eye(4)[j]
        np.testing.assert_allclose(A[:, j], (step(e, 0.0) - step(-e, 0.0)) / (2 * h), atol=1e-7)
    np.testing.assert_allclose(B[:, 0], (step(np.zeros(4), h) - step(np.zeros(4), -h)) / (2 * h), atol=1e-9)


@pytest.mark.parametrize("physics", WORLDS.values(), ids=WORLDS)
def test_the_regulator_is_scipys(physics):
    s = c.LQRSettings(position=2.0, effort=0.3)
    r = c.regulator(physics, s)
    Q, R = np.diag([s.position, s.speed, s.angle, s.spin]), np.array([[s.effort]])
    P = solve_discrete_are(r.A, r.B, Q, R)
    np.testing.assert_allclose(r.P, P, rtol=1e-7, atol=1e-7 * np.abs(P).max())
    assert np.abs(np.linalg.eigvals(r.A - r.B @ r.K[None])).max() < 1
    # the cost to go, added up along the way
    x, cost = np.array([0.3, -0.2, 0.05, 0.1]), 0.0
    first = x @ r.P @ x
    while np.abs(x).max() > 1e-9:
        u = -r.K @ x
        cost += x @ Q @ x + s.effort * u**2
        x = r.A @ x + r.B[:, 0] * u
    assert cost == pytest.approx(first, rel=1e-6)


@pytest.mark.parametrize("weights", [{}, {"position": 0}, {"effort": 1e-4}, {"position": 0, "effort": 1000}])
def test_a_regulator_that_cannot_settle(weights):
    """Without gravity one push moves cart and pole alike: ẋ and θ̇ keep the same weighted sum for ever."""
    with pytest.raises(ValueError, match="settle"):
        c.regulator(Physics(gravity=0.0), c.LQRSettings(**weights))


def test_how_long_those_last_that_do_not_learn():
    mean = {rule: c.evaluate(c.Linear(w), episodes=400).mean() for rule, w in c.RULES.items()}
    assert mean["angle"] == pytest.approx(42, abs=2)
    assert mean["speed"] == pytest.approx(200, abs=10)
    assert mean["both"] == 500
    assert c.evaluate(LQR).min() == 500
    for greedy in (True, False):
        assert c.evaluate(c.Random(), episodes=600, greedy=greedy).mean() == pytest.approx(22, abs=1.5)


def test_a_coin_is_fair_and_the_same_each_time():
    obs = states(4000).astype(np.float32)
    toss = c.Random().act(obs)
    np.testing.assert_array_equal(toss, c.Random().act(obs))
    assert toss.mean() == pytest.approx(0.5, abs=0.03)
    assert np.corrcoef(toss, obs[:, 2])[0, 1] == pytest.approx(0, abs=0.06)


def test_pd_is_a_rule_with_gains():
    obs = states(200)
    pd = c.train("pd", steps=10, kp=2.0, kd=0.4).policy
    np.testing.assert_array_equal(pd.act(obs), BOTH.act(obs))
    assert c.train("rule", steps=10, rule="speed").policy.weights.tolist() == [0, 0, 0, 1]


# ---- networks


def test_the_networks_gradient_is_autograds():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    net = network.Network((4, 7, 5, 1), rng, last=1.0)
    x, d = rng.normal(size=(9, 4)).astype(np.float32), rng.normal(size=9).astype(np.float32)
    h = net.forward(x)
    ours = net.backward(h, d).copy()
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for layer in net.layers for a in layer]
    z = torch.tensor(x, dtype=torch.float64)
    for i in range(3):
        z = z @ leaves[2 * i] + leaves[2 * i + 1]
        z = torch.tanh(z) if i < 2 else z
    np.testing.assert_allclose(net(x), z[:, 0].detach().numpy(), rtol=1e-4, atol=1e-6)
    (z[:, 0] * torch.tensor(d)).sum().backward()
    np.testing.assert_allclose(ours, np.concatenate([t.grad.numpy().ravel() for t in leaves]), rtol=1e-4, atol=1e-5)


def test_adam_is_its_closed_form():
    # m and v are weighted sums of all gradients so far, and the weights add up to 1
    rng = np.random.default_rng(0)
    start, g = rng.normal(size=6), rng.normal(size=(30, 6))
    ours, adam, expected = start.astype(np.float32), network.Adam(6), start.copy()
    for t in range(30):
        adam.step(ours, g[t].astype(np.float32), 0.03)
        m, v = (
            np.average(power, axis=0, weights=beta ** np.arange(t, -1, -1))
            for power, beta in ((g[: t + 1], 0.9), (g[: t + 1] ** 2, 0.999))
        )
        expected -= 0.03 * m / (np.sqrt(v) + 1e-8)
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


def test_ppos_gradient_is_autograds():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    logit, old, a = rng.normal(size=(3, 300))
    action = rng.integers(0, 2, 300).astype(float)
    sign = torch.tensor(2 * action - 1)
    log_old = ppo.log_probability(old, action)
    np.testing.assert_allclose(log_old, torch.nn.functional.logsigmoid(sign * torch.tensor(old)).numpy(), rtol=1e-12)
    z = torch.tensor(logit, requires_grad=True)
    ratio = torch.exp(torch.nn.functional.logsigmoid(sign * z) - torch.tensor(log_old))
    adv, p = torch.tensor(a), torch.sigmoid(z)
    gain = torch.minimum(ratio * adv, ratio.clamp(0.8, 1.2) * adv)
    entropy = -(p * torch.log(p) + (1 - p) * torch.log(1 - p))
    (gain + 0.3 * entropy).sum().backward()
    np.testing.assert_allclose(ppo.ascent(logit, action, log_old, a, 0.2, 0.3), z.grad.numpy(), atol=1e-12)


def test_advantages_are_the_weighted_sum_of_what_follows():
    rng = np.random.default_rng(0)
    v, v2, r = rng.normal(size=(3, 12, 2))
    terminated, truncated = rng.random((2, 12, 2)) < 0.2
    gamma, lam, ended = 0.9, 0.7, terminated | truncated
    found = actor_critic.advantages(v, v2, r, ~terminated, ended, gamma, lam)
    for t, lane in itertools.product(range(12), range(2)):
        total = 0.0
        for k in range(t, 12):
            total += (gamma * lam) ** (k - t) * (r[k, lane] + gamma * v2[k, lane] * ~terminated[k, lane] - v[k, lane])
            if ended[k, lane]:
                break
        assert found[t, lane] == pytest.approx(total)


def test_returns_to_go_are_sums():
    r = np.random.default_rng(0).normal(size=(30, 2))
    for gamma in (0.0, 0.9, 1.0):
        sums = [sum(gamma ** (k - t) * r[k] for k in range(t, 30)) for t in range(30)]
        np.testing.assert_allclose(c.returns_to_go(r, gamma), sums, rtol=1e-12)


# ---- tables


def test_boxes_are_digitizes():
    boxes, s = c.Boxes((2, 3, 5, 4)), states(500) * 2
    cell = [np.clip(np.digitize(s[:, i], boxes.edges(i)) - 1, 0, boxes.bins[i] - 1) for i in range(4)]
    np.testing.assert_array_equal(boxes.index(s), np.ravel_multi_index(cell, boxes.bins))
    middle = boxes.middle(s)
    np.testing.assert_array_equal(boxes.index(middle), boxes.index(s))
    inside = (np.abs(s) < EDGE).all(axis=1)
    assert (np.abs(middle - s)[inside] <= EDGE / boxes.bins + 1e-12).all()
    assert inside.any()


@pytest.mark.parametrize("algorithm", ["q_learning", "sarsa"])
def test_a_table_learns_from_every_live_step_and_no_other(algorithm):
    run = c.train(algorithm, steps=5_000, lanes=7)
    assert run.policy.visits.sum() == run.steps
    assert len(run.returns) > 40  # so many resets were not learned from


@pytest.mark.parametrize("bootstrap", [True, False])
@pytest.mark.parametrize(
    ("algorithm", "steps"), [("q_learning", 10_000), ("sarsa", 10_000), ("actor_critic", 8_000), ("ppo", 20_000)]
)
def test_what_the_bootstrap_at_the_limit_is_worth(algorithm, steps, bootstrap):
    # Five steps are too few to fall. With γ = 0.9 an agent that knows the limit is no end expects 1 / (1 − γ) = 10;
    # one that cannot tell the steps apart but takes the fifth for the end expects V = 1 + γ (4/5) V.
    gamma, limit = 0.9, 5
    table = algorithm in ("q_learning", "sarsa")
    options = {"position_bins": 1, "speed_bins": 1, "angle_bins": 1, "spin_bins": 1} if table else {}
    # A critic that bootstraps now and then runs away from a seed, so half of five may. Without, there is less to learn.
    values, steps = [], steps if bootstrap else steps // 2
    for seed in range(5 if algorithm == "actor_critic" and bootstrap else 1):
        run = c.train(algorithm, steps=steps, limit=limit, gamma=gamma, bootstrap=bootstrap, seed=seed, **options)
        assert (run.lengths == limit).all()
        values.append(run.policy.value(c.start_states(range(20))).mean())
    value = np.median(values)
    if bootstrap:
        assert value == pytest.approx(10.0, rel=0.08)
    elif table:
        assert value == pytest.approx(1 / (1 - gamma * 4 / 5), rel=0.1)
    else:
        assert value < 6.0  # (1 − γ⁵) / (1 − γ) = 4.1 for one that can


@pytest.mark.parametrize("bins", [(1, 3, 10, 10), (1, 1, 1, 1), (1, 3, 7, 2), (1, 3, 20, 19)])
def test_a_box_in_which_a_line_parts_the_states(bins):
    boxes, w = c.Boxes(bins), -c.regulator().K[2:]
    corners, states = divided(boxes, w)
    left, right = states @ w
    assert left < 0 <= right
    assert (corners[0] < states).all()
    assert (states < corners[1]).all()
    both = np.column_stack([np.zeros((2, 2)), states])
    assert len(set(boxes.index(both))) == 1  # a table has one answer for both
    np.testing.assert_array_equal(LQR.act(both), [0, 1])


def test_schedules():
    assert [schedule(1.0, 0.0, s, 0.5) for s in (0.0, 0.25, 0.5, 1.0)] == [1.0, 0.5, 0.0, 0.0]
    assert schedule(1.0, 0.1, 0.0, 0.0) == 0.1


def test_a_tables_policy():
    boxes = c.Boxes((1, 1, 2, 1))
    q = np.array([[1.0, 2.0], [5.0, 3.0]])
    policy = c.TablePolicy(boxes, q, np.zeros((2, 2), dtype=np.int64), 0.2)
    obs = np.array([[0, 0, -0.1, 0], [0, 0, 0.1, 0.0]])
    assert policy.act(obs).tolist() == [1, 0]
    np.testing.assert_allclose(policy.probabilities(obs), [[0.1, 0.9], [0.9, 0.1]])
    assert policy.value(obs).tolist() == [2.0, 5.0]
    assert policy.action_values(obs).tolist() == q.tolist()


# ---- training


@pytest.mark.parametrize("algorithm", c.ALGORITHMS)
def test_a_run_says_what_happened(algorithm):
    told = []
    run = c.train(algorithm, steps=3_000, seed=2, on_progress=lambda share, so_far: told.append((share, so_far)))
    assert 3_000 <= run.steps < 3_000 + 300
    assert run.algorithm == algorithm
    np.testing.assert_array_equal(run.returns, run.lengths)
    assert (np.diff(run.ends) >= 0).all()
    assert run.lengths.sum() <= run.steps
    assert [run.checkpoints[0].steps, run.checkpoints[-1].steps] == [0, run.steps]
    assert all(isinstance(k, Checkpoint) and isinstance(k.policy, Policy) for k in run.checkpoints)
    assert not run.returns.flags.writeable
    assert told[-1] == (1.0, told[-1][1])
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    for _, so_far in told:  # nothing already told changes
        n = len(so_far.returns)
        np.testing.assert_array_equal(so_far.returns, run.returns[:n])
        assert so_far.seconds <= run.seconds + 1
    obs = states(30)
    assert set(run.policy.act(obs)) <= {0, 1}
    p = run.policy.probabilities(obs)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (p >= 0).all()
    if algorithm in ("reinforce", "actor_critic", "ppo"):
        np.testing.assert_array_equal(run.policy.act(obs), p[:, 1] >= 0.5)
    value = run.policy.value(obs)
    assert (value is None) == (algorithm in ("random", "rule", "pd", "lqr"))
    assert value is None or (value.shape == (30,) and np.isfinite(value).all())
    assert run.policy.sample(obs, np.random.default_rng(0)).shape == (30,)


@pytest.mark.parametrize("algorithm", c.LEARNERS)
def test_the_seed_decides(algorithm, trained):
    obs = states(40)
    same, other = (c.train(algorithm, steps=2_000, seed=s) for s in (1, 2))
    run = trained[algorithm]
    np.testing.assert_array_equal(run.returns, same.returns)
    np.testing.assert_array_equal(run.policy.probabilities(obs), same.policy.probabilities(obs))
    assert len(run.returns) != len(other.returns) or (run.returns != other.returns).any()


class StopError(Exception):
    pass


@pytest.mark.parametrize("algorithm", c.ALGORITHMS)
def test_a_training_can_be_stopped(algorithm):
    seen = []

    def cancel(share, so_far):
        seen.append(so_far.steps)
        raise StopError

    with pytest.raises(StopError):
        c.train(algorithm, steps=10**8, on_progress=cancel)
    run = c.train(algorithm, steps=10**8, should_stop=lambda: True)
    for taken in (*seen, run.steps):
        assert 0 < taken < 10**6
    assert len(seen) == 1


@pytest.mark.parametrize("algorithm", c.LEARNERS)
def test_progress_can_come_often(algorithm, monkeypatch):
    """Told whenever there is time to; what lies between is counted, so that no clock and no processor has a say."""
    monkeypatch.setattr(training, "PROGRESS_EVERY", 0.0)
    rows, told, backward = [], [], network.Network.backward

    def counted(self, h, d):
        rows.append(len(d))
        return backward(self, h, d)

    monkeypatch.setattr(network.Network, "backward", counted)
    c.train(algorithm, steps=2_000, on_progress=lambda share, so_far: told.append((so_far.steps, len(rows), sum(rows))))
    steps, passes, examples = np.diff(told, axis=0, prepend=[(0, 0, 0)]).max(axis=0)
    # A few ms at most: a step of all lanes, or one pass through each network. REINFORCE's is over its whole episodes.
    assert steps <= 32
    assert passes <= 2
    assert examples <= 2 * 8 * 500


ENDS = [
    (algorithm, f.name, end)
    for algorithm, kind in c.SETTINGS.items()
    if algorithm != "sarsa"
    for f in dataclasses.fields(kind)
    for end in f.metadata.get("ends", (True, False))
]


@pytest.mark.parametrize(("algorithm", "name", "end"), ENDS)
def test_every_setting_at_its_ends(algorithm, name, end):
    run = c.train(algorithm, steps=100, **{name: end})
    obs = states(5)
    assert np.isfinite(run.policy.probabilities(obs)).all()
    value = run.policy.value(obs)
    assert value is None or np.isfinite(value).all()


def test_the_rewards_differ_and_the_lengths_do_not_care():
    run = c.train("q_learning", steps=3_000, reward="sutton")
    assert (run.returns == -1).all()
    assert run.lengths.min() >= 8
    assert run.policy.value(states(50)).max() <= 0


def test_other_worlds_can_be_trained_in():
    calm = c.train("random", steps=4_000, physics=Physics(force=1.0))
    assert calm.lengths.mean() > 1.5 * c.train("random", steps=4_000).lengths.mean()


# ---- what the lesson says


def test_ppo_holds_475():
    """Twenty more were trained ahead, see the tests of the page."""
    assert c.evaluate(c.train("ppo", seed=0).policy, seed=50).mean() >= 475


EARLY = {"reinforce": 7_000, "actor_critic": 15_000}  # steps


@functools.cache
def early(algorithm, seed=0):
    return c.train(algorithm, steps=EARLY[algorithm], seed=seed).policy


@pytest.mark.parametrize("algorithm", EARLY)
def test_policy_gradients_reach_195_early(algorithm):
    assert EARLY[algorithm] < c.SETTINGS[algorithm]().budget
    assert np.median([c.evaluate(early(algorithm, seed), seed=50).mean() for seed in range(3)]) >= 195


def test_without_foresight_a_table_learns_nothing():
    run = c.train("q_learning", steps=30_000, gamma=0.0)
    q, visits = run.policy.q, run.policy.visits
    assert q[visits > 200] == pytest.approx(1.0, abs=1e-3)  # every push is worth its own +1, whatever it leads to
    assert c.evaluate(run.policy).mean() < 42


def test_a_baseline_lowers_the_variance():
    policy = early("reinforce")
    spread = c.gradient_variance(policy, seed=1)
    assert spread.critic < 0.75 * spread.plain
    assert spread.constant < 0.75 * spread.plain
    # with γ = 0 every return is 1, and taking 1 away leaves nothing
    nothing = c.gradient_variance(policy, gamma=0.0, episodes=8)
    assert nothing.constant == 0
    assert nothing.plain > 0


def test_the_gradients_variance_is_that_of_autograds_gradients(trained):
    torch = pytest.importorskip("torch")
    policy, gamma, n = trained["reinforce"].policy, 0.9, 6
    found = c.gradient_variance(policy, episodes=n, gamma=gamma, seed=4)
    lanes, rng = Lanes(n, seed=4), np.random.default_rng([4, 3])
    playing, log = np.ones(n, dtype=bool), [[] for _ in range(n)]
    while playing.any():
        action = policy.sample(lanes.obs, rng)
        for e in np.flatnonzero(playing):
            log[e].append((lanes.obs[e], action[e]))
        step = lanes.step(action)
        playing &= ~(step.terminated | step.truncated)
    rows = []
    for episode in log:
        leaves = [torch.tensor(a.astype(float), requires_grad=True) for layer in policy.actor.layers for a in layer]
        x = torch.tensor(np.array([o for o, _ in episode]).astype(float) / network.SCALE)
        z = (torch.tanh(x @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3])[:, 0]
        sign = torch.tensor([2.0 * a - 1 for _, a in episode])
        g = [(1 - gamma ** (len(episode) - t)) / (1 - gamma) for t in range(len(episode))]
        (torch.nn.functional.logsigmoid(sign * z) * torch.tensor(g)).sum().backward()
        rows.append(np.concatenate([t.grad.numpy().ravel() for t in leaves]))
    assert found.plain == pytest.approx(np.var(rows, axis=0, ddof=1).sum(), rel=1e-3)


def test_true_values_are_the_returns_of_playing_on():
    start = c.start_states(range(6))
    for reward in c.REWARDS:
        found = c.true_values(ANGLE, start, gamma=0.9, greedy=True, reward=reward)
        for s, v in zip(start, found, strict=True):
            episode = c.rollout(ANGLE, seed=0, start=s, reward=reward)
            assert v == pytest.approx(c.returns_to_go(episode.rewards, 0.9)[0], rel=1e-9)
    assert c.true_values(LQR, start, gamma=0.9, greedy=True) == pytest.approx(10.0)
    assert c.true_values(LQR, [[3.0, 0, 0, 0]], gamma=0.9).tolist() == [0.0]
    np.testing.assert_allclose(c.true_values(ANGLE, start, gamma=0.0), 1.0)


def test_robustness_plays_episodes_in_each_world():
    lengths, forces, n = (0.3, 0.5, 1.1), (6.0, 12.0), 3
    grid = c.robustness(ANGLE, lengths, forces, episodes=n, seed=5)
    start = np.random.default_rng(5).uniform(-0.05, 0.05, (n, 4))
    for (i, length), (j, force) in itertools.product(enumerate(lengths), enumerate(forces)):
        world = Physics(length=length, force=force)
        steps = [len(c.rollout(ANGLE, seed=0, physics=world, start=s).actions) for s in start]
        assert grid[i, j] == pytest.approx(np.mean(steps))
    np.testing.assert_array_equal(c.robustness(BOTH, [0.5], [10.0]), [[500.0]])


def test_what_one_step_teaches(trained):
    q_policy, v_policy = trained["q_learning"].policy, trained["ppo"].policy
    fell = c.rollout(ANGLE, seed=0)
    stood = c.rollout(LQR, seed=0, limit=30)
    for episode in (fell, stood):
        obs, t = episode.states.astype(np.float32), len(episode.actions) - 1
        for method, bootstrap in itertools.product(("q_learning", "sarsa", "value"), (True, False)):
            policy = v_policy if method == "value" else q_policy
            found = c.one_step(policy, episode, method=method, gamma=0.9, rate=0.25, bootstrap=bootstrap)
            for k in (0, t):
                if method == "value":
                    old, ahead = policy.value(obs[k : k + 2])
                else:
                    here, there = policy.action_values(obs[k : k + 2])
                    old = here[episode.actions[k]]
                    following = episode.actions[k + 1] if k < t else policy.act(obs[k + 1 :])[0]
                    ahead = there.max() if method == "q_learning" else there[following]
                if k == t and (episode.terminated or not bootstrap):
                    ahead = 0.0
                assert found.target[k] == pytest.approx(1.0 + 0.9 * ahead, rel=1e-5)
                assert found.old[k] == pytest.approx(old, rel=1e-5)
                assert found.error[k] == pytest.approx(found.target[k] - old, abs=1e-5)
                assert found.new[k] == pytest.approx(old + 0.25 * found.error[k], rel=1e-5)
    g = c.one_step(LQR, fell, method="return", gamma=0.9)
    np.testing.assert_array_equal(g.target, c.returns_to_go(fell.rewards, 0.9))
    assert np.isnan(g.old).all()


def test_switching_lines():
    for lead in (0.1, 0.2, 0.5):
        line = c.switching_line(c.Linear([0, 0, 1, lead]))
        assert line.lead == pytest.approx(lead, abs=5e-3)
        assert line.offset == pytest.approx(0, abs=2e-3)
        assert line.angle == pytest.approx(np.degrees(np.arctan(lead * 2.0 / 0.2095)), abs=0.5)
    K = c.regulator().K
    assert c.switching_line(LQR).lead == pytest.approx(K[3] / K[2], abs=5e-3)
    assert np.isnan(dataclasses.astuple(c.switching_line(c.Random()))).all()


# ---- bad arguments


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: c.train("dqn"), "one of"),
        (lambda: c.train("ppo", steps=0), "at least 1"),
        (lambda: c.train("ppo", steps=2.5), "whole number"),
        (lambda: c.train("ppo", seed=-1), "at least 0"),
        (lambda: c.train("ppo", gama=0.9), "no such hyper-parameter"),
        (lambda: c.train("ppo", gamma=1.1), "from 0 to 1"),
        (lambda: c.train("ppo", gamma=float("nan")), "finite"),
        (lambda: c.train("ppo", epochs=1.5), "whole number"),
        (lambda: c.train("ppo", bootstrap=1), "True or False"),
        (lambda: c.train("rule", rule="up"), "one of"),
        (lambda: c.train("ppo", reward="none"), "one of"),
        (lambda: c.train("ppo", limit=0), "at least 1"),
        (lambda: Physics(length=0.0), "above 0"),
        (lambda: Physics(gravity=float("inf")), "finite"),
        (lambda: c.step_physics([0, 0, 0], 1), "4 numbers"),
        (lambda: c.step_physics([0, 0, 0, 0], 2), "0 .*1"),
        (lambda: LQR.act(np.zeros(4)), r"\(any, 4\)"),
        (lambda: LQR.value(np.full((1, 4), np.nan)), "finite"),
        (lambda: c.evaluate(LQR, episodes=0), "at least 1"),
        (lambda: c.rollout(LQR, seed=0, start=[3, 0, 0, 0]), "start"),
        (lambda: c.rollout(LQR, seed=0, reward="x"), "one of"),
        (lambda: c.start_states([-1]), "at least 0"),
        (lambda: c.robustness(LQR, [], [1.0]), "lengths"),
        (lambda: c.robustness(LQR, [1.0], [-1.0]), "forces"),
        (lambda: c.true_values(LQR, [[0, 0, 0, 0]], gamma=2.0), "from 0 to 1"),
        (lambda: c.true_values(LQR, [[0, 0, 0, 0]], gamma=0.5, reward="x"), "one of"),
        (lambda: c.one_step(LQR, c.rollout(LQR, seed=0, limit=3), method="sarsa"), "no values"),
        (lambda: c.one_step(LQR, c.rollout(LQR, seed=0, limit=3), method="x"), "one of"),
        (lambda: c.switching_line(LQR, within=0.0), "above 0"),
    ],
)
def test_bad_arguments_get_a_sentence(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("module", [c, physics])
def test_the_examples_in_the_docs(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

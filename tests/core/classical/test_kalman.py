import dataclasses
import doctest
import importlib
import pkgutil
import sys

import numpy as np
import pytest
from scipy.integrate import quad_vec
from scipy.linalg import block_diag, expm, solve_discrete_are
from scipy.stats import chi2, multivariate_normal

from core.classical import kalman as k

LEVEL = k.local_level(0.3, 2.0, m0=1.0, p0=5.0)
VELOCITY = k.constant_velocity(0.5, 0.2, 3.0, m0=[1.0, -0.5], p0=[4.0, 0.5])
ACCELERATION = k.constant_acceleration(0.7, 0.05, 1.5, m0=[0.0, 1.0, 0.1], p0=[4.0, 0.5, 0.1])
PLANAR = k.planar(VELOCITY, m0=[1.0, -0.5, 2.0, 0.3])
# Two sensors with correlated noise that both see a mixture of the state.
MIXED = k.Model(
    F=np.array([[0.9, 0.2], [-0.1, 0.8]]),
    H=np.array([[1.0, 0.5], [0.2, 1.0]]),
    Q=np.array([[0.5, 0.1], [0.1, 0.4]]),
    R=np.array([[1.0, 0.6], [0.6, 2.0]]),
    m0=np.array([0.5, -1.0]),
    P0=np.array([[2.0, 0.3], [0.3, 1.0]]),
)
MODELS = {"level": LEVEL, "velocity": VELOCITY, "acceleration": ACCELERATION, "planar": PLANAR, "mixed": MIXED}
each = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())


def holed(model, steps=12, seed=0, missing=(0, 4, 5, 6, 11)):
    """A series with measurements missing at the start, in a row, and at the end."""
    _, z = k.simulate(model, steps, seed=seed)
    z[[i for i in missing if i < steps]] = np.nan
    return z


def joint(model, steps):
    """Mean and covariance of all states (x₁ … x_T) stacked, from x = A (x₀, w₁ … w_T): no recursion."""
    n = len(model.F)
    powers = [np.linalg.matrix_power(model.F, i) for i in range(steps + 1)]
    A = np.zeros((steps * n, (steps + 1) * n))
    for t in range(1, steps + 1):
        for s in range(t + 1):
            A[(t - 1) * n : t * n, s * n : (s + 1) * n] = powers[t - s]
    mean = A[:, :n] @ model.m0
    return mean, A @ block_diag(model.P0, *[model.Q] * steps) @ A.T


def conditioned(model, z, upto=None):
    """States given the measurements up to a step (all: None), by conditioning one large Gaussian; and its evidence."""
    steps, n = len(z), len(model.F)
    mean, C = joint(model, steps)
    seen = [t for t in range(steps if upto is None else upto) if not np.isnan(z[t]).any()]
    G = np.zeros((len(seen) * len(model.H), steps * n))
    for i, t in enumerate(seen):
        G[i * len(model.H) : (i + 1) * len(model.H), t * n : (t + 1) * n] = model.H
    y = z[seen].ravel()
    if not seen:
        return mean.reshape(steps, n), C, 0.0
    S = G @ C @ G.T + block_diag(*[model.R] * len(seen))
    W = np.linalg.solve(S, G @ C).T
    evidence = multivariate_normal(G @ mean, S).logpdf(y)
    return (mean + W @ (y - G @ mean)).reshape(steps, n), C - W @ G @ C, evidence


def block(C, t, n):
    return C[t * n : (t + 1) * n, t * n : (t + 1) * n]


# ---- one number


def test_the_thermometer_of_the_notes():
    # ± as standard deviations: K = 16/17, 24 − 2/17, √(16/17). ± as variances: the notes' 0.8, 23.6, 0.8.
    assert k.update(22, 16, 24, 1) == pytest.approx((22 + 2 * 16 / 17, 16 / 17, 16 / 17), rel=1e-15)
    assert k.update(22, 4, 24, 1) == pytest.approx((23.6, 0.8, 0.8), rel=1e-15)
    # ± as deviations, weighed by 0.8 all the same: 0.2² · 16 + 0.8² · 1
    theirs = k.blend(22, 16, 24, 1, gain=0.8)
    assert (theirs.mean, theirs.variance) == pytest.approx((23.6, 1.28), rel=1e-15)
    assert theirs.sd > k.blend(22, 16, 24, 1, gain=k.gain(16, 1)).sd == pytest.approx(np.sqrt(16 / 17))


@pytest.mark.parametrize("P", [1e-12, 0.3, 1.0, 7.0, 1e12])
@pytest.mark.parametrize("R", [1e-12, 0.5, 1.0, 1e12])
def test_update_multiplies_two_gaussians(P, R):
    mean, variance, K = k.update(-3.0, P, 5.0, R)
    # precisions add, means are weighed by them
    assert variance == pytest.approx(1 / (1 / P + 1 / R), rel=1e-12)
    assert mean == pytest.approx((-3 / P + 5 / R) / (1 / P + 1 / R), rel=1e-9)
    assert k.gain(P, R) == K
    assert 0 <= K <= 1


def test_limits_of_the_gain():
    assert k.gain(2.0, 0.0) == 1
    assert k.gain(0.0, 2.0) == 0
    assert k.gain(2.0, np.inf) == 0
    assert k.gain(np.inf, 2.0) == 1
    assert k.update(1.0, np.inf, 5.0, 2.0) == (5.0, 2.0, 1.0)
    assert k.update(1.0, 3.0, 5.0, np.inf) == (1.0, 3.0, 0.0)
    assert np.array_equal(k.gain([1.0, 3.0], 1.0), [0.5, 0.75])
    assert isinstance(k.gain(1, 1), float)


def test_the_parabola_is_the_error_of_any_gain():
    P, R, gains = 4.0, 1.5, np.array([0.0, 0.3, 0.7, 1.0, 1.2])
    rng = np.random.default_rng(0)
    x = np.sqrt(P) * rng.standard_normal((400_000, 1))
    z = x + np.sqrt(R) * rng.standard_normal(x.shape)
    sampled = ((gains * z - x) ** 2).mean(axis=0)
    assert np.allclose(k.expected_error(gains, P, R), sampled, rtol=0.01)
    fine = np.linspace(0, 1, 100_001)
    assert fine[k.expected_error(fine, P, R).argmin()] == pytest.approx(k.gain(P, R), abs=1e-5)
    assert k.expected_error(k.gain(P, R), P, R) == pytest.approx(k.update(0, P, 0, R)[1], rel=1e-14)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: k.gain(-1, 1), "negative"),
        (lambda: k.gain(np.nan, 1), "prior_variance must be finite: it holds NaN."),
        (lambda: k.gain(0, 0), "both variances 0"),
        (lambda: k.gain(np.inf, np.inf), "both infinite"),
        (lambda: k.gain("much", 1), "numbers"),
        (lambda: k.update(np.inf, 1, 0, 1), "mean must be finite"),
        (lambda: k.update(0, 1, np.nan, 1), "z must be finite"),
        (lambda: k.expected_error(0.5, -1, 1), "negative"),
        (lambda: k.local_level(-1, 1), "Q is negative"),
        (lambda: k.local_level(1, np.nan), "R must be finite"),
        (lambda: k.constant_velocity(0, 1, 1), "dt"),
        (lambda: k.constant_velocity(1, 1, 1, m0=[1, 2, 3]), "start"),
        (lambda: k.constant_velocity(1, -1, 1), "Q is no covariance"),
        (lambda: dataclasses.replace(MIXED, Q=[[1, 0.5], [0, 1]]), "Q is not symmetric"),
        (lambda: dataclasses.replace(MIXED, H=[[1, 0, 0]]), "H has shape"),
        (lambda: dataclasses.replace(MIXED, F=[1, 2]), "axes"),
        (lambda: dataclasses.replace(MIXED, F="x"), "F must hold numbers"),
        (lambda: dataclasses.replace(LEVEL, Q=np.ones((3, 1, 1)), R=np.ones((2, 1, 1))), "leading axes"),
        (lambda: k.simulate(LEVEL, 0, seed=0), "steps"),
        (lambda: k.simulate(LEVEL, 5, seed=0, runs=1.5), "runs"),
        (lambda: k.simulate(LEVEL, 5, seed=0, push=np.zeros((4, 1))), "push"),
        (lambda: k.simulate(LEVEL.scaled(q=[1, 2]), 5, seed=0), "one setting"),
        (lambda: k.filter(LEVEL, []), "not empty"),
        (lambda: k.filter(LEVEL, np.ones((5, 2))), "must be steps"),
        (lambda: k.filter(LEVEL, [1.0, np.inf]), "holds infinity"),
        (lambda: k.filter(PLANAR, [[1.0, np.nan]]), "partly NaN"),
        (lambda: k.filter(LEVEL.scaled(q=[1, 2]), np.ones((3, 5, 1))), "2 settings and 3 series"),
        (lambda: k.filter(k.local_level(0, 0, p0=0), [1.0]), "R = 0"),
        (lambda: k.smooth(LEVEL, k.filter(VELOCITY, [1.0])), "states"),
        (lambda: k.steady_gain(k.local_level(1, 0)), "R is singular"),
        (lambda: k.steady_gain(dataclasses.replace(VELOCITY, H=[[0.0, 1.0]])), "No steady state"),
        (lambda: k.chi2_band(0), "freedom must be above 0"),
        (lambda: k.autocorrelation([1, 2], 2), "more than 2"),
        (lambda: k.likelihood(LEVEL, [np.nan], q=1, r=1), "missing"),
        (lambda: k.likelihood(LEVEL, [1.0], q=0, r=1), "positive"),
        (lambda: k.fixed_gain(VELOCITY, [1.0], 0.5), r"gain must have shape \(2, 1\)"),
        (lambda: k.moving_average([1.0], 0), "window"),
        (lambda: k.lag(np.ones(10), np.ones(10), most=5), "too short"),
        (lambda: k.disturb([1.0]), "z must have 2 dimensions"),
        (lambda: k.disturb([[1.0]], outliers=2), "outliers must be from 0 to 1"),
        (lambda: k.disturb([[1.0]], gap=-1), "gap"),
    ],
)
def test_bad_arguments_get_a_sentence(call, says):
    with pytest.raises(ValueError, match=says) as caught:
        call()
    assert str(caught.value).endswith(".") or str(caught.value)[-1] in "])"


# ---- models


@pytest.mark.parametrize(("make", "n"), [(k.constant_velocity, 2), (k.constant_acceleration, 3)])
def test_continuous_noise_is_the_integral_it_claims_to_be(make, n):
    dt, q = 0.7, 0.3
    model = make(dt, q, 1.0)
    A = np.eye(n, k=1)
    assert np.allclose(model.F, expm(A * dt), atol=1e-14)
    push = np.eye(n)[-1][:, None]
    integral = quad_vec(lambda s: q * expm(A * s) @ push @ push.T @ expm(A * s).T, 0, dt)[0]
    assert np.allclose(model.Q, integral, rtol=1e-10)
    # two half steps are one whole one
    half = make(dt / 2, q, 1.0)
    assert np.allclose(half.F @ half.F, model.F)
    assert np.allclose(half.F @ half.Q @ half.F.T + half.Q, model.Q)


def test_simulated_worlds_have_the_moments_of_their_model():
    steps, runs = 6, 40_000
    states, z = k.simulate(MIXED, steps, seed=1, runs=runs)
    mean, C = joint(MIXED, steps)
    flat = states.reshape(runs, -1)
    assert np.allclose(flat.mean(axis=0), mean, atol=0.05)
    assert np.allclose(np.cov(flat.T), C, atol=0.12)
    assert np.allclose(np.cov((z - states @ MIXED.H.T)[:, 3].T), MIXED.R, atol=0.05)
    again = k.simulate(MIXED, steps, seed=1, runs=runs)
    assert np.array_equal(states, again[0])
    assert not np.array_equal(states, k.simulate(MIXED, steps, seed=2, runs=runs)[0])


def test_a_push_moves_the_world_by_exactly_itself():
    push = np.zeros((10, 2))
    push[4, 1] = 3.0
    plain, _ = k.simulate(VELOCITY, 10, seed=3)
    pushed, _ = k.simulate(VELOCITY, 10, seed=3, push=push)
    after = np.maximum(0, np.arange(10) - 4) * 0.5 * 3
    assert np.allclose((pushed - plain)[:, 0], after)


def test_disturbances():
    z = np.zeros((30, 2))
    assert np.isnan(k.disturb(z, gap=5)[10:15]).all()
    assert not np.isnan(np.delete(k.disturb(z, gap=5), range(10, 15), axis=0)).any()
    assert (k.disturb(z, bias=2.0) == 2).all()
    assert set(np.unique(k.disturb(z, outliers=0.5, size=7.0))) == {-7.0, 0.0, 7.0}
    assert (z == 0).all()


# ---- the filter


@each
def test_filter_is_the_conditioned_joint_gaussian(model):
    z, n = holed(model), len(model.F)
    run = k.filter(model, z)
    for t in range(len(z)):
        before, C = conditioned(model, z, t)[:2]
        assert np.allclose(run.prior_mean[t], before[t], atol=1e-9)
        assert np.allclose(run.prior_cov[t], block(C, t, n), atol=1e-9)
        after, C = conditioned(model, z, t + 1)[:2]
        assert np.allclose(run.mean[t], after[t], atol=1e-9)
        assert np.allclose(run.cov[t], block(C, t, n), atol=1e-9)
    assert run.log_likelihood == pytest.approx(conditioned(model, z)[2], rel=1e-10)


@each
def test_smoother_is_the_joint_gaussian_given_everything(model):
    z, n = holed(model), len(model.F)
    run = k.filter(model, z)
    smoothed = k.smooth(model, run)
    mean, C, _ = conditioned(model, z)
    assert np.allclose(smoothed.mean, mean, atol=1e-8)
    for t in range(len(z)):
        assert np.allclose(smoothed.cov[t], block(C, t, n), atol=1e-8)
        assert np.linalg.eigvalsh(run.cov[t] - smoothed.cov[t]).min() > -1e-9
    assert np.array_equal(smoothed.mean[-1], run.mean[-1])


@each
def test_filter_is_the_information_filter(model):
    z = holed(model)
    run = k.filter(model, z)
    m, P = model.m0, model.P0
    for t in range(len(z)):
        m, P = model.F @ m, model.F @ P @ model.F.T + model.Q
        if not np.isnan(z[t]).any():
            # precisions add: P⁻¹ + Hᵀ R⁻¹ H
            information = np.linalg.inv(P) + model.H.T @ np.linalg.inv(model.R) @ model.H
            vector = np.linalg.inv(P) @ m + model.H.T @ np.linalg.inv(model.R) @ z[t]
            K = np.linalg.inv(information) @ model.H.T @ np.linalg.inv(model.R)
            m, P = np.linalg.solve(information, vector), np.linalg.inv(information)
            assert np.allclose(run.gain[t], K, rtol=1e-9)
        assert np.allclose(run.mean[t], m, rtol=1e-8, atol=1e-9)
        assert np.allclose(run.cov[t], P, rtol=1e-8)


@each
def test_likelihood_is_a_sum_over_the_observed_steps(model):
    z = holed(model)
    run = k.filter(model, z)
    seen = ~np.isnan(z).any(axis=1)
    terms = [
        multivariate_normal(model.H @ run.prior_mean[t], run.innovation_cov[t]).logpdf(z[t])
        for t in np.flatnonzero(seen)
    ]
    assert run.log_likelihood == pytest.approx(sum(terms), rel=1e-12)
    assert np.array_equal(np.isnan(run.nis), ~seen)
    assert np.isnan(run.innovation[~seen]).all()
    assert (run.gain[~seen] == 0).all()
    assert np.array_equal(run.mean[~seen], run.prior_mean[~seen])
    assert np.array_equal(run.cov[~seen], run.prior_cov[~seen])


def test_without_motion_it_is_weighted_least_squares():
    # x stays (q = 0): the last estimate is the fit of m0 ± √P0 and a straight line's points, all at once
    model = k.constant_velocity(1.0, 0.0, 2.0, m0=[1.0, 0.2], p0=[9.0, 4.0])
    z = np.array([1.0, 2.5, 2.0, np.nan, 6.0, 5.0])
    run = k.filter(model, z)
    t = np.arange(1, 7)
    seen = ~np.isnan(z)
    design = np.vstack([np.eye(2) / [3.0, 2.0], np.stack([np.ones(6), t], axis=1)[seen] / np.sqrt(2)])
    target = np.concatenate([np.array([1.0, 0.2]) / [3.0, 2.0], z[seen] / np.sqrt(2)])
    start, slope = np.linalg.lstsq(design, target)[0]
    assert run.mean[-1] == pytest.approx([start + 6 * slope, slope], rel=1e-12)


def test_a_vague_start_and_no_noise_give_the_running_mean():
    z = np.random.default_rng(0).standard_normal(40)
    run = k.filter(k.local_level(0.0, 1.0, p0=1e9), z)
    t = np.arange(1, 41)
    assert np.allclose(run.mean[:, 0], np.cumsum(z) / t, atol=1e-7)
    assert np.allclose(run.gain[:, 0, 0], 1 / t, rtol=1e-7)
    # K = 1/(t + R/P₀)
    run = k.filter(k.local_level(0.0, 3.0, p0=2.0), z)
    assert np.allclose(run.gain[:, 0, 0], 1 / (t + 1.5), rtol=1e-12)


def test_a_dropout_adds_q_a_step():
    z = np.ones(40)
    z[20:30] = np.nan
    run = k.filter(k.local_level(0.3, 2.0), z)
    assert run.cov[29, 0, 0] - run.cov[19, 0, 0] == pytest.approx(10 * 0.3, rel=1e-12)


@each
def test_the_gain_does_not_see_the_data(model):
    a, b = holed(model, seed=1), 100 * holed(model, seed=2)
    one, two = k.filter(model, a), k.filter(model, b)
    for name in ("gain", "cov", "prior_cov", "innovation_cov"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert np.array_equal(k.gains(model, ~np.isnan(a).any(axis=1)).gain, one.gain)
    assert not np.allclose(one.mean, two.mean)


@each
def test_scaling_all_covariances_scales_the_covariance_alone(model):
    z = holed(model)
    one, ten = k.filter(model, z), k.filter(model.scaled(q=10, r=10, p0=10), z)
    assert np.allclose(one.gain, ten.gain, rtol=1e-10)
    assert np.allclose(one.mean, ten.mean, rtol=1e-9, atol=1e-9)
    assert np.allclose(10 * one.cov, ten.cov, rtol=1e-10)


def test_shifting_and_scaling_the_series():
    z = holed(LEVEL)
    plain = k.filter(LEVEL, z)
    other = k.filter(k.local_level(9 * 0.3, 9 * 2.0, m0=3 + 7, p0=9 * 5.0), 3 * z + 7)
    assert np.allclose(other.mean, 3 * plain.mean + 7)
    assert np.allclose(other.nis, plain.nis, equal_nan=True)


@each
def test_many_series_at_once_are_each_alone(model):
    z = np.stack([holed(model, seed=s, missing=((0, 4), (), (0, 4), (7, 8, 9))[s]) for s in range(4)])
    together, smoothed = k.filter(model, z), k.smooth(model, k.filter(model, z))
    full = k.filter(model, np.nan_to_num(z))
    for i, series in enumerate(z):
        alone = k.filter(model, series)
        for field in dataclasses.fields(alone):
            assert np.allclose(getattr(together, field.name)[i], getattr(alone, field.name), rtol=1e-12, equal_nan=True)
        assert np.allclose(smoothed.mean[i], k.smooth(model, alone).mean)
        assert np.allclose(smoothed.cov[i], k.smooth(model, alone).cov)
        dense = k.filter(model, np.nan_to_num(series))
        assert np.allclose(full.mean[i], dense.mean)
        shared = k.smooth(model, full)
        assert np.allclose(shared.mean[i], k.smooth(model, dense).mean)
        assert np.allclose(shared.cov[i], k.smooth(model, dense).cov)


@each
def test_many_settings_at_once_are_each_alone(model):
    z = holed(model)
    q, r, p0 = [0.1, 1.0, 10.0], [2.0, 0.5, 1.0], [1.0, 3.0, 0.2]
    together = k.filter(model.scaled(q=q, r=r, p0=p0), z)
    smoothed = k.smooth(model.scaled(q=q, r=r, p0=p0), together)
    for i in range(3):
        own = model.scaled(q=q[i], r=r[i], p0=p0[i])
        alone = k.filter(own, z)
        for field in dataclasses.fields(alone):
            assert np.allclose(getattr(together, field.name)[i], getattr(alone, field.name), rtol=1e-10, equal_nan=True)
        assert np.allclose(smoothed.cov[i], k.smooth(own, alone).cov)
    steady = k.steady_gain(MIXED.scaled(q=q))
    assert np.allclose(steady[2], k.steady_gain(MIXED.scaled(q=10.0)))


def test_every_series_missing_and_a_single_step():
    run = k.filter(VELOCITY, np.full(5, np.nan))
    assert run.log_likelihood == 0
    assert np.allclose(run.mean[-1], np.linalg.matrix_power(VELOCITY.F, 5) @ VELOCITY.m0)
    one = k.filter(LEVEL, [3.0])
    assert k.update(1.0, 5.3, 3.0, 2.0) == pytest.approx((one.mean[0, 0], one.cov[0, 0, 0], one.gain[0, 0, 0]))
    assert np.array_equal(k.smooth(LEVEL, one).mean, one.mean)


def test_certainty_is_allowed():
    known = k.constant_velocity(1.0, 0.0, 1.0, m0=[2.0, 1.0], p0=0.0)
    run = k.filter(known, [9.0, 9.0, 9.0])
    assert (run.gain == 0).all()
    assert np.allclose(run.mean[:, 0], [3, 4, 5])
    assert np.allclose(k.smooth(known, run).mean, run.mean)


@pytest.mark.parametrize("make", [k.local_level, lambda q, r: k.constant_velocity(1.0, q, r)])
def test_covariances_stay_covariances_for_a_long_time(make):
    ratios = 10.0 ** np.arange(-12, 13, 4)
    models = make(1.0, 1.0).scaled(q=ratios)
    g = k.gains(models, np.ones(5_000, dtype=bool))
    for P in (g.cov, g.prior_cov):
        assert np.isfinite(P).all()
        assert np.array_equal(P, P.mT)
        spread = np.sqrt(np.diagonal(P, axis1=-2, axis2=-1))
        assert (spread > 0).all()
        assert (np.linalg.eigvalsh(P / spread[..., :, None] / spread[..., None, :]) > 0).all()
    steady = k.steady_gain(models)
    assert np.allclose(g.gain[ratios >= 1e-4, -1], steady[ratios >= 1e-4], rtol=1e-7)


def test_results_are_read_only_and_inputs_untouched():
    z = holed(VELOCITY)
    copy = z.copy()
    run = k.filter(VELOCITY, z)
    assert np.array_equal(z, copy, equal_nan=True)
    results = (run, k.smooth(VELOCITY, run), k.gains(VELOCITY, [True]), VELOCITY, k.likelihood(LEVEL, z, q=1, r=1))
    for result in results:
        for field in dataclasses.fields(result):
            value = getattr(result, field.name)
            if isinstance(value, np.ndarray):
                assert not value.flags.writeable
    assert k.filter(LEVEL, [1, 2, 3]).mean.shape == (3, 1)
    assert isinstance(run.log_likelihood, float)


def test_many_runs_are_one_pass():
    """One series or two hundred: the same lines are run as often, and numpy does the rest."""
    _, z = k.simulate(VELOCITY, 50, seed=0, runs=200)
    lines = []

    def count(frame, event, argument):
        if not frame.f_code.co_filename.startswith(k.__path__[0]):
            return None
        lines[-1] += event == "line"
        return count

    before = sys.gettrace()
    for series in (z[0], z[:2], z):
        lines.append(0)
        sys.settrace(count)
        k.filter(VELOCITY, series)
        sys.settrace(before)
    assert lines[2] == lines[1] < 1.1 * lines[0]


# ---- the steady state


@pytest.mark.parametrize("model", [LEVEL, VELOCITY, ACCELERATION, PLANAR, MIXED], ids=MODELS.keys())
@pytest.mark.parametrize("q", [1e-6, 1.0, 1e6])
def test_steady_gain_solves_the_riccati_equation(model, q):
    model = model.scaled(q=q)
    P = solve_discrete_are(model.F.T, model.H.T, model.Q, model.R)
    K = P @ model.H.T @ np.linalg.inv(model.H @ P @ model.H.T + model.R)
    assert np.allclose(k.steady_gain(model), K, rtol=1e-7, atol=1e-12)
    own = k.steady_covariance(model)
    # P = F (P − K H P) Fᵀ + Q
    again = model.F @ (own - k.steady_gain(model) @ model.H @ own) @ model.F.T + model.Q
    assert np.allclose(own, again, rtol=1e-8, atol=1e-12 * np.abs(own).max())


def test_steady_gain_in_closed_form():
    rho = 10.0 ** np.linspace(-12, 12, 49)
    K = k.steady_gain(k.local_level(1.0, 1.0).scaled(q=rho))[:, 0, 0]
    # 2/(1 + √(1 + 4/ρ)), the same as (−ρ + √(ρ² + 4ρ))/2 without its cancellation
    assert np.allclose(K, 2 / (1 + np.sqrt(1 + 4 / rho)), rtol=1e-9)
    assert k.steady_gain(k.local_level(0.0, 1.0)).item() == 0
    both = k.steady_gain(k.local_level(3.0, 7.0)), k.steady_gain(k.local_level(30.0, 70.0))
    assert np.allclose(*both, rtol=1e-14)


@pytest.mark.parametrize("model", [LEVEL, VELOCITY, MIXED])
def test_the_filter_settles_to_the_steady_gain_whatever_its_start(model):
    seen = np.ones(400, dtype=bool)
    ends = [k.gains(model.scaled(p0=p0), seen).gain[-1] for p0 in (1e-3, 1.0, 1e3)]
    for end in ends:
        assert np.allclose(end, k.steady_gain(model), rtol=1e-9)


# ---- is it well tuned?


@each
def test_a_true_model_is_consistent(model):
    states, z = k.simulate(model, 60, seed=4, runs=400)
    run = k.filter(model, z)
    m, n = z.shape[-1], states.shape[-1]
    assert run.nis.mean() == pytest.approx(m, rel=0.03)
    assert k.nees(states, run.mean, run.cov).mean() == pytest.approx(n, rel=0.05)
    low, high = k.chi2_band(60 * m)
    inside = (run.nis.sum(axis=1) >= low) & (run.nis.sum(axis=1) <= high)
    assert 0.91 <= inside.mean() <= 0.985
    wrong = k.filter(model.scaled(r=0.25), z).nis.sum(axis=1)
    assert ((wrong >= low) & (wrong <= high)).mean() < 0.5
    smoothed = k.smooth(model, run)
    assert k.nees(states, smoothed.mean, smoothed.cov).mean() == pytest.approx(n, rel=0.06)
    assert ((smoothed.mean - states) ** 2).mean() < ((run.mean - states) ** 2).mean()


@pytest.mark.parametrize("freedom", [1, 2, 50, 400])
@pytest.mark.parametrize("share", [0.5, 0.95, 0.999])
def test_chi2_band(freedom, share):
    assert k.chi2_band(freedom, share) == pytest.approx(chi2.interval(share, freedom), rel=1e-9)


def test_nees_by_hand():
    P = np.array([[2.0, 1.0], [1.0, 3.0]])
    error = np.array([1.0, -2.0])
    assert k.nees(error, [0, 0], P) == pytest.approx(error @ np.linalg.inv(P) @ error)
    assert k.nees([[1.0]], [[0.0]], [[[4.0]]]) == pytest.approx([0.25])


def test_autocorrelation():
    x = np.random.default_rng(0).standard_normal(5000)
    assert (np.abs(k.autocorrelation(x, 10)) < 4 / np.sqrt(5000)).all()
    assert k.autocorrelation(np.tile([1.0, -1.0], 50), 2) == pytest.approx([-1, 1])
    mixed = x[1:] + 0.5 * x[:-1]
    assert k.autocorrelation(mixed, 2) == pytest.approx([0.4, 0], abs=0.05)  # θ/(1 + θ²)
    holes = mixed.copy()
    holes[::7] = np.nan
    assert k.autocorrelation(holes, 1) == pytest.approx([0.4], abs=0.05)
    assert (k.autocorrelation(np.zeros(5), 2) == 0).all()


@each
def test_likelihood_surface_is_the_filters(model):
    z = holed(model, steps=30)
    q, r = np.array([0.1, 1.0, 7.0]), np.array([0.3, 1.0])
    surface = k.likelihood(model, z, q=q, r=r)
    for i, a in enumerate(q):
        for j, b in enumerate(r):
            own = k.filter(model.scaled(q=a, r=b, p0=b), z).log_likelihood
            assert surface.surface[i, j] == pytest.approx(own, rel=1e-9)


def test_the_likeliest_pair_is_the_top():
    true = k.constant_velocity(1.0, 0.5, 3.0, p0=[30.0, 2.0])
    _, z = k.simulate(true, 400, seed=2)
    grid = 10 ** np.linspace(-2, 2, 21)
    found = k.likelihood(true, z, q=grid, r=grid)
    assert found.best >= found.surface.max() - 1e-9
    own = k.filter(true.scaled(q=found.best_q, r=found.best_r, p0=found.best_r), z).log_likelihood
    assert found.best == pytest.approx(own, rel=1e-9)
    for a, b in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98)):
        near = true.scaled(q=a * found.best_q, r=b * found.best_r, p0=b * found.best_r)
        assert k.filter(near, z).log_likelihood < found.best + 0.02
    assert found.best_r == pytest.approx(1, rel=0.25)
    assert 0.3 < found.best_q < 3


# ---- the race


def test_fixed_gain():
    z = np.array([1.0, 4.0, np.nan, 2.0])
    # exponential smoothing: m ← m + α (z − m)
    assert k.fixed_gain(k.local_level(1, 1), z, 0.5)[:, 0] == pytest.approx([0.5, 2.25, 2.25, 2.125])
    K = k.steady_gain(VELOCITY)
    _, long = k.simulate(VELOCITY, 300, seed=1)
    assert np.allclose(k.fixed_gain(VELOCITY, long, K)[-50:], k.filter(VELOCITY, long).mean[-50:], rtol=1e-6)


def test_moving_average():
    z = np.array([2.0, 4.0, np.nan, 9.0, 1.0])
    assert k.moving_average(z, 1) == pytest.approx([2, 4, np.nan, 9, 1], nan_ok=True)
    assert k.moving_average(z, 2) == pytest.approx([2, 3, 4, 9, 5])
    assert k.moving_average(z, 9)[-1] == pytest.approx(4)
    assert k.moving_average(np.stack([z, z]), 3).shape == (2, 5)


def test_lag_finds_the_delay():
    t = np.arange(200)
    truth = np.sin(t / 15) + 0.3 * np.cos(t / 7)
    for delay in (-3, 0, 2, 5):
        assert k.lag(np.sin((t - delay) / 15) + 0.3 * np.cos((t - delay) / 7), truth) == pytest.approx(delay, abs=2e-3)
    assert k.lag(k.moving_average(truth, 5), truth) == pytest.approx(2, abs=0.05)
    assert k.rmse([1.0, np.nan, 4.0], [0.0, 0.0, 2.0]) == pytest.approx(np.sqrt(2.5))
    assert np.isnan(k.rmse([1.0, 2.0], np.nan))
    assert k.average([[1.0, np.nan], [np.nan, np.nan], [2.0, 4.0]]) == pytest.approx([1, np.nan, 3], nan_ok=True)
    z = [[np.nan, 1.0, np.nan, 4.0], [2.0, 4.0, 6.0, 8.0]]
    assert k.so_far(z) == pytest.approx(np.array([[np.nan, 1, 1, 2.5], [2, 3, 4, 5]]), nan_ok=True)
    assert k.so_far(z)[:, -1] == pytest.approx(k.average(z))


# ---- the module


def test_examples_in_the_docstrings():
    names = [module.name for module in pkgutil.iter_modules(k.__path__, "core.classical.kalman.")]
    done = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(result.attempted for result in done) >= 4
    assert sum(result.failed for result in done) == 0


# ---- steps of unequal length


MAKE = {
    "level": lambda dt: k.local_level(0.3 * dt, 2.0, m0=1.0, p0=5.0),
    "velocity": lambda dt: k.constant_velocity(dt, 0.3, 2.0, m0=[1.0, 0.0], p0=[5.0, 1.0]),
    "acceleration": lambda dt: k.constant_acceleration(dt, 0.3, 2.0, p0=[5.0, 1.0, 0.5]),
}


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE.keys())
def test_uneven_steps_are_even_ones_with_measurements_missing(make):
    rng = np.random.default_rng(3)
    dt = rng.integers(1, 5, 30)
    z, fine = rng.normal(size=30), np.full(dt.sum(), np.nan)
    at = np.cumsum(dt) - 1
    fine[at] = z
    uneven, even = k.uneven(make, dt), make(1.0)
    a, b = k.filter(uneven, z), k.filter(even, fine)
    for name in ("mean", "cov", "gain", "innovation", "nis"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name)[at], rtol=1e-9, atol=1e-9)
    assert a.log_likelihood == pytest.approx(b.log_likelihood)
    smooth, oracle = k.smooth(uneven, a), k.smooth(even, b)
    np.testing.assert_allclose(smooth.mean, oracle.mean[at], rtol=1e-7, atol=1e-8)
    grid = {"q": [0.5, 1.0, 2.0], "r": [0.5, 1.0, 3.0]}
    np.testing.assert_allclose(k.likelihood(uneven, z, **grid).surface, k.likelihood(even, fine, **grid).surface)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE.keys())
def test_even_steps_are_a_case_of_uneven_ones(make):
    z = np.random.default_rng(0).normal(size=20)
    a, b = k.filter(k.uneven(make, np.full(20, 0.7)), z), k.filter(make(0.7), z)
    np.testing.assert_allclose(a.mean, b.mean)
    assert k.steady_gain(k.uneven(make, np.full(20, 0.7))) == pytest.approx(k.steady_gain(make(0.7)))


def test_a_step_of_no_length_moves_nothing():
    model = k.uneven(MAKE["velocity"], [1.0, 0.0, 2.0])
    run = k.filter(model, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(run.prior_mean[1], run.mean[0])
    np.testing.assert_array_equal(run.prior_cov[1], run.cov[0])


def test_the_world_of_uneven_steps_is_what_its_filter_expects():
    model = k.uneven(MAKE["velocity"], np.tile([0.5, 3.0, 1.0], 20))
    states, z = k.simulate(model, 60, seed=0, runs=400)
    run = k.filter(model, z)
    assert np.mean(k.nees(states, run.mean, run.cov)) == pytest.approx(2, abs=0.1)
    # A filter that takes the steps for even ones is sure of too much.
    assert np.mean(k.filter(MAKE["velocity"](1.0), z).nis) > 1.3


@pytest.mark.parametrize("dt", [[], [-1.0, 1.0], [0.0, 0.0], [[1.0]], [1.0, np.nan]])
def test_lengths_of_steps_that_are_none(dt):
    with pytest.raises(ValueError, match="dt"):
        k.uneven(MAKE["level"], dt)


def test_a_model_has_steps_for_all_measurements():
    model = k.uneven(MAKE["velocity"], [1.0, 2.0])
    with pytest.raises(ValueError, match="steps for 2 measurements"):
        k.filter(model, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="one length"):
        k.planar(model)

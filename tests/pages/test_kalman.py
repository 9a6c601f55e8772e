"""What is special to the Kalman lesson: a series of one's own, and the numbers that its words give."""

import dataclasses

import numpy as np
import pytest

from core.classical import kalman as k
from pages.classical.kalman import shared
from tests import lessons as contract
from ui import catalog
from ui import params as ps

LESSON = catalog.lesson("kalman")
SERIES_SCENES = ("series", "tuned")
COLUMN = tuple(round(float(20 + 3 * np.sin(i / 5) + (i * 37 % 11 - 5) / 4), 2) for i in range(40))
OWN = {
    "whole": COLUMN,
    "gaps": (None, *COLUMN[:12], None, None, *COLUMN[15:], None),
    "short": (3.0, 1.0, 4.0, 1.0, 5.0),
    "long": tuple(round(float(np.sin(i / 9)), 2) for i in range(200)),
    "large": tuple(float(f"{1000 * v:.4g}") for v in COLUMN),
    "small": tuple(float(f"{v / 1000:.4g}") for v in COLUMN),
    "line": tuple(float(i) for i in range(30)),
    "late": (None, None, None, *COLUMN[:5]),  # whose measurements a dropout takes all
}


def own(scene, series, **fields):
    return LESSON.scene(scene).Params(data="own", series=series, **fields)


def texts(scene, params):
    result = scene.result(params)
    return {readout.key: readout.text(result, "ja") for readout in scene.read(result)}


@pytest.mark.parametrize("model", ["level", "velocity", "acceleration"])
@pytest.mark.parametrize("name", SERIES_SCENES)
@pytest.mark.parametrize("series", OWN.values(), ids=OWN.keys())
def test_a_series_of_ones_own_draws_and_its_snippet_agrees(series, name, model):
    scene = LESSON.scene(name)
    for fields in ({}, {"gap": 9} if name == "series" else {"tune": True}):
        p = own(name, series, model=model, **fields)
        assert contract.everything_draws(scene, p).size < 300_000
        if fields != {"gap": 9} or series is not OWN["late"]:  # there numpy warns that nothing is left
            contract.snippet_prints_the_readouts(scene, p)
        assert all(repr(v) in scene.code(p) for v in series if v is not None)
        assert ps.parse(scene.Params, ps.query(p)) == (p, ())


def test_what_needs_the_truth_is_a_dash():
    series, tuned = (texts(LESSON.scene(name), own(name, OWN["gaps"])) for name in SERIES_SCENES)
    assert series["raw_rmse"] == series["rmse"] == tuned["share"] == tuned["nees"] == "–"
    assert series["nis"] == tuned["nis"] != "–"
    for name, lacks in (("series", "truth"), ("tuned", "nees")):
        scene, p = LESSON.scene(name), own(name, OWN["gaps"])
        assert lacks not in str([(f.name, f.under) for f in scene.picture(scene.result(p), p).figures])


def test_the_filter_of_a_series_of_ones_own_starts_at_its_first_measurement():
    r = LESSON.scene("series").result(own("series", OWN["gaps"], model="level", q=0.3, r=2.0))
    z = np.array(OWN["gaps"], float)
    run = k.filter(k.local_level(0.3, 2.0, m0=COLUMN[0], p0=200.0), z)
    assert np.array_equal(r.mean, run.mean[:, 0])
    assert np.array_equal(r.z, z, equal_nan=True)
    # and P₀ = 100R says little: any other start ends at the same place
    other = k.filter(k.local_level(0.3, 2.0, m0=COLUMN[0] + 5, p0=1e6), z)
    assert np.allclose(other.mean[5:], run.mean[5:], atol=0.05)


@pytest.mark.parametrize("factor", [1e-3, 1e-2, 1.0, 100.0])
def test_values_that_do_not_suit_the_sliders_are_divided_by_a_power_of_ten(factor):
    scene = LESSON.scene("series")
    plain = scene.result(own("series", COLUMN))
    r = scene.result(own("series", tuple(float(f"{v * factor:.4g}") for v in COLUMN)))
    assert 0.1 < np.std(np.diff(r.z)) < 12
    ratio = plain.z / r.z
    assert np.allclose(ratio, 10.0 ** np.round(np.log10(ratio[0])), rtol=1e-3)
    assert abs(np.log10(ratio[0])) < 1.2


@pytest.mark.parametrize("series", [(), (1.5,), (1.0, None, 2.0), (4.0,) * 20, (None,) * 9])
@pytest.mark.parametrize("name", SERIES_SCENES)
def test_without_a_series_the_data_are_simulated_and_a_note_says_what_to_do(name, series):
    scene, p = LESSON.scene(name), own(name, series)
    assert "自分の表を使う" in scene.picture(scene.result(p), p).note("ja")
    assert texts(scene, p) == texts(scene, scene.Params())


def test_controls_of_the_simulated_world_are_away_with_a_series_of_ones_own():
    def shown(name, p):
        scene = LESSON.scene(name)
        return {n for n in (*scene.controls, *scene.more) if ps.applies(scene.fields[n], p)}

    assert shown("series", own("series", COLUMN)) == {"data", "q", "r", "model", "gap"}
    assert shown("tuned", own("tuned", COLUMN)) == {"data", "q", "r", "tune", "model"}
    for p in (own("series", ()), LESSON.scene("series").Params(series=COLUMN)):
        assert len(shown("series", p)) == 14
    assert "model" not in shown("tuned", LESSON.scene("tuned").Params())


def test_a_field_is_the_same_control_in_all_scenes():
    """But for `model`, which a simulated world does not ask for in one of them."""
    fields = {}
    for scene in LESSON.scenes:
        for name, control in scene.fields.items():
            assert fields.setdefault(name, control) == control or name == "model"


# ---- the numbers in the notes

tuned, plane = LESSON.scene("tuned"), LESSON.scene("plane")


def one(**fields):
    scene = LESSON.scene("one")
    return scene.result(scene.Params(**fields))


def measured(scene, id):
    """Run an experiment: its results, and what it measures of all together."""
    experiment = next(e for e in LESSON.scene(scene).experiments if e.id == id)
    results = experiment.results()
    return results, experiment.check.measure(*results)


def estimates(seed, redraws=100):
    """Tune by the likelihood, for as many redraws: what is found ÷ what is true, (redraws, 2)."""
    p = tuned.Params()
    unit, tried = tuned.module.model(p, 1.0, 1.0), {"q": 10**tuned.module.LOG_Q, "r": 10**tuned.module.LOG_R}
    _, z = k.simulate(tuned.module.model(p, p.q_true, p.r_true), p.steps, seed=seed, runs=redraws)
    found = [k.likelihood(unit, series, **tried) for series in z]
    return np.array([(f.best_q / p.q_true, f.best_r / p.r_true) for f in found])


def of_tuning():
    """Compute what the notes say of 100 redraws with each of five seeds: ranges over the seeds."""
    found = np.array([estimates(seed) for seed in range(5)])
    (q_low, q_high), (r_low, r_high) = (np.percentile(found[..., i], [5, 95], axis=1) for i in (0, 1))
    still = 100 * (found[..., 0] < 0.01).mean(axis=1)
    ranges = {
        "q_low": (q_low, 2),
        "q_high": (q_high, 1),
        "r_low": (r_low, 2),
        "r_high": (r_high, 1),
        "still": (still, 0),
    }
    least = {name: f"{values.min():.{digits}f}" for name, (values, digits) in ranges.items()}
    return least | {f"{name}_most": f"{values.max():.{digits}f}" for name, (values, digits) in ranges.items()}


def laps(q):
    """Drive the lap with eight seeds; give NIS ÷ 2, and how far outside of it the estimate is on average, in m."""
    nis, outside = [], []
    for seed in range(8):
        r = plane.result(plane.Params(seed=seed, q=q))
        velocity, error = r.states[10:, [1, 3]], (r.run.mean - r.states)[10:, [0, 2]]
        outwards = np.stack([velocity[:, 1], -velocity[:, 0]], axis=1) / np.hypot(*velocity.T)[:, None]
        nis.append(r.run.nis.mean() / 2)
        outside.append((error * outwards).sum(axis=1).mean())
    return np.array(nis), np.mean(outside)


def numbers():
    """Compute what the notes say."""
    p = tuned.Params(redraws=200)
    right, small = tuned.result(p), tuned.result(dataclasses.replace(p, r=1.0))
    states, z = k.simulate(tuned.module.model(p, p.q, p.r), p.steps, seed=0, runs=4000)
    run = k.filter(tuned.module.model(p, p.q, p.r), z)
    low, high = (end / p.steps for end in k.chi2_band(2 * p.steps))
    of_time = k.nees(states, run.mean, run.cov).mean(axis=1)
    (noisy, *_), shares = measured("depends", "data")
    _, (steady, rival) = measured("race", "model")
    nis, outside = laps(0.05)
    default = one()
    return of_tuning() | {
        "notes_truth": f"{default.notes.sd:.2f}",
        "best_sd": f"{default.best.sd:.2f}",
        "best_mean": f"{default.best.mean:.2f}",
        "blunt": f"{one(sensor=50.0).best.gain:.3f}",
        "sharp": f"{one(sensor=0.05).best.gain:.4f}",
        "share_low": f"{shares[0]:.2f}",
        "share_high": f"{shares[-1]:.2f}",
        "share_noisy": f"{noisy.shares[1]:.2f}",
        "steady_ratio": f"{steady:.3f}",
        "rival_ratio": f"{rival:.2f}",
        "lap_low": f"{nis.min():.2f}",
        "lap_high": f"{nis.max():.2f}",
        "outside": f"{outside:.1f}",
        "outside_small": f"{laps(0.005)[1]:.1f}",
        "inside": round(2 * right.share),
        "inside_small": round(2 * small.share),
        "nees_inside": round(100 * np.mean((of_time >= low) & (of_time <= high))),
    }


def test_the_notes_give_the_numbers_that_come_out():
    assert numbers() == LESSON.words["numbers"]


def test_the_models_of_the_page_are_those_of_the_core():
    """F, H and Q as the page's formula has them."""
    dt, q = 0.7, 0.3
    velocity, acceleration = (shared.model(kind, dt, q, 2.0, p0=4.0) for kind in ("velocity", "acceleration"))
    level = shared.model("level", dt, q, 2.0, p0=4.0)
    assert (level.F.item(), level.H.item(), level.Q.item()) == (1.0, 1.0, q * dt)
    powers = {2: [[3, 2], [2, 1]], 3: [[5, 4, 3], [4, 3, 2], [3, 2, 1]]}
    shares = {2: [[3, 2], [2, 1]], 3: [[20, 8, 6], [8, 3, 2], [6, 2, 1]]}
    for n, model in ((2, velocity), (3, acceleration)):
        assert np.allclose(model.Q, q * dt ** np.array(powers[n]) / np.array(shares[n]))
        assert np.allclose(model.F, np.array([[1, dt, dt**2 / 2], [0, 1, dt], [0, 0, 1]])[:n, :n])
        assert np.array_equal(model.H, np.eye(1, n))
        assert np.array_equal(model.P0, np.diag(4.0 / np.array(shared.SHARES[:n])))

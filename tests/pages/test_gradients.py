"""What is special to the pages on gradients: what is made ahead, and the numbers of the notes."""

import dataclasses

import numpy as np
import pytest

from core.neural import gradients as core
from pages.neural.gradients import ladder, layers, learn, shared, time, training
from pages.neural.gradients.words import spot, times
from tests import lessons as contract
from ui import catalog


def test_the_opening_and_every_experiment_are_made_ahead():
    scene = catalog.lesson("gradients").scene("learn")
    asked = [learn.Params(), *(params for experiment in scene.experiments for params in experiment.params())]
    for params in asked:
        for trial in training.trials(params).values():
            assert training.made(trial) is not None
    assert training.made(dataclasses.replace(core.MADE_AHEAD[0], seed=5)) is None


def test_a_limit_that_nothing_uses_trains_nothing_anew():
    tight, loose = (learn.Params(limit=limit) for limit in (0.1, 10.0))
    assert training.trials(tight) == training.trials(loose)
    tight, loose = (dataclasses.replace(p, versus="global") for p in (tight, loose))
    assert training.trials(tight) != training.trials(loose)


def test_a_scene_without_a_field_has_the_plain_network():
    """In time the curve of layers depends on what that scene shows alone."""
    config = shared.network(time.Params())
    assert config == core.Config(depth=20, width=128, activation="sigmoid", init="xavier")
    assert not {"bias", "width", "residual", "norm"} & set(time.Params.__dataclass_fields__)


@pytest.mark.parametrize("order", ladder.ORDERS)
def test_all_ways_up_the_ladder_end_at_the_same_network(order):
    result = ladder.compute(ladder.Params(order=order, depth=6, width=16))
    assert len(result.names) == len(result.climbed) == len(result.alone) == 6
    assert result.alone[0] == result.climbed[0]
    assert result.alone[1] == result.climbed[1]  # the first fix is alone in both


PRINTED = {  # what readouts write as people do, as the snippet prints it
    "layers": {"ratio": lambda r: r.found.ratio},
    "edge": {"gaussian": lambda r: 10**r.gaussian_spread, "orthogonal": lambda r: 10**r.orthogonal_spread},
    "ladder": {
        "start": lambda r: 10 ** r.climbed[0],
        "end": lambda r: 10 ** r.climbed[-1],
        "alone": lambda r: 10 ** r.alone[r.best],
    },
    "time": {"rnn": lambda r: r.rnn.ratio, "lstm": lambda r: 10**r.lstm.decades, "power": lambda r: 0.9**100},
    "learn": {"first": lambda r: r.a.gradient_norm[0, 0]},
}


@pytest.mark.parametrize("name", PRINTED)
def test_snippets_print_what_is_written_with_powers_of_ten(name):
    scene = catalog.lesson("gradients").scene(name)
    p = scene.Params(**scene.quick)
    printed, result = contract.run(scene.code(p)), scene.result(p)
    words = {readout.key: readout.text(result, "en") for readout in scene.readouts}
    for key, value in PRINTED[name].items():
        assert float(printed[key]) == pytest.approx(value(result), rel=1e-6)
        assert words[key] == times(np.log10(value(result)))("en")


@pytest.mark.parametrize(
    ("decades", "said"),
    [(-11.885, "1.3×10⁻¹²"), (0.0, "1.00"), (-0.628, "0.236"), (2.53, "339"), (3.9, "7,943"), (15.2, "1.6×10¹⁵")],
)
def test_factors_are_written_as_people_do(decades, said):
    assert times(decades)("ja") == said
    assert [times(v)("en") for v in (np.nan, np.inf, -np.inf)] == ["–", "∞", "0"]


@pytest.mark.parametrize("order", ladder.ORDERS)
def test_each_rung_of_the_ladder_has_its_name_on_its_line(order):
    p = ladder.Params(order=order)
    figure = ladder.lines(ladder.compute(p))
    named = [trace["name"].en for trace in figure.under if trace.get("meta", {}).get("label")]
    assert [name[:2] for name in named] == [f"{i} " for i in range(6)]


def test_names_on_lines_stand_clear_of_one_another():
    lines, taken = [np.linspace(height, 0.0, 21) for height in (0.3, 0.1, 0.0, -9.0)], []
    for y in lines:
        spot(y, taken, 10.0)
    for i, (at, height) in enumerate(taken):
        assert all(abs(at - other) > 0.4 or abs(height - place) > 0.85 for other, place in taken[:i])


def chain(w1, w2):
    """Two layers of one sigmoid each, input 1, target 0: give both outputs and the loss."""
    h1 = 1 / (1 + np.exp(-w1))
    h2 = 1 / (1 + np.exp(-w2 * h1))
    return h1, h2, h2**2 / 2


def step():
    """The worked example, its gradients from differences of the loss rather than from the chain rule."""
    h1, h2, loss = chain(2.0, 1.0)
    e = 1e-6
    w1 = (chain(2.0 + e, 1.0)[2] - chain(2.0 - e, 1.0)[2]) / (2 * e)
    w2 = (chain(2.0, 1.0 + e)[2] - chain(2.0, 1.0 - e)[2]) / (2 * e)
    slope1, slope2 = h1 * (1 - h1), h2 * (1 - h2)
    assert w2 == pytest.approx(h2 * slope2 * h1, rel=1e-6)
    assert w1 == pytest.approx(h2 * slope2 * 1.0 * slope1 * 1.0, rel=1e-6)
    found = {
        "h1": h1,
        "h2": h2,
        "loss": loss,
        "slope2": slope2,
        "z2": h2 * slope2,
        "w2": w2,
        "slope1": slope1,
        "w1": w1,
    }
    found |= {"new1": 2.0 - w1, "new2": 1.0 - w2, "after": chain(2.0 - w1, 1.0 - w2)[2]}
    return {**{f"step_{name}": f"{value:.3f}" for name, value in found.items()}, "step_share": round(w2 / w1)}


def numbers():
    sigmoid, relu = (
        [layers.compute(layers.Params(activation=a, seed=seed)).found for seed in range(5)] for a in ("sigmoid", "relu")
    )

    def scores(activation, init, **more):
        alike = {"activation": activation, "init": init, "versus": "none", **more}
        runs = (training.made(t) for s in range(5) for t in training.trials(learn.Params(**alike, seed=s)).values())
        return [round(run.score) for run in runs if run is not None]

    he, slow, orthogonal = scores("relu", "he"), scores("relu", "he", rate=0.02), scores("tanh", "orthogonal")
    assert len(he) == len(slow) == len(orthogonal) == 5
    cells = [core.lstm(100, width=32, forget_bias=0.0, drive=0.1, batch=16, seed=seed) for seed in range(5)]
    return {
        **step(),
        "sigmoid_factor": round(float(np.mean([found.factor for found in sigmoid])), 3),
        "relu_least": round(min(1 / found.ratio for found in relu), -1),
        "relu_most": round(max(1 / found.ratio for found in relu), -1),
        "he_slow_least": min(slow),
        "he_slow_most": max(slow),
        "he_least": min(he),
        "he_most": max(he),
        "orthogonal_least": min(orthogonal),
        "orthogonal_most": max(orthogonal),
        "cell_decades": round(-np.mean([np.log10(cell.path_rms[0]) for cell in cells])),
        "lstm_least": int(np.floor(min(-cell.decades for cell in cells))),
        "lstm_most": int(np.ceil(max(-cell.decades for cell in cells))),
    }


def test_the_numbers_of_the_notes():
    assert catalog.lesson("gradients").words["numbers"] == numbers()


def test_clipping_to_the_limit_does_not_mend_the_sigmoid():
    runs = [training.made(trial) for trial in core.MADE_AHEAD if trial.clip == "equal"]
    assert len(runs) == 5
    assert max(run.score for run in runs) < 25

"""What is special to the pages on gradients: what is made ahead, and the numbers of the notes."""

import dataclasses

import numpy as np
import pytest

from core.neural import gradients as core
from pages.neural.gradients import ladder, layers, learn, shared, time, training
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


def numbers():
    sigmoid, relu = (layers.compute(layers.Params(activation=a)).found for a in ("sigmoid", "relu"))

    def scores(activation, init):
        alike = {"activation": activation, "init": init}
        runs = (training.made(t) for s in range(5) for t in training.trials(learn.Params(**alike, seed=s)).values())
        return [round(run.score) for run in runs if run is not None]

    he, orthogonal = scores("relu", "he"), scores("tanh", "orthogonal")
    assert len(he) == len(orthogonal) == 5  # only A is made ahead of these
    cells = [core.lstm(100, width=32, forget_bias=0.0, drive=0.1, batch=16, seed=seed) for seed in range(5)]
    return {
        "sigmoid_factor": round(sigmoid.factor, 3),
        "relu_decades": round(-relu.decades, 1),
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

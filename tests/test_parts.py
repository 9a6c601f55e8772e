"""The test-only lesson with a part of every kind keeps the contract: what holds of it holds of the shell."""

from pathlib import Path

import pytest

from figures.spec import Figure
from tests import lessons as contract
from tests.canvas import KEYS
from ui import catalog
from ui import params as ps

LESSON = catalog.read(Path(__file__).resolve().parent / "parts")


@pytest.mark.parametrize("name", LESSON.titles)
def test_it_keeps_the_contract(name):
    scene = LESSON.scene(name)
    contract.controls_are_sound(scene)
    contract.wild_urls_fall_back(scene)
    for params in ps.corners(scene.Params):
        contract.everything_draws(scene, params)
        contract.snippet_prints_the_readouts(scene, params)
    contract.plotly_takes_it(scene.picture(scene.result(scene.Params()), scene.Params()))
    assert not contract.fields_that_do_nothing(scene)
    for experiment in scene.experiments:
        contract.experiment_holds(experiment)
        contract.control_fails(experiment)


def test_it_has_a_part_of_every_kind():
    scenes = [LESSON.scene(name) for name in LESSON.titles]
    kinds = {type(control) for scene in scenes for control in scene.fields.values()}
    assert kinds >= {ps.Slider, ps.Choice, ps.Toggle, ps.Text, ps.Points, ps.Window, ps.Series}
    pictures = [scene.picture(scene.result(scene.Params()), scene.Params()) for scene in scenes]
    figures = [figure for picture in pictures for figure in picture.figures if isinstance(figure, Figure)]
    assert {trace["type"] for figure in figures for trace in figure.under} == set(KEYS)
    assert any("scene" in figure.layout for figure in figures)
    assert any(picture.playhead for picture in pictures)
    assert any(picture.cards for picture in pictures)
    assert any(scene.experiments for scene in scenes)

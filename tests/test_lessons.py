"""The contract of `tests/lessons.py`, over every lesson there is, and over one that breaks it."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.text import T
from figures.spec import Figure, Stage, axes
from tests import lessons as contract
from ui import catalog
from ui import params as ps
from ui.params import slider
from ui.scene import Experiment, Readout, Scene

LESSONS = catalog.lessons()
TOPICS = [lesson.topic for lesson in LESSONS]
SCENES = [(lesson.topic, scene.id) for lesson in LESSONS for scene in lesson.module().SCENES]
MOVE = 100_000  # bytes a move may send


def module_of(topic):
    return catalog.lesson(topic).module()


def scene_of(topic, scene):
    return next(s for s in module_of(topic).SCENES if s.id == scene)


@pytest.mark.parametrize("topic", TOPICS)
def test_controls_and_urls(topic):
    contract.controls_are_sound(module_of(topic))
    contract.wild_urls_fall_back(module_of(topic))


@pytest.mark.parametrize(("topic", "scene"), SCENES)
def test_each_control_at_both_ends(topic, scene):
    module = module_of(topic)
    sizes = [contract.everything_draws(module, scene_of(topic, scene), params) for params in ps.corners(module.Params)]
    assert sizes[0] <= MOVE
    assert max(sizes) <= 3 * MOVE


@pytest.mark.parametrize(("topic", "scene"), [s for s in SCENES if scene_of(*s).quick])
def test_slow_work_can_wait(topic, scene):
    contract.slow_work_can_wait(scene_of(topic, scene), module_of(topic).Params())


def test_scenes_with_slow_work_say_where_it_is_quick():
    for topic, name in SCENES:
        scene = scene_of(topic, name)
        assert bool(scene.tasks(module_of(topic).Params())) == bool(scene.quick)


@pytest.mark.parametrize(("topic", "scene"), SCENES)
def test_snippet(topic, scene):
    module, corners = module_of(topic), list(ps.corners(module_of(topic).Params))
    some = corners[:: max(1, len(corners) // 12)]
    if quick := scene_of(topic, scene).quick:
        some = [dataclasses.replace(corners[0], **quick)]
    for params in some:
        contract.snippet_prints_the_readouts(module, scene_of(topic, scene), params)


@pytest.mark.parametrize("topic", TOPICS)
def test_experiments(topic):
    contract.experiments_hold(module_of(topic))


def app(topic, lang):
    import streamlit as st

    from ui import catalog, lesson
    from ui.text import set_lang

    if "sawaru_lang" not in st.session_state:
        set_lang(lang)
    lesson.show(catalog.lesson(topic))


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_page(topic, lang):
    page = AppTest.from_function(app, args=(topic, lang), default_timeout=60).run()
    assert not page.exception
    lesson = catalog.lesson(topic)
    assert any(lesson.title(lang) in block.value for block in page.markdown)
    stages = [c for c in page.get("bidi_component") if c.proto.component_name == "sawaru_stage"]
    assert len(stages) == 1
    assert len(stages[0].proto.bytes) > 500
    assert not page.warning


# ---- a lesson that breaks its promises fails the same helpers


@dataclasses.dataclass(frozen=True)
class Broken:
    rate: float = slider(T("率", "Rate"), 0.0, 1.0, default=0.5)


@dataclasses.dataclass(frozen=True, eq=False)
class Numbers:
    values: np.ndarray


def broken(*, claim=True, printed="total = 6", trace=None, grid=("one",)):
    values = np.arange(4.0)
    layout = axes(T("横", "across"), T("縦", "up"), (0, 1), (0, 1), view="v")
    figure = Figure(
        "one", T("図", "Figure"), T("図です。", "A figure."), layout, data=(trace or {"type": "scatter", "y": values},)
    )
    scene = Scene(
        "first",
        T("場面", "Scene"),
        T("見る。", "Look."),
        ("rate",),
        lambda p: Numbers(values),
        lambda r, p: Stage((figure,), grid),
        lambda r, p: (Readout("total", T("和", "Total"), float(r.values.sum()), 1),),
    )
    experiment = Experiment(
        "e",
        "first",
        T("問", "Q"),
        (T("はい", "Yes"), T("いいえ", "No")),
        0,
        ({},),
        lambda r: claim,
        T("主張", "Claim"),
        lambda r: T("数", "Numbers"),
    )
    return SimpleNamespace(
        Params=Broken,
        SCENES=(scene,),
        EXPERIMENTS=(experiment,),
        snippet=lambda p, scene="first": f"print('{printed}')",
    )


def promises(module):
    contract.controls_are_sound(module)
    contract.wild_urls_fall_back(module)
    contract.everything_draws(module, module.SCENES[0], module.Params())
    contract.snippet_prints_the_readouts(module, module.SCENES[0], module.Params())
    contract.experiments_hold(module)


def test_results_are_locked():
    module = broken()
    with pytest.raises(ValueError, match="read-only"):
        module.SCENES[0].result(module.Params()).values[0] = 1


def test_the_sound_twin_of_the_broken_lesson_passes():
    promises(broken())


@pytest.mark.parametrize(
    "fault",
    [
        {"claim": False},
        {"printed": "total = 7"},
        {"printed": "sum = 6"},
        {"trace": {"type": "scatter", "mode": "blinking"}},
        {"grid": ("two",)},
    ],
    ids=lambda fault: "-".join(f"{k}" for k in fault),
)
def test_a_broken_lesson_fails(fault):
    with pytest.raises((AssertionError, ValueError)):
        promises(broken(**fault))

"""The contract of `tests/lessons.py`, over every lesson there is, and over one that breaks it."""

import dataclasses
import types

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.result import result
from core.text import T
from figures.marks import line, moving, ring, until
from figures.plot import plot
from figures.spec import BLUE, Frames, Playhead, Stage
from tests import lessons as contract
from ui import catalog
from ui import params as ps
from ui.params import slider
from ui.scene import Check, Readout, Scene


def parts(names_of):
    """Give a parameter for each part of each lesson, by name: nothing is imported before its test runs."""
    return [
        pytest.param(
            lesson.topic, *names, marks=pytest.mark.xdist_group(lesson.topic), id="-".join((lesson.topic, *names))
        )
        for lesson in catalog.lessons()
        for names in names_of(lesson)
    ]


each_lesson = pytest.mark.parametrize("topic", parts(lambda lesson: [()]))
each_scene = pytest.mark.parametrize(("topic", "name"), parts(lambda lesson: [(name,) for name in lesson.titles]))
each_experiment = pytest.mark.parametrize(
    ("topic", "name", "id"),
    parts(
        lambda lesson: [(name, id) for name, words in lesson.scene_words.items() for id in words.get("experiment", ())]
    ),
)


@pytest.fixture
def scene(topic, name):
    return catalog.lesson(topic).scene(name)


@pytest.fixture
def experiment(scene, id):
    return next(experiment for experiment in scene.experiments if experiment.id == id)


MOVE = 100_000  # bytes a move may send


@each_scene
def test_controls_and_links(scene):
    contract.controls_are_sound(scene)
    contract.wild_urls_fall_back(scene)


@each_scene
def test_each_control_at_both_ends(scene):
    sizes = [contract.everything_draws(scene, params).size for params in ps.corners(scene.Params)]
    assert sizes[0] <= MOVE
    assert max(sizes) <= 3 * MOVE


@each_scene
def test_plotly_takes_the_picture(scene):
    params = scene.Params()
    contract.plotly_takes_it(scene.picture(contract.glimpse(scene, params), params))


@each_scene
def test_every_field_is_read(scene):
    """A control that changes nothing is none: some value of it changes the picture, the numbers or the code."""
    asleep = contract.fields_that_do_nothing(scene)
    assert not asleep, asleep


@each_scene
def test_slow_work_can_wait(scene):
    assert bool(scene.tasks(scene.Params())) == bool(scene.quick), "slow work says where it is quick"
    if scene.quick:
        contract.slow_work_can_wait(scene, scene.Params())


@each_scene
def test_snippet(scene):
    corners = list(ps.corners(scene.Params))
    some = corners[:: max(1, len(corners) // 12)]
    if scene.quick:
        some = [dataclasses.replace(corners[0], **scene.quick)]
    for params in some:
        contract.snippet_prints_the_readouts(scene, params)


@each_experiment
def test_experiment(experiment):
    contract.experiment_holds(experiment)


@each_experiment
def test_an_experiment_can_fail(experiment):
    contract.control_fails(experiment)


def app(topic):
    import streamlit as st

    from ui import catalog, lesson
    from ui.text import set_lang

    if "sawaru_lang" not in st.session_state:
        set_lang("ja")
    lesson.show(catalog.lesson(topic))


@each_scene
def test_words_and_checks_are_of_each_other(scene):
    checks, told = set(scene.module.CHECKS), set(scene.words.get("experiment", {}))
    assert checks == told, f"CHECKS has {checks}, [experiment] has {told}"


@each_scene
def test_every_control_and_readout_explains_itself(scene):
    """Say `[control]` or `[readout]`, name = ["…", "…"], in the scene's or the lesson's TOML."""
    controls = [n for n in (*scene.controls, *scene.more) if not getattr(scene.fields[n], "help", None)]
    readouts = [readout.key for readout in scene.readouts]
    silent = [
        (kind, n)
        for kind, all in (("control", controls), ("readout", readouts))
        for n in all
        if not scene.hint(kind, n)
    ]
    assert not silent, f"{scene.id}.toml does not explain {silent}"


@each_lesson
def test_nothing_is_explained_that_is_not_there(topic):
    lesson = catalog.lesson(topic)
    shown = {(s.id, "control"): {*s.controls, *s.more} for s in lesson.scenes}
    shown |= {(s.id, "readout"): {readout.key for readout in s.readouts} for s in lesson.scenes}
    for kind in ("control", "readout"):
        assert set(lesson.words.get(kind, {})) <= set().union(*(v for (_, k), v in shown.items() if k == kind))
        for name, words in lesson.scene_words.items():
            assert set(words.get(kind, {})) <= shown[name, kind]


@each_lesson
def test_page(topic):
    lesson = catalog.lesson(topic)
    page = AppTest.from_function(app, args=(lesson.topic,), default_timeout=60).run()
    shows(page, lesson, "ja")
    page.button(key="sawaru-language").click().run()
    shows(page, lesson, "en")


def shows(page, lesson, lang):
    assert not page.exception, [fault.message for fault in page.exception]
    assert not page.warning, [fault.value for fault in page.warning]
    assert any(lesson.title(lang) in block.value for block in page.markdown)
    stages = [c for c in page.get("bidi_component") if c.proto.component_name == "sawaru_stage"]
    assert len(stages) == 1
    assert len(stages[0].proto.bytes) > 500


# ---- a lesson that breaks its promises fails the same helpers


@dataclasses.dataclass(frozen=True)
class Broken:
    rate: float = slider(T("率", "Rate"), 0.0, 1.0, default=0.5)


@result
class Numbers:
    values: np.ndarray

    @property
    def total(self):
        return float(self.values.sum())


def broken(
    *, claim=True, control=False, printed="total = {total}", trace=None, grid=("one",), asleep=False, alt="A figure."
):
    module = types.ModuleType("broken")
    trace = {"type": "scatter", "x": np.arange(4.0), "y": np.arange(4.0)} | (trace or {})
    module.Params, module.CONTROLS = Broken, ("rate",)
    module.compute = lambda p: Numbers(np.arange(4.0) + (0 if asleep else p.rate))
    module.READOUTS = (Readout("total", T("和", "Total"), "total", 1),)
    module.draw = lambda r, p: Stage((plot("one", trace, x="x", y="y", xlim=(0, 3), ylim=(0, 3)),), grid)
    module.code = lambda p: f"print({printed.format(total=6 + 4 * (0 if asleep else p.rate))!r})"
    module.CHECKS = {"e": Check(({},), lambda r: claim and r is not None, lambda r: (r if control else None,))}
    words = {
        "title": ["場面", "Scene"],
        "lead": ["見る。", "Look."],
        "figure": {"one": {"title": ["図", "Figure"], "alt": ["図です。", alt]}},
        "experiment": {
            "e": {
                "ask": ["問", "Q"],
                "choices": [["はい", "Yes"], ["いいえ", "No"]],
                "answer": 0,
                "claim": ["主張", "Claim"],
                "shows": ["数 {0.total:.1f}", "Numbers {0.total:.1f}"],
            }
        },
    }
    return Scene("broken", "first", module, words)


def promises(scene):
    contract.controls_are_sound(scene)
    contract.wild_urls_fall_back(scene)
    contract.everything_draws(scene, scene.Params())
    contract.plotly_takes_it(scene.picture(scene.result(scene.Params()), scene.Params()))
    contract.snippet_prints_the_readouts(scene, scene.Params())
    for experiment in scene.experiments:
        contract.experiment_holds(experiment)
        contract.control_fails(experiment)
    assert not contract.fields_that_do_nothing(scene)


def test_results_are_locked():
    scene = broken()
    with pytest.raises(ValueError, match="read-only"):
        scene.result(scene.Params()).values[0] = 1


def test_an_open_array_is_found_wherever_it_is():
    @dataclasses.dataclass
    class Holder:
        inside: dict

    assert list(contract.writeable(Holder({"a": [(np.zeros(2),)]})))
    assert not list(contract.writeable(Numbers(np.zeros(2))))


def test_the_sound_twin_of_the_broken_lesson_passes():
    promises(broken())


def test_a_line_that_tells_what_is_to_come_fails():
    curve, way = line([0, 1, 2], [3, 2, 1], BLUE), ring(moving([0, 1, 2]), moving([3, 2, 1]))

    def drawn(*under):
        figure = plot("one", *under, x="x", y="y", xlim=(0, 2), ylim=(0, 3))
        return Stage((figure,), ("one",), playhead=Playhead(np.arange(3), T("歩", "step")))

    contract.nothing_is_told_ahead(drawn(until(curve, [1, 2, 3]), way))
    contract.nothing_is_told_ahead(drawn(line([0, 1, 2], [0, 0, 0], BLUE), way))
    for ahead in (curve, until(curve, [2, 3, 3])):
        with pytest.raises(AssertionError, match="its ring"):
            contract.nothing_is_told_ahead(drawn(ahead, way))


@pytest.mark.parametrize(
    "fault",
    [
        {"claim": False},
        {"control": True},
        {"printed": "total = 7"},
        {"printed": "sum = 6"},
        {"trace": {"mode": "blinking"}},
        {"trace": {"mode": "markers", "marker": {"symbol": "star"}}},
        {"trace": {"line": {"color": "tomato"}}},
        {"trace": {"y": np.arange(3.0)}},
        {"trace": {"y": Frames(np.zeros((2, 4)))}},
        {"trace": {"stackgroup": "one"}},
        {"grid": ("two",)},
        {"asleep": True},
        {"alt": " "},
    ],
    ids=lambda fault: "-".join(
        f"{k}-{v}" if not isinstance(v, dict) else f"{k}-{'-'.join(v)}" for k, v in fault.items()
    ),
)
def test_a_broken_lesson_fails(fault):
    with pytest.raises((AssertionError, ValueError)):
        promises(broken(**fault))

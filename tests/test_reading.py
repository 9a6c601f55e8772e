"""Below the stage: predictions and what becomes of them; the code says where `core/` is, and its file runs there."""

import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from tests.test_lessons import app
from ui import catalog, reading
from ui.catalog import ROOT
from ui.text import WORDS


def test_a_downloaded_file_runs_in_the_folder_of_core(tmp_path):
    scene = catalog.lesson("kalman").scene("one")
    path = tmp_path / "snippet.py"
    path.write_text(reading.file(scene.code(scene.Params()), path.name), "utf-8")
    run = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.count(" = ") == len(scene.readouts)
    assert compile(path.read_text("utf-8"), "snippet.py", "exec")


def test_core_is_at_an_address_or_in_a_folder(monkeypatch):
    monkeypatch.delenv(reading.REPOSITORY, raising=False)
    assert reading.where() == f"`{ROOT}`"
    monkeypatch.setenv(reading.REPOSITORY, "https://example.org/sawaru")
    assert reading.where() == "<https://example.org/sawaru>"
    assert "# core/ is in https://example.org/sawaru\n" in reading.file("print(1)\n", "x.py")


# ---- experiments


@pytest.fixture
def page():
    return AppTest.from_function(app, args=("perceptron",), default_timeout=60).run()


def said(page):
    return "\n".join(block.value for block in page.markdown)


def test_the_predictions_are_those_of_the_open_scene_and_others_are_named(page):
    lesson = catalog.lesson("perceptron")
    scene, other = lesson.scene("learn"), lesson.scene("stop")
    assert [radio.label for radio in page.radio] == [e.question.ja for e in scene.experiments]
    assert all(e.question.ja in said(page) for e in (*scene.experiments, *other.experiments))
    page.button(key="perceptron.elsewhere.stop").click().run()
    assert [radio.label for radio in page.radio] == [e.question.ja for e in other.experiments]


def test_the_end_of_a_page_says_what_to_see_next(page):
    lesson = catalog.lesson("perceptron")
    titles = [title.ja for title in lesson.titles.values()]
    for title in titles[1:]:
        button = page.button(key="sawaru-next-scene")
        assert button.label == WORDS["next_scene"].ja.format(title=title)
        button.click().run()
    assert not page.exception
    assert "sawaru-next-scene" not in [button.key for button in page.button]  # it was the last
    assert lesson.scene(list(lesson.titles)[-1]).lead.ja in said(page)


def test_what_the_notes_are_is_said_where_they_are_spoken_of(page):
    caption = WORDS["notes_lead"].ja
    assert caption not in [block.value for block in page.caption]
    page.segmented_control(key="sawaru-words").set_value("notes").run()
    assert caption in [block.value for block in page.caption]


def test_a_button_that_waits_says_for_what(page):
    run = page.button(key="perceptron.experiment.rate.run")
    assert run.disabled
    waits = [caption.value for caption in page.caption].count(WORDS["choose_first"].ja)
    page.radio(key="perceptron.experiment.rate").set_value(0).run()
    assert not page.button(key="perceptron.experiment.rate.run").disabled
    assert [caption.value for caption in page.caption].count(WORDS["choose_first"].ja) == waits - 1


def test_the_right_choice_is_marked_and_a_verdict_is_of_the_claim(page):
    page.radio(key="perceptron.experiment.rate").set_value(0).run()
    page.button(key="perceptron.experiment.rate.run").click().run()
    assert not page.exception
    for text in ("速くなる ← あなたの予想", "**何も変わらない** ✓ 答え", WORDS["you_were_wrong"].ja, "**実測**"):
        assert text in said(page)
    page.button(key="perceptron.experiment.rate.again").click().run()
    assert "✓ 答え" not in said(page)
    assert page.radio(key="perceptron.experiment.rate").value is None

"""Points that are typed, the noise that they keep, and pages between a phone and a laptop."""

import pytest
from playwright.sync_api import expect

from tests.browser import test_stage
from tests.browser.conftest import settled
from ui.text import WORDS

pytestmark = pytest.mark.browser


def points(page):
    """Give the points in the address bar as numbers."""
    return [[float(part) for part in point.split(",")] for point in test_stage.points(page)]


NOISE = ".sawaru-controls [data-name=noise] .number"


def test_points_are_typed_by_the_keyboard_alone(visit):
    page = visit("/perceptron?lang=en")
    page.get_by_role("button", name=WORDS["as_table"].en, exact=True).focus()
    page.keyboard.press("Enter")
    across = page.get_by_role("textbox", name="1: Sepal length (cm)", exact=True)
    classes = page.get_by_role("combobox", name="1: Class", exact=True)
    expect(across).to_have_value("5.1")
    across.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("9.25")  # beyond what is in view
    page.keyboard.press("Tab")
    settled(page)
    assert points(page)[0][0] == 9.25
    assert page.evaluate("document.querySelector('[data-name=plane] .plot')._fullLayout.xaxis.range[1]") > 9.25
    classes.select_option("versicolor")
    settled(page)
    assert points(page)[0][2] == 1
    across.fill("nothing")
    across.blur()
    expect(across).to_have_value("9.25")  # it was no number
    page.get_by_role("button", name=WORDS["new_point"].en).press("Enter")
    settled(page)
    assert len(points(page)) == 101
    expect(page.get_by_role("textbox", name="101: Sepal length (cm)")).to_be_focused()
    page.get_by_role("button", name="101: Delete").press("Enter")
    settled(page)
    assert len(points(page)) == 100
    expect(page.get_by_role("textbox", name="100: Sepal length (cm)")).to_be_focused()
    page.locator("[data-name=plane]").focus()
    page.keyboard.press("n")
    expect(page.locator("[data-name=plane] .unseen")).to_have_text(
        "1 / 100: Sepal length (cm) 9.25, Petal length (cm) 1.4, versicolor"
    )


def test_points_of_ones_own_keep_the_noise_that_they_had_and_can_have_more(visit):
    page = visit("/perceptron?data=blobs&noise=0.3")
    plane = page.locator("[data-name=plane]")
    before = page.evaluate("Array.from(sawaruLane.stage.figures.get('plane').edit.points, (p) => p[0])")
    plane.focus()
    page.keyboard.press("Enter")  # a point in the middle
    settled(page)
    assert [p[0] for p in points(page)[:-1]] == pytest.approx(before, abs=1e-3)
    expect(page.locator(NOISE)).to_have_value("0.00")
    assert "noise=0.3" not in page.url
    page.locator(".sawaru-controls [data-name=noise] .range").press("End")
    settled(page)
    assert "noise=1" in page.url
    assert "data=own" in page.url


@pytest.mark.parametrize("width", [660, 768, 1024])
def test_between_a_phone_and_a_laptop_nothing_is_cut(visit, width):
    page = visit("/kalman?scene=race", viewport={"width": width, "height": 768})
    title = page.locator("h1")
    box = title.bounding_box()
    assert box["y"] >= 0
    assert title.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1 && e.clientHeight < 80")
    top = "([x, y]) => document.elementFromPoint(x, y).closest('h1') !== null"
    assert page.evaluate(top, [box["x"] + 8, box["y"] + 4])
    assert page.evaluate(top, [box["x"] + 8, box["y"] + box["height"] - 4])
    grid = page.locator(".sawaru-stage .grid").bounding_box()
    assert grid["height"] >= 360  # beside its controls it needs no half of the window
    assert page.locator(".sawaru-stage .foot").evaluate("(e) => e.getBoundingClientRect().bottom") <= 768


def test_streamlit_speaks_the_readers_language(visit):
    page = visit("/kalman?scene=series")
    page.get_by_test_id("stExpander").locator("summary").first.click()
    zone = page.get_by_test_id("stFileUploaderDropzone")
    zone.wait_for()
    said = "(e) => getComputedStyle(e, '::after').content.replaceAll('\"', '')"
    button = zone.locator("button p")
    assert button.evaluate(said) == WORDS["choose_file"].ja
    assert button.evaluate("(e) => getComputedStyle(e).fontSize") == "0px"
    expect(zone.get_by_test_id("stFileUploaderDropzoneInstructions")).to_be_hidden()
    assert page.title() == "カルマンゲイン – さわる機械学習"
    assert page.locator("html").get_attribute("lang") == "ja"


def test_the_sign_to_delete_is_not_that_of_a_mistake(visit):
    page = visit("/perceptron")
    button = page.get_by_role("button", name=WORDS["remove"].ja)
    assert button.inner_text().strip() == ""
    assert button.locator("svg").count() == 1


def test_the_end_of_a_lesson_leads_on(visit):
    page = visit("/perceptron?scene=order&lang=en")
    onward = page.locator(".st-key-sawaru-onward")
    expect(onward.get_by_role("button")).to_have_count(0)  # the last scene
    onward.get_by_role("link", name="Next lesson: ").click()
    page.locator("h1", has_text="Logistic regression").wait_for()
    page.locator(".st-key-sawaru-onward").get_by_role("button", name="Next scene: ").click()
    page.wait_for_url("**scene=**")
    settled(page)
    assert page.evaluate("document.querySelector('.sawaru-stage').getBoundingClientRect().y") < 400


def test_the_lie_detector_is_answered_by_buttons(visit):
    page = visit("/projections?scene=lie&lang=en")
    panel = page.locator(".sawaru-controls")
    panel.get_by_role("radio", name="Yes").check()
    settled(page)
    expect(page.locator(".sawaru-stage .note")).to_contain_text("Not so.")  # clumps made of noise
    panel.get_by_role("radio", name="1", exact=True).press("ArrowRight")
    settled(page)
    assert "question=2" in page.url
    assert "g1=yes" in page.url
    expect(panel.get_by_role("radio", name="Thinking")).to_be_checked()
    panel.get_by_role("radio", name="Yes").press(" ")
    settled(page)
    expect(page.locator(".sawaru-stage .note")).to_contain_text("Right.")

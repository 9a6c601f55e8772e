"""A scene is composed by hand, and captions are typed."""

import pytest

from tests.browser.conftest import settled, spot
from tests.browser.test_stage import NUMBERS

pytestmark = pytest.mark.browser


def test_the_second_thing_is_dragged_and_the_first_stays(visit):
    page = visit("/clip?shape2=square&lang=en")
    before = page.locator(NUMBERS).inner_text()
    page.mouse.move(*spot(page, "scene", 0.74, 0.3))
    page.mouse.down()
    page.mouse.move(*spot(page, "scene", 0.3, 0.2), steps=12)
    page.mouse.up()
    page.wait_for_url("**x2=0.3**")
    settled(page)
    assert "y2=0.2" in page.url
    assert "&x=" not in page.url
    assert page.locator(NUMBERS).inner_text() != before


def test_a_caption_is_typed_and_an_unknown_word_named(visit):
    page = visit("/clip?lang=en")
    page.get_by_role("textbox", name="Your own caption").press_sequentially("a red dragon", delay=20)
    page.wait_for_url("**typed=a+red+dragon**")
    settled(page)
    stage = page.locator(".sawaru-stage")
    assert "dragon" in stage.inner_text()
    assert "Your caption: cosine" in page.locator(NUMBERS).inner_text()
    assert page.get_by_role("textbox", name="Your own caption").input_value() == "a red dragon"

"""The view for a projector, by buttons and by keys; and the browser's back, which returns from it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import painted, settled

pytestmark = pytest.mark.browser

SCREEN = {"viewport": {"width": 1280, "height": 720}}


def test_a_teacher_needs_no_mouse(visit):
    page = visit("/kalman?sensor=5", **SCREEN)
    button = page.get_by_role("button", name="教室の画面")
    assert button.bounding_box()["y"] < 100
    page.keyboard.press("b")
    page.wait_for_url("**view=board**")
    expect(page.locator("h1")).to_have_text("カルマンゲイン")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    settled(page)
    assert "sensor=5" in page.url
    bottom = page.locator(".sawaru-stage .foot").evaluate("(e) => e.getBoundingClientRect().bottom")
    assert bottom <= 720
    assert page.locator(".sawaru-stage .grid").bounding_box()["height"] > 400

    page.keyboard.press("ArrowRight")
    page.wait_for_url("**scene=series**")
    settled(page)
    end = page.locator(".playhead input").input_value()
    page.keyboard.press(",")
    expect(page.locator(".playhead input")).to_have_value(str(int(end) - 1))
    page.keyboard.press(" ")  # reduced motion: a step
    expect(page.locator(".playhead input")).to_have_value(end)

    page.keyboard.press("q")
    code = page.locator(".share img")
    expect(code).to_have_attribute("src", re.compile("^data:image"))
    assert code.bounding_box()["height"] > 0.6 * 720
    link = page.locator(".share .link").input_value()
    assert "view=board" not in link
    assert "scene=series" in link
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("dl.keys")).to_contain_text("QR コード")
    page.keyboard.press("Escape")

    ask = page.locator(".st-key-sawaru-ask")
    expect(ask).to_be_hidden()
    page.keyboard.press("e")
    card = ask.locator("[class*=st-key-experiment-]").first
    card.get_by_role("radio").first.check(force=True)
    card.get_by_role("button").click()
    expect(ask).to_be_hidden()
    expect(page.locator(".verdict .answer")).to_contain_text("✓")

    page.go_back()  # to the first scene, and at once from the board to the lesson
    page.go_back()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    settled(page)
    assert "/kalman?" in page.url
    assert "view=board" not in page.url


def test_a_step_of_the_class_says_its_question_and_the_next_is_one_key_away(visit):
    page = visit("/perceptron?step=3&data=xor4&epochs=12&at=0&view=board", **SCREEN)
    expect(page.locator(".st-key-sawaru-class")).to_contain_text("3 / 7")
    expect(page.locator(".st-key-sawaru-class")).to_contain_text("XOR の 4 点")
    page.keyboard.press("n")
    page.wait_for_url("**step=4**view=board**")
    expect(page.locator(".st-key-sawaru-class")).to_contain_text("4 / 7")
    settled(page)
    assert "data=thin_margin" in page.url
    page.keyboard.press("p")
    page.wait_for_url("**step=3**")
    settled(page)
    assert "data=xor4" in page.url
    page.keyboard.press("b")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(page.locator(".st-key-sawaru-class")).to_contain_text("3 / 7")
    page.get_by_role("link", name="次の問い").click()
    page.wait_for_url("**step=4**")
    painted(page)

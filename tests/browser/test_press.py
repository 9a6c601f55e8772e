"""Boxes on a picture are pressed: by the mouse, by a finger, by the keyboard."""

import pytest

from pages.classical.graphs.alarm import PLACES
from tests.browser.conftest import settled

pytestmark = pytest.mark.browser


def spot(page, node):
    """Give where a node's box is on the screen."""
    return page.evaluate(
        """([x, y]) => { const plot = document.querySelector('[data-name=network] .plot');
        const { xaxis: a, yaxis: b } = plot._fullLayout, box = plot.getBoundingClientRect();
        return [box.left + a._offset + a.l2p(x), box.top + b._offset + b.l2p(y)]; }""",
        list(PLACES[node]),
    )


def test_a_click_goes_round(visit):
    page = visit("/graphs?lang=en")
    stage = page.locator(".sawaru-stage")
    stage.get_by_text("37.36%").first.wait_for()
    page.mouse.click(*spot(page, "quake"))
    page.wait_for_url("**quake=yes**")
    settled(page)
    stage.get_by_text("0.33%").first.wait_for()
    assert page.locator(".sawaru-controls [data-name=quake] select").input_value() == "yes"
    page.mouse.click(*spot(page, "quake"))
    page.wait_for_url("**quake=no**")
    settled(page)
    page.mouse.click(*spot(page, "quake"))
    page.wait_for_url(lambda url: "quake" not in url)
    settled(page)
    stage.get_by_text("37.36%").first.wait_for()


def test_what_is_no_box_is_not_pressed_nor_is_a_drag(visit):
    page = visit("/graphs?lang=en")
    before, (x, y) = page.url, spot(page, "quake")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    (x0, y0), (_, y1) = spot(page, "burglary"), spot(page, "mary")
    page.mouse.click(x0, (y0 + y1) / 2)
    settled(page)
    assert page.url == before


def test_by_the_keyboard(visit):
    page = visit("/graphs?lang=en")
    page.locator("[data-name=network]").focus()
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("Enter")  # the second is the earthquake
    page.wait_for_url("**quake=yes**")
    settled(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    settled(page)
    assert "quake=yes" in page.url


def test_by_a_finger(visit):
    page = visit("/graphs?lang=en", viewport={"width": 375, "height": 667}, has_touch=True)
    page.touchscreen.tap(*spot(page, "quake"))
    page.wait_for_url("**quake=yes**")
    settled(page)

"""The centres of the nearest centroid classifier are taken hold of and moved."""

import re

import pytest
from playwright.sync_api import expect

from core.classical.neighbors import centroids
from pages.classical.neighbors import minds, shared
from tests.browser.conftest import settled, spot
from tests.browser.test_stage import NUMBERS, pixels

pytestmark = pytest.mark.browser


def test_a_centre_is_dragged_and_reset(visit):
    page = visit("/neighbors?scene=minds&lang=en")
    data = shared.examples(minds.Params())
    means = centroids(data.x, data.y).points
    before, numbers = pixels(page), page.locator(NUMBERS).inner_text()
    assert "by hand" not in page.locator(".sawaru-stage").inner_text()
    page.mouse.move(*spot(page, "plane", *means[0]))
    page.mouse.down()
    page.mouse.move(*spot(page, "plane", 0.3, -0.2), steps=15)
    page.mouse.up()
    page.wait_for_url("**centers=0.3,**")
    settled(page)
    placed = re.search(r"centers=([^&]*)", page.url)[1].split(";")
    assert len(placed) == 3
    x, y, label = (float(v) for v in placed[0].split(","))
    assert (x, y, label) == pytest.approx((0.3, -0.2, 0), abs=0.05)
    assert "data=own" not in page.url
    assert "points=" not in page.url
    assert pixels(page) != before
    assert page.locator(NUMBERS).inner_text() != numbers
    assert "by hand" in page.locator(".sawaru-stage").inner_text()
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_url(lambda url: "centers=" not in url)
    settled(page)
    assert "centers=" not in page.url
    assert pixels(page) == before
    assert page.locator(NUMBERS).inner_text() == numbers


def test_a_click_brings_a_lone_handle(visit):
    page = visit("/gradients?scene=edge&lang=en")
    under = page.locator(".sawaru-stage .figure").first.locator(".under")

    def place():
        box = under.bounding_box()
        return box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"]

    settled(page)
    x, y = place()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60, steps=6)  # a zoom is not a click
    page.mouse.up()
    back = page.locator(".sawaru-stage .figure").first.locator(".back")
    expect(back).to_be_visible()
    settled(page)
    assert "gain=" not in page.url
    back.click()
    expect(back).to_be_hidden()
    page.mouse.click(*place())
    settled(page)
    bias = float(page.url.split("bias=")[1].split("&")[0])
    assert "gain=" in page.url
    assert abs(bias - 0.6 * 2.0) < 0.1


def test_a_click_among_points_still_adds_one(visit):
    page = visit("/neighbors?lang=en")
    box = page.locator(".sawaru-stage .figure").first.locator(".under").bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    settled(page)
    assert "points=" in page.url
    assert "qx=" not in page.url

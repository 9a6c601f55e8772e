"""A finger on a phone: it scrolls from wherever it begins, and only what is meant moves data or values."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import frames, settled, still, until

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
BOX = """(all) => { const { x, y, width, height, top, bottom } = all.getBoundingClientRect();
    return { x, y, width, height, top, bottom }; }"""


class Finger:
    """Real touch events: the browser itself decides whether they scroll."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)

    def send(self, kind, *spot):
        points = [{"x": spot[0], "y": spot[1]}] if spot else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def tap(self, x, y):
        self.send("touchStart", x, y)
        frames(self.page, 2)
        self.send("touchEnd")

    def swipe(self, x, y, dx=0, dy=0, steps=12):
        """Go from (x, y) by (dx, dy)."""
        self.send("touchStart", x, y)
        for i in range(1, steps + 1):
            self.send("touchMove", x + dx * i / steps, y + dy * i / steps)
            frames(self.page)
        frames(self.page, 4)  # a finger that rests does not fling
        self.send("touchEnd")


@pytest.fixture
def phone(visit):
    def open_(path):
        page = visit(path, **PHONE)
        return page, Finger(page)

    return open_


def box(page, selector):
    return page.locator(selector).first.evaluate(BOX)


def middle(page, selector, across=0.5, down=0.5):
    b = box(page, selector)
    return b["x"] + b["width"] * across, b["y"] + b["height"] * down


def top_of_page(page):
    page.evaluate(f"{SCROLLED} = 0")
    still(page, SCROLLED)


def scrolls(page, finger, selector, **spot):
    """Swipe up over something: the page scrolls, and its address stays as it was."""
    top_of_page(page)
    before = page.url
    finger.swipe(*middle(page, selector, **spot), dy=-150)
    assert still(page, SCROLLED) > 60
    settled(page)
    assert page.url == before


def test_picture_and_control_stand_together_and_only_what_is_meant_moves_points(phone):
    page, finger = phone("/perceptron")
    stage, control = box(page, ".sawaru-stage"), box(page, ".sawaru-controls .control")
    header = box(page, "[data-testid=stHeader]")
    assert stage["top"] >= header["bottom"]
    assert stage["height"] <= 667 / 2
    assert control["bottom"] <= 667
    assert box(page, "h1")["height"] < 40
    scenes = page.locator(".st-key-sawaru-scenes [role=radiogroup]")
    assert scenes.evaluate("(e) => e.scrollWidth > e.clientWidth && e.clientHeight < 60")

    scrolls(page, finger, "[data-name=plane] .under")  # from the picture, which is full of points
    stuck = box(page, ".sawaru-stage")
    assert stuck["top"] >= header["bottom"]
    ground = page.locator(".sawaru-stage").evaluate("(e) => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"  # no alpha: nothing shows through
    numbers = page.locator(".sawaru-controls [data-name=rate] .number")
    value = numbers.input_value()
    scrolls(page, finger, ".sawaru-controls [data-name=rate] .range")
    assert numbers.input_value() == value
    top_of_page(page)
    finger.swipe(*middle(page, ".sawaru-controls [data-name=rate] .range"), dx=-80)
    settled(page)
    assert numbers.input_value() != value
    assert page.evaluate(SCROLLED) == 0

    # A swipe between the figures; the playhead stays.
    time = page.locator(".playhead input").input_value()
    finger.swipe(300, middle(page, "[data-name=plane] .under")[1], dx=-220)
    tab = page.locator(".tabs [aria-selected=true]")
    until(page, lambda: tab.inner_text() == "誤りの数")
    assert page.locator(".playhead input").input_value() == time
    page.locator(".tabs button").first.click()

    # A tap chooses a point; then, and only then, a finger moves it.
    x, y = page.evaluate(
        """() => { const under = document.querySelector('[data-name=plane] .under');
        const c = under.querySelector('canvas'), g = c.getContext('2d'), r = c.width / c.clientWidth;
        const d = g.getImageData(0, 0, c.width, c.height).data, b = c.getBoundingClientRect();
        for (let i = d.length - 4; i > 0; i -= 4) if (d[i] === 230 && d[i + 1] === 159 && d[i + 2] === 0)
          return [b.x + ((i / 4) % c.width) / r, b.y + Math.floor(i / 4 / c.width) / r]; }"""
    )
    finger.tap(x, y)
    page.locator(".brush [data-needs]:enabled").first.wait_for()
    assert "data=own" not in page.url
    finger.swipe(x, y, dx=10, dy=40)
    settled(page)
    assert "data=own" in page.url
    assert page.evaluate(SCROLLED) == 0

    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="カルマンゲイン").click()
    page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
    page.wait_for_url(re.compile("/kalman"))


def test_a_handle_is_taken_and_the_ground_scrolls(phone):
    page, finger = phone("/neighbors")
    scrolls(page, finger, ".sawaru-stage .figure .under", across=0.1, down=0.9)
    top_of_page(page)
    x, y = page.evaluate(
        """() => { const under = document.querySelector('.sawaru-stage .figure .under'), c = under.querySelector('canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, b = c.getBoundingClientRect();
        let n = 0, sx = 0, sy = 0; const r = c.width / c.clientWidth;
        for (let i = 0; i < d.length; i += 4) if (d[i] === 213 && d[i + 1] === 94 && d[i + 2] === 0)
          { n += 1; sx += (i / 4) % c.width; sy += Math.floor(i / 4 / c.width); }
        return [b.x + sx / n / r, b.y + sy / n / r]; }"""
    )
    finger.swipe(x, y, dx=20, dy=40)
    settled(page)
    assert re.search("q[xy]=", page.url)
    assert page.evaluate(SCROLLED) == 0


def test_a_lasso_goes_sideways_and_tabs_say_that_they_go_on(phone):
    page, finger = phone("/projections?scene=side")
    tools, menu = page.locator(".sawaru-stage .tools"), page.locator(".sawaru-stage .lid")
    assert not tools.is_visible()
    high = box(page, ".sawaru-stage .grid")["height"]
    menu.click()
    assert tools.is_visible()
    assert box(page, ".sawaru-stage")["height"] <= 667 / 2
    menu.click()
    assert still(page, "document.querySelector('.sawaru-stage .grid').clientHeight") == high
    scrolls(page, finger, "[data-name=pca] .under")
    selected = "document.querySelectorAll('.sawaru-stage .figure').length && window.sawaruLane.stage.selected"
    assert not page.evaluate(selected)
    top_of_page(page)
    b = box(page, "[data-name=pca] .under")
    finger.send("touchStart", b["x"] + 10, b["y"] + 20)
    for dx, dy in ((60, 0), (140, 0), (200, 40), (200, 120), (20, 140)):
        finger.send("touchMove", b["x"] + 10 + dx, b["y"] + 20 + dy)
        frames(page)
    finger.send("touchEnd")
    until(page, lambda: page.evaluate(selected))
    assert page.evaluate(SCROLLED) == 0


def test_the_chosen_scene_stands_in_sight_also_where_the_row_comes_after_the_picture(visit):
    held = []
    page = visit(
        "/kalman?scene=race",  # the last of six
        before=lambda page: page.route("**/ButtonGroup.*.js", lambda route: held.append(route)),
        settles=False,
        **PHONE,
    )
    chosen = page.locator(".st-key-sawaru-scenes [aria-checked=true]")
    assert not chosen.count()
    held[0].continue_()
    expect(chosen).to_be_in_viewport(ratio=1)


def test_what_is_wider_than_a_phone_fades_where_it_goes_on(phone):
    page, finger = phone("/kalman?scene=series")
    tabs = page.locator(".sawaru-stage .tabs")
    assert tabs.evaluate("(e) => e.scrollWidth > e.clientWidth && getComputedStyle(e).maskImage.includes('gradient')")
    b = box(page, ".sawaru-stage .tabs")
    finger.swipe(b["x"] + 250, b["y"] + 16, dx=-200)
    assert still(page, "document.querySelector('.sawaru-stage .tabs').scrollLeft") > 50

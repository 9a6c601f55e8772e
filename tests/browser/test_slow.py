"""A slow server without a lane, and a fresh one."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import frames, painted, settled, until
from tests.browser.test_stage import pixels, slider
from tools.harness import ROOT, serve, serve_code

pytestmark = pytest.mark.browser


SLOW = """
import runpy, time
from ui import stage
if not hasattr(stage, "in_time"):
    stage.in_time = stage.encode
    stage.encode = lambda *a, **k: (time.sleep(0.2), stage.in_time(*a, **k))[1]
runpy.run_path({app!r}, run_name="__main__")
"""


@pytest.fixture(scope="module")
def slow():
    """Serve the app with every picture 200 ms late, as a plain script."""
    with serve_code(SLOW.format(app=str(ROOT / "app.py"))) as address:
        yield address


def test_the_thumb_never_jumps_back(visit, slow):
    """Each answer takes 200 ms; the thumb follows the hand all the same, and the last value arrives."""
    page = visit("/perceptron", address=slow)
    thumb = page.locator(".sawaru-controls [data-name=noise] input[type=range]")
    page.evaluate(
        """() => { const host = document.querySelector('[class*=perceptron-learn-controls] [data-testid=stBidiComponentIsolated]');
        const input = host.shadowRoot.querySelector('[data-name=noise] input[type=range]');
        window.__seen = []; const look = () => { __seen.push(Number(input.value)); requestAnimationFrame(look); }; look(); }"""
    )
    box = thumb.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8, y)
    page.mouse.down()
    for i in range(60):
        page.mouse.move(box["x"] + 8 + i * (box["width"] - 16) / 60, y)
        frames(page)
    page.mouse.up()
    last = thumb.input_value()
    settled(page)
    seen = page.evaluate("__seen")
    assert all(b >= a for a, b in itertools.pairwise(seen[5:]))
    assert thumb.input_value() == last
    assert f"noise={float(last):g}" in page.url


def test_without_a_lane_the_page_moves_by_its_runs(visit, slow):
    """This server runs app.py as a plain script, as some hosts do."""
    page = visit(address=slow)
    assert page.evaluate("window.sawaruLane.page.url") is None
    before = pixels(page)
    slider(page, "noise").press("End")
    settled(page)
    assert not page.evaluate("performance.getEntriesByName('sawaru:asked').length")
    assert pixels(page) != before
    assert "noise=1" in page.url


def test_the_first_visitor_may_follow_a_link_and_stays_when_the_server_goes(visit):
    with serve() as address:
        page = visit("/perceptron", address=address)
        assert page.locator('[role="dialog"]').count() == 0
        assert page.locator("h1").inner_text() == "単純パーセプトロン"
    page.locator("[data-name=plane]").focus()
    page.keyboard.press("Home")
    expect(page.locator(".playhead input")).to_have_value("0")


def test_the_stage_takes_its_room_however_late_its_style_comes(visit):
    """It is laid out without its style sheet, which comes while the first picture still waits for a module."""
    held = {name: [] for name in ("/stage/stage.css", "/cartpole/watch.js")}

    def hold(page):
        for name, routes in held.items():
            page.route(lambda url, name=name: name in url, lambda route, _, routes=routes: routes.append(route))

    page = visit("/", paints=False, before=hold)
    page.goto(page.url + "cartpole", wait_until="commit")
    until(page, lambda: all(held.values()))
    page.locator(".sawaru-stage .figure").first.wait_for(state="attached")
    frames(page, 4)
    for name, shown in (("/stage/stage.css", "display === 'grid'"), ("/cartpole/watch.js", "height")):
        for route in held[name]:
            route.continue_()
        page.wait_for_function(f"getComputedStyle(document.querySelector('.sawaru-stage .grid')).{shown}")
        frames(page, 4)
    painted(page)
    settled(page)
    room, now = page.evaluate("[sawaruLane.stage.room, (sawaruLane.stage.fit(), sawaruLane.stage.room)]")
    assert room == now > 240

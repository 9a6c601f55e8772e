"""A school's network loses things: they are asked for again, and in the end a sentence and a button say so."""

import re
from urllib.parse import unquote

import pytest

from tests.browser.conftest import painted, settled
from tests.browser.test_stage import slider

pytestmark = pytest.mark.browser

SAYS = {"ja": "ページの一部を読み込めませんでした。", "en": "Part of this page could not be loaded."}
PRESS = {"ja": "もう一度読み込む", "en": "Load it again"}
# The loader's pauses (`ui/publish.py`) are a thirtieth of what they are; no other clock is touched.
HURRY = """(() => { const wait = setTimeout;
window.setTimeout = (go, ms, ...rest) => wait(go, [300, 600, 1200, 2400].includes(ms) ? ms / 30 : ms, ...rest); })()"""

# The sentence has gone, be it for a moment.
GONE = """() => { const { body } = document, box = body.querySelector('.sawaru-lost');
new MutationObserver(() => { window.__gone ||= !box.isConnected; }).observe(body, { childList: true }); }"""


def losing(wanted, times):
    """Give what has a page lose a file the first times it asks for it, and the list of those requests."""
    lost = []

    def answer(route):
        if len(lost) < times:
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def before(page):
        page.add_init_script(HURRY)
        page.route(lambda url: "/app/static/" in url and wanted in unquote(url), answer)

    return before, lost


def works(page):
    settled(page)
    slider(page, "noise").press("End")
    settled(page)
    assert "noise=1" in page.url
    assert page.locator(".sawaru-lost").count() == 0
    assert page.locator(".sawaru-stage").evaluate(
        "(e) => getComputedStyle(e).getPropertyValue('--type')"
    )  # its style sheet


@pytest.mark.parametrize(
    ("wanted", "times"),
    [
        ("/stage/stage.js", 1),
        *((name, 3) for name in ("/stage/pump.js", "/stage/carrier.js", "/stage/stage.css", "/controls.js", "plotly-")),
    ],
)
def test_what_was_lost_is_asked_for_again(visit, wanted, times):
    before, lost = losing(wanted, times)
    page = visit("/perceptron?lang=en", before=before)
    assert len(lost) == times
    works(page)


def test_what_travels_apart_finds_a_stage_that_came_at_a_second_try(visit):
    before, lost = losing("/stage/canvas.js", 2)
    page = visit("/projections?lang=en", before=before)
    assert lost
    assert page.locator(".sawaru-stage .figure").count() > 0
    assert page.locator(".sawaru-lost").count() == 0


def test_a_game_that_was_lost_comes(visit):
    before, lost = losing("/play.js", 2)
    page = visit("/cartpole?scene=play&lang=en&idle=last", before=before)
    page.locator(".cartpole-play .world").wait_for()
    assert len(lost) == 2


@pytest.mark.parametrize(
    ("wanted", "lang"), [("/app/static/", "ja"), ("/stage/wire.js", "en"), ("/controls.js", "ja"), ("plotly-", "en")]
)
def test_in_the_end_a_sentence_and_a_button(visit, wanted, lang):
    before, lost = losing(wanted, 10_000)
    page = visit(f"/perceptron?lang={lang}", before=before, paints=False)
    box, button = page.get_by_role("alert").filter(has_text=SAYS[lang]), page.get_by_role("button", name=PRESS[lang])
    box.wait_for()
    count = len(lost)
    page.evaluate(GONE)
    button.click()
    page.wait_for_function("window.__gone")
    box.wait_for()  # lost again
    assert len(lost) > count
    page.unroute_all()
    button.click()
    painted(page)
    works(page)


def test_the_sentence_is_in_the_language_of_the_page(visit):
    before, _ = losing("/stage/stage.js", 10_000)
    page = visit("/?lang=en", before=before, paints=False)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Perceptron").click()
    page.wait_for_url(re.compile("/perceptron"))
    page.get_by_role("alert").filter(has_text=SAYS["en"]).wait_for()
    page.get_by_role("button", name="日本語", exact=True).click()
    page.get_by_role("alert").filter(has_text=SAYS["ja"]).wait_for()
    page.unroute_all()
    page.get_by_role("button", name=PRESS["ja"]).click()
    painted(page)
    works(page)

"""The front page in a real browser: typing finds, cards and steps open, also what was open before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settled

pytestmark = pytest.mark.browser

CARD = ".st-key-sawaru-lit-perceptron"


def home(visit, path="/", **options):
    page = visit(path, paints=False, **options)
    page.wait_for_selector(".sawaru-map")
    page.locator(".st-key-sawaru-step-4").wait_for()
    return page


def arrived(page):
    """Wait for the lesson's picture and then for the address bar."""
    page.locator(".sawaru-stage .numbers").wait_for()
    settled(page)


def few(page, most):
    page.wait_for_function(f"document.querySelectorAll('.unlit').length <= {most}")


def step(page, name, wanted):
    """Open a step and wait until the address bar says its state, and stays so."""
    page.locator("[class*=st-key-sawaru-step-] a", has_text=name).click()
    page.wait_for_url(lambda url: url.endswith(wanted))
    arrived(page)
    assert page.url.endswith(wanted)


def test_typing_finds_without_enter(visit):
    page = home(visit)
    topics = page.locator(".unlit").count()
    page.locator(".st-key-sawaru-search input").press_sequentially("ぱーせぷ", delay=40)
    page.get_by_text(re.compile("見つかった題")).wait_for()
    few(page, topics / 4)
    assert page.locator(CARD).count() == 1
    assert page.locator(".st-key-sawaru-search input").evaluate("(e) => e === document.activeElement")
    page.locator(".st-key-sawaru-search input").fill("zzzz")
    page.get_by_text("見つかりませんでした").wait_for()
    few(page, 0)
    page.locator(".st-key-sawaru-search input").fill("")
    page.wait_for_function(f"document.querySelectorAll('.unlit').length === {topics}")


def test_the_whole_card_opens_the_lesson(visit):
    page = home(visit)
    page.wait_for_function(f"document.querySelector('{CARD} img')?.naturalWidth > 300")
    box = page.locator(f"{CARD} img").bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + 20)
    page.wait_for_url(re.compile("/perceptron"))
    arrived(page)


def test_a_lit_topic_opens_its_lesson(visit):
    page = home(visit, "/?lang=en")
    page.locator("[class*=st-key-sawaru-topics-] a", has_text="Perceptron").click()
    arrived(page)
    expect(page.locator("h1")).to_have_text("Perceptron")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_step_opens_its_state_again_and_again(visit, lang):
    page = home(visit, "/" if lang == "ja" else "/?lang=en")
    name, back = {"ja": ("XOR", "地図"), "en": ("XOR", "Map")}[lang]
    wanted = f"/perceptron?step=3&data=xor4&epochs=12{'' if lang == 'ja' else '&lang=en'}&at=0"
    step(page, name, wanted)
    numbers = page.locator(".sawaru-stage .numbers").inner_text()
    page.locator(".sawaru-controls [data-name=noise] input[type=range]").focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("noise=1"))
    page.get_by_role("link", name=back).first.click()
    page.locator(".st-key-sawaru-step-4").wait_for()
    step(page, name, wanted)
    assert page.locator(".sawaru-stage .numbers").inner_text() == numbers
    assert page.locator(".playhead input").input_value() == "0"


def test_a_first_scene_is_opened_as_well(visit):
    page = home(visit)
    step(page, "いつか止まるか", "/perceptron?step=5&scene=stop&epochs=200")
    expect(page.locator("[data-name=corridor]")).to_have_count(1)
    page.get_by_role("link", name="地図").first.click()
    page.locator(".st-key-sawaru-step-4").wait_for()
    step(page, "学ぶようすを見る", "/perceptron?step=1&at=0")
    expect(page.locator("[data-name=mistakes]")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow(visit, scheme):
    page = home(visit, viewport={"width": 375, "height": 700}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("(m) => m.scrollWidth <= m.clientWidth")
    assert page.locator(CARD).bounding_box()["width"] > 300
    shown = page.locator(f"{CARD} img").evaluate("""async (img) => { await img.decode(); const c = document.createElement('canvas');
        const g = c.getContext('2d'); g.drawImage(img, 0, 0); return g.getImageData(2, 2, 1, 1).data[0]; }""")
    assert (shown < 60) == (scheme == "dark")  # a picture of its theme
    last = page.locator("[class*=st-key-sawaru-step-] a").last  # the strip of steps scrolls by itself
    last.focus()
    page.wait_for_function(
        "(e) => { const { x } = e.getBoundingClientRect(); return x >= 0 && x < 375; }", arg=last.element_handle()
    )


def test_wide_with_path_beside_the_map(visit):
    page = home(visit, viewport={"width": 1280, "height": 800})
    assert page.title() == "手で動かして学ぶ機械学習 – さわる機械学習"
    header = page.get_by_test_id("stSidebarHeader")
    assert "さわる機械学習" in header.evaluate("(e) => getComputedStyle(e, '::before').content")
    for cards in page.locator("[class*=st-key-sawaru-cards-]").all():  # no hole beside the last one
        last, row = (cards.locator(s).last.bounding_box() for s in ("[class*=st-key-sawaru-lit-]", "xpath=."))
        assert last["x"] + last["width"] > row["x"] + row["width"] - 4
    notes, path = (page.locator(f".st-key-sawaru-{name}").bounding_box() for name in ("notes", "path"))
    assert path["x"] >= notes["x"] + notes["width"]
    assert page.locator(CARD).bounding_box()["y"] < 500

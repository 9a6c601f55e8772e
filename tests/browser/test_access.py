"""For all: axe-core finds nothing serious, the keyboard alone reaches everything, and a phone needs no sideways scroll.

It is the shell that is held here, on the map and on the test-only lesson that has a part of every kind
(`tests/parts`), and on one real lesson with a part of its own.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import settled
from tests.test_parts import LESSON
from tools.harness import serve_code
from ui import catalog

pytestmark = pytest.mark.browser

APP = """
from pathlib import Path

import streamlit as st

from ui import catalog, lesson
from ui.text import set_lang

st.set_page_config(layout="wide")
if "sawaru_lang" not in st.session_state:
    set_lang(st.query_params.get("lang", "ja"))
st.html(catalog.ROOT / "ui" / "style.css")
parts = catalog.read(catalog.ROOT / "tests" / "parts")
show = st.Page(lambda: lesson.show(parts), title="Parts", url_path="parts")
st.navigation([show, st.Page(lambda: None, title="Other", url_path="other")]).run()
"""
AXE = Axe()
# Streamlit's sidebar nests its list of pages in a list, which is not ours to change: axe's `list` and `listitem`.
OURS = {"exclude": [["[data-testid=stSidebarNav]"]]}


def faults(page, context=OURS):
    """Give axe's findings that are serious or worse, each with the first element it was found on."""
    found = AXE.run(page, context=context).response["violations"]
    return [
        (v["impact"], v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


FOCUSED = """() => { let e = document.activeElement;
    while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    const s = getComputedStyle(e), inside = (q) => Boolean(e.closest(q));
    return { tag: e.tagName, name: e.getAttribute('aria-label') || e.title || e.innerText || e.type || e.tagName,
      control: e.getRootNode().host ? (e.closest('[data-name]')?.dataset.name ?? '') : '',
      figure: e.matches('.figure') ? e.dataset.name : '',
      place: inside('.playhead') ? 'playhead' : inside('.tools') ? 'tools' : inside('[data-testid=stSidebar]') ? 'nav' : '',
      seen: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none'
        || e.matches('input[type=radio], [role=radio], [data-testid=stIconMaterial]') }; }"""


def axe_is_content(page):
    """Hold a page to axe in both themes."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function(
            "(dark) => (getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 23, 27)')"
            " === dark",
            arg=scheme == "dark",
        )
        assert not faults(page), scheme


def the_keyboard_reaches_everything(page, controls):
    """Walk through a page with Tab alone."""
    for closed in page.locator(".sawaru-controls details:not([open]) summary").all():
        if closed.is_visible():
            closed.click()
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    stops = []
    for _ in range(140):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop in stops[:1]:
            break
        if stop["tag"] != "BODY":
            stops.append(stop)
    shown = set(
        page.locator(".sawaru-controls [data-name]").evaluate_all(
            "all => all.filter((e) => e.checkVisibility()).map((e) => e.dataset.name)"
        )
    )
    assert shown <= {stop["control"] for stop in stops}
    assert shown & set(controls)
    figures = set(
        page.locator(".sawaru-stage .figure:not(.live)").evaluate_all("all => all.map((e) => e.dataset.name)")
    )
    assert figures <= {stop["figure"] for stop in stops}
    assert {"nav", "tools"} <= {stop["place"] for stop in stops}
    assert any(stop["name"] == "日本語" for stop in stops)
    assert not [stop for stop in stops if not stop["seen"]]


def a_phone_needs_no_sideways_scroll(page):
    """Narrow the window to a phone's."""
    page.set_viewport_size({"width": 375, "height": 700})
    page.locator(".sawaru-stage.narrow").wait_for()
    settled(page)
    main = "document.querySelector('[data-testid=stMain]')"
    page.wait_for_function(f"Math.max(document.documentElement.scrollWidth, {main}.scrollWidth) <= 375")
    cut = page.locator("h1, .sawaru-stage .note, .sawaru-controls label").evaluate_all(
        "all => all.filter((e) => e.getBoundingClientRect().right > 376).map((e) => e.innerText)"
    )
    assert not cut


@pytest.fixture(scope="module")
def parts():
    with serve_code(APP) as address:
        yield address


def a_page_is_for_all(page, controls):
    """Hold a page in English to all three, then in Japanese."""
    the_keyboard_reaches_everything(page, controls)
    axe_is_content(page)
    a_phone_needs_no_sideways_scroll(page)
    page.locator(".st-key-sawaru-language button").click()
    page.wait_for_function("document.querySelector('.st-key-sawaru-language').innerText.includes('English')")
    a_phone_needs_no_sideways_scroll(page)
    assert not faults(page)


@pytest.mark.parametrize("scene", LESSON.titles)
def test_every_kind_of_part_is_for_all(visit, parts, scene):
    page = visit(f"/parts?lang=en&scene={scene}&on=1", address=parts, color_scheme="light")
    a_page_is_for_all(page, LESSON.scene(scene).controls)


def test_a_part_of_a_lessons_own_is_for_all(visit):
    page = visit("/cartpole?lang=en&scene=play", color_scheme="light")
    a_page_is_for_all(page, catalog.lesson("cartpole").scene("play").controls)


def test_the_map_is_for_all(visit):
    page = visit("/?lang=en", paints=False, color_scheme="light")
    page.get_by_role("heading", level=1).wait_for()
    axe_is_content(page)


def test_a_fault_would_be_found(visit):
    page = visit()
    page.evaluate(
        "document.querySelector('.sawaru-stage').insertAdjacentHTML('beforeend', '<button></button><img src=x>')"
    )
    assert {"button-name", "image-alt"} <= {fault[1] for fault in faults(page)}

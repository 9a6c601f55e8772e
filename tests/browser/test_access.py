"""For all: axe-core finds nothing serious, the keyboard alone reaches everything, and a phone needs no sideways scroll."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from ui import catalog

pytestmark = pytest.mark.browser

TOPICS = [lesson.topic for lesson in catalog.lessons()]
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


@pytest.mark.parametrize("path", ["/", *(f"/{topic}" for topic in TOPICS)])
def test_axe_finds_nothing_serious(visit, path):
    page = visit(f"{path}?lang=en", paints=path != "/", color_scheme="light")
    page.get_by_role("heading", level=1).wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_function(
            """(dark) => (getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 23, 27)') === dark""",
            arg=scheme == "dark",
        )
        assert not faults(page), scheme
    page.locator(".st-key-sawaru-language button").click()
    page.wait_for_function("document.querySelector('.st-key-sawaru-language').innerText.includes('English')")
    page.wait_for_timeout(600)
    assert not faults(page)


def test_a_fault_would_be_found(visit):
    page = visit()
    page.evaluate(
        "document.querySelector('.sawaru-stage').insertAdjacentHTML('beforeend', '<button></button><img src=x>')"
    )
    assert {"button-name", "image-alt"} <= {fault[1] for fault in faults(page)}


FOCUSED = """() => { let e = document.activeElement;
    while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    const s = getComputedStyle(e), inside = (q) => Boolean(e.closest(q));
    return { tag: e.tagName, name: e.getAttribute('aria-label') || e.title || e.innerText || e.type || e.tagName,
      control: e.getRootNode().host ? (e.closest('[data-name]')?.dataset.name ?? '') : '',
      figure: e.matches('.figure') ? e.dataset.name : '',
      place: inside('.playhead') ? 'playhead' : inside('.tools') ? 'tools' : inside('[data-testid=stSidebar]') ? 'nav' : '',
      seen: (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none'
        || e.matches('input[type=radio], [role=radio], [data-testid=stIconMaterial]') }; }"""


@pytest.mark.parametrize("topic", TOPICS)
def test_the_keyboard_reaches_everything(visit, topic):
    page = visit(f"/{topic}?lang=en")
    lesson = catalog.lesson(topic)
    for closed in page.locator(".sawaru-controls details:not([open]) summary").all():
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
    scene = lesson.module().SCENES[0]
    shown = set(
        page.locator(".sawaru-controls [data-name]").evaluate_all(
            "all => all.filter((e) => e.checkVisibility()).map((e) => e.dataset.name)"
        )
    )
    assert shown <= {stop["control"] for stop in stops}
    assert shown & set(scene.controls)
    figures = set(page.locator(".sawaru-stage .figure").evaluate_all("all => all.map((e) => e.dataset.name)"))
    assert figures <= {stop["figure"] for stop in stops}
    assert {"nav", "tools"} <= {stop["place"] for stop in stops}
    assert any(stop["name"] == "日本語" for stop in stops)
    unseen = [stop for stop in stops if not stop["seen"]]
    assert not unseen


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_a_phone_needs_no_sideways_scroll(visit, topic, lang):
    page = visit(f"/{topic}?lang={lang}", viewport={"width": 375, "height": 700})
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"Math.max(document.documentElement.scrollWidth, {main}.scrollWidth)") <= 375
    cut = page.locator("h1, .sawaru-stage .numbers dd, .sawaru-controls label").evaluate_all(
        "all => all.filter((e) => e.getBoundingClientRect().right > 376).map((e) => e.innerText)"
    )
    assert not cut

"""Every scene of every lesson, clicked through in a browser: each paints, none raises."""

import pytest

from tests.browser.conftest import forget, painted, settled
from ui import catalog

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("topic", [lesson.topic for lesson in catalog.lessons()])
def test_every_scene_paints(visit, topic):
    lesson = catalog.lesson(topic)
    page = visit(f"/{topic}?lang=en")
    for scene in lesson.module().SCENES:
        forget(page)
        page.locator(f".st-key-{topic}-scene").get_by_text(scene.title.en, exact=True).click()
        if scene is not lesson.module().SCENES[0]:
            painted(page)
            page.wait_for_function(f"location.search.includes('scene={scene.id}')")
        settled(page)
        figures = page.locator(".sawaru-stage .figure")
        assert figures.count() >= 1
        assert all(
            len(text) > 20 for text in figures.evaluate_all("all => all.map((f) => f.getAttribute('aria-label'))")
        )
        assert not page.locator(".sawaru-stage.fault").count()
        marked = page.evaluate(
            """() => [...document.querySelectorAll('.sawaru-stage .figure canvas')].some((c) => c.width
            && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v))"""
        )
        assert marked

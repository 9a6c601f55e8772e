"""Make the thumbnails of the lessons from the app itself: `python -m benchmarks.pictures`, or `… pictures perceptron`.

A thumbnail stands on pages of both languages, so it has no words: one for the light theme, one for the dark. It shows
the first scene, or the one that the lesson's `picture` names.
"""

import sys
from typing import Literal

from playwright.sync_api import ViewportSize

from tools.harness import ROOT, chromium, serve
from ui import catalog

PAINTED = "performance.getEntriesByName('sawaru:painted').length > 0"
WORDLESS = "for (const name of ['fillText', 'strokeText']) CanvasRenderingContext2D.prototype[name] = () => {};"
MARKS = """
.sawaru-stage :is(.brush, .back, .tip, .live p), .sawaru-stage .main-svg :is(text, .xtick, .ytick) { display: none !important; }
"""
SIZE: ViewportSize = {"width": 1280, "height": 800}
SCHEMES: tuple[tuple[Literal["light", "dark"], str], ...] = (("light", ""), ("dark", "-dark"))


def main(topics: list[str]) -> None:
    """Write assets/thumbnails/<topic>.png and <topic>-dark.png, of all lessons or of some."""
    folder = ROOT / "assets" / "thumbnails"
    folder.mkdir(exist_ok=True)
    with serve() as address, chromium() as browser:
        for lesson in catalog.lessons():
            if topics and lesson.topic not in topics:
                continue
            for scheme, mark in SCHEMES:
                context = browser.new_context(viewport=SIZE, reduced_motion="reduce")
                page = context.new_page()
                page.emulate_media(color_scheme=scheme)
                page.add_init_script(WORDLESS)
                page.goto(f"{address}/{lesson.topic}?scene={lesson.words.get('picture', next(iter(lesson.titles)))}")
                page.wait_for_function(PAINTED, timeout=60_000)
                page.wait_for_timeout(800)
                page.add_style_tag(content=MARKS)
                figure = page.locator(".sawaru-stage .figure").first
                figure.screenshot(path=folder / f"{lesson.topic}{mark}.png")
                context.close()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Make the README's picture and the thumbnails of the lessons from the app itself: `python -m benchmarks.pictures`."""

from tools.harness import ROOT, chromium, serve
from ui import catalog

PAINTED = "performance.getEntriesByName('sawaru:painted').length > 0"


def main() -> None:
    """Write assets/readme.png and assets/thumbnails/<topic>.png."""
    folder = ROOT / "assets" / "thumbnails"
    folder.mkdir(exist_ok=True)
    with serve() as address, chromium() as browser:
        for lesson in catalog.lessons():
            page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
            page.goto(f"{address}/{lesson.topic}")
            page.wait_for_function(PAINTED, timeout=60_000)
            page.wait_for_timeout(800)
            if lesson.topic == "perceptron":
                page.screenshot(path=ROOT / "assets" / "readme.png")
            page.add_style_tag(content=".sawaru-stage :is(.brush, .back) { display: none !important; }")
            page.locator(".sawaru-stage .figure").first.screenshot(path=folder / f"{lesson.topic}.png")
            page.context.close()


if __name__ == "__main__":
    main()

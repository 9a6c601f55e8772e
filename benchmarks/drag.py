"""Make README's moving picture from the app itself: `python -m benchmarks.drag`.

A real pointer drags the ring of a lesson across its borders and a slider to its end; each frame is what the browser
then shows, with an arrow where the pointer is, which a headless browser does not draw.
"""

import io
from itertools import pairwise

from PIL import Image
from playwright.sync_api import FloatRect, Page, ViewportSize

from tools.harness import ROOT, chromium, serve

OUT = ROOT / "assets" / "drag.webp"
SIZE: ViewportSize = {"width": 1360, "height": 800}
CLIP: FloatRect = {"x": 250, "y": 0, "width": 1110, "height": 690}  # the lesson, without the list of lessons
WIDTH = 800  # of a frame, in pixels
FRAME = 80  # ms
REST = 700  # ms between two drags
ARROW = """() => { const e = document.createElement('div'); e.id = 'arrow';
  e.innerHTML = `<svg width="22" height="30" viewBox="0 0 11 15"><path fill="#111" stroke="#fff"
    d="M0 0v12.6l3-2.9 1.9 4.5 1.9-.8-1.9-4.4h4.2z"/></svg>`;
  e.style.cssText = 'position:fixed;left:-60px;top:0;z-index:99999999;pointer-events:none'; document.body.append(e); }"""
PUT = "([x, y]) => { const s = document.getElementById('arrow').style; s.left = `${x}px`; s.top = `${y}px`; }"
PLACE = """([x, y]) => { const plot = document.querySelector('.sawaru-stage .js-plotly-plot');
  const { left, top } = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout;
  return [left + xaxis._offset + xaxis.l2p(x), top + yaxis._offset + yaxis.l2p(y)]; }"""
THUMB = """(e) => { const { left, top, width, height } = e.getBoundingClientRect(), share = (e.value - e.min) / (e.max - e.min);
  return [left + 8 + share * (width - 16), top + height / 2, left + 8, left + 0.8 * width]; }"""
START = (0.25, 0.25)  # where the ring is, in the units of the plane
WAY = ((-1.6, -0.5), (0.9, -1.2), (1.6, 0.8), (-0.4, 1.3))  # where it is dragged
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 120))))"


def frame(page: Page, x: float, y: float) -> Image.Image:
    """Show the arrow where the pointer is, and take what the window shows."""
    page.evaluate(PUT, [x, y])
    page.evaluate(PAINTED)
    shot = Image.open(io.BytesIO(page.screenshot(clip=CLIP))).convert("RGB")
    return shot.resize((WIDTH, round(WIDTH * CLIP["height"] / CLIP["width"])), Image.Resampling.LANCZOS)


def drag(page: Page, way: list[tuple[float, float]], steps: int) -> list[Image.Image]:
    """Press at a way's first point, go through the others in so many steps each, and let go at the last."""
    page.mouse.move(*way[0])
    page.mouse.down()
    taken = []
    for (x0, y0), (x1, y1) in pairwise(way):
        for k in range(1, steps + 1):
            share = k / steps
            soft = share * share * (3 - 2 * share)
            x, y = x0 + (x1 - x0) * soft, y0 + (y1 - y0) * soft
            page.mouse.move(x, y)
            taken.append(frame(page, x, y))
    page.mouse.up()
    return taken


def main() -> None:
    """Write assets/drag.webp."""
    with serve() as address, chromium() as browser:
        context = browser.new_context(viewport=SIZE, reduced_motion="reduce", color_scheme="light")
        page = context.new_page()
        page.goto(f"{address}/neighbors?lang=en")
        page.locator(".sawaru-stage canvas").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        page.evaluate(ARROW)
        start = page.evaluate(PLACE, START)
        way = [page.evaluate(PLACE, place) for place in WAY]
        frames = [frame(page, *start), *drag(page, [start, *way, start], 11)]
        pause = len(frames) - 1
        slider = page.locator(".sawaru-controls [data-name=k] input[type=range]")
        x, y, low, high = slider.evaluate(THUMB)
        frames += drag(page, [(x, y), (low, y), (high, y), (x, y)], 12)
    times = [REST if k in (0, pause, len(frames) - 1) else FRAME for k in range(len(frames))]
    frames[0].save(OUT, save_all=True, append_images=frames[1:], duration=times, loop=0, quality=55, method=6)


if __name__ == "__main__":
    main()

"""From a key press to the painted picture, against the floor app: `python -m benchmarks.latency`.

Floor: one `st.slider`, one `st.plotly_chart` of three points. Plain: the perceptron's picture through `st.slider` and
`st.plotly_chart`. Painted: the first animation frame after a figure's DOM or canvas changed, counted from keydown. Rounds
alternate, so that a slow minute of the machine hits all alike.
"""

import argparse
import statistics
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.harness import chromium, machine, serve, watched
from ui import catalog

MAIN = {"perceptron": "noise"}  # the slider that moves the first scene's picture most


def presses(page: Page, slider: Any, count: int) -> list[float]:
    """Press arrow keys one at a time; give ms from keydown to painted."""
    slider.focus()
    times = []
    for i in range(count):
        page.wait_for_timeout(120)
        page.evaluate("__watch.paints.length = 0; __watch.key = 0")
        page.keyboard.press("ArrowRight" if i % 40 < 20 else "ArrowLeft")
        page.wait_for_function("__watch.key && __watch.paints.some((t) => t > __watch.key)", timeout=10_000)
        times.append(page.evaluate("__watch.paints.find((t) => t > __watch.key) - __watch.key"))
    return times


def drag(page: Page, slider: Any) -> int:
    """Drag for one second; give the number of paints."""
    box = slider.bounding_box()
    y, left, width = box["y"] + box["height"] / 2, box["x"] + 12, box["width"] - 24
    start = page.evaluate("performance.now()")
    page.mouse.move(left, y)
    page.mouse.down()
    page.evaluate("__watch.paints.length = 0")
    i = 0
    while page.evaluate("performance.now()") - start < 1000:
        i += 1
        page.mouse.move(left + width * (0.5 + 0.5 * ((i % 60) / 60)), y)
        page.wait_for_timeout(12)
    count = page.evaluate("__watch.paints.length")
    page.mouse.up()
    return int(count)


def open_(browser: Browser, url: str, ready: str) -> tuple[Page, float]:
    """Open a page in a fresh context; give it with its first paint in ms."""
    page = watched(browser)
    page.goto(url)
    page.wait_for_function(ready, timeout=60_000, polling="raf")
    first = page.evaluate("__watch.paints.at(-1) ?? performance.now()")
    page.wait_for_timeout(1500)
    return page, first


FLOOR = "!!document.querySelector('.js-plotly-plot .scatterlayer .js-line')"
OURS = "performance.getEntriesByName('sawaru:painted').length > 0"


def slider_of(page: Page, url: str, main: str | None) -> Any:
    """Find the slider that the bench moves."""
    if main is None:
        return page.locator("input[type=range]").first
    return page.locator(f".st-key-{main} input[type=range], [class*='st-key-{main}'] input[type=range]").first


def measure(rounds: int = 3, count: int = 16) -> dict[str, dict[str, Any]]:
    """Measure the floor, the plain twin and every lesson, in alternating rounds."""
    with (
        serve("benchmarks/apps/floor.py") as floor,
        serve("benchmarks/apps/plain.py") as plain,
        serve() as ours,
        chromium() as b,
    ):
        apps = {"floor": (floor, FLOOR, None), "plain": (plain, FLOOR, None)}
        for lesson in catalog.lessons():
            apps[lesson.topic] = (f"{ours}/{lesson.topic}", OURS, f"{lesson.topic}-{MAIN[lesson.topic]}")
        for url, ready, _ in apps.values():  # the servers' own first visit, imports and all
            open_(b, url, ready)[0].context.close()
        out: dict[str, dict[str, Any]] = {name: {"first": [], "press": [], "drag": []} for name in apps}
        for _ in range(rounds):
            for name, (url, ready, main) in apps.items():
                page, first = open_(b, url, ready)
                slider = slider_of(page, url, main)
                out[name]["first"].append(first)
                presses(page, slider, 4)
                out[name]["press"] += presses(page, slider, count)
                out[name]["drag"].append(drag(page, slider))
                page.context.close()
        return out


def table(out: dict[str, dict[str, Any]]) -> str:
    """Lay the figures out as a Markdown table."""
    base = {key: statistics.median(out["floor"][key]) for key in ("first", "press")}
    rows = [
        "| app | first paint, ms | × floor | key → painted p50, ms | p95, ms | × floor | paints in a 1 s drag |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, figures in out.items():
        press = sorted(figures["press"])
        first, p50, p95 = statistics.median(figures["first"]), statistics.median(press), press[int(0.95 * len(press))]
        rows.append(
            f"| {name} | {first:.0f} | {first / base['first']:.2f} | {p50:.0f} | {p95:.0f} | {p50 / base['press']:.2f} | {statistics.median(figures['drag']):.0f} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--presses", type=int, default=16)
    options = parser.parse_args()
    print(f"{machine()}\n\n{table(measure(options.rounds, options.presses))}")

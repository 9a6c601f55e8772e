"""From a key press to the painted picture, against the floor app: `python -m benchmarks.latency`.

Floor: one `st.slider`, one `st.plotly_chart` of three points. With `--plain` each lesson twice more. Plain: its own
picture through `st.slider` and `st.plotly_chart` (`apps/plain.py`). Reruns: our page on a host that knows nothing of
the lane, where each move runs the page. Painted: the first animation frame after a figure's DOM or canvas
changed, counted from keydown. From another page: from the click in the sidebar to the lesson's first picture. The
floor is measured again before every few lessons, so that a slow minute of the machine hits both.
"""

import argparse
import contextlib
import dataclasses
import functools
import statistics
import time
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError

from tools.harness import PLAIN, chromium, machine, serve, serve_code, watched
from ui import catalog, stage
from ui import params as ps
from ui.scene import Scene

FEW = 4  # lessons between two measurements of the floor
WARM = 12.0  # s after the first visit, for the heavy imports to be over


@functools.cache
def main_slider(topic: str) -> tuple[str, str]:
    """Name the scene and the slider that the benches move: the last that moves the first picture and starts no job."""

    def keys(scene: Scene, params: Any) -> list[Any]:
        return [task.key for task in scene.tasks(params).values()]

    def figures(scene: Scene, params: Any) -> Any:
        picture = dataclasses.replace(scene.picture(scene.result(params), params), cards=(), note=None)
        return stage.encode(picture, "en")

    for scene in catalog.lesson(topic).scenes:
        default = scene.Params()
        for name in reversed(scene.controls):
            field = scene.fields[name]
            if isinstance(field, ps.Slider) and ps.applies(field, default):
                moved = [dataclasses.replace(default, **{name: value}) for value in field.ends()]
                still = all(keys(scene, params) == keys(scene, default) for params in moved)
                if still and figures(scene, moved[0]) != figures(scene, moved[1]):
                    return scene.id, name
    raise LookupError(f"{topic} has no slider.")


def presses(page: Page, slider: Any, count: int, least: int = 3) -> list[float]:
    """Press arrow keys one at a time, to and fro; give ms from keydown to painted, where the picture changes.

    Fewer paints than `least` are an error.
    """
    slider.focus()
    low, high, step, now = slider.evaluate("e => [e.min, e.max, e.step, e.value].map(Number)")
    if (high - now) / step < count:  # not against the end
        for _ in range(count):
            page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(1500)
    turn = max(1, min(20, int((high - low) / step) // 2))
    times, unchanged = [], 0
    for i in range(count):
        page.wait_for_timeout(120)
        page.evaluate("__watch.paints.length = 0; __watch.key = 0")
        page.keyboard.press("ArrowRight" if i % (2 * turn) < turn else "ArrowLeft")
        try:
            page.wait_for_function("__watch.key && __watch.paints.some((t) => t > __watch.key)", timeout=3_000)
        except TimeoutError:
            if (unchanged := unchanged + 1) > count - least:
                raise
            continue  # the picture is the same at both values
        times.append(page.evaluate("__watch.paints.find((t) => t > __watch.key) - __watch.key"))
    return times


def drag(page: Page, slider: Any) -> int:
    """Drag from end to end in one second; give the number of paints meanwhile."""
    box = slider.bounding_box()
    y, left, width = box["y"] + box["height"] / 2, box["x"] + 12, box["width"] - 24
    page.mouse.move(left, y)
    page.mouse.down()
    page.evaluate("__watch.paints.length = 0")
    start = time.perf_counter()
    while (share := time.perf_counter() - start) < 1:
        page.mouse.move(left + width * share, y)
        time.sleep(0.012)
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
TWIN = "!!document.querySelector('.js-plotly-plot .cartesianlayer .trace')"
OURS = "performance.getEntriesByName('sawaru:painted').length > 0"


def slider_of(page: Page, url: str, main: str | None) -> Any:
    """Find the slider that the bench moves."""
    if main is None:
        return page.locator("input[type=range]").first
    return page.locator(f".sawaru-controls [data-name={main}] input[type=range]")


def turn(page: Page, title: str) -> float:
    """Go to a lesson by a click in the sidebar; give ms to its first picture."""
    link = page.locator("[data-testid=stSidebarNav]").get_by_role("link", name=title, exact=True)
    link.scroll_into_view_if_needed()
    page.evaluate("performance.clearMarks('sawaru:painted')")
    link.evaluate("e => { window.__turned = performance.now(); e.click(); }")
    page.wait_for_function(OURS, timeout=60_000, polling="raf")
    ms = page.evaluate("performance.getEntriesByName('sawaru:painted')[0].startTime - __turned")
    page.wait_for_timeout(700)
    return float(ms)


def measure(
    rounds: int = 0, count: int = 16, *, plain: bool = False, topics: tuple[str, ...] = ()
) -> dict[str, dict[str, list[float]]]:
    """Measure the floor and lessons.

    Parameters
    ----------
    rounds
        How often; 0 for two where there are few lessons, else one.
    count
        Key presses in a round.
    plain
        Whether to measure each lesson's plain twin, and its moves by reruns, too.
    topics
        Which lessons; all by default.
    """
    lessons = {lesson.topic: lesson.title("ja") for lesson in catalog.lessons() if lesson.topic in topics or not topics}
    with contextlib.ExitStack() as stack:
        floor, ours = stack.enter_context(serve("benchmarks/apps/floor.py")), stack.enter_context(serve())
        twins = stack.enter_context(serve("benchmarks/apps/plain.py")) if plain else ""
        runs = stack.enter_context(serve_code(PLAIN)) if plain else ""
        browser = stack.enter_context(chromium())
        apps = {"floor": (floor, FLOOR, None)}
        for topic in lessons:
            scene, slider = main_slider(topic)
            apps[topic] = (f"{ours}/{topic}?scene={scene}", OURS, slider)
            if plain:
                apps[f"{topic}, plain"] = (f"{twins}/?topic={topic}", TWIN, None)
                apps[f"{topic}, reruns"] = (f"{runs}/{topic}?scene={scene}", OURS, slider)
        for url, ready, _ in apps.values() if plain else (apps["floor"], apps[next(iter(lessons))]):
            open_(browser, url, ready)[0].context.close()  # the servers' own first visit
        time.sleep(WARM)
        out: dict[str, dict[str, list[float]]] = {
            name: {"first": [], "press": [], "drag": [], "turn": []} for name in apps
        }
        order = [name for i, name in enumerate(list(apps)[1:]) for name in (["floor"] if i % FEW == 0 else []) + [name]]
        for _ in range(rounds or (2 if len(order) <= 2 * FEW else 1)):
            for name in order:
                url, ready, main = apps[name]
                page, first = open_(browser, url, ready)
                slider = slider_of(page, url, main)
                out[name]["first"].append(first)
                presses(page, slider, 4, least=0)
                out[name]["press"] += presses(page, slider, count)
                out[name]["drag"].append(drag(page, slider))
                page.context.close()
            page, _ = open_(browser, f"{ours}/{list(lessons)[-1]}", OURS)
            for topic, title in lessons.items():
                out[topic]["turn"].append(turn(page, title))
            page.context.close()
        return out


def table(out: dict[str, dict[str, list[float]]]) -> str:
    """Lay the figures out as a Markdown table."""
    base = {key: statistics.median(out["floor"][key]) for key in ("first", "press")}
    rows = [
        "| app | first paint, ms | × floor | key → painted p50, ms | p95, ms | p50 × floor | p95 × floor's p50 "
        "| paints in a 1 s drag | from another page, ms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, figures in out.items():
        press = sorted(figures["press"])
        first, p50, p95 = statistics.median(figures["first"]), statistics.median(press), press[int(0.95 * len(press))]
        cells = [name, f"{first:.0f}", f"{first / base['first']:.2f}", f"{p50:.0f}", f"{p95:.0f}"]
        cells += [f"{p50 / base['press']:.2f}", f"{p95 / base['press']:.2f}"]
        cells += [f"{statistics.median(figures['drag']):.0f}"]
        cells += [f"{statistics.median(figures['turn']):.0f}" if figures["turn"] else ""]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--presses", type=int, default=16)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--topics", nargs="*", default=[])
    o = parser.parse_args()
    print(f"{machine()}\n\n{table(measure(o.rounds, o.presses, plain=o.plain, topics=tuple(o.topics)))}")

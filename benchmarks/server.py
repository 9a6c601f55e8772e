"""The server's part of a move beyond computing and drawing: `python -m benchmarks.server`.

For each lesson its main slider is moved to values that nobody asked for before. From question to answer over the lane's
websocket, one after the other, against `compute` and `draw` of the same values here; each is the median of what is
left of a lesson's moves. The two take turns, so that a slow moment of the machine hits both.
"""

import argparse
import statistics
import time

from threadpoolctl import threadpool_limits

from benchmarks.transports import over_websocket, questions
from tools.harness import machine, serve
from ui import catalog, lane

REST = 0.015  # s between questions: a hand is no faster
WARM = 20.0  # s for the first question's imports, and the others' in the background, to be over


def here(text: str) -> float:
    """Give ms that computing and drawing take, with nothing cached."""
    asked = lane.read(text)
    if asked is None:
        raise ValueError(text)
    parts = {name: task.whole() for name, task in asked.scene.tasks(asked.params).items()}
    start = time.perf_counter()
    result = asked.scene.module.compute(*([asked.params, parts] if parts else [asked.params]))
    asked.scene.picture(result, asked.params)
    return 1e3 * (time.perf_counter() - start)


def table(count: int = 60) -> str:
    """Lay the figures out as a Markdown table."""
    threadpool_limits(1)  # as on the server
    rows = ["| lesson | answer p50, ms | p95 | compute + draw p50 | beyond it | kB |", "|---|---|---|---|---|---|"]
    with serve() as address, over_websocket(address.removeprefix("http://")) as ask:
        topics = [lesson.topic for lesson in catalog.lessons()]
        for topic in topics:  # the first one's imports
            ask(next(questions(topic, 1, 0)))
        time.sleep(WARM)
        for topic in topics:
            there, local, sizes = [], [], []
            for text in questions(topic, count + 5, 1):
                start = time.perf_counter()
                sizes.append(len(ask(text)))
                there.append(1e3 * (time.perf_counter() - start))
                local.append(here(text))
                time.sleep(REST)
            p50, own = statistics.median(there[5:]), statistics.median(local[5:])
            p95 = sorted(there[5:])[int(0.95 * count)]
            rows.append(f"| {topic} | {p50:.1f} | {p95:.1f} | {own:.1f} | {p50 - own:.1f} | {sizes[-1] / 1e3:.0f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=60)
    print(f"{machine()}\n\n{table(parser.parse_args().moves)}")

"""A move over a websocket and over HTTP, straight and through nginx: `python -m benchmarks.transports`.

From question to answer, in Python, one after the other over a connection that stays open; each question moves the main
slider of a lesson to a value that nobody asked for before. The two ways take turns.
"""

import contextlib
import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator

from websockets.sync.client import connect

from benchmarks.latency import main_slider
from benchmarks.nginx import nginx
from tools.harness import free_port, machine, serve
from ui import catalog

Ask = Callable[[str], bytes]


@contextlib.contextmanager
def over_websocket(host: str) -> Iterator[Ask]:
    """Ask as the page does."""
    with connect(f"ws://{host}/sawaru/lane", origin=f"http://{host}", max_size=None, compression=None) as socket:

        def ask(text: str) -> bytes:
            socket.send(text)
            return bytes(socket.recv())

        yield ask


@contextlib.contextmanager
def over_http(host: str) -> Iterator[Ask]:
    """Ask by POST on a connection that is kept."""
    kept = http.client.HTTPConnection(host)

    def ask(text: str) -> bytes:
        kept.request("POST", "/sawaru/move", text)
        return kept.getresponse().read()

    yield ask
    kept.close()


def questions(topic: str, count: int, start: int) -> Iterator[str]:
    """Move the slider of a lesson, never to the same value twice."""
    scene, name = main_slider(topic)
    field = catalog.lesson(topic).scene(scene).fields[name]
    for i in range(count):
        share = ((start + i) * 0.6180339887) % 1  # fills the range evenly
        values = {name: field.low + share * (field.high - field.low)}
        common = {"topic": topic, "search": f"scene={scene}", "lang": "ja", "version": 1, "edit": None, "has": []}
        yield json.dumps({**common, "acks": {"controls": i, "edit": 0}, "values": values})


def table(count: int = 100) -> str:
    """Lay the figures out as a Markdown table."""
    behind = free_port()
    rows = ["| | lesson | p50, ms | p95, ms | kB |", "|---|---|---|---|---|"]
    with serve("benchmarks/apps/transports.py", port=behind) as direct, nginx(behind) as front:
        for where, url in (("straight", direct), ("through nginx", front)):
            host = url.removeprefix("http://")
            with over_websocket(host) as ws, over_http(host) as post:
                ways: dict[str, Ask] = {"websocket": ws, "HTTP": post}
                for topic in ("perceptron", "kalman"):
                    times: dict[str, list[float]] = {name: [] for name in ways}
                    sizes = []
                    for text in questions(topic, 2 * count + 10, len(where)):
                        name = list(ways)[len(sizes) % 2]
                        start = time.perf_counter()
                        sizes.append(len(ways[name](text)))
                        times[name].append(1e3 * (time.perf_counter() - start))
                        time.sleep(0.015)  # a hand is no faster
                    for name, seen in times.items():
                        kept = sorted(seen[5:])
                        figures = (statistics.median(kept), kept[int(0.95 * len(kept))], statistics.mean(sizes) / 1e3)
                        rows.append("| {}, {} | {} | {:.1f} | {:.1f} | {:.0f} |".format(name, where, topic, *figures))
    return "\n".join(rows)


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

"""A class on one server: N websocket clients, one move a second each: `python -m benchmarks.classroom`.

Each client opens a lesson and moves its main slider, as the browser would: one message out, all messages of the run in.
What is timed is the server's part, from the message sent to the end of the run.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import time
from dataclasses import dataclass, field

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.harness import machine, serve
from benchmarks.latency import main_slider
from ui import catalog
from ui import params as ps

WARM = 25.0  # s after the first visit, for the heavy imports to be over


@dataclass
class Class:
    """What all clients saw."""

    first: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: int = 0


@dataclass
class Pupil:
    """One client."""

    address: str
    topic: str
    seen: Class
    fragment: str = ""
    page: str = ""
    controls: str = ""
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    async def read(self, socket: websockets.ClientConnection) -> int:
        """Take messages to the end of a run; give their bytes."""
        total = 0
        while True:
            raw = await socket.recv()
            total += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            elif kind == "delta":
                element = message.delta.new_element
                which = element.WhichOneof("type")
                if which == "exception":
                    self.seen.errors += 1
                if which == "bidi_component" and element.bidi_component.id.endswith(".controls"):
                    self.controls, self.fragment = element.bidi_component.id, message.delta.fragment_id
            elif kind == "script_finished":
                return total

    async def attend(self, moves: int, gap: float, delay: float) -> None:
        """Open the page, then move the slider `moves` times."""
        await asyncio.sleep(delay)
        slider = dict(ps.controls(catalog.lesson(self.topic).module().Params))[main_slider(self.topic)]
        url = f"{self.address.replace('http', 'ws')}/_stcore/stream"
        async with websockets.connect(url, max_size=None, subprotocols=["streamlit"]) as socket:
            hello = BackMsg()
            hello.rerun_script.page_name = self.topic
            start = time.perf_counter()
            await socket.send(hello.SerializeToString())
            await self.read(socket)
            self.seen.first.append(time.perf_counter() - start)
            for i in range(moves):
                await asyncio.sleep(gap)
                share = ((i * 7 + int(1000 * delay)) % 51) / 50
                back = BackMsg()
                run = back.rerun_script
                run.fragment_id, run.page_script_hash = self.fragment, self.page
                widget = run.widget_states.widgets.add()
                widget.id = self.controls
                value = slider.tidy(slider.low + share * (slider.high - slider.low))
                widget.json_value = json.dumps(
                    {"hand": {"values": {main_slider(self.topic): value}, "ver": 1, "n": int(time.time() * 1000)}}
                )
                start = time.perf_counter()
                await socket.send(back.SerializeToString())
                self.seen.sizes.append(await self.read(socket))
                self.seen.moves.append(time.perf_counter() - start)


async def lesson_hour(address: str, pupils: int, moves: int, gap: float, topics: tuple[str, ...] = ()) -> Class:
    """Let `pupils` attend, spread evenly over the lessons (all by default) and over the first second."""
    seen = Class()
    topics = topics or tuple(lesson.topic for lesson in catalog.lessons())
    await asyncio.gather(
        *(Pupil(address, topics[i % len(topics)], seen).attend(moves, gap, i / pupils) for i in range(pupils))
    )
    return seen


def server() -> psutil.Process:
    """Find the served app among our own children."""
    return next(p for p in psutil.Process().children() if "app.py" in p.cmdline())


def measure(
    sizes: tuple[int, ...] = (1, 40), moves: int = 20, gap: float = 1.0, topics: tuple[str, ...] = ()
) -> list[tuple[int, Class, float]]:
    """Measure classes of several sizes on one warm server; give (pupils, what they saw, server's memory in MB)."""
    out = []
    with serve() as address:
        asyncio.run(lesson_hour(address, 1, 1, 0.1, topics))
        time.sleep(WARM)
        for pupils in sizes:
            seen = asyncio.run(lesson_hour(address, pupils, moves, gap, topics))
            out.append((pupils, seen, server().memory_info().rss / 2**20))
    return out


def table(out: list[tuple[int, Class, float]]) -> str:
    """Lay the figures out as a Markdown table."""
    rows = [
        "| clients | moves | p50, ms | p95, ms | p99, ms | max, ms | first run p50, ms | kB a move | errors | server, MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for pupils, seen, memory in out:
        ms = sorted(1e3 * t for t in seen.moves)
        p50, p95, p99 = (ms[int(q * (len(ms) - 1))] for q in (0.5, 0.95, 0.99))
        first, size = 1e3 * statistics.median(seen.first), statistics.mean(seen.sizes) / 1e3
        rows.append(
            f"| {pupils} | {len(ms)} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {ms[-1]:.0f} | {first:.0f} | {size:.0f} | {seen.errors} | {memory:.0f} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, nargs="+", default=[1, 40])
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--gap", type=float, default=1.0)
    parser.add_argument("--topics", nargs="*", default=[], help="lessons they attend; all by default")
    options = parser.parse_args()
    seen = measure(tuple(options.pupils), options.moves, options.gap, tuple(options.topics))
    print(f"{machine()}\n\n{table(seen)}")

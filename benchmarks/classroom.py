"""A class on one server: N websocket clients on all lessons: `python -m benchmarks.classroom`.

Each client opens a lesson and moves its main slider about once a second, as a browser would: it asks the lane, and
tells Streamlit when the hand has rested. The pauses are uneven, so that a class that once had to wait does not move
as one ever after. What is timed is the server's part, from question to answer. Some clients may drag instead: their
next move leaves when the last one's picture is there, as in the browser, up to 60 a second. With `--runs` there is no
lane: a move is one message out, all messages of the run in, up to 15 a second. One more may keep a job running. On a
warm server the moves begin when all are there; on a cold one each begins when its own page is. The server's memory,
threads and open files are looked at all the while.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import statistics
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.latency import main_slider
from tools.harness import machine, serve
from ui import catalog

WARM = 25.0  # s after the first visit, for the heavy imports to be over
DRAG = {True: 1 / 60, False: 1 / 15}  # s between the moves of a hand that drags, at least: with the lane, and without
REST = 0.25  # s from the last move until Streamlit is told
SILENCE = 60.0  # s after which a server that says nothing has failed
LOOK = 5.0  # s from look to look at the server
TICK = 0.25  # s from look to look at a job, as the stage does it


@dataclass
class Class:
    """What all clients saw, and how the server was meanwhile."""

    first: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)  # of those who move once a second
    places: list[tuple[str, float]] = field(default_factory=list)  # where those went: lesson, value
    drags: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    errors: int = 0
    said: Counter[str] = field(default_factory=Counter)  # what the errors said
    server: list[tuple[float, int, int]] = field(default_factory=list)  # MB, threads, open files


@dataclass
class Pupil:
    """One client."""

    address: str
    topic: str
    seen: Class
    query: str = ""
    lane: bool = True
    shift: float = 0.0  # of its values, in fiftieths of the slider
    fragment: str = ""
    page: str = ""
    controls: str = ""
    stage: str = ""
    has: list[str] = field(default_factory=list)  # names of frames and of what is kept
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(int(time.time() * 1000)))

    async def read(self, socket: websockets.ClientConnection) -> int:
        """Take messages to the end of a run; give their bytes."""
        total = 0
        while True:
            async with asyncio.timeout(SILENCE):
                raw = await socket.recv()
            total += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            elif kind == "navigation":  # which of the pages it is
                self.page = message.navigation.page_script_hash
            elif kind == "delta":
                element = message.delta.new_element
                which = element.WhichOneof("type")
                if which == "exception":
                    self.seen.errors += 1
                    self.seen.said[element.exception.message] += 1
                if which == "bidi_component" and element.bidi_component.id.endswith(".controls"):
                    self.controls, self.fragment = element.bidi_component.id, message.delta.fragment_id
                if which == "bidi_component" and element.bidi_component.id.endswith(".stage"):
                    self.stage = element.bidi_component.id
            elif kind == "script_finished":
                return total

    @contextlib.asynccontextmanager
    async def visit(self) -> AsyncIterator[websockets.ClientConnection]:
        """Open the page."""
        url = f"{self.address.replace('http', 'ws')}/_stcore/stream"
        async with websockets.connect(url, max_size=None, subprotocols=["streamlit"]) as socket:
            hello = BackMsg()
            hello.rerun_script.page_name, hello.rerun_script.query_string = self.topic, self.query
            start = time.perf_counter()
            await socket.send(hello.SerializeToString())
            await self.read(socket)
            self.seen.first.append(time.perf_counter() - start)
            yield socket

    async def tell(
        self, socket: websockets.ClientConnection, widget: str, state: dict[str, object]
    ) -> tuple[float, int]:
        """Send a component's state; give seconds and bytes to the end of the run."""
        back = BackMsg()
        run = back.rerun_script
        run.fragment_id, run.page_script_hash, run.query_string = self.fragment, self.page, self.query
        sent = run.widget_states.widgets.add()
        sent.id, sent.json_value = widget, json.dumps(state)
        start = time.perf_counter()
        await socket.send(back.SerializeToString())
        size = await self.read(socket)
        return time.perf_counter() - start, size

    async def ask(self, lane: websockets.ClientConnection, values: dict[str, float], n: int) -> tuple[float, int]:
        """Ask the lane for a picture; give seconds and bytes."""
        common = {"topic": self.topic, "search": self.query, "lang": "ja", "version": 1, "edit": None, "has": self.has}
        text = json.dumps({**common, "acks": {"controls": n, "edit": 0}, "values": values})
        start = time.perf_counter()
        await lane.send(text)
        body = bytes(await lane.recv())
        seconds = time.perf_counter() - start
        sizes = struct.unpack("<4I", body[:16])
        if not sizes[1]:
            self.seen.errors += 1
            self.seen.said["The lane left a move to the page."] += 1
        else:  # what travels apart is kept
            length = int.from_bytes(body[16 + sizes[0] : 20 + sizes[0]], "little")
            header = json.loads(body[20 + sizes[0] : 20 + sizes[0] + length])
            self.has = [header[name] for name in ("frames", "kept") if header.get(name)]
        return seconds, len(body)

    async def move(
        self, socket: websockets.ClientConnection, lane: Any, name: str, value: float, *, rests: bool
    ) -> float:
        """Move the slider; give the seconds to its picture."""
        n = next(self.numbers)
        hand = {"hand": {"values": {name: value}, "ver": 1, "n": n}}
        if lane is None:
            seconds, size = await self.tell(socket, self.controls, hand)
        else:
            seconds, size = await self.ask(lane, {name: value}, n)
            if rests:
                await asyncio.sleep(REST)
                await self.tell(socket, self.controls, hand)
        self.seen.sizes.append(size)
        return seconds

    @contextlib.asynccontextmanager
    async def lane_of(self) -> AsyncIterator[Any]:
        """Open the lane, if it is to be used."""
        if not self.lane:
            yield None
            return
        url = f"{self.address.replace('http', 'ws')}/sawaru/lane"
        async with websockets.connect(url, max_size=None, origin=self.address, compression=None) as lane:
            yield lane

    async def attend(
        self, end: float, gap: float, delay: float, *, drags: bool = False, all_here: asyncio.Barrier | None = None
    ) -> None:
        """Move the slider until `end`, from when all are there if somebody waits for that."""
        await asyncio.sleep(delay)
        scene, name = main_slider(self.topic)
        self.query = f"scene={scene}"
        pauses = np.random.default_rng(int(1e6 * delay))
        slider = catalog.lesson(self.topic).scene(scene).fields[name]
        async with self.visit() as socket, self.lane_of() as lane:
            if all_here:
                await all_here.wait()
            for i in itertools.count():
                if drags:
                    share = abs((i % 60) / 30 - 1)  # to and fro
                else:
                    await asyncio.sleep(gap * pauses.uniform(0.5, 1.5))
                    share = ((i * 7 + int(1000 * delay)) % 51 + self.shift) / 50
                if time.monotonic() > end:
                    return
                value = slider.tidy(slider.low + share * (slider.high - slider.low))
                seconds = await self.move(socket, lane, name, value, rests=not drags)
                (self.seen.drags if drags else self.seen.moves).append(seconds)
                if not drags:
                    self.seen.places.append((self.topic, value))
                if drags:
                    await asyncio.sleep(max(0.0, DRAG[self.lane] - seconds))

    async def work(self, end: float) -> None:
        """Keep looking at a page whose job runs; a new seed when it is done would be a new visit."""
        async with self.visit() as socket:
            while time.monotonic() < end:
                await asyncio.sleep(TICK)
                await self.tell(socket, self.stage, {"tick": {"press": None, "n": next(self.numbers)}})


def server() -> psutil.Process:
    """Find the served app among our own children, or our parent's."""
    us = psutil.Process()
    family = itertools.chain(us.children(), us.parent().children() if us.parent() else ())
    return next(p for p in family if "app.py" in p.cmdline())


async def look(seen: Class, end: float) -> None:
    """Look at the server until `end`."""
    process = server()
    while True:
        seen.server.append((process.memory_info().rss / 2**20, process.num_threads(), process.num_fds()))
        if time.monotonic() > end:
            return
        await asyncio.sleep(min(LOOK, max(0.1, end - time.monotonic())))


async def lesson_hour(
    address: str,
    pupils: int,
    seconds: float,
    *,
    gap: float = 1.0,
    topics: tuple[str, ...] = (),
    draggers: int = 0,
    jobs: tuple[str, ...] = (),
    together: bool = True,
    lane: bool = True,
    shift: float = 0.0,
) -> Class:
    """Let `pupils` attend, spread evenly over the lessons (all by default) and over the first second.

    Parameters
    ----------
    seconds
        How long.
    draggers
        How many of them drag.
    jobs
        "topic?query" of pages with a job to keep running meanwhile, one after the other.
    together
        Whether the moves begin when all are there.
    lane
        Whether moves are asked of the lane.
    shift
        Of all values, from 0 to 1: what one class asked for is made, and another that asks for the same does not wait.
    """
    seen = Class()
    topics = topics or tuple(lesson.topic for lesson in catalog.lessons())
    end = time.monotonic() + seconds
    clients = [Pupil(address, topics[i % len(topics)], seen, lane=lane, shift=shift) for i in range(pupils)]
    here = asyncio.Barrier(pupils) if together else None
    tasks = [c.attend(end, gap, i / pupils, drags=i < draggers, all_here=here) for i, c in enumerate(clients)]

    async def trainer() -> None:
        for i, job in enumerate(jobs):
            topic, _, query = job.partition("?")
            await Pupil(address, topic, Class(), query).work(end - seconds * (len(jobs) - 1 - i) / len(jobs))

    await asyncio.gather(look(seen, end), trainer(), *tasks)
    return seen


def measure(
    sizes: tuple[int, ...] = (1, 40), *, seconds: float = 20.0, cold: bool = False, **how: object
) -> list[tuple[str, Class]]:
    """Measure classes of several sizes on one server, warm or (`cold`) just started; give (name, what they saw).

    Only the last class has draggers and jobs: those before it warm the server, and are what it is compared with.
    """
    out = []
    with serve() as address:
        if not cold:
            asyncio.run(lesson_hour(address, 1, 2.0))  # whom the warm-up follows
            time.sleep(WARM)
        for i, pupils in enumerate(sizes):
            now = how if i == len(sizes) - 1 else {**how, "draggers": 0, "jobs": ()}
            hour = lesson_hour(address, pupils, seconds, together=not cold, **now)  # type: ignore[arg-type]
            seen = asyncio.run(hour)
            draggers = now.get("draggers", 0)
            name = f"{pupils}" + (f", {draggers} drag" if draggers else "") + (", jobs" if now.get("jobs") else "")
            out.append((name + (", cold" if cold else ""), seen))
    return out


def table(out: list[tuple[str, Class]]) -> str:
    """Lay the figures out as a Markdown table."""
    rows = [
        "| clients | moves | p50, ms | p95 | p99 | max | drags | p50, ms | p95 | first run p50, ms | max "
        "| kB a move | errors "
        "| server, MB first – last | threads, most | files, most |",
        "|" + "---|" * 16,
    ]
    for name, seen in out:
        first = sorted(1e3 * t for t in seen.first)
        memory, threads, files = zip(*seen.server, strict=True)
        cells = [name, len(seen.moves), *_quantiles(seen.moves, (0.5, 0.95, 0.99, 1)), len(seen.drags)]
        cells += [*_quantiles(seen.drags, (0.5, 0.95)), f"{statistics.median(first):.0f}", f"{first[-1]:.0f}"]
        cells += [
            f"{statistics.fmean(seen.sizes or [0]) / 1e3:.0f}",
            seen.errors,
            f"{memory[0]:.0f} – {memory[-1]:.0f}",
        ]
        rows.append("| " + " | ".join(str(cell) for cell in (*cells, max(threads), max(files))) + " |")
        rows += [f"\n{count} × {message}" for message, count in seen.said.items()]
        if len(memory) > 2 * (every := round(120 / LOOK)):
            rows.append(
                f"\nServer's memory every two minutes, in MB: {', '.join(f'{mb:.0f}' for mb in memory[::every])}"
            )
    return "\n".join(rows)


def _quantiles(seconds: list[float], shares: tuple[float, ...]) -> list[str]:
    ms = sorted(1e3 * t for t in seconds)
    return [f"{ms[int(share * (len(ms) - 1))]:.0f}" if ms else "" for share in shares]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, nargs="+", default=[1, 40])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--gap", type=float, default=1.0)
    parser.add_argument("--topics", nargs="*", default=[], help="lessons they attend; all by default")
    parser.add_argument("--draggers", type=int, default=0, help="how many of them drag")
    parser.add_argument("--jobs", nargs="*", default=[], help='pages with a job to keep running: "topic?query"')
    parser.add_argument("--cold", action="store_true", help="the class meets a server that was just started")
    parser.add_argument("--runs", action="store_true", help="moves go through Streamlit's runs, without the lane")
    o = parser.parse_args()
    how = {"lane": not o.runs, "gap": o.gap, "topics": tuple(o.topics), "draggers": o.draggers, "jobs": tuple(o.jobs)}
    print(f"{machine()}\n\n{table(measure(tuple(o.pupils), seconds=o.seconds, cold=o.cold, **how))}")

"""A class in a room: `python -m benchmarks.room`.

A teacher drags a slider in a Chromium of his own; one pupil has a Chromium as well, the others are websockets that take
each picture and ask for the next. Timed: from each move of the teacher's slider to the first frame on the pupil's
screen that shows it or a later one; the server's part of the moves of ten others, who are in no room, alone, beside the
teacher, and with the class; from a pupil's click on a choice to its bar on the teacher's screen; the server's memory.
With `--rooms 5` four more classes are dragged by websockets. The class and the others are processes of their own: in
one, the others' clocks would wait for the class to have read its pictures.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

import websockets
from playwright.sync_api import Page

from benchmarks.classroom import lesson_hour, server
from benchmarks.latency import main_slider
from tools.harness import chromium, machine, serve
from ui import catalog

TOPIC = "perceptron"
OTHERS = 10  # who are in no room, and move once a second
WARM = 20.0  # s for the first visit's imports to be over
PACE = 0.05  # s between the moves of a teacher without a browser, as `room.js` sends them
VOTES = 20
BEEN: set[tuple[str, float]] = set()  # what was asked for before leaves without being computed
SPAWN = multiprocessing.get_context("spawn")

NOTE_MOVES = """(name) => { window.__moves = [];
  sawaruLane.panel.controls.get(name).range.addEventListener('input',
    (event) => __moves.push([Number(event.target.value), Date.now()])); }"""
NOTE_PAINTS = """(name) => { window.__paints = [];
  window.addEventListener('sawaru:painted', () => {
    const value = Number(sawaruLane.panel.controls.get(name).range.value);
    if (__paints.at(-1)?.[0] !== value) __paints.push([value, Date.now()]); }); }"""
NOTE_BARS = """() => { window.__bars = 0;
  new MutationObserver(() => { __bars = Date.now(); }).observe(sawaruLane.panel.room.poll.rows,
    { subtree: true, childList: true, characterData: true }); }"""


class Sockets:
    """A class without browsers."""

    def __init__(self, address: str, stop: Event) -> None:
        self.address = address
        self.stop = stop
        self.pictures = 0
        self.waits: list[float] = []  # s from a teacher's move to its picture, where the teacher is a socket as well
        self.sent: dict[str, float] = {}

    @contextlib.asynccontextmanager
    async def socket(self, **hello: object) -> AsyncIterator[Any]:
        """Connect and say hello."""
        url = f"{self.address.replace('http', 'ws')}/sawaru/room"
        async with websockets.connect(url, max_size=None, origin=self.address, compression=None) as socket:
            await socket.send(json.dumps(hello))
            yield socket

    async def pupil(self, code: str, i: int) -> None:
        """Take pictures and ask for the next."""
        async with self.socket(do="join", code=code, mark=f"pupil {i:03} of a bench") as socket:
            await socket.send(json.dumps({"do": "seen", "has": [], "lang": "ja"}))
            while not self.stop.is_set():
                with contextlib.suppress(TimeoutError):
                    raw = await asyncio.wait_for(socket.recv(), 0.5)
                    if isinstance(raw, bytes):
                        size = int.from_bytes(raw[:4], "little")
                        place = json.loads(raw[16 : 16 + size])["place"]
                        self.pictures += 1
                        if (start := self.sent.get(f"{code} {place['search']}")) is not None:
                            self.waits.append(time.perf_counter() - start)
                    elif json.loads(raw)["is"] != "place":
                        continue
                    await socket.send(json.dumps({"do": "seen", "has": [], "lang": "ja"}))

    async def teacher(self, pupils: int) -> None:
        """Open a room and drag to and fro."""
        scene, name = main_slider(TOPIC)
        slider: Any = catalog.lesson(TOPIC).scene(scene).fields[name]
        ask = {"topic": TOPIC, "lang": "ja", "version": 1, "edit": None, "has": [], "search": f"scene={scene}"}
        async with self.socket(do="open") as socket:
            code = json.loads(await socket.recv())["code"]
            tasks = [asyncio.create_task(self.pupil(code, i)) for i in range(pupils)]

            async def hear() -> None:
                async for _ in socket:
                    pass

            hearing = asyncio.create_task(hear())
            i = 0
            while not self.stop.is_set():
                i += 1
                value = slider.tidy(slider.low + abs((i % 100) / 50 - 1) * (slider.high - slider.low))
                moved = {**ask, "acks": {"controls": i, "edit": 0}, "values": {name: value}}
                self.sent[f"{code} {name}={value:g}"] = time.perf_counter()
                await socket.send(json.dumps({"do": "place", "ask": moved, "frame": None}))
                await asyncio.sleep(PACE)
            hearing.cancel()
            await asyncio.gather(*tasks)

    async def run(self, code: str, pupils: int, rooms: int) -> None:
        """Have a class in a room that is open, and some more."""
        jobs = [self.pupil(code, i) for i in range(pupils - 1)]
        await asyncio.gather(*jobs, *(self.teacher(pupils) for _ in range(rooms - 1)))


def attend(address: str, code: str, pupils: int, rooms: int, stop: Event, out: Connection) -> None:
    """Be a class of sockets until `stop`; send how many pictures came, and the other teachers' waits in s."""
    sockets = Sockets(address, stop)
    asyncio.run(sockets.run(code, pupils, rooms))
    out.send((sockets.pictures, sockets.waits))


@contextlib.contextmanager
def a_class(address: str, code: str, pupils: int, rooms: int) -> Iterator[dict[str, Any]]:
    """Have a class of sockets come and go, in a process of its own; what it saw is there when it has gone."""
    stop, (mine, its) = SPAWN.Event(), SPAWN.Pipe()
    process = SPAWN.Process(target=attend, args=(address, code, pupils, rooms, stop, its), daemon=True)
    process.start()
    seen: dict[str, Any] = {}
    try:
        yield seen
        stop.set()
        if not mine.poll(30):
            raise TimeoutError("The class does not go home.")
        seen["pictures"], seen["waits"] = mine.recv()
    finally:
        process.terminate()


def moves(address: str, seconds: float, shift: float) -> list[float]:
    """Let some who are in no room move; give the server's part in ms, where nobody of them had been before."""
    seen = asyncio.run(lesson_hour(address, OTHERS, seconds, shift=shift))
    new = [ms for ms, place in zip(seen.moves, seen.places, strict=True) if place not in BEEN]
    BEEN.update(seen.places)
    return sorted(1e3 * t for t in new)


def drag(page: Page, name: str, seconds: float) -> list[tuple[float, float]]:
    """Drag to and fro; give each move as (value, ms of the clock)."""
    slider = page.locator(f".sawaru-controls [data-name={name}] input[type=range]")
    box = slider.bounding_box()
    assert box is not None
    y, left, width = box["y"] + box["height"] / 2, box["x"] + 12, box["width"] - 24
    page.evaluate(NOTE_MOVES, name)
    page.mouse.move(left, y)
    page.mouse.down()
    start = time.perf_counter()
    while (now := time.perf_counter() - start) < seconds:
        page.mouse.move(left + width * abs((now / 3) % 2 - 1), y)
        page.wait_for_timeout(16)
    page.mouse.up()
    return [(v, t) for v, t in page.evaluate("__moves")]


def painted(moves: list[tuple[float, float]], paints: list[tuple[float, float]]) -> list[float]:
    """Give ms from each move to the first paint that shows it or a later one."""
    out, at = [], 0
    shown = []  # (index of the move, when)
    for value, when in paints:
        late = [i for i, (v, t) in enumerate(moves) if v == value and t <= when]
        if late:
            at = max(at, late[-1])
            shown.append((at, when))
    for i, (_, start) in enumerate(moves):
        if (found := next((when for k, when in shown if k >= i), None)) is not None:
            out.append(found - start)
    return sorted(out)


def votes(teacher: Page, pupil: Page) -> list[float]:
    """Give ms from a pupil's click to the bar on the teacher's screen."""
    teacher.evaluate("sawaruRoom.ask('pose', { ask: 'k?', choices: ['1', '2'], hidden: false })")
    pupil.locator(".poll input[type=radio]").first.wait_for()
    teacher.evaluate(NOTE_BARS)
    out = []
    for i in range(VOTES):
        teacher.evaluate("__bars = 0")
        radio = pupil.locator(".poll input[type=radio]").nth(i % 2)
        start = radio.evaluate("(e) => { const now = Date.now(); e.click(); return now; }")
        teacher.wait_for_function("__bars > 0", timeout=20_000)
        out.append(teacher.evaluate("__bars") - start)
    teacher.evaluate("sawaruRoom.ask('clear')")
    return sorted(out)


def table(pupils: int = 40, rooms: int = 1, seconds: float = 60.0) -> str:
    """Lay the figures out as a Markdown table."""

    def quantiles(ms: list[float]) -> str:
        return f"{statistics.median(ms):.0f} / {ms[int(0.95 * (len(ms) - 1))]:.0f}" if ms else "none"

    scene, name = main_slider(TOPIC)
    with serve() as address, ProcessPoolExecutor(1, mp_context=SPAWN) as others, contextlib.ExitStack() as stack:
        others.submit(main_slider, TOPIC).result()  # the process is there
        os.sched_setscheduler(
            0, os.SCHED_IDLE, os.sched_param(0)
        )  # who is in a class has a machine of his own: what he draws there takes nothing from the server
        browser = stack.enter_context(chromium())
        teacher = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
        teacher.goto(f"{address}/{TOPIC}?scene={scene}")
        teacher.wait_for_function("window.sawaruLane?.ready && sawaruLane.stage?.spec", timeout=60_000)
        teacher.wait_for_timeout(1000 * WARM)
        others.submit(moves, address, seconds / 2, 0.0).result()
        before = others.submit(moves, address, seconds / 2, 0.25).result()
        beside = others.submit(moves, address, seconds / 2, 0.5)
        drag(teacher, name, seconds / 2)  # his browser takes its part of the cores, class or none
        alone = beside.result()
        teacher.evaluate("sawaruRoom.open()")
        teacher.wait_for_function("sawaruRoom.view")
        code = str(teacher.evaluate("sawaruRoom.view.code"))
        pupil = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
        pupil.goto(f"{address}/{TOPIC}?room={code}")
        pupil.wait_for_function("window.sawaruRoom?.view && sawaruLane.stage?.spec", timeout=60_000)
        process = server()
        with a_class(address, code, pupils, rooms) as seen:
            teacher.wait_for_function(f"sawaruRoom.view.here.all >= {pupils}", timeout=60_000)
            pupil.evaluate(NOTE_PAINTS, name)
            beside = others.submit(moves, address, seconds / 2, 0.75)
            memory = [process.memory_info().rss / 2**20]
            hand = drag(teacher, name, seconds)
            after = beside.result()
            paints = [(v, t) for v, t in pupil.evaluate("__paints")]
            memory.append(process.memory_info().rss / 2**20)
            clicks = votes(teacher, pupil)
    pictures, waits = seen["pictures"], sorted(1e3 * t for t in seen["waits"])
    rows = [
        ("teacher's move → painted on a pupil's screen", quantiles(painted(hand, paints))),
        ("teacher's move → picture, in the other rooms", quantiles(waits)),
        (f"server's part of the moves of {OTHERS} others, nobody else there", quantiles(before)),
        ("… while the teacher drags alone", quantiles(alone)),
        ("… while he leads the class", quantiles(after)),
        ("click on a choice → its bar on the teacher's screen", quantiles(clicks)),
        ("pictures sent a second", f"{pictures / seconds:.0f}"),
        ("server's memory before and after, MB", f"{memory[0]:.0f} – {memory[1]:.0f}"),
    ]
    head = f"| {rooms} × {pupils} pupils, the teacher drags for {seconds:.0f} s | ms: p50 / p95 |\n|---|---|\n"
    return head + "\n".join(f"| {what} | {value} |" for what, value in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pupils", type=int, default=40)
    parser.add_argument("--rooms", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="600 shows whether memory stays flat")
    o = parser.parse_args()
    print(f"{machine()}\n\n{table(o.pupils, o.rooms, o.seconds)}")

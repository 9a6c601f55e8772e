"""What a running job costs another user's slider: `python -m benchmarks.jobs`.

A slider's computation, made to take 5 ms alone, runs in one thread thirty times a second while a job runs in another: a
Python loop, small numpy steps, a small torch net in training. Beside it, what the rests in `report` cost the job
itself.
"""

import argparse
import math
import os
import platform
import queue
import threading
import time
from collections.abc import Callable

import numpy as np

from ui import jobs

Step = Callable[[], object]


def python() -> Step:
    """Loop in Python, as tabular Q-learning does."""

    def step() -> int:
        total = 0
        for i in range(2000):
            total = (total * 31 + i) % 9973
        return total

    return step


def numpy() -> Step:
    """Call numpy often, each time for a short while."""
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(32, 32)) / 6, rng.normal(size=(64, 32))

    def step() -> object:
        h = x
        for _ in range(20):
            h = np.tanh(h @ w)
        return h

    return step


def torch() -> Step:
    """Train a two-layer net, one step of Adam."""
    import torch as t

    t.set_num_threads(1)
    t.manual_seed(0)
    net = t.nn.Sequential(t.nn.Linear(4, 64), t.nn.Tanh(), t.nn.Linear(64, 2))
    optimizer = t.optim.Adam(net.parameters())
    x = t.randn(64, 4)

    def step() -> object:
        optimizer.zero_grad()
        loss = (net(x) ** 2).mean()
        loss.backward()
        return optimizer.step()

    return step


KINDS = {"Python loop": python, "small numpy": numpy, "small torch net": torch}


def slider() -> Step:
    """Take 5 ms alone, of numpy and Python: a lesson's compute and draw."""
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(300, 2)), rng.normal(size=3)

    def once() -> float:
        scores = w[0] + x @ w[1:]
        return float(np.abs(scores).mean()) + sum(i % 7 for i in range(500))

    start = time.perf_counter()
    for _ in range(200):
        once()
    repeats = max(1, round(0.005 / ((time.perf_counter() - start) / 200)))

    def compute() -> float:
        return sum(once() for _ in range(repeats))

    return compute


def times(seconds: float, compute: Step) -> list[float]:
    """Move the slider for a while; give the ms from each move to its answer, sorted.

    As in Streamlit a move comes in at one thread, is computed in another and leaves through the first: each time a
    thread has to get hold of the interpreter, which the job may have.
    """
    out, moves, answers = [], queue.SimpleQueue[bool](), queue.SimpleQueue[bool]()

    def script() -> None:
        while moves.get():
            compute()
            answers.put(True)

    thread = threading.Thread(target=script)
    thread.start()
    end = time.perf_counter() + seconds
    while (due := time.perf_counter() + 0.033) < end:
        time.sleep(0.033)
        moves.put(True)
        answers.get()
        out.append(1000 * (time.perf_counter() - due))
    moves.put(False)
    thread.join()
    return sorted(out)


def beside(make: Callable[[], Step], seconds: float, compute: Step) -> tuple[list[float], float]:
    """Move the slider while a job runs; give its ms and the job's steps a second with nobody at the slider."""
    pool, step, ready, count = jobs.Pool(patience=3600), make(), threading.Event(), 0

    def work(report: jobs.Report) -> None:
        nonlocal count
        while True:
            step()
            count += 1
            report(0.5)
            ready.set()

    job = pool.start("bench", work)
    ready.wait()
    moved = times(seconds, compute)
    before, start = count, time.perf_counter()
    time.sleep(seconds / 2)
    speed = (count - before) / (time.perf_counter() - start)
    job.cancel()
    while any(thread.name.startswith("sawaru-job") for thread in threading.enumerate()):
        time.sleep(0.01)
    return moved, speed


def measure(seconds: float) -> str:
    """Give the table."""
    compute = slider()
    rows = ["| job | rests | slider p50, ms | p95, ms | job's steps a second |", "|---|---|---|---|---|"]

    def row(name: str, rests: str, moved: list[float], speed: str) -> None:
        rows.append(
            f"| {name} | {rests} | {moved[len(moved) // 2]:.1f} | {moved[int(0.95 * len(moved))]:.1f} | {speed} |"
        )

    row("none", "", times(seconds, compute), "")
    held = jobs.HELD
    for name, make in KINDS.items():
        for rests, value in (("no", math.inf), ("yes", held)):
            jobs.HELD = value
            moved, speed = beside(make, seconds, compute)
            row(name, rests, moved, f"{speed:,.0f}")
    jobs.HELD = held
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of moving the slider, for each row")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print(measure(options.seconds))

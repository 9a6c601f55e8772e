"""The server's memory with every scene of every lesson opened, and then while a network trains.

`python -m benchmarks.memory`. Each scene is a visit of its own, as a browser's: what is kept of it is what a session
that ended leaves, and what all visits share (results, pictures, modules, data).
"""

import asyncio
import time

from benchmarks.classroom import WARM, Class, Pupil, server
from tools.harness import machine, serve
from ui import catalog

TRAINING = "agent=ppo&seed=5&scene=learn"  # of CartPole
TICKS = 120  # looks at the job


async def open_all(address: str) -> Class:
    """Open every scene."""
    seen = Class()
    for lesson in catalog.lessons():
        for scene in lesson.titles:
            async with Pupil(address, lesson.topic, seen, f"scene={scene}").visit():
                pass
    return seen


async def train(address: str) -> float:
    """Have a network trained; give the most memory meanwhile, in MB."""
    most, process = 0.0, server()
    async with (pupil := Pupil(address, "cartpole", Class(), TRAINING)).visit() as socket:
        for _ in range(TICKS):
            await asyncio.sleep(0.25)
            await pupil.tell(socket, pupil.stage, {"tick": {"press": None, "n": next(pupil.numbers)}})
            most = max(most, process.memory_info().rss / 2**20)
    return most


def table() -> str:
    """Lay the figures out as a Markdown table."""
    with serve() as address:
        process = server()

        def now() -> float:
            return float(process.memory_info().rss / 2**20)

        started = now()
        asyncio.run(Pupil(address, "perceptron", Class()).work(0.0))
        time.sleep(WARM)
        warm = now()
        rows = [("just started", started), ("warm, one visit", warm)]
        for which in ("opened", "opened again"):
            seen = asyncio.run(open_all(address))
            rows.append((f"every scene {which} ({len(seen.first)}, {seen.errors} errors)", now()))
        most = asyncio.run(train(address))
        torch = any("libtorch" in m.path for m in process.memory_maps())
        rows.append((f"at most, while a network trains (PyTorch {'is' if torch else 'is not'} loaded)", most))
    return "| | server, MB |\n|---|---|\n" + "\n".join(f"| {what} | {mb:.0f} |" for what, mb in rows)


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

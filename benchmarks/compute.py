"""Time and size of a move, without a browser: `python -m benchmarks.compute`.

For every scene of every lesson, compute + draw + encode and the bytes that a move sends: at the defaults, and the worst
over each control at both of its ends. The slow work of jobs does not count.
"""

import time
from typing import Any

from tools.harness import machine
from ui import catalog, stage
from ui import params as ps
from ui.scene import Scene


def move(scene: Scene, params: Any) -> tuple[float, int]:
    """Give ms (best of three, nothing cached) and bytes."""
    best, size = float("inf"), 0
    parts = {name: task.first() for name, task in scene.tasks(params).items()}
    for _ in range(3):
        start = time.perf_counter()
        result = scene.module.compute(params, parts) if parts else scene.module.compute(params)
        size = stage.encode(scene.picture(result, params), "ja").size
        best = min(best, 1e3 * (time.perf_counter() - start))
    return best, size


def table() -> str:
    """Lay the figures out as a Markdown table."""
    rows = ["| lesson | scene | default, ms | worst, ms | default, kB | worst, kB |", "|---|---|---|---|---|---|"]
    for lesson in catalog.lessons():
        for scene in lesson.scenes:
            moves = [move(scene, params) for params in ps.corners(scene.Params)]
            times, sizes = zip(*moves, strict=True)
            cells = (lesson.topic, scene.id, times[0], max(times), sizes[0] / 1e3, max(sizes) / 1e3)
            rows.append("| {} | {} | {:.1f} | {:.1f} | {:.0f} | {:.0f} |".format(*cells))
    return "\n".join(rows)


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

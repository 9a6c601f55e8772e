"""How long CLIP's towers take on one thread: `python -m benchmarks.clip`."""

import statistics
import time
from collections.abc import Callable

from threadpoolctl import threadpool_limits

from core.pretraining import clip
from core.pretraining.clip import scenes
from tools.harness import machine


def milliseconds(act: Callable[[], object], runs: int = 50) -> float:
    """Give the median of several runs, after one to warm up."""
    act()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def table() -> str:
    """Lay the figures out as a Markdown table."""
    encoder, batch = clip.load("clip"), clip.probe()
    images, captions, scene = batch.images, batch.captions["en"], batch.scenes[1]
    mixed = [*captions[:4], *batch.captions["ja"][:4]]
    rows, words = encoder.encode_images(images), encoder.encode_texts(captions)
    cases: dict[str, Callable[[], object]] = {
        "one scene drawn": lambda: scenes.render(scene),
        "one picture and 8 captions encoded": lambda: (encoder.encode_images(images[:1]), encoder.encode_texts(mixed)),
        "64 pictures encoded": lambda: encoder.encode_images(images),
        "64 captions encoded": lambda: encoder.encode_texts(captions),
        "loss and gradient of 64 pairs": lambda: clip.contrastive_loss(rows, words, 0.07),
    }
    with threadpool_limits(1):
        lines = [f"| {name} | {milliseconds(act):.2f} |" for name, act in cases.items()]
    return "\n".join(["| on one thread | median, ms |", "|---|---|", *lines])


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

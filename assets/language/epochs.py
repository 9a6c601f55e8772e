"""Small networks that read 8 to 1024 sentences again and again, or new ones all the time; five draws each, a row a run.

`train` and `test` are losses after so many batches (`core.llm.language.epochs.FRAMES`), `ratio` how much likelier than
in truth each sentence of the language seemed then, in sixteenths of a power of two.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm.language.epochs import FRAMES, KEPT, SEEDS, STEP, STEPS
from core.llm.language.network import learn


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all runs, or the `first` few."""
    cases = [(kept, seed) for kept in KEPT for seed in range(SEEDS)]
    runs = [learn(kept, steps=STEPS, frames=FRAMES, seed=seed) for kept, seed in cases[:first]]
    return {
        "train": np.array([run.train for run in runs]),
        "test": np.array([run.test for run in runs]),
        "ratio": np.array([np.clip(np.round(STEP * run.ratio), -127, 127) for run in runs]).astype(np.int8),
    }


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Let a long descent end a little beside the other."""
    return all(
        stored[key].size > 0 and float(np.abs(stored[key] - again[key].astype(float)).mean()) < room
        for key, room in (("train", 0.05), ("test", 0.3), ("ratio", STEP))
    )

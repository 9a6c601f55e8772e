"""Generator and critic on eight modes: `METHODS` of the core, `SEEDS` seeds each, one row a run, the seeds together.

Makes `samples` (runs, frames, LOOK, 2), places from −SPAN to SPAN as 0 to 255, `field` (runs, frames, 16, 16), what the
critic says as 0 to 255, and `loss` (runs, frames), the critic's.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from core.generative import gan

EARLY = 2  # frames


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Train all, or the `first` few."""
    cases = [(options, seed) for options in gan.METHODS.values() for seed in range(gan.SEEDS)][:first]
    with threadpool_limits(1):  # matrices this small are multiplied fastest by one thread
        films = [gan.train(**options, seed=seed) for options, seed in cases]
    samples, field = (np.stack([getattr(film, name) for film in films]) for name in ("samples", "field"))
    return {
        "samples": np.clip(127.5 * (1 + samples / gan.SPAN), 0, 255).round().astype(np.uint8),
        "field": (255 * field).round().astype(np.uint8),
        "loss": np.stack([film.loss for film in films]).astype(np.float32),
    }


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Hold runs to their first frames: later, what one processor rounds otherwise has made another run of it."""
    off = [np.abs(stored[key][:, :EARLY].astype(float) - again[key][:, :EARLY]).mean() for key in sorted(stored)]
    return bool((np.array(off) < (1.0, 0.01, 1.0)).all())

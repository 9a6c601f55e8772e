"""The two networks that "Pull out a layer" opens with: accuracies (%) without each layer, and without the last ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural.backprop.pulled import MADE, pull


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give both networks, or the `first`."""
    rows = [pull(key) for key in MADE[:first]]
    return {"one": np.array([row.one for row in rows]), "top": np.array([row.top for row in rows])}


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Let 800 steps end a little elsewhere on another processor."""
    return all(bool(rows.size) and bool(np.abs(rows - again[name]).mean() < 4) for name, rows in stored.items())

"""Networks that read digits, five of each way, and what was measured on them: a row each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neural.convolution.trained import cases, row


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give the rows, all of them or the `first` few."""
    rows = [row(*case) for case in cases()[:first]]
    return {key: np.stack([one[key] for one in rows]) for key in rows[0]}


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Compare what the networks do: after a thousand steps their weights differ from processor to processor."""
    return all(np.abs(stored[key] - again[key]).max() < 0.06 for key in ("shifted", "turned", "read", "deleted"))

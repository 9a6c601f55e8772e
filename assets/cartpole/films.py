"""One training of each agent, own settings, seed 0, as the lesson shows it: `core.reinforcement.film`.

One row a film of `core.reinforcement.made.MADE`; those that are the same on any machine come first.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reinforcement.film import film
from core.reinforcement.made import MADE, pack


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all films, or the `first` few."""
    return pack([film(agent, options=dict(options)) for agent, options in MADE[:first]])


def alike(stored: Mapping[str, NDArray[Any]], again: Mapping[str, NDArray[Any]]) -> bool:
    """Say whether the first film, of an agent that learns nothing, is the same."""
    return all(np.allclose(stored[key][:1], again[key][:1], rtol=1e-4, atol=1e-6, equal_nan=True) for key in stored)

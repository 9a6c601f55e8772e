"""Where arguments come in: each function gives the argument as the core wants it, or raises ValueError with a sentence.

A function of the core that takes its arguments through this door need not list what it raises: a wrong shape, a value
that is not finite or out of range, an unknown name.
"""

import math
from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

K = TypeVar("K")


def numbers(
    name: str,
    x: ArrayLike,
    *,
    ndim: int | None = None,
    shape: tuple[int | None, ...] | None = None,
    missing: bool = False,
    endless: bool = False,
) -> NDArray[np.float64]:
    """Take finite numbers; `missing` lets NaN in, `endless` infinity. `shape` may leave lengths open with None."""
    try:
        array = np.asarray(x, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers only.") from None
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension{'s' * (ndim != 1)}, not {array.ndim}.")
    if shape is not None and not (
        array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    ):
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"{name} must have shape ({wanted}), not {array.shape}.")
    finite = np.isfinite(array)
    if not finite.all() and not (finite | (missing & np.isnan(array)) | (endless & np.isinf(array))).all():
        kinds = ["NaN"] * (not missing) + ["infinity"] * (not endless)
        raise ValueError(f"{name} must be finite: it holds {' or '.join(kinds)}.")
    return array


def points(name: str, x: ArrayLike, *, least: int = 1, most: float | None = None) -> NDArray[np.float64]:
    """Take points (n, d), finite, at least `least` of them, with one feature or more; within ±`most` where given."""
    array = numbers(name, x, ndim=2)
    if len(array) < least or array.shape[1] < 1:
        raise ValueError(
            f"{name} must have at least {least} row{'s' * (least != 1)} and one column, not {array.shape}."
        )
    if most is not None and np.abs(array).max() > most:
        raise ValueError(f"{name} must hold numbers within ±{most:g}.")
    return array


def labels(name: str, y: ArrayLike, n: int, *, classes: int | None = None) -> NDArray[np.int64]:
    """Take n whole numbers from 0 up, below `classes` where that is given."""
    array = numbers(name, y, shape=(n,))
    whole_numbers = array.astype(np.int64)
    if (whole_numbers != array).any() or (whole_numbers < 0).any():
        raise ValueError(f"{name} must hold whole numbers from 0 up.")
    if classes is not None and (whole_numbers >= classes).any():
        raise ValueError(f"{name} must hold numbers below {classes}.")
    return whole_numbers


def whole(name: str, value: Any, *, least: int = 1, most: int | None = None) -> int:
    """Take a whole number from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} must be a whole number, not {value!r}.")
    if value < least or (most is not None and value > most):
        raise ValueError(f"{name} must be {_range(least, most)}, not {value}.")
    return int(value)


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> float:
    """Take a finite number, above `above`, from `least`, to `most`, below `below`, each where given."""
    try:
        taken = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a number, not {value!r}.") from None
    if not math.isfinite(taken):
        raise ValueError(f"{name} must be finite, not {taken}.")
    if above is not None and not taken > above:
        raise ValueError(f"{name} must be above {above:g}, not {taken:g}.")
    if below is not None and not taken < below:
        raise ValueError(f"{name} must be below {below:g}, not {taken:g}.")
    if (least is not None and taken < least) or (most is not None and taken > most):
        raise ValueError(f"{name} must be {_range(least, most)}, not {taken:g}.")
    return taken


def flag(name: str, value: Any) -> bool:
    """Take True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, not {value!r}.")
    return bool(value)


def one_of(name: str, value: K, options: Collection[K]) -> K:
    """Take one of the options."""
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, not {value!r}.")
    return value


def _range(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:g}"
    return f"at least {least:g}" if most is None else f"from {least:g} to {most:g}"

"""What a computation gives: a frozen record whose arrays cannot be written to, since many readers share one result."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, dataclass_transform

import numpy as np

C = TypeVar("C")


def lock(value: Any) -> None:
    """Make every array in a value read-only: in records, tuples, lists and dicts, however deep."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    else:
        for item in _unlocked(type(value))(value):  # type: ignore[arg-type]  # a type is hashable
            lock(item)


@cache
def _unlocked(kind: type[Any]) -> Callable[[Any], Iterable[Any]]:
    """Say how one comes to what a value of a kind holds that may not be locked yet; a result has locked its own."""
    if issubclass(kind, Mapping):
        return lambda value: value.values()
    if issubclass(kind, tuple | list):
        return iter
    if dataclasses.is_dataclass(kind) and not hasattr(getattr(kind, "__post_init__", None), "locks"):
        return _fields
    return lambda value: ()


def _fields(record: Any) -> list[Any]:
    return [getattr(record, field.name) for field in dataclasses.fields(record)]


@dataclass_transform(frozen_default=True, eq_default=False)
def result(cls: type[C]) -> type[C]:
    """Make a class a frozen dataclass, compared by identity, that locks its arrays when it is made."""
    own = cls.__dict__.get("__post_init__")

    def __post_init__(self: C) -> None:  # noqa: N807
        if own is not None:
            own(self)
        lock(_fields(self))

    setattr(__post_init__, "locks", True)  # noqa: B010
    setattr(cls, "__post_init__", __post_init__)  # noqa: B010
    return dataclasses.dataclass(frozen=True, eq=False)(cls)


def size(value: Any) -> int:
    """Give about how many bytes a value holds: its arrays, and a little for each thing around them."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + 100
    if isinstance(value, str | bytes):
        return len(value) + 50
    if isinstance(value, Mapping):
        return 100 + sum(size(key) + size(item) for key, item in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return 60 + sum(size(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return 60 + sum(size(getattr(value, field.name)) for field in dataclasses.fields(value))
    return 32

"""Results that all visitors share: the latest used of the whole process, as many as fit into a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from core.result import size

BYTES = 64_000_000


class _Making:
    """A value under way."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.made = False
        self.value: Any = None


class Cache:
    """Values by key; what was not asked for longest leaves first. A value larger than a quarter of it is not kept."""

    def __init__(self, most: int = BYTES) -> None:
        self.most = most
        self.held = 0  # bytes
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, _Making] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Give the value of a key, made now if nobody made it before; who asks while it is made waits for it."""
        while True:
            with self._lock:
                if key in self._values:
                    self._values.move_to_end(key)
                    return self._values[key][0]
                making = self._making.get(key)
                if making is None:
                    mine = self._making[key] = _Making()
                    break
            making.over.wait()
            if making.made:
                return making.value
        try:
            mine.value = make()
            mine.made = True
            self._keep(key, mine.value)
            return mine.value
        finally:  # where it failed, the next one tries
            with self._lock:
                del self._making[key]
            mine.over.set()

    def _keep(self, key: Hashable, value: Any) -> None:
        weight = size(value) + size(key)
        with self._lock:
            if weight <= self.most / 4:
                self._values[key] = value, weight
                self.held += weight
            while self.held > self.most:
                _, (_, gone) = self._values.popitem(last=False)
                self.held -= gone

    def peek(self, key: Hashable) -> Any:
        """Give the value of a key if it is there, else None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
            self.held = 0


RESULTS = Cache()

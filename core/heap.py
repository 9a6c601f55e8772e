"""Python's collector of cycles, kept still while very many objects are made that have none."""

import contextlib
import gc
import threading
from collections.abc import Iterator

_LOCK = threading.Lock()
_inside: list[bool] = []  # one for each who is inside: whether it was on when the first came


@contextlib.contextmanager
def still() -> Iterator[None]:
    """Collect nothing for a while: each round would go through all that was made so far.

    Several threads may be inside at once; the collector runs again when the last has left, if it did before.
    """
    with _LOCK:
        _inside.append(_inside[0] if _inside else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            if _inside.pop() and not _inside:
                gc.enable()

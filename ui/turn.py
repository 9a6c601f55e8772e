"""Runs take turns: one at a time, and of those who wait, whoever had the last turn the longest ago goes first.

Numpy gives the interpreter away at each larger operation and has to win it back, so that many runs side by side take
far longer than one after the other. With turns a pupil who moves a slider now and then does not stand behind ten who
drag; those are told apart by nothing but the time of their last turn.
"""

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE = 0.5  # seconds; a long computation of another holds nobody up for more than a moment


@dataclass(order=True)
class _Waiting:
    last: float
    order: int
    called: threading.Event = field(default_factory=threading.Event, compare=False)
    gone: bool = field(default=False, compare=False)


class Turns:
    """One counter with its queue. Any thread may call anything.

    Parameters
    ----------
    patience
        Seconds after which who waits goes on without a turn.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.free = threading.Event()  # nobody has the turn
        self.free.set()
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._queue: list[_Waiting] = []

    @contextmanager
    def take(self, last: float) -> Iterator[bool]:
        """Wait for a turn, have it, and give it on.

        Parameters
        ----------
        last
            When who asks had the last turn, on any clock that all who ask share.

        Yields
        ------
        bool
            Whether it is a turn; False if patience ended first.
        """
        mine = self._ask(last)
        try:
            yield mine
        finally:
            if mine:
                self._give_on()

    def _ask(self, last: float) -> bool:
        with self._lock:
            if self.free.is_set():
                self.free.clear()
                return True
            me = _Waiting(last, next(self._order))
            heapq.heappush(self._queue, me)
        me.called.wait(self.patience)
        with self._lock:
            # Who was called in the moment in which patience ended has the turn all the same.
            me.gone = not me.called.is_set()
            return not me.gone

    def _give_on(self) -> None:
        with self._lock:
            while self._queue:
                next_one = heapq.heappop(self._queue)
                if not next_one.gone:
                    next_one.called.set()
                    return
            self.free.set()


TURNS = Turns()

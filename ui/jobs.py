"""Slow work in a thread: progress, partial results, cancelling, one job at a time, nothing left when its user leaves.

A scene names its slow work as `ui.scene.Task`s; `ui.lesson` starts a job for each here and looks at it while its stage
is open. By itself::

    def work(report: jobs.Report) -> Embedding:
        return tsne(x, on_frame=lambda step, points: report(step / steps, points))

    job = jobs.start(("tsne", params), work)
    view = job.poll(jobs.visitor())  # a few times a second

The key says what is computed: two users who start the same key share one job and one result, so the work may depend
on nothing but the key, and its result must not be changed by anyone. The work runs outside of any session: it never
calls `st.*`. It calls `report` often, at least a few times a second: that is where it learns that it was cancelled
and where it lets other users' sliders have the interpreter.

Nobody has to clean up. A job that no session has polled for `patience` seconds is cancelled at its next report; a
waiting one never starts. (So is one whose browser tab has been in the background for minutes, where browsers stop the
clock.)
"""

import logging
import math
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import streamlit as st

from core.text import T
from ui.turn import TURNS

log = logging.getLogger(__name__)

WAITING = T("{title}: 順番を待っています（前に {ahead} 件）", "{title}: waiting for a turn, {ahead} ahead")
RUNNING = T("{title}: 計算しています（{percent}%）", "{title}: computing, {percent}%")
CANCELLED = T("{title}: 途中で止めました。", "{title}: stopped.")
FAILED = T(
    "{title}: 計算が途中で失敗しました。値をどれか変えて、もう一度試してください。",
    "{title}: the computation failed. Change one of the values and try again.",
)
CANCEL = T("やめる", "Stop")
AGAIN = T("もう一度", "Again")

HELD = 0.005  # seconds a job may hold the interpreter between two rests
REST = 0.0005  # seconds a rest takes: whoever waits has the interpreter at once, and longer rests only slow the job
# Times what it computed, a job lets pages' runs go first at most: under a class that drags it still gets on.
GIVE_WAY = 8.0

R = TypeVar("R")
S = TypeVar("S")


class Cancelled(BaseException):
    """Raised by `report` to end the work. No `Exception`, so that an `except Exception` in the work lets it pass."""


class Report(Protocol):
    """What the work calls to say how far it is."""

    def __call__(self, progress: float, partial: Any = None) -> None:
        """Take the share done, in [0, 1], and what can be drawn already; None leaves the last partial result.

        Raises
        ------
        Cancelled
            If nobody wants the result any more.
        """


class State(StrEnum):
    """What a job is doing. The last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class View(Generic[R]):
    """What is known of a job at one moment.

    Parameters
    ----------
    state
        As one user sees it: cancelled for who cancelled it, though it may go on for others.
    progress
        The share done, from 0 to 1.
    partial
        The latest partial result, or None.
    result
        What the work returned, or None if it has not.
    error
        What the work raised, or None if it has not.
    ahead
        How many jobs come before a waiting one, those that run included.
    """

    state: State
    progress: float = 0.0
    partial: Any = None
    result: R | None = None
    error: BaseException | None = None
    ahead: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in (State.WAITING, State.RUNNING)


class Job(Generic[R]):
    """One piece of work, shared by all who started its key. Made by `Pool.start`."""

    def __init__(self, pool: "Pool", key: Hashable, work: Callable[[Report], R]) -> None:
        self.key = key
        self._pool = pool
        self._work: Callable[[Report], R] | None = work
        self._view: View[R] = View(State.WAITING)
        self._polls: dict[str, float] = {}  # user -> when last seen
        self._seen = -math.inf  # when any of them was last seen
        self._left: set[str] = set()  # users who cancelled while others stayed

    def poll(self, user: str = "") -> View[R]:
        """Look at the job, and keep it alive by it.

        Parameters
        ----------
        user
            Who looks: one name a session.
        """
        with self._pool._lock:
            self._pool._forget()
            if user in self._left:
                return replace(self._view, state=State.CANCELLED, result=None)
            self._attend(user)
            if self._view.state is State.WAITING:
                return replace(self._view, ahead=self._pool._ahead(self))
            return self._view

    def cancel(self, user: str | None = None) -> None:
        """Stop the job, or leave it to its other users.

        Parameters
        ----------
        user
            Who cancels: the job goes on while another user polls it. None cancels it for all.
        """
        with self._pool._lock:
            if self._view.ended:
                return
            now = self._pool.clock()
            if user is not None:
                self._polls.pop(user, None)
                self._left.add(user)
                self._seen = max(self._polls.values(), default=-math.inf)
                if now - self._seen <= self._pool.patience:
                    return
            self._end(State.CANCELLED)

    # Everything below is called with the pool's lock held, but for `_run`.

    def _attend(self, user: str) -> None:
        self._left.discard(user)
        if not self._view.ended:
            self._seen = self._polls[user] = self._pool.clock()

    def _abandoned(self) -> bool:
        return self._pool.clock() - self._seen > self._pool.patience

    def _end(self, state: State, *, result: R | None = None, error: BaseException | None = None) -> None:
        """Set the final state, unless there is one."""
        if self._view.ended:
            return
        partial = self._view.partial if state is State.CANCELLED else None
        progress = 1.0 if state is State.DONE else self._view.progress
        self._view = View(state, progress, partial, result, error)
        self._polls.clear()
        self._pool._ended(self)

    def _run(self) -> None:
        """Do the work; the body of the thread."""
        work, self._work = self._work, None
        assert work is not None
        rested = time.perf_counter()

        def report(progress: float, partial: Any = None) -> None:
            nonlocal rested
            with self._pool._lock:
                if not self._view.ended and self._abandoned():
                    self._end(State.CANCELLED)
                if self._view.ended:
                    raise Cancelled
                share = self._view.progress if math.isnan(progress) else min(max(float(progress), 0.0), 1.0)
                self._view = replace(
                    self._view, progress=share, partial=self._view.partial if partial is None else partial
                )
            # A thread that computes gives the interpreter away only when another has asked for it for a while, each
            # time anew. A real rest lets a slider's whole run through.
            held = time.perf_counter() - rested
            if held > HELD:
                time.sleep(REST)
                TURNS.free.wait(GIVE_WAY * held)
                rested = time.perf_counter()

        state, result, error = State.DONE, None, None
        try:
            result = work(report)
        except Cancelled:
            state = State.CANCELLED
        except BaseException as caught:
            log.exception("The job %r failed.", self.key)
            # Without its frames, which would keep the work's arrays in memory.
            state, error = State.FAILED, caught.with_traceback(None)
        del work
        with self._pool._lock:
            self._end(state, result=result, error=error)
            self._pool._freed()


class Pool:
    """The jobs of a process. Any thread may call anything.

    Parameters
    ----------
    at_once
        How many jobs run at a time; the others wait in the order in which they were started.
    patience
        Seconds after which a job that nobody polls is cancelled.
    keep
        How many finished results are kept for whoever starts their key next; the one not asked for longest goes first.
    clock
        Gives seconds; the tests bring their own.
    """

    def __init__(
        self, at_once: int = 1, patience: float = 10.0, keep: int = 32, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if at_once < 1 or keep < 0 or not patience > 0:
            raise ValueError("A pool needs at_once >= 1, keep >= 0 and patience > 0.")
        self.at_once, self.patience, self.keep, self.clock = at_once, patience, keep, clock
        self._lock = threading.RLock()
        self._waiting: OrderedDict[Hashable, Job[Any]] = OrderedDict()
        self._active: dict[Hashable, Job[Any]] = {}  # running, and wanted
        self._threads = 0  # running, wanted or not
        self._done: OrderedDict[Hashable, Job[Any]] = OrderedDict()

    def start(self, key: Hashable, work: Callable[[Report], S], user: str = "") -> Job[S]:
        """Start a job, join the one that computes the same, or take its result.

        Parameters
        ----------
        key
            What is computed, all parameters included: ("tsne", params).
        work
            Called with `report` in a thread of its own; returns the result.
        user
            Who starts it: one name a session.

        Returns
        -------
        Job
            Waiting, running or done. A key that failed or was cancelled before is tried anew.
        """
        with self._lock:
            self._forget()
            job: Job[S] | None = self._done.get(key) or self._active.get(key) or self._waiting.get(key)
            if job is None:
                job = self._waiting[key] = Job(self, key, work)
            elif key in self._done:
                self._done.move_to_end(key)
            job._attend(user)
            self._dispatch()
            return job

    def result(self, key: Hashable) -> Any:
        """Give a result that is kept, else None; nothing is started."""
        with self._lock:
            job = self._done.get(key)
            if job is None:
                return None
            self._done.move_to_end(key)
            return job._view.result

    # What follows is called with the lock held.

    def _ahead(self, job: Job[Any]) -> int:
        return self._threads + list(self._waiting.values()).index(job)

    def _forget(self) -> None:
        """Cancel the waiting jobs that nobody waits for. Those that run see to it themselves, when they report."""
        for job in [job for job in self._waiting.values() if job._abandoned()]:
            job._end(State.CANCELLED)

    def _ended(self, job: Job[Any]) -> None:
        """Take a job out of where it is; keep a result."""
        self._waiting.pop(job.key, None)
        self._active.pop(job.key, None)
        if job._view.state is State.DONE:
            self._done[job.key] = job
            while len(self._done) > self.keep:
                self._done.popitem(last=False)

    def _freed(self) -> None:
        """Take note that a job's thread ends."""
        self._threads -= 1
        self._forget()
        self._dispatch()

    def _dispatch(self) -> None:
        """Start what waits while there is room. Waiting costs no thread."""
        while self._waiting and self._threads < self.at_once:
            key, job = self._waiting.popitem(last=False)
            self._active[key] = job
            self._threads += 1
            job._view = replace(job._view, state=State.RUNNING)
            threading.Thread(target=job._run, name=f"sawaru-job {key!r}"[:60], daemon=True).start()


POOL = Pool()


# ---- in a page


def visitor() -> str:
    """Give this session's name, one that nobody else has."""
    return str(st.session_state.setdefault("sawaru.visitor", uuid.uuid4().hex))


def start(key: Hashable, work: Callable[[Report], S]) -> Job[S]:
    """Start a job for this session, in the pool that all sessions share; see `Pool.start`."""
    return POOL.start(key, work, visitor())


def says(view: View[Any], title: T, lang: str) -> tuple[str, str]:
    """Say how a job that is not done stands, and what its button does.

    Parameters
    ----------
    title
        What is being computed.
    lang
        "ja" or "en".
    """
    words, button = {
        State.WAITING: (WAITING, CANCEL),
        State.RUNNING: (RUNNING, CANCEL),
        State.CANCELLED: (CANCELLED, AGAIN),
        State.FAILED: (FAILED, AGAIN),
    }[view.state]
    percent = min(int(100 * view.progress), 99)
    return words(lang).format(title=title(lang), ahead=view.ahead, percent=percent), button(lang)

"""Jobs: one at a time and in order, shared by key, cancelled when nobody is left, and never a thread too many."""

import gc
import math
import threading
import time
import weakref

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.text import T
from ui import jobs
from ui.jobs import Cancelled, Pool, State
from ui.turn import Turns

PATIENCE = 10.0


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Gate:
    """Work that waits for `open`, reporting all the while, and then returns `value`."""

    def __init__(self, value=None):
        self.value, self.opened, self.begun, self.runs, self.left = value, threading.Event(), threading.Event(), 0, None
        self.say = (0.0, None)

    def __call__(self, report):
        self.runs += 1
        self.begun.set()
        try:
            while not self.opened.wait(0.001):
                report(*self.say)
        except BaseException as error:
            self.left = error
            raise
        return self.value

    def open(self):
        self.opened.set()


def until(condition):
    """Wait for something that another thread does."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.001)


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("sawaru-job")]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pool(clock):
    pool = Pool(patience=PATIENCE, keep=3, clock=clock)
    yield pool
    clock.now += 1e6  # whatever still runs is abandoned
    until(lambda: not threads())


def ended(job, user=""):
    until(lambda: job.poll(user).ended)
    return job.poll(user)


# ---- one job


def test_a_result(pool):
    job = pool.start("k", lambda report: 42)
    view = ended(job)
    assert (view.state, view.progress, view.result, view.error) == (State.DONE, 1.0, 42, None)


def test_waiting_running_done(pool):
    first, second = Gate("a"), Gate("b")
    a, b = pool.start("a", first), pool.start("b", second)
    until(first.begun.is_set)
    assert (a.poll().state, a.poll().ahead, a.poll().ended) == (State.RUNNING, 0, False)
    assert (b.poll().state, b.poll().ahead, b.poll().ended) == (State.WAITING, 1, False)
    first.open()
    until(second.begun.is_set)
    assert (a.poll().state, b.poll().state) == (State.DONE, State.RUNNING)
    second.open()
    assert ended(b).result == "b"


def test_progress_and_partials(pool):
    gate = Gate()
    job = pool.start("k", gate)
    assert job.poll().partial is None
    gate.say = (0.25, "early")
    until(lambda: job.poll().progress == 0.25)
    assert job.poll().partial == "early"
    gate.say = (0.5, None)
    until(lambda: job.poll().progress == 0.5)
    assert job.poll().partial == "early"
    gate.say = (0.75, "late")
    until(lambda: job.poll().partial == "late")
    gate.open()
    assert ended(job).partial is None  # the result is what counts, and the memory is free


@pytest.mark.parametrize(("said", "shown"), [(-1, 0.0), (7, 1.0), (math.inf, 1.0), (np.float32(0.5), 0.5), (1, 1.0)])
def test_progress_stays_in_range(pool, said, shown):
    gate = Gate()
    gate.say = (said, "reported")
    job = pool.start("k", gate)
    until(lambda: job.poll().partial == "reported")
    assert job.poll().progress == shown
    assert type(job.poll().progress) is float
    gate.say = (math.nan, "nothing")
    until(lambda: job.poll().partial == "nothing")
    assert job.poll().progress == shown


# ---- order


@pytest.mark.parametrize("at_once", [1, 3])
def test_so_many_run_at_a_time_and_the_others_in_order(at_once):
    pool, order, running, most = Pool(at_once), [], [], []

    def work(i):
        def run(report):
            order.append(i)
            running.append(i)
            most.append(len(running))
            time.sleep(0.005)
            running.remove(i)
            return i

        return run

    jobs_ = [pool.start(i, work(i)) for i in range(8)]
    assert [ended(job).result for job in jobs_] == list(range(8))
    assert max(most) == at_once
    if at_once == 1:
        assert order == list(range(8))
    until(lambda: not threads())


def test_a_pool_s_numbers_are_checked():
    for wrong in ({"at_once": 0}, {"keep": -1}, {"patience": 0}, {"patience": math.nan}):
        with pytest.raises(ValueError, match="needs"):
            Pool(**wrong)


def test_threads_have_names_and_waiting_costs_none(pool):
    gate = Gate()
    pool.start(("tsne", "x" * 90), gate)
    for i in range(5):
        pool.start(i, Gate())
    until(gate.begun.is_set)
    (thread,) = threads()
    assert thread.name.startswith("sawaru-job ('tsne', 'xxx")
    assert len(thread.name) <= 60
    assert thread.daemon
    assert thread is not threading.current_thread()


# ---- sharing


def test_the_same_key_is_one_job_and_one_result(pool):
    gate, other = Gate(object()), Gate()
    a = pool.start(("k", 1), gate, "anna")
    b = pool.start(("k", 1), other, "ben")
    assert a is b
    gate.open()
    assert ended(a).result is gate.value
    c = pool.start(("k", 1), other, "chie")
    assert c.poll("chie").result is gate.value
    assert (gate.runs, other.runs) == (1, 0)


def test_the_same_key_is_shared_while_it_waits(pool):
    pool.start("first", Gate())
    a, b = pool.start("k", Gate(), "anna"), pool.start("k", Gate(), "ben")
    assert a is b
    assert a.poll("anna").state is State.WAITING
    assert pool.start("last", Gate()).poll().ahead == 2


def test_another_key_is_another_job(pool):
    a, b = pool.start(("k", 1), lambda r: 1), pool.start(("k", 2), lambda r: 2)
    assert (ended(a).result, ended(b).result) == (1, 2)


def test_one_user_s_leaving_leaves_it_to_the_others(pool):
    gate = Gate("result")
    gate.say = (0.5, "partial")
    job = pool.start("k", gate, "anna")
    pool.start("k", gate, "ben")
    until(lambda: job.poll("anna").partial == "partial")
    job.cancel("anna")
    assert job.poll("anna").state is State.CANCELLED
    assert job.poll("ben").state is State.RUNNING
    # Anna's looking no longer counts; starting again joins it again.
    assert pool.start("k", gate, "anna") is job
    assert job.poll("anna").state is State.RUNNING
    job.cancel("ben")
    gate.open()
    assert ended(job, "anna").result == "result"
    assert job.poll("ben").state is State.CANCELLED
    assert job.poll("ben").result is None
    assert gate.runs == 1


def test_who_left_does_not_keep_it_alive(pool, clock):
    gate = Gate()
    job = pool.start("k", gate, "anna")
    pool.start("k", gate, "ben")
    job.cancel("anna")
    clock.now = PATIENCE + 1
    job.poll("anna")
    until(lambda: isinstance(gate.left, Cancelled))


def test_the_last_user_s_leaving_cancels_it(pool, clock):
    gate = Gate()
    job = pool.start("k", gate, "anna")
    pool.start("k", gate, "ben")
    until(gate.begun.is_set)
    clock.now = PATIENCE / 2
    job.poll("anna")
    clock.now = PATIENCE + 1  # ben has vanished
    job.cancel("anna")
    assert job.poll("carl").state is State.CANCELLED
    until(lambda: isinstance(gate.left, Cancelled))


# ---- cancelling


def test_cancelled_while_running(pool):
    gate, other = Gate(), Gate()
    gate.say = (0.5, "partial")
    job, after = pool.start("k", gate), pool.start("after", other)
    until(lambda: job.poll().partial == "partial")
    job.cancel()
    view = job.poll()
    assert (view.state, view.partial, view.result, view.error) == (State.CANCELLED, "partial", None, None)
    until(lambda: isinstance(gate.left, Cancelled))
    until(other.begun.is_set)  # the turn goes on
    other.open()
    assert ended(after).state is State.DONE
    job.cancel()
    assert job.poll().state is State.CANCELLED


def test_cancelled_while_waiting_never_runs(pool):
    first, second, third = Gate(), Gate(), Gate()
    a, b, c = (pool.start(i, gate) for i, gate in enumerate((first, second, third)))
    b.cancel()
    assert b.poll().state is State.CANCELLED
    assert c.poll().ahead == 1
    first.open()
    until(third.begun.is_set)
    assert second.runs == 0
    third.open()
    assert [ended(job).state for job in (a, b, c)] == [State.DONE, State.CANCELLED, State.DONE]


def test_a_cancelled_key_is_tried_anew_even_while_the_old_thread_ends(pool):
    slow = threading.Event()

    def stubborn(report):
        slow.wait()
        return "too late"

    old = pool.start("k", stubborn)
    old.cancel()
    new = pool.start("k", lambda report: "new")
    assert new is not old
    assert new.poll().state is State.WAITING  # the old one still has the turn
    slow.set()
    assert ended(new).result == "new"
    assert (old.poll().state, old.poll().result) == (State.CANCELLED, None)
    assert pool.start("k", stubborn) is new


def test_a_finished_job_cannot_be_cancelled(pool):
    job = pool.start("k", lambda report: 1, "anna")
    ended(job, "anna")
    job.cancel("anna")
    job.cancel()
    assert job.poll("anna").result == 1


def test_cancelling_passes_through_a_broad_except(pool):
    seen = []

    def work(report):
        while True:
            try:
                report(0.1)
            except Exception as error:  # as careless work would
                seen.append(error)

    job = pool.start("k", work)
    job.cancel()
    until(lambda: not threads())
    assert not seen


def test_work_that_gives_up_itself_is_cancelled(pool):
    def work(report):
        raise Cancelled

    assert ended(pool.start("k", work)).state is State.CANCELLED


# ---- failing


@pytest.mark.parametrize("error", [ValueError("nan in x"), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_a_failure_is_a_state_and_is_logged(pool, caplog, error):
    def work(report):
        report(0.5, "partial")
        raise error

    job = pool.start(("k", 7), work)
    view = ended(job)
    assert (view.state, view.error, view.result, view.progress) == (State.FAILED, error, None, 0.5)
    until(lambda: not threads())
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "('k', 7)" in record.getMessage()
    assert record.exc_info[1] is error
    # The next one runs, and the same key is tried anew.
    assert ended(pool.start(("k", 7), lambda report: "well")).result == "well"


def test_an_unsayable_progress_fails_the_job_only(pool, caplog):
    view = ended(pool.start("k", lambda report: report("half")))
    assert view.state is State.FAILED
    assert isinstance(view.error, TypeError)
    assert caplog.records


def test_a_failure_does_not_hold_the_work_s_memory(pool, monkeypatch):
    monkeypatch.setattr(jobs.log, "exception", lambda *args: None)  # pytest keeps what is logged, frames and all

    class Big:
        pass

    big = []

    def work(report):
        thing = Big()
        big.append(weakref.ref(thing))
        raise ValueError

    job = pool.start("k", work)
    assert isinstance(ended(job).error, ValueError)
    until(lambda: not threads())
    gc.collect()
    assert big[0]() is None


def test_a_finished_job_does_not_remember_its_users(pool):
    job = pool.start("k", lambda report: 1, "anna")
    ended(job, "ben")
    for i in range(100):
        job.poll(f"user {i}")
        pool.start("k", Gate(), f"user {i}")
    assert not job._polls


def test_a_finished_job_does_not_hold_its_work(pool):
    class Big:
        def __call__(self, report):
            return 1

    work = Big()
    alive = weakref.ref(work)
    job = pool.start("k", work)
    del work
    ended(job)
    until(lambda: not threads())
    gc.collect()
    assert alive() is None


# ---- users who vanish


def test_a_job_that_nobody_polls_is_cancelled(pool, clock):
    gate = Gate()
    job = pool.start("k", gate)
    until(gate.begun.is_set)
    clock.now = PATIENCE
    time.sleep(0.02)
    assert gate.left is None
    clock.now = PATIENCE + 0.1
    until(lambda: isinstance(gate.left, Cancelled))
    assert job.poll().state is State.CANCELLED


def test_each_poll_keeps_it_alive(pool, clock):
    gate = Gate("kept")
    job = pool.start("k", gate)
    for _ in range(5):
        clock.now += 0.9 * PATIENCE
        job.poll("any")
        time.sleep(0.005)
    gate.open()
    assert ended(job).result == "kept"


def test_starting_the_same_key_keeps_it_alive(pool, clock):
    gate = Gate("kept")
    job = pool.start("k", gate)
    clock.now = 0.9 * PATIENCE
    pool.start("k", gate, "ben")
    clock.now = 1.8 * PATIENCE
    time.sleep(0.02)
    gate.open()
    assert ended(job, "ben").result == "kept"


def test_fifty_vanished_users_leave_no_thread_and_no_work(pool, clock):
    before = threading.active_count()
    gates = [Gate() for _ in range(50)]
    started = [pool.start(i, gate, f"user {i}") for i, gate in enumerate(gates)]
    assert len(threads()) == 1
    clock.now = PATIENCE + 1
    until(lambda: not threads())
    assert threading.active_count() == before
    assert sum(gate.runs for gate in gates) <= 1
    assert not pool._waiting
    assert not pool._active
    assert pool._threads == 0
    assert {job.poll().state for job in started} == {State.CANCELLED}
    assert ended(pool.start("next", lambda report: "runs")).result == "runs"


def test_who_vanishes_from_the_queue_is_no_longer_counted(pool, clock):
    first = pool.start("first", Gate())
    pool.start("vanishes", Gate())
    last = pool.start("last", Gate())
    assert last.poll().ahead == 2
    clock.now = PATIENCE
    first.poll()
    last.poll()
    clock.now = PATIENCE + 1
    assert last.poll().ahead == 1


def test_a_result_that_nobody_came_for_is_kept(pool, clock):
    done = threading.Event()
    pool.start("k", lambda report: done.set() or "kept")
    until(lambda: done.is_set() and not threads())
    clock.now = 100 * PATIENCE
    assert pool.start("k", Gate()).poll().result == "kept"


# ---- memory


def test_the_results_kept_are_bounded_and_the_least_asked_for_goes(pool):
    runs = []

    def get(key):
        return ended(pool.start(key, lambda report: runs.append(key) or key)).result

    for key in "abc":
        assert get(key) == key
    get("a")
    assert runs == list("abc")
    get("d")  # pushes out b
    assert len(pool._done) == 3
    get("a")
    get("c")
    assert runs == list("abcd")
    get("b")
    assert runs == list("abcdb")


def test_failures_and_the_cancelled_are_not_kept(pool, caplog):
    for i in range(10):
        ended(pool.start(i, lambda report: 1 / 0))
        pool.start(i, Gate()).cancel()
    until(lambda: not threads())
    assert not pool._done
    assert not pool._active
    assert not pool._waiting


def test_no_result_need_be_kept():
    pool = Pool(keep=0)
    job = pool.start("k", lambda report: 1)
    assert ended(job).result == 1
    assert pool.start("k", lambda report: 2) is not job
    until(lambda: not threads())


# ---- other users


def test_report_rests_when_it_held_the_interpreter_long(pool, monkeypatch):
    rests = []
    real = time.sleep
    monkeypatch.setattr(jobs.time, "sleep", lambda s: rests.append((threading.current_thread().name, s)) or real(0))

    def work(report):
        for _ in range(3):
            end = time.perf_counter() + 2 * jobs.HELD
            while time.perf_counter() < end:
                pass
            report(0.5)
        for _ in range(10):
            report(0.5)

    job = pool.start("k", work)
    while not job.poll().ended:
        real(0.001)
    own = [seconds for name, seconds in rests if name.startswith("sawaru-job")]
    assert 3 <= len(own) < 3 + 10  # after each long hold; a busy machine may make a few of the others long too
    assert set(own) == {jobs.REST}


@pytest.mark.parametrize("busy", [True, False])
def test_a_job_gives_way_to_a_page_s_run(pool, monkeypatch, busy):
    turns, waits = Turns(), []
    real = turns.free.wait
    monkeypatch.setattr(turns.free, "wait", lambda s: waits.append((s, real(0))))
    monkeypatch.setattr(jobs, "TURNS", turns)
    if busy:
        turns.free.clear()

    def work(report):
        end = time.perf_counter() + 2 * jobs.HELD
        while time.perf_counter() < end:
            pass
        report(0.5)
        return "done"

    job = pool.start("k", work)
    while not job.poll().ended:
        time.sleep(0.001)
    assert job.poll().result == "done"  # it waited a while, and went on all the same
    [(seconds, free)] = waits
    assert 2 * jobs.HELD * jobs.GIVE_WAY <= seconds < 1
    assert free is not busy


def test_many_users_at_once(clock):
    """Hammered from many threads, every job still ends, once, with its own result."""
    pool, runs, wrong = Pool(at_once=2, keep=100, clock=clock), [], []

    def work(i):
        def run(report):
            runs.append(i)
            for step in range(20):
                report(step / 20, step)
            return i

        return run

    def user(name):
        for i in range(20):
            job = pool.start(i, work(i), name)
            while not (view := job.poll(name)).ended:
                time.sleep(0.0005)
            if view.result != i:
                wrong.append(view)

    crowd = [threading.Thread(target=user, args=(f"user {n}",)) for n in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert not wrong
    assert sorted(runs) == list(range(20))
    until(lambda: not threads())


# ---- in a page


def test_starting_in_a_page_uses_the_pool_of_all(pool, monkeypatch):
    monkeypatch.setattr(jobs, "POOL", pool)

    def app():
        import streamlit as st

        from ui import jobs

        job = jobs.start("k", lambda report: "shared")
        st.session_state["job"] = job

    one, two = AppTest.from_function(app).run(), AppTest.from_function(app).run()
    assert one.session_state["job"] is two.session_state["job"]
    assert one.session_state["sawaru.visitor"] != two.session_state["sawaru.visitor"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_is_said_of_a_job(pool, lang, caplog):
    title = T("題", "Title")
    first, second = pool.start("first", Gate()), pool.start("second", Gate())
    text, button = jobs.says(second.poll(), title, lang)
    assert text == jobs.WAITING(lang).format(title=title(lang), ahead=1)
    assert button == jobs.CANCEL(lang)
    gate = Gate()
    gate.say = (0.257, "p")
    first.cancel()
    second.cancel()
    assert jobs.says(second.poll(), title, lang) == (jobs.CANCELLED(lang).format(title=title(lang)), jobs.AGAIN(lang))
    third = pool.start("third", gate)
    until(lambda: third.poll().partial == "p")
    assert jobs.says(third.poll(), title, lang)[0] == jobs.RUNNING(lang).format(title=title(lang), percent=25)
    third.cancel()
    fourth = pool.start("fourth", lambda report: 1 / 0)
    ended(fourth)
    assert jobs.says(fourth.poll(), title, lang) == (jobs.FAILED(lang).format(title=title(lang)), jobs.AGAIN(lang))


def test_words_are_in_both_languages():
    words = [value for value in vars(jobs).values() if isinstance(value, T)]
    assert len(words) == 6
    for text in words:
        assert text.en.isascii()
        assert any("ぁ" <= c <= "ヿ" for c in text.ja)
        for name in ("{title}", "{ahead}", "{percent}"):
            assert text.ja.count(name) == text.en.count(name)

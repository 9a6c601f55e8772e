"""Turns: one at a time, the longest unserved first, nobody waits for ever, and a fault gives the turn on."""

import threading

import pytest

from ui.turn import Turns


def queue(turns, lasts):
    """Let a thread for each time in `lasts` ask for a turn while another holds it; give them in the order served."""
    served, threads = [], []

    def ask(i):
        with turns.take(lasts[i]) as mine:
            assert mine
            assert not turns.free.is_set()
            served.append(i)

    with turns.take(0.0):
        for i in range(len(lasts)):
            threads.append(threading.Thread(target=ask, args=(i,)))
            threads[-1].start()
            while len(turns._queue) <= i:  # until it stands in the queue
                pass
    for thread in threads:
        thread.join()
    return served


def test_the_longest_unserved_goes_first():
    assert queue(Turns(patience=60), [5.0, 3.0, 9.0, 1.0]) == [3, 1, 0, 2]


def test_equals_go_in_the_order_they_came():
    assert queue(Turns(patience=60), [1.0] * 6) == list(range(6))


def test_patience_ends():
    turns = Turns(patience=0.01)
    with turns.take(0.0) as first:
        assert first
        with turns.take(0.0) as second:
            assert not second
        # Who went on without a turn has none to give on.
        assert not turns.free.is_set()
    # Nor is it called later: the next one has the turn at once.
    assert turns.free.is_set()
    with turns.take(0.0) as third:
        assert third


def test_a_fault_gives_the_turn_on():
    turns = Turns(patience=60)
    with pytest.raises(ZeroDivisionError), turns.take(0.0):
        raise ZeroDivisionError
    assert turns.free.is_set()


def test_never_two_at_a_time():
    turns, inside, most, threads = Turns(patience=60), [], [], []

    def ask(i):
        for k in range(50):
            with turns.take(float(i * k % 7)):
                inside.append(i)
                most.append(len(inside))
                inside.remove(i)

    for i in range(8):
        threads.append(threading.Thread(target=ask, args=(i,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(most) == 400
    assert max(most) == 1
    assert turns.free.is_set()

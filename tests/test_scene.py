"""A scene's slow work: made ahead, whole, as far as its first partial result; and what a cache keeps of it."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.text import T
from figures.spec import Stage
from ui.jobs import Cancelled
from ui.scene import Part, Scene, Task

RUNS = []


@dataclass(frozen=True, eq=False)
class Result:
    values: np.ndarray
    done: bool


def work(key, report):
    RUNS.append(key)
    for i in range(3):
        report(i / 3, np.full(2, float(i)))
    return np.full(2, float(key))


def scene(made=lambda key: None):
    return Scene(
        "s",
        T("場面", "Scene"),
        T("見る。", "Look."),
        (),
        lambda p, parts: Result(
            np.array([np.nan]) if parts["w"].value is None else parts["w"].value + 0, parts["w"].done
        ),
        lambda r, p: Stage((), ()),
        lambda r, p: (),
        tasks=lambda p: {"w": Task(T("仕事", "Work"), p, work, made)},
    )


@pytest.fixture(autouse=True)
def _no_runs():
    RUNS.clear()


def test_whole_work_is_done_once_for_a_key():
    one = scene()
    assert (one.result(100).values == 100).all()
    assert (one.result(100).values == 100).all()
    assert RUNS == [100]
    assert one.result(100) is one.result(100)
    assert one.result(101).done
    assert RUNS == [100, 101]


def test_the_first_partial_result_ends_the_work():
    (task,) = scene().tasks(102).values()
    part = task.first()
    assert not part.done
    assert (part.value == 0).all()
    assert not scene().result(102, {"w": part}).done
    with pytest.raises(Cancelled):
        task.work(102, lambda progress, partial=None: (_ for _ in ()).throw(Cancelled()))


def test_what_was_made_ahead_needs_no_work():
    one = scene(made=lambda key: np.zeros(2) if key == 103 else None)
    (task,) = one.tasks(103).values()
    assert task.first().done
    assert one.result(103).done
    assert RUNS == []
    assert (one.result(104).values == 104).all()
    assert RUNS == [104]


def test_an_unfinished_result_is_not_kept_for_others():
    one = scene()
    assert np.isnan(one.result(105, {"w": Part()}).values).all()
    assert (one.result(105, {"w": Part(np.ones(2))}).values == 1).all()
    finished = one.result(105, {"w": Part(np.full(2, 7.0), done=True)})
    assert one.result(105, {"w": Part(np.full(2, 7.0), done=True)}) is finished
    with pytest.raises(ValueError, match="read-only"):
        finished.values[0] = 1

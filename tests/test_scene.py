"""A scene: its words, its slow work (made ahead, whole, or as far as its first partial result), the cache."""

import threading
import types
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest

from core.result import result
from core.text import T
from figures.plot import plot
from figures.spec import Stage
from ui.cache import Cache
from ui.jobs import Cancelled
from ui.params import choice, slider
from ui.scene import Part, Readout, Scene, Task

RUNS = []


@dataclass(frozen=True)
class Params:
    key: int = slider(T("鍵", "Key"), 0, 999, default=0)
    kind: str = choice(T("種類", "Kind"), {"a": T("甲", "first"), "b": T("乙", "second")})


@result
class Result:
    values: np.ndarray
    done: bool

    @property
    def first(self):
        return float(self.values[0])

    @property
    def word(self):
        return T("終わり", "done") if self.done else None


def work(key, report):
    RUNS.append(key)
    for i in range(3):
        report(i / 3, np.full(2, float(i)))
    return np.full(2, float(key))


def scene(made=lambda key: None, note=None):
    module = types.ModuleType("slow")
    module.Params, module.CONTROLS, module.ZOOM, module.CHECKS = Params, ("key",), ("kind",), {}
    module.tasks = lambda p: {"w": Task(T("仕事", "Work"), p.key, work, made)}
    module.QUICK = {"key": 1}
    module.compute = lambda p, parts: Result(
        np.array([np.nan]) if parts["w"].value is None else parts["w"].value + 0, parts["w"].done
    )
    module.READOUTS = (Readout("first", T("初め", "First"), "first", 2), Readout("word", T("今", "Now"), "word"))
    module.draw = lambda r, p: Stage(
        (plot("one", x="x", y="y", xlim=(0, 1), ylim=(0, 1), view="v"),), ("one",), note=note
    )
    words = {
        "title": ["場面", "Scene"],
        "lead": ["見る。", "Look."],
        "figure": {
            "one": {"title": ["図", "Figure"], "alt": ["{p.kind}、{r.first:.1f}。", "{p.kind}, {r.first:.1f}."]}
        },
        "note": {"slow": ["まだ{r.done:?です|ではない}。", "Wait{r.done:?ed|ing}."], "more": ["続き。", "More."]},
    }
    return Scene("slow", "s", module, words)


@pytest.fixture(autouse=True)
def _no_runs():
    RUNS.clear()


def test_whole_work_is_done_once_for_a_key():
    one = scene()
    assert (one.result(Params(100)).values == 100).all()
    assert (one.result(Params(100)).values == 100).all()
    assert RUNS == [100]
    assert one.result(Params(100)) is one.result(Params(100))
    assert one.result(Params(101)).done
    assert RUNS == [100, 101]


def test_the_first_partial_result_ends_the_work():
    (task,) = scene().tasks(Params(102)).values()
    part = task.first()
    assert not part.done
    assert (part.value == 0).all()
    assert not scene().result(Params(102), {"w": part}).done
    with pytest.raises(Cancelled):
        task.work(102, lambda progress, partial=None: (_ for _ in ()).throw(Cancelled()))


def test_what_was_made_ahead_needs_no_work():
    one = scene(made=lambda key: np.zeros(2) if key == 103 else None)
    (task,) = one.tasks(Params(103)).values()
    assert task.first().done
    assert one.result(Params(103)).done
    assert RUNS == []
    assert (one.result(Params(104)).values == 104).all()
    assert RUNS == [104]


def test_an_unfinished_result_is_not_kept_for_others():
    one = scene()
    assert np.isnan(one.result(Params(105), {"w": Part()}).values).all()
    assert (one.result(Params(105), {"w": Part(np.ones(2))}).values == 1).all()
    finished = one.result(Params(105), {"w": Part(np.full(2, 7.0), done=True)})
    assert one.result(Params(105), {"w": Part(np.full(2, 7.0), done=True)}) is finished
    with pytest.raises(ValueError, match="read-only"):
        finished.values[0] = 1


def test_a_picture_has_its_words_and_its_zoom():
    one = scene(note=("slow", "more"))
    params = Params(106, "b")
    picture = one.picture(one.result(params), params)
    (figure,) = picture.figures
    assert figure.alt == T("乙、106.0。", "second, 106.0.")
    assert picture.note == T("まだです。続き。", "Waited. More.")
    again = one.picture(one.result(Params(107, "b")), Params(107, "b")).figures[0]
    other = one.picture(one.result(Params(106, "a")), Params(106, "a")).figures[0]
    assert again.layout["uirevision"] == figure.layout["uirevision"] != other.layout["uirevision"]


def test_a_readout_that_has_nothing_to_say_is_not_read():
    one = scene()
    assert [readout.key for readout in one.read(Result(np.ones(1), False))] == ["first"]
    full = Result(np.array([-1234.5]), True)
    assert [readout.text(full, "en") for readout in one.read(full)] == ["−1,234.50", "done"]
    unit = Readout("first", T("初め", "First"), "first", 0, T("%", " %"))
    assert unit.text(Result(np.array([3.0]), True), "en") == "3 %"
    assert unit.text(Result(np.array([np.nan]), True), "en") == "–"
    assert unit.text(Result(np.array([-np.inf]), True), "ja") == "−∞"


def test_a_readout_tells_the_time_of_the_playhead():
    run = types.SimpleNamespace(loss=np.array([3.0, 2.0, 2.0, 0.5]), score=97.0, told=[T("一", "one"), T("二", "two")])
    moving, end = Readout("loss", T("損失", "Loss"), "loss", 1), Readout("score", T("正解率", "Score"), "score")
    assert moving.texts(run, "en", 4) == [(0, "3.0"), (1, "2.0"), (3, "0.5")]
    assert moving.text(run, "en") == "0.5"
    assert end.texts(run, "en", 4) == [(0, ""), (3, "97")]  # nothing until then
    assert end.texts(run, "en", 1) == [(0, "97")]
    assert Readout("score", T("正解率", "Score"), "score", still=True).texts(run, "en", 4) == [(0, "97")]
    assert Readout("told", T("今", "Now"), "told").texts(run, "ja", 2) == [(0, "一"), (1, "二")]
    with pytest.raises(ValueError, match="4 values for 3 frames"):
        moving.texts(run, "en", 3)


# ---- the cache


def test_a_cache_holds_no_more_bytes_than_it_may():
    cache, made = Cache(most=10_000), []

    def make(name, count):
        def made_now():
            made.append(name)
            return np.zeros(count)

        return cache.get(name, made_now)

    for name in "abcd":
        make(name, 250)  # 2,000 bytes each
    assert cache.held <= 10_000
    assert make("a", 250) is make("a", 250)
    assert made == list("abcd")
    make("e", 250)  # b is the one that nobody asked for
    make("a", 250)
    make("b", 250)
    assert made == list("abcdeb")
    assert cache.held <= 10_000


def test_what_is_too_large_is_given_but_not_kept():
    cache = Cache(most=10_000)
    cache.get("small", lambda: np.zeros(10))
    assert len(cache.get("large", lambda: np.zeros(10_000))) == 10_000
    assert cache.held < 1_000
    assert cache.get("small", lambda: pytest.fail("small was dropped")) is not None
    cache.clear()
    assert cache.held == 0


def test_where_the_making_fails_the_next_who_waits_makes_it():
    cache, failing, go = Cache(most=10_000), threading.Event(), threading.Event()

    def fail():
        failing.set()
        go.wait(30)
        raise ArithmeticError

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "a", fail)
        failing.wait(30)
        second = threads.submit(cache.get, "a", lambda: 7)
        go.set()
        assert isinstance(first.exception(), ArithmeticError)
        assert second.result() == 7
    assert cache.get("a", fail) == 7

"""Slow work in a browser: partial pictures as they come, stop, again, the end, and nothing left of who vanished."""

import functools

import pytest

from tools.harness import serve_code

pytestmark = pytest.mark.browser

APP = """
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import streamlit as st

from core.text import T
from figures.marks import line
from figures.plot import plot
from figures.spec import BLUE, Stage
from ui import catalog, jobs, lesson
from ui.params import slider
from ui.scene import Readout, Scene, Task
from ui.text import set_lang

# A loaded machine may let a page wait for many seconds; whoever visits as 97 has none.
jobs.POOL.patience = 1.0 if st.query_params.get("name") == "97" else 30.0
if "sawaru_lang" not in st.session_state:
    set_lang("en")


def module():
    made = ModuleType("small_lesson")
    sys.modules["small_lesson"] = made  # imported once: its functions name its jobs

    @dataclass(frozen=True)
    class Params:
        seconds: int = slider(T("秒", "Seconds"), 0, 600, default=600)
        name: int = slider(T("名", "Name"), 0, 99, default=0)

    gate = made.gate = threading.Event()
    starts = made.starts = []

    def work(key, report):
        seconds, name = key
        starts.append(name)
        start = time.monotonic()
        while (share := (time.monotonic() - start) / max(seconds, 0.1)) < 1:
            report(share, round(share, 2))
            time.sleep(0.02)
        while name == 1 and not gate.is_set():
            report(0.5, 0.5)
            time.sleep(0.02)
        if name == 99:
            raise ArithmeticError
        return 1.0

    @dataclass(frozen=True, eq=False)
    class Result:
        share: float
        done: bool

        @property
        def word(self):
            return T("はい", "yes") if self.done else T("いいえ", "no")

    def tasks(p):
        return {"work": Task(T("仕事", "Work"), (p.seconds, p.name), work)}

    def compute(p, parts):
        part = parts["work"]
        return Result(part.value or 0.0, part.done)

    def draw(r, p):
        one = plot("one", line([0, r.share], [0, r.share], BLUE), x="x", y="y", xlim=(0, 1), ylim=(0, 1))
        return Stage((one,), ("one",))

    made.Params, made.CONTROLS, made.CHECKS = Params, ("seconds", "name"), {}
    made.compute, made.draw, made.tasks = compute, draw, tasks
    made.READOUTS = (Readout("share", T("進み", "share"), "share", 2), Readout("done", T("終わり", "done"), "word"))
    made.code = lambda p: "print()"
    return made


class Small(catalog.Lesson):
    def scene(self, name=None):
        return Scene("small", "one", sys.modules.get("small_lesson") or module(), self.scene_words["one"])


words = {"title": "Small", "summary": "s", "idea": "i", "maths": "m", "notes": "n"}
one = {
    "title": ["場面", "Scene"],
    "lead": ["見る。", "Look."],
    "figure": {"one": {"title": ["図", "Figure"], "alt": ["仕事の進み。", "How far the work is."]}},
}
lesson.show(Small(Path("c/small"), {"ja": words, "en": words, "references": []}, {"one": one}))

if st.query_params.get("name") == "98":  # whoever visits as 98 lets the job of 1 go on
    sys.modules["small_lesson"].gate.set()


@st.fragment(run_every=0.3)
def count():
    st.write("threads", len([t for t in threading.enumerate() if t.name.startswith("sawaru-job")]))
    st.write("starts of 6:", sys.modules["small_lesson"].starts.count(6))


count()
"""


@pytest.fixture(scope="module")
def small():
    with serve_code(APP) as address:
        yield address


@pytest.fixture
def visit(visit):
    """A page whose job runs, and that counts threads three times a second, is hardly ever quiet."""
    return functools.partial(visit, settles=False)


def shown(page, label, value):
    """Wait for a readout."""
    page.wait_for_function(
        """([label, value]) => [...document.querySelectorAll('.sawaru-stage .numbers div')].some((cell) =>
        cell.querySelector('dt').textContent === label && new RegExp(value).test(cell.querySelector('dd').textContent))""",
        arg=[label, value],
    )


def test_partial_pictures_then_the_result(visit, small):
    page = visit("/?seconds=1&name=1", address=small)
    page.get_by_text("Work: computing").wait_for()
    shown(page, "share", r"0\.50")
    shown(page, "done", "no")
    visit("/?seconds=0&name=98", address=small)
    shown(page, "done", "yes")
    shown(page, "share", "1.00")
    assert page.get_by_role("button", name="Stop").count() == 0
    page.get_by_text("threads 0").wait_for()


def test_stop_and_again(visit, small):
    page = visit("/?seconds=600&name=2", address=small)
    page.get_by_text("threads 1").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Work: stopped.").wait_for()
    page.get_by_text("threads 0").wait_for()
    page.get_by_role("button", name="Again").click()
    page.get_by_text("Work: computing").wait_for()
    page.get_by_text("threads 1").wait_for()
    page.get_by_role("button", name="Stop").click()  # else the next test waits for its end
    page.get_by_text("threads 0").wait_for()


def test_a_moved_slider_leaves_the_old_job(visit, small):
    page = visit("/?seconds=600&name=3", address=small)
    page.get_by_text("Work: computing").wait_for()
    page.locator(".sawaru-controls input[type=range]").first.focus()
    page.keyboard.press("Home")  # 0 seconds
    shown(page, "done", "yes")
    page.get_by_text("threads 0").wait_for()


def test_a_failure_is_said_and_the_page_lives(visit, small):
    page = visit("/?seconds=0&name=99", address=small)
    page.get_by_text("Work: the computation failed.").wait_for()
    page.locator(".sawaru-controls input[type=range]").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    shown(page, "done", "yes")


def test_the_language_changes_while_a_job_runs(visit, small):
    page = visit("/?seconds=600&name=6", address=small)
    page.get_by_text("Work: computing").wait_for()
    page.get_by_role("button", name="日本語").click()
    page.get_by_text("仕事: 計算しています").wait_for()
    shown(page, "終わり", "いいえ")
    page.get_by_text("starts of 6: 1").wait_for()  # the same job goes on
    page.get_by_text("threads 1").wait_for()
    page.get_by_role("button", name="やめる").click()
    page.get_by_text("仕事: 途中で止めました。").wait_for()
    page.get_by_text("threads 0").wait_for()


def test_vanished_browsers_leave_no_thread(visit, small):
    watcher = visit("/?seconds=0&name=4", address=small)
    gone = [visit(f"/?seconds=600&name={5 + i}", address=small) for i in range(3)]
    watcher.get_by_text("threads 1").wait_for()
    for page in gone:
        page.close()
    visit("/?seconds=0&name=97", address=small)
    watcher.get_by_text("threads 0").wait_for()

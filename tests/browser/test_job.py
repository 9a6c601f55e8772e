"""A job in a page: progress and partial results as they come, stop, the end, and nothing left of one whose user vanished."""

import re

import pytest

from benchmarks.harness import serve_code

pytestmark = pytest.mark.browser

APP = """
import threading
import time

import streamlit as st

from ui import jobs

jobs.POOL.patience = 2.0
seconds = float(st.query_params.get("seconds", "2"))
name = st.query_params.get("name", "one")


def work(report):
    start = time.monotonic()
    while (share := (time.monotonic() - start) / seconds) < 1:
        report(share, round(share, 2))
        time.sleep(0.02)
    return 42


if st.button("Run"):
    st.session_state.job = jobs.start((name, seconds), work)
if job := st.session_state.get("job"):
    view = jobs.watch(job, "en", lambda partial: st.write(f"partial {partial}"), every=0.2)
    if view.state is jobs.State.DONE:
        st.write(f"result {view.result}")


@st.fragment(run_every=0.3)
def count():
    st.write("threads", len([t for t in threading.enumerate() if "job" in t.name]))


count()
"""


@pytest.fixture(scope="module")
def small():
    with serve_code(APP) as address:
        yield address


def open_(visit, address, path):
    page = visit(path, address=address, paints=False)
    page.get_by_role("button", name="Run").click()
    return page


def test_progress_partials_and_the_result(visit, small):
    page = open_(visit, small, "/?name=a&seconds=2")
    page.get_by_text(re.compile("Computing")).wait_for()
    page.get_by_text(re.compile(r"partial 0\.[3-9]")).wait_for()
    page.get_by_text("result 42").wait_for()
    assert page.get_by_role("button", name="Stop").count() == 0


def test_stop(visit, small):
    page = open_(visit, small, "/?name=b&seconds=60")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("The computation was stopped.").wait_for()
    page.get_by_text("threads 0").wait_for()


def test_a_vanished_browser_leaves_no_thread(visit, small):
    watcher = visit("/?name=x", address=small, paints=False)
    gone = [open_(visit, small, f"/?name=gone{i}&seconds=60") for i in range(3)]
    watcher.get_by_text(re.compile("threads [1-9]")).wait_for()
    for page in gone:
        page.context.close()
    watcher.get_by_text("threads 0").wait_for(timeout=20_000)

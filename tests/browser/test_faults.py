"""What goes wrong in a classroom: a killed server, a vanished browser, a full disk, two tabs, back and forward."""

import asyncio
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from playwright.sync_api import expect

from benchmarks.classroom import Class, Pupil
from tests.browser.conftest import forget, painted, settled, until
from tests.browser.test_stage import NUMBERS, pixels, slider
from tools.harness import ROOT, free_port, serve

pytestmark = pytest.mark.browser


def kill(port):
    """Kill the server that listens on a port, as a crash would."""
    for process in psutil.Process().children():
        if str(port) in process.cmdline():
            process.kill()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # `serve` buries it


def alone(page):
    """Wait until the page knows that its server is gone; from then on, note what its runs go through."""
    page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    page.evaluate(
        """() => { const app = document.querySelector('[data-testid=stApp]'); window.__ran = false;
        new MutationObserver(() => { window.__ran ||= app.dataset.testScriptState === 'running'; })
          .observe(app, { attributes: true }); }"""
    )


def test_open_pages_find_the_same_picture_on_a_restarted_server(visit):
    port = free_port()
    with serve(port=port) as address:
        page = visit("/perceptron?lang=en&noise=0.3&epochs=7", address=address)
        slider(page, "noise").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_url(re.compile("noise=0.32"))
        settled(page)
        before, numbers, url = pixels(page), page.locator(NUMBERS).inner_text(), page.url
        kill(port)
        alone(page)
        forget(page)
        assert pixels(page) == before  # it stands while the server is away
        with serve(port=port):
            painted(page)
            settled(page)
            assert page.url == url
            assert pixels(page) == before
            assert page.locator(NUMBERS).inner_text() == numbers
            slider(page, "noise").press("End")  # and it lives
            settled(page)
            assert pixels(page) != before
            assert "noise=1" in page.url
            assert "epochs=7" in page.url


def test_a_page_that_nobody_touched_lives_on_after_a_restart(visit):
    """Streamlit's page does not run itself again here, and the new server would ignore what a hand sends."""
    port = free_port()
    with serve(port=port) as address:
        page = visit("/perceptron?lang=en&noise=0.3&epochs=7", address=address)
        before = pixels(page)
        kill(port)
        alone(page)
        with serve(port=port):
            page.wait_for_function("window.__ran")
            settled(page)
            assert pixels(page) == before
            slider(page, "noise").press("End")
            settled(page)
            assert pixels(page) != before
            assert "noise=1" in page.url
            assert "epochs=7" in page.url


async def come_and_go(address, visits):
    for _ in range(visits):
        async with Pupil(address, "perceptron", Class()).visit():
            pass


def test_a_browser_that_vanishes_mid_drag_disturbs_nobody(visit):
    with serve() as address:
        stays, goes = visit("/perceptron", address=address), visit("/perceptron", address=address)
        thumb = slider(goes, "noise")
        box = thumb.bounding_box()
        goes.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2)
        goes.mouse.down()
        for i in range(12):
            goes.mouse.move(box["x"] + 6 + 8 * i, box["y"] + box["height"] / 2)
        goes.context.close()
        slider(stays, "noise").press("End")
        settled(stays)
        assert "noise=1" in stays.url
        server = next(p for p in psutil.Process().children() if address.rsplit(":")[-1] in p.cmdline())
        before = server.num_threads()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, come_and_go(address, 20)).result()
        # A session leaves no thread behind; a few more may come of the warm-up.
        until(stays, lambda: server.num_threads() < before + 10)


def test_a_disk_that_cannot_be_written_is_one_sentence(visit, tmp_path):
    copy = tmp_path / "copy"
    kinds = shutil.ignore_patterns(".*", "static", "tests", "benchmarks")
    shutil.copytree(ROOT, copy, ignore=kinds)
    shutil.copytree(ROOT / ".streamlit", copy / ".streamlit")
    (copy / "static").write_text("in the way")  # the superuser may write anywhere, but not into a file as into a folder
    with serve(folder=copy) as address:
        page = visit("/perceptron?lang=en", address=address, paints=False)
        page.get_by_text("The server cannot write its files").wait_for()
        assert page.locator('[data-testid="stException"]').count() == 0
        (copy / "static").unlink()
        page.reload()
        painted(page)
        settled(page)


def test_two_tabs_of_one_person_are_two(visit):
    first = visit("/perceptron?noise=0.2")
    second = first.context.new_page()
    second.goto(first.url.split("?")[0] + "?noise=0.6")
    painted(second)
    settled(second)
    slider(second, "noise").press("End")
    settled(second)
    settled(first)
    assert "noise=1" in second.url
    assert "noise=0.2" in first.url
    assert slider(first, "noise").input_value() == "0.2"


def test_back_and_forward_keep_what_was_set(visit):
    page = visit("/perceptron?lang=en")
    slider(page, "noise").press("End")
    settled(page)
    page.get_by_role("link", name="Kalman").first.click()
    page.get_by_role("heading", name="Kalman", exact=False, level=1).wait_for()
    settled(page)
    page.go_back()
    page.get_by_role("heading", name="Perceptron", exact=True).wait_for()
    settled(page)
    expect(slider(page, "noise")).to_have_value("1")
    page.go_forward()
    page.get_by_role("heading", name="Kalman", exact=False, level=1).wait_for()
    settled(page)
    assert page.locator(".sawaru-stage.fault").count() == 0


@pytest.mark.parametrize("topic", ["perceptron", "neighbors", "kalman"])
def test_markup_in_a_link_is_never_run(visit, topic):
    evil = "%3Cimg%20src%3Dx%20onerror%3D%22window.pwned%3D1%22%3E%3Cscript%3Ewindow.pwned%3D1%3C%2Fscript%3E"
    page = visit(
        f"/{topic}?lang={evil}&scene={evil}&seed={evil}&data={evil}&points={evil}&hide={evil}&at={evil}&{evil}=1"
    )
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.get_by_text(re.compile("読み取れない")).count() <= 1

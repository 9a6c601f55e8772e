"""What goes wrong in a classroom: a killed server, a vanished browser, a full disk, two tabs, back and forward."""

import asyncio
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import psutil
import pytest
from playwright.sync_api import expect

from benchmarks.classroom import Class, Pupil
from tests.browser.conftest import painted, settled, until
from tests.browser.test_stage import NUMBERS, pixels, slider
from tools.harness import ROOT, free_port, serve
from ui import catalog
from ui import params as ps

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
    """One was moved, one is in the middle of a drag, and one nobody touched: Streamlit would not run that again."""
    port = free_port()
    with serve(port=port) as address:
        moved, held, still = (visit("/perceptron?lang=en&noise=0.3&epochs=7", address=address) for _ in range(3))
        slider(moved, "noise").press("ArrowRight")
        moved.wait_for_url(re.compile("noise=0.32"))
        settled(moved)
        before = {page: (page.url, pixels(page), page.locator(NUMBERS).inner_text()) for page in (moved, still)}
        box = slider(held, "noise").bounding_box()
        y = box["y"] + box["height"] / 2
        held.mouse.move(box["x"] + box["width"] * 0.3, y)
        held.mouse.down()
        held.mouse.move(box["x"] + box["width"] * 0.6, y, steps=5)
        kill(port)
        for page in (*before, held):
            alone(page)
        for page in before:
            assert pixels(page) == before[page][1]  # it stands while the server is away
        held.mouse.move(box["x"] + box["width"] * 0.8, y, steps=5)
        held.mouse.up()
        value = held.locator(".sawaru-controls [data-name=noise] .number").input_value()
        with serve(port=port):
            held.wait_for_function(f"location.search.includes('noise={float(value):g}')")
            settled(held)
            assert held.locator(".sawaru-controls [data-name=noise] .number").input_value() == value
            for page, was in before.items():
                page.wait_for_function("window.__ran")
                settled(page)
                assert (page.url, pixels(page), page.locator(NUMBERS).inner_text()) == was
                slider(page, "noise").press("End")  # and it lives
                settled(page)
                assert pixels(page) != was[1]
                assert "noise=1" in page.url
                assert "epochs=7" in page.url


async def come_and_go(address, visits):
    for _ in range(visits):
        async with Pupil(address, "perceptron", Class()).visit():
            pass


def test_a_browser_that_vanishes_mid_drag_disturbs_nobody(visit, server):
    stays, goes = visit(), visit()
    thumb = slider(goes, "noise")
    box = thumb.bounding_box()
    goes.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2)
    goes.mouse.down()
    for i in range(12):
        goes.mouse.move(box["x"] + 6 + 8 * i, box["y"] + box["height"] / 2)
    goes.close()
    slider(stays, "noise").press("End")
    settled(stays)
    assert "noise=1" in stays.url
    process = next(p for p in psutil.Process().children() if server.rsplit(":")[-1] in p.cmdline())
    before = process.num_threads()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, come_and_go(server, 20)).result()
    # A session leaves no thread behind; a few more may come of the warm-up.
    until(stays, lambda: process.num_threads() < before + 10)


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
    """Both are moved at once, past Streamlit and then in it."""
    scene = catalog.lesson("perceptron").scene()
    tabs = [visit(f"/perceptron?lang=en&noise=0.{i}") for i in (2, 6)]
    for tab in tabs:
        tab.wait_for_function("window.sawaruLane.ready")
    for tab, name in zip(tabs, ("noise", "rate"), strict=True):
        slider(tab, name).press("End")
    for tab, (noise, rate) in zip(tabs, ((1.0, 1.0), (0.6, 10.0)), strict=True):
        settled(tab)
        params = scene.Params(noise=noise, rate=rate)
        assert tab.url.endswith(f"/perceptron?{urlencode({**ps.query(params), 'lang': 'en'})}")
        result = scene.result(params)
        expected = [readout.text(result, "en") for readout in scene.read(result)]
        assert tab.locator(f"{NUMBERS} dd:not([role])").all_inner_texts() == expected
        assert tab.evaluate("performance.getEntriesByName('sawaru:answered').length") == 1


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

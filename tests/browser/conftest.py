"""A real server and a real browser, shared by the flows. They wait for what they assert, and for no clock.

A loaded machine may take its time over anything, so the limits are long: they matter only where a test fails.
"""

import time

import pytest
from playwright.sync_api import expect

from tools.harness import chromium, serve

LIMIT = 60_000  # ms
SCREEN = {"width": 1280, "height": 900}
expect.set_options(timeout=LIMIT)

PAINTED = "performance.getEntriesByName('sawaru:painted').length > 0"
# `sawaruWaits` is what `ui/stage/busy.js` counts. React draws what has come in a frame of its own, so quiet has to
# last for some.
QUIET = """() => {
    const { testScriptState: script, testConnectionState: connection } = document.querySelector('[data-testid=stApp]')?.dataset ?? {};
    const quiet = script === 'notRunning' && connection === 'CONNECTED' && !Number(document.documentElement.dataset.sawaruWaits ?? 0)
        && !document.querySelector('[data-testid=stSkeleton]'); // the place of a widget whose code still comes
    window.__quiet = quiet ? (window.__quiet ?? 0) + 1 : 0;
    return window.__quiet > 3;
}"""
SAME = """([expression, count]) => {
    const now = JSON.stringify(eval(expression));
    window.__same = now === window.__last ? window.__same + 1 : 0;
    window.__last = now;
    return window.__same >= count;
}"""


def settled(page):
    """Wait until all is answered: no run, no code that loads, no question, no picture or address that is still to come.

    What a hand does on stage and controls counts from the moment it is done. What it does on a widget of Streamlit's
    counts from when the server hears of it: wait for a sign of that first.
    """
    page.evaluate("window.__quiet = 0")
    page.wait_for_function(QUIET)


def painted(page):
    """Wait for a picture, the first since `forget`."""
    page.wait_for_function(PAINTED)


def forget(page):
    """Forget the pictures so far, so that `painted` waits for the next."""
    page.evaluate("performance.clearMarks('sawaru:painted')")


def frames(page, count=1):
    """Let the browser draw some frames."""
    page.evaluate(
        """(count) => new Promise((done) => {
            const next = () => { count -= 1; if (count < 0) done(); else requestAnimationFrame(next); };
            next(); })""",
        count,
    )


def still(page, expression, count=8):
    """Wait until an expression has had the same value for some frames; give it."""
    page.evaluate("window.__last = undefined")
    page.wait_for_function(SAME, arg=[expression, count])
    return page.evaluate(expression)


def spot(page, figure, x, y):
    """Give where a place of a figure is on the screen."""
    return page.evaluate(
        """([name, x, y]) => { const plot = document.querySelector(`[data-name=${name}] .plot`);
        const { xaxis: a, yaxis: b } = plot._fullLayout, box = plot.getBoundingClientRect();
        return [box.left + a._offset + a.l2p(x), box.top + b._offset + b.l2p(y)]; }""",
        [figure, float(x), float(y)],
    )


def until(page, condition):
    """Wait for something that is not in the page, looking once a frame."""
    end = time.monotonic() + LIMIT / 1000
    while not condition():
        assert time.monotonic() < end, "it never came"
        frames(page)


@pytest.fixture(scope="session")
def server():
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    # All pages of a context in one process: what one has compiled, the next need not, once it is not parsed ahead
    # beside what is there already. It more than halves a page's opening.
    with chromium("--process-per-site", without=("ScriptStreaming",)) as b:
        yield b


@pytest.fixture(scope="session")
def context(browser, server):
    """Give a context for options, the same one each time: its pages share what the browser fetched and compiled."""
    made = {}

    def get(**options):
        options = {"viewport": SCREEN, "reduced_motion": "reduce", **options}
        if (key := repr(sorted(options.items()))) not in made:
            made[key] = browser.new_context(**options)
            made[key].set_default_timeout(LIMIT)
            made[key].new_page().goto(server + "/_stcore/health")  # the process lives while one of its pages does
        return made[key]

    return get


@pytest.fixture
def visit(context, server):
    """Open a page and wait for its first picture; faults in the page fail the test."""
    pages, faults = [], []

    def open_(path="/perceptron", *, paints=True, settles=True, address=server, before=lambda page: None, **options):
        viewport = options.pop("viewport", SCREEN)
        media = {name: options.pop(name) for name in ("color_scheme", "reduced_motion") if name in options}
        page = context(**options).new_page()
        pages.append(page)
        page.set_viewport_size(viewport)  # a page's own, as far as may be: another context would begin with nothing
        page.emulate_media(**media)
        page.on("pageerror", lambda error: faults.append(str(error)))
        before(page)
        page.goto(address + path)
        if paints:
            painted(page)
        if paints and settles:
            settled(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not faults

"""A real server and a real browser, shared by the flows."""

import pytest

from benchmarks.harness import chromium, serve


@pytest.fixture(scope="session")
def server():
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with chromium() as b:
        yield b


@pytest.fixture
def visit(browser, server):
    """Open a page in a fresh context and wait for its first picture; faults in the page fail the test."""
    contexts, faults = [], []

    def open_(path="/perceptron", *, paints=True, address=server, **options):
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + path)
        if paints:
            page.wait_for_function("performance.getEntriesByName('sawaru:painted').length > 0", timeout=60_000)
            page.wait_for_timeout(400)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults

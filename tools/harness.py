"""Servers and browsers for the benches and the browser tests."""

import contextlib
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.chromium import FLAGS, WITHOUT, find
from ui import publish

ROOT = Path(__file__).resolve().parent.parent


def machine() -> str:
    """Say what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, {python}, headless Chromium"


def free_port() -> int:
    """Give a port that was free a moment ago."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextlib.contextmanager
def serve(
    script: str = "app.py",
    *,
    folder: Path = ROOT,
    port: int | None = None,
    env: dict[str, str] | None = None,
    options: tuple[str, ...] = (),
) -> Iterator[str]:
    """Run `streamlit run script` in a folder, on a free port if none is given; gives its address."""
    port = port or free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    command += ["--server.headless", "true", *options]
    environment = {**os.environ, "PYTHONPATH": str(folder), **(env or {})}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(900):  # a loaded machine takes its time
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    break
            time.sleep(0.2)
        else:
            raise RuntimeError(f"{script} did not start")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


PLAIN = "from ui import front\nfront.visit()"  # our pages on a host that knows nothing of `app`: no lane, no rooms


@contextlib.contextmanager
def serve_code(code: str) -> Iterator[str]:
    """Serve a small app given as text, with our static files beside it (Streamlit wants them beside the script)."""
    with tempfile.TemporaryDirectory() as folder:
        publish.publish()
        (Path(folder) / "static").symlink_to(publish.STATIC)
        script = Path(folder) / "small_app.py"
        script.write_text(code, encoding="utf-8")
        with serve(str(script)) as address:
            yield address


@contextlib.contextmanager
def chromium(*flags: str, without: tuple[str, ...] = ()) -> Iterator[Browser]:
    """Run a headless Chromium, with flags of one's own beside the usual ones, and without some more features."""
    features = "--disable-features=" + ",".join((*WITHOUT, *without))  # of several such flags the last one counts
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=find(), args=[*FLAGS, features, *flags])
        yield browser
        browser.close()


# Painted: the first animation frame after a figure's DOM or canvas changed.
WATCH = """
(() => {
  const w = window.__watch = { paints: [], key: 0 };
  let due = false;
  const dirty = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; w.paints.push(performance.now()); });
  };
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...a) { if (this.canvas.isConnected) dirty(); return clear.apply(this, a); };
  new MutationObserver((changes) => {
    for (const c of changes) {
      const node = c.target.nodeType === 1 ? c.target : c.target.parentElement;
      if (node?.closest?.('.js-plotly-plot')) { dirty(); return; }
      for (const n of c.addedNodes) if (n.nodeType === 1 && (n.matches('.js-plotly-plot') || n.querySelector('.js-plotly-plot'))) { dirty(); return; }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  window.addEventListener('keydown', () => { w.key = performance.now(); }, true);
})();
"""


def watched(browser: Browser, **options: object) -> Page:
    """Open a page that notes when figures are painted."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce", **options).new_page()
    page.add_init_script(WATCH)
    return page

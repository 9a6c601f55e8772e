"""The nginx of docs/deploy.md in front of the app: `python -m benchmarks.nginx`. It needs nginx on PATH.

Bytes of a first and a second visit, and key → painted, through nginx and without it. A restart of the server behind it
is ridden out as well: the open page has to come back to its picture.
"""

import contextlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.latency import OURS, main_slider, open_, presses, slider_of
from benchmarks.visits import visits
from tools.harness import ROOT, chromium, free_port, machine, serve

TOPIC = "perceptron"


def block(port: int, behind: int) -> str:
    """Take the configuration out of the text, with other ports."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    if not found:
        raise LookupError("docs/deploy.md has no nginx block.")
    return found[1].replace("listen 80;", f"listen {port};").replace("127.0.0.1:8501", f"127.0.0.1:{behind}")


@contextlib.contextmanager
def nginx(behind: int) -> Iterator[str]:
    """Run nginx in front of a port; give its address."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not binary:
        raise SystemExit("nginx is not on PATH.")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        paths = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        conf = Path(folder) / "nginx.conf"
        conf.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            f"http {{ access_log off; {paths}\n{block(port, behind)} }}\n",
            encoding="utf-8",
        )
        process = subprocess.Popen([binary, "-p", folder, "-c", str(conf)])
        try:
            for _ in range(50):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health"):
                    break
                time.sleep(0.1)
            else:
                raise RuntimeError("nginx did not start.")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def table(rounds: int = 3) -> str:
    """Lay the figures out as a Markdown table, with a line on the restart."""
    scene, slider = main_slider(TOPIC)
    behind = free_port()
    press: dict[str, list[float]] = {"without": [], "through nginx": []}
    with chromium() as browser:
        with serve(port=behind) as direct, nginx(behind) as front:
            ways = {"without": direct, "through nginx": front}
            sizes = {name: visits(browser, f"{url}/{TOPIC}") for name, url in ways.items()}
            for _ in range(rounds):
                for name, url in ways.items():
                    page, _ = open_(browser, f"{url}/{TOPIC}?scene={scene}", OURS)
                    press[name] += presses(page, slider_of(page, url, slider), 16)
                    page.context.close()
        with nginx_over_restart(browser, behind) as seconds:
            back = seconds
    rows = [
        "| | key → painted p50, ms | first visit: files, kB | messages, kB | second visit: files, kB |",
        "|---|---|---|---|---|",
    ]
    for name, (first, second) in sizes.items():
        kb = (f"{n / 1e3:.0f}" for n in (first.files, first.messages, second.files))
        rows.append(f"| {name} | {statistics.median(press[name]):.0f} | {' | '.join(kb)} |")
    return (
        "\n".join(rows)
        + f"\n\nThe server behind nginx restarted: the open page followed the hand again {back:.1f} s after that."
    )


@contextlib.contextmanager
def nginx_over_restart(browser: object, behind: int) -> Iterator[float]:
    """Restart the server behind nginx under an open page; give seconds until it follows the hand again."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(contextlib.ExitStack())
        first.enter_context(serve(port=behind))
        front = stack.enter_context(nginx(behind))
        page, _ = open_(browser, f"{front}/{TOPIC}?noise=0.3", OURS)  # type: ignore[arg-type]
        slider = slider_of(page, front, "noise")
        first.close()
        page.evaluate("performance.clearMarks('sawaru:painted')")
        stack.enter_context(serve(port=behind))
        start = time.perf_counter()
        while not page.evaluate(OURS):
            slider.press("ArrowRight")
            page.wait_for_timeout(100)
            if time.perf_counter() - start > 60:
                raise RuntimeError("The page did not come back.")
        yield time.perf_counter() - start
        page.context.close()


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

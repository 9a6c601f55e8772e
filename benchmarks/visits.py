"""Bytes that a browser fetches at its first and at its second visit of a lesson: `python -m benchmarks.visits`.

As they travel: compressed where the server compresses, nothing where the browser still has it. Messages on the
websocket are counted apart.
"""

from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.latency import OURS
from tools.harness import chromium, machine, serve
from ui import catalog


@dataclass
class Visit:
    """What one visit fetched, in bytes."""

    files: int = 0
    plotly: int = 0
    messages: int = 0


def visits(browser: Browser, url: str) -> list[Visit]:
    """Visit a page twice with one browser profile."""
    context, out = browser.new_context(), []
    for _ in range(2):
        page, seen, names = context.new_page(), Visit(), {}
        session = context.new_cdp_session(page)
        session.send("Network.enable")

        def finished(event: dict, seen: Visit = seen, names: dict = names) -> None:
            seen.files += int(event["encodedDataLength"])
            if "plotly-" in names.get(event["requestId"], ""):
                seen.plotly += int(event["encodedDataLength"])

        def message(event: dict, seen: Visit = seen) -> None:
            data, binary = event["response"]["payloadData"], event["response"]["opcode"] == 2
            seen.messages += len(data) * 3 // 4 if binary else len(data)

        session.on(
            "Network.requestWillBeSent", lambda e, names=names: names.update({e["requestId"]: e["request"]["url"]})
        )
        session.on("Network.loadingFinished", finished)
        session.on("Network.webSocketFrameReceived", message)
        page.goto(url)
        page.wait_for_function(OURS, timeout=60_000)
        page.wait_for_timeout(2000)
        page.close()
        out.append(seen)
    context.close()
    return out


def table() -> str:
    """Lay the figures out as a Markdown table."""
    rows = [
        "| lesson | first visit: files, kB | of which plotly.js | messages | second visit: files, kB | messages |",
        "|---|---|---|---|---|---|",
    ]
    with serve() as address, chromium() as browser:
        for lesson in catalog.lessons():
            first, second = visits(browser, f"{address}/{lesson.topic}")
            cells = (first.files, first.plotly, first.messages, second.files, second.messages)
            kb = (f"{n / 1e3:.0f}" for n in cells)
            rows.append(f"| {lesson.topic} | {' | '.join(kb)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(f"{machine()}\n\n{table()}")

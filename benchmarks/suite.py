"""How long the tests take, by lesson: `make test ARGS="-p benchmarks.suite"`.

Seconds are those of the tests themselves, added up over the workers; importing a library counts for the first test that
does it. Times of the browser and of the house are of no one lesson.
"""

import re
from collections import Counter

import pytest

PARTS = ("core", "page", "browser", "house")
SECONDS: Counter[str] = Counter()  # by a test's address


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what setting up, running and clearing away took."""
    SECONDS[report.nodeid] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    terminalreporter.write_line("\n" + table(SECONDS))


def whose(test: str, topics: set[str]) -> tuple[str, str]:
    """Say of a test's address which lesson it is of ("" for none), and of which part."""
    path, _, name = test.partition("::")
    folder, stem = path.removeprefix("tests/").split("/")[0], path.rsplit("/", 1)[-1].removesuffix(".py")
    if folder == "browser":
        return "", "browser"
    words = [*stem.split("_")[1:2], *re.findall(r"\[(\w+)", name)]
    topic = next((word for word in words if word in topics), "")
    if not topic:
        return "", "core" if folder == "core" else "house"
    return topic, "core" if folder == "core" else "page"


def table(tests: Counter[str]) -> str:
    """Lay the seconds out as a Markdown table, the longest first."""
    from ui import catalog  # here, since pytest wants to see what is imported after it

    topics = {lesson.topic for lesson in catalog.lessons()}
    seconds: Counter[tuple[str, str]] = Counter()
    for test, duration in tests.items():
        seconds[whose(test, topics)] += duration
    lines = {name: [seconds[name, part] for part in PARTS] for name in {name for name, _ in seconds}}
    rows = [
        "| lesson | " + " | ".join(f"{part}, s" for part in PARTS) + " | all, s |",
        "|---|" + "---|" * (len(PARTS) + 1),
    ]
    for name, cells in sorted(lines.items(), key=lambda line: -sum(line[1])):
        shown = " | ".join(f"{s:.1f}" if s else "" for s in [*cells, sum(cells)])
        rows.append(f"| {name or 'no one lesson'} | {shown} |")
    return "\n".join(rows)

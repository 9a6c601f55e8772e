"""Browser tests wait for what they assert: no pause is long enough on a loaded machine."""

import ast
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "browser").glob("*.py"))


def pauses(code):
    """Give the lines that wait for a clock; an app that a test serves is text, and may be slow."""
    calls = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    names = ((call.lineno, getattr(call.func, "attr", getattr(call.func, "id", ""))) for call in calls)
    return [line for line, name in names if name in ("sleep", "wait_for_timeout")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_test_waits_for_a_clock(path):
    assert not pauses(path.read_text(encoding="utf-8"))


def test_a_pause_would_be_found():
    assert pauses("import time\npage.wait_for_timeout(300)\ntime.sleep(1)\nsleep(2)\nAPP = 'time.sleep(3)'") == [
        2,
        3,
        4,
    ]

"""Ways through the lessons: the steps of one class, `assets/class.toml`, and longer paths, `assets/paths.toml`.

A page says the question of its link's `step=3`, which is one of the class.
"""

import functools
import tomllib
from typing import Any

from core.text import T
from ui.catalog import ROOT


@functools.cache
def steps() -> tuple[dict[str, Any], ...]:
    """Read the steps of a class, a question each."""
    return tuple(_read("class")["step"])


@functools.cache
def paths() -> tuple[dict[str, Any], ...]:
    """Read the longer paths: short, title, lead, and in `step` when, topics, do."""
    return tuple(_worded(path) | {"step": [_worded(step) for step in path["step"]]} for path in _read("paths")["path"])


def link(number: int) -> dict[str, str]:
    """Give what a link to a step says; the first is 1."""
    return {"step": str(number), **steps()[number - 1]["query"]}


def number(text: str) -> int | None:
    """Read a step from a link, None where there is no such step."""
    return int(text) if text.isdecimal() and len(text) < 3 and 0 < int(text) <= len(steps()) else None


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "assets" / f"{name}.toml").read_text(encoding="utf-8"))


def _worded(words: dict[str, Any]) -> dict[str, Any]:
    return {key: value if key in ("topics", "step") else T(*value) for key, value in words.items()}

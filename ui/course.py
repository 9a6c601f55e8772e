"""The steps of one class, a question each: `assets/class.toml`. A page says the question of its link's `step=3`."""

import functools
import tomllib
from typing import Any

from ui.catalog import ROOT


@functools.cache
def steps() -> tuple[dict[str, Any], ...]:
    """Read them."""
    return tuple(tomllib.loads((ROOT / "assets" / "class.toml").read_text(encoding="utf-8"))["step"])


def link(number: int) -> dict[str, str]:
    """Give what a link to a step says; the first is 1."""
    return {"step": str(number), **steps()[number - 1]["query"]}


def number(text: str) -> int | None:
    """Read a step from a link, None where there is no such step."""
    return int(text) if text.isdecimal() and len(text) < 3 and 0 < int(text) <= len(steps()) else None

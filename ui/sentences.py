"""Sentences are templates in TOML, each a pair [Japanese, English]; what they say of numbers stands in braces.

``{r.best.gain:.3f}`` is Python's own format. Beyond it:

- a number that is negative, endless or missing is written −3, ∞, –;
- of numbers along the playhead, an array or a list, the last is meant;
- ``{p.rule}`` of a menu, and any text `T`, stands in the sentence's language;
- ``{r.converged:?it stopped|it never stops}`` chooses by whether the value is true.
"""

import numbers
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.text import T
from ui import params as ps

Pair = Sequence[str]


class _Teller(string.Formatter):
    """Formats a template in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Find a value; the key of a menu becomes the words of that option."""
        value, first = super().get_field(field_name, args, kwargs)
        holder, _, name = field_name.rpartition(".")
        if holder and isinstance(value, str):
            owner, _ = super().get_field(holder, args, kwargs)
            control = ps.control_of(owner, name)
            if isinstance(control, ps.Choice):
                value = control.options[value]
        return value, first

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a value."""
        value = last(value)
        if isinstance(value, T):
            value = value(self.lang)
        if format_spec.startswith("?"):
            yes, _, no = format_spec[1:].partition("|")
            return yes if value else no
        if isinstance(value, numbers.Number) and not isinstance(value, bool):
            return written(value, format_spec)
        return str(format(value, format_spec))


_TELLERS = {lang: _Teller(lang) for lang in ("ja", "en")}


SERIES = (np.ndarray, list)  # along the playhead


def last(value: Any) -> Any:
    """Give the last of what stands along the playhead, anything else as it is."""
    return value[-1] if isinstance(value, SERIES) and len(value) else value


NOTHING_LEFT = re.compile(r"-0(\.0*)?%?")  # of a small number below 0, once it is rounded


def written(value: Any, spec: str) -> str:
    """Write a number: a true minus (none before a zero), ∞ for what is endless, a dash for what is not there."""
    if value != value:
        return "–"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    text = format(value, spec)
    return (text[1:] if NOTHING_LEFT.fullmatch(text) else text).replace("-", "−")


def say(pair: Pair, *args: Any, **values: Any) -> T:
    """Put values into a sentence."""
    ja, en = (_TELLERS[lang].vformat(text, args, values) for lang, text in zip(("ja", "en"), pair, strict=True))
    return T(ja, en)


def placeholders(template: str) -> Iterator[str]:
    """Yield the names in a template's braces, also those inside of formats."""
    for _, name, spec, _ in string.Formatter().parse(template):
        if name is not None:
            yield name
        if spec:
            yield from placeholders(spec)

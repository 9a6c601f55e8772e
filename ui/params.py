"""A lesson's parameters: one frozen dataclass, one field a control.

A field's declaration is the one place that knows its label, range, default, URL parameter and widget::

    @dataclass(frozen=True)
    class Params:
        rate: float = slider(T("学習率", "Learning rate"), 0.01, 10, default=1, log=True)
        rule: str = choice(T("規則", "Rule"), {"perceptron": T("パーセプトロン", "Perceptron"), ...})
        seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)

`parse` turns what a URL brings into a `Params` (whatever is wild falls back to the default and is reported), `query`
turns a `Params` into what a URL carries (only what differs from the default), `ends` lists values to test.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.text import T
from ui.links import mended
from ui.made import MADE as MADE
from ui.made import ROWS as ROWS
from ui.made import Names as Names
from ui.made import Picture as Picture
from ui.made import Points as Points
from ui.made import Series as Series
from ui.made import Table as Table
from ui.made import Times as Times
from ui.made import Window as Window

P = TypeVar("P")


@dataclass(frozen=True)
class Slider:
    """A number in a range. `step` is in units of the value, or of its log₁₀ where `log`."""

    label: T
    low: float
    high: float
    step: float
    log: bool = False
    whole: bool = False
    unit: T = T("", "")
    help: T | None = None
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: float) -> float:
        """Clamp to the range and round to the step (three significant digits on a log scale)."""
        value = min(max(value, self.low), self.high)
        if self.log:
            value = float(f"{value:.3g}")
        else:
            steps = round((value - self.low) / self.step)
            value = round(self.low + steps * self.step, 9)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else value

    def parse(self, text: str) -> float:
        """Read a number; ValueError if it is none, not finite, or out of range."""
        value = float(text)
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ValueError(text)
        return self.tidy(value)

    def dump(self, value: float) -> str:
        """Write a number as short as it reads back."""
        return f"{value:.9g}"

    def ends(self) -> tuple[Any, ...]:
        """Both ends of the range."""
        return (self.tidy(self.low), self.tidy(self.high))


@dataclass(frozen=True)
class Choice:
    """One of a few; the keys travel in the URL, the texts are shown."""

    label: T
    options: Mapping[str, T]
    help: T | None = None
    when: Callable[[Any], bool] | None = None
    buttons: bool = False  # side by side, all in sight, rather than a menu

    def parse(self, text: str) -> str:
        """Take a key; ValueError if there is no such option."""
        if text not in self.options:
            raise ValueError(text)
        return text

    def dump(self, value: str) -> str:
        """Give the key itself."""
        return value

    def ends(self) -> tuple[Any, ...]:
        """Every option."""
        return tuple(self.options)


@dataclass(frozen=True)
class Toggle:
    """On or off."""

    label: T
    help: T | None = None
    when: Callable[[Any], bool] | None = None

    def parse(self, text: str) -> bool:
        """Take 1 or 0."""
        return {"1": True, "0": False}[text] if text in ("0", "1") else _wild(text)

    def dump(self, value: bool) -> str:
        """Give 1 or 0."""
        return "1" if value else "0"

    def ends(self) -> tuple[Any, ...]:
        """Both."""
        return (False, True)


@dataclass(frozen=True)
class Text:
    """A line of words one types, at most `limit` characters."""

    label: T
    limit: int = 120
    help: T | None = None
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> str:
        """Make one line of it: what cannot be printed becomes a space; ValueError if it is no text or too long."""
        if not isinstance(value, str) or len(value) > self.limit:
            raise ValueError("text")
        return "".join(c if c.isprintable() else " " for c in value)

    def parse(self, text: str) -> str:
        """Read a line."""
        return self.tidy(text)

    def dump(self, value: str) -> str:
        """Give the line itself."""
        return value

    def ends(self) -> tuple[Any, ...]:
        """Nothing, and as much as may be, in more than one script."""
        return ("", ("丸 red " * self.limit)[: self.limit])


Control = Slider | Choice | Toggle | Points | Window | Series | Times | Names | Text | Table | Picture


def _wild(text: str) -> Any:
    raise ValueError(text)


def slider(
    label: T,
    low: float,
    high: float,
    *,
    default: float,
    step: float | None = None,
    log: bool = False,
    unit: T = T("", ""),
    help: T | None = None,
    when: Callable[[Any], bool] | None = None,
) -> Any:
    """Declare a number with a live slider; whole numbers if `low`, `default` and `step` are ints."""
    whole = isinstance(default, int) and isinstance(low, int) and not isinstance(step, float)
    step = step if step is not None else (0.02 if log else 1 if whole else (high - low) / 100)
    control = Slider(label, low, high, step, log, whole, unit, help, when)
    return dataclasses.field(default=default, metadata={"control": control})


def choice(
    label: T,
    options: Mapping[str, T],
    *,
    default: str | None = None,
    help: T | None = None,
    when: Callable[[Any], bool] | None = None,
    buttons: bool = False,
) -> Any:
    """Declare one of a few, in a menu or as buttons; the first option is the default unless said."""
    control = Choice(label, options, help, when, buttons)
    return dataclasses.field(default=next(iter(options)) if default is None else default, metadata={"control": control})


def toggle(label: T, *, default: bool = False, help: T | None = None, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare an on/off switch."""
    return dataclasses.field(default=default, metadata={"control": Toggle(label, help, when)})


def text(
    label: T, limit: int = 120, *, default: str = "", help: T | None = None, when: Callable[[Any], bool] | None = None
) -> Any:
    """Declare a line of words; it is sent while it is typed."""
    return dataclasses.field(default=default, metadata={"control": Text(label, limit, help, when)})


def hand_points(
    *,
    classes: int = 2,
    limit: int = 200,
    span: float = 1e12,
    sets: Mapping[str, Any] | None = None,
    when: Callable[[Any], bool] | None = None,
    table: bool = True,
) -> Any:
    """Declare points made by hand on the stage, or from a `table`; the URL carries them. An edit also sets `sets`."""
    return dataclasses.field(default=(), metadata={"control": Points(limit, classes, span, sets or {}, when, table)})


def hand_window(*, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the window on hand-made points; the stage sets it with the points, the URL carries it."""
    return dataclasses.field(default=(), metadata={"control": Window(when=when)})


def own_series(*, sets: Mapping[str, Any] | None = None) -> Any:
    """Declare a series from a table of one's own; the URL carries it. Choosing one also sets the fields in `sets`."""
    return dataclasses.field(default=(), metadata={"control": Series(sets=sets or {})})


def own_times(*, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the times of a series of one's own; the URL carries them."""
    return dataclasses.field(default=(), metadata={"control": Times(when=when)})


def own_names(*, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the names of columns and classes of a table of one's own; the URL carries them."""
    return dataclasses.field(default=(), metadata={"control": Names(when=when)})


def own_rows(*, sets: Mapping[str, Any] | None = None) -> Any:
    """Declare a table of one's own, kept in the URL. Choosing one also sets the fields in `sets`."""
    return dataclasses.field(default=(), metadata={"control": Table(sets=sets or {})})


def own_picture(*, warning: T, sets: Mapping[str, Any] | None = None) -> Any:
    """Declare a picture of one's own, kept in the URL. Choosing one also sets the fields in `sets`."""
    return dataclasses.field(default="", metadata={"control": Picture(warning=warning, sets=sets or {})})


def controls(params: Any) -> Iterator[tuple[str, Control]]:
    """Yield (field name, control) of a `Params` class or instance."""
    for item in dataclasses.fields(params):
        yield item.name, item.metadata["control"]


def control_of(params: Any, name: str) -> Control | None:
    """Give the control of a field, None where there is no such field."""
    field = getattr(params, "__dataclass_fields__", {}).get(name)
    return field.metadata.get("control") if field is not None else None


def applies(control: Control, params: Any) -> bool:
    """Whether the control has a meaning with these parameters."""
    return control.when is None or control.when(params)


def parse(cls: type[P], query: Mapping[str, str]) -> tuple[P, tuple[str, ...]]:
    """Read a URL's parameters.

    Returns
    -------
    params, wild
        The parameters, and the names of those whose value could not be used and fell back to the default.
    """
    values: dict[str, Any] = {}
    wild: list[str] = []
    for name, control in controls(cls):
        if name not in query:
            continue
        words = query[name]
        for text in (words,) if isinstance(control, Text) else (words, mended(words)):
            try:
                values[name] = control.parse(text)
                break
            except (ValueError, OverflowError):
                continue
        else:
            wild.append(name)
    return cls(**values), tuple(wild)


def query(params: Any) -> dict[str, str]:
    """Give what a URL has to carry: the fields that differ from their default."""
    default = type(params)()
    return {
        name: control.dump(getattr(params, name))
        for name, control in controls(params)
        if getattr(params, name) != getattr(default, name)
    }


def corners(cls: type[P]) -> Iterator[P]:
    """Yield the default parameters and, one field at a time, each control's ends with what they set besides."""
    yield cls()
    for name, control in controls(cls):
        for value in control.ends():
            yield dataclasses.replace(cls(), **{**getattr(control, "sets", {}), name: value})  # type: ignore[type-var]

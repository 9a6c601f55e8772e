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

import base64
import dataclasses
import io
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.text import T

Point = tuple[float, float, int]
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
class Points:
    """Labelled points made by hand on the stage: ((x, y, class), …), four digits each, at most `limit`."""

    label: ClassVar[T] = T("点", "Points")
    limit: int = 200
    classes: int = 2
    span: float = 1e12
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what an edit sets besides: {"data": "own"}
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[Point, ...]:
        """Read untrusted triples; ValueError unless all are within ±`span`, of a known class, and few enough."""
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise ValueError("points")
        kept = []
        for triple in value:
            x, y, label = (float(v) for v in triple)
            if not (abs(x) <= self.span and abs(y) <= self.span and label in range(self.classes)):
                raise ValueError("points")
            kept.append((float(f"{x:.4g}"), float(f"{y:.4g}"), int(label)))
        return tuple(kept)

    def parse(self, text: str) -> tuple[Point, ...]:
        """Read "x,y,class;x,y,class"."""
        return self.tidy([part.split(",") for part in text.split(";")] if text else [])

    def dump(self, value: tuple[Point, ...]) -> str:
        """Write what `parse` reads."""
        return ";".join(f"{x:g},{y:g},{label}" for x, y, label in value)

    def ends(self) -> tuple[Any, ...]:
        """No point, one, both classes at one place, one of each class where there are more, and as many as may be."""
        circle = tuple((round(math.cos(c), 2), round(math.sin(c), 2), c) for c in range(self.classes))
        each = (circle[:count] for count in range(3, min(self.classes, self.limit) + 1))
        many = tuple((round(math.cos(i) * (1 + i % 2), 2), round(math.sin(i), 2), i % 2) for i in range(self.limit))
        return ((), ((0.0, 0.0, 1),), ((1.0, 1.0, 0), (1.0, 1.0, 1)), *each, many)


@dataclass(frozen=True)
class Window:
    """The part of the plane that was in view when points were made by hand: (x0, x1, y0, y1), or () for none."""

    label: ClassVar[T] = T("表示範囲", "Window")
    span: float = 1e13
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[float, ...]:
        """Read untrusted numbers; ValueError unless they are finite and span a rectangle."""
        x0, x1, y0, y1 = (float(f"{float(v):.4g}") for v in value)
        if not (-self.span <= x0 < x1 <= self.span and -self.span <= y0 < y1 <= self.span):
            raise ValueError("window")
        return x0, x1, y0, y1

    def parse(self, text: str) -> tuple[float, ...]:
        """Read "x0,x1,y0,y1"."""
        return self.tidy(text.split(","))

    def dump(self, value: tuple[float, ...]) -> str:
        """Write what `parse` reads."""
        return ",".join(f"{v:g}" for v in value)

    def ends(self) -> tuple[Any, ...]:
        """None, and a wide one."""
        return ((), (-4.0, 10.0, -6.0, 6.0))


@dataclass(frozen=True)
class Series:
    """Numbers in time, from a table of one's own: at most `limit`, four digits each, None where one is missing."""

    label: ClassVar[T] = T("系列", "Series")
    limit: int = 200
    span: float = 1e12
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what a series sets besides: {"data": "own"}
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[float | None, ...]:
        """Read untrusted numbers, None where one is missing; ValueError if too many or beyond ±`span`."""
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise ValueError("series")
        kept = [None if v is None else float(f"{float(v):.4g}") for v in value]
        if not all(v is None or abs(v) <= self.span for v in kept):
            raise ValueError("series")
        return tuple(kept) if any(v is not None for v in kept) else ()

    def parse(self, text: str) -> tuple[float | None, ...]:
        """Read "1.5,,2": the second is missing."""
        return self.tidy([part.strip() or None for part in text.split(",")] if text else [])

    def dump(self, value: tuple[float | None, ...]) -> str:
        """Write what `parse` reads."""
        return ",".join("" if v is None else f"{v:g}" for v in value)

    def ends(self) -> tuple[Any, ...]:
        """None, one, a gap, and as many as may be."""
        return ((), (1.5,), (1.0, None, 2.0), tuple(round(math.sin(i / 9), 2) for i in range(self.limit)))


@dataclass(frozen=True)
class Times(Series):
    """When the numbers of a series were measured: as many, never falling."""

    label: ClassVar[T] = T("時刻", "Times")
    span: float = 1e12

    def tidy(self, value: Any) -> tuple[float | None, ...]:
        """Read untrusted times; ValueError if one is missing or falls back."""
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise ValueError("times")
        kept = [float(f"{float(v):.12g}") for v in value]
        if not all(abs(v) <= self.span for v in kept) or any(b < a for a, b in itertools.pairwise(kept)):
            raise ValueError("times")
        return tuple(kept)

    def parse(self, text: str) -> tuple[float | None, ...]:
        """Read "0,1.5,4"."""
        return self.tidy(text.split(",") if text else [])

    def dump(self, value: tuple[float | None, ...]) -> str:
        """Write what `parse` reads."""
        return ",".join(f"{v:.12g}" for v in value if v is not None)

    def ends(self) -> tuple[Any, ...]:
        """None, a few, and as many as may be, unevenly."""
        return ((), (0.0, 1.0, 3.0), tuple(float(i + i % 3 // 2) for i in range(self.limit)))


@dataclass(frozen=True)
class Names:
    """What the columns and the classes of one's own table are called, at most `limit` of them."""

    label: ClassVar[T] = T("名前", "Names")
    limit: int = 20
    longest: int = 40  # characters
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[str, ...]:
        """Read untrusted names: printable, on one line, without what HTML reads; ValueError if there are too many."""
        if not isinstance(value, list | tuple) or len(value) > self.limit or not all(isinstance(v, str) for v in value):
            raise ValueError("names")
        plain = str.maketrans({"<": "‹", ">": "›", "|": "¦", "&": "＆"})
        lines = ["".join(c if c.isprintable() else " " for c in name.translate(plain)) for name in value]
        cut = [line if len(line) <= self.longest else line[: self.longest - 1] + "…" for line in lines]
        names = tuple(" ".join(line.split()) for line in cut)
        return names if any(names) else ()

    def parse(self, text: str) -> tuple[str, ...]:
        """Read "height|weight|cat|dog"."""
        return self.tidy(text.split("|") if text else [])

    def dump(self, value: tuple[str, ...]) -> str:
        """Write what `parse` reads."""
        return "|".join(value)

    def ends(self) -> tuple[Any, ...]:
        """None, some in two scripts, and as many as may be."""
        return ((), ("長さ (cm)", "width", "猫", "dog"), tuple(f"name {i}" for i in range(self.limit)))


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


@dataclass(frozen=True)
class Table:
    """Rows of numbers, the class last, from a table of one's own: small enough for a link, three digits each."""

    label: ClassVar[T] = T("表", "Table")
    rows: int = 200
    columns: int = 8  # the class not counted
    classes: int = 10
    least: int = 10  # rows
    span: float = 1e12
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what a table sets besides: {"data": "own"}
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[tuple[float, ...], ...]:
        """Read untrusted rows; ValueError unless they make a table with two rows that differ, or there are none."""
        if not isinstance(value, list | tuple) or len(value) > self.rows:
            raise ValueError("table")
        kept = tuple((*(float(f"{float(v):.3g}") for v in row[:-1]), int(float(row[-1]))) for row in value if row)
        if not kept:
            return ()
        width = len(kept[0])
        good = all(
            len(row) == width and all(abs(v) <= self.span for v in row) and row[-1] in range(self.classes)
            for row in kept
        )
        if (
            not good
            or len(kept) < self.least
            or not 2 < width <= self.columns + 1
            or len({row[:-1] for row in kept}) < 2
        ):
            raise ValueError("table")
        return kept

    def parse(self, text: str) -> tuple[tuple[float, ...], ...]:
        """Read "x,y,class;x,y,class"."""
        return self.tidy([part.split(",") for part in text.split(";")] if text else [])

    def dump(self, value: tuple[tuple[float, ...], ...]) -> str:
        """Write what `parse` reads."""
        return ";".join(",".join(f"{v:g}" for v in row) for row in value)

    def ends(self) -> tuple[Any, ...]:
        """None, the smallest, and the largest."""
        small = tuple((float(i), float(i % 3), i % 2) for i in range(self.least))
        large = tuple(
            (*(float(f"{math.sin(i * (j + 1) / 7):.3g}") for j in range(self.columns)), i % self.classes)
            for i in range(self.rows)
        )
        return ((), small, large)


@dataclass(frozen=True)
class Picture:
    """A small square picture of one's own as WebP in base64url, at most `limit` bytes: small enough for a link."""

    label: ClassVar[T] = T("画像", "Picture")
    side: int = 64  # pixels
    limit: int = 3000  # bytes
    warning: T = T("", "")  # what to know before trusting an answer about it
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what a picture sets besides
    when: Callable[[Any], bool] | None = None

    def pack(self, pixels: NDArray[np.uint8]) -> str:
        """Write (side, side, 3) uint8 as text, as well as fits the limit."""
        from PIL import Image

        for quality in (90, 75, 60, 40, 20, 5):
            file = io.BytesIO()
            Image.fromarray(pixels, "RGB").save(file, "WEBP", quality=quality)
            if file.tell() <= self.limit:
                return base64.urlsafe_b64encode(file.getvalue()).decode()
        raise ValueError("picture")

    def unpack(self, value: str) -> NDArray[np.uint8]:
        """Read what `pack` wrote: (side, side, 3) uint8; ValueError for anything else."""
        from PIL import Image

        if not isinstance(value, str) or len(value) > 4 * -(-self.limit // 3) or not value.isascii():
            raise ValueError("picture")
        try:
            data = base64.b64decode(value, altchars=b"-_", validate=True)
            # Its head first: nothing is decoded that is not one small still picture.
            with Image.open(io.BytesIO(data), formats=["WEBP"]) as picture:
                if picture.size != (self.side, self.side) or getattr(picture, "n_frames", 1) != 1:
                    raise ValueError("picture")
                return np.asarray(picture.convert("RGB"), dtype=np.uint8)
        except Exception:  # the many ways in which a decoder gives up
            raise ValueError("picture") from None

    def tidy(self, value: Any) -> str:
        """Take a picture's text or nothing; ValueError for anything else."""
        if value != "":
            self.unpack(value)
        return str(value)

    def parse(self, text: str) -> str:
        """Read a picture's text."""
        return self.tidy(text)

    def dump(self, value: str) -> str:
        """Give the text itself."""
        return value

    def ends(self) -> tuple[Any, ...]:
        """None, and one that is hard to pack."""
        noise = np.random.default_rng(0).integers(0, 256, (self.side, self.side, 3), dtype=np.uint8)
        return ("", self.pack(noise))


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
) -> Any:
    """Declare one of a few; the first option is the default unless said."""
    control = Choice(label, options, help, when)
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
) -> Any:
    """Declare points made by hand on the stage; the URL carries them. An edit also sets the fields in `sets`."""
    return dataclasses.field(default=(), metadata={"control": Points(limit, classes, span, sets or {}, when)})


def hand_window(*, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the window on hand-made points; the stage sets it with the points, the URL carries it."""
    return dataclasses.field(default=(), metadata={"control": Window(when=when)})


def own_series(*, limit: int = 200, sets: Mapping[str, Any] | None = None) -> Any:
    """Declare a series from a table of one's own; the URL carries it. Choosing one also sets the fields in `sets`."""
    return dataclasses.field(default=(), metadata={"control": Series(limit=limit, sets=sets or {})})


def own_times(*, limit: int = 200, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the times of a series of one's own; the URL carries them."""
    return dataclasses.field(default=(), metadata={"control": Times(limit=limit, when=when)})


def own_names(*, when: Callable[[Any], bool] | None = None) -> Any:
    """Declare the names of columns and classes of a table of one's own; the URL carries them."""
    return dataclasses.field(default=(), metadata={"control": Names(when=when)})


def own_rows(
    *, rows: int = 200, columns: int = 8, classes: int = 10, least: int = 10, sets: Mapping[str, Any] | None = None
) -> Any:
    """Declare a table of one's own, kept in the URL. Choosing one also sets the fields in `sets`."""
    control = Table(rows, columns, classes, least, sets=sets or {})
    return dataclasses.field(default=(), metadata={"control": control})


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
        try:
            values[name] = control.parse(query[name])
        except (ValueError, OverflowError):
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

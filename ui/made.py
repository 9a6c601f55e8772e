"""Controls for what is one's own: points made by hand, and what comes from a table or a picture; a link carries it all.

What is placed is rounded once, by `rounded`, to digits that suit its column's spread, so finely that nothing that is
computed changes; what is placed is what is drawn, and what the link says.
"""

import base64
import dataclasses
import io
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.text import T

Point = tuple[float, float, int]
FINE = 6  # decimal places below a column's spread
SEEN = 3  # and below the window's width, for what a hand places


def exact(value: Any) -> float:
    """Take a number as a link writes it: twelve digits."""
    return float(f"{float(value):.12g}")


def rounded(column: Sequence[float | None]) -> list[float | None]:
    """Round a column to a millionth of its spread or finer; None stays."""
    known = [value for value in column if value is not None]
    spread = max(known, default=0.0) - min(known, default=0.0)
    places = FINE - math.floor(math.log10(spread)) if spread > 0 else 15
    return [None if value is None else exact(round(value, places)) for value in column]


def seen(value: float, width: float) -> float:
    """Round to a thousandth of a width or finer, to four digits where there is none."""
    return exact(round(value, SEEN - math.floor(math.log10(width)))) if width > 0 else float(f"{value:.4g}")


def _blur(value: float, width: float) -> float:
    """How far a browser may have moved a value by rounding alone."""
    places = SEEN - math.floor(math.log10(width)) if width > 0 else 15
    return 0.51 * 10.0**-places + 1e-6 * abs(value)


@dataclass(frozen=True)
class Points:
    """Labelled points made by hand on the stage, or placed from a table: ((x, y, class), …), at most `limit`."""

    label: ClassVar[T] = T("点", "Points")
    limit: int = 200
    classes: int = 2
    span: float = 1e12
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what an edit sets besides: {"data": "own"}
    when: Callable[[Any], bool] | None = None
    table: bool = True  # whether rows of a table may be placed

    def tidy(self, value: Any) -> tuple[Point, ...]:
        """Read untrusted triples; ValueError unless all are within ±`span`, of a known class, and few enough."""
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise ValueError("points")
        kept = []
        for triple in value:
            x, y, label = (float(v) for v in triple)
            if not (abs(x) <= self.span and abs(y) <= self.span and label in range(self.classes)):
                raise ValueError("points")
            kept.append((exact(x), exact(y), int(label)))
        return tuple(kept)

    def by_hand(self, value: Any, before: tuple[Point, ...] = (), window: tuple[float, ...] = ()) -> tuple[Point, ...]:
        """Read what a hand sends: what it did not move stays exactly as it was, the rest is rounded to what one sees.

        A browser keeps points as float32 and rounds them, so what was is known by being near.
        """
        x0, x1, y0, y1 = window or (0.0, 0.0, 0.0, 0.0)
        kept = []
        for x, y, label in self.tidy(value):
            near = [
                p for p in before if abs(p[0] - x) <= _blur(p[0], x1 - x0) and abs(p[1] - y) <= _blur(p[1], y1 - y0)
            ]
            x, y = near[0][:2] if near else (seen(x, x1 - x0), seen(y, y1 - y0))
            kept.append((x, y, label))
        return tuple(kept)

    def parse(self, text: str) -> tuple[Point, ...]:
        """Read "x,y,class;x,y,class"."""
        return self.tidy([part.split(",") for part in text.split(";")] if text else [])

    def dump(self, value: tuple[Point, ...]) -> str:
        """Write what `parse` reads."""
        return ";".join(f"{x:.12g},{y:.12g},{label}" for x, y, label in value)

    def ends(self) -> tuple[Any, ...]:
        """No point, one, both classes at one place, one of each class where there are more, and as many as may be."""
        circle = tuple((round(math.cos(c), 2), round(math.sin(c), 2), c) for c in range(self.classes))
        each = (circle[:count] for count in range(3, min(self.classes, self.limit) + 1))
        last = min(1, self.classes - 1)
        many = tuple(
            (round(math.cos(i) * (1 + i % 2), 2), round(math.sin(i), 2), i % (1 + last)) for i in range(self.limit)
        )
        return ((), ((0.0, 0.0, last),), ((1.0, 1.0, 0), (1.0, 1.0, last)), *each, many)


@dataclass(frozen=True)
class Window:
    """The part of the plane that was in view when points were made by hand: (x0, x1, y0, y1), or () for none."""

    label: ClassVar[T] = T("表示範囲", "Window")
    span: float = 1e13
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[float, ...]:
        """Read untrusted numbers; ValueError unless they are finite and span a rectangle."""
        x0, x1, y0, y1 = (exact(v) for v in value)
        if not (-self.span <= x0 < x1 <= self.span and -self.span <= y0 < y1 <= self.span):
            raise ValueError("window")
        return x0, x1, y0, y1

    def parse(self, text: str) -> tuple[float, ...]:
        """Read "x0,x1,y0,y1"."""
        return self.tidy(text.split(","))

    def dump(self, value: tuple[float, ...]) -> str:
        """Write what `parse` reads."""
        return ",".join(f"{v:.12g}" for v in value)

    def ends(self) -> tuple[Any, ...]:
        """None, and a wide one."""
        return ((), (-4.0, 10.0, -6.0, 6.0))


@dataclass(frozen=True)
class Series:
    """Numbers in time, from a table of one's own: at most `limit`, None where one is missing."""

    label: ClassVar[T] = T("系列", "Series")
    limit: int = 200
    span: float = 1e12
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # what a series sets besides: {"data": "own"}
    when: Callable[[Any], bool] | None = None

    def tidy(self, value: Any) -> tuple[float | None, ...]:
        """Read untrusted numbers, None where one is missing; ValueError if too many or beyond ±`span`."""
        if not isinstance(value, list | tuple) or len(value) > self.limit:
            raise ValueError("series")
        kept = [None if v is None else exact(v) for v in value]
        if not all(v is None or abs(v) <= self.span for v in kept):
            raise ValueError("series")
        return tuple(kept) if any(v is not None for v in kept) else ()

    def parse(self, text: str) -> tuple[float | None, ...]:
        """Read "1.5,,2": the second is missing."""
        return self.tidy([part.strip() or None for part in text.split(",")] if text else [])

    def dump(self, value: tuple[float | None, ...]) -> str:
        """Write what `parse` reads."""
        return ",".join("" if v is None else f"{v:.12g}" for v in value)

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
        kept = [exact(v) for v in value]
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
class Table:
    """Rows of numbers, the class last, from a table of one's own: small enough for a link."""

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
        kept = tuple((*(exact(v) for v in row[:-1]), int(float(row[-1]))) for row in value if row)
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
        return ";".join(",".join(f"{v:.12g}" for v in row) for row in value)

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


ROWS = (Points, Series, Table)  # what holds rows of a table
MADE = (Points, Window, Series, Names, Table, Picture)

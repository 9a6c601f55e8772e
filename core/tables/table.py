"""A table that was read: columns with their kinds, what was decided, and what one can take from it."""

import itertools
import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.dataset import Dataset
from core.result import result
from core.tables.faults import TableError
from core.text import T

MAX_ROWS = 5000  # of a data set
MAX_CLASSES = 20
CLOCK_JUMP = 43_200.0  # seconds: a clock that goes back by more has passed midnight

CALLED = re.compile(
    "label|class|classes|target|species|category|kind|type|group|ラベル|クラス|種類|品種|種|分類|組|群|判定",
    re.IGNORECASE,
)

Kind = Literal["number", "words", "time", "yes/no", "row name"]
Floats = NDArray[np.float64]


@result
class Column:
    """One column: its cells as numbers, as groups of equal cells, or both."""

    name: str
    kind: Kind
    values: Floats  # (n,) numbers; seconds of a time; 1 and 0 of yes and no. NaN for a gap. Words have none: (0,)
    groups: tuple[str, ...]  # the different cells where they are 2–20, in order; else ()
    codes: NDArray[np.int64]  # (n,) each cell's group, -1 for a gap; (0,) without groups
    unit: str = ""
    different: int = 0  # different cells, gaps apart
    missing: int = 0  # gaps
    first: tuple[str, ...] = ()  # its first cells as they stand


@result
class Series:
    """A column in time."""

    name: str
    values: Floats  # (n,) NaN for a gap
    unit: str
    times: Floats | None  # (n,) rising; seconds, or the numbers of a column; None: a row a step
    time: str  # name of the column of times, "" for none
    notes: tuple[T, ...] = ()


@result
class Choice:
    """A data set taken from a table, the rows that it has, and what is to be said of them."""

    data: Dataset
    rows: NDArray[np.int64]
    notes: tuple[T, ...]


@result
class Table:
    """What was read."""

    name: str
    columns: tuple[Column, ...]
    rows: int
    notes: tuple[T, ...]  # all that was decided in reading
    sheets: tuple[str, ...] = ()  # titles of all sheets of a workbook

    @property
    def names(self) -> tuple[str, ...]:
        """Of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the columns that hold numbers."""
        return tuple(c.name for c in self.columns if c.kind == "number")

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the columns that can be features: numbers, then yes and no as 1 and 0."""
        return self.numbers + tuple(c.name for c in self.columns if c.kind == "yes/no")

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the columns usable as a label, of 2–20 values: words, then numbers of few values, then row names."""
        usable = [c for c in self.columns if c.groups]
        order = {"number": 1, "row name": 2}
        return tuple(c.name for c in sorted(usable, key=lambda c: order.get(c.kind, 0)))

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the columns of numbers with more values, that can be split at the median or the quartiles."""
        return tuple(c.name for c in self.columns if c.kind == "number" and not c.groups and len(_known(c)) > 1)

    @property
    def times(self) -> tuple[str, ...]:
        """Names of the columns that can be the time: times, and numbers that never fall."""
        rising = [c.name for c in self.columns if c.kind == "number" and _rises(c.values)]
        return tuple(c.name for c in self.columns if c.kind == "time") + tuple(rising)

    @property
    def label(self) -> str | None:
        """The column that is most likely the label: one that is called so, else the last of words, or of few values."""
        words = [name for name in self.labels if self.column(name).kind not in ("number", "row name")]
        few = (
            [n for n in self.labels if n in self.numbers] if len(self.numbers) > 2 else []
        )  # two more numbers are needed for a picture
        called = [name for name in words or few if CALLED.fullmatch(name)]
        return next(iter(called), (words or few)[-1] if words or few else None)

    def column(self, name: str) -> Column:
        """Give a column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        shown = [*self.names[:5], *(["…"] if len(self.names) > 5 else [])]
        raise TableError("column", name=str(name), names=", ".join(shown))

    def dataset(
        self, label: str | None = None, features: tuple[str, ...] | list[str] | None = None, *, parts: int = 2
    ) -> Dataset:
        """Take points in classes; see `choose`, which also says what was left out."""
        return self.choose(label, features, parts=parts).data

    def choose(
        self,
        label: str | None = None,
        features: tuple[str, ...] | list[str] | None = None,
        *,
        parts: int = 2,
        limit: int = MAX_ROWS,
        seed: int = 0,
    ) -> Choice:
        """Take points in classes.

        Parameters
        ----------
        label
            The column whose values are the classes, or None: all rows are of one class then. A column of numbers with
            more than 20 values is cut at its median, or into `parts` equally large parts.
        features
            Columns of numbers, or of yes and no as 1 and 0; None for all columns of numbers but the label, without
            those that have so many gaps that less than half of the rows would be left.
        parts
            Into how many parts a label of numbers is cut, 2 or 4.
        limit, seed
            Of more rows than `limit`, so many are drawn at random, in their order.

        Raises
        ------
        TableError
            If a column is not there or is of the wrong kind, or no rows are left.
        """
        codes, classes, notes = self._classes(label, parts)
        wanted = [n for n in self.numbers if n != label] if features is None else list(features)
        if not wanted:
            raise TableError("numbers", names=", ".join(self.names[:5]))
        columns = [self.column(name) for name in wanted]
        for column in columns:
            if column.kind not in ("number", "yes/no"):
                raise TableError("number", column=column.name)
        if features is None:
            columns, left_out = _with_few_gaps(columns, codes >= 0)
            notes += left_out
        x = np.stack([column.values for column in columns], axis=1)
        whole = ~np.isnan(x).any(axis=1) & (codes >= 0)
        rows = np.flatnonzero(whole)
        if not len(rows):
            raise TableError("rows", names=", ".join([*(c.name for c in columns), *([label] if label else [])]))
        if len(rows) < self.rows:
            gaps = self.rows - len(rows)
            notes.append(
                T(
                    f"{self.rows:,} 行のうち {gaps:,} 行は、これらの列に欠測があるので除きました。",
                    f"{gaps:,} of {self.rows:,} rows have gaps in these columns and are left out.",
                )
            )
        if len(rows) > limit:
            notes.append(
                T(
                    f"{len(rows):,} 行から {limit:,} 行を無作為に選びました。",
                    f"{limit:,} of {len(rows):,} rows, drawn at random.",
                )
            )
            rows = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
        present = np.unique(codes[rows])
        if label is not None and len(present) < 2:
            raise TableError("one_class", column=label)
        y = np.searchsorted(present, codes[rows])
        data = Dataset(self.name, x[rows], y, tuple(map(_titled, columns)), tuple(classes[c] for c in present))
        return Choice(data, rows, tuple(notes))

    def _classes(self, label: str | None, parts: int) -> tuple[NDArray[np.int64], tuple[str, ...], list[T]]:
        """Give each row's class, -1 where it has none, and the classes' names."""
        if label is None:
            return np.zeros(self.rows, dtype=np.int64), (self.name,), []
        column = self.column(label)
        if column.groups:
            return column.codes, column.groups, []
        known = _known(column)
        if column.different < 2 or (column.kind == "number" and len(np.unique(known)) < 2):
            raise TableError("one_class", column=label)
        if column.kind != "number":
            raise TableError("classes", column=label, found=column.different, limit=MAX_CLASSES)
        ends = np.unique(np.quantile(known, np.arange(1, parts) / parts))
        codes = np.where(np.isnan(column.values), -1, np.searchsorted(ends, column.values))
        shown = [f"{end:.6g}" for end in ends]
        between = [f"{low} – {high}" for low, high in itertools.pairwise(shown)]
        classes = (f"≤ {shown[0]}", *between, f"> {shown[-1]}")
        how = T("中央値", "its median") if parts == 2 else T("四分位数", "its quartiles")
        at = ", ".join(shown)
        return (
            codes,
            classes,
            [T(f"「{label}」を{how.ja}（{at}）で分けました。", f"{label} is cut at {how.en} ({at}).")],
        )

    def series(self, value: str, time: str | None = None) -> Series:
        """Take a column in time.

        Parameters
        ----------
        value
            A column of numbers.
        time
            A column of times or numbers, by which the rows are ordered; rows without a time are left out. None: a row
            a step.

        Raises
        ------
        TableError
            If a column is not there or holds no numbers.
        """
        column = self.column(value)
        if column.kind not in ("number", "yes/no"):
            raise TableError("number", column=value)
        if time is None:
            return Series(value, column.values, column.unit, None, "")
        clock = self.column(time)
        if clock.kind not in ("number", "time"):
            raise TableError("number", column=time)
        notes = []
        times, rows = clock.values, np.flatnonzero(~np.isnan(clock.values))
        if not len(rows):
            raise TableError("rows", names=time)
        if len(rows) < self.rows:
            gone = self.rows - len(rows)
            notes.append(T(f"時刻のない {gone:,} 行を除きました。", f"Rows without a time are left out: {gone:,}."))
        times = times[rows]
        if clock.kind == "time" and np.nanmax(times) <= 2 * CLOCK_JUMP:  # a clock: midnight comes again
            times = times + 2 * CLOCK_JUMP * np.cumsum(np.diff(times, prepend=times[0]) < -CLOCK_JUMP)
        if (np.diff(times) < 0).any():
            order = np.argsort(times, kind="stable")
            times, rows = times[order], rows[order]
            notes.append(T(f"「{time}」の順に並べました。", f"The rows are put in the order of {time}."))
        return Series(value, column.values[rows], column.unit, times, time, tuple(notes))


def _titled(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit and column.unit not in column.name else column.name


def _known(column: Column) -> Floats:
    return column.values[~np.isnan(column.values)]


def _rises(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 2 and bool((np.diff(known) >= 0).all() and known[-1] > known[0])


def _with_few_gaps(columns: list[Column], kept: NDArray[np.bool_]) -> tuple[list[Column], list[T]]:
    """Leave out the columns with the most gaps until at least half of the rows are whole."""
    gaps = [np.isnan(column.values) for column in columns]
    out: list[Column] = []
    while len(columns) > 1 and 2 * (kept & ~np.any(gaps, axis=0)).sum() < kept.sum():
        worst = int(np.argmax([gap.sum() for gap in gaps]))
        out.append(columns[worst])
        columns, gaps = columns[:worst] + columns[worst + 1 :], gaps[:worst] + gaps[worst + 1 :]
    names = ", ".join(column.name for column in out[:5]) + (", …" if len(out) > 5 else "")
    return columns, (
        [T(f"欠測の多い列（{names}）は使いません。", f"Columns with many gaps ({names}) are left out.")] if out else []
    )

"""From a file to a `Table`: one step after the other, and what each decided."""

import contextlib
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import heap
from core.dataset import Dataset
from core.files import Source
from core.tables import cells, layout, markup, rows, source, times, workbook
from core.tables.faults import TableError
from core.tables.how import DECIDE, How
from core.tables.rows import Rows
from core.tables.table import MAX_CLASSES, MAX_ROWS, Column, Kind, Table
from core.tables.text import GAPS, tidy
from core.tables.text import name as named
from core.text import T

MAX_TURNED = 1000  # rows that become columns
SHOWN = 6  # cells of a column kept for a preview
ROW_NAMES = ("", "rownames", "row.names", "row_names", "unnamed: 0", "index", "id", "no", "no.", "番号", "行", "#")


def read_table(file: Source, how: How = DECIDE) -> Table:
    r"""Read a table as people write them.

    Text in UTF-8, UTF-16, Shift_JIS or EUC-JP, Latin-1 if it is none of them; cells separated by commas, semicolons,
    tabs, bars or blanks; or an Excel workbook. Remarks above the table, one or more lines of names, row names and empty
    columns are found. A column holds numbers (with separators, units, full-width digits), times, yes and no, or words.

    Parameters
    ----------
    file
        A path, the content as bytes, or a binary file object, read from where it stands; at most 5 MB.
    how
        What one decides oneself; all else is decided, and said in the table's notes.

    Raises
    ------
    TableError
        A ValueError, if there is no table.
    ValueError
        If `file` is nothing that can be read.

    Examples
    --------
    >>> table = read_table("Pinguine\nArt;Länge;Masse\na;39,1;3750\nb;NA;3800\nb;40,3;3250\n".encode())
    >>> [(column.name, column.kind, column.missing) for column in table.columns]
    [('Art', 'words', 0), ('Länge', 'number', 1), ('Masse', 'number', 0)]
    >>> table.dataset("Art").x.tolist()
    [[39.1, 3750.0], [40.3, 3250.0]]
    >>> print(table.notes[1].en)
    Line 1 is a remark above the table.
    """
    name, data = source.content(file)
    with heap.still():  # of a hundred thousand rows there are as many lists
        return _read(name, data, how)


def _read(name: str, data: bytes, how: How) -> Table:
    notes: list[T] = []
    separator = "\t"
    sheets: tuple[str, ...] = ()
    if source.is_workbook(data):
        found, notes, sheets = workbook.rows(data, how.sheet)
    else:
        text, note = source.decode(data, how.encoding)
        notes = [note] if note else []
        if markup.is_page(text):
            found = markup.rows(text)
            notes.append(T("HTML の中の表を読みました。", "The table in a page of HTML was read."))
        elif _is_json(text):
            raise TableError("json")
        else:
            found, separator, decided = rows.split(text, how.separator)
            notes += decided
    if how.turned:
        found = _turned(found)
    form = layout.find(found, named=how.named, all_rows=how.all_rows)
    del found
    notes += form.notes
    columns: list[Column] = []
    gaps = np.zeros(len(form.body), dtype=bool)
    for j, (title, raw) in enumerate(zip(form.names, zip(*form.body, strict=True), strict=True)):
        column, gap, said = _column(title, raw, how, first=j == 0, european=separator == ";")
        columns.append(column)
        gaps |= gap
        notes += said
    if columns[0].name in form.names[1:]:  # "row", or "x1", was given to a column without a name
        columns[0] = replace(columns[0], name=f"{columns[0].name} (1)")
    notes += [*_too_many(columns), *_counted(len(gaps), int(gaps.sum()))]
    return Table(name, tuple(columns), len(form.body), tuple(notes), sheets)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("[", "{")):
        return False
    with contextlib.suppress(ValueError, RecursionError):
        return isinstance(json.loads(text), list | dict)
    return False


def _turned(found: Rows) -> Rows:
    """Let rows and columns change places."""
    cells = list(map(list, itertools.zip_longest(*found.cells[:MAX_TURNED], fillvalue="")))
    return Rows(cells, range(1, len(cells) + 1))


def _counted(rows: int, gaps: int) -> Iterator[T]:
    if gaps:
        yield T(f"{rows:,} 行のうち {gaps:,} 行に欠測があります。", f"{gaps:,} of {rows:,} rows have gaps.")
    if rows > MAX_ROWS:
        yield T(
            f"点の集まりには、{rows:,} 行から {MAX_ROWS:,} 行を無作為に選びます。",
            f"{MAX_ROWS:,} of {rows:,} rows, drawn at random, make a data set.",
        )


def _too_many(columns: Sequence[Column]) -> Iterator[T]:
    """Name the columns of words that can be no label."""
    many = [f"{c.name}: {c.different:,}" for c in columns if c.kind == "words" and c.different > MAX_CLASSES]
    if many:
        shown = ", ".join(many[:5]) + (", …" if len(many) > 5 else "")
        yield T(
            f"違う言葉が {MAX_CLASSES} 個を超える列（{shown}）は、ラベルにはできません。",
            f"Columns with more than {MAX_CLASSES} different words ({shown}) cannot be labels.",
        )


def read_csv(file: Source, *, label: str | None = None) -> Dataset:
    r"""Read a table as points in classes: one column is the label, the other columns of numbers are features.

    Parameters
    ----------
    file
        As for `read_table`.
    label
        Name of the label column; None for the last one if it can be a label, else for the most likely one. Where there
        is none at all, all rows are of one class.

    Returns
    -------
    Dataset
        x is (n, d) float64; rows with gaps are left out. Of more than 5,000 rows, 5,000 are drawn at random.

    Raises
    ------
    TableError
        A ValueError, if there is no such table.

    Examples
    --------
    >>> data = read_csv("height,weight,kind\n1.5,4,cat\n6,30,dog\n".encode())
    >>> data.x.tolist(), data.y.tolist(), data.feature_names, data.class_names
    ([[1.5, 4.0], [6.0, 30.0]], [0, 1], ('height', 'weight'), ('cat', 'dog'))
    """
    if label is not None and not isinstance(label, str):
        raise ValueError(f"label must be the name of a column, or None for the last one, not {label!r}.")
    table = read_table(file)
    if label is None:
        last = table.columns[-1]
        label = last.name if last.groups else table.label
    else:
        label = tidy(label)
    return table.dataset(label)


def _column(
    title: str, raw: Sequence[str], how: How, *, first: bool, european: bool
) -> tuple[Column, NDArray[np.bool_], list[T]]:
    """Find out what a column holds; give it, where it has gaps, and what is to be said."""
    name = title or "x1"
    # Each different cell is looked at once: which[i] says which of them row i holds.
    index = {cell: i for i, cell in enumerate(dict.fromkeys(raw))}
    which = np.fromiter(map(index.__getitem__, raw), np.intp, len(raw))
    each = [cell.strip() for cell in index]
    shown = tuple(named(cell) for cell in raw[:SHOWN])
    told = dict(how.kinds).get(name)
    kind, values, unit, notes = _told(told, each, name, how, european) if told else _seen(each, name, how, european)
    named_rows = first and title.casefold().split(" (")[0] in ROW_NAMES and told is None
    if told == "row name" or (named_rows and len(each) == len(raw) and _are_row_names(kind, values, title)):
        note = (
            T(f"「{name}」は行の名前と見ました。", f"{name} names the rows.")
            if title
            else T("名前のない最初の列は、行の名前と見ました。", "The first column has no name; it names the rows.")
        )
        groups, codes = _groups(each, "words", ())
        coded = np.array(codes, np.int64)[which] if groups else np.empty(0, np.int64)
        kind, none = "row name", np.zeros(len(raw), dtype=bool)
        return Column(title or "row", kind, np.empty(0), groups, coded, different=len(each), first=shown), none, [note]
    groups, codes = _groups(each, kind, values)
    floats = np.array(values)[which] if values else np.empty(0)
    gaps = np.isnan(floats) if values else np.array([cell in GAPS for cell in each])[which]
    coded = np.array(codes, np.int64)[which] if groups else np.empty(0, np.int64)
    known = len({cell for cell in each if cell not in GAPS})
    return Column(name, kind, floats, groups, coded, unit, known, int(gaps.sum()), shown), gaps, notes


Read = tuple[Kind, list[float], str, list[T]]  # a column's kind, the value of each different cell, unit and notes


def _seen(each: Sequence[str], name: str, how: How, european: bool) -> Read:
    """Decide what the different cells of a column are."""
    if numbers := cells.read(each, name, european=european, decimal=how.decimal):
        return "number", numbers.values, numbers.unit, list(numbers.notes)
    if timed := times.read(each, name, day_first=how.day_first):
        return "time", *_with(timed)
    if answered := cells.yes_or_no(each):
        return "yes/no", answered, "", []
    return "words", [], "", []


def _told(kind: Kind, each: Sequence[str], name: str, how: How, european: bool) -> Read:
    """Read the different cells of a column as what they are said to be."""
    if kind == "number":
        numbers = cells.read(each, name, european=european, decimal=how.decimal, told=True)
        if numbers is None:
            raise TableError("number", column=name)
        return kind, numbers.values, numbers.unit, list(numbers.notes)
    if kind == "time":
        timed = times.read(each, name, day_first=how.day_first, told=True)
        if timed is None:
            raise TableError("time", column=name)
        return kind, *_with(timed)
    if kind == "yes/no" and (answered := cells.yes_or_no(each)):
        return kind, answered, "", []
    if kind == "yes/no":
        known = sorted({cell for cell in each if cell not in GAPS})
        if len(known) != 2:
            raise TableError("answers", column=name, found=len(known))
        no, yes = map(named, known)
        values = [float(known.index(cell)) if cell in known else math.nan for cell in each]
        return (
            kind,
            values,
            "",
            [T(f"「{name}」は {no} を 0、{yes} を 1 としました。", f"In {name}, {no} is 0 and {yes} is 1.")],
        )
    return kind, [], "", []


def _with(timed: tuple[list[float], list[T]]) -> tuple[list[float], str, list[T]]:
    return timed[0], "", timed[1]


def _are_row_names(kind: Kind, values: Sequence[float], title: str) -> bool:
    """Whether cells that all differ name the rows: words, or whole numbers that rise."""
    if kind == "time":
        return False
    if kind != "number":
        return title.casefold() not in ("no", "no.", "#", "番号", "行")
    counted = values == [values[0] + i for i in range(len(values))]
    return counted if title else all(map(float.is_integer, values)) and values == sorted(values)


def _groups(each: Sequence[str], kind: Kind, values: Sequence[float]) -> tuple[tuple[str, ...], list[int]]:
    """Group equal cells: numbers as numbers, "2" before "10" and "1.0" as "1"; none where there are more than 20."""
    spellings: dict[Any, str] = {}
    keys: list[Any] = []
    for i, cell in enumerate(each):
        if kind in ("number", "yes/no"):
            key: Any = None if math.isnan(values[i]) else values[i]
        else:
            key = None if cell in GAPS else tidy(cell)
        keys.append(key)
        if key is None:
            continue
        # One number may be spelt in several ways: the shortest is its name, whatever the order of the rows.
        text = named(cells.written(cell)) if kind == "number" else named(cell)
        spellings[key] = min(spellings.get(key, text), text, key=lambda spelling: (len(spelling), spelling))
        if len(spellings) > MAX_CLASSES:
            return (), []
    if len(spellings) < 2 or kind == "time":
        return (), []
    index = {key: i for i, key in enumerate(sorted(spellings))}
    return tuple(spellings[key] for key in index), [-1 if key is None else index[key] for key in keys]

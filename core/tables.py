"""A table of one's own: a CSV file read into a `Dataset`, or one plain sentence saying what is wrong with it.

Nothing is guessed and nothing is dropped silently: a cell that is not a finite number stops the reading and is named by
line and column. `core.data` passes `read_csv`, `read_columns` and `TableError` on.
"""

import contextlib
import csv
import io
import math
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from core.dataset import Dataset

MAX_MEGABYTES = 5
MAX_ROWS = 5000
MAX_COLUMNS = 100  # the label among them
MAX_CLASSES = 20
MAX_NAME = 80  # characters of a column's or a class's name

Source = str | os.PathLike[str] | bytes | BinaryIO
Row = tuple[int, list[str]]  # the line it begins on, from 1, and its cells


class TableError(ValueError):
    """A table that cannot be used.

    Parameters
    ----------
    code
        What is wrong, one of `SENTENCES`.
    fields
        What the sentence names: line, column, value …

    Attributes
    ----------
    code, fields
        The same, for a reader who wants the sentence in another language.
    """

    SENTENCES: ClassVar[Mapping[str, str]] = {
        "file": "The file {name} could not be opened.",
        "bytes": "The file is larger than {limit} MB.",
        "binary": "This is not a text file. Save the table as CSV (UTF-8) and try again.",
        "encoding": "The text is neither UTF-8 nor Shift_JIS (cp932). Save the table as CSV (UTF-8) and try again.",
        "empty": "There is no table in the file.",
        "quotes": "The row on line {line} cannot be read: a quotation mark is missing or out of place.",
        "narrow": "The table needs at least two columns, separated by commas, semicolons or tabs: numbers and a label.",
        "columns": "The table has {found} columns; {limit} is the most.",
        "unnamed": "Column {column} has no name in the first row. Name the column or delete it.",
        "duplicate": "Two columns are called {name}.",
        "long": "“{name}” is too long for a name; {limit} characters is the most.",
        "header": "Below the first row, which holds the names, there are no data.",
        "rows": "The table has more than {limit} rows.",
        "ragged": "Line {line} has {found} columns, but the first row has {expected}.",
        "label": "There is no column called {name}. The columns are: {names}.",
        "blank": "Line {line}, column {column}: the cell is empty.",
        "separators": "Line {line}, column {column}: write {value} with a decimal point and without thousands separators.",
        "finite": "Line {line}, column {column}: {value} is not a finite number.",
        "number": "Line {line}, column {column}: {value} is not a number.",
        "classes": "Column {column} has {found} different values, too many for a label; {limit} is the most.",
        "one_class": "Column {column} has the value {value} in every row; a label needs at least two classes.",
    }

    def __init__(self, code: str, **fields: str | int) -> None:
        self.code = code
        self.fields = {key: _short(value) if isinstance(value, str) else value for key, value in fields.items()}
        super().__init__(self.SENTENCES[code].format(**self.fields))


def read_csv(
    file: Source, *, label: str | None = None, max_rows: int = MAX_ROWS, max_columns: int = MAX_COLUMNS
) -> Dataset:
    r"""Read a table: one column is the label, the others are features.

    The text is UTF-8 (with or without a byte order mark) or cp932, its columns are separated by commas, semicolons or
    tabs. A first row without any number names the columns; a first row with a number is data, and the columns are
    called x1, x2 … (the label's too). Rows without any content are skipped. Full-width digits count as digits; thousands
    separators, decimal commas, NaN, infinity and empty cells are refused.

    Parameters
    ----------
    file
        A path, the content as bytes, or a binary file object, read from where it stands; at most 5 MB.
    label
        Name of the label column; None for the last one.
    max_rows, max_columns
        The most rows of data, and columns with the label, that are taken, at least 1.

    Returns
    -------
    Dataset
        x is (n, d) float64. The classes are the label's different values, at least 2 and at most 20; sorted, numbers as
        numbers ("2" before "10", and "1.0" is "1").

    Raises
    ------
    TableError
        A ValueError, if the table cannot be used.
    ValueError
        If an argument is wrong.

    Examples
    --------
    >>> data = read_csv("height,weight,kind\n1.5,4,cat\n6,30,dog\n".encode())
    >>> data.x.tolist(), data.y.tolist(), data.feature_names, data.class_names
    ([[1.5, 4.0], [6.0, 30.0]], [0, 1], ('height', 'weight'), ('cat', 'dog'))
    """
    if not isinstance(max_rows, Integral) or max_rows < 1:
        raise ValueError(f"max_rows must be a whole number of rows, at least 1, not {max_rows!r}.")
    name, columns, records = _open(file, max_columns)
    at = _place(columns, label)
    lines: list[int] = []
    rows: list[list[str]] = []
    for line, cells in records:
        if len(cells) != len(columns):
            raise TableError("ragged", line=line, found=len(cells), expected=len(columns))
        if len(rows) == max_rows:
            raise TableError("rows", limit=int(max_rows))
        lines.append(line)
        rows.append(cells)
    if not rows:
        raise TableError("header")
    # Labels first: a table whose label is another column fails there, with the sentence that helps.
    y, classes = _classes([cells[at] for cells in rows], lines, columns[at])
    features = [i for i in range(len(columns)) if i != at]
    x = np.array(
        [
            [_feature(cells[i], line, columns[i]) for i in features]
            for line, cells in zip(lines, rows, strict=True)
        ]
    )  # fmt: skip
    return Dataset(name, x, np.array(y), tuple(columns[i] for i in features), classes)


def read_columns(file: Source, *, max_columns: int = MAX_COLUMNS) -> tuple[str, ...]:
    """Read the names of a table's columns only, to choose the label from.

    Parameters
    ----------
    file, max_columns
        As for `read_csv`.

    Returns
    -------
    tuple of str
        At least two, all different.

    Raises
    ------
    TableError
        If there is no such table; the rows below the first are not looked at.
    """
    return _open(file, max_columns)[1]


# ---- from bytes to rows


def _open(file: Source, max_columns: int) -> tuple[str, tuple[str, ...], Iterator[Row]]:
    """Give the table's name, its columns and its rows of data."""
    if not isinstance(max_columns, Integral) or max_columns < 1:
        raise ValueError(f"max_columns must be a whole number of columns, at least 1, not {max_columns!r}.")
    name, data = _bytes(file)
    text = _text(data)
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    first = next(records, None)
    if first is None:
        raise TableError("empty")
    cells = first[1]
    if len(cells) > max_columns:
        raise TableError("columns", found=len(cells), limit=int(max_columns))
    if len(cells) < 2:
        raise TableError("narrow")
    if any(_numberlike(cell) for cell in cells):
        return name, tuple(f"x{i}" for i in range(1, len(cells) + 1)), _records(text, delimiter)
    return name, _names(cells), records


def _bytes(file: Source) -> tuple[str, bytes]:
    """Give a name for the table and its content, never more than the limit and one byte."""
    limit = MAX_MEGABYTES * 2**20
    name = "table"
    if isinstance(file, bytes):
        data = file
    elif isinstance(file, str | os.PathLike):
        name = Path(file).stem
        try:
            with open(file, "rb") as opened:
                data = opened.read(limit + 1)
        except (OSError, ValueError):  # ValueError: a NUL in the path
            raise TableError("file", name=Path(file).name) from None
    elif hasattr(file, "read"):
        data = file.read(limit + 1)
        if isinstance(getattr(file, "name", None), str):
            name = Path(file.name).stem
    else:
        raise ValueError("file must be a path, bytes or a binary file object.")
    if not isinstance(data, bytes):
        raise ValueError("file must give bytes; open it in binary mode.")
    if len(data) > limit:
        raise TableError("bytes", limit=MAX_MEGABYTES)
    return _tidy(name)[:MAX_NAME] or "table", data


# Control characters other than tab, line feed and carriage return; neither encoding has them inside another character.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# What Python makes of the bytes 80, a0, fd, fe and ff, which cp932 does not use.
_UNUSED = re.compile("[\x80\uf8f0-\uf8f3]")


def _text(data: bytes) -> str:
    """Decode."""
    if _CONTROL.search(data):
        raise TableError("binary")
    # UTF-8 first: Japanese in cp932 is hardly ever valid UTF-8, the reverse happens.
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig")
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode("cp932")
        if not _UNUSED.search(text):
            return text
    raise TableError("encoding")


def _records(text: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that hold anything."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise TableError("quotes", line=line) from None
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """Find what cuts the first row into the most columns.

    Of equals not the comma: where "1,5;2,5" has semicolons, the commas are decimal.
    """
    widths = {}
    for delimiter in ("\t", ";", ","):
        try:
            widths[delimiter] = len(next(_records(text, delimiter), (0, []))[1])
        except TableError:
            widths[delimiter] = 0  # quotes that end before another delimiter
    return max(widths, key=lambda delimiter: widths[delimiter])


def _names(cells: list[str]) -> tuple[str, ...]:
    """Take the first row as names."""
    names: list[str] = []
    for i, cell in enumerate(cells, start=1):
        name = _tidy(cell)
        if not name:
            raise TableError("unnamed", column=i)
        if name in names:
            raise TableError("duplicate", name=name)
        names.append(_name(name))
    return tuple(names)


def _place(columns: tuple[str, ...], label: str | None) -> int:
    """Give the label column's index."""
    if label is None:
        return len(columns) - 1
    if not isinstance(label, str):
        raise ValueError(f"label must be the name of a column, or None for the last one, not {label!r}.")
    if _tidy(label) not in columns:
        shown = [*columns[:5], "…"] if len(columns) > 5 else columns
        raise TableError("label", name=label, names=", ".join(shown))
    return columns.index(_tidy(label))


# ---- from cells to numbers and classes

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SEPARATORS = re.compile(r"[,'’_ ]")


def _plain(cell: str) -> str:
    """Write full-width signs and digits as plain ones."""
    # NFKC leaves the minus sign U+2212 as it is, which Japanese tables use.
    return unicodedata.normalize("NFKC", cell).strip().replace("\N{MINUS SIGN}", "-")


def _value(cell: str) -> float | None:
    """Read a number, which may be too large to be finite; None if it is none."""
    # Not float() alone: it takes "1_000", "nan" and "infinity".
    text = _plain(cell)
    return float(text) if _NUMBER.fullmatch(text) else None


def _no_number(cell: str) -> bool:
    return _plain(cell).lstrip("+-").casefold() in ("nan", "inf", "infinity")


def _numberlike(cell: str) -> bool:
    """Whether a cell was meant as a number, even one that is refused."""
    return _NUMBER.fullmatch(_SEPARATORS.sub("", _plain(cell))) is not None or _no_number(cell)


def _feature(cell: str, line: int, column: str) -> float:
    """Read a finite number, or say where there is none."""
    value = _value(cell)
    if value is not None and math.isfinite(value):
        return value
    if not cell.strip():
        raise TableError("blank", line=line, column=column)
    if value is not None or _no_number(cell):
        raise TableError("finite", line=line, column=column, value=cell)
    code = "separators" if _numberlike(cell) else "number"
    raise TableError(code, line=line, column=column, value=cell)


def _classes(cells: list[str], lines: list[int], column: str) -> tuple[list[int], tuple[str, ...]]:
    """Turn the label's cells into indices and class names."""
    for cell, line in zip(cells, lines, strict=True):
        if not cell.strip() or _plain(cell).casefold() == "nan":
            raise TableError("blank", line=line, column=column)
    values = [_value(cell) for cell in cells]
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    keys: list[Any] = numbers if len(numbers) == len(cells) else [_tidy(cell) for cell in cells]
    spellings: dict[Any, str] = {}
    for key, cell in zip(keys, cells, strict=True):
        # One number may be spelt in several ways: the shortest is its name, whatever the order of the rows.
        text = key if isinstance(key, str) else _plain(cell)
        known = spellings.get(key, text)
        spellings[key] = min(known, text, key=lambda spelling: (len(spelling), spelling))
    if len(spellings) > MAX_CLASSES:
        raise TableError("classes", column=column, found=len(spellings), limit=MAX_CLASSES)
    if len(spellings) < 2:
        raise TableError("one_class", column=column, value=cells[0])
    order = sorted(spellings)
    index = {key: i for i, key in enumerate(order)}
    return [index[key] for key in keys], tuple(_name(spellings[key]) for key in order)


# ---- words


def _tidy(text: str) -> str:
    """Put a text on one line; a quoted cell may hold line breaks."""
    return " ".join(text.split())


def _name(text: str) -> str:
    """Take a name that fits into a picture."""
    if len(text) > MAX_NAME:
        raise TableError("long", name=text, limit=MAX_NAME)
    return text


def _short(text: str) -> str:
    """Show a stranger's text in a sentence: on one line, printable, at most `MAX_NAME` characters."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _tidy(text[: 4 * MAX_NAME]))
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"

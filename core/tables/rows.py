"""From text to rows of cells: what separates them, and where one cannot go on."""

import collections
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.tables.faults import TableError
from core.text import T


@dataclass
class Rows:
    """Rows that hold anything."""

    cells: list[list[str]]
    lines: Sequence[int]  # the line that each begins on, from 1


MAX_ROWS = 1_000_000  # that are read: each is a list, so a file of short lines takes many times its size
LOOK = 200  # rows at the head, from which everything about the form is decided
SEPARATORS = {
    "\t": T("タブ", "tabs"),
    ";": T("セミコロン", "semicolons"),
    ",": T("カンマ", "commas"),
    "，": T("全角のカンマ", "full-width commas"),
    "|": T("縦棒", "bars"),
    " ": T("空白", "blanks"),
}


def split(text: str, separator: str | None = None) -> tuple[Rows, str, list[T]]:
    """Give the rows that hold anything, what separates their cells, and what is to be said."""
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?\r?', first, re.IGNORECASE)  # Excel's own hint
    skipped = 1 if told else 0
    separator = separator or (told[1] if told else _separator(text))
    table = rest if told else text
    rows = _quoted(table, separator, skipped) if '"' in table or separator == " " else _plain(table, separator, skipped)
    notes = []
    if len(rows.cells) > MAX_ROWS:
        del rows.cells[MAX_ROWS:]
        notes.append(
            T(
                f"行が多いので、はじめの {MAX_ROWS:,} 行を読みました。",
                f"It is long: the first {MAX_ROWS:,} rows were read.",
            )
        )
    if separator != ",":
        shown = SEPARATORS.get(separator, T(separator, separator))
        notes.append(T(f"列の区切りは{shown.ja}です。", f"Columns are separated by {shown.en}."))
    return rows, separator, notes


def _separator(text: str) -> str:
    """Find what cuts most of the first rows into equally many cells.

    Of several, tabs and semicolons come before the comma: where "1,5;2,5" has semicolons, the commas are decimal.
    """
    best, most, faulty = "", 0.5, ","
    for separator in SEPARATORS:
        widths: list[int] = []
        try:
            widths.extend(len(cells) for _, cells in islice(_records(text, separator), LOOK))
        except TableError:  # quotes that end before this separator; if none is better, that is the fault of the table
            faulty = separator if widths and min(widths) > 1 and faulty == "," else faulty
            continue
        if separator == " " and len(widths) > 2:
            widths = widths[1:]  # R names the columns, but not the one that names the rows
        cut = collections.Counter(width for width in widths if width > 1)
        share = max(cut.values(), default=0) / max(len(widths), 1)
        if share > (most if separator != " " else max(most, 0.9)):
            best, most = separator, max(share, 0.9)  # a later one has to be clearly better
    return best or faulty


def _plain(text: str, separator: str, skipped: int) -> Rows:
    """Cut a text without quotation marks, which is several times faster than to look for them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n", 2 * MAX_ROWS)
    cells = [line.split(separator) for line in lines[: 2 * MAX_ROWS]]
    del lines
    held = [i for i, row in enumerate(cells) if any(map(str.strip, row))]
    if len(held) < len(cells):
        return Rows([cells[i] for i in held], [i + skipped + 1 for i in held])
    return Rows(cells, range(skipped + 1, len(cells) + skipped + 1))


def _quoted(text: str, separator: str, skipped: int) -> Rows:
    """Cut a text in which quotation marks may hold separators and line ends."""
    found = list(islice(_records(text, separator, skipped), MAX_ROWS + 1))
    return Rows([cells for _, cells in found], [line for line, _ in found])


def _records(text: str, separator: str, skipped: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything."""
    lines = (
        (" ".join(line.split()) for line in text.splitlines()) if separator == " " else io.StringIO(text, newline="")
    )
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            column = _column_at_fault(text, line, separator)
            raise TableError("quotes", line=line + skipped, column=column) from None
        if any(cells) and any(map(str.strip, cells)):
            yield line + skipped, cells


def _column_at_fault(text: str, line: int, separator: str) -> int:
    """Count the cells of a line up to the one whose quotation mark is out of place."""
    whole = "\n".join(text.splitlines()[line - 1 :])
    cell = re.compile(rf'\s*(?:"(?:[^"]|"")*"|[^"\n{re.escape(separator)}][^\n{re.escape(separator)}]*|)')
    column, at = 1, 0
    while (good := cell.match(whole, at)) and whole[good.end() : good.end() + 1] == separator:
        column, at = column + 1, good.end() + 1
    return column

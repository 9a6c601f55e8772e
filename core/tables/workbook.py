"""An Excel workbook: the cells of its first sheet that holds numbers, as they would stand in a CSV."""

import contextlib
import datetime
import io
import warnings
import zipfile
from typing import Any

from core import late
from core.tables.cells import numberlike
from core.tables.faults import TableError
from core.tables.rows import LOOK, Rows
from core.text import T

MAX_UNPACKED = 64 * 2**20  # bytes: a workbook is a zip file, and a small one may claim to be huge
MAX_CELLS = 250_000
MAX_COLUMNS = 2_000


def rows(data: bytes, sheet: str | None = None) -> tuple[Rows, list[T], tuple[str, ...]]:
    """Read a workbook, the sheet of a title where one is given.

    Gives the rows that hold anything, what is to be said, and the titles of all sheets.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError("workbook")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that it does not know
            book = late.load("openpyxl").load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            with contextlib.closing(book):
                titles = tuple(each.title for each in book.worksheets)
                read = (
                    (each.title, *_cells(each))
                    for each in book.worksheets
                    if sheet not in titles or each.title == sheet
                )
                held = [(title, found, cut) for title, found, cut in read if found.cells]
                if held:
                    title, found, cut = next(filter(lambda each: _counts(each[1]), held), held[0])
                    return found, _notes(title, len(titles), len(found.cells) if cut else 0), titles
    except TableError:
        raise
    except Exception:  # the many ways in which a damaged workbook stops a reader
        raise TableError("workbook") from None
    raise TableError("empty")


def _counts(found: Rows) -> bool:
    """Whether there are numbers in more than one row: a cover or a remark has none."""
    return sum(any(map(numberlike, filter(None, cells))) for cells in found.cells[:LOOK]) > 1


def _cells(sheet: Any) -> tuple[Rows, bool]:
    """Give the rows, and whether there are more than are read."""
    rows: list[list[str]] = []
    lines: list[int] = []
    room, cut = MAX_CELLS, False
    sheet.reset_dimensions()  # what a file says of its own size is not to be trusted
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        values = values[:MAX_COLUMNS]
        room -= sum(value is not None for value in values) + 1
        if room < 0:
            cut = True
            break
        cells = [_text(value) for value in values]
        if any(cells):
            rows.append(cells)
            lines.append(line)
    width = max((j + 1 for cells in rows for j, cell in enumerate(cells) if cell), default=0)
    return Rows([[*cells, *[""] * width][:width] for cells in rows], lines), cut


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value).strip()


def _notes(title: str, sheets: int, cut: int) -> list[T]:
    notes = []
    if sheets > 1:
        notes.append(
            T(f"シート「{title}」を読みました（全部で {sheets} 枚）。", f"Sheet “{title}” of {sheets} was read.")
        )
    if cut:
        notes.append(
            T(f"大きいので、はじめの {cut:,} 行を読みました。", f"It is large: the first {cut:,} rows were read.")
        )
    return notes

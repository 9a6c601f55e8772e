"""Where in the rows the table begins: remarks above it, one or more lines of names, then the data."""

import collections
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.tables.cells import numberlike
from core.tables.faults import TableError
from core.tables.rows import LOOK, Rows
from core.tables.text import MAX_NAME, plain, tidy
from core.tables.text import name as named
from core.tables.times import clocklike
from core.text import T

MAX_COLUMNS = 1000
HEADERS = 4  # lines of names at most


@dataclass(frozen=True)
class Layout:
    """The table itself: a name for each column, "" for none, and the cells, all rows equally long."""

    names: tuple[str, ...]
    body: list[list[str]]
    notes: tuple[T, ...]


def find(rows: Rows, *, named: bool | None = None, all_rows: bool = False) -> Layout:
    """Find the table among the rows.

    Parameters
    ----------
    rows
        That hold anything.
    named
        Whether the table's first line holds names, where that is known.
    all_rows
        Whether sums below it and footnotes are rows as well, and blank cells below a name stay blank.
    """
    rows = _without_rules(rows)
    if not rows.cells:
        raise TableError("empty")
    look = [_cut(cells) for cells in rows.cells[:LOOK]]
    width = collections.Counter(map(len, rows.cells[:LOOK])).most_common(1)[0][0]
    numeric = _numeric(look, width)
    start = next((i for i, cells in enumerate(look) if _begins(look, i, width, numeric)), 0)
    end = start
    if named or (named is None and (not _is_data(look[start], numeric) or _names_itself(look[start:], width))):
        end = start + 1
        while end < min(len(look) - 1, start + HEADERS) and _goes_on(look[end], numeric):
            end += 1
    if width == 1 and end > start:
        start = end - 1
    notes: list[T] = []
    if start:
        first, last = rows.lines[0], rows.lines[start - 1]
        notes.append(
            T(f"{first}–{last} 行目は表の前の説明と見ました。", f"Lines {first}–{last} are a remark above the table.")
            if last > first
            else T(f"{first} 行目は表の前の説明と見ました。", f"Line {first} is a remark above the table.")
        )
    names = _names(look[start:end], width) if end > start else [""] * width
    if len(names) < width:
        names = (
            ["", *names] if len(names) == width - 1 and _filled(look, width - 1) else [*names, *[""] * width][:width]
        )
    kept = rows if all_rows else _without_footnotes(rows, end, width, numeric, notes)
    body = _even(kept, end, max(width, len(names)), notes)
    if not body:
        raise TableError("header")
    if not all_rows:
        body = _filled_down(_without_sums(body, notes), names, notes)
    if end - start > 1:
        notes.append(T(f"列の名前は {end - start} 行あります。", f"{end - start} lines hold the names."))
    if end == start:
        notes.append(
            T("列に名前がないので x1, x2, … としました。", "The columns have no names; they are called x1, x2, …")
        )
    return _without_empty(names, body, notes, numbered=end == start)


def _cut(cells: Sequence[str]) -> list[str]:
    """Strip cells, and drop the empty ones at the end."""
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped


def _value(cell: str) -> bool:
    return numberlike(cell) or clocklike(cell)


def _numeric(look: Sequence[Sequence[str]], width: int) -> list[int]:
    """Find the columns that hold numbers or times, from the lower half of what is looked at."""
    below = look[len(look) // 2 :] if len(look) > 2 else look[-1:]
    columns = []
    for j in range(width):
        cells = [row[j] for row in below if j < len(row) and row[j]]
        if cells and sum(map(_value, cells)) > 0.5 * len(cells):
            columns.append(j)
    return columns


def _is_data(cells: Sequence[str], numeric: Sequence[int]) -> bool:
    held = [cells[j] for j in numeric if j < len(cells) and cells[j]]
    return 2 * sum(map(_value, held)) > len(held)


def _begins(look: Sequence[Sequence[str]], i: int, width: int, numeric: Sequence[int]) -> bool:
    """Whether the table begins with this row: it is about as wide as the table, and does not start with a hash."""
    filled = sum(map(bool, look[i]))
    if look[i] and look[i][0].startswith(("#", "//")) and i + 1 < len(look) and not _is_data(look[i + 1], numeric):
        return False
    above = filled == width - 1 and i + 1 < len(look) and _is_data(look[i + 1], numeric) and bool(numeric)
    return filled >= 0.6 * width or above


def _goes_on(cells: Sequence[str], numeric: Sequence[int]) -> bool:
    """Whether a row below the names still holds names or units: words where the columns hold numbers."""
    held = [cells[j] for j in numeric if j < len(cells) and cells[j]]
    return bool(held) and not any(map(_value, held))


def _names_itself(look: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a first row that could be data holds names that are numbers: 0, 1, 2 … or years in a row."""
    first, below = look[0], look[1:]
    if len(first) == width > 1 and len(below) > 1 and not first[0] and all(row[0] for row in below):
        return True  # only the column of row names has no name
    if len(first) != width or len(below) < 3:
        return False
    numbers = [cell for cell in first if re.fullmatch(r"\d{1,4}年?", cell)]
    words = [(j, cell) for j, cell in enumerate(first) if not _value(cell)]
    values = [int(cell.rstrip("年")) for cell in numbers]
    if (
        len(values) < 2
        or len(values) + len(words) < width - (not first[0])
        or values != [*range(values[0], values[0] + len(values))]
    ):
        return False
    columns = [[row[j] for row in below if j < len(row)] for j, _ in words]
    if words:
        new = all(cell not in column for (_, cell), column in zip(words, columns, strict=True))
        return new and (
            len(values) > 2 or values[0] > 1000 or any(len(set(column)) < len(column) for column in columns)
        )
    return values[0] == 0 and any("." in cell for row in below for cell in row)


def _names(lines: Sequence[Sequence[str]], width: int) -> list[str]:
    """Join the lines of names; a second one of units stands in brackets."""
    if len(lines) == 1:
        names = [tidy(cell) for cell in lines[0]]
        if names and names[0] == "#" and len(names) > width:
            return names[1:]
        return [names[0].lstrip("# ") or names[0], *names[1:]] if names and names[0].startswith("#") else names
    padded = [[*line, *[""] * width][: max(width, len(lines[0]))] for line in lines]
    for above, below in itertools.pairwise(padded):  # a name over several columns, as merged cells come out
        for j in range(1, len(above)):
            if below[j] and not above[j] and above[j - 1] and below[j - 1]:
                above[j] = above[j - 1]
    names = []
    for parts in zip(*padded, strict=True):
        said = list(dict.fromkeys(tidy(part) for part in parts if part))
        unit = said[-1] if len(said) == 2 and len(lines) == 2 and len(said[-1]) <= 8 and said[-1].strip("()[]") else ""
        names.append(f"{said[0]} ({unit.strip('()[]')})" if unit else " ".join(said))
    return names


_SUMS = re.compile(r"(合計|総計|小計|計|平均|総数|(grand |sub)?total|sum|mean|average|avg)[.:：]?", re.IGNORECASE)
_RULE = re.compile(r":?-{2,}:?|=+")


def _without_rules(rows: Rows) -> Rows:
    """Drop lines that only rule off the names, as in Markdown, and the empty cells outside of its bars."""
    head = rows.cells[:LOOK]
    ruled = [
        i for i, cells in enumerate(head) if any(cells) and all(_RULE.fullmatch(c.strip()) for c in cells if c.strip())
    ]
    if not ruled:
        return rows
    kept = [i for i in range(len(rows.cells)) if i not in ruled]
    cells = [rows.cells[i] for i in kept]
    if all(len(row) > 2 and not row[0].strip() and not row[-1].strip() for row in cells):
        cells = [row[1:-1] for row in cells]
    return Rows(cells, [rows.lines[i] for i in kept])


_REMARK = re.compile(
    r"[*＊※†‡§#]|[(（]?注\d*[)）:：.．、\s]|(備考|出典|出所|資料|脚注)\s*[:：.．、]|(notes?|sources?)\b[\s:.]|[(\[]?\d{1,2}[)\]]\s*\D",
    re.IGNORECASE,
)
_HEADS = frozenset("*＊※†‡§#(（[注備出資脚nNsS \u3000")
REMARK = 12  # characters that a footnote without a sign has at least


def _without_footnotes(rows: Rows, start: int, width: int, numeric: Sequence[int], notes: list[T]) -> Rows:
    """Leave out rows that hold no data but a remark: one with its sign, or one long text alone."""
    values = [j for j in numeric if j]
    if width < 2 or not values:
        return rows
    likely = [  # at a glance: nothing in the second cell, or a sign or a letter at the head
        i
        for i in range(start, len(rows.cells))
        if len((row := rows.cells[i])[0]) > 3  # which spares tables of many short cells
        and (row[0][:1] in _HEADS or len(row) < 2 or not row[1] or row[1].isspace())
    ]
    longest, gone = 0, []
    for i in likely:
        cells = _cut(rows.cells[i])
        alone = sum(map(bool, cells)) == 1
        held = sum(bool(cells[j]) and _value(cells[j]) for j in values if j < len(cells))
        long = alone and width > 2 and len(cells[0]) >= REMARK and not _value(cells[0])
        if long and not longest:  # of the cells beside data
            longest = max(
                (len(row[0].strip()) for row in rows.cells[start:] if any(map(str.strip, row[1:]))), default=0
            )
        odd = len(rows.cells[i]) != width
        signed = _REMARK.match(cells[0]) and (2 * held < len(values) or odd)
        if signed or (long and len(cells[0]) > longest):
            gone.append(i)
    if not gone or 2 * len(gone) > len(rows.cells) - start:
        return rows
    said = tidy(rows.cells[gone[0]][0])
    said = said if len(said) <= MAX_NAME // 2 else said[: MAX_NAME // 2 - 1] + "…"
    notes.append(
        T(
            f"注だけの行が {len(gone):,} 行あり、除きました（{said}）。",
            f"Rows that hold nothing but a remark are left out: {len(gone):,} ({said}).",
        )
    )
    out = set(gone)
    kept = [i for i in range(len(rows.cells)) if i not in out]
    return Rows([rows.cells[i] for i in kept], [rows.lines[i] for i in kept])


def _without_sums(body: list[list[str]], notes: list[T]) -> list[list[str]]:
    """Leave out rows of sums and means at the end."""
    end = len(body)
    while end > 2 and any(_SUMS.fullmatch(plain(cell.strip())) for cell in body[end - 1][:2]):
        end -= 1
    if end < len(body):
        said = ", ".join(
            next(cell.strip() for cell in row[:2] if _SUMS.fullmatch(plain(cell.strip()))) for row in body[end:]
        )
        notes.append(T(f"終わりの行（{said}）は除きました。", f"The last rows ({said}) are left out."))
    return body[:end]


def _filled_down(body: list[list[str]], names: Sequence[str], notes: list[T]) -> list[list[str]]:
    """Repeat the names in a first column that stand once over several rows, as merged cells come out."""
    first = [row[0].strip() for row in body]
    named = [cell for cell in first if cell]
    if (
        len(body[0]) < 3
        or not first[0]
        or not 2 <= len(named) <= len(first) / 2
        or len(set(named)) < len(named)
        or any(map(_value, named))
        or not all(any(cell.strip() for cell in row[1:]) for row in body)
    ):
        return body
    full, last = [], ""
    for row, cell in zip(body, first, strict=True):
        last = cell or last
        full.append([last, *row[1:]])
    title = names[0] or "x1"
    notes.append(
        T(
            f"「{title}」の空欄は、上の行と同じとしました。",
            f"Where {title} is blank, it was taken to be that of the row above.",
        )
    )
    return full


def _filled(look: Sequence[Sequence[str]], column: int) -> bool:
    return any(len(row) > column for row in look)


def _even(rows: Rows, start: int, width: int, notes: list[T]) -> list[list[str]]:
    """Make all rows equally long; one that is too long stops the reading."""
    if set(map(len, rows.cells[start:])) == {width}:
        return rows.cells[start:]
    body, short = [], 0
    for i, cells in enumerate(rows.cells[start:], start):
        if len(cells) > width:
            extra = next((j for j in range(width, len(cells)) if cells[j].strip()), None)
            if extra is not None:
                raise TableError("ragged", line=rows.lines[i], column=width + 1, found=len(_cut(cells)), expected=width)
            cells = cells[:width]
        elif len(cells) < width:
            short += len(cells) < width - 1
            cells = [*cells, *[""] * (width - len(cells))]
        body.append(cells)
    if short:
        notes.append(
            T(
                f"{short:,} 行は短く、足りない欄は欠測としました。",
                f"{short:,} rows are short; what they lack is taken for gaps."
                if short > 1
                else "A row is short; what it lacks is taken for gaps.",
            )
        )
    return body


def _without_empty(names: list[str], body: list[list[str]], notes: list[T], *, numbered: bool) -> Layout:
    """Drop columns that have neither name nor content, and those beyond what is read; make the names differ."""
    width = len(body[0])
    names = [*names, *[""] * width][:width]
    keep = [j for j in range(width) if names[j] or any(row[j].strip() for row in body)]
    if not keep:
        raise TableError("header")
    if len(keep) > MAX_COLUMNS:
        notes.append(
            T(
                f"{len(keep):,} 列のうち、はじめの {MAX_COLUMNS:,} 列を読みました。",
                f"The first {MAX_COLUMNS:,} of {len(keep):,} columns were read.",
            )
        )
        keep = keep[:MAX_COLUMNS]
    if len(keep) < width:
        names, body = [names[j] for j in keep], [[row[j] for j in keep] for row in body]
    final: list[str] = []
    for j, cell in enumerate(names):
        # An unnamed first column may be row names; it has no name of its own until that is known.
        name = named(cell) or ("" if j == 0 and not numbered and len(names) > 1 else f"x{j + 1}")
        if name in final:
            twice, number = name, 2
            while (name := f"{twice[: MAX_NAME - 6]} ({number})") in final:
                number += 1
            notes.append(
                T(
                    f"「{twice}」という列がほかにもあるので、「{name}」としました。",
                    f"There is another column called {twice}; this one is {name}.",
                )
            )
        final.append(name)
    return Layout(tuple(final), body, tuple(notes))

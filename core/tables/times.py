"""From the cells of a column to seconds: times of day, dates, and both."""

import math
import re
from collections.abc import Sequence

import numpy as np

from core import late
from core.tables.text import GAPS, plain
from core.text import T

ENOUGH = 0.9  # of a column's cells must be times

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")
_DATE = re.compile(r".*\d.*[-/.:年月 ,].*")
_DAYS_FIRST, _MONTHS_FIRST = ("%d/%m/%Y", "%d/%m/%y"), ("%m/%d/%Y", "%m/%d/%y")
_DATES = (
    "%Y/%m/%d", "%Y年%m月%d日", "%Y年%m月", "%Y/%m", *_MONTHS_FIRST, *_DAYS_FIRST, "%d.%m.%Y", "%Y.%m.%d", "%m-%d-%Y",
    "%d-%m-%Y", "%b %d %Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %Y", "%b-%y", "%B %Y", "%B %d, %Y",
)  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H時%M分", " %I:%M %p", " %I:%M:%S %p")
_YEARLESS = ("%m月%d日", "%m月%d日 %H:%M", "%m月%d日 %H時%M分")  # as in a leap year, 1904
_FORMATS = (
    "ISO8601",
    *(f"{date}{time}" for time in _CLOCKS for date in _DATES),
    *(f"%Y年{form}" for form in _YEARLESS),
)
_ERAS = {
    "令和": 2018,
    "R": 2018,
    "平成": 1988,
    "H": 1988,
    "昭和": 1925,
    "S": 1925,
    "大正": 1911,
    "T": 1911,
    "明治": 1867,
    "M": 1867,
}
_ERA = re.compile(r"(令和|平成|昭和|大正|明治|[RHSTM](?=\d+[./年-]))\s*(\d{1,2}|元)(?=[./年-])")
_WEEKDAY = re.compile(r"\s*[(（][月火水木金土日](?:曜日?)?[)）]")


def read(
    cells: Sequence[str], column: str, *, day_first: bool | None = None, told: bool = False
) -> tuple[list[float], list[T]] | None:
    """Read the different cells of a column: seconds since midnight or since 1970, and what is to be said.

    None if they are no times. `day_first` says whether 3/4 is in April where that is known; `told`, that they are
    times: what is none of them is a gap then.
    """
    texts = {cell: plain(cell) for cell in cells if cell not in GAPS}
    notes: list[T] = []
    if any(map(_ERA.match, list(texts.values())[:50])):
        texts = {cell: _western(text) for cell, text in texts.items()}
        notes.append(
            T(f"「{column}」の和暦を西暦に直しました。", f"The Japanese years of {column} were made Western ones.")
        )
    texts = {cell: _WEEKDAY.sub("", text) for cell, text in texts.items()}
    if all(re.match(r"\d{1,2}月\d{1,2}日", text) for text in list(texts.values())[:50]):
        texts = {cell: f"1904年{text}" for cell, text in texts.items()}
        notes.append(
            T(
                f"「{column}」には年がないので、同じ年と見ました。",
                f"{column} has no years; one and the same was taken.",
            )
        )
    some = list(texts.values())[:50]
    if not some or not (told or sum(_DATE.fullmatch(text) is not None for text in some) >= ENOUGH * len(some)):
        return None
    if all(_CLOCK.fullmatch(text) for text in texts.values()):
        return [_seconds(texts[cell]) if cell in texts else math.nan for cell in cells], notes
    form = max(_FORMATS, key=lambda form: float(np.isfinite(_parse(some, form)).mean()))  # the first of equals
    seconds = _parse(list(texts.values()), form)
    if np.isfinite(seconds).mean() < ENOUGH and not (told and np.isfinite(seconds).any()):
        return None
    if form.startswith(_MONTHS_FIRST):  # 3/4 may be either; a day above 12 tells
        other = form.replace("%m/%d", "%d/%m")
        turned = _parse(list(texts.values()), other)
        good, better = np.isfinite(seconds).mean(), np.isfinite(turned).mean()
        if better > good or (day_first and better == good):
            form, seconds = other, turned
    values = dict(zip(texts, seconds.tolist(), strict=True))
    notes += [note] if (note := _note(form, column)) else []
    return [values.get(cell, math.nan) for cell in cells], notes


def _western(text: str) -> str:
    """Write the year of an era as a Western one: 令和6年 is 2024年."""
    return _ERA.sub(lambda match: str(_ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))), text, count=1)


def clocklike(cell: str) -> bool:
    """Whether a cell looks like a time or a date."""
    text = _western(plain(cell))
    return re.match(r"\d{1,4}[-/.:年]\d{1,2}([-/.:月日 T]|$)", text) is not None


def _seconds(text: str) -> float:
    match = _CLOCK.fullmatch(text)
    assert match is not None
    hours, minutes, seconds = match.groups()
    return 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds or 0)


def _parse(texts: Sequence[str], form: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give seconds since 1970; NaN for what does not fit the form."""
    pandas = late.load("pandas")
    parsed = pandas.to_datetime(pandas.Series(list(texts), dtype=object), format=form, errors="coerce", utc=True)
    seconds = parsed.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6
    return np.asarray(np.where(parsed.isna(), np.nan, seconds))


def _note(form: str, column: str) -> T | None:
    if form.startswith(_MONTHS_FIRST):
        return T(f"「{column}」は月/日/年と見ました。", f"{column} was read as month/day/year.")
    if form.startswith(_DAYS_FIRST):
        return T(f"「{column}」は日/月/年と見ました。", f"{column} was read as day/month/year.")
    return None

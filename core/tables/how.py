"""What one may decide oneself about the reading of a table."""

from dataclasses import dataclass
from typing import Literal

from core.tables.table import Kind

ENCODINGS = ("utf-8", "cp932", "euc_jp", "utf-16", "cp1252")


@dataclass(frozen=True)
class How:
    """Decisions that are taken out of the reading's hands; None, or False, leaves them there."""

    sheet: str | None = None  # of a workbook
    encoding: str | None = None  # one of `ENCODINGS`
    separator: str | None = None  # one character
    decimal: Literal[".", ","] | None = None
    named: bool | None = None  # whether the first line of the table holds the names of the columns
    day_first: bool | None = None  # whether 3/4/2024 is in April
    all_rows: bool = False  # whether rows of sums and footnotes are kept, and blank cells stay blank under merged ones
    turned: bool = False  # whether rows and columns change places
    kinds: tuple[tuple[str, Kind], ...] = ()  # of columns, by name


DECIDE = How()  # all is left to the reading

"""The cells of the largest table in a page of HTML, which many programs save under the name of an Excel file."""

import re
from html.parser import HTMLParser

from core.tables.faults import TableError
from core.tables.rows import Rows


def is_page(text: str) -> bool:
    """Whether a text is HTML that holds a table."""
    return re.match(r"\s*<", text) is not None and re.search(r"<table\b", text, re.IGNORECASE) is not None


def rows(text: str) -> Rows:
    """Give the rows of the table that has the most cells."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    tables = [[row for row in table if any(row)] for table in reader.tables]
    best = max(tables, key=lambda table: sum(map(len, table)), default=[])
    if not best:
        raise TableError("empty")
    width = max(map(len, best))
    return Rows([[*row, *[""] * width][:width] for row in best], range(1, len(best) + 1))


class _Reader(HTMLParser):
    """Collects the cells of all tables, one in another as a table of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open: list[list[list[str]]] = []  # tables that have not ended, the innermost last
        self.cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append([])
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self.open[-1].append([])
        elif tag in ("td", "th") and self.open and self.open[-1]:
            span = dict(attrs).get("colspan") or "1"
            wide = min(int(span), 100) if span.isdecimal() and len(span) < 4 else 1
            self.open[-1][-1] += ["", *[""] * (wide - 1)]
            self.at = len(self.open[-1][-1]) - max(wide, 1)
            self.cell = True
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self.open:
            self.open.pop()
        if tag in ("td", "th", "tr", "table"):
            self.cell = False

    def handle_data(self, data: str) -> None:
        if self.cell and self.open and self.open[-1] and self.open[-1][-1]:
            self.open[-1][-1][self.at] += data

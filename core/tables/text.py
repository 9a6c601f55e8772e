"""Words of a table: what a cell is when it is written plainly, what counts as a gap, how names are shortened."""

import unicodedata

MAX_NAME = 80  # characters of a column's or a class's name

# What pandas takes for a gap.
GAPS = frozenset((
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
))  # fmt: skip
# What else stands for a gap among numbers; `--`, `///`, `×` and `#` are the weather agency's.
MARKS = frozenset(
    ["-", "--", "---", "?", ".", "..", "...", "…", "/", "//", "///", "×", "#", "*", "ー", "―", "欠測", "欠損"]
)

_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "▲": "-", "△": "-", "\N{NO-BREAK SPACE}": " "})


def tidy(text: str) -> str:
    """Put a text on one line; a quoted cell may hold line breaks."""
    return " ".join(text.split())


def name(text: str) -> str:
    """Make a text short enough for a name in a picture."""
    text = tidy("".join(c if c.isprintable() else " " for c in text[: 8 * MAX_NAME]))
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"


def plain(cell: str) -> str:
    """Write full-width signs and digits, and the several minus signs, as plain ones."""
    return cell if cell.isascii() else unicodedata.normalize("NFKC", cell).translate(_MINUS).strip()

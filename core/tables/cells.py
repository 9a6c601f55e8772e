"""From the cells of a column to numbers: signs, separators, units, and what stands for a gap."""

import contextlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.tables.text import GAPS, MARKS, plain
from core.text import T

ENOUGH = 0.9  # of a column's cells must be numbers, else it holds words

_NUMBER = re.compile(
    r"""(?P<sign>[+-]?)\s*
    (?P<money>[$¥€£\\]?)\s*
    (?P<digits>\d[\d.,'’_\ \u202f]*(?<=[\d.])|[.,]\d+)
    (?P<power>e[+-]?\d+)?
    \s*(?P<unit>(?:[%‰°Ω$¥€£]|[^\W\d_])[^\d\s]{0,10}[²³\d]?)?
    (?:\s*[)\]\#*†‡])?""",  # how the weather agency marks what is not quite sure, and what has a footnote
    re.VERBOSE | re.IGNORECASE,
)
_GROUPS = re.compile(r"\d{1,3}(?P<by>[,.'’_ \u202f])\d{3}(?:(?P=by)\d{3})*(?P<rest>[.,]\d*)?")
_SIMPLE = re.compile(r"[0-9+\-.eE]*")
_RAISED = re.compile(r"(?<=\d)[⁽⁾⁰¹²³⁴-⁹]+$")  # a footnote's number, which is none of the cell's digits


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: the value of each cell, and what was decided."""

    values: list[float]  # NaN for a gap
    unit: str
    notes: tuple[T, ...]


def read(
    cells: Sequence[str], column: str, *, european: bool, decimal: str | None = None, told: bool = False
) -> Numbers | None:
    """Read the different cells of a column; None if they are words.

    Parameters
    ----------
    cells
        Stripped, each once.
    column
        Its name, for the notes.
    european
        Whether a comma before three digits is decimal, as where semicolons separate the columns.
    decimal
        "." or "," where it is known which is decimal.
    told
        Whether it is known that they are numbers: what is none of them is a gap then.
    """
    if decimal != "," and _SIMPLE.fullmatch("".join(cells)):  # the common case
        with contextlib.suppress(ValueError):
            values = [float(cell) if cell else math.nan for cell in cells]
            if any(cells) and not any(map(math.isinf, values)):
                return Numbers(values, "", ())
    return _careful(cells, column, european, decimal, told)


def written(cell: str) -> str:
    """Write a number plainly, without the number of a footnote behind it."""
    return cell if cell.isascii() else plain(_RAISED.sub("", cell))


def numberlike(cell: str) -> bool:
    """Whether a cell looks like a number, or like one that is missing."""
    text = plain(cell)
    return text in GAPS or text in MARKS or _NUMBER.fullmatch(text) is not None or _endless(text)


def _careful(cells: Sequence[str], column: str, european: bool, decides: str | None, told: bool) -> Numbers | None:
    raised = sorted({mark[0] for cell in cells if not cell.isascii() and (mark := _RAISED.search(cell))})
    texts = {cell: written(cell) for cell in cells}
    known = {cell: text for cell, text in texts.items() if text not in GAPS and text not in MARKS}
    found = {cell: match for cell, text in known.items() if (match := _NUMBER.fullmatch(text))}
    endless = [cell for cell, text in known.items() if _endless(text)]
    odd = [cell for cell in known if cell not in found and cell not in endless]
    rare = len(found) >= ENOUGH * (len(known) - len(endless)) and not (odd and len(found) <= 20)
    if not found or not (rare or told):
        return None
    units = {match["unit"] or "" for match in found.values()} - {""}
    money = {match["money"] for match in found.values()} - {""}
    marked = sum(bool(match["unit"] or match["money"]) for match in found.values())
    mixed = len(units | money) > 1 or 0 < 2 * marked < len(found)
    if mixed and not told:
        return None  # "160 cm" beside "1.6 m"; house numbers, one of them "136A"
    notes = []
    decimal = decides or _decimal([match["digits"] for match in found.values()], european)
    values: dict[str, float] = {}
    for cell, match in found.items():
        number = _value(match, decimal)
        if number is None and not told:
            return None
        if number is None:
            odd.append(cell)
            continue
        if math.isfinite(number):
            values[cell] = number
        else:
            endless.append(cell)
    if not values:
        return None
    unit = (
        "" if mixed else next(iter(units | money), "").replace("\\", "¥")
    )  # where Shift_JIS has the yen, ASCII has the backslash
    if decimal == ",":
        notes.append(T(f"「{column}」のカンマは小数点と見ました。", f"The commas in {column} are decimal."))
    elif any("," in match["digits"] for match in found.values()):
        notes.append(T(f"「{column}」のカンマは桁区切りと見ました。", f"The commas in {column} separate thousands."))
    if raised:
        shown = " ".join(raised)
        notes.append(
            T(
                f"「{column}」の数のあとの注の番号（{shown}）は除きました。",
                f"Numbers of footnotes in {column} ({shown}) are left out.",
            )
        )
    if mixed:
        shown = ", ".join(sorted(units | money))
        notes.append(
            T(
                f"「{column}」には単位（{shown}）のある数とない数、または違う単位があります。数だけを読みました。",
                f"In {column} not all numbers have the same unit ({shown}); the numbers alone were read.",
            )
        )
    if unit:
        notes.append(T(f"「{column}」の単位は {unit} です。", f"The unit of {column} is {unit}."))
    if endless:
        notes.append(T(f"「{column}」の無限大は欠測としました。", f"What is infinite in {column} is taken for a gap."))
    marks = sorted({texts[cell] for cell in cells if texts[cell] in MARKS})
    if marks or odd:
        shown = " ".join([*marks, *odd[:3], *(["…"] if len(odd) > 3 else [])])
        notes.append(T(f"「{column}」の {shown} は欠測としました。", f"In {column}, {shown} is taken for a gap."))
    return Numbers([values.get(cell, math.nan) for cell in cells], unit, tuple(notes))


def _decimal(digits: Sequence[str], european: bool) -> str:
    """Decide which sign is decimal in a whole column."""
    commas = [text for text in digits if "," in text]
    if not commas:
        groups = [text for text in digits if text.count(".") > 1]  # 1.234.567
        return "," if groups else "."
    if any(text.rfind(".") > text.rfind(",") for text in commas):
        return "."  # 1,234.5
    grouped = all((match := _GROUPS.fullmatch(text)) and match["by"] == "," for text in commas)
    several = any(text.count(",") > 1 for text in commas)
    return "." if grouped and (several or not european) else ","


def _value(match: re.Match[str], decimal: str) -> float | None:
    digits, other = match["digits"], "," if decimal == "." else "."
    if re.search(r"[,'’_ \u202f]", digits) or digits.count(".") > 1:
        groups = _GROUPS.fullmatch(digits)
        if groups and groups["by"] != decimal and (groups["rest"] or decimal)[0] == decimal:
            digits = digits.replace(groups["by"], "")
        if any(sign in digits for sign in ("'", "’", "_", " ", "\u202f", other)):
            return None
    elif decimal == "," and "." in digits:  # 1.234 beside 1,5
        digits = digits.replace(".", "") if _GROUPS.fullmatch(digits) else digits.replace(".", ",")
    try:
        return float(match["sign"] + digits.replace(decimal, ".") + (match["power"] or ""))
    except ValueError:
        return None


def _endless(text: str) -> bool:
    return text.lstrip("+-").casefold() in ("inf", "infinity", "∞")


# ---- yes and no

PAIRS = (
    ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"), ("いいえ", "はい"), ("無", "有"), ("なし", "あり"),
    ("×", "○"), ("✕", "○"), ("x", "o"), ("否", "可"),
)  # fmt: skip


def yes_or_no(cells: Sequence[str]) -> list[float] | None:
    """Give 1 for yes and 0 for no; None if the cells are something else, or all the same."""
    texts = {cell: plain(cell).casefold() for cell in cells if cell not in GAPS}
    for no, yes in PAIRS:
        if set(texts.values()) == {plain(no), plain(yes)}:
            return [float(texts[cell] == plain(yes)) if cell in texts else math.nan for cell in cells]
    return None

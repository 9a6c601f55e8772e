"""How texts are drawn: each character over its bytes, each token a box around some of them."""

from collections.abc import Sequence

from core.text import T
from figures.marks import bars, segments, text
from figures.spec import BLUE, INK, MUTED, NOW, ORANGE, Trace

WIDE = 0x2E80  # from here on characters are as wide as two letters
Span = tuple[int, int, str]  # first byte, the byte after the last, colour
WHOLE, PART = BLUE, ORANGE  # tokens of whole characters, and of a part of one


def wide(char: str) -> int:
    """Give how many letters wide a character is."""
    return 2 if ord(char) >= WIDE else 1


def cells(said: str, columns: float, *, by_bytes: bool = False) -> list[tuple[float, int, float]]:
    """Give (left end, line, width) of each byte: a line has so many letters, or bytes; no character is broken."""
    found: list[tuple[float, int, float]] = []
    x, line = 0.0, 0
    for char in said:
        count = len(char.encode())
        width = count if by_bytes else wide(char)
        if x + width > columns:
            x, line = 0.0, line + 1
        found += [(x + width * i / count, line, width / count) for i in range(count)]
        x += width
    return found


def lines(said: str, columns: float, *, by_bytes: bool = False) -> int:
    """Count the lines of a text."""
    at = cells(said, columns, by_bytes=by_bytes)
    return at[-1][1] + 1 if at else 1


def boxes(
    said: str,
    spans: Sequence[Span],
    columns: float,
    *,
    top: float = 0.0,
    step: float = 1.0,
    half: float = 0.36,
    by_bytes: bool = False,
) -> list[Trace]:
    """Draw a box for each token, on lines `step` apart from `top` down; one that goes on in the next line has two."""
    at = cells(said, columns, by_bytes=by_bytes)
    drawn: dict[str, list[tuple[float, float, float]]] = {}
    for first, end, color in spans:
        for line in sorted({at[i][1] for i in range(first, end)}):
            inside = [at[i] for i in range(first, end) if at[i][1] == line]
            left, right = inside[0][0] + 0.06, inside[-1][0] + inside[-1][2] - 0.06
            drawn.setdefault(color, []).append((left, right, top - step * line))
    return [
        bars(*zip(*rows, strict=True), half, color, 0.7 if color == NOW else 0.3)  # type: ignore[misc]
        for color, rows in drawn.items()
    ]


def letters(
    said: str, columns: float, *, top: float = 0.0, step: float = 1.0, by_bytes: bool = False, color: str = INK
) -> Trace:
    """Write each character over the middle of its bytes."""
    at, x, y, first = cells(said, columns, by_bytes=by_bytes), [], [], 0
    for char in said:
        end = first + len(char.encode())
        x.append((at[first][0] + at[end - 1][0] + at[end - 1][2]) / 2)
        y.append(top - step * at[first][1])
        first = end
    return text(x, y, list(said), color, "middle center")


def brackets(said: str, columns: float, *, top: float = 0.0, step: float = 1.0, by_bytes: bool = False) -> Trace | None:
    """Draw a line over the bytes of each character."""
    at, ends, first = cells(said, columns, by_bytes=by_bytes), [], 0
    for char in said:
        end = first + len(char.encode())
        y = top - step * at[first][1]
        ends.append(((at[first][0] + 0.12, y), (at[end - 1][0] + at[end - 1][2] - 0.12, y)))
        first = end
    return segments(*zip(*ends, strict=True), MUTED, width=1.2) if ends else None  # type: ignore[misc]


def shown(token: bytes) -> str:
    """Write a token: characters as they are, bytes of a part of one in hexadecimal, a space as ␣."""
    said = token.decode("utf-8", errors="surrogateescape")
    parts = [f"{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else {" ": "␣", "\n": "⏎"}.get(c, c) for c in said]
    pieces = ""
    for part, char in zip(parts, said, strict=True):
        split = " " if pieces and (len(part) == 2 and "\udc80" <= char <= "\udcff") else ""
        pieces += split + part
    return pieces


def is_whole(token: bytes) -> bool:
    """Whether a token holds whole characters only."""
    return "\ufffd" not in token.decode("utf-8", errors="replace") or token == "\ufffd".encode()


def colors(ids: Sequence[int], tokens: Sequence[bytes], now: int = -1) -> list[Span]:
    """Give the spans of a text's tokens: in blue whole characters, in orange parts, and the token `now` apart."""
    spans, first = [], 0
    for i in ids:
        end = first + len(tokens[i])
        spans.append((first, end, NOW if i == now else WHOLE if is_whole(tokens[i]) else PART))
        first = end
    return spans


NAMES = {"ja": T("日本語", "Japanese"), "en": T("英語", "English")}

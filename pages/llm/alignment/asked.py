"""What is compared: six answers to one question, or things of one's own; and the record of clicks."""

import re
import unicodedata
import zlib
from dataclasses import dataclass

from core.text import T

LETTERS = "abcdefgh"
MOST, WIDE = 60, 44  # clicks that a record holds; how wide a line of a box is, a kana counting two
EXAMPLE = "ab fa ae cb ad fd be ce fd"
Pair = tuple[int, int]


@dataclass(frozen=True)
class Asked:
    """A question, and for each answer a short name and its one or two lines."""

    question: T
    names: tuple[T, ...]
    lines: tuple[tuple[T, ...], ...]

    def whole(self, k: int) -> T:
        """Give an answer in one piece."""
        return T("".join(line.ja for line in self.lines[k]), " ".join(line.en for line in self.lines[k]))


SKY = Asked(
    T("「なぜ空は青いのですか。」", "“Why is the sky blue?”"),
    (
        T("散らばる光", "scattering"),
        T("海の色", "the sea"),
        T("ほめる", "praise"),
        T("波長の 4 乗", "fourth power"),
        T("断る", "refusal"),
        T("夕焼けも", "sunset too"),
    ),
    (
        (
            T("空気は青い光をよく散らすので、", "Air scatters blue light most, so blue"),
            T("空のどこを見ても青が届くからです。", "reaches us from all over the sky."),
        ),
        (T("海の青が空に映っているからです。", "The sky mirrors the blue of the sea."),),
        (
            T("とてもよい質問ですね。空の青さは、", "What a wonderful question. The blue sky"),
            T("昔から人の心をとらえてきました。", "has moved people for thousands of years."),
        ),
        (
            T("散乱の強さが、波長の 4 乗に", "Because scattering goes as one over"),
            T("反比例するからです。", "the fourth power of the wavelength."),
        ),
        (T("申し訳ありませんが、お答えできません。", "I am sorry, but I cannot answer that."),),
        (
            T("青い光が散るからです。夕方は光の", "Blue light is scattered. At dusk it has"),
            T("通り道が長く、残った赤が届きます。", "a long way to go, and red is what is left."),
        ),
    ),
)


def asked(typed: str) -> Asked | None:
    """Read "question? first / second / third": two to eight things, or None."""
    head, mark, rest = re.split("([?？])", typed, maxsplit=1) if re.search("[?？]", typed) else ("", "", typed)
    things = [thing.strip() for thing in re.split("[/／]", rest) if thing.strip()]
    if not 2 <= len(things) <= len(LETTERS):
        return None
    lines = tuple(tuple(T(line, line) for line in wrapped(thing)) for thing in things)
    names = tuple(T(short, short) for short in (cut(thing, 12) for thing in things))
    question = T(f"「{head}{mark}」", f"“{head}{mark}”") if mark else T("どちらがよいですか。", "Which do you prefer?")
    return Asked(question, names, lines)


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FW" else 1 for c in text)


def cut(text: str, wide: int) -> str:
    """Give as much of a text as fits."""
    if width(text) <= wide:
        return text
    while text and width(text) > wide - 1:
        text = text[:-1]
    return text + "…"


def wrapped(text: str) -> list[str]:
    """Give one line or two."""
    if width(text) <= WIDE:
        return [text]
    first = text
    while width(first) > WIDE:
        first = first[:-1]
    space = first.rfind(" ")
    first = first[:space] if space > len(first) // 2 else first
    return [first, cut(text[len(first) :].strip(), WIDE)]


def pairs(record: str, n: int) -> tuple[Pair, ...]:
    """Read a record, "ab fa": a was preferred to b, then f to a. What is no pair of n things is passed over."""
    read = [(LETTERS.index(a), LETTERS.index(b)) for a, b in re.findall("([a-h])([a-h])", record)]
    return tuple((a, b) for a, b in read if a != b and max(a, b) < n)[:MOST]


def mine(record: str, typed: str) -> str:
    """Give the clicks of a record if they are about what is asked now, else none: of things typed it bears a mark."""
    head, _, rest = record.partition(" ")
    if asked(typed) is None:
        return "" if head.startswith("*") else record
    return rest if head == mark(typed) else ""


def mark(typed: str) -> str:
    """Give a number for what was typed, without a letter that could be a click."""
    return f"*{zlib.crc32(typed.encode()) % 1000}" if asked(typed) is not None else ""


def added(clicks: str, better: int, worse: int) -> str:
    """Add a click; the example ends where one's own begin, and of too many the first is lost."""
    before = [] if clicks == EXAMPLE else clicks.split()
    return " ".join([*before, LETTERS[better] + LETTERS[worse]][-MOST:])


def written(clicks: str, typed: str) -> str:
    """Write a record."""
    return " ".join([*mark(typed).split(), *clicks.split()])

"""The lessons there are, found by their files: `pages/<chapter>/<topic>.toml` beside `<topic>.py`.

The words are read here; the module with the mathematics is imported only when its page is opened.
"""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from core import late
from figures.spec import T

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Lesson:
    """A lesson's address and words.

    Parameters
    ----------
    chapter, topic
        Folder and file name; the topic is also the page's address.
    order
        Place within the chapter.
    icon
        A Material symbol, ":material/name:".
    covers
        Ids of `assets/curriculum.toml` that the lesson lights.
    words
        The parsed TOML.
    """

    chapter: str
    topic: str
    order: int
    icon: str
    covers: tuple[str, ...]
    words: dict[str, Any]

    @property
    def title(self) -> T:
        """The lesson's name."""
        return self.text("title")

    @property
    def summary(self) -> T:
        """One sentence."""
        return self.text("summary")

    def text(self, key: str) -> T:
        """Give one of the texts that both languages have."""
        return T(self.words["ja"][key], self.words["en"][key])

    def module(self) -> ModuleType:
        """Import the lesson."""
        return late.load(f"pages.{self.chapter}.{self.topic}")


def read(path: Path) -> Lesson:
    """Read one lesson's TOML."""
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    return Lesson(
        chapter=path.parent.name,
        topic=path.stem,
        order=words["order"],
        icon=words["icon"],
        covers=tuple(words["covers"]),
        words=words,
    )


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Find all lessons, in the order of the curriculum's chapters.

    Raises
    ------
    LookupError
        There is none: the app was started somewhere else.
    """
    chapters = [chapter["id"] for chapter in curriculum()]
    found = [read(path) for path in sorted((ROOT / "pages").glob("*/*.toml"))]
    if not found:
        raise LookupError(f"No lesson in {ROOT / 'pages'}.")
    return tuple(sorted(found, key=lambda lesson: (chapters.index(lesson.chapter), lesson.order, lesson.topic)))


def lesson(topic: str) -> Lesson:
    """Give a lesson by its topic."""
    return next(lesson for lesson in lessons() if lesson.topic == topic)


@functools.cache
def curriculum() -> tuple[dict[str, Any], ...]:
    """Read the chapters and topics of the notes."""
    return tuple(tomllib.loads((ROOT / "assets" / "curriculum.toml").read_text(encoding="utf-8"))["chapter"])

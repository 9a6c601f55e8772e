"""The lessons there are, found by their files: `pages/<chapter>/<topic>/lesson.toml`, `<scene>.py`, `<scene>.toml`.

The words are read here; a scene's module, with the mathematics, is imported only when it is opened.
"""

import functools
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from core import late
from core.text import T
from ui.scene import Experiment, Scene

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson's address and words.

    Parameters
    ----------
    folder
        Where it is: its name is the page's address, its parent's name the chapter.
    words
        The parsed lesson.toml.
    scene_words
        The parsed TOML of each scene, by the scene's name, in the order in which they are shown.
    """

    folder: Path
    words: dict[str, Any] = field(repr=False)
    scene_words: dict[str, dict[str, Any]] = field(repr=False)

    @property
    def topic(self) -> str:
        """The page's address."""
        return self.folder.name

    @property
    def chapter(self) -> str:
        """Its chapter's id in `assets/curriculum.toml`."""
        return self.folder.parent.name

    @property
    def order(self) -> int:
        """Place within the chapter."""
        return int(self.words["order"])

    @property
    def icon(self) -> str:
        """A Material symbol, ":material/name:"."""
        return str(self.words["icon"])

    @property
    def covers(self) -> tuple[str, ...]:
        """Ids of `assets/curriculum.toml` that the lesson lights; "mds?scene=side&mds=classical" says where it is."""
        return tuple(topic.partition("?")[0] for topic in self.words["covers"])

    def opens(self, topic: str) -> dict[str, str]:
        """Give the link's values that show a topic which it lights: what follows "?" there, nothing for the lesson."""
        said = (entry.partition("?") for entry in self.words["covers"])
        return dict(parse_qsl(next((query for name, _, query in said if name == topic), "")))

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

    @property
    def titles(self) -> dict[str, T]:
        """The scenes' names, by the names that links carry; no module is imported."""
        return {name: T(*words["title"]) for name, words in self.scene_words.items()}

    def scene(self, name: str | None = None) -> Scene:
        """Import a scene; the first one for an unknown name."""
        known = name if name in self.scene_words else next(iter(self.scene_words))
        return _scene(self, str(known))

    def asked(self, name: str | None, fields: Iterable[str]) -> Scene:
        """Give the scene that a link names; of one that names none, the first that has most of the fields it sets.

        A link does not name the first scene, and which one is the first may have changed since.
        """
        wanted, first = set(fields), self.scene(name)
        if name is not None or wanted <= set(first.fields):
            return first
        return max(self.scenes, key=lambda scene: len(wanted & set(scene.fields)))

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """All scenes, imported."""
        return tuple(self.scene(name) for name in self.scene_words)

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """All that one may predict and try."""
        return tuple(experiment for scene in self.scenes for experiment in scene.experiments)


@functools.cache
def _scene(lesson: Lesson, name: str) -> Scene:
    module = late.load(".".join((*lesson.folder.relative_to(ROOT).parts, name)))
    words = dict(lesson.scene_words[name])
    for kind in ("figure", "note", "control", "readout"):  # what several scenes say stands in the lesson's TOML
        words[kind] = {**_house().get(kind, {}), **lesson.words.get(kind, {}), **words.get(kind, {})}
    return Scene(lesson.topic, name, module, words)


@functools.cache
def _house() -> dict[str, Any]:
    """Read what the controls that lessons share are explained by."""
    return _toml(ROOT / "ui" / "hints.toml")


@functools.cache
def read(folder: Path) -> Lesson:
    """Read a lesson's folder.

    Raises
    ------
    LookupError
        The lesson lists a scene whose files are not beside it.
    ValueError
        A file is no TOML.
    """
    words = _toml(folder / "lesson.toml")
    for name in words["scenes"]:
        if missing := [file for file in (f"{name}.py", f"{name}.toml") if not (folder / file).is_file()]:
            raise LookupError(
                f"{folder.parent.name}/{folder.name}/lesson.toml lists the scene {name!r}, "
                f"and {' and '.join(missing)} must stand beside it."
            )
    scenes = {name: _toml(folder / f"{name}.toml") for name in words["scenes"]}
    return Lesson(folder, words, scenes)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{'/'.join(path.parts[-3:])}: {fault}") from None


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Find all lessons, in the order of the curriculum's chapters.

    Raises
    ------
    LookupError
        There is none: the app was started somewhere else.
    """
    chapters = [chapter["id"] for chapter in curriculum()]
    found = [read(path.parent) for path in sorted((ROOT / "pages").glob("*/*/lesson.toml"))]
    if not found:
        raise LookupError(f"No lesson in {ROOT / 'pages'}.")
    return tuple(sorted(found, key=lambda lesson: (chapters.index(lesson.chapter), lesson.order, lesson.topic)))


def lesson(topic: str) -> Lesson:
    """Give a lesson by its topic."""
    return read(next((ROOT / "pages").glob(f"*/{topic}/lesson.toml")).parent)


@functools.cache
def curriculum() -> tuple[dict[str, Any], ...]:
    """Read the chapters and topics of the notes."""
    return tuple(_toml(ROOT / "assets" / "curriculum.toml")["chapter"])

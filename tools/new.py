"""Scaffold a lesson: `make new TOPIC=chapter/name`.

What it writes (`template/`) is a lesson already: a line y = a x with one slider, its picture, a readout, an experiment
and a snippet. It passes the tests that every lesson has to pass. Replace it piece by piece, and it never stops passing;
TODO marks what is left to say.
"""

import keyword
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "template"
TAKEN = ("map", "app", "static", "media", "component", "healthz")  # addresses of the home page and of the server


def files(chapter: str, name: str) -> dict[str, str]:
    """Give path and template of each file of a lesson, in the order in which one fills them."""
    page = f"pages/{chapter}/{name}"
    return {
        f"core/{chapter}/{name}.py": "core.py.txt",
        f"tests/core/{chapter}/test_{name}.py": "test.py.txt",
        f"{page}/line.py": "scene.py.txt",
        f"{page}/line.toml": "scene.toml.txt",
        f"{page}/lesson.toml": "lesson.toml.txt",
    }


def check(topic: str, root: Path = ROOT) -> tuple[str, str]:
    """Split "chapter/name"; ValueError, with a sentence, unless a lesson may be written there."""
    chapter, _, name = topic.partition("/")
    chapters = [item["id"] for item in _curriculum(root)]
    if chapter not in chapters or not name:
        raise ValueError(f"Say make new TOPIC=chapter/name, with one of the chapters {', '.join(chapters)}.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError(
            f"{name!r} must be a Python name in small letters: it names the modules and the page's address."
        )
    if name in TAKEN:
        raise ValueError(f"/{name} is the address of something else.")
    if same := sorted((root / "pages").glob(f"*/{name}")):
        raise ValueError(f"There is a lesson of that address: {same[0].relative_to(root)}.")
    if there := [path for path in files(chapter, name) if (root / path).exists()]:
        raise ValueError(f"Nothing is overwritten, and there is {', '.join(there)}.")
    return chapter, name


def scaffold(topic: str, root: Path = ROOT) -> list[Path]:
    """Write the files of a new lesson.

    Parameters
    ----------
    topic
        "chapter/name": a chapter's id in `assets/curriculum.toml`, and the lesson's address.
    root
        Where `core/`, `pages/` and the others are.

    Returns
    -------
    paths
        What was written.

    Raises
    ------
    ValueError
        The chapter is unknown, the name is no address, or a file is there already. Nothing was written.
    """
    chapter, name = check(topic, root)
    topics = {t["id"]: t for c in _curriculum(root) for section in c["section"] for t in section["topics"]}
    known = topics.get(name)
    fill = {
        "chapter": chapter,
        "name": name,
        "order": str(_last_order(chapter, root) + 10),
        "covers": f'"{name}"' if known else "",
        "ja": known["ja"] if known else f"TODO {name}",
        "en": known["en"] if known else f"TODO {name}",
    }
    written = []
    for path, template in files(chapter, name).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        target.write_text(re.sub(r"@(\w+)@", lambda mark: fill[mark[1]], text), encoding="utf-8")
        written.append(target)
    return written


def _curriculum(root: Path) -> list[dict[str, Any]]:
    chapters: list[dict[str, Any]] = tomllib.loads((root / "assets" / "curriculum.toml").read_text(encoding="utf-8"))[
        "chapter"
    ]
    return chapters


def _last_order(chapter: str, root: Path) -> int:
    lessons = (root / "pages" / chapter).glob("*/lesson.toml")
    return max((tomllib.loads(path.read_text(encoding="utf-8"))["order"] for path in lessons), default=0)


def main(topic: str) -> None:
    """Write a lesson and say what to do with it."""
    try:
        written = scaffold(topic)
    except ValueError as fault:
        sys.exit(str(fault))
    for path in written:
        print(path.relative_to(ROOT))
    print(f"""
It is a lesson already: make run shows it, make test ARGS="-k {written[0].stem}" tests it. Replace it piece by piece, in
this order; TODO marks what is yours to say. CONTRIBUTING.md says how to go on, and what comes last.""")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")

"""Write README's tables of lessons from the lessons themselves: `make format`, or `python -m tools.readme`."""

import re
from pathlib import Path

from ui import catalog

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
HEADS = {"ja": "| レッスン | 場面 |", "en": "| Lesson | Scenes |"}


def table(lang: str) -> str:
    """Give the table in a language: a row a lesson, under its chapter's name."""
    rows, last = [HEADS[lang], "|---|---|"], ""
    chapters = {chapter["id"]: chapter[lang] for chapter in catalog.curriculum()}
    for lesson in catalog.lessons():
        if lesson.chapter != last:
            last = lesson.chapter
            rows.append(f"| **{chapters[last]}** | |")
        scenes = " · ".join(title(lang).replace("|", r"\|") for title in lesson.titles.values())
        rows.append(f"| [{lesson.title(lang)}](pages/{lesson.chapter}/{lesson.topic}) | {scenes} |")
    return "\n".join(rows)


def written(text: str) -> str:
    """Give a README with its tables as they should be."""
    for lang in HEADS:
        between = re.compile(f"(?<=<!-- lessons:{lang} -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
        if not between.search(text):
            raise ValueError(f"There is no place for a table between <!-- lessons:{lang} --> and <!-- end -->.")
        text = between.sub(lambda _, lang=lang: table(lang), text, count=1)
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")

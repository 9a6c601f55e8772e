"""README lists the lessons that there are, and no page of words leads to where nothing is."""

import re

import pytest

from tools import readme
from ui.catalog import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_tables_list_every_lesson():
    text = readme.README.read_text(encoding="utf-8")
    assert readme.written(text) == text, "a lesson came or has another name: make format writes the tables anew"
    with pytest.raises(ValueError, match="lessons:en"):
        readme.written(text.replace("<!-- lessons:en -->", ""))


def lost(page, text):
    """Name the links of a page that lead to no file."""
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    return [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    assert not lost(page, page.read_text(encoding="utf-8"))
    assert lost(page, "[x](nowhere.md) [y](https://example.org) [z](#here)") == ["nowhere.md"]

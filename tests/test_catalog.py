"""Discovery finds every lesson, and every lesson has all its files and words in both languages."""

import re
import tomllib

import pytest
from streamlit.string_util import validate_material_icon

from ui import catalog, text
from ui.catalog import ROOT

LESSONS = catalog.lessons()
IDS = [topic["id"] for chapter in catalog.curriculum() for section in chapter["section"] for topic in section["topics"]]


def test_discovery_is_not_empty():
    assert {"perceptron"} <= {lesson.topic for lesson in LESSONS}
    assert (
        len(LESSONS) == len({lesson.topic for lesson in LESSONS}) == len(list((ROOT / "pages").glob("*/*/lesson.toml")))
    )


def test_discovery_of_nothing_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "curriculum.toml").write_bytes((ROOT / "assets" / "curriculum.toml").read_bytes())
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    with pytest.raises(LookupError):
        catalog.lessons.__wrapped__()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.topic)
def test_a_lesson_has_all_its_files(lesson):
    core, tests = ROOT / "core" / lesson.chapter, ROOT / "tests" / "core" / lesson.chapter
    assert (core / f"{lesson.topic}.py").is_file() or (core / lesson.topic).is_dir() or lesson.words.get("core")
    for module in lesson.words.get("core", [f"{lesson.chapter}.{lesson.topic}"]):
        path = ROOT / "core" / module.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file()
    assert list(tests.glob(f"test_{lesson.topic}*.py")) or lesson.words.get("core")
    assert set(lesson.covers) <= set(IDS)
    assert validate_material_icon(lesson.icon)  # one that Streamlit does not know stops every page
    assert set(lesson.words) <= {
        *(
            "order",
            "icon",
            "covers",
            "scenes",
            "picture",
            "core",
            "references",
            "formulas",
            "numbers",
            "figure",
            "note",
            "control",
            "readout",
            "ja",
            "en",
        )
    }
    scenes = {path.stem for path in lesson.folder.glob("*.toml")} - {"lesson"}
    assert lesson.words.get("picture", "") in ("", *scenes)
    assert scenes == set(lesson.titles), "every scene is listed"
    assert all((lesson.folder / f"{name}.py").is_file() for name in scenes)


def test_no_page_is_an_orphan():
    folders = {path.parent for path in (ROOT / "pages").glob("*/*/*.py")}
    assert folders == {lesson.folder for lesson in LESSONS}
    assert not list((ROOT / "pages").glob("*/*.py"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.topic)
def test_both_languages_have_the_same_structure(lesson):
    ja, en = lesson.words["ja"], lesson.words["en"]
    assert set(ja) == set(en) == {"title", "summary", "idea", "maths", "notes"}
    for key in ja:
        assert ja[key].strip()
        assert en[key].strip()
        for mark in (r"(?m)^#+ ", r"(?m)^- ", r"(?m)^\*\*", r"(?m)^\{\w+\}$", r"(?<!\\)\$[^$]+\$", r"`[^`]+`"):
            assert len(re.findall(mark, ja[key])) == len(re.findall(mark, en[key])), (key, mark)
        assert re.findall(r"(?m)^\{(\w+)\}$", ja[key]) == re.findall(r"(?m)^\{(\w+)\}$", en[key])
    used = set(re.findall(r"(?m)^\{(\w+)\}$", "\n".join(ja.values())))
    assert used == set(lesson.words.get("formulas", {}))
    for name in lesson.words.get("numbers", {}):
        assert len(name) > 2, "a short name is a TeX argument"
        for key in ja:
            assert ja[key].count(f"{{{name}}}") == en[key].count(f"{{{name}}}"), name
        assert any(f"{{{name}}}" in text for text in ja.values()), name
    assert re.search(r"[ぁ-んァ-ヶ]", ja["idea"])


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.topic)
def test_words_keep_their_tone(lesson):
    english = " ".join(lesson.words["en"].values())
    assert "!" not in english.replace("\\!", "")
    assert "！" not in " ".join(lesson.words["ja"].values())
    for language in ("ja", "en"):
        assert len(lesson.words[language]["summary"]) <= {"ja": 38, "en": 70}[language]


def test_the_curriculum():
    assert len(IDS) == len(set(IDS)) > 80
    raw = tomllib.loads((ROOT / "assets" / "curriculum.toml").read_text(encoding="utf-8"))
    assert [chapter["id"] for chapter in raw["chapter"]] == [
        "classical", "neural", "reinforcement", "generative", "pretraining", "llm", "mlops",
    ]  # fmt: skip
    for chapter in raw["chapter"]:
        for item in (chapter, *chapter["section"], *(t for s in chapter["section"] for t in s["topics"])):
            assert item["ja"].strip()
            assert item["en"].strip()


def test_the_shells_words_are_complete():
    for key, value in text.WORDS.items():
        assert value.ja.strip(), key
        assert value.en.strip(), key
        assert set(re.findall(r"\{\w+\}", value.ja)) == set(re.findall(r"\{\w+\}", value.en)), key

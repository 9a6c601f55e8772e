"""`make new`: what it writes is a lesson that keeps the contract, and it overwrites nothing."""

import os
import shutil
import subprocess
import sys

import pytest

from tools import new
from ui.catalog import ROOT

CHAPTERS = ("classical", "neural", "reinforcement", "generative", "pretraining", "llm", "mlops")
KNOWN, OTHER = "generative/vae", "mlops/example"  # the one is a topic of the notes


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Give a copy of the house without its lessons."""
    root = tmp_path_factory.mktemp("house")
    for folder in ("core", "figures", "tests", "ui"):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "core", "browser", "pages")
        )
    shutil.copytree(ROOT / "core" / "data", root / "core" / "data", dirs_exist_ok=True)
    shutil.copytree(ROOT / "pages", root / "pages", ignore=lambda folder, names: [n for n in names if "." not in n])
    (root / "assets").mkdir()
    for name in ("curriculum.toml", "class.toml", "paths.toml"):
        shutil.copy(ROOT / "assets" / name, root / "assets")
    shutil.copytree(ROOT / "docs", root / "docs")
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture(scope="module")
def lessons(house):
    """Scaffold two lessons."""
    return new.scaffold(KNOWN, house) + new.scaffold(OTHER, house)


def run(house, *command):
    environment = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=house, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_lesson_keeps_the_contract(house, lessons):
    tests = ["test_lessons.py", "test_catalog.py", "test_sentences.py", "test_house.py::test_sizes"]
    tests += ["test_house.py::test_pages_are_in_the_order_of_the_contract", "test_layers.py::test_imports_run_one_way"]
    tests += [str(path.relative_to(house / "tests")) for path in lessons if path.name.startswith("test_")]
    assert len(tests) == 8
    paths = [f"tests/{test}" for test in tests]
    out = run(
        house, "pytest", "-n", "0", "-p", "no:cacheprovider", *paths, "-vv", "-k", "vae or example or order or imports"
    )
    for promise in ("controls_and_links", "each_control_at_both_ends", "every_field_is_read", "snippet"):
        assert f"test_{promise}[vae-line]" in out
    for promise in (
        "test_experiment[",
        "test_an_experiment_can_fail[",
        "test_page[",
        "test_both_languages",
        "test_bad_arguments",
    ):
        assert promise in out
    assert "test_a_lesson_has_all_its_files[vae]" in out


def test_it_is_written_in_the_house_style(house, lessons):
    code = [str(path) for path in lessons if path.suffix == ".py"]
    assert len(code) == 6
    run(house, "ruff", "check", "--no-cache", *code)
    run(house, "ruff", "format", "--no-cache", "--check", *code)


def test_a_topic_of_the_notes_brings_its_name(lessons):
    known, other = (path.read_text(encoding="utf-8") for path in lessons if path.name == "lesson.toml")
    assert 'covers = ["vae"]' in known
    assert 'title = "変分オートエンコーダ (VAE)"' in known
    assert "covers = []" in other
    for path in lessons:
        text = path.read_text(encoding="utf-8")
        assert "TODO" in text
        assert "@name@" not in text


def test_orders_follow(house, lessons):
    new.scaffold("mlops/later", house)
    assert (house / "pages/mlops/later/lesson.toml").read_text(encoding="utf-8").startswith("order = 20\n")


@pytest.mark.parametrize(
    ("topic", "sentence"),
    [
        ("", "chapter/name"),
        ("vae", "chapter/name"),
        ("nothing/vae", "classical, neural"),
        ("generative/", "chapter/name"),
        ("generative/Two Words", "Python name"),
        ("generative/3d", "Python name"),
        ("generative/class", "Python name"),
        ("generative/../x", "Python name"),
        ("generative/map", "address"),
        ("generative/vae", "pages/generative/vae"),
        ("neural/vae", "pages/generative/vae"),
    ],
)
def test_it_refuses(house, lessons, topic, sentence):
    before = sorted(house.rglob("*.*"))
    with pytest.raises(ValueError, match=sentence):
        new.scaffold(topic, house)
    assert sorted(house.rglob("*.*")) == before


def test_it_overwrites_nothing(house, tmp_path):
    path = house / "core" / "llm" / "rag.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine\n")
    with pytest.raises(ValueError, match=r"core/llm/rag\.py"):
        new.scaffold("llm/rag", house)
    assert path.read_text() == "mine\n"
    assert not (house / "pages" / "llm").exists()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_takes_a_lesson(house, chapter):
    assert new.check(f"{chapter}/something", house) == (chapter, "something")

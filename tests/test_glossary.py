"""One glossary for all lessons and the shell: what a thing is not called, no sentence calls it."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TERMS = tomllib.loads((ROOT / "docs" / "glossary.toml").read_text(encoding="utf-8"))["term"]
LATER = {"cartpole", "clip"}  # lessons whose words are being written anew
KEYS = {"ja", "en", "not_ja", "not_en", "only", "but"}


def told(value):
    """Yield (language, text) of all that a TOML tells: pairs, and whatever stands under a language's name."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ((key, text) for text in texts(item)) if key in ("ja", "en") else told(item)
    elif isinstance(value, list):
        if len(value) == 2 and all(isinstance(item, str) for item in value):
            yield from zip(("ja", "en"), value, strict=True)
        else:
            for item in value:
                yield from told(item)


def texts(value):
    """Yield all texts in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def spoken(tree):
    """Yield (language, text) of each text `T` in a program; of one with numbers in it, what stands around them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "T":
            for lang, text in zip(("ja", "en"), node.args, strict=False):
                parts = [n.value for n in ast.walk(text) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                yield lang, "…".join(parts)


def sentences():
    """Yield (path, language, text) of all lessons, of the shell, and of the front page's path."""
    tomls = [
        *sorted((ROOT / "pages").rglob("*.toml")),
        ROOT / "assets" / "class.toml",
        ROOT / "assets" / "curriculum.toml",
    ]
    for path in tomls:
        for lang, text in told(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield path, lang, text
    for path in sorted(path for layer in ("pages", "ui", "figures", "core") for path in (ROOT / layer).rglob("*.py")):
        for lang, text in spoken(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, lang, text
    plan = (ROOT / "docs" / "lesson-plan.md").read_text(encoding="utf-8")
    yield from ((ROOT / "docs" / "lesson-plan.md", lang, plan) for lang in ("ja", "en"))


def faults(said, terms, topic=""):
    """Name what a sentence ((language, text)) calls otherwise than the glossary."""
    lang, text = said
    for term in terms:
        if "only" in term and topic not in term["only"]:
            continue
        bare = re.sub("|".join(term.get("but", ["$^"])), "", text)
        for pattern in term.get(f"not_{lang}", []):
            if found := re.search(pattern, bare):
                around = bare[max(0, found.start() - 30) : found.end() + 30]
                yield f"{found[0]!r} should be {term[lang]!r} in: {around!r}"


def test_the_glossary_is_whole():
    for term in TERMS:
        assert set(term) <= KEYS
        assert term["ja"].strip()
        assert term["en"].strip()
        for pattern in (*term.get("not_ja", ()), *term.get("not_en", ())):
            assert not re.search(pattern, term["ja"] + term["en"]), pattern
    assert len({term["ja"] for term in TERMS}) == len(TERMS)


def test_every_sentence_keeps_to_the_glossary():
    found, count = [], 0
    for path, lang, text in sentences():
        count += 1
        topic = path.parent.name
        if topic in LATER:
            continue
        found += [f"{path.relative_to(ROOT)}: {fault}" for fault in faults((lang, text), TERMS, topic)]
    assert count > 3000
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("said", "topic", "count"),
    [
        (("ja", "輪を引いて動かしてください。"), "", 2),
        (("ja", "正解が 0 なら [1, x] を引きます。"), "", 0),
        (("ja", "この網は学べません。"), "", 1),
        (("ja", "すべてを網羅します。"), "", 0),
        (("ja", "縦軸の単位を変えます。"), "neighbors", 0),
        (("ja", "層の単位が死にます。"), "gradients", 1),
        (("ja", "区間は 95 % です。"), "", 1),
        (("en", "Drag the red ring."), "", 1),
        (("en", "95% of them"), "", 0),
    ],
)
def test_a_fault_is_found(said, topic, count):
    assert len(list(faults(said, TERMS, topic))) == count

"""Templates: numbers as people write them, menus by their words, choices, both languages with the same placeholders."""

import ast
import re
import tomllib
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from core.text import T
from ui.catalog import ROOT
from ui.params import choice
from ui.sentences import placeholders, say, written

POLITE = re.compile("です|ます|ません|でした|ました|でしょう|ください")
WRITTEN = re.compile(r"\{([\w.]+:[,+]?\.?\d*[defg%])\}")  # a number, with the digits that are shown
FILES = sorted((ROOT / "pages").glob("*/*/*.toml"))


@dataclass(frozen=True)
class Params:
    rule: str = choice(T("規則", "Rule"), {"a": T("甲", "first")})


@pytest.mark.parametrize(
    ("template", "value", "said"),
    [
        ("{r.x:.2f}", -1.5, "−1.50"),
        ("{r.x:,.0f}", np.float64(-12345.6), "−12,346"),
        ("{r.x:+d}", np.int64(-3), "−3"),
        ("{r.x:.2f}", float("nan"), "–"),
        ("{r.x:.0%}", float("inf"), "∞"),
        ("{r.x}", T("赤", "red"), "red"),
        ("{r.x:?yes|no}", True, "yes"),
        ("{r.x:?{r.y} of them|}", np.bool_(True), "7 of them"),
        ("{r.x:?{r.y} of them|none}", 0, "none"),
        ("{r.x[1]:.1f}", np.array([1.0, 2.0]), "2.0"),
        ("{r.x:.1f}", np.array([1.0, 2.0]), "2.0"),
        ("a-b {r.x}", "c-d", "a-b c-d"),
    ],
)
def test_values_in_sentences(template, value, said):
    assert say([template, template], r=SimpleNamespace(x=value, y=7)).en == said


def test_a_menu_says_its_option():
    assert say(["{p.rule}。", "{p.rule}."], p=Params()) == T("甲。", "first.")


def test_placeholders_are_found_inside_of_formats():
    assert list(placeholders("{r.a:?{r.b:.2f} x|y} {0.c}")) == ["r.a", "r.b", "0.c"]


def pairs(value, path=""):
    """Find all pairs of a TOML: a list of two texts."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from pairs(item, f"{path}.{key}")
    elif isinstance(value, list):
        if len(value) == 2 and all(isinstance(item, str) for item in value):
            yield path, value
        else:
            for i, item in enumerate(value):
                yield from pairs(item, f"{path}[{i}]")


def faults(words):
    for path, (ja, en) in pairs({key: item for key, item in words.items() if key not in ("scenes", "covers")}):
        if not ja.strip() or not en.strip():
            yield f"{path}: a language is empty"
        if set(placeholders(ja)) != set(placeholders(en)):
            yield f"{path}: {set(placeholders(ja)) ^ set(placeholders(en))} in one language only"
        if set(WRITTEN.findall(ja)) != set(WRITTEN.findall(en)):
            yield f"{path}: written otherwise: {set(WRITTEN.findall(ja)) ^ set(WRITTEN.findall(en))}"
        if "!" in en or "！" in ja:
            yield f"{path}: calm, please"
        if len(ja) > 40 and path.endswith((".lead", ".claim", ".ask")) and not POLITE.search(ja):
            yield f"{path}: not in the polite form: {ja}"


TELLING = (r"\d", "[(（]", "≈", "[:：]")


def gives_itself_away(choices, answer):
    """Whether the right choice looks like it: it alone has a number or a parenthesis, or is far the longest."""
    for lang in (0, 1):
        right = choices[answer][lang]
        others = [choice[lang] for i, choice in enumerate(choices) if i != answer]
        if any(re.search(sign, right) and not any(re.search(sign, other) for other in others) for sign in TELLING):
            return True
        if len(right) > 2 * max(map(len, others)) + 6:
            return True
    return False


@pytest.mark.parametrize(
    ("choices", "answer"),
    [
        ([["10% 未満", "Below"], ["28〜29%", "28 to 29%"], ["半分", "Half"]], 1),
        ([["はい", "Yes"], ["いいえ（γ まで）", "No"]], 1),
        ([["はい", "Yes"], ["いいえ", "No, because all of it was decided long before"]], 1),
    ],
)
def test_a_choice_that_gives_itself_away_is_found(choices, answer):
    assert gives_itself_away(choices, answer)
    assert not gives_itself_away(choices, 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_sentences_are_pairs_that_say_the_same(path):
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    found = list(faults(words))
    assert not found, found
    if path.stem != "lesson":
        assert set(words) <= {"title", "lead", "figure", "note", "experiment", "control", "readout"}
        for said in words.get("figure", {}).values():
            assert set(said) == {"title", "alt"}
        for said in words.get("experiment", {}).values():
            assert set(said) == {"ask", "choices", "answer", "claim", "shows"}
            assert said["ask"][0].rstrip().endswith(("か。", "?", "？")), said["ask"]
            assert "?" in said["ask"][1]
            assert not gives_itself_away(said["choices"], said["answer"]), said["choices"]


@pytest.mark.parametrize(
    "words",
    [
        {"lead": ["見る。", " "]},
        {"note": {"a": ["{r.x} です。", "It is {r.y}."]}},
        {"note": {"a": ["{r.x:.1f} です。", "It is {r.x:.2f}."]}},
        {"experiment": {"e": {"claim": ["すごい！", "Great."]}}},
        {"experiment": {"e": {"choices": [["はい", "Yes!"]]}}},
    ],
)
def test_a_fault_is_found(words):
    assert list(faults(words))


# On a phone one figure shows at a time: a lead names it by its title. (A ring may be dragged to the right.)
# The colour of "now" is another in a dark theme.
PLACE = re.compile(
    r"[左右](?!へ)|(?<!の)[上下][はの]|(?<!to the )\b(left|right|upper|lower|above|below)\b", re.IGNORECASE
)
COLOUR_OF_NOW = re.compile("赤い輪|朱|vermilion|red ring", re.IGNORECASE)


def test_leads_name_figures_and_not_places():
    leads = {path: tomllib.loads(path.read_text(encoding="utf-8")).get("lead", []) for path in FILES}
    assert sum(map(bool, leads.values())) > 40
    assert not [(path.stem, text) for path, pair in leads.items() for text in pair if PLACE.search(text)]
    assert all(PLACE.search(text) for text in ("下の図を見る。", "右では", "Watch the lower map.", "On the left"))


def test_the_ring_has_no_colour():
    files = [*FILES, ROOT / "assets" / "class.toml"]
    assert not [path for path in files if COLOUR_OF_NOW.search(path.read_text(encoding="utf-8"))]


# ---- one glossary: what a thing is not called, no sentence calls it

TERMS = tomllib.loads((ROOT / "docs" / "glossary.toml").read_text(encoding="utf-8"))["term"]
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
        *(ROOT / "assets" / f"{name}.toml" for name in ("class", "curriculum", "paths")),
    ]
    for path in tomls:
        for lang, text in told(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield path, lang, text
    for path in sorted(path for layer in ("pages", "ui", "figures", "core") for path in (ROOT / layer).rglob("*.py")):
        for lang, text in spoken(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, lang, text
    plan = (ROOT / "docs" / "lesson-plan.md").read_text(encoding="utf-8")
    yield from ((ROOT / "docs" / "lesson-plan.md", lang, plan) for lang in ("ja", "en"))


OUR_NOTES = re.compile(r"ノート|\b[Tt]he notes\b")


def test_the_notes_are_spoken_of_only_where_it_is_said_what_they_are():
    """`ui.text` says it at the head of each lesson's part on them."""
    found = []
    for path in sorted((ROOT / "pages").rglob("*.toml")):
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        for lang in ("ja", "en"):
            words.get(lang, {}).pop("notes", None)
        found += [f"{path.stem}: {text}" for _, text in told(words) if OUR_NOTES.search(text)]
    for path in sorted((ROOT / "pages").rglob("*.py")):
        found += [
            f"{path.stem}: {text}" for _, text in spoken(ast.parse(path.read_text("utf-8"))) if OUR_NOTES.search(text)
        ]
    assert not found


def misnomers(said, terms, topic=""):
    """Name what a sentence ((language, text)) calls otherwise than the glossary."""
    lang, text = said
    for term in terms:
        if "only" in term and topic not in term["only"]:
            continue
        wrong = term.get(f"not_{lang}", [])
        bare = re.sub("|".join(term["but"]), "", text) if wrong and "but" in term else text
        for pattern in wrong:
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
        found += [f"{path.relative_to(ROOT)}: {fault}" for fault in misnomers((lang, text), TERMS, topic)]
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
def test_a_misnomer_is_found(said, topic, count):
    assert len(list(misnomers(said, TERMS, topic))) == count


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (-0.00004, ",.4f", "0.0000"),
        (-0.2, ".0f", "0"),
        (-0.06, ".1f", "−0.1"),
        (-3, "d", "−3"),
        (-1e-5, ".1e", "−1.0e−05"),
    ],
)
def test_nothing_has_no_sign(value, spec, text):
    assert written(value, spec) == text

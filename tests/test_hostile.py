"""Whatever a stranger sends, thrown at every lesson: one clear sentence at most, the state intact."""

import functools
import io

import hypothesis.strategies as some
import pytest
from hypothesis import HealthCheck, given, settings
from streamlit.testing.v1 import AppTest

from core.tables import Table, TableError, read_table
from tests.lessons import glimpse
from ui import catalog, own_table, tables
from ui import params as ps

LESSONS = catalog.lessons()
TOPICS = [pytest.param(lesson.topic, marks=pytest.mark.xdist_group(lesson.topic)) for lesson in LESSONS]
SCENES = [
    pytest.param(lesson.topic, name, marks=pytest.mark.xdist_group(lesson.topic), id=f"{lesson.topic}-{name}")
    for lesson in LESSONS
    for name in lesson.titles
]
URLS = 1000 // len(SCENES) + 1  # a scene
TABLES = 200  # at every scene that reads them, shared among them

NASTY = some.sampled_from(
    (
        *(
            "",
            "nan",
            "-inf",
            "1e309",
            "-1",
            "0",
            "9" * 20,
            "0x10",
            "１２",
            "1,1,0;2,2,1",
            ";" * 50,
            "%00",
            "\x00",
            "null",
        ),
        *(
            "<script>alert(1)</script>",
            "'; drop table x; --",
            "../../../etc/passwd",
            "{{7*7}}",
            "💥" * 30,
            "\u202e\u0301",
        ),
        "a" * 5000,
    )
)
VALUE = NASTY | some.text(max_size=60) | some.floats().map(str) | some.integers().map(str)


def addresses(scene):
    """Queries with the scene's own names, the shell's, and others."""
    names = [*scene.fields, "scene", "lang", "view", "hide", "at", "embed"]
    own = some.sampled_from(names).flatmap(lambda name: some.tuples(some.just(name), VALUE | _proper(scene, name)))
    return some.lists(own | some.tuples(some.text(max_size=12), VALUE), max_size=8).map(dict)


def _proper(scene, name):
    """Values that the field takes, so that some of what is thrown goes through."""
    control = scene.fields.get(name)
    return some.sampled_from([control.dump(value) for value in control.ends()]) if control else VALUE


@pytest.mark.parametrize(("topic", "name"), SCENES)
def test_any_address_gives_parameters_in_range(topic, name):
    lesson = catalog.lesson(topic)
    scene = lesson.scene(name)
    default = scene.Params()
    thrown = []

    @settings(max_examples=URLS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(addresses(scene))
    def throw(query):
        params, wild = ps.parse(scene.Params, query)
        thrown.append(params)
        for field in scene.fields:
            if field in wild or field not in query:
                assert getattr(params, field) == getattr(default, field)
        assert ps.parse(scene.Params, ps.query(params)) == (params, ())
        assert lesson.scene(query.get("scene")) in lesson.scenes

    throw()
    assert len(thrown) >= URLS
    unlike = list(dict.fromkeys(p for p in thrown if p != default))[:2]  # some are looked at as pictures, too
    for params in unlike:
        scene.picture(glimpse(scene, params), params)


CELL = some.sampled_from(
    [
        "1",
        "2.5",
        "-3e4",
        "",
        " ",
        "nan",
        "inf",
        "1,5",
        "=1+1",
        '=HYPERLINK("http://x")',
        "@x",
        "猫",
        "\x00",
        '"',
        "1e400",
        "１",
    ]
) | some.text(max_size=6)


@some.composite
def csv_files(draw):
    """Tables as people and others make them, as bytes."""
    kind = draw(some.sampled_from(["cells", "cells", "bytes", "sound", "wide", "binary"]))
    if kind == "bytes":
        return draw(some.binary(max_size=400))
    if kind == "binary":
        return b"PK\x03\x04" + draw(some.binary(max_size=100))
    if kind == "wide":
        return (",".join(f"x{i}" for i in range(draw(some.integers(101, 100_000)))) + "\n1,2\n").encode()
    if kind == "sound":
        numbers = some.floats(-1e7, 1e7).map(lambda v: f"{v:g}")
        rows = draw(some.lists(some.tuples(numbers, numbers, some.sampled_from("ab")), min_size=2, max_size=40))
        lines = ["幅,高さ,種類", *(",".join(row) for row in rows), "0,0,a", "1,1,b"]
    else:
        lines = draw(some.lists(some.lists(CELL, min_size=1, max_size=5).map(",".join), max_size=8))
    return "\n".join(lines).encode(draw(some.sampled_from(["utf-8", "cp932"])), errors="ignore")


def read(content) -> Table | None:
    """Give a table, or None where a sentence in both languages says why not."""
    try:
        table = read_table(io.BytesIO(content))
        for lang in ("ja", "en"):
            assert tables.preview(table, lang).count("<tr>") == min(len(table.columns), tables.SHOWN) + 1
        return table
    except TableError as error:
        for lang in ("ja", "en"):
            said = tables.literal(error.sentence(lang))
            assert 5 < len(said) < 600
            assert "\n" not in said
        return None


KINDS = (ps.Points, ps.Series, ps.Table)


def readers():
    """Give each control of any scene that takes a table, once."""
    scenes = [scene for lesson in LESSONS for scene in lesson.scenes]
    found = [c for scene in scenes for c in scene.fields.values() if type(c) in KINDS]
    return [control for i, control in enumerate(found) if control not in found[:i]]


def test_any_table_is_taken_or_answered():
    controls, seen = readers(), []
    assert {type(control) for control in controls} == set(KINDS)

    @settings(max_examples=TABLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(csv_files())
    def throw(content):
        table = read(content)
        seen.append(table is not None)
        if table is None or len(table.features) < 2:
            return
        for control in controls:
            if isinstance(control, ps.Series):
                values = table.series(table.features[0]).values[: control.limit].tolist()
                _tidied(control, [None if v != v else v for v in values])
                continue
            points = isinstance(control, ps.Points)
            columns, limit = (2, control.limit) if points else (control.columns, control.rows)
            label = (table.label, 0) if table.label else None
            try:
                data = own_table.choose(table, label, list(table.features[:columns])).data
            except TableError:
                continue  # no row has a value in each of them
            rows, _ = own_table.picked(data, data.class_names[: control.classes])
            _tidied(control, [rows[i] for i in own_table.drawn(len(rows), limit)])

    throw()
    assert len(seen) >= TABLES
    assert True in seen
    assert False in seen


def _tidied(control, value):
    try:
        tidy = control.tidy(value)
    except ValueError:
        return  # beyond the plane: `own_table` says so
    assert control.parse(control.dump(tidy)) == tidy


def app(topic):
    from ui import catalog, lesson

    lesson.show(catalog.lesson(topic))


@functools.cache
def evil(topic):
    lesson = catalog.lesson(topic)
    fields = lesson.scene().fields
    texts = ("<script>alert(1)</script>", "nan", "9" * 400, "\x00", "💥")
    queries = [{name: text for name in (*fields, "scene", "view", "hide", "at")} for text in texts]
    return [*queries, {"scene": list(lesson.titles)[-1], "hide": ",".join(fields), "unknown": "1"}]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_answers_a_hostile_address_with_a_sentence_at_most(topic):
    for query in evil(topic):
        page = AppTest.from_function(app, args=(topic,), default_timeout=60)
        page.query_params.update(query)
        page.run()
        assert not page.exception
        assert not page.error
        assert not page.warning
        sentences = [c.value for c in page.caption if "読み取れない" in c.value]
        assert len(sentences) <= 1
        assert not any("<script" in block.value for block in (*page.markdown, *page.caption))
        stages = [c for c in page.get("bidi_component") if c.proto.component_name == "sawaru_stage"]
        assert len(stages) == 1

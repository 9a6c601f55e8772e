"""Whatever a stranger sends: addresses and tables, thrown at every lesson. One clear sentence at most, the state intact."""

import functools
import io

import hypothesis.strategies as some
import pytest
from hypothesis import HealthCheck, given, settings
from streamlit.testing.v1 import AppTest

from core.data import Dataset, TableError, read_columns, read_csv
from tests.lessons import glimpse
from ui import catalog, own_table, tables
from ui import params as ps
from ui.scene import scene_of

LESSONS = catalog.lessons()
TOPICS = [lesson.topic for lesson in LESSONS]
URLS = 1000 // len(TOPICS) + 1  # a lesson
TABLES = 200  # at every lesson that reads them

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


def fields_of(module):
    return dict(ps.controls(module.Params))


def addresses(module):
    """Queries with the lesson's own names, the shell's, and others."""
    names = [*fields_of(module), "scene", "lang", "view", "hide", "at", "embed"]
    own = some.sampled_from(names).flatmap(lambda name: some.tuples(some.just(name), VALUE | _proper(module, name)))
    return some.lists(own | some.tuples(some.text(max_size=12), VALUE), max_size=8).map(dict)


def _proper(module, name):
    """Values that the field takes, so that some of what is thrown goes through."""
    control = fields_of(module).get(name)
    return some.sampled_from([control.dump(value) for value in control.ends()]) if control else VALUE


@pytest.mark.parametrize("topic", TOPICS)
def test_any_address_gives_parameters_in_range(topic):
    module = catalog.lesson(topic).module()
    fields, default = fields_of(module), module.Params()
    thrown = []

    @settings(max_examples=URLS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(addresses(module))
    def throw(query):
        params, wild = ps.parse(module.Params, query)
        thrown.append(params)
        for name in fields:
            if name in wild or name not in query:
                assert getattr(params, name) == getattr(default, name)
        assert ps.parse(module.Params, ps.query(params)) == (params, ())
        assert scene_of(module, query.get("scene")) in module.SCENES

    throw()
    assert len(thrown) >= URLS
    # Some of them are looked at as pictures, too.
    unlike = list(dict.fromkeys(p for p in thrown if p != default))[:: max(1, len(thrown) // 12)][:12]
    assert unlike
    for i, params in enumerate(unlike):
        scene = module.SCENES[i % len(module.SCENES)]
        scene.draw(glimpse(scene, params), params)


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


def read(content) -> Dataset | None:
    """Give a table, or None where a sentence in both languages says why not."""
    try:
        read_columns(io.BytesIO(content))
        return read_csv(io.BytesIO(content))
    except TableError as error:
        for lang in ("ja", "en"):
            said = tables.sentence(error, lang)
            assert 5 < len(said) < 600
            assert "\n" not in said
        return None


READERS = [
    topic for topic in TOPICS if any(hasattr(c, "sets") for c in fields_of(catalog.lesson(topic).module()).values())
]


@pytest.mark.parametrize("topic", READERS)
def test_any_table_is_taken_or_answered(topic):
    fields = fields_of(catalog.lesson(topic).module())
    seen = []

    @settings(max_examples=TABLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(csv_files())
    def throw(content):
        data = read(content)
        seen.append(data is not None)
        if data is None or len(data.feature_names) < 2:
            return
        for control in fields.values():
            if isinstance(control, ps.Points):
                names = list(data.class_names[: control.classes])
                points, _ = own_table.chosen(data, *data.feature_names[:2], names, control.limit)
                _tidied(control, points)
            elif isinstance(control, ps.Series):
                _tidied(control, data.x[: control.limit, 0].tolist())
            elif isinstance(control, ps.Table):
                names = list(data.class_names[: control.classes])
                rows, _ = own_table.picked(data, list(data.feature_names[: control.columns]), names, control.rows)
                _tidied(control, rows)

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
    module = catalog.lesson(topic).module()
    texts = ("<script>alert(1)</script>", "nan", "9" * 400, "\x00", "💥")
    queries = [{name: text for name in (*fields_of(module), "scene", "view", "hide", "at")} for text in texts]
    return [*queries, {"scene": module.SCENES[-1].id, "hide": ",".join(fields_of(module)), "unknown": "1"}]


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

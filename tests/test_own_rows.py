"""A table of one's own with several columns: chosen, cut to what a link carries, or refused in a sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from core.data import read_csv
from ui import own_table, tables
from ui.params import Table

GOOD = b"a,b,c,kind\n" + b"".join(b"%d,%d,%d,%s\n" % (i, i * i % 7, -i, b"xy"[i % 2 : i % 2 + 1]) for i in range(12))


def app(lang):
    import streamlit as st

    from ui import catalog, own_table

    own_table.offer(catalog.lesson("projections").scene(), lang, lambda fields: st.session_state.update(got=fields))


def page(lang="en", content=None):
    at = AppTest.from_function(app, args=(lang,), default_timeout=20)
    at.session_state["sawaru-own-table"] = True
    at.run()
    return at if content is None else at.file_uploader[0].set_value(("t.csv", content, "text/csv")).run()


def said(at):
    assert not at.exception
    return [block.value for kind in ("error", "info", "warning") for block in at.get(kind)]


def test_a_good_table_becomes_rows():
    at = page("en", GOOD)
    next(button for button in at.button if button.key == "sawaru-own-rows").click().run()
    got = at.session_state["got"]
    assert got["data"] == "own"
    assert got["table"][3] == (3.0, 2.0, -3.0, 1)
    assert len(got["table"]) == 12


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"a,b,kind\n1,2,x\n3,y\n", "ragged"),
        (b"a,b,kind\n1,nan,x\n3,4,y\n", "finite"),
        (b"a,b,kind\nred,blue,x\ngreen,white,y\n", "number"),
        (b"a,b,kind\n1,2,x\n3,4,x\n", "one_class"),
        (b"a,b,kind\n" + b"1,2,x\n3,4,y\n" * 2501, "rows"),
        (b"\n" * (tables.MEGABYTES * 2**20 + 1), "bytes"),
        (b"a,b,kind\n" + b"1,2,x\n1,2,y\n" * 10, "constant"),
        (b"a,b,kind\n1,2,x\n3,4,y\n", "least"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_that_cannot_be_used_gets_one_sentence(content, code, lang):
    (sentence,) = said(page(lang, content))
    words = own_table.WORDS[code] if code in own_table.WORDS else tables.SENTENCES[code]
    start = words(lang).split("{")[0]
    assert start in sentence.replace("\\", "")
    assert "{" not in sentence


def test_rows_are_taken_evenly():
    data = read_csv(b"a,b,kind\n" + b"".join(b"%d,0,%s\n" % (i, b"xyz"[i % 3 : i % 3 + 1]) for i in range(900)))
    rows, count = own_table.picked(data, ["a"], ["x", "z"], 200)
    assert count == 600
    assert len(rows) == 200
    assert rows[0] == [0.0, 0]
    assert rows[-1] == [899.0, 1]


@pytest.mark.parametrize(
    "wild",
    [
        [[1, 2, 0]] * 9,
        [[1, 2, 0]] * 10,
        [[i, 0] for i in range(10)],
        [[i, 0, 10] for i in range(10)],
        [[i, float("nan"), 0] for i in range(10)],
        [[i, 1e9, 0] for i in range(10)],
        [[i, 0, 0] if i else [0, 0] for i in range(10)],
        [[i] * 10 for i in range(10)],
        [[i, 0, 0] for i in range(201)],
        "1,2,3",
    ],
    ids=["few", "constant", "narrow", "class", "nan", "far", "ragged", "wide", "many", "text"],
)
def test_wild_rows_are_refused(wild):
    with pytest.raises(ValueError, match=r"."):
        Table().tidy(wild)


def test_links_carry_the_largest_table():
    control = Table()
    for rows in control.ends():
        assert control.parse(control.dump(rows)) == rows
    assert len(control.dump(control.ends()[-1])) < 16_000

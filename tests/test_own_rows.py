"""A table of one's own with several columns: chosen, cut to what a link carries, or refused in a sentence."""

import pytest
from streamlit.testing.v1 import AppTest

from core.tables import MAX_MEGABYTES, TableError
from ui import own_table
from ui.params import Table

GOOD = b"a,b,c,kind\n" + b"".join(b"%d,%d,%d,%s\n" % (i, i * i % 7, -i, b"xy"[i % 2 : i % 2 + 1]) for i in range(12))


def app(lang):
    import streamlit as st

    from ui import catalog, own_table

    if st.session_state.get("away"):
        return
    own_table.offer(
        catalog.lesson("projections").scene("side"),
        lang,
        lambda fields, of=0: st.session_state.update(got=fields, of=of),
        carried=st.session_state.get("carried", 0),
    )


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
        (b"a,b,kind\n1,2,x\n3,4,y,z\n", "ragged"),
        (b"a,b,kind\nred,blue,x\ngreen,white,y\n", "least"),
        (b"\n" * (MAX_MEGABYTES * 2**20 + 1), "bytes"),
        (b"a,b,kind\n" + b"1,2,x\n1,2,y\n" * 10, "constant"),
        (b"a,b,kind\n1,2,x\n3,4,y\n", "least"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_that_cannot_be_used_gets_one_sentence(content, code, lang):
    (sentence,) = said(page(lang, content))
    words = own_table.WORDS[code] if code in own_table.WORDS else TableError.SENTENCES[code]
    start = words(lang).split("{")[0]
    assert start in sentence.replace("\\", "")
    assert "{" not in sentence


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_rows_with_gaps_and_long_tables_are_cut_and_said(lang):
    lines = [b"%d,%d,%s" % (i, i * i % 7, b"xyz"[i % 3 : i % 3 + 1]) if i else b",1,x" for i in range(900)]
    at = page(lang, b"a,b,kind\n" + b"\n".join(lines))
    next(button for button in at.button if button.key == "sawaru-own-rows").click().run()
    assert len(at.session_state["got"]["table"]) == 200
    assert at.session_state["of"] == 899
    notes = at.caption[1].value.replace("\\", "")
    assert own_table.WORDS["drawn"](lang).format(rows="899", limit=200) in notes
    assert {"ja": "900 行のうち 1 行は", "en": "1 of 900 rows have gaps"}[lang] in notes


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_rows_that_came_without_their_table_are_said(lang):
    """After a reload the link still has the rows; the table, and what else could be chosen of it, are gone."""
    at = AppTest.from_function(app, args=(lang,), default_timeout=20)
    at.session_state["sawaru-own-table"] = True
    assert not at.run().caption
    at.session_state["carried"] = 60
    assert at.run().caption[0].value == own_table.WORDS["gone"](lang).format(count=60)
    at.file_uploader[0].set_value(("t.csv", GOOD, "text/csv")).run()
    assert own_table.WORDS["gone"](lang).format(count=60) not in [caption.value for caption in at.caption]


def test_what_was_chosen_outlives_the_page_that_asked():
    at = page("en", GOOD)
    at.multiselect[0].set_value(["b", "c"]).run()
    at.multiselect[1].set_value(["y"]).run()
    for away in (True, False):
        at.session_state["away"] = away  # another page is opened, and this one again
        at.run()
    assert [widget.value for widget in at.multiselect] == [["b", "c"], ["y"]]
    assert not at.exception


def test_no_label_is_needed():
    at = page("en", b"a,b\n" + b"".join(b"%d.5,%d.25\n" % (i, i * i) for i in range(30)))
    assert next(w for w in at.selectbox if w.label == own_table.WORDS["label"]("en")).value is None
    next(button for button in at.button if button.key == "sawaru-own-rows").click().run()
    assert {row[-1] for row in at.session_state["got"]["table"]} == {0}


@pytest.mark.parametrize(
    "wild",
    [
        [[1, 2, 0]] * 9,
        [[1, 2, 0]] * 10,
        [[i, 0] for i in range(10)],
        [[i, 0, 10] for i in range(10)],
        [[i, float("nan"), 0] for i in range(10)],
        [[i, 1e16, 0] for i in range(10)],
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

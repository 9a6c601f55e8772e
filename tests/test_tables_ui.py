"""The control for an own table: a file or pasted cells, what was read of them, and a bad one loses nothing."""

import string

import pytest
from streamlit.testing.v1 import AppTest

from core.tables import TableError, read_table
from ui import own_table, tables

GOOD = b"height,weight,kind\n1.5,4,cat\n6,,dog\n"
WORDS = [*tables.WORDS.values(), *own_table.WORDS.values(), *tables.KINDS.values()]


def app(lang):
    import streamlit as st

    from ui import tables

    st.session_state["got"] = tables.upload(lang)


def page(lang="en"):
    return AppTest.from_function(app, args=(lang,), default_timeout=20).run()


def upload(at, name, content):
    return at.file_uploader[0].set_value((name, content, "text/csv")).run()


def got(at):
    assert not at.exception
    return at.session_state["got"]


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("text", WORDS, ids=lambda t: t.en[:30])
def test_both_languages_say_the_same_things(text):
    assert places(text.ja) == places(text.en)
    assert not text.ja.isascii()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_good_table_is_shown_with_its_kinds_and_what_was_decided(lang):
    at = page(lang)
    assert got(at) is None
    table = got(upload(at, "animals.csv", GOOD))
    assert (table.name, table.names) == ("animals", ("height", "weight", "kind"))
    said = at.caption[0].value.replace("\\", "")
    assert tables.WORDS["read"](lang).format(name="animals", rows=2, columns=3) in said
    assert table.notes[0](lang) in said
    shown = tables.preview(table, lang)
    assert f"<td>height</td><td>{tables.KINDS['number'](lang)}</td><td></td><td>1.5 · 6</td>" in shown
    assert f"<td>weight</td><td>{tables.KINDS['number'](lang)}</td><td>1</td>" in shown
    assert not at.error


def test_a_preview_is_bounded_and_no_markup():
    table = read_table(("<b>x</b>," + ",".join(f"c{i}" for i in range(40)) + "\n" + ",".join(["1"] * 41)).encode())
    shown = tables.preview(table, "en")
    assert shown.count("<tr>") == 1 + tables.SHOWN
    assert "and 21 more columns" in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown


def test_a_stranger_s_text_is_no_markdown():
    assert tables.literal("![x](http://a) $y$ **z**") == r"\!\[x\]\(http\:\/\/a\) \$y\$ \*\*z\*\*"


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("bad", [b"", b"\0", b'x,y\n1,a\n2,"b\n', b"x,y\n1,a\n2,b,c"])
def test_a_bad_table_keeps_the_good_one(bad, lang):
    at = upload(page(lang), "good.csv", GOOD)
    good = got(at)
    upload(at, "bad.csv", bad)
    assert got(at) is good
    assert len(at.error) == 1
    with pytest.raises(TableError) as caught:
        read_table(bad)
    assert at.error[0].value.startswith(tables.literal(caught.value.sentence(lang)))
    assert at.error[0].value.endswith(tables.WORDS["kept"](lang).format(name="good"))
    # Taken away again, all is as before.
    at.file_uploader[0].clear().run()
    assert got(at) is good
    assert not at.error


def test_a_bad_table_first():
    at = upload(page(), "bad.csv", b"")
    assert got(at) is None
    assert at.error[0].value == tables.literal(TableError("empty").sentence("en"))


def test_pasted_cells_are_a_table():
    at = page("en")
    at.text_area[0].set_value("身長\t組\n165\tA\n177\tB\n").run()
    assert got(at).names == ("身長", "組")
    assert got(at).name == "pasted"
    at.text_area[0].set_value('a\tb\n1\t"2').run()
    assert got(at).names == ("身長", "組")
    assert len(at.error) == 1
    at.text_area[0].set_value("").run()
    assert not at.error
    upload(at, "good.csv", GOOD)
    assert got(at).name == "good"


def test_the_table_outlives_the_file():
    at = upload(page(), "good.csv", GOOD)
    good = got(at)
    at.file_uploader[0].clear().run()
    assert got(at) is good


def test_the_file_is_read_once(monkeypatch):
    calls = []
    monkeypatch.setattr(tables, "read_table", lambda file: calls.append(1) or read_table(file))
    at = upload(page(), "good.csv", GOOD)
    at.run()
    at.run()
    assert len(calls) == 1

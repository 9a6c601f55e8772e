"""The control for an own table: a file or pasted cells, what was read of them, and a bad one loses nothing."""

import io
import string

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from core.tables import TableError, read_table
from ui import own_table, tables

GOOD = b"height,weight,kind\n1.5,4,cat\n6,,dog\n"
CHANGES = [
    *tables.SWITCHES.values(),
    *(word for label, options in tables.CHOICES.values() for word in (label, *options.values())),
]
WORDS = [*tables.WORDS.values(), *own_table.WORDS.values(), *tables.KINDS.values()]


def app(lang):
    import streamlit as st

    from ui import tables

    if not st.session_state.get("away"):
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
    monkeypatch.setattr(tables, "read_table", lambda *args: calls.append(1) or read_table(*args))
    at = upload(page(), "good.csv", GOOD)
    at.run()
    at.run()
    assert len(calls) == 1


# ---- what was decided can be changed


def option(at, name):
    """Give the one widget of the popover that decides on something."""
    found = [w for kind in ("selectbox", "checkbox") for w in at.get(kind) if f".how.{name}." in w.key]
    return found[0] if found else None


@pytest.mark.parametrize("text", [text for text in CHANGES if text.ja != text.en], ids=lambda t: t.en)
def test_what_can_be_changed_is_named_in_both_languages(text):
    assert text.ja
    assert text.en.isascii()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_reader_decides_otherwise(lang):
    at = upload(page(lang), "t.csv", b"d,v\n3/4/2024,1\n3/5/2024,2\n")
    assert got(at).column("d").values[1] - got(at).column("d").values[0] == 86400
    option(at, "day_first").set_value(True).run()
    assert got(at).column("d").values[1] - got(at).column("d").values[0] == 30 * 86400
    option(at, "named").set_value(False).run()
    assert got(at).names == ("x1", "x2")
    option(at, "named").set_value(True).run()
    option(at, "turned").check().run()
    assert got(at).names[0] == "d"
    assert got(at).rows == 1
    # Something new is read by itself again.
    upload(at, "u.csv", b"a;b\n1;2\n3;4\n")
    assert got(at).names == ("a", "b")
    assert option(at, "turned").value is False
    assert option(at, "sheet") is None


def test_a_decision_that_cannot_be_is_said_and_taken_back():
    at = upload(page(), "t.csv", b'a,b;c\n"1",2;3\n')
    good = got(at)
    option(at, "separator").set_value(";").run()
    assert len(at.error) == (got(at) is good)
    option(at, "separator").set_value(None).run()
    assert got(at).names == good.names
    assert not at.error


def test_a_column_is_of_another_kind():
    at = upload(page(), "t.csv", b"code,v\n1,3\n2,4\n1,5\n")
    assert got(at).column("code").kind == "number"
    option(at, "kind").set_value("words").run()
    assert got(at).column("code").kind == "words"
    option(at, "column").set_value("v").run()
    assert option(at, "kind").value is None
    option(at, "kind").set_value("yes/no").run()  # three values
    assert at.error[0].value.startswith(tables.literal(TableError("answers", column="v", found=3).sentence("en")))
    assert got(at).column("v").kind == "number"
    option(at, "kind").set_value(None).run()
    assert not at.error
    assert [column.kind for column in got(at).columns] == ["words", "number"]
    option(at, "column").set_value("code").run()
    assert option(at, "kind").value == "words"


def test_decisions_outlive_the_page_that_showed_them():
    at = upload(page(), "t.csv", b"code,v\n1,3\n2,4\n1,5\n")
    option(at, "kind").set_value("words").run()
    option(at, "all_rows").check().run()
    for away in (True, False):
        at.session_state["away"] = away  # another page is opened, and this one again
        at.run()
    option(at, "named").set_value(True).run()
    assert option(at, "all_rows").value is True
    assert got(at).column("code").kind == "words"


def test_another_sheet():
    book = openpyxl.Workbook()
    book.active.title = "一"
    for i, sheet in enumerate((book.active, book.create_sheet("二"))):
        for row in (["x", "y"], [i, 2], [3, 4]):
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    at = upload(page(), "t.xlsx", file.getvalue())
    assert got(at).column("x").values[0] == 0
    option(at, "sheet").set_value("二").run()
    assert got(at).column("x").values[0] == 1

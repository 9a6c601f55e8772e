"""The control for an own table: every fault has its sentence, and a bad upload loses nothing."""

import string

import pytest
from streamlit.testing.v1 import AppTest

from core.data import TableError, read_csv
from ui import tables

GOOD = b"height,weight,kind\n1.5,4,cat\n6,30,dog\n"


def app(lang):
    import streamlit as st

    from ui import tables

    data = tables.upload(lang)
    st.session_state["got"] = data


def page(lang="en"):
    return AppTest.from_function(app, args=(lang,), default_timeout=20).run()


def upload(at, name, content):
    return at.file_uploader[0].set_value((name, content, "text/csv")).run()


def got(at):
    assert not at.exception
    return at.session_state["got"]


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


# ---- sentences


def test_every_code_has_both_sentences():
    assert set(tables.SENTENCES) == set(TableError.SENTENCES) == set(tables._JA)


@pytest.mark.parametrize("text", [*tables.SENTENCES.values(), *tables.WORDS.values()], ids=lambda t: t.en[:30])
def test_both_languages_say_the_same_things(text):
    assert places(text.ja) == places(text.en)
    assert any("ぁ" <= c <= "ヿ" for c in text.ja)
    assert text.en.isascii() or set(text.en) - set(map(chr, range(128))) <= set("“”")
    assert text.en[-1] == "." or text in tables.WORDS.values()


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    "content", [b"", b"\0", b"x,y\n1,a\n2\n", b"x,y\nred,a\n2,b\n", b"x,x\n1,a\n2,b\n", b"x,y\n1,a\n2,a\n"]
)
def test_a_sentence_names_what_the_error_names(content, lang):
    with pytest.raises(TableError) as caught:
        read_csv(content)
    said = tables.sentence(caught.value, lang)
    for value in caught.value.fields.values():
        assert str(value) in said
    assert "{" not in said
    if lang == "en":
        assert said == str(caught.value)


def test_a_stranger_s_text_is_no_markdown():
    error = TableError("duplicate", name="![x](http://a) $y$ **z**")
    assert r"\!\[x\]\(http\:\/\/a\) \$y\$ \*\*z\*\*" in tables.sentence(error, "en")


def test_the_limits_in_the_help_are_the_core_s():
    for words in (tables.WORDS["help"].ja, tables.WORDS["help"].en):
        for name, table in {
            "5000": b"x,y\n" + b"1,a\n" * 5001,
            "100": b"1," * 100 + b"1\n",
            "5 MB": b"\n" * (tables.MEGABYTES * 2**20 + 1),
        }.items():
            assert name in words
            with pytest.raises(TableError) as caught:
                read_csv(table)
            assert caught.value.fields["limit"] == int(name.split()[0])


# ---- the control


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_good_table(lang):
    at = page(lang)
    assert got(at) is None
    assert not at.selectbox
    upload(at, "animals.csv", GOOD)
    data = got(at)
    assert (data.name, data.class_names) == ("animals", ("cat", "dog"))
    assert at.selectbox[0].label == tables.WORDS["label"](lang)
    assert at.selectbox[0].value == "kind"
    assert at.caption[0].value == tables.WORDS["read"](lang).format(name="animals", rows=2, features=2, classes=2)
    assert not at.error


def test_another_label_reads_the_same_file_again():
    at = upload(page(), "t.csv", b"a,b\n1,5\n2,6\n2,7\n")
    assert got(at).class_names == ("5", "6", "7")
    at.selectbox[0].select("a").run()
    assert got(at).class_names == ("1", "2")
    assert got(at).feature_names == ("b",)
    at.run()
    assert got(at).class_names == ("1", "2")


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("bad", [b"", b"\0", b"x,x\n1,a\n", b"x,y\nred,a\n2,b\n", b"x,y\n1,a\n2,b\n3"])
def test_a_bad_table_keeps_the_good_one(bad, lang):
    at = upload(page(lang), "good.csv", GOOD)
    good = got(at)
    upload(at, "bad.csv", bad)
    assert got(at) is good
    assert len(at.error) == 1
    with pytest.raises(TableError) as caught:
        read_csv(bad)
    assert at.error[0].value.startswith(tables.sentence(caught.value, lang))
    assert at.error[0].value.endswith(tables.WORDS["kept"](lang).format(name="good"))
    # Taken away again, all is as before.
    at.file_uploader[0].clear().run()
    assert got(at) is good
    assert not at.error
    assert at.selectbox[0].value == "kind"


def test_a_bad_table_first():
    at = upload(page(), "bad.csv", b"")
    assert got(at) is None
    assert at.error[0].value == TableError.SENTENCES["empty"]
    assert not at.selectbox


def test_a_label_that_is_none_can_be_chosen_better():
    rows = "".join(f"{i % 2},{i}.5\n" for i in range(30))
    at = upload(page(), "t.csv", f"kind,x\n{rows}".encode())
    assert got(at) is None
    assert "too many for a label" in at.error[0].value
    at.selectbox[0].select("kind").run()
    assert got(at).class_names == ("0", "1")
    assert not at.error
    # A mended file with the same columns keeps the label.
    upload(at, "t2.csv", f"kind,x\n{rows}1,7\n".encode())
    assert got(at).name == "t2"
    assert at.selectbox[0].value == "kind"
    # Other columns, other label.
    upload(at, "good.csv", GOOD)
    assert at.selectbox[0].value == "kind"
    assert got(at).feature_names == ("height", "weight")
    at.selectbox[0].select("weight").run()
    assert "number" in at.error[0].value
    assert got(at).feature_names == ("height", "weight")
    # A file that is no table at all: back to the table in use and its label.
    upload(at, "bad.csv", b"")
    assert at.selectbox[0].value == "kind"
    assert at.error[0].value.startswith(TableError.SENTENCES["empty"])


def test_the_table_outlives_the_file_and_the_widgets():
    at = upload(page(), "good.csv", GOOD)
    good = got(at)
    at.file_uploader[0].clear().run()
    assert got(at) is good
    assert at.selectbox[0].value == "kind"


def test_the_file_is_read_once(monkeypatch):
    calls = []
    monkeypatch.setattr(tables, "read_csv", lambda *a, **k: calls.append(1) or read_csv(*a, **k))
    at = upload(page(), "good.csv", GOOD)
    at.run()
    at.run()
    assert len(calls) == 1

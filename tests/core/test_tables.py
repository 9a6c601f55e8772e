"""Own tables: what is read and what is said of it, and the one sentence where nothing can be read."""

import datetime
import doctest
import io
import string
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from sklearn.datasets import load_iris

import core.tables.reading
import core.tables.rows
from core.data import Dataset, TableError, read_csv
from core.files import FileError
from core.tables import read_table
from core.tables.workbook import MAX_CELLS

PLAIN = b"height,weight,kind\n1.5,4,cat\n6,30,dog\n-2e1,.5,cat\n"


def fault(content, **options):
    with pytest.raises(TableError) as caught:
        read_csv(content, **options)
    assert caught.value.args[0] == str(caught.value) != ""
    return caught.value.code, caught.value.fields


def said(table, lang="en"):
    """All notes in one text; both languages say as much."""
    assert all(note.ja and note.en and note.ja != note.en for note in table.notes)
    return " ".join(note(lang) for note in table.notes)


def column(text, **how):
    """Read the last column of a table."""
    return read_table(text.encode(how.get("encoding", "utf-8"))).columns[-1]


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("table.csv", PLAIN)
    return file.getvalue()


def same(a, b):
    return (a.feature_names, a.class_names, a.x.tolist(), a.y.tolist()) == (
        b.feature_names,
        b.class_names,
        b.x.tolist(),
        b.y.tolist(),
    )


# ---- what is read


def test_a_plain_table():
    data = read_csv(PLAIN)
    assert isinstance(data, Dataset)
    assert data.feature_names == ("height", "weight")
    assert data.class_names == ("cat", "dog")
    assert data.x.tolist() == [[1.5, 4], [6, 30], [-20, 0.5]]
    assert data.y.tolist() == [0, 1, 0]
    assert data.x.dtype == np.float64
    assert not data.x.flags.writeable
    assert read_table(PLAIN).names == ("height", "weight", "kind")
    assert read_table(PLAIN).notes == ()  # nothing had to be decided


def test_docstring_example():
    results = doctest.testmod(core.tables.reading)
    assert results.attempted > 4
    assert results.failed == 0


@pytest.mark.parametrize("module", ["core.data", "core.tables"])
def test_either_module_may_be_imported_first(module):
    code = f"import {module}; from core.data import read_csv; read_csv(b'1,a\\n2,b')"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_path_bytes_and_a_file_are_the_same(tmp_path):
    path = tmp_path / "animals.v2.csv"
    path.write_bytes(PLAIN)
    with path.open("rb") as file:
        for source, name in ((path, "animals.v2"), (str(path), "animals.v2"), (file, "animals.v2"), (PLAIN, "table")):
            assert read_csv(source).name == name
            if source is file:
                file.seek(0)
            assert same(read_csv(source), read_csv(PLAIN))


def test_iris_comes_back_as_written():
    iris = load_iris()
    rows = [",".join([*map(str, x), iris.target_names[y]]) for x, y in zip(iris.data, iris.target, strict=True)]
    data = read_csv("\n".join(["a,b,c,d,species", *rows]).encode())
    np.testing.assert_array_equal(data.x, iris.data)
    np.testing.assert_array_equal(data.y, iris.target)
    assert data.class_names == tuple(iris.target_names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_line_ends_and_delimiters(encoding, end, delimiter):
    lines = ["身長(cm),体重,種類", "150,40.5,ねこ表", "160,50,いぬ①", "170,60,ねこ表"]
    data = read_csv(end.join(lines).replace(",", delimiter).encode(encoding))
    assert data.feature_names == ("身長(cm)", "体重")
    assert data.class_names == ("いぬ①", "ねこ表")
    assert data.y.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("label", "features", "classes"),
    [
        (None, ("a", "b"), ("0", "1")),
        ("c", ("a", "b"), ("0", "1")),
        ("a", ("b", "c"), ("1", "2", "10")),
        (" b ", ("a", "c"), ("5", "6")),
    ],
)
def test_the_label_is_a_column_by_name_or_the_last(label, features, classes):
    data = read_csv(b"a,b,c\n10,5,0\n2,6,1\n1,5,0\n", label=label)
    assert data.feature_names == features
    assert data.class_names == classes


def test_numbers_as_classes_are_sorted_as_numbers_and_one_number_is_one_class():
    data = read_csv("x,y\n0,10\n0,2.0\n0,-1\n0,２\n0,1e1\n".encode())
    assert data.class_names == ("-1", "2", "10")
    assert data.y.tolist() == [2, 1, 0, 1, 2]
    # One that is no number makes them all words.
    assert read_csv(b"x,y\n0,10\n0,2\n0,b\n").class_names == ("10", "2", "b")


@given(some.permutations(["0,1", "0,1.0", "0,2", "0,02", "0,3e0"]))
def test_the_classes_do_not_depend_on_the_order_of_the_rows(rows):
    assert read_csv("\n".join(["x,y", *rows]).encode()).class_names == ("1", "2", "3e0")


def test_without_a_header_the_columns_are_numbered():
    data = read_csv(b"1,2,cat\n3,4,dog\n")
    assert data.feature_names == ("x1", "x2")
    assert len(data.x) == 2
    assert read_table(b"1,2,cat\n").names == ("x1", "x2", "x3")
    assert "no names" in said(read_table(b"1,2,cat\n"))
    assert read_csv(b"1,2,3\n3,4,5\n", label="x1").feature_names == ("x2", "x3")


@pytest.mark.parametrize("first", ["nan,dog", "-inf,dog", '"1,234",dog', "1_000,dog", "１,dog", "2024-01-01,dog"])
def test_a_first_row_that_was_meant_as_data_is_not_taken_for_names(first):
    assert read_table(f"{first}\n1,cat\n".encode()).names == ("x1", "x2")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("１２．５", 12.5), ("－３", -3), ("−4", -4), ("+5", 5), (" 6 ", 6), ("7.", 7), (".8", 0.8), ("９ｅ－１", 0.9),
        ("1E3", 1000), ("\u30007", 7), ("1e-999", 0), ("0" * 500, 0),
    ],
)  # fmt: skip
def test_numbers(cell, value):
    assert read_csv(f"x,y\n{cell},a\n0,b\n".encode()).x[0, 0] == value


@given(some.lists(some.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
def test_every_float_comes_back(values):
    data = read_csv("\n".join(["x,y", *(f"{v!r},{i % 2}" for i, v in enumerate(values))]).encode())
    assert data.x[:, 0].tolist() == values


def test_quotes_may_hold_delimiters_quotes_and_newlines():
    data = read_csv(b'"a\nb","c, ""d""",  "kind"\n1,2,"one\r\nclass"\n3,4,other\n')
    assert data.feature_names == ("a b", 'c, "d"')
    assert data.class_names == ("one class", "other")


def test_rows_without_content_are_skipped():
    assert same(read_csv(b"\n \n" + PLAIN.replace(b"\n", b"\n\n,,\n")), read_csv(PLAIN))


def test_a_file_is_read_from_where_it_stands():
    file = io.BytesIO(b"junk\n" + PLAIN)
    file.seek(5)
    assert same(read_csv(file), read_csv(PLAIN))


# ---- what is decided, and said


@pytest.mark.parametrize(
    ("cells", "values", "unit", "note"),
    [
        (["1", "", "3"], [1, np.nan, 3], "", None),
        (["1", "NA", "n/a"], [1, np.nan, np.nan], "", None),
        (["1", "--", "///"], [1, np.nan, np.nan], "", "taken for a gap"),
        (["12.1 )", "3.0 ]", "4"], [12.1, 3, 4], "", None),
        (["+ 0.081", "- 3", "\N{MINUS SIGN}4"], [0.081, -3, -4], "", None),
        (["１２．５", "－３", "７"], [12.5, -3, 7], "", None),
        (["4,200", "1,234,567", "5"], [4200, 1234567, 5], "", "separate thousands"),
        (["4 200", "1’234", "1_000"], [4200, 1234, 1000], "", None),
        (["1,234.5", "2,000.25", "3"], [1234.5, 2000.25, 3], "", "separate thousands"),
        (["1,5", "2,25", "3"], [1.5, 2.25, 3], "", "decimal"),
        (["1.234,5", "2.000,25", "3"], [1234.5, 2000.25, 3], "", "decimal"),
        (["1.234.567", "2.000.000", "3"], [1234567, 2000000, 3], "", "decimal"),
        (["35%", "40 %", "7"], [35, 40, 7], "%", "unit"),
        (["¥1,200", "¥ 900", "¥5"], [1200, 900, 5], "¥", "unit"),
        (["1,200円", "900円", "5円"], [1200, 900, 5], "円", "unit"),
        (["160 cm", "170cm", "150 cm"], [160, 170, 150], "cm", "unit"),
        (["▲1,200", "3", "4"], [-1200, 3, 4], "", "thousands"),
        (["1e3", "inf", "2"], [1000, np.nan, 2], "", "infinite"),
        (["1", "1e999", "2"], [1, np.nan, 2], "", "infinite"),
    ],
)
def test_what_people_write_for_numbers(cells, values, unit, note):
    table = read_table("\n".join(["a\tb", *(f"{i}.5\t{cell}" for i, cell in enumerate(cells))]).encode())
    read = table.columns[1]
    np.testing.assert_array_equal(read.values, values)
    assert (read.kind, read.unit, read.missing) == ("number", unit, int(np.isnan(values).sum()))
    assert note is None or note in said(table)


def test_a_comma_before_three_digits_is_decimal_where_semicolons_separate():
    assert read_table(b"a;b\n1,234;x\n2,345;y\n").columns[0].values.tolist() == [1.234, 2.345]
    assert read_table(b'a,b\n"1,234",x\n"2,345",y\n').columns[0].values.tolist() == [1234, 2345]


@pytest.mark.parametrize(
    "cells",
    [
        ["160 cm", "1.6 m"],
        ["1st", "2nd"],
        ["red", "1"],
        ["135", "136", "136A"],
        ["0x1f", "2"],
        ["٣", "a"],
        ["1-2", "3-4"],
    ],
)
def test_what_is_no_number_is_words(cells):
    assert column("\n".join(["a,b", *(f"{i}.5,{cell}" for i, cell in enumerate(cells))])).kind == "words"


def test_a_few_odd_cells_among_many_numbers_are_gaps_and_named():
    table = read_table(("a,b\n" + "".join(f"{i},{i / 7}\n" for i in range(50)) + "50,error\n").encode())
    assert (table.columns[1].kind, table.columns[1].missing) == ("number", 1)
    assert "In b, error is taken for a gap." in said(table)
    assert "「b」の error は欠測としました。" in said(table, "ja")


@pytest.mark.parametrize("yes_no", ["yes no", "Y N", "TRUE FALSE", "はい いいえ", "有 無", "○ ×"])
def test_yes_and_no(yes_no):
    yes, no = yes_no.split()
    read = column(f"a,b\n1,{yes}\n2,{no}\n3,{yes}\n4,\n")
    assert read.kind == "yes/no"
    np.testing.assert_array_equal(read.values, [1, 0, 1, np.nan])
    assert set(read.groups) == {yes, no}


@pytest.mark.parametrize(
    ("cells", "steps"),
    [
        (["2020-01-01", "2020-01-02", "2020-01-04"], [1, 2]),
        (["2020/1/1", "2020/1/2", "2020/1/4"], [1, 2]),
        (["2020年1月1日", "2020年1月2日", "2020年1月4日"], [1, 2]),
        (["1/30/2020", "1/31/2020", "2/2/2020"], [1, 2]),
        (["30/1/2020", "31/1/2020", "2/2/2020"], [1, 2]),
        (["Jan 30 2020", "Jan 31 2020", "Feb 2 2020"], [1, 2]),
        (["30.01.2020", "31.01.2020", "02.02.2020"], [1, 2]),
        (["2020-01", "2020-02", "2020-03"], [31, 29]),
        (["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-04T00:00:00Z"], [1, 2]),
        (["2020/1/1 6:00", "2020/1/2 6:00", "2020/1/4 6:00"], [1, 2]),
        (["0:00", "12:00", "18:00"], [0.5, 0.25]),
        (["0:00:00", "0:00:01.5", "0:00:02"], [1.5 / 86400, 0.5 / 86400]),
    ],
)
def test_dates_and_times(cells, steps):
    read = column("\n".join(["a,b", *(f"{i}.5,{cell}" for i, cell in enumerate(cells))]))
    assert read.kind == "time"
    np.testing.assert_allclose(np.diff(read.values) / 86400, steps)


def test_which_way_round_a_date_was_read_is_said():
    assert "month/day/year" in said(read_table(b"a,b\n1,3/4/2020\n2,3/5/2020\n"))
    assert "day/month/year" in said(read_table(b"a,b\n1,3/4/2020\n2,13/5/2020\n"))


def test_a_clock_passes_midnight_and_rows_are_put_in_order():
    night = read_table(b"t,v\n23:59:58,1\n23:59:59,2\n00:00:01,3\n")
    assert np.diff(night.series("v", "t").times).tolist() == [1, 2]
    mixed = read_table(b"t,v\n3,30\n1,10\n,9\n2,20\n").series("v", "t")
    assert (mixed.times.tolist(), mixed.values.tolist()) == ([1, 2, 3], [10, 20, 30])
    assert [note.en for note in mixed.notes] == [
        "Rows without a time are left out: 1.",
        "The rows are put in the order of t.",
    ]
    assert read_table(b"t,v\n3,30\n1,10\n").series("v").times is None


@pytest.mark.parametrize(
    ("text", "names", "rows", "note"),
    [
        ("a,b\n1,2\n3,4\n", ["a", "b"], 2, None),
        ("0,1,2,target\n9.6,8.6,1,a\n1.4,2.7,3,b\n9.9,9.3,4,a\n", ["0", "1", "2", "target"], 3, None),
        ("0,1,2\n9.6,8.6,1\n1.4,2.7,3\n9.9,9.3,4\n", ["0", "1", "2"], 3, None),
        ("country,1990,1991\nJ,1,2\nK,2,3\nL,3,4\n", ["country", "1990", "1991"], 3, None),
        ("0,510,0,\n1,505,1,\n2,506,0,\n", ["x1", "x2", "x3"], 3, "no names"),
        ("a,b,\n1,2,\n3,4,\n", ["a", "b"], 2, None),
        (",a,b\n0,1.5,2\n1,2.5,3\n", ["row", "a", "b"], 2, "names the rows"),
        ('"","a","b"\n"x",1,2\n"y",2,3\n', ["row", "a", "b"], 2, "names the rows"),
        ('"a" "b"\n"1" 5 6\n"2" 7 8\n', ["row", "a", "b"], 2, "blanks"),
        (",a\nx,1\nx,2\n", ["x1", "a"], 2, None),
        ("Unnamed: 0,a\n0,1.5\n1,2.5\n", ["Unnamed: 0", "a"], 2, "names the rows"),
        ("a,a,a\n1,2,3\n2,3,4\n", ["a", "a (2)", "a (3)"], 2, "another column called a"),
        ("sep=;\na;b\n1,5;2\n", ["a", "b"], 1, "semicolons"),
        (
            "model,X\nrate,1s\nNO.,t,CH1,CH2\n,,mV,℃\n1,9:00,1,2\n2,9:01,2,3\n",
            ["NO.", "t", "CH1 (mV)", "CH2 (℃)"],
            2,
            "Lines 1–2 are a remark",
        ),
        ('"","2-10","10-20"\n"a",43,16\n"b",6,11\n"c",9,18\n', ["row", "2-10", "10-20"], 3, "names the rows"),
        (",row,b\nx,1.5,2\ny,2.5,3\n", ["row (1)", "row", "b"], 2, "names the rows"),
        ("a,b\n1,2\n3,4\x1a\n", ["a", "b"], 2, None),
        ("# made by x\n# 2020\na,b\n1,2\n3,4\n", ["a", "b"], 2, "Lines 1–2 are a remark"),
        ("# t v\n0 1\n1 2\n2 5\n", ["t", "v"], 3, "blanks"),
        ("a title\nvalue\n1\n2\n3\n", ["value"], 3, "Line 1 is a remark"),
        ("a|b\n1|2\n3|4\n", ["a", "b"], 2, "bars"),
        ("a b\n1 2\n3 4\n5 6\n", ["a", "b"], 3, "blanks"),
        ("a,b,c\n1,2\n3,4,5\n6,7,8\n", ["a", "b", "c"], 3, "1 of 3 rows have gaps"),
        ("a,b\n1,\n,4\n5,6\n", ["a", "b"], 3, "2 of 3 rows have gaps"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_where_the_table_begins_and_what_its_columns_are_called(text, names, rows, note, end):
    table = read_table(text.replace("\n", end).encode())
    assert (list(table.names), table.rows) == (names, rows)
    assert note in said(table) if note else not table.notes or "gaps" in said(table)


def test_several_lines_of_names_as_the_weather_agency_writes():
    text = (
        "ダウンロードした時刻：2024/05/01 10:00:00\r\n\r\n,東京,東京,東京\r\n年月日,平均気温(℃),平均気温(℃),平均気温(℃)\r\n"
        ",,品質情報,均質番号\r\n2024/4/1,13.1,8,1\r\n2024/4/2,14.5 ),8,1\r\n2024/4/3,--,8,1\r\n2024/4/4,12.1 ],8,1\r\n"
    )
    table = read_table(text.encode("cp932"))
    assert table.names[:2] == ("年月日", "東京 平均気温(℃)")
    np.testing.assert_array_equal(table.columns[1].values, [13.1, 14.5, np.nan, 12.1])
    for part in ("Shift_JIS", "Line 1 is a remark", "3 lines hold the names", "-- is taken for a gap"):
        assert part in said(table)


@pytest.mark.parametrize(
    ("encoding", "note"),
    [("utf-16", None), ("utf-8-sig", None), ("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("utf-8", None)],
)
def test_encodings(encoding, note):
    table = read_table("身長\t組\n165\tねこ表\n177\tいぬ\n163\tねこ表\n".encode(encoding))
    assert table.names == ("身長", "組")
    assert table.column("組").groups == ("いぬ", "ねこ表")
    assert note in said(table) if note else "taken for" not in said(table)


def test_latin_1_is_the_last_resort_and_said():
    for word in ("déjà vu", "Müller", "José", "señor", "Zürich", "50 µm"):
        table = read_table(f"x,y\n1,{word}\n2,b\n".encode("latin-1"))
        assert table.column("y").first[0] == word
        assert "Latin-1" in said(table)


def test_half_width_kana_are_japanese():
    assert read_table("x,y\n1,ｱｲｳ\n2,ｶｷｸ\n".encode("cp932")).column("y").first == ("ｱｲｳ", "ｶｷｸ")


# ---- workbooks


def workbook(*rows, before=False):
    book = openpyxl.Workbook()
    if before:
        book.create_sheet("data")
    for row in rows:
        book.worksheets[-1].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook():
    days = [datetime.date(2024, 4, day) for day in (1, 2, 4)]
    rows = [
        ["A title"],
        [],
        ["day", "height", "pass", "class"],
        [days[0], 1.5, True, "a"],
        [days[1], None, False, "b"],
        [days[2], 3, True, "a"],
    ]
    table = read_table(workbook(*rows, before=True))
    assert [column.kind for column in table.columns] == ["time", "number", "yes/no", "words"]
    np.testing.assert_array_equal(table.column("height").values, [1.5, np.nan, 3])
    assert np.diff(table.column("day").values).tolist() == [86400, 2 * 86400]
    assert "Sheet “data” of 2" in said(table)
    assert "Line 1 is a remark" in said(table)


def test_a_long_workbook_is_read_up_to_a_number_of_cells(monkeypatch):
    rows = [[i, i / 7, *[None] * 600, "ab"[i % 2]] for i in range(500)]
    book = workbook(["x", "y"], *rows)
    assert len(rows) * len(rows[0]) > MAX_CELLS  # but most of them are empty
    assert read_table(book).rows == 500
    monkeypatch.setattr("core.tables.workbook.MAX_CELLS", 400)
    table = read_table(book)
    assert table.rows == (400 - 3) // 4  # a row counts for its values and one more
    assert "first 100 rows were read" in said(table)


def test_a_workbook_may_not_be_a_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 * 2**20))
    assert fault(file.getvalue()) == ("workbook", {})
    good = workbook(["a", "b"], [1, 2])
    for cut in range(30, len(good), 97):
        assert fault(good[:cut])[0] in ("workbook", "binary")


# ---- data sets and series


MIXED = "kind,size,age,note\n" + "".join(f"{'abc'[i % 3]},{i / 3},{20 + i if i % 7 else ''},n{i}\n" for i in range(60))


def test_what_can_be_a_label_and_what_a_feature():
    table = read_table(MIXED.encode())
    assert (table.numbers, table.labels, table.label, table.splits) == (
        ("size", "age"),
        ("kind",),
        "kind",
        ("size", "age"),
    )
    assert [column.missing for column in table.columns] == [0, 0, 9, 0]
    chosen = table.choose("kind", ["size", "age"])
    assert [note.en for note in chosen.notes] == ["9 of 60 rows have gaps in these columns and are left out."]
    assert chosen.rows.tolist() == [i for i in range(60) if i % 7]
    assert chosen.data.class_names == ("a", "b", "c")
    assert table.dataset("kind", ["size"]).x.shape == (60, 1)
    assert table.dataset().class_names == ("table",)  # no label is needed
    with pytest.raises(TableError, match="60 different words"):
        table.dataset("note")
    with pytest.raises(TableError, match="does not hold numbers"):
        table.dataset("kind", ["note"])
    with pytest.raises(TableError, match="does not hold numbers"):
        table.series("kind")


def test_row_names_are_the_last_resort_for_a_label():
    table = read_table(b",a,b\nx,1,2\ny,3,4\nz,5,6\n")
    assert (table.label, table.labels, table.numbers) == (None, ("a", "b", "row"), ("a", "b"))
    assert table.dataset("row").class_names == ("x", "y", "z")


def test_a_label_of_many_numbers_is_cut_and_said():
    table = read_table(MIXED.encode())
    chosen = table.choose("size")
    assert chosen.data.class_names == ("≤ 9.83333", "> 9.83333")
    assert np.bincount(table.dataset("size", ["age"], parts=4).y).tolist() == [12, 13, 13, 13]
    assert "size is cut at its median" in chosen.notes[0].en
    assert chosen.data.feature_names == ("age",)


def test_columns_of_gaps_do_not_empty_the_table():
    table = read_table(b"a,b,c\n" + b"".join(b"%d,%d,%s\n" % (i, i * i, b"1" if i < 3 else b"") for i in range(30)))
    chosen = table.choose()
    assert chosen.data.x.shape == (30, 2)
    assert [note.en for note in chosen.notes] == ["Columns with many gaps (c) are left out."]
    with pytest.raises(TableError, match="No row"):
        read_table(b"a,b\n1,\n,2\n").dataset(None, ["a", "b"])


def test_long_tables_are_drawn_from_with_a_seed():
    table = read_table(b"x,y\n" + b"\n".join(b"%d,%d" % (i, i % 2) for i in range(12_000)))
    assert table.rows == 12_000
    assert "5,000 of 12,000 rows, drawn at random" in said(table)
    chosen = table.choose("y", limit=5000)
    assert len(chosen.data.x) == len(set(chosen.rows.tolist())) == 5000
    assert (np.diff(chosen.rows) > 0).all()
    assert chosen.rows.tolist() == table.choose("y").rows.tolist() != table.choose("y", seed=1).rows.tolist()
    assert chosen.data.x[:, 0].tolist() == chosen.rows.tolist()
    assert len(table.series("x").values) == 12_000


def test_columns_are_bounded():
    table = read_table(b"\n".join([b"1" + b",1" * 4999] * 2))
    assert len(table.columns) == 1000
    assert "first 1,000 of 5,000 columns" in said(table)
    assert len(read_table(b"1" + b",1" * 99_999).columns) == 1000


# ---- the limits


def test_bytes(tmp_path):
    limit = 5 * 2**20
    padded = PLAIN + b" " * (limit - len(PLAIN))
    assert len(read_csv(padded).x) == 3
    path = tmp_path / "huge.csv"
    path.write_bytes(padded + b"\n")
    for huge in (padded + b"\n", io.BytesIO(padded + b"\n"), path):
        assert fault(huge) == ("bytes", {"limit": 5})


def test_a_huge_file_is_not_read_whole():
    asked = []

    class Endless:
        def read(self, count):
            asked.append(count)
            return b"1" * count

    assert fault(Endless())[0] == "bytes"
    assert asked == [5 * 2**20 + 1]


def test_classes():
    rows = [b"%d,c%d" % (i, i) for i in range(21)]
    assert len(read_csv(b"x,y\n" + b"\n".join(rows[:20])).class_names) == 20
    assert fault(b"x,y\n" + b"\n".join(rows), label="y") == ("classes", {"column": "y", "found": 21, "limit": 20})


def test_names_are_cut():
    name = "n" * 90
    data = read_csv(f"{name},y\n1,{name}\n2,b\n".encode())
    assert data.feature_names == ("n" * 79 + "…",)
    assert data.class_names == ("b", "n" * 79 + "…")


# ---- what is wrong


@pytest.mark.parametrize(
    ("content", "code", "fields"),
    [
        (b"", "empty", {}),
        (b"\xef\xbb\xbf", "empty", {}),
        (b"\n \r\n\t\t\n", "empty", {}),
        (b"a,b\n", "header", {}),
        (b"words\nonly\n", "numbers", {"names": "words"}),
        (b"x,y\np,a\nq,b\n", "numbers", {"names": "x, y"}),
        (b"x,y\n1,a\n2,b,c\n", "ragged", {"line": 3, "column": 3, "found": 3, "expected": 2}),
        (b'x,y\n"1\n",a\n2,3,4\n', "ragged", {"line": 4, "column": 3, "found": 3, "expected": 2}),
        (b'x,y\n1,a\n2,"b\n3,a\n', "quotes", {"line": 3, "column": 2}),
        (b'x,y\n1,a\n2,"b"c\n', "quotes", {"line": 3, "column": 2}),
        (b'x,y\n1,a\n"2"d,b\n', "quotes", {"line": 3, "column": 1}),
        (b'x,y\n1,"' + b"a" * 200_000, "quotes", {"line": 2, "column": 2}),
        (bytes(range(256)), "binary", {}),
        (zipped(), "binary", {}),
        (b"\x1f\x8b\x08\x00\x00", "binary", {}),
    ],
)  # fmt: skip
def test_one_sentence_for_each_fault(content, code, fields):
    assert fault(content) == (code, fields)


def test_a_label_that_is_not_there():
    assert fault(PLAIN, label="Kind") == ("column", {"name": "Kind", "names": "height, weight, kind"})
    code, fields = fault(b"a,b,c,d,e,f\n1,2,3,4,5,6", label="")
    assert (code, fields["names"]) == ("column", "a, b, c, d, e, …")
    assert fault(b"x,y\n1,a\n2,a\n", label="y") == ("one_class", {"column": "y"})
    assert fault(b"x,y,z\n1,a,1\n,b,2\n3,a,2\n", label="y")[0] == "one_class"  # b has gaps


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path, "\0.csv"):
        assert fault(path)[0] == "file"
    assert fault(tmp_path / "no.csv")[1] == {"name": "no.csv"}


def test_a_label_that_is_no_name_is_the_programmers():
    with pytest.raises(ValueError, match="must be") as caught:
        read_csv(PLAIN, label=2)
    assert not isinstance(caught.value, TableError)


def test_a_text_file_or_something_else_is_the_programmers():
    for wrong in (io.StringIO("x,y"), 7, None):
        with pytest.raises(ValueError, match="must") as caught:
            read_csv(wrong)
        assert not isinstance(caught.value, TableError)


def test_what_a_sentence_quotes_is_short_and_printable():
    code, fields = fault(PLAIN, label="z" * 500)
    assert (code, len(fields["name"])) == ("column", 80)
    assert fault(PLAIN, label="z\u202e")[1]["name"] == "z\ufffd"


def test_every_fault_has_a_sentence_in_both_languages_and_is_raised():
    def places(lang):
        return [
            sorted(n for _, n, _, _ in string.Formatter().parse(t(lang)) if n) for t in TableError.SENTENCES.values()
        ]

    assert places("ja") == places("en")
    sources = "".join(path.read_text("utf-8") for path in Path(core.tables.__file__).parent.glob("*.py"))
    for code, text in TableError.SENTENCES.items():
        assert code in FileError.SENTENCES or f'TableError("{code}"' in sources, code
        assert any("ぁ" <= c <= "ヿ" for c in text.ja)


# ---- whatever comes


def outcome(content, **options):
    """Read; a data set must be sound, and nothing but a TableError may come out."""
    try:
        data = read_csv(content, **options)
    except TableError as error:
        return error.code
    assert np.isfinite(data.x).all()
    assert data.x.shape == (len(data.y), len(data.feature_names))
    assert 1 <= len(data.class_names) <= 20
    assert set(data.y) == set(range(len(data.class_names)))
    return "read"


@given(some.binary(max_size=300))
@example(b'"')
@example(b"\x81,\x82\n")
@example(b"PK\x03\x04")
def test_random_bytes(content):
    outcome(content)


@given(some.text(max_size=200), some.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp", "latin-1"]))
def test_random_text(text, encoding):
    outcome(text.encode(encoding, errors="ignore"))


@settings(max_examples=200)
@given(some.text(alphabet='ab1 .,;:/%\t"\n\r-e', max_size=60), some.none() | some.sampled_from(["a", "b", "x1"]))
def test_random_tables(text, label):
    outcome(text.encode(), label=label)


@given(some.lists(some.tuples(some.floats(-9, 9), some.sampled_from(string.ascii_letters)), min_size=4, max_size=30))
def test_the_order_of_the_rows_does_not_matter(rows):
    lines = [f"{x!r},{y}" for x, y in rows]
    there, back = ("\n".join(["x,y", *some_lines]).encode() for some_lines in (lines, lines[::-1]))
    assert outcome(there) == outcome(back)
    if outcome(there) == "read":
        a, b = read_csv(there), read_csv(back)
        assert a.class_names == b.class_names
        assert (a.x == b.x[::-1]).all()
        assert (a.y == b.y[::-1]).all()


# ---- size


def test_very_many_rows_are_read_up_to_a_number_and_said(monkeypatch):
    monkeypatch.setattr(core.tables.rows, "MAX_ROWS", 1000)
    for quote in ("", '"'):
        table = read_table((f"{quote}a{quote},b\n\n" + "".join(f"{i},{i % 2}\n" for i in range(1500))).encode())
        assert table.rows == 999  # the names are a row of the file
        assert "first 1,000 rows were read" in said(table)
        assert table.column("a").values.tolist() == list(range(999))


@given(some.text(alphabet="ab1 ,;\t\n\r", max_size=60), some.sampled_from([",", ";", "\t"]))
def test_a_text_without_quotes_is_cut_as_one_with_quotes_would_be(text, separator):
    rows = core.tables.rows
    plain, quoted = (cut(text, separator, 0) for cut in (rows._plain, rows._quoted))
    assert [[cell.strip() for cell in row] for row in plain.cells] == [
        [cell.strip() for cell in row] for row in quoted.cells
    ]
    assert list(plain.lines) == list(quoted.lines)

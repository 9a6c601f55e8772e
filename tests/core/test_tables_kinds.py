"""Kinds of tables that people bring: each becomes what they expect of it, with the numbers that pandas gives."""

import datetime
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from core.classical import kalman as k
from core.tables import How, TableError, read_table

RNG = np.random.default_rng(20)


def text(header, *columns, end="", separator=","):
    lines = [separator.join(map(str, row)) + end for row in zip(*columns, strict=True)]
    return "\n".join(([separator.join(header) + end] if header else []) + lines) + "\n"


def theirs(content, **how):
    return pd.read_csv(io.StringIO(content), **how)


AB = ["ab"[i % 2] for i in range(40)]
PLACES = text(["緯度", "経度", "側"], *(np.round(c + RNG.normal(0, 0.04, 40), 5) for c in (35.7, 139.7)), AB)
TIMES = text(["Time (seconds)", "temperature"], np.arange(40) / 2, np.round(20 + RNG.normal(0, 1, 40), 2))
PANDAS = text(["0", "1", "2", "3", "target"], *np.round(RNG.normal(10, 1, (4, 40)), 2), AB)
SURVEY = text(["犬が好き", "朝型", "運動", "組"], *RNG.integers(0, 2, (3, 40)), AB)
NAMED = text(["品種", "花弁の長さ cm", "花弁の幅 cm"], AB, *np.round(RNG.normal(5, 1, (2, 40)), 2))
INCOME = text(["年齢", "年収（円）", "購入"], range(20, 60), RNG.integers(2_000_000, 9_000_000, 40), AB)


@pytest.mark.parametrize("content", [PLACES, TIMES, PANDAS, SURVEY, NAMED, INCOME])
def test_all_columns_are_those_of_pandas(content):
    table, frame = read_table(content.encode()), theirs(content)
    assert list(table.names) == list(frame.columns)
    assert table.rows == len(frame) == 40
    for column in table.columns:
        if column.kind == "number":
            np.testing.assert_array_equal(column.values, frame[column.name])
        else:
            assert [column.groups[c] for c in column.codes] == frame[column.name].tolist()


def test_places_are_as_many_as_were_read():
    assert len(np.unique(read_table(PLACES.encode()).dataset("側").x, axis=0)) == 40


def test_a_logger_without_a_label_is_a_series():
    table = read_table(TIMES.encode())
    assert (table.numbers, table.label, table.times) == (("Time (seconds)", "temperature"), None, ("Time (seconds)",))
    series = table.series("temperature", "Time (seconds)")
    np.testing.assert_array_equal(series.times, np.arange(40) / 2)


def test_classes_are_called_as_in_the_table():
    data = read_table(NAMED.encode()).dataset("品種")
    assert (data.feature_names, data.class_names) == (("花弁の長さ cm", "花弁の幅 cm"), ("a", "b"))


def test_a_data_logger_with_settings_above_and_signs_with_blanks(rng):
    values = np.round(rng.normal(0, 1, 30), 3)
    signed = [f"{'-' if v < 0 else '+'} {abs(v):.3f}" for v in values]
    rows = text(None, range(1, 31), [f"9:00:{i:02}" for i in range(30)], signed, AB[:30])
    head = "機種,LOG\n測定間隔,1s\n測定点数,30\nNO.,時刻,CH1,警報\n番号,,mV,\n"
    table = read_table((head + rows).encode("cp932"))
    assert (table.rows, table.column("CH1 (mV)").missing) == (30, 0)
    np.testing.assert_array_equal(table.column("CH1 (mV)").values, values)
    np.testing.assert_array_equal(np.diff(table.column("時刻").values), 1)
    trimmed = read_table(text(["CH1", "警報"], signed, AB[:30]).encode("cp932"))
    np.testing.assert_array_equal(trimmed.column("CH1").values, values)


def test_a_steady_motion_at_uneven_times_has_the_noise_that_it_has(rng):
    times = np.cumsum(np.where(np.arange(80) % 5 > 2, 20.0, 1.0))
    content = text(["時刻 (s)", "位置 (m)"], times, np.round(0.8 * times + rng.normal(0, 1, 80), 2))
    series = read_table(content.encode()).series("位置 (m)", "時刻 (s)")
    dt = np.diff(series.times, prepend=series.times[0] - 1)
    grid = {"q": 10 ** np.linspace(-6, 1, 30), "r": 10 ** np.linspace(-2, 2, 41)}

    def likeliest(make):
        return k.likelihood(make, series.values, **grid).best_r

    start = {"m0": [series.values[0], 0.0], "p0": [100.0, 100.0]}
    assert likeliest(k.uneven(lambda dt: k.constant_velocity(dt, 1.0, 1.0, **start), dt)) == pytest.approx(1, abs=0.4)
    assert likeliest(k.constant_velocity(1.0, 1.0, 1.0, **start)) > 2  # taken for even steps


def test_a_serial_log_with_a_comma_at_each_end(rng):
    columns = [range(40), rng.integers(500, 520, 40), np.round(rng.normal(23.5, 0.1, 40), 2)]
    table = read_table(text(None, *columns, end=",").encode())
    assert table.names == ("x1", "x2", "x3")
    for column, values in zip(table.columns, columns, strict=True):
        np.testing.assert_array_equal(column.values, values)


def test_units_percent_and_thousands(rng):
    sales, damp, tall = rng.integers(1000, 9999, 40), rng.integers(20, 90, 40), rng.integers(140, 190, 40)
    content = text(
        ["売上", "湿度", "背"], [f'"{v:,}"' for v in sales], [f"{v}%" for v in damp], [f"{v} cm" for v in tall]
    )
    table = read_table(content.encode())
    np.testing.assert_array_equal(table.dataset().x, np.column_stack([sales, damp, tall]))
    assert table.dataset().feature_names == ("売上", "湿度 (%)", "背 (cm)")


def test_ten_thousand_rows_are_drawn_from(rng):
    content = text(["x", "y", "kind"], *np.round(rng.normal(0, 1, (2, 10_000)), 1), AB * 250)
    table = read_table(content.encode())
    np.testing.assert_array_equal(table.column("x").values, theirs(content)["x"])
    assert len(table.dataset("kind").x) == 5000


def test_what_excel_calls_unicode_text():
    table = read_table(NAMED.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"))
    np.testing.assert_array_equal(table.dataset("品種").x, theirs(NAMED).iloc[:, 1:])


def test_twelve_rows_are_enough_to_read():
    table = read_table("\n".join(SURVEY.splitlines()[:13]).encode())
    assert table.rows == 12
    assert table.dataset("組").x.shape == (12, 3)


# ---- kinds of our own finding


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def notes(table, lang="en"):
    return " ".join(note(lang) for note in table.notes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("令和6年1月30日", "令和6年2月1日"),
        ("R6.1.30", "R6.2.1"),
        ("平成31年4月29日", "令和元年5月1日"),
        ("昭和64年1月6日", "平成元年1月8日"),
        ("2024年1月30日", "2024年2月1日"),
        ("1月30日", "2月1日"),
        ("2月28日", "3月1日"),
        ("2024/1/30(火)", "2024/2/1(木)"),
        ("1/30/2024 11:59 PM", "2/1/2024 11:59 PM"),
    ],
)
def test_dates_as_they_are_written_in_japan_and_elsewhere(first, second):
    table = read_table(f"x,日\n1,{first}\n2,{second}\n".encode())
    assert table.columns[1].kind == "time"
    assert np.diff(table.columns[1].values).tolist() == [2 * 86400]


def test_an_era_is_the_year_that_it_was():
    day = read_table("x,日\n1,令和6年1月5日\n2,令和6年1月6日\n".encode())
    since = (datetime.datetime(2024, 1, 5) - datetime.datetime(1970, 1, 1)).total_seconds()
    assert day.columns[1].values[0] == since
    assert "made Western ones" in notes(day)
    assert "has no years" in notes(read_table("x,日\n1,1月5日\n2,1月6日\n".encode()))
    for word in ("R2-D2", "T4", "S1", "M3", "H2O"):
        assert read_table(f"x,y\n1,{word}\n2,{word}\n".encode()).columns[1].kind == "words"


def test_names_over_several_columns_belong_to_each():
    rows = [["組", "前期", None, "後期", None], [None, "国語", "数学", "国語", "数学"]]
    table = read_table(workbook(s=[*rows, *(["ab"[i % 2], 50 + i, 60 - i, 55 + i, 70 - i] for i in range(20))]))
    assert table.names == ("組", "前期 (国語)", "前期 (数学)", "後期 (国語)", "後期 (数学)")
    np.testing.assert_array_equal(table.columns[4].values, 70 - np.arange(20))


def test_a_name_that_stands_once_over_several_rows_belongs_to_each():
    content = "組,番号,国語\n" + "".join(
        f"{'AB'[i // 10] if i % 10 == 0 else ''},{i % 10},{50 + i}\n" for i in range(20)
    )
    table = read_table(content.encode())
    assert table.column("組").missing == 0
    assert np.bincount(table.dataset("組").y).tolist() == [10, 10]
    assert "taken to be that of the row above" in notes(table)
    assert read_table(content.encode(), How(all_rows=True)).column("組").missing == 18
    gaps = "組,番号,国語\n" + "".join(f"{'A' if i % 3 else ''},{i},{50 + i}\n" for i in range(20))
    assert read_table(gaps.encode()).column("組").missing == 7  # real gaps stay


def test_sums_at_the_end_are_no_rows():
    content = "組,国語\n" + "".join(f"{'AB'[i % 2]},{50 + i}\n" for i in range(20)) + "合計,1190\n平均,59.5\n"
    table = read_table(content.encode())
    assert (table.rows, table.column("組").groups) == (20, ("A", "B"))
    assert "終わりの行（合計, 平均）は除きました。" in notes(table, "ja")
    assert read_table(content.encode(), How(all_rows=True)).rows == 22


def test_the_sheet_with_the_numbers_is_read_and_another_can_be():
    rows = [["x", "y", "k"], *([i, i * i % 7, "ab"[i % 2]] for i in range(20))]
    book = workbook(
        表紙=[["この表について"], ["2024 年に作成"]], 一月=rows, 二月=[rows[0], *([-i, 0, "c"] for i in range(9))]
    )
    table = read_table(book)
    assert (table.sheets, table.rows) == (("表紙", "一月", "二月"), 20)
    assert "「一月」を読みました（全部で 3 枚）" in notes(table, "ja")
    assert read_table(book, How(sheet="二月")).column("x").values.tolist() == [-i for i in range(9)]
    assert read_table(book, How(sheet="表紙")).rows == 1
    assert read_table(book, How(sheet="none of them")).rows == 20


@pytest.mark.parametrize("head", ["", "<html><meta charset=utf-8><body><p>売上</p>", "\n<!doctype html>\n"])
def test_html_under_the_name_of_excel(head):
    cells = "".join(f"<tr><td>{i}<td>{i}.5</td><td>{'ab'[i % 2]}<br>!</td></tr>" for i in range(20))
    small = "<table><tr><td>menu</table>"
    page = f"{head}{small}<TABLE border=1><tr><th colspan=1>x</th><th>y</th><th>k</th></tr>{cells}</table>"
    table = read_table(page.encode())
    assert table.names == ("x", "y", "k")
    np.testing.assert_array_equal(table.dataset("k").x, np.column_stack([np.arange(20), np.arange(20) + 0.5]))
    assert table.column("k").groups == ("a !", "b !")
    assert "HTML" in notes(table)


def test_html_without_an_end_or_without_a_table():
    for page in ("<table><tr><td>", "<table></table>", "<table><td>1"):
        with pytest.raises(TableError):
            read_table(page.encode())
    assert read_table(b"<table><tr><td colspan=99999999>1").rows == 1
    assert read_table(b"<table><tr><th>a<th>b<tr><td>1<td>2").columns[1].values.tolist() == [2]


def test_what_is_no_table_is_called_by_its_name():
    for content, code in (
        (b'[{"a": 1}]', "json"),
        (b' {"a": [1, 2]}', "json"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "old_excel"),
    ):
        with pytest.raises(TableError) as caught:
            read_table(content)
        assert caught.value.code == code


def test_signs_of_east_asia():
    wide = "ｘ，ｙ\n" + "".join(
        f"{i}，{i}．５\n".translate(str.maketrans("0123456789", "０１２３４５６７８９")) for i in range(9)
    )
    np.testing.assert_array_equal(read_table(wide.encode()).columns[1].values, np.arange(9) + 0.5)
    yen = read_table(b"a,b\n" + b"".join(b"%d,\\%d\n" % (i, 100 * i) for i in range(9)))
    assert (yen.columns[1].unit, yen.columns[1].values[2]) == ("¥", 200)


def test_a_table_in_markdown():
    rows = "".join(f"| {i} | {i}.5 | {'ab'[i % 2]} |\n" for i in range(9))
    table = read_table(f"| x | y | k |\n|---|:--:|--:|\n{rows}".encode())
    assert (table.names, table.rows, table.column("x").missing) == (("x", "y", "k"), 9, 0)


def test_utf_16_without_its_mark():
    assert read_table(NAMED.replace("品種", "kind").replace("花弁の", "p").encode("utf-16-le")).rows == 40


# ---- whatever was decided can be decided otherwise


@pytest.mark.parametrize(
    ("content", "how", "kinds", "values"),
    [
        ("a;b\n1,5;x\n2,25;y\n", How(decimal="."), ["words", "words"], None),
        ("a\tb\n1.234\tx\n2.345\ty\n", How(decimal=","), ["number", "words"], [1234, 2345]),
        ("a\tb\n1,234\tx\n2,345\ty\n", How(decimal=","), ["number", "words"], [1.234, 2.345]),
        ("a;b,c\n1;2,3\n", How(separator=","), ["words", "number"], None),
        ("2020,2021\n1,2\n3,4\n5,6\n", How(named=True), ["number", "number"], [1, 3, 5]),
        ("a,b\nx,1\ny,2\n", How(named=False), ["words", "words"], None),
        ("d,v\n3/4/2024,1\n3/5/2024,2\n", How(day_first=True), ["time", "number"], None),
        ("name,A,B,C\nheight,160,170,165\nweight,50,60,55\n", How(turned=True), ["words", "number", "number"], None),
    ],
)
def test_decisions_are_the_readers(content, how, kinds, values):
    table = read_table(content.encode(), how)
    assert [column.kind for column in table.columns] == kinds
    if values:
        assert table.columns[0].values.tolist() == values


def test_what_the_readers_decision_changes():
    days = [
        read_table(b"d,v\n3/4/2024,1\n3/5/2024,2\n", How(day_first=first)).columns[0].values for first in (False, True)
    ]
    assert [float(np.diff(each)[0]) / 86400 for each in days] == [1, 30]
    impossible = read_table(b"d,v\n3/14/2024,1\n3/15/2024,2\n", How(day_first=True)).columns[0].values
    assert np.diff(impossible)[0] == 86400  # no month has the number 14
    turned = read_table(b"name,A,B\nheight,160,170\nweight,50,60\n", How(turned=True))
    assert turned.names == ("name", "height", "weight")
    assert turned.column("weight").values.tolist() == [50, 60]
    text = "身長,組\n165,ねこ\n".encode("cp932")
    assert read_table(text, How(encoding="cp1252")).names != ("身長", "組")
    assert read_table(text, How(encoding="cp932")).names == ("身長", "組")
    assert read_table(text, How(encoding="utf-8")).rows == 1  # wrong, but read


# ---- what is told, what is only a remark, what can be no label


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        ("number", ["a1", "3", "4 cm"], [np.nan, 3, 4]),
        ("time", ["2001", "2002", "x"], [978307200, 1009843200, np.nan]),
        ("yes/no", ["m", "f", "m"], [1, 0, 1]),
        ("yes/no", ["いいえ", "はい", "NA"], [0, 1, np.nan]),
        ("words", ["1", "2", "10"], []),
        ("row name", ["1", "2", "10"], []),
    ],
)
def test_a_column_is_of_the_kind_that_one_says(kind, cells, values):
    content = "k,x\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))
    assert read_table(content.encode()).column("x").kind != kind or kind == "yes/no"
    column = read_table(content.encode(), How(kinds=(("x", kind), ("elsewhere", "time")))).column("x")
    assert column.kind == kind
    np.testing.assert_array_equal(column.values, values)


@pytest.mark.parametrize(("kind", "code"), [("number", "number"), ("time", "time"), ("yes/no", "answers")])
def test_what_a_column_cannot_be_is_said(kind, code):
    with pytest.raises(TableError) as caught:
        read_table(b"x,y\na,1\nb,2\nc,3\n", How(kinds=(("x", kind),)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "remark",
    [
        "※ 2020 年は速報値,,",
        "注：境界未定を含む",
        "注1) 推計, 2 年ごと, 単位は人, 速報",
        "* p < 0.05, ** p < 0.01",
        "Source: World Bank, 2021",
        "Here the method of counting changed,,",
    ],
)
@pytest.mark.parametrize("at", [2, 5])
def test_a_footnote_is_no_row(remark, at):
    lines = [f"県{i},{i * 7},{i * i}" for i in range(5)]
    content = "\n".join(["県,人口,面積", *lines[:at], remark, *lines[at:]]).encode()
    table = read_table(content)
    assert table.rows == 5
    assert table.column("人口").values.tolist() == [0, 7, 14, 21, 28]
    assert "nothing but a remark are left out: 1" in notes(table)
    if remark.count(",") == 2:
        assert read_table(content, How(all_rows=True)).rows == 6


@pytest.mark.parametrize(
    "row", ["*,,", "水,,", "*x,3,", "注文,3,4", "(1),3,4", "Notebook,5,", "A long name of a row,5,"]
)
def test_a_row_with_data_or_with_gaps_is_no_footnote(row):
    content = f"k,x,y\n木,1,2\n{row}\nA long name of a place,3,4\n金,5,6\n"
    table = read_table(content.encode(), How(kinds=(("k", "words"),)))
    assert table.rows == 4


def test_a_raised_number_is_a_footnote_s_and_no_digit():
    table = read_table("x,y\n12¹,3†\n14,4\n15⁽²⁾,5\n".encode())
    assert table.column("x").values.tolist() == [12, 14, 15]
    assert table.column("x").groups == ("12", "14", "15")
    assert table.column("y").values.tolist() == [3, 4, 5]
    assert "Numbers of footnotes in x (¹ ⁽²⁾) are left out." in notes(table)
    area = read_table("x,a\n1,12 m²\n2,13 m²\n".encode()).column("a")
    assert (area.values.tolist(), area.unit) == ([12, 13], "m2")


def test_a_label_with_too_many_values_is_named():
    table = read_table(("name,v,k\n" + "".join(f"n{i},{i},{'ab'[i % 2]}\n" for i in range(30))).encode())
    assert "Columns with more than 20 different words (name: 30) cannot be labels." in notes(table)
    assert table.labels == ("k",)
    few = read_table(("name,v\n" + "".join(f"n{i % 20},{i}\n" for i in range(30))).encode())
    assert few.labels == ("name",)
    assert "labels" not in notes(few)

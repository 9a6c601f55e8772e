"""Own tables: what is read, and the one sentence for everything else."""

import doctest
import io
import string
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from sklearn.datasets import load_iris

import core.tables
from core.data import Dataset, TableError, read_columns, read_csv

PLAIN = b"height,weight,kind\n1.5,4,cat\n6,30,dog\n-2e1,.5,cat\n"


def fault(content, **options):
    with pytest.raises(TableError) as caught:
        read_csv(content, **options)
    assert caught.value.args[0] == str(caught.value) != ""
    return caught.value.code, caught.value.fields


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
    assert read_columns(PLAIN) == ("height", "weight", "kind")


def test_docstring_example():
    results = doctest.testmod(core.tables)
    assert results.attempted > 0
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
    assert read_csv(b"x,y\n0,10\n0,2\n0,1e999\n").class_names == ("10", "1e999", "2")


@given(some.permutations(["0,1", "0,1.0", "0,2", "0,02", "0,3e0"]))
def test_the_classes_do_not_depend_on_the_order_of_the_rows(rows):
    assert read_csv("\n".join(["x,y", *rows]).encode()).class_names == ("1", "2", "3e0")


def test_without_a_header_the_columns_are_numbered():
    data = read_csv(b"1,2,cat\n3,4,dog\n")
    assert data.feature_names == ("x1", "x2")
    assert len(data.x) == 2
    assert read_columns(b"1,2,cat\n") == ("x1", "x2", "x3")
    assert read_csv(b"1,2,3\n3,4,5\n", label="x1").feature_names == ("x2", "x3")


@pytest.mark.parametrize("first", ["nan,dog", "-inf,dog", '"1,234",dog', "1_000,dog", "oops,1", "１,dog"])
def test_a_first_row_that_was_meant_as_data_is_not_taken_for_names(first):
    assert read_columns(f"{first}\n1,cat\n".encode()) == ("x1", "x2")


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
    assert read_columns(b'a,  "kind"\n') == ("a", "kind")
    assert data.class_names == ("one class", "other")


def test_rows_without_content_are_skipped():
    assert same(read_csv(b"\n \n" + PLAIN.replace(b"\n", b"\n\n,,\n")), read_csv(PLAIN))


def test_a_file_is_read_from_where_it_stands():
    file = io.BytesIO(b"junk\n" + PLAIN)
    file.seek(5)
    assert same(read_csv(file), read_csv(PLAIN))


# ---- the limits, on both sides


def test_rows():
    rows = [b"%d,%d" % (i, i % 2) for i in range(5001)]
    assert len(read_csv(b"x,y\n" + b"\n".join(rows[:5000])).x) == 5000
    assert fault(b"x,y\n" + b"\n".join(rows)) == ("rows", {"limit": 5000})
    assert len(read_csv(b"x,y\n1,a\n2,b\n", max_rows=2).x) == 2
    assert fault(b"x,y\n1,a\n2,b\n3,b\n", max_rows=2) == ("rows", {"limit": 2})


def test_columns():
    def wide(n):
        return b"\n".join(b",".join([b"%d" % row] * n) for row in (0, 1))

    assert read_csv(wide(100)).x.shape == (2, 99)
    assert fault(wide(101)) == ("columns", {"found": 101, "limit": 100})
    assert fault(wide(3), max_columns=2) == ("columns", {"found": 3, "limit": 2})
    assert read_csv(wide(2), max_columns=2).x.shape == (2, 1)


def test_a_million_columns():
    assert fault(b"1" + b",1" * 999_999) == ("columns", {"found": 1_000_000, "limit": 100})


def test_bytes(tmp_path):
    limit = 5 * 2**20
    padded = PLAIN + b"\n" * (limit - len(PLAIN))
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
    assert fault(b"x,y\n" + b"\n".join(rows)) == ("classes", {"column": "y", "found": 21, "limit": 20})


def test_names():
    name = "n" * 80
    assert read_csv(f"{name},y\n1,{name}\n2,b\n".encode()).feature_names == (name,)
    for table in (f"{name}n,y\n1,a\n2,b\n", f"x,y\n1,{name}n\n2,b\n"):
        code, fields = fault(table.encode())
        assert (code, fields["limit"], len(fields["name"])) == ("long", 80, 80)


# ---- what is wrong


@pytest.mark.parametrize(
    ("content", "code", "fields"),
    [
        (b"", "empty", {}),
        (b"\xef\xbb\xbf", "empty", {}),
        (b"\n \r\n\t\t\n", "empty", {}),
        (b"a,b\n", "header", {}),
        (b"just one column\n1\n2\n", "narrow", {}),
        (b"x,y\n1,a\n2,b,c\n", "ragged", {"line": 3, "found": 3, "expected": 2}),
        (b"x,y\n1,a\n2\n", "ragged", {"line": 3, "found": 1, "expected": 2}),
        (b'x,y\n"1\n",a\n2\n', "ragged", {"line": 4, "found": 1, "expected": 2}),
        (b"x,y\n1,a\nnan,b\n", "finite", {"line": 3, "column": "x", "value": "nan"}),
        (b"x,y\n1,a\n-Infinity,b\n", "finite", {"line": 3, "column": "x", "value": "-Infinity"}),
        (b"x,y\n1e999,a\n1,b\n", "finite", {"line": 2, "column": "x", "value": "1e999"}),
        (b"x,y\n,a\n1,b\n", "blank", {"line": 2, "column": "x"}),
        (b"x,y\n1, \n1,b\n", "blank", {"line": 2, "column": "y"}),
        (b"x,y\n1,NaN\n1,1\n2,0\n", "blank", {"line": 2, "column": "y"}),
        (b'x,y\n"1,234",a\n1,b\n', "separators", {"line": 2, "column": "x", "value": "1,234"}),
        (b"x;y\n1,5;a\n2;b\n", "separators", {"line": 2, "column": "x", "value": "1,5"}),
        (b"1,5;2,5;a\n2,5;3,5;b\n", "separators", {"line": 1, "column": "x1", "value": "1,5"}),
        ("x,y\n１，０００,a\n1,b\n".encode(), "separators", {"line": 2, "column": "x", "value": "１，０００"}),
        (b"x,y\n1_000,a\n1,b\n", "separators", {"line": 2, "column": "x", "value": "1_000"}),
        (b"x,y\n1 000,a\n1,b\n", "separators", {"line": 2, "column": "x", "value": "1 000"}),
        (b"x,y\nred,a\n1,b\n", "number", {"line": 2, "column": "x", "value": "red"}),
        (b"x,y\n0x1f,a\n1,b\n", "number", {"line": 2, "column": "x", "value": "0x1f"}),
        ("x,y\n٣,a\n1,b\n".encode(), "number", {"line": 2, "column": "x", "value": "٣"}),
        (b"x,y\n1,a\n2,a\n", "one_class", {"column": "y", "value": "a"}),
        (b"x,y\n1,1\n2,1.0\n", "one_class", {"column": "y", "value": "1"}),
        (b"a,b,a,y\n1,2,3,0\n", "duplicate", {"name": "a"}),
        (b'a,b,"a\n",y\n1,2,3,0\n', "duplicate", {"name": "a"}),
        (b",b,y\n1,2,0\n", "unnamed", {"column": 1}),
        (b'x,y\n1,a\n2,"b\n3,a\n', "quotes", {"line": 3}),
        (b'x,y\n1,a\n2,"b"c\n', "quotes", {"line": 3}),
        (b"x,y\n1," + b"a" * 200_000, "quotes", {"line": 2}),
        (bytes(range(256)), "binary", {}),
        (zipped(), "binary", {}),
        ("x,y\n1,a\n2,b\n".encode("utf-16"), "binary", {}),
        (b"x,y\n1,a\xff\n", "encoding", {}),
        ("x,y\n1,déjà vu\n".encode("latin-1"), "encoding", {}),
        (b"x,y\n1,\x81\n", "encoding", {}),
    ],
)  # fmt: skip
def test_one_sentence_for_each_fault(content, code, fields):
    assert fault(content) == (code, fields)


def test_a_label_that_is_not_there():
    assert fault(PLAIN, label="Kind") == ("label", {"name": "Kind", "names": "height, weight, kind"})
    code, fields = fault(b"a,b,c,d,e,f\n1,2,3,4,5,6", label="")
    assert (code, fields["names"]) == ("label", "a, b, c, d, e, …")


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path, "\0.csv"):
        assert fault(path)[0] == "file"
    assert fault(tmp_path / "no.csv")[1] == {"name": "no.csv"}


def test_a_fault_of_the_label_comes_before_a_fault_of_a_feature():
    assert fault(b"name,x,y\nred,1,2\nblue,2,2\n")[0] == "one_class"


@pytest.mark.parametrize(
    "options",
    [{"max_rows": 0}, {"max_columns": 0}, {"max_rows": 1.5}, {"max_columns": "9"}, {"label": 2}],
)
def test_wrong_arguments_are_the_programmers(options):
    with pytest.raises(ValueError, match="must be") as caught:
        read_csv(PLAIN, **options)
    assert not isinstance(caught.value, TableError)


def test_a_text_file_or_something_else_is_the_programmers():
    for wrong in (io.StringIO("x,y"), 7, None):
        with pytest.raises(ValueError, match="must") as caught:
            read_csv(wrong)
        assert not isinstance(caught.value, TableError)


def test_what_a_sentence_quotes_is_short_and_printable():
    code, fields = fault(f"x,y\n{'z' * 500}\u202e,a\n1,b\n".encode())
    assert (code, len(fields["value"])) == ("number", 80)
    assert fault("x,y\nz\u202e,a\n1,b\n".encode())[1]["value"] == "z\ufffd"


def test_every_code_is_raised_here_or_nowhere():
    texts = [Path(path).read_text(encoding="utf-8") for path in (core.tables.__file__, __file__)]
    for code in TableError.SENTENCES:
        assert texts[0].count(f'"{code}"') >= 2, code
        assert f'"{code}"' in texts[1], code


# ---- whatever comes


def outcome(content, **options):
    """Read; a data set must be sound, and nothing but a TableError may come out."""
    try:
        data = read_csv(content, **options)
    except TableError as error:
        return error.code
    assert np.isfinite(data.x).all()
    assert data.x.shape == (len(data.y), len(data.feature_names))
    assert 2 <= len(data.class_names) <= 20
    assert set(data.y) == set(range(len(data.class_names)))
    return "read"


@given(some.binary(max_size=300))
@example(b'"')
@example(b"\x81,\x82\n")
def test_random_bytes(content):
    outcome(content)


@given(some.text(max_size=200), some.sampled_from(["utf-8", "utf-8-sig", "cp932"]))
def test_random_text(text, encoding):
    outcome(text.encode(encoding, errors="ignore"))


@settings(max_examples=200)
@given(some.text(alphabet='ab1 .,;\t"\n\r-e', max_size=60), some.none() | some.sampled_from(["a", "b", "x1"]))
def test_random_tables(text, label):
    outcome(text.encode(), label=label)


@given(
    some.lists(some.tuples(some.floats(-9, 9), some.sampled_from(string.ascii_letters)), min_size=2, max_size=30),
)
def test_the_order_of_the_rows_does_not_matter(rows):
    lines = [f"{x!r},{y}" for x, y in rows]
    there, back = ("\n".join(["x,y", *some_lines]).encode() for some_lines in (lines, lines[::-1]))
    assert outcome(there) == outcome(back)
    if outcome(there) == "read":
        a, b = read_csv(there), read_csv(back)
        assert a.class_names == b.class_names
        assert (a.x == b.x[::-1]).all()
        assert (a.y == b.y[::-1]).all()

"""Kinds of tables that people bring: each becomes what they expect of it, with the numbers that pandas gives."""

import io

import numpy as np
import pandas as pd
import pytest

from core.classical import kalman as k
from core.tables import read_table

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


def test_a_data_logger_with_settings_above_and_signs_with_blanks():
    values = np.round(RNG.normal(0, 1, 30), 3)
    signed = [f"{'-' if v < 0 else '+'} {abs(v):.3f}" for v in values]
    rows = text(None, range(1, 31), [f"9:00:{i:02}" for i in range(30)], signed, AB[:30])
    head = "機種,LOG\n測定間隔,1s\n測定点数,30\nNO.,時刻,CH1,警報\n番号,,mV,\n"
    table = read_table((head + rows).encode("cp932"))
    assert (table.rows, table.column("CH1 (mV)").missing) == (30, 0)
    np.testing.assert_array_equal(table.column("CH1 (mV)").values, values)
    np.testing.assert_array_equal(np.diff(table.column("時刻").values), 1)
    trimmed = read_table(text(["CH1", "警報"], signed, AB[:30]).encode("cp932"))
    np.testing.assert_array_equal(trimmed.column("CH1").values, values)


def test_a_steady_motion_at_uneven_times_has_the_noise_that_it_has():
    times = np.cumsum(np.where(np.arange(80) % 5 > 2, 20.0, 1.0))
    content = text(["時刻 (s)", "位置 (m)"], times, np.round(0.8 * times + RNG.normal(0, 1, 80), 2))
    series = read_table(content.encode()).series("位置 (m)", "時刻 (s)")
    dt = np.diff(series.times, prepend=series.times[0] - 1)
    grid = {"q": 10 ** np.linspace(-6, 1, 30), "r": 10 ** np.linspace(-2, 2, 41)}

    def likeliest(make):
        return k.likelihood(make, series.values, **grid).best_r

    start = {"m0": [series.values[0], 0.0], "p0": [100.0, 100.0]}
    assert likeliest(k.uneven(lambda dt: k.constant_velocity(dt, 1.0, 1.0, **start), dt)) == pytest.approx(1, abs=0.4)
    assert likeliest(k.constant_velocity(1.0, 1.0, 1.0, **start)) > 2  # taken for even steps


def test_a_serial_log_with_a_comma_at_each_end():
    columns = [range(40), RNG.integers(500, 520, 40), np.round(RNG.normal(23.5, 0.1, 40), 2)]
    table = read_table(text(None, *columns, end=",").encode())
    assert table.names == ("x1", "x2", "x3")
    for column, values in zip(table.columns, columns, strict=True):
        np.testing.assert_array_equal(column.values, values)


def test_units_percent_and_thousands():
    sales, damp, tall = RNG.integers(1000, 9999, 40), RNG.integers(20, 90, 40), RNG.integers(140, 190, 40)
    content = text(
        ["売上", "湿度", "背"], [f'"{v:,}"' for v in sales], [f"{v}%" for v in damp], [f"{v} cm" for v in tall]
    )
    table = read_table(content.encode())
    np.testing.assert_array_equal(table.dataset().x, np.column_stack([sales, damp, tall]))
    assert table.dataset().feature_names == ("売上", "湿度 (%)", "背 (cm)")


def test_ten_thousand_rows_are_drawn_from():
    content = text(["x", "y", "kind"], *np.round(RNG.normal(0, 1, (2, 10_000)), 1), AB * 250)
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

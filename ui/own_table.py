"""A table of one's own: two columns become points, one a series, several a small table; a link carries them."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.data import Dataset
from core.tables import Choice, Table, TableError
from core.text import T
from ui import params as ps
from ui import tables
from ui.made import rounded
from ui.scene import Scene

WORDS = {
    "open": T("自分の表を使う", "Use a table of your own"),
    "label": T("ラベルの列", "Label column"),
    "none": T("なし", "None"),
    "median": T("{name}: 中央値の上と下", "{name}: above and below the median"),
    "quartiles": T("{name}: 四分位数で 4 つに", "{name}: four parts by quartiles"),
    "across": T("横の列", "Column across"),
    "up": T("縦の列", "Column up"),
    "classes": T("使うクラス（{limit} 個まで）", "Classes to use (up to {limit})"),
    "place": T("平面に置く", "Put them on the plane"),
    "series": T("時系列にする列", "Column to take as the series"),
    "time": T("時刻の列", "Column of times"),
    "step": T("なし（1 行が 1 歩）", "None (a row a step)"),
    "gone": T(
        "図にある自分のデータは {count} 行です。もとの表は、いまこのページにありません。列や行を選び直すには、もう一度読み込んでください。",
        "The picture shows {count} rows of your own. The page does not hold the table they came from: read it again to "
        "choose other columns or rows.",
    ),
    "use": T("この列を使う", "Use this column"),
    "first": T(
        "{rows} 行のうち、リンクに入るはじめの {limit} 行を使います。残りはここにあるだけです。",
        "The first {limit} of {rows} rows are used, as many as a link carries. The others stay here.",
    ),
    "drawn": T(
        "{rows} 行から、リンクに入る {limit} 行を無作為に選びました。残りはここにあるだけです。",
        "{limit} of {rows} rows, drawn at random: as many as a link carries. The others stay here.",
    ),
    "columns": T("使う列（{limit} 個まで）", "Columns to use (up to {limit})"),
    "take": T("この表を使う", "Use this table"),
    "least": T("列が二つ以上、行が {least} 行以上いります。", "At least two columns and {least} rows are needed."),
    "constant": T(
        "選んだ列は、どの行も同じ値です。値に違いのある列を選んでください。",
        "These columns have the same values in every row. Choose columns that differ.",
    ),
    "few": T("数の列が二つ以上いります。", "At least two columns of numbers are needed."),
    "numbers": T("数の列がありません。", "There is no column of numbers."),
    "wide": T(
        "値が大きすぎて置けません（絶対値 {span} まで）。", "These values are too large to place (up to {span})."
    ),
}
TIME = re.compile(r"time|date|year|month|day|sec|時刻|時間|日時|日付|年|月日|秒|^t\b", re.IGNORECASE)

Place = Callable[..., None]  # the fields to set, and how many rows the table has where not all of them are taken
Label = tuple[str, int]  # a column, and into how many parts it is cut, 0 for its own values


def offer(scene: Scene, lang: str, place: Place, *, carried: int = 0) -> None:
    """Show the control, where the scene takes points, a series or rows; `place` gets the fields to set.

    `carried` counts the rows of one's own that the picture shows: they may have come without their table.
    """
    offers = {ps.Points: _offer_points, ps.Series: _offer_series, ps.Table: _offer_rows}
    found = [
        (name, control, offers[type(control)])
        for name, control in scene.fields.items()
        if type(control) in offers and getattr(control, "table", True)
    ]
    if not found:
        return
    name, control, show = found[0]
    with st.expander(WORDS["open"](lang), key="sawaru-own-table", on_change="rerun") as box:
        if not box.open:
            return
        table = tables.upload(lang)
        if table is None:
            if carried:
                st.caption(WORDS["gone"](lang).format(count=f"{carried:,}"))
            return
        try:
            show(table, scene, name, control, lang, place)
        except TableError as error:
            st.info(tables.literal(error.sentence(lang)))
        except ValueError:
            st.info(WORDS["wide"](lang).format(span=f"{getattr(control, 'span', 0):g}"))


def _key(table: Table, name: str) -> str:
    """Name a widget; another table has other choices."""
    columns = tuple((column.name, column.kind) for column in table.columns)
    return f"sawaru-own-{name}-{hash((table.name, columns, table.rows))}"


def _label(table: Table, lang: str) -> Label | None:
    """Have the label chosen: a column's own values, or a column of numbers that is cut."""
    whole: list[Label | None] = [(name, 0) for name in table.labels]
    cut: list[Label | None] = [(name, parts) for name in table.splits for parts in (2, 4)]
    options = [*whole, *cut, None]

    def words(option: Label | None) -> str:
        if option is None:
            return WORDS["none"](lang)
        name, parts = option
        return WORDS["quartiles" if parts == 4 else "median"](lang).format(name=name) if parts else name

    first = options.index((table.label, 0) if table.label else None)
    chosen: Label | None = tables.kept(
        st.selectbox,
        WORDS["label"](lang),
        options,
        index=first,
        format_func=words,
        key=_key(table, "label"),
        placeholder=WORDS["none"](lang),
    )
    return chosen


def _offer_points(table: Table, scene: Scene, name: str, control: Any, lang: str, place: Place) -> None:
    label = _label(table, lang) if control.classes > 1 else None
    options = [n for n in table.features if label is None or n != label[0]]
    if len(options) < 2:
        st.info(WORDS["few"](lang))
        return
    left, right = st.columns(2)
    across = tables.kept(left.selectbox, WORDS["across"](lang), options, key=_key(table, f"across-{label}"))
    up = tables.kept(right.selectbox, WORDS["up"](lang), options, index=1, key=_key(table, f"up-{label}"))
    rows, names, of = _rows(table, label, [across, up], control, control.limit, lang)
    windows = {n: () for n, c in scene.fields.items() if isinstance(c, ps.Window)}
    tidy = control.tidy(fine(rows))
    fields = {**control.sets, **windows, **_named(scene, names), name: tidy}
    st.button(WORDS["place"](lang), on_click=place, args=(fields, of), disabled=not tidy, key="sawaru-own-place")


def _offer_rows(table: Table, scene: Scene, name: str, control: Any, lang: str, place: Place) -> None:
    label = _label(table, lang)
    options = [n for n in table.features if label is None or n != label[0]]
    columns = tables.kept(
        st.multiselect,
        WORDS["columns"](lang).format(limit=control.columns),
        options,
        default=[n for n in options if n in table.numbers][: control.columns] or options[: control.columns],
        max_selections=control.columns,
        key=_key(table, f"columns-{label}"),
    )
    rows, names, of = _rows(table, label, columns, control, control.rows, lang) if columns else ([], (), 0)
    if len(columns) < 2 or len(rows) < control.least:
        st.info(WORDS["least"](lang).format(least=control.least))
        return
    if all(row[:-1] == rows[0][:-1] for row in rows):
        st.info(WORDS["constant"](lang))
        return
    fields = {**control.sets, **_named(scene, names), name: control.tidy(fine(rows))}
    st.button(WORDS["take"](lang), on_click=place, args=(fields, of), key="sawaru-own-rows")


def _rows(
    table: Table, label: Label | None, columns: list[str], control: Any, limit: int, lang: str
) -> tuple[list[list[float]], tuple[str, ...], int]:
    """Have the classes chosen; give rows [*features, class], names of columns and classes, and from how many rows."""
    chosen = choose(table, label, columns)
    notes, kept = [note(lang) for note in chosen.notes], chosen.data.class_names
    if label:
        kept = tuple(
            tables.kept(
                st.multiselect,
                WORDS["classes"](lang).format(limit=control.classes),
                list(kept),
                default=list(kept[: control.classes]),
                max_selections=control.classes,
                key=_key(table, f"classes-{label}"),
            )
        )
    found, names = picked(chosen.data, kept)
    few = [found[i] for i in drawn(len(found), limit)]
    if len(few) < len(found):
        notes.append(WORDS["drawn"](lang).format(rows=f"{len(found):,}", limit=limit))
    if notes:
        st.caption(tables.said(notes, lang))
    return few, names if label else names[: len(columns)], len(found)


def choose(table: Table, label: Label | None, columns: list[str]) -> Choice:
    """Take all rows that have values in these columns."""
    name, parts = label or (None, 0)
    return table.choose(name, columns, parts=parts or 2, limit=table.rows)


def picked(data: Dataset, classes: tuple[str, ...]) -> tuple[list[list[float]], tuple[str, ...]]:
    """Give the rows of some classes, [*features, class], and the names of the columns and of these classes."""
    numbers = {data.class_names.index(name): i for i, name in enumerate(classes)}
    rows = np.flatnonzero(np.isin(data.y, list(numbers)))
    return [[*data.x[row].tolist(), numbers[int(data.y[row])]] for row in rows], (*data.feature_names, *classes)


def fine(rows: list[list[float]]) -> list[list[Any]]:
    """Round each column by its own spread; the class stays."""
    columns = list(zip(*rows, strict=True))
    return [list(row) for row in zip(*map(rounded, columns[:-1]), *columns[-1:], strict=True)]


def drawn(count: int, limit: int) -> list[int]:
    """Draw some of `count` rows at random, the same ones each time; they stay in their order."""
    if count <= limit:
        return list(range(count))
    return sorted(np.random.default_rng(0).choice(count, limit, replace=False).tolist())


def _offer_series(table: Table, scene: Scene, name: str, control: Any, lang: str, place: Place) -> None:
    if not table.features:
        st.info(WORDS["numbers"](lang))
        return
    times = next((n for n, c in scene.fields.items() if isinstance(c, ps.Times)), None)
    time, left = None, st.container()
    if times and table.times:
        left, right = st.columns(2)
        clocks: list[str | None] = [None, *table.times]
        time = tables.kept(
            right.selectbox,
            WORDS["time"](lang),
            clocks,
            index=clocks.index(likely_time(table)),
            format_func=lambda n: n or WORDS["step"](lang),
            key=_key(table, "time"),
            placeholder=WORDS["step"](lang),
        )
    options = [n for n in table.features if n != likely_time(table)] or list(table.features)
    value = tables.kept(left.selectbox, WORDS["series"](lang), options, key=_key(table, "series"))
    series = table.series(value, time)
    notes, limit = [note(lang) for note in series.notes], control.limit
    if len(series.values) > limit:
        notes.append(WORDS["first"](lang).format(limit=limit, rows=f"{len(series.values):,}"))
    if notes:
        st.caption(tables.said(notes, lang))
    values = [None if np.isnan(v) else v for v in series.values[:limit].tolist()]
    fields = {**control.sets, name: control.tidy(rounded(values))}
    called = [f"{value} ({series.unit})" if series.unit and series.unit not in value else value]
    if times:
        fields[times] = ()
        if series.times is not None and time is not None:
            clock = series.times[:limit]
            if table.column(time).kind == "time":
                unit, words = unit_of(clock)
                clock, time = (clock - clock[0]) / unit, f"{time} ({words(lang)})"
            fields[times] = scene.fields[times].tidy(rounded(clock.tolist()))  # type: ignore[union-attr, arg-type]
            called.append(time)
    fields |= _named(scene, tuple(called))
    of = len(series.values)
    st.button(WORDS["use"](lang), on_click=place, args=(fields, of), key="sawaru-own-use")


def unit_of(seconds: Any) -> tuple[float, T]:
    """Choose the unit of time that suits the steps of a clock."""
    steps = np.diff(seconds)
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    units = (
        (86_400.0, T("日", "days")),
        (3_600.0, T("時間", "hours")),
        (60.0, T("分", "minutes")),
        (1.0, T("秒", "seconds")),
    )
    return next((unit for unit in units if step >= unit[0]), units[-1])


def likely_time(table: Table) -> str | None:
    """Give the column that is most likely the time: one of times, or rising numbers called so."""
    for name in table.times:
        if table.column(name).kind == "time" or TIME.search(name):
            return name
    return None


def _named(scene: Scene, names: tuple[str, ...]) -> dict[str, Any]:
    """Give the field of names where the scene has one."""
    return {n: c.tidy(names) for n, c in scene.fields.items() if isinstance(c, ps.Names)}

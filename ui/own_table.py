"""A table of one's own: two columns become points on the plane, one a series, several a small table; a link carries them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.data import Dataset
from core.text import T
from ui import params as ps
from ui import tables
from ui.scene import Scene

WORDS = {
    "open": T("自分の表を使う", "Use a table of your own"),
    "across": T("横の列", "Column across"),
    "up": T("縦の列", "Column up"),
    "classes": T("使うクラス（{limit} 個まで）", "Classes to use (up to {limit})"),
    "place": T("平面に置く", "Put them on the plane"),
    "series": T("時系列にする列", "Column to take as the series"),
    "use": T("この列を使う", "Use this column"),
    "first": T("はじめの {limit} 行を使います（全部で {rows} 行）。", "The first {limit} of {rows} rows are used."),
    "many": T(
        "点は {limit} 個までなので、{rows} 行から等間隔に選びます。",
        "The plane holds {limit} points: they are taken evenly from the {rows} rows.",
    ),
    "columns": T("使う列（{limit} 個まで）", "Columns to use (up to {limit})"),
    "take": T("この表を使う", "Use this table"),
    "evenly": T(
        "行は {limit} 行までなので、{rows} 行から等間隔に選びます。",
        "The table may have {limit} rows: they are taken evenly from the {rows}.",
    ),
    "least": T("列が二つ以上、行が {least} 行以上いります。", "At least two columns and {least} rows are needed."),
    "constant": T(
        "選んだ列は、どの行も同じ値です。値に違いのある列を選んでください。",
        "These columns have the same values in every row. Choose columns that differ.",
    ),
    "few": T("特徴の列が二つ以上いります。", "At least two feature columns are needed."),
    "wide": T(
        "値が大きすぎて置けません（絶対値 {span} まで）。", "These values are too large to place (up to {span})."
    ),
}


Place = Callable[[dict[str, Any]], None]


def offer(scene: Scene, lang: str, place: Place) -> None:
    """Show the control, where the scene takes points or a series; `place` gets the fields to set."""
    fields = scene.fields
    points = next((name for name, c in fields.items() if isinstance(c, ps.Points)), None)
    series = next((name for name, c in fields.items() if isinstance(c, ps.Series)), None)
    table = next((name for name, c in fields.items() if isinstance(c, ps.Table)), None)
    if points is None and series is None and table is None:
        return
    with st.expander(WORDS["open"](lang), key="sawaru-own-table", on_change="rerun") as box:
        if not box.open or (data := tables.upload(lang)) is None:
            return
        try:
            if points is not None:
                windows = {name: () for name, c in fields.items() if isinstance(c, ps.Window)}
                _offer_points(data, points, fields[points], windows, lang, place)
            elif series is not None:
                _offer_series(data, series, fields[series], lang, place)
            elif table is not None:
                _offer_rows(data, table, fields[table], lang, place)
        except ValueError:
            span = getattr(fields[points or series or table or ""], "span", 0)
            st.info(WORDS["wide"](lang).format(span=f"{span:g}"))


def _offer_points(data: Dataset, name: str, control: Any, windows: dict[str, Any], lang: str, place: Place) -> None:
    if len(data.feature_names) < 2:
        st.info(WORDS["few"](lang))
        return
    this = hash((data.feature_names, data.class_names))  # another table has other choices
    left, right = st.columns(2)
    options = list(data.feature_names)
    across = left.selectbox(WORDS["across"](lang), options, key=f"sawaru-own-across-{this}")
    up = right.selectbox(WORDS["up"](lang), options, index=1, key=f"sawaru-own-up-{this}")
    kept = st.multiselect(
        WORDS["classes"](lang).format(limit=control.classes),
        list(data.class_names),
        default=list(data.class_names[: control.classes]),
        max_selections=control.classes,
        key=f"sawaru-own-classes-{this}",
    )
    points, rows = picked(data, [across, up], kept, control.limit)
    if rows > control.limit:
        st.caption(WORDS["many"](lang).format(limit=control.limit, rows=rows))
    tidy = control.tidy(points)
    fields = {**control.sets, **windows, name: tidy}
    st.button(WORDS["place"](lang), on_click=place, args=(fields,), disabled=not tidy, key="sawaru-own-place")


def _offer_series(data: Dataset, name: str, control: Any, lang: str, place: Place) -> None:
    this = hash((data.feature_names, data.class_names))
    column = st.selectbox(WORDS["series"](lang), list(data.feature_names), key=f"sawaru-own-series-{this}")
    values = data.x[:, data.feature_names.index(column)].tolist()
    if len(values) > control.limit:
        st.caption(WORDS["first"](lang).format(limit=control.limit, rows=len(values)))
    fields = {**control.sets, name: control.tidy(values[: control.limit])}
    st.button(WORDS["use"](lang), on_click=place, args=(fields,), key="sawaru-own-use")


def _offer_rows(data: Dataset, name: str, control: Any, lang: str, place: Place) -> None:
    this = hash((data.feature_names, data.class_names))
    columns = st.multiselect(
        WORDS["columns"](lang).format(limit=control.columns),
        list(data.feature_names),
        default=list(data.feature_names[: control.columns]),
        max_selections=control.columns,
        key=f"sawaru-own-columns-{this}",
    )
    kept = st.multiselect(
        WORDS["classes"](lang).format(limit=control.classes),
        list(data.class_names),
        default=list(data.class_names[: control.classes]),
        max_selections=control.classes,
        key=f"sawaru-own-classes-{this}",
    )
    rows, count = picked(data, columns, kept, control.rows)
    if count > control.rows:
        st.caption(WORDS["evenly"](lang).format(limit=control.rows, rows=count))
    if len(columns) < 2 or len(rows) < control.least:
        st.info(WORDS["least"](lang).format(least=control.least))
        return
    if all(row[:-1] == rows[0][:-1] for row in rows):
        st.info(WORDS["constant"](lang))
        return
    fields = {**control.sets, name: control.tidy(rows)}
    st.button(WORDS["take"](lang), on_click=place, args=(fields,), key="sawaru-own-rows")


def picked(data: Dataset, columns: list[str], classes: list[str], limit: int) -> tuple[list[list[float]], int]:
    """Pick rows from a table.

    Parameters
    ----------
    columns
        Names of the columns.
    classes
        Names of the classes to keep; their order gives the rows' classes.
    limit
        How many rows at most, taken evenly.

    Returns
    -------
    rows, count
        [[…, class], …], and how many rows there were to choose from.
    """
    at = [data.feature_names.index(name) for name in columns]
    labels = {data.class_names.index(name): i for i, name in enumerate(classes)}
    rows = np.flatnonzero(np.isin(data.y, list(labels)))
    few = rows[np.linspace(0, len(rows) - 1, limit).round().astype(int)] if len(rows) > limit else rows
    return [[*data.x[row, at].tolist(), labels[int(data.y[row])]] for row in few], len(rows)

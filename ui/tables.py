"""The control for a table of one's own: choose a file or paste cells; what was read, and how, is shown.

What cannot be read is answered by one sentence in the reader's language, and the last good table stays.
"""

import html
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.tables import ENCODINGS, MAX_MEGABYTES, SEPARATORS, Column, How, Table, TableError, read_table
from core.tables.how import DECIDE
from core.text import T

SHOWN = 20  # columns in the preview

WORDS = {
    "upload": T("自分の表を読み込む", "Read a table of your own"),
    "help": T(
        "CSV、Excel（.xlsx）、表計算ソフトの書き出しを {limit} MB まで。区切り、小数点、単位、日付、欠測の読み方は下に示します。"
        "ファイルはこのセッションの中だけで使われ、図にした行と名前だけが共有リンクに入ります。",
        "CSV, Excel (.xlsx) or what a spreadsheet exports, up to {limit} MB. How separators, decimals, units, dates "
        "and gaps were read is shown below. The file is used within this session only; the rows and names that you "
        "place travel in the link you share.",
    ),
    "paste": T("表計算ソフトから貼り付ける", "Paste from a spreadsheet"),
    "hint": T("セルを選んでコピーし、ここに貼り付けます。", "Copy the cells and paste them here."),
    "kept": T("前の表「{name}」をそのまま使っています。", "The table before, {name}, is still in use."),
    "read": T("「{name}」: {rows} 行、{columns} 列。", "{name}: {rows} rows, {columns} columns."),
    "pasted": T("貼り付けた表", "pasted"),
    "how": T("読み方を変える", "Read it otherwise"),
    "auto": T("自動", "Automatic"),
    "kind_of": T("種類を変える列", "Column of another kind"),
    "as": T("その列の種類", "Its kind"),
    "column": T("列", "Column"),
    "kind": T("種類", "Kind"),
    "missing": T("欠測", "Gaps"),
    "first": T("はじめの値", "First values"),
    "others": T("ほか {count} 列", "and {count} more columns"),
}
KINDS = {
    "number": T("数", "number"),
    "words": T("言葉", "words"),
    "time": T("時刻", "time"),
    "yes/no": T("はい・いいえ", "yes or no"),
    "row name": T("行の名前", "row name"),
}


ENCODING_NAMES = ("UTF-8", "Shift_JIS (cp932)", "EUC-JP", "UTF-16", "Latin-1 (cp1252)")
CHOICES: dict[str, tuple[T, dict[Any, T]]] = {
    "encoding": (
        T("文字コード", "Encoding"),
        {code: T(name, name) for code, name in zip(ENCODINGS, ENCODING_NAMES, strict=True)},
    ),
    "separator": (T("列の区切り", "Separator"), SEPARATORS),
    "decimal": (T("小数点", "Decimal sign"), {".": T("点 .", "Point ."), ",": T("カンマ ,", "Comma ,")}),
    "named": (T("列の名前", "Names of columns"), {True: T("最初の行", "In the first line"), False: T("なし", "None")}),
    "day_first": (
        T("日付の順", "Order of dates"),
        {True: T("日/月/年", "day/month/year"), False: T("月/日/年", "month/day/year")},
    ),
}
SWITCHES = {
    "all_rows": T("合計や注の行も空欄も、そのまま使う", "Keep rows of sums and remarks, and blanks as they are"),
    "turned": T("行と列を入れ替える", "Rows and columns change places"),
}


def said(sentences: Iterable[str], lang: str) -> str:
    """Put sentences one after the other, as Markdown that shows them as they are."""
    return literal(("" if lang == "ja" else " ").join(sentences))


def literal(text: str) -> str:
    """Keep a stranger's text from being read as Markdown: no emphasis, formula, link or image."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


@dataclass
class _Held:
    """What one person's session holds of the control."""

    file: str = ""  # the upload that was looked at last
    pasted: str = ""  # and the text
    table: Table | None = None  # what is in use
    error: TableError | None = None
    name: str = ""  # of what was read last
    content: bytes = b""
    sheets: tuple[str, ...] = ()
    count: int = 0  # of contents so far: each is first read as the reading decides
    how: How = DECIDE  # what was decided otherwise since
    chosen: dict[str, Any] = field(default_factory=dict)  # what widgets about the table said last, by their keys

    def come(self, name: str, content: bytes) -> None:
        """Read something new."""
        self.name, self.content, self.sheets = name, content, ()
        self.chosen.clear()
        self.count += 1
        self.take(DECIDE)

    def take(self, how: How) -> None:
        """Read a table; a good one is in use from now on."""
        file = io.BytesIO(self.content)
        file.name = self.name
        self.how = how
        try:
            self.table, self.error = read_table(file, how), None
            self.sheets = self.table.sheets
        except TableError as error:
            self.error = error


def upload(lang: str, *, key: str = "sawaru-table") -> Table | None:
    """Show the control; give the last good table.

    A table stays for the session, whatever is uploaded after it and whatever page is opened, until a better one comes.

    Parameters
    ----------
    lang
        "ja" or "en".
    key
        Of the control and of what the session holds; lessons with the same key share one table.

    Returns
    -------
    Table or None
        None as long as no good table has come.
    """
    held: _Held = st.session_state.setdefault(f"{key}.held", _Held())
    left, right = st.columns(2)
    about = WORDS["help"](lang).format(limit=MAX_MEGABYTES)
    file = left.file_uploader(WORDS["upload"](lang), key=f"{key}.file", max_upload_size=MAX_MEGABYTES, help=about)
    text = right.text_area(WORDS["paste"](lang), key=f"{key}.text", height=112, placeholder=WORDS["hint"](lang))
    if file is not None and file.file_id != held.file:
        held.file = file.file_id
        held.come(file.name, file.getvalue())
    elif text != held.pasted:
        held.pasted = text
        held.error = None
        if text.strip():
            held.come(WORDS["pasted"](lang), text.encode(errors="replace"))
    elif file is None and held.file:
        held.file, held.error = "", None  # the file was taken away
    table = held.table
    if held.error is not None:
        kept = WORDS["kept"](lang).format(name=literal(table.name)) if table else ""
        st.error(f"{literal(held.error.sentence(lang))} {kept}".strip())
    elif table is not None:
        whole = WORDS["read"](lang).format(name=table.name, rows=f"{table.rows:,}", columns=len(table.columns))
        st.caption(said([whole, *(note(lang) for note in table.notes)], lang))
        st.html(preview(table, lang))
    if held.content and (table is not None or held.error is not None):
        _otherwise(held, lang, key)
    return table


def _otherwise(held: _Held, lang: str, key: str) -> None:
    """Have decisions of the reading changed; they outlive the widgets, which go with the page."""
    keys = {name: f"{key}.how.{name}.{held.count}" for name in ("sheet", *CHOICES, *SWITCHES, "kind")}
    column = f"{key}.how.column.{held.count}"

    def again() -> None:
        now = {name: st.session_state[k] for name, k in keys.items() if k in st.session_state}
        kind, of = now.pop("kind", None), st.session_state.get(column)
        kinds: dict[Any, Any] = dict(held.how.kinds) | {of: kind}
        kinds = {name: said for name, said in kinds.items() if said is not None}
        held.take(replace(held.how, **now, kinds=tuple(kinds.items())))

    choices = dict(CHOICES)
    if len(held.sheets) > 1:
        choices = {"sheet": (T("シート", "Sheet"), {title: T(title, title) for title in held.sheets}), **choices}
    with st.popover(WORDS["how"](lang)):
        if held.table is not None:
            left, right = st.columns(2)
            kinds = dict(held.how.kinds)
            names = list(dict.fromkeys([*kinds, *held.table.names]))
            if st.session_state.get(column) not in names:
                st.session_state.pop(column, None)
            of = left.selectbox(WORDS["kind_of"](lang), names, key=column)
            st.session_state[keys["kind"]] = kinds.get(of)
            _decide(right, WORDS["as"](lang), KINDS, keys["kind"], lang, again)
        places = st.columns(2)
        for i, (name, (label, options)) in enumerate(choices.items()):
            st.session_state.setdefault(keys[name], getattr(held.how, name))
            _decide(places[i % 2], label(lang), options, keys[name], lang, again)
        for name, label in SWITCHES.items():
            st.session_state.setdefault(keys[name], getattr(held.how, name))
            st.checkbox(label(lang), key=keys[name], on_change=again)


def _decide(
    place: Any, label: str, options: Mapping[Any, T], key: str, lang: str, on_change: Callable[[], None]
) -> None:
    """Offer the ways of one decision; None leaves it to the reading."""
    shown = {option: word(lang) for option, word in {None: WORDS["auto"], **options}.items()}
    place.selectbox(
        label, list(shown), format_func=shown.__getitem__, key=key, on_change=on_change, placeholder=shown[None]
    )


def kept(widget: Callable[..., Any], label: str, options: list[Any], *, key: str, **more: Any) -> Any:
    """Show a widget about the table; what it says outlives the page, which takes its widgets with it."""
    held: _Held = st.session_state["sawaru-table.held"]
    before = st.session_state.get(key, held.chosen.get(key, options))
    if isinstance(before, list) and before is not options:
        st.session_state[key] = [option for option in before if option in options]
    elif before in options:
        st.session_state[key] = before
    if key in st.session_state:  # Streamlit wants the value in one place
        more = {name: value for name, value in more.items() if name not in ("default", "index")}
    held.chosen[key] = answer = widget(label, options, key=key, **more)
    return answer


def preview(table: Table, lang: str) -> str:
    """Give a small table in HTML: each column with its kind, its gaps and its first cells."""
    head = "".join(f"<th>{WORDS[word](lang)}</th>" for word in ("column", "kind", "missing", "first"))
    rows = "".join(_row(column, lang) for column in table.columns[:SHOWN])
    more = len(table.columns) - SHOWN
    others = f"<p>{WORDS['others'](lang).format(count=more)}</p>" if more > 0 else ""
    return (
        f'<div class="sawaru-preview"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{others}</div>'
    )


def _row(column: Column, lang: str) -> str:
    kind = KINDS[column.kind](lang) + (f" ({column.unit})" if column.unit else "")
    cells = (column.name, kind, f"{column.missing:,}" if column.missing else "", " · ".join(column.first[:3]))
    return f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"

"""The control for a table of one's own: choose a file, choose its label column.

A table that cannot be used is answered by one sentence in the reader's language, and the last good table stays.
"""

import io
import re
from dataclasses import dataclass, replace

import streamlit as st

from core.data import Dataset, TableError, read_columns, read_csv
from core.text import T

MEGABYTES = 5

WORDS = {
    "upload": T("自分の表（CSV）を読み込む", "Read a table of your own (CSV)"),
    "help": T(
        "5 MB、5000 行、100 列まで。文字コードは UTF-8 か Shift_JIS、区切りはカンマ、セミコロン、タブ。"
        "一列がラベル、残りは数値の列です。ファイルはこのセッションの中だけで使われます。",
        "Up to 5 MB, 5000 rows and 100 columns, in UTF-8 or Shift_JIS, separated by commas, semicolons or tabs: one column "
        "is the label, the others are numbers. The file is used within this session only.",
    ),
    "label": T("ラベルの列", "Label column"),
    "kept": T("前の表「{name}」をそのまま使っています。", "The table before, {name}, is still in use."),
    "read": T(
        "「{name}」: {rows} 行、特徴 {features} 個、クラス {classes} 個",
        "{name}: {rows} rows, {features} features, {classes} classes",
    ),
}

_JA = {
    "file": "ファイル {name} を開けませんでした。",
    "bytes": "ファイルが {limit} MB を超えています。",
    "binary": "テキストのファイルではありません。表を CSV（UTF-8）で保存して、もう一度選んでください。",
    "encoding": "文字コードが UTF-8 でも Shift_JIS（cp932）でもありません。表を CSV（UTF-8）で保存して、もう一度選んでください。",
    "empty": "ファイルの中に表がありません。",
    "quotes": '{line} 行目から始まる行を読めません。引用符（"）が足りないか、位置が違います。',
    "narrow": "列が二つ以上いります。数値の列とラベルの列を、カンマ、セミコロン、タブのどれかで区切ってください。",
    "columns": "列が {found} 個あります。{limit} 個までにしてください。",
    "unnamed": "一行目の {column} 列目に名前がありません。名前をつけるか、その列を消してください。",
    "duplicate": "「{name}」という名前の列が二つあります。",
    "long": "「{name}」は名前として長すぎます。{limit} 文字までにしてください。",
    "header": "一行目（列の名前）より下にデータがありません。",
    "rows": "行が {limit} 行を超えています。",
    "ragged": "{line} 行目は {found} 列ですが、一行目は {expected} 列です。",
    "label": "「{name}」という名前の列はありません。あるのは {names} です。",
    "blank": "{line} 行目の「{column}」の欄が空です。",
    "separators": "{line} 行目の「{column}」: {value} は、桁区切りを入れず、小数点はピリオドで書いてください。",
    "finite": "{line} 行目の「{column}」: {value} は有限の数ではありません。",
    "number": "{line} 行目の「{column}」: {value} は数値ではありません。",
    "classes": "「{column}」の列には違う値が {found} 個あり、ラベルにするには多すぎます。{limit} 個までです。",
    "one_class": "「{column}」の列はどの行も {value} です。ラベルには二つ以上のクラスがいります。",
}

# The English is the core's own, so that it is written once.
SENTENCES = {code: T(_JA[code], english) for code, english in TableError.SENTENCES.items()}


def sentence(error: TableError, lang: str) -> str:
    """Say what is wrong with a table.

    Parameters
    ----------
    error
        What `read_csv` raised.
    lang
        "ja" or "en".

    Returns
    -------
    str
        Markdown in which the file's own text stands as it is.
    """
    return SENTENCES[error.code](lang).format(**{key: _literal(value) for key, value in error.fields.items()})


def _literal(value: str | int) -> str:
    """Keep a stranger's text from being read as Markdown: no emphasis, formula, link or image."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", value) if isinstance(value, str) else str(value)


@dataclass(frozen=True)
class _Table:
    """An upload whose columns could be read."""

    name: str
    content: bytes
    columns: tuple[str, ...]
    label: str

    def read(self) -> Dataset:
        return read_csv(_file(self.name, self.content), label=self.label)


@dataclass
class _Held:
    """What one person's session holds of the control."""

    seen: str = ""  # the upload that was looked at last
    table: _Table | None = None  # whose label is being chosen
    good: tuple[_Table, Dataset] | None = None  # what is in use
    error: TableError | None = None

    def take(self, id_: str, name: str, content: bytes) -> None:
        """Read a new upload."""
        self.seen = id_
        try:
            columns = read_columns(_file(name, content))
        except TableError as error:
            self.drop()
            self.error = error
            return
        # The same columns again: a mended table, of which the label is known.
        known = self.table is not None and self.table.columns == columns
        label = self.table.label if self.table is not None and known else columns[-1]
        self.read(_Table(name, content, columns, label))

    def read(self, table: _Table) -> None:
        """Read a table; a good one is in use from now on."""
        self.table, self.error = table, None
        try:
            self.good = table, table.read()
        except TableError as error:
            self.error = error

    def drop(self) -> None:
        """Go back to the table that is in use."""
        self.table, self.error = self.good[0] if self.good else None, None


def _file(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def upload(lang: str, *, key: str = "sawaru-table") -> Dataset | None:
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
    Dataset or None
        None as long as no good table has come.
    """
    held: _Held = st.session_state.setdefault(f"{key}.held", _Held())
    file = st.file_uploader(
        WORDS["upload"](lang), key=f"{key}.file", max_upload_size=MEGABYTES, help=WORDS["help"](lang)
    )
    before = held.table
    if file is None and held.error is not None and held.seen:
        held.drop()  # the file at fault was taken away
        held.seen = ""
    elif file is not None and file.file_id != held.seen:
        held.take(file.file_id, file.name, file.getvalue())
    if held.table is not None:
        chosen = f"{key}.label"
        if held.table is not before or chosen not in st.session_state:
            st.session_state[chosen] = held.table.label
        label = st.selectbox(WORDS["label"](lang), held.table.columns, key=chosen)
        if label != held.table.label:
            held.read(replace(held.table, label=label))
    data = held.good[1] if held.good else None
    if held.error is not None:
        kept = WORDS["kept"](lang).format(name=_literal(data.name)) if data else ""
        st.error(f"{sentence(held.error, lang)} {kept}".strip())
    elif data:
        counts = {"rows": len(data.x), "features": len(data.feature_names), "classes": len(data.class_names)}
        st.caption(WORDS["read"](lang).format(name=_literal(data.name), **counts))
    return data

"""What can be wrong with a table, each in one sentence of either language."""

from collections.abc import Mapping
from typing import ClassVar

from core.files import FileError
from core.tables.text import MAX_NAME, tidy
from core.text import T


class TableError(FileError):
    """A table that cannot be used; the names and values in its sentence are cut short."""

    SENTENCES: ClassVar[Mapping[str, T]] = {
        **FileError.SENTENCES,
        "binary": T(
            "表のファイルではありません。表を CSV か Excel（.xlsx）で保存して、もう一度選んでください。",
            "This is not a table. Save the table as CSV or Excel (.xlsx) and try again.",
        ),
        "old_excel": T(
            "古い形式の Excel（.xls）か、パスワードつきの Excel です。パスワードなしの .xlsx で保存してください。",
            "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without one and try again.",
        ),
        "json": T(
            "JSON は読めません。表を CSV か Excel（.xlsx）で保存して、もう一度選んでください。",
            "JSON is not read. Save the table as CSV or Excel (.xlsx) and try again.",
        ),
        "workbook": T(
            "Excel のファイルを読めません。壊れているか、パスワードがついているか、大きすぎます。",
            "The Excel file cannot be read: it is damaged, locked by a password or too large.",
        ),
        "empty": T("ファイルの中に表がありません。", "There is no table in the file."),
        "quotes": T(
            '{line} 行目、{column} 列目を読めません。引用符（"）が足りないか、位置が違います。',
            "Line {line}, column {column} cannot be read: a quotation mark is missing or out of place.",
        ),
        "ragged": T(
            "{line} 行目は {found} 列ですが、表は {expected} 列です。{column} 列目から先が余っています。",
            "Line {line} has {found} columns, but the table has {expected}: from column {column} on there is too much.",
        ),
        "header": T("列の名前より下にデータがありません。", "Below the row that holds the names there are no data."),
        "numbers": T(
            "数の列がありません。列は {names} です。", "There is no column of numbers. The columns are: {names}."
        ),
        "column": T(
            "「{name}」という名前の列はありません。あるのは {names} です。",
            "There is no column called {name}. The columns are: {names}.",
        ),
        "number": T("「{column}」の列は数ではありません。", "Column {column} does not hold numbers."),
        "time": T("「{column}」の列は時刻ではありません。", "Column {column} does not hold times."),
        "answers": T(
            "「{column}」の列には違う値が {found} 個あります。はい・いいえと読むには、ちょうど 2 個いります。",
            "Column {column} has {found} different values; to be read as yes and no it needs exactly two.",
        ),
        "classes": T(
            "「{column}」の列には違う言葉が {found} 個あり、ラベルにするには多すぎます。{limit} 個までです。",
            "Column {column} has {found} different words, too many for a label; {limit} is the most.",
        ),
        "one_class": T(
            "「{column}」の列は、使う行のすべてで同じ値です。ラベルには二つ以上のクラスがいります。",
            "Column {column} has the same value in every row that is used; a label needs at least two classes.",
        ),
        "rows": T(
            "選んだ列（{names}）のどれにも値のある行がありません。",
            "No row has a value in each of the chosen columns ({names}).",
        ),
    }

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code, **{key: _short(v) if isinstance(v, str) else v for key, v in fields.items()})


def _short(text: str) -> str:
    """Show a stranger's text in a sentence: on one line, printable, at most `MAX_NAME` characters."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in tidy(text[: 4 * MAX_NAME]))
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"

"""From a file to text or to the cells of a workbook."""

import contextlib
import io
import os
import re
import zipfile
from pathlib import Path

from core import files
from core.files import Source
from core.tables.faults import TableError
from core.tables.text import name as named
from core.text import T

MAX_MEGABYTES = 5


def content(file: Source) -> tuple[str, bytes]:
    """Give a name for the table and its content, never more than the limit and one byte."""
    data = files.content(file, MAX_MEGABYTES, TableError)
    path = file if isinstance(file, str | os.PathLike) else getattr(file, "name", None)
    return (named(Path(path).stem) if isinstance(path, str | os.PathLike) else "") or "table", data


def is_workbook(data: bytes) -> bool:
    """Whether these are the bytes of an .xlsx file."""
    if not data.startswith(b"PK"):
        return False
    with contextlib.suppress(zipfile.BadZipFile, ValueError, NotImplementedError):
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    return False


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # what Excel wrote before 2007, and still writes around a password
# Control characters other than tab, line feed, form feed and carriage return.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, T | None]:
    """Give the text, and what is to be said of its encoding; it is known where one is given."""
    if data.startswith(_OLE):
        raise TableError("old_excel")
    if encoding is not None:
        text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
        return _CONTROL.sub(" ", text).replace("\x0c", "\n"), None
    text, note = _decode(data.replace(b"\x1a", b"") if b"\0" not in data else data)  # DOS ended its files with it
    # A lone NUL or other control character means that it is no text at all. U+FFFE and noncharacters: UTF-16 misread.
    if _CONTROL.search(text) or "\ufffe" in text:
        raise TableError("binary")
    return text.replace("\x0c", "\n"), note


def _decode(data: bytes) -> tuple[str, T | None]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            with contextlib.suppress(UnicodeDecodeError):
                return data.decode(encoding), None
            raise TableError("binary")
    if data[1::2].count(0) > 0.3 * len(data):  # UTF-16 without its mark: every other byte of ASCII is 0
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode("utf-16-le"), None
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode("utf-8"), None
    # Of what is not UTF-8, Japanese is known by how much of it is kana or common kanji; Latin-1 fits anything.
    for encoding, common in (("euc_jp", _COMMON_EUC), ("cp932", _COMMON_CP932)):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            foreign = sum(not c.isascii() for c in text)
            if not _UNUSED.search(text) and 2 * len(common.findall(data)) >= foreign:
                shown = {"euc_jp": "EUC-JP", "cp932": "Shift_JIS (cp932)"}[encoding]
                return text, T(f"文字コードは {shown} と見ました。", f"The text was taken for {shown}.")
    if b"\0" in data:
        raise TableError("binary")
    text = data.decode("cp1252", errors="replace").replace("\N{REPLACEMENT CHARACTER}", "?")
    return text, T(
        "文字コードがわからないので Latin-1 と見ました。文字が化けていたら UTF-8 で保存してください。",
        "The encoding is not known; it was taken for Latin-1. Where letters look wrong, save the table as UTF-8.",
    )


_UNUSED = re.compile("[\x80\uf8f0-\uf8f3]")  # what Python makes of the bytes that cp932 does not use
# Signs, kana, full-width letters and the kanji of level 1, two bytes each; in cp932 half-width kana as well, in runs.
_COMMON_EUC = re.compile(rb"[\xa1-\xa5\xb0-\xcf][\xa1-\xfe]")
_COMMON_CP932 = re.compile(
    rb"[\x81-\x83\x88-\x98][\x40-\x7e\x80-\xfc]|[\xa6-\xdf](?=[\xa6-\xdf])|(?<=[\xa6-\xdf])[\xa6-\xdf]"
)

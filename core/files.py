"""A file of one's own: its bytes, or a sentence of either language saying why it cannot be used."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, ClassVar

from core.text import T

Source = str | os.PathLike[str] | bytes | BinaryIO


class FileError(ValueError):
    """A file that cannot be used.

    Parameters
    ----------
    code
        What is wrong, one of `SENTENCES`.
    fields
        What the sentence names: a line, a limit …

    Attributes
    ----------
    code, fields
        The same, for a reader who wants the sentence in another language (`sentence`).
    """

    SENTENCES: ClassVar[Mapping[str, T]] = {
        "file": T("ファイル {name} を開けませんでした。", "The file {name} could not be opened."),
        "bytes": T("ファイルが {limit} MB を超えています。", "The file is larger than {limit} MB."),
    }

    def __init__(self, code: str, **fields: str | int) -> None:
        self.code = code
        self.fields = fields
        super().__init__(self.sentence("en"))

    def sentence(self, lang: str) -> str:
        """Say what is wrong in "ja" or "en"."""
        return self.SENTENCES[self.code](lang).format(**self.fields)


def content(file: Source, megabytes: int, error: type[FileError]) -> bytes:
    """Give what is in a file: a path, bytes, or an open binary file read from where it stands.

    Raises
    ------
    error
        If the file cannot be opened or is larger than `megabytes`; no more than that and one byte is ever read.
    ValueError
        If it is none of the three.
    """
    limit = megabytes * 2**20
    if isinstance(file, bytes):
        data = file
    elif isinstance(file, str | os.PathLike):
        try:
            with open(file, "rb") as opened:
                data = opened.read(limit + 1)
        except (OSError, ValueError):  # ValueError: a NUL in the path
            raise error("file", name=Path(file).name) from None
    elif hasattr(file, "read"):
        data = file.read(limit + 1)
    else:
        raise ValueError("file must be a path, bytes or a binary file object.")
    if not isinstance(data, bytes):
        raise ValueError("file must give bytes; open it in binary mode.")
    if len(data) > limit:
        raise error("bytes", limit=megabytes)
    return data

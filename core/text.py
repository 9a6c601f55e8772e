"""A text in both languages. It belongs to nobody's drawing: numbers, pictures and the shell all speak through it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class T:
    """A text in both languages, each written natively."""

    ja: str
    en: str

    def __call__(self, lang: str) -> str:
        """Give the text in `lang`, "ja" or "en"."""
        return self.en if lang == "en" else self.ja


PERCENT = T("%", "%")  # the unit

"""Links are harmed on their way: cut by a mail program, punctuated by a chat, broken over lines.

What is certain is mended. What is one's own in a link is followed by check digits, the last of its values: they tell
whether it is whole.
"""

import itertools
import re
import string
import unicodedata
import zlib
from collections.abc import Callable, Collection, Mapping

CHECK = "check"
_DIGITS = string.digits + string.ascii_lowercase


def check(texts: Mapping[str, str]) -> str:
    """Give two digits that nearly any harm to the texts changes."""
    number = zlib.crc32("&".join(f"{name}={texts[name]}" for name in sorted(texts)).encode()) % len(_DIGITS) ** 2
    return _DIGITS[number // len(_DIGITS)] + _DIGITS[number % len(_DIGITS)]


def joined(text: str) -> str:
    """Take line breaks out."""
    return re.sub(r"\s*[\r\n]\s*", "", text).strip()


def mended(text: str) -> str:
    """Undo what mail and chat programs do: line breaks and blanks, full-width signs, punctuation at the end."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\s", "", text))
    return plain.rstrip(".,;:!?)]}>\"'。、」）")


def arrived(query: Mapping[str, str], own: Collection[str]) -> tuple[dict[str, str], str]:
    """Read a link that came from outside.

    Parameters
    ----------
    query
        Its values by name.
    own
        Names of the fields that hold what is one's own.

    Returns
    -------
    query, harm
        What can be used of it; and "" if it is whole, "unchecked" if it has no check digits, "broken" if what is one's
        own does not fit them and was left out.
    """
    query = dict(query)
    texts = {name: query[name] for name in own if query.get(name)}
    digits = re.match(r"[0-9a-z]{2}(?![0-9a-z])", query.pop(CHECK, "").strip())
    if not texts:
        return query, ""
    if digits is None:
        return query, "unchecked"
    kinds: tuple[Callable[[str], str], ...] = (str, joined, mended)
    for mends in itertools.product(kinds, repeat=len(texts)):
        tried = {name: mend(text) for mend, (name, text) in zip(mends, texts.items(), strict=True)}
        if check(tried) == digits[0]:
            return query | tried, ""
    return {name: text for name, text in query.items() if name not in texts}, "broken"

"""What can be said about a scene, in English and Japanese, and how a sentence becomes numbers.

`Said` holds the words of a caption before they stand in a row, so that a word can be exchanged and the sentence made
again. `describe` puts them in a row in one of several wordings, `tokenize` cuts a sentence into words of one closed
vocabulary for both languages.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core import door
from core.pretraining.clip.scenes import BACKGROUNDS, COLOURS, PLACES, RELATIONS, SHAPES, SIZES, Scene

LANGUAGES = ("en", "ja")

_JA = {
    "circle": "丸", "square": "四角", "triangle": "三角", "star": "星", "heart": "ハート", "cross": "十字", "shape": "図形",
    "red": "赤い", "orange": "オレンジの", "yellow": "黄色い", "green": "緑の", "blue": "青い", "purple": "紫の",
    "pink": "ピンクの", "small": "小さな", "large": "大きな", "white": "白い", "grey": "灰色の", "black": "黒い",
    "top left": "左上", "top centre": "上", "top right": "右上", "centre left": "左", "centre centre": "中央",
    "centre right": "右", "bottom left": "左下", "bottom centre": "下", "bottom right": "右下",
    "left of": "左", "right of": "右", "above": "上", "below": "下",
}  # fmt: skip
_PLACE_EN = {
    "top left": "at the top left", "top centre": "at the top", "top right": "at the top right",
    "centre left": "on the left", "centre centre": "in the centre", "centre right": "on the right",
    "bottom left": "at the bottom left", "bottom centre": "at the bottom", "bottom right": "at the bottom right",
}  # fmt: skip

CONVERSE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}

DIGITS_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS_JA = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")


@dataclass(frozen=True)
class Noun:
    """One thing in words; None is left unsaid (an unsaid shape is "a shape")."""

    shape: str | None  # one of `SHAPES`
    colour: str | None = None  # of `COLOURS`
    size: str | None = None  # of `SIZES`


@dataclass(frozen=True)
class Said:
    """A caption before its words stand in a row; None is left unsaid."""

    nouns: tuple[Noun, ...]  # one or two
    place: str | None = None  # of a single thing, one of `PLACES`
    relation: str | None = None  # of the first to the second, one of `RELATIONS`; None for "and"
    background: str | None = None  # one of `BACKGROUNDS`


def said(scene: Scene, *, background: bool = True) -> Said:
    """Say all there is to say of a scene, or all but the background."""
    nouns = tuple(Noun(thing.shape, thing.colour, thing.size_word) for thing in scene.things)
    return Said(
        nouns,
        place=scene.things[0].place if len(nouns) == 1 else None,
        relation=scene.relation,
        background=scene.background if background else None,
    )


# ---- from words to sentences

WORDINGS = 4  # of each language; the first is the canonical one


def describe(what: Said, language: str = "en", wording: int = 0) -> str:
    """Make the sentence.

    Parameters
    ----------
    what
        The words.
    language
        "en" or "ja".
    wording
        From 0, the canonical one, to `WORDINGS` - 1: the same content in other sentences.

    Returns
    -------
    str
        "a small red circle left of a large blue square", 「小さな赤い丸が大きな青い四角の左にある」.

    Examples
    --------
    >>> describe(Said((Noun("circle", "red", "small"), Noun("square", "blue", "large")), relation="left of"))
    'a small red circle left of a large blue square'
    """
    door.one_of("language", language, LANGUAGES)
    door.whole("wording", wording, least=0, most=WORDINGS - 1)
    return _english(what, wording) if language == "en" else _japanese(what, wording)


def canonical(scene: Scene, language: str = "en") -> str:
    """Give the one canonical sentence that says everything about a scene."""
    return describe(said(scene), language)


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _noun_en(noun: Noun) -> str:
    return _article(" ".join(word for word in (noun.size, noun.colour, noun.shape or "shape") if word))


def _english(what: Said, wording: int) -> str:
    ground = f" on {_article(what.background)} background" if what.background else ""
    if len(what.nouns) == 1:
        noun = _noun_en(what.nouns[0])
        place = f" {_PLACE_EN[what.place]}" if what.place else ""
        return (
            f"{noun}{place}{ground}",
            f"a picture of {noun}{place}{ground}",
            f"{ground.strip()} there is {noun}{place}".strip(),
            f"there is {noun}{place}{ground}",
        )[wording]
    first, second = map(_noun_en, what.nouns)
    if what.relation is None:
        core, converse, there = f"{first} and {second}", f"{second} and {first}", f"{first} and {second}"
    else:
        to = what.relation.replace("left of", "to the left of").replace("right of", "to the right of")
        core = f"{first} {what.relation} {second}"
        converse = f"{second} {CONVERSE[what.relation]} {first}"
        there = f"{first} {to} {second}"
    return (
        f"{core}{ground}",
        f"{converse}{ground}",
        f"{ground.strip()} there is {there}".strip(),
        f"a picture of {core}{ground}",
    )[wording]


def _noun_ja(noun: Noun) -> str:
    return "".join(_JA[word] for word in (noun.size, noun.colour, noun.shape or "shape") if word)


def _japanese(what: Said, wording: int) -> str:
    ground = f"{_JA[what.background]}背景" if what.background else ""
    if len(what.nouns) == 1:
        noun = _noun_ja(what.nouns[0])
        place = _JA[what.place] if what.place else ""
        where = "の".join(word for word in (ground, place) if word)
        return (
            f"{where}にある{noun}" if where else noun,
            f"{where}にある{noun}の絵" if where else f"{noun}の絵",
            f"{where}に{noun}がある" if where else f"{noun}がある",
            (f"{ground}で、" if ground else "") + (f"{noun}が{place}にある" if place else f"{noun}がある"),
        )[wording]
    first, second = map(_noun_ja, what.nouns)
    there = f"{ground}に" if ground else ""
    if what.relation is None:
        return (
            f"{there}{first}と{second}がある" if ground else f"{first}と{second}",
            f"{there}{second}と{first}がある" if ground else f"{second}と{first}",
            f"{there}{first}と{second}がある",
            f"{ground}の{first}と{second}の絵" if ground else f"{first}と{second}の絵",
        )[wording]
    at = _JA[what.relation]
    opposite = _JA[CONVERSE[what.relation]]
    comma = f"{ground}で、" if ground else ""
    return (
        f"{comma}{first}が{second}の{at}にある",
        f"{comma}{second}が{first}の{opposite}にある",
        f"{comma}{second}の{at}に{first}がある",
        f"{comma}{second}の{at}にある{first}の絵",
    )[wording]


def digit(number: int, language: str = "en", wording: int = 0) -> str:
    """Name a handwritten digit: "the digit three", 「数字の三」; wording 1 says that it is written by hand."""
    door.whole("number", number, least=0, most=9)
    door.one_of("language", language, LANGUAGES)
    door.whole("wording", wording, least=0, most=1)
    if language == "en":
        return ("the digit {}", "a handwritten {}")[wording].format(DIGITS_EN[number])
    return ("数字の{}", "手書きの{}")[wording].format(DIGITS_JA[number])


def sample(
    scene: Scene, rng: Generator, language: str | None = None, *, everything: bool | None = None, colours: bool = True
) -> str:
    """Say something true about a scene: in half of the cases everything, else with some of it left unsaid.

    Parameters
    ----------
    scene
        What there is.
    rng
        Where chance comes from.
    language
        "en" or "ja"; by default one of them by chance.
    everything
        Whether all is said; by default by chance.
    colours
        False leaves the things' colours unsaid.
    """
    if everything is None:
        everything = rng.random() < 0.5
    unsaid = rng.random(6) < 0.35
    what = said(scene)
    if not everything and len(what.nouns) == 1:
        (noun,) = what.nouns
        noun = Noun(
            None if unsaid[0] else noun.shape,
            None if unsaid[1] and not unsaid[0] else noun.colour,
            None if unsaid[2] else noun.size,
        )
        what = Said((noun,), None if unsaid[3] else what.place, None, None if unsaid[4] else what.background)
    elif not everything:
        first, second = (replace(noun, size=None) if unsaid[0] else noun for noun in what.nouns)
        what = Said(
            (first, second),
            None,
            None if unsaid[1] else what.relation,
            None if unsaid[2] or unsaid[3] else what.background,
        )
    if not colours:
        what = replace(what, nouns=tuple(replace(noun, colour=None) for noun in what.nouns))
    return describe(what, language or LANGUAGES[int(rng.integers(2))], int(rng.integers(WORDINGS)))


def shapes_only(scene: Scene, rng: Generator, language: str | None = None) -> str:
    """Say the shapes and nothing else: "a star", 「丸と星の絵」."""
    nouns = tuple(Noun(thing.shape) for thing in scene.things)
    return describe(Said(nouns), language or LANGUAGES[int(rng.integers(2))], int(rng.integers(WORDINGS)))


def random_said(rng: Generator) -> Said:
    """Say anything: a single thing's or a pair's words by chance, all of them said but maybe the background."""

    def pick(words: Sequence[str]) -> str:
        return words[int(rng.integers(len(words)))]

    def noun() -> Noun:
        return Noun(pick(SHAPES), pick(COLOURS), pick(SIZES))

    ground = pick(BACKGROUNDS) if rng.random() < 0.5 else None
    if rng.random() < 0.5:
        return Said((noun(),), place=pick(PLACES), background=ground)
    return Said((noun(), noun()), relation=pick(RELATIONS), background=ground)


# ---- from sentences to numbers

LENGTH = 24  # the most words of a sentence, the start mark among them

_SPECIAL = ("<pad>", "<start>")
_WORDS_EN = (
    "a an the of on in at to and is there picture background shape centre top bottom left right above below digit "
    "handwritten " + " ".join((*SHAPES, *COLOURS, *SIZES, *BACKGROUNDS, *DIGITS_EN))
).split()
_WORDS_JA = (
    *sorted(set(_JA.values())), "背景", "に", "ある", "の", "が", "で", "と", "絵", "数字", "手書き", *DIGITS_JA,
)  # fmt: skip

VOCABULARY = (*_SPECIAL, *_WORDS_EN, *_WORDS_JA)

# Other spellings of words of the vocabulary.
_ALIASES = {
    "center": "centre", "middle": "centre", "gray": "grey", "big": "large", "little": "small", "image": "picture",
    "photo": "picture", "drawing": "picture", "beneath": "below", "under": "below", "over": "above", "round": "circle",
    "plus": "cross", "violet": "purple", "disc": "circle",
    "小さい": "小さな", "大きい": "大きな", "円": "丸", "正方形": "四角", "三角形": "三角", "黄色の": "黄色い", "赤の": "赤い",
    "青の": "青い", "黒の": "黒い", "白の": "白い", "真ん中": "中央", "画像": "絵", "写真": "絵", "グレーの": "灰色の",
    "紫色の": "紫の", "緑色の": "緑の", "桃色の": "ピンクの", "ほし": "星", "まる": "丸", "あか": "赤い", "ゼロ": "零",
    **{str(i): word for i, word in enumerate(DIGITS_EN)},
}  # fmt: skip

_IDS = {word: i for i, word in enumerate(VOCABULARY)} | {
    alias: VOCABULARY.index(word) for alias, word in _ALIASES.items()
}
_JAPANESE = sorted((word for word in _IDS if not word.isascii()), key=len, reverse=True)
# Longest match first; a run of other Japanese characters is one unknown word; so is any other run without space or
# stop.
_CUT = re.compile("|".join(map(re.escape, _JAPANESE)) + r"|[A-Za-z']+|[0-9]|[^\sA-Za-z0-9,.!?;:、。「」・！？()\"]")


@dataclass(frozen=True)
class Tokens:
    """A sentence cut into words."""

    ids: tuple[int, ...]  # indices into `VOCABULARY`, the start mark first; unknown words are left out
    words: tuple[str, ...]  # all words as they were written
    unknown: tuple[str, ...]  # those that are not in the vocabulary, each once
    cut: bool  # whether words past the `LENGTH` were dropped
    dropped: tuple[str, ...] = ()  # those


def tokenize(text: str) -> Tokens:
    """Cut a sentence of either language into words of the vocabulary.

    English at spaces; Japanese, which has none, takes the longest word of the vocabulary that fits, from left to right.
    Case, punctuation and full-width letters do not matter.

    Parameters
    ----------
    text
        The sentence; of one longer than 1000 characters, the first 1000.

    Returns
    -------
    Tokens
        Nothing is guessed: what is not in the vocabulary is named in `unknown`.

    Examples
    --------
    >>> tokenize("小さな赤い丸").words
    ('小さな', '赤い', '丸')
    >>> tokenize("a red dragon").unknown
    ('dragon',)
    """
    words = tuple(_joined(unicodedata.normalize("NFKC", text[:1000]).casefold()))
    known, room = [word for word in words if word in _IDS], LENGTH - 1
    ids = (1, *(_IDS[word] for word in known[:room]))
    unknown = tuple(dict.fromkeys(word for word in words if word not in _IDS))
    return Tokens(ids, words, unknown, len(known) > room, tuple(known[room:]))


_MEANINGS = {word: word for word in _WORDS_EN} | {ja: en for en, ja in _JA.items()}


def named(text: str) -> tuple[Noun, ...]:
    """Give the things that a sentence of either language names, each with the words that stand before its shape.

    Examples
    --------
    >>> named("a large blue star left of 赤い丸")
    (Noun(shape='star', colour='blue', size='large'), Noun(shape='circle', colour='red', size=None))
    """
    found: list[Noun] = []
    noun = Noun(None)
    for i in tokenize(text).ids:
        word = _MEANINGS.get(VOCABULARY[i], "")
        if word in SIZES:
            noun = replace(noun, size=word)
        elif word in COLOURS:
            noun = replace(noun, colour=word)
        elif word in (*SHAPES, "shape"):
            found.append(replace(noun, shape=None if word == "shape" else word))
            noun = Noun(None)
    return (*found, noun) if noun != Noun(None) else tuple(found)


def language_of(text: str) -> str:
    """Guess which of `LANGUAGES` a sentence is in: Japanese if any of it is not written in Latin letters."""
    return "ja" if any(ord(character) > 255 for character in text) else "en"


def _joined(text: str) -> Iterator[str]:
    """Yield the words, unknown characters that touch each other as one word."""
    run, end = "", -1
    for match in _CUT.finditer(text):
        word = match.group()
        alone = len(word) == 1 and word not in _IDS and not word.isascii()
        if run and (not alone or match.start() != end):
            yield run
            run = ""
        if alone:
            run += word
        else:
            yield word
        end = match.end()
    if run:
        yield run


def token_ids(texts: Sequence[str]) -> NDArray[np.int64]:
    """Give (n, length of the longest) indices into `VOCABULARY`, filled up with 0."""
    rows = [tokenize(text).ids for text in texts]
    ids = np.zeros((len(rows), max((len(row) for row in rows), default=1)), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
    return ids

"""Zero-shot: a class is the sentence that names it. And sentences by chance, to compare a score with."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core import door
from core.pretraining.clip import captions, scenes
from core.pretraining.clip.captions import Noun, Said
from core.pretraining.clip.models import Encoder
from core.pretraining.clip.spaces import unit

# Each holds for a noun with its article, "a red circle", 「赤い丸」.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "en": ("{}", "a picture of {}", "there is {}"),
    "ja": ("{}", "{}の絵", "{}がある"),
}
CLASSES = ("shape", "colour", "both", "digit")


def class_names(kind: str) -> tuple[str, ...]:
    """Name the classes: `SHAPES`, `COLOURS`, all 42 "colour shape", or the digits "0" to "9"."""
    door.one_of("kind", kind, CLASSES)
    if kind == "shape":
        return scenes.SHAPES
    if kind == "colour":
        return scenes.COLOURS
    if kind == "digit":
        return tuple(map(str, range(10)))
    return tuple(f"{colour} {shape}" for shape in scenes.SHAPES for colour in scenes.COLOURS)


def class_numbers(drawn: Sequence[scenes.Scene], kind: str) -> NDArray[np.int64]:
    """Give the class of each scene's first thing, an index into `class_names`: (n,)."""
    names, things = class_names(kind), [scene.things[0] for scene in drawn]
    words = {"shape": "{0.shape}", "colour": "{0.colour}", "both": "{0.colour} {0.shape}"}
    door.one_of("kind", kind, words)
    return np.array([names.index(words[kind].format(thing)) for thing in things], dtype=np.int64)


def class_texts(kind: str, language: str = "en", template: int = 0) -> tuple[str, ...]:
    """Write one sentence a class.

    Parameters
    ----------
    kind
        One of `CLASSES`.
    language
        "en" or "ja".
    template
        Index into `TEMPLATES`; of digits, whose sentences have their own two wordings, 0 or 1.
    """
    door.one_of("kind", kind, CLASSES)
    if kind == "digit":
        return tuple(captions.digit(number, language, template) for number in range(10))
    door.one_of("language", language, TEMPLATES)
    door.whole("template", template, least=0, most=len(TEMPLATES[language]) - 1)
    nouns = {
        "shape": [Noun(shape) for shape in scenes.SHAPES],
        "colour": [Noun(None, colour) for colour in scenes.COLOURS],
        "both": [Noun(shape, colour) for shape in scenes.SHAPES for colour in scenes.COLOURS],
    }[kind]
    return tuple(TEMPLATES[language][template].format(captions.describe(Said((noun,)), language)) for noun in nouns)


def class_vectors(
    encoder: Encoder, kind: str, language: str = "en", templates: Sequence[int] = (0,)
) -> NDArray[np.float64]:
    """Give (classes, 64) unit rows: the mean over the templates of each class's sentences, scaled back to length 1."""
    if not templates:
        raise ValueError("templates must name at least one template.")
    rows = [encoder.encode_texts(class_texts(kind, language, template)).astype(np.float64) for template in templates]
    return unit(np.mean(rows, axis=0))


def random_captions(n: int, *, seed: int = 0, language: str = "en") -> tuple[str, ...]:
    """Write n sentences by chance, each different: what a score is compared with (`percentile`)."""
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    texts: dict[str, None] = {}
    while len(texts) < door.whole("n", n):
        texts[captions.describe(captions.random_said(rng), language)] = None
    return tuple(texts)

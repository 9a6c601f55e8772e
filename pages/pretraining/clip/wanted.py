"""What is searched for: a thing in words, and a picture of which the words replace something."""

from dataclasses import dataclass
from typing import Any

from core.pretraining import clip
from core.pretraining.clip import captions
from core.pretraining.clip.captions import Noun, Said
from core.pretraining.clip.scenes import HELD_OUT, Thing
from core.text import T
from pages.pretraining.clip.shared import COLOURS, SHAPES, TONGUES, Trained
from ui.params import choice, slider, text

ANY = {"any": T("どれでも", "Any")}


def nothing_typed(p: Any) -> bool:
    """Whether the words are chosen from the menus."""
    return not p.own


@dataclass(frozen=True)
class Params(Trained):
    want_colour: str = choice(T("探す色", "Colour to find"), ANY | COLOURS, default="purple", when=nothing_typed)
    want_shape: str = choice(T("探す形", "Shape to find"), ANY | SHAPES, default="heart", when=nothing_typed)
    find: str = text(T("自分で書く文", "Your own words"), 120)
    base: int = slider(
        T("出発の絵 (0: なし)", "Picture to start from (0: none)"),
        0,
        256,
        default=0,
        help=T("絵から、探す言葉の分だけずらします。", "The words shift this picture's place."),
    )
    weight: float = slider(
        T("言葉の強さ", "Weight of the words"), 0.0, 3.0, default=1.0, step=0.1, when=lambda p: p.base > 0
    )

    @property
    def own(self) -> str:
        """What was typed."""
        return self.find.strip()

    @property
    def wanted(self) -> Noun:
        shape, colour = (None if word == "any" else word for word in (self.want_shape, self.want_colour))
        return Noun(shape, colour)

    @property
    def start(self) -> int | None:
        """The picture of the gallery to start from; those with even numbers show one thing."""
        return 2 * (self.base - 1) if self.base else None

    @property
    def thing(self) -> Thing | None:
        """What that picture shows."""
        return None if self.start is None else clip.gallery().scenes[self.start].things[0]

    @property
    def asked(self) -> tuple[Noun, ...]:
        """What a right answer shows: what is not asked for stays as in the picture one starts from."""
        want, thing = self.wanted, self.thing
        if self.own:
            return captions.named(self.own)
        if thing is not None:
            want = Noun(want.shape or thing.shape, want.colour or thing.colour)
        return (want,)

    @property
    def held_out(self) -> bool:
        """Whether a pair of shape and colour is looked for that training never showed."""
        return any((noun.shape, noun.colour) in HELD_OUT for noun in self.asked)

    @property
    def old(self) -> Noun | None:
        """What of that picture the words replace, if they replace anything."""
        want, thing = self.wanted, self.thing
        if thing is None or self.own or want == Noun(None):
            return None
        return Noun(thing.shape if want.shape else None, thing.colour if want.colour else None)

    @property
    def words(self) -> dict[str, tuple[str, str | None]]:
        """For each language what is looked for, and what it replaces."""
        if self.own:
            return {"": (self.own, None)}
        return {tongue: (say(self.wanted, tongue), self.old and say(self.old, tongue)) for tongue in TONGUES}

    @property
    def queries(self) -> list[T]:
        """What is looked for, in words and with its language."""
        names = {"": T("自分の文", "your words"), "ja": T("日本語", "Japanese"), "en": T("英語", "English")}
        told = []
        for tongue, (sentence, old) in self.words.items():
            said = f"「{sentence}」" if tongue == "ja" else f"“{sentence}”"
            if self.start is not None:
                said = f"− {old} + {sentence}" if old else f"+ {sentence}"
            told.append(T(f"{names[tongue].ja}: {said}", f"{names[tongue].en}: {said}"))
        return told


def say(noun: Noun, tongue: str) -> str:
    return captions.describe(Said((noun,)), tongue)

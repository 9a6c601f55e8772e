"""What the models are trained on: scenes with their pictures, in families that only their shapes tell apart."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.pretraining.clip import captions, scenes
from core.result import result

Images = NDArray[np.uint8]

# Scenes of training, half with one thing, half with two; each step draws from them and says something else.
POOL = 24_000
FAMILY = 4  # scenes in a row that differ in one shape only
# One family in `RECOLOURED` is drawn in any colours, and no caption says them: a shape is a shape in any colour.
# (SimCLR changes the colours of its pictures to the same end.)
RECOLOURED = 8
TYPESET = 25  # one picture of so many is a typeset digit
DIGITS = 600  # of those there are, as many of each


@result
class Drawn:
    """Pairs of one step."""

    images: Images  # (n, 64, 64, 3)
    texts: tuple[str, ...]  # (n,)
    full: NDArray[np.bool_]  # (n,) whether the caption says all there is to say of a scene


@result
class Pool:
    """Scenes with their pictures, none of them held out, in families; and typeset digits."""

    scenes: tuple[scenes.Scene, ...]
    images: Images  # (n, 64, 64, 3)
    named: NDArray[np.bool_]  # (n,) whether captions may say its colours
    typeset: Images  # (m, 64, 64, 3): digit 0, 1, … 9 and again

    def draw(
        self, batch: int, rng: Generator, *, one_thing: bool = False, recoloured: float = 0.0
    ) -> NDArray[np.int64]:
        """Choose a batch of whole families, of all or of scenes with one thing, a share of them recoloured.

        Among scenes that differ in everything, colours and places tell them apart, and shapes are hardly learned: a
        family has to be told apart by its shapes.
        """
        every = np.arange(0, len(self.scenes) // FAMILY, 2 if one_thing else 1)
        named = self.named[every * FAMILY]
        count = -(-batch // FAMILY)
        other = min(round(recoloured * count), int(np.sum(~named)))  # as many as there are, in a small pool
        families = np.concatenate(
            [rng.choice(every[named], count - other, replace=False), rng.choice(every[~named], other, replace=False)]
        )
        at: NDArray[np.int64] = (families[:, None] * FAMILY + np.arange(FAMILY)).reshape(-1)[:batch]
        return at

    def say(self, at: list[int], rng: Generator) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
        """Say something true of scenes, of half of them everything; and which of them those are."""
        full = rng.random(len(at)) < 0.5
        told = [
            captions.sample(self.scenes[i], rng, everything=bool(all_of_it), colours=bool(self.named[i]))
            for i, all_of_it in zip(at, full, strict=True)
        ]
        return tuple(told), full & self.named[at]

    def pairs(
        self, batch: int, rng: Generator, *, one_thing: bool = False, shapes_only: bool = False, recoloured: float = 0.0
    ) -> Drawn:
        """Draw the pairs of a step: scenes, and a few typeset digits, no digit twice."""
        numbers = rng.permutation(10)[: batch // TYPESET]
        at = self.draw(batch - len(numbers), rng, one_thing=one_thing, recoloured=recoloured)
        if shapes_only:
            texts: tuple[str, ...] = tuple(captions.shapes_only(self.scenes[i], rng) for i in at)
            full = np.zeros(len(at), bool)
        else:
            texts, full = self.say(at.tolist(), rng)
        names = tuple(captions.digit(number, captions.LANGUAGES[int(rng.integers(2))]) for number in numbers.tolist())
        typeset = self.typeset[numbers + 10 * rng.integers(DIGITS // 10, size=len(numbers))]
        return Drawn(
            np.concatenate([self.images[at], typeset]), texts + names, np.append(full, np.zeros(len(numbers), bool))
        )

    def mirrored_pairs(self, batch: int, rng: Generator) -> Drawn:
        """Draw scenes of two things, each also with the things' places exchanged; the captions say everything."""
        every = np.flatnonzero(self.named & (np.arange(len(self.scenes)) // FAMILY % 2 == 1))
        at = rng.choice(every, batch // 2, replace=False)
        others = [scenes.mirrored(self.scenes[i]) for i in at]
        looks = rng.integers(1 << 30, size=len(others)).tolist()
        images = np.concatenate([self.images[at], scenes.render_all(others, looks)])
        told = [captions.sample(one, rng, everything=True) for one in (*(self.scenes[i] for i in at), *others)]
        return Drawn(images, tuple(told), np.ones(len(told), bool))


def both(one: Drawn, other: Drawn) -> Drawn:
    """Put two halves of a batch together."""
    return Drawn(np.concatenate([one.images, other.images]), one.texts + other.texts, np.append(one.full, other.full))


@lru_cache(maxsize=1)
def pool(size: int, seed: int) -> Pool:
    """Draw the scenes and their pictures."""
    rng = np.random.default_rng([seed, 1])
    drawn = families(size, rng)
    looks = rng.integers(1 << 30, size=size).tolist()
    named = rng.integers(RECOLOURED, size=-(-size // FAMILY)).repeat(FAMILY)[:size] > 0
    tints = {i: scenes.any_colours(drawn[i], rng) for i in np.flatnonzero(~named).tolist()}
    images = np.empty((size, scenes.PIXELS, scenes.PIXELS, 3), np.uint8)
    for i in range(0, size, 256):
        part = {k - i: tint for k, tint in tints.items() if i <= k < i + 256}
        images[i : i + 256] = scenes.render_all(drawn[i : i + 256], looks[i : i + 256], part)
    return Pool(tuple(drawn), images, named, typeset(DIGITS, rng))


def families(size: int, rng: Generator) -> list[scenes.Scene]:
    """Draw scenes of one thing and of two, in turns, each followed by its family."""
    drawn: list[scenes.Scene] = []
    for i in range(-(-size // FAMILY)):
        drawn += _family(scenes.pair(rng) if i % 2 else scenes.single(rng), rng)
    return drawn[:size]


def _family(scene: scenes.Scene, rng: Generator) -> list[scenes.Scene]:
    """Give `FAMILY` scenes that differ in the shape of one thing."""
    which = int(rng.integers(len(scene.things)))
    thing = scene.things[which]
    taken = {other.shape for other in scene.things}
    taken |= {shape for shape, colour in scenes.HELD_OUT if colour == thing.colour}
    others = rng.permutation([shape for shape in scenes.SHAPES if shape not in taken])[: FAMILY - 1]
    family = [scene]
    for shape in others.tolist():
        things = list(scene.things)
        things[which] = replace(thing, shape=shape)
        family.append(scenes.Scene(tuple(things), scene.background))
    return family


def typeset(count: int, rng: Generator) -> Images:
    """Set digits in type, white on black, (count, 64, 64, 3): 0, 1, … 9 and again.

    Each has its own size, place, slant and turn; every second one is as coarse as the handwritten ones, 8 x 8 pixels.
    """
    from PIL import Image, ImageDraw, ImageFont

    side = scenes.PIXELS
    pictures = np.empty((count, side, side, 3), np.uint8)
    for i in range(count):
        font = ImageFont.load_default(float(rng.uniform(44, 66)))
        sheet = Image.new("L", (side, side))
        middle = (side / 2 + rng.uniform(-4, 4), side / 2 + rng.uniform(-4, 4))
        ImageDraw.Draw(sheet).text(middle, str(i % 10), fill=255, font=font, anchor="mm")
        slant, turn = rng.uniform(-0.25, 0.25), np.deg2rad(rng.uniform(-12, 12))
        # Where each pixel of the turned, slanted picture comes from.
        a, b, d, e = np.cos(turn), np.sin(turn) + slant, -np.sin(turn), np.cos(turn)
        half = side / 2
        across, down = half - a * half - b * half, half - d * half - e * half
        sheet = sheet.transform(
            (side, side), Image.Transform.AFFINE, (a, b, across, d, e, down), Image.Resampling.BILINEAR
        )
        if i // 10 % 2:
            sheet = sheet.resize((8, 8), Image.Resampling.BOX).resize((side, side), Image.Resampling.BILINEAR)
        pictures[i] = np.asarray(sheet)[..., None]
    return pictures

"""What the models are trained on: scenes with their pictures, in families that only their shapes tell apart."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.pretraining.clip import scenes
from core.result import result

# Scenes of training, half with one thing, half with two; each step draws from them and says something else.
POOL = 24_000
FAMILY = 4  # scenes in a row that differ in one shape only


@result
class Pool:
    """Scenes with their pictures, none of them held out, in families."""

    scenes: tuple[scenes.Scene, ...]
    images: NDArray[np.uint8]  # (n, 64, 64, 3)

    def draw(self, batch: int, rng: np.random.Generator, *, one_thing: bool = False) -> NDArray[np.int64]:
        """Choose a batch of whole families, of all or of scenes with one thing.

        Among scenes that differ in everything, colours and places tell them apart, and shapes are hardly learned: a
        family has to be told apart by its shapes.
        """
        every = np.arange(0, len(self.scenes) // FAMILY, 2 if one_thing else 1)
        families = rng.choice(every, -(-batch // FAMILY), replace=False)
        at: NDArray[np.int64] = (families[:, None] * FAMILY + np.arange(FAMILY)).reshape(-1)[:batch]
        return at


@lru_cache(maxsize=1)
def pool(size: int, seed: int) -> Pool:
    """Draw the scenes and their pictures."""
    rng = np.random.default_rng([seed, 1])
    drawn = families(size, rng)
    looks = rng.integers(1 << 30, size=size).tolist()
    images = np.empty((size, scenes.PIXELS, scenes.PIXELS, 3), np.uint8)
    for i in range(0, size, 256):
        images[i : i + 256] = scenes.render_all(drawn[i : i + 256], looks[i : i + 256])
    return Pool(tuple(drawn), images)


def families(size: int, rng: np.random.Generator) -> list[scenes.Scene]:
    """Draw scenes of one thing and of two, in turns, each followed by its family."""
    drawn: list[scenes.Scene] = []
    for i in range(-(-size // FAMILY)):
        drawn += _family(scenes.pair(rng) if i % 2 else scenes.single(rng), rng)
    return drawn[:size]


def _family(scene: scenes.Scene, rng: np.random.Generator) -> list[scenes.Scene]:
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

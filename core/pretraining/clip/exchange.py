"""True captions against captions with one thing exchanged, after VL-CheckList."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import door
from core.pretraining.clip import captions, scenes
from core.pretraining.clip.captions import Said
from core.pretraining.clip.models import Encoder
from core.pretraining.clip.scenes import Scene
from core.result import result

KINDS = ("object", "colour", "size", "relation", "binding", "order")


@result
class Swaps:
    """A model's choices between true captions and captions with one thing exchanged."""

    scenes: tuple[Scene, ...]  # n scenes of two things
    captions: tuple[tuple[str, ...], ...]  # for each scene the true one, then one of each of `KINDS`
    scores: NDArray[np.float64]  # (n, 1 + kinds) cosines of the scene's picture with those captions

    @property
    def ties(self) -> dict[str, float]:
        """Give the share of exact ties, by kind."""
        return {kind: float(np.mean(self.scores[:, 0] == self.scores[:, 1 + i])) for i, kind in enumerate(KINDS)}

    @property
    def wins(self) -> dict[str, float]:
        """Give the share of scenes whose true caption scores higher, a tie counted half, by kind."""
        return {
            kind: float(np.mean(self.scores[:, 0] > self.scores[:, 1 + i])) + self.ties[kind] / 2
            for i, kind in enumerate(KINDS)
        }


def swapped(what: Said, rng: np.random.Generator) -> dict[str, Said]:
    """Exchange one thing in a caption of two things, once in each of `KINDS`.

    object and colour: the first noun's becomes one that nothing in the scene has. size: the first noun's becomes the
    other. relation: becomes its converse. binding: the two colours change places. order: the two nouns change places.
    The last two keep all the words.
    """
    if len(what.nouns) != 2 or what.relation is None or any(None in (n.shape, n.colour, n.size) for n in what.nouns):
        raise ValueError("Swaps need two nouns with all their words and a relation.")
    first, second = what.nouns
    # Never a pair that training did not show: the model could know it as wrong for being new.
    shapes = [
        shape
        for shape in scenes.SHAPES
        if shape not in (first.shape, second.shape) and (shape, first.colour) not in scenes.HELD_OUT
    ]
    colours = [
        colour
        for colour in scenes.COLOURS
        if colour not in (first.colour, second.colour) and (first.shape, colour) not in scenes.HELD_OUT
    ]
    shape, colour = (words[int(rng.integers(len(words)))] for words in (shapes, colours))
    size = {"small": "large", "large": "small"}[str(first.size)]
    return {
        "object": replace(what, nouns=(replace(first, shape=shape), second)),
        "colour": replace(what, nouns=(replace(first, colour=colour), second)),
        "size": replace(what, nouns=(replace(first, size=size), second)),
        "relation": replace(what, relation=captions.CONVERSE[what.relation]),
        "binding": replace(what, nouns=(replace(first, colour=second.colour), replace(second, colour=first.colour))),
        "order": replace(what, nouns=(second, first)),
    }


@lru_cache(maxsize=8)
def swap_scenes(count: int = 200, *, seed: int = 0) -> tuple[Scene, ...]:
    """Draw scenes of two things in which every swap gives pairs of shape and colour that training shows."""
    count, rng = door.whole("count", count), np.random.default_rng(door.whole("seed", seed, least=0))
    chosen: list[Scene] = []
    while len(chosen) < count:
        scene = scenes.pair(rng)
        first, second = scene.things
        if not {(first.shape, second.colour), (second.shape, first.colour)} & set(scenes.HELD_OUT):
            chosen.append(scene)
    return tuple(chosen)


@lru_cache(maxsize=8)
def swap_words(count: int = 200, *, seed: int = 0) -> tuple[tuple[Said, ...], ...]:
    """Give the true words of each of `swap_scenes`, the background unsaid, then an exchange of each of `KINDS`."""
    rng, found = np.random.default_rng(seed), []
    for scene in swap_scenes(count, seed=seed):
        what = captions.said(scene, background=False)
        others = swapped(what, rng)
        found.append((what, *(others[kind] for kind in KINDS)))
    return tuple(found)


def swap_images(encoder: Encoder, drawn: Sequence[Scene]) -> NDArray[np.float32]:
    """Encode the pictures of `swap_scenes`."""
    return encoder.encode_images(scenes.render_all(drawn, range(len(drawn))))


def swaps(
    encoder: Encoder,
    *,
    count: int = 200,
    language: str = "en",
    wording: int = 0,
    seed: int = 0,
    images: NDArray[np.float32] | None = None,
) -> Swaps:
    """Ask a model whether it prefers true captions to captions with one thing exchanged.

    Parameters
    ----------
    encoder
        Whom to ask.
    count
        How many scenes.
    language, wording
        Of the captions.
    seed
        Of the scenes, their pictures and the exchanges.
    images
        (count, 64) embeddings of the scenes' pictures, if they are known (`swap_images`).
    """
    drawn = swap_scenes(count, seed=seed)
    texts = tuple(
        tuple(captions.describe(what, language, wording) for what in row) for row in swap_words(count, seed=seed)
    )
    image = swap_images(encoder, drawn) if images is None else images
    text = encoder.encode_texts([caption for row in texts for caption in row])
    return Swaps(drawn, texts, cosines(image[:, None], text.reshape(len(drawn), 1 + len(KINDS), -1)))


def cosines(images: NDArray[np.float32], texts: NDArray[np.float32]) -> NDArray[np.float64]:
    """Give the cosines of unit rows (…, d), one by one: equal rows give equal cosines, so that a tie is a tie."""
    return np.asarray((texts.astype(np.float64) * images.astype(np.float64)).sum(axis=-1))

"""The pictures and captions that the models are looked at with, and what was kept of their training."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core import ahead, data
from core.pretraining.clip import captions, scenes
from core.pretraining.clip.scenes import Scene
from core.result import lock, result

F64 = NDArray[np.float64]


@result
class Batch:
    """Scenes with their pictures and canonical captions."""

    scenes: tuple[Scene, ...]  # n scenes; scene i is drawn with seed i
    captions: Mapping[str, tuple[str, ...]]  # "en" and "ja": n sentences each

    @property
    def images(self) -> NDArray[np.uint8]:
        """Draw the (n, 64, 64, 3) pictures."""
        return scenes.render_all(self.scenes, range(len(self.scenes)))


def _batch(drawn: Sequence[Scene]) -> Batch:
    return Batch(
        tuple(drawn),
        {language: tuple(captions.canonical(scene, language) for scene in drawn) for language in captions.LANGUAGES},
    )


PROBE = 64
GALLERY = 512
BANK, ASKED = 1000, 500


def _in_turns(count: int, seed: int, *, everything: bool) -> Batch:
    """Draw scenes of one thing and of two in turns, no caption twice."""
    rng = np.random.default_rng(seed)
    drawn: dict[str, Scene] = {}
    while len(drawn) < count:
        scene = scenes.pair(rng) if len(drawn) % 2 else scenes.single(rng, everything=everything)
        drawn.setdefault(captions.canonical(scene), scene)
    return _batch(tuple(drawn.values()))


@lru_cache(maxsize=1)
def probe() -> Batch:
    """Give the `PROBE` scenes that are kept through training: of one thing and of two in turns, no caption twice."""
    return _in_turns(PROBE, 20, everything=False)


@lru_cache(maxsize=1)
def gallery() -> Batch:
    """Give the `GALLERY` scenes to search in: one thing of any pair of shape and colour, and two things, in turns."""
    return _in_turns(GALLERY, 21, everything=True)


@lru_cache(maxsize=1)
def singles() -> tuple[Scene, ...]:
    """Give `BANK` scenes of one thing for k-NN to look among, then `ASKED` others to ask about; training shows all."""
    rng = np.random.default_rng(24)
    return tuple(scenes.single(rng) for _ in range(BANK + ASKED))


@lru_cache(maxsize=1)
def held_out_batch() -> Batch:
    """Give 256 scenes of one thing, each of a pair of shape and colour that training never shows; no caption twice."""
    rng = np.random.default_rng(22)
    every = scenes.every_single(only_held_out=True)
    return _batch([scenes.jittered(every[i], rng) for i in rng.permutation(len(every))[:256]])


@lru_cache(maxsize=1)
def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """Give handwritten digits, enlarged from 8 x 8 grey pixels.

    Returns
    -------
    images
        (1797, 64, 64, 3) uint8, white on black.
    numbers
        (1797,) from 0 to 9.
    trains
        (1797,) whether fine-tuning may see it; the others, a quarter of each digit's, are held out.
    """
    from PIL import Image

    written = data.digits()
    side = (scenes.PIXELS, scenes.PIXELS)
    ink = np.rint(written.x.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    grey = [np.asarray(Image.fromarray(x).resize(side, Image.Resampling.BILINEAR)) for x in ink]
    images = np.repeat(np.stack(grey)[..., None], 3, axis=3)
    trains = np.ones(len(images), bool)
    for number in range(10):
        trains[np.flatnonzero(written.y == number)[::4]] = False
    lock((images, trains))
    return images, written.y, trains


@result
class Replay:
    """The probe batch through training."""

    steps: NDArray[np.int64]  # (t,) after how many steps
    losses: F64  # (steps of the whole training,) the loss that was followed, of each step's own batch
    image: F64  # (t, PROBE, 64) embeddings of the pictures
    text: Mapping[str, F64]  # "en" and "ja": (t, PROBE, 64) embeddings of the canonical captions
    temperature: F64  # (t,) τ


@lru_cache(maxsize=2)
def replay(name: str = "clip") -> Replay:
    """Read how the probe batch's embeddings moved while "clip" or "cyclip" was trained."""
    made = {key: array.astype(np.float64) for key, array in ahead.load(f"clip/replay_{name}").items()}
    text = {language: made[language] for language in captions.LANGUAGES}
    return Replay(made["steps"].astype(np.int64), made["losses"], made["image"], text, made["temperature"])


@result
class Embedded:
    """Where a model puts pictures and captions that are asked for again and again: unit rows, to three digits."""

    image: F64  # (GALLERY, 64) the gallery's pictures
    text: Mapping[str, F64]  # "en" and "ja": (GALLERY, 64) its canonical captions
    singles: F64  # (BANK + ASKED, 64) the pictures of `singles`


@lru_cache(maxsize=3)
def embedded(name: str = "clip") -> Embedded:
    """Read what "clip", "cyclip" or "strong" makes of the gallery and of `singles`."""
    made = {key: array.astype(np.float64) for key, array in ahead.load(f"clip/gallery_{name}").items()}
    lock(tuple(made.values()))
    return Embedded(made["image"], {language: made[language] for language in captions.LANGUAGES}, made["singles"])

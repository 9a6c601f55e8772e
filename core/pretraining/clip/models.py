"""The trained models: reading them, asking them, mixing two of them."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import door
from core.ahead import ASSETS
from core.pretraining.clip import scenes, towers
from core.result import result

HOME = ASSETS / "clip"
CARD = HOME / "card.json"
NAMES = ("clip", "cyclip", "strong", "mirrored", "digits", "bag")

F32 = NDArray[np.float32]


@result
class Encoder:
    """A trained model."""

    name: str  # one of `NAMES`, or another model's own
    weights: Mapping[str, F32]  # as `core.pretraining.clip.towers.shapes` lists them
    card: Mapping[str, Any]  # what it was trained on, for how long, and its scores

    @property
    def temperature(self) -> float:
        """Give τ, learned with the weights."""
        return float(np.exp(-self.weights["scale"]))

    def encode_images(self, images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> F32:
        """Put pictures into the shared space.

        Parameters
        ----------
        images
            n pictures (h, w, 3) uint8 of any size; those that are not 64 x 64 are cut to their middle square and
            resized.

        Returns
        -------
        (n, 64) float32
            Unit rows.
        """
        return towers.look(self.weights, np.stack([_fitted(image) for image in images]) if len(images) else _NONE)

    def encode_texts(self, texts: Sequence[str]) -> F32:
        """Put n sentences of either language into the shared space: (n, 64) float32 unit rows.

        Words outside the vocabulary are skipped; `core.pretraining.clip.captions.tokenize` names them.
        """
        if isinstance(texts, str):
            raise ValueError("texts must be a list of sentences, not one sentence.")
        return (towers.read_bag if "bag.words" in self.weights else towers.read)(self.weights, texts)


_NONE = np.zeros((0, scenes.PIXELS, scenes.PIXELS, 3), np.uint8)


def _fitted(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"A picture must be (h, w, 3) uint8, not {image.shape} {image.dtype}.")
    if image.shape[:2] == (scenes.PIXELS, scenes.PIXELS):
        return image
    from PIL import Image, ImageOps

    side = (scenes.PIXELS, scenes.PIXELS)
    return np.asarray(ImageOps.fit(Image.fromarray(image), side, Image.Resampling.LANCZOS), dtype=np.uint8)


@lru_cache(maxsize=len(NAMES))
def load(name: str = "clip") -> Encoder:
    """Read a model of ours. It is shared by all who load it.

    Parameters
    ----------
    name
        "clip"; from the same data and budget "cyclip", with CyCLIP's two terms, and "strong", with far too much of
        them; "mirrored", from the same budget, in the end mostly of scenes beside their mirrored ones; "digits", clip
        with its image tower fine-tuned on handwritten digits; "bag", clip's image tower with a text tower that does not
        know the order of words.
    """
    from safetensors.numpy import load_file

    door.one_of("name", name, NAMES)
    weights: dict[str, F32] = load_file(HOME / f"{name}.safetensors")
    if name in ("bag", "digits"):  # the other tower is clip's
        own = "text." if name == "bag" else "image."
        weights = {k: v for k, v in load("clip").weights.items() if not k.startswith(own)} | weights
    cards = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {"models": {}}
    return Encoder(name, weights, cards["models"].get(name, {}))


def interpolate(weights0: Mapping[str, F32], weights1: Mapping[str, F32], alpha: float) -> dict[str, F32]:
    """Mix the weights of two models of one architecture (PAINT).

    Parameters
    ----------
    weights0, weights1
        By name, of equal names and shapes.
    alpha
        0 gives the first, 1 the second; finite.

    Returns
    -------
    dict
        New arrays, of weights0's types.
    """
    alpha = door.number("alpha", alpha)
    if weights0.keys() != weights1.keys():
        raise ValueError("The two models must have the same weights.")
    mixed: dict[str, F32] = {}
    for name, first in weights0.items():
        first, second = np.asarray(first), np.asarray(weights1[name])
        if first.shape != second.shape:
            raise ValueError(f"{name} has the shapes {first.shape} and {second.shape}; they must be equal.")
        # θ = (1 - α) θ0 + α θ1
        mixed[name] = ((1 - alpha) * first + alpha * second).astype(first.dtype)
    return mixed


def interpolated(alpha: float) -> Encoder:
    """Give the model at α between "clip" and "digits"."""
    return Encoder("clip–digits", interpolate(load("clip").weights, load("digits").weights, alpha), {})

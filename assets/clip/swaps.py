"""Whether a true caption beats one with a thing exchanged, for each model, language, scene and kind of exchange.

Makes `<model>_<language>`, one row a scene of `core.pretraining.clip.swap_scenes` and one column a kind: 1 where the
true caption scores higher, 0 where both score exactly the same, −1 where the exchanged one does.
"""

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip
from core.pretraining.clip import captions

SCENES = 200
MODELS = ("clip", "cyclip", "mirrored", "digits", "bag")


def make(first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Give the outcomes of all scenes, or of the `first` few."""
    count = SCENES if first is None else first
    made = {}
    for name in MODELS:
        encoder = clip.load(name)
        images = clip.swap_images(encoder, clip.swap_scenes(count))
        for language in captions.LANGUAGES:
            scores = clip.swaps(encoder, count=count, language=language, images=images).scores
            made[f"{name}_{language}"] = np.sign(scores[:, :1] - scores[:, 1:])
    return made

"""CLIP and its version tuned to digits, mixed: what each mixture of their weights gets right.

Makes one row a mixture, α from 0 to 1 in steps of 0.05: `scenes` (row, SCENES), whether a picture of the gallery
chooses its own caption among those of its half, and `digits` (row, DIGITS), the number that a held-out digit's picture
chooses among ten; `scenes_out` and `digits_out` the same from mixed outputs, (1 − α) p₀ + α p₁ of the two models'
probabilities. English captions. Of scenes and digits alike the first half is for choosing α, the second for reporting.
In every row also the digits' `numbers` (row, DIGITS), and the first of the second half's `pictures`
(row, SHOWN, 32, 32).
"""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip

ALPHAS = np.round(np.linspace(0, 1, 21), 2)
SCENES, DIGITS, SHOWN = clip.GALLERY, 400, 8


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give the answers of all mixtures, or of the `first` few."""
    rows: dict[str, list[NDArray[np.float64]]] = {"scenes": [], "digits": [], "scenes_out": [], "digits_out": []}
    ends = [_outputs(alpha) for alpha in (0.0, 1.0)]
    for alpha in ALPHAS[:first]:
        mixed = [(1 - alpha) * one + alpha * other for one, other in zip(*ends, strict=True)]
        for suffix, (one, other, digits) in (("", _outputs(float(alpha))), ("_out", mixed)):
            own = [half.argmax(axis=1) == np.arange(SCENES // 2) for half in (one, other)]
            rows[f"scenes{suffix}"].append(np.concatenate(own).astype(np.float64))
            rows[f"digits{suffix}"].append(digits.argmax(axis=1).astype(np.float64))
    images, numbers = _digits()
    count = len(ALPHAS[:first])
    return {
        "alpha": ALPHAS[:first].copy(),
        "numbers": np.tile(numbers, (count, 1)),
        "pictures": np.tile(images[DIGITS // 2 :][:SHOWN, ::2, ::2, 0], (count, 1, 1, 1)),
        **{name: np.array(values) for name, values in rows.items()},
    }


def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images, numbers, trains = clip.digits()
    return images[~trains][:DIGITS], numbers[~trains][:DIGITS]


@functools.cache
def _tasks() -> list[tuple[NDArray[np.uint8], NDArray[np.float32]]]:
    """Give what is asked: pictures, and the points of the captions among which they choose.

    Those are the same for all mixtures, since only the image tower was tuned.
    """
    batch, half, read = clip.gallery(), SCENES // 2, clip.load("clip").encode_texts
    scenes = [(batch.images[i : i + half], read(batch.captions["en"][i : i + half])) for i in (0, half)]
    return [*scenes, (_digits()[0], read(clip.class_texts("digit")))]


@functools.lru_cache(maxsize=2)
def _outputs(alpha: float) -> tuple[NDArray[np.float64], ...]:
    """Give the probabilities of a mixture's choices: twice (SCENES / 2, SCENES / 2), and (DIGITS, 10)."""
    encoder = clip.interpolated(alpha)
    cosines = [encoder.encode_images(pictures) @ captions.T for pictures, captions in _tasks()]
    return tuple(clip.probabilities(cosine, encoder.temperature) for cosine in cosines)
